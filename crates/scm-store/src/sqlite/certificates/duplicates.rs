//! Whether a project already has a certificate with a leaf.
//!
//! An index by hash would have each new row land on a page of its own, which made every import a
//! fifth dearer for the few that refuse duplicates. So a leaf is sought among those that end at the same
//! moment, by a piece of its hash that stands in the index by end. They may be many where a CA lets
//! everything end with itself: then that takes a while, a tenth of a second for a million. That is spent
//! on a reader, and the writer looks only at what has come since.

use rusqlite::{Connection, OptionalExtension, params};

use super::super::{failure::Failure, project_rows::ProjectRow, values::Millis};
use crate::{certificates::Content, error::StoreError, ids::CertificateId, names::ProjectId};

const FIND: &str = "SELECT id FROM certificate INDEXED BY certificate_by_expiry
    WHERE scope = ?1 AND not_after = ?2 AND substr(sha256, 1, 8) = substr(?3, 1, 8) AND sha256 = ?3
    ORDER BY id LIMIT 1";

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

    /// Looks for the leaf, before the writer runs the import.
    pub(super) fn look(
        self,
        connection: &Connection,
        project: &ProjectId,
    ) -> Result<Seen, Failure> {
        let event = connection
            .prepare_cached("SELECT coalesce(max(id), 0) FROM audit_event")?
            .query_row([], |row| row.get(0))?;
        let project_row = ProjectRow::known(connection, project)?;
        let existing = project_row
            .map(|project_row| self.find(connection, project_row))
            .transpose()?
            .flatten();
        Ok(Seen { existing, event })
    }

    /// Refuses the leaf if it is stored, given what a reader found before.
    pub(super) fn refuse_if_stored(
        self,
        connection: &Connection,
        project_row: ProjectRow,
        seen: &Seen,
    ) -> Result<(), Failure> {
        let existing = match seen.existing {
            None => self.find_since(connection, project_row, seen.event)?,
            Some(existing) if self.is_stored_as(connection, project_row, existing)? => {
                Some(existing)
            }
            // It was deleted meanwhile; there may be another one.
            Some(_) => self.find(connection, project_row)?,
        };
        match existing {
            Some(existing) => Err(StoreError::Duplicate { existing }.into()),
            None => Ok(()),
        }
    }

    fn find(
        self,
        connection: &Connection,
        project_row: ProjectRow,
    ) -> Result<Option<CertificateId>, Failure> {
        let mut statement = connection.prepare_cached(FIND)?;
        let values = params![project_row, self.not_after, self.sha256];
        Ok(statement.query_row(values, |row| row.get(0)).optional()?)
    }

    /// Whatever brings a leaf leaves an event, and in the same transaction.
    fn find_since(
        self,
        connection: &Connection,
        project_row: ProjectRow,
        event: i64,
    ) -> Result<Option<CertificateId>, Failure> {
        let mut statement = connection.prepare_cached(
            "SELECT certificate.id FROM audit_event
                 JOIN certificate ON certificate.id = audit_event.certificate
             WHERE audit_event.id > ?1 AND certificate.scope = ?2 AND certificate.sha256 = ?3
             ORDER BY audit_event.id LIMIT 1",
        )?;
        let values = params![event, project_row, self.sha256];
        Ok(statement.query_row(values, |row| row.get(0)).optional()?)
    }

    fn is_stored_as(
        self,
        connection: &Connection,
        project_row: ProjectRow,
        id: CertificateId,
    ) -> Result<bool, Failure> {
        let sql = "SELECT 1 FROM certificate WHERE id = ?1 AND scope = ?2 AND sha256 = ?3";
        Ok(connection.prepare_cached(sql)?.exists(params![id, project_row, self.sha256])?)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Row;
    use tempfile::TempDir;

    use super::{super::super::Sqlite, *};
    use crate::{
        Certificates,
        certificates::NewCertificate,
        testing::{MadeUp, NOW, actor},
    };

    const LEAF: u64 = 7;

    async fn made() -> (TempDir, Sqlite) {
        let folder = TempDir::new().unwrap();
        let keyring = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let store = Sqlite::open(folder.path().join("store.db"), keyring).await.unwrap();
        (folder, store)
    }

    /// The same leaf under an id of another number.
    fn under(number: u64) -> NewCertificate {
        MadeUp::new(LEAF).to_new_under(number)
    }

    fn id(number: u64) -> CertificateId {
        MadeUp::new(number).id()
    }

    async fn look(store: &Sqlite) -> Seen {
        let leaf = Leaf::of(&under(1).content);
        store.read(move |connection| leaf.look(connection, &actor().project)).await.unwrap()
    }

    async fn refused(store: &Sqlite, seen: Seen) -> Option<CertificateId> {
        let leaf = Leaf::of(&under(1).content);
        let judged = store.write(move |connection| {
            let project_row = ProjectRow::of(connection, &actor().project)?;
            leaf.refuse_if_stored(connection, project_row, &seen)
        });
        match judged.await {
            Ok(()) => None,
            Err(StoreError::Duplicate { existing }) => Some(existing),
            Err(error) => panic!("{error}"),
        }
    }

    #[tokio::test]
    async fn what_comes_between_the_look_and_the_turn_counts() {
        let (_folder, store) = made().await;
        let before = look(&store).await;
        assert_eq!(before.existing, None);
        let others = [MadeUp::new(2).to_new(), MadeUp::new(3).to_new()];
        for other in others {
            store.insert(&actor(), other).await.unwrap();
        }
        let unlike = look(&store).await;
        assert_eq!(refused(&store, unlike).await, None);
        store.insert(&actor(), under(5)).await.unwrap();
        assert_eq!(refused(&store, before).await, Some(id(5)));
    }

    #[tokio::test]
    async fn what_goes_between_the_look_and_the_turn_does_not_hide_another() {
        let (_folder, store) = made().await;
        for number in [4, 5] {
            store.insert(&actor(), under(number)).await.unwrap();
        }
        let (first, second) = (look(&store).await, look(&store).await);
        assert_eq!(first.existing, Some(id(4)));
        store.delete(&actor(), id(4), NOW).await.unwrap();
        assert_eq!(refused(&store, first).await, Some(id(5)));
        store.delete(&actor(), id(5), NOW).await.unwrap();
        assert_eq!(refused(&store, second).await, None);
    }

    /// Else each certificate that ends at the same moment would be a page to read.
    #[tokio::test]
    async fn the_index_alone_distinguishes_most_leaves() {
        let (_folder, store) = made().await;
        let steps = store.read(|connection| {
            let mut statement = connection.prepare(&format!("EXPLAIN {FIND}"))?;
            let step = |row: &Row<'_>| {
                let what: Option<String> = row.get("p4")?;
                Ok((row.get("opcode")?, row.get("p1")?, what.unwrap_or_default()))
            };
            let steps = statement.query_map(params![1, 2, [0_u8; 32]], step)?;
            Ok(steps.collect::<rusqlite::Result<Vec<(String, i64, String)>>>()?)
        });
        let steps = steps.await.unwrap();
        let opened =
            steps.iter().find(|(step, _, what)| step == "OpenRead" && what.starts_with("k("));
        let first_read = steps.iter().find(|(step, ..)| step == "Column");
        let (_, index, _) = opened.expect("an index is opened");
        let (_, read, _) = first_read.expect("something is read");
        assert_eq!(read, index, "{steps:#?}");
    }
}
