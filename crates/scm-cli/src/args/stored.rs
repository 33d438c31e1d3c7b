//! The commands on the certificates of a server.

use std::path::PathBuf;

use clap::{
    Args as ArgGroup, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser as _},
};
use scm_model::certificates::StatusFilter;

use super::Server;

const LIST_EXAMPLES: &str = "\
Examples:
  scm list                                the 50 most recently changed
  scm list --expiring 30                  certificates that expire within 30 days
  scm list --content example.com --all
  scm list --json --expiring 14 | jq -r '.certificates[].id'

Exit codes: 0 listed, 1 refused, 2 invalid command line, 3 failed.";

const SHOW_EXAMPLES: &str = "\
Examples:
  scm show scs1600313391074
  scm show --json scs1600313391074 | jq -r .not_after

Exit codes: 0 shown, 1 refused, 2 invalid command line, 3 failed.";

const EXPORT_EXAMPLES: &str = "\
Writes NAME.pem (the certificate), NAME-chain.pem, NAME-fullchain.pem (both) and NAME-key.pem with
mode 0600, and prints their paths. NAME is the name of the certificate.

Examples:
  scm export scs1600313391074
  scm export scs1600313391074 --out /etc/nginx/tls --force
  scm export scs1600313391074 --stdout | ssh lb 'umask 077; cat > /etc/haproxy/www.pem'

Exit codes: 0 written, 1 refused or a file exists, 2 invalid command line, 3 failed.";

const DELETE_EXAMPLES: &str = "\
Examples:
  scm delete scs1600313391074
  scm list --json --status EXPIRED | jq -r '.certificates[].id' | xargs -r scm delete --yes

Exit codes: 0 all deleted, 1 refused, 2 invalid command line, 3 failed.";

const SET_EXAMPLES: &str = "\
Examples:
  scm set scs1600313391074 --name www-2027
  scm set scs1600313391074 --description 'the shop, contact: Ada'
  scm set scs1600313391074 --description ''

Exit codes: 0 done, 1 refused, 2 invalid command line, 3 failed.";

#[derive(Debug, ArgGroup)]
#[command(after_help = LIST_EXAMPLES)]
pub(crate) struct List {
    /// Only certificates with this status: UPLOAD (imported) or EXPIRED
    #[arg(long, value_parser = status(), ignore_case = true, hide_possible_values = true)]
    pub(crate) status: Option<StatusFilter>,

    /// Only certificates that expire within this number of days, the soonest first
    #[arg(long, value_name = "DAYS", conflicts_with_all = ["sort", "reverse"])]
    pub(crate) expiring: Option<u16>,

    /// With --expiring: also certificates that have already expired
    #[arg(long, requires = "expiring")]
    pub(crate) with_expired: bool,

    /// Only certificates with this text in their name or in one of their domains
    #[arg(long, value_name = "TEXT")]
    pub(crate) content: Option<String>,

    /// The sort key
    #[arg(long, value_enum, default_value_t = Sort::Updated)]
    pub(crate) sort: Sort,

    /// Reverse the order
    #[arg(long)]
    pub(crate) reverse: bool,

    /// Show all, not only the first 50
    #[arg(long)]
    pub(crate) all: bool,

    /// Print all as JSON
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) server: Server,
}

/// The sort key of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sort {
    /// The soonest to expire first
    Expiry,
    /// By status
    Status,
    /// The most recently changed first
    Updated,
}

#[derive(Debug, ArgGroup)]
#[command(after_help = SHOW_EXAMPLES)]
pub(crate) struct Show {
    /// The id of the certificate, as shown by `scm import` and `scm list`
    #[arg(value_name = "ID")]
    pub(crate) certificate_id: String,

    /// Print the reply as JSON
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, ArgGroup)]
#[command(after_help = EXPORT_EXAMPLES)]
pub(crate) struct Export {
    /// The id of the certificate, as shown by `scm list`
    #[arg(value_name = "ID")]
    pub(crate) certificate_id: String,

    /// The folder for the files; created if it does not exist
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,

    /// Overwrite existing files
    #[arg(long)]
    pub(crate) force: bool,

    /// Print certificate, chain and private key, and write no files
    #[arg(long, conflicts_with_all = ["out", "force"])]
    pub(crate) stdout: bool,

    /// Print the paths of the files as JSON; with --stdout, the reply, including the private key
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, ArgGroup)]
#[command(after_help = DELETE_EXAMPLES)]
pub(crate) struct Delete {
    /// The ids of the certificates, as shown by `scm list`
    #[arg(value_name = "ID", required = true)]
    pub(crate) certificate_ids: Vec<String>,

    /// Do not ask for confirmation
    #[arg(long, short)]
    pub(crate) yes: bool,

    /// Print the ids of the deleted certificates as JSON
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, ArgGroup)]
#[command(after_help = SET_EXAMPLES)]
#[group(id = "change", required = true, multiple = true, args = ["name", "description"])]
pub(crate) struct Set {
    /// The id of the certificate, as shown by `scm list`
    #[arg(value_name = "ID")]
    pub(crate) certificate_id: String,

    /// The new name, at most 63 characters
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// The new description, at most 255 characters; an empty text removes it
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,

    /// Print the reply as JSON
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) server: Server,
}

fn status() -> impl clap::builder::TypedValueParser<Value = StatusFilter> {
    PossibleValuesParser::new(StatusFilter::VALUES).try_map(|status| {
        serde_json::from_value(serde_json::Value::String(status.to_ascii_uppercase()))
    })
}
