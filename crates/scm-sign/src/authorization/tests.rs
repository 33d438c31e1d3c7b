//! Valid and invalid headers.

use super::*;

const HEX: &str = "045c79f99d58d179ed505d38b03e28d0c86c6343c2a0dd3c1eb9f45f68b797ed";

fn parse(text: &str) -> Result<Authorization, ParseError> {
    Authorization::parse(&HeaderValue::from_str(text).unwrap())
}

fn refusal(text: &str) -> ParseError {
    parse(text).unwrap_err()
}

#[test]
fn headers_of_the_sdks_are_parsed() {
    let text =
        format!("SDK-HMAC-SHA256 Access=AK1, SignedHeaders=host;x-sdk-date, Signature={HEX}");
    let authorization = parse(&text).unwrap();
    assert_eq!(authorization.access_key(), "AK1");
    assert_eq!(authorization.signed_headers().to_string(), "host;x-sdk-date");
    assert_eq!(authorization.signature(), HEX);
    assert!(!format!("{authorization:?}").contains(HEX));
}

#[test]
fn order_spaces_and_the_schemes_case_do_not_matter() {
    let text = format!("sdk-hmac-sha256  Signature={HEX},SignedHeaders=X-Sdk-Date ,Access=a=b");
    assert_eq!(parse(&text).unwrap().access_key(), "a=b");
}

#[test]
fn unsupported_algorithms_are_named() {
    for name in ["SDK-HMAC-SM3", "SDK-ECDSA-P256-SHA256", "SDK-SM2-SM3", "V11-HMAC-SHA256"] {
        let error = refusal(&format!("{name} Access=AK1, SignedHeaders=a, Signature=b"));
        assert!(matches!(error, ParseError::OtherAlgorithm(_)), "{name}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn other_schemes_are_refused() {
    for text in ["", " ", "Basic YTpi", "Bearer abc", "SDK-HMAC-SHA2567 Access=a", "\u{e9} a"] {
        assert_eq!(refusal(text), ParseError::OtherScheme, "{text}");
    }
}

#[test]
fn an_error_names_the_parameter() {
    use Parameter::{Access, Signature, SignedHeaders};
    use ParseError::{DateNotSigned, Malformed, Missing, Repeated, Unknown};
    let signature = format!("Signature={HEX}");
    let long = format!("Access={}, SignedHeaders=x-sdk-date, {signature}", "a".repeat(129));
    let upper = format!("Access=a, SignedHeaders=x-sdk-date, Signature={}", HEX.to_uppercase());
    let many = [
        ("".to_owned(), Unknown),
        ("Access=a,".to_owned(), Unknown),
        ("Access=a, Realm=b".to_owned(), Unknown),
        ("Access=a, Access=b".to_owned(), Repeated(Access)),
        (format!("SignedHeaders=x-sdk-date, {signature}"), Missing(Access)),
        (format!("Access=a, {signature}"), Missing(SignedHeaders)),
        ("Access=a, SignedHeaders=x-sdk-date".to_owned(), Missing(Signature)),
        (format!("Access=, SignedHeaders=x-sdk-date, {signature}"), Malformed(Access)),
        (format!("Access=a b, SignedHeaders=x-sdk-date, {signature}"), Malformed(Access)),
        (long, Malformed(Access)),
        (format!("Access=a, SignedHeaders=, {signature}"), Malformed(SignedHeaders)),
        (format!("Access=a, SignedHeaders=a;a, {signature}"), Malformed(SignedHeaders)),
        (format!("Access=a, SignedHeaders=host, {signature}"), DateNotSigned),
        ("Access=a, SignedHeaders=x-sdk-date, Signature=00".to_owned(), Malformed(Signature)),
        (upper, Malformed(Signature)),
    ];
    for (parameters, expected) in many {
        assert_eq!(refusal(&format!("{ALGORITHM} {parameters}")), expected, "{parameters}");
    }
}

#[test]
fn a_long_header_is_refused_before_it_is_parsed() {
    let text = format!("{ALGORITHM} {}", "a=b,".repeat(1024));
    assert_eq!(refusal(&text), ParseError::TooLong { length: 4112, limit: 4096 });
}
