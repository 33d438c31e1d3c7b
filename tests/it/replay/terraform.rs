//! golangsdk, as Terraform's provider uses it: it signs neither `Host` nor the project, ends every
//! body with a line feed, and lists until a page is empty.

use http::Method;
use scm_model::Revision;
use scm_tests::{Answer, TestServer, sound};
use serde_json::{Value, json};

use super::{Client, Sent};

const CERTIFICATES: &str = "/v3/scm/certificates";
const JSON: &str = "application/json";

/// A request as golangsdk signs it, with what it adds unsigned.
fn sent<'a>(client: &Client<'_>, method: Method, path: &'a str, content: Option<&str>) -> Sent<'a> {
    let own = |name, value: &str| (name, value.to_owned());
    let mut signed =
        vec![own("accept", JSON), own("user-agent", "terraform-provider-iac golangsdk/2.0.0")];
    signed.extend(content.map(|content| own("content-type", content)));
    if content == Some(JSON) {
        signed.push(own("x-language", "en-us"));
    }
    let more = vec![
        own("Host", &client.host()),
        own("X-Project-Id", client.server.project().as_str()),
        own("Accept-Encoding", "gzip"),
    ];
    Sent { method, path, query: "", signed, more, body: "" }
}

/// The same with a body.
fn posted<'a>(client: &Client<'_>, path: &'a str, body: &'a str) -> Sent<'a> {
    let mut posted = sent(client, Method::POST, path, Some(JSON));
    posted.more.push(("Content-Length", body.len().to_string()));
    Sent { body, ..posted }
}

/// The body of an import: keys sorted, no optional ones, line ends trimmed off the texts.
fn import(name: &str) -> (String, Value) {
    let bundle = sound("www.example.com");
    let trimmed = |text: &str| text.trim_matches(['\r', '\n']).to_owned();
    let body = json!({
        "certificate": trimmed(&bundle.certificate),
        "certificate_chain": trimmed(&bundle.certificate_chain),
        "name": name,
        "private_key": trimmed(&bundle.private_key),
    });
    (format!("{body}\n"), body)
}

async fn page(client: &Client<'_>, query: &str) -> Answer {
    let list = sent(client, Method::GET, CERTIFICATES, Some("application/json;charset=utf8"));
    client.send(Sent { query, ..list }).await
}

#[tokio::test]
async fn a_resource_is_created_read_exported_and_destroyed() {
    let server = TestServer::builder().revision(Revision::R2025).start().await;
    let client = Client::of(&server).await;
    let (body, texts) = import("demo-1");
    let import = format!("{CERTIFICATES}/import");
    let created = client.send(posted(&client, &import, &body)).await;
    assert_eq!(created.status, 200, "{created:?}");
    let path = format!("{CERTIFICATES}/{}", created.text("certificate_id"));

    let read = client.send(sent(&client, Method::GET, &path, Some(JSON))).await.json();
    assert_eq!((&read["push_support"], &read["status"]), (&json!("OFF"), &json!("UPLOAD")));
    assert_eq!((&read["domain"], &read["domain_count"]), (&json!("www.example.com"), &json!(1)));
    assert_eq!(read["authentification"], json!([]));
    assert_eq!(read["signature_algrithm"], read["signature_algorithm"]);
    assert_eq!(read["enterprise_project_id"], "0");
    assert!(read["not_before"].is_string() && read["not_after"].is_string(), "{read}");

    let export = format!("{path}/export");
    // The resource sends an empty object, the data source a null.
    for body in ["{}\n", "null\n"] {
        let exported = client.send(posted(&client, &export, body)).await;
        for field in ["certificate", "certificate_chain", "private_key"] {
            assert_eq!(exported.text(field).trim_end(), texts[field].as_str().unwrap(), "{body}");
        }
    }

    let deleted = client.send(sent(&client, Method::DELETE, &path, None)).await;
    assert_eq!((deleted.status.as_u16(), deleted.body.len()), (204, 0));
    for gone in
        [sent(&client, Method::GET, &path, Some(JSON)), sent(&client, Method::DELETE, &path, None)]
    {
        let (status, code, message) = client.send(gone).await.refusal();
        assert_eq!((status, &*code), (404, "SCM.0020"), "{message}");
    }
}

#[tokio::test]
async fn a_data_source_pages_by_what_it_has_seen_until_a_page_is_empty() {
    let server = TestServer::builder().revision(Revision::R2025).start().await;
    let client = Client::of(&server).await;
    let import_path = format!("{CERTIFICATES}/import");
    for number in 0..12 {
        let (body, _) = import(&format!("demo-{number}"));
        assert_eq!(client.send(posted(&client, &import_path, &body)).await.status, 200);
    }
    let (mut lengths, mut names) = (Vec::new(), Vec::new());
    while lengths.last() != Some(&0) {
        let query = match names.len() {
            0 => "status=UPLOAD".to_owned(),
            seen => format!("offset={seen}&status=UPLOAD"),
        };
        let answer = page(&client, &query).await.json();
        let certificates = answer["certificates"].as_array().expect("never null, never missing");
        lengths.push(certificates.len());
        names.extend(certificates.iter().map(|c| c["name"].as_str().unwrap().to_owned()));
    }
    assert_eq!(lengths, [10, 2, 0]);
    let newest_first: Vec<_> = (0..12).rev().map(|number| format!("demo-{number}")).collect();
    assert_eq!(names, newest_first);
    for query in ["enterprise_project_id=0&offset=10", "deploy_support=false&offset=10"] {
        assert_eq!(page(&client, query).await.json()["certificates"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn what_the_provider_looks_up_at_its_start_is_there() {
    let server = TestServer::builder().revision(Revision::R2025).start().await;
    let client = Client::of(&server).await;
    let projects = sent(&client, Method::GET, "/v3/projects", Some(JSON));
    let projects = client.send(Sent { query: "name=my-region-1", ..projects }).await.json();
    let [project] = &projects["projects"].as_array().unwrap()[..] else { panic!("{projects}") };
    assert_eq!(project["id"], server.project().as_str());
    assert_eq!(project["name"], "my-region-1");
    let domains = client.send(sent(&client, Method::GET, "/v3/auth/domains", Some(JSON))).await;
    let domains = domains.json();
    assert_eq!(domains["domains"][0]["id"], server.folder().credentials().domain_id);
}

/// A project that the key is not for, added after signing, does not open another project.
#[tokio::test]
async fn a_project_that_is_not_signed_must_be_that_of_the_key() {
    let server = TestServer::builder().revision(Revision::R2025).start().await;
    let client = Client::of(&server).await;
    let mut list = sent(&client, Method::GET, CERTIFICATES, Some("application/json;charset=utf8"));
    list.more.retain(|(name, _)| *name != "X-Project-Id");
    list.more.push(("X-Project-Id", "another".to_owned()));
    let (status, code, message) = client.send(list).await.refusal();
    assert_eq!((status, &*code), (401, "APIGW.0301"), "{message}");
    assert!(message.contains("X-Project-Id"), "{message}");
}
