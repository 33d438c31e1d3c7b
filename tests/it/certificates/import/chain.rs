//! Where the chain may stand, and what is kept of it.

use scm_pki::testing::{Flaw, TestBundle};
use scm_tests::{Person, TestServer, authority, import_body, sound};
use serde_json::Value;

/// How many issuers are kept of what a body says.
async fn kept(server: &TestServer, body: &Value) -> usize {
    let answer = server.by(Person::FullAccess).import(body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let id = answer.text("certificate_id").parse().unwrap();
    server.store().bundle(&server.project(), id).await.unwrap().chain.len()
}

#[tokio::test]
async fn the_chain_may_stand_in_either_field_or_be_split() {
    let server = TestServer::start().await;
    let apart = sound("www.example.com");
    let root = authority().root_pem();
    assert_eq!(kept(&server, &import_body(&apart)).await, 1);
    assert_eq!(kept(&server, &import_body(&apart.clone().joined())).await, 1);

    let split =
        TestBundle { certificate: joined(&apart), certificate_chain: root, ..apart.clone() };
    assert_eq!(kept(&server, &import_body(&split)).await, 2, "the chain continues");
    let headed = TestBundle { certificate_chain: joined(&apart), ..apart };
    assert_eq!(kept(&server, &import_body(&headed)).await, 1, "the leaf at the chain's head");
}

#[tokio::test]
async fn a_certificate_that_occurs_twice_is_refused_until_it_is_removed() {
    let server = TestServer::start().await;
    let bundle = sound("www.example.com");
    let twice = TestBundle { certificate: joined(&bundle), ..bundle.clone() };
    let refusal = server.by(Person::FullAccess).import(&import_body(&twice)).await.refusal();
    let message = "The subject of the CA certificate does not match the issuer of the certificate. \
                   certificate 1 of certificate_chain (\"O=Example, CN=Test Intermediate\") is \
                   identical to certificate 2 of certificate; remove certificate 1 of \
                   certificate_chain.";
    assert_eq!(refusal, (400, "SCM.0079".into(), message.into()));
    let once = TestBundle { certificate_chain: String::new(), ..twice };
    assert_eq!(kept(&server, &import_body(&once)).await, 1);
}

fn joined(bundle: &TestBundle) -> String {
    format!("{}{}", bundle.certificate, bundle.certificate_chain)
}

#[tokio::test]
async fn the_root_may_be_there_or_not_and_a_leaf_may_come_alone() {
    let server = TestServer::start().await;
    let leaf = || authority().leaf("www.example.com");
    assert_eq!(kept(&server, &import_body(&leaf().with_root().issue())).await, 2);
    let mut body = import_body(&leaf().issue());
    for nothing in ["", "\n", " \r\n\t"] {
        body["certificate_chain"] = nothing.into();
        assert_eq!(kept(&server, &body).await, 0, "{nothing:?}");
    }
}

#[tokio::test]
async fn a_server_may_demand_a_chain() {
    let server = TestServer::builder().require_chain().start().await;
    let alone = authority().leaf("www.example.com").flaw(Flaw::NoChain).issue();
    let refusal = server.by(Person::FullAccess).import(&import_body(&alone)).await.refusal();
    let message = "The certificate chain is incomplete. certificate_chain is empty, but a chain \
                   is required; add the certificate of the issuer \"O=Example, CN=Test \
                   Intermediate\" and the certificates above it.";
    assert_eq!(refusal, (400, "SCM.0109".into(), message.into()));
    assert_eq!(kept(&server, &import_body(&sound("www.example.com"))).await, 1);
}

#[tokio::test]
async fn a_chain_that_two_leaves_share_comes_back_with_each() {
    let server = TestServer::start().await;
    for name in ["a.example.com", "b.example.com"] {
        assert_eq!(kept(&server, &import_body(&sound(name))).await, 1);
    }
}
