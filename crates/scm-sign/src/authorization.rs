//! Parses the `Authorization` header of a signed request, which is untrusted input.
//!
//! The header is a claim: only [`verify`](crate::verify) checks the signature.

mod names;
#[cfg(test)]
mod tests;

use std::fmt;

use http::HeaderValue;
use thiserror::Error;

use crate::{SignedHeaders, header::X_SDK_DATE};

/// The supported algorithm: the name of the scheme in the header.
pub(crate) const ALGORITHM: &str = "SDK-HMAC-SHA256";

/// The maximum length of the header in bytes. Those of the SDKs have about 250.
const LIMIT: usize = 4096;

/// The maximum length of an access key in characters. Those of the cloud have 20.
const ACCESS_KEY_LIMIT: usize = 128;

/// A well-formed `Authorization: SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…`.
pub struct Authorization {
    access_key: String,
    signed_headers: SignedHeaders,
    signature: String,
}

/// Why a header is not a valid [`Authorization`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ParseError {
    /// The header exceeds the limit.
    #[error("the authorization header has {length} bytes; the limit is {limit}")]
    TooLong {
        /// Its length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The header has another scheme, such as `Bearer`, or none.
    #[error("the authorization header does not have the scheme {ALGORITHM}")]
    OtherScheme,
    /// The algorithm is one of the SDKs' that is not supported.
    #[error("signatures with {0} are not supported: use {ALGORITHM}")]
    OtherAlgorithm(OtherAlgorithm),
    /// The header has an unknown parameter, or one that is not written `name=value`.
    #[error("the authorization header has an unknown parameter")]
    Unknown,
    /// A parameter is missing.
    #[error("the authorization header lacks {0}")]
    Missing(Parameter),
    /// A parameter occurs more than once.
    #[error("the authorization header contains {0} more than once")]
    Repeated(Parameter),
    /// A parameter is malformed. It must be an access key of 1 to 128 visible characters; names of
    /// headers, each once, separated by `;`; or 64 lower-case hexadecimal digits.
    #[error("the authorization header has a malformed {0}")]
    Malformed(Parameter),
    /// The date is not signed: the signature would be valid forever.
    #[error("SignedHeaders must contain {X_SDK_DATE}")]
    DateNotSigned,
}

/// The algorithms of the SDKs that are not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherAlgorithm {
    /// `SDK-HMAC-SM3`
    HmacSm3,
    /// `SDK-ECDSA-P256-SHA256`
    EcdsaP256Sha256,
    /// `SDK-SM2-SM3`
    Sm2Sm3,
    /// `V11-HMAC-SHA256`, whose key is derived for a date, a region and a service
    V11HmacSha256,
}

/// The parts of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// The access key (the "AK")
    Access,
    /// The list of headers that the signature covers
    SignedHeaders,
    /// The signature
    Signature,
}

impl Authorization {
    /// Parses the header. Parameters may be in any order, with or without a space after commas.
    ///
    /// # Errors
    /// See [`ParseError`]. The errors do not contain the header.
    pub fn parse(value: &HeaderValue) -> Result<Self, ParseError> {
        let length = value.len();
        if length > LIMIT {
            return Err(ParseError::TooLong { length, limit: LIMIT });
        }
        let text = value.to_str().map_err(|_| ParseError::OtherScheme)?;
        let (scheme, parameters) = text.split_once(' ').unwrap_or((text, ""));
        if scheme.eq_ignore_ascii_case(ALGORITHM) {
            Parameters::read(parameters)?.checked()
        } else {
            Err(OtherAlgorithm::named(scheme).map_or(ParseError::OtherScheme, Into::into))
        }
    }

    /// The access key (the "AK") that the request claims.
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// The signed headers, which include `x-sdk-date`. Method, path, query and body are always signed.
    pub fn signed_headers(&self) -> &SignedHeaders {
        &self.signed_headers
    }

    /// The signature: 64 lower-case hexadecimal digits.
    pub(crate) fn signature(&self) -> &str {
        &self.signature
    }
}

/// Omits the signature, which can be replayed as long as its date is valid.
impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("access_key", &self.access_key)
            .field("signed_headers", &self.signed_headers)
            .finish_non_exhaustive()
    }
}

/// Whether a text is a valid access key in the header.
pub(crate) fn is_access_key(text: &str) -> bool {
    let visible = |byte: u8| byte.is_ascii_graphic() && byte != b',';
    (1..=ACCESS_KEY_LIMIT).contains(&text.len()) && text.bytes().all(visible)
}

fn is_signature(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The parameters of the header, not validated.
#[derive(Default)]
struct Parameters<'a> {
    access: Option<&'a str>,
    signed_headers: Option<&'a str>,
    signature: Option<&'a str>,
}

impl<'a> Parameters<'a> {
    fn read(text: &'a str) -> Result<Self, ParseError> {
        let mut parameters = Self::default();
        for parameter in text.split(',') {
            let (name, value) =
                parameter.trim_ascii().split_once('=').ok_or(ParseError::Unknown)?;
            let parameter = Parameter::named(name).ok_or(ParseError::Unknown)?;
            if parameters.place(parameter).replace(value).is_some() {
                return Err(ParseError::Repeated(parameter));
            }
        }
        Ok(parameters)
    }

    fn place(&mut self, parameter: Parameter) -> &mut Option<&'a str> {
        match parameter {
            Parameter::Access => &mut self.access,
            Parameter::SignedHeaders => &mut self.signed_headers,
            Parameter::Signature => &mut self.signature,
        }
    }

    fn checked(self) -> Result<Authorization, ParseError> {
        use ParseError::{Malformed, Missing};
        let access_key = self.access.ok_or(Missing(Parameter::Access))?;
        let signed = self.signed_headers.ok_or(Missing(Parameter::SignedHeaders))?;
        let signature = self.signature.ok_or(Missing(Parameter::Signature))?;
        if !is_access_key(access_key) {
            return Err(Malformed(Parameter::Access));
        }
        if !is_signature(signature) {
            return Err(Malformed(Parameter::Signature));
        }
        let signed_headers =
            SignedHeaders::parse(signed).ok_or(Malformed(Parameter::SignedHeaders))?;
        if !signed_headers.contains(&X_SDK_DATE) {
            return Err(ParseError::DateNotSigned);
        }
        Ok(Authorization {
            access_key: access_key.to_owned(),
            signed_headers,
            signature: signature.to_owned(),
        })
    }
}
