//! Keeping certificates, many with one statement.

use std::collections::{BTreeMap, HashSet};

use super::{
    super::{
        connection::{Connection, Values},
        failure::Failure,
        search,
        values::{column, id_numbered, number, written},
    },
    import_keys,
};
use crate::{
    actor::Actor,
    audit::action,
    certificates::{Content, NewCertificate},
    chain::Chain,
    error::StoreError,
    ids::CertificateId,
    import_key::ImportKey,
    millis::{first_millis_from, millis},
};

/// What a certificate is kept as.
pub(in super::super) type Answer = Result<CertificateId, StoreError>;

/// A certificate on its way.
pub(in super::super) struct Import {
    actor: Actor,
    new: NewCertificate,
    scope: i64,
    shelf: i64,
    key: Option<ImportKey>,
    folded: String,
    /// The number of its audit event.
    pub(in super::super) event: i64,
}

impl Import {
    pub(in super::super) fn new(actor: Actor, new: NewCertificate, scope: i64, shelf: i64) -> Self {
        let folded = search::folded(&new.name, &new.content.domain, &new.content.sans);
        let key = ImportKey::of(&actor, &new);
        Self { actor, scope, shelf, key, folded, new, event: 0 }
    }

    fn id(&self) -> i64 {
        number(self.new.id)
    }
}

/// Certificates that travel together.
pub(in super::super) struct Group {
    pub(in super::super) imports: Vec<Import>,
    /// Which counters they move.
    pub(in super::super) shard: i64,
    /// Whether they were sent before, and nobody knows what became of them.
    pub(in super::super) may_be_kept: bool,
}

impl Group {
    pub(in super::super) fn new(imports: Vec<Import>, shard: i64) -> Self {
        Self { imports, shard, may_be_kept: false }
    }

    fn each<'a, T>(&'a self, what: impl Fn(&'a Import) -> T) -> Vec<T> {
        self.imports.iter().map(what).collect()
    }

    /// The keys of the others.
    fn keys_but_of(&self, kept: &HashSet<i64>) -> Vec<(i64, &ImportKey)> {
        let left = self.imports.iter().filter(|import| !kept.contains(&import.id()));
        left.filter_map(|import| Some((import.scope, import.key.as_ref()?))).collect()
    }

    /// The same for what follows from the bundles.
    fn content<'a, T>(&'a self, what: impl Fn(&'a Content) -> T) -> Vec<T> {
        self.each(|import| what(&import.new.content))
    }
}

/// Each is kept with its bytes, chain, key and audit event, and counted, or nothing of it is: where
/// an id is taken, or a key stands for something already. Says of each what it is kept as now.
pub(in super::super) async fn keep_group(
    on: &Connection,
    group: &Group,
) -> Result<Vec<Answer>, Failure> {
    let mut kept = admit(on, group).await?;
    let mut before = HashSet::new();
    if group.may_be_kept && kept.len() < group.imports.len() {
        before = kept_before(on, group).await?;
        kept.extend(&before);
    }
    let mut keys = group.keys_but_of(&kept);
    if import_keys::forget_deleted(on, &keys).await? > 0 {
        kept.extend(admit(on, group).await?);
        keys = group.keys_but_of(&kept);
    }
    let standing = import_keys::standing(on, &keys).await?;
    if !before.is_empty() || !standing.is_empty() {
        confirm(on, group).await?;
    }
    Ok(group.each(|import| {
        if kept.contains(&import.id()) {
            return Ok(import.new.id);
        }
        let known = |key: &ImportKey| standing.get(&(import.scope, key.key));
        let met = import.key.as_ref().and_then(|key| Some((key, known(key)?)));
        met.map_or(
            Err(StoreError::Conflict { what: "certificate with this id" }),
            |(key, known)| key.meets(&known.0, known.1),
        )
    }))
}

