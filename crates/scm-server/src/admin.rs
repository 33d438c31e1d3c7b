//! The administrator's commands: users, projects, roles, access keys, tokens, the audit trail, the schema,
//! the master key, copies, backups.
//!
//! They work on the store of a data folder, or on that of several servers, beside a running server or without
//! one. A server reads the store for each request, so a change applies from the next request on. Every
//! operation leaves its audit event. The commands do not authenticate: access to the folder is the
//! administrator's right. The binary prints their output.

mod access_key;
mod arguments;
mod audit;
mod backup;
mod directory;
mod error;
mod moment;
mod near;
mod new_name;
mod output;
mod password;
mod progress;
mod project;
mod relocate;
mod role;
mod rotate;
mod schema;
mod table;
mod token;
mod user;

use time::OffsetDateTime;

pub use arguments::Administration;
pub use error::AdminError;
pub use output::Output;

use crate::config::{Config, Identity};
use arguments::{
    AccessKeyCommand, OnStore, ProjectCommand, RoleCommand, TokenCommand, UserCommand,
};
use directory::Directory;
use output::Report;

const ELSEWHERE: &str = "identity is keystone: the server takes users and projects from Keystone, and those of the store have \
     no effect";

/// Runs a command of the administrator, at the time `now`.
///
/// # Errors
/// Every [`AdminError`].
pub async fn administer(
    arguments: Administration,
    now: OffsetDateTime,
) -> Result<Output, AdminError> {
    let arguments = match arguments {
        Administration::Copy(arguments) => {
            return Ok(relocate::run(&arguments).await?.output(arguments.json));
        }
        Administration::Restore(arguments) => {
            return Ok(backup::restore(&arguments).await?.output(arguments.json));
        }
        Administration::OnStore(arguments) => arguments,
    };
    let place = arguments.place();
    let (config, json) = (place.config()?, place.json);
    let answer = run(arguments, &config, now).await?;
    Ok(answer.output(json))
}

async fn run(
    arguments: OnStore,
    config: &Config,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    let command = match arguments {
        OnStore::Audit(arguments) => return audit::run(&arguments, config).await,
        OnStore::Migrate(_) => return schema::migrate(config).await,
        OnStore::Backup(arguments) => return backup::back_up(&arguments.to, config).await,
        OnStore::RotateKey(arguments) => return rotate::run(&arguments, config, now).await,
        OnStore::User(group) => OnIdentities::Users(group.command),
        OnStore::Project(group) => OnIdentities::Projects(group.command),
        OnStore::Role(group) => OnIdentities::Roles(group.command),
        OnStore::AccessKey(group) => OnIdentities::AccessKeys(group.command),
        OnStore::Token(group) => OnIdentities::Tokens(group.command),
    };
    let directory = Directory::open(config).await?;
    let answer = command.run(&directory, now).await;
    directory.close().await;
    Ok(match config.identity {
        Identity::Local => answer?,
        Identity::Keystone => answer?.with_note(ELSEWHERE),
    })
}

/// A command about identities, which needs the domain of the store.
enum OnIdentities {
    Users(UserCommand),
    Projects(ProjectCommand),
    Roles(RoleCommand),
    AccessKeys(AccessKeyCommand),
    Tokens(TokenCommand),
}

impl OnIdentities {
    async fn run(self, directory: &Directory, now: OffsetDateTime) -> Result<Report, AdminError> {
        match self {
            Self::Users(command) => user::run(command, directory, now).await,
            Self::Projects(command) => project::run(command, directory, now).await,
            Self::Roles(command) => role::run(command, directory, now).await,
            Self::AccessKeys(command) => access_key::run(command, directory, now).await,
            Self::Tokens(command) => token::run(command, directory, now).await,
        }
    }
}
