//! The conditions under which a request is refused, with code, status and text on the wire.
//!
//! Codes, statuses and texts are as published (error code pages of SCM and of its API gateway).
//! Where nothing is published, the code is `SCM.9xxx`, and the text is this project's.

use http::StatusCode;

use crate::{field::wire, limits};

wire! {
    /// An error answer.
    pub struct ErrorBody {
        /// The error code.
        #[schema(example = "SCM.0005")]
        error_code: String [limits::ERROR_CODE],
        /// The text of the code, then every finding with its remedy.
        #[schema(example = "Incorrect request parameter. name: missing")]
        error_msg: String [limits::ERROR_MSG],
    }
}

/// Declares the conditions: name, status, wire code, wire text, remedy.
macro_rules! conditions {
    ($( $(#[doc = $doc:literal])+ $name:ident: $status:ident $code:literal $text:literal
       => $remedy:literal; )+) => {
        /// Why a request is refused. The order is that of precedence: of several conditions, the first
        /// determines the code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Condition {
            $( $(#[doc = $doc])+ $name, )+
        }

        impl Condition {
            /// Every condition.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its HTTP status.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)+ }
            }

            /// Its code on the wire. Several conditions may share one.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The text that its messages start with.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What it means.
            pub const fn meaning(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($doc),+],)+ }
            }

            /// What the caller can do about it.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)+ }
            }
        }
    };
}

