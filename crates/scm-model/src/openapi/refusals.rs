//! The error answers of an operation, and the table of all error codes.
//!
//! The set of codes is open: the cloud has more, and a later server may have more. With an `enum` in
//! the schema, generated clients would fail at a new code. The codes are therefore in
//! `x-extensible-enum`, in the description of each answer, and with status, meaning and remedy in
//! `x-error-codes`.

use std::collections::{BTreeMap, BTreeSet};

use http::{Method, StatusCode};
use serde_json::{Value, json};
use utoipa::openapi::{Object, ObjectBuilder, RefOr, Response, Schema, Type, example::Example};

use super::{Schemas, answer, content, header, prose, text};
use crate::{Condition, ErrorBody, ErrorShape, Operation, identity::IdentityErrorBody};

/// Every error status of an operation with its answer.
///
/// Without 431: the HTTP library answers with it before there is a request, without a body. With it,
/// the error type of generated clients would become "an error or nothing", which some generators
/// reject.
pub(super) fn of<O: Operation>(schemas: &mut Schemas) -> Vec<(String, Response)> {
    let mut by_status = BTreeMap::<StatusCode, Vec<Condition>>::new();
    for condition in O::refusals() {
        by_status.entry(condition.status()).or_default().push(condition);
    }
    let responses = by_status.iter().map(|(status, conditions)| {
        (status.as_str().to_owned(), refusal::<O>(schemas, conditions))
    });
    responses.collect()
}

fn refusal<O: Operation>(schemas: &mut Schemas, conditions: &[Condition]) -> Response {
    let name = match O::ERRORS {
        ErrorShape::Scm => schemas.add::<ErrorBody>(),
        ErrorShape::Identity => schemas.add::<IdentityErrorBody>(),
    };
    let lines = conditions.iter().map(|condition| match O::ERRORS {
        ErrorShape::Scm => format!("- `{}`: {}", condition.code(), words(*condition)),
        ErrorShape::Identity => format!("- {}", words(*condition)),
    });
    let mut response = answer(&lines.collect::<Vec<_>>().join("\n"));
    if O::METHOD != Method::HEAD {
        let mut content = content(&name);
        content.examples = conditions.iter().map(|it| example(*it, O::ERRORS)).collect();
        response = response.content("application/json", content);
    }
    if conditions.contains(&Condition::WrongMethod) {
        let words = "The methods that the path supports.";
        response = response.header("Allow", header(text(), words));
    }
    if conditions.iter().any(|condition| condition.is_transient()) {
        let words = "The number of seconds after which to retry.";
        response = response.header("Retry-After", header(Schema::Object(seconds()), words));
    }
    response.build()
}

fn seconds() -> Object {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).build()
}

fn example(condition: Condition, shape: ErrorShape) -> (String, RefOr<Example>) {
    let details: [&str; 0] = [];
    let value = match shape {
        ErrorShape::Scm => serde_json::to_value(condition.body(&details)),
        ErrorShape::Identity => serde_json::to_value(IdentityErrorBody::new(condition, &details)),
    };
    let mut example = Example::new();
    example.summary = meaning(condition);
    example.value = Some(value.expect("refusals are plain JSON"));
    (format!("{condition:?}"), example.into())
}

/// Every condition with its code, in the order of precedence.
pub(super) fn table() -> Value {
    let row = |condition: &Condition| {
        json!({
            "error_code": condition.code(),
            "status": condition.status().as_u16(),
            "message": condition.text(),
            "meaning": meaning(*condition),
            "remedy": condition.remedy(),
        })
    };
    Condition::ALL.iter().map(row).collect()
}

/// Every code once.
pub(super) fn codes() -> Value {
    let codes: BTreeSet<_> = Condition::ALL.iter().map(|condition| condition.code()).collect();
    codes.into_iter().collect()
}

fn words(condition: Condition) -> String {
    format!("{} {}", meaning(condition), condition.remedy())
}

fn meaning(condition: Condition) -> String {
    prose(condition.meaning()).replace('\n', " ")
}
