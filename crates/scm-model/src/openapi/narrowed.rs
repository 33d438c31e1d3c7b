//! The schemas of a document, narrowed to what one published revision accepts.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::{RefOr, Schema, Type, schema::SchemaType};

use crate::{
    Revision,
    schema::{Schemas, limit, property},
};

/// The bodies whose fields have limits that differ between the revisions.
const NARROWED: [&str; 3] = ["CertificateImport", "CertificateReplacement", "CertificateUpdate"];

/// All schemas, with the rules of a revision in place of those of the union of all revisions.
pub(super) fn narrowed(schemas: Schemas, revision: Revision) -> BTreeMap<String, RefOr<Schema>> {
    let mut schemas = schemas.into_map();
    for name in NARROWED {
        let schema = schemas.get_mut(name).expect("the table takes these three");
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
        let import = schemas.get_mut("CertificateImport").expect("the table has an import");
        require_chain(import);
    }
    schemas
}

fn require_chain(import: &mut RefOr<Schema>) {
    if let Some(Schema::Object(chain)) = property(import, "certificate_chain") {
        chain.schema_type = SchemaType::Type(Type::String);
    }
    if let RefOr::T(Schema::Object(import)) = import {
        let required: BTreeSet<_> = import.required.drain(..).collect();
        let is_required = |name: &&String| required.contains(*name) || *name == "certificate_chain";
        import.required = import.properties.keys().filter(is_required).cloned().collect();
    }
}
