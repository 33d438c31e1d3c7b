//! Reads the facts of a certificate from its DER, by x509-parser.

use std::ops::Range;

use pkcs1::der::{Tag, asn1::AnyRef};
use x509_parser::{
    asn1_rs::{Any, FromDer},
    certificate::{X509Certificate, X509CertificateParser},
    extensions::{BasicConstraints, KeyUsage},
    nom::Parser,
    oid_registry::{
        OID_X509_EXT_BASIC_CONSTRAINTS, OID_X509_EXT_KEY_USAGE, OID_X509_EXT_SUBJECT_ALT_NAME, Oid,
    },
    x509::AlgorithmIdentifier,
};

use super::{Authority, CertificateError, Facts};
use crate::{
    SignatureAlgorithm,
    public_key::{self, KeyKind},
};

/// Reads what the rules need, and refuses what is malformed.
pub(super) fn facts(der: &[u8]) -> Result<Facts, CertificateError> {
    let mut parser = X509CertificateParser::new().with_deep_parse_extensions(false);
    let (rest, parsed) = parser.parse(der).map_err(|_| CertificateError::Structure)?;
    if !rest.is_empty() {
        return Err(CertificateError::Trailing { count: rest.len() });
    }
    let tbs = &parsed.tbs_certificate;
    if tbs.signature != parsed.signature_algorithm {
        return Err(CertificateError::TwoAlgorithms);
    }
    Ok(Facts {
        signed: within(der, tbs.as_ref())?,
        serial: within(der, without_sign(tbs.raw_serial()))?,
        issuer: within(der, tbs.issuer.as_raw())?,
        subject: within(der, tbs.subject.as_raw())?,
        public_key: within(der, tbs.subject_pki.raw)?,
        key_bits: within(der, &tbs.subject_pki.subject_public_key.data)?,
        alternative_names: alternative_names(&parsed)?
            .map(|value| within(der, value))
            .transpose()?,
        signature: within(der, &parsed.signature_value.data)?,
        not_before: tbs.validity.not_before.to_datetime(),
        not_after: tbs.validity.not_after.to_datetime(),
        key: key(&parsed)?,
        algorithm: algorithm(&parsed.signature_algorithm),
        authority: authority(&parsed)?,
        may_sign: may_sign(&parsed)?,
    })
}

/// Where `part`, which the parser borrows from `whole`, lies in it.
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

fn algorithm(found: &AlgorithmIdentifier<'_>) -> SignatureAlgorithm {
    let parameters = found.parameters.as_ref().and_then(borrowed);
    SignatureAlgorithm::read(found.algorithm.as_bytes(), parameters)
}

fn key(parsed: &X509Certificate<'_>) -> Result<KeyKind, CertificateError> {
    let info = &parsed.tbs_certificate.subject_pki;
    let parameters = info.algorithm.parameters.as_ref().and_then(borrowed);
    let bits = &info.subject_public_key.data;
    public_key::kind(info.algorithm.algorithm.as_bytes(), parameters, bits)
        .map_err(|_| CertificateError::PublicKey)
}

/// Algorithm parameters as the other ASN.1 library reads them: a curve, or a structure.
fn borrowed<'a>(any: &'a Any<'_>) -> Option<AnyRef<'a>> {
    let tag = match any.tag().0 {
        5 => Tag::Null,
        6 => Tag::ObjectIdentifier,
        16 => Tag::Sequence,
        _ => return None,
    };
    AnyRef::new(tag, any.data).ok()
}

/// The value of an extension that may occur once.
fn extension<'a>(
    parsed: &X509Certificate<'a>,
    oid: &Oid<'_>,
    name: &'static str,
) -> Result<Option<&'a [u8]>, CertificateError> {
    let found = parsed.tbs_certificate.get_extension_unique(oid);
    let found = found.map_err(|_| CertificateError::Extension { extension: name })?;
    Ok(found.map(|extension| extension.value))
}

fn alternative_names<'a>(
    parsed: &X509Certificate<'a>,
) -> Result<Option<&'a [u8]>, CertificateError> {
    extension(parsed, &OID_X509_EXT_SUBJECT_ALT_NAME, "subjectAltName")
}

fn authority(parsed: &X509Certificate<'_>) -> Result<Option<Authority>, CertificateError> {
    const NAME: &str = "basicConstraints";
    let Some(value) = extension(parsed, &OID_X509_EXT_BASIC_CONSTRAINTS, NAME)? else {
        return Ok(None);
    };
    match BasicConstraints::from_der(value) {
        Ok(([], found)) => {
            Ok(Some(Authority { ca: found.ca, path_len: found.path_len_constraint }))
        }
        _ => Err(CertificateError::Extension { extension: NAME }),
    }
}

fn may_sign(parsed: &X509Certificate<'_>) -> Result<bool, CertificateError> {
    const NAME: &str = "keyUsage";
    let Some(value) = extension(parsed, &OID_X509_EXT_KEY_USAGE, NAME)? else { return Ok(true) };
    match KeyUsage::from_der(value) {
        Ok(([], usage)) => Ok(usage.key_cert_sign()),
        _ => Err(CertificateError::Extension { extension: NAME }),
    }
}
