//! Where the pieces of a group stand in a text: so that the same ones are found again in another.
//!
//! What a piece tells depends on the pieces it was read with: those that give something to a name which was asked for, and those behind
//! them into which a function may go on. Where the same pieces do so in another text, and no other, it tells the same there.

use std::hash::{BuildHasher, RandomState};

use super::told::Told;
use crate::format::cut::{Enclosing, Trail, is_several};
use crate::format::sought::Sought;

/// What tells pieces apart by what stands in them: hashes that nobody can foresee.
#[derive(Default)]
pub(super) struct Prints(RandomState);

/// What a piece is, and what it stands in.
pub(super) type Print = u64;

impl Prints {
    /// The print of a piece.
    pub(super) fn of(&self, (text, trail): (&str, &Trail), piece: usize) -> Print {
        let within: &[Enclosing] = trail.within(piece);
        self.0.hash_one((trail.piece(piece).of(text), within))
    }
}

/// The pieces that something was read with, in their order.
pub(super) struct Places {
    members: Vec<Member>,
    /// Which of them was looked through.
    walked: usize,
}

/// One of these.
struct Member {
    print: Print,
    /// Whether it was looked through, or gives something to a name that was asked for.
    told: bool,
    /// Whether it stands right behind the one before it.
    next: bool,
}

impl Places {
    /// Bytes of what is kept.
    pub(super) fn size(&self) -> usize {
        self.members.len() * size_of::<Member>()
    }

    /// The piece that was looked through, and where those it was read with stand. `None` where more than they may have a say, or others
    /// were looked through with it.
    pub(super) fn new(prints: &Prints, told: &Told, both: (&str, &Trail)) -> Option<(usize, Self)> {
        let (_, trail) = both;
        let mut all = told.walked();
        let walked = u32::try_from(all.next().filter(|_| all.next().is_none())?).ok()?;
        let mut givers = Givers::default();
        let givers = givers.of(told, trail, walked);
        let numbers = told.pieces();
        // A function may go on up to the end of the text.
        let last = numbers.last().map_or(0, |&last| last as usize);
        if last + 1 >= trail.len() {
            return None;
        }
        let is_among = |giver: &u32| numbers.binary_search(giver).is_ok();
        if !givers.iter().all(is_among) {
            return None;
        }
        let mut before = None;
        let members = numbers.iter().map(|number| {
            let member = Member {
                print: prints.of(both, *number as usize),
                told: givers.binary_search(number).is_ok(),
                next: before.is_some_and(|before: u32| before + 1 == *number),
            };
            before = Some(*number);
            (member.told || member.next).then_some(member)
        });
        let members: Option<Vec<Member>> = members.collect();
        let places = Self {
            members: members?,
            walked: numbers.binary_search(&walked).ok()?,
        };
        Some((walked as usize, places))
    }

    /// The numbers of the same pieces in another text, where `told` was found in `piece` of it as in the one that was looked through.
    pub(super) fn again(
        &self,
        prints: &Prints,
        told: &Told,
        both: (&str, &Trail),
        piece: usize,
        givers: &mut Givers,
    ) -> Option<Vec<u32>> {
        let (text, trail) = both;
        let piece = u32::try_from(piece).ok()?;
        let mut rest = givers.of(told, trail, piece).iter();
        let mut numbers: Vec<u32> = Vec::with_capacity(self.members.len());
        for member in &self.members {
            let before = numbers.last().copied();
            let follows = before.map(|before| before + 1);
            let number = if member.told { *rest.next()? } else { follows? };
            if follows.is_some_and(|first| number < first || member.next && number > first) {
                return None;
            }
            numbers.push(number);
        }
        let last = numbers.last().map_or(0, |&last| last as usize);
        let here = numbers.get(self.walked) == Some(&piece);
        if rest.next().is_some() || !here || last + 1 >= trail.len() {
            return None;
        }
        let mut members = self.members.iter().zip(&numbers);
        let same = members.all(|(member, &number)| {
            number == piece || prints.of(both, number as usize) == member.print
        });
        let several = &told.names().several;
        let stay = same && (several.iter()).all(|name| is_several(name, text, trail.givens()));
        stay.then_some(numbers)
    }
}

/// The pieces of a text that give something to names, for those names that were asked for last: mostly the same are asked for again.
#[derive(Default)]
pub(super) struct Givers {
    /// Hashes of the names, and the piece that asks for them.
    asked: Option<(Vec<u32>, u32)>,
    /// The numbers of the pieces, that one among them, sorted.
    found: Vec<u32>,
}

