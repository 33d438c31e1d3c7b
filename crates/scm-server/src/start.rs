//! From settings to a server that answers.

mod first_start;

use std::{
    fs,
    future::Future,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use scm_pki::{Policy, Verifier};
use scm_seal::{Keyring, KeyringError};
use scm_store::{Location, Store, StoreError};
use time::Duration;
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    announce,
    clock::Clock,
    config::{Config, ConfigError},
    context::Context,
    data_dir::{DataDir, DataDirError, at},
    handlers::routes,
    keyring::{self, KeyringSource, SharedKeyring},
    keystone::{Keystone, KeystoneError},
    router::Router,
    serve,
    service::Service,
    sweep,
    tls::{HangUp, Tls, TlsError},
};

/// A server that is ready to answer, on a socket that already listens.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<(Arc<Tls>, HangUp)>,
    ctx: Context,
    service: Service,
    folder: DataDir,
}

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] DataDirError),
    /// The keyring cannot be used.
    #[error("the keyring cannot be used")]
    Keyring(#[from] KeyringError),
    /// There is a store, but not its keyring.
    #[error(
        "{store} is there, but its keyring {} is not, and no key of the store could be \
         opened without it; {remedy}",
        keyring.display()
    )]
    KeyringMissing {
        /// The store.
        store: String,
        /// Where its keyring should be.
        keyring: PathBuf,
        /// Where to take it from.
        remedy: &'static str,
    },
    /// There are credentials of a store, but it is gone.
    #[error(
        "{store} is missing or empty, though {} shows that there was a store: restore it from your backup, \
         or name its database with --store; to start over without the stored certificates, move the \
         credentials and the keyring away first",
        credentials.display()
    )]
    StoreMissing {
        /// Where the store should be.
        store: String,
        /// What was written when it was there.
        credentials: PathBuf,
    },
    /// The settings cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The store cannot be used.
    #[error("the store cannot be used")]
    Store(#[from] StoreError),
    /// `credentials.json` is not what it should be.
    #[error("{} is damaged; remove it, and the server starts without it", .0.display())]
    Credentials(PathBuf),
    /// The server's own certificate cannot be used.
    #[error("the TLS certificate cannot be used")]
    Tls(#[from] TlsError),
    /// SIGHUP cannot be taken, as a server that renews its certificate must.
    #[error("cannot take SIGHUP")]
    HangUp(#[source] io::Error),
    /// Keystone cannot be used.
    #[error("Keystone cannot be used")]
    Keystone(#[from] KeystoneError),
    /// The table has rows that no function answers: a mistake in the program.
    #[error("nothing answers {}", .0.join(", "))]
    Unanswered(Vec<&'static str>),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
}

impl StartError {
    fn store_missing(folder: &DataDir, location: &Location) -> Self {
        Self::StoreMissing { store: location.to_string(), credentials: folder.credentials() }
    }
}

impl Server {
    /// Opens the data folder, the keyring and the store, or makes them, and listens.
    ///
    /// # Errors
    /// Every [`StartError`].
    pub async fn start(config: Config, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let router = complete(routes())?;
        let folder = DataDir::open(&config.data_dir)?;
        let location = config.location()?;
        require_store(&folder, &location).await?;
        let (keyring, store) = open(config.keyring(), location.clone()).await?;
        let keystone = Keystone::of(&config)?;
        if keystone.is_none() {
            let lifetime = Duration::seconds(config.token_lifetime.get().into());
            let (keyring, now) = (keyring.current().await, clock.now());
            first_start::set_up(&folder, &location, &store, &keyring, now, lifetime).await?;
        }
        let tls = tls(&config)?;
        let (listener, address) = listen(config.listen).await?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        first_start::note_address(&folder, &format!("{scheme}://{}", reachable(address)))?;
        let policy = Policy::default()
            .with_accept_expired(config.accept_expired)
            .with_require_chain(config.require_chain)
            .with_strict(config.strict_bundles);
        let ctx = Context::new(config, Verifier::new(policy), keyring, store, keystone, clock);
        let service = Service::new(ctx.clone(), router);
        Ok(Self { listener, address, tls, ctx, service, folder })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The store that its handlers work with.
    pub fn store(&self) -> Store {
        self.ctx.store().clone()
    }

    /// Answers until `stop`, then finishes what is under way and closes the store.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let Self { listener, tls, ctx, service, folder, .. } = self;
        let acceptor = tls.as_ref().map(|(tls, _)| tls.acceptor());
        let mut upkeep = JoinSet::new();
        upkeep.spawn(sweep::run(ctx.clone()));
        upkeep.spawn(announce::announce(ctx.clone()));
        if let Some((tls, hang_up)) = tls {
            upkeep.spawn(tls.keep_fresh(hang_up));
        }
        serve::serve(listener, acceptor, service, ctx.config(), stop).await;
        upkeep.shutdown().await;
        announce::withdraw(&ctx).await;
        ctx.store().close().await;
        drop(folder);
    }
}

fn complete(router: Router) -> Result<Router, StartError> {
    let missing = router.missing();
    if missing.is_empty() { Ok(router) } else { Err(StartError::Unanswered(missing)) }
}

/// Refuses to begin anew where a store was lost, before anything is written to its file. A first start
/// gives its credentials their name when the store is set up, so one that was cut short goes on.
async fn require_store(folder: &DataDir, location: &Location) -> Result<(), StartError> {
    match location {
        Location::Sqlite(store)
            // If the file cannot be read, opening it returns the reason.
            if folder.credentials().exists()
                && matches!(scm_store::is_set_up(store.clone()).await, Ok(false)) =>
        {
            Err(StartError::store_missing(folder, location))
        }
        _ => Ok(()),
    }
}

fn is_empty(file: &Path) -> bool {
    fs::metadata(file).map_or(true, |found| found.is_file() && found.len() == 0)
}

/// The keyring and the store that belongs to it; a keyring is made only where there is no store yet.
async fn open(
    source: KeyringSource,
    location: Location,
) -> Result<(SharedKeyring, Store), StartError> {
    let mut made = None;
    if let Some(path) = source.file().filter(|path| !path.exists()) {
        if scm_store::is_there(&location).await? {
            return Err(missing(path, &location));
        }
        match Keyring::create(path) {
            Ok(_) => made = Some(path.to_owned()),
            // Another server that shares the file was faster.
            Err(KeyringError::Exists { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if let (None, Some(keyring), Location::Sqlite(store)) = (&made, source.file(), &location)
        && is_empty(store)
    {
        tracing::warn!(
            keyring = %keyring.display(),
            store = %store.display(),
            "there is a keyring, but nothing that is sealed under it: if there was a store, stop, and \
             restore it from your backup"
        );
    }
    let opened = keyring::open::<StartError>(source, location).await;
    // Another server was faster, and a keyring that was made for this store is good for nothing.
    if let (Some(path), Err(StartError::Store(StoreError::ForeignKeyring { .. }))) = (made, &opened)
    {
        fs::remove_file(&path).map_err(at(&path))?;
    }
    opened
}

fn missing(keyring: &Path, location: &Location) -> StartError {
    let remedy = match location {
        Location::Sqlite(_) => "restore the keyring that was backed up with the store",
        _ => "copy that of another server on the same store, or restore it from your backup",
    };
    StartError::KeyringMissing { store: location.to_string(), keyring: keyring.to_owned(), remedy }
}

/// The TLS configuration, if HTTPS is set. From here on SIGHUP does not end the server, even if it
/// arrives as soon as the server listens.
fn tls(config: &Config) -> Result<Option<(Arc<Tls>, HangUp)>, StartError> {
    let Some((certificate, key)) = config.tls() else { return Ok(None) };
    let hang_up = HangUp::expected().map_err(StartError::HangUp)?;
    Ok(Some((Tls::read(certificate, key)?, hang_up)))
}

/// Where clients on this machine reach a server that listens on every address.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}
