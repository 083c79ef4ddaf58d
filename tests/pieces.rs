//! A text read where its names stand gives what the whole gives under them, and is cut the same however it came about.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "common/dice.rs"]
mod dice;
#[path = "common/lines.rs"]
mod lines;

use std::path::{Path, PathBuf};

use dice::Dice;
use leakey::format::common::Common;
use leakey::format::cut::{Basis, Cut, Trail};
use leakey::format::{Entry, FORMATS, Format};
use leakey::text::Copied;
use lines::{is_nested, lines};

/// A line that is a text's own or one of those that matter to its format.
fn line(dice: &mut Dice, own: &[String], format: &str) -> String {
    let lines = lines(format);
    if dice.below(2) == 0 {
        let line = lines[dice.below(lines.len())];
        if is_nested(format) {
            let digits = line.split('@').collect::<Vec<_>>();
            let digit = dice.below(10).to_string();
            return digits.join(&digit);
        }
        line.to_owned()
    } else {
        own[dice.below(own.len())].clone()
    }
}

fn edit(lines: &mut Vec<String>, dice: &mut Dice, own: &[String], format: &str) {
    let at = dice.below(lines.len());
    match dice.below(4) {
        0 if lines.len() > 4 => drop(lines.remove(at)),
        _ if lines.len() > 100 => drop(lines.remove(at)),
        1 => lines[at] = line(dice, own, format),
        _ => lines.insert(at, line(dice, own, format)),
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
fn places<'t>(
    format: &dyn Format,
    text: &str,
    whole: &[Entry<'t>],
    dice: &mut Dice,
) -> (Vec<u32>, Vec<Entry<'t>>) {
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
        // In nested texts a name may stand anywhere, unless the statement begins with it.
        let bare = head.trim_start_matches(['"', '\'']);
        let nested = is_nested(format.name()) && !bare.starts_with(&**name);
        let (from, place) = if nested { (0, text) } else { (from, head) };
        if !last.is_empty() && place.contains(last) {
            let places = place.match_indices(last);
            spots.extend(places.map(|(at, _)| u32::try_from(from + at).unwrap()));
            wanted.push(entry.clone());
        }
    }
    spots.sort_unstable();
    spots.dedup();
    (spots, wanted)
}

/// What names stand for that need not be read again in a text made from another is what it was there; `false` where it has to be,
/// `None` where that depends on more than pieces.
fn carried(
    (format, cut): (&'static dyn Format, &'static dyn Cut),
    (base, known): (&str, &Trail),
    (text, trail): (&str, &Trail),
    (copied, common): (&[Copied], &Common),
    dice: &mut Dice,
) -> Option<bool> {
    let mut whole = Vec::new();
    format.entries(base, &mut |entry| whole.push(entry));
    let (spots, _) = places(format, base, &whole, dice);
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
        return None;
    };
    let mut asked: Vec<u32> = pieces.names.hashes().collect();
    asked.sort_unstable();
    let changed = common.changed(known, trail, &asked);
    let carried = common.carry(&pieces, &changed, (known, trail), text);
    if spots.is_empty() || carried.is_none() || format.looks_around(text) {
        return Some(false);
    }
    let there = |&spot: &u32| {
        let at = spot as usize;
        let holds = |copy: &&Copied| (copy.from..copy.from + copy.length).contains(&at);
        let mut copies = copied.iter().filter(holds);
        let copy = copies.next().filter(|_| copies.next().is_none());
        copy.map(|copy| u32::try_from(at - copy.from + copy.to).unwrap())
    };
    let Some(spots): Option<Vec<u32>> = spots.iter().map(there).collect() else {
        return Some(false);
    };
    // So much may be asked for that the whole has to be read.
    let (Some(_), after) = told(text, &spots, trail) else {
        return Some(false);
    };
    assert_eq!(
        before,
        after,
        "{} at {spots:?}:\n{base}\n====\n{text}",
        format.name()
    );
    Some(true)
}

/// What is read at some names stands in the whole, and what the whole holds under these names is read; `false` where they are not
/// read apart.
fn compare(
    format: &'static dyn Format,
    cut: &'static dyn Cut,
    text: &str,
    trail: Option<&Trail>,
    dice: &mut Dice,
) -> bool {
    let mut whole = Vec::new();
    format.entries(text, &mut |entry| whole.push(entry));
    let (spots, wanted) = places(format, text, &whole, dice);
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
    let Some(trail) = trail else { return false };
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

/// How many texts are made of each sample. For longer runs `LOOPS` says so, and `FORMAT` of which format.
fn loops() -> usize {
    let given = std::env::var("LOOPS").ok();
    given.and_then(|loops| loops.parse().ok()).unwrap_or(150)
}

#[test]
fn pieces_give_the_entries_of_the_whole() {
    let mut dice = Dice(7);
    for format in FORMATS {
        let Some(cut) = format.cut() else { continue };
        if std::env::var("FORMAT").is_ok_and(|only| only != format.name()) {
            continue;
        }
        let (mut read, mut cuts, mut bases, mut carries) = (0, 0, 0, 0);
        for own in samples(*format) {
            let mut lines = own.clone();
            let mut last: Option<(String, Trail)> = None;
            for _ in 0..loops() {
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
                            bases += usize::from(same.is_some());
                            carries += usize::from(same == Some(true));
                        }
                    }
                }
                let known = trail.as_ref();
                read += usize::from(compare(*format, cut, &text, known, &mut dice));
                cuts += usize::from(known.is_some_and(|trail| trail.len() > 1));
                last = trail.map(|trail| (text, trail));
                edit(&mut lines, &mut dice, &own, format.name());
            }
            // Few lines, all of them of the sort that opens and closes.
            for _ in 0..loops() {
                let count = 2 + dice.below(12);
                let lines: Vec<_> = (0..count)
                    .map(|_| line(&mut dice, &own, format.name()))
                    .collect();
                let text = lines.join("\n");
                let trail = Trail::new(cut, &text);
                let known = trail.as_ref();
                read += usize::from(compare(*format, cut, &text, known, &mut dice));
                cuts += usize::from(known.is_some_and(|trail| trail.len() > 1));
            }
        }
        assert!(
            read > 20 && cuts > 20 && (carries > 20 || bases == 0),
            "{}: {read}, {cuts}, {bases}, {carries}",
            format.name()
        );
    }
}
