//! ★ The table: every operation of the API, one row each.
//!
//! A row describes an operation: its name, method and path, the access that it requires, the shape of
//! its error answers, its parameters, body and reply, and the conditions specific to it. Router,
//! OpenAPI document, client, authorization and the access tests all read the table.

use crate::{
    Access::{self, Action as Allowed, Open, SignedIn},
    Action, Condition, Empty, ErrorShape, Operation, Visitor,
    certificates::{
        CertificateDetail, CertificateFilter, CertificateImport, CertificatePage, CertificatePath,
        CertificateReplacement, CertificateUpdate, ExportedCertificate, ImportHeaders,
        ImportedCertificate, Warned,
    },
    identity::{
        DomainList, IssuedToken, ProjectFilter, ProjectList, SubjectToken, TokenBody, TokenQuery,
        TokenRequest,
    },
    operation::operations,
};

operations! {
    /// Imports a certificate with its chain and private key.
    ///
    /// Verifies that the three belong together, encrypts the key, stores them and returns an id. An
    /// error lists all findings, not only the first. An import that is sent again with its
    /// `Idempotency-Key` is stored once.
    ImportCertificate: POST "/v3/scm/certificates/import", Allowed(Action::CertImport), Scm,
        (headers: ImportHeaders, body: CertificateImport) -> OK Warned<ImportedCertificate>, refuses [
            NameInvalid, CertificateMissing, CertificateMarks, CertificateUnreadable,
            ChainUnreadable, ChainBroken, ChainRequired, KeyMissing, KeyMarks, KeyUnreadable,
            KeyMismatch, NoDomain, DomainMalformed, Expired, Weak, AlreadyStored,
            IdempotencyKeyReused,
        ];

    /// Lists certificates.
    ///
    /// The most recently changed certificates come first by default. Use `marker` for long lists: the
    /// cost of a page then does not grow.
    ListCertificates: GET "/v3/scm/certificates", Allowed(Action::CertList), Scm,
        (query: CertificateFilter) -> OK CertificatePage;

    /// Shows one certificate.
    ///
    /// Returns everything that is stored of it but its private key.
    ShowCertificate: GET "/v3/scm/certificates/{certificate_id}", Allowed(Action::CertGet), Scm,
        (path: CertificatePath) -> OK CertificateDetail, refuses [UnknownCertificate];

    /// Exports one certificate with its chain and private key.
    ///
    /// The body may be absent, `{}` or `null`. Every export, including refused ones, is recorded in the
    /// audit trail.
    ExportCertificate: POST "/v3/scm/certificates/{certificate_id}/export",
        Allowed(Action::CertExport), Scm,
        (path: CertificatePath) -> OK ExportedCertificate, refuses [UnknownCertificate];

    /// Deletes one certificate and its private key.
    ///
    /// Neither can be recovered. The id is not reused.
    DeleteCertificate: DELETE "/v3/scm/certificates/{certificate_id}",
        Allowed(Action::CertDelete), Scm,
        (path: CertificatePath) -> NO_CONTENT Empty, refuses [UnknownCertificate];

    /// Replaces one certificate by a renewed one, with its chain and private key.
    ///
    /// Extension (not part of the published API). Id, name, description and enterprise project do not
    /// change. The checks are those of an import; if one fails, the old certificate stays.
    ReplaceCertificate: PUT "/v3/scm/certificates/{certificate_id}",
        Allowed(Action::CertUpdate), Scm,
        (path: CertificatePath, body: CertificateReplacement) -> OK Warned<CertificateDetail>, refuses [
            CertificateMissing, CertificateMarks, CertificateUnreadable, ChainUnreadable,
            ChainBroken, ChainRequired, KeyMissing, KeyMarks, KeyUnreadable, KeyMismatch, NoDomain,
            DomainMalformed, Expired, Weak, UnknownCertificate,
        ];

    /// Changes the name or the description of one certificate.
    ///
    /// Extension (not part of the published API). Fields that are absent or null do not change.
    UpdateCertificate: PATCH "/v3/scm/certificates/{certificate_id}",
        Allowed(Action::CertUpdate), Scm,
        (path: CertificatePath, body: CertificateUpdate) -> OK CertificateDetail,
        refuses [NameInvalid, UnknownCertificate];

    /// Logs in: issues a token for a name and password.
    ///
    /// This is the password method of Keystone v3. The header `X-Subject-Token` of the reply has the
    /// token.
    CreateToken: POST "/v3/auth/tokens", Open, Identity,
        (query: TokenQuery, body: TokenRequest) -> CREATED IssuedToken, refuses [WrongCredentials];

    /// Shows the content of a token.
    ///
    /// The header `X-Subject-Token` has the token to inspect. It must be the caller's own or, if the
    /// caller is an administrator, one for the caller's project.
    ShowToken: GET "/v3/auth/tokens", SignedIn, Identity,
        (headers: SubjectToken) -> OK TokenBody, refuses [UnknownToken];

    /// Checks whether a token is valid.
    ///
    /// Like `ShowToken`, but without a body in the reply.
    CheckToken: HEAD "/v3/auth/tokens", SignedIn, Identity,
        (headers: SubjectToken) -> OK Empty, refuses [UnknownToken];

    /// Revokes a token.
    ///
    /// The token is refused from then on.
    RevokeToken: DELETE "/v3/auth/tokens", SignedIn, Identity,
        (headers: SubjectToken) -> NO_CONTENT Empty, refuses [UnknownToken];

    /// Lists the projects of the caller.
    ///
    /// A token or an access key belongs to one project, so the list has one entry. Clients request it
    /// under the name of their region before their first request.
    ListProjects: GET "/v3/projects", SignedIn, Identity,
        (query: ProjectFilter) -> OK ProjectList;

    /// Lists the domain that the caller belongs to.
    ///
    /// Clients that sign requests call this before their first request.
    ListDomains: GET "/v3/auth/domains", SignedIn, Identity,
        () -> OK DomainList;
}
