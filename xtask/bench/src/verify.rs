//! Kills the server with SIGKILL under load and checks that every acknowledged import is still there.

use std::{
    collections::HashSet,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::Method;

use crate::{
    Failed,
    backend::Site,
    bundles::{Kind, Payload},
    connection::{Connection, Protocol},
    load::{self, Look, Outcome},
    scenario::{imports, with_token},
    server::Server,
    tell,
};

const LINES: usize = 64;

/// How long a round may take until the first import is acknowledged: generous, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often a round checks whether an import has been acknowledged.
const PAUSE: Duration = Duration::from_millis(20);

/// The result of all rounds together.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Imports that were answered with an id.
    pub acknowledged: usize,
    /// Acknowledged ids that are no longer in the store.
    pub lost: usize,
    /// Ids that were returned twice.
    pub doubled: usize,
}

impl Verified {
    /// Fails unless every acknowledged import is in the store, once.
    pub fn check(&self) -> Result<(), String> {
        match *self {
            Self { acknowledged: 0, .. } => Err("no import was acknowledged".to_owned()),
            Self { acknowledged, lost: 1.., .. } => {
                Err(format!("{} of {acknowledged} acknowledged imports are lost", self.lost))
            }
            Self { acknowledged, doubled: 1.., .. } => {
                Err(format!("{} of {acknowledged} ids were returned twice", self.doubled))
            }
            Self { .. } => Ok(()),
        }
    }
}

/// Imports for `time`, kills the server, restarts it, and looks for every acknowledged import; `rounds`
/// times on one store.
pub async fn verify(
    binary: &Path,
    folder: &Path,
    site: &Site,
    rounds: usize,
    time: Duration,
) -> Result<Verified, Failed> {
    let payload = Payload::make(Kind::P256);
    let mut verified = Verified::default();
    let mut known = HashSet::new();
    for round in 1..=rounds {
        let server = Server::start(binary, folder, &site.flags())?;
        let ids = until_killed(server, &payload, time).await?;
        let server = Server::start(binary, folder, &site.flags())?;
        let lost = missing(&server, &ids).await?;
        server.stop()?;
        tell(&format!("  round {round}: {} acknowledged, {lost} lost", ids.len()));
        verified.acknowledged += ids.len();
        verified.lost += lost;
        verified.doubled += ids.into_iter().filter(|id| !known.insert(id.clone())).count();
    }
    Ok(verified)
}

/// The ids of all imports that were acknowledged before the server was killed: at least one.
async fn until_killed(
    server: Server,
    payload: &Payload,
    time: Duration,
) -> Result<Vec<String>, Failed> {
    let ids = Arc::new(Mutex::new(Vec::new()));
    let acknowledged = Arc::clone(&ids);
    let look: Look = Arc::new(move |reply| {
        let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let id = body["certificate_id"].as_str().unwrap_or_default().to_owned();
        acknowledged.lock().unwrap_or_else(PoisonError::into_inner).push(id);
    });
    let requests = imports(&server, payload);
    let lines = Connection::open(&server.address, &Protocol::Http1, LINES).await?;
    let load =
        tokio::spawn(async move { load::run(lines, time + PATIENCE, &requests, &look).await });
    tokio::time::sleep(time).await;
    let limit = Instant::now() + PATIENCE;
    let is_empty = || ids.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
    while is_empty() && !load.is_finished() && Instant::now() < limit {
        tokio::time::sleep(PAUSE).await;
    }
    server.kill()?;
    let outcome = load.await?;
    let ids = std::mem::take(&mut *ids.lock().unwrap_or_else(PoisonError::into_inner));
    if ids.is_empty() { Err(nothing_acknowledged(&outcome).into()) } else { Ok(ids) }
}

fn nothing_acknowledged(outcome: &Outcome) -> String {
    let refused = outcome.refused.first().map_or_else(String::new, |refusal| {
        format!("; refused: {}, the first with status {}", outcome.refused.len(), refusal.status)
    });
    format!("no import was acknowledged within {} s{refused}", outcome.took.as_secs())
}

async fn missing(server: &Server, ids: &[String]) -> Result<usize, Failed> {
    let mut line = Connection::open(&server.address, &Protocol::Http1, 1).await?.remove(0);
    let mut missing = 0;
    for id in ids {
        let path = format!("/v3/scm/certificates/{id}");
        let reply = line.ask(&with_token(server, Method::GET, &path, Bytes::new())).await?;
        match reply.status {
            200 => {}
            404 => missing += 1,
            status => return Err(format!("GET {path} returned {status}").into()),
        }
    }
    Ok(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_has_its_own_message() {
        let check = |acknowledged, lost, doubled| Verified { acknowledged, lost, doubled }.check();
        assert_eq!(check(5, 0, 0), Ok(()));
        assert_eq!(check(0, 0, 0), Err("no import was acknowledged".to_owned()));
        assert_eq!(check(5, 2, 1), Err("2 of 5 acknowledged imports are lost".to_owned()));
        assert_eq!(check(5, 0, 1), Err("1 of 5 ids were returned twice".to_owned()));
    }

    #[test]
    fn the_report_of_an_idle_round_names_the_first_refusal() {
        let took = Duration::from_secs(120);
        let mut outcome = Outcome { took, ..Outcome::default() };
        assert_eq!(nothing_acknowledged(&outcome), "no import was acknowledged within 120 s");
        let refusal = load::Refusal { after: took, status: 503, has_retry_after: true };
        outcome.refused.push(refusal);
        let expected =
            "no import was acknowledged within 120 s; refused: 1, the first with status 503";
        assert_eq!(nothing_acknowledged(&outcome), expected);
    }
}
