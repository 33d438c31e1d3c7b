//! The statement that stores the certificates of a group.
//!
//! Its parameters are one array for each column of [`COLUMNS`], in that order, behind [`FIXED`] others. A
//! new column is a new line there, and its name in the `INSERT` of its table.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
    sync::LazyLock,
};

use tokio_postgres::types::ToSql;

use super::{
    super::super::{
        connection::Connection,
        failure::Failure,
        values::{column, written},
    },
    Group, Import,
};
use crate::{
    audit::action,
    certificates::NewCertificate,
    chain::Chain,
    millis::{first_millis_from, millis},
};

/// The values of a column, by their type.
enum Values {
    Number(fn(&Import) -> i64),
    Text(fn(&Import) -> Cow<'_, str>),
    Bytes(fn(&Import) -> Option<&[u8]>),
}

use Values::{Bytes, Number, Text};

/// The columns of `given`, with what each import has there.
const COLUMNS: &[(&str, Values)] = &[
    ("id", Number(Import::id)),
    ("scope", Number(|import| import.project_row)),
    ("shelf", Number(|import| import.enterprise_row)),
    ("expired", Number(|import| i64::from(is_expired(&import.new)))),
    ("updated", Number(|import| millis(import.new.now))),
    ("not_after", Number(|import| millis(import.new.content.not_after))),
    ("not_before", Number(|import| millis(import.new.content.not_before))),
    ("domain_count", Number(|import| import.new.content.domain_count as i64)),
    ("wildcard_count", Number(|import| import.new.content.wildcard_count as i64)),
    ("chain", Bytes(|import| import.new.content.chain.as_ref().map(|chain| &chain.sha256[..]))),
    ("sha1", Bytes(|import| Some(&import.new.content.sha1))),
    ("sha256", Bytes(|import| Some(&import.new.content.sha256))),
    ("name", Text(|import| written(&import.new.name))),
    ("domain", Text(|import| written(&import.new.content.domain))),
    ("sans", Text(sans)),
    ("folded", Text(|import| written(&import.folded))),
    ("signature_algorithm", Text(|import| (&import.new.content.signature_algorithm).into())),
    ("key_algorithm", Text(|import| (&import.new.content.key_algorithm).into())),
    ("leaf", Bytes(|import| Some(&import.new.content.leaf))),
    ("sealed_key", Bytes(|import| Some(import.new.content.sealed_key.as_bytes()))),
    ("event", Number(|import| import.event)),
    ("account", Text(|import| written(import.actor.user.as_str()))),
    ("address", Text(|import| import.actor.address.to_string().into())),
    ("request_id", Text(|import| written(&import.actor.request_id))),
    ("key", Bytes(|import| import.key.as_ref().map(|key| &key.key[..]))),
    ("print", Bytes(|import| import.key.as_ref().map(|key| &key.print[..]))),
];

/// How many parameters precede those of [`COLUMNS`]: the shard of the counters, the action of the audit
/// events, and the project rows, hashes and bytes of the chains.
const FIXED: usize = 5;

/// Whether an id is free is a subquery for each, which finds it by the primary key. As a join, it would
/// read the whole table each time until the database has statistics of it.
static INSERT: LazyLock<String> = LazyLock::new(|| {
    let given = given();
    format!(
        "
WITH given AS ({given}), claimed AS (
    INSERT INTO import_key (scope, key, print, certificate, at)
    SELECT scope, key, print, id, updated FROM given
    WHERE key IS NOT NULL
        AND (SELECT certificate.id FROM certificate WHERE certificate.id = given.id) IS NULL
    ORDER BY scope, key
    ON CONFLICT DO NOTHING
    RETURNING certificate
), admitted AS (
    SELECT * FROM given WHERE key IS NULL OR id IN (SELECT certificate FROM claimed)
), chains AS (
    INSERT INTO chain (scope, sha256, certificates)
    SELECT * FROM unnest(CAST($3 AS BIGINT[]), CAST($4 AS BYTEA[]), CAST($5 AS BYTEA[]))
        AS needed (scope, sha256, certificates)
    WHERE EXISTS (SELECT 1 FROM admitted
                  WHERE admitted.scope = needed.scope AND admitted.chain = needed.sha256)
    ON CONFLICT DO NOTHING
), stored AS (
    INSERT INTO certificate (id, scope, shelf, expired, updated, not_after, not_before, created,
        domain_count, wildcard_count, chain, sha1, sha256, name, domain, sans, folded,
        signature_algorithm, key_algorithm)
    SELECT id, scope, shelf, expired, updated, not_after, not_before, updated, domain_count,
        wildcard_count, chain, sha1, sha256, name, domain, sans, folded, signature_algorithm,
        key_algorithm
    FROM admitted
    ON CONFLICT (id) DO NOTHING
    RETURNING id, scope, shelf, expired
), bytes AS (
    INSERT INTO certificate_bytes (id, leaf, sealed_key)
    SELECT given.id, leaf, sealed_key FROM given JOIN stored ON stored.id = given.id
), counted AS (
    INSERT INTO shelf_count (shelf, shard, valid, expired)
    SELECT shelf, $1, CAST(sum(1 - expired) AS BIGINT), CAST(sum(expired) AS BIGINT)
    FROM stored GROUP BY shelf ORDER BY shelf
    ON CONFLICT (shelf, shard) DO UPDATE SET valid = shelf_count.valid + excluded.valid,
        expired = shelf_count.expired + excluded.expired
), pending AS (
    INSERT INTO search_pending (scope, certificate) SELECT scope, id FROM stored
), recorded AS (
    INSERT INTO audit_event (id, scope, at, certificate, action, account, address, request_id)
    SELECT event, given.scope, updated, given.id, $2, account, address, request_id
    FROM given JOIN stored ON stored.id = given.id
)
SELECT id FROM stored"
    )
});

/// The imports of a group as rows, one array of values for each column.
fn given() -> String {
    let arrays = (FIXED + 1..).zip(COLUMNS).map(|(number, (_, values))| {
        let kind = match values {
            Number(_) => "BIGINT",
            Text(_) => "TEXT",
            Bytes(_) => "BYTEA",
        };
        format!("CAST(${number} AS {kind}[])")
    });
    let arrays = arrays.collect::<Vec<_>>().join(", ");
    let names = COLUMNS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    format!("SELECT * FROM unnest({arrays}) AS given ({names})")
}

/// Stores those certificates of a group whose id and import key are free; returns their ids.
pub(super) async fn insert(on: &Connection, group: &Group) -> Result<HashSet<i64>, Failure> {
    let chains = distinct_chains(group);
    let project_rows: Vec<_> = chains.keys().map(|(project_row, _)| *project_row).collect();
    let hashes: Vec<_> = chains.keys().map(|(_, sha256)| *sha256).collect();
    let certificates: Vec<_> = chains.values().map(|chain| &chain.certificates[..]).collect();
    let columns: Vec<_> = COLUMNS.iter().map(|(_, values)| values.of(group)).collect();
    let fixed: [&(dyn ToSql + Sync); FIXED] =
        [&group.shard, &action::CERTIFICATE_IMPORT, &project_rows, &hashes, &certificates];
    let mut parameters = Vec::with_capacity(FIXED + columns.len());
    parameters.extend(fixed);
    parameters.extend(columns.iter().map(|column| &**column as &(dyn ToSql + Sync)));
    let rows = on.rows(&INSERT, &parameters).await?;
    rows.iter().map(|row| column(row, 0)).collect()
}

impl Values {
    /// The values of all imports of a group.
    fn of<'a>(&self, group: &'a Group) -> Box<dyn ToSql + Sync + Send + 'a> {
        match self {
            Number(value) => Box::new(group.each(value)),
            Text(value) => Box::new(group.each(value)),
            Bytes(value) => Box::new(group.each(value)),
        }
    }
}

fn sans(import: &Import) -> Cow<'_, str> {
    written(&import.new.content.sans.join("\n")).into_owned().into()
}

fn is_expired(new: &NewCertificate) -> bool {
    millis(new.content.not_after) < first_millis_from(new.now)
}

/// Each chain once, and in order, so that two groups with the same chains do not wait for each other.
fn distinct_chains(group: &Group) -> BTreeMap<(i64, &[u8]), &Chain> {
    let chains = group.imports.iter().filter_map(|import| {
        let chain = import.new.content.chain.as_ref()?;
        Some(((import.project_row, &chain.sha256[..]), chain))
    });
    chains.collect()
}
