//! What clients look up before their first request: their project and their domain.

use http::Method;
use scm_tests::{Person, TestServer};
use serde_json::json;

#[tokio::test]
async fn a_project_is_found_by_its_name_and_by_a_regions() {
    let server = TestServer::start().await;
    let credentials = server.folder().credentials();
    for (path, name) in [
        ("/v3/projects", &*credentials.project_name),
        ("/v3/projects?name=", &credentials.project_name),
        ("/v3/projects?name=cn-north-4", "cn-north-4"),
    ] {
        let list = server.by(Person::Reader).send(Method::GET, path, "").await.json();
        let [project] = &list["projects"].as_array().unwrap()[..] else { panic!("{list}") };
        assert_eq!(
            (&project["id"], &project["name"]),
            (&json!(credentials.project_id), &json!(name))
        );
        assert_eq!(project["domain_id"], json!(credentials.domain_id));
    }
}

#[tokio::test]
async fn the_domain_is_the_callers_own() {
    let server = TestServer::start().await;
    let credentials = server.folder().credentials();
    let list = server.by(Person::Reader).send(Method::GET, "/v3/auth/domains", "").await.json();
    let [domain] = &list["domains"].as_array().unwrap()[..] else { panic!("{list}") };
    assert_eq!(domain["id"], json!(credentials.domain_id));
    assert_eq!(domain["name"], json!(credentials.domain_name));
}
