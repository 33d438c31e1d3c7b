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
    let (leaf, key) = (fs::read_to_string(leaf)?, fs::read_to_string(key)?);
    let import = CertificateImport::new("example", leaf, key);
    let imported = client.import_certificate(import.with_chain(fs::read_to_string(chain)?)).await?;
    let stored = client.show_certificate(imported.reply.certificate_id).await?;
    println!("{} is stored for {}", stored.id, stored.domain);
    Ok(())
}
