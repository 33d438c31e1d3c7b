//! The choices that the rules leave to an installation.

/// The choices of an installation. By default an expired certificate is refused, a chain is not
/// required, and a bundle that verifiers reject is accepted with warnings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// Accept an expired leaf or chain.
    pub accept_expired: bool,
    /// Refuse a leaf without its issuers. A self-signed leaf has none and is accepted.
    pub require_chain: bool,
    /// Refuse a bundle that verifiers would not accept (a [`Warning`](crate::Warning) otherwise).
    pub strict: bool,
}

impl Policy {
    /// This policy, with [`accept_expired`](Self::accept_expired) set.
    pub const fn with_accept_expired(self, accept_expired: bool) -> Self {
        Self { accept_expired, ..self }
    }

    /// This policy, with [`require_chain`](Self::require_chain) set.
    pub const fn with_require_chain(self, require_chain: bool) -> Self {
        Self { require_chain, ..self }
    }

    /// This policy, with [`strict`](Self::strict) set.
    pub const fn with_strict(self, strict: bool) -> Self {
        Self { strict, ..self }
    }
}
