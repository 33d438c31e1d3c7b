//! Accepting connections, and letting go of them.

use std::{
    convert::Infallible,
    future::Future,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use http::Request;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;

use crate::{config::Config, middleware, per_client_limit::PerClientLimit, service::Service};

/// What a connection may hold of a request's head: a token of 2,097,152 characters, and room.
const HEAD_BYTES: usize = 3 << 20;

/// How many requests one HTTP/2 connection may have under way; each may hold a head.
const STREAMS: u32 = 32;

/// Serves until `stop`, then lets open requests finish for as long as the settings say.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    service: Service,
    config: &Config,
    stop: impl Future<Output = ()>,
) {
    let service = Arc::new(service);
    let head_time = Duration::from_secs(config.request_timeout.get().into());
    let graceful = GracefulShutdown::new();
    let builder = builder(head_time);
    let places = Arc::new(Semaphore::new(config.max_connections.count()));
    let crowd = PerClientLimit::new(
        config.max_connections.count(),
        config.max_connections_per_address.count(),
    );
    let mut stop = pin!(stop);
    loop {
        let (stream, peer, place) = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = stop.as_mut() => break,
        };
        let address = peer.ip().to_canonical();
        let guest = crowd.enter(address);
        if guest.is_none() && !config.trusted_proxies.contain(address) {
            continue;
        }
        let (watcher, builder) = (graceful.watcher(), builder.clone());
        let (service, tls) = (Arc::clone(&service), tls.clone());
        let stream = patient(stream, head_time);
        tokio::spawn(async move {
            let _until_it_ends = (place, guest);
            let Some(tls) = tls else {
                return host(stream, builder, watcher, service, peer, head_time).await;
            };
            // Who does not finish shaking hands in time has nothing to say.
            if let Ok(Ok(stream)) = timeout(head_time, tls.accept(stream)).await {
                host(stream, builder, watcher, service, peer, head_time).await;
            }
        });
    }
    drop(listener);
    let patience = Duration::from_secs(config.shutdown_timeout.get().into());
    if timeout(patience, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

/// A stream that gives up on a client who takes nothing of an answer for so long.
fn patient(stream: TcpStream, time: Duration) -> Pin<Box<TimeoutStream<TcpStream>>> {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(time));
    Box::pin(stream)
}

/// Answers what comes in on one connection, until either side has had enough.
async fn host<I>(
    stream: I,
    builder: Builder<TokioExecutor>,
    watcher: Watcher,
    service: Arc<Service>,
    peer: SocketAddr,
    head_time: Duration,
) where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let activity = Arc::new(Activity::default());
    let answering = Arc::clone(&activity);
    let respond = service_fn(move |request: Request<Incoming>| {
        let (busy, service) = (Busy::with(&answering), Arc::clone(&service));
        async move {
            let _until_it_is_there = busy;
            Ok::<_, Infallible>(middleware::pass(&service, peer, request).await)
        }
    });
    let connection = builder.serve_connection(TokioIo::new(stream), respond).into_owned();
    tokio::select! {
        // What a client does to its connection is its own business.
        _ = watcher.watch(connection) => {}
        () = activity.idle_for(head_time) => {}
    }
}

/// What goes on on a connection. Hyper's own limit of idle time is for HTTP/1 only, and begins when
/// the protocol is known, which takes 24 bytes.
#[derive(Default)]
struct Activity {
    begun: AtomicU64,
    done: AtomicU64,
}

impl Activity {
    /// Comes back when for this long nothing was under way and nothing was asked.
    async fn idle_for(&self, time: Duration) {
        loop {
            let before = self.begun.load(Ordering::Relaxed);
            sleep(time).await;
            let begun = self.begun.load(Ordering::Relaxed);
            if begun == before && self.done.load(Ordering::Relaxed) == begun {
                return;
            }
        }
    }
}

/// Counts a request as under way until its answer is there, or given up.
struct Busy(Arc<Activity>);

impl Busy {
    fn with(activity: &Arc<Activity>) -> Self {
        activity.begun.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(activity))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }
}

fn builder(head_time: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head_time)
        .max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEAD_BYTES as u32)
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(head_time)
        .keep_alive_timeout(head_time);
    builder
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let place = Arc::clone(places).acquire_owned().await.expect("the places are never closed");
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // An answer is one write: waiting for more to send would only delay it.
                let _as_it_is = stream.set_nodelay(true);
                return (stream, peer, place);
            }
            Err(error) => pause_after(&error).await,
        }
    }
}

/// A connection that broke before it was taken is nothing; out of file handles is worth a pause.
async fn pause_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "cannot accept connections");
        sleep(Duration::from_millis(100)).await;
    }
}
