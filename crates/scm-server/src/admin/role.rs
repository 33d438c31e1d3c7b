//! `scm-server role`: who may do what in which project.

use scm_store::{Grant, ProjectRecord, Role, UserRecord};
use serde::Serialize;
use time::OffsetDateTime;

use super::{
    arguments::RoleCommand,
    directory::{Directory, ProjectNames},
    error::AdminError,
    output::Report,
    table::table,
};

/// A role of a user in a project, for programs.
#[derive(Serialize)]
struct RoleEntry<'a> {
    user: &'a str,
    project_id: &'a str,
    project_name: &'a str,
    /// None where it was taken away.
    role: Option<&'static str>,
}

#[derive(Serialize)]
struct RoleList<'a> {
    roles: Vec<RoleEntry<'a>>,
}

pub async fn run(
    command: RoleCommand,
    directory: &Directory,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    match command {
        RoleCommand::Grant { user, project, role } => {
            grant(directory, &user, &project, role, now).await
        }
        RoleCommand::Revoke { user, project } => revoke(directory, &user, &project, now).await,
        RoleCommand::List => list(directory).await,
    }
}

async fn grant(
    directory: &Directory,
    user: &str,
    project: &str,
    role: Role,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    let (user, project) = (directory.user(user).await?, directory.project(project).await?);
    let grant = Grant { project: project.id.clone(), role };
    directory.store.grant(None, &user.id, grant, now).await?;
    let role = role.as_str();
    let text = format!("{} is {role} in {}\n", user.name, project.name);
    Ok(Report::new(&entry(&user, &project, Some(role)), text))
}

async fn revoke(
    directory: &Directory,
    user: &str,
    project: &str,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    let (user, project) = (directory.user(user).await?, directory.project(project).await?);
    if user.role_in(&project.id).is_none() {
        return Err(AdminError::NoRole { user: user.name, project: project.name });
    }
    directory.store.revoke_grant(None, &user.id, &project.id, now).await?;
    let text = format!("{} has no role in {} any more\n", user.name, project.name);
    directory.minding_administrators(Report::new(&entry(&user, &project, None), text)).await
}

fn entry<'a>(
    user: &'a UserRecord,
    project: &'a ProjectRecord,
    role: Option<&'static str>,
) -> RoleEntry<'a> {
    let (project_id, project_name) = (project.id.as_str(), &*project.name);
    RoleEntry { user: &user.name, project_id, project_name, role }
}

async fn list(directory: &Directory) -> Result<Report, AdminError> {
    let (users, projects) = (directory.users().await?, directory.project_names().await?);
    let roles = users.iter().flat_map(|user| entries(user, &projects)).collect();
    let list = RoleList { roles };
    let rows = list.roles.iter().map(|entry| {
        [entry.user, entry.project_name, entry.role.unwrap_or_default()].map(str::to_owned)
    });
    Ok(Report::new(&list, table(["USER", "PROJECT", "ROLE"], rows)))
}

/// The roles of a user, by the projects' names.
fn entries<'a>(user: &'a UserRecord, projects: &'a ProjectNames) -> Vec<RoleEntry<'a>> {
    let mut entries: Vec<_> = user
        .grants
        .iter()
        .map(|grant| RoleEntry {
            user: &user.name,
            project_id: grant.project.as_str(),
            project_name: projects.of(&grant.project),
            role: Some(grant.role.as_str()),
        })
        .collect();
    entries.sort_by_key(|entry| entry.project_name);
    entries
}
