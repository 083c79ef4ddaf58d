//! Programming languages: one lexer, one folder of constants and one extractor for all of them.
//!
//! A language is a descriptor ([`language::Language`]) in a file of its own. Nothing is parsed in full: the extractor
//! looks for the places where a name is given a value, and folds the expression there to the constants it can have.

mod arguments;
mod assign;
mod begin;
mod called;
mod calls;
mod choice;
mod commented;
mod csharp;
mod cursor;
mod dart;
mod deep;
mod elixir;
mod escape;
mod extract;
mod filled;
mod fold;
mod foreign;
mod function;
mod given;
mod go;
mod heat;
mod heredoc;
mod idle;
mod invoke;
mod island;
mod javascript;
mod joined;
mod jvm;
mod known;
pub mod language;
mod lists;
mod literal;
mod lua;
mod marks;
mod methods;
mod operand;
mod operator;
mod parts;
mod perl;
mod php;
mod python;
mod ruby;
mod runs;
mod rust;
mod scope;
mod skim;
mod sparse;
mod special;
mod state;
mod swift;
mod target;
mod template;
mod token;
mod walk;

pub use csharp::CSHARP;
pub use dart::DART;
pub use elixir::ELIXIR;
pub use go::GO;
pub use javascript::JAVASCRIPT;
pub use jvm::{GROOVY, JAVA, KOTLIN, SCALA};
pub use lua::LUA;
pub use perl::PERL;
pub use php::PHP;
pub use python::PYTHON;
pub use ruby::RUBY;
pub use rust::RUST;
pub use swift::SWIFT;

use std::ops::Range;

use super::cut::Cut;
use super::{Comment, Entry, FileName, Format, Sureness};
use language::Language;

impl Format for Language {
    fn name(&self) -> &'static str {
        self.name
    }

    fn claims(&self, file: &FileName<'_>) -> bool {
        file.has_extension(self.extensions)
            || self.names.contains(&file.name)
            || self.extensions.contains(&file.base_extension())
    }

    fn entries<'t>(&'static self, text: &'t str, sink: &mut dyn FnMut(Entry<'t>)) {
        extract::read_at(text, self, extract::TOP, heat::Spots::All, sink);
    }

    fn entries_at<'t>(
        &'static self,
        text: &'t str,
        spots: &[u32],
        sink: &mut dyn FnMut(Entry<'t>),
    ) {
        extract::read_at(text, self, extract::TOP, heat::Spots::At(spots), sink);
    }

    fn cut(&'static self) -> Option<&'static dyn Cut> {
        Some(self)
    }

    fn is_idle(&self, bytes: &[u8], name: &Range<usize>) -> bool {
        idle::is_idle(bytes, name, self)
    }

    fn comments(&self, text: &str, places: &[usize]) -> Vec<Option<Comment>> {
        let comments = token::tokens(text, self).comments;
        let told = |&at: &usize| {
            let after = comments.partition_point(|comment| comment.start <= at);
            let span = *comments.get(after.checked_sub(1)?)?;
            (at < span.end).then_some(Comment {
                span,
                sure: Sureness::Lexed,
            })
        };
        places.iter().map(told).collect()
    }
}
