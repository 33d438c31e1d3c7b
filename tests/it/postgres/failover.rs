//! A primary that dies under load, and the standby that takes its place.

use std::time::{Duration, Instant};

use scm_store_testing::test_postgres::TestPostgresPair;
use scm_tests::{Binary, Folder};
use tokio::{
    task::{block_in_place, spawn_blocking},
    time::sleep,
};

use super::{
    beside,
    load::{Count, Load, Way, assert_whole, chosen, tell},
};

/// How many import at each server.
const WORKERS: usize = 3;

/// Three servers on a pair of PostgreSQLs, found by the URL that names both.
struct Site {
    pair: TestPostgresPair,
    url: String,
    servers: Vec<Binary>,
    ways: Vec<Way>,
    _folders: [Folder; 3],
}

impl Site {
    async fn open() -> Self {
        let pair = spawn_blocking(TestPostgresPair::start).await.unwrap();
        let url = pair.url("postgres");
        let store = format!("--store={url}");
        let start = |folder: &Folder| block_in_place(|| Binary::start(folder, &[&store])).unwrap();
        let first = Folder::new();
        let mut servers = vec![start(&first)];
        let folders = [beside(&first), beside(&first)];
        servers.extend(folders.iter().map(start));
        let [second, third] = folders;
        let token = first.credentials().token.secret_str().to_owned();
        let client = reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
        let way = |server: &Binary| Way {
            client: client.clone(),
            base_url: format!("http://{}", server.address()),
            token: token.clone(),
        };
        let ways = servers.iter().map(way).collect();
        Self { pair, url, servers, ways, _folders: [first, second, third] }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_primary_dies_the_standby_has_all_that_was_acknowledged() {
    let seed = chosen("SCM_TEST_SEED", fastrand::u64(..));
    let mut random = fastrand::Rng::with_seed(seed);
    for round in 1..=chosen("SCM_TEST_ROUNDS", 1) {
        let site = Site::open().await;
        let load = Load::start(site.ways.iter().cycle().take(3 * WORKERS).cloned());
        load.goes_on().await;
        sleep(Duration::from_millis(random.u64(500..2000))).await;
        block_in_place(|| site.pair.primary().crash());
        sleep(Duration::from_millis(random.u64(..1500))).await;
        block_in_place(|| site.pair.promote());
        let promoted = Instant::now();
        load.comes_back().await;
        let away = promoted.elapsed();
        load.goes_on().await;
        let count = Count::of(load.stop().await, &site.url).await;
        tell(&format!(
            "failover: seed {seed}, round {round}: imports again {away:.1?} after the promotion; {count}"
        ));
        count.assert_sound();
        assert_whole(&site.url).await;
        for server in site.servers {
            assert!(server.stop().status.success(), "the same as before the primary died");
        }
    }
}
