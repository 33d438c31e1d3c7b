//! The command line: arguments and help.

mod bundle;
mod stored;

use std::path::PathBuf;

use clap::{Args as ArgGroup, Parser, Subcommand};
use clap_complete::Shell;

pub(crate) use bundle::{Bundle, Check, Import, Replace};
pub(crate) use stored::{Delete, Export, List, Set, Show, Sort};

const EXIT_CODES: &str = "\
Exit codes:
  0  done; for `check`: the bundle is valid
  1  refused: the bundle is invalid, a file already exists, or the server refused the request
  2  invalid command line
  3  failed: a file cannot be read or written, the server cannot be reached, or the server failed";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  scm completions bash > ~/.local/share/bash-completion/completions/scm
  scm completions zsh > ~/.zfunc/_scm
  scm completions fish > ~/.config/fish/completions/scm.fish";

/// Checks SSL certificates offline; imports, lists, exports and renews the certificates of an SCM server.
#[derive(Debug, Parser)]
#[command(name = "scm", version, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check a certificate with its chain and private key offline, by the rules of a server
    Check(Check),
    /// Check a certificate with its chain and private key, then import it
    Import(Import),
    /// List the certificates of a server
    List(List),
    /// Show the details of a certificate
    Show(Show),
    /// Write a certificate, its chain and its private key to files
    Export(Export),
    /// Replace a certificate by a renewed one with its chain and private key; the id does not change
    Replace(Replace),
    /// Change the name or the description of a certificate
    Set(Set),
    /// Delete certificates and their private keys
    Delete(Delete),
    /// Print a shell completion script
    Completions(Completions),
}

#[derive(Debug, ArgGroup)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub(crate) struct Completions {
    /// The shell to complete for
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// The server, and the credentials for it.
#[derive(Debug, ArgGroup)]
#[command(next_help_heading = "Server")]
pub(crate) struct Server {
    /// The file with address and credentials that the server wrote on its first start
    #[arg(long, value_name = "FILE", env = "SCM_CREDENTIALS")]
    #[arg(default_value = "scm-data/credentials.json")]
    pub(crate) credentials: PathBuf,

    /// The address of the server. The credentials of the file are sent to their own server only. For
    /// another server, set a token in the variable SCM_TOKEN, or an access key in SCM_ACCESS_KEY and its
    /// secret in SCM_SECRET_KEY, which sign every request; the cloud accepts both
    #[arg(long, value_name = "URL", env = "SCM_ENDPOINT")]
    pub(crate) endpoint: Option<String>,

    /// Permit plain HTTP to another machine. Others on the network can then read tokens and private keys
    #[arg(long)]
    pub(crate) insecure_http: bool,

    /// Trust anchors, PEM, in place of those of the system: for private certificate authorities
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
