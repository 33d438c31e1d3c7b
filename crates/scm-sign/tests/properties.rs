//! Properties of all requests: a signed request verifies, and a request with a changed signed part does not.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::ops::Range;

use http::{HeaderMap, HeaderValue, Method, Request, header::AUTHORIZATION, request::Parts};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use proptest::{collection::vec, prelude::*, sample::Index, sample::select};
use scm_sign::*;
use time::OffsetDateTime;

const SIGNED: [&str; 4] = ["content-type", "x-domain-id", "x-project-id", "x-security-token"];

/// A request as bytes, before percent-encoding.
#[derive(Clone, Debug)]
struct Meaning {
    method: Method,
    path: Vec<u8>,
    query: Vec<(Vec<u8>, Vec<u8>)>,
    headers: [Vec<u8>; 4],
    body: Vec<u8>,
}

impl Meaning {
    fn request(&self) -> Request<Vec<u8>> {
        let encode = |bytes: &[u8]| percent_encode(bytes, NON_ALPHANUMERIC).to_string();
        let pairs = self.query.iter().map(|(name, value)| encode(name) + "=" + &encode(value));
        let query = pairs.collect::<Vec<_>>().join("&");
        let uri = format!("https://scm.test/base/{}?{query}", encode(&self.path));
        let mut request = Request::builder().method(self.method.clone()).uri(uri);
        for (name, value) in SIGNED.iter().zip(&self.headers) {
            request = request.header(*name, HeaderValue::from_bytes(value).unwrap());
        }
        request.body(self.body.clone()).unwrap()
    }

    /// Every signed byte, with the range of its replacements.
    fn bytes(&mut self) -> Vec<(&mut u8, Range<u8>)> {
        let any = self.path.iter_mut().chain(&mut self.body);
        let any =
            any.chain(self.query.iter_mut().flat_map(|(name, value)| name.iter_mut().chain(value)));
        let visible = self.headers.iter_mut().flatten();
        any.map(|byte| (byte, 0..255)).chain(visible.map(|byte| (byte, 33..127))).collect()
    }
}

fn meaning() -> impl Strategy<Value = Meaning> {
    let bytes = || vec(any::<u8>(), 0..12);
    let header = || vec(33..127u8, 0..12);
    (
        select(vec![Method::GET, Method::POST, Method::PUT, Method::DELETE]),
        bytes(),
        vec((vec(any::<u8>(), 1..6), bytes()), 0..5),
        [header(), header(), header(), header()],
        bytes(),
    )
        .prop_map(|(method, path, query, headers, body)| Meaning {
            method,
            path,
            query,
            headers,
            body,
        })
}

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_704_164_645).unwrap()
}

fn secret() -> SigningSecret {
    SigningSecret::new("SKexample".to_owned()).unwrap()
}

fn signed(meaning: &Meaning) -> Request<Vec<u8>> {
    let mut request = meaning.request();
    sign(&secret(), &mut request, "AK1", now()).unwrap();
    request
}

/// Verifies a request like a server, from the received bytes only.
fn verified(parts: &Parts, body: &[u8]) -> Result<(), Mismatch> {
    let authorization = Authorization::parse(&parts.headers[AUTHORIZATION]).unwrap();
    let date = SdkDate::of(&parts.headers).unwrap();
    let payload = Payload::Hashed(Sha256::of(body));
    let head = RequestHead::from(parts);
    let canonical = CanonicalRequest::new(&head, authorization.signed_headers(), payload);
    verify(&secret(), &authorization, &canonical, &date)
}

fn altered(headers: &HeaderMap, name: &str, index: Index, by: u8) -> HeaderValue {
    let mut value = headers[name].as_bytes().to_vec();
    let index = index.index(value.len());
    value[index] = by;
    HeaderValue::from_bytes(&value).unwrap()
}

