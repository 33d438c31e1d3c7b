//! The audit trail: who did what to which certificate, when, from where, and how it ended.
//!
//! What an act does is written by the act itself, in its own transaction. Only what was refused
//! before it came to an act is recorded separately.

use std::{borrow::Cow, net::IpAddr};

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::{
    actor::Actor,
    error::StoreError,
    ids::CertificateId,
    names::{ProjectId, UserId},
};

/// The names of the actions that acts of this crate leave. Others may be recorded too.
pub mod action {
    /// A domain, a project and their first user were made.
    pub const SET_UP: &str = "setup";
    /// A project was made.
    pub const PROJECT_CREATE: &str = "project.create";
    /// A user was made.
    pub const USER_CREATE: &str = "user.create";
    /// A token was given out.
    pub const TOKEN_ISSUE: &str = "token.issue";
    /// A certificate was imported.
    pub const CERTIFICATE_IMPORT: &str = "certificate.import";
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
    /// Which certificate it was about.
    pub certificate: Option<CertificateId>,
    /// The address that the request came from; none for what the server does by itself.
    pub address: Option<IpAddr>,
    /// The request; none for what the server does by itself.
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
    /// Something that somebody did; no certificate yet.
    pub fn done(actor: &Actor, action: impl Into<Cow<'static, str>>, at: OffsetDateTime) -> Self {
        Self {
            at,
            action: action.into(),
            user: Some(actor.user.clone()),
            project: Some(actor.project.clone()),
            certificate: None,
            address: Some(actor.address),
            request_id: Some(actor.request_id.clone()),
            outcome: Outcome::Done,
        }
    }

    /// The same, but refused.
    #[must_use]
    pub fn refused(self, code: impl Into<String>) -> Self {
        Self { outcome: Outcome::Refused { code: code.into() }, ..self }
    }

    /// The same, about a certificate.
    #[must_use]
    pub fn about(self, certificate: CertificateId) -> Self {
        Self { certificate: Some(certificate), ..self }
    }
}

/// The audit trail.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Records what was refused, or what else no act records by itself.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Unavailable`] or [`StoreError::Closed`].
    async fn record(&self, event: AuditEvent) -> Result<(), StoreError>;

    /// The newest events of a project, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`] or [`StoreError::Closed`].
    async fn events(&self, project: &ProjectId, limit: u32) -> Result<Vec<AuditEvent>, StoreError>;
}
