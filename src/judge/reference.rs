//! Values that stand for another value: templates, look-ups, names, paths, ciphertext.

use std::sync::LazyLock;

use regex::Regex;

use super::{Case, is_loose, placeholder};
use crate::finding::{Class, Reason};
use crate::format::Slot;
use crate::rule::Folded;

/// Patterns for whole values. None matches a part of a value, and none that allows free text inside can match the output of
/// a generator: its brackets are not in the generators' alphabets, or what is inside must be a name.
struct Patterns {
    template: Regex,
    /// The first word of a template or command, where the format takes no more than a word.
    opened: Regex,
    reference: Regex,
    ciphertext: Regex,
    location: Regex,
    /// A path of more than one part to a file of keys: no generator's alphabet has both the slash and the dot.
    key_file: Regex,
}

static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
    let all = |alternatives: &[&str]| Regex::new(&format!("^(?:{})$", alternatives.join("|"))).ok();
    Some(Patterns {
        template: all(&[
            r"(?s:\{\{.*\}\})",                      // Jinja, Helm, Mustache
            r"\{%.*%\}",                             // Jinja
            r"<%.*%>",                               // ERB, EJS
            r"<\?.*\?>",                             // PHP
            r"\$\{[^{}]*\}",                         // shell, Spring, JavaScript
            r"\$\{\{.*\}\}",                         // GitHub Actions
            r"#\{[^{}]*\}",                          // Ruby, Octopus
            r"\$\([A-Za-z_][A-Za-z0-9_. /$-]*\)",    // make, MSBuild, command substitution
            r"\$[A-Za-z_][A-Za-z0-9_]*|\$[0-9@*#?]", // shell
            r"%[A-Za-z_][A-Za-z0-9_]*%",             // cmd, Symfony parameters
            r"%\([A-Za-z_][A-Za-z0-9_.]*\)s",        // ConfigParser, Python
            r"%env\([^()]*\)%",                      // Symfony
            r"__[A-Z0-9]+(?:_[A-Z0-9]+)*__",         // skeletons
            r"@@?[A-Z][A-Z0-9_]*@@?",                // autoconf, Ant
            r"!!!\s*SET [A-Z0-9_ ]+!!!",             // cookiecutter-django
            r"\{[A-Za-z_][A-Za-z0-9_.-]*\}>*", // str.format; in a shell's line before a redirection
            r"\[\[.*\]\]",
            r"<<[A-Za-z0-9_ .-]*>>",
            r"%s|%d|%@|\{\}|\{\d\}",
        ])?,
        opened: all(&[
            r"\$\([A-Za-z_./-]+",
            r"\$?\{\{?[A-Za-z_.-]*",
            r"<[%?]+[=-]*[A-Za-z_.]*",
            r"<[A-Za-z_-]+",
        ])?,
        reference: all(&[
            r"(?:os\.)?environ(?:\.get)?[\[(].*[\])]",
            r"(?:os\.)?getenv\(.*\)",
            r"process\.env\.?[\[A-Za-z_].*",
            r#"ENV(?:\.fetch)?[\[(]\s*['"].*"#,
            r#"env\(\s*['"]?[A-Za-z_]+['"]?.*\)"#,
            r"import\.meta\.env\..*",
            r"settings\.[A-Z_]+",
            r"env:[A-Za-z_][A-Za-z0-9_]*",
            r"(?:vault|op|aws-sm|gcp-sm|azure-kv|secretsmanager|ssm|awssm|gcpsm|doppler|infisical|bws|secret|keyring|file|sops|ref\+[a-z]+):[/A-Za-z].*",
            r"vault:[A-Za-z0-9_/.-]+#[A-Za-z0-9_.-]+",
            r"arn:aws[a-z-]*:.*",
            r"\{\{resolve:.*\}\}",
            r"projects/[^/ ]+/secrets/.*",
            r"@Microsoft\.KeyVault\(.*\)",
            r"secretKeyRef.*|valueFrom.*|Fn::.*|!Ref .*|!Sub .*|!GetAtt .*",
        ])?,
        ciphertext: all(&[
            r"ENC\[.*\]",    // sops
            r"ENC\(.*\)",    // jasypt
            r"encrypted:.*", // dotenvx
            r"\{cipher\}.*", // Spring Cloud Config
            r"(?s:\$ANSIBLE_VAULT;.*)",
            r"AQICAH[A-Za-z0-9+/=]{40,}", // AWS KMS
            r"vault:v\d+:.*",             // Vault transit
            r"(?s:-----BEGIN (?:PGP MESSAGE|AGE ENCRYPTED FILE)-----.*)",
            r"gAAAAA[A-Za-z0-9_=-]{60,}", // a Fernet token: encrypted data, no key
            r"(?:pbkdf2_[a-z0-9]+|bcrypt(?:_sha256)?|argon2[a-z0-9]*|scrypt|sha1|md5)\$.+", // Django's password hashes
            r"\$(?:[1256y]|2[abxy]|argon2[a-z]*|pbkdf2[a-z0-9-]*|scrypt|s0|md5)\$.+", // crypt(5), PHC
        ])?,
        location: all(&[
            r"[a-z][a-z0-9+.-]*://[^\s]+",
            r"(?:~|\.{1,2})?/[A-Za-z0-9_.@-]+(?:/[A-Za-z0-9_.@{}$-]*)*",
            r"[A-Za-z]:\\.*",
            r"(?:[A-Za-z0-9_.-]+/)+[A-Za-z0-9_.-]+\.[a-z]{2,4}",
            r"[A-Za-z0-9_-]+\.(?:txt|key|pem|json|ya?ml|env|conf|cfg|ini|py|js|ts|php|rb|crt|cer|jks|p12)",
        ])?,
        key_file: all(&[
            r"(?:~|\.{1,2}|[A-Za-z]:)?(?:[/\\][A-Za-z0-9_.-]+)+\.(?:txt|key|pem|der|crt|cer|jks|p12|pfx|pub)",
        ])?,
    })
});

