//! Access keys that this server generates: an id and a secret that signs requests.

use aws_lc_rs::rand;
use scm_model::SecretText;
use scm_seal::{Keyring, SealedSecret};
use scm_store::AccessKeyId;
use zeroize::Zeroizing;

/// The purpose of a sealed secret of an access key: see [`Keyring::seal_secret`].
pub const ACCESS_KEY: &str = "access-key";

/// Lengths of the cloud's access keys.
const ID_LEN: usize = 20;
const SECRET_LEN: usize = 40;

/// 32 characters, so that each takes 5 random bits and none is more likely than another.
const ID_ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// 64 characters that need no escaping anywhere: 240 random bits in a secret.
const SECRET_ALPHABET: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A new access key. The secret is shown once and stored sealed.
#[derive(Debug)]
pub struct AccessKeyPair {
    /// The public id, which clients call AK.
    pub id: AccessKeyId,
    /// The secret, which clients call SK.
    pub secret: SecretText,
}

impl AccessKeyPair {
    /// A random access key.
    pub fn random() -> Self {
        let id = AccessKeyId::new(drawn(ID_LEN, ID_ALPHABET).as_str());
        Self { id, secret: drawn(SECRET_LEN, SECRET_ALPHABET).into() }
    }

    /// The sealed secret, for the store.
    pub fn seal(&self, keyring: &Keyring) -> SealedSecret {
        keyring.seal_secret(ACCESS_KEY, self.id.as_str(), self.secret.secret_str().as_bytes())
    }
}

/// `length` characters of an alphabet whose size is a power of two.
fn drawn<const SIZE: usize>(length: usize, alphabet: &[u8; SIZE]) -> Zeroizing<String> {
    const { assert!(SIZE.is_power_of_two(), "else some characters are more likely than others") };
    let mut random = Zeroizing::new(vec![0; length]);
    rand::fill(&mut random).expect("the operating system has random bytes");
    let characters = random.iter().map(|&byte| char::from(alphabet[usize::from(byte) % SIZE]));
    Zeroizing::new(characters.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_keys_have_the_lengths_of_the_cloud_and_differ() {
        let (one, other) = (AccessKeyPair::random(), AccessKeyPair::random());
        assert_eq!((one.id.as_str().len(), one.secret.secret_str().len()), (20, 40));
        assert_ne!(one.id, other.id);
        assert_ne!(one.secret.secret_str(), other.secret.secret_str());
        assert!(!format!("{one:?}").contains(one.secret.secret_str()));
    }
}
