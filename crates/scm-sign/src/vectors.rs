//! Ten requests as published clients signed them: V1 to V7 the Python SDK, V8 to V10 golangsdk.
//!
//! Hash and signature of each were computed by the client's signer, and again by a second program.

use http::{Method, Request, request::Parts};

use crate::{
    Authorization, CanonicalRequest, Payload, RequestHead, SdkDate, Sha256, SigningSecret,
    signature::signature, verify,
};

const ACCESS_KEY: &str = "AKEXAMPLE0000000001";
const SECRET: &str = "SKexample/0000000000000000000000000000001";
const CERTIFICATE: &str = "/v3/scm/certificates/scs1600313391074";
const IMPORT: &str = "/v3/scm/certificates/import";

const PYTHON: &[(&str, &str)] = &[
    ("content-type", "application/json"),
    ("host", "scm.example.test"),
    ("user-agent", "huaweicloud-usdk-python/3.0; vec"),
    ("x-sdk-date", "20240102T030405Z"),
];
const DOMAIN: &[(&str, &str)] = &[("x-domain-id", "65382450e8f64ac0870cd180d14e684b")];
const PROJECT: &[(&str, &str)] =
    &[("x-project-id", "a4a5d4098fb4474fa22cd05f897d6b99"), ("x-security-token", "STSTOKEN")];
const GOLANG: &[(&str, &str)] = &[
    ("accept", "application/json"),
    ("content-type", "application/json"),
    ("user-agent", "terraform-provider-iac golangsdk/2.0.0"),
    ("x-language", "en-us"),
    ("x-sdk-date", "20240102T030405Z"),
];

const SPACED_BODY: &str = r#"{"name": "demo-1", "certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "private_key": "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"}"#;
const COMPACT_BODY: &str = concat!(
    r#"{"certificate":"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----","name":"demo-1","private_key":"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"}"#,
    "\n"
);

/// A request: its signed and unsigned parts, and the expected hash and signature.
struct Vector {
    method: Method,
    uri: &'static str,
    signed: [&'static [(&'static str, &'static str)]; 2],
    unsigned: &'static [(&'static str, &'static str)],
    body: &'static str,
    hash: &'static str,
    signature: &'static str,
}

impl Vector {
    fn python(method: Method, uri: &'static str, expected: [&'static str; 2]) -> Self {
        let [hash, signature] = expected;
        Self { method, uri, signed: [PYTHON, DOMAIN], unsigned: &[], body: "", hash, signature }
    }

