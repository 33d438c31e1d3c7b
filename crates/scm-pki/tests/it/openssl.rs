//! Keys and certificates made, loaded and verified by Debian's `openssl`.

use std::{ffi::OsStr, fs, process::Command};

use scm_pki::{KeyEncoding, KeyError, PasswordForm, Policy, pem};
use tempfile::TempDir;

use super::{
    flipped::{accepted_issuers, accepted_keys, accepted_leaves},
    *,
};

/// A folder in which `openssl` works.
pub(super) struct OpenSsl(TempDir);

impl OpenSsl {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// Runs a command line, split at blanks.
    fn run(&self, line: &str) -> &Self {
        let arguments: Vec<&OsStr> = line.split(' ').map(OsStr::new).collect();
        let output = Command::new("openssl").args(arguments).current_dir(&self.0).output();
        let output = output.unwrap_or_else(|error| {
            panic!("this test needs the command openssl (Debian package `openssl`): {error}")
        });
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {line}: {errors}");
        self
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.0.path().join(file)).expect("openssl wrote it")
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.0.path().join(file), text).expect("the folder can be written");
    }

    /// Whether `openssl verify` accepts the bundle for a TLS server at the time of the tests, if
    /// these certificates are trusted.
    pub(super) fn accepts(&self, bundle: &TestBundle, trusted: &str) -> bool {
        self.write("trusted.pem", trusted);
        self.write("chain.pem", &bundle.certificate_chain);
        self.write("leaf.pem", &bundle.certificate);
        let line = format!(
            "verify -purpose sslserver -attime {} -CAfile trusted.pem -untrusted chain.pem leaf.pem",
            NOW.unix_timestamp()
        );
        let output = Command::new("openssl").args(line.split(' ')).current_dir(&self.0).output();
        output.expect("openssl runs").status.success()
    }

    /// A leaf with these alternative names, issued by a root with these name constraints.
    pub(super) fn constrained(&self, constraints: &str, names: &str) -> TestBundle {
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650";
        self.run(&format!(
            "req -x509 {key} -subj /CN=Root -keyout ca.key -out ca.pem -addext \
             basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign -addext \
             nameConstraints=critical,{constraints}"
        ));
        self.run(&format!(
            "req -x509 -CA ca.pem -CAkey ca.key {key} -subj /CN=leaf.invalid -keyout leaf.key -out \
             leaf.pem -addext basicConstraints=CA:FALSE -addext subjectAltName={names}"
        ));
        TestBundle {
            certificate: self.text("leaf.pem"),
            certificate_chain: self.text("ca.pem"),
            private_key: self.text("leaf.key"),
        }
    }

    /// A self-signed leaf for the key in `key.pem`, with options of `openssl req`.
    fn self_signed(&self, options: &str) -> TestBundle {
        self.run(&format!(
            "req -new -x509 -key key.pem -subj /CN=www.example.com -days 36500 -out cert.pem{options}"
        ));
        TestBundle {
            certificate: self.text("cert.pem"),
            certificate_chain: String::new(),
            private_key: self.text("key.pem"),
        }
    }
}

#[test]
fn every_accepted_certificate_and_key_is_loaded_by_openssl() {
    let openssl = OpenSsl::new();
    let accepted = [accepted_leaves(), accepted_issuers()].concat();
    let all = accepted.iter().map(|flipped| pem::encode("CERTIFICATE", &flipped.der));
    openssl.write("all.pem", &all.collect::<String>());
    openssl.run("crl2pkcs7 -nocrl -certfile all.pem -out all.p7b");
    openssl.run("pkcs7 -in all.p7b -print_certs -out again.pem");
    assert_eq!(openssl.text("again.pem").matches("BEGIN CERTIFICATE").count(), accepted.len());
    for (encoding, flipped) in accepted_keys() {
        openssl.write("key.pem", &pem::encode(encoding.label(), &flipped.der));
        openssl.run("pkey -in key.pem -noout -check");
    }
}

