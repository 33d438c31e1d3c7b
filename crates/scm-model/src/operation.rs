//! The description of one operation, and the macro that writes the table of operations.

use http::{Method, StatusCode};

use crate::{Body, Condition, Parameters, Reply};

/// One operation of the API: method, path, parameters, body, reply, refusals and required access.
///
/// The unit types of [`crate::api`] implement it.
pub trait Operation: Sized + Send + Sync + 'static {
    /// Its public name, such as `ImportCertificate`.
    const ID: &'static str;
    /// Its documentation, line by line. The first line is the summary.
    const DOC: &'static [&'static str];
    /// Its HTTP method.
    const METHOD: Method;
    /// Its path, with parameters in braces.
    const PATH: &'static str;
    /// The access that it requires.
    const ACCESS: Access;
    /// The status of its reply.
    const STATUS: StatusCode;
    /// The shape of its error answers.
    const ERRORS: ErrorShape;
    /// The conditions specific to this operation. [`Self::refusals`] adds the general ones.
    const REFUSES: &'static [Condition];
    /// The parameters in its path.
    type Path: Parameters;
    /// The parameters in its query.
    type Query: Parameters;
    /// The parameters in its headers, without the credentials.
    type Headers: Parameters;
    /// Its request body.
    type Body: Body;
    /// Its reply.
    type Reply: Reply;

    /// Every condition under which it refuses a request.
    fn refusals() -> Vec<Condition> {
        let mut all = Vec::new();
        if Self::ACCESS != Access::Open {
            all.extend([
                Condition::TokenInvalid,
                Condition::SignatureInvalid,
                Condition::IdentityUnavailable,
            ]);
        }
        if matches!(Self::ACCESS, Access::Action(_)) {
            all.push(Condition::NotAllowed);
        }
        if Self::Body::IS_JSON {
            all.push(Condition::ContentType);
        }
        if Self::METHOD != Method::GET {
            all.push(Condition::OutcomeUnknown);
        }
        all.extend_from_slice(Self::REFUSES);
        all.extend([
            // An operation without a body refuses a body that is not an empty one.
            Condition::BodyMalformed,
            Condition::UnknownPath,
            Condition::WrongMethod,
            Condition::TooLarge,
            Condition::RequestTimeout,
            Condition::TooMany,
            Condition::StoreUnavailable,
            Condition::Internal,
        ]);
        all.sort();
        all.dedup();
        all
    }
}

/// The access that an operation requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// None: an unauthenticated client may call it.
    Open,
    /// Valid credentials.
    SignedIn,
    /// Valid credentials, and a role that contains this action.
    Action(Action),
}

/// An action that a role permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Importing a certificate.
    CertImport,
    /// Listing certificates.
    CertList,
    /// Showing a certificate.
    CertGet,
    /// Exporting a certificate with its private key.
    CertExport,
    /// Updating or replacing a certificate.
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

    /// Its published name in identity policies.
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

/// The shape of an operation's error answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorShape {
    /// [`ErrorBody`](crate::ErrorBody), the shape of SCM.
    Scm,
    /// [`IdentityErrorBody`](crate::identity::IdentityErrorBody), the shape of Keystone.
    Identity,
}

/// Visits each operation once, for example to document it.
pub trait Visitor {
    /// Visits one operation.
    fn visit<O: Operation>(&mut self);
}

/// Generates the table: unit types, their [`Operation`]s, and [`visit_all`](crate::api::visit_all).
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
