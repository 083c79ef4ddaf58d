//! A long text of which statements are left out where nothing in them matters: what is read then is what the whole gives.
//!
//! Names may be given something in what was left out. So it is noted which names were asked for; where one may be given something there,
//! these statements are taken in, and all is read again.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::cursor::closers;
use super::extract::{TOP, inside};
use super::function::is_defining;
use super::given::names_class;
use super::heat::Spots;
use super::language::Language;
use super::marks::is_dense;
use super::scope::Scope;
use super::skim::Skim;
use super::token::{Tokens, tokens_around};
use super::walk::Walker;
use crate::format::Entry;
use crate::text::Span;

/// Shorter texts are read whole.
const LONG: usize = 64 << 10;
/// So often is a text read again with more of it.
const MOST_ROUNDS: usize = 4;
/// So many places at which a name may be given something are taken in at a time.
const MOST_PLACES: usize = 2;
/// Where more names are asked for, the whole is read.
const MOST_NAMES: usize = 256;
/// Of a text of which no less than one part in so many has to be read, the whole is read instead.
const MUCH: usize = 3;
/// So many characters around a name, blanks aside, are looked at; it may be given something where they do not tell.
const REACH: usize = 256;

/// What was asked of the parts of a text that were left out: names, and whether it was asked whether they are those of classes.
#[derive(Debug, Default)]
pub(super) struct Missing(RefCell<BTreeSet<(Box<str>, bool)>>);

impl Missing {
    /// Notes that it matters what a name is given, or whether it is one of a class.
    pub(super) fn ask(&self, name: &str, class: bool) {
        self.0.borrow_mut().insert((name.into(), class));
    }
}

/// Whether it may pay to leave out parts of `text`. Where it has lines as people write them, pieces of it are read instead, or there is
/// too little between two brackets that could be left out.
pub(super) fn pays(text: &str) -> bool {
    text.len() >= LONG && is_dense(text)
}

/// Calls `sink` for what can be found at `spots` of `text`; `false` where the whole has to be read, nothing was told then.
pub(super) fn read<'t>(
    text: &'t str,
    language: &'static Language,
    spots: &[u32],
    sink: &mut dyn FnMut(Entry<'t>),
) -> bool {
    let Some(skim) = Skim::new(text, language) else {
        return false;
    };
    let mut places = spots.to_vec();
    for _ in 0..MOST_ROUNDS {
        let spans = skim.left_out(&places);
        let left = text.len() - spans.iter().map(|span| span.len()).sum::<usize>();
        if left * MUCH > text.len() {
            return false;
        }
        let Tokens { list, comments, .. } = tokens_around(text, &spans, language);
        let closers = closers(&list);
        let missing = Missing::default();
        let mut scope = Scope::new(text, &list, &closers, language, None);
        scope.leave_out(&missing);
        let mut walker = Walker::new(text, &list, &closers, &scope, language, TOP);
        walker.spots = Spots::At(spots);
        let mut found = Vec::new();
        walker.run(&mut |entry| found.push(entry));
        let before = places.len();
        let asked = missing.0.take();
        if asked.len() > MOST_NAMES {
            return false;
        }
        for (name, class) in asked {
            if !scope.is_settled(&name, class) {
                let asked = (&*name, class);
                places.extend(givers(text, (&skim, &spans), language, asked));
            }
        }
        if places.len() == before {
            found.into_iter().for_each(&mut *sink);
            inside(
                text,
                (&list, &comments),
                language,
                TOP,
                (Spots::At(spots), Spots::At(spots)),
                sink,
            );
            return true;
        }
        places.sort_unstable();
        places.dedup();
    }
    false
}

/// A name that was asked for, and how it was.
struct Asked<'a> {
    /// The last part of it.
    own: &'a str,
    class: bool,
    language: &'static Language,
}

