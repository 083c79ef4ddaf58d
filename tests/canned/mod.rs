//! One report that holds every variant a reporter can meet.

use std::collections::BTreeMap;

use leakey::finding::{
    Class, CommitInfo, Confidence, Context, Coverage, Evidence, Finding, Frame, FrameLine, Issue,
    Kind, LifeStatus, Lifeline, Notice, Occurrence, Origin, Reason, Report, Severity, Skip,
    SourceKind, Stale, StaleKind, Suppression, fingerprint,
};
use leakey::report::{RuleInfo, View};
use leakey::secret::Secret;
use leakey::text::Position;

/// Every secret of the report. They hold what each format has to escape.
pub(crate) const SECRETS: [&[u8]; 7] = [
    b"k7#v2!q9$x\"4&w8<z1>m6'p3\\n5%t0 j@h*e(r)y=u+i-o_a^s",
    b"0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
    b"fixture-value-of-a-test",
    b"published-demo-value-everyone-knows",
    b"\xff\xfe\x00\x80raw-bytes\xc3\x28",
    b"nothing-to-see/here+accepted==",
    b"geheim-\xc3\xbc\xe6\xbc\xa2\xe2\x80\xae-wert-12345",
];

const ROTATE: &str = "Make a new key, keep the old one in SECRET_KEY_FALLBACKS until its tokens have run out, \
                      then take it out; load the key from the environment.";

fn position(line: usize, column: usize) -> Position {
    Position { line, column }
}

/// A place on one line: `text` has `{}` where the secret stands.
fn place(path: &str, line: usize, key: &str, text: &str, secret: &Secret) -> Occurrence {
    let column = text
        .find("{}")
        .map_or(1, |at| text[..at].chars().count() + 1);
    let redacted = secret.redacted();
    let start = text.find("{}").unwrap_or(0);
    let frame = FrameLine {
        number: line,
        text: text.replace("{}", &redacted),
        mark: Some((start, start + redacted.len())),
    };
    Occurrence {
        path: path.into(),
        start: position(line, column),
        end: position(line, column + secret.length()),
        key: key.into(),
        fingerprint: fingerprint("canned", key, secret.reveal(), 128.0),
        context: Context::Production,
        origin: Origin::plain(SourceKind::Worktree),
        frame: Frame { lines: vec![frame] },
        suppressed: None,
    }
}

fn finding(rule: &str, title: &str, secret: Secret, occurrences: Vec<Occurrence>) -> Finding {
    let key = occurrences[0].key.clone();
    Finding {
        fingerprint: fingerprint(rule, &key, secret.reveal(), 128.0),
        rule: rule.into(),
        title: title.into(),
        framework: Some("django".into()),
        class: Class::SigningKey,
        kind: Kind::Leak,
        context: Context::Production,
        counts: true,
        severity: Severity::Critical,
        confidence: Confidence::High,
        key,
        secret,
        generator: "django",
        published: None,
        occurrences,
        lifeline: None,
        details: "The pickle serializer is set at settings.py line 30.".into(),
        impact: "sessions, password reset links and signed cookies can be forged; with the pickle \
                 serializer (settings.py line 30), code can be run"
            .into(),
        remedy: ROTATE.into(),
        references: vec!["https://docs.djangoproject.com/en/5.2/ref/settings/#secret-key".into()],
        evidence: Vec::new(),
        suppressed: None,
    }
}

fn commit(seconds: i64, offset_minutes: i32, fill: char, author: &str) -> CommitInfo {
    CommitInfo {
        seconds,
        id: fill.to_string().repeat(40),
        offset_minutes,
        author: author.into(),
    }
}

fn historic(mut occurrence: Occurrence, commit: CommitInfo, reachable: bool) -> Occurrence {
    occurrence.origin = Origin {
        source: SourceKind::Commit,
        commit: Some(commit),
        reachable: Some(reachable),
        in_tip: Some(false),
        in_head: Some(false),
    };
    occurrence
}

fn suppression(by: &'static str, reason: Option<&str>, until: Option<&str>) -> Suppression {
    Suppression {
        by,
        reason: reason.map(str::to_owned),
        until: until.map(str::to_owned),
    }
}

