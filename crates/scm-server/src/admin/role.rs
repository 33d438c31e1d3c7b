//! `scm-server role`: who may do what in which project.

use scm_store::{Grant, ProjectRecord, Role, UserRecord};
use serde::Serialize;
use time::OffsetDateTime;

use super::{
    answer::Answer,
    arguments::RoleCommand,
    error::AdminError,
    register::{ProjectNames, Register},
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
    register: &Register,
    now: OffsetDateTime,
) -> Result<Answer, AdminError> {
    match command {
        RoleCommand::Grant { user, project, role } => {
            grant(register, &user, &project, role, now).await
        }
        RoleCommand::Revoke { user, project } => revoke(register, &user, &project, now).await,
        RoleCommand::List => list(register).await,
    }
}

async fn grant(
    register: &Register,
    user: &str,
    project: &str,
    role: Role,
    now: OffsetDateTime,
) -> Result<Answer, AdminError> {
    let (user, project) = (register.user(user).await?, register.project(project).await?);
    let grant = Grant { project: project.id.clone(), role };
    register.store.grant(None, &user.id, grant, now).await?;
    let role = role.as_str();
    let text = format!("{} is {role} in {}\n", user.name, project.name);
    Ok(Answer::new(&entry(&user, &project, Some(role)), text))
}

async fn revoke(
    register: &Register,
    user: &str,
    project: &str,
    now: OffsetDateTime,
) -> Result<Answer, AdminError> {
    let (user, project) = (register.user(user).await?, register.project(project).await?);
    if user.role_in(&project.id).is_none() {
        return Err(AdminError::NoRole { user: user.name, project: project.name });
    }
    register.store.revoke_grant(None, &user.id, &project.id, now).await?;
    let text = format!("{} has no role in {} any more\n", user.name, project.name);
    register.minding_administrators(Answer::new(&entry(&user, &project, None), text)).await
}

fn entry<'a>(
    user: &'a UserRecord,
    project: &'a ProjectRecord,
    role: Option<&'static str>,
) -> RoleEntry<'a> {
    let (project_id, project_name) = (project.id.as_str(), &*project.name);
    RoleEntry { user: &user.name, project_id, project_name, role }
}

async fn list(register: &Register) -> Result<Answer, AdminError> {
    let (users, projects) = (register.users().await?, register.project_names().await?);
    let roles = users.iter().flat_map(|user| entries(user, &projects)).collect();
    let list = RoleList { roles };
    let rows = list.roles.iter().map(|entry| {
        [entry.user, entry.project_name, entry.role.unwrap_or_default()].map(str::to_owned)
    });
    Ok(Answer::new(&list, table(["USER", "PROJECT", "ROLE"], rows)))
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
