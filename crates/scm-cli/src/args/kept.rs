//! The commands about certificates that a server keeps.

use std::path::PathBuf;

use clap::{
    Args as ArgGroup, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser as _},
};
use scm_model::certificates::StatusFilter;

use super::Server;

const LIST_EXAMPLES: &str = "\
Examples:
  scm list                                the 50 that were changed last
  scm list --expiring 30                  what expires within 30 days, the soonest first
  scm list --content example.com --all
  scm list --json --expiring 14 | jq -r '.certificates[].id'

Exit codes: 0 listed, 1 refused, 2 wrong command line, 3 no answer could be had.";

const SHOW_EXAMPLES: &str = "\
Examples:
  scm show scs1600313391074
  scm show --json scs1600313391074 | jq -r .not_after

Exit codes: 0 shown, 1 refused, 2 wrong command line, 3 no answer could be had.";

const EXPORT_EXAMPLES: &str = "\
Writes NAME.pem (the certificate alone), NAME-chain.pem, NAME-fullchain.pem (both) and NAME-key.pem,
NAME being the certificate's name, all with mode 0600, and prints where they are.

Examples:
  scm export scs1600313391074
  scm export scs1600313391074 --out /etc/nginx/tls --force
  scm export scs1600313391074 --stdout | ssh lb 'umask 077; cat > /etc/haproxy/www.pem'

Exit codes: 0 written, 1 refused or a file exists, 2 wrong command line, 3 no answer could be had.";

const DELETE_EXAMPLES: &str = "\
Examples:
  scm delete scs1600313391074
  scm list --json --status EXPIRED | jq -r '.certificates[].id' | xargs -r scm delete --yes

Exit codes: 0 all deleted, 1 refused, 2 wrong command line, 3 no answer could be had.";

const SET_EXAMPLES: &str = "\
Examples:
  scm set scs1600313391074 --name www-2027
  scm set scs1600313391074 --description 'the shop; ask Ada'
  scm set scs1600313391074 --description ''

Exit codes: 0 done, 1 refused, 2 wrong command line, 3 no answer could be had.";

#[derive(Debug, ArgGroup)]
#[command(after_help = LIST_EXAMPLES)]
pub(crate) struct List {
    /// Only those of this status; what was imported is UPLOAD, and EXPIRED past its end
    #[arg(long, value_parser = status(), ignore_case = true, hide_possible_values = true)]
    pub(crate) status: Option<StatusFilter>,

    /// Only those that expire within so many days, the soonest first
    #[arg(long, value_name = "DAYS", conflicts_with_all = ["sort", "reverse"])]
    pub(crate) expiring: Option<u16>,

    /// With --expiring: those that have expired already, too
    #[arg(long, requires = "expiring")]
    pub(crate) with_expired: bool,

    /// Only those with this text in their name or in one of their domains
    #[arg(long, value_name = "TEXT")]
    pub(crate) content: Option<String>,

    /// By what to sort
    #[arg(long, value_enum, default_value_t = Sort::Updated)]
    pub(crate) sort: Sort,

    /// Sort the other way round
    #[arg(long)]
    pub(crate) reverse: bool,

    /// Show all, not just the first 50
    #[arg(long)]
    pub(crate) all: bool,

    /// Print all of them as JSON
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) server: Server,
}

/// By what a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sort {
    /// What expires first, first
    Expiry,
    /// By status
    Status,
    /// What was changed last, first
    Updated,
}

#[derive(Debug, ArgGroup)]
#[command(after_help = SHOW_EXAMPLES)]
pub(crate) struct Show {
    /// The certificate's id, as `scm import` printed it and `scm list` shows it
    #[arg(value_name = "ID")]
    pub(crate) certificate_id: String,

    /// Print the server's reply as JSON
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, ArgGroup)]
#[command(after_help = EXPORT_EXAMPLES)]
pub(crate) struct Export {
    /// The certificate's id, as `scm list` shows it
    #[arg(value_name = "ID")]
    pub(crate) certificate_id: String,

    /// The folder to write into; made if it does not exist
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,

    /// Overwrite files that exist
    #[arg(long)]
    pub(crate) force: bool,

    /// Print certificate, chain and private key instead of writing files
    #[arg(long, conflicts_with_all = ["out", "force"])]
    pub(crate) stdout: bool,

    /// Print where the files are as JSON; with --stdout, the server's reply, private key included
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, ArgGroup)]
#[command(after_help = DELETE_EXAMPLES)]
pub(crate) struct Delete {
    /// The ids of the certificates, as `scm list` shows them
    #[arg(value_name = "ID", required = true)]
    pub(crate) certificate_ids: Vec<String>,

    /// Do not ask whether that is meant
    #[arg(long, short)]
    pub(crate) yes: bool,

    /// Print what was deleted as JSON
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, ArgGroup)]
#[command(after_help = SET_EXAMPLES)]
#[group(id = "change", required = true, multiple = true, args = ["name", "description"])]
pub(crate) struct Set {
    /// The certificate's id, as `scm list` shows it
    #[arg(value_name = "ID")]
    pub(crate) certificate_id: String,

    /// What to call it, up to 63 characters
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// What to say about it, up to 255 characters; empty for nothing
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,

    /// Print the server's reply as JSON
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
