//! Changing identities.

use time::OffsetDateTime;

use super::{Store, run};
use crate::{
    actor::Actor,
    error::StoreError,
    identities::{
        FirstStart, Grant, NewAccessKey, NewToken, NewUser, Operation, PasswordHash, ProjectRecord,
        TokenHash,
    },
    names::{AccessKeyId, DomainId, ProjectId, UserId},
};

/// Changing identities.
///
/// `by` is the user who does it; `None` stands for the administrator of the machine. Every change
/// leaves an audit event in the project that it is about, or else in the actor's project.
///
/// Besides what is named, every function may return [`StoreError::Busy`],
/// [`StoreError::Unavailable`], [`StoreError::Corrupt`] or [`StoreError::Closed`].
impl Store {
    /// Adds domain, project, user, role, token and access key, all or nothing. The audit event is
    /// dated when the token is issued.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if there is a domain already.
    pub async fn set_up(&self, first: FirstStart) -> Result<(), StoreError> {
        let now = first.token.issued;
        self.perform(None, Operation::SetUp(Box::new(first)), now).await
    }

    /// Adds a project.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no such domain, [`StoreError::Conflict`] if there is a
    /// project of this id, or one of this name in the domain.
    pub async fn add_project(
        &self,
        by: Option<&Actor>,
        project: ProjectRecord,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.perform(by, Operation::AddProject(project), now).await
    }

    /// Adds a user of a domain with their roles, all or nothing.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no such domain, or no project of a grant,
    /// [`StoreError::Conflict`] if there is a user of this id, or one of this name in the domain,
    /// or two grants are for one project.
    pub async fn add_user(
        &self,
        by: Option<&Actor>,
        domain: DomainId,
        user: NewUser,
        grants: Vec<Grant>,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.perform(by, Operation::AddUser { domain, user, grants }, now).await
    }

    /// Gives a user another password. Tokens stay good: see [`Store::revoke_tokens_of`].
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn set_password(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        password: PasswordHash,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.perform(by, Operation::SetPassword { user: user.clone(), password }, now).await
    }

    /// Disables a user, or enables them again.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn set_enabled(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        enabled: bool,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.perform(by, Operation::SetUserEnabled { user: user.clone(), enabled }, now).await
    }

    /// Removes a user with all roles, tokens and access keys. Certificates that they imported stay.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn remove_user(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.perform(by, Operation::RemoveUser(user.clone()), now).await
    }

    /// Gives a user a role in a project, in place of the one that they have there.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no such user or project.
    pub async fn grant(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        grant: Grant,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.perform(by, Operation::Grant { user: user.clone(), grant }, now).await
    }

    /// Revokes a user's role in a project. Their tokens and access keys for the project are not valid as
    /// long as the user has no role in it.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if they have none.
    pub async fn revoke_grant(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        project: &ProjectId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let (user, project) = (user.clone(), project.clone());
        self.perform(by, Operation::RevokeGrant { user, project }, now).await
    }

    /// Adds a token. The audit event is dated when the token is issued.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if the user is disabled or has no role in the project,
    /// [`StoreError::Conflict`] if there is a token of this hash.
    pub async fn add_token(&self, by: &Actor, token: NewToken) -> Result<(), StoreError> {
        let now = token.issued;
        self.perform(Some(by), Operation::AddToken(token), now).await
    }

    /// Revokes a token.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn revoke_token(
        &self,
        by: Option<&Actor>,
        hash: &TokenHash,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.perform(by, Operation::RevokeToken(*hash), now).await
    }

    /// Revokes all tokens of a user, and returns how many there were.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no such user.
    pub async fn revoke_tokens_of(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        now: OffsetDateTime,
    ) -> Result<u64, StoreError> {
        self.count(by, Operation::RevokeTokensOf(user.clone()), now).await
    }

    /// Adds an access key. The audit event is dated when the key was made.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if the user is disabled or has no role in the project,
    /// [`StoreError::Conflict`] if there is a key of this id.
    pub async fn add_access_key(
        &self,
        by: Option<&Actor>,
        key: NewAccessKey,
    ) -> Result<(), StoreError> {
        let now = key.created;
        self.perform(by, Operation::AddAccessKey(key), now).await
    }

    /// Disables an access key, or enables it again.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn set_access_key_enabled(
        &self,
        by: Option<&Actor>,
        id: &AccessKeyId,
        enabled: bool,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.perform(by, Operation::SetAccessKeyEnabled { id: id.clone(), enabled }, now).await
    }

    /// Removes an access key.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn remove_access_key(
        &self,
        by: Option<&Actor>,
        id: &AccessKeyId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.perform(by, Operation::RemoveAccessKey(id.clone()), now).await
    }

    async fn perform(
        &self,
        by: Option<&Actor>,
        operation: Operation,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.count(by, operation, now).await.map(drop)
    }

    /// Performs an operation with its audit event, and returns how many things it was done to.
    /// Operations are rare, so in PostgreSQL they run as if one after the other.
    async fn count(
        &self,
        by: Option<&Actor>,
        operation: Operation,
        now: OffsetDateTime,
    ) -> Result<u64, StoreError> {
        let event = operation.event(by, now);
        let given = (operation, self.event_number(), event);
        run!(self, write / Serializable, given, |on, (operation, number, event)| {
            operation.perform(on, *number, event).await
        })
    }
}
