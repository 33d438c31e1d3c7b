//! `scm delete`: certificates go, with their private keys, once that is meant.

use std::{
    io::{self, IsTerminal as _},
    process::ExitCode,
};

use scm_client::Client;
use serde::Serialize;
use time::OffsetDateTime;

use crate::{args::Delete, output, server, trouble::Trouble};

/// What was deleted, for programs.
#[derive(Serialize)]
struct Deleted {
    deleted: Vec<String>,
}

/// Deletes one after the other. One that is refused does not keep the others; the exit code is the
/// worst.
pub(super) async fn run(args: Delete, now: OffsetDateTime) -> Result<ExitCode, Trouble> {
    let client = server::client(&args.server)?;
    let ids = each_once(args.certificate_ids);
    if !args.yes {
        confirm(&client, &ids, now).await?;
    }
    let (mut deleted, mut worst) = (Vec::new(), 0);
    for id in ids {
        match client.delete_certificate(&id).await.map_err(Trouble::changing) {
            Ok(()) => {
                if !args.json {
                    output::result(&id);
                }
                deleted.push(id);
            }
            Err(trouble) => {
                output::about(&id);
                worst = worst.max(trouble.exit_code());
                output::trouble(&trouble);
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

/// Shows what is to go, and asks.
async fn confirm(client: &Client, ids: &[String], now: OffsetDateTime) -> Result<(), Trouble> {
    if !io::stdin().is_terminal() {
        return Err(Trouble::NobodyToAsk);
    }
    let mut doomed = Vec::new();
    for id in ids {
        doomed.push(client.show_certificate(id).await?);
    }
    output::question(&doomed, now);
    let mut answer = String::new();
    // What cannot be read is no yes.
    let _unread = io::stdin().read_line(&mut answer);
    if is_yes(&answer) { Ok(()) } else { Err(Trouble::Declined) }
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
    fn nothing_is_deleted_twice() {
        assert_eq!(each_once(["b", "a", "b"].map(str::to_owned).to_vec()), ["b", "a"]);
    }
}
