//! A client that signs: an access key, and a session without a token.

use std::net::SocketAddr;

use aws_lc_rs::{digest, hmac};
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::Full;
use scm_seal::Keyring;
use scm_sign::{SigningSecret, sign};
use scm_store::{AccessKeyId, NewAccessKey, ProjectId};
use time::OffsetDateTime;

use crate::{Answer, NOW, Person, Session, TestServer, request};

/// A client with an access key.
#[derive(Debug)]
pub struct Signer {
    /// How they ask.
    pub session: Session,
    /// The public half of the key.
    pub access_key: String,
    /// The secret half.
    pub secret: SigningSecret,
}

impl Signer {
    /// A client with this key.
    pub fn new(address: SocketAddr, access_key: &str, secret: &str) -> Self {
        Self {
            session: Session::new(address, None),
            access_key: access_key.to_owned(),
            secret: SigningSecret::new(secret.to_owned()).expect("the secrets of tests are some"),
        }
    }

    /// A request, signed at a moment.
    pub fn sign(&self, mut request: Request<Bytes>, at: OffsetDateTime) -> Request<Full<Bytes>> {
        sign(&self.secret, &mut request, &self.access_key, at).expect("tests sign what can be");
        request.map(Full::new)
    }

    /// What golangsdk and the SDKs put into `Authorization`, spelled out here a second time, for
    /// whatever headers are signed. All of it must be in the canonical form already: a path without
    /// its last `/`, a sorted query, sorted headers in lower case, `x-sdk-date` among them.
    ///
    /// # Panics
    /// If there is no `x-sdk-date`.
    pub fn authorize(
        &self,
        [method, path, query]: [&str; 3],
        headers: &[(&str, &str)],
        body: &str,
    ) -> String {
        let (_, date) =
            headers.iter().find(|(name, _)| *name == "x-sdk-date").expect("it is signed");
        let canonical = sha256(&canonical([method, path, query], headers, body));
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.secret_str().as_bytes());
        let signature =
            hmac::sign(&key, format!("SDK-HMAC-SHA256\n{date}\n{canonical}").as_bytes());
        let (signature, names) = (hex(signature.as_ref()), names(headers));
        let access_key = &self.access_key;
        format!("SDK-HMAC-SHA256 Access={access_key}, SignedHeaders={names}, Signature={signature}")
    }

    /// Signs a request and sends it.
    pub async fn send(&self, request: Request<Bytes>, at: OffsetDateTime) -> Answer {
        self.session.send_as_is(self.sign(request, at)).await
    }
}

/// The canonical request, spelled out as [`Signer::authorize`] signs it.
pub fn canonical([method, path, query]: [&str; 3], headers: &[(&str, &str)], body: &str) -> String {
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    format!("{method}\n{path}/\n{query}\n{lines}\n{}\n{}", names(headers), sha256(body))
}

/// The SHA-256 of a text, in lower-case hexadecimal digits.
pub fn sha256(text: &str) -> String {
    hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

fn names(headers: &[(&str, &str)]) -> String {
    headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A request that can still be signed.
pub fn unsigned(method: Method, path: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    let body = body.into();
    request(method, path, body.clone()).map(|_| body)
}

impl TestServer {
    /// Its administrator, with the access key of the first start.
    pub fn signer(&self) -> Signer {
        let credentials = self.folder().credentials();
        let access_key = credentials.access_key.expect("a first start makes a key");
        let secret = credentials.secret_key.expect("it comes with its secret");
        Signer::new(self.address(), &access_key, secret.secret_str())
    }

    /// A client of this kind, with a new access key. A client without a role has a key that the
    /// server does not know.
    pub async fn signer_of(&self, person: Person) -> Signer {
        let user = person.user();
        let access_key = format!("AK{}", user.as_str().to_uppercase());
        let secret = format!("the secret of {user}");
        if person.role().is_some() {
            let keyring = Keyring::open(&self.folder().file("keyring.json"));
            let keyring = keyring.expect("a first start makes a keyring");
            let key = NewAccessKey {
                id: AccessKeyId::new(access_key.as_str()),
                sealed_secret: keyring.seal_secret("access-key", &access_key, secret.as_bytes()),
                project: match person {
                    Person::Stranger => ProjectId::new("another"),
                    _ => self.project(),
                },
                user,
                created: NOW,
            };
            self.store().add_access_key(None, key).await.expect("it is the person's first");
        }
        Signer::new(self.address(), &access_key, &secret)
    }
}