/// Where a name may be given something in parts of a text, or be made the name of a class.
fn givers(
    text: &str,
    (skim, spans): (&Skim, &[Span]),
    language: &'static Language,
    (name, class): (&str, bool),
) -> Vec<u32> {
    let own = name.rsplit(|c| !is_name(c, language)).next();
    let own = own.unwrap_or(name);
    let object = &name[..name.len() - own.len()];
    // A member is given something where it is one of the object itself.
    let itself = ["self", "this", "cls", "$this"];
    let member = !object.is_empty() && !itself.iter().any(|own| object.starts_with(own));
    if own.is_empty() || member {
        return Vec::new();
    }
    let asked = Asked {
        own,
        class,
        language,
    };
    let finder = memchr::memmem::Finder::new(own);
    let places = spans.iter().flat_map(|span| {
        let inside = finder.find_iter(span.of(text).as_bytes());
        inside.map(|by| span.start + by)
    });
    places
        .filter(|&at| asked.may_be_given(text, skim, at))
        .filter_map(|at| u32::try_from(at).ok())
        .take(MOST_PLACES)
        .collect()
}

/// Whether it is a part of a name.
fn is_name(c: char, language: &Language) -> bool {
    !c.is_ascii() || u8::try_from(c).is_ok_and(|byte| is_name_byte(byte, language))
}

/// Whether a byte is a part of a name, or of a character that is one.
fn is_name_byte(byte: u8, language: &Language) -> bool {
    let plain = !byte.is_ascii() || byte.is_ascii_alphanumeric() || byte == b'_';
    plain || language.name_extra.contains(&byte)
}

