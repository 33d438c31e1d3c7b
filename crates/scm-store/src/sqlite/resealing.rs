//! Sealing anew, in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, Row, ToSql, params};
use scm_seal::{KeyId, SealedKey, SealedSecret};

use super::{Sqlite, failure::Failure};
use crate::{
    error::StoreError,
    ids::CertificateId,
    names::AccessKeyId,
    resealing::{Exchange, Resealing, STRETCH, SealedAccessKey, SealedCertificate, Stretch},
};

#[async_trait]
impl Resealing for Sqlite {
    /// The one server has the keyring's file in its own folder.
    async fn announce_key(&self, _: Option<KeyId>) -> Result<(), StoreError> {
        Ok(())
    }

    async fn announced_keys(&self) -> Result<Vec<KeyId>, StoreError> {
        Ok(Vec::new())
    }

    async fn sealed_count(&self) -> Result<u64, StoreError> {
        self.read(count).await
    }

    async fn sealed_keys(
        &self,
        key: KeyId,
        after: Option<CertificateId>,
    ) -> Result<Stretch, StoreError> {
        self.read(move |connection| stretch(connection, key, after)).await
    }

    async fn sealed_secrets(&self, key: KeyId) -> Result<Vec<SealedAccessKey>, StoreError> {
        self.read(move |connection| secrets(connection, key)).await
    }

    async fn exchange_keys(
        &self,
        exchanges: Vec<Exchange<CertificateId, SealedKey>>,
    ) -> Result<u64, StoreError> {
        let sql = "UPDATE certificate_bytes SET sealed_key = ?3 WHERE id = ?1 AND sealed_key = ?2";
        self.write(move |connection| exchange(connection, sql, &exchanges, SealedKey::as_bytes))
            .await
    }

    async fn exchange_secrets(
        &self,
        exchanges: Vec<Exchange<AccessKeyId, SealedSecret>>,
    ) -> Result<u64, StoreError> {
        let sql = "UPDATE access_key SET sealed_secret = ?3 WHERE id = ?1 AND sealed_secret = ?2";
        let bytes = SealedSecret::as_bytes;
        self.write(move |connection| exchange(connection, sql, &exchanges, bytes)).await
    }
}

/// Each where the old bytes still stand; says how many.
fn exchange<I: ToSql, S>(
    connection: &Connection,
    sql: &str,
    exchanges: &[Exchange<I, S>],
    bytes: fn(&S) -> &[u8],
) -> Result<u64, Failure> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut exchanged = 0;
    for Exchange { id, old, new } in exchanges {
        exchanged += statement.execute(params![id, bytes(old), bytes(new)])?;
    }
    Ok(exchanged as u64)
}

fn count(connection: &Connection) -> Result<u64, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT (SELECT coalesce(sum(valid + expired), 0) FROM shelf)
              + (SELECT count(*) FROM access_key)",
    )?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

fn stretch(
    connection: &Connection,
    key: KeyId,
    after: Option<CertificateId>,
) -> Result<Stretch, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT certificate_bytes.id, substr(sealed_key, 2, 16) = ?2, project, leaf, sealed_key
         FROM certificate_bytes JOIN scope ON scope.id = certificate_bytes.scope
         WHERE certificate_bytes.id > ?1 ORDER BY certificate_bytes.id LIMIT ?3",
    )?;
    let after = after.map_or(-1, |id| id.number() as i64);
    let mut rows = statement.query(params![after, key.to_bytes(), STRETCH])?;
    let mut stretch = Stretch { found: Vec::new(), looked_at: 0, next: None };
    while let Some(row) = rows.next()? {
        stretch.looked_at += 1;
        stretch.next = Some(row.get(0)?);
        if !row.get(1)? {
            stretch.found.push(read_certificate(row)?);
        }
    }
    if stretch.looked_at < STRETCH {
        stretch.next = None;
    }
    Ok(stretch)
}

fn read_certificate(row: &Row<'_>) -> rusqlite::Result<SealedCertificate> {
    Ok(SealedCertificate {
        id: row.get(0)?,
        project: row.get(2)?,
        leaf: row.get(3)?,
        sealed_key: SealedKey::from_kept(row.get(4)?),
    })
}

fn secrets(connection: &Connection, key: KeyId) -> Result<Vec<SealedAccessKey>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT id, sealed_secret FROM access_key WHERE substr(sealed_secret, 2, 16) <> ?1",
    )?;
    let secrets = statement.query_map([key.to_bytes()], |row| {
        Ok(SealedAccessKey { id: row.get(0)?, sealed_secret: SealedSecret::from_kept(row.get(1)?) })
    })?;
    Ok(secrets.collect::<rusqlite::Result<_>>()?)
}
