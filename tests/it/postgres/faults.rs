//! A database that dies under its servers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::Method;
use scm_store_testing::test_postgres::TestPostgres;
use scm_tests::{Person, TestServer, import_body, patiently, sound};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unavailable_database_is_reported_and_found_again() {
    let own = TestPostgres::start();
    let url = own.new_database().await;
    let server = TestServer::builder().flag("--store", &url).start().await;
    let caller = server.by(Person::FullAccess);
    let body = import_body(&sound("www.example.com"));
    let id = caller.import(&body).await.text("certificate_id");
    let anonymous = server.by(Person::Anonymous);
    assert_eq!(anonymous.send(Method::GET, "/readyz", "").await.status, 200);

    own.kill();
    assert_eq!(anonymous.send(Method::GET, "/readyz", "").await.status, 503);
    assert_eq!(anonymous.send(Method::GET, "/healthz", "").await.status, 200, "it lives");
    for answer in [caller.show(&id).await, caller.import(&body).await] {
        assert_eq!(answer.status, 503, "{answer:?}");
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert_eq!(answer.text("error_code"), "SCM.9003");
    }

    own.restart();
    assert_eq!(anonymous.send(Method::GET, "/readyz", "").await.status, 200);
    assert_eq!(caller.show(&id).await.status, 200);
    let again = caller.import(&body).await;
    assert_eq!(again.status, 200, "{again:?}");
}

/// How many import at once.
const IMPORTERS: usize = 4;

/// An import that was on its way when the database died is answered as soon as it is known what
/// became of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imports_under_way_are_settled() {
    let own = TestPostgres::start();
    let url = own.new_database().await;
    let server = TestServer::builder().flag("--store", &url).start().await;
    let caller = server.by(Person::FullAccess);
    let body = import_body(&sound("www.example.com"));
    let mut imports = tokio::task::JoinSet::new();
    let (acknowledged, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    for _ in 0..IMPORTERS {
        let (caller, body) = (caller.clone(), body.clone());
        let (acknowledged, stop) = (Arc::clone(&acknowledged), Arc::clone(&stop));
        imports.spawn(async move {
            let (mut kept, mut unsettled) = (Vec::new(), 0);
            while !stop.load(Ordering::Relaxed) {
                let answer = caller.import(&body).await;
                match answer.status.as_u16() {
                    200 => {
                        kept.push(answer.text("certificate_id"));
                        acknowledged.fetch_add(1, Ordering::Relaxed);
                    }
                    503 => {
                        unsettled += usize::from(answer.text("error_code") == "SCM.9006");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                    _ => panic!("{answer:?}"),
                }
            }
            (kept, unsettled)
        });
    }
    let more = async || {
        let enough = acknowledged.load(Ordering::Relaxed) + 2 * IMPORTERS;
        while acknowledged.load(Ordering::Relaxed) < enough {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    patiently(more()).await;
    own.kill();
    own.restart();
    patiently(more()).await;
    stop.store(true, Ordering::Relaxed);
    let (kept, unsettled): (Vec<_>, Vec<_>) =
        patiently(imports.join_all()).await.into_iter().unzip();
    let (kept, unsettled) = (kept.concat(), unsettled.iter().sum::<usize>());
    for id in &kept {
        assert_eq!(caller.show(id).await.status, 200, "{id}");
    }
    let listed = caller.send(Method::GET, "/v3/scm/certificates", "").await;
    let total = listed.json()["total_count"].as_u64().unwrap() as usize;
    let known = kept.len();
    assert!((known..=known + unsettled).contains(&total), "{known} kept, {unsettled}, {listed:?}");
}
