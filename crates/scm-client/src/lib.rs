//! A typed client of the SCM v3 API.
//!
//! Every operation is a row of the table in [`scm_model::api`]; [`Client::send`] takes a
//! [`Call`](scm_model::Call) of any of them and gives its reply. The everyday ones have methods of
//! their own, such as [`Client::import_certificate`]. The client logs in by itself, renews its
//! token in time, and tries again only what can safely be tried again.
//!
//! ```no_run
//! use scm_client::{Client, Credentials, Error};
//! use scm_model::certificates::CertificateImport;
//!
//! # async fn run(credentials: Credentials, key: String) -> Result<(), Error> {
//! let client = Client::from_credentials(&credentials)?;
//! let import = CertificateImport {
//!     name: "www.example.com".to_owned(),
//!     certificate: std::fs::read_to_string("leaf.pem").expect("the file is there"),
//!     certificate_chain: Some(std::fs::read_to_string("chain.pem").expect("the file is there")),
//!     private_key: key.into(),
//!     enterprise_project_id: None,
//!     duplicate_check: Some(true),
//!     enc_certificate: None,
//!     enc_private_key: None,
//! };
//! match client.import_certificate(import).await {
//!     Ok(imported) => println!("kept as {}", imported.certificate_id),
//!     Err(Error::Refused { code, message, .. }) => eprintln!("{code}: {message}"),
//!     Err(other) => return Err(other),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Left out: signed requests (`SDK-HMAC-SHA256`), which need no log-in; and any opinion on whether
//! a certificate is sound, which is the server's.
//!
//! Request bodies are wiped once they are sent, and tokens and passwords are never printed. What
//! the HTTP and TLS libraries copy into buffers of their own is out of this crate's reach: a
//! program that minds can set a global allocator that zeroes what it frees.

mod builder;
mod client;
mod endpoint;
mod error;
mod log_in;
mod refusal;
mod retry;
mod session;

pub use builder::Builder;
pub use client::Client;
pub use error::Error;
pub use log_in::LogIn;
pub use scm_model::Credentials;
