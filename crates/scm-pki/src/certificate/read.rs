//! Reads the facts of a certificate from its DER (RFC 5280 4.1), in one strict pass: what is
//! accepted here loads in every library, even where no signature covers a changed byte.

mod extensions;
mod names;
mod validity;

use std::ops::Range;

use pkcs1::der::{Decode, asn1::AnyRef};

use self::extensions::Extensions;
use super::{CertificateError, Facts};
use crate::{
    SignatureAlgorithm,
    public_key::{self, KeyKind},
    tlv::{Element, Elements, Malformed, SEQUENCE, bits},
};

// Tags of the optional parts.
const VERSION: u8 = 0xa0;
const ISSUER_ID: u8 = 0x81;
const SUBJECT_ID: u8 = 0x82;
const EXTENSIONS: u8 = 0xa3;

impl From<Malformed> for CertificateError {
    fn from(_: Malformed) -> Self {
        Self::Structure
    }
}

/// Reads what the rules need, and refuses what is malformed.
pub(super) fn facts(der: &[u8]) -> Result<Facts, CertificateError> {
    let mut input = Elements(der);
    let mut parts = input.next(SEQUENCE)?.parts();
    if !input.is_empty() {
        return Err(CertificateError::Trailing { count: input.0.len() });
    }
    let signed = parts.next(SEQUENCE)?;
    let algorithm = parts.next(SEQUENCE)?;
    let signature = parts.bytes()?;
    parts.end()?;
    let tbs = Tbs::read(signed)?;
    if tbs.algorithm.whole != algorithm.whole {
        return Err(CertificateError::TwoAlgorithms);
    }
    let key = PublicKey::read(tbs.public_key)?;
    let (not_before, not_after) = validity::read(tbs.validity)?;
    let range = |part: Option<Element<'_>>| part.map(|part| within(der, part.whole)).transpose();
    Ok(Facts {
        signed: within(der, signed.whole)?,
        serial: within(der, without_sign(tbs.serial))?,
        issuer: within(der, tbs.issuer.whole)?,
        subject: within(der, tbs.subject.whole)?,
        public_key: within(der, tbs.public_key.whole)?,
        key_bits: within(der, key.bits)?,
        alternative_names: range(tbs.extensions.alternative_names)?,
        signature: within(der, signature)?,
        not_before,
        not_after,
        key: key.kind,
        algorithm: Identifier::read(algorithm)?.signature(),
        authority: tbs.extensions.authority()?,
        may_sign: tbs.extensions.may_sign()?,
        is_for_servers: tbs.extensions.is_for_servers()?,
        name_constraints: range(tbs.extensions.name_constraints)?,
        unknown_critical: tbs
            .extensions
            .unknown_critical
            .map(|oid| within(der, oid))
            .transpose()?,
    })
}

/// Where `part`, which is borrowed from `whole`, lies in it.
fn within(whole: &[u8], part: &[u8]) -> Result<Range<usize>, CertificateError> {
    let start = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
    let range = start..start.wrapping_add(part.len());
    whole.get(range.clone()).map(|_| range).ok_or(CertificateError::Structure)
}

/// The digits of an INTEGER without the zero that only keeps it positive.
fn without_sign(serial: &[u8]) -> &[u8] {
    match serial {
        [0, rest @ ..] if !rest.is_empty() => rest,
        _ => serial,
    }
}

/// The parts of TBSCertificate. Serial numbers that are negative, zero or over 20 octets are
/// against RFC 5280, but exist, and load everywhere.
struct Tbs<'a> {
    serial: &'a [u8],
    algorithm: Element<'a>,
    issuer: Element<'a>,
    validity: Element<'a>,
    subject: Element<'a>,
    public_key: Element<'a>,
    extensions: Extensions<'a>,
}

impl<'a> Tbs<'a> {
    fn read(signed: Element<'a>) -> Result<Self, CertificateError> {
        let mut parts = signed.parts();
        let version = version(&mut parts)?;
        let serial = parts.integer()?;
        let algorithm = parts.next(SEQUENCE)?;
        let issuer = names::name(&mut parts)?;
        let validity = parts.next(SEQUENCE)?;
        let subject = names::name(&mut parts)?;
        let public_key = parts.next(SEQUENCE)?;
        let unique = [parts.next_if(ISSUER_ID)?, parts.next_if(SUBJECT_ID)?];
        unique.iter().flatten().try_for_each(|id| bits(id.content).map(|_| ()))?;
        let extensions = parts.next_if(EXTENSIONS)?;
        parts.end()?;
        let allowed = match version {
            0 => extensions.is_none() && unique.iter().flatten().next().is_none(),
            1 => extensions.is_none(),
            _ => true,
        };
        if !allowed {
            return Err(CertificateError::BeyondVersion);
        }
        let extensions = extensions.map(Extensions::read).transpose()?.unwrap_or_default();
        Ok(Self { serial, algorithm, issuer, validity, subject, public_key, extensions })
    }
}

/// The version as it is written: one less than its name.
fn version(parts: &mut Elements<'_>) -> Result<u8, CertificateError> {
    let Some(version) = parts.next_if(VERSION)? else { return Ok(0) };
    let mut inner = version.parts();
    let number = inner.integer()?;
    inner.end()?;
    match number {
        [number @ 0..=2] => Ok(*number),
        _ => Err(CertificateError::Version),
    }
}

/// AlgorithmIdentifier.
struct Identifier<'a> {
    algorithm: &'a [u8],
    parameters: Option<AnyRef<'a>>,
}

impl<'a> Identifier<'a> {
    fn read(element: Element<'a>) -> Result<Self, CertificateError> {
        let mut parts = element.parts();
        let algorithm = parts.oid()?;
        let parameters = if parts.is_empty() { None } else { Some(parts.value()?) };
        parts.end()?;
        let parameters = parameters.map(|found| AnyRef::from_der(found.whole)).transpose();
        Ok(Self { algorithm, parameters: parameters.map_err(|_| Malformed)? })
    }

    fn signature(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::read(self.algorithm, self.parameters)
    }
}

/// SubjectPublicKeyInfo.
struct PublicKey<'a> {
    kind: KeyKind,
    bits: &'a [u8],
}

impl<'a> PublicKey<'a> {
    fn read(info: Element<'a>) -> Result<Self, CertificateError> {
        let mut parts = info.parts();
        let identifier = Identifier::read(parts.next(SEQUENCE)?)?;
        let bits = parts.bytes()?;
        parts.end()?;
        let kind = public_key::kind(identifier.algorithm, identifier.parameters, bits);
        Ok(Self { kind: kind.map_err(|_| CertificateError::PublicKey)?, bits })
    }
}

#[cfg(test)]
mod tests;
