//! Users as they are shown, with their roles in each project.

use scm_model::SecretText;
use scm_store::UserRecord;
use serde::Serialize;

use super::super::directory::ProjectNames;

/// A user, for programs.
#[derive(Serialize)]
pub struct UserEntry<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub enabled: bool,
    pub roles: Vec<RoleEntry<'a>>,
    /// Only where it was made up a moment ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<&'a SecretText>,
}

/// What a user may do in a project, for programs.
#[derive(Serialize)]
pub struct RoleEntry<'a> {
    project_id: &'a str,
    project_name: &'a str,
    role: &'static str,
}

#[derive(Serialize)]
pub struct UserList<'a> {
    pub users: Vec<UserEntry<'a>>,
}

impl<'a> UserEntry<'a> {
    /// A stored user, with the roles by the projects' names.
    pub fn new(user: &'a UserRecord, projects: &'a ProjectNames) -> Self {
        let mut roles: Vec<_> = user
            .grants
            .iter()
            .map(|grant| RoleEntry {
                project_id: grant.project.as_str(),
                project_name: projects.of(&grant.project),
                role: grant.role.as_str(),
            })
            .collect();
        roles.sort_by_key(|role| role.project_name);
        let (id, name, enabled) = (user.id.as_str(), &*user.name, user.enabled);
        Self { id, name, enabled, roles, password: None }
    }

    /// The roles in one line.
    pub fn roles_in_words(&self) -> String {
        let roles = self.roles.iter();
        let roles = roles.map(|entry| format!("{} in {}", entry.role, entry.project_name));
        roles.collect::<Vec<_>>().join(", ")
    }
}
