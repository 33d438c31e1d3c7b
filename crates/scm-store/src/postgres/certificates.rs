//! Certificates in PostgreSQL.

mod chains;
mod change;
mod import;
pub(super) mod import_keys;
mod read;

use async_trait::async_trait;
use time::OffsetDateTime;

pub(super) use self::{
    import::{Answer, Group, Import, import_group},
    read::{RECORD, RECORD_FROM, read_record},
};
use super::{Postgres, listing, transaction::Isolation};
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
impl Certificates for Postgres {
    async fn insert(
        &self,
        actor: &Actor,
        certificate: NewCertificate,
    ) -> Result<CertificateId, StoreError> {
        let place = (&actor.project, &certificate.enterprise_project);
        let (project_row, enterprise_row) =
            self.known.enterprise_row(&self.pool, place.0, place.1).await?;
        let is_checked = certificate.refuse_duplicate;
        let import = Import::new(actor.clone(), certificate, project_row, enterprise_row);
        let id = match is_checked {
            true => self.importer.insert_new(import).await?,
            false => self.importer.insert(import).await?,
        };
        self.indexer.nudge();
        Ok(id)
    }

    async fn certificate(
        &self,
        project: &ProjectId,
        id: CertificateId,
    ) -> Result<CertificateRecord, StoreError> {
        let given = (project.clone(), id);
        self.transact(Isolation::SingleStatement, given, |on, (project, id)| {
            Box::pin(read::record(on, project, *id))
        })
        .await
    }

    async fn bundle(
        &self,
        project: &ProjectId,
        id: CertificateId,
    ) -> Result<StoredBundle, StoreError> {
        let given = (project.clone(), id);
        self.transact(Isolation::SingleStatement, given, |on, (project, id)| {
            Box::pin(async move { Ok(read::whole(on, project, *id).await?.1) })
        })
        .await
    }

    async fn counts(
        &self,
        project: &ProjectId,
        now: OffsetDateTime,
    ) -> Result<Vec<CertificateCount>, StoreError> {
        let given = (project.clone(), now);
        self.transact(Isolation::Snapshot, given, |on, (project, now)| {
            Box::pin(listing::counts(on, project, *now))
        })
        .await
    }

    async fn list(
        &self,
        project: &ProjectId,
        query: &CertificateQuery,
    ) -> Result<CertificateListing, StoreError> {
        query.require_order()?;
        let given = (project.clone(), query.clone());
        self.transact(Isolation::Snapshot, given, |on, (project, query)| {
            Box::pin(listing::list(on, project, query))
        })
        .await
    }

    async fn export(
        &self,
        actor: &Actor,
        id: CertificateId,
        now: OffsetDateTime,
    ) -> Result<(CertificateRecord, StoredBundle), StoreError> {
        let given = (self.doing(actor, now), id);
        self.transact(Isolation::ReadCommitted, given, |on, (by, id)| {
            Box::pin(change::export(on, by, *id))
        })
        .await
    }

    async fn delete(
        &self,
        actor: &Actor,
        id: CertificateId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let given = (self.doing(actor, now), id);
        self.transact(Isolation::ReadCommitted, given, |on, (by, id)| {
            Box::pin(change::delete(on, by, *id))
        })
        .await
    }

    async fn replace(
        &self,
        actor: &Actor,
        id: CertificateId,
        Replacement(content): Replacement,
        now: OffsetDateTime,
    ) -> Result<CertificateRecord, StoreError> {
        let given = (self.doing(actor, now), id, content);
        let replace = self.transact(Isolation::ReadCommitted, given, |on, (by, id, content)| {
            Box::pin(change::replace(on, by, *id, content))
        });
        let record = replace.await?;
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
        let given = (self.doing(actor, now), id, change);
        let update = self.transact(Isolation::ReadCommitted, given, |on, (by, id, change)| {
            Box::pin(change::update(on, by, *id, change))
        });
        let record = update.await?;
        self.indexer.nudge();
        Ok(record)
    }
}

impl Postgres {
    fn doing(&self, actor: &Actor, now: OffsetDateTime) -> change::Doing {
        change::Doing { actor: actor.clone(), now, event: self.events.next() }
    }
}
