//! A store, whatever its backend.

mod administration;
mod audit;
mod identities;
mod ids;

use std::{ops::Deref, sync::Arc};

use scm_seal::KeyringId;

pub use self::ids::Ids;
use crate::{
    Location, certificates::Certificates, error::StoreError, master_keys::MasterKeys,
    postgres::Postgres, resealing::Resealing, sqlite::Sqlite, upkeep::Upkeep,
};

/// A handle on an open store. Cheap to clone; all clones are of one store.
///
/// Identities and the audit trail are methods of its own, written once for all backends. It derefs
/// to its [`Backend`] for what each backend does in its own way.
#[derive(Clone)]
pub struct Store(Engine);

/// What each backend does in its own way, since its speed lies there: certificates, upkeep,
/// resealing and the record of master keys.
pub trait Backend: Certificates + Upkeep + Resealing + MasterKeys {}

impl<T: Certificates + Upkeep + Resealing + MasterKeys> Backend for T {}

/// The backends that there are.
#[derive(Clone)]
enum Engine {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgres>),
}

impl Store {
    pub(crate) async fn open(location: Location, keyring: KeyringId) -> Result<Self, StoreError> {
        Ok(Self(match location {
            Location::Sqlite(file) => Engine::Sqlite(Arc::new(Sqlite::open(file, keyring).await?)),
            Location::Postgres(url) => {
                Engine::Postgres(Arc::new(Postgres::open(url, keyring).await?))
            }
        }))
    }

    /// The number of the next audit event, where the backend numbers events itself.
    fn event_number(&self) -> Option<i64> {
        match &self.0 {
            Engine::Sqlite(_) => None,
            Engine::Postgres(postgres) => Some(postgres.event_number()),
        }
    }
}

impl Deref for Store {
    type Target = dyn Backend;

    fn deref(&self) -> &Self::Target {
        match &self.0 {
            Engine::Sqlite(sqlite) => &**sqlite,
            Engine::Postgres(postgres) => &**postgres,
        }
    }
}

/// Runs statements on the backend: in SQLite by the method `$sqlite` of the store, in PostgreSQL at
/// the isolation `$isolation`. They are given a session and a reference to `$given`, and may be run
/// more than once.
macro_rules! run {
    (
        $store:expr, $sqlite:ident / $isolation:ident, $given:expr,
        |$on:ident, $pattern:pat_param| $body:expr
    ) => {{
        let given = $given;
        match &$store.0 {
            $crate::store::Engine::Sqlite(sqlite) => {
                let statements = move |$on: &_| {
                    let $pattern = &given;
                    $crate::sqlite::ready(async { $body })
                };
                sqlite.$sqlite(statements).await
            }
            $crate::store::Engine::Postgres(postgres) => {
                let isolation = $crate::postgres::Isolation::$isolation;
                let transaction = postgres
                    .transact(isolation, given, |$on, $pattern| Box::pin(async move { $body }));
                transaction.await
            }
        }
    }};
}

use run;
