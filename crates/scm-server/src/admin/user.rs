//! `scm-server user`: who may log in.

mod entry;

use scm_store::{Grant, NewUser, Role, StoreError, UserId, UserRecord};
use serde::Serialize;
use time::OffsetDateTime;

use super::{
    arguments::UserCommand,
    directory::{Directory, ProjectNames},
    error::AdminError,
    output::Report,
    password::{NewPassword, Source},
    table::{card, table},
};
use crate::{auth::PasswordHasher, random_id::random_id};
use entry::{UserEntry, UserList};

const SHOWN_ONCE: &str = "the password is not shown again";

/// A user who is gone, for programs.
#[derive(Serialize)]
struct Removed<'a> {
    id: &'a str,
    name: &'a str,
    removed: bool,
}

pub async fn run(
    command: UserCommand,
    directory: &Directory,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    match command {
        UserCommand::Add { name, project, role, password } => {
            let grant = match project.zip(role) {
                Some((project, role)) => Some(granted(directory, &project, role).await?),
                None => None,
            };
            add(directory, name, grant, password.password()?, now).await
        }
        UserCommand::List => list(directory).await,
        UserCommand::Password { name, password } => {
            set_password(directory, &name, &password, now).await
        }
        UserCommand::Disable { name } => set_enabled(directory, &name, false, now).await,
        UserCommand::Enable { name } => set_enabled(directory, &name, true, now).await,
        UserCommand::Remove { name } => remove(directory, &name, now).await,
    }
}

async fn granted(directory: &Directory, project: &str, role: Role) -> Result<Grant, AdminError> {
    Ok(Grant { project: directory.project(project).await?.id, role })
}

async fn add(
    directory: &Directory,
    name: String,
    grant: Option<Grant>,
    password: NewPassword,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    let user = UserRecord {
        id: UserId::new(random_id()),
        domain: directory.domain.id.clone(),
        name,
        password: PasswordHasher::hash(&password.secret),
        enabled: true,
        grants: grant.into_iter().collect(),
    };
    let answer = report(&user, password, &directory.project_names().await?);
    let (has_role, taken) = (!user.grants.is_empty(), user.name.clone());
    let UserRecord { id, domain, name, password, grants, .. } = user;
    let new = NewUser { id, name, password };
    match directory.store.add_user(None, domain, new, grants, now).await {
        Err(StoreError::Conflict { .. }) => Err(AdminError::Taken { what: "user", name: taken }),
        Err(error) => Err(error.into()),
        Ok(()) if has_role => Ok(answer),
        Ok(()) => Ok(answer.with_note("no role yet; give one with `scm-server role grant`")),
    }
}

async fn list(directory: &Directory) -> Result<Report, AdminError> {
    let (users, projects) = (directory.users().await?, directory.project_names().await?);
    let users = users.iter().map(|user| UserEntry::new(user, &projects)).collect();
    let list = UserList { users };
    let rows = list.users.iter().map(|user| {
        let enabled = if user.enabled { "yes" } else { "no" };
        [user.name.to_owned(), user.id.to_owned(), enabled.to_owned(), user.roles_in_words()]
    });
    Ok(Report::new(&list, table(["NAME", "ID", "ENABLED", "ROLES"], rows)))
}

async fn set_password(
    directory: &Directory,
    name: &str,
    source: &Source,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    let user = directory.user(name).await?;
    let password = source.password()?;
    let hash = PasswordHasher::hash(&password.secret);
    let answer = report(&user, password, &directory.project_names().await?);
    directory.store.set_password(None, &user.id, hash, now).await?;
    let note =
        "tokens given before stay good until they end; `scm-server token revoke` ends them now";
    Ok(answer.with_note(note))
}

async fn set_enabled(
    directory: &Directory,
    name: &str,
    enabled: bool,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    let user = directory.user(name).await?;
    directory.store.set_enabled(None, &user.id, enabled, now).await?;
    let user = UserRecord { enabled, ..user };
    let text = format!("{} is {}\n", user.name, if enabled { "enabled" } else { "disabled" });
    let answer = Report::new(&UserEntry::new(&user, &directory.project_names().await?), text);
    directory.minding_administrators(answer).await
}

async fn remove(
    directory: &Directory,
    name: &str,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    let user = directory.user(name).await?;
    directory.store.remove_user(None, &user.id, now).await?;
    let text = format!("removed {}, with all roles, tokens and access keys\n", user.name);
    let removed = Removed { id: user.id.as_str(), name: &user.name, removed: true };
    directory.minding_administrators(Report::new(&removed, text)).await
}

/// A user, and the password if it was generated.
fn report(user: &UserRecord, password: NewPassword, projects: &ProjectNames) -> Report {
    let NewPassword { secret, is_made_up } = password;
    let shown = is_made_up.then_some(&secret);
    let entry = UserEntry { password: shown, ..UserEntry::new(user, projects) };
    let roles = entry.roles_in_words();
    let mut lines = vec![("user", entry.name), ("id", entry.id)];
    lines.extend((!roles.is_empty()).then_some(("roles", &*roles)));
    lines.extend(shown.map(|password| ("password", password.secret_str())));
    let answer = Report::new(&entry, card(&lines));
    if is_made_up { answer.with_note(SHOWN_ONCE) } else { answer }
}
