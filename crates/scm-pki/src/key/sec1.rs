//! ECPrivateKey (RFC 5915), alone or inside PKCS#8.

use pkcs1::{
    ObjectIdentifier,
    der::{
        self, Reader, SliceReader, TagNumber,
        asn1::{AnyRef, BitStringRef, ContextSpecific, OctetStringRef},
    },
};

use super::{KeyEncoding, KeyError, PublicHalf, ec};
use crate::{KeyAlgorithm, oid};

/// The parts of the structure.
struct EcPrivateKey<'a> {
    private: &'a [u8],
    parameters: Option<AnyRef<'a>>,
    public: Option<&'a [u8]>,
}

/// Checks a key; `outside` is the curve that PKCS#8 names around it.
pub(super) fn check(der: &[u8], outside: Option<AnyRef<'_>>) -> Result<PublicHalf, KeyError> {
    let encoding = if outside.is_some() { KeyEncoding::Pkcs8 } else { KeyEncoding::Sec1 };
    let malformed = KeyError::Malformed { encoding };
    let key = parse(der).map_err(|_| malformed.clone())?;
    let named = curve(outside.or(key.parameters).ok_or(KeyError::NoCurve)?)?;
    if key.parameters.is_some_and(|inside| curve(inside) != Ok(named)) {
        return Err(malformed);
    }
    ec::check(named, der, key.private, key.public)
}

fn parse(der: &[u8]) -> der::Result<EcPrivateKey<'_>> {
    let mut reader = SliceReader::new(der)?;
    let key = reader.sequence(|inner: &mut SliceReader<'_>| {
        let version: u8 = inner.decode()?;
        if version != 1 {
            return Err(der::Error::from(der::ErrorKind::Failed));
        }
        let private = inner.decode::<&OctetStringRef>()?.as_bytes();
        let parameters = ContextSpecific::<AnyRef<'_>>::decode_explicit(inner, TagNumber(0))?;
        let public = ContextSpecific::<BitStringRef<'_>>::decode_explicit(inner, TagNumber(1))?;
        let public = public.map(|found| found.value.as_bytes().ok_or(der::ErrorKind::Failed));
        Ok(EcPrivateKey {
            private,
            parameters: parameters.map(|found| found.value),
            public: public.transpose()?,
        })
    })?;
    reader.finish()?;
    Ok(key)
}

/// The curve that parameters name.
fn curve(parameters: AnyRef<'_>) -> Result<KeyAlgorithm, KeyError> {
    let named: ObjectIdentifier = parameters.decode_as().map_err(|_| KeyError::ExplicitCurve)?;
    let unsupported = || KeyError::Unsupported { kind: oid::name(&named) };
    KeyAlgorithm::of_curve(&named).ok_or_else(unsupported)
}