fn bad_key(bundle: &TestBundle) -> KeyError {
    let findings = verify(bundle).expect_err("a key that is refused");
    let error = findings.iter().find_map(|finding| match finding {
        Finding::BadKey { error } => Some(error.clone()),
        _ => None,
    });
    error.unwrap_or_else(|| panic!("no finding about the key in {findings:?}"))
}

#[test]
fn rsa_keys_in_both_encodings() {
    let openssl = OpenSsl::new();
    openssl.run("genrsa -traditional -out key.pem 3072");
    let pkcs1 = openssl.self_signed("");
    let verified = verify(&pkcs1).expect("sound");
    assert_eq!(verified.key().encoding(), KeyEncoding::Pkcs1);
    assert_eq!(verified.key().algorithm().to_string(), "RSA-3072");
    openssl.run("pkcs8 -topk8 -nocrypt -in key.pem -out pkcs8.pem");
    let pkcs8 = TestBundle { private_key: openssl.text("pkcs8.pem"), ..pkcs1 };
    assert_eq!(verify(&pkcs8).expect("sound").key().encoding(), KeyEncoding::Pkcs8);
}

#[test]
fn large_and_odd_rsa_keys() {
    let openssl = OpenSsl::new();
    for line in
        ["genrsa -out key.pem 5000", "genrsa -3 -out key.pem 2048", "genrsa -out key.pem 2049"]
    {
        let bundle = openssl.run(line).self_signed("");
        assert!(verify(&bundle).is_ok(), "{line}: {:?}", verify(&bundle).err());
    }
    openssl.run("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_primes:3 -out key.pem");
    assert_eq!(bad_key(&openssl.self_signed("")), KeyError::MultiPrime);
}

#[test]
fn ec_keys_with_parameters_before_them_and_in_pkcs8() {
    let openssl = OpenSsl::new();
    for curve in ["prime256v1", "secp384r1", "secp521r1"] {
        openssl.run(&format!("ecparam -name {curve} -genkey -out key.pem"));
        let sec1 = openssl.self_signed("");
        assert!(sec1.private_key.contains("EC PARAMETERS"));
        assert_eq!(verify(&sec1).expect("sound").key().encoding(), KeyEncoding::Sec1);
        openssl.run("pkcs8 -topk8 -nocrypt -in key.pem -out pkcs8.pem");
        let pkcs8 = TestBundle { private_key: openssl.text("pkcs8.pem"), ..sec1 };
        assert_eq!(verify(&pkcs8).expect("sound").key().encoding(), KeyEncoding::Pkcs8);
    }
}

#[test]
fn a_compressed_point_is_the_same_key() {
    let openssl = OpenSsl::new();
    openssl.run("ecparam -name prime256v1 -genkey -noout -conv_form compressed -out key.pem");
    let bundle = openssl.self_signed("");
    assert!(verify(&bundle).is_ok(), "{:?}", verify(&bundle).err());
}

#[test]
fn ed25519_keys() {
    let openssl = OpenSsl::new();
    let bundle = openssl.run("genpkey -algorithm ed25519 -out key.pem").self_signed("");
    assert_eq!(verify(&bundle).expect("sound").key().algorithm().to_string(), "Ed25519");
}

#[test]
fn both_forms_of_password_are_recognised() {
    let openssl = OpenSsl::new();
    openssl.run("genrsa -traditional -out key.pem 2048");
    let plain = openssl.self_signed("");
    openssl.run("rsa -traditional -aes128 -passout pass:secret -in key.pem -out old.pem");
    openssl.run("pkcs8 -topk8 -passout pass:secret -in key.pem -out new.pem");
    for (file, form) in [("old.pem", PasswordForm::ProcType), ("new.pem", PasswordForm::Pkcs8)] {
        let locked = TestBundle { private_key: openssl.text(file), ..plain.clone() };
        assert_eq!(only_finding(&locked), Finding::EncryptedKey { form });
    }
}

