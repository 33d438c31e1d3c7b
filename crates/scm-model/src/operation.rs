//! What is publicly known of one operation, and the macro that writes the table of them.

use http::{Method, StatusCode};

use crate::{Body, Condition, Parameters, Reply};

/// One operation of the API: where it lives, what it takes, what it gives, who may call it.
///
/// Implemented by the unit types of [`crate::api`] only.
pub trait Operation: Sized + Send + Sync + 'static {
    /// Its public name, such as `ImportCertificate`.
    const ID: &'static str;
    /// Its documentation, a line each; the first is the summary.
    const DOC: &'static [&'static str];
    /// Its HTTP method.
    const METHOD: Method;
    /// Its path, with parameters in braces.
    const PATH: &'static str;
    /// What it demands of the caller.
    const ACCESS: Access;
    /// The status of its success.
    const STATUS: StatusCode;
    /// How its refusals look.
    const ERRORS: ErrorShape;
    /// The refusals of its own, beside those that [`Self::refusals`] adds for every row like it.
    const REFUSES: &'static [Condition];
    /// The parameters in its path.
    type Path: Parameters;
    /// The parameters in its query.
    type Query: Parameters;
    /// The parameters in its headers, beside the proof of who asks.
    type Headers: Parameters;
    /// What it takes.
    type Body: Body;
    /// What it gives.
    type Reply: Reply;

    /// Every way in which it can refuse.
    fn refusals() -> Vec<Condition> {
        let mut all = Vec::new();
        if Self::ACCESS != Access::Open {
            all.extend([
                Condition::TokenInvalid,
                Condition::SignatureInvalid,
                Condition::IdentityAway,
            ]);
        }
        if matches!(Self::ACCESS, Access::Action(_)) {
            all.push(Condition::NotAllowed);
        }
        if Self::Body::IS_JSON {
            all.push(Condition::ContentType);
        }
        if Self::METHOD != Method::GET {
            all.push(Condition::Unsettled);
        }
        all.extend_from_slice(Self::REFUSES);
        all.extend([
            // Where no body is asked for, one that says something is refused.
            Condition::BodyMalformed,
            Condition::UnknownPath,
            Condition::WrongMethod,
            Condition::TooLarge,
            Condition::TooSlow,
            Condition::TooMany,
            Condition::StoreAway,
            Condition::Internal,
        ]);
        all.sort();
        all.dedup();
        all
    }
}

/// What a row of the table demands of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing: anybody may call it.
    Open,
    /// A valid proof of who the caller is.
    SignedIn,
    /// That, and a role that contains this action.
    Action(Action),
}

/// Something that a role may allow, under its published name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Importing a certificate.
    CertImport,
    /// Seeing the list of certificates.
    CertList,
    /// Seeing one certificate.
    CertGet,
    /// Getting a certificate back with its private key.
    CertExport,
    /// Changing a certificate, or replacing it.
    CertUpdate,
    /// Deleting a certificate.
    CertDelete,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 6] = [
        Self::CertImport,
        Self::CertList,
        Self::CertGet,
        Self::CertExport,
        Self::CertUpdate,
        Self::CertDelete,
    ];

    /// Its name in identity policies.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CertImport => "scm:cert:import",
            Self::CertList => "scm:cert:list",
            Self::CertGet => "scm:cert:get",
            Self::CertExport => "scm:cert:export",
            Self::CertUpdate => "scm:cert:update",
            Self::CertDelete => "scm:cert:delete",
        }
    }
}

/// How an operation's refusals look on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorShape {
    /// [`ErrorBody`](crate::ErrorBody), as SCM has it.
    Scm,
    /// [`IdentityErrorBody`](crate::identity::IdentityErrorBody), as Keystone has it.
    Identity,
}

/// Something done once per operation, such as documenting it.
pub trait Visitor {
    /// Does it for one operation.
    fn visit<O: Operation>(&mut self);
}

/// Writes the table: unit types, their [`Operation`]s, and [`visit_all`](crate::api::visit_all).
///
/// A row declares any of `path`, `query`, `headers` and `body`, in this order.
macro_rules! operations {
    ($(
        $(#[doc = $doc:literal])+
        $op:ident: $method:ident $path:literal, $access:expr, $errors:ident,
        ($($slot:ident: $type:ty),*) -> $status:ident $reply:ty
        $(, refuses [$($refusal:ident),* $(,)?])?;
    )+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy)]
            pub struct $op;

            impl Operation for $op {
                const ID: &'static str = stringify!($op);
                const DOC: &'static [&'static str] = &[$($doc),+];
                const METHOD: http::Method = http::Method::$method;
                const PATH: &'static str = $path;
                const ACCESS: Access = $access;
                const STATUS: http::StatusCode = http::StatusCode::$status;
                const ERRORS: ErrorShape = ErrorShape::$errors;
                const REFUSES: &'static [Condition] = &[$($(Condition::$refusal),*)?];
                operations!(@slots $($slot: $type,)*);
                type Reply = $reply;
            }
        )+

        /// Visits every operation, in the order of the table.
        pub fn visit_all(visitor: &mut impl Visitor) {
            $( visitor.visit::<$op>(); )+
        }
    };
    (@slots
        $(path: $path:ty,)? $(query: $query:ty,)? $(headers: $headers:ty,)? $(body: $body:ty,)?
    ) => {
        type Path = operations!(@or_empty $($path)?);
        type Query = operations!(@or_empty $($query)?);
        type Headers = operations!(@or_empty $($headers)?);
        type Body = operations!(@or_empty $($body)?);
    };
    (@or_empty) => { Empty };
    (@or_empty $type:ty) => { $type };
}
pub(crate) use operations;

#[cfg(test)]
mod tests;
