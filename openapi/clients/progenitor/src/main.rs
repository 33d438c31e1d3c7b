//! One certificate's life, through the client that progenitor makes while this is compiled.

use std::{error::Error, fs};

use reqwest::header::HeaderMap;
use scm::{Client, Error::ErrorResponse, types::CertificateImport};

#[derive(serde::Deserialize)]
struct Given {
    endpoint: String,
    token: String,
    sound: CertificateImport,
    mismatched: CertificateImport,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let given: Given = serde_json::from_str(&fs::read_to_string("given.json")?)?;
    let token = HeaderMap::from_iter([("x-auth-token".parse()?, given.token.parse()?)]);
    let http = reqwest::Client::builder().default_headers(token).build()?;
    let scm = Client::new_with_client(&given.endpoint, http);

    let imported = scm.import_certificate().body(given.sound).send().await?;
    let id = imported.certificate_id.as_str();
    println!("import {id}");
    println!("show {}", scm.show_certificate().certificate_id(id).send().await?.domain.as_str());

    let page = scm.list_certificates().send().await?;
    let listed: Vec<_> = page.certificates.iter().map(|kept| kept.id.as_str()).collect();
    println!("list {}", listed.join(" "));

    let exported = scm.export_certificate().certificate_id(id).send().await?;
    fs::write("exported.pem", exported.private_key.as_str())?;
    println!("export exported.pem");

    scm.delete_certificate().certificate_id(id).send().await?;
    println!("delete {id}");

    let refused = scm.import_certificate().body(given.mismatched).send().await;
    let Err(ErrorResponse(body)) = refused else {
        return Err("a key of another certificate was not refused as it should be".into());
    };
    println!("refusal {}", body.error_code.as_str());
    Ok(())
}
