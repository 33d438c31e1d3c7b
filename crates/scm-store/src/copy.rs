//! Copying a store into an empty one, row by row, from any backend to any other.
//!
//! Rows are read and written in batches. A batch and the position behind it are written in one
//! transaction, so an interrupted copy continues where it stopped. No server opens the destination
//! before the copy is complete. Sealed keys stay sealed: both stores belong to the same keyring.
//!
//! A backend takes part by implementing [`Endpoint`]. Rows that are written to the source during a copy
//! are not copied; the comparison at the end finds them.

mod certificates;
mod digest;
mod parts;
mod value;

use std::fmt;

use async_trait::async_trait;

use self::{digest::Digest, parts::PARTS};
pub(crate) use self::{
    parts::{Kind, Part},
    value::{Position, Row, Value},
};
use crate::{Location, error::StoreError};

/// The number of rows in a batch.
pub(crate) const BATCH: usize = 500;
/// The name of the note that holds the location of the source.
pub(crate) const SOURCE: &str = "source";

/// The source or the destination of a copy.
#[async_trait]
pub(crate) trait Endpoint: Send + Sync {
    /// The keyring that the store belongs to, if there is a store.
    async fn keyring(&self) -> Result<Option<String>, StoreError>;
    /// The location of the store that this one is an incomplete copy of, if it is one.
    async fn source(&self) -> Result<Option<String>, StoreError>;
    /// Makes an empty store an incomplete copy of the one at `source`.
    async fn begin(&self, keyring: &str, source: &str) -> Result<(), StoreError>;
    /// The number of rows of a part.
    async fn count(&self, part: &'static Part) -> Result<u64, StoreError>;
    /// The position up to which a part was written.
    async fn reached(&self, part: &'static Part) -> Result<Option<Position>, StoreError>;
    /// The next rows behind a position; none at the end.
    async fn rows(
        &self,
        part: &'static Part,
        after: Option<&Position>,
    ) -> Result<Vec<Row>, StoreError>;
    /// Writes rows and their last position, provided that the part was written up to `before`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] of [`SOURCE`] if the part was written up to another position.
    async fn write(
        &self,
        part: &'static Part,
        before: Option<&Position>,
        rows: Vec<Row>,
    ) -> Result<(), StoreError>;
    /// Completes the copy: servers can open it.
    async fn complete(&self) -> Result<(), StoreError>;
}

/// The progress of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Copying starts.
    Copying {
        /// The number of rows to copy.
        rows: u64,
        /// Those of them that an earlier run copied.
        done: u64,
    },
    /// Comparing starts.
    Comparing {
        /// The number of rows to compare, those of both stores together.
        rows: u64,
    },
    /// This many more rows are copied or compared.
    Done(u64),
}

/// A complete copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The name of each part, with its number of rows.
    pub parts: Vec<(&'static str, u64)>,
}

/// A part that differs between source and copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The name of the part.
    pub part: &'static str,
    /// The number of rows in the source.
    pub source: u64,
    /// The number of rows in the copy.
    pub copy: u64,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { part, source, copy } = self;
        match source == copy {
            true => write!(f, "{part} ({source} in both, with different content)"),
            false => write!(f, "{part} ({source} in the source, {copy} in the copy)"),
        }
    }
}

/// Why a store was not copied, or not completely.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// The source does not exist.
    #[error("there is no store in {0}")]
    NoStore(Location),
    /// The source is itself an incomplete copy.
    #[error("{place} is itself an incomplete copy of {source_place}")]
    SourceHalfCopied {
        /// The source.
        place: Location,
        /// The store that it is a copy of.
        source_place: String,
    },
    /// The destination is not empty.
    #[error("{0} holds a store already; the destination of a copy must be empty")]
    NotEmpty(Location),
    /// The destination is an incomplete copy of another store.
    #[error(
        "{place} holds an incomplete copy of {begun}; continue that copy, or empty {place} first"
    )]
    OfAnother {
        /// The destination.
        place: Location,
        /// The store that it is a copy of.
        begun: String,
    },
    /// Another process copies to the same destination.
    #[error("another copy to the same destination is running")]
    Twice,
    /// Source and copy differ.
    #[error(
        "the copy differs from the source: {}. If servers of the source were running, stop them, \
         empty the destination and copy again. No server opens this copy",
        .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    )]
    Differs(Vec<Difference>),
    /// The source or the destination cannot be read or written.
    #[error("the {which} cannot be used")]
    Store {
        /// `source` or `destination`.
        which: &'static str,
        /// The cause.
        #[source]
        error: StoreError,
    },
}

/// A complete store to copy from.
pub(crate) struct Source<'a> {
    location: &'a Location,
    endpoint: Box<dyn Endpoint>,
    keyring: String,
}

