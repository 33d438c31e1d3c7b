//! Domains and their projects, in the order of the bytes of their names.

use crate::{
    error::StoreError,
    identities::{DomainRecord, ProjectRecord},
    session::{Row, Session, Value},
    subject::Resource,
};

const DOMAIN: &str = "SELECT id, name FROM domain";
const PROJECT: &str = "SELECT id, domain, name FROM project";

pub(crate) async fn is_any_domain<S: Session>(on: &S) -> Result<bool, S::Failure> {
    Ok(on.optional("SELECT 1 FROM domain LIMIT 1", &[], |_| Ok(())).await?.is_some())
}

pub(crate) async fn domain<S: Session>(
    on: &S,
    condition: &str,
    value: Value<'_>,
) -> Result<DomainRecord, S::Failure> {
    let sql = format!("{DOMAIN} WHERE {condition}");
    on.find(Resource::Domain, &sql, &[value], read_domain).await
}

pub(crate) async fn domains<S: Session>(on: &S) -> Result<Vec<DomainRecord>, S::Failure> {
    let mut domains = on.all(DOMAIN, &[], read_domain).await?;
    domains.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(domains)
}

pub(crate) async fn insert_domain<S: Session>(
    on: &S,
    domain: &DomainRecord,
) -> Result<(), S::Failure> {
    let sql = "INSERT INTO domain (id, name) VALUES (?1, ?2)";
    on.insert("domain of this id or name", sql, &[(&domain.id).into(), (&domain.name).into()]).await
}

pub(crate) async fn project<S: Session>(
    on: &S,
    condition: &str,
    values: &[Value<'_>],
) -> Result<ProjectRecord, S::Failure> {
    let sql = format!("{PROJECT} WHERE {condition}");
    on.find(Resource::Project, &sql, values, read_project).await
}

pub(crate) async fn projects<S: Session>(
    on: &S,
    condition: &str,
    values: &[Value<'_>],
) -> Result<Vec<ProjectRecord>, S::Failure> {
    let mut projects =
        on.all(&format!("{PROJECT} WHERE {condition}"), values, read_project).await?;
    projects.sort_unstable_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    Ok(projects)
}

pub(crate) async fn insert_project<S: Session>(
    on: &S,
    ProjectRecord { id, domain, name }: &ProjectRecord,
) -> Result<(), S::Failure> {
    let sql = "INSERT INTO project (id, domain, name) VALUES (?1, ?2, ?3)";
    on.insert("project of this id or name", sql, &[id.into(), domain.into(), name.into()]).await
}

fn read_domain(row: &Row<'_>) -> Result<DomainRecord, StoreError> {
    Ok(DomainRecord { id: row.get(0)?, name: row.get(1)? })
}

fn read_project(row: &Row<'_>) -> Result<ProjectRecord, StoreError> {
    Ok(ProjectRecord { id: row.get(0)?, domain: row.get(1)?, name: row.get(2)? })
}
