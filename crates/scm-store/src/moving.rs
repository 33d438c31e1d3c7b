//! Moving house: everything that a store keeps, row by row, into another home.
//!
//! Rows are walked in batches. A batch and the note of how far it came are one transaction, so a copy
//! that is cut short goes on where it was. Until the last note is taken away, in the end, no server
//! opens the copy. Sealed keys stay sealed: both homes belong to the same ring.
//!
//! Left out: what is written to the source meanwhile. The comparison at the end tells it.

mod certificates;
mod digest;
mod parts;
mod value;

use std::fmt;

use async_trait::async_trait;

use self::{digest::Digest, parts::PARTS};
pub(crate) use self::{
    parts::{Kind, Part},
    value::{Place, Row, Value},
};
use crate::{Location, error::StoreError, postgres, sqlite};

/// How many rows travel together.
pub(crate) const BATCH: usize = 500;
/// The name of the note that says what is copied.
pub(crate) const SOURCE: &str = "source";

/// A home as a copy sees it.
#[async_trait]
pub(crate) trait End: Send + Sync {
    /// The ring that the store belongs to, if there is a store.
    async fn ring(&self) -> Result<Option<String>, StoreError>;
    /// Of which store this is a copy, if it is one that is not complete.
    async fn source(&self) -> Result<Option<String>, StoreError>;
    /// Makes an empty home an incomplete copy of `source`.
    async fn begin(&self, ring: &str, source: &str) -> Result<(), StoreError>;
    /// How many rows there are.
    async fn count(&self, part: &'static Part) -> Result<u64, StoreError>;
    /// How far the part has come.
    async fn reached(&self, part: &'static Part) -> Result<Option<Place>, StoreError>;
    /// The next rows behind a place; none at the end.
    async fn rows(
        &self,
        part: &'static Part,
        after: Option<&Place>,
    ) -> Result<Vec<Row>, StoreError>;
    /// Writes rows, and that the part has come so far, if it had come to `before`; else refuses as
    /// busy.
    async fn take(
        &self,
        part: &'static Part,
        before: Option<&Place>,
        rows: Vec<Row>,
    ) -> Result<(), StoreError>;
    /// From here on it is a store like any other.
    async fn complete(&self) -> Result<(), StoreError>;
}

/// How far a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// So many rows are to be copied, of which some may have been copied earlier.
    Copying {
        /// All of them.
        rows: u64,
        /// Those that were copied earlier.
        done: u64,
    },
    /// So many rows, of both homes together, are to be compared.
    Comparing {
        /// All of them.
        rows: u64,
    },
    /// So many more rows are done.
    Done(u64),
}

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// How many rows there are of each part, by its name.
    pub parts: Vec<(&'static str, u64)>,
}

/// Where both homes differ after all was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The rows' name.
    pub part: &'static str,
    /// How many there are in the source.
    pub source: u64,
    /// How many there are in the copy.
    pub copy: u64,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { part, source, copy } = self;
        match source == copy {
            true => write!(f, "{part} (as many, {source}, but others)"),
            false => write!(f, "{part} ({source} in the source, {copy} in the copy)"),
        }
    }
}

/// Why a store was not copied, or not to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MoveError {
    /// Nothing is kept there.
    #[error("there is no store in {0}")]
    NoStore(Location),
    /// The source is itself a copy that is not complete.
    #[error("{place} is itself a copy of {source_place} that is not complete")]
    SourceHalfCopied {
        /// The source.
        place: Location,
        /// What it is a copy of.
        source_place: String,
    },
    /// Something else is there.
    #[error("{0} holds a store already; a copy goes into an empty home")]
    NotEmpty(Location),
    /// The copy of another store was begun there.
    #[error(
        "{place} holds a copy of {begun} that is not complete; go on with that, or empty {place} first"
    )]
    OfAnother {
        /// The copy.
        place: Location,
        /// What it is a copy of.
        begun: String,
    },
    /// Another process copies to the same place.
    #[error("another copy to the same place is under way")]
    Twice,
    /// Source and copy do not keep the same.
    #[error(
        "the copy is not like the source: {}; was something written meanwhile? No server opens the \
         copy: stop all servers of the source, empty the destination and copy again",
        .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    )]
    Differs(Vec<Difference>),
    /// One of the homes cannot be read or written.
    #[error("the {which} cannot be used")]
    Store {
        /// `source` or `destination`.
        which: &'static str,
        /// Why not.
        #[source]
        error: StoreError,
    },
}

