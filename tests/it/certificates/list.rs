//! Listing: orders, filters, pages, and the moment a certificate ends.

use http::Method;
use scm_tests::{NOW, Person, Session, TestServer, authority, import_body, patiently, sound};
use serde_json::{Value, json};
use time::Duration;

use super::{names, page};

const PROJECT: &str = "01234567-89ab-cdef-0123-456789abcdef";

async fn import(session: &Session, name: &str, domain: &str, length: Duration) -> String {
    let mut body = import_body(&authority().leaf(domain).valid_for(length).issue());
    body["name"] = name.into();
    session.import(&body).await.text("certificate_id")
}

#[tokio::test]
async fn every_filter_and_order_gives_what_it_says() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    import(&session, "Alpha", "a.example.com", Duration::days(30)).await;
    server.clock().advance(Duration::SECOND);
    import(&session, "beta", "*.b.example.org", Duration::days(10)).await;
    server.clock().advance(Duration::SECOND);
    let mut third = import_body(&sound("gamma.example.net"));
    third["name"] = "100%_*".into();
    third["enterprise_project_id"] = PROJECT.into();
    session.import(&third).await;
    for (query, expected) in [
        ("", &["100%_*", "beta", "Alpha"][..]),
        ("sort_dir=ASC", &["Alpha", "beta", "100%_*"]),
        ("sort_key=certExpiredTime&sort_dir=ASC", &["beta", "Alpha", "100%_*"]),
        ("sort_key=certStatus&sort_dir=DESC&limit=20", &["100%_*", "Alpha", "beta"]),
        ("content=ALPH", &["Alpha"]),
        ("content=EXAMPLE.OR", &["beta"]),
        ("content=%25_", &["100%_*"]),
        ("content=*", &["100%_*", "beta"]),
        ("content=a%20b", &[]),
        ("enterprise_project_id=0&sort_dir=ASC", &["Alpha", "beta"]),
        (&format!("enterprise_project_id={PROJECT}"), &["100%_*"]),
        ("enterprise_project_id=all&status=ALL&owned_by_self=false", &["100%_*", "beta", "Alpha"]),
        ("status=UPLOAD&deploy_support=false&limit=50", &["100%_*", "beta", "Alpha"]),
        ("status=EXPIRED", &[]),
        ("status=PAID", &[]),
        ("deploy_support=true", &[]),
        ("offset=2", &["Alpha"]),
        ("offset=3", &[]),
        ("offset=4294967295", &[]),
    ] {
        assert_eq!(names(&session, query).await, expected, "{query}");
    }
    assert_eq!(names(&server.by(Person::Stranger), "").await, [""; 0]);
}

#[tokio::test]
async fn a_count_is_of_all_that_the_filters_let_through() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    for number in 0..12 {
        import(&session, &format!("kept-{number}"), "a.example.com", Duration::days(30)).await;
    }
    import(&session, "short", "b.example.com", Duration::HOUR).await;
    let mut apart = import_body(&sound("c.example.com"));
    apart["enterprise_project_id"] = PROJECT.into();
    session.import(&apart).await;
    server.clock().advance(Duration::hours(23));
    for (query, total, shown) in [
        ("", 14, 10),
        ("limit=50", 14, 14),
        ("offset=12", 14, 2),
        ("offset=20", 14, 0),
        ("status=UPLOAD", 13, 10),
        ("status=EXPIRED&limit=20", 1, 1),
        (&format!("enterprise_project_id={PROJECT}"), 1, 1),
        ("enterprise_project_id=0&status=UPLOAD&offset=10", 12, 2),
        ("content=KEPT-1", 3, 3),
        ("content=example.com&limit=20", 14, 14),
        ("content=kept&status=EXPIRED", 0, 0),
        ("status=PAID", 0, 0),
        ("expired_days_since=0&offset=10", 13, 3),
        ("expired_days_since=1&limit=20", 14, 14),
        ("expired_days_since=4294967295&limit=20", 14, 14),
        ("expired_days_since=1&status=EXPIRED", 1, 1),
    ] {
        let page = page(&session, query).await;
        assert_eq!(page["total_count"], total, "{query}");
        assert_eq!(page["certificates"].as_array().unwrap().len(), shown, "{query}");
    }
}

#[tokio::test]
async fn a_list_shows_a_certificate_in_short() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let bundle = authority().leaf("*.example.com").also("example.com").issue();
    let id = session.import(&import_body(&bundle)).await.text("certificate_id");
    let words = json!({ "description": "ask Ada" });
    super::ask(&session, Method::PATCH, &id, Some(&words)).await;
    let expected = json!({
        "id": id,
        "name": "a name",
        "domain": "*.example.com",
        "sans": "example.com",
        "signature_algorithm": "SHA256withECDSA",
        "deploy_support": false,
        "type": null,
        "brand": null,
        "expire_time": "2026-08-30 12:00:00.0",
        "domain_type": "MULTI_DOMAIN",
        "validity_period": null,
        "status": "UPLOAD",
        "domain_count": 2,
        "wildcard_count": 1,
        "description": "ask Ada",
        "domain_id": server.folder().credentials().domain_id,
        "enterprise_project_id": "0",
    });
    assert_eq!(page(&session, "").await["certificates"], json!([expected]));
}

