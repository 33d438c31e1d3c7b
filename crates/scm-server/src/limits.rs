//! Every limit of what requests may hold at once, derived from `--max-requests`.

use std::{net::IpAddr, sync::Arc};

use scm_store::UserId;

use crate::{
    concurrency_limit::ConcurrencyLimit,
    config::Config,
    evicting_limit::EvictingLimit,
    per_client_limit::{PerClientLimit, Permit},
};

/// The fewest bodies of unauthenticated requests that may be on their way, however small the other
/// limits are.
const FEWEST_UNAUTHENTICATED: usize = 8;

/// The limits of requests at their stages: body on its way, signature not yet compared, worked on.
#[derive(Debug)]
pub struct Limits {
    requests: ConcurrencyLimit,
    bodies_by_user: Arc<PerClientLimit<UserId>>,
    bodies_by_address: Arc<PerClientLimit>,
    unsettled_signatures: Arc<PerClientLimit>,
    unauthenticated_bodies: Arc<EvictingLimit>,
}

/// Lets a body be on its way until it is dropped.
#[derive(Debug)]
pub struct BodyPermit {
    _user: Permit<UserId>,
    _address: Permit,
}

impl Limits {
    /// The limits that the settings give. Twice as many bodies of
    /// authenticated callers may be on their way: as many of one user, half as many more of one
    /// address, which may stand for many users.
    pub fn new(config: &Config) -> Self {
        Self::of(config.max_requests.count())
    }

    fn of(max_requests: usize) -> Self {
        let twice = max_requests.saturating_mul(2);
        let unauthenticated = max_requests.div_ceil(2).max(FEWEST_UNAUTHENTICATED);
        Self {
            requests: ConcurrencyLimit::new(max_requests),
            bodies_by_user: PerClientLimit::new(twice, max_requests),
            bodies_by_address: PerClientLimit::new(twice, max_requests + max_requests.div_ceil(2)),
            unsettled_signatures: PerClientLimit::new(twice, max_requests),
            unauthenticated_bodies: EvictingLimit::new(
                unauthenticated,
                unauthenticated.div_ceil(4),
            ),
        }
    }

    /// The limit of requests that are worked on.
    pub fn requests(&self) -> &ConcurrencyLimit {
        &self.requests
    }

    /// Lets the body of an authenticated caller be on its way.
    pub fn body(&self, user: &UserId, address: IpAddr) -> Option<BodyPermit> {
        Some(BodyPermit {
            _user: self.bodies_by_user.acquire(user)?,
            _address: self.bodies_by_address.acquire_from(address)?,
        })
    }

    /// Lets the body of a signed request be on its way, and its signature be compared. The user of a
    /// signature is not known before, and anyone may know the id of an access key, so addresses are
    /// counted: one of them (perhaps a proxy of many) may have half of all.
    pub fn unsettled_signature(&self, address: IpAddr) -> Option<Permit> {
        self.unsettled_signatures.acquire_from(address)
    }

    /// The limit of bodies of unauthenticated clients that are on their way: the newest ones, of every
    /// address.
    pub fn unauthenticated_bodies(&self) -> &Arc<EvictingLimit> {
        &self.unauthenticated_bodies
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_user_may_send_as_many_bodies_as_are_worked_on_and_leaves_as_many_to_others() {
        let limits = Limits::of(4);
        let address = |last: u8| IpAddr::from([192, 0, 2, last]);
        let all_of = |user: &str, last: u8| -> Vec<_> {
            std::iter::from_fn(|| limits.body(&UserId::new(user), address(last))).collect()
        };
        let one = all_of("one", 1);
        assert_eq!(one.len(), 4);
        assert_eq!(all_of("one", 2).len(), 0);
        let same_address = all_of("two", 1);
        assert_eq!(same_address.len(), 2);
        assert_eq!(all_of("three", 3).len(), 2);
        drop((one, same_address));
        assert_eq!(all_of("one", 1).len(), 4);
    }
}
