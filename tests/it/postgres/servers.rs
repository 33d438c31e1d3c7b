//! Three servers on one store.

use std::collections::HashSet;

use http::Method;
use scm_tests::{Binary, Folder, Ran, Session, import_body};
use serde_json::json;
use tokio::task::JoinSet;

use super::{ALL, administer, beside, new_store};
use crate::contract::now;

/// Three servers, the first of which made the store.
struct Three {
    store: String,
    folders: [Folder; 3],
    servers: Vec<Binary>,
}

impl Three {
    async fn start() -> Self {
        let store = new_store().await;
        let first = Folder::new();
        let mut servers = vec![Binary::start(&first, &[&store]).unwrap()];
        let folders = [beside(&first), beside(&first)];
        servers.extend(folders.iter().map(|folder| Binary::start(folder, &[&store]).unwrap()));
        let [second, third] = folders;
        Self { store, folders: [first, second, third], servers }
    }

    /// The administrator, with the one token, at each.
    fn sessions(&self) -> Vec<Session> {
        let all = self.servers.iter().zip(&self.folders);
        all.map(|(server, _)| server.administrator(&self.folders[0])).collect()
    }

    fn run(&self, at: usize, arguments: &[&str]) -> Ran {
        let mut command = administer(&self.folders[at], arguments);
        Ran::of(command.arg(&self.store).output().unwrap())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_keeps_all_have() {
    let three = Three::start().await;
    let body = import_body(&now::sound("www.example.com"));
    let mut imports = JoinSet::new();
    for worker in 0..6 {
        let (session, body) = (three.sessions().swap_remove(worker % 3), body.clone());
        imports.spawn(async move {
            let mut ids = Vec::new();
            for _ in 0..10 {
                let answer = session.import(&body).await;
                assert_eq!(answer.status, 200, "{answer:?}");
                ids.push(answer.text("certificate_id"));
            }
            ids
        });
    }
    let ids: HashSet<_> = imports.join_all().await.concat().into_iter().collect();
    assert_eq!(ids.len(), 60, "no id was given twice");
    for session in three.sessions() {
        let listed =
            session.send(Method::GET, &format!("{ALL}?limit=50&content=example"), "").await;
        assert_eq!(listed.json()["total_count"], 60, "{listed:?}");
        for id in ids.iter().take(3) {
            assert_eq!(session.show(id).await.status, 200);
        }
    }
}

#[tokio::test]
async fn who_is_shut_out_at_one_is_shut_out_at_all() {
    let three = Three::start().await;
    let sessions = three.sessions();
    for session in &sessions {
        assert_eq!(session.send(Method::GET, ALL, "").await.status, 200);
    }
    let user =
        json!({ "name": "deployer", "password": "a password", "domain": { "name": "default" } });
    let identity = json!({ "methods": ["password"], "password": { "user": user } });
    let log_in = json!({ "auth": { "identity": identity } }).to_string();
    let mut add = administer(&three.folders[1], &["user", "add", "deployer", "--password-stdin"]);
    add.args(["--project=default", "--role=read_only", &three.store]);
    let (reader, mut writer) = std::io::pipe().unwrap();
    std::io::Write::write_all(&mut writer, b"a password\n").unwrap();
    drop(writer);
    Ran::of(add.stdin(reader).output().unwrap()).done();
    let logged_in = Session::new(sessions[1].address(), None)
        .send(Method::POST, "/v3/auth/tokens", log_in)
        .await;
    assert_eq!(logged_in.status, 201, "{logged_in:?}");
    let token = logged_in.header("x-subject-token").unwrap();
    let at_each = || sessions.iter().map(|session| Session::new(session.address(), Some(token)));
    for session in at_each() {
        assert_eq!(session.send(Method::GET, ALL, "").await.status, 200);
    }
    three.run(2, &["user", "disable", "deployer"]).done();
    for session in at_each() {
        assert_eq!(
            session.send(Method::GET, ALL, "").await.status,
            401,
            "from the next request on"
        );
    }
}

#[tokio::test]
async fn the_others_go_on_when_one_dies() {
    let mut three = Three::start().await;
    let session = three.sessions().swap_remove(0);
    let body = import_body(&now::sound("www.example.com"));
    let id = session.import(&body).await.text("certificate_id");
    three.servers.remove(0).kill();
    let token = session.token().unwrap();
    for server in &three.servers {
        let session = Session::new(server.address(), Some(token));
        assert_eq!(session.show(&id).await.status, 200);
        assert_eq!(session.import(&body).await.status, 200);
    }
}
