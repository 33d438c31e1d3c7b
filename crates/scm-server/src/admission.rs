//! Who is worked for: authenticated, allowed, with the body there, and with a permit.
//!
//! The order is the defence. A permit is taken last, when nothing of the request is awaited any more, so
//! that no client holds one by sending slowly. Bodies on their way have limits of their own. An access
//! key's id is no secret, so a signed request is its user's only once the signature is compared.

use bytes::Bytes;
use http::Method;
use scm_model::{Condition, Operation};
use tokio::time::sleep;

use crate::{
    auth::{Caller, Claim},
    authorization::authorize,
    concurrency_limit::Permit,
    context::Context,
    error::ApiError,
    evicting_limit::{Protection, SlotHandle},
    request::RoutedRequest,
};

/// A request that may be worked on, until this is dropped.
pub struct Admitted {
    /// The caller, who may do what the operation does.
    pub caller: Caller,
    /// The body; empty where the operation takes none.
    pub body: Bytes,
    _permit: Permit,
    _connection: Option<Protection>,
}

/// Admits a request to an operation that demands a caller.
///
/// # Errors
/// Those of `Authenticator::claim`, [`authorize`] and [`RoutedRequest::load`]; [`Condition::TooMany`],
/// after a while, if a limit is reached.
pub async fn admit<O: Operation>(
    ctx: &Context,
    request: &mut RoutedRequest,
) -> Result<Admitted, ApiError> {
    let address = request.origin.address;
    let (caller, body, connection) =
        match ctx.authenticator().claim(&request.parts, &request.origin).await? {
            Claim::Known(caller) => {
                authorize::<O>(ctx, &caller, request.subject()).await?;
                let connection = protect_connection(request)?;
                let body = if takes_body::<O>() {
                    let permit = ctx.limits().body(&caller.actor.user, address);
                    let Some(_permit) = permit else {
                        drop(connection);
                        return Err(hold_back(ctx, request).await);
                    };
                    request.load::<O>(ctx).await?
                } else {
                    Bytes::new()
                };
                (caller, body, connection)
            }
            Claim::Signed(signed) => {
                let permit = ctx.limits().unsettled_signature(address);
                let _permit = permit.ok_or_else(|| ApiError::refused(Condition::TooMany))?;
                // The signature covers the body, whether or not the operation takes one.
                let body = request.load::<O>(ctx).await?;
                let caller =
                    ctx.authenticator().verify::<O>(*signed, &request.parts, &body).await?;
                authorize::<O>(ctx, &caller, request.subject()).await?;
                let body = if takes_body::<O>() { body } else { Bytes::new() };
                (caller, body, protect_connection(request)?)
            }
        };
    let Some(permit) = ctx.limits().requests().acquire(&caller.actor.user, address) else {
        drop((body, connection));
        return Err(hold_back(ctx, request).await);
    };
    Ok(Admitted { caller, body, _permit: permit, _connection: connection })
}

/// Reads the body of an unauthenticated request. Under pressure, the slowest bodies of the address with
/// most of them make room for others.
///
/// # Errors
/// Those of [`RoutedRequest::load`]; [`Condition::TooMany`] if this one has to make room.
pub async fn unauthenticated_body<O: Operation>(
    ctx: &Context,
    request: &mut RoutedRequest,
) -> Result<Bytes, ApiError> {
    let slot = ctx.limits().unauthenticated_bodies().acquire(Some(request.origin.address)).await;
    let slot = slot.ok_or_else(|| ApiError::refused(Condition::TooMany))?;
    tokio::select! {
        body = request.load::<O>(ctx) => body,
        () = slot.evicted() => Err(ApiError::refused(Condition::TooMany)),
    }
}

/// Whether a body is awaited. With the other methods it means nothing (RFC 9110 9.3), and is not read.
fn takes_body<O: Operation>() -> bool {
    !matches!(O::METHOD, Method::GET | Method::HEAD | Method::DELETE)
}

/// Protects the connection of an authenticated request from being closed to make room for another.
fn protect_connection(request: &RoutedRequest) -> Result<Option<Protection>, ApiError> {
    let Some(connection) = request.parts.extensions.get::<SlotHandle>() else { return Ok(None) };
    // It is being closed: what is not begun now can be sent again.
    let protection = connection.protect().ok_or_else(|| ApiError::refused(Condition::TooMany))?;
    Ok(Some(protection))
}

/// Holds a refusal back for a moment.
async fn hold_back(ctx: &Context, request: &mut RoutedRequest) -> ApiError {
    if let Some((_held_back, time)) = ctx.limits().requests().hold_back() {
        request.drain().await;
        sleep(time).await;
    }
    ApiError::refused(Condition::TooMany)
}
