//! Completions and the manual page, from the definition of the command line.

use clap::{Command, CommandFactory};
use clap_complete::Shell;

use super::args::Cli;
use super::{Exit, output};

pub(super) fn shell(shell: Shell) -> anyhow::Result<Exit> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "leakey", &mut out);
    output::say(&String::from_utf8_lossy(&out))
}

/// One page for all commands.
pub(super) fn man() -> anyhow::Result<Exit> {
    let mut root = Cli::command();
    root.build();
    let mut out = Vec::new();
    clap_mangen::Man::new(root.clone()).render(&mut out)?;
    below(&root, "leakey", &mut out)?;
    output::say(&String::from_utf8_lossy(&out))
}

/// Sections on the commands below `command`.
fn below(command: &Command, name: &str, out: &mut Vec<u8>) -> anyhow::Result<()> {
    let shown = (command.get_subcommands())
        .filter(|command| !command.is_hide_set() && command.get_name() != "help");
    for command in shown {
        let name = format!("{name} {}", command.get_name());
        let page = clap_mangen::Man::new(command.clone());
        out.extend_from_slice(format!(".SH \"COMMAND: {name}\"\n").as_bytes());
        page.render_description_section(out)?;
        if command.get_opts().next().is_some() || command.get_positionals().next().is_some() {
            page.render_options_section(out)?;
        }
        below(command, &name, out)?;
    }
    Ok(())
}
