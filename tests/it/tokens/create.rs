//! Logging in, as Keystone v3 has it.

use http::{HeaderValue, Method, Request, StatusCode};
use scm_model::{Condition, identity::SUBJECT_TOKEN};
use scm_store::{AuditQuery, DomainId, Grant, NewUser, Role, Subject, UserId, action};
use scm_tests::{Answer, NOW, Person, Protocol, Session, TestServer, import_body, request, sound};
use serde_json::{Value, json};
use time::Duration;
use tokio::task::JoinSet;

const PATH: &str = "/v3/auth/tokens";

/// The log-in of the administrator of the first start.
fn right(server: &TestServer) -> Value {
    let credentials = server.folder().credentials();
    let user = json!({
        "name": credentials.user,
        "password": credentials.password.secret_str(),
        "domain": { "name": credentials.domain_name },
    });
    json!({ "auth": {
        "identity": { "methods": ["password"], "password": { "user": user } },
        "scope": { "project": { "name": credentials.project_name } },
    } })
}

async fn log_in(server: &TestServer, body: &Value) -> Answer {
    server.by(Person::Anonymous).send(Method::POST, PATH, body.to_string()).await
}

fn token_of(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.header(SUBJECT_TOKEN.as_str()).unwrap().to_owned()
}

/// A refusal in Keystone's shape, whole.
fn keystone(status: u16, title: &str, message: &str) -> Value {
    json!({ "error": { "code": status, "title": title, "message": message } })
}

#[tokio::test]
async fn the_right_password_gives_a_token_that_works() {
    let server = TestServer::start().await;
    let credentials = server.folder().credentials();
    let answer = log_in(&server, &right(&server)).await;
    let token = token_of(&answer);
    let user_id = answer.json()["token"]["user"]["id"].as_str().unwrap().to_owned();
    let domain = json!({ "id": credentials.domain_id, "name": credentials.domain_name });
    let role = json!({ "id": "SCM Administrator", "name": "SCM Administrator" });
    let expected = json!({ "token": {
        "methods": ["password"],
        "issued_at": "2026-06-01T12:00:00.250000Z",
        "expires_at": "2026-06-02T12:00:00.250000Z",
        "user": { "id": user_id, "name": "admin", "domain": domain },
        "project": {
            "id": credentials.project_id, "name": credentials.project_name, "domain": domain,
        },
        "roles": [role],
        "catalog": [],
    } });
    assert_eq!(answer.json(), expected);
    let session = Session::new(server.address(), Some(&token));
    assert_eq!(session.show("scs1600313391074").await.status, 404, "the token is known");
    let event =
        server.store().events(&AuditQuery::of(&server.project(), 1)).await.unwrap().remove(0);
    assert_eq!((&*event.action, event.user), (action::TOKEN_ISSUE, Some(UserId::new(user_id))));
    assert_eq!(event.request_id.as_deref(), answer.header("x-request-id"));
}

#[tokio::test]
async fn a_token_is_good_for_a_day_or_for_as_long_as_the_operator_says() {
    let short = TestServer::builder().flag("--token-lifetime", "60").start().await;
    for (server, seconds) in [(TestServer::start().await, 86_400), (short, 60)] {
        let token = token_of(&log_in(&server, &right(&server)).await);
        let session = Session::new(server.address(), Some(&token));
        server.clock().advance(Duration::seconds(seconds - 1));
        assert_eq!(session.show("scs1600313391074").await.status, 404);
        server.clock().advance(Duration::SECOND);
        assert_eq!(session.show("scs1600313391074").await.status, 401);
    }
}

#[tokio::test]
async fn the_scope_may_be_named_in_every_way_or_left_out() {
    let server = TestServer::start().await;
    let credentials = server.folder().credentials();
    let project = |named: Value| json!({ "project": named });
    let domain = json!({ "name": credentials.domain_name });
    let scopes = [
        project(json!({ "id": credentials.project_id })),
        project(json!({ "name": credentials.project_name })),
        project(json!({ "name": credentials.project_name, "domain": domain })),
        json!({ "domain": { "id": credentials.domain_id } }),
        Value::Null,
    ];
    for scope in scopes {
        let mut body = right(&server);
        body["auth"]["scope"] = scope.clone();
        let answer = log_in(&server, &body).await;
        assert_eq!(answer.status, 201, "{scope}: {answer:?}");
        assert_eq!(answer.json()["token"]["project"]["id"], json!(credentials.project_id));
    }
    let mut body = right(&server);
    body["auth"].as_object_mut().unwrap().remove("scope");
    assert_eq!(log_in(&server, &body).await.status, 201);
}

