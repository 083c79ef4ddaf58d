//! Names that are looked for among many others.

/// Hashes of names. Few are looked for, and some bits tell most of the others from them.
pub(crate) struct Sought<'n> {
    names: &'n [u32],
    bits: u64,
}

impl<'n> Sought<'n> {
    /// `names`, sorted.
    pub(crate) fn new(names: &'n [u32]) -> Self {
        let bits = names.iter().fold(0, |bits, &name| bits | bit(name));
        Self { names, bits }
    }

    /// Whether that is one of them.
    #[inline]
    pub(crate) fn holds(&self, name: u32) -> bool {
        self.bits & bit(name) != 0 && self.names.binary_search(&name).is_ok()
    }
}

const fn bit(name: u32) -> u64 {
    1 << (name % u64::BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_looked_for_and_no_others() {
        let names = [3, 64, 67, 1 << 31, u32::MAX];
        let sought = Sought::new(&names);
        assert!(names.iter().all(|&name| sought.holds(name)));
        assert!(
            ![0, 2, 128, 131, u32::MAX - 64]
                .iter()
                .any(|&name| sought.holds(name))
        );
        assert!(!Sought::new(&[]).holds(0));
    }
}
