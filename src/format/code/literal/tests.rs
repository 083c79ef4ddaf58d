use super::super::token::tokens;
use super::*;
use crate::format::code::{CSHARP, ELIXIR, GO, JAVASCRIPT, PERL, PHP, PYTHON, RUBY, SWIFT};

#[test]
fn short_literals_are_read_as_long_ones() {
    let pad = "x".repeat(2 * SHORT);
    let literal = |language, text: &str| {
        let first = tokens(text, language).list.into_iter().next()?;
        match first.kind {
            Kind::Str(literal) => Some((literal, first.span)),
            _ => None,
        }
    };
    let mut read = 0;
    for language in [
        &CSHARP,
        &ELIXIR,
        &GO,
        &JAVASCRIPT,
        &PERL,
        &PHP,
        &PYTHON,
        &RUBY,
        &SWIFT,
    ] {
        for quote in language.quotes {
            for inside in [
                "", "a", "a b", "é", "a'b\"c`d", "a\\", "$a", "#{a", "{a", "a\r",
            ] {
                let text = |more| format!("{}{inside}{more}{};\n", quote.open, quote.close);
                let short = literal(language, &text(""));
                let Some((mut long, mut span)) = literal(language, &text(&pad)) else {
                    continue;
                };
                // What ends before is the same with more behind it.
                if long.body.end > pad.len() {
                    long.body.end -= pad.len();
                    span.end -= pad.len();
                }
                if short.is_some_and(|(short, _)| short.body.len() == long.body.len()) {
                    read += 1;
                    assert_eq!(short, Some((long, span)), "{} {inside:?}", language.name);
                }
            }
        }
    }
    assert!(read > 100, "{read}");
}
