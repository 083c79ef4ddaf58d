//! Golden dumps of the entries of every file in `fixtures/formats/<format>/`: `NAME.input.<ext>` is read, the dump is
//! compared with `NAME.entries.txt` (`SNAPSHOTS=overwrite cargo test --test formats` writes it anew; read the diff).
//!
//! Every file is also cut and damaged in many ways and given to every format: none may panic, hang, or give a span
//! outside of the text.

#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use leakey::format::{Entry, FORMATS, FileName, Format, choose};
use leakey::text::{Lines, Span};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats");
    let mut trials = Vec::new();
    let mut inputs = Vec::new();
    for folder in children(&root) {
        let format = folder.file_name().unwrap().to_string_lossy().into_owned();
        for input in children(&folder) {
            let name = input.file_name().unwrap().to_string_lossy().into_owned();
            let Some((stem, _)) = name.split_once(".input") else {
                continue;
            };
            inputs.push(input.clone());
            let golden = folder.join(format!("{stem}.entries.txt"));
            let (title, format) = (format!("{format}::{stem}"), format.clone());
            trials.push(Trial::test(title, move || {
                golden_dump(&format, &input, &golden)
            }));
        }
    }
    trials.push(Trial::test("hostile::damaged", move || damaged(&inputs)));
    trials.push(Trial::test("hostile::nested", nested));
    trials.push(Trial::test("claims", claims));
    libtest_mimic::run(&arguments, trials).exit();
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    paths.sort();
    paths
}

fn named(name: &str) -> Result<&'static dyn Format, Failed> {
    let format = FORMATS.iter().copied().find(|format| format.name() == name);
    format.ok_or_else(|| format!("no format {name}").into())
}

fn golden_dump(format: &str, input: &Path, golden: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(input)?;
    let lines = Lines::new(&text, 1);
    let mut dump = String::new();
    let mut wrong = None;
    let computed = golden.ends_with("computed.entries.txt");
    named(format)?.entries(&text, &mut |entry| {
        // What is computed from literals stands nowhere as it is.
        if !computed {
            check_value(&entry, &text).unwrap_or_else(|why| wrong = Some(why));
        }
        writeln!(dump, "{}", line(&entry, &lines)).unwrap();
    });
    if let Some(why) = wrong {
        return Err(why.into());
    }
    if std::env::var_os("SNAPSHOTS").is_some_and(|mode| mode == "overwrite") {
        fs::write(golden, dump)?;
        return Ok(());
    }
    let expected = fs::read_to_string(golden).unwrap_or_default();
    if dump == expected {
        return Ok(());
    }
    let first = dump
        .lines()
        .zip(expected.lines())
        .find(|(found, expected)| found != expected);
    Err(format!(
        "{} differs; first: {first:#?}\nfound:\n{dump}",
        golden.display()
    )
    .into())
}

/// One line of a dump: key, outer, parents, slot, place, quoted, span, value.
fn line(entry: &Entry<'_>, lines: &Lines<'_>) -> String {
    let start = lines.position(entry.span.start);
    let end = lines.position(entry.span.end);
    let value = entry.value.literal().map_or_else(
        || "opaque".to_owned(),
        |bytes| match std::str::from_utf8(bytes) {
            Ok(text) => format!("{text:?}"),
            Err(_) => format!("{bytes:02x?}"),
        },
    );
    let outer = entry
        .outer
        .as_deref()
        .map(|outer| format!(" < {outer}"))
        .unwrap_or_default();
    let constant = entry
        .constant
        .map(|span| format!(" from {}", lines.line(span.start)))
        .unwrap_or_default();
    format!(
        "{}{outer} in [{}] {:?} {:?}{} {}:{}-{}:{}{constant} {value}",
        entry.key,
        entry.parents.join(", "),
        entry.slot,
        entry.place,
        if entry.quoted { " quoted" } else { "" },
        start.line,
        start.column,
        end.line,
        end.column,
    )
}