conditions! {
    /// The body is not the JSON object of the schema, or a parameter breaks its rule.
    BodyMalformed: BAD_REQUEST "SCM.0005" "Incorrect request parameter."
        => "Correct the fields that the message names. The schema has their types and limits.";
    /// The name of the certificate breaks its rule.
    NameInvalid: BAD_REQUEST "SCM.0032" "Incorrect certificate name."
        => "Choose a name with the length and the characters that the message states.";
    /// The certificate is empty, or nothing is between its BEGIN and END lines.
    CertificateMissing: BAD_REQUEST "SCM.0054" "The certificate content is missing."
        => "Send the certificate in PEM format in `certificate`.";
    /// The certificate has no BEGIN and END lines, or they are not those of a certificate.
    CertificateMarks: BAD_REQUEST "SCM.0053"
        "The certificate format is incorrect. It must start or end with a specific string."
        => "Send PEM, from the line `-----BEGIN CERTIFICATE-----` to the line \
           `-----END CERTIFICATE-----`, with its line breaks.";
    /// The certificate cannot be parsed.
    CertificateUnreadable: BAD_REQUEST "SCM.0006" "The uploaded certificate failed to be resolved. \
        Ensure that the uploaded certificate has been issued."
        => "Send the complete certificate, unchanged from its issuer.";
    /// A certificate of the chain cannot be parsed.
    ChainUnreadable: BAD_REQUEST "SCM.0013" "The uploaded certificate chain failed to be resolved. \
        Ensure that the certificate has been issued."
        => "Send the complete certificates of the chain, unchanged from their issuers.";
    /// A certificate of the chain is missing, out of order, or repeated.
    ChainBroken: BAD_REQUEST "SCM.0079"
        "The subject of the CA certificate does not match the issuer of the certificate."
        => "Send the issuer of the certificate first, then the issuer of that one, and so on, without \
           gaps and repeats.";
    /// The certificate has no chain, and this server requires one.
    ChainRequired: BAD_REQUEST "SCM.0109" "The certificate chain is incomplete."
        => "Send the intermediate certificates in `certificate_chain`.";
    /// The private key is empty.
    KeyMissing: BAD_REQUEST "SCM.0059" "The certificate private key is empty."
        => "Send the private key in PEM format in `private_key`.";
    /// The private key has no BEGIN and END lines, or they are not those of a private key.
    KeyMarks: BAD_REQUEST "SCM.0114"
        "Incorrect private key format. It must start or end with a specific string."
        => "Send PEM (PKCS#8, PKCS#1 or SEC1). Copy the whole key, from the BEGIN line to the END \
           line.";
    /// The private key is encrypted, cannot be parsed, or is of an unsupported type.
    KeyUnreadable: BAD_REQUEST "SCM.0012" "The uploaded private key failed to be resolved. \
        Ensure that the certificate has been issued."
        => "Remove the password: `openssl pkey -in FILE -out PLAIN.pem`. Supported types: RSA, P-256, \
           P-384, P-521 and Ed25519.";
    /// The private key does not belong to the certificate.
    KeyMismatch: BAD_REQUEST "SCM.0014"
        "The uploaded certificate does not match the private key."
        => "Send the private key that the certificate was requested with.";
    /// The certificate contains no domain name and no IP address.
    NoDomain: BAD_REQUEST "SCM.0009" "Failed to upload the certificate because no domain name is \
        bound to the certificate."
        => "Request a certificate for a domain name or an IP address.";
    /// A name in the certificate is malformed.
    DomainMalformed: BAD_REQUEST "SCM.0070"
        "Incorrect format of the domain bound to the certificate to be uploaded."
        => "Request a certificate with well-formed names.";
    /// The certificate has expired.
    Expired: BAD_REQUEST "SCM.0042" "The certificate has expired."
        => "Send the renewed certificate, or start the server with `--accept-expired`.";
    /// A key or a signature is weak or of an unsupported type.
    Weak: BAD_REQUEST "SCM.0010"
        "This operation is not allowed by the current certificate type or status."
        => "Request a certificate for an RSA key of at least 2048 bits or for an elliptic curve key, \
           signed with SHA-256 or stronger.";
    /// The project already has this certificate, and the request has `duplicate_check`.
    AlreadyStored: BAD_REQUEST "SCM.9001" "The certificate already exists."
        => "Use the certificate whose id the message contains, or omit `duplicate_check`.";
    /// The `Idempotency-Key` was used for a different import.
    IdempotencyKeyReused: BAD_REQUEST "SCM.9002" "The idempotency key was used for another import."
        => "Generate a new key for each import. Send a key again only to retry its import.";
    /// The request has no valid token.
    TokenInvalid: UNAUTHORIZED "SCM.1000" "The token of the request fails to be authenticated"
        => "Log in and send the new token, or sign the request.";
    /// The signature of the request or its access key is invalid.
    SignatureInvalid: UNAUTHORIZED "APIGW.0301" "Incorrect IAM authentication information:"
        => "Compare your canonical request with the one in the message. Check the access key, the \
           secret key and the clock.";
    /// The user name or the password is wrong.
    WrongCredentials: UNAUTHORIZED "SCM.1000" "The username or password is wrong."
        => "Check the name, the domain, the password and the project. After five failed attempts, wait \
           five minutes.";
    /// The caller's role does not permit the operation.
    NotAllowed: FORBIDDEN "SCM.4002" "You do not have permission to perform this operation."
        => "Ask an administrator for a role in the project that permits it.";
    /// The project has no certificate with this id.
    UnknownCertificate: NOT_FOUND "SCM.0020" "Incorrect certificate ID."
        => "Use an id that an import or a list in the project returned.";
    /// The token does not exist, or the caller may not inspect it.
    UnknownToken: NOT_FOUND "SCM.9005" "Could not find the token."
        => "Send a token of your own that has not expired or, as an administrator, a token for your \
           project.";
    /// No operation has this path.
    UnknownPath: NOT_FOUND "APIGW.0101"
        "The API does not exist or has not been published in the environment."
        => "Compare the path with the paths of the API.";
    /// The path does not support this method. The header `Allow` lists the methods that it supports.
    WrongMethod: METHOD_NOT_ALLOWED "APIGW.0101" "The API does not exist."
        => "Use a method from `Allow`.";
    /// The body exceeds the limit.
    TooLarge: PAYLOAD_TOO_LARGE "APIGW.0201" "Request entity too large."
        => "Limit: 512 KiB. Send a smaller request body.";
    /// The `Content-Type` of the body is not JSON.
    ContentType: UNSUPPORTED_MEDIA_TYPE "APIGW.0201" "Unsupported content type."
        => "Send `Content-Type: application/json`.";
    /// The request did not arrive in time.
    RequestTimeout: REQUEST_TIMEOUT "APIGW.0201" "The request did not arrive in time."
        => "Send the request without pauses.";
    /// The rate or the number of requests exceeds a limit.
    TooMany: TOO_MANY_REQUESTS "APIGW.0308" "The throttling threshold has been reached."
        => "Retry after the number of seconds in `Retry-After`.";
    /// The store is unavailable.
    StoreUnavailable: SERVICE_UNAVAILABLE "SCM.9003" "The certificate store is not available."
        => "Retry after the number of seconds in `Retry-After`. If the error persists, see the server's \
           log for the cause.";
    /// The store failed during the commit. The request may or may not have taken effect.
    OutcomeUnknown: SERVICE_UNAVAILABLE "SCM.9006" "It is not known whether the request took effect."
        => "Check whether it took effect: list or show the certificate. An import with an \
           `Idempotency-Key` can be sent again with that key.";
    /// The identity service is unavailable, so the caller cannot be authenticated.
    IdentityUnavailable: SERVICE_UNAVAILABLE "SCM.9004" "The identity service is not available."
        => "Retry after the number of seconds in `Retry-After`. If the error persists, see the server's \
           log for the cause.";
    /// The server failed.
    Internal: INTERNAL_SERVER_ERROR "SCM.3000" "Internal server error."
        => "Report the `X-Request-Id` to the operator of the server. The log has the cause.";
}

