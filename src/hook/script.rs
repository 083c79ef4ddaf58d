//! The hook that is written.

use std::path::Path;

/// A hook that leakey can be (githooks(5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    /// Before a commit is made.
    PreCommit,
    /// Before a push leaves.
    PrePush,
    /// On a server, before a push is taken.
    PreReceive,
}

impl Hook {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::PreCommit, Self::PrePush, Self::PreReceive];

    /// The name of its file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
        }
    }

    /// The name that a hook which was there before is given.
    pub(super) fn previous(self) -> String {
        format!("{}.before-leakey", self.name())
    }
}

/// How every hook of leakey begins, of any version.
const HEAD: &str = "#!/bin/sh\n# Written by `leakey hook install`";

/// Whether a file is a hook of leakey.
pub(super) fn is_ours(content: &[u8]) -> bool {
    content.starts_with(HEAD.as_bytes())
}

/// The text of a hook that calls `program`, after the hook that was there before.
///
/// The other one goes first, as it may change what is staged. Standard input can be read only once, so both get a copy.
pub(super) fn script(hook: Hook, program: &Path) -> String {
    let name = hook.name();
    let previous = hook.previous();
    let program = program.to_string_lossy();
    let program = if cfg!(windows) {
        program.replace('\\', "/")
    } else {
        program.into_owned()
    };
    let program = program.replace('\'', r"'\''");
    let (input, copy) = match hook {
        Hook::PreCommit => ("", ""),
        Hook::PrePush | Hook::PreReceive => (
            "input=$(cat)\ntold() { [ -z \"$input\" ] || printf '%s\\n' \"$input\"; }\n",
            "told | ",
        ),
    };
    format!(
        r#"{HEAD}. `leakey hook uninstall` removes it and puts back
# what was here before. Changes to this file are lost then.
{input}
previous=$(dirname "$0")/{previous}
if [ -x "$previous" ]; then
    {copy}"$previous" "$@" || exit
fi

leakey='{program}'
[ -x "$leakey" ] || leakey=$(command -v leakey) || {{
    echo "leakey: this hook cannot find the program, so nothing was scanned; install it again, or remove $0" >&2
    exit 2
}}
{copy}"$leakey" hook run {name} "$@"
"#
    )
}