/// Inserts what can be, without doubles of what must have none; says which.
async fn admit(on: &Connection, group: &Group) -> Result<HashSet<i64>, Failure> {
    let kept = insert(on, group).await?;
    for import in &group.imports {
        if import.new.refuse_duplicate && kept.contains(&import.id()) {
            refuse_duplicate(on, import).await?;
        }
    }
    Ok(kept)
}

/// To be called when it is in, and nobody sees it yet.
async fn refuse_duplicate(on: &Connection, import: &Import) -> Result<(), Failure> {
    let Content { not_after, sha256, .. } = &import.new.content;
    let sql = "SELECT id FROM certificate
               WHERE scope = $1 AND not_after = $2 AND sha256 = $3 AND id <> $4
               ORDER BY id LIMIT 1";
    let values: Values<'_> = &[&import.scope, &millis(*not_after), &&sha256[..], &import.id()];
    match on.row(sql, values).await? {
        None => Ok(()),
        Some(row) => Err(StoreError::Duplicate { existing: id_numbered(column(&row, 0)?)? }.into()),
    }
}

/// Those that were kept when they were sent before: their events are there.
async fn kept_before(on: &Connection, group: &Group) -> Result<HashSet<i64>, Failure> {
    let sql = "SELECT certificate FROM audit_event JOIN
                   unnest(CAST($1 AS BIGINT[]), CAST($2 AS BIGINT[])) AS sent (id, certificate)
                   USING (id, certificate)";
    let events = group.each(|import| import.event);
    let rows = on.rows(sql, &[&events, &group.each(Import::id)]).await?;
    rows.iter().map(|row| column(row, 0)).collect()
}

/// Writes something that changes nothing. A commit whose connection broke while it waited for a standby
/// is seen, though the standby may not have it and take over without it; one that comes after it waits
/// for both.
async fn confirm(on: &Connection, group: &Group) -> Result<(), Failure> {
    let sql = "INSERT INTO shelf_count (shelf, shard, valid, expired) VALUES ($1, $2, 0, 0)
               ON CONFLICT (shelf, shard) DO UPDATE SET valid = shelf_count.valid";
    on.change(sql, &[&group.imports[0].shelf, &group.shard]).await?;
    Ok(())
}

/// Whether an id is free is asked for each, which finds it by the primary key: as a join, the whole table
/// would be read each time until the database learns how large it has become.
const INSERT: &str = "
WITH given AS (
    SELECT * FROM unnest(
        CAST($1 AS BIGINT[]), CAST($2 AS BIGINT[]), CAST($3 AS BIGINT[]), CAST($4 AS BIGINT[]),
        CAST($5 AS BIGINT[]), CAST($6 AS BIGINT[]), CAST($7 AS BIGINT[]), CAST($8 AS BIGINT[]),
        CAST($9 AS BIGINT[]), CAST($10 AS BYTEA[]), CAST($11 AS BYTEA[]), CAST($12 AS BYTEA[]),
        CAST($13 AS TEXT[]), CAST($14 AS TEXT[]), CAST($15 AS TEXT[]), CAST($16 AS TEXT[]),
        CAST($17 AS TEXT[]), CAST($18 AS TEXT[]), CAST($19 AS BYTEA[]), CAST($20 AS BYTEA[]),
        CAST($21 AS BIGINT[]), CAST($22 AS TEXT[]), CAST($23 AS TEXT[]), CAST($24 AS TEXT[]),
        CAST($25 AS BYTEA[]), CAST($26 AS BYTEA[])
    ) AS given (id, scope, shelf, expired, updated, not_after, not_before, domain_count,
        wildcard_count, chain, sha1, sha256, name, domain, sans, folded, signature_algorithm,
        key_algorithm, leaf, sealed_key, event, account, address, request_id, key, print)
), claimed AS (
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
    SELECT * FROM unnest(CAST($27 AS BIGINT[]), CAST($28 AS BYTEA[]), CAST($29 AS BYTEA[]))
        AS needed (scope, sha256, certificates)
    WHERE EXISTS (SELECT 1 FROM admitted
                  WHERE admitted.scope = needed.scope AND admitted.chain = needed.sha256)
    ON CONFLICT DO NOTHING
), kept AS (
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
    SELECT given.id, leaf, sealed_key FROM given JOIN kept ON kept.id = given.id
), counted AS (
    INSERT INTO shelf_count (shelf, shard, valid, expired)
    SELECT shelf, $30, CAST(sum(1 - expired) AS BIGINT), CAST(sum(expired) AS BIGINT)
    FROM kept GROUP BY shelf ORDER BY shelf
    ON CONFLICT (shelf, shard) DO UPDATE SET valid = shelf_count.valid + excluded.valid,
        expired = shelf_count.expired + excluded.expired
), pending AS (
    INSERT INTO search_pending (scope, certificate) SELECT scope, id FROM kept
), told AS (
    INSERT INTO audit_event (id, scope, at, certificate, action, account, address, request_id)
    SELECT event, given.scope, updated, given.id, $31, account, address, request_id
    FROM given JOIN kept ON kept.id = given.id
)
SELECT id FROM kept";

