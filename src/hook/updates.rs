//! What git tells its hooks about a push.

/// A ref that a push makes, moves or deletes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// What the other side has under it; zeros: nothing yet.
    pub old: String,
    /// What it is to be; zeros: it is deleted.
    pub new: String,
}

/// A line that is not as git writes it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {0} of standard input is not what git tells this hook; run it from a hook of git")]
pub struct HookError(usize);

/// Reads what git gives pre-push: `<local ref> <local id> <remote ref> <remote id>` a line (githooks(5)).
pub fn pre_push(input: &str) -> Result<Vec<Update>, HookError> {
    updates(input, 4, 3, 1)
}

/// Reads what git gives pre-receive: `<old id> <new id> <ref>` a line (githooks(5)).
pub fn pre_receive(input: &str) -> Result<Vec<Update>, HookError> {
    updates(input, 3, 0, 1)
}

fn updates(input: &str, fields: usize, old: usize, new: usize) -> Result<Vec<Update>, HookError> {
    let lines = input.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.is_empty());
    lines
        .map(|(at, line)| {
            let words: Vec<_> = line.split(' ').collect();
            let id = |at: usize| {
                let id = words.get(at).copied().unwrap_or_default();
                // Of SHA-1 or of SHA-256.
                let good =
                    matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
                good.then(|| id.to_owned())
            };
            match (id(old), id(new)) {
                (Some(old), Some(new)) if words.len() == fields => Ok(Update { old, new }),
                _ => Err(HookError(at + 1)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_writes_and_what_it_does_not() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let update = Update {
            old: a.clone(),
            new: b.clone(),
        };
        let push = format!("refs/heads/x {b} refs/heads/y {a}\n");
        assert_eq!(pre_push(&push), Ok(vec![update.clone()]));
        let receive = format!("{a} {b} refs/heads/y\n\n");
        assert_eq!(pre_receive(&receive), Ok(vec![update]));
        assert_eq!(pre_push(""), Ok(Vec::new()));
        assert_eq!(pre_push(&receive), Err(HookError(1)));
        assert_eq!(pre_receive("a b c\n"), Err(HookError(1)));
    }
}
