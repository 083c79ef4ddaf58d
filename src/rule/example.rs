//! Examples inside rule files, and what runs them.
//!
//! `«…»` marks a value that must be reported exactly there; `{{hex:64}}` and its like stand for random characters, drawn
//! from a seed that the rule's id gives, so that no token-shaped literal is in the repository. Examples run with all
//! rules loaded: a rule has to win its value from the others.

use super::load::parse;
use super::schema::{Example, Rule};
use super::{RuleError, load};
use crate::config::Profile;
use crate::detect::prefilter::Scratch;
use crate::finding::{Kind, Origin, SourceKind};
use crate::judge::Verdict;
use crate::scan::Scanner;
use crate::source::{Item, Scope};
use crate::text::Span;

/// What running the examples of some rule files came to.
#[derive(Debug, Default)]
pub struct Checked {
    /// Number of rules.
    pub rules: usize,
    /// Number of examples.
    pub examples: usize,
    /// What failed.
    pub failures: Vec<Failure>,
}

/// An example that did not do what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Id of the rule.
    pub rule: String,
    /// Which example: `leak 1`, `clean 2`.
    pub example: String,
    /// What happened instead.
    pub why: String,
}

/// One example, ready to run.
#[derive(Clone, Debug)]
pub struct Case {
    /// Id of the rule.
    pub rule: String,
    /// Which example: `leak 1`, `clean 2`.
    pub name: String,
    kind: Expect,
    file: String,
    text: String,
    spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Leak,
    Weak,
    Clean,
}

/// Runs the examples of those of `files` that are named in `checked`.
pub fn check(files: &[(&str, &str)], checked: &[&str]) -> Result<Checked, RuleError> {
    let scanner = Scanner::new(load(files.iter().copied())?, Profile::Audit.policy(&[]));
    let mut out = Checked::default();
    for &(name, text) in files.iter().filter(|(name, _)| checked.contains(name)) {
        let file = parse(name, text)?;
        out.rules += file.rule.len();
        for rule in &file.rule {
            if rule.leak.is_empty() || rule.clean.is_empty() {
                let why = "a rule needs at least one [[rule.leak]] and one [[rule.clean]] example"
                    .to_owned();
                out.failures.push(Failure {
                    rule: rule.id.clone(),
                    example: "examples".into(),
                    why,
                });
            }
            for case in cases(rule) {
                out.examples += 1;
                if let Err(why) = run(&case, &scanner) {
                    out.failures.push(Failure {
                        rule: case.rule,
                        example: case.name,
                        why,
                    });
                }
            }
        }
    }
    Ok(out)
}

/// The examples of a rule, with their fields filled in and their marks taken out.
pub fn cases(rule: &Rule) -> Vec<Case> {
    let mut seed = rule
        .id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |seed: u64, byte| {
            (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    let lists = [
        ("leak", Expect::Leak, &rule.leak),
        ("weak", Expect::Weak, &rule.weak),
        ("clean", Expect::Clean, &rule.clean),
    ];
    let mut cases = Vec::new();
    for (word, kind, examples) in lists {
        for (at, example) in examples.iter().enumerate() {
            let (text, spans) = unmark(&fill(&example.text, &mut seed));
            cases.push(Case {
                rule: rule.id.clone(),
                name: format!("{word} {}", at + 1),
                kind,
                file: file_of(example),
                text,
                spans,
            });
        }
    }
    cases
}

fn file_of(example: &Example) -> String {
    example.file.clone()
}

/// Runs one example.
pub fn run(case: &Case, scanner: &Scanner) -> Result<(), String> {
    let item = Item {
        path: &case.file,
        logical: &case.file,
        bytes: case.text.as_bytes(),
        origin: &Origin::plain(SourceKind::Worktree),
        scope: Scope::Whole,
        first_line: 1,
        version: None,
    };
    let mut found = Vec::new();
    let mut seen = Vec::new();
    scanner.examine(&item, &mut Scratch::default(), &mut |examined, _| {
        let id = &scanner.rules().rules[examined.candidate.rule.0].id;
        match examined.verdict {
            Verdict::Keep(judged) if *id == case.rule => {
                found.push((examined.candidate.span, judged.kind));
            }
            Verdict::Keep(judged) => {
                seen.push(format!("{id} reports it as {}", judged.kind.name()));
            }
            Verdict::Drop(reason) => seen.push(format!("{id} drops it: {}", reason.name())),
        }
    });
    let told = if seen.is_empty() {
        "no rule is about anything in it".to_owned()
    } else {
        seen.join(", ")
    };
    if case.kind == Expect::Clean {
        return if found.is_empty() {
            Ok(())
        } else {
            Err("reported, but should not be".into())
        };
    }
    if case.spans.is_empty() {
        return Err("has no «…» around its value".into());
    }
    for &span in &case.spans {
        let Some((_, kind)) = found.iter().find(|(at, _)| *at == span) else {
            let places: Vec<_> = found
                .iter()
                .map(|(at, _)| format!("{}..{}", at.start, at.end))
                .collect();
            return Err(format!(
                "nothing reported at {}..{} (reported: {}; {told})",
                span.start,
                span.end,
                places.join(" ")
            ));
        };
        let fits = match case.kind {
            Expect::Leak => *kind == Kind::Leak,
            _ => matches!(kind, Kind::Weak | Kind::Published),
        };
        if !fits {
            return Err(format!("reported as {}", kind.name()));
        }
    }
    if found.len() > case.spans.len() {
        return Err(format!(
            "{} values reported, {} marked",
            found.len(),
            case.spans.len()
        ));
    }
    Ok(())
}

/// Takes the marks out; gives the text and the marked places.
fn unmark(text: &str) -> (String, Vec<Span>) {
    let mut out = String::new();
    let mut spans = Vec::new();
    let mut start = 0;
    for character in text.chars() {
        match character {
            '«' => start = out.len(),
            '»' => spans.push(Span::new(start, out.len())),
            other => out.push(other),
        }
    }
    (out, spans)
}

/// Replaces `{{kind:length}}` by random characters. Anything else in braces stays.
pub fn fill(text: &str, seed: &mut u64) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let after = &rest[start + 2..];
        let filled = after
            .split_once("}}")
            .and_then(|(field, tail)| Some((random(field, seed)?, tail)));
        if let Some((value, tail)) = filled {
            out.push_str(&rest[..start]);
            out.push_str(&value);
            rest = tail;
        } else {
            out.push_str(&rest[..start + 2]);
            rest = after;
        }
    }
    out + rest
}

