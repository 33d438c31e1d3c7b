//! Lists the certificates that expire within 30 days, the soonest first:
//! `cargo run -p scm-client --example expiring -- credentials.json`

use std::{env, error::Error, fs};

use futures_util::TryStreamExt as _;
use scm_client::{Client, Credentials};
use scm_model::certificates::{CertificateFilter, SortDirection, SortKey};
use time::{Duration, OffsetDateTime, PrimitiveDateTime, macros::format_description};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example shows what it got")]
async fn main() -> Result<(), Box<dyn Error>> {
    let credentials = env::args().nth(1).ok_or("usage: expiring CREDENTIALS")?;
    let credentials: Credentials = serde_json::from_slice(&fs::read(credentials)?)?;
    let client = Client::from_credentials(&credentials)?;
    let mut certificates = client.certificates(CertificateFilter {
        sort_key: Some(SortKey::Expiry),
        sort_dir: Some(SortDirection::Ascending),
        expired_days_since: Some(0),
        ..CertificateFilter::default()
    });
    let times = format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond]");
    let soon = OffsetDateTime::now_utc() + Duration::days(30);
    while let Some(certificate) = certificates.try_next().await? {
        let end = PrimitiveDateTime::parse(&certificate.expire_time, times)?.assume_utc();
        if end > soon {
            break;
        }
        println!("{}  {}  {}", certificate.id, certificate.expire_time, certificate.domain);
    }
    Ok(())
}
