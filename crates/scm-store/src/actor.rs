//! Who acts, for the audit event that every act leaves.

use std::net::IpAddr;

use crate::names::{ProjectId, UserId};

/// Who does something, where, and in answer to which request. An act sees and touches only what
/// belongs to `project`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user, proved by the caller.
    pub user: UserId,
    /// The project that the user acts in, allowed by the caller.
    pub project: ProjectId,
    /// The address that the request came from.
    pub address: IpAddr,
    /// The id of the request, as in the log and in the answer.
    pub request_id: String,
}
