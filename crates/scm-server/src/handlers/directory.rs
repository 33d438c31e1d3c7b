//! Projects and domains, which clients look up before their first request.

use scm_model::{
    Call,
    api::{ListDomains, ListProjects},
    identity::{Domain, DomainList, Links, Project, ProjectList},
};
use scm_store::ProjectRecord;

use crate::{auth::Caller, context::Context, error::ApiError};

/// The caller's project, under the name in the query if there is one.
///
/// A token or an access key is for one project. The cloud names projects by region, and clients look
/// up the name of their region: every name stands for the project of the caller.
pub async fn projects(
    ctx: Context,
    caller: Caller,
    call: Call<ListProjects>,
) -> Result<ProjectList, ApiError> {
    let mine = ctx.store().project_by_id(&caller.actor.project).await?;
    let name = call.query.name.filter(|name| !name.is_empty()).unwrap_or_else(|| mine.name.clone());
    let links = links("/v3/projects");
    Ok(ProjectList { projects: vec![project(mine, name)], links })
}

/// The caller's domain.
pub async fn domains(
    ctx: Context,
    caller: Caller,
    _: Call<ListDomains>,
) -> Result<DomainList, ApiError> {
    let domain = ctx.store().domain_by_id(&caller.domain).await?;
    let domain = Domain {
        links: links(&format!("/v3/auth/domains/{}", domain.id)),
        id: domain.id.to_string(),
        name: domain.name,
        description: String::new(),
        enabled: true,
    };
    Ok(DomainList { domains: vec![domain], links: links("/v3/auth/domains") })
}

fn project(record: ProjectRecord, name: String) -> Project {
    Project {
        links: links(&format!("/v3/projects/{}", record.id)),
        id: record.id.to_string(),
        name,
        domain_id: record.domain.to_string(),
        description: String::new(),
        enabled: true,
        is_domain: false,
        parent_id: record.domain.to_string(),
    }
}

fn links(path: &str) -> Links {
    Links { this: path.to_owned() }
}
