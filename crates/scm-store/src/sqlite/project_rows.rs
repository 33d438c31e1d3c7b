//! Projects, and enterprise projects within them, as small numbers.
//!
//! The ids themselves have 32 and 36 characters, and would stand in every row of every index.

use rusqlite::{
    Connection, OptionalExtension, ToSql, params,
    types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef},
};

use super::failure::Failure;
use crate::names::{EnterpriseProject, ProjectId};

/// The number of a project that has certificates or audit events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ProjectRow(pub(super) i64);

/// The number of an enterprise project within a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct EnterpriseProjectRow(pub(super) i64);

impl ProjectRow {
    /// The number of a project, given now if it has none.
    pub(super) fn of(connection: &Connection, project: &ProjectId) -> Result<Self, Failure> {
        if let Some(project_row) = Self::known(connection, project)? {
            return Ok(project_row);
        }
        connection.prepare_cached("INSERT INTO scope (project) VALUES (?1)")?.execute([project])?;
        Ok(Self(connection.last_insert_rowid()))
    }

    /// The number of a project; without one it has nothing in here.
    pub(super) fn known(
        connection: &Connection,
        project: &ProjectId,
    ) -> Result<Option<Self>, Failure> {
        let mut statement = connection.prepare_cached("SELECT id FROM scope WHERE project = ?1")?;
        Ok(statement.query_row([project], |row| row.get(0)).optional()?)
    }
}

impl EnterpriseProjectRow {
    /// The number of an enterprise project, given now if it has none.
    pub(super) fn of(
        connection: &Connection,
        project_row: ProjectRow,
        name: &EnterpriseProject,
    ) -> Result<Self, Failure> {
        if let Some(enterprise_row) = Self::known(connection, project_row, name)? {
            return Ok(enterprise_row);
        }
        connection
            .prepare_cached("INSERT INTO shelf (scope, enterprise_project) VALUES (?1, ?2)")?
            .execute(params![project_row, name])?;
        Ok(Self(connection.last_insert_rowid()))
    }

    /// The number of an enterprise project; without one there is nothing in it.
    pub(super) fn known(
        connection: &Connection,
        project_row: ProjectRow,
        name: &EnterpriseProject,
    ) -> Result<Option<Self>, Failure> {
        let sql = "SELECT id FROM shelf WHERE scope = ?1 AND enterprise_project = ?2";
        let mut statement = connection.prepare_cached(sql)?;
        Ok(statement.query_row(params![project_row, name], |row| row.get(0)).optional()?)
    }

    /// Changes the counters.
    pub(super) fn count(self, connection: &Connection, by: Moved) -> Result<(), Failure> {
        connection
            .prepare_cached(
                "UPDATE shelf SET valid = valid + ?2, expired = expired + ?3 WHERE id = ?1",
            )?
            .execute(params![self, by.valid, by.expired])?;
        Ok(())
    }
}

/// By how much counters change.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moved {
    pub(super) valid: i64,
    pub(super) expired: i64,
}

impl Moved {
    /// One certificate is added, marked as expired or not.
    pub(super) fn one_more(expired: bool) -> Self {
        Self { valid: i64::from(!expired), expired: i64::from(expired) }
    }

    /// One certificate is removed.
    pub(super) fn one_less(expired: bool) -> Self {
        Self { valid: -i64::from(!expired), expired: -i64::from(expired) }
    }
}

macro_rules! number_column {
    ($($name:ident),+) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.0.into())
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_i64().map(Self)
            }
        }
    )+};
}

number_column!(ProjectRow, EnterpriseProjectRow);
