//! How many requests of each kind may be open at the same time.

use std::{net::IpAddr, sync::Arc};

use scm_model::Condition;

use crate::{
    concurrency_limit::ConcurrencyLimit,
    config::Config,
    error::ApiError,
    per_client_limit::{PerClientLimit, Permit},
};

/// The limits of a server.
#[derive(Debug)]
pub struct Limits {
    requests: ConcurrencyLimit,
    unauthenticated: Arc<PerClientLimit>,
    signed: Arc<PerClientLimit>,
}

impl Limits {
    /// The limits that the settings give.
    pub fn new(config: &Config) -> Self {
        let requests = config.max_requests.count();
        let unauthenticated = requests.div_ceil(8);
        Self {
            requests: ConcurrencyLimit::new(requests),
            unauthenticated: PerClientLimit::new(unauthenticated, unauthenticated.div_ceil(2)),
            signed: PerClientLimit::new(requests.saturating_mul(2), requests),
        }
    }

    /// The limit of requests of authenticated callers.
    pub fn requests(&self) -> &ConcurrencyLimit {
        &self.requests
    }

    /// A permit for a request that needs no authentication, such as a log-in. There are few, and one
    /// address can have half of them.
    ///
    /// # Errors
    /// [`Condition::TooMany`] if there is none left.
    pub fn permit_unauthenticated(&self, address: IpAddr) -> Result<Permit, ApiError> {
        permit(&self.unauthenticated, address)
    }

    /// A permit for a signed request until its signature is verified, for which its body must be there.
    /// There are twice as many as for authenticated requests; one address (perhaps a proxy of many
    /// clients) can have half of them.
    ///
    /// # Errors
    /// [`Condition::TooMany`] if there is none left.
    pub fn permit_signed(&self, address: IpAddr) -> Result<Permit, ApiError> {
        permit(&self.signed, address)
    }
}

fn permit(limit: &Arc<PerClientLimit>, address: IpAddr) -> Result<Permit, ApiError> {
    limit.enter(address).ok_or_else(|| ApiError::refused(Condition::TooMany))
}