impl<'a> Source<'a> {
    /// The store at `location`, as the attempt to open it ended.
    pub(crate) async fn new(
        location: &'a Location,
        opened: Result<Box<dyn Endpoint>, StoreError>,
    ) -> Result<Self, CopyError> {
        let endpoint = match opened {
            Err(StoreError::Missing { .. }) => return Err(CopyError::NoStore(location.clone())),
            opened => opened.map_err(of_source)?,
        };
        let Some(keyring) = endpoint.keyring().await.map_err(of_source)? else {
            return Err(CopyError::NoStore(location.clone()));
        };
        if let Some(source_place) = endpoint.source().await.map_err(of_source)? {
            let place = location.clone();
            return Err(CopyError::SourceHalfCopied { place, source_place });
        }
        Ok(Self { location, endpoint, keyring })
    }

    /// Copies everything to `to`, or continues an earlier copy, then compares.
    pub(crate) async fn copy_to(
        &self,
        to: &Location,
        opened: Result<Box<dyn Endpoint>, StoreError>,
        report: &mut (dyn FnMut(Stage) + Send),
    ) -> Result<Copied, CopyError> {
        let (source, copy) = (&*self.endpoint, &*opened.map_err(of_destination)?);
        self.begin(to, copy).await?;
        let mut rows = 0;
        let mut done = 0;
        for part in &PARTS {
            rows += source.count(part).await.map_err(of_source)?;
            done += copy.count(part).await.map_err(of_destination)?;
        }
        report(Stage::Copying { rows, done });
        for part in &PARTS {
            copy_part(source, copy, part, report).await?;
        }
        report(Stage::Comparing { rows: 2 * rows });
        let copied = compare(source, copy, report).await?;
        copy.complete().await.map_err(of_destination)?;
        Ok(copied)
    }

    async fn begin(&self, to: &Location, copy: &dyn Endpoint) -> Result<(), CopyError> {
        let name = self.location.to_string();
        match copy.source().await.map_err(of_destination)? {
            Some(begun) if begun == name => Ok(()),
            Some(begun) => Err(CopyError::OfAnother { place: to.clone(), begun }),
            None if copy.keyring().await.map_err(of_destination)?.is_some() => {
                Err(CopyError::NotEmpty(to.clone()))
            }
            None => copy.begin(&self.keyring, &name).await.map_err(of_destination),
        }
    }
}

/// While a batch is written, the next one is read.
async fn copy_part(
    source: &dyn Endpoint,
    copy: &dyn Endpoint,
    part: &'static Part,
    report: &mut (dyn FnMut(Stage) + Send),
) -> Result<(), CopyError> {
    let mut before = copy.reached(part).await.map_err(of_destination)?;
    let mut rows = source.rows(part, before.as_ref()).await.map_err(of_source)?;
    while let Some(last) = rows.last() {
        let (reached, count) = (last.position.clone(), rows.len());
        let next = source.rows(part, Some(&reached));
        let (written, next) = tokio::join!(copy.write(part, before.as_ref(), rows), next);
        written.map_err(|error| match error {
            StoreError::Conflict { what: SOURCE } => CopyError::Twice,
            error => of_destination(error),
        })?;
        report(Stage::Done(count as u64));
        rows = next.map_err(of_source)?;
        before = Some(reached);
    }
    Ok(())
}

async fn compare(
    source: &dyn Endpoint,
    copy: &dyn Endpoint,
    report: &mut (dyn FnMut(Stage) + Send),
) -> Result<Copied, CopyError> {
    let (mut parts, mut differences) = (Vec::new(), Vec::new());
    for part in &PARTS {
        let (original, copied) = tokio::join!(digest(source, part), digest(copy, part));
        let original = original.map_err(of_source)?;
        let copied = copied.map_err(of_destination)?;
        report(Stage::Done(original.rows + copied.rows));
        if original != copied {
            let (source, copy) = (original.rows, copied.rows);
            differences.push(Difference { part: part.name, source, copy });
        }
        parts.push((part.name, copied.rows));
    }
    match differences.is_empty() {
        true => Ok(Copied { parts }),
        false => Err(CopyError::Differs(differences)),
    }
}

async fn digest(endpoint: &dyn Endpoint, part: &'static Part) -> Result<Digest, StoreError> {
    let (mut digest, mut after) = (Digest::default(), None);
    loop {
        let rows = endpoint.rows(part, after.as_ref()).await?;
        rows.iter().for_each(|row| digest.add(&row.values[part.own_numbers..]));
        match rows.into_iter().next_back() {
            Some(last) => after = Some(last.position),
            None => return Ok(digest),
        }
    }
}

fn of_source(error: StoreError) -> CopyError {
    CopyError::Store { which: "source", error }
}

fn of_destination(error: StoreError) -> CopyError {
    CopyError::Store { which: "destination", error }
}
