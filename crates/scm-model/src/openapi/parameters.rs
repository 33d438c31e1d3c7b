//! The parameters of paths, queries and headers.

use serde_json::Value;
use utoipa::openapi::{
    KnownFormat, Object, ObjectBuilder, Required, Schema, SchemaFormat, Type,
    path::{Parameter, ParameterBuilder, ParameterIn},
};

use super::{Properties, prose};
use crate::{Kind, Operation, Parameters, call::header_name, field::Field};

/// The parameters of an operation.
pub(super) fn of<O: Operation>() -> Vec<Parameter> {
    let mut all = in_place::<O::Path>(ParameterIn::Path);
    all.extend(in_place::<O::Query>(ParameterIn::Query));
    all.extend(in_place::<O::Headers>(ParameterIn::Header).into_iter().map(|mut parameter| {
        parameter.name = header_name(&parameter.name);
        parameter
    }));
    all
}

fn in_place<P: Parameters>(place: ParameterIn) -> Vec<Parameter> {
    let mut properties = P::properties();
    P::FIELDS.iter().map(|field| parameter(field, place.clone(), &mut properties)).collect()
}

fn parameter(field: &Field, place: ParameterIn, properties: &mut Properties) -> Parameter {
    let property = properties.remove(field.name).unwrap_or_default();
    ParameterBuilder::new()
        .name(field.name)
        .parameter_in(place)
        .description(Some(prose(field.doc)))
        .required(if field.optional { Required::False } else { Required::True })
        .example(property.example.clone().map(|example| as_sent(field.kind, example)))
        .schema(Some(Schema::Object(schema(field.kind, property))))
        .build()
}

/// The schema of a parameter, which is present or absent but never null: its kind, with the limits of
/// its type.
fn schema(kind: Kind, property: Object) -> Object {
    let object = ObjectBuilder::new();
    let object = match kind {
        Kind::Flag => object.schema_type(Type::Boolean),
        Kind::Integer => object
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum(Some(0))
            .maximum(Some(u32::MAX)),
        Kind::OneOf(values) => {
            object.schema_type(Type::String).enum_values(Some(values.iter().copied()))
        }
        Kind::OneNumberOf(values) => object
            .schema_type(Type::Integer)
            .enum_values(Some(values.iter().filter_map(|value| value.parse::<u32>().ok()))),
        Kind::Text | Kind::Secret | Kind::List | Kind::Object => object
            .schema_type(Type::String)
            .min_length(property.min_length)
            .max_length(property.max_length)
            .pattern(property.pattern),
    };
    let mut object = object.build();
    object.default = property.default.map(|default| as_sent(kind, default));
    object
}

/// A number among texts is a number.
fn as_sent(kind: Kind, value: Value) -> Value {
    match (kind, value) {
        (Kind::OneNumberOf(_), Value::String(text)) => text.parse().unwrap_or(Value::String(text)),
        (_, value) => value,
    }
}
