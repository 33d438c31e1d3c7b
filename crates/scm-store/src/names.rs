//! The identifiers of users, projects and other records, each a type of its own.

use std::fmt;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// Names a domain, the owner of users and projects. By custom 32 hexadecimal digits.
    DomainId
}

text_id! {
    /// Names a project. No record ever moves to another project. By custom 32 hexadecimal digits.
    ProjectId
}

text_id! {
    /// Names a user. By custom 32 hexadecimal digits.
    UserId
}

text_id! {
    /// Names an access key: the public half, which clients call AK.
    AccessKeyId
}

text_id! {
    /// Names an enterprise project, a grouping within a project. `0` is the one that always exists.
    EnterpriseProject
}

impl Default for EnterpriseProject {
    fn default() -> Self {
        Self::new("0")
    }
}
