//! Who may do what: every row of the table, for every kind of user.

use std::collections::BTreeSet;

use http::Method;
use scm_model::{Access, Action, Body as _, ErrorShape, Operation, Visitor, api};
use scm_store::{AuditQuery, Outcome, Role};
use scm_tests::{Answer, NOW, Person, Session, TestServer, import_body, sound, unsigned};

/// A row of the table, as data.
struct Row {
    id: &'static str,
    method: Method,
    path: String,
    access: Access,
    errors: ErrorShape,
    is_json: bool,
}

fn rows() -> Vec<Row> {
    struct Rows(Vec<Row>);
    impl Visitor for Rows {
        fn visit<O: Operation>(&mut self) {
            let path = O::PATH.replace("{certificate_id}", "scs1600313391074");
            assert!(!path.contains('{'), "{path}: say here what its parameters can be");
            self.0.push(Row {
                id: O::ID,
                method: O::METHOD,
                path,
                access: O::ACCESS,
                errors: O::ERRORS,
                is_json: O::Body::IS_JSON,
            });
        }
    }
    let mut rows = Rows(Vec::new());
    api::visit_all(&mut rows);
    rows.0
}

/// What each role may do, written a second time: a mistake in the server's own list shows here.
fn may(role: Role, action: Action) -> bool {
    match (role, action) {
        (Role::Administrator | Role::FullAccess, _) => true,
        (Role::ReadOnly, Action::CertGet | Action::CertList) => true,
        (Role::ReadOnly, Action::CertImport | Action::CertExport) => false,
        (Role::ReadOnly, Action::CertUpdate | Action::CertDelete) => false,
    }
}

/// The status and code that stop a person at a row, if anything does. `unknown` is the code of
/// an unauthenticated client.
fn stopped(person: Person, access: Access, unknown: &str) -> Option<(u16, &str)> {
    match (access, person.role()) {
        (Access::Open, _) | (Access::SignedIn, Some(_)) => None,
        (_, None) => Some((401, unknown)),
        (Access::Action(action), Some(role)) if may(role, action) => None,
        (Access::Action(_), Some(_)) => Some((403, "SCM.4002")),
    }
}

#[tokio::test]
async fn every_row_refuses_exactly_whom_it_should() {
    let server = TestServer::start().await;
    for row in rows() {
        for person in Person::ALL {
            let body = if row.is_json { "{}" } else { "" };
            let answer = server.by(person).send(row.method.clone(), &row.path, body).await;
            assert_stopped(&row, person, "SCM.1000", &answer);
        }
    }
}

#[tokio::test]
async fn every_row_stops_whom_it_should_by_their_signature_too() {
    let server = TestServer::start().await;
    for person in Person::ALL {
        let signer = server.signer_of(person).await;
        for row in rows() {
            let body = if row.is_json { "{}" } else { "" };
            let answer = signer.send(unsigned(row.method.clone(), &row.path, body), NOW).await;
            assert_stopped(&row, person, "APIGW.0301", &answer);
        }
    }
}

/// Fails unless the answer is that of a person who is stopped, or not, as they should be.
fn assert_stopped(row: &Row, person: Person, unknown: &str, answer: &Answer) {
    let who = format!("{person:?} at {}", row.id);
    match stopped(person, row.access, unknown) {
        Some((status, code)) => {
            assert_eq!(answer.status, status, "{who}");
            match row.errors {
                // An answer to HEAD has no body.
                _ if row.method == Method::HEAD => {}
                ErrorShape::Scm => assert_eq!(answer.text("error_code"), code, "{who}"),
                ErrorShape::Identity => {
                    assert_eq!(answer.json()["error"]["code"], status, "{who}");
                }
            }
        }
        None => assert!(![401, 403].contains(&answer.status.as_u16()), "{who}: {answer:?}"),
    }
    assert!(answer.header("x-request-id").is_some_and(|id| id.len() == 32), "{who}");
}

#[tokio::test]
async fn a_refusal_for_want_of_a_role_names_the_action_and_is_recorded() {
    let server = TestServer::start().await;
    let answer = server.by(Person::Reader).import(&import_body(&sound("www.example.com"))).await;
    let message = "You do not have permission to perform this operation. \
                   ImportCertificate needs the action scm:cert:import.";
    assert_eq!(answer.refusal(), (403, "SCM.4002".into(), message.into()));
    let event =
        server.store().events(&AuditQuery::of(&server.project(), 1)).await.unwrap().remove(0);
    assert_eq!(event.action, "certificate.import");
    assert_eq!(event.user, Some(Person::Reader.user()));
    assert_eq!(event.request_id.as_deref(), answer.header("x-request-id"));
    assert_eq!(event.outcome, Outcome::Refused { code: "SCM.4002".into() });
    assert_eq!(server.store().counts(&server.project(), NOW).await.unwrap(), []);
}