#[test]
fn kinds_that_are_not_supported_are_named() {
    let openssl = OpenSsl::new();
    let ec = "genpkey -algorithm EC -out key.pem -pkeyopt ec_param_enc:named_curve -pkeyopt";
    let unsupported = |kind: &str| KeyError::Unsupported { kind: kind.to_owned() };
    for (line, error) in [
        (format!("{ec} ec_paramgen_curve:brainpoolP256r1"), unsupported("brainpoolP256r1")),
        (format!("{ec} ec_paramgen_curve:secp256k1"), unsupported("secp256k1")),
        ("genpkey -algorithm ed448 -out key.pem".to_owned(), unsupported("Ed448")),
        (
            "genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out key.pem".to_owned(),
            KeyError::RsaPss,
        ),
        (
            "genpkey -algorithm EC -out key.pem -pkeyopt ec_paramgen_curve:P-256 -pkeyopt \
             ec_param_enc:explicit"
                .to_owned(),
            KeyError::ExplicitCurve,
        ),
    ] {
        let bundle = openssl.run(&line).self_signed("");
        assert_eq!(bad_key(&bundle), error, "{line}");
        assert!(classes(&bundle).contains(&FindingClass::Weak), "{line}: the certificate too");
    }
}

#[test]
fn dsa_sm2_and_x25519_are_named() {
    let openssl = OpenSsl::new();
    openssl.run("genrsa -out key.pem 2048");
    let sound = openssl.self_signed("");
    openssl.run("genpkey -algorithm x25519 -out x25519.pem");
    openssl.run("genpkey -algorithm SM2 -out sm2.pem");
    openssl.run("dsaparam -out dsa.pem -genkey 2048");
    openssl.run("pkcs8 -topk8 -nocrypt -in dsa.pem -out dsa8.pem");
    for (file, kind) in [("x25519.pem", "X25519"), ("sm2.pem", "SM2"), ("dsa8.pem", "DSA")] {
        let bundle = TestBundle { private_key: openssl.text(file), ..sound.clone() };
        assert_eq!(bad_key(&bundle), KeyError::Unsupported { kind: kind.to_owned() });
    }
}

#[test]
fn weak_signatures_and_keys_are_reported_once() {
    let openssl = OpenSsl::new();
    openssl.run("genrsa -out key.pem 2048");
    for hash in ["md5", "sha1"] {
        let bundle = openssl.self_signed(&format!(" -{hash}"));
        assert!(matches!(only_finding(&bundle), Finding::WeakSignature { .. }), "{hash}");
    }
    for bits in [512, 1024, 2047] {
        openssl.run(&format!("genrsa -out key.pem {bits}"));
        let found = only_finding(&openssl.self_signed(""));
        assert!(matches!(found, Finding::WeakKey { .. }), "{bits}: {found}");
    }
}

#[test]
fn pss_signatures_verify() {
    let openssl = OpenSsl::new();
    openssl.run("genrsa -out key.pem 2048");
    for hash in ["sha256", "sha384", "sha512"] {
        let pss = format!(" -{hash} -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest");
        let mut bundle = openssl.self_signed(&pss);
        let verified = verify(&bundle).expect("sound");
        let name = verified.leaf().signature_algorithm().to_string();
        assert_eq!(name, format!("{}withRSAandMGF1", hash.to_uppercase()));
        let other = openssl.run("genrsa -out key.pem 2048").self_signed("");
        bundle.private_key = other.private_key;
        assert_eq!(classes(&bundle), [FindingClass::KeyMismatch]);
    }
}

#[test]
fn other_content_is_named() {
    let openssl = OpenSsl::new();
    openssl.run("genrsa -out key.pem 2048");
    let bundle = openssl.self_signed("");
    openssl.run("req -new -key key.pem -subj /CN=x -out csr.pem");
    openssl.run("crl2pkcs7 -nocrl -certfile cert.pem -out p7.pem");
    openssl.run("x509 -in cert.pem -trustout -out trusted.pem");
    openssl.run("rsa -in key.pem -pubout -out public.pem");
    for (file, name) in [
        ("csr.pem", "a certificate signing request (CSR)"),
        ("p7.pem", "a PKCS#7 container"),
        ("trusted.pem", "a certificate with OpenSSL trust settings"),
        ("public.pem", "a public key"),
    ] {
        let text = openssl.text(file);
        let bare: String = text.lines().filter(|line| !line.starts_with('-')).collect();
        let marked = TestBundle { certificate: text, ..bundle.clone() };
        let sentence = only_finding(&marked).to_string();
        assert!(
            sentence.starts_with(&format!("block 1 of certificate (line 1) is {name}, ")),
            "{sentence}"
        );
        if file != "trusted.pem" {
            let sentence =
                only_finding(&TestBundle { certificate: bare, ..bundle.clone() }).to_string();
            assert!(sentence.contains(&format!("holds {name} in base64")), "{sentence}");
        }
    }
}

