//! Resealing in PostgreSQL.

mod announced;

use async_trait::async_trait;
use scm_seal::{KeyId, SealedKey, SealedSecret};
use tokio_postgres::{Row, types::ToSql};

use super::{
    Postgres,
    connection::Connection,
    failure::Failure,
    transaction::Isolation,
    values::{column, count, id_numbered, text, written},
};
use crate::{
    error::StoreError,
    resealing::{
        BATCH, Resealed, Resealing, RowId, SealedBatch, SealedId, SealedKind, SealedRecord, Table,
    },
};

#[async_trait]
impl Resealing for Postgres {
    async fn announce_key(&self, key: Option<KeyId>) -> Result<(), StoreError> {
        announced::announce(&self.pool, self.server, key).await
    }

    async fn announced_keys(&self) -> Result<Vec<KeyId>, StoreError> {
        announced::all(&self.pool).await
    }

    async fn sealed_count(&self) -> Result<u64, StoreError> {
        self.transact(Isolation::SingleStatement, (), |on, ()| {
            Box::pin(async move { count(&on.one(&Table::count_all(), &[]).await?, 0) })
        })
        .await
    }

    async fn sealed_records(
        &self,
        kind: SealedKind,
        key: KeyId,
        after: Option<SealedId>,
    ) -> Result<SealedBatch, StoreError> {
        let given = (kind, key, after);
        self.transact(Isolation::Snapshot, given, |on, (kind, key, after)| {
            Box::pin(batch(on, *kind, *key, after.as_ref()))
        })
        .await
    }

    async fn replace_sealed(&self, mut records: Vec<Resealed>) -> Result<u64, StoreError> {
        // Rows are locked in one order, so that two servers do not wait for each other.
        records.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        self.transact(Isolation::ReadCommitted, records, |on, records| {
            Box::pin(replace(on, records))
        })
        .await
    }
}

type Parameter = Box<dyn ToSql + Sync + Send>;

async fn batch(
    on: &Connection,
    kind: SealedKind,
    key: KeyId,
    after: Option<&SealedId>,
) -> Result<SealedBatch, Failure> {
    let table = kind.table();
    let after = parameter(after.map_or_else(|| kind.before_first(), SealedId::row_id));
    let row = on.one(&table.examine(), &[&*after]).await?;
    let examined = count(&row, 0)?;
    if examined == 0 {
        return Ok(SealedBatch { found: Vec::new(), examined, next: None });
    }
    let last = sealed_id(kind, &row, 1)?;
    let up_to = parameter(last.row_id());
    let rows = on.rows(&table.find(), &[&*after, &*up_to, &&key.to_bytes()[..]]).await?;
    let found = rows.iter().map(|row| record(kind, row)).collect::<Result<_, _>>()?;
    Ok(SealedBatch { found, examined, next: (examined == BATCH).then_some(last) })
}

fn parameter(id: RowId) -> Parameter {
    match id {
        RowId::Number(number) => Box::new(number),
        RowId::Text(text) => Box::new(written(&text).into_owned()),
    }
}

fn sealed_id(kind: SealedKind, row: &Row, at: usize) -> Result<SealedId, Failure> {
    Ok(match kind {
        SealedKind::AccessKeySecret => SealedId::AccessKey(text(row, at)?),
        SealedKind::CertificateKey => SealedId::Certificate(id_numbered(column(row, at)?)?),
    })
}

fn record(kind: SealedKind, row: &Row) -> Result<SealedRecord, Failure> {
    Ok(match kind {
        SealedKind::AccessKeySecret => SealedRecord::AccessKeySecret {
            id: text(row, 0)?,
            sealed: SealedSecret::from_kept(column(row, 1)?),
        },
        SealedKind::CertificateKey => SealedRecord::CertificateKey {
            id: id_numbered(column(row, 0)?)?,
            sealed: SealedKey::from_kept(column(row, 1)?),
            project: text(row, 2)?,
            leaf: column(row, 3)?,
        },
    })
}

/// Replaces the records of each kind by one statement.
async fn replace(on: &Connection, records: &[Resealed]) -> Result<u64, Failure> {
    let mut replaced = 0;
    for kind in SealedKind::ALL {
        let of_kind = || records.iter().filter(|record| record.id.kind() == kind);
        if of_kind().next().is_none() {
            continue;
        }
        let (ids, id_type) = ids(of_kind().map(|record| record.id.row_id()));
        let olds: Vec<_> = of_kind().map(|record| &record.old[..]).collect();
        let news: Vec<_> = of_kind().map(|record| &record.new[..]).collect();
        let Table { name, sealed, .. } = kind.table();
        let sql = format!("SELECT id FROM {name} WHERE id = ANY($1) ORDER BY id FOR UPDATE");
        on.rows(&sql, &[&*ids]).await?;
        let sql = format!(
            "UPDATE {name} SET {sealed} = given.new
             FROM unnest(CAST($1 AS {id_type}[]), CAST($2 AS BYTEA[]), CAST($3 AS BYTEA[]))
                 AS given (id, old, new)
             WHERE {name}.id = given.id AND {sealed} = given.old"
        );
        replaced += on.change(&sql, &[&*ids, &olds, &news]).await?;
    }
    Ok(replaced)
}

/// An array of the ids of one kind, and the type of its elements.
fn ids(ids: impl Iterator<Item = RowId>) -> (Parameter, &'static str) {
    let (mut numbers, mut texts) = (Vec::new(), Vec::new());
    for id in ids {
        match id {
            RowId::Number(number) => numbers.push(number),
            RowId::Text(text) => texts.push(written(&text).into_owned()),
        }
    }
    if texts.is_empty() { (Box::new(numbers), "BIGINT") } else { (Box::new(texts), "TEXT") }
}
