//! PrivateKeyInfo and OneAsymmetricKey (RFC 5208, RFC 5958): a key of any kind.

use pkcs1::{
    ObjectIdentifier,
    der::{
        self, Decode, Reader, SliceReader, Tag, TagNumber, Tagged,
        asn1::{AnyRef, OctetStringRef},
    },
};

use super::{KeyEncoding, KeyError, PublicHalf, ec, rsa, sec1};
use crate::{oid, public_key::same_bits};

const MALFORMED: KeyError = KeyError::Malformed { encoding: KeyEncoding::Pkcs8 };

const ATTRIBUTES: Tag = Tag::ContextSpecific { constructed: true, number: TagNumber(0) };
const PUBLIC_KEY: Tag = Tag::ContextSpecific { constructed: false, number: TagNumber(1) };

/// The parts of the structure.
struct OneAsymmetricKey<'a> {
    algorithm: ObjectIdentifier,
    parameters: Option<AnyRef<'a>>,
    private: &'a [u8],
    public: Option<&'a [u8]>,
}

/// Checks a key of whatever kind.
pub(super) fn check(der: &[u8]) -> Result<PublicHalf, KeyError> {
    let key = parse(der).map_err(|_| MALFORMED)?;
    let half = match key.algorithm {
        oid::RSA => rsa::check(key.private).map_err(as_pkcs8)?,
        oid::EC => sec1::check(key.private, Some(key.parameters.ok_or(KeyError::NoCurve)?))?,
        oid::ED25519 => ed25519(key.private)?,
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

/// The marks announced PKCS#8, whatever is inside.
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
        let public = public_key(inner)?;
        Ok(OneAsymmetricKey { algorithm, parameters, private, public })
    })?;
    reader.finish()?;
    Ok(key)
}

/// The publicKey among the optional parts at the end; attributes are passed over.
fn public_key<'a>(reader: &mut SliceReader<'a>) -> der::Result<Option<&'a [u8]>> {
    let mut public = None;
    while !reader.is_finished() {
        let part: AnyRef<'a> = reader.decode()?;
        public = match (part.tag(), part.value()) {
            (ATTRIBUTES, _) if public.is_none() => continue,
            (PUBLIC_KEY, [0, bits @ ..]) if public.is_none() => Some(bits),
            _ => return Err(der::Error::from(der::ErrorKind::Failed)),
        };
    }
    Ok(public)
}
