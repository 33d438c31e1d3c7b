//! The limit: an import without HTTP: the body read, the bundle proved, the key sealed,
//! and certificate, counters, index queue and audit event committed, on the same machine at the same time.

use std::{
    path::Path,
    process,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use scm_model::certificates::CertificateImport;
use scm_pki::{Policy, Verifier};
use scm_seal::Keyring;
use scm_store::{Actor, Ids, NewCertificate, ProjectId, Store, UserId};
use time::OffsetDateTime;
use tokio::task::JoinSet;

use crate::{Failed, backend::Site, bundles::Payload, process as used};

/// How many imports are under way together, as with so many connections.
const TOGETHER: usize = 64;

/// The result.
#[derive(Debug)]
pub struct Limit {
    /// Imports a second.
    pub rate: f64,
    /// Processor time of this process for each, µs.
    pub cpu: f64,
}

struct Importer {
    verifier: Verifier,
    keyring: Keyring,
    store: Store,
    ids: Ids,
    payload: Arc<Payload>,
    forget: bool,
    done: AtomicUsize,
}

/// Imports into a new store for `time`. With `forget`, no chain is remembered.
pub async fn run(
    folder: &Path,
    site: &Site,
    payload: &Arc<Payload>,
    forget: bool,
    time: Duration,
) -> Result<Limit, Failed> {
    let keyring = Keyring::create(&folder.join("keyring.json"))?;
    let store = scm_store::open(site.location(folder)?, keyring.keyring_id()).await?;
    let importer = Arc::new(Importer {
        verifier: Verifier::new(Policy::default()),
        keyring,
        ids: Ids::new(store.clone()),
        store: store.clone(),
        payload: Arc::clone(payload),
        forget,
        done: AtomicUsize::new(0),
    });
    let (before, started) = (used::cpu(process::id())?, Instant::now());
    let mut tasks = JoinSet::new();
    for _ in 0..TOGETHER {
        let importer = Arc::clone(&importer);
        tasks.spawn(
            async move { importer.imports(started + time).await.map_err(|e| e.to_string()) },
        );
    }
    for done in tasks.join_all().await {
        done?;
    }
    let (cpu, took) = (used::cpu(process::id())? - before, started.elapsed());
    store.close().await;
    let done = importer.done.load(Ordering::Relaxed) as f64;
    Ok(Limit { rate: done / took.as_secs_f64(), cpu: cpu.as_secs_f64() * 1e6 / done })
}

impl Importer {
    async fn imports(&self, end: Instant) -> Result<(), Failed> {
        let actor = Actor {
            user: UserId::new("bench"),
            project: ProjectId::new("bench"),
            address: [127, 0, 0, 1].into(),
            request_id: "0123456789abcdef0123456789abcdef".into(),
        };
        while Instant::now() < end {
            let nth = self.done.fetch_add(1, Ordering::Relaxed);
            self.import(&actor, self.payload.read(nth)?).await?;
        }
        Ok(())
    }

    async fn import(&self, actor: &Actor, call: CertificateImport) -> Result<(), Failed> {
        let chain = call.certificate_chain.as_deref().unwrap_or_default();
        let forgetful = self.forget.then(|| Verifier::new(Policy::default()));
        let verifier = forgetful.as_ref().unwrap_or(&self.verifier);
        let bundle = verifier.read(&call.certificate, chain, call.private_key.secret_str());
        let now = OffsetDateTime::now_utc();
        let bundle = verifier.verify(bundle, now)?;
        let id = self.ids.next().await?;
        let (project, public_key) = (actor.project.as_str(), bundle.leaf().public_key());
        let sealed = self.keyring.seal(&id.to_string(), project, public_key, bundle.key());
        self.store.insert(actor, NewCertificate::new(id, call.name, bundle, sealed, now)).await?;
        Ok(())
    }
}
