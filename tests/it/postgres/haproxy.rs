//! Three servers behind HAProxy, as the documentation shows it, which die one after the other.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use reqwest::Certificate;
use scm_store_testing::test_postgres::TestPostgres;
use scm_tests::{Binary, Folder, Haproxy, patiently};
use tokio::{task::block_in_place, time::sleep};

use super::{
    beside,
    load::{Count, Load, Way, assert_whole, chosen, tell},
};
use crate::contract::now;

/// How many import at once.
const WORKERS: usize = 8;

/// Servers at fixed addresses, with HAProxy in front and a PostgreSQL behind.
struct Site {
    url: String,
    flags: Vec<String>,
    places: [(SocketAddr, Folder); 3],
    servers: [Option<Binary>; 3],
    way: Way,
    _files: Folder,
    _proxy: Haproxy,
}

impl Site {
    async fn open() -> Self {
        let url = TestPostgres::shared().new_database().await;
        let (files, certificate) = (Folder::new(), Certificates::issue());
        let flags = certificate.flags(&files, &url);
        // An address that no other process uses, so that a server that died gets its port again.
        let host = Ipv4Addr::new(127, fastrand::u8(1..), fastrand::u8(..), fastrand::u8(1..255));
        let [front, one, two, three] = [8440, 8441, 8442, 8443].map(|port| (host, port).into());
        let first = Folder::new();
        let servers = [Some(start(one, &first, &flags)), None, None];
        let (second, third) = (beside(&first), beside(&first));
        let token = first.credentials().token.secret_str().to_owned();
        let proxy = Haproxy::start(front, &certificate.pem, &certificate.root, [one, two, three]);
        let client = certificate.client(front);
        let base_url = format!("https://scm.example.com:{}", front.port());
        let way = Way { client, base_url, token };
        let places = [(one, first), (two, second), (three, third)];
        let mut site = Self { url, flags, places, servers, way, _files: files, _proxy: proxy };
        site.start(1);
        site.start(2);
        patiently(async {
            while !site.way.is_ready().await {
                sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
        site
    }

    fn start(&mut self, which: usize) {
        let (at, folder) = &self.places[which];
        self.servers[which] = Some(start(*at, folder, &self.flags));
    }

    fn kill(&mut self, which: usize) {
        self.servers[which].take().unwrap().kill();
    }
}

fn start(at: SocketAddr, folder: &Folder, flags: &[String]) -> Binary {
    let flags: Vec<_> = flags.iter().map(String::as_str).collect();
    block_in_place(|| Binary::start_at(at, folder, &flags)).unwrap()
}

/// One certificate for all, PEM.
struct Certificates {
    chain: String,
    key: String,
    pem: String,
    root: String,
}

impl Certificates {
    fn issue() -> Self {
        let leaf = ["scm1", "scm2", "scm3"]
            .iter()
            .fold(now::authority().leaf("scm.example.com"), |leaf, name| {
                leaf.also(&format!("{name}.example.com"))
            });
        let issued = leaf.issue();
        let chain = issued.certificate + &issued.certificate_chain;
        let key = issued.private_key.to_string();
        let (pem, root) = (format!("{chain}\n{key}"), now::authority().root_pem());
        Self { chain, key, pem, root }
    }

    /// What a server is started with.
    fn flags(&self, files: &Folder, url: &str) -> Vec<String> {
        fs::write(files.file("tls.pem"), &self.chain).unwrap();
        fs::write(files.file("tls.key"), &self.key).unwrap();
        vec![
            format!("--store={url}"),
            format!("--tls-cert={}", files.file("tls.pem").display()),
            format!("--tls-key={}", files.file("tls.key").display()),
            "--trusted-proxies=127.0.0.0/8".to_owned(),
        ]
    }

    /// A client that finds the proxy by its name, and trusts only who can prove it.
    fn client(&self, front: SocketAddr) -> reqwest::Client {
        let root = Certificate::from_pem(self.root.as_bytes()).unwrap();
        let client = reqwest::Client::builder().tls_certs_only([root]);
        let client = client.resolve("scm.example.com", front).timeout(Duration::from_secs(40));
        client.build().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_die_one_after_the_other_lose_and_double_nothing() {
    let seed = chosen("SCM_TEST_SEED", fastrand::u64(..));
    let lasts = Duration::from_secs(chosen("SCM_TEST_SECONDS", 10));
    let mut random = fastrand::Rng::with_seed(seed);
    let mut site = Site::open().await;
    let (load, started) = (Load::start(vec![site.way.clone(); WORKERS]), Instant::now());
    let mut rounds = 0;
    while started.elapsed() < lasts {
        sleep(Duration::from_millis(random.u64(..700))).await;
        let victim = random.usize(..3);
        site.kill(victim);
        load.goes_on().await;
        sleep(Duration::from_millis(random.u64(..500))).await;
        site.start(victim);
        rounds += 1;
    }
    let count = Count::of(load.stop().await, &site.url).await;
    tell(&format!("haproxy: seed {seed}: {rounds} servers killed; {count}"));
    count.assert_sound();
    assert_whole(&site.url).await;
}
