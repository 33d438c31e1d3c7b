//! The audit trail: who did what to which certificate, when, from where, and how it ended.
//!
//! An operation writes its event in its own transaction. Only a request that was refused before its
//! operation began is recorded separately.

pub(crate) mod trail;

use std::{borrow::Cow, net::IpAddr};

use time::OffsetDateTime;

use crate::{
    actor::Actor,
    ids::CertificateId,
    names::{ProjectId, UserId},
    subject::Subject,
};

/// The names of the actions that operations of this crate record. Others may be recorded too.
pub mod action {
    /// A domain, a project and their first user were made.
    pub const SET_UP: &str = "setup";
    /// A project was made.
    pub const PROJECT_CREATE: &str = "project.create";
    /// A user was made.
    pub const USER_CREATE: &str = "user.create";
    /// A user was given another password.
    pub const USER_PASSWORD: &str = "user.password";
    /// A user was let in again.
    pub const USER_ENABLE: &str = "user.enable";
    /// A user was shut out.
    pub const USER_DISABLE: &str = "user.disable";
    /// A user was removed, with tokens and access keys.
    pub const USER_REMOVE: &str = "user.remove";
    /// A user was given a role in a project.
    pub const ROLE_GRANT: &str = "role.grant";
    /// A user's role in a project was taken away.
    pub const ROLE_REVOKE: &str = "role.revoke";
    /// A token was given out.
    pub const TOKEN_ISSUE: &str = "token.issue";
    /// A token, or all tokens of a user, were made worthless.
    pub const TOKEN_REVOKE: &str = "token.revoke";
    /// Too many wrong passwords for a user came from an address, which is not heard for a while.
    pub const PASSWORD_LOCK: &str = "password.lock";
    /// The same with signatures for an access key.
    pub const ACCESS_KEY_LOCK: &str = "access_key.lock";
    /// An access key was made.
    pub const ACCESS_KEY_CREATE: &str = "access_key.create";
    /// An access key was made good again.
    pub const ACCESS_KEY_ENABLE: &str = "access_key.enable";
    /// An access key was made worthless for now.
    pub const ACCESS_KEY_DISABLE: &str = "access_key.disable";
    /// An access key was removed.
    pub const ACCESS_KEY_REMOVE: &str = "access_key.remove";
    /// A master key was added to the keyring, for opening only.
    pub const KEYRING_PREPARE: &str = "keyring.prepare";
    /// Another master key seals from now on.
    pub const KEYRING_ROTATE: &str = "keyring.rotate";
    /// What was sealed under older master keys was sealed anew.
    pub const KEYRING_RESEAL: &str = "keyring.reseal";
    /// A master key that nothing needs any more was forgotten.
    pub const KEYRING_FORGET: &str = "keyring.forget";
    /// A certificate was imported.
    pub const CERTIFICATE_IMPORT: &str = "certificate.import";
    /// A certificate was given back with its private key.
    pub const CERTIFICATE_EXPORT: &str = "certificate.export";
    /// A certificate was deleted.
    pub const CERTIFICATE_DELETE: &str = "certificate.delete";
    /// A certificate was renewed in place.
    pub const CERTIFICATE_REPLACE: &str = "certificate.replace";
    /// A certificate's name or description was changed.
    pub const CERTIFICATE_UPDATE: &str = "certificate.update";
}

/// One line of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// When, to the millisecond.
    pub at: OffsetDateTime,
    /// What was done or tried; see [`action`].
    pub action: Cow<'static, str>,
    /// Who, if proved.
    pub user: Option<UserId>,
    /// Where, if known.
    pub project: Option<ProjectId>,
    /// What it was about.
    pub subject: Option<Subject>,
    /// The address that the request came from; none for what is done on the machine itself.
    pub address: Option<IpAddr>,
    /// The request; none for what is done on the machine itself.
    pub request_id: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
}

/// How something ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was not done.
    Refused {
        /// Why, as a code, such as the error code of the answer.
        code: String,
    },
}

impl AuditEvent {
    /// An action of a user; without a subject yet.
    pub fn done(actor: &Actor, action: impl Into<Cow<'static, str>>, at: OffsetDateTime) -> Self {
        Self {
            user: Some(actor.user.clone()),
            project: Some(actor.project.clone()),
            address: Some(actor.address),
            request_id: Some(actor.request_id.clone()),
            ..Self::done_here(action, at)
        }
    }

    /// An action of a user, or one on the machine itself.
    pub(crate) fn by(by: Option<&Actor>, action: &'static str, at: OffsetDateTime) -> Self {
        by.map_or_else(|| Self::done_here(action, at), |actor| Self::done(actor, action, at))
    }

    /// An action on the machine itself; without a user or a subject yet.
    pub fn done_here(action: impl Into<Cow<'static, str>>, at: OffsetDateTime) -> Self {
        Self {
            at,
            action: action.into(),
            user: None,
            project: None,
            subject: None,
            address: None,
            request_id: None,
            outcome: Outcome::Done,
        }
    }

    /// Marks the event as refused.
    #[must_use]
    pub fn refused(self, code: impl Into<String>) -> Self {
        Self { outcome: Outcome::Refused { code: code.into() }, ..self }
    }

    /// Sets what the event is about.
    #[must_use]
    pub fn about(self, subject: impl Into<Subject>) -> Self {
        Self { subject: Some(subject.into()), ..self }
    }

    /// Sets the project, where it is not the actor's.
    #[must_use]
    pub fn within(self, project: &ProjectId) -> Self {
        Self { project: Some(project.clone()), ..self }
    }
}

/// Which events to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only those of this project; else those of all, and of none.
    pub project: Option<ProjectId>,
    /// Only what this user did or tried.
    pub user: Option<UserId>,
    /// Only what was about this certificate.
    pub certificate: Option<CertificateId>,
    /// Only those from this moment on.
    pub since: Option<OffsetDateTime>,
    /// How many at most: the newest.
    pub limit: u32,
}

impl AuditQuery {
    /// The newest of all.
    pub fn newest(limit: u32) -> Self {
        Self { project: None, user: None, certificate: None, since: None, limit }
    }

    /// The newest of a project.
    pub fn of(project: &ProjectId, limit: u32) -> Self {
        Self { project: Some(project.clone()), ..Self::newest(limit) }
    }
}
