//! The schemas of the wire's types, with the limits that their fields declare.

use std::collections::BTreeMap;

use utoipa::{
    ToSchema,
    openapi::{Object, RefOr, Schema, Type, schema::SchemaType},
};

use crate::{Length, Wire};

/// The schemas of a document, by name.
#[derive(Default)]
pub struct Schemas(BTreeMap<String, RefOr<Schema>>);

impl Schemas {
    /// Adds the schema of a type and those it refers to; returns the name of the type's own.
    pub fn add<T: Wire + ToSchema>(&mut self) -> String {
        let mut referenced = Vec::new();
        T::schemas(&mut referenced);
        for (name, schema) in referenced {
            self.0.entry(name).or_insert(schema);
        }
        self.0.insert(T::name().into_owned(), limited::<T>());
        T::name().into_owned()
    }

    /// All of them, by name.
    pub(crate) fn into_map(self) -> BTreeMap<String, RefOr<Schema>> {
        self.0
    }
}

/// The schemas of a type's fields, by name.
pub type Properties = BTreeMap<String, Object>;

/// The schemas of a type's fields that are texts, numbers or flags.
pub fn properties<T: Wire + ToSchema>() -> Properties {
    let RefOr::T(Schema::Object(object)) = limited::<T>() else { return Properties::new() };
    let plain = object.properties.into_iter().filter_map(|(name, property)| match property {
        RefOr::T(Schema::Object(property)) => Some((name, property)),
        _ => None,
    });
    plain.collect()
}

fn limited<T: Wire + ToSchema>() -> RefOr<Schema> {
    let mut schema = T::schema();
    for field in T::FIELDS {
        if let (Some(length), Some(property)) = (field.length, property(&mut schema, field.name)) {
            limit(property, length);
        }
    }
    schema
}

/// A property of an object's schema, unless it is a reference.
pub(crate) fn property<'a>(schema: &'a mut RefOr<Schema>, name: &str) -> Option<&'a mut Schema> {
    let RefOr::T(Schema::Object(object)) = schema else { return None };
    match object.properties.get_mut(name)? {
        RefOr::T(schema) => Some(schema),
        RefOr::Ref(_) => None,
    }
}

/// Limits a text in its length, a list in its items, a number in its value.
pub(crate) fn limit(schema: &mut Schema, Length { min, max }: Length) {
    match schema {
        Schema::Array(list) => (list.min_items, list.max_items) = (Some(min), Some(max)),
        Schema::Object(number) if is(number, &Type::Integer) => {
            (number.minimum, number.maximum) = (Some(min.into()), Some(max.into()));
        }
        Schema::Object(text) => (text.min_length, text.max_length) = (Some(min), Some(max)),
        _ => {}
    }
}

fn is(object: &Object, kind: &Type) -> bool {
    match &object.schema_type {
        SchemaType::Type(only) => only == kind,
        SchemaType::Array(any) => any.contains(kind),
        SchemaType::AnyValue => false,
    }
}
