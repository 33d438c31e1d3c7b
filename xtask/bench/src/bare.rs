//! What an import cannot cost less than: the checks alone, and in PostgreSQL the bare row, of which many
//! are inserted by one statement on one connection.

use std::{
    process,
    time::{Duration, Instant},
};

use scm_pki::{Policy, Verifier};
use scm_store_testing::test_postgres::BareTable;
use time::OffsetDateTime;

use crate::{
    Failed,
    backend::{Backend, Site},
    bundles::Payload,
    process as used,
};

/// What a row has besides its id, in bytes, and how many travel together: as in an import of RSA-2048.
const ROW: usize = 4750;
const TOGETHER: usize = 64;

/// Processor time of the checks of one import, µs: everything before its key is sealed.
pub fn checks(payload: &Payload, time: Duration) -> Result<f64, Failed> {
    let verifier = Verifier::new(Policy::default());
    let (before, started, mut done) = (used::cpu(process::id())?, Instant::now(), 0);
    while started.elapsed() < time {
        let call = payload.read(done)?;
        let chain = call.certificate_chain.as_deref().unwrap_or_default();
        let bundle = verifier.read(&call.certificate, chain, call.private_key.secret_str());
        verifier.verify(bundle, OffsetDateTime::now_utc())?;
        done += 1;
    }
    let used = used::cpu(process::id())? - before;
    Ok(used.as_secs_f64() * 1e6 / done as f64)
}

/// Rows a second, and processor time of database and client for each, µs; nothing without a database.
pub async fn rows(backend: &Backend, time: Duration) -> Result<Option<(f64, f64)>, Failed> {
    let Site::Database(url) = backend.site().await else { return Ok(None) };
    let bare = BareTable::open(&url).await;
    let own = || Ok::<_, Failed>(used::cpu(process::id())?.as_secs_f64() * 1e6 + backend.cpu()?);
    let (before, started, mut done) = (own()?, Instant::now(), 0);
    while started.elapsed() < time {
        bare.insert(done as i64, TOGETHER, ROW).await;
        done += TOGETHER;
    }
    let took = started.elapsed().as_secs_f64();
    Ok(Some((done as f64 / took, (own()? - before) / done as f64)))
}
