//! Errors of the API, and the only mapping from the errors of every layer to conditions.
//!
//! An error has details for the client, and perhaps an internal cause, which is logged once and not
//! sent.

use std::error::Error;

use http::{
    HeaderValue, Response,
    header::{ALLOW, CONTENT_TYPE, RETRY_AFTER},
};
use http_body_util::Full;
use scm_model::{Condition, ErrorShape, Rule, Violation, Violations, identity::IdentityErrorBody};
use scm_pki::{FindingClass, Findings};
use scm_store::{Resource, StoreError};

use crate::{causes::chain, keystone::TokenError, response::HttpResponse};

/// Why a request is refused: one or more complaints, each with its condition.
#[derive(Debug)]
pub struct ApiError {
    complaints: Vec<Complaint>,
    allow: Option<HeaderValue>,
    inside: Option<Box<dyn Error + Send + Sync>>,
}

#[derive(Debug)]
struct Complaint {
    condition: Condition,
    detail: Option<String>,
}

impl ApiError {
    /// A refusal with the text of the condition only.
    pub fn refused(condition: Condition) -> Self {
        Self::because(condition, None)
    }

    /// A refusal with a sentence of detail.
    pub fn refused_because(condition: Condition, detail: impl Into<String>) -> Self {
        Self::because(condition, Some(detail.into()))
    }

    /// The path does not support the method, only these.
    pub fn wrong_method(allowed: &str) -> Self {
        let detail = format!("Allowed here: {allowed}.");
        let allow = HeaderValue::from_str(allowed).ok();
        Self { allow, ..Self::refused_because(Condition::WrongMethod, detail) }
    }

    /// A failure of the server. The cause is logged, not sent.
    pub fn internal(inside: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { inside: Some(inside.into()), ..Self::refused(Condition::Internal) }
    }

    /// Adds the complaints of another error.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.complaints.extend(other.complaints);
        self
    }

    /// The condition of the response: that of the highest precedence.
    pub fn condition(&self) -> Condition {
        self.complaints.iter().map(|c| c.condition).min().unwrap_or(Condition::Internal)
    }

    /// The response. The internal cause is logged here, and nowhere else.
    pub fn into_response(mut self, shape: ErrorShape) -> HttpResponse {
        let condition = self.condition();
        if let Some(inside) = &self.inside {
            tracing::error!(error = %chain(inside.as_ref()), "a request fails");
        }
        self.complaints.sort_by_key(|complaint| complaint.condition);
        let details: Vec<_> = self.complaints.into_iter().filter_map(|c| c.detail).collect();
        let body = match shape {
            ErrorShape::Scm => serde_json::to_vec(&condition.body(&details)),
            ErrorShape::Identity => {
                serde_json::to_vec(&IdentityErrorBody::new(condition, &details))
            }
        };
        let mut response = Response::new(Full::from(body.expect("error bodies are plain JSON")));
        *response.status_mut() = condition.status();
        response.extensions_mut().insert(condition);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(allow) = self.allow {
            headers.insert(ALLOW, allow);
        }
        if condition.is_transient() {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }

    /// Something does not exist. Users, roles and projects are those of the caller here: a request
    /// that finds one gone comes from a caller who is no longer known.
    fn missing(what: Resource) -> Self {
        match what {
            Resource::Certificate => Self::refused(Condition::UnknownCertificate),
            Resource::Token => Self::refused(Condition::UnknownToken),
            Resource::Domain
            | Resource::Project
            | Resource::User
            | Resource::Role
            | Resource::AccessKey => Self::refused(Condition::TokenInvalid),
            Resource::Store => Self::internal(StoreError::Missing { what }),
        }
    }

    fn because(condition: Condition, detail: Option<String>) -> Self {
        Self { complaints: vec![Complaint { condition, detail }], allow: None, inside: None }
    }
}

impl From<Violations> for ApiError {
    fn from(violations: Violations) -> Self {
        let complaints = violations.iter().map(|violation| Complaint {
            condition: condition_of_violation(violation),
            detail: Some(format!("{violation}.")),
        });
        Self { complaints: complaints.collect(), allow: None, inside: None }
    }
}

