//! Sealing anew, in PostgreSQL.

mod announced;

use async_trait::async_trait;
use scm_seal::{KeyId, SealedKey, SealedSecret};
use tokio_postgres::Row;

use super::{
    Postgres,
    connection::Connection,
    failure::Failure,
    transaction::Isolation,
    values::{column, count, id_numbered, number, text, written},
};
use crate::{
    error::StoreError,
    ids::CertificateId,
    names::AccessKeyId,
    resealing::{Exchange, Resealing, STRETCH, SealedAccessKey, SealedCertificate, Stretch},
};

#[async_trait]
impl Resealing for Postgres {
    async fn announce_key(&self, key: Option<KeyId>) -> Result<(), StoreError> {
        announced::say(&self.pool, self.server, key).await
    }

    async fn announced_keys(&self) -> Result<Vec<KeyId>, StoreError> {
        announced::all(&self.pool).await
    }

    async fn sealed_count(&self) -> Result<u64, StoreError> {
        self.transact(Isolation::SingleStatement, (), |on, ()| Box::pin(sealed_count(on))).await
    }

    async fn sealed_keys(
        &self,
        key: KeyId,
        after: Option<CertificateId>,
    ) -> Result<Stretch, StoreError> {
        let given = (key, after);
        self.transact(Isolation::Snapshot, given, |on, (key, after)| {
            Box::pin(stretch(on, *key, *after))
        })
        .await
    }

    async fn sealed_secrets(&self, key: KeyId) -> Result<Vec<SealedAccessKey>, StoreError> {
        self.transact(Isolation::SingleStatement, key, |on, key| Box::pin(secrets(on, *key))).await
    }

    async fn exchange_keys(
        &self,
        mut exchanges: Vec<Exchange<CertificateId, SealedKey>>,
    ) -> Result<u64, StoreError> {
        // In one order, so that two who are at it do not wait for each other.
        exchanges.sort_unstable_by_key(|exchange| exchange.id);
        self.transact(Isolation::ReadCommitted, exchanges, |on, all| {
            Box::pin(exchange_keys(on, all))
        })
        .await
    }

    async fn exchange_secrets(
        &self,
        mut exchanges: Vec<Exchange<AccessKeyId, SealedSecret>>,
    ) -> Result<u64, StoreError> {
        exchanges.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        self.transact(Isolation::ReadCommitted, exchanges, |on, all| {
            Box::pin(exchange_secrets(on, all))
        })
        .await
    }
}

async fn sealed_count(on: &Connection) -> Result<u64, Failure> {
    let sql = "SELECT CAST((SELECT coalesce(sum(valid + expired), 0) FROM shelf_count)
                   + (SELECT count(*) FROM access_key) AS BIGINT)";
    count(&on.one(sql, &[]).await?, 0)
}

async fn stretch(
    on: &Connection,
    key: KeyId,
    after: Option<CertificateId>,
) -> Result<Stretch, Failure> {
    let (after, limit) = (after.map_or(-1, number), STRETCH as i64);
    let looked_at = "SELECT count(*), max(id) FROM
                     (SELECT id FROM certificate_bytes WHERE id > $1 ORDER BY id LIMIT $2) AS part";
    let row = on.one(looked_at, &[&after, &limit]).await?;
    let (looked_at, last) = (count(&row, 0)?, column::<Option<i64>>(&row, 1)?);
    let Some(last) = last else { return Ok(Stretch { found: Vec::new(), looked_at, next: None }) };
    let sql = "SELECT b.id, s.project, b.leaf, b.sealed_key
               FROM certificate_bytes b JOIN certificate c ON c.id = b.id
                   JOIN scope s ON s.id = c.scope
               WHERE b.id > $1 AND b.id <= $2 AND substring(b.sealed_key FROM 2 FOR 16) <> $3
               ORDER BY b.id";
    let rows = on.rows(sql, &[&after, &last, &&key.to_bytes()[..]]).await?;
    let found = rows.iter().map(read_certificate).collect::<Result<_, _>>()?;
    let next = if looked_at < STRETCH { None } else { Some(id_numbered(last)?) };
    Ok(Stretch { found, looked_at, next })
}

fn read_certificate(row: &Row) -> Result<SealedCertificate, Failure> {
    Ok(SealedCertificate {
        id: id_numbered(column(row, 0)?)?,
        project: text(row, 1)?,
        leaf: column(row, 2)?,
        sealed_key: SealedKey::from_kept(column(row, 3)?),
    })
}

async fn secrets(on: &Connection, key: KeyId) -> Result<Vec<SealedAccessKey>, Failure> {
    let sql = "SELECT id, sealed_secret FROM access_key
               WHERE substring(sealed_secret FROM 2 FOR 16) <> $1";
    let rows = on.rows(sql, &[&&key.to_bytes()[..]]).await?;
    let read = |row: &Row| {
        let sealed_secret = SealedSecret::from_kept(column(row, 1)?);
        Ok(SealedAccessKey { id: text(row, 0)?, sealed_secret })
    };
    rows.iter().map(read).collect()
}

/// Each is locked first, in the order of their ids.
async fn exchange_keys(
    on: &Connection,
    exchanges: &[Exchange<CertificateId, SealedKey>],
) -> Result<u64, Failure> {
    let ids: Vec<_> = exchanges.iter().map(|exchange| number(exchange.id)).collect();
    let olds: Vec<_> = exchanges.iter().map(|exchange| exchange.old.as_bytes()).collect();
    let news: Vec<_> = exchanges.iter().map(|exchange| exchange.new.as_bytes()).collect();
    let sql = "SELECT id FROM certificate_bytes WHERE id = ANY($1) ORDER BY id FOR UPDATE";
    on.rows(sql, &[&ids]).await?;
    let sql = "UPDATE certificate_bytes SET sealed_key = given.new
               FROM unnest(CAST($1 AS BIGINT[]), CAST($2 AS BYTEA[]), CAST($3 AS BYTEA[]))
                   AS given (id, old, new)
               WHERE certificate_bytes.id = given.id AND sealed_key = given.old";
    Ok(on.change(sql, &[&ids, &olds, &news]).await?)
}

/// The same; there are few.
async fn exchange_secrets(
    on: &Connection,
    exchanges: &[Exchange<AccessKeyId, SealedSecret>],
) -> Result<u64, Failure> {
    let sql = "UPDATE access_key SET sealed_secret = $3 WHERE id = $1 AND sealed_secret = $2";
    let mut exchanged = 0;
    for Exchange { id, old, new } in exchanges {
        let values = (written(id.as_str()), old.as_bytes(), new.as_bytes());
        exchanged += on.change(sql, &[&values.0, &values.1, &values.2]).await?;
    }
    Ok(exchanged)
}
