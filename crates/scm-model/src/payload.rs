//! What a body, a set of parameters or a reply can be: JSON, or nothing.

use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use validator::Validate;

use crate::{Violations, Wire, field::Field};

mod json;
mod parameters;

pub(crate) use parameters::encode_segment;

/// A type that can describe itself in an OpenAPI document, where that is asked for.
#[cfg(feature = "openapi")]
pub trait Described: utoipa::ToSchema {}
#[cfg(feature = "openapi")]
impl<T: utoipa::ToSchema> Described for T {}

/// A type that can describe itself in an OpenAPI document, where that is asked for.
#[cfg(not(feature = "openapi"))]
pub trait Described {}
#[cfg(not(feature = "openapi"))]
impl<T> Described for T {}

/// What a request can carry as its body.
pub trait Body: Sized + Send + 'static {
    /// Whether it is JSON; otherwise there is none.
    const IS_JSON: bool;

    /// Reads it under the rules of the wire, or tells each that is broken.
    fn read(bytes: &[u8]) -> Result<Self, Violations>;

    /// Applies the rules of the wire to one that was made in the program.
    fn check(&self) -> Result<(), Violations>;

    /// Writes it.
    fn write(&self) -> Vec<u8>;

    /// Adds its schemas to a document and gives the name of its own.
    #[cfg(feature = "openapi")]
    fn describe(schemas: &mut crate::schema::Schemas) -> Option<String>;
}

/// The parameters of a path or a query.
pub trait Parameters: Sized + Send + 'static {
    /// What they are.
    const FIELDS: &'static [Field];

    /// Reads them from decoded pairs, or tells each rule that is broken.
    fn read(pairs: &[(&str, &str)]) -> Result<Self, Violations>;

    /// Applies the rules of the wire to some that were made in the program.
    fn check(&self) -> Result<(), Violations>;

    /// Writes them as pairs, the absent ones left out, not yet encoded.
    fn write(&self) -> Vec<(String, String)>;

    /// The schemas of those that are texts, numbers or flags.
    #[cfg(feature = "openapi")]
    fn properties() -> crate::schema::Properties;
}

/// What an operation can give.
pub trait Reply: Sized + Send + 'static {
    /// Writes it as headers and body.
    fn write(self) -> ReplyParts;

    /// Reads it from headers and body.
    fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Unreadable>;

    /// Adds its schemas to a document and gives the name of its own.
    #[cfg(feature = "openapi")]
    fn describe(schemas: &mut crate::schema::Schemas) -> Option<String>;

    /// The headers it has beyond those of every reply: names and what they hold.
    #[cfg(feature = "openapi")]
    fn headers() -> &'static [(&'static str, &'static str)] {
        &[]
    }
}

/// A reply, written.
#[derive(Debug)]
pub struct ReplyParts {
    /// Its headers, the content type among them.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

/// An answer that is not what its operation gives.
#[derive(Debug, thiserror::Error)]
#[error("the reply is not what the operation gives: {0}")]
pub struct Unreadable(pub(crate) &'static str);

/// Nothing: no body, no parameters.
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

    /// Clients send nothing, `{}` or `null` where nothing is asked for; all mean the same.
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
        serde_json::from_slice(body).map_err(|_| Unreadable("the body is not its JSON"))
    }

    #[cfg(feature = "openapi")]
    fn describe(schemas: &mut crate::schema::Schemas) -> Option<String> {
        Some(schemas.add::<T>())
    }
}
