//! Reads a JSON body: fast if it is valid, with all violations if it is not.
//!
//! Serde stops at the first error and quotes values in its messages. A body that does not deserialize
//! is therefore read a second time, by the fields that its type declares, and the violations contain
//! names, kinds and positions only.

use std::fmt;

use serde::{
    Deserialize,
    de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::error::Category;
use validator::Validate;

use crate::{Field, Kind, Rule, Violation, Violations, Wire};

/// Reads a body and applies the rules of its fields.
pub(super) fn read<T: Wire + DeserializeOwned + Validate>(bytes: &[u8]) -> Result<T, Violations> {
    // Serde would read the items of an array as the fields, in the order of their declaration.
    if bytes.trim_ascii_start().starts_with(b"[") {
        nothing(bytes)?;
    }
    let value: T = serde_json::from_slice(bytes).map_err(|error| explain::<T>(bytes, &error))?;
    check(&value)?;
    Ok(value)
}

/// Applies the rules of a value's fields.
pub(super) fn check<T: Wire + Validate>(value: &T) -> Result<(), Violations> {
    let Err(errors) = value.validate() else { return Ok(()) };
    let errors = errors.field_errors();
    let broken = T::FIELDS.iter().filter_map(|field| {
        let error = errors.get(field.name)?.first()?;
        let actual = error.params.get("actual")?.as_u64()?;
        let rule = Rule::Length { actual: usize::try_from(actual).ok()?, length: field.length? };
        Some(Violation::new(field.name, rule))
    });
    Violations::unless_empty(broken.collect())
}

/// Checks that a body is absent, an object or null.
pub(super) fn nothing(bytes: &[u8]) -> Result<(), Violations> {
    if bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    match serde_json::from_slice(bytes) {
        Ok(Shape::Null | Shape::Object(_)) => Ok(()),
        Ok(_) => Err(Violation::new("", Rule::Object).into()),
        Err(error) => Err(Violation::new("", Rule::Json(error.to_string())).into()),
    }
}

fn explain<T: Wire + DeserializeOwned>(bytes: &[u8], error: &serde_json::Error) -> Violations {
    match error.classify() {
        Category::Data => {}
        Category::Eof if bytes.trim_ascii().is_empty() => {
            return Violation::new("", Rule::Mandatory).into();
        }
        Category::Eof => {
            let place = format!("line {} column {}", error.line(), error.column());
            return Violation::new("", Rule::Json(format!("unexpected end at {place}"))).into();
        }
        _ => return Violation::new("", Rule::Json(error.to_string())).into(),
    }
    let Ok(Shape::Object(members)) = serde_json::from_slice(bytes) else {
        return Violation::new("", Rule::Object).into();
    };
    let broken: Vec<_> = T::FIELDS.iter().filter_map(|field| broken(field, &members)).collect();
    Violations::unless_empty(broken).err().unwrap_or_else(|| nested::<T>(bytes))
}

/// The shape of a JSON value, without the value.
enum Shape {
    Null,
    Of(Kind),
    Fraction,
    Object(Vec<(String, Shape)>),
}

fn broken(field: &Field, members: &[(String, Shape)]) -> Option<Violation> {
    let mut given = members.iter().filter(|(name, _)| name == field.name).map(|(_, shape)| shape);
    let rule = match (given.next(), given.next()) {
        (None, _) if field.optional => return None,
        (None, _) => Rule::Mandatory,
        (_, Some(_)) => Rule::Once,
        (Some(Shape::Null), _) if field.optional => return None,
        (Some(Shape::Null), _) => Rule::NotNull,
        (Some(shape), _) if shape.is(field.kind) => return None,
        _ => Rule::Kind(field.kind),
    };
    Some(Violation::new(field.name, rule))
}

/// The place inside a field that does not match the schema, as a path of names that the type declares.
fn nested<T: DeserializeOwned>(bytes: &[u8]) -> Violations {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let path = match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Ok(_) => String::new(),
        Err(error) => error.path().to_string(),
    };
    Violation::new(path, Rule::Shape).into()
}

impl Shape {
    fn is(&self, kind: Kind) -> bool {
        match self {
            Self::Of(Kind::Text) => matches!(kind, Kind::Text | Kind::Secret),
            Self::Of(found) => *found == kind,
            Self::Object(_) => kind == Kind::Object,
            Self::Null | Self::Fraction => false,
        }
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Of(Kind::Flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Shape, E> {
        Ok(if u32::try_from(number).is_ok() { Shape::Of(Kind::Integer) } else { Shape::Fraction })
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::Fraction)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Fraction)
    }

    fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::Of(Kind::Text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Shape::Of(Kind::List))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key()? {
            members.push((name, map.next_value::<Shape>()?));
        }
        Ok(Shape::Object(members))
    }
}
