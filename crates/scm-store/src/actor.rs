//! The user of an operation, for the audit event that every operation leaves.

use std::net::IpAddr;

use crate::names::{ProjectId, UserId};

/// The user of an operation, the project, and the request that it belongs to. An operation reads and
/// changes only what belongs to `project`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user, proved by the caller.
    pub user: UserId,
    /// The project of the operation. The caller checks that the user may work in it.
    pub project: ProjectId,
    /// The address that the request came from.
    pub address: IpAddr,
    /// The id of the request, as in the log and in the answer.
    pub request_id: String,
}