proptest! {
    #[test]
    fn a_signed_request_verifies(meaning in meaning()) {
        let (parts, body) = signed(&meaning).into_parts();
        prop_assert_eq!(verified(&parts, &body), Ok(()));
        SdkDate::of(&parts.headers).unwrap().check(now()).unwrap();
    }

    #[test]
    fn a_changed_signed_byte_is_detected(meaning in meaning(), index: Index, by: u8) {
        let (parts, _) = signed(&meaning).into_parts();
        let mut forged = meaning.clone();
        let mut bytes = forged.bytes();
        prop_assume!(!bytes.is_empty());
        let index = index.index(bytes.len());
        let (byte, range) = &mut bytes[index];
        let by = range.start + by % (range.end - range.start);
        prop_assume!(**byte != by);
        **byte = by;

        let (mut forged, body) = forged.request().into_parts();
        for name in ["host", "x-sdk-date", "authorization"] {
            forged.headers.insert(name, parts.headers[name].clone());
        }
        prop_assert_eq!(verified(&forged, &body), Err(Mismatch));
    }

    #[test]
    fn a_changed_method_host_date_or_signature_is_detected(meaning in meaning(), index: Index, digit in 0..10u8) {
        let (mut parts, body) = signed(&meaning).into_parts();
        parts.method = Method::PATCH;
        prop_assert_eq!(verified(&parts, &body), Err(Mismatch));
        parts.method = meaning.method.clone();
        prop_assert_eq!(verified(&parts, &body), Ok(()));

        let mut other = parts.clone();
        other.headers.insert("host", altered(&parts.headers, "host", index, b'0' + digit));
        prop_assert_eq!(verified(&other, &body), Err(Mismatch));

        let mut other = parts.clone();
        other.headers.insert("x-sdk-date", "20240102T030406Z".parse().unwrap());
        prop_assert_eq!(verified(&other, &body), Err(Mismatch));

        let value = parts.headers[AUTHORIZATION].to_str().unwrap();
        let (start, signature) = value.split_at(value.len() - 64);
        let mut signature = signature.as_bytes().to_vec();
        let index = index.index(64);
        signature[index] = if signature[index] == b'0' + digit { b'a' } else { b'0' + digit };
        let forged = [start.as_bytes(), &signature].concat();
        parts.headers.insert(AUTHORIZATION, HeaderValue::from_bytes(&forged).unwrap());
        prop_assert_eq!(verified(&parts, &body), Err(Mismatch));
    }

    #[test]
    fn unsigned_parts_do_not_affect_the_signature(meaning in meaning(), agent in "[ -~]{0,20}") {
        let (mut parts, body) = signed(&meaning).into_parts();
        parts.headers.insert("user-agent", agent.parse().unwrap());
        prop_assert_eq!(verified(&parts, &body), Ok(()));
    }

    #[test]
    fn no_input_makes_a_reader_panic(bytes in vec(any::<u8>(), 0..200), text in ".{0,40}") {
        if let Ok(value) = HeaderValue::from_bytes(&bytes) {
            let _ = Authorization::parse(&value);
        }
        let _ = SdkDate::parse(&text);
    }

    #[test]
    fn near_misses_make_no_reader_panic(text in "SDK-HMAC-SHA256 ((Access|SignedHeaders|Signature)[=, ]{1,2}[a-f0-9;-]{0,9}){0,4}") {
        prop_assert!(Authorization::parse(&text.parse().unwrap()).is_err());
    }

    #[test]
    fn raw_paths_and_queries_verify_as_they_came(path in "/[!$-;=@-~%é]{0,30}", query in "[!$-;=?-~%+é]{0,30}") {
        let uri = format!("http://scm.test{path}?{query}");
        let Ok(request) = Request::post(uri).body("body") else { return Ok(()) };
        let mut request = request;
        sign(&secret(), &mut request, "AK1", now()).unwrap();
        let (parts, body) = request.into_parts();
        prop_assert_eq!(verified(&parts, body.as_bytes()), Ok(()));
    }
}