impl Givers {
    /// The numbers of `walked` and of the pieces that give something to a name that was asked for, sorted.
    fn of(&mut self, told: &Told, trail: &Trail, walked: u32) -> &[u32] {
        let names = &told.names().asked;
        let again = |(asked, piece): &(Vec<u32>, u32)| *piece == walked && asked == names;
        if !self.asked.as_ref().is_some_and(again) {
            self.found.clear();
            self.found.push(walked);
            let sought = Sought::new(names);
            // Mostly no name is asked for.
            let all = if names.is_empty() {
                &[][..]
            } else {
                &trail.givens()[..]
            };
            for given in all.iter().filter(|given| sought.holds(given.name)) {
                let piece = u32::try_from(trail.at(given.at)).unwrap_or(u32::MAX);
                if self.found.last() != Some(&piece) {
                    self.found.push(piece);
                }
            }
            self.found.sort_unstable();
            self.found.dedup();
            self.asked = Some((names.clone(), walked));
        }
        &self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Group;
    use crate::format::cut::{Basis, Cut};
    use crate::format::{FileName, choose};

    fn cut() -> &'static dyn Cut {
        choose(&FileName::new("a.rb")).unwrap().cut().unwrap()
    }

    /// What is told by reading the piece at `at`; `None` where it was not read alone.
    fn read(text: &str, trail: &Trail, at: usize) -> Option<Told> {
        let at = u32::try_from(at).unwrap();
        let Basis::Pieces(pieces) = cut().read(text, &[at], trail, &mut |_| {})? else {
            return None;
        };
        let walked = vec![u32::try_from(trail.at(at)).unwrap()];
        Told::new(Group { walked, pieces }, Vec::new(), trail)
    }

    /// The pieces that `to` is read with at `key`, told from those of `from`, and told by reading.
    fn both(prints: &Prints, from: &str, to: &str) -> (Option<Vec<u32>>, Option<Vec<u32>>) {
        let old = Trail::new(cut(), from).unwrap();
        let told = read(from, &old, from.find("key").unwrap());
        let new = Trail::new(cut(), to).unwrap();
        let at = to.find("key").unwrap();
        let piece = new.at(u32::try_from(at).unwrap());
        let again = told.and_then(|told| {
            let (walked, places) = Places::new(prints, &told, (from, &old))?;
            let same = prints.of((from, &old), walked) == prints.of((to, &new), piece);
            // Who gives names to another piece, or other names to it, is forgotten.
            let mut givers = Givers::default();
            let _ = places.again(prints, &told, (to, &new), 0, &mut givers);
            let again = || places.again(prints, &told, (to, &new), piece, &mut givers);
            same.then(again).flatten()
        });
        (again, read(to, &new, at).map(|told| told.pieces().to_vec()))
    }

    const FILLING: &str = "one two\nthree four\nfive six\nseven eight\nnine ten\n";

    #[test]
    fn told_again_with_the_pieces_it_was_read_with() {
        let prints = Prints::default();
        let text = format!("{FILLING}BASE = 'x'\nsome\nkey = BASE\n{FILLING}");
        let moved = format!("{FILLING}{FILLING}BASE = 'x'\nmore\nkey = BASE\nless\n{FILLING}");
        let (again, told) = both(&prints, &text, &moved);
        assert_eq!(again, told);
        assert_eq!(again, Some(vec![10, 12]));
        let other = moved.replace("'x'", "'y'");
        let twice = moved.replace("less", "BASE = 'z'");
        let added = moved.replace("less", "BASE += 'z'");
        let gone = moved.replace("BASE = 'x'", "none = 'x'");
        let last = moved.replace(&format!("less\n{FILLING}"), "");
        let inside = moved.replace("key", "class Some\n  key");
        for changed in [other, twice, added, gone, last, inside] {
            assert_eq!(both(&prints, &text, &changed).0, None, "{changed}");
        }
    }

    #[test]
    fn told_as_by_reading() {
        const LINES: &[&str] = &[
            "BASE = 'x'\n",
            "BASE = 'y'\n",
            "BASE += 'z'\n",
            "class BASE\n",
            "end\n",
            "def other\n",
            "  BASE\n",
            "  return 'w'\n",
            "key = BASE + other\n",
            "key = other\n",
            "MORE = BASE\n",
            "key = MORE\n",
        ];
        let prints = Prints::default();
        let (mut seed, mut met) = (1_usize, 0);
        let mut text = || {
            let mut text = FILLING.repeat(2);
            for _ in 0..8 {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(99);
                text += LINES[(seed >> 33) % LINES.len()];
            }
            text + "key = BASE\n" + FILLING
        };
        for _ in 0..4000 {
            let (from, to) = (text(), text());
            let (again, told) = both(&prints, &from, &to);
            if again.is_some() {
                met += 1;
                assert_eq!(again, told, "{from}\n\n{to}");
            }
        }
        assert!(met > 100, "{met}");
    }
}
