//! Every way to refuse, with its code, status and text on the wire.
//!
//! Codes, statuses and texts are as published (error code pages of SCM and of the gateway in front
//! of it); where nothing is published the code is `SCM.9xxx` and the text is ours.

use http::StatusCode;

use crate::{field::wire, limits};

wire! {
    /// A refusal.
    pub struct ErrorBody {
        /// What was refused, as a code.
        #[schema(example = "SCM.0005")]
        error_code: String [limits::ERROR_CODE],
        /// What was refused, in words: the code's text, every finding, and what to do about it.
        #[schema(example = "Incorrect request parameter. name: missing")]
        error_msg: String [limits::ERROR_MSG],
    }
}

/// Declares the conditions: name, status, wire code, wire text, remedy.
macro_rules! conditions {
    ($( $(#[doc = $doc:literal])+ $name:ident: $status:ident $code:literal $text:literal
       => $remedy:literal; )+) => {
        /// A way to refuse. The order is that of precedence: where several hold, the first gives
        /// the code.
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

            /// Its text on the wire.
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
    /// The body is not the JSON object asked for, or a parameter breaks its rule.
    BodyMalformed: BAD_REQUEST "SCM.0005" "Incorrect request parameter."
        => "Send what the message names, as the schema has it.";
    /// The certificate's name breaks its rule.
    NameInvalid: BAD_REQUEST "SCM.0032" "Incorrect certificate name."
        => "Choose a name of the length and the characters that the message tells.";
    /// The certificate is empty, or there is nothing between its marks.
    CertificateMissing: BAD_REQUEST "SCM.0054" "The certificate content is missing."
        => "Put the certificate, PEM, into `certificate`.";
    /// The certificate has no BEGIN and END marks, or is another thing.
    CertificateMarks: BAD_REQUEST "SCM.0053"
        "The certificate format is incorrect. It must start or end with a specific string."
        => "Send PEM, from `-----BEGIN CERTIFICATE-----` to `-----END CERTIFICATE-----`, with its \
           line ends.";
    /// The certificate does not parse.
    CertificateUnreadable: BAD_REQUEST "SCM.0006" "The uploaded certificate failed to be resolved. \
        Ensure that the uploaded certificate has been issued."
        => "Send the certificate whole and as its issuer gave it.";
    /// The chain does not parse.
    ChainUnreadable: BAD_REQUEST "SCM.0013" "The uploaded certificate chain failed to be resolved. \
        Ensure that the certificate has been issued."
        => "Send the chain's certificates whole and as their issuers gave them.";
    /// The chain's certificates do not follow from one another.
    ChainBroken: BAD_REQUEST "SCM.0079"
        "The subject of the CA certificate does not match the issuer of the certificate."
        => "Send the certificate's issuer first, then that one's issuer, and so on, without gaps.";
    /// The certificate has no chain, and this server demands one.
    ChainRequired: BAD_REQUEST "SCM.0109" "The certificate chain is incomplete."
        => "Send the intermediate certificates in `certificate_chain`.";
    /// The private key is empty.
    KeyMissing: BAD_REQUEST "SCM.0059" "The certificate private key is empty."
        => "Put the private key, PEM, into `private_key`.";
    /// The private key has no BEGIN and END marks, or is another thing.
    KeyMarks: BAD_REQUEST "SCM.0114"
        "Incorrect private key format. It must start or end with a specific string."
        => "Send PEM, from `-----BEGIN PRIVATE KEY-----` (or its like of PKCS#1 or SEC1) to the \
           mark of its end.";
    /// The private key is under a password, does not parse, or is of a kind that is not taken.
    KeyUnreadable: BAD_REQUEST "SCM.0012" "The uploaded private key failed to be resolved. \
        Ensure that the certificate has been issued."
        => "Take off the password (`openssl pkey`); send RSA, P-256, P-384, P-521 or Ed25519.";
    /// The private key belongs to another certificate.
    KeyMismatch: BAD_REQUEST "SCM.0014"
        "The uploaded certificate does not match the private key."
        => "Send the key that the certificate was requested with.";
    /// The certificate names no domain and no address.
    NoDomain: BAD_REQUEST "SCM.0009" "Failed to upload the certificate because no domain name is \
        bound to the certificate."
        => "Have a certificate issued that names a host or an address.";
    /// A name in the certificate is malformed.
    DomainMalformed: BAD_REQUEST "SCM.0070"
        "Incorrect format of the domain bound to the certificate to be uploaded."
        => "Have a certificate issued whose names are well-formed.";
    /// The certificate has expired.
    Expired: BAD_REQUEST "SCM.0042" "The certificate has expired."
        => "Send the renewed certificate, or start the server with `--accept-expired`.";
    /// A key or signature is weak, or of a kind that is not supported.
    Weak: BAD_REQUEST "SCM.0010"
        "This operation is not allowed by the current certificate type or status."
        => "Have a certificate issued for RSA of 2048 bits or more, or for a curve, with SHA-256 \
           or better.";
    /// The project already keeps this certificate, and the caller asked to be told.
    AlreadyKept: BAD_REQUEST "SCM.9001" "The certificate already exists."
        => "Use the certificate whose id the message tells, or leave `duplicate_check` out.";
    /// The `Idempotency-Key` stands for an import of something else.
    KeyReused: BAD_REQUEST "SCM.9002" "The idempotency key stands for another import."
        => "Make up a new key for each import, and send it again only with the same one.";
    /// The caller has not proved who they are.
    TokenInvalid: UNAUTHORIZED "SCM.1000" "The token of the request fails to be authenticated"
        => "Log in and send the new token, or sign the request.";
    /// The signature of the request is not good, or its access key is not.
    SignatureInvalid: UNAUTHORIZED "APIGW.0301" "Incorrect IAM authentication information:"
        => "Compare your canonical request with the one in the message; check access key, secret \
           key and clock.";
    /// The name or the password is wrong.
    WrongCredentials: UNAUTHORIZED "SCM.1000" "The username or password is wrong."
        => "Check name, domain, password and project; after five wrong guesses, wait for five \
           minutes.";
    /// The caller's role does not allow it.
    NotAllowed: FORBIDDEN "SCM.4002" "You do not have permission to perform this operation."
        => "Ask an administrator for a role in the project that allows it.";
    /// The project keeps no certificate of this id.
    UnknownCertificate: NOT_FOUND "SCM.0020" "Incorrect certificate ID."
        => "Take an id that an import or a list of the same project gave.";
    /// There is no such token, or it is none of the caller's business.
    UnknownToken: NOT_FOUND "SCM.9005" "Could not find the token."
        => "Ask about a token of your own, or of your project as its administrator, that has not \
           ended.";
    /// There is nothing at this path.
    UnknownPath: NOT_FOUND "APIGW.0101"
        "The API does not exist or has not been published in the environment."
        => "Compare the path with those of the API.";
    /// The path exists, but does not take this method; the header `Allow` says which.
    WrongMethod: METHOD_NOT_ALLOWED "APIGW.0101" "The API does not exist."
        => "Use a method that `Allow` tells.";
    /// The body is too large.
    TooLarge: PAYLOAD_TOO_LARGE "APIGW.0201" "Request entity too large."
        => "Send less.";
    /// The body is not said to be JSON.
    ContentType: UNSUPPORTED_MEDIA_TYPE "APIGW.0201" "Unsupported content type."
        => "Send `Content-Type: application/json`.";
    /// The request did not arrive in time.
    TooSlow: REQUEST_TIMEOUT "APIGW.0201" "The request did not arrive in time."
        => "Send the request without pauses.";
    /// There are too many requests; the header `Retry-After` says when to try again.
    TooMany: TOO_MANY_REQUESTS "APIGW.0308" "The throttling threshold has been reached."
        => "Wait for so long.";
    /// The store cannot be reached; the header `Retry-After` says when to try again.
    StoreAway: SERVICE_UNAVAILABLE "SCM.9003" "The certificate store is not available."
        => "Wait for so long; if it lasts, whoever runs the server finds the cause in its log.";
    /// The store failed at the very moment of the commit: the request may or may not have been done.
    Unsettled: SERVICE_UNAVAILABLE "SCM.9006" "It is not known whether the request took effect."
        => "Look whether it did, by a list or by showing the certificate; an import that has an \
           `Idempotency-Key` can be sent again with it.";
    /// The identity service cannot be asked who the caller is; the header `Retry-After` says when to
    /// try again.
    IdentityAway: SERVICE_UNAVAILABLE "SCM.9004" "The identity service is not available."
        => "Wait for so long; if it lasts, whoever runs the server finds the cause in its log.";
    /// The server failed.
    Internal: INTERNAL_SERVER_ERROR "SCM.3000" "Internal server error."
        => "Tell whoever runs the server the `X-Request-Id`: its log has the cause.";
}

impl Condition {
    /// The message of a refusal: the wire text, then as many details as fit in
    /// [`limits::ERROR_MSG`], then how many more there are.
    pub fn message<D: AsRef<str>>(self, details: &[D]) -> String {
        let mut message = self.text().to_owned();
        for (at, detail) in details.iter().enumerate() {
            let detail = detail.as_ref();
            let more = format!(" And {} more.", details.len() - at);
            let room = limits::ERROR_MSG.max - message.chars().count();
            let length = detail.chars().count() + 1;
            let last = at + 1 == details.len();
            if length + if last { 0 } else { more.len() } <= room {
                message.push(' ');
                message.push_str(detail);
            } else if at == 0 {
                message.push(' ');
                message.extend(detail.chars().take(room - more.len() - 2));
                message.push('…');
            } else {
                message.push_str(&more);
                break;
            }
        }
        message
    }

    /// Whether the same request may succeed a little later, so that the answer says when to try again.
    pub const fn passes(self) -> bool {
        matches!(self, Self::TooMany | Self::StoreAway | Self::IdentityAway)
    }

    /// The refusal as SCM has it.
    pub fn body<D: AsRef<str>>(self, details: &[D]) -> ErrorBody {
        ErrorBody { error_code: self.code().to_owned(), error_msg: self.message(details) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_texts_keep_their_limits() {
        for &condition in Condition::ALL {
            assert!(limits::ERROR_CODE.allows(condition.code().len()), "{condition:?}");
            assert!(limits::ERROR_MSG.allows(condition.text().len()), "{condition:?}");
        }
    }

    #[test]
    fn a_message_says_how_much_it_left_out() {
        let details: Vec<_> = (0..100).map(|n| format!("Finding {n} of some length.")).collect();
        let message = Condition::Weak.message(&details);
        assert!(message.chars().count() <= limits::ERROR_MSG.max);
        let told = details.iter().filter(|detail| message.contains(detail.as_str())).count();
        assert!(message.ends_with(&format!(" And {} more.", 100 - told)), "{message}");
    }

    #[test]
    fn a_detail_too_long_for_any_message_is_cut() {
        let detail = "é".repeat(5000);
        let message = Condition::Weak.message(&[&detail, &detail]);
        assert!(message.chars().count() <= limits::ERROR_MSG.max);
        assert!(message.ends_with("… And 1 more."), "{message}");
        assert_eq!(Condition::Weak.message::<&str>(&[]), Condition::Weak.text());
    }
}