    /// With the headers that golangsdk adds after signing, which are not signed.
    fn golang(method: Method, uri: &'static str, expected: [&'static str; 2]) -> Self {
        let vector = Self::python(method, uri, expected);
        Self { signed: [GOLANG, &[]], unsigned: PROJECT, ..vector }
    }

    fn with(self, more: &'static [(&'static str, &'static str)]) -> Self {
        Self { signed: [self.signed[0], more], ..self }
    }

    fn sending(self, body: &'static str) -> Self {
        Self { body, ..self }
    }

    fn head(&self) -> Parts {
        let mut request = Request::builder().method(&self.method).uri(self.uri);
        for (name, value) in self.signed.concat().iter().chain(self.unsigned) {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn authorization(&self) -> Authorization {
        let mut names: Vec<_> = self.signed.concat().iter().map(|(name, _)| *name).collect();
        names.sort();
        let names = names.join(";");
        let signature = self.signature;
        let value = format!(
            "SDK-HMAC-SHA256 Access={ACCESS_KEY}, SignedHeaders={names}, Signature={signature}"
        );
        Authorization::parse(&value.parse().unwrap()).unwrap()
    }

    fn holds(&self) {
        let parts = self.head();
        let authorization = self.authorization();
        let payload = Payload::Hashed(Sha256::of(self.body.as_bytes()));
        let head = RequestHead::from(&parts);
        let canonical = CanonicalRequest::new(&head, authorization.signed_headers(), payload);
        assert_eq!(canonical.hash().to_string(), self.hash, "{}", canonical.shown());

        let secret = SigningSecret::new(SECRET.to_owned()).unwrap();
        let date = SdkDate::of(&parts.headers).unwrap();
        assert_eq!(signature(&secret, &canonical, &date), self.signature);
        assert_eq!(verify(&secret, &authorization, &canonical, &date), Ok(()));
    }
}

fn v1() -> Vector {
    let vector = Vector::python(
        Method::POST,
        IMPORT,
        [
            "841593a4e6fb50f34011e6b2402da20402555ca79f298bb606b59823ac9d7a93",
            "045c79f99d58d179ed505d38b03e28d0c86c6343c2a0dd3c1eb9f45f68b797ed",
        ],
    );
    vector.sending(SPACED_BODY)
}

#[test]
fn v1_import() {
    v1().holds();
}

#[test]
fn v1_is_shown_completely() {
    let (parts, authorization) = (v1().head(), v1().authorization());
    let payload = Payload::Hashed(Sha256::of(SPACED_BODY.as_bytes()));
    let head = RequestHead::from(&parts);
    let canonical = CanonicalRequest::new(&head, authorization.signed_headers(), payload);
    let expected = [
        "POST",
        "/v3/scm/certificates/import/",
        "",
        "content-type:application/json",
        "host:scm.example.test",
        "user-agent:huaweicloud-usdk-python/3.0; vec",
        "x-domain-id:65382450e8f64ac0870cd180d14e684b",
        "x-sdk-date:20240102T030405Z",
        "",
        "content-type;host;user-agent;x-domain-id;x-sdk-date",
        "10a54158c754d493d512c25c4a37518599867f3ac3623699b39bcdf58f642998",
    ];
    assert_eq!(canonical.shown(), expected.join("|"));
}

#[test]
fn v2_list_with_a_query() {
    let uri = "/v3/scm/certificates?content=a%20b%2A%C3%A9&deploy_support=true&limit=10&offset=0\
               &sort_dir=DESC&sort_key=certUpdateTime&status=ALL";
    let expected = [
        "9a5c0872174ef39ff3750a3d779591f85c44053991291123b2976416b6aa6fdc",
        "3ddf2096b0f34081208ccb0efee5659f09c829b16d3da10a2eade71cf87b7d5c",
    ];
    Vector::python(Method::GET, uri, expected).holds();
}

#[test]
fn v3_show() {
    let expected = [
        "1da83eb9c7d67aeefc4ebe9e70e57058aeaa416ed5c7a663e823088709c9d2f6",
        "beb0738d720766007f13345cc60168319a008b05f1c2cfcffce7a845211b2cba",
    ];
    Vector::python(Method::GET, CERTIFICATE, expected).holds();
}

#[test]
fn v4_export_without_a_body() {
    let expected = [
        "7177a0a5f74479e5e9b7e901649476de7cf90132d19ea317999f0b6e5ae81ffd",
        "24ea0444bcbf8e22cb8aec6b0e79a7a1740d5fcae3a28de1f560fb2745a9c958",
    ];
    let uri = "/v3/scm/certificates/scs1600313391074/export";
    Vector::python(Method::POST, uri, expected).holds();
}

#[test]
fn v5_delete() {
    let expected = [
        "504562f0c559d4a79287873e8b083715a7562d7986a1f3714696349ed2d97025",
        "2cd2f6e4a61935baeec338ce85b77522097bd7d2d400b4466e66840591d200b5",
    ];
    Vector::python(Method::DELETE, CERTIFICATE, expected).holds();
}

#[test]
fn v6_show_in_a_project_with_a_session_token() {
    let expected = [
        "1251590d54d12baeb96f6e4522207b437a1574b19673bec6c5c595f01d9018e5",
        "afebe9c42facb7eb53a9df7d8ecd600b39668c47fa5685aa2391dd1aebd426a6",
    ];
    Vector::python(Method::GET, CERTIFICATE, expected).with(PROJECT).holds();
}

#[test]
fn v7_a_path_to_decode() {
    let expected = [
        "6e46a14ea0b5e17721afa9031ec8bc835f13c3adf8eed7134accccaf639e6aeb",
        "f2274936658693b2438610245c001d2c1ae985c939cdaba4f80bed1a9eac1398",
    ];
    let uri = "/v3/scm/certificates/a%2Fb%20c%2Bd";
    Vector::python(Method::GET, uri, expected).with(&[]).holds();
}

#[test]
fn v8_import_by_golangsdk() {
    let expected = [
        "ba859e9b4613af837775fc4206a89cbdaee977eb35db5fedc51c13b6ba04b2d2",
        "10680fe67de8b1aba9b47fb914c7a64a4dd74567f3e3bc5003df39a3dcb7d176",
    ];
    Vector::golang(Method::POST, IMPORT, expected).sending(COMPACT_BODY).holds();
}

#[test]
fn v9_export_of_null_by_golangsdk() {
    let expected = [
        "dd2e5953bbb9535a8b0e0eb760ec3394eb43ff75530dcc73736fa4d8da3694d7",
        "d54ea708ed70458c49a6a67d846ab56d5c3b9f7e051dfc1ff086bb91fd669e4f",
    ];
    let uri = "/v3/scm/certificates/scs1600313391074/export";
    Vector::golang(Method::POST, uri, expected).sending("null\n").holds();
}

#[test]
fn v10_list_by_golangsdk() {
    let expected = [
        "8149efe8dae229e6805b593e448da84f604220f80acd8a50a6ccc0b3f879bebf",
        "28cbd758acf47670142c7c8db482af9142a0ac2db1a1c426fe53de206b92eab0",
    ];
    let uri = "/v3/scm/certificates?offset=10&status=UPLOAD";
    Vector::golang(Method::GET, uri, expected).holds();
}
