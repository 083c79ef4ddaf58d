//! Why a candidate was dropped. Counted in every report and shown by `leakey explain`.

/// The reasons, in the order in which they are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Nothing between the quotes.
    Empty,
    /// A look-up, a call or a name: no literal that could leak.
    Reference,
    /// The whole value is a template field.
    Template,
    /// The value is the name of the variable.
    SelfNamed,
    /// The value is the name of something else.
    Identifier,
    /// Encrypted by a tool for secrets in repositories, or a digest.
    Ciphertext,
    /// Elided with dots, as documentation does.
    Elided,
    /// The vendor's sample text, which the software refuses or replaces, or what a form shows where nothing was entered.
    Sample,
    /// A path or an address.
    Location,
    /// A label, a message or a sentence.
    Prose,
    /// A set of characters to choose from, not a value.
    Alphabet,
    /// The rule asks for a shape that the value does not have.
    Shape,
    /// The rule asks for a random value and this is none.
    NotRandom,
    /// The checksum in the value is not the one that belongs to it.
    Checksum,
    /// No more bits a character than the rule asks for.
    Entropy,
    /// An allowlist of the rule file leaves it out.
    Allowlist,
    /// What the rule requires beside it is not there.
    Required,
    /// On a line that the change did not touch.
    Unchanged,
    /// Another candidate for the same value at the same place says more.
    Duplicate,
}

impl Reason {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Reference => "reference",
            Self::Template => "template",
            Self::SelfNamed => "self-named",
            Self::Identifier => "identifier",
            Self::Ciphertext => "ciphertext",
            Self::Elided => "elided",
            Self::Sample => "sample",
            Self::Location => "location",
            Self::Prose => "prose",
            Self::Alphabet => "alphabet",
            Self::Shape => "shape",
            Self::NotRandom => "not-random",
            Self::Checksum => "checksum",
            Self::Entropy => "entropy",
            Self::Allowlist => "allowlist",
            Self::Required => "required",
            Self::Unchanged => "unchanged",
            Self::Duplicate => "duplicate",
        }
    }

    /// A sentence for `leakey explain`.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Empty => "the value is empty",
            Self::Reference => "the value is looked up or computed; no literal stands here",
            Self::Template => "the whole value is a template field that is filled in elsewhere",
            Self::SelfNamed => "the value repeats the name of the key",
            Self::Identifier => "the value is the name of a variable or setting, not a value",
            Self::Ciphertext => "the value is encrypted, or a digest",
            Self::Elided => "the value is elided",
            Self::Sample => {
                "a sample: the vendor's own, which its software asks to replace, or what a form shows in an empty field"
            }
            Self::Location => "the value is a path or an address",
            Self::Prose => "the value is a label, a message or a sentence",
            Self::Alphabet => "the value is a set of characters to choose from",
            Self::Shape => "the value does not have the shape this rule asks for",
            Self::NotRandom => "the value is not random, and this rule asks for random values only",
            Self::Checksum => "the checksum in the value is wrong: its provider never issued it",
            Self::Entropy => "the value has no more bits a character than the rule asks for",
            Self::Allowlist => "an allowlist of the rule file leaves it out",
            Self::Required => "what the rule requires beside it is not there",
            Self::Unchanged => "nothing on its lines was added by the change under scan",
            Self::Duplicate => "another rule reports the same value at the same place",
        }
    }
}
