//! HTTPS: by curl, in both versions, and while its certificate is renewed.

use std::{fs, process::Command};

use http::Method;
use reqwest::{Certificate, Client, ClientBuilder, Version, tls};
use scm_pki::testing::{Algorithm, TestAuthority};
use scm_tests::{Binary, Ended, Folder, Protocol, Session, import_body, patiently, request};
use serde_json::Value;
use time::OffsetDateTime;

use crate::contract::now;

/// A server with a certificate of its own, and the files it reads it from.
struct Place {
    folder: Folder,
    files: Folder,
    server: Binary,
}

impl Place {
    fn open() -> Self {
        let (folder, files) = (Folder::new(), Folder::new());
        renew(&files, now::authority());
        let [certificate, key] = ["tls.pem", "tls.key"].map(|name| files.file(name));
        let flags =
            ["--tls-cert", certificate.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
        let server = Binary::start(&folder, &flags).unwrap();
        fs::write(files.file("ca.pem"), now::authority().root_pem()).unwrap();
        Self { folder, files, server }
    }

    fn url(&self, host: &str, path: &str) -> String {
        format!("https://{host}:{}{path}", self.server.address().port())
    }

    /// What curl says, and the protocol and status it noted.
    fn curl(&self, arguments: &[&str], path: &str) -> (Value, String) {
        let credentials = self.folder.credentials();
        let ran = Command::new("curl")
            .args(["-sS", "--cacert", self.files.file("ca.pem").to_str().unwrap()])
            .args(["-H", &format!("X-Auth-Token: {}", credentials.token.secret_str())])
            .args(["-w", "\n%{http_version} %{http_code}"])
            .args(arguments)
            .arg(self.url("localhost", path))
            .output()
            .expect("curl is there: it is in the Debian package curl");
        let said = String::from_utf8(ran.stdout).unwrap();
        let (body, note) = said.rsplit_once('\n').unwrap_or_default();
        (serde_json::from_str(body).unwrap_or_default(), note.to_owned())
    }

    /// Whether a new connection is trusted by those who trust this authority alone.
    async fn is_trusted_under(&self, authority: &TestAuthority) -> bool {
        let client = trusting(&[authority]).build().unwrap();
        client.get(self.url("localhost", "/healthz")).send().await.is_ok()
    }
}

/// Puts a certificate of an authority where the server reads it.
fn renew(files: &Folder, authority: &TestAuthority) {
    let own = authority.leaf("localhost").also("127.0.0.1").issue();
    fs::write(files.file("tls.key"), &own.private_key).unwrap();
    fs::write(files.file("tls.pem"), own.certificate + &own.certificate_chain).unwrap();
}

/// A client that trusts only these authorities.
fn trusting(authorities: &[&TestAuthority]) -> ClientBuilder {
    let roots = authorities.iter().map(|authority| authority.root_pem());
    let roots = roots.map(|pem| Certificate::from_pem(pem.as_bytes()).unwrap());
    Client::builder().tls_certs_only(roots)
}

#[test]
fn curl_imports_and_exports_over_http2_and_both_versions_of_tls() {
    let place = Place::open();
    let bundle = now::sound("www.example.com");
    fs::write(place.files.file("import.json"), import_body(&bundle).to_string()).unwrap();
    let body = format!("@{}", place.files.file("import.json").display());
    let json = "Content-Type: application/json";
    let import = ["--http2", "-H", json, "-d", &body];
    let (said, note) = place.curl(&import, "/v3/scm/certificates/import");
    assert_eq!(note, "2 200", "{said}");
    let path = format!("/v3/scm/certificates/{}/export", said["certificate_id"].as_str().unwrap());
    for (arguments, noted) in [
        (&["--tlsv1.3", "--http2", "-X", "POST"][..], "2 200"),
        (&["--tls-max", "1.2", "--http2", "-X", "POST"], "2 200"),
        (&["--http1.1", "-X", "POST"], "1.1 200"),
    ] {
        let (said, note) = place.curl(arguments, &path);
        assert_eq!(note, noted, "{said}");
        assert_eq!(said["private_key"], *bundle.private_key);
    }
}

#[tokio::test]
async fn tls_before_1_2_and_unknown_authorities_are_refused_and_an_address_is_a_name_too() {
    let place = Place::open();
    let url = place.url("127.0.0.1", "/readyz");
    for version in [tls::Version::TLS_1_2, tls::Version::TLS_1_3] {
        let client = trusting(&[now::authority()]);
        let client = client.tls_version_min(version).tls_version_max(version).build().unwrap();
        let answer = client.get(&url).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.version()), (200, Version::HTTP_2));
    }
    let stranger = TestAuthority::new(Algorithm::P256, OffsetDateTime::now_utc());
    assert!(trusting(&[&stranger]).build().unwrap().get(&url).send().await.is_err());
}

