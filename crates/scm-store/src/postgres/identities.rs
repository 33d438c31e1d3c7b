//! Domains, projects, users, tokens and access keys in PostgreSQL.
//!
//! What is done here is seldom done, so every act sees nobody: it is as if all servers did them one
//! after the other.

mod access_keys;
mod people;
mod tokens;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{
    Postgres,
    act::{Running, Sees},
    audit,
    connection::Connection,
    failure::Failure,
};
use crate::{
    actor::Actor,
    audit::{AuditEvent, action},
    error::StoreError,
    identities::{
        AccessKeyEntry, AccessKeyRecord, DomainRecord, FirstStart, Grant, Identities, NewAccessKey,
        NewToken, NewUser, PasswordHash, ProjectRecord, TokenHash, TokenRecord, UserRecord,
    },
    names::{AccessKeyId, DomainId, ProjectId, UserId},
};

#[async_trait]
impl Identities for Postgres {
    async fn is_set_up(&self) -> Result<bool, StoreError> {
        self.act(Sees::One, (), |on, ()| Box::pin(people::is_set_up(on))).await
    }

    async fn set_up(&self, first: FirstStart) -> Result<(), StoreError> {
        let event = AuditEvent {
            user: Some(first.user.id.clone()),
            project: Some(first.project.id.clone()),
            ..AuditEvent::done_here(action::SET_UP, first.token.issued)
        };
        self.administer(event, first, |on, first, _| Box::pin(people::set_up(on, first))).await
    }

    async fn add_project(
        &self,
        by: Option<&Actor>,
        project: ProjectRecord,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let event = AuditEvent::by(by, action::PROJECT_CREATE, now).about(&project.id);
        let event = event.within(&project.id);
        self.administer(event, project, |on, project, _| Box::pin(people::add_project(on, project)))
            .await
    }

    async fn add_user(
        &self,
        by: Option<&Actor>,
        domain: DomainId,
        user: NewUser,
        grants: Vec<Grant>,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let event = AuditEvent::by(by, action::USER_CREATE, now).about(&user.id);
        self.administer(event, (domain, user, grants), |on, (domain, user, grants), _| {
            Box::pin(people::add_user(on, domain, user, grants))
        })
        .await
    }

    async fn domain_by_id(&self, id: &DomainId) -> Result<DomainRecord, StoreError> {
        let id = id.to_string();
        self.act(Sees::One, id, |on, id| Box::pin(people::domain(on, "id = $1", id))).await
    }

    async fn domain_by_name(&self, name: &str) -> Result<DomainRecord, StoreError> {
        let name = name.to_owned();
        self.act(Sees::One, name, |on, name| Box::pin(people::domain(on, "name = $1", name))).await
    }

    async fn project_by_id(&self, id: &ProjectId) -> Result<ProjectRecord, StoreError> {
        self.act(Sees::One, [id.to_string()], |on, id| Box::pin(people::project(on, "id = $1", id)))
            .await
    }

    async fn project_by_name(
        &self,
        domain: &DomainId,
        name: &str,
    ) -> Result<ProjectRecord, StoreError> {
        let given = [domain.to_string(), name.to_owned()];
        self.act(Sees::One, given, |on, given| {
            Box::pin(people::project(on, "domain = $1 AND name = $2", given))
        })
        .await
    }

    async fn user_by_id(&self, id: &UserId) -> Result<UserRecord, StoreError> {
        self.act(Sees::Snapshot, [id.to_string()], |on, id| {
            Box::pin(people::user(on, "id = $1", id))
        })
        .await
    }

    async fn user_by_name(&self, domain: &DomainId, name: &str) -> Result<UserRecord, StoreError> {
        let given = [domain.to_string(), name.to_owned()];
        self.act(Sees::Snapshot, given, |on, given| {
            Box::pin(people::user(on, "domain = $1 AND name = $2", given))
        })
        .await
    }

    async fn domains(&self) -> Result<Vec<DomainRecord>, StoreError> {
        self.act(Sees::One, (), |on, ()| Box::pin(people::domains(on))).await
    }

    async fn projects(&self, domain: &DomainId) -> Result<Vec<ProjectRecord>, StoreError> {
        self.act(Sees::One, [domain.to_string()], |on, domain| {
            Box::pin(people::projects(on, "domain = $1", domain))
        })
        .await
    }

    async fn projects_of(&self, user: &UserId) -> Result<Vec<ProjectRecord>, StoreError> {
        self.act(Sees::One, [user.to_string()], |on, user| {
            let granted = "id IN (SELECT project FROM role_grant WHERE account = $1)";
            Box::pin(people::projects(on, granted, user))
        })
        .await
    }

    async fn users(&self, domain: &DomainId) -> Result<Vec<UserRecord>, StoreError> {
        self.act(Sees::Snapshot, [domain.to_string()], |on, domain| {
            Box::pin(people::users(on, "domain = $1", domain))
        })
        .await
    }

    async fn set_password(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        password: PasswordHash,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let event = AuditEvent::by(by, action::USER_PASSWORD, now).about(user);
        self.administer(event, (user.clone(), password), |on, (user, password), _| {
            Box::pin(people::set_password(on, user, password))
        })
        .await
    }

