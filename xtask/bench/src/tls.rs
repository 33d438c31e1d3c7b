//! HTTPS between the bench and the server: a certificate for localhost, and trust in it.

use std::{fs, path::Path, sync::Arc};

use scm_pki::testing::{Algorithm, TestAuthority};
use time::OffsetDateTime;
use tokio_rustls::rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::Failed;

/// Writes a certificate and its key into the folder; the flags that make a server show it, and what
/// makes a client trust it.
pub fn prepare(folder: &Path) -> Result<(Vec<String>, Arc<ClientConfig>), Failed> {
    let authority = TestAuthority::new(Algorithm::P256, OffsetDateTime::now_utc());
    let bundle = authority.leaf("localhost").issue();
    let (certificate, key) = (folder.join("tls.pem"), folder.join("tls-key.pem"));
    fs::write(&certificate, bundle.certificate + &bundle.certificate_chain)?;
    fs::write(&key, bundle.private_key)?;
    let mut trusted = RootCertStore::empty();
    trusted.add(CertificateDer::from_pem_slice(authority.root_pem().as_bytes())?)?;
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let flag = |name: &str, file: &Path| format!("--{name}={}", file.display());
    Ok((vec![flag("tls-cert", &certificate), flag("tls-key", &key)], Arc::new(config)))
}
