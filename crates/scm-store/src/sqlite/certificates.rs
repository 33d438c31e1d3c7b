//! Certificates in SQLite.

mod chains;
mod change;
mod duplicates;
pub(super) mod import_keys;
mod insert;
mod read;

use async_trait::async_trait;
use time::OffsetDateTime;

use self::duplicates::Leaf;
pub(super) use self::read::{RECORD_COLUMNS, read_record, record};
use super::{Sqlite, listing};
use crate::{
    actor::Actor,
    certificates::{
        CertificateCount, CertificateRecord, Certificates, Change, NewCertificate, Replacement,
        StoredBundle,
    },
    certificates::{CertificateListing, CertificateQuery},
    error::StoreError,
    ids::CertificateId,
    names::ProjectId,
};

#[async_trait]
impl Certificates for Sqlite {
    async fn insert(
        &self,
        actor: &Actor,
        certificate: NewCertificate,
    ) -> Result<CertificateId, StoreError> {
        let actor = actor.clone();
        let mut seen = None;
        if certificate.refuse_duplicate {
            let (leaf, project) = (Leaf::of(&certificate.content), actor.project.clone());
            seen = Some(self.read(move |connection| leaf.look(connection, &project)).await?);
        }
        let insert =
            move |connection: &_| insert::insert(connection, &actor, &certificate, seen.as_ref());
        let id = self.write(insert).await?;
        self.indexer.nudge();
        Ok(id)
    }

    async fn certificate(
        &self,
        project: &ProjectId,
        id: CertificateId,
    ) -> Result<CertificateRecord, StoreError> {
        let project = project.clone();
        self.read(move |connection| read::record_in(connection, &project, id)).await
    }

    async fn bundle(
        &self,
        project: &ProjectId,
        id: CertificateId,
    ) -> Result<StoredBundle, StoreError> {
        let project = project.clone();
        self.read(move |connection| read::bundle_in(connection, &project, id)).await
    }

    async fn counts(
        &self,
        project: &ProjectId,
        now: OffsetDateTime,
    ) -> Result<Vec<CertificateCount>, StoreError> {
        let project = project.clone();
        self.read(move |connection| listing::counts(connection, &project, now)).await
    }

    async fn list(
        &self,
        project: &ProjectId,
        query: &CertificateQuery,
    ) -> Result<CertificateListing, StoreError> {
        let (project, query) = (project.clone(), query.clone());
        self.read(move |connection| listing::list(connection, &project, &query)).await
    }

    async fn export(
        &self,
        actor: &Actor,
        id: CertificateId,
        now: OffsetDateTime,
    ) -> Result<(CertificateRecord, StoredBundle), StoreError> {
        let actor = actor.clone();
        self.write(move |connection| change::export(connection, &actor, id, now)).await
    }

    async fn delete(
        &self,
        actor: &Actor,
        id: CertificateId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let actor = actor.clone();
        self.write(move |connection| change::delete(connection, &actor, id, now)).await
    }

    async fn replace(
        &self,
        actor: &Actor,
        id: CertificateId,
        Replacement(content): Replacement,
        now: OffsetDateTime,
    ) -> Result<CertificateRecord, StoreError> {
        let actor = actor.clone();
        let operation =
            move |connection: &_| change::replace(connection, &actor, id, &content, now);
        let record = self.write(operation).await?;
        self.indexer.nudge();
        Ok(record)
    }

    async fn update(
        &self,
        actor: &Actor,
        id: CertificateId,
        change: Change,
        now: OffsetDateTime,
    ) -> Result<CertificateRecord, StoreError> {
        let actor = actor.clone();
        let operation = move |connection: &_| change::update(connection, &actor, id, &change, now);
        let record = self.write(operation).await?;
        self.indexer.nudge();
        Ok(record)
    }
}