impl From<Findings> for ApiError {
    fn from(findings: Findings) -> Self {
        let complaints = findings.iter().map(|finding| Complaint {
            condition: condition_of_finding(finding.class()),
            detail: Some(format!("{finding}.")),
        });
        Self { complaints: complaints.collect(), allow: None, inside: None }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing { what } => Self::missing(what),
            StoreError::Duplicate { existing } => {
                let detail = format!("Its id in this project is {existing}.");
                Self::refused_because(Condition::AlreadyStored, detail)
            }
            StoreError::ReusedKey { existing } => {
                let detail = format!("The id of that certificate is {existing}.");
                Self::refused_because(Condition::IdempotencyKeyReused, detail)
            }
            StoreError::OtherOrder => {
                let words = "from a list in the same order as this one";
                Violations::from(Violation::new("marker", Rule::Pattern(words))).into()
            }
            StoreError::Busy => Self::refused(Condition::TooMany),
            StoreError::Unavailable { .. } | StoreError::Closed => {
                Self { inside: Some(error.into()), ..Self::refused(Condition::StoreUnavailable) }
            }
            StoreError::Unsettled { .. } => {
                Self { inside: Some(error.into()), ..Self::refused(Condition::OutcomeUnknown) }
            }
            StoreError::Conflict { .. }
            | StoreError::Corrupt { .. }
            | StoreError::NewerSchema { .. }
            | StoreError::ForeignKeyring { .. }
            | StoreError::WrongMasterKey { .. }
            | StoreError::HalfCopied { .. }
            | StoreError::Outdated { .. }
            | StoreError::NotOurs { .. } => Self::internal(error),
        }
    }
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Invalid => Self::refused(Condition::TokenInvalid),
            TokenError::Unscoped => {
                let detail = "It is for no project: log in with auth.scope.project.";
                Self::refused_because(Condition::TokenInvalid, detail)
            }
            TokenError::Busy => Self::refused(Condition::TooMany),
            TokenError::Unavailable(error) => {
                Self { inside: Some(error.into()), ..Self::refused(Condition::IdentityUnavailable) }
            }
            TokenError::Aborted => Self::internal(error),
        }
    }
}

fn condition_of_violation(violation: &Violation) -> Condition {
    match (violation.field.as_str(), &violation.rule) {
        ("name", Rule::Length { .. } | Rule::Pattern(_)) => Condition::NameInvalid,
        _ => Condition::BodyMalformed,
    }
}

fn condition_of_finding(class: FindingClass) -> Condition {
    match class {
        FindingClass::CertificateEmpty => Condition::CertificateMissing,
        FindingClass::CertificateMarks => Condition::CertificateMarks,
        FindingClass::CertificateUnreadable => Condition::CertificateUnreadable,
        FindingClass::ChainUnreadable => Condition::ChainUnreadable,
        FindingClass::ChainOrder => Condition::ChainBroken,
        FindingClass::ChainRequired => Condition::ChainRequired,
        FindingClass::KeyEmpty => Condition::KeyMissing,
        FindingClass::KeyMarks => Condition::KeyMarks,
        FindingClass::KeyUnusable => Condition::KeyUnreadable,
        FindingClass::KeyMismatch => Condition::KeyMismatch,
        FindingClass::NoName => Condition::NoDomain,
        FindingClass::MalformedName => Condition::DomainMalformed,
        FindingClass::Expired => Condition::Expired,
        FindingClass::Weak | FindingClass::NotAccepted => Condition::Weak,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_condition_gives_the_code_and_all_details_are_in_order() {
        let error = ApiError::refused_because(Condition::Weak, "Second.")
            .and(ApiError::refused_because(Condition::KeyMissing, "First."));
        assert_eq!(error.condition(), Condition::KeyMissing);
        let response = error.into_response(ErrorShape::Scm);
        assert_eq!(response.status(), 400);
        let body = format!("{:?}", response.body());
        let text = "The certificate private key is empty. First. Second.";
        assert!(body.contains(text), "{body}");
    }

    #[test]
    fn only_a_certificate_that_is_missing_is_a_missing_certificate() {
        let all = [
            (Resource::Certificate, Condition::UnknownCertificate),
            (Resource::Token, Condition::UnknownToken),
            (Resource::Project, Condition::TokenInvalid),
            (Resource::User, Condition::TokenInvalid),
            (Resource::Store, Condition::Internal),
        ];
        for (what, condition) in all {
            assert_eq!(ApiError::from(StoreError::Missing { what }).condition(), condition);
        }
    }

    #[test]
    fn the_internal_cause_is_not_sent() {
        let error = ApiError::internal("the disk is on fire");
        let response = error.into_response(ErrorShape::Scm);
        assert_eq!(response.status(), 500);
        assert!(!format!("{:?}", response.body()).contains("fire"));
    }
}
