//! Passwords: argon2id, on a small pool of its own, so that log-ins never starve imports, and nobody's
//! log-ins starve another's.

mod queue;

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use argon2::{
    Argon2, Block, Params, Version,
    password_hash::{PasswordHasher as _, phc::PasswordHash as Phc},
};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use scm_model::SecretText;
use scm_store::PasswordHash;
use tokio::task::spawn_blocking;

use crate::{auth::NewSecret, error::ApiError, origin::Origin};

use queue::Queue;

/// What a password is compared with where there is no such user: it takes as long, and never fits.
static NOBODY: LazyLock<PasswordHash> =
    LazyLock::new(|| PasswordHasher::hash(&NewSecret::password().0));

/// Hashes and compares passwords.
#[derive(Default)]
pub struct PasswordHasher {
    queue: Queue,
    memory: Arc<Memory>,
}

/// The blocks that hashing works in, used again and again: freed and taken anew, 19 MiB at a time
/// fragment a heap without end.
#[derive(Default)]
struct Memory(Mutex<Vec<Vec<Block>>>);

impl PasswordHasher {
    /// A hash to keep, with a fresh salt.
    pub fn hash(password: &SecretText) -> PasswordHash {
        let hash = Argon2::default().hash_password(password.secret_str().as_bytes());
        PasswordHash::new(hash.expect("argon2 takes any password").to_string())
    }

    /// Whether a password is the one that was hashed. Without a hash (there is no such user) it
    /// takes as long, and is not.
    ///
    /// # Errors
    /// [`Condition::TooMany`](scm_model::Condition::TooMany) if too many wait already, altogether or
    /// from the same address.
    pub async fn matches(
        &self,
        origin: &Origin,
        password: SecretText,
        kept: Option<PasswordHash>,
    ) -> Result<bool, ApiError> {
        let turn = self.queue.turn(origin.address).await?;
        let memory = Arc::clone(&self.memory);
        let compared = spawn_blocking(move || {
            let _until_done = turn;
            memory.lend(|blocks| is_hash_of(kept.as_ref().unwrap_or(&NOBODY), &password, blocks))
        });
        compared.await.map_err(ApiError::internal)
    }
}

impl Memory {
    fn lend<T>(&self, work: impl FnOnce(&mut Vec<Block>) -> T) -> T {
        let idle = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut blocks = idle().pop().unwrap_or_default();
        let done = work(&mut blocks);
        idle().push(blocks);
        done
    }
}

fn is_hash_of(kept: &PasswordHash, password: &SecretText, blocks: &mut Vec<Block>) -> bool {
    let Ok(phc) = Phc::new(kept.secret_phc()) else { return false };
    let (Ok(params), Some(salt), Some(hash)) = (Params::try_from(&phc), &phc.salt, &phc.hash)
    else {
        return false;
    };
    blocks.resize(params.block_count(), Block::default());
    let argon2 = Argon2::new(argon2::Algorithm::Argon2id, Version::V0x13, params);
    let mut found = zeroize::Zeroizing::new(vec![0; hash.as_bytes().len()]);
    let password = password.secret_str().as_bytes();
    let done = argon2.hash_password_into_with_memory(password, salt, &mut found, &mut blocks[..]);
    done.is_ok() && verify_slices_are_equal(&found, hash.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_matches() {
        let hasher = PasswordHasher::default();
        let origin = Origin { address: [192, 0, 2, 1].into(), request_id: String::new() };
        let secret = |text: &str| SecretText::from(text.to_owned());
        let kept = PasswordHasher::hash(&secret("right"));
        assert!(kept.secret_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hasher.matches(&origin, secret("right"), Some(kept.clone())).await.unwrap());
        assert!(!hasher.matches(&origin, secret("wrong"), Some(kept)).await.unwrap());
        assert!(!hasher.matches(&origin, secret("right"), None).await.unwrap());
        assert_eq!(hasher.memory.0.lock().unwrap().len(), 1);
    }
}
