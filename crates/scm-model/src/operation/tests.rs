//! A row may declare any of path, query, headers and body: one row with all four, and rows with some.

use http::Method;
#[cfg(feature = "openapi")]
use serde_json::json;

use super::*;
use crate::{
    Call, Empty, Received, Rule,
    certificates::{
        CertificateFilter, CertificatePath, CertificateUpdate, ImportHeaders, PageSize,
    },
};

operations! {
    /// Takes everything that a row can declare.
    TakesAll: PUT "/v3/test/{certificate_id}/all", Access::Open, Scm,
        (path: CertificatePath, query: CertificateFilter, headers: ImportHeaders,
         body: CertificateUpdate) -> OK Empty;

    /// Takes a path, a query and headers.
    TakesNoBody: GET "/v3/test/{certificate_id}", Access::Open, Scm,
        (path: CertificatePath, query: CertificateFilter, headers: ImportHeaders) -> OK Empty;

    /// Takes a query and headers.
    TakesQueryAndHeaders: GET "/v3/test", Access::Open, Scm,
        (query: CertificateFilter, headers: ImportHeaders) -> OK Empty;

    /// Takes nothing.
    TakesNothing: DELETE "/v3/test", Access::Open, Scm, () -> OK Empty;
}

const ID: &str = "scs1600313391074";

fn call(name: String, idempotency_key: &str) -> Result<Call<TakesAll>, crate::Violations> {
    let content = Some("a b&c".to_owned());
    Call::new(
        CertificatePath { certificate_id: ID.to_owned() },
        CertificateFilter { content, limit: Some(PageSize::Fifty), ..CertificateFilter::default() },
        ImportHeaders { idempotency_key: Some(idempotency_key.to_owned()) },
        CertificateUpdate { name: Some(name), description: None },
    )
}

#[test]
fn a_call_with_all_four_parts_is_written_as_a_request() {
    let request = call("www".to_owned(), "k1").unwrap().write("https://scm.example.com/").unwrap();
    assert_eq!(request.method(), Method::PUT);
    assert_eq!(request.uri().path(), format!("/v3/test/{ID}/all"));
    let mut query: Vec<_> = request.uri().query().unwrap().split('&').collect();
    query.sort_unstable();
    assert_eq!(query, ["content=a%20b%26c", "limit=50"]);
    assert_eq!(request.headers()["idempotency-key"], "k1");
    assert_eq!(request.headers()["content-type"], "application/json");
    assert_eq!(request.body(), br#"{"name":"www"}"#);
}

#[test]
fn a_request_with_all_four_parts_is_read_as_a_call() {
    let call = Call::<TakesAll>::read(Received {
        path: &[("certificate_id", ID)],
        query: &[("limit", "20"), ("content", "a b&c")],
        headers: &[("idempotency_key", "k1")],
        body: br#"{"description":""}"#,
    })
    .unwrap();
    assert_eq!(call.path.certificate_id, ID);
    assert_eq!(call.query.limit, Some(PageSize::Twenty));
    assert_eq!(call.query.content.as_deref(), Some("a b&c"));
    assert_eq!(call.headers.idempotency_key.as_deref(), Some("k1"));
    assert_eq!((call.body.name, call.body.description.as_deref()), (None, Some("")));
}

#[test]
fn broken_rules_of_all_parts_are_reported_together() {
    let received = Received {
        path: &[],
        query: &[("limit", "11")],
        headers: &[("idempotency_key", "")],
        body: br#"{"name":1}"#,
    };
    let violations = Call::<TakesAll>::read(received).unwrap_err();
    let fields: Vec<_> = violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, ["certificate_id", "limit", "idempotency_key", "name"]);

    let violations = call("n".repeat(256), "").unwrap_err();
    let rules: Vec<_> = violations.iter().map(|violation| &violation.rule).collect();
    assert!(
        matches!(rules[..], [Rule::Length { actual: 0, .. }, Rule::Length { actual: 256, .. }]),
        "{rules:?}"
    );
}

#[test]
fn what_a_row_does_not_declare_is_empty() {
    fn parts<O: Operation>() -> ([usize; 3], bool) {
        let fields = [O::Path::FIELDS, O::Query::FIELDS, O::Headers::FIELDS];
        (fields.map(<[_]>::len), O::Body::IS_JSON)
    }
    let query = CertificateFilter::FIELDS.len();
    assert_eq!(parts::<TakesAll>(), ([1, query, 1], true));
    assert_eq!(parts::<TakesNoBody>(), ([1, query, 1], false));
    assert_eq!(parts::<TakesQueryAndHeaders>(), ([0, query, 1], false));
    assert_eq!(parts::<TakesNothing>(), ([0, 0, 0], false));
}

#[test]
fn every_row_is_visited_in_order() {
    struct Ids(Vec<&'static str>);
    impl Visitor for Ids {
        fn visit<O: Operation>(&mut self) {
            self.0.push(O::ID);
        }
    }
    let mut ids = Ids(Vec::new());
    visit_all(&mut ids);
    assert_eq!(ids.0, ["TakesAll", "TakesNoBody", "TakesQueryAndHeaders", "TakesNothing"]);
}

#[cfg(feature = "openapi")]
#[test]
fn the_document_has_all_four_parts_of_an_operation() {
    let operation = crate::openapi::described_operation::<TakesAll>();
    let parameters = operation["parameters"].as_array().unwrap();
    let places: Vec<_> = parameters
        .iter()
        .map(|it| (it["in"].as_str().unwrap(), it["name"].as_str().unwrap()))
        .filter(|(place, name)| *place != "query" || *name == "limit")
        .collect();
    let expected = [("path", "certificate_id"), ("query", "limit"), ("header", "idempotency-key")];
    assert_eq!(places, expected);
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body, &json!({ "$ref": "#/components/schemas/CertificateUpdate" }));
}
