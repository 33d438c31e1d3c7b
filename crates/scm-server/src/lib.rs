//! A self-hosted SSL certificate manager that speaks the SCM v3 API.
//!
//! [`Server::start`] opens a data folder and listens; [`Server::serve`] answers. A request goes
//! through the `layers`, the `router` finds its row in the table of [`scm_model::api`], `auth` finds
//! out who asks, a function of `handlers` does the work with [`scm_pki`], [`scm_seal`] and
//! [`scm_store`], and `error` says no where one of them did.
//!
//! This is a library for the sake of the binary and the end-to-end tests; its interface is not meant
//! for others.

mod auth;
mod clock;
mod config;
mod ctx;
mod data_dir;
mod error;
mod first_start;
mod handlers;
mod layers;
mod log;
mod origin;
mod probe;
mod request;
mod router;
mod serve;
mod start;
mod tls;
mod view;
mod watch;

pub use auth::{NewSecret, PasswordHasher};
pub use clock::{Clock, SystemClock};
pub use config::{Arguments, Config, ConfigError, LogFormat};
pub use log::init as init_log;
pub use start::{Server, StartError};
