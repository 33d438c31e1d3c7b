//! `scm-server access-key`: what signs requests.

mod entry;

use scm_model::SecretText;
use scm_store::{AccessKeyId, NewAccessKey, ProjectId, StoreError, UserRecord};
use serde::Serialize;
use time::OffsetDateTime;

use super::{
    arguments::AccessKeyCommand,
    directory::Directory,
    error::AdminError,
    output::Report,
    table::{card, table},
};
use crate::auth::AccessKeyPair;
use entry::{KeyEntry, KeyList};

/// An access key that was made a moment ago, for programs; the names are those of `credentials.json`.
#[derive(Serialize)]
struct Made<'a> {
    access_key: &'a str,
    secret_key: &'a SecretText,
    user: &'a str,
    project_id: &'a str,
    project_name: &'a str,
}

/// What became of an access key, for programs.
#[derive(Serialize)]
struct Changed {
    access_key: String,
    enabled: bool,
}

/// An access key that is gone, for programs.
#[derive(Serialize)]
struct Removed {
    access_key: String,
    removed: bool,
}

pub async fn run(
    command: AccessKeyCommand,
    directory: &Directory,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    match command {
        AccessKeyCommand::Add { user, project } => {
            add(directory, &user, project.as_deref(), now).await
        }
        AccessKeyCommand::List { user } => list(directory, user.as_deref()).await,
        AccessKeyCommand::Disable { access_key } => {
            set_enabled(directory, access_key, false, now).await
        }
        AccessKeyCommand::Enable { access_key } => {
            set_enabled(directory, access_key, true, now).await
        }
        AccessKeyCommand::Remove { access_key } => remove(directory, access_key, now).await,
    }
}

async fn add(
    directory: &Directory,
    user: &str,
    project: Option<&str>,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    let user = directory.user(user).await?;
    if !user.enabled {
        return Err(AdminError::Disabled { user: user.name });
    }
    let project = project_of(directory, &user, project).await?;
    let projects = directory.project_names().await?;
    let pair = AccessKeyPair::random();
    let key = NewAccessKey {
        id: pair.id.clone(),
        user: user.id,
        project: project.clone(),
        sealed_secret: pair.seal(&directory.keyring),
        created: now,
    };
    directory.store.add_access_key(None, key).await?;
    let made = Made {
        access_key: pair.id.as_str(),
        secret_key: &pair.secret,
        user: &user.name,
        project_id: project.as_str(),
        project_name: projects.of(&project),
    };
    let text = card(&[
        ("access key", made.access_key),
        ("secret key", made.secret_key.secret_str()),
        ("user", made.user),
        ("project", made.project_name),
    ]);
    Ok(Report::new(&made, text).with_note("the secret key is not shown again"))
}

/// The project of a new access key: the one that is named, or the user's only one.
async fn project_of(
    directory: &Directory,
    user: &UserRecord,
    name: Option<&str>,
) -> Result<ProjectId, AdminError> {
    if let Some(name) = name {
        let project = directory.project(name).await?;
        let none = || AdminError::NoRole { user: user.name.clone(), project: project.name.clone() };
        return user.role_in(&project.id).map(|_| project.id.clone()).ok_or_else(none);
    }
    let user_name = user.name.clone();
    match &user.grants[..] {
        [] => Err(AdminError::NoProject { user: user_name }),
        [grant] => Ok(grant.project.clone()),
        _ => {
            let projects = directory.store.projects_of(&user.id).await?.into_iter();
            let projects = projects.map(|project| project.name).collect();
            Err(AdminError::WhichProject { user: user_name, projects })
        }
    }
}

async fn list(directory: &Directory, user: Option<&str>) -> Result<Report, AdminError> {
    let users = match user {
        Some(user) => vec![directory.user(user).await?],
        None => directory.users().await?,
    };
    let projects = directory.project_names().await?;
    let mut access_keys = Vec::new();
    for user in &users {
        let keys = directory.store.access_keys_of(&user.id).await?;
        access_keys.extend(keys.iter().map(|key| KeyEntry::new(key, user, &projects)));
    }
    let list = KeyList { access_keys };
    let rows = list.access_keys.iter().map(KeyEntry::row);
    let head = ["ACCESS KEY", "USER", "PROJECT", "ENABLED", "CREATED (UTC)"];
    Ok(Report::new(&list, table(head, rows)))
}

async fn set_enabled(
    directory: &Directory,
    access_key: String,
    enabled: bool,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    let id = AccessKeyId::new(&access_key);
    known(&id, directory.store.set_access_key_enabled(None, &id, enabled, now).await)?;
    let text = format!("{access_key} is {}\n", if enabled { "enabled" } else { "disabled" });
    Ok(Report::new(&Changed { access_key, enabled }, text))
}

async fn remove(
    directory: &Directory,
    access_key: String,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    let id = AccessKeyId::new(&access_key);
    known(&id, directory.store.remove_access_key(None, &id, now).await)?;
    let text = format!("removed {access_key}\n");
    Ok(Report::new(&Removed { access_key, removed: true }, text))
}

fn known(id: &AccessKeyId, done: Result<(), StoreError>) -> Result<(), AdminError> {
    match done {
        Err(StoreError::Missing { .. }) => Err(AdminError::UnknownAccessKey { id: id.to_string() }),
        done => Ok(done?),
    }
}
