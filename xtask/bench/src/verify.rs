//! Killed with -9 in the middle of a load: is everything there that was acknowledged?

use std::{
    collections::HashSet,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::Method;

use crate::{
    Failed,
    bundles::{Kind, Payload},
    connection::{Connection, Protocol},
    home::Spot,
    load::{self, Look},
    scenario::{imports, with_token},
    server::Server,
    tell,
};

const LINES: usize = 64;

/// What came of all rounds together.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Imports that were answered with an id.
    pub acknowledged: usize,
    /// Ids that are not there any more.
    pub lost: usize,
    /// Ids that were given twice.
    pub doubled: usize,
}

/// Imports for so long, kills the server, starts it again, and looks; so many times on one store.
pub async fn verify(
    binary: &Path,
    folder: &Path,
    spot: &Spot,
    rounds: usize,
    time: Duration,
) -> Result<Verified, Failed> {
    let payload = Payload::make(Kind::P256);
    let mut verified = Verified::default();
    let mut known = HashSet::new();
    for round in 1..=rounds {
        let server = Server::start(binary, folder, &spot.flags())?;
        let ids = until_killed(server, &payload, time).await?;
        let server = Server::start(binary, folder, &spot.flags())?;
        let lost = missing(&server, &ids).await?;
        server.stop()?;
        tell(&format!("  round {round}: {} acknowledged, {lost} lost", ids.len()));
        verified.acknowledged += ids.len();
        verified.lost += lost;
        verified.doubled += ids.into_iter().filter(|id| !known.insert(id.clone())).count();
    }
    Ok(verified)
}

/// The ids of all imports that were acknowledged before the server was killed.
async fn until_killed(
    server: Server,
    payload: &Payload,
    time: Duration,
) -> Result<Vec<String>, Failed> {
    let ids = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&ids);
    let look: Look = Arc::new(move |reply| {
        let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let id = body["certificate_id"].as_str().unwrap_or_default().to_owned();
        kept.lock().unwrap_or_else(PoisonError::into_inner).push(id);
    });
    let requests = imports(&server, payload);
    let lines = Connection::open(&server.address, &Protocol::Http1, LINES).await?;
    let load = tokio::spawn(async move { load::run(lines, time * 2, &requests, &look).await });
    tokio::time::sleep(time).await;
    server.kill()?;
    load.await?;
    let ids = std::mem::take(&mut *ids.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(ids)
}

async fn missing(server: &Server, ids: &[String]) -> Result<usize, Failed> {
    let mut line = Connection::open(&server.address, &Protocol::Http1, 1).await?.remove(0);
    let mut missing = 0;
    for id in ids {
        let path = format!("/v3/scm/certificates/{id}");
        let reply = line.ask(&with_token(server, Method::GET, &path, Bytes::new())).await?;
        missing += usize::from(reply.status != 200);
    }
    Ok(missing)
}
