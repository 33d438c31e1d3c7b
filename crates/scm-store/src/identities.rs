//! Who there is: domains, projects, users with their roles, and tokens.
//!
//! Proving who somebody is (passwords, signatures, lock-out) is not done here: only what such a
//! proof is compared with is kept.

use std::fmt;

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::{
    actor::Actor,
    error::StoreError,
    names::{DomainId, ProjectId, UserId},
};

/// A domain: the owner of users and projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainRecord {
    /// Its id.
    pub id: DomainId,
    /// Its name, of which there is one only.
    pub name: String,
}

/// A project of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectRecord {
    /// Its id.
    pub id: ProjectId,
    /// The domain that owns it.
    pub domain: DomainId,
    /// Its name, of which there is one only in the domain.
    pub name: String,
}

/// A password as a hash in PHC form. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes a PHC string, such as `$argon2id$v=19$…`.
    pub fn new(phc: impl Into<String>) -> Self {
        Self(phc.into())
    }

    /// The PHC string: not a secret as a password is, but good for guessing at one.
    pub fn secret_phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// What a user may do in a project: which actions each role means is told in the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything, other users included.
    Administrator,
    /// Everything that concerns certificates.
    FullAccess,
    /// Only what changes nothing and shows no private key.
    ReadOnly,
}

/// A role in a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Where.
    pub project: ProjectId,
    /// As what.
    pub role: Role,
}

/// A user to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// The id to give.
    pub id: UserId,
    /// The name, of which there is one only in the domain.
    pub name: String,
    /// The password, hashed.
    pub password: PasswordHash,
}

/// A user as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRecord {
    /// The id.
    pub id: UserId,
    /// The domain that the user belongs to.
    pub domain: DomainId,
    /// The name.
    pub name: String,
    /// The password, hashed.
    pub password: PasswordHash,
    /// One role at most for each project, in the order of the project ids.
    pub grants: Vec<Grant>,
}

impl UserRecord {
    /// The role in a project, if there is one.
    pub fn role_in(&self, project: &ProjectId) -> Option<Role> {
        self.grants.iter().find(|grant| grant.project == *project).map(|grant| grant.role)
    }
}

/// The SHA-256 of a token. The token itself is never kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// A token to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Its hash.
    pub hash: TokenHash,
    /// Whose it is.
    pub user: UserId,
    /// The project that it is good for.
    pub project: ProjectId,
    /// From when.
    pub issued: OffsetDateTime,
    /// Until when.
    pub expires: OffsetDateTime,
}

/// A token as kept, with what its owner may do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// Whose it is.
    pub user: UserId,
    /// The domain of that user.
    pub domain: DomainId,
    /// The project that it is good for.
    pub project: ProjectId,
    /// The user's role there today, not when the token was issued.
    pub role: Role,
    /// From when it is good.
    pub issued: OffsetDateTime,
    /// Until when it is good; comparing with the clock is left to the caller.
    pub expires: OffsetDateTime,
}

/// All that a new store needs before anybody can ask it anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstStart {
    /// The domain.
    pub domain: DomainRecord,
    /// A project of that domain.
    pub project: ProjectRecord,
    /// A user of that domain.
    pub user: NewUser,
    /// The user's role in the project.
    pub role: Role,
    /// The user's first token.
    pub token: NewToken,
}

/// Who there is.
///
/// Besides what is named, every function may give [`StoreError::Unavailable`],
/// [`StoreError::Corrupt`] or [`StoreError::Closed`], and those that write [`StoreError::Busy`].
#[async_trait]
pub trait Identities: Send + Sync {
    /// Whether [`Identities::set_up`] has been done.
    async fn is_set_up(&self) -> Result<bool, StoreError>;

    /// Makes domain, project, user, role and token, all or nothing; the audit event is dated
    /// when the token is issued.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if there is a domain already.
    async fn set_up(&self, first: FirstStart) -> Result<(), StoreError>;

    /// Makes a project. Its audit event is in the actor's project.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no such domain, [`StoreError::Conflict`] if there is a
    /// project of this id, or one of this name in the domain.
    async fn add_project(
        &self,
        actor: &Actor,
        project: ProjectRecord,
        now: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Makes a user of a domain with their roles, all or nothing. Its audit event is in the actor's
    /// project.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no such domain, or no project of a grant,
    /// [`StoreError::Conflict`] if there is a user of this id, or one of this name in the domain,
    /// or two grants are for one project.
    async fn add_user(
        &self,
        actor: &Actor,
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
    /// [`StoreError::Missing`] if the user has no role in the project, [`StoreError::Conflict`] if
    /// the token is kept already.
    async fn keep_token(&self, actor: &Actor, token: NewToken) -> Result<(), StoreError>;

    /// What a token stands for, expired or not.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if it was never kept or has been swept, or if its owner has no role
    /// in the project any more.
    async fn token(&self, hash: &TokenHash) -> Result<TokenRecord, StoreError>;

    /// Drops the tokens that expired before `now`, in small transactions, and returns how many.
    async fn sweep_tokens(&self, now: OffsetDateTime) -> Result<u64, StoreError>;
}
