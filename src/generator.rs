//! What a value looks like: the generator it may have come from, how random it is, how many bits it is worth.
//!
//! Keys come out of few generators, each with its own alphabet and length. A value is tested against the alphabet of the
//! generator it fits, not against one floor of Shannon entropy: a fair 32-digit hex key has less than 3.5 bits of it a
//! character in one case of five, and a sentence has more.

/// The alphabet of Django's `get_random_secret_key()` (`django/core/management/utils.py`, 1.10 on; `startproject` before).
const DJANGO: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)";
/// Its length.
const DJANGO_LENGTH: usize = 50;
/// What `startproject` puts before it since 3.2 (`SECRET_KEY_INSECURE_PREFIX`).
const DJANGO_PREFIX: &[u8] = b"django-insecure-";
/// What `wp_generate_password(64, true, true)` draws from beside letters and digits (`wp-includes/pluggable.php`): the keys
/// and salts of `WordPress`.
const WORDPRESS: &[u8] = b"!@#$%^&*()-_ []{}<>~`+=,.;:/?|";
/// Their length.
const WORDPRESS_LENGTH: usize = 64;
/// What Laravel puts before a base64 key (`Illuminate\Encryption`, 5.3 on).
const LARAVEL_PREFIX: &[u8] = b"base64:";

/// Names of the generators, as in reports and in `shapes` of rule files.
pub const NAMES: &[&str] = &[
    "django",
    "uuid",
    "laravel",
    "hex",
    "base64",
    "base64url",
    "base62",
    "ascii",
    "human",
];

/// Values of letters and separators alone must be as long as this to be taken for random.
const SHORT: usize = 16;

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// The generator, one of [`NAMES`]; `human` for whatever is not random.
    pub generator: &'static str,
    /// Whether the characters look drawn at random.
    pub random: bool,
    /// An estimate of what guessing it costs, in bits: the generator's for random values, about two bits a character
    /// for the rest.
    pub bits: f64,
}

impl Shape {
    fn random(generator: &'static str, bits: f64) -> Self {
        Self {
            generator,
            random: true,
            bits,
        }
    }
}

/// Judges a value.
pub fn shape(value: &[u8]) -> Shape {
    let human = Shape {
        generator: "human",
        random: false,
        bits: 2.0 * value.len() as f64,
    };
    if let Some(bits) = django(value) {
        return Shape::random("django", bits);
    }
    if is_uuid(value) {
        return Shape::random("uuid", 122.0);
    }
    if let Some(rest) = value.strip_prefix(LARAVEL_PREFIX)
        && is_base64(rest, *b"+/")
        && rest.len() >= 20
    {
        return Shape::random("laravel", 6.0 * rest.len() as f64);
    }
    if value.len() < 8 || !value.is_ascii() {
        // Bytes that are no ASCII text come from escapes: `b'\x8f…'`, `os.urandom` pasted in.
        let high = value
            .iter()
            .filter(|&&b| !(0x20..0x7f).contains(&b))
            .count();
        if value.len() >= 8
            && high * 3 >= value.len()
            && distinct(value) * 2 >= value.len()
            && std::str::from_utf8(value).is_err()
        {
            return Shape::random("ascii", 7.0 * value.len() as f64);
        }
        return human;
    }
    let has = |test: fn(&u8) -> bool| value.iter().any(test);
    let digits = has(u8::is_ascii_digit);
    let symbols = value.iter().any(|b| !b.is_ascii_alphanumeric());
    let hex = value.iter().all(u8::is_ascii_hexdigit)
        && !(has(|b| (b'a'..=b'f').contains(b)) && has(|b| (b'A'..=b'F').contains(b)));
    let (generator, size): (_, usize) = if hex && value.len() >= 12 {
        ("hex", 16)
    } else if !symbols {
        let upper = has(u8::is_ascii_uppercase);
        let lower = has(u8::is_ascii_lowercase);
        (
            "base62",
            match (upper && lower, digits) {
                (true, true) => 62,
                (true, false) => 52,
                (false, true) => 36,
                (false, false) => 26,
            },
        )
    } else if is_base64(value, *b"+/") {
        ("base64", 64)
    } else if is_base64(value, *b"-_") {
        ("base64url", 64)
    } else {
        ("ascii", 94)
    };
    // Without a digit, short values and words joined by separators are names, whatever their letters.
    let one_case = !(has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase));
    let named = !digits && (value.len() < SHORT || (symbols && one_case));
    if named || !looks_random(value, size) {
        return human;
    }
    Shape::random(generator, (size as f64).log2() * value.len() as f64)
}

