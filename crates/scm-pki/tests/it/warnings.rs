//! Bundles with sound keys and signatures that verifiers reject.

use scm_pki::{Field, Place, Warning, testing::Flaw};

use super::{openssl::OpenSsl, *};

const FLAWS: [Flaw; 4] =
    [Flaw::NotForServers, Flaw::CriticalExtension, Flaw::NameNotPermitted, Flaw::Loop];

fn warnings(bundle: &TestBundle) -> Vec<Warning> {
    verify(bundle).expect("sound").warnings().to_vec()
}

#[test]
fn each_flaw_is_one_warning_and_openssl_rejects_it() {
    let (openssl, authority) = (OpenSsl::new(), authority());
    let sound = authority.leaf("www.example.com").also("10.0.0.1").issue();
    assert_eq!(warnings(&sound), []);
    assert!(openssl.accepts(&sound, &authority.root_pem()));
    for flaw in FLAWS {
        let bundle = authority.leaf("www.example.com").flaw(flaw).issue();
        assert_eq!(warnings(&bundle).len(), 1, "{flaw:?}");
        // With the self-signed root among the trusted ones, a verifier does not follow the loop.
        let trusted = match flaw {
            Flaw::Loop => bundle.certificate_chain.clone(),
            _ => authority.root_pem(),
        };
        assert!(!openssl.accepts(&bundle, &trusted), "{flaw:?}");
    }
}

#[test]
fn a_strict_policy_refuses_bundles_with_warnings() {
    let authority = authority();
    let strict = Policy::default().with_strict(true);
    for flaw in FLAWS {
        let bundle = authority.leaf("www.example.com").flaw(flaw).issue();
        let findings = verify_under(strict, &bundle).expect_err("strict");
        let [Finding::NotAccepted(warning)] = findings.iter().as_slice() else {
            panic!("{flaw:?}: {findings:?}")
        };
        assert_eq!(warnings(&bundle), std::slice::from_ref(warning));
        assert_eq!(findings.first().class(), FindingClass::NotAccepted);
    }
    assert!(verify_under(strict, &authority.leaf("www.example.com").issue()).is_ok());
}

#[test]
fn warnings_name_the_certificate_and_what_to_do() {
    let authority = authority();
    for (flaw, sentence) in [
        (
            Flaw::NotForServers,
            "certificate 1 of certificate (\"O=Example, CN=www.example.com\") is not valid for TLS \
             servers: its extKeyUsage lacks serverAuth; request a certificate for server \
             authentication",
        ),
        (
            Flaw::CriticalExtension,
            "certificate 1 of certificate (\"O=Example, CN=www.example.com\") has the critical \
             extension 1.2.3.4, which verifiers do not know and must reject; request a certificate \
             without it",
        ),
        (
            Flaw::NameNotPermitted,
            "certificate 1 of certificate has the name \"www.example.com\", which nameConstraints \
             of certificate 1 of certificate_chain (\"O=Example, CN=Test Intermediate\") do not \
             permit; request the certificate from another issuer",
        ),
        (
            Flaw::Loop,
            "the chain is a loop: certificate 2 of certificate_chain was issued by certificate 1 \
             of certificate_chain (\"O=Example, CN=Test Intermediate\"), which stands below it; \
             send the chain that leads to a root",
        ),
    ] {
        let bundle = authority.leaf("www.example.com").flaw(flaw).issue();
        let [warning] = warnings(&bundle).try_into().expect("one warning");
        assert_eq!(warning.to_string(), sentence);
        let expected = match flaw {
            Flaw::Loop => Place::new(Field::CertificateChain, 2),
            _ => Place::LEAF,
        };
        assert_eq!(warning.place(), expected);
    }
}

#[test]
fn a_cached_chain_is_warned_of_again() {
    let authority = authority();
    let verifier = Verifier::default();
    let bundle = authority.leaf("www.example.com").flaw(Flaw::NameNotPermitted).issue();
    for _ in 0..3 {
        let TestBundle { certificate, certificate_chain, private_key } = &bundle;
        let read = verifier.read(certificate, certificate_chain, private_key);
        assert_eq!(verifier.verify(read, NOW).expect("sound").warnings().len(), 1);
    }
}

#[test]
fn name_constraints_are_applied_as_openssl_applies_them() {
    let openssl = OpenSsl::new();
    for (constraints, names) in [
        ("permitted;DNS:example.com", "DNS:www.example.com"),
        ("permitted;DNS:example.com", "DNS:example.com,DNS:other.example"),
        ("permitted;DNS:example.com", "DNS:notexample.com"),
        ("permitted;DNS:.example.com", "DNS:example.com"),
        ("permitted;DNS:.example.com", "DNS:*.example.com"),
        ("permitted;DNS:example.com", "IP:10.0.0.1,DNS:example.com"),
        ("permitted;IP:10.0.0.0/255.0.0.0", "IP:10.1.2.3,DNS:example.com"),
        ("permitted;IP:10.0.0.0/255.0.0.0", "IP:11.1.2.3"),
        ("permitted;IP:10.0.0.0/255.0.0.0", "IP:::1"),
        ("excluded;DNS:example.com", "DNS:www.example.com"),
        ("excluded;DNS:example.com", "DNS:other.example"),
        ("excluded;IP:0.0.0.0/0.0.0.0", "DNS:other.example,IP:10.0.0.1"),
        ("permitted;DNS:example.com,excluded;DNS:a.example.com", "DNS:b.a.example.com"),
        ("permitted;DNS:example.com", "email:user@other.example"),
    ] {
        let bundle = openssl.constrained(constraints, names);
        let accepted = openssl.accepts(&bundle, &bundle.certificate_chain);
        let warnings = warnings(&bundle);
        assert_eq!(warnings.is_empty(), accepted, "{constraints} {names}: {warnings:?}");
    }
}
