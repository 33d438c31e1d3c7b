//! A typed client of the SCM v3 API.
//!
//! Every operation is a row of the table in [`scm_model::api`]. [`Client::send`] sends a
//! [`Call`](scm_model::Call) of any operation and returns its reply. The common operations have their
//! own methods, such as [`Client::import_certificate`]. The client signs its requests with an access
//! key, or logs in and renews its token before it expires. It retries a request only if that is safe.
//!
//! ```no_run
//! use scm_client::{Client, Credentials, Error};
//! use scm_model::certificates::CertificateImport;
//!
//! # async fn run(credentials: Credentials, key: String) -> Result<(), Error> {
//! let client = Client::from_credentials(&credentials)?;
//! let leaf = std::fs::read_to_string("leaf.pem").expect("the file is there");
//! let chain = std::fs::read_to_string("chain.pem").expect("the file is there");
//! let import = CertificateImport::new("www.example.com", leaf, key).with_chain(chain).with_duplicate_check();
//! match client.import_certificate(import).await {
//!     Ok(imported) => println!("stored as {}", imported.reply.certificate_id),
//!     Err(Error::Refused { code, message, .. }) => eprintln!("{code}: {message}"),
//!     Err(other) => return Err(other),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The client also supports the public cloud, which does not have all operations:
//!
//! ```no_run
//! use futures_util::TryStreamExt as _;
//! use scm_client::{Client, Error, Region};
//! use scm_model::{SecretText, certificates::CertificateFilter};
//!
//! # async fn run(secret: SecretText) -> Result<(), Error> {
//! let client = Client::in_region(Region::ApSoutheast1).access_key("AKEXAMPLE", secret).build()?;
//! let mut certificates = client.certificates(CertificateFilter::default());
//! while let Some(certificate) = certificates.try_next().await? {
//!     println!("{} until {}", certificate.domain, certificate.expire_time);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Deliberately absent: the validation of certificates, which the server does.
//!
//! Request bodies are wiped after they are sent, and tokens and passwords are never printed. This
//! crate cannot wipe the copies in the buffers of the HTTP and TLS libraries. A program can set a global
//! allocator that zeroes freed memory.

mod access_key;
mod address;
mod answer;
mod builder;
mod client;
mod endpoint;
mod error;
mod log_in;
mod operations;
mod refusal;
mod region;
mod retry;
mod session;
mod walk;

pub use builder::Builder;
pub use client::Client;
pub use error::Error;
pub use log_in::LogIn;
pub use region::Region;
pub use scm_model::Credentials;

/// The README's example compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