/// Whether a value is a key or salt of `WordPress`. Of 64 fair draws of 92 symbols, 21 are no letter or digit on average, with
/// a deviation below 4, and 46 differ, with one below 3; text with a comment behind it shows fewer of both.
pub fn is_wordpress(value: &[u8]) -> bool {
    let marks = value.iter().filter(|b| !b.is_ascii_alphanumeric()).count();
    value.len() == WORDPRESS_LENGTH
        && value
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || WORDPRESS.contains(b))
        && marks >= 8
        && distinct(value) >= 33
        && value.iter().any(u8::is_ascii_uppercase)
        && value.iter().any(u8::is_ascii_lowercase)
        && value.split(|b| *b == b' ').count() <= 7
        && shape(value).random
}

/// The bits of a stock Django key: 50 symbols of its alphabet, one of them no letter or digit (the chance that a fair key
/// has none is 7e-8). Django 1.4 wrote `&` as `&amp;`, and that text is the key.
fn django(value: &[u8]) -> Option<f64> {
    let prefixed = value.strip_prefix(DJANGO_PREFIX);
    let rest = prefixed.unwrap_or(value);
    let unescaped;
    let rest = if rest.len() > DJANGO_LENGTH && memchr::memmem::find(rest, b"&amp;").is_some() {
        unescaped = String::from_utf8_lossy(rest).replace("&amp;", "&");
        unescaped.as_bytes()
    } else {
        rest
    };
    let fits = rest.len() == DJANGO_LENGTH
        && rest.iter().all(|b| DJANGO.contains(b))
        && rest.iter().any(|b| !b.is_ascii_alphanumeric());
    // Fifty fair draws of fifty symbols show 32 of them on average, with a deviation below 3; words joined by dashes show fewer.
    let fair = fits && distinct(rest) >= 21 && wordiness(rest) < 0.75;
    fair.then(|| (DJANGO.len() as f64).log2() * DJANGO_LENGTH as f64)
}

fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
        && distinct(value) >= 8
}

/// Whether `value` is base64 with these two symbols; unpadded text must hold one of them to be told from letters.
fn is_base64(value: &[u8], symbols: [u8; 2]) -> bool {
    let body = value
        .strip_suffix(b"==")
        .or_else(|| value.strip_suffix(b"="))
        .unwrap_or(value);
    body.iter()
        .all(|b| b.is_ascii_alphanumeric() || symbols.contains(b))
        && (body.len() < value.len()
            || body.iter().any(|b| symbols.contains(b))
            || value.len().is_multiple_of(4))
}

fn distinct(value: &[u8]) -> usize {
    let mut seen = [false; 256];
    value
        .iter()
        .filter(|&&b| !std::mem::replace(&mut seen[b as usize], true))
        .count()
}

/// Whether `value` could be fair draws from an alphabet of `size` symbols. Bounds are set so that a fair value of the
/// usual lengths fails less than once in a million.
fn looks_random(value: &[u8], size: usize) -> bool {
    let n = value.len() as f64;
    let a = size as f64;
    // Distinct symbols of n fair draws: mean and a bound on the deviation (occupancy problem).
    let empty = (1.0 - 1.0 / a).powf(n);
    let mean = a * (1.0 - empty);
    let variance =
        a * empty * (1.0 - empty) + a * (a - 1.0) * ((1.0 - 2.0 / a).powf(n) - empty * empty);
    if (distinct(value) as f64) < mean - 5.0 * variance.max(0.5).sqrt() - 1.0 {
        return false;
    }
    // Steps to the next or previous symbol: alphabets and counters.
    let steps = value
        .windows(2)
        .filter(|w| w[0].abs_diff(w[1]) == 1)
        .count() as f64;
    let step_chance = (2.5 / a).min(0.5);
    if steps > (n * step_chance) + 5.0 * (n * step_chance).sqrt() + 2.0 {
        return false;
    }
    // A value that repeats itself.
    if (1..=value.len() / 2).any(|period| {
        value.len() / period >= 2 && value.iter().zip(&value[period..]).all(|(a, b)| a == b)
    }) {
        return false;
    }
    !is_wordy(value)
}

/// Whether half of the letters and digits of a value read as words.
pub fn is_wordy(value: &[u8]) -> bool {
    wordiness(value) >= 0.5
}

/// The share of a value's letters and digits that reads as words: runs of four letters and more (a capital begins a new
/// one) most of whose letter pairs are frequent in words.
fn wordiness(value: &[u8]) -> f64 {
    let mut wordy = 0;
    let mut start = 0;
    for at in 0..=value.len() {
        let ends = at == value.len()
            || !value[at].is_ascii_alphabetic()
            || (at > start && value[at].is_ascii_uppercase() && value[at - 1].is_ascii_lowercase());
        if !ends {
            continue;
        }
        let run = &value[start..at];
        if reads_as_word(run) {
            wordy += run.len();
        }
        start = if value.get(at).is_some_and(u8::is_ascii_alphabetic) {
            at
        } else {
            at + 1
        };
    }
    let all = value.iter().filter(|b| b.is_ascii_alphanumeric()).count();
    wordy as f64 / all.max(1) as f64
}

