//! Converts the document to OpenAPI 3.0.
//!
//! Supports what this crate's documents contain, not all of JSON Schema. Keywords that 3.0 does not
//! have are omitted, and the identifier of a license becomes its URL.

use serde_json::{Map, Value, json};

/// A 3.1 document as a 3.0.3 one.
pub fn downgraded(document: &Value) -> Value {
    let mut downgraded = document.clone();
    downgraded["openapi"] = "3.0.3".into();
    if let Some(license) = downgraded["info"]["license"].as_object_mut()
        && let Some(Value::String(identifier)) = license.remove("identifier")
    {
        let address = format!("https://spdx.org/licenses/{identifier}.html");
        license.insert("url".into(), address.into());
    }
    node(&mut downgraded, &document["components"]["schemas"]);
    downgraded
}

/// Converts a part of a document that is not a schema.
fn node(value: &mut Value, known: &Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| node(item, known)),
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "schema" => schema(member, known),
                    "schemas" => each(member, known),
                    // Values, even if they look like schemas.
                    "example" | "examples" => {}
                    _ => node(member, known),
                }
            }
        }
        _ => {}
    }
}

/// Converts every schema of a map or list.
fn each(schemas: &mut Value, known: &Value) {
    match schemas {
        Value::Array(items) => items.iter_mut().for_each(|item| schema(item, known)),
        Value::Object(members) => members.values_mut().for_each(|member| schema(member, known)),
        _ => {}
    }
}

fn schema(value: &mut Value, known: &Value) {
    let Value::Object(schema) = value else { return };
    nullable_choice(schema, known);
    for (keyword, of) in schema.iter_mut() {
        match keyword.as_str() {
            "properties" | "oneOf" | "anyOf" | "allOf" => each(of, known),
            "items" | "additionalProperties" | "not" => self::schema(of, known),
            _ => {}
        }
    }
    nullable_type(schema);
    lone_reference(schema);
    renamed(schema);
}

/// `type: [T, "null"]`.
fn nullable_type(schema: &mut Map<String, Value>) {
    let Some(Value::Array(types)) = schema.get("type") else { return };
    let others: Vec<_> = types.iter().filter(|one| *one != "null").cloned().collect();
    let [only] = &others[..] else { unreachable!("a field has one type, or that and null") };
    let nullable = others.len() < types.len();
    schema.insert("type".into(), only.clone());
    if nullable {
        schema.insert("nullable".into(), true.into());
    }
}

/// `oneOf: [T, {type: null}]`, where `T` is a reference, possibly with a description. In 3.0 a nullable
/// schema must have a type.
fn nullable_choice(schema: &mut Map<String, Value>, known: &Value) {
    let Some(Value::Array(choices)) = schema.get("oneOf") else { return };
    let others: Vec<_> = choices.iter().filter(|one| one["type"] != "null").cloned().collect();
    if others.len() == choices.len() {
        return;
    }
    let Ok([Value::Object(mut only)]) = <[Value; 1]>::try_from(others) else {
        unreachable!("a field has one type, or that and null")
    };
    let Some(Value::String(reference)) = only.remove("$ref") else {
        unreachable!("a field that may be null refers to its type, or has a list of two")
    };
    let name = reference.rsplit('/').next().unwrap_or_default();
    schema.remove("oneOf");
    schema.append(&mut only);
    schema.insert("type".into(), known[name]["type"].clone());
    schema.insert("nullable".into(), true.into());
    schema.insert("allOf".into(), json!([{ "$ref": reference }]));
}

/// A reference with further keywords, which 3.0 ignores.
fn lone_reference(schema: &mut Map<String, Value>) {
    if schema.len() > 1
        && let Some(reference) = schema.remove("$ref")
    {
        schema.insert("allOf".into(), json!([{ "$ref": reference }]));
    }
}

/// Keywords that have another name in 3.0, or none.
fn renamed(schema: &mut Map<String, Value>) {
    schema.remove("propertyNames");
    if let Some(value) = schema.remove("const") {
        schema.insert("enum".into(), json!([value]));
    }
    if let Some(Value::Array(examples)) = schema.remove("examples")
        && let Some(first) = examples.into_iter().next()
    {
        schema.insert("example".into(), first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema_of(schema: Value) -> Value {
        let known = json!({ "Named": { "type": "object" }, "Field": schema });
        let document = json!({
            "openapi": "3.1.0",
            "info": { "license": { "name": "MIT", "identifier": "MIT" } },
            "components": { "schemas": known },
        });
        downgraded(&document)["components"]["schemas"]["Field"].clone()
    }

    #[test]
    fn nullable_schemas_are_converted() {
        assert_eq!(
            schema_of(json!({ "type": ["string", "null"], "maxLength": 3 })),
            json!({ "type": "string", "maxLength": 3, "nullable": true })
        );
        let named = json!({ "$ref": "#/components/schemas/Named", "description": "words" });
        assert_eq!(
            schema_of(json!({ "oneOf": [named, { "type": "null" }] })),
            json!({
                "description": "words",
                "type": "object",
                "nullable": true,
                "allOf": [{ "$ref": "#/components/schemas/Named" }],
            })
        );
    }

    #[test]
    fn renamed_keywords_are_converted() {
        let named = json!({ "$ref": "#/components/schemas/Named" });
        assert_eq!(schema_of(named.clone()), named);
        let mut described = named.clone();
        described["description"] = "words".into();
        assert_eq!(schema_of(described), json!({ "description": "words", "allOf": [named] }));
        assert_eq!(
            schema_of(json!({ "type": "array", "items": { "const": 1, "examples": [1, 2] } })),
            json!({ "type": "array", "items": { "enum": [1], "example": 1 } })
        );
    }

    #[test]
    fn values_are_not_converted() {
        let value = json!({ "schema": { "type": ["string", "null"] } });
        let document = json!({ "info": {}, "content": { "example": value.clone() } });
        let downgraded = downgraded(&document);
        assert_eq!(downgraded["content"]["example"], value);
    }

    #[test]
    fn a_property_may_have_the_name_of_a_keyword() {
        let schema = json!({
            "type": "object",
            "properties": { "type": { "type": ["string", "null"] } },
        });
        let expected = json!({
            "type": "object",
            "properties": { "type": { "type": "string", "nullable": true } },
        });
        assert_eq!(schema_of(schema), expected);
    }
}
