//! One certificate's life, through the crate that openapi-generator makes.

use std::{error::Error, fs};

use scm::{
    apis::{
        Error::ResponseError,
        certificates_api::{
            ImportCertificateError, delete_certificate, export_certificate, import_certificate,
            list_certificates, show_certificate,
        },
        configuration::{ApiKey, Configuration},
    },
    models::CertificateImport,
};

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
    let scm = Configuration {
        base_path: given.endpoint,
        api_key: Some(ApiKey { prefix: None, key: given.token }),
        ..Configuration::default()
    };

    let id = import_certificate(&scm, given.sound, Some("one life")).await?.certificate_id;
    println!("import {id}");
    println!("show {}", show_certificate(&scm, &id).await?.domain);

    let none = None;
    let page =
        list_certificates(&scm, None, None, none, none, none, none, none, None, None, None, none);
    let listed: Vec<_> = page.await?.certificates.into_iter().map(|kept| kept.id).collect();
    println!("list {}", listed.join(" "));

    fs::write("exported.pem", export_certificate(&scm, &id).await?.private_key)?;
    println!("export exported.pem");

    delete_certificate(&scm, &id).await?;
    println!("delete {id}");

    let Err(ResponseError(refused)) = import_certificate(&scm, given.mismatched, None).await else {
        return Err("a key of another certificate was taken".into());
    };
    let Some(ImportCertificateError::Status400(body)) = refused.entity else {
        return Err(refused.content.into());
    };
    println!("refusal {}", body.error_code);
    Ok(())
}
