//! Importing: what is kept, what is refused, and how the body may be written.

mod again;
mod body;
mod chain;
mod kinds;
mod lengths;
mod refusals;
mod revisions;
mod storage;
mod warnings;
