//! Who asks, and what they may do.

mod access_key;
mod keystone;
mod lockout;
mod password;
mod signature;
mod token;

use http::{HeaderName, HeaderValue, header::AUTHORIZATION, request::Parts};
use scm_model::{Access, Action, Condition, Operation};
use scm_store::{Actor, AuditEvent, CertificateId, DomainId, Role, StoreError, Subject, action};
use time::Duration;

use crate::{causes::chain, ctx::Ctx, error::ApiError, origin::Origin};

pub use access_key::{ACCESS_KEY, AccessKeyPair};
pub use keystone::{Away, Keystone, KeystoneError};
pub use lockout::{Guess, Lockout};
pub use password::PasswordHasher;
pub use signature::Pending;
pub use token::{NewSecret, hash_of as token_hash_of};

/// The header that carries a token.
pub const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

/// How far the clocks of servers on one store may be apart.
const CLOCK_LEEWAY: Duration = Duration::minutes(5);

/// Somebody who has proved who they are.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who, where, and in which request.
    pub actor: Actor,
    /// The domain they belong to.
    pub domain: DomainId,
    /// What they are in the project, if they are anything: Keystone knows people of many services.
    pub role: Option<Role>,
}

/// What a request says of who asks.
pub enum Claim {
    /// The token says it all.
    Known(Caller),
    /// The request is signed: who asks is settled once its body is there.
    Signed(Box<Pending>),
}

/// Finds out who asks, as far as that can be known before the body.
///
/// # Errors
/// [`Condition::TokenInvalid`] unless the request carries a token that is good now, or is signed;
/// [`Condition::IdentityAway`] if a Keystone is to say that, and does not; those of
/// [`Pending::read`].
pub async fn claim(ctx: &Ctx, parts: &Parts, origin: &Origin) -> Result<Claim, ApiError> {
    let mut tokens = parts.headers.get_all(AUTH_TOKEN).iter();
    match tokens.next() {
        // A proxy might look at another one than this server.
        Some(_) if tokens.next().is_some() => Err(ApiError::refused(Condition::TokenInvalid)),
        Some(token) => known(ctx, token, origin).await.map(Claim::Known),
        None if parts.headers.contains_key(AUTHORIZATION) => {
            let pending = Pending::read(ctx, parts, origin).await?;
            Ok(Claim::Signed(Box::new(pending)))
        }
        None => Err(ApiError::refused(Condition::TokenInvalid)),
    }
}

async fn known(ctx: &Ctx, sent: &HeaderValue, origin: &Origin) -> Result<Caller, ApiError> {
    let Origin { address, request_id } = origin.clone();
    if let Some(keystone) = ctx.keystone() {
        let known = keystone.find(sent, address, ctx.now()).await?;
        let actor = Actor { user: known.user, project: known.project, address, request_id };
        return Ok(Caller { actor, domain: known.domain, role: known.role });
    }
    let refused = || ApiError::refused(Condition::TokenInvalid);
    let hash = token::hash_of(sent.as_bytes()).ok_or_else(refused)?;
    let token = match ctx.store().token(&hash).await {
        Err(StoreError::Missing { .. }) => return Err(refused()),
        found => found?,
    };
    // A token of the future was issued by a clock that has been put right since.
    if token.expires <= ctx.now() || token.issued > ctx.now() + CLOCK_LEEWAY {
        return Err(refused());
    }
    let actor = Actor { user: token.user, project: token.project, address, request_id };
    Ok(Caller { actor, domain: token.domain, role: Some(token.role) })
}

/// Makes sure that this server is the one to ask about users, projects and tokens.
///
/// # Errors
/// [`Condition::UnknownPath`], with where to ask, if Keystone is.
pub fn answers_here(ctx: &Ctx) -> Result<(), ApiError> {
    let Some(keystone) = ctx.keystone() else { return Ok(()) };
    let detail = format!("Users log in at {}.", keystone.log_in());
    Err(ApiError::refused_because(Condition::UnknownPath, detail))
}

