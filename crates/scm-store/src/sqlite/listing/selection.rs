//! Which certificates a list is of, as conditions and as the indexes that give them.

use std::fmt::Write;

use rusqlite::Connection;

use super::super::{
    failure::Failure,
    project_rows::{EnterpriseProjectRow, ProjectRow},
    upkeep,
};
use crate::{
    certificates::{CertificateQuery, State},
    millis::first_millis_from,
};

/// A project, or an enterprise project in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) project_row: ProjectRow,
    pub(super) enterprise_row: Option<EnterpriseProjectRow>,
}

/// The certificates that a list is of, its text aside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Selection {
    pub(super) place: Place,
    pub(super) state: State,
    /// The `ended_since` of the query.
    since: Option<i64>,
    now: i64,
    /// Ends from here on, if not [`i64::MIN`].
    from: i64,
    /// And before here, if not [`i64::MAX`].
    before: i64,
    /// Between these the marks may be wrong, both included.
    doubtful: (i64, i64),
}

impl Selection {
    pub(super) fn new(
        connection: &Connection,
        place: Place,
        query: &CertificateQuery,
    ) -> Result<Self, Failure> {
        let now = first_millis_from(query.now);
        let swept = upkeep::swept_until(connection)?.unwrap_or(i64::MIN);
        let (from, before) = match query.state {
            State::Any => (i64::MIN, i64::MAX),
            State::Valid => (now, i64::MAX),
            State::Expired => (i64::MIN, now),
        };
        let since = query.ended_since.map(first_millis_from);
        Ok(Self {
            place,
            state: query.state,
            since,
            now,
            from: from.max(since.unwrap_or(i64::MIN)),
            before,
            doubtful: (now.min(swept), now.max(swept)),
        })
    }

    /// Of those that end from a moment on: the ones that are valid, whenever they end, and the ones
    /// that have ended since. Nothing if the query has no such moment, or if it does not part them so.
    pub(super) fn parts(&self) -> Option<(Self, Self)> {
        let since = self.since.filter(|&since| since <= self.now)?;
        let valid =
            Self { state: State::Valid, since: None, from: self.now, before: i64::MAX, ..*self };
        let ended = Self { state: State::Expired, from: since, before: self.now, ..*self };
        Some((valid, ended))
    }

    /// Whether it is bounded by an `ended_since`.
    pub(super) fn has_past(&self) -> bool {
        self.since.is_some()
    }

    /// Whether a certificate of the project belongs to it.
    pub(super) fn has(&self, enterprise_row: EnterpriseProjectRow, not_after: i64) -> bool {
        let (from, before) = (self.from, self.before);
        self.place.enterprise_row.is_none_or(|only| only == enterprise_row)
            && (from == i64::MIN || from <= not_after)
            && (before == i64::MAX || not_after < before)
    }

    /// Those of the selection with a mark, in the order of their last change.
    pub(super) fn marked(&self, sql: &mut Sql, columns: &str, expired: bool) {
        let indexes = ["certificate_by_update", "certificate_on_shelf_by_update"];
        self.select(sql, columns, indexes);
        sql.add(" AND expired = ").value(i64::from(expired));
        self.bounds(sql);
    }

    /// Those in the place that are in one state and have the mark of the other.
    pub(super) fn mismarked(&self, sql: &mut Sql, columns: &str, expired: bool) {
        let indexes = ["certificate_by_expiry", "certificate_on_shelf_by_expiry"];
        let (from, to) = self.doubtful;
        self.select(sql, columns, indexes);
        sql.add(" AND not_after BETWEEN ").value(from).add(" AND ").value(to);
        sql.add(" AND not_after ").add(if expired { "<" } else { ">=" }).add(" ").value(self.now);
        sql.add(" AND expired = ").value(i64::from(!expired));
        if self.since.is_some() {
            self.bounds(sql);
        }
    }

    /// Those of the selection, in the order of their ends.
    pub(super) fn by_expiry(&self, sql: &mut Sql, columns: &str) {
        let indexes = ["certificate_by_expiry", "certificate_on_shelf_by_expiry"];
        self.select(sql, columns, indexes);
        self.bounds(sql);
    }

    fn select(&self, sql: &mut Sql, columns: &str, [of_project_row, of_enterprise_row]: [&str; 2]) {
        let (index, column, number) = match self.place.enterprise_row {
            None => (of_project_row, "scope", self.place.project_row.0),
            Some(enterprise_row) => (of_enterprise_row, "shelf", enterprise_row.0),
        };
        sql.add("SELECT ").add(columns).add(" FROM certificate INDEXED BY ").add(index);
        sql.add(" WHERE ").add(column).add(" = ").value(number);
    }

    fn bounds(&self, sql: &mut Sql) {
        if self.from != i64::MIN {
            sql.add(" AND not_after >= ").value(self.from);
        }
        if self.before != i64::MAX {
            sql.add(" AND not_after < ").value(self.before);
        }
    }
}

/// A statement under construction, with its values.
#[derive(Debug, Default)]
pub(super) struct Sql {
    pub(super) text: String,
    pub(super) values: Vec<i64>,
}

impl Sql {
    pub(super) fn add(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    pub(super) fn value(&mut self, value: i64) -> &mut Self {
        self.values.push(value);
        write!(self.text, "?{}", self.values.len()).expect("a string takes everything");
        self
    }
}
