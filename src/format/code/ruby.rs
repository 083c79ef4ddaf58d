//! Ruby (doc/syntax/literals.rdoc of Ruby).

use super::language::{Colon, Delimited, Escapes, Field, Heredocs, Language, Layout, PLAIN, Quote};

/// Ruby.
pub static RUBY: Language = Language {
    name: "Ruby",
    extensions: &[
        "rb", "rake", "ru", "gemspec", "podspec", "builder", "jbuilder", "thor", "rabl",
    ],
    names: &[
        "rakefile",
        "gemfile",
        "vagrantfile",
        "capfile",
        "guardfile",
        "berksfile",
        "brewfile",
        "podfile",
        "fastfile",
        "appfile",
        "config.ru",
    ],
    line_comments: &["#"],
    block_comments: &[("\n=begin", "\n=end")],
    quotes: &[
        Quote::block("\"", Escapes::Ruby, Field::HashBrace, Layout::Verbatim),
        Quote::block("'", Escapes::QuoteOnly, Field::None, Layout::Verbatim),
        Quote::block("`", Escapes::Ruby, Field::HashBrace, Layout::Verbatim),
    ],
    adjacent_join: true,
    colon: Colon::Anywhere,
    arrow_pairs: true,
    block_default: true,
    indented_classes: true,
    commands: true,
    symbols: true,
    regex: true,
    delimited: Delimited::Percent,
    heredocs: Heredocs::Ruby,
    ends: &["__END__"],
    last_returns: true,
    ..PLAIN
};