#[tokio::test]
async fn the_user_may_be_named_by_id() {
    let server = TestServer::start().await;
    let first = log_in(&server, &right(&server)).await.json();
    let mut body = right(&server);
    let user = &mut body["auth"]["identity"]["password"]["user"];
    let password = user["password"].take();
    *user = json!({ "id": first["token"]["user"]["id"], "password": password });
    assert_eq!(log_in(&server, &body).await.status, 201);
    let user = &mut body["auth"]["identity"]["password"]["user"];
    let credentials = server.folder().credentials();
    *user = json!({
        "name": credentials.user,
        "password": credentials.password.secret_str(),
        "domain": { "id": credentials.domain_id },
    });
    assert_eq!(log_in(&server, &body).await.status, 201);
}

#[tokio::test]
async fn the_catalog_may_be_declined() {
    let server = TestServer::start().await;
    for query in ["?nocatalog=true", "?nocatalog", "?nocatalog=", "?something=else"] {
        let body = right(&server).to_string();
        let path = format!("{PATH}{query}");
        let answer = server.by(Person::Anonymous).send(Method::POST, &path, body).await;
        assert_eq!(answer.status, 201, "{query}: {answer:?}");
    }
}

#[tokio::test]
async fn an_unknown_user_learns_nothing_about_the_reason() {
    let server = TestServer::start().await;
    let user = "/auth/identity/password/user";
    let wrong: [(&str, Value); 5] = [
        ("password", json!("wrong")),
        ("password", json!("")),
        ("name", json!("unknown")),
        ("domain", json!({ "name": "elsewhere" })),
        ("domain", json!({})),
    ];
    let expected = keystone(401, "Unauthorized", Condition::WrongCredentials.text());
    for (field, value) in wrong {
        let mut body = right(&server);
        body.pointer_mut(user).unwrap()[field] = value;
        let answer = log_in(&server, &body).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (401, expected.clone()), "{field}");
        assert!(answer.header(SUBJECT_TOKEN.as_str()).is_none());
    }
    let mut nameless = right(&server);
    nameless.pointer_mut(user).unwrap().as_object_mut().unwrap().remove("name");
    assert_eq!(log_in(&server, &nameless).await.json(), expected);
}

#[tokio::test]
async fn a_project_without_a_role_is_refused_like_one_that_is_not_there() {
    let server = TestServer::start().await;
    let words = "The username or password is wrong. The user has no role in this project, \
                 or the project does not exist.";
    for project in [json!({ "name": "nowhere" }), json!({ "name": "another" }), json!({})] {
        let mut body = right(&server);
        body["auth"]["scope"]["project"] = project;
        let answer = log_in(&server, &body).await;
        assert_eq!(answer.json(), keystone(401, "Unauthorized", words));
    }
}

#[tokio::test]
async fn a_user_of_several_projects_has_to_choose() {
    let server = TestServer::start().await;
    let credentials = server.folder().credentials();
    let domain = scm_store::DomainId::new(&credentials.domain_id);
    let kept = server.store().user_by_name(&domain, &credentials.user).await.unwrap();
    let user = NewUser { id: UserId::new("two"), name: "two".into(), password: kept.password };
    let grant = |project| Grant { project, role: Role::ReadOnly };
    let grants = vec![grant(server.project()), grant(scm_store::ProjectId::new("another"))];
    let actor = scm_store::Actor {
        user: kept.id,
        project: server.project(),
        address: [127, 0, 0, 1].into(),
        request_id: "test".into(),
    };
    server.store().add_user(Some(&actor), domain, user, grants, NOW).await.unwrap();
    let mut body = right(&server);
    body["auth"]["identity"]["password"]["user"]["name"] = json!("two");
    let role = json!([{ "id": "SCM ReadOnlyAccess", "name": "SCM ReadOnlyAccess" }]);
    assert_eq!(log_in(&server, &body).await.json()["token"]["roles"], role);
    body["auth"]["scope"] = Value::Null;
    let answer = log_in(&server, &body).await;
    let words = "Incorrect request parameter. auth.scope.project: missing, and the user has not \
                 just one project.";
    assert_eq!(answer.json(), keystone(400, "Bad Request", words));
}

#[tokio::test]
async fn other_methods_and_other_shapes_are_refused_in_keystones_shape() {
    let server = TestServer::start().await;
    for methods in [json!(["token"]), json!(["password", "totp"]), json!([])] {
        let mut body = right(&server);
        body["auth"]["identity"]["methods"] = methods;
        let words = "Incorrect request parameter. auth.identity.methods: only [\"password\"] is \
                     supported.";
        assert_eq!(log_in(&server, &body).await.json(), keystone(400, "Bad Request", words));
    }
    let bodies =
        [json!({}), json!([]), json!({ "auth": 7 }), json!({ "auth": { "identity": {} } })];
    for body in bodies {
        let answer = log_in(&server, &body).await;
        assert_eq!(answer.json()["error"]["code"], 400, "{answer:?}");
    }
    let plain = Request::post(PATH).header("host", "scm.test").body("{}".into()).unwrap();
    let answer = server.by(Person::Anonymous).send_as_is(plain).await;
    assert_eq!(answer.json()["error"]["code"], 415, "{answer:?}");
}

