//! PrivateKeyInfo and OneAsymmetricKey (RFC 5208, RFC 5958): a key of any kind.

use pkcs1::{
    ObjectIdentifier,
    der::{
        self, Decode, Reader, SliceReader,
        asn1::{AnyRef, OctetStringRef},
    },
};

use super::{KeyEncoding, KeyError, PublicHalf, ec, rsa, sec1};
use crate::{
    oid,
    public_key::{is_null, same_bits},
    tlv::{Elements, Malformed, SEQUENCE, SET, whole_bytes},
};

const MALFORMED: KeyError = KeyError::Malformed { encoding: KeyEncoding::Pkcs8 };

// Tags of the optional parts.
const ATTRIBUTES: u8 = 0xa0;
const PUBLIC_KEY: u8 = 0x81;

/// The parts of the structure.
struct OneAsymmetricKey<'a> {
    algorithm: ObjectIdentifier,
    parameters: Option<AnyRef<'a>>,
    private: &'a [u8],
    public: Option<&'a [u8]>,
}

/// Checks a key of any kind.
pub(super) fn check(der: &[u8]) -> Result<PublicHalf, KeyError> {
    let key = parse(der).map_err(|_| MALFORMED)?;
    let half = match key.algorithm {
        oid::RSA if key.parameters.is_some_and(is_null) => {
            rsa::check(key.private).map_err(as_pkcs8)?
        }
        oid::EC => sec1::check(key.private, Some(key.parameters.ok_or(KeyError::NoCurve)?))?,
        oid::ED25519 if key.parameters.is_none() => ed25519(key.private)?,
        oid::RSA | oid::ED25519 => return Err(MALFORMED),
        oid::RSA_PSS => return Err(KeyError::RsaPss),
        other => return Err(KeyError::Unsupported { kind: oid::name(&other) }),
    };
    match key.public {
        Some(public) if !same_bits(public, &half.info[half.bits..]) => {
            Err(KeyError::PublicKeyDiffers)
        }
        _ => Ok(half),
    }
}

/// Reports the outer encoding, which the label names.
fn as_pkcs8(error: KeyError) -> KeyError {
    match error {
        KeyError::Malformed { .. } => MALFORMED,
        other => other,
    }
}

/// CurvePrivateKey (RFC 8410): an octet string within the octet string.
fn ed25519(private: &[u8]) -> Result<PublicHalf, KeyError> {
    let seed = <&OctetStringRef>::from_der(private).map_err(|_| MALFORMED)?;
    ec::ed25519(seed.as_bytes())
}

fn parse(der: &[u8]) -> der::Result<OneAsymmetricKey<'_>> {
    let mut reader = SliceReader::new(der)?;
    let key = reader.sequence(|inner: &mut SliceReader<'_>| {
        let version: u8 = inner.decode()?;
        if version > 1 {
            return Err(der::Error::from(der::ErrorKind::Failed));
        }
        let (algorithm, parameters) = inner.sequence(|identifier: &mut SliceReader<'_>| {
            Ok::<_, der::Error>((identifier.decode()?, identifier.decode()?))
        })?;
        let private = inner.decode::<&OctetStringRef>()?.as_bytes();
        let rest = inner.read_slice(inner.remaining_len())?;
        let public = public_key(Elements(rest)).map_err(|_| der::ErrorKind::Failed)?;
        if version == 0 && public.is_some() {
            return Err(der::Error::from(der::ErrorKind::Failed));
        }
        Ok(OneAsymmetricKey { algorithm, parameters, private, public })
    })?;
    reader.finish()?;
    Ok(key)
}

/// The publicKey among the optional parts at the end; nothing is taken from attributes.
fn public_key(mut parts: Elements<'_>) -> Result<Option<&[u8]>, Malformed> {
    if let Some(list) = parts.next_if(ATTRIBUTES)? {
        attributes(list.parts())?;
    }
    let public = parts.next_if(PUBLIC_KEY)?;
    parts.end()?;
    public.map(|found| whole_bytes(found.content)).transpose()
}

/// Attributes: an identifier and a set of values each.
fn attributes(mut list: Elements<'_>) -> Result<(), Malformed> {
    while !list.is_empty() {
        let mut attribute = list.next(SEQUENCE)?.parts();
        attribute.oid()?;
        let mut values = attribute.next(SET)?.parts();
        attribute.end()?;
        while !values.is_empty() {
            values.value()?;
        }
    }
    Ok(())
}
