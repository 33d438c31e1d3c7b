//! Certificates.

mod import;
mod show;
