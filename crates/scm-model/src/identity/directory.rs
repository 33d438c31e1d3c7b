//! Projects, domains and tokens, which clients look up before their first request.

use crate::{SecretText, field::wire, limits};

wire! {
    /// The header with the token that a request is about.
    pub struct SubjectToken {
        /// The token to show, check or revoke.
        #[schema(value_type = String, example = "3f9a6c1e8b2d4f7099a1c3e5b7d9f1a2")]
        x_subject_token: SecretText [limits::AUTH_TOKEN],
    }
}

wire! {
    /// The filter of a list of projects.
    pub struct ProjectFilter {
        /// Only the project with this name. The cloud names projects by region, and clients send the
        /// name of theirs: a name that no project has therefore stands for the caller's project.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "ap-southeast-1")]
        name: Option<String>,
    }
}

wire! {
    /// A list of projects.
    pub struct ProjectList {
        /// The projects in which the caller has a role.
        projects: Vec<Project>,
        /// The path of this list.
        links: Links,
    }
}

wire! {
    /// A project.
    pub struct Project {
        /// The id.
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        id: String,
        /// The name.
        #[schema(example = "default")]
        name: String,
        /// The id of the domain that owns the project.
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        domain_id: String,
        /// The description.
        #[schema(example = "")]
        description: String,
        /// Whether it is enabled.
        #[schema(example = true)]
        enabled: bool,
        /// Whether the project acts as a domain.
        #[schema(example = false)]
        is_domain: bool,
        /// The id of the parent project or domain.
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        parent_id: String,
        /// The path.
        links: Links,
    }
}

wire! {
    /// A list of domains.
    pub struct DomainList {
        /// The domain of the caller.
        domains: Vec<Domain>,
        /// The path of this list.
        links: Links,
    }
}

wire! {
    /// A domain.
    pub struct Domain {
        /// The id.
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        id: String,
        /// The name.
        #[schema(example = "default")]
        name: String,
        /// The description.
        #[schema(example = "")]
        description: String,
        /// Whether it is enabled.
        #[schema(example = true)]
        enabled: bool,
        /// The path.
        links: Links,
    }
}

wire! {
    /// The links of an object.
    pub struct Links {
        /// The path of the object.
        #[serde(rename = "self")]
        #[schema(example = "/v3/projects")]
        this: String,
    }
}
