//! Servers under full load while their keyring is rotated: certificates are imported and
//! given back, without end.

use std::{
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use aws_lc_rs::rand;
use http::Method;
use scm_tests::{Connection, Protocol, Session, import_body, patiently, request};
use tokio::{task::JoinSet, time::sleep};

use crate::contract::now;

/// How many there are before anything is turned.
const BEFORE: usize = 600;
/// How often the command is killed.
const KILLS: usize = 8;

/// What was acknowledged.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) ids: Vec<String>,
    private_key: String,
}

/// Workers that import and export until they are stopped.
pub(crate) struct Load {
    sessions: Vec<Session>,
    kept: Arc<Mutex<Kept>>,
    ended: Arc<AtomicBool>,
    workers: JoinSet<()>,
}

fn random(below: usize) -> usize {
    let mut bytes = [0; 8];
    rand::fill(&mut bytes).unwrap();
    (u64::from_be_bytes(bytes) % below as u64) as usize
}

impl Load {
    /// Begins; comes back when there is enough to work on.
    pub(crate) async fn start(sessions: Vec<Session>) -> Self {
        let body = import_body(&now::sound("www.example.com"));
        let private_key = body["private_key"].as_str().unwrap().to_owned();
        let kept = Arc::new(Mutex::new(Kept { private_key, ids: Vec::new() }));
        let mut load = Self { sessions, kept, ended: Arc::default(), workers: JoinSet::new() };
        let body: Arc<str> = body.to_string().into();
        for worker in 0..4 {
            let session = load.sessions[worker % load.sessions.len()].clone();
            let (kept, ended) = (Arc::clone(&load.kept), Arc::clone(&load.ended));
            load.workers.spawn(import(session, Arc::clone(&body), kept, ended));
        }
        patiently(async {
            while load.count() < BEFORE {
                sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
        for session in &load.sessions {
            let (kept, ended) = (Arc::clone(&load.kept), Arc::clone(&load.ended));
            load.workers.spawn(export(session.clone(), kept, ended));
        }
        load
    }

    fn count(&self) -> usize {
        self.kept.lock().unwrap().ids.len()
    }

    /// Some of the acknowledged certificates are exported, by each server.
    pub(crate) async fn some_export(&self) {
        let some = {
            let kept = self.kept.lock().unwrap();
            let ids = (0..50).map(|_| kept.ids[random(kept.ids.len())].clone()).collect();
            Kept { ids, private_key: kept.private_key.clone() }
        };
        for session in &self.sessions {
            some.export_at(session).await;
        }
    }

    /// Ends the workers, each of which must have been served to the end.
    pub(crate) async fn end(self) -> Kept {
        self.ended.store(true, Ordering::Relaxed);
        patiently(self.workers.join_all()).await;
        std::mem::take(&mut *self.kept.lock().unwrap())
    }
}

impl Kept {
    /// Everything is given back, with its key.
    pub(crate) async fn export_at(&self, session: &Session) {
        let mut connection = Connection::open(session.address(), Protocol::Http1).await.unwrap();
        for id in &self.ids {
            exported(&mut connection, session, id, &self.private_key).await;
        }
    }
}

async fn import(session: Session, body: Arc<str>, kept: Arc<Mutex<Kept>>, ended: Arc<AtomicBool>) {
    let mut connection = Connection::open(session.address(), Protocol::Http1).await.unwrap();
    while !ended.load(Ordering::Relaxed) {
        let prepared = request(Method::POST, "/v3/scm/certificates/import", body.to_string());
        let answer = patiently(connection.send(session.signed(prepared))).await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        let count = {
            let ids = &mut kept.lock().unwrap().ids;
            ids.push(answer.text("certificate_id"));
            ids.len()
        };
        // Enough is enough: from then on they only trickle in.
        if count > BEFORE {
            sleep(Duration::from_millis(150)).await;
        }
    }
}

async fn export(session: Session, kept: Arc<Mutex<Kept>>, ended: Arc<AtomicBool>) {
    let mut connection = Connection::open(session.address(), Protocol::Http1).await.unwrap();
    while !ended.load(Ordering::Relaxed) {
        let (id, key) = {
            let kept = kept.lock().unwrap();
            (kept.ids[random(kept.ids.len())].clone(), kept.private_key.clone())
        };
        exported(&mut connection, &session, &id, &key).await;
        sleep(Duration::from_millis(20)).await;
    }
}

async fn exported(connection: &mut Connection, session: &Session, id: &str, key: &str) {
    let prepared = request(Method::POST, &format!("/v3/scm/certificates/{id}/export"), "");
    let answer = patiently(connection.send(session.signed(prepared))).await.unwrap();
    assert_eq!(answer.status, 200, "{id}: {answer:?}");
    assert_eq!(answer.text("private_key"), key);
}

/// Starts a command and kills it (SIGKILL) somewhere on its way, again and again; says how often it was
/// still under way.
pub(crate) async fn killed_again_and_again(command: impl Fn() -> Command, load: &Load) -> usize {
    let mut kills = 0;
    for _ in 0..KILLS {
        let mut child = command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(5 + random(150) as u64)).await;
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            kills += 1;
        }
        child.wait().unwrap();
    }
    load.some_export().await;
    kills
}
