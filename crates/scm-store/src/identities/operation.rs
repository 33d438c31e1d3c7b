//! What is done to domains, projects, users, tokens and access keys, as data.
//!
//! A new operation is a variant, with what it leaves in the audit trail and what it does, and a
//! method of [`Store`](crate::Store). Backends need nothing: they run any operation as one
//! transaction.

use time::OffsetDateTime;

use super::{access_keys, projects, tokens, users};
use crate::{
    actor::Actor,
    audit::{self, AuditEvent, action},
    error::StoreError,
    identities::{
        FirstStart, Grant, NewAccessKey, NewToken, NewUser, PasswordHash, ProjectRecord, TokenHash,
    },
    names::{AccessKeyId, DomainId, ProjectId, UserId},
    session::Session,
};

/// A change of identities. It is committed together with its audit event.
#[derive(Debug)]
pub(crate) enum Operation {
    SetUp(Box<FirstStart>),
    AddProject(ProjectRecord),
    AddUser { domain: DomainId, user: NewUser, grants: Vec<Grant> },
    SetPassword { user: UserId, password: PasswordHash },
    SetUserEnabled { user: UserId, enabled: bool },
    RemoveUser(UserId),
    Grant { user: UserId, grant: Grant },
    RevokeGrant { user: UserId, project: ProjectId },
    AddToken(NewToken),
    RevokeToken(TokenHash),
    RevokeTokensOf(UserId),
    AddAccessKey(NewAccessKey),
    SetAccessKeyEnabled { id: AccessKeyId, enabled: bool },
    RemoveAccessKey(AccessKeyId),
}

impl Operation {
    /// The event that the operation leaves. What only the rows know is added when it is performed.
    pub(crate) fn event(&self, by: Option<&Actor>, now: OffsetDateTime) -> AuditEvent {
        let event = |action| AuditEvent::by(by, action, now);
        match self {
            Self::SetUp(first) => AuditEvent {
                user: Some(first.user.id.clone()),
                project: Some(first.project.id.clone()),
                ..event(action::SET_UP)
            },
            Self::AddProject(project) => {
                event(action::PROJECT_CREATE).about(&project.id).within(&project.id)
            }
            Self::AddUser { user, .. } => event(action::USER_CREATE).about(&user.id),
            Self::SetPassword { user, .. } => event(action::USER_PASSWORD).about(user),
            Self::SetUserEnabled { user, enabled: true } => event(action::USER_ENABLE).about(user),
            Self::SetUserEnabled { user, .. } => event(action::USER_DISABLE).about(user),
            Self::RemoveUser(user) => event(action::USER_REMOVE).about(user),
            Self::Grant { user, grant } => {
                event(action::ROLE_GRANT).about(user).within(&grant.project)
            }
            Self::RevokeGrant { user, project } => {
                event(action::ROLE_REVOKE).about(user).within(project)
            }
            Self::AddToken(_) => event(action::TOKEN_ISSUE),
            Self::RevokeToken(_) => event(action::TOKEN_REVOKE),
            Self::RevokeTokensOf(user) => event(action::TOKEN_REVOKE).about(user),
            Self::AddAccessKey(key) => {
                event(action::ACCESS_KEY_CREATE).about(&key.id).within(&key.project)
            }
            Self::SetAccessKeyEnabled { id, enabled: true } => {
                event(action::ACCESS_KEY_ENABLE).about(id)
            }
            Self::SetAccessKeyEnabled { id, .. } => event(action::ACCESS_KEY_DISABLE).about(id),
            Self::RemoveAccessKey(id) => event(action::ACCESS_KEY_REMOVE).about(id),
        }
    }

    /// Performs the operation and adds its event, in the transaction that is open on `on`. Returns
    /// how many things it was done to.
    pub(crate) async fn perform<S: Session>(
        &self,
        on: &S,
        number: Option<i64>,
        event: &AuditEvent,
    ) -> Result<u64, S::Failure> {
        let mut event = event.clone();
        let count = self.change(on, &mut event).await?;
        audit::trail::insert(on, number, &event).await?;
        Ok(count)
    }

    async fn change<S: Session>(&self, on: &S, event: &mut AuditEvent) -> Result<u64, S::Failure> {
        match self {
            Self::SetUp(first) => set_up(on, first).await?,
            Self::AddProject(project) => {
                projects::domain(on, "id = ?1", (&project.domain).into()).await?;
                projects::insert_project(on, project).await?;
            }
            Self::AddUser { domain, user, grants } => add_user(on, domain, user, grants).await?,
            Self::SetPassword { user, password } => {
                users::set_password(on, user, password).await?;
            }
            Self::SetUserEnabled { user, enabled } => {
                users::set_enabled(on, user, *enabled).await?;
            }
            Self::RemoveUser(user) => users::remove(on, user).await?,
            Self::Grant { user, grant } => {
                users::require(on, user).await?;
                projects::project(on, "id = ?1", &[(&grant.project).into()]).await?;
                users::replace_grant(on, user, grant).await?;
            }
            Self::RevokeGrant { user, project } => {
                users::revoke_grant(on, user, project).await?;
            }
            Self::AddToken(token) => {
                users::require_role(on, &token.user, &token.project).await?;
                tokens::insert(on, token).await?;
            }
            Self::RevokeToken(hash) => {
                let (user, project) = tokens::revoke(on, hash).await?;
                event.subject = Some(user.into());
                event.project = Some(project);
            }
            Self::RevokeTokensOf(user) => {
                users::require(on, user).await?;
                return tokens::revoke_all_of(on, user).await;
            }
            Self::AddAccessKey(key) => {
                users::require_role(on, &key.user, &key.project).await?;
                access_keys::insert(on, key).await?;
            }
            Self::SetAccessKeyEnabled { id, enabled } => {
                event.project = Some(access_keys::set_enabled(on, id, *enabled).await?);
            }
            Self::RemoveAccessKey(id) => event.project = Some(access_keys::remove(on, id).await?),
        }
        Ok(1)
    }
}

async fn set_up<S: Session>(on: &S, first: &FirstStart) -> Result<(), S::Failure> {
    if projects::is_any_domain(on).await? {
        return Err(StoreError::Conflict { what: "domain" }.into());
    }
    let FirstStart { domain, project, user, role, token, access_key } = first;
    projects::insert_domain(on, domain).await?;
    projects::insert_project(on, project).await?;
    users::insert(on, &domain.id, user).await?;
    let grant = Grant { project: project.id.clone(), role: *role };
    users::insert_grant(on, &user.id, &grant).await?;
    tokens::insert(on, token).await?;
    match access_key {
        Some(key) => access_keys::insert(on, key).await,
        None => Ok(()),
    }
}

async fn add_user<S: Session>(
    on: &S,
    domain: &DomainId,
    user: &NewUser,
    grants: &[Grant],
) -> Result<(), S::Failure> {
    projects::domain(on, "id = ?1", domain.into()).await?;
    for grant in grants {
        projects::project(on, "id = ?1", &[(&grant.project).into()]).await?;
    }
    users::insert(on, domain, user).await?;
    for grant in grants {
        users::insert_grant(on, &user.id, grant).await?;
    }
    Ok(())
}