/// Makes sure that a caller may do what an operation does, to a certificate if it is about one. A
/// refusal leaves an audit event.
///
/// # Errors
/// [`Condition::NotAllowed`], with the action that is missing.
pub async fn allow<O: Operation>(
    ctx: &Ctx,
    caller: &Caller,
    about: Option<CertificateId>,
) -> Result<(), ApiError> {
    let Access::Action(action) = O::ACCESS else { return Ok(()) };
    if caller.role.is_some_and(|role| allows(role, action)) {
        return Ok(());
    }
    record_refusal(ctx, caller, action, about, Condition::NotAllowed).await?;
    let detail = format!("{} needs the action {}.", O::ID, action.as_str());
    Err(ApiError::refused_because(Condition::NotAllowed, detail))
}

/// Records that a private key was asked for in vain, whatever the reason; other refusals of callers
/// who may act are in the log only.
///
/// # Errors
/// If the store cannot keep the event.
pub async fn note_refusal<O: Operation>(
    ctx: &Ctx,
    caller: &Caller,
    about: Option<CertificateId>,
    condition: Condition,
) -> Result<(), ApiError> {
    match O::ACCESS {
        Access::Action(action @ Action::CertExport) => {
            record_refusal(ctx, caller, action, about, condition).await
        }
        _ => Ok(()),
    }
}

/// Records that somebody guesses, and is not heard any more for a while: once for each lock, not for each
/// guess. `subject` is the id of the user or access key, if there is one: what else was sent as a name may be
/// a secret in the wrong place. If the store cannot keep the event, the log has it: whoever guesses is to
/// hear no difference.
pub async fn note_lock(ctx: &Ctx, origin: &Origin, action: &'static str, subject: Option<Subject>) {
    tracing::warn!(
        action,
        subject = subject.as_ref().map(tracing::field::display),
        "too many wrong guesses: not heard for five minutes"
    );
    let event = AuditEvent {
        subject,
        address: Some(origin.address),
        request_id: Some(origin.request_id.clone()),
        ..AuditEvent::done_here(action, ctx.now())
    };
    if let Err(error) = ctx.store().record(event).await {
        tracing::warn!(error = %chain(&error), "the lock-out is not in the audit trail");
    }
}

async fn record_refusal(
    ctx: &Ctx,
    caller: &Caller,
    action: Action,
    about: Option<CertificateId>,
    condition: Condition,
) -> Result<(), ApiError> {
    let event = AuditEvent::done(&caller.actor, recorded_as(action), ctx.now());
    let event = event.refused(condition.code());
    Ok(ctx.store().record(AuditEvent { subject: about.map(Subject::from), ..event }).await?)
}

/// What an action is called in the audit trail, done or refused.
fn recorded_as(action: Action) -> &'static str {
    match action {
        Action::CertImport => action::CERTIFICATE_IMPORT,
        Action::CertList => "certificate.list",
        Action::CertGet => "certificate.show",
        Action::CertExport => action::CERTIFICATE_EXPORT,
        Action::CertUpdate => action::CERTIFICATE_UPDATE,
        Action::CertDelete => action::CERTIFICATE_DELETE,
    }
}

/// What each role is: a set of actions.
fn allows(role: Role, action: Action) -> bool {
    match role {
        Role::Administrator | Role::FullAccess => true,
        Role::ReadOnly => match action {
            Action::CertList | Action::CertGet => true,
            Action::CertImport | Action::CertExport | Action::CertUpdate | Action::CertDelete => {
                false
            }
        },
    }
}

/// What each role is called in public.
pub fn name_of(role: Role) -> &'static str {
    match role {
        Role::Administrator => "SCM Administrator",
        Role::FullAccess => "SCM FullAccess",
        Role::ReadOnly => "SCM ReadOnlyAccess",
    }
}
