//! The command line as typed. Pure data: nothing is checked against the world here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Finds leaked application signing keys: `SECRET_KEY` and its kin.
#[derive(Debug, Parser)]
#[command(
    name = "leakey",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 clean, 1 findings that count, 2 could not run or not complete."
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Look for keys in files, the git index, commits, history or standard input
    Scan(Box<Scan>),
    /// Say why something there is, or is not, reported
    Explain(Explain),
    /// Say whether keys in the environment are ones that the repository or its history ever held
    #[command(
        after_help = "Exit codes: 0 none of them, 1 at least one (or one that can be guessed), 2 cannot say."
    )]
    CheckEnv(CheckEnv),
    /// Accept what is there today, without storing a secret
    #[command(subcommand)]
    Baseline(Baseline),
    /// Hooks of git: write, remove and show them
    #[command(subcommand)]
    Hook(Hook),
    /// List, show and check rules
    #[command(subcommand)]
    Rules(Rules),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
pub(super) struct CheckEnv {
    /// Names of variables; default: all that a rule is about, such as `SECRET_KEY`
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Take the variables from this file instead of the environment; - is standard input
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// The repository, or a bare clone of it
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub repo: PathBuf,
    /// Format of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: AnswerFormat,
    /// A shallow clone is good enough
    #[arg(long)]
    pub allow_shallow: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum AnswerFormat {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(super) struct Scan {
    #[command(flatten)]
    pub looked: Looked,
    /// Format of the report on standard output
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        help_heading = "Output"
    )]
    pub format: Format,
    /// Also write a report to a file, as FORMAT=FILE; can be given several times
    #[arg(long, value_name = "FORMAT=FILE", help_heading = "Output")]
    pub output: Vec<String>,
    /// Print the secrets instead of leaving them out
    #[arg(long, help_heading = "Output")]
    pub show_secrets: bool,
    /// When to use colour
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output"
    )]
    pub color: When,
    /// No diagnostics on standard error
    #[arg(long, short, help_heading = "Output", conflicts_with = "verbose")]
    pub quiet: bool,
    /// Tell more
    #[arg(long, short, help_heading = "Output")]
    pub verbose: bool,

    /// Exit with 0 instead of 1; trouble is still 2
    #[arg(long, help_heading = "Selection")]
    pub exit_zero: bool,
    /// Print the settings in force, and where each comes from, instead of scanning
    #[arg(long, help_heading = "Configuration")]
    pub dump_config: bool,
}

/// Settings that a configuration file can hold, too.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Chosen {
    /// What is looked at and what counts; default: hook with --staged, audit with --history, else ci
    #[arg(long, value_name = "PROFILE", help_heading = "Selection")]
    pub profile: Option<Profile>,
    /// Only files that match this glob; can be given several times
    #[arg(long, value_name = "GLOB", help_heading = "Selection")]
    pub include: Vec<String>,
    /// No files or folders that match this glob; can be given several times
    #[arg(long, value_name = "GLOB", help_heading = "Selection")]
    pub exclude: Vec<String>,
    /// Only this rule; can be given several times
    #[arg(long, value_name = "ID", help_heading = "Selection")]
    pub only_rule: Vec<String>,
    /// Not this rule; can be given several times
    #[arg(long, value_name = "ID", help_heading = "Selection")]
    pub disable_rule: Vec<String>,
    /// Kinds that count, in place of the profile's: leak, published, weak
    #[arg(
        long,
        value_name = "KIND",
        value_delimiter = ',',
        help_heading = "Selection"
    )]
    pub fail_on: Vec<KindName>,
    /// A rule file of leakey or gitleaks, or a folder of them, beside the built-in ones; can be given several times
    #[arg(long, value_name = "PATH", help_heading = "Selection")]
    pub rules: Vec<PathBuf>,
    /// Not the built-in rules
    #[arg(long, help_heading = "Selection")]
    pub no_builtin_rules: bool,
    /// Number of threads; default: one for each processor
    #[arg(long, value_name = "N", help_heading = "Selection")]
    pub threads: Option<std::num::NonZeroUsize>,

    /// Use this configuration file instead of the nearest leakey.toml or pyproject.toml
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Configuration",
        conflicts_with = "no_config"
    )]
    pub config: Option<PathBuf>,
    /// Use no configuration file
    #[arg(long, help_heading = "Configuration")]
    pub no_config: bool,
    /// Obey no configuration that lies in what is scanned
    #[arg(long, help_heading = "Configuration")]
    pub untrusted: bool,
    /// The baseline; default: .leakey-baseline.json at the top of the repository
    #[arg(long, value_name = "FILE", help_heading = "Configuration")]
    pub baseline: Option<PathBuf>,
    /// Suppressions that accept nothing, or no longer, make the exit code 1
    #[arg(long, help_heading = "Configuration")]
    pub strict_suppressions: bool,
}

