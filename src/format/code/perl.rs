//! Perl (perlop, Quote and Quote-like Operators).

use super::language::{Colon, Delimited, Escapes, Field, Heredocs, Language, Layout, PLAIN, Quote};

/// Perl.
pub static PERL: Language = Language {
    name: "Perl",
    extensions: &["pl", "pm", "pod", "psgi", "cgi", "t"],
    names: &["makefile.pl", "cpanfile"],
    line_comments: &["#"],
    block_comments: &[
        ("\n=pod", "\n=cut"),
        ("\n=head", "\n=cut"),
        ("\n=begin", "\n=cut"),
        ("\n=over", "\n=cut"),
    ],
    quotes: &[
        Quote::block("\"", Escapes::Ruby, Field::Dollar, Layout::Verbatim),
        Quote::block("'", Escapes::QuoteOnly, Field::None, Layout::Verbatim),
        Quote::block("`", Escapes::Ruby, Field::Dollar, Layout::Verbatim),
    ],
    name_extra: b"$",
    dot_joins: true,
    colon: Colon::Never,
    arrow_pairs: true,
    commands: true,
    regex: true,
    delimited: Delimited::Words,
    heredocs: Heredocs::Ruby,
    ends: &["__END__", "__DATA__"],
    ..PLAIN
};
