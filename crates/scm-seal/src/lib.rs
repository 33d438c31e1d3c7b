//! Envelope encryption: private keys and other secrets are sealed before they reach a store.
//!
//! A [`Keyring`] holds the master keys and lives in a file of its own, away from what it protects.
//! It turns a [`PrivateKey`](scm_pki::PrivateKey) into a [`SealedKey`], which may be stored anywhere,
//! and back; and other secrets, such as those of access keys, into a [`SealedSecret`].
//!
//! What is left out on purpose: this crate does not know stores, requests or users; it decides
//! neither who may unseal a key nor where sealed bytes go. Master keys have no accessor at all.

mod check;
mod derive;
mod envelope;
mod error;
mod id;
mod keyring;
mod random;
mod sealed;
mod secret;

pub use crate::{
    check::{KeyCheck, KeyCheckValue},
    error::{KeyringError, UnsealError},
    id::{KeyId, KeyringId, NotAnId},
    keyring::Keyring,
    sealed::SealedKey,
    secret::SealedSecret,
};
