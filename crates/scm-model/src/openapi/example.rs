//! Examples of whole bodies: of requests, and of what is answered to them.
//!
//! The bundle in them is real, so that the import can be sent as it stands. Its key is public and
//! worth nothing: `cargo run -p scm-pki --example throw_away` made it.

use std::sync::LazyLock;

use serde_json::Value;
use utoipa::openapi::{RefOr, example::Example};

type Named = (String, RefOr<Example>);

/// By operation, then `request` and `reply`; the texts of the bundle stand as `$` and their name.
static EXAMPLES: LazyLock<Value> = LazyLock::new(|| {
    let mut examples = read(include_str!("examples.json"));
    fill(&mut examples, &read(include_str!("throw_away.json")));
    examples
});

/// The body of a request, if the operation takes one.
pub(super) fn request(operation: &str) -> Option<Named> {
    named(&EXAMPLES[operation]["request"])
}

/// The body of an answer, if the operation gives one.
pub(super) fn reply(operation: &str) -> Option<Named> {
    named(&EXAMPLES[operation]["reply"])
}

fn named(told: &Value) -> Option<Named> {
    let mut example = Example::new();
    example.summary = told["summary"].as_str()?.to_owned();
    example.value = Some(told["value"].clone());
    Some(("example".to_owned(), example.into()))
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("the file is JSON")
}

fn fill(value: &mut Value, bundle: &Value) {
    match value {
        Value::String(text) => {
            // The longest name first: one begins like another.
            for name in ["certificate_chain", "certificate", "private_key"] {
                let part = bundle[name].as_str().expect("a bundle has three texts");
                *text = text.replace(&format!("${name}"), part);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, bundle)),
        Value::Object(members) => members.values_mut().for_each(|member| fill(member, bundle)),
        _ => {}
    }
}
