//! Peers, with the same payloads: moto's ACM, which parses and stores in memory, and
//! OpenBao's KV, which encrypts and stores without looking. Both come from PyPI.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use base64_simd::STANDARD;
use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    Failed,
    bundles::Payload,
    connection::{Connection, Prepared, Protocol},
    load::Requests,
    measure::Target,
};

/// How long a peer may take until it answers.
const START: Duration = Duration::from_secs(60);

/// How long it may take to answer one request before the load.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running peer.
#[derive(Debug)]
pub struct Peer {
    child: Child,
    address: String,
    token: String,
}

impl Peer {
    /// moto's server.
    pub async fn moto(bin: &Path, folder: &Path) -> Result<Self, Failed> {
        let port = free_port()?;
        let mut command = Command::new(bin.join("moto_server"));
        command.args(["--port", &port.to_string()]);
        Self::start(command, folder, port, "/moto-api/").await
    }

    /// OpenBao on raft, with a KV engine of version 2.
    pub async fn openbao(bin: &Path, folder: &Path) -> Result<Self, Failed> {
        let (port, cluster) = (free_port()?, free_port()?);
        let path = folder.join("raft");
        fs::create_dir_all(&path)?;
        let settings = json!({
            "storage": {"raft": {"path": path, "node_id": "one"}},
            "listener": {"tcp": {"address": format!("127.0.0.1:{port}"), "tls_disable": true}},
            "api_addr": format!("http://127.0.0.1:{port}"),
            "cluster_addr": format!("http://127.0.0.1:{cluster}"),
            "log_level": "error",
        });
        let file = folder.join("openbao.json");
        fs::write(&file, settings.to_string())?;
        let mut command = Command::new(bin.join("bao"));
        command.arg("server").arg("-config").arg(file);
        let mut peer = Self::start(command, folder, port, "/v1/sys/init").await?;
        peer.unseal().await?;
        Ok(peer)
    }

    async fn start(
        mut command: Command,
        folder: &Path,
        port: u16,
        path: &str,
    ) -> Result<Self, Failed> {
        let log = fs::File::create(folder.join("peer.log"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let mut peer = Self { child, address: format!("127.0.0.1:{port}"), token: String::new() };
        let began = std::time::Instant::now();
        while peer.ask(Method::GET, path, Value::Null).await.is_err() {
            if peer.child.try_wait()?.is_some() || began.elapsed() > START {
                return Err(fs::read_to_string(folder.join("peer.log"))?.into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(peer)
    }

    async fn unseal(&mut self) -> Result<(), Failed> {
        let shares = json!({"secret_shares": 1, "secret_threshold": 1});
        let made = self.ask(Method::PUT, "/v1/sys/init", shares).await?;
        let key = json!({"key": made["keys"][0]});
        self.token = made["root_token"].as_str().ok_or("no token")?.to_owned();
        self.ask(Method::PUT, "/v1/sys/unseal", key).await?;
        // A moment passes until the only node has made itself the leader.
        while self.ask(Method::GET, "/v1/sys/leader", Value::Null).await?["is_self"] != true {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let engine = json!({"type": "kv", "options": {"version": "2"}});
        self.ask(Method::POST, "/v1/sys/mounts/bench", engine).await?;
        let probe = json!({"data": {"ready": true}});
        while self.ask(Method::POST, "/v1/bench/data/probe", probe.clone()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// The process as the target of a load.
    pub fn target(&self) -> Target<'_> {
        Target { address: &self.address, pid: self.child.id() }
    }

    /// ACM's ImportCertificate.
    pub fn acm_imports(&self, payload: &Payload) -> Result<Requests, Failed> {
        let prepared = (0..payload.len()).map(|nth| {
            let import: Value = serde_json::from_slice(payload.nth(nth))?;
            let blob = |name: &str| STANDARD.encode_to_string(import[name].as_str().unwrap_or(""));
            let body = json!({
                "Certificate": blob("certificate"),
                "PrivateKey": blob("private_key"),
                "CertificateChain": blob("certificate_chain"),
            });
            let request = Request::post("/")
                .header("content-type", "application/x-amz-json-1.1")
                .header("x-amz-target", "CertificateManager.ImportCertificate")
                .header("authorization", AWS)
                .body(())?;
            Ok::<_, Failed>(Prepared::new(request, body.to_string().into()))
        });
        Ok(Arc::new(prepared.collect::<Result<_, _>>()?))
    }

    /// Writes to the KV engine, each to a path of its own for a long while.
    pub fn kv_writes(&self, payload: &Payload) -> Result<Requests, Failed> {
        let prepared = (0..4096).map(|nth| {
            let import: Value = serde_json::from_slice(payload.nth(nth))?;
            let path = format!("/v1/bench/data/certificate-{nth}");
            let body = json!({"data": import}).to_string();
            self.prepared(Method::POST, &path, body.into())
        });
        Ok(Arc::new(prepared.collect::<Result<_, _>>()?))
    }

    fn prepared(&self, method: Method, path: &str, body: Bytes) -> Result<Prepared, Failed> {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("x-vault-token", &self.token).body(())?;
        Ok(Prepared::new(request, body))
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Result<Value, Failed> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let prepared = self.prepared(method, path, body.into())?;
        let mut line = Connection::open(&self.address, &Protocol::Http1, 1).await?.remove(0);
        let reply = timeout(PATIENCE, line.ask(&prepared)).await??;
        match reply.status {
            200..300 => Ok(serde_json::from_slice(&reply.body).unwrap_or_default()),
            status => Err(format!("{path}: {status}").into()),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// moto finds the service by its scope, and does not check the signature.
const AWS: &str = "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/acm/aws4_request, \
                   SignedHeaders=host, Signature=0";

fn free_port() -> Result<u16, Failed> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
