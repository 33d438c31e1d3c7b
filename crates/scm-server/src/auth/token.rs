//! Tokens and passwords that this server generates.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand,
};
use base64_simd::URL_SAFE_NO_PAD;
use scm_model::SecretText;
use scm_store::TokenHash;
use zeroize::Zeroizing;

/// The prefix of a token, by which people and scanners for leaked secrets recognize it.
const PREFIX: &str = "scmt_";

/// 32 random bytes as base64.
const RANDOM_LEN: usize = 43;

/// A new secret of 256 random bits.
#[derive(Debug)]
pub struct NewSecret(pub SecretText);

impl NewSecret {
    /// A token.
    pub fn token() -> Self {
        Self::with_prefix(PREFIX)
    }

    /// A password.
    pub fn password() -> Self {
        Self::with_prefix("")
    }

    /// The hash that the store has of a token.
    pub fn token_hash(&self) -> TokenHash {
        hash_of(self.0.secret_str().as_bytes()).expect("a token has a token's form")
    }

    fn with_prefix(prefix: &str) -> Self {
        let mut random = Zeroizing::new([0; 32]);
        rand::fill(&mut *random).expect("the operating system has random bytes");
        let mut text = Zeroizing::new(String::with_capacity(prefix.len() + RANDOM_LEN));
        text.push_str(prefix);
        URL_SAFE_NO_PAD.encode_append(random.as_slice(), &mut *text);
        Self(text.into())
    }
}

/// The hash that stands for a token in the store; `None` if the text does not have the form of a token.
/// Such a text may be two megabytes long, and is not hashed.
pub fn hash_of(text: &[u8]) -> Option<TokenHash> {
    let is_ours = text.len() == PREFIX.len() + RANDOM_LEN && text.starts_with(PREFIX.as_bytes());
    is_ours.then(|| {
        TokenHash(digest(&SHA256, text).as_ref().try_into().expect("a SHA-256 has 32 bytes"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_one_form_within_the_published_length() {
        let (one, other) = (NewSecret::token(), NewSecret::token());
        assert_eq!(one.0.secret_str().len(), 48);
        assert!(scm_model::limits::AUTH_TOKEN.allows(48));
        assert_ne!(one.token_hash(), other.token_hash());
    }

    #[test]
    fn a_text_that_is_not_a_token_is_not_hashed() {
        let long = "a".repeat(2_097_152);
        for text in ["", "scmt_", "x".repeat(48).as_str(), long.as_str()] {
            assert!(hash_of(text.as_bytes()).is_none());
        }
    }
}
