//! The command line: what may be asked, and how it is explained.

mod bundle;
mod kept;

use std::path::PathBuf;

use clap::{Args as ArgGroup, Parser, Subcommand};
use clap_complete::Shell;

pub(crate) use bundle::{Bundle, Check, Import, Replace};
pub(crate) use kept::{Delete, Export, List, Set, Show, Sort};

const EXIT_CODES: &str = "\
Exit codes:
  0  done; for `check`: a server would take it
  1  refused: the bundle is not sound, a file exists already, the server refused the request
  2  the command line is wrong
  3  no answer could be had: a file cannot be read or written, no server is reached, the server
     failed";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  scm completions bash > ~/.local/share/bash-completion/completions/scm
  scm completions zsh > ~/.zfunc/_scm
  scm completions fish > ~/.config/fish/completions/scm.fish";

/// Checks SSL certificates offline; imports, lists, exports and renews those of an SCM server.
#[derive(Debug, Parser)]
#[command(name = "scm", version, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check a certificate with its chain and private key, offline, as a server would
    Check(Check),
    /// Check a certificate with its chain and private key, then import it
    Import(Import),
    /// List the certificates that a server keeps
    List(List),
    /// Show what a server keeps of a certificate
    Show(Show),
    /// Write a certificate, its chain and its private key into files
    Export(Export),
    /// Put a renewed certificate, its chain and its private key under the id of the old one
    Replace(Replace),
    /// Give a certificate another name or description
    Set(Set),
    /// Delete certificates, with their private keys
    Delete(Delete),
    /// Print what completes the command line of `scm` in a shell
    Completions(Completions),
}

#[derive(Debug, ArgGroup)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// Which server, and who asks.
#[derive(Debug, ArgGroup)]
#[command(next_help_heading = "Server")]
pub(crate) struct Server {
    /// The file that the server wrote on its first start: its address, and how to log in
    #[arg(long, value_name = "FILE", env = "SCM_CREDENTIALS")]
    #[arg(default_value = "scm-data/credentials.json")]
    pub(crate) credentials: PathBuf,

    /// The server's address. What is in that file goes to its own server only: another one needs a
    /// token in the variable SCM_TOKEN, or an access key in SCM_ACCESS_KEY and its secret in
    /// SCM_SECRET_KEY, which signs every request, here and in the cloud
    #[arg(long, value_name = "URL", env = "SCM_ENDPOINT")]
    pub(crate) endpoint: Option<String>,

    /// Speak plain HTTP to another machine too, where whoever is on the way can read tokens and private
    /// keys
    #[arg(long)]
    pub(crate) insecure_http: bool,

    /// The certificates of the authorities to trust, PEM, instead of those of the system
    #[arg(long, value_name = "FILE", env = "SCM_CA")]
    pub(crate) ca: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
