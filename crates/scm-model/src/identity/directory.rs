//! What clients look up before their first request: their project, their domain, their token.

use crate::{SecretText, field::wire};

wire! {
    /// Which token is asked about.
    pub struct SubjectToken {
        /// The token that is asked about.
        #[schema(value_type = String)]
        subject_token: SecretText,
    }
}

wire! {
    /// Which projects.
    pub struct ProjectFilter {
        /// Only the one of this name. The cloud names projects by region, and clients ask for the
        /// name of theirs: a name that is none of this server's stands for the caller's project.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    }
}

wire! {
    /// Projects.
    pub struct ProjectList {
        /// The projects that the caller has a role in.
        projects: Vec<Project>,
        /// Where this list is.
        links: Links,
    }
}

wire! {
    /// A project.
    pub struct Project {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
        /// The domain that owns it.
        domain_id: String,
        /// What it is about.
        description: String,
        /// Whether it may be used.
        enabled: bool,
        /// Whether it stands for a domain.
        is_domain: bool,
        /// The project or domain that it is part of.
        parent_id: String,
        /// Where it is.
        links: Links,
    }
}

wire! {
    /// Domains.
    pub struct DomainList {
        /// The domain that the caller belongs to.
        domains: Vec<Domain>,
        /// Where this list is.
        links: Links,
    }
}

wire! {
    /// A domain.
    pub struct Domain {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
        /// What it is about.
        description: String,
        /// Whether it may be used.
        enabled: bool,
        /// Where it is.
        links: Links,
    }
}

wire! {
    /// Where something is.
    pub struct Links {
        /// Its path.
        #[serde(rename = "self")]
        this: String,
    }
}
