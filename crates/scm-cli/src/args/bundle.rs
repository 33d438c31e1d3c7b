//! The commands on a bundle: files with a certificate, its chain and its private key.

use std::path::PathBuf;

use clap::Args as ArgGroup;
use scm_pki::Policy;

use super::Server;

const CHECK_EXAMPLES: &str = "\
Examples:
  scm check www.pem                       everything in one file
  scm check privkey.pem fullchain.pem     any number of files, in any order
  openssl pkcs12 -in www.p12 -nodes | scm check -
  scm check --accept-expired *.pem        check everything but the expiry

Exit codes: 0 valid, 1 invalid, 2 invalid command line, 3 a file cannot be read.";

const IMPORT_EXAMPLES: &str = "\
Examples:
  scm import fullchain.pem privkey.pem
  scm import leaf.pem intermediate.pem key.pem --name www-2027
  scm import --duplicate-check bundle.pem
  id=$(scm import bundle.pem)             standard output has only the id

Exit codes: 0 imported, 1 refused, 2 invalid command line, 3 failed.";

const REPLACE_EXAMPLES: &str = "\
Examples:
  scm replace scs1600313391074 fullchain.pem privkey.pem
  certbot renew --cert-name www --deploy-hook \\
    'cd $RENEWED_LINEAGE && scm replace scs1600313391074 fullchain.pem privkey.pem'

Exit codes: 0 replaced, 1 refused, 2 invalid command line, 3 failed.";

#[derive(Debug, ArgGroup)]
#[command(after_help = CHECK_EXAMPLES)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) bundle: Bundle,

    /// Refuse a certificate without its chain
    #[arg(long)]
    pub(crate) require_chain: bool,
}

#[derive(Debug, ArgGroup)]
#[command(after_help = IMPORT_EXAMPLES)]
pub(crate) struct Import {
    #[command(flatten)]
    pub(crate) bundle: Bundle,

    /// The name of the certificate, at most 63 characters [default: its domain]
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// Refuse a certificate that the project already has
    #[arg(long)]
    pub(crate) duplicate_check: bool,

    /// The enterprise project of the certificate [default: 0]
    #[arg(long, value_name = "ID")]
    pub(crate) enterprise_project_id: Option<String>,

    /// Print the reply as JSON, with `left_out` (repeated certificates) and `warnings`
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, ArgGroup)]
#[command(after_help = REPLACE_EXAMPLES)]
pub(crate) struct Replace {
    /// The id of the certificate, as shown by `scm list`
    #[arg(value_name = "ID")]
    pub(crate) certificate_id: String,

    #[command(flatten)]
    pub(crate) bundle: Bundle,

    /// Print the reply as JSON
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) server: Server,
}

/// The files of a bundle, and the policy for the check.
#[derive(Debug, ArgGroup)]
pub(crate) struct Bundle {
    /// PEM files with the certificate, its chain and its private key: any number of files, in any
    /// order; `-` is standard input. Limit: 1 MiB per file
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Accept an expired certificate, like a server with `--accept-expired`
    #[arg(long)]
    pub(crate) accept_expired: bool,

    /// Refuse a certificate that TLS clients reject, like a server with `--strict-bundles`: violated name
    /// constraints, unknown critical extensions, no server authentication
    #[arg(long)]
    pub(crate) strict: bool,
}

impl Bundle {
    /// The policy of these arguments.
    pub(crate) fn policy(&self) -> Policy {
        Policy::default().with_accept_expired(self.accept_expired).with_strict(self.strict)
    }
}
