//! The commands that take a bundle: files with a certificate, its chain and its private key.

use std::path::PathBuf;

use clap::Args as ArgGroup;
use scm_pki::Policy;

use super::Server;

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

const REPLACE_EXAMPLES: &str = "\
Examples:
  scm replace scs1600313391074 fullchain.pem privkey.pem
  certbot renew --cert-name www --deploy-hook \\
    'cd $RENEWED_LINEAGE && scm replace scs1600313391074 fullchain.pem privkey.pem'

Exit codes: 0 replaced, 1 refused, 2 wrong command line, 3 no answer could be had.";

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
#[command(after_help = REPLACE_EXAMPLES)]
pub(crate) struct Replace {
    /// The certificate's id, as `scm list` shows it
    #[arg(value_name = "ID")]
    pub(crate) certificate_id: String,

    #[command(flatten)]
    pub(crate) bundle: Bundle,

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

    /// Refuse a certificate that TLS clients would reject, as a server started with
    /// `--strict-bundles` does: violated name constraints, unknown critical extensions, no server
    /// authentication
    #[arg(long)]
    pub(crate) strict: bool,
}

impl Bundle {
    /// The policy that these arguments ask for.
    pub(crate) fn policy(&self) -> Policy {
        Policy::default().with_accept_expired(self.accept_expired).with_strict(self.strict)
    }
}
