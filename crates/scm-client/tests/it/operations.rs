//! An operation with a path, a query, headers and a body: the client sends all four.

use http::{Method, StatusCode};
use scm_model::{
    Access, Call, Condition, Empty, ErrorShape, Operation,
    certificates::{
        CertificateFilter, CertificatePath, CertificateUpdate, ImportHeaders, PageSize,
    },
};

use crate::server::{Server, reply};

/// Takes everything that a row of the table can declare.
struct TakesAll;

impl Operation for TakesAll {
    const ID: &'static str = "TakesAll";
    const DOC: &'static [&'static str] = &["Takes everything that a row can declare."];
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = "/v3/test/{certificate_id}/all";
    const ACCESS: Access = Access::SignedIn;
    const STATUS: StatusCode = StatusCode::NO_CONTENT;
    const ERRORS: ErrorShape = ErrorShape::Scm;
    const REFUSES: &'static [Condition] = &[];
    type Path = CertificatePath;
    type Query = CertificateFilter;
    type Headers = ImportHeaders;
    type Body = CertificateUpdate;
    type Reply = Empty;
}

#[tokio::test]
async fn path_query_headers_and_body_of_an_operation_are_sent() {
    let server = Server::start(|_, _| reply("204 No Content", "", "")).await;
    let limit = Some(PageSize::Twenty);
    let call = Call::<TakesAll>::new(
        CertificatePath { certificate_id: "scs1600313391074".to_owned() },
        CertificateFilter { limit, ..CertificateFilter::default() },
        ImportHeaders { idempotency_key: Some("k1".to_owned()) },
        serde_json::from_str(r#"{"name":"www"}"#).unwrap(),
    );
    server.with_token().send(call.unwrap()).await.unwrap();
    let [request] = &server.requests()[..] else { panic!("one request is sent") };
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let start = "PUT /v3/test/scs1600313391074/all?limit=20 HTTP/1.1\r\n";
    assert!(head.starts_with(start), "{head}");
    assert!(head.contains("\r\nidempotency-key: k1"), "{head}");
    assert_eq!(body, r#"{"name":"www"}"#);
}
