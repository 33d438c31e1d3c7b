//! What a request, a refusal or an audit event is about, and the kinds of things that a store holds.

use std::fmt;

use scm_seal::KeyId;

use crate::{
    ids::CertificateId,
    names::{AccessKeyId, ProjectId, UserId},
};

/// A kind of thing that a store holds, or the store itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    /// The file or the database as a whole.
    Store,
    /// A domain.
    Domain,
    /// A project.
    Project,
    /// A user.
    User,
    /// A user's role in a project. It counts as absent while the user is disabled.
    Role,
    /// A token.
    Token,
    /// An access key.
    AccessKey,
    /// A certificate.
    Certificate,
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Store => "store",
            Self::Domain => "domain",
            Self::Project => "project",
            Self::User => "user",
            Self::Role => "role",
            Self::Token => "token",
            Self::AccessKey => "access key",
            Self::Certificate => "certificate",
        })
    }
}

/// The one thing that a request, a refusal or an audit event is about. `Display` writes its id.
///
/// A token is known by the hash of a secret, which belongs in no record: an event about tokens is
/// about their user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A certificate.
    Certificate(CertificateId),
    /// A project.
    Project(ProjectId),
    /// A user, with their roles and tokens.
    User(UserId),
    /// An access key.
    AccessKey(AccessKeyId),
    /// A master key of the keyring.
    MasterKey(KeyId),
    /// Something that this release has no type for, as a later release recorded it.
    Other(String),
}

impl Subject {
    /// The certificate, if it is one.
    pub fn certificate(&self) -> Option<CertificateId> {
        match self {
            Self::Certificate(id) => Some(*id),
            _ => None,
        }
    }

    /// The text in the column `subject`. A certificate has none: it has a column of its own.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Certificate(_) => None,
            other => Some(other.to_string()),
        }
    }

    /// The subject of a stored event. What the text names follows from the action.
    pub(crate) fn read(
        action: &str,
        certificate: Option<CertificateId>,
        text: Option<String>,
    ) -> Option<Self> {
        if let Some(id) = certificate {
            return Some(Self::Certificate(id));
        }
        let text = text?;
        Some(match action.split('.').next() {
            Some("project") => Self::Project(ProjectId::new(text)),
            Some("user" | "role" | "token" | "password") => Self::User(UserId::new(text)),
            Some("access_key") => Self::AccessKey(AccessKeyId::new(text)),
            Some("keyring") => text.parse().map_or(Self::Other(text), Self::MasterKey),
            _ => Self::Other(text),
        })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(id) => id.fmt(f),
            Self::Project(id) => id.fmt(f),
            Self::User(id) => id.fmt(f),
            Self::AccessKey(id) => id.fmt(f),
            Self::MasterKey(id) => id.fmt(f),
            Self::Other(id) => id.fmt(f),
        }
    }
}

macro_rules! subject_from {
    ($($variant:ident($id:ty)),+) => {$(
        impl From<$id> for Subject {
            fn from(id: $id) -> Self {
                Self::$variant(id)
            }
        }

        impl From<&$id> for Subject {
            fn from(id: &$id) -> Self {
                Self::$variant(id.clone())
            }
        }
    )+};
}

subject_from!(
    Certificate(CertificateId),
    Project(ProjectId),
    User(UserId),
    AccessKey(AccessKeyId),
    MasterKey(KeyId)
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::action;

    #[test]
    fn a_stored_subject_is_read_as_what_it_was() {
        let key: KeyId = "0123456789abcdef0123456789abcdef".parse().expect("32 digits");
        let id = CertificateId::from_number(1_600_313_391_074).expect("13 digits");
        let events = [
            (action::CERTIFICATE_EXPORT, Subject::from(id)),
            (action::PROJECT_CREATE, ProjectId::new("p").into()),
            (action::USER_CREATE, UserId::new("u").into()),
            (action::ROLE_GRANT, UserId::new("u").into()),
            (action::TOKEN_REVOKE, UserId::new("u").into()),
            (action::PASSWORD_LOCK, UserId::new("u").into()),
            (action::ACCESS_KEY_LOCK, AccessKeyId::new("a").into()),
            (action::KEYRING_ROTATE, key.into()),
            ("order.create", Subject::Other("o".to_owned())),
        ];
        for (action, subject) in events {
            let read = Subject::read(action, subject.certificate(), subject.text());
            assert_eq!(read, Some(subject), "{action}");
        }
        assert_eq!(Subject::read(action::SET_UP, None, None), None);
    }
}