#[test]
fn pkcs12_as_binary_is_named() {
    let openssl = OpenSsl::new();
    openssl.run("genrsa -out key.pem 2048");
    let bundle = openssl.self_signed("");
    openssl.run("pkcs12 -export -inkey key.pem -in cert.pem -passout pass:x -out all.p12");
    let bytes = fs::read(openssl.0.path().join("all.p12")).expect("openssl wrote it");
    let certificate = bytes.iter().map(|&byte| char::from(byte)).collect();
    let sentence = only_finding(&TestBundle { certificate, ..bundle }).to_string();
    assert!(sentence.contains("a PKCS#12 container in binary format"), "{sentence}");
}

#[test]
fn a_chain_made_by_openssl_is_sound() {
    let openssl = OpenSsl::new();
    let ca = "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign";
    openssl.run("genrsa -out key.pem 2048").self_signed(&format!(" -subj /CN=Root {ca}"));
    openssl.run(&format!(
        "req -x509 -CA cert.pem -CAkey key.pem -newkey rsa:2048 -nodes -keyout mid.key -subj \
         /CN=Mid -days 3650 -out mid.pem {ca}"
    ));
    openssl.run(
        "req -x509 -CA mid.pem -CAkey mid.key -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
         -keyout leaf.key -subj /CN=leaf.example -addext subjectAltName=DNS:leaf.example \
         -days 3650 -out leaf.pem -addext basicConstraints=CA:FALSE",
    );
    let bundle = TestBundle {
        certificate: openssl.text("leaf.pem"),
        certificate_chain: openssl.text("mid.pem") + &openssl.text("cert.pem"),
        private_key: openssl.text("leaf.key"),
    };
    let verified = verify_under(Policy::default().with_require_chain(true), &bundle);
    assert_eq!(verified.expect("sound").chain().len(), 2);
}

#[test]
fn a_new_key_of_an_authority_is_checked() {
    let openssl = OpenSsl::new();
    let ca = "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign";
    openssl.run("genrsa -out key.pem 2048").self_signed(&format!(" -subj /CN=Root {ca} -md5"));
    openssl.run("genrsa -out new.key 2048");
    openssl.run("genrsa -out leaf.key 2048");
    openssl.run(
        "req -x509 -CA cert.pem -CAkey key.pem -key new.key -subj /CN=Root -days 9 -out sound.pem \
         -addext basicConstraints=critical,CA:TRUE",
    );
    openssl.run(
        "req -x509 -CA cert.pem -CAkey key.pem -key new.key -subj /CN=Root -days 36500 -out \
         weak.pem -md5 -addext basicConstraints=critical,CA:TRUE",
    );
    openssl.run(
        "req -x509 -CA weak.pem -CAkey new.key -key leaf.key -subj /CN=leaf.example -days 36500 \
         -out leaf.pem",
    );
    for (rollover, class) in
        [("sound.pem", FindingClass::Expired), ("weak.pem", FindingClass::Weak)]
    {
        let bundle = TestBundle {
            certificate: openssl.text("leaf.pem"),
            certificate_chain: openssl.text(rollover) + &openssl.text("cert.pem"),
            private_key: openssl.text("leaf.key"),
        };
        let next_month = OffsetDateTime::now_utc() + time::Duration::days(30);
        let findings = Verifier::default().verify(bundle.read(), next_month).expect_err(rollover);
        assert_eq!(findings.iter().map(Finding::class).collect::<Vec<_>>(), [class], "{rollover}");
    }
}
