//! Imports by many at once while servers and databases die, and what is there of them afterwards.

use std::{
    collections::HashMap,
    env, fmt,
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use scm_store_testing::test_postgres::query;
use scm_tests::{import_body, patiently};
use serde_json::Value;
use tokio::{task::JoinSet, time::sleep};

use crate::contract::now;

/// How long to wait before the next import when one was not acknowledged.
const PAUSE: Duration = Duration::from_millis(20);

/// A way to a server, or to what stands in front of several.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) client: reqwest::Client,
    pub(super) base_url: String,
    pub(super) token: String,
}

/// Imports that go on until they are stopped.
pub(super) struct Load {
    workers: JoinSet<Tally>,
    acknowledged: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

/// The answers.
#[derive(Default)]
pub(super) struct Tally {
    /// The names of what was acknowledged, with the ids.
    acknowledged: Vec<(String, String)>,
    /// How many were not, so that they may be there or not.
    unanswered: usize,
    /// How many were sent again with their keys.
    again: usize,
}

impl Load {
    /// Starts a worker on each way. Every second one has a key for each import, and sends it until it
    /// is acknowledged; the others send each once.
    pub(super) fn start(ways: impl IntoIterator<Item = Way>) -> Self {
        let body: Arc<str> = import_body(&now::sound("www.example.com")).to_string().into();
        let (acknowledged, stop) = (Arc::default(), Arc::default());
        let mut workers = JoinSet::new();
        for (worker, way) in ways.into_iter().enumerate() {
            let (body, count, stop) = (body.clone(), Arc::clone(&acknowledged), Arc::clone(&stop));
            workers.spawn(async move { work(&way, worker, &body, &count, &stop).await });
        }
        Self { workers, acknowledged, stop }
    }

    /// Waits until some more are acknowledged than could have been under way.
    pub(super) async fn goes_on(&self) {
        self.acknowledge(2 * self.workers.len()).await;
    }

    /// Waits until one more is acknowledged.
    pub(super) async fn comes_back(&self) {
        self.acknowledge(1).await;
    }

    async fn acknowledge(&self, more: usize) {
        let count = || self.acknowledged.load(Ordering::Relaxed);
        let enough = count() + more;
        let more = async {
            while count() < enough {
                sleep(Duration::from_millis(5)).await;
            }
        };
        patiently(more).await;
    }

    /// Lets each worker come to an end with what it is at.
    pub(super) async fn stop(self) -> Tally {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Tally::default();
        for tally in self.workers.join_all().await {
            all.acknowledged.extend(tally.acknowledged);
            all.unanswered += tally.unanswered;
            all.again += tally.again;
        }
        all
    }
}

async fn work(
    way: &Way,
    worker: usize,
    body: &str,
    count: &AtomicUsize,
    stop: &AtomicBool,
) -> Tally {
    let mut tally = Tally::default();
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let name = format!("{worker}-{number}");
        let body = body.replace("a name", &name);
        let key = worker.is_multiple_of(2).then_some(&*name);
        loop {
            if let Some(id) = way.import(body.clone(), key).await {
                tally.acknowledged.push((name, id));
                count.fetch_add(1, Ordering::Relaxed);
                break;
            }
            sleep(PAUSE).await;
            if key.is_none() {
                tally.unanswered += 1;
                break;
            }
            tally.again += 1;
        }
    }
    tally
}

impl Way {
    /// The id, if the import is acknowledged.
    async fn import(&self, body: String, key: Option<&str>) -> Option<String> {
        let url = format!("{}/v3/scm/certificates/import", self.base_url);
        let mut request = self.client.post(url).header("x-auth-token", &self.token);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let answer = request.header("content-type", "application/json").body(body).send().await;
        let answer = answer.ok()?;
        let status = answer.status().as_u16();
        let text = answer.text().await.ok()?;
        match status {
            200 => {
                let answer: Value = serde_json::from_str(&text).unwrap();
                Some(answer["certificate_id"].as_str().unwrap().to_owned())
            }
            429 | 502..=504 => None,
            other => panic!("{other}: {text}"),
        }
    }

    /// Whether there is a server that can serve.
    pub(super) async fn is_ready(&self) -> bool {
        let answer = self.client.get(format!("{}/readyz", self.base_url)).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }
}

/// The acknowledged imports compared with the store.
pub(super) struct Count {
    tally: Tally,
    lost: usize,
    doubled: usize,
}

impl Count {
    /// Looks into a database.
    pub(super) async fn of(tally: Tally, url: &str) -> Self {
        let mut kept: HashMap<String, Vec<String>> = HashMap::new();
        for row in query(url, "SELECT name, id FROM certificate").await {
            kept.entry(row.get(0)).or_default().push(format!("scs{:013}", row.get::<_, i64>(1)));
        }
        let is_lost =
            |(name, id): &&(String, String)| !kept.get(name).is_some_and(|ids| ids.contains(id));
        let lost = tally.acknowledged.iter().filter(is_lost).count();
        Self { tally, lost, doubled: kept.values().map(|ids| ids.len() - 1).sum() }
    }

    /// Fails if anything is lost or there twice, or nothing was tried.
    pub(super) fn assert_sound(&self) {
        assert!(!self.tally.acknowledged.is_empty(), "{self}");
        assert_eq!((self.lost, self.doubled), (0, 0), "{self}");
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tally: Tally { acknowledged, unanswered, again }, lost, doubled } = self;
        write!(
            f,
            "{} imports acknowledged, {unanswered} not, {again} times sent again; {lost} lost, \
             {doubled} doubled",
            acknowledged.len()
        )
    }
}

/// Every certificate is there with all that belongs to it, and counted.
pub(super) async fn assert_whole(url: &str) {
    let sql = "SELECT (SELECT count(*) FROM certificate), (SELECT count(*) FROM certificate_bytes),
                      (SELECT CAST(sum(valid + expired) AS BIGINT) FROM shelf_count),
                      (SELECT count(*) FROM audit_event WHERE action = 'certificate.import')";
    let row = &query(url, sql).await[0];
    let counts: [i64; 4] = std::array::from_fn(|column| row.get(column));
    assert_eq!(counts, [counts[0]; 4], "certificates, their bytes, counters, events");
}

/// Says what was seen, also where the test does not fail.
pub(super) fn tell(words: &str) {
    // Nothing depends on its being heard.
    let _ = writeln!(std::io::stderr(), "{words}");
}

/// A number that a variable may set for a longer or another run.
pub(super) fn chosen(variable: &str, otherwise: u64) -> u64 {
    env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}
