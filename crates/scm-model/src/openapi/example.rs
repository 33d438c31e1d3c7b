//! Examples of request bodies and replies.
//!
//! The bundle in them is valid, so that the import can be sent unchanged. Its key is public:
//! `cargo run -p scm-pki --example throw_away` generated it.

use std::sync::LazyLock;

use serde_json::Value;
use utoipa::openapi::{RefOr, example::Example};

type Named = (String, RefOr<Example>);

/// By operation, then `request` and `reply`. `$certificate` and the like stand for parts of the bundle.
static EXAMPLES: LazyLock<Value> = LazyLock::new(|| {
    let mut examples = read(include_str!("examples.json"));
    fill(&mut examples, &read(include_str!("throw_away.json")));
    examples
});

/// The request body, if the operation has one.
pub(super) fn request(operation: &str) -> Option<Named> {
    named(&EXAMPLES[operation]["request"])
}

/// The body of the reply, if the operation has one.
pub(super) fn reply(operation: &str) -> Option<Named> {
    named(&EXAMPLES[operation]["reply"])
}

fn named(entry: &Value) -> Option<Named> {
    let mut example = Example::new();
    example.summary = entry["summary"].as_str()?.to_owned();
    example.value = Some(entry["value"].clone());
    Some(("example".to_owned(), example.into()))
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("the file is JSON")
}

fn fill(value: &mut Value, bundle: &Value) {
    match value {
        Value::String(text) => {
            // The longest name first: one is the prefix of another.
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
