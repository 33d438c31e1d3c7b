//! The store of a data folder, opened for an administrator, with its users and projects.

use std::{collections::HashMap, sync::Arc};

use scm_seal::Keyring;
use scm_store::{DomainRecord, Grant, Location, ProjectId, ProjectRecord, Role, Store, UserRecord};

use super::{error::AdminError, near::Near, output::Report};
use crate::{config::Config, keyring};

/// An open store, with its keyring and the domain that its first start made.
pub struct Directory {
    /// The store.
    pub store: Store,
    /// The keyring that seals the secrets of access keys.
    pub keyring: Arc<Keyring>,
    /// The owner of all users and projects.
    pub domain: DomainRecord,
}

impl Directory {
    /// Opens the store that the settings name.
    ///
    /// # Errors
    /// Those of [`open_store`], [`AdminError::NotSetUp`].
    pub async fn open(config: &Config) -> Result<Self, AdminError> {
        let (store, keyring) = open_store(config).await?;
        let domain = store.domains().await?.into_iter().next();
        let place = || config.location().map(|location| place_of(&location));
        let Some(domain) = domain else { return Err(AdminError::NotSetUp { place: place()? }) };
        Ok(Self { store, keyring, domain })
    }

    /// Closes the store.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// All users, by name.
    ///
    /// # Errors
    /// [`AdminError::Store`].
    pub async fn users(&self) -> Result<Vec<UserRecord>, AdminError> {
        Ok(self.store.users(&self.domain.id).await?)
    }

    /// The answer, with a note if no enabled user is an administrator any more.
    ///
    /// # Errors
    /// [`AdminError::Store`].
    pub async fn minding_administrators(&self, answer: Report) -> Result<Report, AdminError> {
        let is_one = |grant: &Grant| grant.role == Role::Administrator;
        let users = self.users().await?;
        if users.iter().any(|user| user.enabled && user.grants.iter().any(is_one)) {
            return Ok(answer);
        }
        Ok(answer.with_note(
            "no enabled user is an administrator any more; `scm-server role grant` makes one",
        ))
    }

    /// All projects, by name.
    ///
    /// # Errors
    /// [`AdminError::Store`].
    pub async fn projects(&self) -> Result<Vec<ProjectRecord>, AdminError> {
        Ok(self.store.projects(&self.domain.id).await?)
    }

    /// The user of a name, or else of an id.
    ///
    /// # Errors
    /// [`AdminError::UnknownUser`], [`AdminError::Store`].
    pub async fn user(&self, name: &str) -> Result<UserRecord, AdminError> {
        let mut users = self.users().await?;
        let found = users.iter().position(|user| user.name == name);
        match found.or_else(|| users.iter().position(|user| user.id.as_str() == name)) {
            Some(at) => Ok(users.swap_remove(at)),
            None => {
                let near = Near::to(name, users.iter().map(|user| &*user.name));
                Err(AdminError::UnknownUser { name: name.to_owned(), near })
            }
        }
    }

    /// The project of a name, or else of an id.
    ///
    /// # Errors
    /// [`AdminError::UnknownProject`], [`AdminError::Store`].
    pub async fn project(&self, name: &str) -> Result<ProjectRecord, AdminError> {
        let mut projects = self.projects().await?;
        let found = projects.iter().position(|project| project.name == name);
        match found.or_else(|| projects.iter().position(|project| project.id.as_str() == name)) {
            Some(at) => Ok(projects.swap_remove(at)),
            None => {
                let near = Near::to(name, projects.iter().map(|project| &*project.name));
                Err(AdminError::UnknownProject { name: name.to_owned(), near })
            }
        }
    }

    /// What all projects are called.
    ///
    /// # Errors
    /// [`AdminError::Store`].
    pub async fn project_names(&self) -> Result<ProjectNames, AdminError> {
        let projects = self.projects().await?.into_iter();
        Ok(ProjectNames(projects.map(|project| (project.id, project.name)).collect()))
    }
}

/// What projects are called.
#[derive(Default)]
pub struct ProjectNames(HashMap<ProjectId, String>);

impl ProjectNames {
    /// The name of a project; its id if it has none, as a project that was made a moment ago.
    pub fn of<'a>(&'a self, project: &'a ProjectId) -> &'a str {
        self.0.get(project).map_or(project.as_str(), String::as_str)
    }
}

/// The store that the settings name, and its keyring. The folder's lock is left to servers: a store takes
/// several processes.
///
/// # Errors
/// [`AdminError::Config`], [`AdminError::NoStore`], [`AdminError::Keyring`], [`AdminError::Store`].
pub async fn open_store(config: &Config) -> Result<(Store, Arc<Keyring>), AdminError> {
    let location = config.location()?;
    if !scm_store::is_there(&location).await? {
        return Err(AdminError::NoStore { place: place_of(&location) });
    }
    let (keyring, store) = keyring::open::<AdminError>(config.keyring(), location).await?;
    Ok((store, keyring.current().await))
}

/// How people know a store: by its folder, or by where its database is.
pub fn place_of(location: &Location) -> String {
    match location {
        Location::Sqlite(file) => file.parent().unwrap_or(file).display().to_string(),
        other => other.to_string(),
    }
}
