//! `scm-server project`: what certificates belong to.

use scm_store::{ProjectId, ProjectRecord, StoreError};
use serde::Serialize;
use time::OffsetDateTime;

use super::{
    answer::Answer,
    arguments::ProjectCommand,
    error::AdminError,
    register::Register,
    table::{card, table},
};
use crate::random_id::random_id;

/// A project, for programs.
#[derive(Serialize)]
struct ProjectEntry {
    id: String,
    name: String,
}

#[derive(Serialize)]
struct ProjectList {
    projects: Vec<ProjectEntry>,
}

impl From<ProjectRecord> for ProjectEntry {
    fn from(project: ProjectRecord) -> Self {
        Self { id: project.id.to_string(), name: project.name }
    }
}

pub async fn run(
    command: ProjectCommand,
    register: &Register,
    now: OffsetDateTime,
) -> Result<Answer, AdminError> {
    match command {
        ProjectCommand::Add { name } => add(register, name, now).await,
        ProjectCommand::List => list(register).await,
    }
}

async fn add(register: &Register, name: String, now: OffsetDateTime) -> Result<Answer, AdminError> {
    let domain = register.domain.id.clone();
    let project = ProjectRecord { id: ProjectId::new(random_id()), domain, name };
    match register.store.add_project(None, project.clone(), now).await {
        Err(StoreError::Conflict { .. }) => {
            Err(AdminError::Taken { what: "project", name: project.name })
        }
        Err(error) => Err(error.into()),
        Ok(()) => {
            let text = card(&[("project", &project.name), ("id", project.id.as_str())]);
            let note = "nobody has a role in it yet; give roles with `scm-server role grant`";
            Ok(Answer::new(&ProjectEntry::from(project), text).with_note(note))
        }
    }
}

async fn list(register: &Register) -> Result<Answer, AdminError> {
    let projects = register.projects().await?.into_iter().map(ProjectEntry::from).collect();
    let list = ProjectList { projects };
    let rows = list.projects.iter().map(|project| [project.name.clone(), project.id.clone()]);
    Ok(Answer::new(&list, table(["NAME", "ID"], rows)))
}
