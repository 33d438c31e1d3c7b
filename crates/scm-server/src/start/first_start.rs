//! The set-up of an empty store, and the credentials that it is given.
//!
//! The password and the token are written once, to `credentials.json`. The file is complete before the
//! store is set up, and in its place after: wherever a first start is cut short, the next one finds
//! a password that works.

use std::{fs, io, path::Path};

use scm_model::Credentials;
use scm_seal::Keyring;
use scm_store::{
    DomainId, DomainRecord, FirstStart, Location, NewAccessKey, NewToken, NewUser, ProjectId,
    ProjectRecord, Role, Store, StoreError, UserId,
};
use time::{Duration, OffsetDateTime};

use super::StartError;
use crate::{
    auth::{AccessKeyPair, NewSecret, PasswordHasher},
    data_dir::{DataDir, DataDirError, at, publish, replace, write_private},
    random_id::random_id,
};

/// Sets up a store, unless that has been done.
///
/// # Errors
/// [`StartError::StoreMissing`] if there are credentials already; if the store or the folder cannot be
/// written.
pub async fn set_up(
    folder: &DataDir,
    location: &Location,
    store: &Store,
    keyring: &Keyring,
    now: OffsetDateTime,
    token_lifetime: Duration,
) -> Result<(), StartError> {
    let unfinished = folder.unfinished_credentials();
    if !store.is_set_up().await? {
        if folder.credentials().exists() {
            return Err(StartError::store_missing(folder, location));
        }
        let secrets = Secrets::random();
        let first = first(&secrets, keyring, now, token_lifetime);
        write_private(&unfinished, &json(&credentials(&first, secrets)))?;
        match store.set_up(first).await {
            // Another server on the same store was faster.
            Ok(()) | Err(StoreError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    // Where the file is there already, what is unfinished is a note of an address at most.
    if unfinished.exists() && !folder.credentials().exists() {
        if is_of(store, &unfinished).await? {
            // Credentials must not outlive the store they are for, should its log be lost.
            if let Location::Sqlite(file) = location {
                scm_store::checkpoint(file.clone()).await?;
            }
            publish(&unfinished, &folder.credentials())?;
        } else {
            fs::remove_file(&unfinished).map_err(at(&unfinished))?;
        }
    }
    Ok(())
}

/// Whether credentials are those of a first start that set up the store. Those of an interrupted one, or of
/// one that another server preceded, are not valid.
async fn is_of(store: &Store, file: &Path) -> Result<bool, StartError> {
    let Ok(credentials) = read(file) else { return Ok(false) };
    match store.domain_by_id(&DomainId::new(credentials.domain_id)).await {
        Ok(_) => Ok(true),
        Err(StoreError::Missing { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn read(file: &Path) -> Result<Credentials, StartError> {
    let text = zeroize::Zeroizing::new(fs::read(file).map_err(at(file))?);
    serde_json::from_slice(&text).map_err(|_| StartError::Credentials(file.to_owned()))
}

/// Writes the server's address to `credentials.json`, unless it is there or the file was removed. On a full
/// disk the file keeps the address of before: the server starts, since it can still answer reads.
///
/// # Errors
/// If the file exists but cannot be read, or cannot be written for another reason than a full disk.
pub fn note_address(folder: &DataDir, base_url: &str) -> Result<(), StartError> {
    let path = folder.credentials();
    if !path.exists() {
        return Ok(());
    }
    let mut credentials = read(&path)?;
    if credentials.base_url == base_url {
        return Ok(());
    }
    base_url.clone_into(&mut credentials.base_url);
    let unfinished = folder.unfinished_credentials();
    match write_private(&unfinished, &json(&credentials)) {
        Err(DataDirError::Io { source, .. }) if has_no_room(&source) => {
            // It would be taken for the credentials of an unfinished first start.
            let _ = fs::remove_file(&unfinished);
            tracing::warn!(
                path = %path.display(),
                base_url,
                "the disk is full: the address of the server could not be written to the file"
            );
            Ok(())
        }
        written => Ok(written.and_then(|()| replace(&unfinished, &path))?),
    }
}

fn has_no_room(error: &io::Error) -> bool {
    use io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(error.kind(), QuotaExceeded | ReadOnlyFilesystem | StorageFull)
}

/// The secrets that are shown once, and stored as hashes or sealed.
struct Secrets {
    password: NewSecret,
    token: NewSecret,
    access_key: AccessKeyPair,
}

impl Secrets {
    fn random() -> Self {
        Self {
            password: NewSecret::password(),
            token: NewSecret::token(),
            access_key: AccessKeyPair::random(),
        }
    }
}

fn first(
    secrets: &Secrets,
    keyring: &Keyring,
    now: OffsetDateTime,
    token_lifetime: Duration,
) -> FirstStart {
    let domain = DomainRecord { id: DomainId::new(random_id()), name: "default".to_owned() };
    let project = ProjectRecord {
        id: ProjectId::new(random_id()),
        domain: domain.id.clone(),
        name: "default".to_owned(),
    };
    let user = NewUser {
        id: UserId::new(random_id()),
        name: "admin".to_owned(),
        password: PasswordHasher::hash(&secrets.password.0),
    };
    let token = NewToken {
        hash: secrets.token.token_hash(),
        user: user.id.clone(),
        project: project.id.clone(),
        issued: now,
        expires: now + token_lifetime,
    };
    let access_key = NewAccessKey {
        id: secrets.access_key.id.clone(),
        user: user.id.clone(),
        project: project.id.clone(),
        sealed_secret: secrets.access_key.seal(keyring),
        created: now,
    };
    let access_key = Some(access_key);
    FirstStart { domain, project, user, role: Role::Administrator, token, access_key }
}

fn credentials(first: &FirstStart, secrets: Secrets) -> Credentials {
    Credentials {
        base_url: String::new(),
        domain_id: first.domain.id.to_string(),
        domain_name: first.domain.name.clone(),
        project_id: first.project.id.to_string(),
        project_name: first.project.name.clone(),
        user: first.user.name.clone(),
        password: secrets.password.0,
        token: secrets.token.0,
        access_key: Some(secrets.access_key.id.to_string()),
        secret_key: Some(secrets.access_key.secret),
    }
}

fn json(credentials: &Credentials) -> zeroize::Zeroizing<Vec<u8>> {
    let json = serde_json::to_vec_pretty(credentials).expect("credentials are plain JSON");
    zeroize::Zeroizing::new(json)
}
