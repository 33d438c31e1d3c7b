//! The records of domains, projects, users, tokens and access keys.
//!
//! Nothing in here is a secret in plain: passwords and tokens are hashes, access keys are sealed.

use std::fmt;

use scm_seal::SealedSecret;
use time::OffsetDateTime;

use crate::names::{AccessKeyId, DomainId, ProjectId, UserId};

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

/// What a user may do in a project. The server defines which actions each role allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything, other users included.
    Administrator,
    /// Everything that concerns certificates.
    FullAccess,
    /// Only what changes nothing and shows no private key.
    ReadOnly,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Administrator, Self::FullAccess, Self::ReadOnly];

    /// Its name in the store, in settings and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::FullAccess => "full_access",
            Self::ReadOnly => "read_only",
        }
    }

    /// The role of a name.
    pub fn called(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
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

/// A stored user.
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
    /// False for a disabled user: their tokens and access keys are not valid, and no token is stored for
    /// them. Refusing the password is left to the caller.
    pub enabled: bool,
    /// One role at most for each project, in the order of the project ids.
    pub grants: Vec<Grant>,
}

impl UserRecord {
    /// The role in a project, if there is one.
    pub fn role_in(&self, project: &ProjectId) -> Option<Role> {
        self.grants.iter().find(|grant| grant.project == *project).map(|grant| grant.role)
    }
}

/// The SHA-256 of a token. The token itself is never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// A token to be stored.
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

/// A stored token, with the present rights of its owner.
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

/// An access key to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccessKey {
    /// The id to give, of which there is one only.
    pub id: AccessKeyId,
    /// Whose it is.
    pub user: UserId,
    /// The project that it is good for.
    pub project: ProjectId,
    /// The secret, which the store can't open.
    pub sealed_secret: SealedSecret,
    /// When it was made.
    pub created: OffsetDateTime,
}

/// A stored access key, with the present rights of its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKeyRecord {
    /// The id.
    pub id: AccessKeyId,
    /// Whose it is.
    pub user: UserId,
    /// The domain of that user.
    pub domain: DomainId,
    /// The project that it is good for.
    pub project: ProjectId,
    /// The user's role there today.
    pub role: Role,
    /// The secret, which the store can't open.
    pub sealed_secret: SealedSecret,
    /// False if nothing that it signs counts.
    pub enabled: bool,
    /// When it was made.
    pub created: OffsetDateTime,
}

/// One of a user's access keys, as in a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKeyEntry {
    /// The id.
    pub id: AccessKeyId,
    /// The project that it is good for.
    pub project: ProjectId,
    /// False if nothing that it signs counts.
    pub enabled: bool,
    /// When it was made.
    pub created: OffsetDateTime,
}

/// Everything that a new store needs before it can be used.
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
    /// The user's first access key, if there is to be one.
    pub access_key: Option<NewAccessKey>,
}
