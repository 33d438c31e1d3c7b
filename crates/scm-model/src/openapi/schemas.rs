//! The schemas of the wire's types, with the limits that their fields declare.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, RefOr, Schema, Type, schema::SchemaType},
};

use crate::{Length, Revision, Wire};

/// The schemas of a document, by name.
#[derive(Default)]
pub struct Schemas(BTreeMap<String, RefOr<Schema>>);

impl Schemas {
    /// Adds a type's schema and those it leans on; gives the name of its own.
    pub fn add<T: Wire + ToSchema>(&mut self) -> String {
        let mut leaned_on = Vec::new();
        T::schemas(&mut leaned_on);
        for (name, schema) in leaned_on {
            self.0.entry(name).or_insert(schema);
        }
        self.0.insert(T::name().into_owned(), limited::<T>());
        T::name().into_owned()
    }

    /// The same, narrowed to what a revision takes.
    pub(super) fn narrowed(mut self, revision: Revision) -> BTreeMap<String, RefOr<Schema>> {
        for name in ["CertificateImport", "CertificateReplacement", "CertificateUpdate"] {
            let schema = self.0.get_mut(name).expect("the table takes these three");
            if let Some(name) = property(schema, "name") {
                let rule = revision.name();
                limit(name, rule.length);
                if let Schema::Object(name) = name {
                    name.pattern = rule.pattern.map(str::to_owned);
                }
            }
            if let Some(certificate) = property(schema, "certificate") {
                limit(certificate, revision.certificate());
            }
        }
        if revision.chain_is_mandatory() {
            let import = self.0.get_mut("CertificateImport").expect("the table has an import");
            demand_chain(import);
        }
        self.0
    }
}

fn demand_chain(import: &mut RefOr<Schema>) {
    if let Some(Schema::Object(chain)) = property(import, "certificate_chain") {
        chain.schema_type = SchemaType::Type(Type::String);
    }
    if let RefOr::T(Schema::Object(import)) = import {
        let required: BTreeSet<_> = import.required.drain(..).collect();
        let named = |name: &&String| required.contains(*name) || *name == "certificate_chain";
        import.required = import.properties.keys().filter(named).cloned().collect();
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

fn property<'a>(schema: &'a mut RefOr<Schema>, name: &str) -> Option<&'a mut Schema> {
    let RefOr::T(Schema::Object(object)) = schema else { return None };
    match object.properties.get_mut(name)? {
        RefOr::T(schema) => Some(schema),
        RefOr::Ref(_) => None,
    }
}

/// Limits a text in its length, a list in its items, a number in its value.
pub(super) fn limit(schema: &mut Schema, Length { min, max }: Length) {
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

/// Any text.
pub(super) fn text() -> Schema {
    Schema::Object(ObjectBuilder::new().schema_type(Type::String).build())
}
