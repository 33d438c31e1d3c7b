//! Bodies by chance, through the real socket: never a 5xx, never a hang, and others are served.

use std::time::{Duration, Instant};

use http::Method;
use proptest::{prelude::*, test_runner::TestRunner};
use scm_pki::testing::TestBundle;
use scm_tests::{Answer, Person, Session, TestServer, import_body, sound};
use serde_json::{Map, Value};
use tokio::runtime::Runtime;

use super::still_serves;

/// No body takes longer to judge, however it is made.
const LONGEST: Duration = Duration::from_secs(5);

/// Runs a property against one server.
fn against_a_server<S: Strategy>(strategy: S, body_of: impl Fn(S::Value) -> Vec<u8>) {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(TestServer::start());
    let client = server.by(Person::FullAccess);
    let config = ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() };
    let outcome = TestRunner::new(config).run(&strategy, |value| {
        let body = body_of(value);
        let answer = runtime.block_on(send(&client, body.clone()));
        let harmless = answer.status == 200 || answer.status.is_client_error();
        prop_assert!(harmless, "{answer:?} for {}", String::from_utf8_lossy(&body));
        Ok(())
    });
    outcome.unwrap();
    runtime.block_on(still_serves(&server));
}

async fn send(client: &Session, body: Vec<u8>) -> Answer {
    let start = Instant::now();
    let answer = client.send(Method::POST, "/v3/scm/certificates/import", body).await;
    assert!(start.elapsed() < LONGEST, "{:?} for {answer:?}", start.elapsed());
    answer
}

/// A JSON value whose names are often those of the fields.
fn json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        Just("name".to_owned()),
        Just("certificate".to_owned()),
        Just("certificate_chain".to_owned()),
        Just("private_key".to_owned()),
        Just("duplicate_check".to_owned()),
        Just("enterprise_project_id".to_owned()),
        ".{0,8}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        pem().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..8)
                .prop_map(|members| Value::from(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Text that looks like PEM, more or less.
fn pem() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("-----BEGIN CERTIFICATE-----\n".to_owned()),
        Just("-----END CERTIFICATE-----\n".to_owned()),
        Just("-----BEGIN PRIVATE KEY-----\r\n".to_owned()),
        Just("-----END PRIVATE KEY-----".to_owned()),
        Just("-----BEGIN ".to_owned()),
        Just("-----".to_owned()),
        Just("Proc-Type: 4,ENCRYPTED\n\n".to_owned()),
        "[A-Za-z0-9+/=\n]{0,90}",
        ".{0,10}",
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

/// A change to a text: where, by how much, to what.
type Change = (prop::sample::Index, u8, String);

fn changed(text: &mut String, (at, kind, with): &Change) {
    let places: Vec<_> = text.char_indices().map(|(at, _)| at).collect();
    if places.is_empty() {
        return;
    }
    let at = *at.get(&places);
    let lines: Vec<_> = text.split_inclusive('\n').map(str::to_owned).collect();
    match kind % 5 {
        0 => text.insert_str(at, with),
        1 => drop(text.remove(at)),
        2 => text.truncate(at),
        3 => text.insert_str(at, &lines[at % lines.len()]),
        _ => *text = lines.into_iter().rev().collect(),
    }
}

#[test]
fn json_by_chance_does_no_harm() {
    against_a_server(json(), |json| json.to_string().into_bytes());
}

#[test]
fn bytes_by_chance_do_no_harm() {
    let bytes = prop::collection::vec(any::<u8>(), 1..300);
    let texts = "[\\[\\]{}\":,0-9a-zA-Z\\\\ ]{1,200}".prop_map(String::into_bytes);
    against_a_server(prop_oneof![bytes, texts], |bytes| bytes);
}

#[test]
fn pem_by_chance_does_no_harm() {
    against_a_server((pem(), pem(), pem()), |(certificate, certificate_chain, private_key)| {
        import_body(&TestBundle { certificate, certificate_chain, private_key })
            .to_string()
            .into_bytes()
    });
}

#[test]
fn a_sound_bundle_that_was_tampered_with_does_no_harm() {
    let change = (any::<prop::sample::Index>(), any::<u8>(), ".{1,3}");
    let changes = prop::collection::vec((0..3_u8, change), 1..4);
    let good = sound("www.example.com");
    against_a_server(changes, move |changes| {
        let mut bundle = good.clone();
        for (field, change) in &changes {
            changed(
                match field {
                    0 => &mut bundle.certificate,
                    1 => &mut bundle.certificate_chain,
                    _ => &mut bundle.private_key,
                },
                change,
            );
        }
        import_body(&bundle).to_string().into_bytes()
    });
}

/// DER whose bytes were changed, behind base64 that is right.
#[test]
fn der_that_was_tampered_with_does_no_harm() {
    let good = sound("www.example.com");
    let places = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4);
    against_a_server((0..2_u8, places), move |(field, places)| {
        let mut bundle = good.clone();
        let (label, text) = match field {
            0 => ("CERTIFICATE", &mut bundle.certificate),
            _ => ("PRIVATE KEY", &mut bundle.private_key),
        };
        let block = scm_pki::pem::scan(text).next().unwrap().unwrap();
        let mut der = block.decode().unwrap();
        for (at, byte) in &places {
            *at.get_mut(&mut der) = *byte;
        }
        *text = scm_pki::pem::encode(label, &der);
        import_body(&bundle).to_string().into_bytes()
    });
}