/// A strong key in production, proved by a token, in more places than text lists.
fn everywhere() -> Finding {
    let secret = Secret::new(SECRETS[0]);
    let line = "SECRET_KEY = '{}'  # taken over from the old site";
    let mut places = vec![place("app/settings.py", 12, "SECRET_KEY", line, &secret)];
    for (i, context) in [
        Context::Test,
        Context::Docs,
        Context::Example,
        Context::Development,
    ]
    .into_iter()
    .enumerate()
    {
        let path = format!("app/{}/settings.py", context.name());
        let mut other = place(&path, i + 1, "SECRET_KEY", line, &secret);
        other.context = context;
        places.push(other);
    }
    let mut old = place("app/old.py", 3, "DJANGO_KEY", "DJANGO_KEY = '{}'", &secret);
    old.suppressed = Some(suppression("inline", None, None));
    places.push(old);
    let mut index = place("app/staged.py", 3, "SECRET_KEY", line, &secret);
    index.origin = Origin::plain(SourceKind::Index);
    places.push(index);
    places.push(place(
        "/srv/other site/settings.py",
        9,
        "SECRET_KEY",
        line,
        &secret,
    ));
    let mut found = finding("django-secret-key", "Django secret key", secret, places);
    found.confidence = Confidence::Confirmed;
    found.evidence.push(Evidence {
        scheme: "django.session_cookie".into(),
        place: "tests/cookies.txt:4:9".into(),
    });
    found
}

/// Known from history only, by an author who tries to write to the terminal.
fn removed() -> Finding {
    let secret = Secret::new(SECRETS[1]);
    let author = "Eve \u{1b}[2J\u{202e} <eve@example.org>";
    let commits = [
        commit(1_709_251_199, -480, 'a', author),
        commit(1_719_000_000, 330, 'b', "Bob <bob@example.org>"),
    ];
    let text = "\tsecret_key_base: {}";
    let first = place(
        "config/secrets.yml",
        107,
        "production.secret_key_base",
        text,
        &secret,
    );
    let second = place(
        "config/lost.yml",
        1,
        "production.secret_key_base",
        text,
        &secret,
    );
    let message = place(
        &format!(":commit/{}", "c".repeat(40)),
        3,
        "secret_key_base",
        "use {} from now on",
        &secret,
    );
    let mut message = historic(message, commits[1].clone(), true);
    message.origin.source = SourceKind::CommitMessage;
    let mut found = finding(
        "rails-secret-key-base",
        "Rails secret key base",
        secret,
        vec![
            message,
            historic(second, commits[1].clone(), false),
            historic(first, commits[0].clone(), true),
        ],
    );
    found.framework = Some("rails".into());
    found.severity = Severity::High;
    found.generator = "hex";
    found.lifeline = Some(Lifeline {
        first: Some(commits[0].clone()),
        removed: Some(commits[1].clone()),
        in_head: false,
        status: LifeStatus::Replaced,
        replaced_by: vec!["00112233445566778899aabbccddeeff".into()],
    });
    found
}

/// A weak value in a test, which does not count.
fn weak() -> Finding {
    let secret = Secret::new(SECRETS[2]);
    let mut occurrence = place(
        "tests/conftest.py",
        4,
        "SECRET_KEY",
        "app.config['SECRET_KEY'] = '{}'",
        &secret,
    );
    occurrence.context = Context::Test;
    let mut found = finding(
        "flask-secret-key",
        "Flask secret key",
        secret,
        vec![occurrence],
    );
    found.key = "app.config['SECRET_KEY']".into();
    found.framework = Some("flask".into());
    found.kind = Kind::Weak;
    found.context = Context::Test;
    found.counts = false;
    found.severity = Severity::Note;
    found.confidence = Confidence::Low;
    found.generator = "human";
    found
}

/// A value everybody can look up.
fn published() -> Finding {
    let secret = Secret::new(SECRETS[3]);
    let mut occurrence = place(".env.example", 1, "APP_KEY", "APP_KEY={}", &secret);
    occurrence.context = Context::Example;
    let mut found = finding(
        "laravel-app-key",
        "Laravel application key",
        secret,
        vec![occurrence],
    );
    found.framework = None;
    found.kind = Kind::Published;
    found.published = Some("Laravel's documentation".into());
    found.context = Context::Example;
    found.severity = Severity::Medium;
    found.confidence = Confidence::Medium;
    found.generator = "human";
    found
}

/// Bytes that are no text, over several lines, second on the line of another secret, below a hostile path.
fn bytes() -> Finding {
    let secret = Secret::new(SECRETS[4]);
    let mut occurrence = place(
        "evil\u{1b}]0;owned\u{7}\nname/\u{202e}yp.x",
        9,
        "K\u{200b}EY",
        "A = '<44 characters>'; KEY = bytes.fromhex('{}'",
        &secret,
    );
    occurrence.end = position(10, 5);
    occurrence.frame.lines.push(FrameLine {
        number: 10,
        text: "    ')\u{1b}[31m".into(),
        mark: None,
    });
    let mut found = finding("private-key", "Private key", secret, vec![occurrence]);
    found.class = Class::PrivateKey;
    found.generator = "";
    found.severity = Severity::Low;
    found.impact = String::new();
    found.remedy = "1. Make a new one.\n2. Revoke the old one.".into();
    found.references = Vec::new();
    found
}

