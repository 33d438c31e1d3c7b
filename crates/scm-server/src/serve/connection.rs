//! One connection: TLS, HTTP/1 or 2, and when it ends.

use std::{
    convert::Infallible,
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
    server::{conn::auto::Builder, graceful::Watcher},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;

use crate::{evicting_limit::Slot, middleware, service::Service};

/// What a connection may hold of a request's head: a token of 2,097,152 characters, and room.
const HEAD_BYTES: usize = 3 << 20;

/// How many requests one HTTP/2 connection may have under way; each may hold a head.
const STREAMS: u32 = 32;

/// How long an evicted connection has to send what is already answered.
const LAST_FLUSH: Duration = Duration::from_millis(10);

/// What every connection is served with.
pub(super) struct Host {
    service: Arc<Service>,
    tls: Option<TlsAcceptor>,
    builder: Builder<TokioExecutor>,
    patience: Duration,
}

impl Host {
    /// A host that waits so long for a handshake, for a request's head, for a client to take some of a
    /// response, and for an idle connection to be used again.
    pub(super) fn new(service: Service, tls: Option<TlsAcceptor>, patience: Duration) -> Self {
        Self { service: Arc::new(service), tls, builder: builder(patience), patience }
    }

    /// Serves a connection until it ends, is idle for too long, or has to make room for another.
    pub(super) async fn serve(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        slot: Slot,
        watcher: Watcher,
    ) {
        let stream = impatient(stream, self.patience);
        let Some(tls) = &self.tls else {
            return self.answer_all(stream, peer, &slot, watcher).await;
        };
        let accepted = tokio::select! {
            accepted = timeout(self.patience, tls.accept(stream)) => accepted,
            () = slot.evicted() => return,
        };
        // A client that does not finish the handshake in time has sent no request to answer.
        if let Ok(Ok(stream)) = accepted {
            self.answer_all(stream, peer, &slot, watcher).await;
        }
    }

    async fn answer_all<I>(&self, stream: I, peer: SocketAddr, slot: &Slot, watcher: Watcher)
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let activity = Arc::new(Activity::default());
        let (answering, service, handle) =
            (Arc::clone(&activity), Arc::clone(&self.service), slot.handle());
        let service = service_fn(move |mut request: Request<Incoming>| {
            let (busy, service) = (Busy::with(&answering), Arc::clone(&service));
            request.extensions_mut().insert(handle.clone());
            async move {
                let _busy = busy;
                Ok::<_, Infallible>(middleware::pass(&service, peer, request).await)
            }
        });
        let connection = self.builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let mut connection = pin!(watcher.watch(connection));
        tokio::select! {
            // How a client ends its connection is its own business.
            _ = connection.as_mut() => {}
            () = activity.idle_for(self.patience) => {}
            () = slot.evicted() => {
                let _ = timeout(LAST_FLUSH, connection).await;
            }
        }
    }
}

/// A stream that gives up on a client that takes nothing of a response for so long.
fn impatient(stream: TcpStream, time: Duration) -> Pin<Box<TimeoutStream<TcpStream>>> {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(time));
    Box::pin(stream)
}

fn builder(patience: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience).max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEAD_BYTES as u32)
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(patience)
        .keep_alive_timeout(patience);
    builder
}

/// The requests of a connection. Hyper's own limit of idle time is for HTTP/1 only, and begins when
/// the protocol is known, which takes 24 bytes.
#[derive(Default)]
struct Activity {
    begun: AtomicU64,
    done: AtomicU64,
}

impl Activity {
    /// Completes when for this long no request was under way and none arrived.
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

/// Counts a request as under way until its response is there, or given up.
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
