//! Exports a certificate with its chain and its private key into two files of the current folder:
//! `cargo run -p scm-client --example export -- credentials.json scs1600313391074`

use std::{env, error::Error, fs, io::Write as _};

use scm_client::{Client, Credentials};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [credentials, id] = arguments.as_slice() else {
        return Err("usage: export CREDENTIALS ID".into());
    };
    let credentials: Credentials = serde_json::from_slice(&fs::read(credentials)?)?;
    let exported = Client::from_credentials(&credentials)?.export_certificate(id).await?;
    fs::write("fullchain.pem", &exported.entire_certificate)?;
    // Other users must not be able to read the key, so the file is created with mode 0600.
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut key = options.open("privkey.pem")?;
    key.write_all(exported.private_key.secret_str().as_bytes())?;
    Ok(())
}
