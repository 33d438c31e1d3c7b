//! Showing: everything that is known of a certificate, but never its key.

use scm_model::Revision;
use scm_tests::{Person, TestServer, authority, import_body, sound};
use serde_json::json;

#[tokio::test]
async fn everything_is_shown_that_is_known() {
    let server = TestServer::builder().revision(Revision::R2025).start().await;
    let bundle =
        authority().leaf("www.example.com").also("*.example.org").also("192.0.2.7").issue();
    let mut body = import_body(&bundle);
    body["name"] = "shop-2026".into();
    let id = server.by(Person::FullAccess).import(&body).await.text("certificate_id");
    let answer = server.by(Person::Reader).show(&id).await;
    assert_eq!(answer.status, 200);
    let mut shown = answer.json();
    let fingerprint = shown["fingerprint"].take();
    assert_eq!(fingerprint.as_str().unwrap().len(), 40);
    let expected = json!({
        "id": id,
        "status": "UPLOAD",
        "order_id": null,
        "name": "shop-2026",
        "type": null,
        "brand": null,
        "push_support": "OFF",
        "revoke_reason": null,
        "signature_algorithm": "SHA256withECDSA",
        "signature_algrithm": "SHA256withECDSA",
        "issue_time": null,
        "not_before": "2026-05-23 12:00:00.0",
        "not_after": "2026-08-30 12:00:00.0",
        "validity_period": null,
        "validation_method": null,
        "domain_type": "MULTI_DOMAIN",
        "domain": "www.example.com",
        "sans": "*.example.org;192.0.2.7",
        "domain_count": 3,
        "wildcard_count": 1,
        "authentification": [],
        "fingerprint": null,
        "enterprise_project_id": "0",
        "multi_domain_type": null,
        "shared": false,
        "description": null,
        "names": ["www.example.com", "*.example.org", "192.0.2.7"],
    });
    assert_eq!(shown, expected);
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(!text.contains("PRIVATE") && !text.contains("BEGIN"), "{text}");
}

#[tokio::test]
async fn an_unknown_id_is_not_found() {
    let server = TestServer::start().await;
    let overlong = "9".repeat(5000);
    let ids = [
        "scs0000000000001",
        "scs",
        "SCS1600313391074",
        "scs160031339107",
        "scs16003133910744",
        "scs%31600313391074",
        "%00",
        "%ff",
        "..%2f..",
        &overlong,
    ];
    for id in ids {
        let answer = server.by(Person::Reader).show(id).await;
        let (status, code, _) = answer.refusal();
        let known = ["SCM.0020", "APIGW.0101"].contains(&&*code);
        assert!(status == 404 && known, "{id:.20}: {answer:?}");
    }
    let refusal = server.by(Person::Reader).show("scs0000000000001").await.refusal();
    assert_eq!(refusal, (404, "SCM.0020".into(), "Incorrect certificate ID.".into()));
}

#[tokio::test]
async fn a_percent_encoded_id_is_the_same_id() {
    let server = TestServer::start().await;
    let body = import_body(&sound("www.example.com"));
    let id = server.by(Person::FullAccess).import(&body).await.text("certificate_id");
    let encoded = format!("%73cs{}", &id[3..]);
    assert_eq!(server.by(Person::Reader).show(&encoded).await.text("id"), id);
}

#[tokio::test]
async fn very_many_names_are_all_shown() {
    let server = TestServer::start().await;
    let names: Vec<_> = (0..100).map(|n| format!("n{n:02}.example.com")).collect();
    let leaf = names.iter().fold(authority().leaf("www.example.com"), |leaf, name| leaf.also(name));
    let answer = server.by(Person::FullAccess).import(&import_body(&leaf.issue())).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let shown = server.by(Person::Reader).show(&answer.text("certificate_id")).await.json();
    assert_eq!(shown["names"].as_array().unwrap().len(), 101);
    assert_eq!((&shown["domain_count"], &shown["wildcard_count"]), (&json!(100), &json!(0)));
}