/// Where text comes from; files when none is given.
#[derive(Debug, Default, Args)]
#[group(multiple = false)]
pub(super) struct Input {
    /// What `git commit` would record
    #[arg(long, help_heading = "Input")]
    pub staged: bool,
    /// Every commit of a range A..B; can be given several times
    #[arg(long, value_name = "A..B", help_heading = "Input")]
    pub range: Vec<String>,
    /// The range of the pull or merge request, from the CI's own variables
    #[arg(long, help_heading = "Input")]
    pub ci: bool,
    /// Everything the repository holds
    #[arg(long, help_heading = "Input")]
    pub history: bool,
    /// One document from standard input
    #[arg(long, help_heading = "Input")]
    pub stdin: bool,
    /// What a push brings, as (old, new) ids; set by `hook run`.
    #[arg(skip)]
    pub pushed: Option<Vec<(String, String)>>,
}

#[derive(Debug, Default, Args)]
pub(super) struct Extra {
    /// Name that chooses the format of standard input
    #[arg(long, value_name = "NAME", requires = "stdin", help_heading = "Input")]
    pub stdin_path: Option<String>,
    /// With --history: read every blob whole, where the default looks at what changed from one version to the next
    #[arg(long, requires = "history", help_heading = "Input")]
    pub exhaustive: bool,
    /// A shallow clone counts as complete
    #[arg(long, help_heading = "Input")]
    pub allow_shallow: bool,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The place: a file and the number of a line in it
    #[arg(value_name = "PATH:LINE")]
    pub place: String,
    #[command(flatten)]
    pub chosen: Chosen,
}

#[derive(Debug, Subcommand)]
pub(super) enum Hook {
    /// Write hooks that call leakey; one that is there already is kept and called first
    Install {
        /// Which; can be given several times; default: pre-commit and pre-push, in a bare repository pre-receive
        #[arg(long = "hook", value_name = "HOOK")]
        hooks: Vec<HookName>,
        /// Write to a folder of hooks that is not this repository's alone, too
        #[arg(long)]
        force: bool,
    },
    /// Remove the hooks of leakey and put back what was there before
    Uninstall {
        /// Which; can be given several times; default: all
        #[arg(long = "hook", value_name = "HOOK")]
        hooks: Vec<HookName>,
    },
    /// Show which hooks there are
    Status,
    /// Scan what a hook is about: for pre-push and pre-receive, standard input tells what
    Run {
        /// The hook that calls
        hook: HookName,
        /// What git gives the hook as arguments; not needed
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        rest: Vec<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(clippy::enum_variant_names, reason = "git's own names of its hooks")]
pub(super) enum HookName {
    PreCommit,
    PrePush,
    PreReceive,
}

#[derive(Debug, Subcommand)]
pub(super) enum Baseline {
    /// Accept everything that is found and not accepted yet; what was accepted stays
    Create(Box<Accept>),
    /// The same, and drop what accepts nothing any more
    Update(Box<Accept>),
    /// Drop what accepts nothing any more, and what is past its date
    Prune(Box<Looked>),
    /// List what is accepted
    Show(Box<Chosen>),
}

/// What is looked at, and by which settings.
#[derive(Debug, Default, Args)]
pub(super) struct Looked {
    /// Files and folders; with --history a repository; default: the current directory
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub extra: Extra,
    #[command(flatten)]
    pub chosen: Chosen,
}

/// What is looked at, and what new entries say.
#[derive(Debug, Args)]
pub(super) struct Accept {
    #[command(flatten)]
    pub looked: Looked,
    /// Why new entries are accepted
    #[arg(long, value_name = "TEXT", help_heading = "New entries")]
    pub reason: Option<String>,
    /// Who answers for new entries
    #[arg(long, value_name = "NAME", help_heading = "New entries")]
    pub owner: Option<String>,
    /// The last day on which new entries hold, as 2026-12-31
    #[arg(long, value_name = "DATE", help_heading = "New entries")]
    pub until: Option<String>,
    /// New entries accept a value only in the files where it stands today
    #[arg(long, help_heading = "New entries")]
    pub only_there: bool,
}

#[derive(Debug, Args)]
pub(super) struct RuleFiles {
    /// A rule file of leakey or gitleaks, or a folder of them, beside the built-in ones; can be given several times
    #[arg(long, value_name = "PATH")]
    pub rules: Vec<PathBuf>,
    /// Not the built-in rules
    #[arg(long)]
    pub no_builtin_rules: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Rules {
    /// List the rules
    List {
        #[command(flatten)]
        chosen: RuleFiles,
    },
    /// Show a rule: what it looks for, what a leak allows, what to do
    Show {
        /// Id of the rule
        id: String,
        #[command(flatten)]
        chosen: RuleFiles,
    },
    /// Run the examples inside a rule file, or in all rule files of a folder
    Check {
        /// A rule file or a folder of them
        path: PathBuf,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
    Jsonl,
    Sarif,
    Gitlab,
    Junit,
    Github,
    Html,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Profile {
    Hook,
    Ci,
    Audit,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum KindName {
    Leak,
    Published,
    Weak,
}
