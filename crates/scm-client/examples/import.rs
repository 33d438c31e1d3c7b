//! Imports a certificate:
//! `cargo run -p scm-client --example import -- credentials.json leaf.pem chain.pem key.pem`

use std::{env, error::Error, fs};

use scm_client::{Client, Credentials};
use scm_model::certificates::CertificateImport;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example shows what it got")]
async fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<_> = env::args().skip(1).collect();
    let [credentials, leaf, chain, key] = files.as_slice() else {
        return Err("usage: import CREDENTIALS LEAF CHAIN KEY".into());
    };
    let credentials: Credentials = serde_json::from_slice(&fs::read(credentials)?)?;
    let client = Client::from_credentials(&credentials)?;
    let imported = client
        .import_certificate(CertificateImport {
            name: "example".to_owned(),
            certificate: fs::read_to_string(leaf)?,
            certificate_chain: Some(fs::read_to_string(chain)?),
            private_key: fs::read_to_string(key)?.into(),
            enterprise_project_id: None,
            duplicate_check: None,
            enc_certificate: None,
            enc_private_key: None,
        })
        .await?;
    let kept = client.show_certificate(imported.certificate_id).await?;
    println!("{} is kept for {}", kept.id, kept.domain);
    Ok(())
}
