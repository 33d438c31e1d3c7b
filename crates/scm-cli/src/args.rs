//! The command line: what may be asked, and how it is explained.

use std::path::PathBuf;

use clap::{Args as ArgGroup, Parser, Subcommand};

const EXIT_CODES: &str = "\
Exit codes:
  0  done; for `check`: a server would take it
  1  refused: the bundle is not sound, or the server refused the request
  2  the command line is wrong
  3  no answer could be had: a file cannot be read, no server is reached, the server failed";

const CHECK_EXAMPLES: &str = "\
Examples:
  scm check www.pem                       everything in one file
  scm check privkey.pem fullchain.pem     any number of files, in any order
  openssl pkcs12 -in www.p12 -nodes | scm check -
  scm check --accept-expired *.pem        judge all but the dates

Exit codes: 0 sound, 1 not sound, 2 wrong command line, 3 a file cannot be read.";

const IMPORT_EXAMPLES: &str = "\
Examples:
  scm import fullchain.pem privkey.pem
  scm import leaf.pem intermediate.pem key.pem --name www-2027
  scm import --duplicate-check bundle.pem
  id=$(scm import bundle.pem)             the id alone goes to standard output

Exit codes: 0 imported, 1 refused, 2 wrong command line, 3 no answer could be had.";

const SHOW_EXAMPLES: &str = "\
Examples:
  scm show scs1600313391074
  scm show --json scs1600313391074 | jq -r .not_after

Exit codes: 0 shown, 1 refused, 2 wrong command line, 3 no answer could be had.";

/// Checks SSL certificates offline, imports them into an SCM server, shows what it keeps.
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
    /// Show what a server keeps of a certificate
    Show(Show),
}

#[derive(Debug, ArgGroup)]
#[command(after_help = CHECK_EXAMPLES)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) bundle: Bundle,

    /// Refuse a certificate that comes without its chain
    #[arg(long)]
    pub(crate) require_chain: bool,
}

#[derive(Debug, ArgGroup)]
#[command(after_help = IMPORT_EXAMPLES)]
pub(crate) struct Import {
    #[command(flatten)]
    pub(crate) bundle: Bundle,

    /// What to call it, up to 63 characters [default: its domain]
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// Refuse a certificate that the project already keeps
    #[arg(long)]
    pub(crate) duplicate_check: bool,

    /// The enterprise project that it shall belong to [default: 0]
    #[arg(long, value_name = "ID")]
    pub(crate) enterprise_project_id: Option<String>,

    /// Print the server's reply as JSON
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, ArgGroup)]
#[command(after_help = SHOW_EXAMPLES)]
pub(crate) struct Show {
    /// The certificate's id, as `scm import` printed it
    #[arg(value_name = "ID")]
    pub(crate) certificate_id: String,

    /// Print the server's reply as JSON
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) server: Server,
}

/// The files of a bundle, and how they are judged.
#[derive(Debug, ArgGroup)]
pub(crate) struct Bundle {
    /// PEM files with the certificate, its chain and its private key: together or apart, in any
    /// order; `-` is standard input. At most 1 MiB each
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Take a certificate that has expired, as a server started with this flag does
    #[arg(long)]
    pub(crate) accept_expired: bool,
}

/// Which server, and who asks.
#[derive(Debug, ArgGroup)]
#[command(next_help_heading = "Server")]
pub(crate) struct Server {
    /// The file that the server wrote on its first start: its address, and how to log in
    #[arg(long, value_name = "FILE", env = "SCM_CREDENTIALS")]
    #[arg(default_value = "scm-data/credentials.json")]
    pub(crate) credentials: PathBuf,

    /// The server's address, instead of the one in that file. With a token in the variable
    /// SCM_TOKEN no file is needed
    #[arg(long, value_name = "URL", env = "SCM_ENDPOINT")]
    pub(crate) endpoint: Option<String>,
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
