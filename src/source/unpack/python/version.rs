//! Versions of `CPython`, told by the number a compiled file begins with (`Lib/importlib/_bootstrap_external.py`,
//! `Include/internal/pycore_magic_number.h`), and what differs between them.

/// A version: the major number times 100, and the minor one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(pub(super) u16);

/// First numbers of released versions and of what came before them; each counts from the first of its row on.
const NUMBERS: &[(u16, u16)] = &[
    (3000, 300),
    (3141, 301),
    (3160, 302),
    (3190, 303),
    (3250, 304),
    (3320, 305),
    (3360, 306),
    (3390, 307),
    (3400, 308),
    (3420, 309),
    (3430, 310),
    (3450, 311),
    (3500, 312),
    (3550, 313),
    (3600, 314),
    (3650, 315),
];
/// The numbers of 2.5 to 2.7.
const TWO: std::ops::RangeInclusive<u16> = 62131..=62211;

impl Version {
    /// The version that wrote a file with these first bytes.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let &[low, high, b'\r', b'\n', ..] = head else {
            return None;
        };
        let number = u16::from_le_bytes([low, high]);
        if TWO.contains(&number) {
            return Some(Self(207));
        }
        let after = NUMBERS.partition_point(|(first, _)| *first <= number);
        let &(first, version) = NUMBERS.get(after.checked_sub(1)?)?;
        (number < first + 200).then_some(Self(version))
    }

    pub(super) fn is_two(self) -> bool {
        self.0 < 300
    }

    /// Whether instructions are known: newer ones have other numbers.
    pub(super) fn is_known(self) -> bool {
        self.0 <= 314
    }

    /// Bytes before the code: the number, since 3.7 flags (PEP 552), the time, and since 3.3 the size of the source.
    pub(super) fn header(self) -> usize {
        match self.0 {
            ..303 => 8,
            303..307 => 12,
            _ => 16,
        }
    }

    /// How many numbers come before a code's flags.
    pub(super) fn counts(self) -> usize {
        match self.0 {
            ..300 => 3,
            308..311 => 5,
            _ => 4,
        }
    }

    /// Whether an instruction is two bytes.
    pub(super) fn has_words(self) -> bool {
        self.0 >= 306
    }

    /// Whether lines are told by a table of locations (PEP 626, PEP 657).
    pub(super) fn has_location_table(self) -> bool {
        self.0 >= 311
    }
}