/// A value without escapes is what its span covers.
fn check_value(entry: &Entry<'_>, text: &str) -> Result<(), String> {
    let Some(value) = entry.value.literal() else {
        return Ok(());
    };
    let raw = entry.span.of(text);
    let has_escapes = [
        "\\", "''", "'\"", "\"\"", "$$", "%%", "{{", "${", "\n", "' ", "\" ", "',", "\",", "&amp;",
        "&lt;", "&quot;", "&#", "]]>",
    ]
    .iter()
    .any(|mark| raw.contains(mark));
    let decoded = || {
        base64::prelude::BASE64_STANDARD
            .decode(raw)
            .is_ok_and(|bytes| bytes == value)
    };
    let hex = || {
        let digits = value.iter().fold(String::new(), |mut digits, byte| {
            write!(digits, "{byte:02x}").unwrap();
            digits
        });
        raw == digits
    };
    let block = || value.trim_ascii_end() == raw.as_bytes();
    if raw.as_bytes() == value || has_escapes || decoded() || hex() || block() {
        return Ok(());
    }
    Err(format!(
        "{}: the span covers {raw:?}, the value is {:?}",
        entry.key,
        String::from_utf8_lossy(value)
    ))
}

fn check_spans(format: &'static dyn Format, text: &str) -> Result<(), Failed> {
    let mut wrong = None;
    let inside = |span: Span| {
        span.end <= text.len()
            && text.is_char_boundary(span.start)
            && text.is_char_boundary(span.end)
    };
    format.entries(text, &mut |entry| {
        let spans = [Some(entry.span), Some(entry.statement), entry.constant];
        if !spans.into_iter().flatten().all(inside) {
            let about: String = text.chars().take(2000).collect();
            wrong = Some(format!("{}: {entry:?} in {about:?}", format.name()));
        }
    });
    wrong.map_or(Ok(()), |why| Err(why.into()))
}

/// Cut at every character, and changed at random.
fn damaged(inputs: &[PathBuf]) -> Result<(), Failed> {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random >> 33).unwrap()
    };
    for input in inputs {
        let text = fs::read_to_string(input)?;
        let own = input
            .parent()
            .unwrap()
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        for format in FORMATS {
            let step = if format.name() == own { 1 } else { 13 };
            for (at, _) in text.char_indices().step_by(step) {
                check_spans(*format, &text[..at])?;
                check_spans(*format, &text[at..])?;
            }
            for _ in 0..if step == 1 { 200 } else { 30 } {
                let mut bytes = text.clone().into_bytes();
                for _ in 0..=(next() % 8) {
                    let at = next() % bytes.len();
                    match next() % 4 {
                        0 => bytes[at] = b"\"'\\\n\r\t{}[]:=#-$%<|>&*!,` \xc3"[next() % 25],
                        1 => drop(bytes.remove(at)),
                        2 => bytes.insert(at, b"\"'\\\n{[}]:=#- "[next() % 13]),
                        _ => bytes[at] = u8::try_from(next() % 256).unwrap(),
                    }
                    if bytes.is_empty() {
                        bytes.push(b'x');
                    }
                }
                check_spans(*format, &String::from_utf8_lossy(&bytes))?;
            }
        }
    }
    Ok(())
}

