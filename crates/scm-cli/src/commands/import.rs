//! `scm import`: checked here first, so that mistakes are told before anything is sent.

use std::process::ExitCode;

use scm_model::{Revision, certificates::CertificateImport};
use scm_pki::Policy;
use time::OffsetDateTime;

use super::wait_for;
use crate::{
    args::Import,
    judgement::{Sound, judge},
    output, server, sources,
    trouble::Trouble,
};

/// Imports a bundle and prints its id.
pub(super) fn run(args: Import, now: OffsetDateTime) -> Result<ExitCode, Trouble> {
    let sources = sources::read_all(&args.bundle.files)?;
    let policy = Policy::default().with_accept_expired(args.bundle.accept_expired);
    let mut judgement = judge(&sources, policy, now);
    let Some(sound) = judgement.sound.take() else {
        output::note(&output::report(&judgement, now));
        output::note("\nNothing was sent.");
        return Ok(ExitCode::from(1));
    };
    drop(sources);
    let client = server::client(&args.server)?;
    let json = args.json;
    let import = written(args, sound);
    let name = import.name.clone();
    let imported = wait_for(client.import_certificate(import))?;
    output::notes(&judgement.notes);
    if json {
        output::json(&imported);
    } else {
        output::note(&output::imported(&judgement, &name, now));
        output::result(&imported.certificate_id);
    }
    Ok(ExitCode::SUCCESS)
}

fn written(args: Import, sound: Sound) -> CertificateImport {
    CertificateImport {
        name: args.name.unwrap_or_else(|| name_of(&sound.domain)),
        certificate: sound.certificate,
        certificate_chain: Some(sound.certificate_chain),
        private_key: sound.private_key.into(),
        enterprise_project_id: args.enterprise_project_id,
        duplicate_check: args.duplicate_check.then_some(true),
        enc_certificate: None,
        enc_private_key: None,
    }
}

/// A name that every revision of the API takes, as like the domain as can be.
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
