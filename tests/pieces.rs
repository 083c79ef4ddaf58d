//! A text read where its names stand gives what the whole gives under them, and is cut the same however it came about.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "common/dice.rs"]
mod dice;

use std::path::{Path, PathBuf};

use dice::Dice;
use leakey::format::common::Common;
use leakey::format::cut::{Basis, Cut, Trail};
use leakey::format::{Entry, FORMATS, Format};
use leakey::text::Copied;

/// Lines that open, close, name or give something.
const LINES: &[&str] = &[
    "SECRET_KEY = 'aaaaaaaaaaaaaaaa'",
    "SECRET_KEY = DEFAULT",
    "DEFAULT = 'bbbbbbbbbbbbbbbb'",
    "DEFAULT = other()",
    "  x = DEFAULT + 'c' if ready",
    "f(key=DEFAULT, other='x')",
    "class Settings:",
    "  class Inner",
    "module Tests",
    "end",
    "    secret = 'dddddddd'",
    "def f(a, b):",
    "items.each do |item|",
    "x = {",
    "}",
    "call(",
    ")",
    "['a',",
    "]",
    "\"\"\"",
    "'''",
    "it's",
    "say \"so",
    "a = `",
    "/* open",
    "close */",
    "=begin",
    "=end",
    "text = <<~EOS",
    "EOS",
    "list << ITEM",
    "# key = 'commented'",
    "# and = 'more'",
    "// token: 'x'",
    "a = b or",
    "  || 'later'",
    "x = 'joined' \\",
    "  'on'",
    "value =",
    "  'behind'",
    ".chained('x')",
    "\"#{a(",
    "```ruby",
    "```",
    "~~~",
    "[source,yaml]",
    "----",
    ".. code-block:: python",
    "",
    "   key: 'indented'",
    "__END__",
    "KEY = DEFAULT + SUFFIX",
    "SUFFIX = MAP['a']",
    "MAP = {'a': 'mapped', 'b': 'other'}",
    "MAP['c'] = 'item'",
    "MAP = { a: 'xyz' }",
    "secret = MAP.get(which, 'otherwise')",
    "SECRET_KEY += 'more'",
    "SECRET_KEY .= 'dotted'",
    "KEYS = ['one', 'two']",
    "KEYS += ['three']",
    "KEYS.append('four')",
    "KEYS << 'five'",
    "KEYS.push(DEFAULT)",
    "def SECRET_KEY():",
    "def secret_key",
    "def self.get_secret_key(a)",
    "    return 'returned'",
    "  return DEFAULT",
    "  'last'",
    "token = secret_key()",
    "token = get_secret_key(1) + other()",
    "function secretKey() { return 'braced'; }",
    "secretKey(a)",
    "method(a, b) {",
    "throws Fault {",
    "return {",
    "func token() string {",
    "fun token() = 'short'",
    "string Token => 'arrow';",
    "x = Settings.SECRET_KEY",
    "self.token = 'own'",
    "a = self.token",
    "token: str = 'typed'",
    "var token string = 'typed'",
    "const token = `${DEFAULT}-filled`",
    "token = f'{DEFAULT}{SUFFIX}'",
    "token = '%s-%s' % (DEFAULT, SUFFIX)",
    "token = ''.join(KEYS)",
    "$token = \"$DEFAULT\"",
    "$DEFAULT = 'dollar'",
    "KEY = os.environ.get('TOKEN', 'fallback')",
    "other = KEY",
    "lazy = lambda: 'late'",
    "A, B = 'first', 'second'",
    "prose about a key: \"v\" and more",
];

/// A text by lines that are its own and such as above.
fn line(dice: &mut Dice, own: &[String]) -> String {
    if dice.below(2) == 0 {
        LINES[dice.below(LINES.len())].to_owned()
    } else {
        own[dice.below(own.len())].clone()
    }
}

fn edit(lines: &mut Vec<String>, dice: &mut Dice, own: &[String]) {
    let at = dice.below(lines.len());
    match dice.below(4) {
        0 if lines.len() > 4 => drop(lines.remove(at)),
        1 => lines[at] = line(dice, own),
        _ => lines.insert(at, line(dice, own)),
    }
}