impl Asked<'_> {
    /// Whether the name may be given something where it seems to stand.
    fn may_be_given(&self, text: &str, skim: &Skim, at: usize) -> bool {
        let (before, rest) = text.split_at(at);
        let rest = &rest[self.own.len()..];
        // Mostly it is a part of another name.
        let joins = |byte: Option<&u8>| byte.is_some_and(|&b| is_name_byte(b, self.language));
        if joins(rest.as_bytes().first()) || joins(before.as_bytes().last()) {
            return false;
        }
        let named = |c: char| is_name(c, self.language);
        let (before, behind) = (before.trim_end(), rest.trim_start());
        // `function a.b`
        let joins =
            |c: &char| named(*c) || c.is_whitespace() || matches!(c, '.' | '?' | '-' | '>' | ':');
        let chain = before.chars().rev().take(REACH).take_while(joins);
        let size: usize = chain.map(char::len_utf8).sum();
        let mut words = before[before.len() - size..].split(|c| !named(c));
        // What stands between may be a comment or the end of a line that is none.
        let between = before.ends_with("*/") || before.ends_with('\\');
        if size >= REACH || between || behind.starts_with(['/', '\\']) {
            return true;
        }
        if self.class {
            return words.any(names_class);
        }
        if words.any(is_defining) {
            return true;
        }
        let next = behind.as_bytes();
        match next.first() {
            // `string SecretKey => "v"`
            Some(b'=') if next.get(1) == Some(&b'>') => before.ends_with(named),
            Some(b'=') => next.get(1) != Some(&b'='),
            Some(b'+' | b'.') => next.get(1) == Some(&b'='),
            Some(b':') => self.has_type(behind),
            Some(b'(') => Self::has_body(text, skim, text.len() - behind.len()),
            _ => false,
        }
    }

    /// Whether the name may have a type and a value behind that: `NAME: Type =`.
    fn has_type(&self, behind: &str) -> bool {
        let signs = ['.', '[', ']', '&', '<', '>', '*', '|', '-', ':', '?'];
        let typed = |c: char| is_name(c, self.language) || c.is_whitespace() || signs.contains(&c);
        let mut next = behind.chars().take(REACH).skip_while(|&c| typed(c));
        match next.next() {
            Some('=') => !matches!(next.next(), Some('=' | '>')),
            next => matches!(next, None | Some('/' | '\\')),
        }
    }

    /// Whether a block may stand behind the bracket that opens at `at`.
    fn has_body(text: &str, skim: &Skim, at: usize) -> bool {
        let Some(brackets) = skim.bracket(at) else {
            return true;
        };
        let head = text[brackets.end..].chars().take(REACH);
        let end = |c: &char| "{()[]},;\"'`=".contains(*c);
        let ends = head.into_iter().find(end);
        matches!(ends, None | Some('{'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::code::JAVASCRIPT;
    use crate::format::code::extract::whole;
    use crate::text::dice::Dice;

    /// Pieces of code, each of which may stand behind any other; `@` stands for a digit.
    const PIECES: &[&str] = &[
        "var a@=b@;",
        "var a@='v@',b@=a@;",
        "function f@(a,b){return a@}",
        "function g@(){return 'w@'}",
        "a@=f@();",
        "secret@=a@;",
        "var o@={secret@:'v',key:b@};",
        "o@.secret@=a@||'x';",
        "this.secret@=this.b@;this.b@='t@';",
        "class K@{m@(){return 'k@'}secret@(){return K@.x}}",
        "if(a){x=/[\"']{/.test(b)?\"The secret@\":\"q\"}",
        "x=a/b/c;",
        "x=`a${b+`}`}c`;",
        "/* } ' */",
        "// { '\n",
        "for(var i=0;i<9;i++){a@+='y';f@(i)}",
        "call(secret@,{key@:'v',f:function(){return o@[\"key\"]}});",
        "env(\"secret@\",\"v\")||'u';",
        "x=env(\"secret@\")||a@;",
        "var t@: string = 'v';",
        "!(function(e,t){\"use strict\";",
        "})();",
        "{",
        "}",
        "x={",
        "};",
        "\n",
        "async a@=>b@;",
        "yield a@=>'z';",
        "async function h@(){return 'h'}",
        "secret@.push('v',a@);",
        "x=o@.secret@;",
        "o@={key:'p@'};secret@=o@.key;",
    ];

    /// A text with brackets that match.
    fn text(dice: &mut Dice) -> String {
        let mut text = String::new();
        let mut open: Vec<&str> = Vec::new();
        let kinds = 10 + dice.below(300);
        let size = 20_000 + dice.below(120_000);
        let plain = dice.below(8) > 0;
        while text.len() < size {
            let piece = PIECES[dice.below(PIECES.len())];
            match piece {
                "})();" | "}" | "};" if plain => match open.pop() {
                    Some(close) if dice.below(4) == 0 => text.push_str(close),
                    close => open.extend(close),
                },
                _ => {
                    if plain && piece.starts_with('!') {
                        open.push("})();");
                    } else if plain && piece.ends_with('{') {
                        open.push(if piece == "{" { "}" } else { "};" });
                    }
                    for part in piece.split_inclusive('@') {
                        text.push_str(part.trim_end_matches('@'));
                        if part.ends_with('@') {
                            text.push_str(&dice.below(kinds).to_string());
                        }
                    }
                }
            }
            if open.len() > 5 {
                text.extend(open.pop());
            }
        }
        text.extend(open.into_iter().rev());
        text
    }

    fn told(text: &str, spots: &[u32]) -> Option<usize> {
        let mut found = Vec::new();
        if !read(text, &JAVASCRIPT, spots, &mut |entry| found.push(entry)) {
            assert!(found.is_empty());
            return None;
        }
        let mut all = Vec::new();
        let spots = Spots::At(spots);
        whole(text, &JAVASCRIPT, TOP, spots, &mut |entry| all.push(entry));
        let (found, all): (Vec<_>, Vec<_>) = (
            found.iter().map(|entry| format!("{entry:?}")).collect(),
            all.iter().map(|entry| format!("{entry:?}")).collect(),
        );
        assert_eq!(found, all, "at {spots:?} of:\n{text}");
        Some(found.len())
    }

    #[test]
    fn without_some_statements_a_text_gives_what_it_gives_with_them() {
        let mut dice = Dice(7);
        let loops = std::env::var("LOOPS")
            .ok()
            .and_then(|loops| loops.parse().ok());
        let (mut read, mut entries) = (0, 0);
        for _ in 0..loops.unwrap_or(60) {
            let text = text(&mut dice);
            let names: Vec<usize> = text.match_indices("secret").map(|(at, _)| at).collect();
            for _ in 0..4 {
                let count = 1 + dice.below(2);
                let spots = (0..count).map(|_| names[dice.below(names.len())]);
                let mut spots: Vec<u32> = spots.filter_map(|at| u32::try_from(at).ok()).collect();
                spots.sort_unstable();
                spots.dedup();
                if let Some(count) = told(&text, &spots) {
                    (read, entries) = (read + 1, entries + count);
                }
            }
        }
        assert!(read > 20 && entries > read, "{read} {entries}");
    }
}
