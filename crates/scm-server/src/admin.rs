//! The administrator's commands: users, projects, roles, access keys, tokens.
//!
//! They work on the store of a data folder, whether or not a server runs on it. That asks the store
//! at each request, so whatever is done here counts from the next request on. Every act leaves its
//! audit event. Left out: proving who asks, as whoever can open the folder is its administrator;
//! printing, which is the binary's.

mod access_key;
mod answer;
mod arguments;
mod error;
mod near;
mod password;
mod project;
mod register;
mod role;
mod table;
mod token;
mod user;

use time::OffsetDateTime;

pub use answer::Said;
pub use arguments::Administration;
pub use error::AdminError;

use crate::config::Identity;
use answer::Answer;
use register::Register;

const ELSEWHERE: &str = "identity is keystone: the server asks Keystone who somebody is, and what is kept here does \
     not matter";

/// Does what an administrator asks for, at the moment `now`.
///
/// # Errors
/// Every [`AdminError`].
pub async fn administer(asked: Administration, now: OffsetDateTime) -> Result<Said, AdminError> {
    let place = asked.place();
    let (config, json) = (place.config()?, place.json);
    let register = Register::open(&config.data_dir).await?;
    let answer = run(asked, &register, now).await;
    register.close().await;
    let answer = answer?;
    let answer = match config.identity {
        Identity::Local => answer,
        Identity::Keystone => answer.with_note(ELSEWHERE),
    };
    Ok(answer.said(json))
}

async fn run(
    asked: Administration,
    register: &Register,
    now: OffsetDateTime,
) -> Result<Answer, AdminError> {
    match asked {
        Administration::User(group) => user::run(group.command, register, now).await,
        Administration::Project(group) => project::run(group.command, register, now).await,
        Administration::Role(group) => role::run(group.command, register, now).await,
        Administration::AccessKey(group) => access_key::run(group.command, register, now).await,
        Administration::Token(group) => token::run(group.command, register, now).await,
    }
}
