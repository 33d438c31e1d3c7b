//! Who may use a store: domains, projects, users with their roles, tokens and access keys.
//!
//! Nothing here proves who a caller is: passwords, signatures and lock-outs are the server's. The
//! store holds only what such a proof is compared with.

pub(crate) mod access_keys;
mod column;
mod operation;
pub(crate) mod projects;
mod record;
pub(crate) mod tokens;
pub(crate) mod users;

pub(crate) use self::operation::Operation;
pub use self::record::{
    AccessKeyEntry, AccessKeyRecord, DomainRecord, FirstStart, Grant, NewAccessKey, NewToken,
    NewUser, PasswordHash, ProjectRecord, Role, TokenHash, TokenRecord, UserRecord,
};
