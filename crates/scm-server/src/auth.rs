//! Who asks, and what they may do.

mod keystone;
mod password;
mod token;

use http::{HeaderName, request::Parts};
use scm_model::{Access, Action, Condition, Operation};
use scm_store::{Actor, AuditEvent, Role, StoreError};

use crate::{ctx::Ctx, error::ApiError, origin::Origin};

pub use keystone::{Away, Keystone, KeystoneError};
pub use password::PasswordHasher;
pub use token::NewSecret;

/// The header that carries a token.
pub const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

/// Somebody who has proved who they are.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who, where, and in which request.
    pub actor: Actor,
    /// What they are in the project, if they are anything: Keystone knows people of many services.
    pub role: Option<Role>,
}

/// Finds out who asks.
///
/// # Errors
/// [`Condition::TokenInvalid`] unless the request carries a token that is good now,
/// [`Condition::IdentityAway`] if a Keystone is to say that, and does not.
pub async fn claim(ctx: &Ctx, parts: &Parts, origin: &Origin) -> Result<Caller, ApiError> {
    let refused = || ApiError::refused(Condition::TokenInvalid);
    let sent = parts.headers.get(AUTH_TOKEN).ok_or_else(refused)?;
    if let Some(keystone) = ctx.keystone() {
        let known = keystone.find(sent, ctx.now()).await?;
        let Origin { address, request_id } = origin.clone();
        let actor = Actor { user: known.user, project: known.project, address, request_id };
        return Ok(Caller { actor, role: known.role });
    }
    let hash = token::hash_of(sent.as_bytes()).ok_or_else(refused)?;
    let token = match ctx.store().token(&hash).await {
        Err(StoreError::Missing) => return Err(refused()),
        found => found?,
    };
    if token.expires <= ctx.now() {
        return Err(refused());
    }
    let Origin { address, request_id } = origin.clone();
    let actor = Actor { user: token.user, project: token.project, address, request_id };
    Ok(Caller { actor, role: Some(token.role) })
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

/// Makes sure that a caller may do what an operation does. A refusal leaves an audit event.
///
/// # Errors
/// [`Condition::NotAllowed`], with the action that is missing.
pub async fn allow<O: Operation>(ctx: &Ctx, caller: &Caller) -> Result<(), ApiError> {
    let Access::Action(action) = O::ACCESS else { return Ok(()) };
    if caller.role.is_some_and(|role| allows(role, action)) {
        return Ok(());
    }
    let event = AuditEvent::done(&caller.actor, action.as_str(), ctx.now());
    ctx.store().record(event.refused(Condition::NotAllowed.code())).await?;
    let detail = format!("{} needs the action {}.", O::ID, action.as_str());
    Err(ApiError::refused_because(Condition::NotAllowed, detail))
}

/// What each role is: a set of actions.
fn allows(role: Role, action: Action) -> bool {
    match role {
        Role::Administrator | Role::FullAccess => true,
        Role::ReadOnly => match action {
            Action::CertGet => true,
            Action::CertImport => false,
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