/// Why the value is no literal secret, if it is none.
pub(super) fn reason(case: &Case<'_, '_>) -> Option<Reason> {
    let text = case.text?.trim();
    let patterns = PATTERNS.as_ref()?;
    let random = case.candidate.shape.random;
    // A `$name` that is random is a value: single quotes keep the dollar.
    let plain_dollar =
        random && text.starts_with('$') && !text.starts_with("${") && !text.starts_with("$(");
    if !plain_dollar && patterns.template.is_match(text.trim_matches(QUOTES)) {
        return Some(Reason::Template);
    }
    if !random && !case.candidate.quoted && patterns.opened.is_match(text) {
        return Some(Reason::Template);
    }
    if patterns.reference.is_match(text) {
        return Some(Reason::Reference);
    }
    if case.candidate.digest == Some(true) || patterns.ciphertext.is_match(text) {
        return Some(Reason::Ciphertext);
    }
    if PUBLIC.iter().any(|head| text.starts_with(head)) {
        return Some(Reason::Identifier);
    }
    if is_loose(case.candidate) && TYPES.contains(&text) {
        return Some(Reason::Identifier);
    }
    // Dots among the characters of a whole key were drawn with the rest of it.
    let whole_key = random && case.class == Class::SigningKey && text.len() >= WHOLE_KEY;
    if !whole_key && is_elided(text) {
        return Some(Reason::Elided);
    }
    if (!random && patterns.location.is_match(text)) || patterns.key_file.is_match(text) {
        return Some(Reason::Location);
    }
    if is_alphabet(text) {
        return Some(Reason::Alphabet);
    }
    named(case, text)
}

/// Marks that prose sets around a template, as in `«{{ key }}»`. No generator makes them.
const QUOTES: &[char] = &['«', '»', '‹', '›', '“', '”', '„', '‘', '’', '「', '」'];
/// Documentation that elides a key shows fewer random characters than this.
const WHOLE_KEY: usize = 40;

/// `...`, `abc…`, `django-insecure-...`: what documentation leaves out.
fn is_elided(text: &str) -> bool {
    let dotted = |text: &str| {
        text.ends_with("...")
            || text.ends_with('…')
            || text.starts_with("...")
            || text.starts_with('…')
    };
    dotted(text)
        || dotted(text.trim_end_matches(['>', ')', ']', '}', '\'', '"']))
        || text.contains("....")
}

/// `abcdefghijklmnopqrstuvwxyz…`: characters to choose from.
fn is_alphabet(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains("abcdefghijklmnopqrstuvwxyz")
        || (lower.contains("0123456789abcdef") && text.len() < 30)
}

/// Keys that are public by design.
const PUBLIC: &[&str] = &[
    "-----BEGIN PUBLIC KEY",
    "-----BEGIN RSA PUBLIC KEY",
    "-----BEGIN CERTIFICATE",
    "-----BEGIN EC PUBLIC KEY",
];
/// What schemas and forms say of a field, where a value could stand.
const TYPES: &[&str] = &[
    "str",
    "string",
    "text",
    "bytes",
    "char",
    "varchar",
    "hidden",
    "required",
    "optional",
    "nullable",
    "any",
    "object",
    "uuid",
    "CharField",
    "TextField",
    "PasswordField",
    "StringField",
    "EncryptedCharField",
    "PasswordInput",
    "SecretStr",
    "utf-8",
    "utf8",
    "ascii",
    "latin-1",
];

