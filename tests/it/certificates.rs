//! Certificates.

mod change;
mod export;
mod import;
mod list;
mod show;
