//! Whether a project keeps a leaf already.
//!
//! An index by hash would have each new row land on a page of its own, which made every import a
//! fifth dearer for the few that ask. So a leaf is sought among those that end at the same moment, by a
//! piece of its hash that stands in the index by end. They may be many where a CA lets everything end
//! with itself: then that takes a while, a tenth of a second for a million. That is spent on a reader,
//! and the writer looks only at what has come since.

use rusqlite::{Connection, OptionalExtension, params};

use super::super::{failure::Failure, scopes::Scope, values::Millis};
use crate::{certificates::Content, error::StoreError, ids::CertificateId, names::ProjectId};

/// A leaf that is sought.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaf {
    not_after: Millis,
    sha256: [u8; 32],
}

/// What a reader saw.
#[derive(Debug)]
pub(super) struct Seen {
    existing: Option<CertificateId>,
    /// The last audit event of the time before it looked.
    event: i64,
}

impl Leaf {
    pub(super) fn of(content: &Content) -> Self {
        Self { not_after: Millis(content.not_after), sha256: content.sha256 }
    }

    /// Looks for it, before its turn to be kept comes.
    pub(super) fn look(
        self,
        connection: &Connection,
        project: &ProjectId,
    ) -> Result<Seen, Failure> {
        let event = connection
            .prepare_cached("SELECT coalesce(max(id), 0) FROM audit_event")?
            .query_row([], |row| row.get(0))?;
        let scope = Scope::known(connection, project)?;
        let existing = scope.map(|scope| self.find(connection, scope)).transpose()?.flatten();
        Ok(Seen { existing, event })
    }

    /// Refuses it if it is kept, given what a reader saw a moment ago.
    pub(super) fn refuse_if_kept(
        self,
        connection: &Connection,
        scope: Scope,
        seen: &Seen,
    ) -> Result<(), Failure> {
        let existing = match seen.existing {
            None => self.find_since(connection, scope, seen.event)?,
            Some(existing) if self.is_kept_as(connection, scope, existing)? => Some(existing),
            // It has gone meanwhile, which says nothing of others.
            Some(_) => self.find(connection, scope)?,
        };
        match existing {
            Some(existing) => Err(StoreError::Duplicate { existing }.into()),
            None => Ok(()),
        }
    }

    fn find(self, connection: &Connection, scope: Scope) -> Result<Option<CertificateId>, Failure> {
        let mut statement = connection.prepare_cached(
            "SELECT id FROM certificate INDEXED BY certificate_by_expiry
             WHERE scope = ?1 AND not_after = ?2 AND substr(sha256, 1, 8) = substr(?3, 1, 8)
                 AND sha256 = ?3
             ORDER BY id LIMIT 1",
        )?;
        let values = params![scope, self.not_after, self.sha256];
        Ok(statement.query_row(values, |row| row.get(0)).optional()?)
    }

    /// Whatever brings a leaf leaves an event, and in the same transaction.
    fn find_since(
        self,
        connection: &Connection,
        scope: Scope,
        event: i64,
    ) -> Result<Option<CertificateId>, Failure> {
        let mut statement = connection.prepare_cached(
            "SELECT certificate.id FROM audit_event
                 JOIN certificate ON certificate.id = audit_event.certificate
             WHERE audit_event.id > ?1 AND certificate.scope = ?2 AND certificate.sha256 = ?3
             ORDER BY audit_event.id LIMIT 1",
        )?;
        let values = params![event, scope, self.sha256];
        Ok(statement.query_row(values, |row| row.get(0)).optional()?)
    }

    fn is_kept_as(
        self,
        connection: &Connection,
        scope: Scope,
        id: CertificateId,
    ) -> Result<bool, Failure> {
        let sql = "SELECT 1 FROM certificate WHERE id = ?1 AND scope = ?2 AND sha256 = ?3";
        Ok(connection.prepare_cached(sql)?.exists(params![id, scope, self.sha256])?)
    }
}
