//! Every kind of breaking change, planted into the document, is named; what breaks no client is not.

use scm_model::{Revision, openapi::document};
use serde_json::{Value, json};

use super::breaking;

const IMPORT: &str = "/v3/scm/certificates/import";
const LIST: &str = "/v3/scm/certificates";
const ONE: &str = "/v3/scm/certificates/{certificate_id}";

/// What is found once the document was changed.
fn found(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let old = document(Revision::R2021);
    let mut new = old.clone();
    change(&mut new);
    assert_ne!(old, new, "the change changes something");
    breaking(&old, &new)
}

fn property<'a>(document: &'a mut Value, schema: &str, name: &str) -> &'a mut Value {
    &mut document["components"]["schemas"][schema]["properties"][name]
}

fn parameter<'a>(document: &'a mut Value, name: &str) -> &'a mut Value {
    let parameters = document["paths"][LIST]["get"]["parameters"].as_array_mut().unwrap();
    parameters.iter_mut().find(|parameter| parameter["name"] == name).unwrap()
}

fn remove(object: &mut Value, name: &str) {
    object.as_object_mut().unwrap().remove(name).unwrap();
}

#[test]
fn nothing_breaks_where_nothing_changed() {
    let document = document(Revision::R2021);
    assert!(breaking(&document, &document).is_empty());
}

#[test]
fn operations_stay_under_their_names() {
    let removed = found(|it| remove(&mut it["paths"][ONE], "patch"));
    assert_eq!(removed, [format!("PATCH {ONE}: removed")]);
    let renamed = found(|it| it["paths"][LIST]["get"]["operationId"] = "FindCertificates".into());
    let words = "operationId is \"FindCertificates\", was \"ListCertificates\"";
    assert_eq!(renamed, [format!("GET {LIST}: {words}")]);
    let unsigned = found(|it| it["paths"][LIST]["get"]["security"] = json!([{ "token": [] }]));
    assert_eq!(unsigned.len(), 1, "{unsigned:?}");
    let scheme = found(|it| remove(&mut it["components"]["securitySchemes"], "signature"));
    assert_eq!(scheme, ["security scheme signature: removed, or sent in another way"]);
    let status = found(|it| remove(&mut it["paths"][IMPORT]["post"]["responses"], "200"));
    assert_eq!(status, [format!("POST {IMPORT}: 200: no longer what a success is")]);
}

#[test]
fn parameters_go_on_taking_what_they_took() {
    let what = |name: &str| format!("GET {LIST}: parameter \"{name}\"");
    let removed = found(|it| parameter(it, "marker")["name"] = "after".into());
    assert_eq!(removed, [format!("{}: removed", what("marker"))]);
    let required = found(|it| parameter(it, "limit")["required"] = true.into());
    assert_eq!(required, [format!("{}: now required", what("limit"))]);
    let value = found(|it| parameter(it, "sort_dir")["schema"]["enum"] = json!(["DESC"]));
    assert_eq!(value, [format!("{}: \"ASC\" is taken no longer", what("sort_dir"))]);
    let limit = found(|it| parameter(it, "content")["schema"]["maxLength"] = 20.into());
    assert_eq!(limit, [format!("{}: maxLength is 20, was 255", what("content"))]);
    let new = json!({ "name": "why", "in": "query", "required": true });
    let new = found(|it| {
        it["paths"][LIST]["get"]["parameters"].as_array_mut().unwrap().push(new);
    });
    assert_eq!(new, [format!("{}: new, required", what("why"))]);
}

#[test]
fn bodies_go_on_taking_what_they_took() {
    let limit =
        found(|it| property(it, "CertificateImport", "private_key")["maxLength"] = 9.into());
    assert_eq!(limit, ["CertificateImport.private_key: maxLength is 9, was 4096"]);
    let kind = found(|it| property(it, "CertificateUpdate", "name")["type"] = "string".into());
    assert_eq!(kind, ["CertificateUpdate.name: is string, was null or string"]);
    let required = found(|it| {
        it["components"]["schemas"]["CertificateUpdate"]["required"] = json!(["name"]);
    });
    assert_eq!(required, ["CertificateUpdate: \"name\" is now required"]);
    let removed = found(|it| {
        remove(&mut it["components"]["schemas"]["CertificateImport"]["properties"], "name");
    });
    assert_eq!(removed, ["CertificateImport.name: removed"]);
    let pattern = found(|it| property(it, "CertificateUpdate", "name")["pattern"] = "^a".into());
    assert_eq!(pattern, ["CertificateUpdate.name: its pattern was another one"]);
    let nested = found(|it| property(it, "UserCredentials", "password")["minLength"] = 8.into());
    assert_eq!(nested, ["UserCredentials.password: minLength is 8, was none"]);
}

#[test]
fn answers_go_on_giving_what_they_gave() {
    let removed = found(|it| {
        remove(&mut it["components"]["schemas"]["CertificateDetail"]["properties"], "names");
    });
    assert_eq!(removed, ["CertificateDetail.names: removed"]);
    let null = found(|it| {
        property(it, "CertificateSummary", "id")["type"] = json!(["string", "null"]);
    });
    assert_eq!(null, ["CertificateSummary.id: is null or string, was string"]);
    let limit = found(|it| property(it, "ErrorBody", "error_msg")["maxLength"] = 4096.into());
    assert_eq!(limit, ["ErrorBody.error_msg: maxLength is 4096, was 1024"]);
    let absent = found(|it| {
        it["components"]["schemas"]["ImportedCertificate"]["required"] = json!([]);
    });
    assert_eq!(absent, ["ImportedCertificate: \"certificate_id\" may be absent now"]);
    let renamed = found(|it| {
        let schemas = it["components"]["schemas"].as_object_mut().unwrap();
        let page = schemas.remove("CertificatePage").unwrap();
        schemas.insert("Page".to_owned(), page);
        let ok = &mut it["paths"][LIST]["get"]["responses"]["200"]["content"];
        ok["application/json"]["schema"]["$ref"] = "#/components/schemas/Page".into();
    });
    let what = format!("GET {LIST}: 200: its schema is Page, was CertificatePage");
    assert_eq!(renamed, ["schema CertificatePage: removed or renamed".to_owned(), what]);
}

#[test]
fn additions_and_new_wording_break_no_client() {
    let found = found(|it| {
        it["paths"]["/v3/scm/more"] = json!({ "get": { "operationId": "More" } });
        it["info"]["description"] = "Other words.".into();
        *property(it, "CertificateImport", "hint") = json!({ "type": "string" });
        *property(it, "CertificateDetail", "hint") = json!({ "type": "string" });
        property(it, "CertificateImport", "private_key")["maxLength"] = 8192.into();
        property(it, "CertificateDetail", "description")["maxLength"] = 100.into();
        remove(&mut it["paths"][IMPORT]["post"]["responses"], "415");
        let new = json!({ "name": "why", "in": "query", "schema": { "type": "string" } });
        it["paths"][LIST]["get"]["parameters"].as_array_mut().unwrap().push(new);
        let values = parameter(it, "status")["schema"]["enum"].as_array_mut().unwrap();
        values.push("MORE".into());
    });
    assert!(found.is_empty(), "{found:?}");
}