/// First by SIGHUP, then because the files have changed, each under load: by one connection that
/// stays open, and by a new one for every request.
#[tokio::test]
async fn a_renewed_certificate_is_taken_up_and_fails_no_request() {
    let place = Place::open();
    let today = OffsetDateTime::now_utc();
    let [first, second] =
        [Algorithm::Ed25519, Algorithm::Rsa2048].map(|kind| TestAuthority::new(kind, today));
    let everybody = || trusting(&[now::authority(), &first, &second]).build().unwrap();
    let kept_open = everybody();
    let url = place.url("localhost", "/v3/scm/certificates");
    let token = place.folder.credentials().token;
    for (next, prepared) in [(&first, true), (&second, false)] {
        renew(&place.files, next);
        if prepared {
            place.server.hang_up();
        }
        let mut requests = 0;
        patiently(async {
            while !place.is_trusted_under(next).await || requests < 20 {
                for client in [&kept_open, &everybody()] {
                    let asks = client.get(&url).header("X-Auth-Token", token.secret_str());
                    assert_eq!(asks.send().await.unwrap().status(), 200, "request {requests}");
                    requests += 1;
                }
            }
        })
        .await;
        assert!(!place.is_trusted_under(now::authority()).await);
    }
}

#[tokio::test]
async fn files_that_do_not_fit_together_change_nothing() {
    let place = Place::open();
    let today = OffsetDateTime::now_utc();
    let next = TestAuthority::new(Algorithm::P384, today);
    fs::write(place.files.file("tls.key"), next.leaf("localhost").issue().private_key).unwrap();
    for _ in 0..5 {
        place.server.hang_up();
        assert!(place.is_trusted_under(now::authority()).await);
    }
    let log = place.server.stop().log;
    assert!(log.contains("the TLS certificate stays as it was"), "{log}");
}

#[test]
fn half_of_tls_and_plain_http_off_loopback_are_refused_in_words() {
    let files = Folder::new();
    renew(&files, now::authority());
    let certificate = files.file("tls.pem");
    let certificate = certificate.to_str().unwrap();
    let refused = |variables: &[(&str, &str)]| -> Ended {
        Binary::bare(&Folder::new(), variables).expect_err("it must not start")
    };
    for half in ["SCM_TLS_CERT", "SCM_TLS_KEY"] {
        let log = refused(&[(half, certificate)]).log;
        assert!(log.contains("--tls-cert and --tls-key go together"), "{log}");
    }
    let log = refused(&[("SCM_TLS_CERT", certificate), ("SCM_TLS_KEY", certificate)]).log;
    assert!(log.contains("the TLS certificate cannot be used"), "{log}");
    let open = ("SCM_LISTEN", "0.0.0.0:0");
    let log = refused(&[open]).log;
    assert!(log.contains("--insecure-http"), "{log}");
}

#[tokio::test]
async fn plain_http_off_loopback_needs_a_flag() {
    let folder = Folder::new();
    let variables = [("SCM_LISTEN", "0.0.0.0:0"), ("SCM_INSECURE_HTTP", "true")];
    let server = Binary::bare(&folder, &variables).unwrap();
    let session = server.administrator(&folder);
    assert_eq!(session.send(Method::GET, "/v3/scm/certificates", "").await.status, 200);
}

/// A client that does not complete the handshake is closed, and delays no other client.
#[tokio::test]
async fn plain_http_on_the_tls_port_gets_no_answer() {
    let place = Place::open();
    let session = Session::new(place.server.address(), None);
    let plain = request(Method::GET, "/healthz", "");
    assert!(session.send_over(Protocol::Http1, plain).await.is_err());
    assert!(place.is_trusted_under(now::authority()).await);
}
