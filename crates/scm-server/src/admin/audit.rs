//! `scm-server audit`: who did what, when, from where, and how it ended.

mod entry;

use std::collections::HashMap;

use scm_store::{AuditQuery, ProjectId, Store, UserId};

use super::{answer::Answer, arguments::Audit, error::AdminError, register, table::table};
use crate::config::Config;
use entry::{AuditEntry, AuditList};

/// Tells the newest events that fit.
///
/// # Errors
/// Those of [`register::open_store`].
pub async fn run(asked: &Audit, config: &Config) -> Result<Answer, AdminError> {
    let (store, _) = register::open_store(config).await?;
    let told = tell(asked, &store).await;
    store.close().await;
    told
}

async fn tell(asked: &Audit, store: &Store) -> Result<Answer, AdminError> {
    let (users, projects) = (users(store).await?, projects(store).await?);
    let (user, no_user) = users.id("user", asked.user.as_deref()).unzip();
    let (project, no_project) = projects.id("project", asked.project.as_deref()).unzip();
    let query = AuditQuery {
        project: project.map(ProjectId::new),
        user: user.map(UserId::new),
        certificate: asked.certificate,
        since: asked.since,
        limit: asked.limit,
    };
    let events = store.events(&query).await?;
    let is_cut = events.len() == asked.limit as usize;
    let events = events.iter().map(|event| AuditEntry::new(event, &users, &projects)).collect();
    let list = AuditList { events };
    let head = ["WHEN (UTC)", "WHO", "PROJECT", "WHAT", "ABOUT", "FROM", "OUTCOME"];
    let answer = Answer::new(&list, table(head, list.events.iter().map(AuditEntry::row)));
    let cut = is_cut.then(|| format!("only the newest {}; --limit gives more", asked.limit));
    let notes = [no_user.flatten(), no_project.flatten(), cut];
    Ok(notes.into_iter().flatten().fold(answer, Answer::with_note))
}

/// What ids are called here. Who is Keystone's, or gone, has none.
struct Names(HashMap<String, String>);

impl Names {
    /// The name of an id, or else the id.
    fn of<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, String::as_str)
    }

    /// The id of what was asked for by name or id, with what there is to say if it is unknown.
    fn id(&self, what: &str, asked: Option<&str>) -> Option<(String, Option<String>)> {
        let asked = asked?;
        match self.0.iter().find(|(id, name)| *name == asked || *id == asked) {
            Some((id, _)) => Some((id.clone(), None)),
            None => {
                let note =
                    format!("no {what} is called {asked:?} here, so that was taken for an id");
                Some((asked.to_owned(), Some(note)))
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
