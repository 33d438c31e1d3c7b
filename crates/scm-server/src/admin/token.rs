//! `scm-server token`: making tokens worthless before their time.

use serde::Serialize;
use time::OffsetDateTime;

use super::{arguments::TokenCommand, directory::Directory, error::AdminError, output::Report};

/// What became of a user's tokens.
#[derive(Serialize)]
struct Revoked {
    user: String,
    revoked: u64,
}

pub async fn run(
    command: TokenCommand,
    directory: &Directory,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    let TokenCommand::Revoke { user } = command;
    let user = directory.user(&user).await?;
    let revoked = directory.store.revoke_tokens_of(None, &user.id, now).await?;
    let text = match revoked {
        1 => format!("revoked 1 token of {}\n", user.name),
        many => format!("revoked {many} tokens of {}\n", user.name),
    };
    let note = "password and access keys stay good; `scm-server user disable` shuts a user out";
    Ok(Report::new(&Revoked { user: user.name, revoked }, text).with_note(note))
}