/// What names of settings that hold secrets end with.
const SECRET_NOUNS: &[&str] = &["key", "password", "salt", "secret", "token"];

/// Values that are names: of the key itself, or of something else.
fn named(case: &Case<'_, '_>, text: &str) -> Option<Reason> {
    let candidate = case.candidate;
    let name_like = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':'));
    if !name_like || candidate.shape.random {
        return None;
    }
    let last = |name: &str| {
        name.rsplit(['.', ':', '>', '$'])
            .next()
            .unwrap_or(name)
            .to_owned()
    };
    let keys = std::iter::once(&candidate.key)
        .chain(&candidate.outer)
        .map(|key| last(key));
    let screaming = text.contains('_')
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    let value = Folded::of(text);
    // `parser.get('django', 'secret_key')`: section and option of an INI file.
    if let Some(outer) = candidate.outer.as_deref().map(last)
        && Folded::of(&outer).text() == value.text()
        && Folded::of(&candidate.key).text() != value.text()
    {
        return Some(Reason::SelfNamed);
    }
    for key in keys {
        // `SECRET_TOKEN = "action_dispatch.secret_token"`: the name of a slot that holds the key.
        if is_slot(text) && value.text().ends_with(Folded::of(&key).text()) {
            return Some(Reason::Identifier);
        }
        let same = key == text || (is_loose(candidate) && Folded::of(&key).text() == value.text());
        // `{secret: 'secret'}` runs; `{'secret_key': 'secret_key'}` maps one name to another.
        let mapped = is_loose(candidate) && value.words().count() > 1;
        if same && (screaming || mapped || candidate.slot == Slot::Default) {
            return Some(Reason::SelfNamed);
        }
        // `'secret_key': 'DJANGO_SECRET_KEY'`: which variable to look up.
        if screaming && value.text().ends_with(Folded::of(&key).text()) && !placeholder::asks(text)
        {
            return Some(Reason::SelfNamed);
        }
    }
    // `SECRET_KEY: SHOP_SECRET_KEY`: the name of another variable.
    let shouted_name = screaming
        && value.words().count() > 2
        && value
            .words()
            .last()
            .is_some_and(|word| SECRET_NOUNS.contains(&word));
    if shouted_name && !placeholder::is_weak(case) {
        return Some(Reason::Identifier);
    }
    // `settings.SECRET_KEY`, `config.jwt.secret`: dotted names with a shouted end, or as arguments.
    let dotted = text.contains('.')
        && !text.ends_with('.')
        && text.split('.').all(|part| {
            part.bytes()
                .next()
                .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        });
    if dotted && (is_loose(candidate) || !candidate.quoted) && text.len() < 60 {
        return Some(Reason::Identifier);
    }
    None
}

/// Whether `text` is a dotted lower-case name: `action_dispatch.secret_key_base`.
fn is_slot(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|part| {
            part.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert!(PATTERNS.is_some());
    }

    #[test]
    fn whole_values_only() {
        let patterns = PATTERNS.as_ref().unwrap();
        for yes in [
            "{{ secret_key }}",
            "${SECRET}",
            "%env(APP_SECRET)%",
            "__SALT__",
            "!!!SET DJANGO_SECRET_KEY!!!",
            "<%= ENV['X'] %>",
            "$SECRET_KEY",
            "@SECRET@",
        ] {
            assert!(patterns.template.is_match(yes), "{yes}");
        }
        for no in [
            "%a(b)s{{c",
            "${a}b",
            "$(a)b)",
            "@a#b",
            "x{{y}}",
            "%(q!e)s#1",
        ] {
            assert!(!patterns.template.is_match(no), "{no}");
        }
        for yes in ["$(kamal", "${", "{{", "<%=", "<%%=", "<see"] {
            assert!(patterns.opened.is_match(yes), "{yes}");
        }
        for no in ["$(a1", "<a b", "tiger", "{a}"] {
            assert!(!patterns.opened.is_match(no), "{no}");
        }
        assert!(is_slot("action_dispatch.secret_token"));
        for no in ["secret_token", "Shop.secret", "shop.", ".secret", "a.1"] {
            assert!(!is_slot(no), "{no}");
        }
        assert!(is_elided("django-insecure-..."));
        assert!(!is_elided("a..b"));
    }
}
