//! The document agrees with the types.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use validator::Validate;

use super::*;
use crate::{Rule, certificates::CertificateImport};

mod complete;

fn schema_of(revision: Revision, name: &str) -> Value {
    document(revision)["components"]["schemas"][name].clone()
}

/// An import whose mandatory fields are empty, with one field of a given length.
fn import_with(field: &str, length: usize) -> CertificateImport {
    let mut body =
        json!({"name": "", "certificate": "", "certificate_chain": "", "private_key": ""});
    body[field] = "é".repeat(length).into();
    serde_json::from_value(body).expect("a body of texts deserializes whatever their lengths")
}

fn is_accepted(revision: Revision, import: &CertificateImport) -> bool {
    import.validate().is_ok() && revision.narrow(import).is_empty()
}

#[test]
fn the_schema_states_the_limits_that_are_enforced() {
    let schema = schema_of(Revision::R2021, "CertificateImport");
    let mut tried = BTreeMap::new();
    for (field, property) in schema["properties"].as_object().unwrap() {
        let Some(max) = property["maxLength"].as_u64() else { continue };
        let max = usize::try_from(max).unwrap();
        assert!(is_accepted(Revision::R2021, &import_with(field, max)), "{field} of {max}");
        assert!(
            !is_accepted(Revision::R2021, &import_with(field, max + 1)),
            "{field} of {max} + 1"
        );
        tried.insert(field.as_str(), max);
    }
    let published = [("certificate", 4096), ("certificate_chain", 8192), ("enc_certificate", 4096)];
    let more = [("enc_private_key", 4096), ("enterprise_project_id", 64), ("name", 63)];
    let published = published.into_iter().chain(more).chain([("private_key", 4096)]);
    assert_eq!(tried, published.collect());
}

#[test]
fn the_revisions_differ_in_three_rules() {
    let [old, new] = Revision::ALL.map(|revision| schema_of(revision, "CertificateImport"));
    let mandatory = json!(["name", "certificate", "certificate_chain", "private_key"]);
    assert_eq!(old["required"], mandatory);
    assert_eq!(new["required"], json!(["name", "certificate", "private_key"]));
    assert_eq!(old["properties"]["certificate_chain"]["type"], "string");
    assert_eq!(new["properties"]["certificate_chain"]["type"], json!(["string", "null"]));
    assert_eq!(new["properties"]["certificate"]["maxLength"], 12_288);
    assert_eq!(new["properties"]["name"]["minLength"], 3);
    assert_eq!(new["properties"]["name"]["pattern"], "^[A-Za-z0-9_.-]+$");
}

#[test]
fn a_violation_names_the_later_revision_without_the_rule() {
    let import = import_with("certificate", 4097);
    let [violation] = &Revision::R2021.narrow(&import)[..] else { panic!("one rule is broken") };
    assert_eq!(violation.lifted_by, Some(Revision::R2025));
    let text = "certificate: 4097 characters, must have at most 4096 \
                (accepted by revision 2025 of this API)";
    assert_eq!(violation.to_string(), text);
    let long = Revision::R2021.narrow(&import_with("name", 64));
    assert!(matches!(long[0].rule, Rule::Length { actual: 64, .. }));
    assert_eq!(long[0].lifted_by, None);
}

#[test]
fn every_status_of_every_row_is_described() {
    struct Rows(Vec<(String, String, Vec<String>)>);
    impl Visitor for Rows {
        fn visit<O: Operation>(&mut self) {
            let statuses = O::refusals().iter().map(|c| c.status().as_str().to_owned()).collect();
            self.0.push((O::PATH.to_owned(), O::METHOD.as_str().to_lowercase(), statuses));
        }
    }
    let mut rows = Rows(Vec::new());
    visit_all(&mut rows);
    let document = document(Revision::R2021);
    for (path, method, statuses) in rows.0 {
        let responses = &document["paths"][&path][&method]["responses"];
        for status in statuses {
            let response = &responses[&status];
            assert!(response["headers"]["X-Request-Id"].is_object(), "{method} {path} {status}");
            let body = &response["content"]["application/json"];
            assert_eq!(body.is_object(), method != "head", "{method} {path} {status}");
        }
    }
}
