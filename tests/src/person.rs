//! The kinds of people, by what they may do.

use scm_server::NewSecret;
use scm_store::{
    Actor, DomainId, Grant, NewToken, NewUser, PasswordHash, ProjectId, ProjectRecord, Role, Store,
    UserId,
};
use time::Duration;

use crate::{Folder, NOW};

/// A kind of person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// Without a token.
    Anonymous,
    /// With a token that was good until a moment ago.
    Expired,
    /// May look at certificates.
    Reader,
    /// May do anything with certificates.
    FullAccess,
    /// May do anything.
    Administrator,
    /// May do anything with certificates, in another project.
    Stranger,
}

impl Person {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Anonymous,
        Self::Expired,
        Self::Reader,
        Self::FullAccess,
        Self::Administrator,
        Self::Stranger,
    ];

    /// The role, if there is one.
    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Anonymous | Self::Expired => None,
            Self::Reader => Some(Role::ReadOnly),
            Self::FullAccess | Self::Stranger => Some(Role::FullAccess),
            Self::Administrator => Some(Role::Administrator),
        }
    }

    /// The id of the user.
    pub fn user(self) -> UserId {
        UserId::new(format!("{self:?}").to_lowercase())
    }

    /// Makes this kind of person known to a store that was set up; gives the token to come with.
    pub(crate) async fn settle(self, store: &Store, folder: &Folder) -> Option<String> {
        let role = self.role().or((self == Self::Expired).then_some(Role::Administrator))?;
        let credentials = folder.credentials();
        let domain = DomainId::new(credentials.domain_id);
        let project = match self {
            Self::Stranger => ProjectId::new("another"),
            _ => ProjectId::new(credentials.project_id),
        };
        let actor = Actor {
            user: self.user(),
            project: project.clone(),
            address: [127, 0, 0, 1].into(),
            request_id: "test".to_owned(),
        };
        if self == Self::Stranger {
            let another = ProjectRecord {
                id: project.clone(),
                domain: domain.clone(),
                name: "another".to_owned(),
            };
            let added = store.add_project(Some(&actor), another, NOW).await;
            added.expect("it is the first of its name");
        }
        let user = NewUser {
            id: self.user(),
            name: self.user().to_string(),
            password: PasswordHash::new("no user has this password"),
        };
        let grants = vec![Grant { project: project.clone(), role }];
        let added = store.add_user(Some(&actor), domain, user, grants, NOW).await;
        added.expect("the first of its name");
        Some(self.token(store, &actor).await)
    }

    async fn token(self, store: &Store, actor: &Actor) -> String {
        let secret = NewSecret::token();
        let expires = match self {
            Self::Expired => NOW,
            _ => NOW + Duration::DAY,
        };
        let token = NewToken {
            hash: secret.token_hash(),
            user: actor.user.clone(),
            project: actor.project.clone(),
            issued: NOW - Duration::DAY,
            expires,
        };
        store.add_token(actor, token).await.expect("the user has a role in the project");
        secret.0.secret_str().to_owned()
    }
}
