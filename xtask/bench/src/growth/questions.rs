//! The requests to a store that grows: lists, filtered lists, searches, show and export.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use serde_json::Value;

use super::filling::{domains, group, real_ids};
use crate::{
    Failed,
    connection::{Connection, Prepared, Protocol},
    load::Requests,
    scenario::{LIST, with_token},
    server::Server,
};

/// How many names are searched for in turn.
const NAMES: u64 = 256;

/// Requests of one kind, and their row in the tables.
#[derive(Debug)]
pub struct Question {
    /// The row.
    pub row: &'static str,
    /// The requests, in turn.
    pub requests: Requests,
}

/// All kinds. Requests about single certificates take turns over 256 of the whole store.
pub async fn questions(server: &Server, size: u64) -> Result<Vec<Question>, Failed> {
    let get = |path: &str| with_token(server, Method::GET, path, Bytes::new());
    let page = |filter: &str| get(&format!("{LIST}?limit=10{filter}"));
    let middle = page(&format!("&offset={}", size / 2));
    let marker = marker(server, &middle).await?;
    let group = group(7);
    let search = |text: &str| page(&format!("&content={text}"));
    let export =
        |id| with_token(server, Method::POST, &format!("{LIST}/{id}/export"), Bytes::new());
    let all = [
        ("page of 10, µs", vec![page("")]),
        ("page of 10, by end, µs", vec![page("&sort_key=certExpiredTime")]),
        ("page of 10 of a status, µs", vec![page("&status=EXPIRED")]),
        (
            "page of 10 of an enterprise project, µs",
            vec![page(&format!("&enterprise_project_id={group}"))],
        ),
        (
            "page of 10 of both, µs",
            vec![page(&format!("&status=EXPIRED&enterprise_project_id={group}"))],
        ),
        ("page of 10, expired_days_since, µs", vec![page("&expired_days_since=1")]),
        ("page in the middle, by marker, µs", vec![page(&format!("&marker={marker}"))]),
        ("page in the middle, by offset, µs", vec![middle]),
        ("search for one name, µs", domains(size, NAMES).map(|name| search(&name)).collect()),
        ("search that nearly all fit, µs", vec![search("customers")]),
        ("search for 2 characters that many have, µs", vec![search("99")]),
        ("search for 2 characters that none has, µs", vec![search("qq")]),
        ("show, µs", real_ids(size).map(|id| get(&format!("{LIST}/{id}"))).collect()),
        ("export, µs", real_ids(size).map(export).collect()),
    ];
    let question = |(row, requests)| Question { row, requests: Arc::new(requests) };
    Ok(all.into_iter().map(question).collect())
}

/// Where the page behind this one begins.
async fn marker(server: &Server, page: &Prepared) -> Result<String, Failed> {
    let mut line = Connection::open(&server.address, &Protocol::Http1, 1).await?.remove(0);
    let page: Value = serde_json::from_slice(&line.ask(page).await?.body)?;
    Ok(page["next_marker"].as_str().ok_or("a page in the middle has no next one")?.to_owned())
}