impl Condition {
    /// The message of an error answer: the condition's text, then as many details as fit into
    /// [`limits::ERROR_MSG`], then the number of those left out.
    pub fn message<D: AsRef<str>>(self, details: &[D]) -> String {
        let mut message = self.text().to_owned();
        for (at, detail) in details.iter().enumerate() {
            let detail = detail.as_ref();
            let more = format!(" And {} more.", details.len() - at);
            let rest = limits::ERROR_MSG.max - message.chars().count();
            let length = detail.chars().count() + 1;
            let last = at + 1 == details.len();
            if length + if last { 0 } else { more.len() } <= rest {
                message.push(' ');
                message.push_str(detail);
            } else if at == 0 {
                message.push(' ');
                message.extend(detail.chars().take(rest - more.len() - 2));
                message.push('…');
            } else {
                message.push_str(&more);
                break;
            }
        }
        message
    }

    /// Whether a retry may succeed. The answer then has the header `Retry-After`.
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::TooMany | Self::StoreUnavailable | Self::IdentityUnavailable)
    }

    /// The error answer in the shape of SCM.
    pub fn body<D: AsRef<str>>(self, details: &[D]) -> ErrorBody {
        ErrorBody { error_code: self.code().to_owned(), error_msg: self.message(details) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_texts_are_within_their_limits() {
        for &condition in Condition::ALL {
            assert!(limits::ERROR_CODE.allows(condition.code().len()), "{condition:?}");
            assert!(limits::ERROR_MSG.allows(condition.text().len()), "{condition:?}");
        }
    }

    #[test]
    fn the_remedy_of_a_large_body_states_the_limit() {
        let limit = format!("Limit: {} KiB.", limits::BODY_BYTES / 1024);
        assert!(Condition::TooLarge.remedy().starts_with(&limit));
    }

    #[test]
    fn a_message_ends_with_the_number_of_details_left_out() {
        let details: Vec<_> = (0..100).map(|n| format!("Finding {n} of some length.")).collect();
        let message = Condition::Weak.message(&details);
        assert!(message.chars().count() <= limits::ERROR_MSG.max);
        let shown = details.iter().filter(|detail| message.contains(detail.as_str())).count();
        assert!(message.ends_with(&format!(" And {} more.", 100 - shown)), "{message}");
    }

    #[test]
    fn a_detail_longer_than_a_message_is_cut() {
        let detail = "é".repeat(5000);
        let message = Condition::Weak.message(&[&detail, &detail]);
        assert!(message.chars().count() <= limits::ERROR_MSG.max);
        assert!(message.ends_with("… And 1 more."), "{message}");
        assert_eq!(Condition::Weak.message::<&str>(&[]), Condition::Weak.text());
    }
}
