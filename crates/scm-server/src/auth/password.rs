//! Passwords: argon2id, on a small pool of its own, so that log-ins never starve imports.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash as Phc},
};
use scm_model::{Condition, SecretText};
use scm_store::PasswordHash;
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::error::ApiError;

/// How many passwords are worked on at once: each takes a processor and 19 MiB.
const AT_ONCE: usize = 2;

/// How many log-ins may wait for their turn; further ones are told to come back.
const WAITING: usize = 32;

/// Hashes and compares passwords.
#[derive(Debug)]
pub struct PasswordHasher {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Default for PasswordHasher {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
        }
    }
}

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
    /// [`Condition::TooMany`] if too many wait already.
    pub async fn matches(
        &self,
        password: SecretText,
        kept: Option<PasswordHash>,
    ) -> Result<bool, ApiError> {
        let too_many = |_| ApiError::refused(Condition::TooMany);
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(too_many)?;
        let turns = Arc::clone(&self.turns);
        let turn = turns.acquire_owned().await.expect("the pool is never closed");
        let compared = spawn_blocking(move || {
            let _until_done = (place, turn);
            match kept {
                Some(kept) => is_hash_of(&kept, &password),
                None => {
                    Self::hash(&password);
                    false
                }
            }
        });
        compared.await.map_err(ApiError::internal)
    }
}

fn is_hash_of(kept: &PasswordHash, password: &SecretText) -> bool {
    Phc::new(kept.secret_phc()).is_ok_and(|phc| {
        Argon2::default().verify_password(password.secret_str().as_bytes(), &phc).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_matches() {
        let hasher = PasswordHasher::default();
        let secret = |text: &str| SecretText::from(text.to_owned());
        let kept = PasswordHasher::hash(&secret("right"));
        assert!(kept.secret_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hasher.matches(secret("right"), Some(kept.clone())).await.unwrap());
        assert!(!hasher.matches(secret("wrong"), Some(kept)).await.unwrap());
        assert!(!hasher.matches(secret("right"), None).await.unwrap());
    }
}
