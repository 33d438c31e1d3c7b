//! `scm delete`: deletes certificates with their private keys, after a confirmation.

use std::{
    io::{self, IsTerminal as _},
    process::ExitCode,
};

use scm_client::Client;
use serde::Serialize;
use time::OffsetDateTime;

use crate::{args::Delete, error::CliError, output, server};

/// The output of `--json`.
#[derive(Serialize)]
struct Deleted {
    deleted: Vec<String>,
}

/// Deletes the certificates one by one. A refusal does not stop the others; the exit code is the highest.
pub(super) async fn run(args: Delete, now: OffsetDateTime) -> Result<ExitCode, CliError> {
    let client = server::client(&args.server)?;
    let ids = each_once(args.certificate_ids);
    if !args.yes {
        confirm(&client, &ids, now).await?;
    }
    let (mut deleted, mut worst) = (Vec::new(), 0);
    for id in ids {
        match client.delete_certificate(&id).await.map_err(CliError::changing) {
            Ok(()) => {
                if !args.json {
                    output::result(&id);
                }
                deleted.push(id);
            }
            Err(error) => {
                output::about(&id);
                worst = worst.max(error.exit_code());
                output::error(&error);
            }
        }
    }
    if args.json {
        output::json(&Deleted { deleted });
    }
    Ok(ExitCode::from(worst))
}

fn each_once(mut ids: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    ids
}

/// Shows the certificates and asks for a confirmation.
async fn confirm(client: &Client, ids: &[String], now: OffsetDateTime) -> Result<(), CliError> {
    if !io::stdin().is_terminal() {
        return Err(CliError::NoTerminal);
    }
    let mut certificates = Vec::new();
    for id in ids {
        certificates.push(client.show_certificate(id).await?);
    }
    output::question(&certificates, now);
    let mut answer = String::new();
    // An answer that cannot be read is not a yes.
    let _ = io::stdin().read_line(&mut answer);
    if is_yes(&answer) { Ok(()) } else { Err(CliError::Declined) }
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        assert!(["y\n", "Yes\r\n", " YES "].into_iter().all(is_yes));
        assert!(!["", "\n", "n\n", "yesterday\n", "yy"].into_iter().any(is_yes));
    }

    #[test]
    fn no_id_is_deleted_twice() {
        assert_eq!(each_once(["b", "a", "b"].map(str::to_owned).to_vec()), ["b", "a"]);
    }
}