fn reads_as_word(run: &[u8]) -> bool {
    if run.len() < 4 {
        return false;
    }
    // Mixed case other than `Word`, `word` and `WORD` is no word.
    let tail = &run[1..];
    if !(tail.iter().all(u8::is_ascii_lowercase) || run.iter().all(u8::is_ascii_uppercase)) {
        return false;
    }
    let frequent = run
        .windows(2)
        .filter(|pair| is_frequent(pair[0].to_ascii_lowercase(), pair[1].to_ascii_lowercase()))
        .count();
    // Letters drawn at random reach this once in ten runs, words nearly always.
    let pairs = run.len() - 1;
    if pairs <= 4 {
        frequent * 10 >= pairs * 6
    } else {
        frequent * 2 >= pairs
    }
}

/// Second letters that often follow each letter: the 169 of 676 pairs that make up 88 % of all pairs in the distinct words
/// of four letters and more in the documentation of several open-source projects.
const FREQUENT: [&str; 26] = [
    "bcdgilmnprstuv",
    "aelu",
    "aehiklortu",
    "aeios",
    "acdeflmnprstvwx",
    "aeio",
    "eiru",
    "aeio",
    "abcdefglmnorstv",
    "",
    "e",
    "adeilostuy",
    "aeiop",
    "acdegiost",
    "cdlmnoprstuvw",
    "aeloprt",
    "u",
    "adeimnorstuy",
    "acehiopstu",
    "aehiorstuy",
    "beilmnprst",
    "aei",
    "ahi",
    "",
    "",
    "",
];

fn is_frequent(first: u8, second: u8) -> bool {
    FREQUENT
        .get(usize::from(first.wrapping_sub(b'a')))
        .is_some_and(|seconds| seconds.as_bytes().contains(&second))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// xorshift64*: fixed seeds, so that the figures below are the same on every machine.
    fn draw(seed: &mut u64, alphabet: &[u8], length: usize) -> Vec<u8> {
        (0..length)
            .map(|_| {
                *seed ^= *seed >> 12;
                *seed ^= *seed << 25;
                *seed ^= *seed >> 27;
                let n = seed.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
                alphabet[usize::try_from(n).unwrap() % alphabet.len()]
            })
            .collect()
    }

    const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
    const HEX: &[u8] = b"0123456789abcdef";
    const B62: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const B64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    #[test]
    fn fair_draws_are_random_and_named() {
        let mut seed = 42;
        let mut wrong = Vec::new();
        for _ in 0..4000 {
            for (alphabet, length, name) in [
                (DJANGO, 50, "django"),
                (HEX, 32, "hex"),
                (HEX, 64, "hex"),
                (HEX, 128, "hex"),
                (B62, 32, "base62"),
                (B62, 50, "base62"),
                (B64, 43, "base64"),
            ] {
                let value = draw(&mut seed, alphabet, length);
                let shape = shape(&value);
                if !shape.random || (shape.generator != name && name != "base64") {
                    wrong.push(format!(
                        "{name} {} {shape:?}",
                        String::from_utf8_lossy(&value)
                    ));
                }
            }
        }
        assert!(
            wrong.is_empty(),
            "{} of 28000: {:?}",
            wrong.len(),
            &wrong[..wrong.len().min(5)]
        );
    }

    #[test]
    fn words_are_not_random() {
        for text in [
            "mysupersecretkey",
            "this-is-a-long-phrase-that-nobody-will-ever-guess",
            "correct horse battery staple",
            "0123456789abcdef0123456789abcdef",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "aaaaaaaaaaaaaaaaaaaaaaaa",
            "Geheimer Schluessel",
            "applicationSecretForProduction",
            "bookstore_session_secret_2021",
            "settings.local.database.password",
            "deadbeefdeadbeefdeadbeefdeadbeef",
        ] {
            assert!(!shape(text.as_bytes()).random, "{text}");
        }
    }

    #[test]
    fn most_random_lower_case_letters_are_told_from_words() {
        let mut seed = 7;
        let hits = (0..1000)
            .filter(|_| shape(&draw(&mut seed, LOWER, 32)).random)
            .count();
        assert!(hits > 950, "{hits}");
    }

    #[test]
    fn special_shapes() {
        assert_eq!(
            shape(b"3f2b9c1e-7d4a-4e58-9b61-0c5d2a8f7e43").generator,
            "uuid"
        );
        assert_eq!(
            shape(b"base64:q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=").generator,
            "laravel"
        );
        assert!(shape(b"\xd1\x8f\x02\xf9\xaa\x91\x07\xee\x13\x9c\xbb\xc4").random);
        let key = String::from_utf8(draw(&mut 9, DJANGO, 49)).unwrap() + "&";
        let escaped = key.replace('&', "&amp;");
        assert_eq!(shape(key.as_bytes()).generator, "django");
        assert_eq!(shape(escaped.as_bytes()).generator, "django");
    }
}
