//! TLS to the database. The certificate of the database and its name are always verified.

use std::{fs, path::Path};

use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_rustls::rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::error::StoreError;

/// Connects to hosts whose certificate an authority in `authorities` has issued, or an authority of the
/// system. Passwords are bound to the TLS connection (SCRAM-SHA-256-PLUS) where the database offers it.
pub(super) fn verifying(authorities: Option<&Path>) -> Result<MakeRustlsConnect, StoreError> {
    let roots = match authorities {
        Some(file) => of_file(file)?,
        None => of_system(),
    };
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(MakeRustlsConnect::new(config))
}

fn of_file(file: &Path) -> Result<RootCertStore, StoreError> {
    let failed = |why: String| StoreError::unavailable(format!("{}: {why}", file.display()));
    let pem = fs::read(file).map_err(|error| failed(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| failed(error.to_string()))?;
        roots.add(certificate).map_err(|error| failed(error.to_string()))?;
    }
    if roots.is_empty() { Err(failed("no certificate in it".to_owned())) } else { Ok(roots) }
}

/// The trust anchors of the system; unreadable ones are left out.
fn of_system() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}
