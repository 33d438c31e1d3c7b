//! The document as a judge: every answer that a [`Connection`](crate::Connection) hears must be in it,
//! and every one that is [`heard`](crate::heard), whatever was said.
//!
//! Stricter than a client has to be: what an answer has beyond its schema is a fault too.

use std::{collections::BTreeMap, fs, path::Path, sync::OnceLock};

use http::{Method, StatusCode};
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use crate::answer::Answer;

/// Requests about the process, or about the document itself, rather than to the API.
const ASIDE: [&str; 4] = ["/healthz", "/readyz", "/openapi.json", "/openapi-3.0.json"];

/// `openapi/scm.json` as it is written.
pub fn written() -> &'static Value {
    static WRITTEN: OnceLock<Value> = OnceLock::new();
    WRITTEN.get_or_init(|| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/scm.json");
        let text = fs::read(file).expect("the document is there");
        serde_json::from_slice(&text).expect("the document is JSON")
    })
}

/// The schema at a place of the document.
pub fn schema(document: &Value, place: &Value) -> Validator {
    let mut schema = place.clone();
    schema["components"] = document["components"].clone();
    let options = jsonschema::options().with_draft(Draft::Draft202012);
    options.build(&schema).expect("the document's schemas are some")
}

/// Headers that are absent where there is nothing to report.
const OPTIONAL_HEADERS: [&str; 1] = ["X-Scm-Warnings"];

/// Fails unless the document has this answer: its status, its headers, its body.
///
/// # Panics
/// If not; the message says where the two differ.
pub fn assert_documented(method: &Method, path: &str, answer: &Answer) {
    // A head that is too large is refused before there is a request.
    let headless = answer.status == StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    if headless || ASIDE.contains(&path) || path == "/docs" || path.starts_with("/docs/") {
        return;
    }
    let what = format!("{method} {path} {}", answer.status);
    let Some(operations) = operations(path) else {
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}: no such path in the document");
        return assert_shaped("#/components/schemas/ErrorBody", method, answer, &what);
    };
    let operation = operations.get(method.as_str().to_lowercase());
    let Some(operation) = operation.or_else(|| anything(operations, answer.status)) else {
        panic!("{what}: no such method in the document");
    };
    let response = &operation["responses"][answer.status.as_str()];
    assert!(response.is_object(), "{what} is not documented");
    let headers = response["headers"].as_object().into_iter().flatten().map(|(name, _)| name);
    for name in headers.filter(|name| !OPTIONAL_HEADERS.contains(&name.as_str())) {
        assert!(answer.headers.contains_key(name.as_str()), "{what} has no {name}");
    }
    match response["content"]["application/json"]["schema"]["$ref"].as_str() {
        Some(shape) => assert_shaped(shape, method, answer, &what),
        None => assert!(answer.body.is_empty(), "{what} has a body"),
    }
}

/// The operations of the path that this one is an example of; of two, the one without parameters.
fn operations(path: &str) -> Option<&'static Value> {
    let paths = written()["paths"].as_object().expect("a document has paths");
    paths.get(path).or_else(|| {
        let fits = |template: &str| {
            let mut pairs = template.split('/').zip(path.split('/'));
            template.split('/').count() == path.split('/').count()
                && pairs.all(|(wanted, segment)| wanted.starts_with('{') || wanted == segment)
        };
        paths.iter().find(|(template, _)| fits(template)).map(|(_, operations)| operations)
    })
}

/// A path's refusal of a method stands with the methods that it takes.
fn anything(operations: &Value, status: StatusCode) -> Option<&Value> {
    let refused = status == StatusCode::METHOD_NOT_ALLOWED;
    refused.then(|| operations.as_object()?.values().next()).flatten()
}

fn assert_shaped(shape: &str, method: &Method, answer: &Answer, what: &str) {
    if *method == Method::HEAD {
        return assert!(answer.body.is_empty(), "{what} has a body");
    }
    let body = answer.json();
    let faults: Vec<_> = strict(shape).iter_errors(&body).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{what}: {faults:?} in {body}");
}

/// The schema of that reference, with nothing allowed that it does not name.
fn strict(shape: &str) -> &'static Validator {
    static SHAPES: OnceLock<BTreeMap<String, Validator>> = OnceLock::new();
    let shapes = SHAPES.get_or_init(|| {
        let mut document = written().clone();
        let schemas = document["components"]["schemas"].as_object_mut().expect("it has schemas");
        schemas.values_mut().for_each(close);
        let names = schemas.keys().map(|name| format!("#/components/schemas/{name}"));
        let names: Vec<_> = names.collect();
        let build = |name: String| (name.clone(), schema(&document, &json!({ "$ref": name })));
        names.into_iter().map(build).collect()
    });
    shapes.get(shape).unwrap_or_else(|| panic!("the document has no {shape}"))
}

fn close(schema: &mut Value) {
    if schema["properties"].is_object() {
        schema["additionalProperties"] = false.into();
        schema["properties"]
            .as_object_mut()
            .into_iter()
            .flatten()
            .for_each(|(_, part)| close(part));
    }
}
