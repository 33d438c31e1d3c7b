//! Reading identities.

use time::OffsetDateTime;

use super::{Store, run};
use crate::{
    error::StoreError,
    identities::{
        AccessKeyEntry, AccessKeyRecord, DomainRecord, ProjectRecord, TokenHash, TokenRecord,
        UserRecord, access_keys, projects, tokens, users,
    },
    names::{AccessKeyId, DomainId, ProjectId, UserId},
};

/// Reading identities.
///
/// Besides what is named, every function may return [`StoreError::Unavailable`],
/// [`StoreError::Corrupt`] or [`StoreError::Closed`].
impl Store {
    /// Whether [`Store::set_up`] has been done.
    ///
    /// # Errors
    /// Those of every read.
    pub async fn is_set_up(&self) -> Result<bool, StoreError> {
        run!(self, read / SingleStatement, (), |on, ()| projects::is_any_domain(on).await)
    }

    /// A domain by its id.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn domain_by_id(&self, id: &DomainId) -> Result<DomainRecord, StoreError> {
        run!(self, read / SingleStatement, id.clone(), |on, id| {
            projects::domain(on, "id = ?1", id.into()).await
        })
    }

    /// A domain by its name.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn domain_by_name(&self, name: &str) -> Result<DomainRecord, StoreError> {
        run!(self, read / SingleStatement, name.to_owned(), |on, name| {
            projects::domain(on, "name = ?1", name.into()).await
        })
    }

    /// All domains, by name.
    ///
    /// # Errors
    /// Those of every read.
    pub async fn domains(&self) -> Result<Vec<DomainRecord>, StoreError> {
        run!(self, read / SingleStatement, (), |on, ()| projects::domains(on).await)
    }

    /// A project by its id.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn project_by_id(&self, id: &ProjectId) -> Result<ProjectRecord, StoreError> {
        run!(self, read / SingleStatement, id.clone(), |on, id| {
            projects::project(on, "id = ?1", &[id.into()]).await
        })
    }

    /// A project by its domain and name.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn project_by_name(
        &self,
        domain: &DomainId,
        name: &str,
    ) -> Result<ProjectRecord, StoreError> {
        let given = (domain.clone(), name.to_owned());
        run!(self, read / SingleStatement, given, |on, (domain, name)| {
            projects::project(on, "domain = ?1 AND name = ?2", &[domain.into(), name.into()]).await
        })
    }

    /// The projects of a domain, by name; none if there is no such domain.
    ///
    /// # Errors
    /// Those of every read.
    pub async fn projects(&self, domain: &DomainId) -> Result<Vec<ProjectRecord>, StoreError> {
        run!(self, read / SingleStatement, domain.clone(), |on, domain| {
            projects::projects(on, "domain = ?1", &[domain.into()]).await
        })
    }

    /// The projects in which a user has a role, by name; none if there is no such user.
    ///
    /// # Errors
    /// Those of every read.
    pub async fn projects_of(&self, user: &UserId) -> Result<Vec<ProjectRecord>, StoreError> {
        run!(self, read / SingleStatement, user.clone(), |on, user| {
            let granted = "id IN (SELECT project FROM role_grant WHERE account = ?1)";
            projects::projects(on, granted, &[user.into()]).await
        })
    }

    /// A user by id.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn user_by_id(&self, id: &UserId) -> Result<UserRecord, StoreError> {
        run!(self, read / Snapshot, id.clone(), |on, id| users::user(on, "id = ?1", &[id.into()])
            .await)
    }

    /// A user by domain and name.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn user_by_name(
        &self,
        domain: &DomainId,
        name: &str,
    ) -> Result<UserRecord, StoreError> {
        let given = (domain.clone(), name.to_owned());
        run!(self, read / Snapshot, given, |on, (domain, name)| {
            users::user(on, "domain = ?1 AND name = ?2", &[domain.into(), name.into()]).await
        })
    }

    /// The users of a domain, by name; none if there is no such domain.
    ///
    /// # Errors
    /// Those of every read.
    pub async fn users(&self, domain: &DomainId) -> Result<Vec<UserRecord>, StoreError> {
        run!(self, read / Snapshot, domain.clone(), |on, domain| {
            users::users(on, "domain = ?1", &[domain.into()]).await
        })
    }

    /// What a token stands for, expired or not.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if it was never stored, was revoked or has been swept, or if its
    /// user is disabled or has no role in the project any more.
    pub async fn token(&self, hash: &TokenHash) -> Result<TokenRecord, StoreError> {
        run!(self, glance / SingleStatement, *hash, |on, hash| tokens::token(on, hash).await)
    }

    /// Deletes the tokens that expired before `now`, in small transactions, and returns how many.
    ///
    /// # Errors
    /// [`StoreError::Busy`].
    pub async fn sweep_tokens(&self, now: OffsetDateTime) -> Result<u64, StoreError> {
        let mut swept = 0;
        loop {
            let some =
                run!(self, write / SingleStatement, now, |on, now| tokens::sweep(on, *now).await)?;
            swept += some;
            if some < tokens::SWEEP_LIMIT.into() {
                return Ok(swept);
            }
        }
    }

    /// What an access key stands for, enabled or not.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is none of this id, or if its user is disabled or has no
    /// role in the project any more.
    pub async fn access_key(&self, id: &AccessKeyId) -> Result<AccessKeyRecord, StoreError> {
        run!(self, glance / SingleStatement, id.clone(), |on, id| access_keys::access_key(on, id)
            .await)
    }

    /// The access keys of a user, the oldest first, whatever they stand for; none if there is no
    /// such user.
    ///
    /// # Errors
    /// Those of every read.
    pub async fn access_keys_of(&self, user: &UserId) -> Result<Vec<AccessKeyEntry>, StoreError> {
        run!(self, read / SingleStatement, user.clone(), |on, user| access_keys::all_of(on, user)
            .await)
    }
}
