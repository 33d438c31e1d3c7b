//! The requests to the server.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request};
use scm_sign::{SigningSecret, sign};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{
    Failed,
    bundles::Payload,
    connection::{Connection, Prepared, Protocol},
    load::Requests,
    server::Server,
};

/// How many certificates are shown and exported in turn.
const SHOWN: usize = 256;

/// The length of the server's tokens.
const TOKEN: usize = 48;

/// Where certificates are listed, and below which each is.
pub const LIST: &str = "/v3/scm/certificates";
const IMPORT: &str = "/v3/scm/certificates/import";

/// Imports of a payload.
pub fn imports(server: &Server, payload: &Payload) -> Requests {
    imports_by(server.credentials.token.secret_str(), payload)
}

/// The bytes of such imports for a server that checks no token: it is made up, and as long.
pub fn imports_to_anyone(payload: &Payload) -> Requests {
    imports_by(&"x".repeat(TOKEN), payload)
}

fn imports_by(token: &str, payload: &Payload) -> Requests {
    let import = |nth| by_token(token, Method::POST, IMPORT, payload.nth(nth).clone());
    Arc::new((0..payload.len()).map(import).collect())
}

/// A request with the administrator's token.
pub fn with_token(server: &Server, method: Method, path: &str, body: Bytes) -> Prepared {
    by_token(server.credentials.token.secret_str(), method, path, body)
}

fn by_token(token: &str, method: Method, path: &str, body: Bytes) -> Prepared {
    let request = unsigned(method, path, &body).header("x-auth-token", token);
    Prepared::new(request.body(()).expect("tokens are plain"), body)
}

/// A request that is signed with the administrator's access key.
pub fn signed(
    server: &Server,
    method: Method,
    path: &str,
    body: Bytes,
) -> Result<Prepared, Failed> {
    let credentials = &server.credentials;
    let access_key = credentials.access_key.as_deref().ok_or("no access key")?;
    let secret = credentials.secret_key.as_ref().ok_or("no secret key")?.secret_str();
    let secret = SigningSecret::new(secret.to_owned())?;
    let request = unsigned(method, path, &body).header("host", "localhost").body(body.clone())?;
    let mut request = request;
    sign(&secret, &mut request, access_key, OffsetDateTime::now_utc())?;
    let (mut parts, body) = request.into_parts();
    // Every request says its host by itself.
    parts.headers.remove("host");
    Ok(Prepared::new(Request::from_parts(parts, ()), body))
}

fn unsigned(method: Method, path: &str, body: &Bytes) -> http::request::Builder {
    let request = Request::builder().method(method).uri(path);
    if body.is_empty() { request } else { request.header("content-type", "application/json") }
}

/// Something else than an import.
pub struct Read {
    /// How it is called in tables.
    pub row: &'static str,
    /// The number of connections that send it.
    pub lines: usize,
    /// The requests.
    pub requests: Requests,
}

/// What is read, and log-ins. Of those the server takes few at a time from one address.
pub async fn reads(server: &Server, payload: &Payload) -> Result<Vec<Read>, Failed> {
    let ids = import_some(server, payload).await?;
    let get = |path: &str| with_token(server, Method::GET, path, Bytes::new());
    let one = |id: &String| format!("{LIST}/{id}");
    let export =
        |id| with_token(server, Method::POST, &format!("{}/export", one(id)), Bytes::new());
    let shows = ids.iter().map(|id| get(&one(id))).collect();
    let signed_shows = ids.iter().map(|id| signed(server, Method::GET, &one(id), Bytes::new()));
    let signed_shows = signed_shows.collect::<Result<_, _>>()?;
    let page = |filter: &str| vec![get(&format!("{LIST}?limit=10{filter}"))];
    let on = |lines, row, requests| Read { row, lines, requests: Arc::new(requests) };
    Ok(vec![
        on(16, "show", shows),
        on(16, "show, signed", signed_shows),
        on(16, "page of 10", page("")),
        on(16, "page of 10, by status", page("&status=UPLOAD")),
        on(16, "search", page("&content=shop7.")),
        on(16, "export", ids.iter().map(export).collect()),
        on(1, "log in, 1 connection", vec![log_in(server)]),
    ])
}

fn log_in(server: &Server) -> Prepared {
    let credentials = &server.credentials;
    let domain = json!({"name": credentials.domain_name});
    let password = credentials.password.secret_str();
    let user = json!({"name": credentials.user, "password": password, "domain": domain});
    let body = json!({"auth": {
        "identity": {"methods": ["password"], "password": {"user": user}},
        "scope": {"project": {"id": credentials.project_id}},
    }});
    let body = Bytes::from(body.to_string());
    let request = unsigned(Method::POST, "/v3/auth/tokens", &body).body(());
    Prepared::new(request.expect("the path is plain"), body)
}

async fn import_some(server: &Server, payload: &Payload) -> Result<Vec<String>, Failed> {
    let mut line = Connection::open(&server.address, &Protocol::Http1, 1).await?.remove(0);
    let requests = imports(server, payload);
    let mut ids = Vec::new();
    for nth in 0..SHOWN {
        let reply = line.ask(&requests[nth % requests.len()]).await?;
        let body: Value = serde_json::from_slice(&reply.body)?;
        ids.push(body["certificate_id"].as_str().ok_or("an import was refused")?.to_owned());
    }
    Ok(ids)
}
