//! `scm-server audit`: who did what, when, from where, and how it ended.

mod entry;

use std::collections::HashMap;

use scm_store::{AuditQuery, ProjectId, Store, UserId};

use super::{arguments::Audit, directory, error::AdminError, output::Report, table::table};
use crate::config::Config;
use entry::{AuditEntry, AuditList};

/// Shows the newest events that match.
///
/// # Errors
/// Those of [`directory::open_store`].
pub async fn run(arguments: &Audit, config: &Config) -> Result<Report, AdminError> {
    let (store, _) = directory::open_store(config).await?;
    let report = show(arguments, &store).await;
    store.close().await;
    report
}

async fn show(arguments: &Audit, store: &Store) -> Result<Report, AdminError> {
    let (users, projects) = (users(store).await?, projects(store).await?);
    let (user, no_user) = users.id("user", arguments.user.as_deref()).unzip();
    let (project, no_project) = projects.id("project", arguments.project.as_deref()).unzip();
    let query = AuditQuery {
        project: project.map(ProjectId::new),
        user: user.map(UserId::new),
        certificate: arguments.certificate,
        since: arguments.since,
        limit: arguments.limit,
    };
    let events = store.events(&query).await?;
    let is_cut = events.len() == arguments.limit as usize;
    let events = events.iter().map(|event| AuditEntry::new(event, &users, &projects)).collect();
    let list = AuditList { events };
    let head = ["WHEN (UTC)", "WHO", "PROJECT", "WHAT", "ABOUT", "FROM", "OUTCOME"];
    let answer = Report::new(&list, table(head, list.events.iter().map(AuditEntry::row)));
    let cut = is_cut.then(|| format!("only the newest {}; --limit gives more", arguments.limit));
    let notes = [no_user.flatten(), no_project.flatten(), cut];
    Ok(notes.into_iter().flatten().fold(answer, Report::with_note))
}

/// What ids are called here. Who is Keystone's, or gone, has none.
struct Names(HashMap<String, String>);

impl Names {
    /// The name of an id, or else the id.
    fn of<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, String::as_str)
    }

    /// The id for a name or an id, with a note if neither is known.
    fn id(&self, what: &str, name_or_id: Option<&str>) -> Option<(String, Option<String>)> {
        let name_or_id = name_or_id?;
        match self.0.iter().find(|(id, name)| *name == name_or_id || *id == name_or_id) {
            Some((id, _)) => Some((id.clone(), None)),
            None => {
                let note =
                    format!("no {what} is named {name_or_id:?}; the value was used as an id");
                Some((name_or_id.to_owned(), Some(note)))
            }
        }
    }
}

async fn users(store: &Store) -> Result<Names, AdminError> {
    let mut names = HashMap::new();
    for domain in store.domains().await? {
        let users = store.users(&domain.id).await?;
        names.extend(users.into_iter().map(|user| (user.id.to_string(), user.name)));
    }
    Ok(Names(names))
}

async fn projects(store: &Store) -> Result<Names, AdminError> {
    let mut names = HashMap::new();
    for domain in store.domains().await? {
        let projects = store.projects(&domain.id).await?.into_iter();
        names.extend(projects.map(|project| (project.id.to_string(), project.name)));
    }
    Ok(Names(names))
}
