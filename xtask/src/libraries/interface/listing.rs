//! One line for each thing that a program may name, or rely on, in a library.

use std::{collections::BTreeSet, fs, path::Path};

use public_api::Builder;
use serde_json::Value;

/// What a library offers.
pub struct Listing {
    pub version: String,
    pub lines: BTreeSet<String>,
    /// `Trait::item` of what an implementation of a trait need not have.
    pub provided: BTreeSet<String>,
}

impl Listing {
    /// Reads what rustdoc wrote.
    pub fn read(file: &Path, library: &str) -> Result<Self, String> {
        let failed = |error: String| format!("{}: {error}", file.display());
        let text = fs::read(file).map_err(|error| failed(error.to_string()))?;
        let json: Value =
            serde_json::from_slice(&text).map_err(|error| failed(error.to_string()))?;
        let listed = Builder::from_rustdoc_json(file).omit_blanket_impls(true).build();
        let listed = listed.map_err(|error| {
            let format = &json["format_version"];
            failed(format!(
                "{error}\nThis rustdoc writes format {format}: take the `public-api` that reads it."
            ))
        })?;
        let listed: Vec<_> = listed.items().map(ToString::to_string).collect();
        Ok(Self {
            version: json["crate_version"].as_str().unwrap_or_default().to_owned(),
            lines: relied_on(&listed, library),
            provided: provided(&json),
        })
    }
}

/// What the compiler finds out by itself, and no program can rely on.
const UNNAMED: [&str; 5] = [
    "core::marker::Freeze ",
    "core::marker::UnsafeUnpin ",
    "core::marker::StructuralPartialEq ",
    "core::panic::unwind_safe::RefUnwindSafe ",
    "core::panic::unwind_safe::UnwindSafe ",
];

/// Leaves out what says nothing, or what another compiler would say in another way.
fn relied_on(listed: &[String], library: &str) -> BTreeSet<String> {
    let library = library.replace('-', "_");
    let mut lines = BTreeSet::new();
    let mut implementor = None;
    for line in listed {
        if line.starts_with("impl") {
            implementor = line.split_once(" for ").map(|(_, whose)| whose);
            implementor = implementor.and_then(|whose| whose.split(" where ").next());
            let is_noise = UNNAMED.iter().any(|name| line.contains(name));
            if implementor.is_none() || is_noise {
                continue;
            }
        } else if implementor.is_some_and(|whose| is_of_an_implementation(line, whose)) {
            continue;
        }
        lines.insert(without_modules(line, &library));
    }
    lines
}

/// Whether a line is a function or constant that the trait demands anyway.
fn is_of_an_implementation(line: &str, whose: &str) -> bool {
    let mut rest = line.strip_prefix("pub ").unwrap_or(line);
    while let Some(shorter) =
        ["const ", "async ", "unsafe ", "fn "].iter().find_map(|word| rest.strip_prefix(word))
    {
        rest = shorter;
    }
    !line.starts_with("pub type ") && rest.starts_with(whose)
}

/// Our other libraries appear with the modules in which they hide their types. Those may move.
fn without_modules(line: &str, library: &str) -> String {
    let in_path = |character: char| character.is_alphanumeric() || "_:".contains(character);
    let mut short = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find(in_path) {
        let (before, path) = rest.split_at(start);
        let (path, after) = path.split_at(path.find(|c| !in_path(c)).unwrap_or(path.len()));
        short.push_str(before);
        let mut segments = path.split("::");
        let krate = segments.next().unwrap_or_default();
        if krate.starts_with("scm_") && krate != library {
            let is_module = |segment: &&str| segment.starts_with(char::is_lowercase);
            let named: Vec<_> = segments.skip_while(is_module).collect();
            short.push_str(&format!("{krate}::{}", named.join("::")));
        } else {
            short.push_str(path);
        }
        rest = after;
    }
    short + rest
}

/// What traits give to those who implement them.
fn provided(json: &Value) -> BTreeSet<String> {
    let mut provided = BTreeSet::new();
    for item in json["index"].as_object().into_iter().flat_map(|index| index.values()) {
        for id in item["inner"]["trait"]["items"].as_array().into_iter().flatten() {
            let part = &json["index"][id.to_string()];
            let inner = &part["inner"];
            let given = [&inner["assoc_type"]["type"], &inner["assoc_const"]["value"]];
            if inner["function"]["has_body"] == true || given.iter().any(|it| !it.is_null()) {
                let name = |item: &Value| item["name"].as_str().unwrap_or_default().to_owned();
                provided.insert(format!("{}::{}", name(item), name(part)));
            }
        }
    }
    provided
}

#[cfg(test)]
mod tests {
    use super::{provided, relied_on};

    #[test]
    fn only_what_programs_rely_on_is_kept() {
        let listed = [
            "pub struct scm_client::Client(_)",
            "impl scm_client::Client",
            "pub fn scm_client::Client::send(&self, scm_model::call::Call<O>) -> scm_client::Reply",
            "impl core::clone::Clone for scm_client::Client",
            "pub fn scm_client::Client::clone(&self) -> scm_client::Client",
            "impl core::iter::Iterator for scm_client::Client where T: Sized",
            "pub type scm_client::Client::Item = u8",
            "impl core::marker::Freeze for scm_client::Client",
            "impl core::marker::Send for scm_client::Client",
        ];
        let kept = relied_on(&listed.map(str::to_owned), "scm-client");
        let expected = [
            "impl core::clone::Clone for scm_client::Client",
            "impl core::iter::Iterator for scm_client::Client where T: Sized",
            "impl core::marker::Send for scm_client::Client",
            "pub fn scm_client::Client::send(&self, scm_model::Call<O>) -> scm_client::Reply",
            "pub struct scm_client::Client(_)",
            "pub type scm_client::Client::Item = u8",
        ];
        assert_eq!(kept.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_a_trait_provides_is_known() {
        let json = serde_json::json!({ "index": {
            "1": { "name": "Body", "inner": { "trait": { "items": [2, 3, 4, 5] } } },
            "2": { "name": "read", "inner": { "function": { "has_body": false } } },
            "3": { "name": "check", "inner": { "function": { "has_body": true } } },
            "4": { "name": "JSON", "inner": { "assoc_const": { "value": "true" } } },
            "5": { "name": "Kind", "inner": { "assoc_type": { "type": null } } },
        }});
        let provided: Vec<_> = provided(&json).into_iter().collect();
        assert_eq!(provided, ["Body::JSON", "Body::check"]);
    }
}
