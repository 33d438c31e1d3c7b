//! `scm import`: checks a bundle, then imports it.

use std::process::ExitCode;

use scm_model::{
    Revision,
    certificates::{CertificateImport, ImportedCertificate, Warned},
};
use serde::Serialize;
use time::OffsetDateTime;

use super::sound;
use crate::{
    args::Import,
    error::CliError,
    judgement::{LeftOut, Sound},
    output, server,
};

/// The output of `--json`.
#[derive(Serialize)]
struct Imported<'a> {
    #[serde(flatten)]
    reply: &'a ImportedCertificate,
    /// The repeated certificates that were not sent.
    left_out: &'a [LeftOut],
    /// Why TLS clients reject the certificate.
    warnings: &'a [String],
}

/// Imports a bundle and prints its id.
pub(super) async fn run(args: Import, now: OffsetDateTime) -> Result<ExitCode, CliError> {
    let Some((judgement, sound)) = sound(&args.bundle, now)? else {
        return Ok(ExitCode::from(1));
    };
    let client = server::client(&args.server)?;
    let json = args.json;
    let import = written(args, sound);
    let name = import.name.clone();
    let imported = client.import_certificate(import).await.map_err(CliError::changing)?;
    let Warned { reply, warnings } = imported;
    output::notes(&judgement.notes);
    output::notes(judgement.new_warnings(&warnings));
    if json {
        output::json(&Imported {
            reply: &reply,
            left_out: &judgement.left_out,
            warnings: &warnings,
        });
    } else {
        output::note(&output::imported(&judgement, &name, now));
        output::result(&reply.certificate_id);
    }
    Ok(ExitCode::SUCCESS)
}

fn written(args: Import, sound: Sound) -> CertificateImport {
    let name = args.name.unwrap_or_else(|| name_of(&sound.domain));
    CertificateImport {
        enterprise_project_id: args.enterprise_project_id,
        duplicate_check: args.duplicate_check.then_some(true),
        ..CertificateImport::new(name, sound.certificate, sound.private_key)
            .with_chain(sound.certificate_chain)
    }
}

/// A name for a domain that every revision of the API accepts.
fn name_of(domain: &str) -> String {
    let rule = Revision::R2025.name();
    let fit = |c: char| if c.is_ascii_alphanumeric() || "_.-".contains(c) { c } else { '_' };
    let mut name: String = domain.chars().map(fit).take(rule.length.max).collect();
    while name.len() < rule.length.min {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_becomes_a_name_for_every_revision() {
        assert_eq!(name_of("www.example.com"), "www.example.com");
        assert_eq!(name_of("*.example.com"), "_.example.com");
        assert_eq!(name_of("2001:db8::1"), "2001_db8__1");
        assert_eq!(name_of("x"), "x__");
        assert_eq!(name_of(&"a".repeat(100)).len(), 63);
    }
}
