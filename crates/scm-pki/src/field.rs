//! Where in a request something stands: the three fields of an import, and a place in one.

use std::fmt;

/// A field of the import, by its wire name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// `certificate`: the leaf, possibly followed by its chain.
    Certificate,
    /// `certificate_chain`: the issuers, from the leaf's towards the root.
    CertificateChain,
    /// `private_key`: the key of the leaf.
    PrivateKey,
}

impl Field {
    /// The wire name: `certificate`, `certificate_chain` or `private_key`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::CertificateChain => "certificate_chain",
            Self::PrivateKey => "private_key",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One certificate of a field, or the key: `certificate 2 of certificate_chain`, `private_key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    field: Field,
    position: usize,
}

impl Place {
    /// The place of the private key, of which there is one.
    pub const KEY: Self = Self { field: Field::PrivateKey, position: 1 };

    /// The first certificate of `certificate`, which is the leaf.
    pub const LEAF: Self = Self::new(Field::Certificate, 1);

    /// The first certificate of `certificate_chain`.
    pub const CHAIN_HEAD: Self = Self::new(Field::CertificateChain, 1);

    /// The certificate at `position` of `field`, counted from 1.
    pub const fn new(field: Field, position: usize) -> Self {
        Self { field, position }
    }

    /// The field.
    pub const fn field(self) -> Field {
        self.field
    }

    /// The position among the certificates of the field, counted from 1.
    pub const fn position(self) -> usize {
        self.position
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Field::PrivateKey => f.write_str("private_key"),
            field => write!(f, "certificate {} of {field}", self.position),
        }
    }
}