#[tokio::test]
async fn only_the_hash_of_a_token_is_kept() {
    let server = TestServer::start().await;
    let token = token_of(&log_in(&server, &right(&server)).await);
    let folder = server.stop().await.into_folder();
    let store = std::fs::read(folder.file("scm.db")).unwrap();
    let credentials = folder.credentials();
    for secret in [&*token, credentials.token.secret_str(), credentials.password.secret_str()] {
        assert!(!store.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}

#[tokio::test]
async fn a_flood_of_log_ins_is_refused_and_delays_no_other_client() {
    let server = TestServer::builder().flag("--trusted-proxies", "127.0.0.1").start().await;
    let mut flood = JoinSet::new();
    for number in 0..100 {
        let mut body = right(&server);
        body["auth"]["identity"]["password"]["user"]["name"] = json!(format!("user-{number}"));
        let anonymous = server.by(Person::Anonymous);
        flood.spawn(async move { anonymous.send(Method::POST, PATH, body.to_string()).await });
    }
    let import = import_body(&sound("www.example.com"));
    assert_eq!(server.by(Person::FullAccess).import(&import).await.status, 200);
    let mut elsewhere = request(Method::POST, PATH, right(&server).to_string());
    elsewhere.headers_mut().insert("x-forwarded-for", HeaderValue::from_static("192.0.2.1"));
    assert_eq!(server.by(Person::Anonymous).send_as_is(elsewhere).await.status, 201);
    let answers = flood.join_all().await;
    let (away, judged): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.status == StatusCode::TOO_MANY_REQUESTS);
    assert!(judged.iter().all(|answer| answer.status == StatusCode::UNAUTHORIZED), "{judged:?}");
    assert!(!away.is_empty() && !judged.is_empty(), "{} turned away", away.len());
    for answer in away {
        assert_eq!(answer.header("retry-after"), Some("1"));
        let words = Condition::TooMany.text();
        assert_eq!(answer.json(), keystone(429, "Too Many Requests", words));
    }
}

#[tokio::test]
async fn guessing_all_at_once_or_by_another_name_is_heard_no_more_often() {
    let server = TestServer::start().await;
    let mut guess = right(&server);
    guess["auth"]["identity"]["password"]["user"]["password"] = json!("wrong");
    let mut guesses = JoinSet::new();
    for _ in 0..30 {
        let (anonymous, body) = (server.by(Person::Anonymous), guess.to_string());
        guesses.spawn(async move { anonymous.send(Method::POST, PATH, body).await });
    }
    let answers = guesses.join_all().await;
    let words = Condition::WrongCredentials.text();
    let judged = answers.iter().filter(|answer| answer.json()["error"]["message"] == words);
    assert!(judged.count() <= 5);
    let user = server.store().user_by_name(&domain(&server), "admin").await.unwrap().id;
    let events = server.store().events(&AuditQuery::newest(100)).await.unwrap();
    let locks: Vec<_> = events.iter().filter(|event| event.action == "password.lock").collect();
    let [lock] = &locks[..] else { panic!("one for all that guessed: {locks:?}") };
    assert_eq!(lock.subject, Some(Subject::User(user.clone())));
    let mut by_id = right(&server);
    let password = by_id["auth"]["identity"]["password"]["user"]["password"].take();
    by_id["auth"]["identity"]["password"]["user"] =
        json!({ "id": user.as_str(), "password": password });
    assert_eq!(log_in(&server, &by_id).await.status, 401);
    server.clock().advance(Duration::minutes(5));
    assert_eq!(log_in(&server, &by_id).await.status, 201);
}

fn domain(server: &TestServer) -> DomainId {
    DomainId::new(server.folder().credentials().domain_id)
}

/// A token of any published length, and of any other, is judged over both protocols.
#[tokio::test]
async fn every_length_of_token_is_judged() {
    let server = TestServer::start().await;
    let lengths = [1, 31, 32, 33, 48, 8 << 10, 64 << 10, 500 << 10, 1 << 20, 2_097_151, 2_097_152];
    for protocol in Protocol::ALL {
        for length in lengths {
            let session = Session::new(server.address(), Some(&"t".repeat(length)));
            let prepared = request(Method::GET, "/v3/scm/certificates/scs1600313391074", "");
            let answer = session.send_over(protocol, prepared).await.unwrap();
            let words = "The token of the request fails to be authenticated";
            let expected = (401, "SCM.1000".to_owned(), words.to_owned());
            assert_eq!(answer.refusal(), expected, "{protocol:?}, {length} characters");
            assert!(answer.header("x-request-id").is_some());
        }
    }
}
