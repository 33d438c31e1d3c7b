//! Bodies, parameters and replies: read, checked and written; JSON, or nothing.

use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use validator::Validate;

use crate::{Violations, Wire, field::Field};

mod json;
mod parameters;

pub(crate) use parameters::encode_segment;

/// A type that has a schema, if the feature `openapi` is on.
#[cfg(feature = "openapi")]
pub trait Described: utoipa::ToSchema {}
#[cfg(feature = "openapi")]
impl<T: utoipa::ToSchema> Described for T {}

/// A type that has a schema, if the feature `openapi` is on.
#[cfg(not(feature = "openapi"))]
pub trait Described {}
#[cfg(not(feature = "openapi"))]
impl<T> Described for T {}

/// A request body.
pub trait Body: Sized + Send + 'static {
    /// Whether it is JSON. Otherwise there is no body.
    const IS_JSON: bool;

    /// Reads a body and applies the rules of the API.
    ///
    /// # Errors
    /// Every rule that it breaks.
    fn read(bytes: &[u8]) -> Result<Self, Violations>;

    /// Applies the rules of the API to a body that the program made.
    ///
    /// # Errors
    /// Every rule that it breaks.
    fn check(&self) -> Result<(), Violations>;

    /// Writes the body.
    fn write(&self) -> Vec<u8>;

    /// Adds its schemas to a document and returns the name of its own.
    #[cfg(feature = "openapi")]
    fn describe(schemas: &mut crate::schema::Schemas) -> Option<String>;
}

/// The parameters of a path, a query or the headers.
pub trait Parameters: Sized + Send + 'static {
    /// The fields, one for each parameter.
    const FIELDS: &'static [Field];

    /// Reads decoded pairs and applies the rules of the API.
    ///
    /// # Errors
    /// Every rule that they break.
    fn read(pairs: &[(&str, &str)]) -> Result<Self, Violations>;

    /// Applies the rules of the API to parameters that the program made.
    ///
    /// # Errors
    /// Every rule that they break.
    fn check(&self) -> Result<(), Violations>;

    /// Writes the present parameters as pairs, not encoded.
    fn write(&self) -> Vec<(String, String)>;

    /// The schemas of the parameters that are texts, numbers or flags.
    #[cfg(feature = "openapi")]
    fn properties() -> crate::schema::Properties;
}

/// The answer of an operation that succeeded.
pub trait Reply: Sized + Send + 'static {
    /// Writes it as headers and body.
    fn write(self) -> ReplyParts;

    /// Reads headers and body.
    ///
    /// # Errors
    /// If they are not a reply of this type.
    fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Unreadable>;

    /// Adds its schemas to a document and returns the name of its own.
    #[cfg(feature = "openapi")]
    fn describe(schemas: &mut crate::schema::Schemas) -> Option<String>;

    /// Names and descriptions of the headers that not every reply has.
    #[cfg(feature = "openapi")]
    fn headers() -> &'static [(&'static str, &'static str)] {
        &[]
    }
}

/// A reply as headers and body.
#[derive(Debug)]
pub struct ReplyParts {
    /// The headers, including the content type.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer that is not a reply of its operation.
#[derive(Debug, thiserror::Error)]
#[error("the answer is not a reply of the operation: {0}")]
pub struct Unreadable(pub(crate) &'static str);

/// No body, no parameters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Empty;

impl ReplyParts {
    pub(crate) fn json(value: &impl Serialize) -> Self {
        let json = HeaderValue::from_static("application/json");
        let body = serde_json::to_vec(value).expect("reply types have string keys only");
        Self { headers: HeaderMap::from_iter([(CONTENT_TYPE, json)]), body }
    }
}

impl Body for Empty {
    const IS_JSON: bool = false;

    /// Accepts what clients send if an operation has no body: nothing, an object or `null`.
    fn read(bytes: &[u8]) -> Result<Self, Violations> {
        json::nothing(bytes).map(|()| Self)
    }

    fn check(&self) -> Result<(), Violations> {
        Ok(())
    }

    fn write(&self) -> Vec<u8> {
        Vec::new()
    }

    #[cfg(feature = "openapi")]
    fn describe(_: &mut crate::schema::Schemas) -> Option<String> {
        None
    }
}

impl Reply for Empty {
    fn write(self) -> ReplyParts {
        ReplyParts { headers: HeaderMap::new(), body: Vec::new() }
    }

    fn read(_: &HeaderMap, _: &[u8]) -> Result<Self, Unreadable> {
        Ok(Self)
    }

    #[cfg(feature = "openapi")]
    fn describe(_: &mut crate::schema::Schemas) -> Option<String> {
        None
    }
}

impl Parameters for Empty {
    const FIELDS: &'static [Field] = &[];

    fn read(_: &[(&str, &str)]) -> Result<Self, Violations> {
        Ok(Self)
    }

    fn check(&self) -> Result<(), Violations> {
        Ok(())
    }

    fn write(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    #[cfg(feature = "openapi")]
    fn properties() -> crate::schema::Properties {
        crate::schema::Properties::new()
    }
}

impl<T> Body for T
where
    T: Wire + Serialize + DeserializeOwned + Validate + Described + Send + 'static,
{
    const IS_JSON: bool = true;

    fn read(bytes: &[u8]) -> Result<Self, Violations> {
        json::read(bytes)
    }

    fn check(&self) -> Result<(), Violations> {
        json::check(self)
    }

    fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("request types have string keys only")
    }

    #[cfg(feature = "openapi")]
    fn describe(schemas: &mut crate::schema::Schemas) -> Option<String> {
        Some(schemas.add::<T>())
    }
}

impl<T> Parameters for T
where
    T: Wire + Serialize + DeserializeOwned + Validate + Described + Send + 'static,
{
    const FIELDS: &'static [Field] = T::FIELDS;

    fn read(pairs: &[(&str, &str)]) -> Result<Self, Violations> {
        parameters::read(pairs)
    }

    fn check(&self) -> Result<(), Violations> {
        json::check(self)
    }

    fn write(&self) -> Vec<(String, String)> {
        parameters::write(self)
    }

    #[cfg(feature = "openapi")]
    fn properties() -> crate::schema::Properties {
        crate::schema::properties::<T>()
    }
}

impl<T> Reply for T
where
    T: Wire + Serialize + DeserializeOwned + Described + Send + 'static,
{
    fn write(self) -> ReplyParts {
        ReplyParts::json(&self)
    }

    fn read(_: &HeaderMap, body: &[u8]) -> Result<Self, Unreadable> {
        serde_json::from_slice(body).map_err(|_| Unreadable("the body does not match its schema"))
    }

    #[cfg(feature = "openapi")]
    fn describe(schemas: &mut crate::schema::Schemas) -> Option<String> {
        Some(schemas.add::<T>())
    }
}
