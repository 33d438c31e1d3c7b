//! A self-hosted SSL certificate manager that speaks the SCM v3 API.
//!
//! [`Server::start`] opens a data folder and listens; [`Server::serve`] answers. A request goes
//! through the `middleware`, the `router` finds its row in the table of [`scm_model::api`], `auth` finds
//! out who asks, a function of `handlers` does the work with [`scm_pki`], [`scm_seal`] and
//! [`scm_store`], and `error` says no where one of them did.
//!
//! [`administer`] does what the commands for users, projects, roles, access keys and tokens ask, beside
//! a server or without one.
//!
//! This is a library for the sake of the binary and the end-to-end tests; its interface is not meant
//! for others.

mod admin;
mod announce;
mod auth;
mod authorization;
mod cached;
mod causes;
mod cli;
mod clock;
mod concurrency_limit;
mod config;
mod context;
mod data_dir;
mod error;
mod first_start;
mod handlers;
mod headers;
mod keyring;
mod keystone;
mod limits;
mod log;
mod middleware;
mod openapi;
mod origin;
mod per_client_limit;
mod probe;
mod random_id;
mod readiness;
mod reference;
mod request;
mod response;
mod router;
mod serve;
mod service;
mod start;
mod sweep;
mod tls;
mod view;

pub use admin::{AdminError, Administration, Said, administer};
pub use auth::{NewSecret, PasswordHasher};
pub use cli::{Arguments, Task};
pub use clock::{Clock, SystemClock};
pub use config::{Config, ConfigError, LogFormat};
pub use log::init as init_log;
pub use start::{Server, StartError};
