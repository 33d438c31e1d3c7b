//! A second opinion: bundles by Debian's `openssl`, imported by `curl`, as people do it.

mod makers;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use scm_tests::{Binary, Folder};
use serde_json::{Value, json};

use makers::Workshop;

/// Runs a program of this machine.
///
/// # Panics
/// If it is missing or fails: a second opinion that was not heard is none.
pub(crate) fn tool(folder: &Path, program: &str, arguments: &[&str]) -> Output {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.unwrap_or_else(|error| {
        panic!("{program}: {error}; on Debian: apt-get install {program}");
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    output
}

/// A server, and what is needed to ask it by `curl`.
struct Place {
    server: Binary,
    folder: Folder,
    body: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = Folder::new();
        let server = Binary::start(&folder, &[]).unwrap();
        let body = folder.file("body.json");
        Self { server, folder, body }
    }

    /// Imports by `curl`; gives the status and the body of the answer.
    fn import(&self, certificate: &str, chain: &str, key: &str) -> (u16, Value) {
        let body = json!({
            "name": "by openssl",
            "certificate": certificate,
            "certificate_chain": chain,
            "private_key": key,
        });
        fs::write(&self.body, body.to_string()).unwrap();
        let data = format!("@{}", self.body.display());
        let json = "Content-Type: application/json";
        self.curl("import", &["--header", json, "--data-binary", &data])
    }

    /// Asks for something below `/v3/scm/certificates` by `curl`.
    fn curl(&self, path: &str, arguments: &[&str]) -> (u16, Value) {
        let token = format!("X-Auth-Token: {}", self.folder.credentials().token.secret_str());
        let url = format!("http://{}/v3/scm/certificates/{path}", self.server.address());
        let fixed = ["--silent", "--show-error", "--noproxy", "*", "--header", &token];
        let note = ["--write-out", "\n%{http_code}", &url];
        let output = tool(self.folder.path(), "curl", &[&fixed, arguments, &note].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        let (body, status) = text.rsplit_once('\n').unwrap();
        (status.parse().unwrap(), serde_json::from_str(body).unwrap())
    }

    /// Imports what must be taken, in each form in which it may be written, and gets it back.
    fn takes(&self, what: &str, [certificate, chain, key]: [&str; 3]) {
        let crlf = |text: &str| text.replace('\n', "\r\n");
        let joined = format!("{certificate}{chain}");
        let forms = [
            ("apart", self.import(certificate, chain, key)),
            ("joined", self.import(&joined, "", key)),
            ("crlf", self.import(&crlf(certificate), &crlf(chain), &crlf(key))),
            ("joined crlf", self.import(&crlf(&joined), "", &crlf(key))),
        ];
        for (form, (status, answer)) in forms {
            assert_eq!(status, 200, "{what}, {form}: {answer}");
            let path = format!("{}/export", answer["certificate_id"].as_str().unwrap());
            let (status, exported) = self.curl(&path, &["--request", "POST"]);
            assert_eq!(status, 200, "{what}, {form}, exported: {exported}");
        }
    }

    /// Imports what must be refused.
    fn refuses(&self, what: &str, code: &str, words: &str, [certificate, chain, key]: [&str; 3]) {
        let (status, answer) = self.import(certificate, chain, key);
        assert_eq!((status, &answer["error_code"]), (400, &json!(code)), "{what}: {answer}");
        let message = answer["error_msg"].as_str().unwrap();
        assert!(message.contains(words), "{what}: {message}");
    }
}

#[test]
fn what_openssl_makes_and_curl_sends_is_taken() {
    let place = Place::new();
    let workshop = Workshop::new();
    let rsa = workshop.leaf("rsa", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]);
    let chain = workshop.chain();
    place.takes("RSA, PKCS#8", [&rsa.certificate, &chain, &rsa.key]);
    let long = workshop.leaf("long", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"]);
    place.takes("RSA-4096", [&long.certificate, &chain, &long.key]);
    place.takes("RSA, PKCS#1", [&rsa.certificate, &chain, &workshop.traditional("rsa", "rsa")]);
    place.takes("bag attributes", workshop.out_of_pkcs12("rsa").each_ref().map(String::as_str));
    for curve in ["P-256", "P-384", "P-521"] {
        let curve_option = format!("ec_paramgen_curve:{curve}");
        let leaf = workshop.leaf(curve, &["-algorithm", "EC", "-pkeyopt", &curve_option]);
        place.takes(curve, [&leaf.certificate, &chain, &leaf.key]);
        let sec1 = workshop.traditional(curve, "ec");
        place.takes(curve, [&leaf.certificate, &chain, &sec1]);
        let parameters = workshop.parameters(curve);
        assert!(parameters.contains("EC PARAMETERS"), "{parameters}");
        place.takes(curve, [&leaf.certificate, &chain, &format!("{parameters}{sec1}")]);
    }
    let compressed = workshop.leaf_with_compressed_point();
    place.takes("compressed point", [&compressed.certificate, &chain, &compressed.key]);
    let ed25519 = workshop.leaf("ed25519", &["-algorithm", "ED25519"]);
    place.takes("Ed25519", [&ed25519.certificate, &chain, &ed25519.key]);
}

#[test]
fn what_openssl_makes_and_curl_sends_in_vain_is_refused() {
    let place = Place::new();
    let workshop = Workshop::new();
    let leaf = workshop.leaf("rsa", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]);
    let chain = workshop.chain();
    let password = "is encrypted (";
    for encrypted in workshop.under_password("rsa") {
        place.refuses("a password", "SCM.0012", password, [&leaf.certificate, &chain, &encrypted]);
    }
    let request = workshop.request("rsa");
    place.refuses(
        "a request",
        "SCM.0053",
        "certificate signing request",
        [&request, &chain, &leaf.key],
    );
    let curve = |name: &str| format!("ec_paramgen_curve:{name}");
    let (k1, brainpool, named) = (curve("secp256k1"), curve("brainpoolP256r1"), curve("P-256"));
    let ec = |option| vec!["-algorithm", "EC", "-pkeyopt", option];
    let explicit = [ec(&named), vec!["-pkeyopt", "ec_param_enc:explicit"]].concat();
    let kinds = [
        ("ed448", vec!["-algorithm", "ED448"], "Ed448"),
        ("pss", vec!["-algorithm", "RSA-PSS"], "RSA-PSS"),
        ("k1", ec(&k1), "secp256k1"),
        ("brainpool", ec(&brainpool), "brainpool"),
        ("explicit", explicit, "-ec_param_enc named_curve"),
    ];
    for (name, options, words) in kinds {
        let leaf = workshop.leaf(name, &options);
        place.refuses(name, "SCM.0012", words, [&leaf.certificate, &chain, &leaf.key]);
    }
    let weak = workshop.leaf("weak", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"]);
    place.refuses("1024 bits", "SCM.0010", "RSA-1024", [&weak.certificate, &chain, &weak.key]);
    place.refuses("no leaf", "SCM.0014", "does not belong", [&weak.certificate, &chain, &leaf.key]);
}
