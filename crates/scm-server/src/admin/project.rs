//! `scm-server project`: what certificates belong to.

use scm_store::{ProjectId, ProjectRecord, StoreError};
use serde::Serialize;
use time::OffsetDateTime;

use super::{
    arguments::ProjectCommand,
    directory::Directory,
    error::AdminError,
    output::Report,
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
    directory: &Directory,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    match command {
        ProjectCommand::Add { name } => add(directory, name, now).await,
        ProjectCommand::List => list(directory).await,
    }
}

async fn add(
    directory: &Directory,
    name: String,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    let domain = directory.domain.id.clone();
    let project = ProjectRecord { id: ProjectId::new(random_id()), domain, name };
    match directory.store.add_project(None, project.clone(), now).await {
        Err(StoreError::Conflict { .. }) => {
            Err(AdminError::Taken { what: "project", name: project.name })
        }
        Err(error) => Err(error.into()),
        Ok(()) => {
            let text = card(&[("project", &project.name), ("id", project.id.as_str())]);
            let note = "no user has a role in it yet; grant roles with `scm-server role grant`";
            Ok(Report::new(&ProjectEntry::from(project), text).with_note(note))
        }
    }
}

async fn list(directory: &Directory) -> Result<Report, AdminError> {
    let projects = directory.projects().await?.into_iter().map(ProjectEntry::from).collect();
    let list = ProjectList { projects };
    let rows = list.projects.iter().map(|project| [project.name.clone(), project.id.clone()]);
    Ok(Report::new(&list, table(["NAME", "ID"], rows)))
}
