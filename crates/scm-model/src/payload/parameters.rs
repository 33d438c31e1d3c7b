//! Reads and writes the parameters of paths, queries and headers.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use validator::Validate;

use crate::{Rule, Violation, Violations, Wire};

/// Every character but the unreserved ones of RFC 3986 section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes one path segment, or one name or value of a query.
pub(crate) fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Reads decoded pairs. Parameters that the type does not declare are ignored.
pub(super) fn read<T>(pairs: &[(&str, &str)]) -> Result<T, Violations>
where
    T: Wire + DeserializeOwned + Validate,
{
    let mut broken = Vec::new();
    for field in T::FIELDS {
        let mut given = pairs.iter().filter(|(name, _)| *name == field.name);
        let rule = match (given.next(), given.next()) {
            (None, _) if !field.optional => Rule::Mandatory,
            (Some(_), Some(_)) => Rule::Once,
            (Some((_, text)), None) if !field.kind.reads(text) => Rule::Kind(field.kind),
            _ => continue,
        };
        broken.push(Violation::new(field.name, rule));
    }
    Violations::unless_empty(broken)?;
    let value = serde_urlencoded::to_string(pairs)
        .ok()
        .and_then(|encoded| serde_urlencoded::from_str(&encoded).ok())
        .ok_or_else(|| Violation::new("parameters", Rule::Shape))?;
    super::json::check(&value)?;
    Ok(value)
}

/// Writes the parameters that are present.
pub(super) fn write(parameters: &impl Serialize) -> Vec<(String, String)> {
    let value = serde_json::to_value(parameters).expect("parameter types have string keys only");
    let Value::Object(members) = value else { return Vec::new() };
    let text = |value: Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    };
    members.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect()
}
