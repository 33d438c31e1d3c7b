//! Accepting connections, and letting go of them.
//!
//! When as many are open as may be, the one that is longest without an authenticated request makes room
//! for a newcomer: see [`EvictingLimit`].

mod connection;

use std::{future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use hyper_util::server::graceful::GracefulShutdown;
use tokio::{
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    config::Config,
    evicting_limit::{EvictingLimit, Slot},
    service::Service,
};

use connection::Host;

/// Serves until `stop`, then lets open requests finish for as long as the settings say.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    service: Service,
    config: &Config,
    stop: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    let patience = Duration::from_secs(config.request_timeout.get().into());
    let host = Arc::new(Host::new(service, tls, patience));
    let limit = EvictingLimit::new(
        config.max_connections.count(),
        config.max_connections_per_address.count(),
    );
    let mut stop = pin!(stop);
    loop {
        let (stream, peer, slot) = tokio::select! {
            admitted = admit(&listener, &limit, config) => admitted,
            () = stop.as_mut() => break,
        };
        let (host, watcher) = (Arc::clone(&host), graceful.watcher());
        tokio::spawn(async move { host.serve(stream, peer, slot, watcher).await });
    }
    drop(listener);
    let patience = Duration::from_secs(config.shutdown_timeout.get().into());
    if timeout(patience, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

/// The next connection that has a slot. If the requests on all connections of its address are
/// authenticated, it is closed; if those on all connections are, it waits.
async fn admit(
    listener: &TcpListener,
    limit: &Arc<EvictingLimit>,
    config: &Config,
) -> (TcpStream, SocketAddr, Slot) {
    loop {
        let (stream, peer) = accept(listener).await;
        let address = peer.ip().to_canonical();
        let counted = (!config.trusted_proxies.contain(address)).then_some(address);
        if let Some(slot) = limit.acquire(counted).await {
            return (stream, peer, slot);
        }
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // An answer is one write: waiting for more to send would only delay it. Without this
                // it is served all the same.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            Err(error) => pause_after(&error).await,
        }
    }
}

/// A connection that broke before it was accepted is nothing; out of file handles is worth a pause.
async fn pause_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "cannot accept connections");
        sleep(Duration::from_millis(100)).await;
    }
}
