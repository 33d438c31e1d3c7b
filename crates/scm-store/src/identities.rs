//! Who there is: domains, projects, users with their roles, tokens and access keys.
//!
//! Proving who somebody is (passwords, signatures, lock-out) is not done here: only what such a
//! proof is compared with is kept.

mod record;

use async_trait::async_trait;
use time::OffsetDateTime;

pub use self::record::{
    AccessKeyEntry, AccessKeyRecord, DomainRecord, FirstStart, Grant, NewAccessKey, NewToken,
    NewUser, PasswordHash, ProjectRecord, Role, TokenHash, TokenRecord, UserRecord,
};
use crate::{
    actor::Actor,
    error::StoreError,
    names::{AccessKeyId, DomainId, ProjectId, UserId},
};

/// Who there is.
///
/// What is done to users, projects and keys takes who does it: somebody with a request, or nobody
/// (`None`), who is whoever has the machine itself. All of it leaves an audit event, in the project
/// that it is about, or where it is about none, in the project of who does it.
///
/// Besides what is named, every function may give [`StoreError::Unavailable`],
/// [`StoreError::Corrupt`] or [`StoreError::Closed`], and those that write [`StoreError::Busy`].
#[async_trait]
pub trait Identities: Send + Sync {
    /// Whether [`Identities::set_up`] has been done.
    async fn is_set_up(&self) -> Result<bool, StoreError>;

    /// Makes domain, project, user, role, token and access key, all or nothing; the audit event is dated
    /// when the token is issued.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if there is a domain already.
    async fn set_up(&self, first: FirstStart) -> Result<(), StoreError>;

    /// Makes a project.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no such domain, [`StoreError::Conflict`] if there is a
    /// project of this id, or one of this name in the domain.
    async fn add_project(
        &self,
        by: Option<&Actor>,
        project: ProjectRecord,
        now: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Makes a user of a domain with their roles, all or nothing.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no such domain, or no project of a grant,
    /// [`StoreError::Conflict`] if there is a user of this id, or one of this name in the domain,
    /// or two grants are for one project.
    async fn add_user(
        &self,
        by: Option<&Actor>,
        domain: DomainId,
        user: NewUser,
        grants: Vec<Grant>,
        now: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// A domain by its id.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn domain_by_id(&self, id: &DomainId) -> Result<DomainRecord, StoreError>;

    /// A domain by its name.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn domain_by_name(&self, name: &str) -> Result<DomainRecord, StoreError>;

    /// A project by its id.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn project_by_id(&self, id: &ProjectId) -> Result<ProjectRecord, StoreError>;

    /// A project by its domain and name.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn project_by_name(
        &self,
        domain: &DomainId,
        name: &str,
    ) -> Result<ProjectRecord, StoreError>;

    /// A user by id.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn user_by_id(&self, id: &UserId) -> Result<UserRecord, StoreError>;

    /// A user by domain and name.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn user_by_name(&self, domain: &DomainId, name: &str) -> Result<UserRecord, StoreError>;

    /// Keeps a token; the audit event is dated when the token is issued.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if the user is disabled or has no role in the project,
    /// [`StoreError::Conflict`] if the token is kept already.
    async fn keep_token(&self, actor: &Actor, token: NewToken) -> Result<(), StoreError>;

    /// What a token stands for, expired or not.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if it was never kept, was revoked or has been swept, or if its owner
    /// is disabled or has no role in the project any more.
    async fn token(&self, hash: &TokenHash) -> Result<TokenRecord, StoreError>;

    /// All domains, by name.
    async fn domains(&self) -> Result<Vec<DomainRecord>, StoreError>;

    /// The projects of a domain, by name; none if there is no such domain.
    async fn projects(&self, domain: &DomainId) -> Result<Vec<ProjectRecord>, StoreError>;

    /// The projects in which a user has a role, by name; none if there is no such user.
    async fn projects_of(&self, user: &UserId) -> Result<Vec<ProjectRecord>, StoreError>;

    /// The users of a domain, by name; none if there is no such domain.
    async fn users(&self, domain: &DomainId) -> Result<Vec<UserRecord>, StoreError>;

    /// Gives a user another password. Tokens stay good: see [`Identities::revoke_tokens_of`].
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn set_password(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        password: PasswordHash,
        now: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Shuts a user out, or lets them in again.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn set_enabled(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        enabled: bool,
        now: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Gives a user a role in a project, in place of the one that they have there.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no such user or project.
    async fn grant(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        grant: Grant,
        now: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Takes a user's role in a project away. Their tokens and access keys for it stand for nothing
    /// as long as they have none.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if they have none.
    async fn revoke_grant(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        project: &ProjectId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Removes a user with all roles, tokens and access keys. What they imported stays.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn remove_user(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Makes a token worthless.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn revoke_token(
        &self,
        by: Option<&Actor>,
        hash: &TokenHash,
        now: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Makes all tokens of a user worthless, and returns how many there were.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no such user.
    async fn revoke_tokens_of(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        now: OffsetDateTime,
    ) -> Result<u64, StoreError>;

    /// Keeps an access key; the audit event is dated when the key is made.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if the user is disabled or has no role in the project,
    /// [`StoreError::Conflict`] if there is a key of this id.
    async fn keep_access_key(
        &self,
        by: Option<&Actor>,
        key: NewAccessKey,
    ) -> Result<(), StoreError>;

    /// What an access key stands for, enabled or not.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is none of this id, or if its owner is disabled or has no
    /// role in the project any more.
    async fn access_key(&self, id: &AccessKeyId) -> Result<AccessKeyRecord, StoreError>;

    /// The access keys of a user, the oldest first, whatever they stand for; none if there is no
    /// such user.
    async fn access_keys_of(&self, user: &UserId) -> Result<Vec<AccessKeyEntry>, StoreError>;

    /// Makes an access key worthless for now, or good again.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn set_access_key_enabled(
        &self,
        by: Option<&Actor>,
        id: &AccessKeyId,
        enabled: bool,
        now: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Removes an access key.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn remove_access_key(
        &self,
        by: Option<&Actor>,
        id: &AccessKeyId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Drops the tokens that expired before `now`, in small transactions, and returns how many.
    async fn sweep_tokens(&self, now: OffsetDateTime) -> Result<u64, StoreError>;
}
