//! Domains, projects, users, tokens and access keys in SQLite.

mod access_keys;
mod people;
mod tokens;

use async_trait::async_trait;
use rusqlite::Connection;
use time::OffsetDateTime;

use super::{Sqlite, audit, failure::Failure, upkeep::SWEEP_LIMIT};
use crate::{
    actor::Actor,
    audit::{AuditEvent, action},
    error::StoreError,
    identities::{
        AccessKeyEntry, AccessKeyRecord, DomainRecord, FirstStart, Grant, Identities, NewAccessKey,
        NewToken, NewUser, PasswordHash, ProjectRecord, TokenHash, TokenRecord, UserRecord,
    },
    names::{AccessKeyId, DomainId, ProjectId, UserId},
    subject::Resource,
};

#[async_trait]
impl Identities for Sqlite {
    async fn is_set_up(&self) -> Result<bool, StoreError> {
        self.read(people::is_set_up).await
    }

    async fn set_up(&self, first: FirstStart) -> Result<(), StoreError> {
        let event = AuditEvent {
            user: Some(first.user.id.clone()),
            project: Some(first.project.id.clone()),
            ..AuditEvent::done_here(action::SET_UP, first.token.issued)
        };
        self.administer(event, move |connection, _| people::set_up(connection, &first)).await
    }

    async fn add_project(
        &self,
        by: Option<&Actor>,
        project: ProjectRecord,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let event =
            AuditEvent::by(by, action::PROJECT_CREATE, now).about(&project.id).within(&project.id);
        self.administer(event, move |connection, _| people::add_project(connection, &project)).await
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
        let act =
            move |connection: &_, _: &mut _| people::add_user(connection, &domain, &user, &grants);
        self.administer(event, act).await
    }

    async fn domain_by_id(&self, id: &DomainId) -> Result<DomainRecord, StoreError> {
        let id = id.clone();
        self.read(move |connection| people::domain(connection, "id = ?1", &[&id])).await
    }

    async fn domain_by_name(&self, name: &str) -> Result<DomainRecord, StoreError> {
        let name = name.to_owned();
        self.read(move |connection| people::domain(connection, "name = ?1", &[&name])).await
    }

    async fn project_by_id(&self, id: &ProjectId) -> Result<ProjectRecord, StoreError> {
        let id = id.clone();
        self.read(move |connection| people::project(connection, "id = ?1", &[&id])).await
    }

    async fn project_by_name(
        &self,
        domain: &DomainId,
        name: &str,
    ) -> Result<ProjectRecord, StoreError> {
        let (domain, name) = (domain.clone(), name.to_owned());
        self.read(move |connection| {
            people::project(connection, "domain = ?1 AND name = ?2", &[&domain, &name])
        })
        .await
    }

    async fn user_by_id(&self, id: &UserId) -> Result<UserRecord, StoreError> {
        let id = id.clone();
        self.read(move |connection| people::user(connection, "id = ?1", &[&id])).await
    }

    async fn user_by_name(&self, domain: &DomainId, name: &str) -> Result<UserRecord, StoreError> {
        let (domain, name) = (domain.clone(), name.to_owned());
        self.read(move |connection| {
            people::user(connection, "domain = ?1 AND name = ?2", &[&domain, &name])
        })
        .await
    }

    async fn domains(&self) -> Result<Vec<DomainRecord>, StoreError> {
        self.read(|connection| people::domains(connection, "true", &[])).await
    }

    async fn projects(&self, domain: &DomainId) -> Result<Vec<ProjectRecord>, StoreError> {
        let domain = domain.clone();
        self.read(move |connection| people::projects(connection, "domain = ?1", &[&domain])).await
    }

    async fn projects_of(&self, user: &UserId) -> Result<Vec<ProjectRecord>, StoreError> {
        let user = user.clone();
        let granted = "id IN (SELECT project FROM role_grant WHERE user = ?1)";
        self.read(move |connection| people::projects(connection, granted, &[&user])).await
    }

    async fn users(&self, domain: &DomainId) -> Result<Vec<UserRecord>, StoreError> {
        let domain = domain.clone();
        self.read(move |connection| people::users(connection, "domain = ?1", &[&domain])).await
    }