#[tokio::test]
async fn what_one_project_keeps_another_does_not_see() {
    let server = TestServer::start().await;
    let body = import_body(&sound("www.example.com"));
    let id = server.by(Person::FullAccess).import(&body).await.text("certificate_id");
    for (person, status) in
        [(Person::Reader, 200), (Person::Administrator, 200), (Person::Stranger, 404)]
    {
        assert_eq!(server.by(person).show(&id).await.status, status, "{person:?}");
    }
    let unknown = server.by(Person::Stranger).show("scs0000000000001").await;
    let theirs = server.by(Person::Stranger).show(&id).await;
    assert_eq!(unknown.refusal(), theirs.refusal(), "the two cannot be distinguished");
    let mut again = body;
    again["duplicate_check"] = true.into();
    let answer = server.by(Person::Stranger).import(&again).await;
    assert_eq!(answer.status, 200, "a duplicate elsewhere is none here: {answer:?}");
}

#[tokio::test]
async fn a_token_ends_when_its_time_is_over() {
    let server = TestServer::start().await;
    let reader = server.by(Person::Reader);
    assert_eq!(reader.show("scs1600313391074").await.status, 404);
    server.clock().advance(time::Duration::DAY - time::Duration::SECOND);
    assert_eq!(reader.show("scs1600313391074").await.status, 404);
    server.clock().advance(time::Duration::SECOND);
    assert_eq!(reader.show("scs1600313391074").await.refusal(), unknown_token());
}

#[tokio::test]
async fn only_a_token_that_was_given_is_one() {
    let server = TestServer::start().await;
    let good = server.by(Person::Reader).token().unwrap().to_owned();
    let cut = &good[..good.len() - 1];
    let (long, upper) = (format!("{good}x"), good.to_uppercase());
    let other = format!("{}{}", cut, if good.ends_with('A') { 'B' } else { 'A' });
    for token in [cut, &long, &upper, &other, "", "scmt_"] {
        let answer = Session::new(server.address(), Some(token)).show("scs1600313391074").await;
        assert_eq!(answer.refusal(), unknown_token(), "{} characters", token.len());
    }
}

#[tokio::test]
async fn a_path_says_which_methods_it_takes() {
    let server = TestServer::start().await;
    let caller = server.by(Person::Administrator);
    let rows = rows();
    for path in rows.iter().map(|row| &row.path).collect::<BTreeSet<_>>() {
        let taken = rows.iter().filter(|row| row.path == *path).map(|row| row.method.as_str());
        let taken: BTreeSet<_> = taken.collect();
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "BREW"] {
            if taken.contains(method) {
                continue;
            }
            let answer = caller.send(method.parse().unwrap(), path, "").await;
            assert_eq!(answer.status, 405, "{method} {path}");
            let allowed = answer.header("allow").unwrap();
            assert_eq!(allowed.split(", ").collect::<BTreeSet<_>>(), taken, "{method} {path}");
            match rows.iter().find(|row| row.path == *path).unwrap().errors {
                _ if method == "HEAD" => {}
                ErrorShape::Scm => assert_eq!(answer.text("error_code"), "APIGW.0101"),
                ErrorShape::Identity => assert_eq!(answer.json()["error"]["code"], 405),
            }
        }
    }
}

#[tokio::test]
async fn an_unpublished_path_is_not_found() {
    let server = TestServer::start().await;
    let caller = server.by(Person::Administrator);
    for path in ["/", "/v3", "/v3/scm/certificate", "/v3/scm/certificates/a/b", "/V3/auth/tokens"] {
        let answer = caller.send(Method::GET, path, "").await;
        let message = "The API does not exist or has not been published in the environment.";
        assert_eq!(answer.refusal(), (404, "APIGW.0101".into(), message.into()), "{path}");
    }
}

fn unknown_token() -> (u16, String, String) {
    let message = "The token of the request fails to be authenticated";
    (401, "SCM.1000".into(), message.into())
}

/// An answer that a person who is stopped gets has nothing to read but why.
#[tokio::test]
async fn a_refused_client_learns_nothing_else() {
    let server = TestServer::start().await;
    let id = server
        .by(Person::FullAccess)
        .import(&import_body(&sound("secret-project.example.com")))
        .await
        .text("certificate_id");
    let answers: Vec<Answer> = vec![
        server.by(Person::Anonymous).show(&id).await,
        server.by(Person::Expired).show(&id).await,
        server.by(Person::Stranger).show(&id).await,
    ];
    for answer in answers {
        assert!(!String::from_utf8_lossy(&answer.body).contains("secret-project"), "{answer:?}");
    }
}
