//! Events as they are shown.

use scm_store::{AuditEvent, Outcome, Subject};
use serde::Serialize;

use super::{super::moment, Names};

/// An event, for programs. What is not known is left out.
#[derive(Serialize)]
pub struct AuditEntry {
    at: String,
    action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_id: Option<String>,
    /// The id of the user, project, access key or master key that it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// Where the request came from; none for what was done on the machine itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// The code of the answer, if it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    #[serde(skip)]
    about: String,
}

#[derive(Serialize)]
pub struct AuditList {
    pub events: Vec<AuditEntry>,
}

impl AuditEntry {
    /// A stored event, with the names of its user and project.
    pub fn new(event: &AuditEvent, users: &Names, projects: &Names) -> Self {
        let user = event.user.as_ref().map(|user| user.as_str());
        let project = event.project.as_ref().map(|project| project.as_str());
        let (certificate_id, subject) = match &event.subject {
            Some(Subject::Certificate(id)) => (Some(id.to_string()), None),
            other => (None, other.as_ref().map(Subject::to_string)),
        };
        let called = subject.as_deref().map(|id| projects.of(users.of(id)).to_owned());
        Self {
            at: moment::to_the_millisecond(event.at),
            action: event.action.to_string(),
            user_id: user.map(str::to_owned),
            user_name: user.map(|id| users.of(id).to_owned()),
            project_id: project.map(str::to_owned),
            project_name: project.map(|id| projects.of(id).to_owned()),
            about: certificate_id.clone().or(called).unwrap_or_default(),
            certificate_id,
            subject,
            address: event.address.map(|address| address.to_string()),
            request_id: event.request_id.clone(),
            refused: match &event.outcome {
                Outcome::Done => None,
                Outcome::Refused { code } => Some(code.clone()),
            },
        }
    }

    /// What stands in the columns of a table.
    pub fn row(&self) -> [String; 7] {
        let otherwise = match self.address {
            Some(_) => "unauthenticated client",
            None => "the administrator",
        };
        let known = |text: &Option<String>, otherwise: &str| {
            text.clone().unwrap_or_else(|| otherwise.to_owned())
        };
        [
            moment::for_people(&self.at),
            known(&self.user_name, otherwise),
            known(&self.project_name, ""),
            self.action.clone(),
            self.about.clone(),
            known(&self.address, "this machine"),
            self.refused.as_ref().map_or("done".to_owned(), |code| format!("refused: {code}")),
        ]
    }
}
