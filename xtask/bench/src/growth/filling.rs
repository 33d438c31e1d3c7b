//! Fills stores with many certificates, in this process: that is many times faster than through the server.
//! Most certificates are made up, with the usual sizes and names; some are real, so that they can be
//! exported.

use std::{path::PathBuf, sync::Arc, time::Duration};

use scm_pki::{Policy, Verifier};
use scm_seal::Keyring;
use scm_store::{
    Actor, CertificateId, EnterpriseProject, NewCertificate, ProjectId, Store, UserId,
};
use scm_store_testing::conformance::MadeUp;
use time::OffsetDateTime;
use tokio::task::JoinSet;

use crate::{Failed, backend::Site, bundles::Payload};

/// How many are stored at once.
const TOGETHER: u64 = 256;
/// How many are real.
const REAL: u64 = 256;
/// How many enterprise projects there are, of which each has its share.
const GROUPS: u64 = 20;
/// Of how many one expires within [`WITHIN`].
const EXPIRING: u64 = 100;
/// See [`EXPIRING`].
const WITHIN: Duration = Duration::from_secs(120);
const DAY: time::Duration = time::Duration::DAY;

/// What a store is filled with.
#[derive(Debug)]
pub struct Filler<'a> {
    /// The server's data folder.
    pub data: PathBuf,
    /// Where the store is.
    pub site: &'a Site,
    /// The project that has all of them.
    pub project: String,
    /// How many there are at first.
    pub size: u64,
    /// The real ones.
    pub payload: &'a Arc<Payload>,
}

/// Which ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filling {
    /// All that are there at first. None of them expires while it is looked at.
    AtFirst,
    /// A hundredth more, which expire one after the other from now on, within two minutes.
    Expiring,
}

struct Importer {
    store: Store,
    actor: Actor,
    keyring: Keyring,
    verifier: Verifier,
    payload: Arc<Payload>,
    filling: Filling,
    size: u64,
}

impl Filler<'_> {
    /// Stores them, and closes the store again.
    pub async fn fill(&self, filling: Filling) -> Result<(), Failed> {
        let keyring = Keyring::open(&self.data.join("keyring.json"))?;
        let importer = Arc::new(Importer {
            store: scm_store::open(self.site.location(&self.data)?, keyring.keyring_id()).await?,
            actor: Actor {
                user: UserId::new("bench"),
                project: ProjectId::new(&*self.project),
                address: [127, 0, 0, 1].into(),
                request_id: "0123456789abcdef0123456789abcdef".into(),
            },
            keyring,
            verifier: Verifier::new(Policy::default()),
            payload: Arc::clone(self.payload),
            filling,
            size: self.size,
        });
        let count = match filling {
            Filling::AtFirst => self.size,
            Filling::Expiring => self.size / EXPIRING,
        };
        let mut tasks = JoinSet::new();
        for first in 0..count.min(TOGETHER) {
            let importer = Arc::clone(&importer);
            tasks.spawn(async move {
                for nth in (first..count).step_by(TOGETHER as usize) {
                    importer.import(nth, count).await.map_err(|error| error.to_string())?;
                }
                Ok::<_, String>(())
            });
        }
        for done in tasks.join_all().await {
            done?;
        }
        importer.store.index_pending().await?;
        importer.store.sweep_expired(OffsetDateTime::now_utc()).await?;
        importer.store.close().await;
        Ok(())
    }
}

impl Importer {
    async fn import(&self, nth: u64, count: u64) -> Result<(), Failed> {
        let new = match self.filling {
            Filling::AtFirst if nth.is_multiple_of(between(self.size)) => self.real(nth)?,
            Filling::AtFirst => made_up(nth, self.size).to_new(),
            Filling::Expiring => {
                let end = WITHIN.mul_f64(nth as f64 / count as f64);
                let not_after = OffsetDateTime::now_utc() + end;
                MadeUp { not_after, ..made_up(self.size + nth, self.size) }.to_new()
            }
        };
        self.store.insert(&self.actor, new).await?;
        Ok(())
    }

    fn real(&self, nth: u64) -> Result<NewCertificate, Failed> {
        let call = self.payload.read((nth / between(self.size)) as usize)?;
        let chain = call.certificate_chain.as_deref().unwrap_or_default();
        let bundle = self.verifier.read(&call.certificate, chain, call.private_key.secret_str());
        let bundle = self.verifier.verify(bundle, OffsetDateTime::now_utc())?;
        let MadeUp { created, enterprise_project, .. } = made_up(nth, self.size);
        let (id, project) = (id(nth), self.actor.project.as_str());
        let public_key = bundle.leaf().public_key();
        let sealed = self.keyring.seal(&id.to_string(), project, public_key, bundle.key());
        let new = NewCertificate::new(id, call.name, bundle, sealed, created);
        Ok(new.in_enterprise_project(EnterpriseProject::new(enterprise_project)))
    }
}

/// The ids of those that are real, from the oldest to the newest.
pub fn real_ids(size: u64) -> impl Iterator<Item = CertificateId> {
    (0..size).step_by(between(size) as usize).map(id)
}

/// The domains of so many of those that are made up, from the oldest to the newest.
pub fn domains(size: u64, many: u64) -> impl Iterator<Item = String> {
    let step = size.div_ceil(many);
    (1..size).step_by(step as usize).map(move |nth| made_up(nth, size).domain)
}

/// An enterprise project.
pub fn group(n: u64) -> String {
    format!("00000000-0000-0000-0000-0000000000{n:02}")
}

/// How far it is from one real certificate to the next.
fn between(size: u64) -> u64 {
    size.div_ceil(REAL)
}

/// Ids far from those that the server gives.
fn id(nth: u64) -> CertificateId {
    MadeUp::new(number(nth)).id()
}

fn number(nth: u64) -> u64 {
    1_000_000_000_000 + nth
}

/// Certificates of 90 days that came in over the last 100, so that one in ten has expired. None ends within
/// the hour that follows.
fn made_up(nth: u64, size: u64) -> MadeUp {
    let random = nth.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    let now = OffsetDateTime::now_utc().replace_nanosecond(0).expect("0 is a nanosecond");
    let created = now - DAY * 100 * (1.0 - nth as f64 / size as f64);
    let mut not_after = created + DAY * 90;
    if not_after >= now && not_after < now + time::Duration::HOUR {
        not_after += time::Duration::HOUR;
    }
    MadeUp {
        name: format!("shop-{random}"),
        domain: format!("shop{random}.customers.example.com"),
        sans: vec![format!("www.shop{random}.customers.example.com")],
        enterprise_project: group(nth % GROUPS),
        not_after,
        created,
        ..MadeUp::new(number(nth))
    }
}