/// What git would copy: lines at both ends, and runs of lines between that both texts have.
fn copies(base: &str, text: &str, dice: &mut Dice) -> Vec<Copied> {
    let mut found: Vec<Copied> = Vec::new();
    let (mut to, bytes) = (0, text.as_bytes());
    while to < bytes.len() {
        let head = &bytes[to..bytes.len().min(to + 16)];
        let from = memchr::memmem::find(base.as_bytes(), head).filter(|_| head.len() == 16);
        let Some(from) = from else {
            to += 1;
            continue;
        };
        let same = base.as_bytes()[from..].iter().zip(&bytes[to..]);
        let most = same.take_while(|(a, b)| a == b).count();
        // A delta need not copy all that it could.
        let length = if dice.below(3) == 0 {
            1 + dice.below(most)
        } else {
            most
        };
        let copy = Copied { from, to, length };
        match found.last_mut() {
            Some(last) if last.to + last.length == to && last.from + last.length == from => {
                last.length += length;
            }
            _ => found.push(copy),
        }
        to += length;
    }
    found
}

/// The places of the names of some entries, and of what they stand in, where these are written out in their statements; with these
/// entries.
fn places<'t>(text: &str, whole: &[Entry<'t>], dice: &mut Dice) -> (Vec<u32>, Vec<Entry<'t>>) {
    let (mut spots, mut wanted) = (Vec::new(), Vec::new());
    for _ in 0..if whole.is_empty() {
        0
    } else {
        1 + dice.below(3)
    } {
        let entry = &whole[dice.below(whole.len())];
        let parent = entry.parents.last().filter(|_| dice.below(4) == 0);
        let name = parent.unwrap_or(&entry.key);
        let last = name.rsplit(|c: char| !c.is_alphanumeric() && c != '_');
        let last = last.into_iter().next().unwrap_or(name);
        // A statement that begins with its value takes that from elsewhere; what it stands in is named where it begins.
        let (from, to) = (entry.statement.start, entry.statement.end);
        let mut head = &text[from..entry.span.start.clamp(from, to)];
        if parent.is_some() {
            head = head.lines().next().unwrap_or_default();
        }
        if !last.is_empty() && head.contains(last) {
            let places = head.match_indices(last);
            spots.extend(places.map(|(at, _)| u32::try_from(from + at).unwrap()));
            wanted.push(entry.clone());
        }
    }
    spots.sort_unstable();
    spots.dedup();
    (spots, wanted)
}

/// What names stand for that need not be read again in a text made from another is what it was there; `false` where it has to be.
fn carried(
    (format, cut): (&'static dyn Format, &'static dyn Cut),
    (base, known): (&str, &Trail),
    (text, trail): (&str, &Trail),
    (copied, common): (&[Copied], &Common),
    dice: &mut Dice,
) -> bool {
    let mut whole = Vec::new();
    format.entries(base, &mut |entry| whole.push(entry));
    let (spots, _) = places(base, &whole, dice);
    let told = |text, spots: &[u32], trail| {
        let mut told = Vec::new();
        let basis = cut.read(text, spots, trail, &mut |entry| {
            let Entry {
                key,
                outer,
                parents,
                value,
                slot,
                place,
                ..
            } = &entry;
            told.push(format!(
                "{key} {outer:?} {parents:?} {value:?} {slot:?} {place:?}"
            ));
        });
        (basis, told)
    };
    let (Some(Basis::Pieces(pieces)), before) = told(base, &spots, known) else {
        return false;
    };
    if spots.is_empty() || common.carry(&pieces, known, trail).is_none() {
        return false;
    }
    let there = |&spot: &u32| {
        let at = spot as usize;
        let holds = |copy: &&Copied| (copy.from..copy.from + copy.length).contains(&at);
        let mut copies = copied.iter().filter(holds);
        let copy = copies.next().filter(|_| copies.next().is_none());
        copy.map(|copy| u32::try_from(at - copy.from + copy.to).unwrap())
    };
    let Some(spots): Option<Vec<u32>> = spots.iter().map(there).collect() else {
        return false;
    };
    // So much may be asked for that the whole has to be read.
    let (Some(_), after) = told(text, &spots, trail) else {
        return false;
    };
    assert_eq!(
        before,
        after,
        "{} at {spots:?}:\n{base}\n====\n{text}",
        format.name()
    );
    true
}

