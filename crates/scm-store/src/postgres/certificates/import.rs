//! Importing certificates, many with one statement.

mod insert;

use std::collections::HashSet;

use super::{
    super::{
        connection::{Connection, Values},
        failure::Failure,
        search,
        values::{column, id_numbered, number},
    },
    import_keys,
};
use crate::{
    actor::Actor,
    certificates::{Content, NewCertificate},
    error::StoreError,
    ids::CertificateId,
    import_key::ImportKey,
    millis::millis,
};

/// The id under which a certificate is stored.
pub(in super::super) type Answer = Result<CertificateId, StoreError>;

/// A certificate to be imported.
pub(in super::super) struct Import {
    actor: Actor,
    new: NewCertificate,
    project_row: i64,
    enterprise_row: i64,
    key: Option<ImportKey>,
    folded: String,
    /// The number of its audit event.
    pub(in super::super) event: i64,
}

impl Import {
    pub(in super::super) fn new(
        actor: Actor,
        new: NewCertificate,
        project_row: i64,
        enterprise_row: i64,
    ) -> Self {
        let folded = search::folded(&new.name, &new.content.domain, &new.content.sans);
        let key = ImportKey::of(&actor, &new);
        Self { actor, project_row, enterprise_row, key, folded, new, event: 0 }
    }

    fn id(&self) -> i64 {
        number(self.new.id)
    }
}

/// Certificates that are imported by one statement.
pub(in super::super) struct Group {
    pub(in super::super) imports: Vec<Import>,
    /// The counters that they change.
    pub(in super::super) shard: i64,
    /// Whether they were sent before, over a connection that broke before the answer.
    pub(in super::super) may_be_stored: bool,
}

impl Group {
    pub(in super::super) fn new(imports: Vec<Import>, shard: i64) -> Self {
        Self { imports, shard, may_be_stored: false }
    }

    fn each<'a, T>(&'a self, what: impl Fn(&'a Import) -> T) -> Vec<T> {
        self.imports.iter().map(what).collect()
    }

    /// The import keys of those that are not stored.
    fn keys_but_of(&self, stored: &HashSet<i64>) -> Vec<(i64, &ImportKey)> {
        let left = self.imports.iter().filter(|import| !stored.contains(&import.id()));
        left.filter_map(|import| Some((import.project_row, import.key.as_ref()?))).collect()
    }
}

/// Stores each certificate with its bytes, chain, import key and audit event, and counts it. Stores
/// nothing of one whose id or import key is taken. Returns for each the id that it is stored under.
pub(in super::super) async fn import_group(
    on: &Connection,
    group: &Group,
) -> Result<Vec<Answer>, Failure> {
    let mut stored = insert_checked(on, group).await?;
    let mut before = HashSet::new();
    if group.may_be_stored && stored.len() < group.imports.len() {
        before = stored_before(on, group).await?;
        stored.extend(&before);
    }
    let mut keys = group.keys_but_of(&stored);
    if import_keys::forget_deleted(on, &keys).await? > 0 {
        stored.extend(insert_checked(on, group).await?);
        keys = group.keys_but_of(&stored);
    }
    let standing = import_keys::standing(on, &keys).await?;
    if !before.is_empty() || !standing.is_empty() {
        confirm(on, group).await?;
    }
    Ok(group.each(|import| {
        if stored.contains(&import.id()) {
            return Ok(import.new.id);
        }
        let known = |key: &ImportKey| standing.get(&(import.project_row, key.key));
        let met = import.key.as_ref().and_then(|key| Some((key, known(key)?)));
        met.map_or(
            Err(StoreError::Conflict { what: "certificate with this id" }),
            |(key, known)| key.meets(&known.0, known.1),
        )
    }))
}

/// Stores certificates, and refuses duplicates where an import requires it; returns the stored ids.
async fn insert_checked(on: &Connection, group: &Group) -> Result<HashSet<i64>, Failure> {
    let stored = insert::insert(on, group).await?;
    for import in &group.imports {
        if import.new.refuse_duplicate && stored.contains(&import.id()) {
            refuse_duplicate(on, import).await?;
        }
    }
    Ok(stored)
}

/// Must be called after the certificate is inserted and before the transaction is committed.
async fn refuse_duplicate(on: &Connection, import: &Import) -> Result<(), Failure> {
    let Content { not_after, sha256, .. } = &import.new.content;
    let sql = "SELECT id FROM certificate
               WHERE scope = $1 AND not_after = $2 AND sha256 = $3 AND id <> $4
               ORDER BY id LIMIT 1";
    let values: Values<'_> =
        &[&import.project_row, &millis(*not_after), &&sha256[..], &import.id()];
    match on.row(sql, values).await? {
        None => Ok(()),
        Some(row) => Err(StoreError::Duplicate { existing: id_numbered(column(&row, 0)?)? }.into()),
    }
}

/// Those that were stored when they were sent before: their audit events exist.
async fn stored_before(on: &Connection, group: &Group) -> Result<HashSet<i64>, Failure> {
    let sql = "SELECT certificate FROM audit_event JOIN
                   unnest(CAST($1 AS BIGINT[]), CAST($2 AS BIGINT[])) AS sent (id, certificate)
                   USING (id, certificate)";
    let events = group.each(|import| import.event);
    let rows = on.rows(sql, &[&events, &group.each(Import::id)]).await?;
    rows.iter().map(|row| column(row, 0)).collect()
}

/// Writes a row without changing it. A commit whose connection broke while it waited for a standby is
/// visible, but the standby may lack it and take over without it. A later commit waits for both.
async fn confirm(on: &Connection, group: &Group) -> Result<(), Failure> {
    let sql = "INSERT INTO shelf_count (shelf, shard, valid, expired) VALUES ($1, $2, 0, 0)
               ON CONFLICT (shelf, shard) DO UPDATE SET valid = shelf_count.valid";
    on.change(sql, &[&group.imports[0].enterprise_row, &group.shard]).await?;
    Ok(())
}
