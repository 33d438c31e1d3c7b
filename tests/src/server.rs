//! A server in the test's own process.

use std::{net::SocketAddr, sync::Arc};

use clap::Parser;
use scm_model::Revision;
use scm_server::{Arguments, Server, Task};
use scm_store::{ProjectId, Store};
use scm_store_testing::test_postgres::TestPostgres;
use tokio::{sync::oneshot, task::JoinHandle};

use crate::{Folder, Person, Session, StillClock};

/// A running server with its data folder and its clock. It ends with the test.
#[derive(Debug)]
pub struct TestServer {
    settings: TestServerBuilder,
    address: SocketAddr,
    store: Handle,
    tokens: Vec<(Person, Option<String>)>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

struct Handle(Store);

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handle")
    }
}

/// How a server is to be started. With `SCM_TEST_STORE=postgres` in the environment it is started on a
/// PostgreSQL, unless a flag names another store.
#[derive(Debug, Default)]
pub struct TestServerBuilder {
    flags: Vec<String>,
    folder: Folder,
    clock: Arc<StillClock>,
}

impl TestServerBuilder {
    /// A published revision of the API.
    #[must_use]
    pub fn revision(self, revision: Revision) -> Self {
        self.flag("--api-revision", &revision.to_string())
    }

    /// Takes expired certificates.
    #[must_use]
    pub fn accept_expired(self) -> Self {
        self.flag("--accept-expired", "true")
    }

    /// Refuses a leaf without its chain.
    #[must_use]
    pub fn require_chain(self) -> Self {
        self.flag("--require-chain", "true")
    }

    /// Any other flag.
    #[must_use]
    pub fn flag(mut self, flag: &str, value: &str) -> Self {
        self.flags.push(format!("{flag}={value}"));
        self
    }

    /// Starts it, with one of every kind of person.
    pub async fn start(self) -> TestServer {
        self.launch(None).await
    }

    /// Starts it without users: they are in Keystone.
    pub async fn start_alone(self) -> TestServer {
        self.launch(Some(Vec::new())).await
    }

    /// The data folder, of a server that was stopped.
    pub fn into_folder(self) -> Folder {
        self.folder
    }

    async fn launch(mut self, known: Option<Vec<(Person, Option<String>)>>) -> TestServer {
        if std::env::var("SCM_TEST_STORE").is_ok_and(|store| store == "postgres")
            && !self.flags.iter().any(|flag| flag.starts_with("--store="))
        {
            let url = TestPostgres::shared().new_database().await;
            self.flags.push(format!("--store={url}"));
        }
        let folder = self.folder.path().to_str().expect("folders of tests have plain names");
        let fixed = ["scm-server", "serve", "--listen=127.0.0.1:0", "--data-dir", folder];
        let arguments = fixed.into_iter().chain(self.flags.iter().map(String::as_str));
        let task = Arguments::try_parse_from(arguments).expect("the flags are some").task();
        let Ok(Task::Serve(config)) = task else { panic!("the flags fit one another: {task:?}") };
        let server = Server::start(*config, self.clock.clone()).await.expect("it can start");
        let (address, store) = (server.address(), server.store());
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.serve(async {
            // The server is dropped with the test.
            let _either_way = stopped.await;
        }));
        let tokens = match known {
            Some(tokens) => tokens,
            None => settle(&store, &self.folder).await,
        };
        TestServer { settings: self, address, store: Handle(store), tokens, stop, running }
    }
}

async fn settle(store: &Store, folder: &Folder) -> Vec<(Person, Option<String>)> {
    let mut tokens = Vec::new();
    for person in Person::ALL {
        tokens.push((person, person.settle(store, folder).await));
    }
    tokens
}

impl TestServer {
    /// One with the default settings.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// One with other settings.
    pub fn builder() -> TestServerBuilder {
        TestServerBuilder::default()
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its clock.
    pub fn clock(&self) -> &StillClock {
        &self.settings.clock
    }

    /// Its data folder.
    pub fn folder(&self) -> &Folder {
        &self.settings.folder
    }

    /// What it keeps, to look into.
    pub fn store(&self) -> &Store {
        &self.store.0
    }

    /// The project of everybody but the stranger.
    pub fn project(&self) -> ProjectId {
        ProjectId::new(self.folder().credentials().project_id)
    }

    /// A kind of person who asks it.
    pub fn by(&self, person: Person) -> Session {
        let token = self.tokens.iter().find(|(who, _)| *who == person);
        Session::new(self.address, token.and_then(|(_, token)| token.as_deref()))
    }

    /// Lets it finish what is under way; gives the folder and the settings, to start again.
    pub async fn stop(self) -> TestServerBuilder {
        let Self { settings, store, stop, running, .. } = self;
        drop((store, stop));
        running.await.expect("a server stops without a panic");
        settings
    }

    /// Stops it and starts another on the same folder; people keep their tokens.
    pub async fn restart(mut self) -> Self {
        let tokens = std::mem::take(&mut self.tokens);
        self.stop().await.launch(Some(tokens)).await
    }
}
