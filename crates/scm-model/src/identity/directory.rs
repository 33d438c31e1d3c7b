//! What clients look up before their first request: their project, their domain, their token.

use crate::{SecretText, field::wire, limits};

wire! {
    /// Which token is asked about.
    pub struct SubjectToken {
        /// The token that is asked about.
        #[schema(value_type = String, example = "3f9a6c1e8b2d4f7099a1c3e5b7d9f1a2")]
        x_subject_token: SecretText [limits::AUTH_TOKEN],
    }
}

wire! {
    /// Which projects.
    pub struct ProjectFilter {
        /// Only the one of this name. The cloud names projects by region, and clients ask for the
        /// name of theirs: a name that is none of this server's stands for the caller's project.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "ap-southeast-1")]
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
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        id: String,
        /// Its name.
        #[schema(example = "default")]
        name: String,
        /// The domain that owns it.
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        domain_id: String,
        /// What it is about.
        #[schema(example = "")]
        description: String,
        /// Whether it may be used.
        #[schema(example = true)]
        enabled: bool,
        /// Whether it stands for a domain.
        #[schema(example = false)]
        is_domain: bool,
        /// The project or domain that it is part of.
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
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
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        id: String,
        /// Its name.
        #[schema(example = "default")]
        name: String,
        /// What it is about.
        #[schema(example = "")]
        description: String,
        /// Whether it may be used.
        #[schema(example = true)]
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
        #[schema(example = "/v3/projects")]
        this: String,
    }
}
