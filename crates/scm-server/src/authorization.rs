//! Authorization: which role may do what, and the audit events of refusals.

use scm_model::{Access, Action, Condition, Operation};
use scm_store::{AuditEvent, Role, Subject, action};

use crate::{auth::Caller, context::Context, error::ApiError};

/// Checks that the caller's role allows an operation. A refusal leaves an audit event about `subject`.
///
/// # Errors
/// [`Condition::NotAllowed`], with the action that the role lacks.
pub async fn authorize<O: Operation>(
    ctx: &Context,
    caller: &Caller,
    subject: Option<Subject>,
) -> Result<(), ApiError> {
    let Access::Action(action) = O::ACCESS else { return Ok(()) };
    if caller.role.is_some_and(|role| allows(role, action)) {
        return Ok(());
    }
    record_refusal(ctx, caller, action, subject, Condition::NotAllowed).await?;
    let detail = format!("{} needs the action {}.", O::ID, action.as_str());
    Err(ApiError::refused_because(Condition::NotAllowed, detail))
}

/// Records that a request for a private key failed, whatever the reason. Other failures of callers
/// with the necessary role are in the log only.
///
/// # Errors
/// If the store cannot record the event.
pub async fn record_failure<O: Operation>(
    ctx: &Context,
    caller: &Caller,
    subject: Option<Subject>,
    condition: Condition,
) -> Result<(), ApiError> {
    match O::ACCESS {
        Access::Action(action @ Action::CertExport) => {
            record_refusal(ctx, caller, action, subject, condition).await
        }
        _ => Ok(()),
    }
}

/// The public name of a role.
pub fn name_of(role: Role) -> &'static str {
    match role {
        Role::Administrator => "SCM Administrator",
        Role::FullAccess => "SCM FullAccess",
        Role::ReadOnly => "SCM ReadOnlyAccess",
    }
}

async fn record_refusal(
    ctx: &Context,
    caller: &Caller,
    action: Action,
    subject: Option<Subject>,
    condition: Condition,
) -> Result<(), ApiError> {
    let event = AuditEvent::done(&caller.actor, recorded_as(action), ctx.now());
    let event = AuditEvent { subject, ..event.refused(condition.code()) };
    Ok(ctx.store().record(event).await?)
}

/// The name of an action in the audit trail.
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

/// Whether a role includes an action.
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