/// Copies the store at `from` into the empty location `to`, or goes on with a copy that was begun, and tells
/// how far it is. Both are brought to the schema of this release.
///
/// # Errors
/// Every [`MoveError`]. The copy can be gone on with after all but [`MoveError::Differs`].
pub async fn copy(
    from: &Location,
    to: &Location,
    tell: &mut (dyn FnMut(Stage) + Send),
) -> Result<Copied, MoveError> {
    let source = match open(from, false).await {
        Err(StoreError::Missing { .. }) => return Err(MoveError::NoStore(from.clone())),
        source => source.map_err(of_source)?,
    };
    let Some(ring) = source.ring().await.map_err(of_source)? else {
        return Err(MoveError::NoStore(from.clone()));
    };
    if let Some(source_place) = source.source().await.map_err(of_source)? {
        return Err(MoveError::SourceHalfCopied { place: from.clone(), source_place });
    }
    let copy = open(to, true).await.map_err(of_destination)?;
    begin(&*copy, &ring, from, to).await?;
    let mut rows = 0;
    let mut done = 0;
    for part in &PARTS {
        rows += source.count(part).await.map_err(of_source)?;
        done += copy.count(part).await.map_err(of_destination)?;
    }
    tell(Stage::Copying { rows, done });
    for part in &PARTS {
        copy_part(&*source, &*copy, part, tell).await?;
    }
    tell(Stage::Comparing { rows: 2 * rows });
    let copied = compare(&*source, &*copy, tell).await?;
    copy.complete().await.map_err(of_destination)?;
    Ok(copied)
}

/// The ring that the store at `location` belongs to, if there is a store.
///
/// # Errors
/// As for [`is_there`](crate::is_there).
pub async fn ring_of(location: &Location) -> Result<Option<String>, StoreError> {
    match location {
        Location::Sqlite(file) if !file.exists() => Ok(None),
        Location::Sqlite(_) => open(location, false).await?.ring().await,
        Location::Postgres(url) => postgres::ring(url.clone()).await,
    }
}

async fn open(location: &Location, make: bool) -> Result<Box<dyn End>, StoreError> {
    Ok(match location {
        Location::Sqlite(file) => Box::new(sqlite::SqliteEnd::open(file.clone(), make).await?),
        Location::Postgres(url) => Box::new(postgres::PostgresEnd::open(url.clone()).await?),
    })
}

async fn begin(
    copy: &dyn End,
    ring: &str,
    from: &Location,
    to: &Location,
) -> Result<(), MoveError> {
    let name = from.to_string();
    match copy.source().await.map_err(of_destination)? {
        Some(begun) if begun == name => Ok(()),
        Some(begun) => Err(MoveError::OfAnother { place: to.clone(), begun }),
        None if copy.ring().await.map_err(of_destination)?.is_some() => {
            Err(MoveError::NotEmpty(to.clone()))
        }
        None => copy.begin(ring, &name).await.map_err(of_destination),
    }
}

/// While a batch is written, the next one is read.
async fn copy_part(
    source: &dyn End,
    copy: &dyn End,
    part: &'static Part,
    tell: &mut (dyn FnMut(Stage) + Send),
) -> Result<(), MoveError> {
    let mut before = copy.reached(part).await.map_err(of_destination)?;
    let mut rows = source.rows(part, before.as_ref()).await.map_err(of_source)?;
    while let Some(last) = rows.last() {
        let (reached, count) = (last.place.clone(), rows.len());
        let next = source.rows(part, Some(&reached));
        let (taken, next) = tokio::join!(copy.take(part, before.as_ref(), rows), next);
        taken.map_err(|error| match error {
            StoreError::Conflict { what: SOURCE } => MoveError::Twice,
            error => of_destination(error),
        })?;
        tell(Stage::Done(count as u64));
        rows = next.map_err(of_source)?;
        before = Some(reached);
    }
    Ok(())
}

async fn compare(
    source: &dyn End,
    copy: &dyn End,
    tell: &mut (dyn FnMut(Stage) + Send),
) -> Result<Copied, MoveError> {
    let (mut parts, mut differences) = (Vec::new(), Vec::new());
    for part in &PARTS {
        let (theirs, ours) = tokio::join!(digest(source, part), digest(copy, part));
        let (theirs, ours) = (theirs.map_err(of_source)?, ours.map_err(of_destination)?);
        tell(Stage::Done(theirs.rows + ours.rows));
        if theirs != ours {
            let (source, copy) = (theirs.rows, ours.rows);
            differences.push(Difference { part: part.name, source, copy });
        }
        parts.push((part.name, ours.rows));
    }
    match differences.is_empty() {
        true => Ok(Copied { parts }),
        false => Err(MoveError::Differs(differences)),
    }
}

async fn digest(end: &dyn End, part: &'static Part) -> Result<Digest, StoreError> {
    let (mut digest, mut after) = (Digest::default(), None);
    loop {
        let rows = end.rows(part, after.as_ref()).await?;
        rows.iter().for_each(|row| digest.add(&row.values[part.own_numbers..]));
        match rows.into_iter().next_back() {
            Some(last) => after = Some(last.place),
            None => return Ok(digest),
        }
    }
}

fn of_source(error: StoreError) -> MoveError {
    MoveError::Store { which: "source", error }
}

fn of_destination(error: StoreError) -> MoveError {
    MoveError::Store { which: "destination", error }
}