/// Deep and endless structures take no more than time in proportion to their length.
fn nested() -> Result<(), Failed> {
    let mut texts = Vec::new();
    for unit in [
        "{",
        "[",
        "{\"a\":",
        "[[",
        "- ",
        "a:\n ",
        "{{",
        "${",
        "${A:-",
        "\"",
        "'",
        "a: \"\n",
        "a: '\n",
        "A=\"\n",
        "A='x\n",
        "a = [\n",
        "a {\n",
        "\\",
        "#",
        "# a:\n",
        "- - [{",
        "<%",
        "a: |\n ",
        "a: &a *a\n",
        "\"value\":\"a\",",
        "a=\"\"\"\n",
        "data:\n kind: Secret\n",
        "/*",
        "é",
        "a:\n  - 'b\n",
        "[a.a.a]\na=1\n",
        "%(",
        "a.",
        "a: \"\\\n",
        " ",
        "\n",
        "x=`",
        "<a>",
        "<a b='",
        "</a",
        "<!--",
        "<a b=\"c\" ",
        "<![CDATA[",
        "\"${",
        "a = \"${\n",
        "a \"b\" {\n",
        "a = <<E\n",
        "cat <<E\n",
        "$(",
        "a=$(",
        "a=\"$(b ",
        "a='b'\"c\"",
        "--set a=1,",
        ",a=1",
        "sh -c \"a=",
        "RUN <<E\n",
        "ENV a \\\n",
        "```diff\n",
        "```python\na='b'\n```\n",
        "--- a/x.md\n+++ b/x.md\n",
        "-a='b\n+\n",
        "{\"source\":[\"a='b'\\n\"],",
        "\"source\":\"\\u",
        "--a b ",
        "a: 'b', ",
        "f('a',",
        "a=",
        "f(",
        "a=[",
        "a=b<",
        "a=/[",
        "x,",
        "<<A\n",
        "r#\"",
        "%q(",
        "`${",
        "a?",
        "f a,",
        "class A {",
        "a.b(",
        "a=function(){},",
    ] {
        texts.push(unit.repeat(200_000 / unit.len()));
    }
    for (open, close) in [
        ("${A:-", "}"),
        ("{\"a\":", "}"),
        ("[", "]"),
        ("a: [{b: ", "}]\n"),
        ("{{ x | default(", ")}}"),
    ] {
        texts.push(format!("{}x{}", open.repeat(20_000), close.repeat(20_000)));
    }
    for (first, unit) in [
        ("a: \"", "\n  \\\"b"),
        ("A='", "\n\"b"),
        ("k = [", "\n\"a\","),
        ("a: 'x", "\n  b: \""),
    ] {
        texts.push(format!("{first}{}", unit.repeat(40_000)));
    }
    for text in texts {
        // Work out of proportion to the text would not come to an end here; no clock is asked.
        for format in FORMATS {
            check_spans(*format, &text)?;
        }
    }
    Ok(())
}

fn claims() -> Result<(), Failed> {
    for (path, expected) in [
        ("app/settings.py", "Python"),
        ("settings.py-tpl", "Python"),
        ("server.mjs", "JavaScript"),
        ("app.vue", "JavaScript"),
        ("config.ru", "Ruby"),
        ("rakefile", "Ruby"),
        ("parameters.php.dist", "PHP"),
        ("config/prod.secret.exs", "Elixir"),
        ("main.go", "Go"),
        (".env", "dotenv"),
        ("a/.env.production", "dotenv"),
        (".env.example", "dotenv"),
        ("env.sample", "dotenv"),
        ("deploy/prod.env", "dotenv"),
        (".flaskenv", "dotenv"),
        (".envrc", "dotenv"),
        ("docker-compose.prod.yml", "compose"),
        ("compose.yaml", "compose"),
        ("values.yaml.tpl", "yaml"),
        (".env.yml", "yaml"),
        ("parameters.yml.dist", "yaml"),
        ("app.json", "json"),
        ("appsettings.development.json", "json"),
        (".babelrc", "json"),
        ("pyproject.toml", "toml"),
        ("pipfile", "toml"),
        ("config.toml.example", "toml"),
        ("conf/application.conf", "hocon"),
        ("application.properties", "properties"),
        ("airflow.cfg", "ini"),
        ("supervisord.conf", "ini"),
        ("my.cnf", "conf"),
        ("dockerfile.prod", "dockerfile"),
        ("containerfile", "dockerfile"),
        ("web.dockerfile", "dockerfile"),
        ("deploy.sh", "shell"),
        (".bashrc", "shell"),
        ("procfile", "shell"),
        ("makefile", "makefile"),
        ("rules.mk", "makefile"),
        ("justfile", "justfile"),
        ("shop.service", "systemd"),
        ("shop.service.d/override.conf", "systemd"),
        ("web.config", "xml"),
        ("web.debug.config", "xml"),
        ("shop.csproj", "xml"),
        ("info.plist", "xml"),
        ("main.tf", "hcl"),
        ("terraform.tfvars.example", "hcl"),
        ("setup.ipynb", "notebook"),
        ("readme.md", "markdown"),
        ("docs/setup.rst", "markdown"),
        ("fix.patch", "patch"),
        ("settings.py.rej", "patch"),
        ("notes.txt", "lines"),
        ("entrypoint.ps1", "lines"),
    ] {
        let format = choose(&FileName::new(path)).map(Format::name);
        if format != Some(expected) {
            return Err(format!("{path} is read as {format:?}").into());
        }
    }
    Ok(())
}
