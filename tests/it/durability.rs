//! What was acknowledged is there, whatever happens to the server, the client or the wire between.

use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::Method;
use scm_seal::Keyring;
use scm_store::{Ids, Location};
use scm_tests::{
    Binary, Connection, Folder, Person, Protocol, Session, TestServer, import_body, patiently,
    request, sound,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Notify,
    task::JoinSet,
};

use crate::contract::now;

const IMPORT: &str = "/v3/scm/certificates/import";

/// What was acknowledged: ids with the names that they were imported under.
#[derive(Default)]
struct Acknowledged {
    ids: Mutex<Vec<(String, String)>>,
    enough: Notify,
}

/// Imports one after the other until the connection breaks.
async fn import_on(session: Session, worker: usize, bundle: Arc<str>, done: Arc<Acknowledged>) {
    let protocol = Protocol::ALL[worker % 2];
    let Ok(mut connection) = Connection::open(session.address(), protocol).await else { return };
    for number in 0.. {
        let name = format!("{worker}-{number}");
        let body = bundle.replace("a name", &name);
        let prepared = session.signed(request(Method::POST, IMPORT, body));
        let Ok(answer) = connection.send(prepared).await else { return };
        assert_eq!(answer.status, 200, "{answer:?}");
        let mut ids = done.ids.lock().unwrap();
        ids.push((answer.text("certificate_id"), name));
        if ids.len() >= 300 {
            done.enough.notify_one();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_in_the_middle_of_a_burst_loses_nothing_that_was_acknowledged() {
    let folder = Folder::new();
    let server = Binary::start(&folder, &[]).unwrap();
    let session = server.administrator(&folder);
    let bundle: Arc<str> = import_body(&now::sound("www.example.com")).to_string().into();
    let done = Arc::new(Acknowledged::default());
    let mut workers = JoinSet::new();
    for worker in 0..16 {
        workers.spawn(import_on(session.clone(), worker, bundle.clone(), done.clone()));
    }
    patiently(done.enough.notified()).await;
    server.kill();
    patiently(workers.join_all()).await;

    let server = Binary::start(&folder, &[]).unwrap();
    let session = server.administrator(&folder);
    let acknowledged = std::mem::take(&mut *done.ids.lock().unwrap());
    let ids: HashSet<_> = acknowledged.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), acknowledged.len(), "an id was given twice");
    let mut connection = Connection::open(server.address(), Protocol::Http1).await.unwrap();
    for (id, name) in &acknowledged {
        let prepared = request(Method::GET, &format!("/v3/scm/certificates/{id}"), "");
        let shown = patiently(connection.send(session.signed(prepared))).await.unwrap();
        assert_eq!((shown.status.as_u16(), shown.text("name")), (200, name.clone()));
    }
    let again = session.import(&import_body(&now::sound("www.example.com"))).await;
    assert!(!ids.contains(&again.text("certificate_id")), "an id was given again");
    assert!(server.stop().status.success());
    assert!(whole(&folder) > acknowledged.len() as u64);
}

/// How many certificates there are, each with everything that belongs to it.
fn whole(folder: &Folder) -> u64 {
    let store = rusqlite::Connection::open(folder.file("scm.db")).unwrap();
    let count = |sql: &str| store.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let certificates = count("SELECT count(*) FROM certificate");
    assert_eq!(count("SELECT count(*) FROM certificate_bytes"), certificates);
    assert_eq!(count("SELECT coalesce(sum(valid + expired), 0) FROM shelf"), certificates);
    let events = "SELECT count(*) FROM audit_event WHERE action = 'certificate.import'";
    assert_eq!(count(events), certificates);
    assert_eq!(
        store.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)).unwrap(),
        "ok"
    );
    certificates.try_into().unwrap()
}

/// The head of an import whose body is yet to come; the server says when it waits for it.
async fn announced(session: &Session, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(session.address()).await.unwrap();
    let head = format!(
        "POST {IMPORT} HTTP/1.1\r\nhost: scm.test\r\nx-auth-token: {}\r\nexpect: 100-continue\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        session.token().unwrap(),
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let expected = "HTTP/1.1 100 Continue\r\n\r\n";
    let mut go_on = vec![0; expected.len()];
    patiently(stream.read_exact(&mut go_on)).await.unwrap();
    assert_eq!(go_on, expected.as_bytes());
    stream
}

#[tokio::test]
async fn on_sigterm_it_finishes_requests_in_progress() {
    let folder = Folder::new();
    let server = Binary::start(&folder, &[]).unwrap();
    let session = server.administrator(&folder);
    let body = import_body(&now::sound("www.example.com")).to_string();
    let mut stream = announced(&session, &body).await;
    server.terminate();
    patiently(closed(server.address())).await;
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    patiently(stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let ended = server.wait();
    assert!(ended.status.success(), "{}", ended.log);
    assert_eq!(whole(&folder), 1);
}

/// Returns when no process accepts connections there any more.
async fn closed(address: SocketAddr) {
    while TcpStream::connect(address).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn on_sigterm_it_does_not_wait_for_ever() {
    let folder = Folder::new();
    let server = Binary::start(&folder, &["--shutdown-timeout=1"]).unwrap();
    let stream = announced(&server.administrator(&folder), "never sent").await;
    let ended = server.stop();
    assert!(ended.status.success(), "{}", ended.log);
    assert!(ended.log.contains("some requests did not finish in time"), "{}", ended.log);
    drop(stream);
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_nothing_half_done() {
    let server = TestServer::start().await;
    let caller = server.by(Person::FullAccess);
    let body = import_body(&sound("www.example.com")).to_string();
    for sent in [0, 1, body.len() / 2, body.len() - 1] {
        let mut stream = announced(&caller, &body).await;
        stream.write_all(&body.as_bytes()[..sent]).await.unwrap();
    }
    assert_eq!(whole(&server.stop().await.into_folder()), 0);
}

#[tokio::test]
async fn an_import_whose_client_does_not_wait_is_done_or_not_but_never_half() {
    let server = TestServer::start().await;
    let caller = server.by(Person::FullAccess);
    let body = import_body(&sound("www.example.com")).to_string();
    for _ in 0..50 {
        let mut stream = announced(&caller, &body).await;
        stream.write_all(body.as_bytes()).await.unwrap();
    }
    let waited = caller.send(Method::POST, IMPORT, body).await;
    assert_eq!(waited.status, 200);
    let kept = whole(&server.stop().await.into_folder());
    assert!((1..=51).contains(&kept), "{kept}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_one_store_never_give_the_same_id() {
    let server = TestServer::start().await;
    let folder = server.stop().await.into_folder();
    let ring = Keyring::open(&folder.file("keyring.json")).unwrap().keyring_id();
    let mut takers = JoinSet::new();
    for _ in 0..2 {
        let store = scm_store::open(Location::Sqlite(folder.file("scm.db")), ring).await.unwrap();
        let ids = Arc::new(Ids::new(store));
        for _ in 0..2 {
            let ids = ids.clone();
            takers.spawn(async move {
                let mut taken = Vec::new();
                for _ in 0..5000 {
                    taken.push(ids.next().await.unwrap());
                }
                taken
            });
        }
    }
    let taken: Vec<_> = takers.join_all().await.into_iter().flatten().collect();
    assert_eq!(taken.len(), 20_000);
    assert_eq!(taken.iter().collect::<HashSet<_>>().len(), 20_000);
    assert!(taken.iter().all(|id| id.to_string().len() == 16));
}