const DIGITS: &str = "0123456789";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The value of a field: `hex:64`, `HEX:64`, `base62:32`, `lower:20`, `digits:12`, `base32:16`, `base64:44` (characters, padded where 4 does not divide
/// them evenly into bytes), `base64url:43`, `django:50`, `wordpress:64`, `uuid`; or the name of a checksum and a
/// prefix, `github-crc32:ghp_`, for a token that holds it.
fn random(field: &str, seed: &mut u64) -> Option<String> {
    let (kind, length) = field.split_once(':').unwrap_or((field, "0"));
    if let Some(checksum) = crate::checksum::named(kind) {
        let base62 = format!("{UPPER}{LOWER}{DIGITS}");
        return Some(checksum.make(length, |length| draw(&base62, length, seed)));
    }
    let length: usize = length.parse().ok().filter(|&length| length <= 4096)?;
    let alphabet = match kind {
        "hex" => "0123456789abcdef".to_owned(),
        "HEX" => "0123456789ABCDEF".to_owned(),
        "lower" => LOWER.to_owned(),
        "digits" => DIGITS.to_owned(),
        "base32" => format!("{UPPER}234567"),
        "base62" => format!("{UPPER}{LOWER}{DIGITS}"),
        "base64" => format!("{UPPER}{LOWER}{DIGITS}+/"),
        "base64url" => format!("{UPPER}{LOWER}{DIGITS}-_"),
        "django" => format!("{LOWER}{DIGITS}!@#$%^&*(-_=+)"),
        "wordpress" => format!("{UPPER}{LOWER}{DIGITS}!@#$%^&*()-_ []{{}}<>~`+=,.;:/?|"),
        "uuid" => {
            let hex = draw("0123456789abcdef", 32, seed);
            return Some(format!(
                "{}-{}-{}-{}-{}",
                &hex[..8],
                &hex[8..12],
                &hex[12..16],
                &hex[16..20],
                &hex[20..]
            ));
        }
        _ => return None,
    };
    let padding = if kind == "base64" && length.is_multiple_of(4) && length > 0 {
        usize::from(!length.is_multiple_of(3))
    } else {
        0
    };
    Some(draw(&alphabet, length - padding, seed) + &"=".repeat(padding))
}

/// Fair draws from `alphabet` by xorshift64*.
fn draw(alphabet: &str, length: usize, seed: &mut u64) -> String {
    let alphabet = alphabet.as_bytes();
    (0..length)
        .map(|_| {
            *seed ^= *seed >> 12;
            *seed ^= *seed << 25;
            *seed ^= *seed >> 27;
            let n = seed.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
            alphabet[usize::try_from(n).unwrap_or(0) % alphabet.len()] as char
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_marks() {
        let text = fill("K = '«{{hex:8}}»' {{ secret }} {{nope:3}}", &mut 5);
        let (text, spans) = unmark(&text);
        assert_eq!(spans.len(), 1);
        assert_eq!(spans[0].len(), 8);
        assert!(text.ends_with("' {{ secret }} {{nope:3}}"));
        assert_eq!(random("uuid", &mut 3).map(|uuid| uuid.len()), Some(36));
        assert!(random("base64:44", &mut 3).is_some_and(|value| value.ends_with('=')));
    }
}
