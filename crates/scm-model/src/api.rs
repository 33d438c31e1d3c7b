//! ★ The table: every operation of the API, one row each.
//!
//! A row says what is publicly known of an operation: its name, method and path, what it demands of
//! the caller, the shape of its refusals, what it takes and gives, and the refusals of its own.
//! Router, OpenAPI document, client, authorization and the access tests all read it.

use crate::{
    Access::{self, Action as Allowed, Open},
    Action, Condition, Empty, ErrorShape, Operation, Visitor,
    certificates::{CertificateDetail, CertificateImport, CertificatePath, ImportedCertificate},
    identity::{IssuedToken, TokenQuery, TokenRequest},
    operation::operations,
};

operations! {
    /// Imports a certificate with its chain and private key.
    ///
    /// Proves that the three belong together, seals the key, keeps all of it and gives back an id.
    /// A refusal names everything that is wrong, not just the first thing.
    ImportCertificate: POST "/v3/scm/certificates/import", Allowed(Action::CertImport), Scm,
        (body: CertificateImport) -> OK ImportedCertificate, refuses [
            NameInvalid, CertificateMissing, CertificateMarks, CertificateUnreadable,
            ChainUnreadable, ChainBroken, ChainRequired, KeyMissing, KeyMarks, KeyUnreadable,
            KeyMismatch, NoDomain, DomainMalformed, Expired, Weak, AlreadyKept,
        ];

    /// Shows one certificate.
    ///
    /// Everything that is kept of it but its private key.
    ShowCertificate: GET "/v3/scm/certificates/{certificate_id}", Allowed(Action::CertGet), Scm,
        (path: CertificatePath) -> OK CertificateDetail, refuses [UnknownCertificate];

    /// Logs in: gives a token for a name and password.
    ///
    /// The password method of Keystone v3. The token is in the reply's header `X-Subject-Token`.
    CreateToken: POST "/v3/auth/tokens", Open, Identity,
        (query: TokenQuery, body: TokenRequest) -> CREATED IssuedToken, refuses [WrongCredentials];
}
