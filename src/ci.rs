//! Which commits a CI job is about, from the variables that the CI server sets.
//!
//! Variables and fields are those of the servers' documentation (GitHub: `GITHUB_EVENT_PATH` and webhook payloads;
//! GitLab: predefined variables; Bitbucket, Azure, Jenkins, `CircleCI`: likewise). Nothing else is read, and nothing is guessed: a
//! server or an event that names no range is an error that says what to do.

use serde_json::Value;

/// What a job is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The range, as `--range` takes it.
    pub range: String,
    /// What to add to the job's configuration when the checkout is too shallow for the range.
    pub deepen: &'static str,
}

/// Why no range can be told, and what to do.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("--ci: {0}")]
pub struct CiError(String);

const GITHUB: &str = "add `fetch-depth: 0` under `with:` of the actions/checkout step";
const GITLAB: &str = "add `GIT_DEPTH: 0` under `variables:` of the job";
const BITBUCKET: &str = "add `clone: {depth: full}` to bitbucket-pipelines.yml";
const AZURE: &str = "add `fetchDepth: 0` to the `checkout: self` step";
const JENKINS: &str =
    "turn off `Shallow clone` in the checkout, and let its refspec fetch the target branch";

/// The job that the variables tell of. `variable` looks one up, `read` reads the file with GitHub's event.
pub fn job(
    variable: &dyn Fn(&str) -> Option<String>,
    read: &dyn Fn(&str) -> std::io::Result<String>,
) -> Result<Job, CiError> {
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    let (range, deepen) = if variable("GITHUB_ACTIONS").is_some() {
        (github(&variable, read)?, GITHUB)
    } else if variable("GITLAB_CI").is_some() {
        (gitlab(&variable)?, GITLAB)
    } else if variable("BITBUCKET_BUILD_NUMBER").is_some() {
        let base = variable("BITBUCKET_PR_DESTINATION_COMMIT");
        (
            between("Bitbucket", base, variable("BITBUCKET_COMMIT"))?,
            BITBUCKET,
        )
    } else if variable("TF_BUILD").is_some() {
        let base = variable("SYSTEM_PULLREQUEST_TARGETBRANCH");
        let base = base.map(|name| remote(name.strip_prefix("refs/heads/").unwrap_or(&name)));
        (
            between("Azure", base, variable("BUILD_SOURCEVERSION"))?,
            AZURE,
        )
    } else if variable("JENKINS_URL").is_some() {
        let base = variable("CHANGE_TARGET").map(|name| remote(&name));
        let base = base.or_else(|| variable("GIT_PREVIOUS_COMMIT"));
        let head = variable("GIT_COMMIT").or_else(|| Some("HEAD".into()));
        (between("Jenkins", base, head)?, JENKINS)
    } else if variable("CIRCLECI").is_some() {
        // Its variables tell the commit and the branch alone; the base is a pipeline value, which only the configuration can pass on.
        return Err(CiError(
            "CircleCI names no base in its variables; in .circleci/config.yml write \
             `leakey scan --range << pipeline.git.base_revision >>..<< pipeline.git.revision >>`"
                .into(),
        ));
    } else {
        return Err(CiError(
            "no CI server is known by its variables here; give the range with `--range A..B`"
                .into(),
        ));
    };
    Ok(Job { range, deepen })
}

fn github(
    variable: &dyn Fn(&str) -> Option<String>,
    read: &dyn Fn(&str) -> std::io::Result<String>,
) -> Result<String, CiError> {
    let needed = |name: &str| {
        variable(name)
            .ok_or_else(|| CiError(format!("GitHub Actions is to set {name}, which is empty")))
    };
    let (name, path) = (needed("GITHUB_EVENT_NAME")?, needed("GITHUB_EVENT_PATH")?);
    let event = read(&path)
        .map_err(|error| CiError(format!("cannot read GITHUB_EVENT_PATH ({path}): {error}")))?;
    let event: Value = serde_json::from_str(&event)
        .map_err(|_| CiError(format!("GITHUB_EVENT_PATH ({path}) holds no JSON")))?;
    let field = |pointer: &str| {
        let text = event.pointer(pointer).and_then(Value::as_str);
        text.map(str::to_owned)
            .ok_or_else(|| CiError(format!("the event `{name}` has no {pointer}")))
    };
    match name.as_str() {
        "pull_request" | "pull_request_target" => Ok(format!(
            "{}..{}",
            field("/pull_request/base/sha")?,
            field("/pull_request/head/sha")?
        )),
        "merge_group" => Ok(format!(
            "{}..{}",
            field("/merge_group/base_sha")?,
            field("/merge_group/head_sha")?
        )),
        "push" => {
            let (before, after) = (field("/before")?, field("/after")?);
            // What a forced push left behind is in no branch, and so in no checkout.
            let forced = event.pointer("/forced").and_then(Value::as_bool) == Some(true);
            if forced || nothing(&before) {
                let branch = field("/ref")?;
                let branch = branch.strip_prefix("refs/heads/").unwrap_or("").to_owned();
                let main = field("/repository/default_branch").ok();
                Ok(since_default(&after, &branch, main.as_deref()))
            } else {
                Ok(format!("{before}..{after}"))
            }
        }
        other => Err(CiError(format!(
            "the event `{other}` is about no range of commits; use `--history`, or give one with `--range A..B`"
        ))),
    }
}

