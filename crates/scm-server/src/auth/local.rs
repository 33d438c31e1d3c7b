//! Callers whose users, tokens and access keys are in the store.

use std::sync::Arc;

use http::HeaderValue;
use scm_model::Condition;
use scm_store::{AccessKeyId, Actor, AuditEvent, Store, StoreError, Subject, action};
use time::{Duration, OffsetDateTime};

use super::{
    Caller,
    lockout::{Guess, Lockout},
    password::PasswordHasher,
    token,
};
use crate::{causes::chain, clock::Clock, error::ApiError, keyring::SharedKeyring, origin::Origin};

/// The largest difference between the clocks of servers on one store.
const CLOCK_LEEWAY: Duration = Duration::minutes(5);

/// Authenticates users of the store, and locks clients out that guess at secrets.
pub struct LocalAuthenticator {
    pub(super) store: Store,
    pub(super) keyring: Arc<SharedKeyring>,
    clock: Arc<dyn Clock>,
    passwords: PasswordHasher,
    password_lockout: Lockout,
    pub(super) key_lockout: Lockout,
}

impl LocalAuthenticator {
    /// An authenticator that has seen no wrong secrets yet.
    pub fn new(store: Store, keyring: Arc<SharedKeyring>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            keyring,
            clock,
            passwords: PasswordHasher::default(),
            password_lockout: Lockout::default(),
            key_lockout: Lockout::default(),
        }
    }

    /// The hasher of passwords.
    pub fn passwords(&self) -> &PasswordHasher {
        &self.passwords
    }

    /// The count of wrong passwords.
    pub fn password_lockout(&self) -> &Lockout {
        &self.password_lockout
    }

    /// The time now.
    pub(super) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// The caller with this token.
    pub(super) async fn caller(
        &self,
        sent: &HeaderValue,
        origin: &Origin,
    ) -> Result<Caller, ApiError> {
        let invalid = || ApiError::refused(Condition::TokenInvalid);
        let hash = token::hash_of(sent.as_bytes()).ok_or_else(invalid)?;
        let token = match self.store.token(&hash).await {
            Err(StoreError::Missing { .. }) => return Err(invalid()),
            found => found?,
        };
        // A token from the future was issued by a clock that was wrong and has been corrected.
        if token.expires <= self.now() || token.issued > self.now() + CLOCK_LEEWAY {
            return Err(invalid());
        }
        let Origin { address, request_id } = origin.clone();
        let actor = Actor { user: token.user, project: token.project, address, request_id };
        Ok(Caller { actor, domain: token.domain, role: Some(token.role) })
    }

    /// Records that a client is locked out after too many wrong guesses, once for each lock-out. The
    /// event has no user, since the client is not authenticated.
    ///
    /// `subject` is the id of the user or access key, if it exists: any other text may be a secret
    /// that was sent in the wrong place. If the store cannot record the event, it is logged, so that
    /// the response does not differ.
    pub async fn record_lockout(
        &self,
        origin: &Origin,
        action: &'static str,
        subject: Option<Subject>,
    ) {
        let shown = subject.as_ref().map(tracing::field::display);
        tracing::warn!(action, subject = shown, "a client is locked out for five minutes");
        let event = AuditEvent {
            subject,
            address: Some(origin.address),
            request_id: Some(origin.request_id.clone()),
            ..AuditEvent::done_here(action, self.now())
        };
        if let Err(error) = self.store.record(event).await {
            tracing::warn!(error = %chain(&error), "a lock-out is not in the audit trail");
        }
    }

    /// Counts a wrong signature with an access key.
    pub(super) async fn count_wrong_signature(&self, id: &str, origin: &Origin) {
        let guess = self.key_lockout.count(id, origin.address, self.now());
        if guess == Some(Guess::Last) {
            let subject = Some(AccessKeyId::new(id).into());
            self.record_lockout(origin, action::ACCESS_KEY_LOCK, subject).await;
        }
    }
}
