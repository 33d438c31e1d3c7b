//! ★ The table: every operation of the API, one row each.
//!
//! A row says what is publicly known of an operation: its name, method and path, what it demands of
//! the caller, the shape of its refusals, what it takes and gives, and the refusals of its own.
//! Router, OpenAPI document, client, authorization and the access tests all read it.

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
    /// Proves that the three belong together, seals the key, keeps all of it and gives back an id.
    /// A refusal names everything that is wrong, not just the first thing. An import that is sent
    /// again with the same `Idempotency-Key` is kept once.
    ImportCertificate: POST "/v3/scm/certificates/import", Allowed(Action::CertImport), Scm,
        (headers: ImportHeaders, body: CertificateImport) -> OK Warned<ImportedCertificate>, refuses [
            NameInvalid, CertificateMissing, CertificateMarks, CertificateUnreadable,
            ChainUnreadable, ChainBroken, ChainRequired, KeyMissing, KeyMarks, KeyUnreadable,
            KeyMismatch, NoDomain, DomainMalformed, Expired, Weak, AlreadyKept, KeyReused,
        ];

    /// Lists certificates.
    ///
    /// The most recently changed first, unless something else is asked for. Walk a long list by
    /// `marker`: every page costs the same then.
    ListCertificates: GET "/v3/scm/certificates", Allowed(Action::CertList), Scm,
        (query: CertificateFilter) -> OK CertificatePage;

    /// Shows one certificate.
    ///
    /// Everything that is kept of it but its private key.
    ShowCertificate: GET "/v3/scm/certificates/{certificate_id}", Allowed(Action::CertGet), Scm,
        (path: CertificatePath) -> OK CertificateDetail, refuses [UnknownCertificate];

    /// Exports one certificate with its chain and private key.
    ///
    /// The body may be absent, `{}` or `null`. Every export, refused ones too, is recorded.
    ExportCertificate: POST "/v3/scm/certificates/{certificate_id}/export",
        Allowed(Action::CertExport), Scm,
        (path: CertificatePath) -> OK ExportedCertificate, refuses [UnknownCertificate];

    /// Deletes one certificate and its private key.
    ///
    /// Neither can be had again. The id is not given to another certificate.
    DeleteCertificate: DELETE "/v3/scm/certificates/{certificate_id}",
        Allowed(Action::CertDelete), Scm,
        (path: CertificatePath) -> NO_CONTENT Empty, refuses [UnknownCertificate];

    /// Replaces one certificate in place by a renewed one, with its chain and private key.
    ///
    /// An addition of this server: id, name, description and enterprise project stay. The same is
    /// proved as by an import; if anything is wrong, the old one stays.
    ReplaceCertificate: PUT "/v3/scm/certificates/{certificate_id}",
        Allowed(Action::CertUpdate), Scm,
        (path: CertificatePath, body: CertificateReplacement) -> OK Warned<CertificateDetail>, refuses [
            CertificateMissing, CertificateMarks, CertificateUnreadable, ChainUnreadable,
            ChainBroken, ChainRequired, KeyMissing, KeyMarks, KeyUnreadable, KeyMismatch, NoDomain,
            DomainMalformed, Expired, Weak, UnknownCertificate,
        ];

    /// Renames one certificate, or describes it.
    ///
    /// An addition of this server. What is absent or null stays as it is.
    UpdateCertificate: PATCH "/v3/scm/certificates/{certificate_id}",
        Allowed(Action::CertUpdate), Scm,
        (path: CertificatePath, body: CertificateUpdate) -> OK CertificateDetail,
        refuses [NameInvalid, UnknownCertificate];

    /// Logs in: gives a token for a name and password.
    ///
    /// The password method of Keystone v3. The token is in the reply's header `X-Subject-Token`.
    CreateToken: POST "/v3/auth/tokens", Open, Identity,
        (query: TokenQuery, body: TokenRequest) -> CREATED IssuedToken, refuses [WrongCredentials];

    /// Shows what a token is.
    ///
    /// The token that is asked about is in the header `X-Subject-Token`; it must be the caller's own,
    /// or one for the caller's project if the caller is an administrator.
    ShowToken: GET "/v3/auth/tokens", SignedIn, Identity,
        (headers: SubjectToken) -> OK TokenBody, refuses [UnknownToken];

    /// Checks whether a token is good.
    ///
    /// As `ShowToken`, without a body.
    CheckToken: HEAD "/v3/auth/tokens", SignedIn, Identity,
        (headers: SubjectToken) -> OK Empty, refuses [UnknownToken];

    /// Revokes a token.
    ///
    /// It is refused from then on.
    RevokeToken: DELETE "/v3/auth/tokens", SignedIn, Identity,
        (headers: SubjectToken) -> NO_CONTENT Empty, refuses [UnknownToken];

    /// Lists the projects that the caller may work in.
    ///
    /// A token or an access key is for one project, so there is one. Clients look it up by the name
    /// of their region before their first request.
    ListProjects: GET "/v3/projects", SignedIn, Identity,
        (query: ProjectFilter) -> OK ProjectList;

    /// Lists the domain that the caller belongs to.
    ///
    /// Clients that sign look it up before their first request.
    ListDomains: GET "/v3/auth/domains", SignedIn, Identity,
        () -> OK DomainList;
}
