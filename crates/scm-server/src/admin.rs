//! The administrator's commands: users, projects, roles, access keys, tokens, the audit trail, the schema,
//! the master key, moving house, backups.
//!
//! They work on the store of a data folder, or on that of several servers, whether or not one runs on it. That asks the store
//! at each request, so whatever is done here counts from the next request on. Every act leaves its
//! audit event. Left out: proving who asks, as whoever can open the folder is its administrator;
//! printing what comes of it, which is the binary's.

mod access_key;
mod answer;
mod arguments;
mod audit;
mod backup;
mod error;
mod moment;
mod near;
mod new_name;
mod password;
mod progress;
mod project;
mod register;
mod relocate;
mod role;
mod rotate;
mod schema;
mod table;
mod token;
mod user;

use time::OffsetDateTime;

pub use answer::Said;
pub use arguments::Administration;
pub use error::AdminError;

use crate::config::{Config, Identity};
use answer::Answer;
use arguments::{
    AccessKeyCommand, OnStore, ProjectCommand, RoleCommand, TokenCommand, UserCommand,
};
use register::Register;

const ELSEWHERE: &str = "identity is keystone: the server asks Keystone who somebody is, and what is kept here does \
     not matter";

/// Does what an administrator asks for, at the moment `now`.
///
/// # Errors
/// Every [`AdminError`].
pub async fn administer(asked: Administration, now: OffsetDateTime) -> Result<Said, AdminError> {
    let asked = match asked {
        Administration::Copy(asked) => return Ok(relocate::run(&asked).await?.said(asked.json)),
        Administration::Restore(asked) => {
            return Ok(backup::restore(&asked).await?.said(asked.json));
        }
        Administration::OnStore(asked) => asked,
    };
    let place = asked.place();
    let (config, json) = (place.config()?, place.json);
    let answer = run(asked, &config, now).await?;
    Ok(answer.said(json))
}

async fn run(asked: OnStore, config: &Config, now: OffsetDateTime) -> Result<Answer, AdminError> {
    let about = match asked {
        OnStore::Audit(asked) => return audit::run(&asked, config).await,
        OnStore::Migrate(_) => return schema::migrate(config).await,
        OnStore::Backup(asked) => return backup::back_up(&asked.to, config).await,
        OnStore::RotateKey(asked) => return rotate::run(&asked, config, now).await,
        OnStore::User(group) => About::Users(group.command),
        OnStore::Project(group) => About::Projects(group.command),
        OnStore::Role(group) => About::Roles(group.command),
        OnStore::AccessKey(group) => About::AccessKeys(group.command),
        OnStore::Token(group) => About::Tokens(group.command),
    };
    let register = Register::open(config).await?;
    let answer = about.run(&register, now).await;
    register.close().await;
    Ok(match config.identity {
        Identity::Local => answer?,
        Identity::Keystone => answer?.with_note(ELSEWHERE),
    })
}

/// What is asked about whom or what is known.
enum About {
    Users(UserCommand),
    Projects(ProjectCommand),
    Roles(RoleCommand),
    AccessKeys(AccessKeyCommand),
    Tokens(TokenCommand),
}

impl About {
    async fn run(self, register: &Register, now: OffsetDateTime) -> Result<Answer, AdminError> {
        match self {
            Self::Users(command) => user::run(command, register, now).await,
            Self::Projects(command) => project::run(command, register, now).await,
            Self::Roles(command) => role::run(command, register, now).await,
            Self::AccessKeys(command) => access_key::run(command, register, now).await,
            Self::Tokens(command) => token::run(command, register, now).await,
        }
    }
}