/// The ids that were free until now.
async fn insert(on: &Connection, group: &Group) -> Result<HashSet<i64>, Failure> {
    let chains = distinct_chains(group);
    let chain =
        |what: fn(&Chain) -> &[u8]| -> Vec<_> { chains.values().map(|c| what(c)).collect() };
    let scopes_of_chains: Vec<_> = chains.keys().map(|(scope, _)| *scope).collect();
    let rows = on
        .rows(
            INSERT,
            &[
                &group.each(Import::id),
                &group.each(|import| import.scope),
                &group.each(|import| import.shelf),
                &group.each(|import| i64::from(is_expired(&import.new))),
                &group.each(|import| millis(import.new.now)),
                &group.content(|content| millis(content.not_after)),
                &group.content(|content| millis(content.not_before)),
                &group.content(|content| content.domain_count as i64),
                &group.content(|content| content.wildcard_count as i64),
                &group.content(|content| content.chain.as_ref().map(|chain| &chain.sha256[..])),
                &group.content(|content| &content.sha1[..]),
                &group.content(|content| &content.sha256[..]),
                &group.each(|import| written(&import.new.name)),
                &group.content(|content| written(&content.domain)),
                &group.content(|content| written(&content.sans.join("\n")).into_owned()),
                &group.each(|import| written(&import.folded)),
                &group.content(|content| &*content.signature_algorithm),
                &group.content(|content| &*content.key_algorithm),
                &group.content(|content| &content.leaf[..]),
                &group.content(|content| content.sealed_key.as_bytes()),
                &group.each(|import| import.event),
                &group.each(|import| written(import.actor.user.as_str())),
                &group.each(|import| import.actor.address.to_string()),
                &group.each(|import| written(&import.actor.request_id)),
                &group.each(|import| import.key.as_ref().map(|key| &key.key[..])),
                &group.each(|import| import.key.as_ref().map(|key| &key.print[..])),
                &scopes_of_chains,
                &chain(|chain| &chain.sha256),
                &chain(|chain| &chain.certificates),
                &group.shard,
                &action::CERTIFICATE_IMPORT,
            ],
        )
        .await?;
    rows.iter().map(|row| column(row, 0)).collect()
}

/// Each once, and in order, so that two groups with the same ones do not wait for each other.
fn distinct_chains(group: &Group) -> BTreeMap<(i64, &[u8]), &Chain> {
    let chains = group.imports.iter().filter_map(|import| {
        let chain = import.new.content.chain.as_ref()?;
        Some(((import.scope, &chain.sha256[..]), chain))
    });
    chains.collect()
}

fn is_expired(new: &NewCertificate) -> bool {
    millis(new.content.not_after) < first_millis_from(new.now)
}
