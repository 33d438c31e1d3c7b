//! Which certificates a list is of, as conditions on what the indexes give.

use std::fmt::Write;

use tokio_postgres::{Row, types::ToSql};

use super::super::{connection::Connection, failure::Failure};
use crate::{
    certificates::{CertificateQuery, State},
    millis::first_millis_from,
};

/// A project, or an enterprise project in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) project_row: i64,
    pub(super) enterprise_row: Option<i64>,
}

/// The certificates that a list is of.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    pub(super) place: Place,
    pub(super) state: State,
    /// The `ended_since` of the query.
    pub(super) since: Option<i64>,
    pub(super) now: i64,
    /// The text that is searched for, as rows have it.
    pub(super) needle: Option<String>,
}

impl Selection {
    pub(super) fn new(place: Place, query: &CertificateQuery) -> Self {
        Self {
            place,
            state: query.state,
            since: query.ended_since.map(first_millis_from),
            now: first_millis_from(query.now),
            needle: None,
        }
    }

    /// Of those that end from a moment on: the ones that are valid, whenever they end, and the ones
    /// that have ended since. Nothing if the query has no such moment, or if it does not part them so.
    pub(super) fn parts(&self) -> Option<(Self, Self)> {
        self.since.filter(|&since| since <= self.now)?;
        let valid = Self { state: State::Valid, since: None, ..self.clone() };
        Some((valid, Self { state: State::Expired, ..self.clone() }))
    }

    /// Those with a mark: `FROM` and `WHERE`, the rows being called `c`.
    pub(super) fn marked(&self, sql: &mut Sql, mark: i64) {
        sql.add(" FROM certificate c WHERE ");
        match self.place.enterprise_row {
            None => sql.add("c.scope = ").value(self.place.project_row),
            Some(enterprise_row) => sql.add("c.shelf = ").value(enterprise_row),
        };
        sql.add(" AND c.expired = ").value(mark);
        self.conditions(sql);
    }

    /// The conditions of the query besides place and mark.
    pub(super) fn conditions(&self, sql: &mut Sql) {
        match self.state {
            State::Any => {}
            State::Valid => drop(sql.add(" AND c.not_after >= ").value(self.now)),
            State::Expired => drop(sql.add(" AND c.not_after < ").value(self.now)),
        }
        if let Some(since) = self.since {
            sql.add(" AND c.not_after >= ").value(since);
        }
        if let Some(needle) = &self.needle {
            sql.add(" AND strpos(c.folded, ").value(needle.clone()).add(") > 0");
        }
    }

    /// The mark that few of them have: those for which the sweep has yet to come, or came before
    /// the caller's clock.
    pub(super) fn rare_mark(&self) -> Option<i64> {
        match self.state {
            State::Any => None,
            State::Valid => Some(1),
            State::Expired => Some(0),
        }
    }
}

/// A statement under construction, with its values.
#[derive(Default)]
pub(super) struct Sql {
    text: String,
    values: Vec<Box<dyn ToSql + Sync + Send>>,
}

impl Sql {
    pub(super) fn add(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    pub(super) fn value(&mut self, value: impl ToSql + Sync + Send + 'static) -> &mut Self {
        self.values.push(Box::new(value));
        write!(self.text, "${}", self.values.len()).expect("a string takes everything");
        self
    }

    pub(super) async fn rows(&self, on: &Connection) -> Result<Vec<Row>, Failure> {
        let values: Vec<_> =
            self.values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect();
        Ok(on.rows(&self.text, &values).await?)
    }
}
