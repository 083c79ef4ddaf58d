//! Completions and the manual page are made from the command line as it is.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

fn printed(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leakey"));
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The words that the help of the top lists as commands.
fn commands() -> Vec<String> {
    let help = printed(&["--help"]);
    let rows = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let rows = rows.take_while(|line| !line.is_empty());
    // What is further in goes on with the words of the row above.
    let rows = rows.filter(|line| !line.starts_with("   "));
    let words = rows.filter_map(|row| row.split_whitespace().next());
    words
        .filter(|word| *word != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_shell_is_told_every_command_and_option() {
    let commands = commands();
    assert!(commands.len() >= 8, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let text = printed(&["completions", shell]);
        for word in commands
            .iter()
            .map(String::as_str)
            .chain(["baseline", "check-env", "env-file"])
        {
            assert!(text.contains(word), "{shell}: {word}");
        }
    }
    let unknown = Command::new(env!("CARGO_BIN_EXE_leakey"))
        .args(["completions", "tcsh"])
        .output();
    assert_eq!(unknown.unwrap().status.code(), Some(2));
}

#[test]
fn bash_reads_its_completions() {
    let script = printed(&["completions", "bash"]);
    let checked = Command::new("bash").args(["-n", "-c", &script]).status();
    assert!(checked.unwrap().success());
}

#[test]
fn the_manual_has_every_command_and_its_options() {
    let page = printed(&["man"]);
    assert!(page.contains(".TH leakey 1"), "{page}");
    for command in commands() {
        let heading = format!("COMMAND: leakey {command}\"");
        assert!(page.contains(&heading), "{heading}");
    }
    for word in [
        "leakey baseline create",
        "strict\\-suppressions",
        "env\\-file",
    ] {
        assert!(page.contains(word), "{word}");
    }
}