    async fn set_password(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        password: PasswordHash,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let (event, user) =
            (AuditEvent::by(by, action::USER_PASSWORD, now).about(user), user.clone());
        self.administer(event, move |connection, _| {
            let sql = "UPDATE user SET password_hash = ?2 WHERE id = ?1";
            people::change(connection, Resource::User, sql, &[&user, &password.secret_phc()])
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
        let (event, user) = (AuditEvent::by(by, action, now).about(user), user.clone());
        self.administer(event, move |connection, _| {
            let sql = "UPDATE user SET enabled = ?2 WHERE id = ?1";
            people::change(connection, Resource::User, sql, &[&user, &enabled])
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
        let user = user.clone();
        self.administer(event, move |connection, _| people::grant(connection, &user, &grant)).await
    }

    async fn revoke_grant(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        project: &ProjectId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let event = AuditEvent::by(by, action::ROLE_REVOKE, now).about(user).within(project);
        let (user, project) = (user.clone(), project.clone());
        self.administer(event, move |connection, _| {
            let sql = "DELETE FROM role_grant WHERE user = ?1 AND project = ?2";
            people::change(connection, Resource::Role, sql, &[&user, &project])
        })
        .await
    }

    async fn remove_user(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let (event, user) =
            (AuditEvent::by(by, action::USER_REMOVE, now).about(user), user.clone());
        self.administer(event, move |connection, _| {
            people::change(connection, Resource::User, "DELETE FROM user WHERE id = ?1", &[&user])
        })
        .await
    }

    async fn keep_token(&self, actor: &Actor, token: NewToken) -> Result<(), StoreError> {
        let event = AuditEvent::by(Some(actor), action::TOKEN_ISSUE, token.issued);
        self.administer(event, move |connection, _| tokens::keep(connection, &token)).await
    }

    async fn token(&self, hash: &TokenHash) -> Result<TokenRecord, StoreError> {
        let hash = *hash;
        self.glance(move |connection| tokens::token(connection, &hash)).await
    }

    async fn revoke_token(
        &self,
        by: Option<&Actor>,
        hash: &TokenHash,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let (event, hash) = (AuditEvent::by(by, action::TOKEN_REVOKE, now), *hash);
        self.administer(event, move |connection, event| {
            let (user, project) = tokens::revoke(connection, &hash)?;
            event.subject = Some(user.into());
            event.project = Some(project);
            Ok(())
        })
        .await
    }

    async fn revoke_tokens_of(
        &self,
        by: Option<&Actor>,
        user: &UserId,
        now: OffsetDateTime,
    ) -> Result<u64, StoreError> {
        let (event, user) =
            (AuditEvent::by(by, action::TOKEN_REVOKE, now).about(user), user.clone());
        self.administer(event, move |connection, _| tokens::revoke_of(connection, &user)).await
    }

    async fn sweep_tokens(&self, now: OffsetDateTime) -> Result<u64, StoreError> {
        let mut swept = 0;
        loop {
            let some = self.act(move |connection| tokens::sweep_some(connection, now)).await?;
            swept += some;
            if some < SWEEP_LIMIT {
                return Ok(swept);
            }
        }
    }

    async fn keep_access_key(
        &self,
        by: Option<&Actor>,
        key: NewAccessKey,
    ) -> Result<(), StoreError> {
        let event = AuditEvent::by(by, action::ACCESS_KEY_CREATE, key.created)
            .about(&key.id)
            .within(&key.project);
        self.administer(event, move |connection, _| access_keys::keep(connection, &key)).await
    }

    async fn access_key(&self, id: &AccessKeyId) -> Result<AccessKeyRecord, StoreError> {
        let id = id.clone();
        self.glance(move |connection| access_keys::access_key(connection, &id)).await
    }

    async fn access_keys_of(&self, user: &UserId) -> Result<Vec<AccessKeyEntry>, StoreError> {
        let user = user.clone();
        self.read(move |connection| access_keys::of_user(connection, &user)).await
    }

    async fn set_access_key_enabled(
        &self,
        by: Option<&Actor>,
        id: &AccessKeyId,
        enabled: bool,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let action = if enabled { action::ACCESS_KEY_ENABLE } else { action::ACCESS_KEY_DISABLE };
        let (event, id) = (AuditEvent::by(by, action, now).about(id), id.clone());
        self.administer(event, move |connection, event| {
            event.project = Some(access_keys::set_enabled(connection, &id, enabled)?);
            Ok(())
        })
        .await
    }

    async fn remove_access_key(
        &self,
        by: Option<&Actor>,
        id: &AccessKeyId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let (event, id) =
            (AuditEvent::by(by, action::ACCESS_KEY_REMOVE, now).about(id), id.clone());
        self.administer(event, move |connection, event| {
            event.project = Some(access_keys::remove(connection, &id)?);
            Ok(())
        })
        .await
    }
}

impl Sqlite {
    /// An act and its event, which the act may add to.
    async fn administer<T, F>(&self, event: AuditEvent, act: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection, &mut AuditEvent) -> Result<T, Failure> + Send + 'static,
    {
        self.act(move |connection| {
            let mut event = event.clone();
            let done = act(connection, &mut event)?;
            audit::insert(connection, &event)?;
            Ok(done)
        })
        .await
    }
}
