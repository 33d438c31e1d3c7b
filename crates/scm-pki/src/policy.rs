//! What an installation accepts, where the rules leave a choice.

/// The choices of an installation. By default an expired certificate is refused and a chain is
/// not demanded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// Take a leaf or chain whose dates have passed.
    pub accept_expired: bool,
    /// Refuse a leaf without its issuers. A self-signed leaf has none and is not concerned.
    pub require_chain: bool,
    /// Refuse a bundle that verifiers would not accept (a [`Warning`](crate::Warning) otherwise).
    pub strict: bool,
}

impl Policy {
    /// The same policy, with [`accept_expired`](Self::accept_expired) set.
    pub const fn with_accept_expired(self, accept_expired: bool) -> Self {
        Self { accept_expired, ..self }
    }

    /// The same policy, with [`require_chain`](Self::require_chain) set.
    pub const fn with_require_chain(self, require_chain: bool) -> Self {
        Self { require_chain, ..self }
    }

    /// The same policy, with [`strict`](Self::strict) set.
    pub const fn with_strict(self, strict: bool) -> Self {
        Self { strict, ..self }
    }
}