    async fn set_enabled(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        enabled: bool,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let action = if enabled { action::USER_ENABLE } else { action::USER_DISABLE };
        let event = AuditEvent::by(by, action, now).about(user);
        self.administer(event, (user.clone(), enabled), |on, (user, enabled), _| {
            Box::pin(people::set_enabled(on, user, *enabled))
        })
        .await
    }

    async fn grant(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        grant: Grant,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let event = AuditEvent::by(by, action::ROLE_GRANT, now).about(user).within(&grant.project);
        self.administer(event, (user.clone(), grant), |on, (user, grant), _| {
            Box::pin(people::grant(on, user, grant))
        })
        .await
    }

    async fn revoke_grant(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        project: &ProjectId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let event = AuditEvent::by(by, action::ROLE_REVOKE, now).about(user).within(project);
        self.administer(event, (user.clone(), project.clone()), |on, (user, project), _| {
            Box::pin(people::revoke_grant(on, user, project))
        })
        .await
    }

    async fn remove_user(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let event = AuditEvent::by(by, action::USER_REMOVE, now).about(user);
        self.administer(event, user.clone(), |on, user, _| Box::pin(people::remove(on, user))).await
    }

    async fn keep_token(&self, actor: &Actor, token: NewToken) -> Result<(), StoreError> {
        let event = AuditEvent::by(Some(actor), action::TOKEN_ISSUE, token.issued);
        self.administer(event, token, |on, token, _| Box::pin(tokens::keep(on, token))).await
    }

    async fn token(&self, hash: &TokenHash) -> Result<TokenRecord, StoreError> {
        self.act(Sees::One, *hash, |on, hash| Box::pin(tokens::token(on, hash))).await
    }

    async fn revoke_token(
        &self,
        by: Option<&Actor>,
        hash: &TokenHash,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let event = AuditEvent::by(by, action::TOKEN_REVOKE, now);
        self.administer(event, *hash, |on, hash, event| {
            Box::pin(async move {
                let (user, project) = tokens::revoke(on, hash).await?;
                event.subject = Some(user.into());
                event.project = Some(project);
                Ok(())
            })
        })
        .await
    }

    async fn revoke_tokens_of(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        now: OffsetDateTime,
    ) -> Result<u64, StoreError> {
        let event = AuditEvent::by(by, action::TOKEN_REVOKE, now).about(user);
        self.administer(event, user.clone(), |on, user, _| Box::pin(tokens::revoke_of(on, user)))
            .await
    }

    async fn sweep_tokens(&self, now: OffsetDateTime) -> Result<u64, StoreError> {
        let mut swept = 0;
        loop {
            let sweep = self.act(Sees::One, now, |on, now| Box::pin(tokens::sweep_some(on, *now)));
            let some = sweep.await?;
            swept += some;
            if some < tokens::SWEEP_LIMIT {
                return Ok(swept);
            }
        }
    }

    async fn keep_access_key(
        &self,
        by: Option<&Actor>,
        key: NewAccessKey,
    ) -> Result<(), StoreError> {
        let event = AuditEvent::by(by, action::ACCESS_KEY_CREATE, key.created).about(&key.id);
        let event = event.within(&key.project);
        self.administer(event, key, |on, key, _| Box::pin(access_keys::keep(on, key))).await
    }

    async fn access_key(&self, id: &AccessKeyId) -> Result<AccessKeyRecord, StoreError> {
        self.act(Sees::One, id.clone(), |on, id| Box::pin(access_keys::access_key(on, id))).await
    }

    async fn access_keys_of(&self, user: &UserId) -> Result<Vec<AccessKeyEntry>, StoreError> {
        self.act(Sees::One, user.clone(), |on, user| Box::pin(access_keys::of_user(on, user))).await
    }

    async fn set_access_key_enabled(
        &self,
        by: Option<&Actor>,
        id: &AccessKeyId,
        enabled: bool,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let action = if enabled { action::ACCESS_KEY_ENABLE } else { action::ACCESS_KEY_DISABLE };
        let event = AuditEvent::by(by, action, now).about(id);
        self.administer(event, (id.clone(), enabled), |on, (id, enabled), event| {
            Box::pin(async move {
                event.project = Some(access_keys::set_enabled(on, id, *enabled).await?);
                Ok(())
            })
        })
        .await
    }

    async fn remove_access_key(
        &self,
        by: Option<&Actor>,
        id: &AccessKeyId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let event = AuditEvent::by(by, action::ACCESS_KEY_REMOVE, now).about(id);
        self.administer(event, id.clone(), |on, id, event| {
            Box::pin(async move {
                event.project = Some(access_keys::remove(on, id).await?);
                Ok(())
            })
        })
        .await
    }
}

/// What is done to people, and what it adds to its event.
type Deed<A, T> = for<'a> fn(&'a Connection, &'a A, &'a mut AuditEvent) -> Running<'a, T>;

impl Postgres {
    /// A deed and its event.
    async fn administer<A, T>(
        &self,
        event: AuditEvent,
        given: A,
        deed: Deed<A, T>,
    ) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        let given = (given, deed, self.events.next(), event);
        self.act(Sees::Nobody, given, |on, (given, deed, number, event)| {
            Box::pin(async move {
                let mut event = event.clone();
                let done = deed(on, given, &mut event).await?;
                audit::insert(on, *number, &event).await?;
                Ok::<_, Failure>(done)
            })
        })
        .await
    }
}