#[tokio::test]
async fn a_wrong_value_is_named() {
    let server = TestServer::start().await;
    let session = server.by(Person::Reader);
    for (query, field) in [
        ("limit=11", "limit"),
        ("limit=", "limit"),
        ("offset=-1", "offset"),
        ("offset=x", "offset"),
        ("sort_key=name", "sort_key"),
        ("sort_dir=asc", "sort_dir"),
        ("status=upload", "status"),
        ("deploy_support=1", "deploy_support"),
        ("owned_by_self=TRUE", "owned_by_self"),
        ("expired_days_since=soon", "expired_days_since"),
        ("enterprise_project_id=mine", "enterprise_project_id"),
        ("marker=nonsense", "marker"),
        ("limit=10&limit=20", "limit"),
        ("offset=4294967296", "offset"),
        ("expired_days_since=-1", "expired_days_since"),
    ] {
        let path = format!("/v3/scm/certificates?{query}");
        let (status, code, message) = session.send(Method::GET, &path, "").await.refusal();
        assert_eq!((status, &*code), (400, "SCM.0005"), "{query}");
        assert!(message.contains(&format!("{field}: ")), "{query}: {message}");
    }
    let long = format!("/v3/scm/certificates?content={}", "%C3%A9".repeat(256));
    let (status, _, message) = session.send(Method::GET, &long, "").await.refusal();
    assert_eq!(status, 400);
    assert!(message.contains("content: 256 characters, must have at most 255"), "{message}");
    let (_, _, message) =
        session.send(Method::GET, "/v3/scm/certificates?limit=1&sort_dir=x", "").await.refusal();
    assert!(message.contains("limit: must be one of 10, 20, 50."), "{message}");
    assert!(message.contains("sort_dir: must be one of ASC, DESC."), "{message}");
}

#[tokio::test]
async fn offsets_and_markers_walk_everything_once() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let body = import_body(&sound("www.example.com"));
    let mut kept = Vec::new();
    for _ in 0..23 {
        kept.push(session.import(&body).await.text("certificate_id"));
    }
    kept.sort();
    let ids = |page: &Value| {
        let certificates = page["certificates"].as_array().unwrap().iter();
        certificates.map(|c| c["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (mut by_offset, mut by_marker, mut marker) = (Vec::new(), Vec::new(), String::new());
    loop {
        let next = page(&session, &format!("offset={}", by_offset.len())).await;
        assert_eq!(next["total_count"], 23);
        if ids(&next).is_empty() {
            break;
        }
        by_offset.extend(ids(&next));
    }
    loop {
        let next = page(&session, &format!("sort_key=certExpiredTime{marker}")).await;
        by_marker.extend(ids(&next));
        let Some(text) = next["next_marker"].as_str() else { break };
        marker = format!("&marker={text}");
        let path = format!("/v3/scm/certificates?sort_key=certUpdateTime{marker}");
        assert_eq!(session.send(Method::GET, &path, "").await.status, 400);
    }
    by_offset.sort();
    by_marker.sort();
    assert_eq!((&by_offset, &by_marker), (&kept, &kept));
}

#[tokio::test]
async fn a_certificate_expires_everywhere_at_the_same_moment() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let id = import(&session, "short", "www.example.com", Duration::days(1)).await;
    let end = server.store().list(&server.project(), &query()).await.unwrap().records[0].not_after;
    server.clock().advance(end - NOW);
    assert_eq!(session.show(&id).await.json()["status"], "UPLOAD");
    assert_eq!(names(&session, "status=UPLOAD").await, ["short"]);
    server.clock().advance(Duration::MILLISECOND);
    for swept in [false, true] {
        assert_eq!(session.show(&id).await.json()["status"], "EXPIRED", "{swept}");
        let expired = page(&session, "status=EXPIRED").await;
        assert_eq!(expired["certificates"][0]["status"], "EXPIRED");
        assert_eq!(expired["total_count"], 1);
        let valid = page(&session, "status=UPLOAD").await;
        assert_eq!(
            (&valid["total_count"], names(&session, "status=UPLOAD").await.len()),
            (&0.into(), 0)
        );
        let now = end + Duration::MILLISECOND;
        let counts = server.store().counts(&server.project(), now).await.unwrap();
        assert_eq!(counts.iter().map(|c| (c.expired, c.count)).collect::<Vec<_>>(), [(true, 1)]);
        assert_eq!(names(&session, "expired_days_since=1").await, ["short"]);
        server.store().sweep_expired(now).await.unwrap();
    }
}

#[tokio::test]
async fn a_certificate_that_expired_is_marked_without_a_request() {
    let server = TestServer::builder().flag("--store", "embedded").start().await;
    let session = server.by(Person::FullAccess);
    import(&session, "short", "www.example.com", Duration::days(1)).await;
    let store = rusqlite::Connection::open(server.folder().file("scm.db")).unwrap();
    let counters = || {
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        store.query_row("SELECT sum(valid), sum(expired) FROM shelf", [], read).unwrap()
    };
    assert_eq!(counters(), (1, 0));
    server.clock().advance(Duration::days(2));
    patiently(async {
        while counters() != (0, 1) {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
}

fn query() -> scm_store::CertificateQuery {
    scm_store::CertificateQuery::new(NOW, 10)
}
