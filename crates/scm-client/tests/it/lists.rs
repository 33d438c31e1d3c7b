//! Lists as streams, by markers and by offsets, and the replies of the cloud.

use futures_util::TryStreamExt as _;
use scm_client::Error;
use scm_model::certificates::CertificateFilter;

use crate::server::{Server, reply};

#[tokio::test]
async fn markers_are_followed_to_the_last_page() {
    let server = Server::start(|_, request| match request {
        _ if request.contains("marker=m2") => page(&[4], None),
        _ if request.contains("marker=m1") => page(&[2, 3], Some("m2")),
        _ => page(&[0, 1], Some("m1")),
    })
    .await;
    assert_eq!(ids(&server).await.unwrap(), ["scs0", "scs1", "scs2", "scs3", "scs4"]);
    assert_eq!(queries(&server), ["limit=50", "limit=50&marker=m1", "limit=50&marker=m2"]);
}

#[tokio::test]
async fn without_markers_pages_are_counted_until_one_is_empty() {
    let server = Server::start(|number, _| match number {
        1 => page(&[0, 1], None),
        2 => page(&[2], None),
        _ => page(&[], None),
    })
    .await;
    assert_eq!(ids(&server).await.unwrap(), ["scs0", "scs1", "scs2"]);
    assert_eq!(queries(&server), ["limit=50", "limit=50&offset=2", "limit=50&offset=3"]);
}

#[tokio::test]
async fn a_list_that_repeats_itself_is_an_error() {
    let server = Server::start(|_, _| page(&[0, 1], None)).await;
    let error = ids(&server).await.unwrap_err();
    assert!(matches!(error, Error::Endless { .. }), "{error:?}");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn no_page_is_fetched_before_it_is_needed() {
    let server = Server::start(|number, _| page(&[number], Some(&number.to_string()))).await;
    let mut certificates = server.with_token().certificates(CertificateFilter::default());
    assert!(server.requests().is_empty());
    for expected in ["scs1", "scs2"] {
        assert_eq!(certificates.try_next().await.unwrap().unwrap().id, expected);
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_certificate_that_is_not_issued_yet_has_few_fields() {
    let cloud = r#"{"certificates":[{"id":"scs1554192131150","name":"test","domain":null,
        "type":"OV_SSL_CERT","brand":"GEOTRUST","expire_time":null,"domain_type":"MULTI_DOMAIN",
        "validity_period":12,"status":"PAID","domain_count":2,"wildcard_count":0,
        "description":null}],"total_count":1}"#;
    let server = Server::start(move |_, _| reply("200 OK", "", cloud)).await;
    let page = server.with_token().list_certificates(CertificateFilter::default()).await.unwrap();
    let [certificate] = page.certificates.as_slice() else { panic!("{page:?}") };
    assert_eq!((certificate.expire_time.as_str(), certificate.domain_count), ("", 2));
    let detail = r#"{"id":"scs1590053258704","status":"CHECKING_DOMAIN","name":"scm-testing",
        "push_support":"OFF","domain_count":1,"wildcard_count":0,"authentification":null}"#;
    let server = Server::start(move |_, _| reply("200 OK", "", detail)).await;
    let detail = server.with_token().show_certificate("scs1590053258704").await.unwrap();
    assert_eq!((detail.status.as_str(), detail.names.len()), ("CHECKING_DOMAIN", 0));
}

async fn ids(server: &Server) -> Result<Vec<String>, Error> {
    let certificates = server.with_token().certificates(CertificateFilter::default());
    certificates.map_ok(|certificate| certificate.id).try_collect().await
}

/// The query of each request.
fn queries(server: &Server) -> Vec<String> {
    let query = |request: String| {
        let path = request.split(' ').nth(1).unwrap();
        path.strip_prefix("/v3/scm/certificates?").unwrap().to_owned()
    };
    server.requests().into_iter().map(query).collect()
}

fn page(numbers: &[usize], next_marker: Option<&str>) -> String {
    let certificate = |number: &usize| serde_json::json!({"id": format!("scs{number}"), "name": "n", "status": "UPLOAD"});
    let certificates: Vec<_> = numbers.iter().map(certificate).collect();
    let page = serde_json::json!({
        "certificates": certificates, "total_count": 5, "next_marker": next_marker,
    });
    reply("200 OK", "", &page.to_string())
}