/// What is read at some names stands in the whole, and what the whole holds under these names is read; `false` where they are not
/// read apart.
fn compare(
    format: &'static dyn Format,
    cut: &'static dyn Cut,
    text: &str,
    trail: &Trail,
    dice: &mut Dice,
) -> bool {
    let mut whole = Vec::new();
    format.entries(text, &mut |entry| whole.push(entry));
    let (spots, wanted) = places(text, &whole, dice);
    let compare = |how: &str, mut parts: Vec<Entry<'_>>| {
        // A look-up may be given to several names; it is told where it stands.
        let place =
            |entry: &Entry<'_>| format!("{} at {:?}: {:?}", entry.key, entry.span, entry.value);
        let read: Vec<_> = parts.iter().map(|entry| format!("{entry:?}")).collect();
        let places: Vec<_> = parts.iter().map(place).collect();
        let missing: Vec<_> = (wanted.iter())
            .filter(|entry| match &entry.outer {
                None => !read.contains(&format!("{entry:?}")),
                Some(_) => !places.contains(&place(entry)),
            })
            .collect();
        let whole: Vec<_> = whole.iter().map(|entry| format!("{entry:?}")).collect();
        parts.retain(|entry| !whole.contains(&format!("{entry:?}")));
        assert!(
            missing.is_empty() && parts.is_empty(),
            "{} by {how} at {spots:?}: only there {parts:#?}, not read {missing:#?}:\n{text}",
            format.name()
        );
    };
    let mut near = Vec::new();
    format.entries_at(text, &spots, &mut |entry| near.push(entry));
    compare("spots", near);
    let mut parts = Vec::new();
    let apart = cut.read(text, &spots, trail, &mut |entry| parts.push(entry));
    if apart.is_some() {
        compare("pieces", parts);
    } else {
        assert!(parts.is_empty(), "{}: {parts:#?}", format.name());
    }
    apart.is_some()
}

fn samples(format: &dyn Format) -> Vec<Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats");
    let files = std::fs::read_dir(root.join(format.name())).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    let texts = files
        .iter()
        .filter_map(|file| std::fs::read_to_string(file).ok());
    texts
        .map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|lines| lines.len() > 1)
        .collect()
}

#[test]
fn pieces_give_the_entries_of_the_whole() {
    let mut dice = Dice(7);
    for format in FORMATS {
        let Some(cut) = format.cut() else { continue };
        let (mut read, mut cuts, mut carries) = (0, 0, 0);
        for own in samples(*format) {
            let mut lines = own.clone();
            let mut last: Option<(String, Trail)> = None;
            for _ in 0..150 {
                let text = lines.join("\n") + "\n";
                let trail = Trail::new(cut, &text);
                if let (Some((base, known)), Some(trail)) = (&last, &trail) {
                    let copied = copies(base, &text, &mut dice);
                    let after = Trail::after(cut, &text, known, &copied);
                    assert_eq!(
                        after.as_ref().map(|(after, _)| after),
                        Some(trail),
                        "{}:\n{base}\n====\n{text}",
                        format.name()
                    );
                    if let Some((_, common)) = after {
                        let (syntax, both) = ((*format, cut), (&copied[..], &common));
                        for _ in 0..8 {
                            let made = (text.as_str(), trail);
                            let same = carried(syntax, (base, known), made, both, &mut dice);
                            carries += usize::from(same);
                        }
                    }
                }
                if let Some(trail) = &trail {
                    read += usize::from(compare(*format, cut, &text, trail, &mut dice));
                    cuts += usize::from(trail.len() > 1);
                }
                last = trail.map(|trail| (text, trail));
                edit(&mut lines, &mut dice, &own);
            }
            // Few lines, all of them of the sort that opens and closes.
            for _ in 0..150 {
                let count = 2 + dice.below(12);
                let lines: Vec<_> = (0..count).map(|_| line(&mut dice, &own)).collect();
                let text = lines.join("\n");
                if let Some(trail) = Trail::new(cut, &text) {
                    read += usize::from(compare(*format, cut, &text, &trail, &mut dice));
                    cuts += usize::from(trail.len() > 1);
                }
            }
        }
        assert!(
            read > 20 && cuts > 20 && carries > 20,
            "{}: {read}, {cuts}, {carries}",
            format.name()
        );
    }
}
