//! Passwords: argon2id, on a small pool of its own, so that log-ins never starve imports, nor those of
//! one address those of another.

mod queue;

use std::{
    net::IpAddr,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use argon2::{
    Argon2, Block, Params, Version,
    password_hash::{PasswordHasher as _, phc::PasswordHash as Phc},
};
use aws_lc_rs::{constant_time::verify_slices_are_equal, rand};
use base64_simd::STANDARD_NO_PAD;
use scm_model::SecretText;
use scm_store::PasswordHash;
use tokio::task::spawn_blocking;

use queue::{Queue, Turn};

use crate::error::ApiError;

/// What a password is compared with where there is no such user: it takes as long, and never matches.
static UNKNOWN_USER: LazyLock<PasswordHash> = LazyLock::new(unmatched_hash);

/// Hashes and compares passwords.
#[derive(Default)]
pub struct PasswordHasher {
    queue: Arc<Queue>,
    memory: Arc<Memory>,
}

/// The blocks that hashing works in, used again and again: freed and taken anew, 19 MiB at a time
/// fragment a heap without end.
#[derive(Default)]
struct Memory(Mutex<Vec<Vec<Block>>>);

impl PasswordHasher {
    /// A hash to store, with a fresh salt.
    pub fn hash(password: &SecretText) -> PasswordHash {
        let hash = Argon2::default().hash_password(password.secret_str().as_bytes());
        PasswordHash::new(hash.expect("argon2 takes any password").to_string())
    }

    /// Waits until a password from this address may be compared.
    ///
    /// # Errors
    /// [`Condition::TooMany`](scm_model::Condition::TooMany) if too many wait already, in total or
    /// from the address.
    pub async fn turn(&self, address: IpAddr) -> Result<Turn, ApiError> {
        self.queue.turn(address).await
    }

    /// Whether a password is the one that was hashed. Without a hash (there is no such user) the answer
    /// takes as long, and is no.
    ///
    /// # Errors
    /// [`Condition::Internal`](scm_model::Condition::Internal) if the comparison panics.
    pub async fn matches(
        &self,
        turn: Turn,
        password: SecretText,
        stored: Option<PasswordHash>,
    ) -> Result<bool, ApiError> {
        let memory = Arc::clone(&self.memory);
        let compared = spawn_blocking(move || {
            let _turn = turn;
            let stored = stored.as_ref().unwrap_or(&UNKNOWN_USER);
            memory.lend(|blocks| is_hash_of(stored, &password, blocks))
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

/// A hash of no password that anyone knows. It is drawn, not computed, so that the first comparison
/// takes no longer than the others.
fn unmatched_hash() -> PasswordHash {
    let drawn = |length| {
        let mut bytes = vec![0; length];
        rand::fill(&mut bytes).expect("the operating system has random bytes");
        STANDARD_NO_PAD.encode_to_string(bytes)
    };
    let (salt, hash) = (drawn(16), drawn(32));
    let params = Params::default();
    let (memory, time, lanes) = (params.m_cost(), params.t_cost(), params.p_cost());
    PasswordHash::new(format!("$argon2id$v=19$m={memory},t={time},p={lanes}${salt}${hash}"))
}

fn is_hash_of(stored: &PasswordHash, password: &SecretText, blocks: &mut Vec<Block>) -> bool {
    let Ok(phc) = Phc::new(stored.secret_phc()) else { return false };
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

    /// What is compared for a user that there is not is real work of the usual parameters.
    #[test]
    fn the_hash_of_no_user_has_the_form_of_every_other() {
        let (real, unmatched) = (PasswordHasher::hash(&"x".to_owned().into()), unmatched_hash());
        let form = |hash: &PasswordHash| {
            let phc = Phc::new(hash.secret_phc()).unwrap();
            let lengths = (phc.salt.unwrap().as_ref().len(), phc.hash.unwrap().as_bytes().len());
            (phc.params.to_string(), lengths)
        };
        assert_eq!(form(&real), form(&unmatched));
    }

    #[tokio::test]
    async fn only_the_right_password_matches() {
        let hasher = PasswordHasher::default();
        let stored = PasswordHasher::hash(&SecretText::from("right".to_owned()));
        assert!(stored.secret_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        for (password, stored, expected) in [
            ("right", Some(stored.clone()), true),
            ("wrong", Some(stored), false),
            ("right", None, false),
        ] {
            let turn = hasher.turn([192, 0, 2, 1].into()).await.unwrap();
            let password = SecretText::from(password.to_owned());
            assert_eq!(hasher.matches(turn, password, stored).await.unwrap(), expected);
        }
        assert_eq!(hasher.memory.0.lock().unwrap().len(), 1);
    }
}
