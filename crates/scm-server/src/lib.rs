//! A self-hosted SSL certificate manager that speaks the SCM v3 API.
//!
//! [`Server::start`] opens a data folder and listens; [`Server::serve`] handles requests. A request
//! passes the `middleware`. The `router` finds its row in the table of [`scm_model::api`], `auth`
//! authenticates the caller, `authorization` checks the role, and a function of `handlers` does the work
//! with [`scm_pki`], [`scm_seal`] and [`scm_store`]. `error` maps their errors to conditions of the API.
//!
//! [`administer`] runs the commands of the administrator, whether or not a server is running.
//!
//! The library is for the binary and the end-to-end tests only.

mod admin;
mod admission;
mod announce;
mod auth;
mod authority;
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
mod evicting_limit;
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

pub use admin::{AdminError, Administration, Output, administer};
pub use auth::{NewSecret, PasswordHasher};
pub use cli::{Arguments, Task};
pub use clock::{Clock, SystemClock};
pub use config::{Config, ConfigError, LogFormat};
pub use log::init as init_log;
pub use start::{Server, StartError};