/// Accepted by the baseline.
fn accepted() -> Finding {
    let secret = Secret::new(SECRETS[5]);
    let mut occurrence = place("docs/demo.md", 40, "JWT_SECRET", "JWT_SECRET={}", &secret);
    occurrence.context = Context::Docs;
    let why = suppression("baseline", Some("rotated [2024](1)"), Some("2026-12-31"));
    occurrence.suppressed = Some(why.clone());
    let mut found = finding("jwt-secret", "JWT secret", secret, vec![occurrence]);
    found.class = Class::Credential;
    found.context = Context::Docs;
    found.counts = false;
    found.severity = Severity::Medium;
    found.suppressed = Some(why);
    found
}

/// On a long line of wide characters from standard input, accepted by a comment.
fn inline() -> Finding {
    let secret = Secret::new(SECRETS[6]);
    let text = format!(
        "{} secret = \"{{}}\" {}",
        "設定 ".repeat(20),
        "x".repeat(90)
    );
    let mut occurrence = place("<stdin>", 1, "secret", &text, &secret);
    occurrence.origin = Origin::plain(SourceKind::Stdin);
    occurrence.context = Context::Development;
    let why = suppression("inline", None, None);
    occurrence.suppressed = Some(why.clone());
    let mut found = finding("generic-secret", "Secret", secret, vec![occurrence]);
    found.context = Context::Development;
    found.counts = false;
    found.severity = Severity::Low;
    found.suppressed = Some(why);
    found
}

/// The report.
pub(crate) fn report() -> Report {
    Report {
        remarks: Vec::new(),
        findings: vec![
            everywhere(),
            removed(),
            weak(),
            published(),
            bytes(),
            accepted(),
            inline(),
        ],
        issues: vec![
            Issue::new(
                "data/huge.sql",
                "larger than the limit of 100 MB; raise it with --max-size",
            ),
            Issue::new("a\u{1b}[1mb\n", "cannot be read: permission denied"),
            Issue::new(
                "",
                "history is shallow; fetch the rest with `git fetch --unshallow`",
            ),
        ],
        coverage: Coverage {
            files: 1_234,
            blobs: 56,
            commits: 7,
            bytes: 3_400_000,
            skipped: BTreeMap::from([
                (Skip::Binary, 14),
                (Skip::DependencyFolder, 3),
                (Skip::SymbolicLink, 1),
            ]),
            shallow: true,
        },
        dropped: BTreeMap::from([
            (Reason::Reference, 12),
            (Reason::Prose, 3),
            (Reason::NotRandom, 1),
        ]),
        ignored: vec![Notice {
            path: "/srv/other/leakey.toml".into(),
            line: None,
            what: "this configuration is not obeyed: only those of the current repository are"
                .into(),
        }],
        stale: vec![Stale {
            path: "leakey.toml".into(),
            line: 7,
            kind: StaleKind::Expired,
            what: "this [[allow]] entry held until 2026-01-31 (a\u{1b}[1mb)".into(),
        }],
        rules_hash: "5e".repeat(16),
    }
}

/// Finished without a finding.
pub(crate) fn nothing() -> Report {
    Report {
        coverage: Coverage {
            files: 120,
            bytes: 3_400_000,
            skipped: BTreeMap::from([(Skip::Binary, 14)]),
            ..Coverage::default()
        },
        rules_hash: "5e".repeat(16),
        ..Report::default()
    }
}

/// A view with a rule's data, as the command builds it.
pub(crate) fn view() -> View {
    View {
        profile: "hook",
        notes: vec!["leakey.toml is not obeyed outside the current repository".into()],
        rules: vec![RuleInfo {
            id: "django-secret-key".into(),
            title: "Django secret key".into(),
            class: Class::SigningKey,
            severity: Severity::Critical,
            impact: "whoever has it can forge sessions and signed cookies".into(),
            remedy: ROTATE.into(),
            references: vec![
                "Django's documentation".into(),
                "https://docs.djangoproject.com/en/5.2/ref/settings/#secret-key".into(),
            ],
            description: "The value of SECRET_KEY in a Django project".into(),
        }],
        ..View::default()
    }
}
