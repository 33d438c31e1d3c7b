//! Replaces a certificate by a renewed one under its id:
//! `cargo run -p scm-client --example replace -- credentials.json scs1600313391074 leaf.pem chain.pem key.pem`

use std::{env, error::Error, fs};

use scm_client::{Client, Credentials};
use scm_model::certificates::CertificateReplacement;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example shows what it got")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [credentials, id, leaf, chain, key] = arguments.as_slice() else {
        return Err("usage: replace CREDENTIALS ID LEAF CHAIN KEY".into());
    };
    let credentials: Credentials = serde_json::from_slice(&fs::read(credentials)?)?;
    let client = Client::from_credentials(&credentials)?;
    let replacement = CertificateReplacement {
        certificate: fs::read_to_string(leaf)?,
        certificate_chain: Some(fs::read_to_string(chain)?),
        private_key: fs::read_to_string(key)?.into(),
    };
    let replaced = client.replace_certificate(id, replacement).await?.reply;
    println!("{} is valid until {}", replaced.id, replaced.not_after.unwrap_or_default());
    Ok(())
}