fn gitlab(variable: &dyn Fn(&str) -> Option<String>) -> Result<String, CiError> {
    let head = variable("CI_COMMIT_SHA");
    if let Some(base) = variable("CI_MERGE_REQUEST_DIFF_BASE_SHA") {
        return between("GitLab", Some(base), head);
    }
    match (variable("CI_COMMIT_BEFORE_SHA"), head) {
        (Some(before), Some(head)) if nothing(&before) => {
            let branch = variable("CI_COMMIT_BRANCH").unwrap_or_default();
            let main = variable("CI_DEFAULT_BRANCH");
            Ok(since_default(&head, &branch, main.as_deref()))
        }
        (before, head) => between("GitLab", before, head),
    }
}

/// A new branch: what the default branch does not have; all there is when it is the default branch itself.
fn since_default(head: &str, branch: &str, main: Option<&str>) -> String {
    match main {
        Some(main) if main != branch && !nothing(head) => format!("{}..{head}", remote(main)),
        _ if nothing(head) => format!("..{head}"),
        _ => head.to_owned(),
    }
}

fn between(server: &str, base: Option<String>, head: Option<String>) -> Result<String, CiError> {
    match (base, head) {
        (Some(base), Some(head)) => Ok(format!("{base}..{head}")),
        _ => Err(CiError(format!(
            "{server} names no base for this job, as it does for pull requests; give the range with `--range A..B`"
        ))),
    }
}

fn remote(branch: &str) -> String {
    format!("refs/remotes/origin/{branch}")
}

/// Whether this is how git and the servers write "no commit".
fn nothing(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte == b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(variables: &[(&str, &str)], event: &str) -> Result<String, String> {
        let look_up = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        job(&look_up, &|_| Ok(event.to_owned()))
            .map(|job| job.range)
            .map_err(|error| error.to_string())
    }

    fn on_github(name: &str, event: &str) -> Result<String, String> {
        let variables = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", name),
            ("GITHUB_EVENT_PATH", "event.json"),
        ];
        told(&variables, event)
    }

    #[test]
    fn github_events() {
        let pull = r#"{"pull_request": {"base": {"sha": "aa"}, "head": {"sha": "bb"}}}"#;
        assert_eq!(on_github("pull_request", pull).unwrap(), "aa..bb");
        let group = r#"{"merge_group": {"base_sha": "aa", "head_sha": "bb"}}"#;
        assert_eq!(on_github("merge_group", group).unwrap(), "aa..bb");
        let push = |before: &str, branch: &str, forced: bool| {
            let event = format!(
                r#"{{"before": "{before}", "after": "bb", "forced": {forced}, "ref": "refs/heads/{branch}", "repository": {{"default_branch": "main"}}}}"#
            );
            on_github("push", &event).unwrap()
        };
        assert_eq!(push("aa", "main", false), "aa..bb");
        assert_eq!(push("00", "topic", false), "refs/remotes/origin/main..bb");
        assert_eq!(push("aa", "topic", true), "refs/remotes/origin/main..bb");
        assert_eq!(push("00", "main", false), "bb");
        assert!(on_github("schedule", "{}").unwrap_err().contains("--range"));
        assert!(on_github("push", "[").unwrap_err().contains("JSON"));
    }

    #[test]
    fn other_servers() {
        let gitlab = |more: &[(&str, &str)]| {
            let mut all = vec![("GITLAB_CI", "true"), ("CI_COMMIT_SHA", "bb")];
            all.extend(more);
            told(&all, "")
        };
        let merge = [
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "aa"),
            ("CI_COMMIT_BEFORE_SHA", "00"),
        ];
        assert_eq!(gitlab(&merge).unwrap(), "aa..bb");
        assert_eq!(gitlab(&[("CI_COMMIT_BEFORE_SHA", "aa")]).unwrap(), "aa..bb");
        let new = [
            ("CI_COMMIT_BEFORE_SHA", "00"),
            ("CI_COMMIT_BRANCH", "topic"),
            ("CI_DEFAULT_BRANCH", "main"),
        ];
        assert_eq!(gitlab(&new).unwrap(), "refs/remotes/origin/main..bb");
        assert!(gitlab(&[]).unwrap_err().contains("--range"));
        let azure = [
            ("TF_BUILD", "True"),
            ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
            ("BUILD_SOURCEVERSION", "bb"),
        ];
        assert_eq!(told(&azure, "").unwrap(), "refs/remotes/origin/main..bb");
        assert!(told(&[], "").unwrap_err().contains("no CI server"));
        let circle = [("CIRCLECI", "true"), ("CIRCLE_SHA1", "bb")];
        let said = told(&circle, "").unwrap_err();
        assert!(
            said.contains("--range << pipeline.git.base_revision >>"),
            "{said}"
        );
    }
}
