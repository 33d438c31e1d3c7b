//! Records of the store as types of the API.

use scm_model::{
    certificates::{CertificateDetail, CertificateSummary},
    limits,
};
use scm_store::CertificateRecord;
use time::{OffsetDateTime, UtcOffset, macros::format_description};

/// A certificate in detail.
pub fn certificate(record: CertificateRecord, now: OffsetDateTime) -> CertificateDetail {
    let names: Vec<_> = std::iter::once(&record.domain).chain(&record.sans).cloned().collect();
    CertificateDetail {
        id: record.id.to_string(),
        status: status(&record, now).to_owned(),
        order_id: None,
        name: record.name,
        r#type: None,
        brand: None,
        push_support: "OFF".to_owned(),
        revoke_reason: None,
        signature_algorithm: Some(record.signature_algorithm.clone()),
        signature_algrithm: Some(record.signature_algorithm),
        issue_time: None,
        not_before: Some(wire_time(record.not_before)),
        not_after: Some(wire_time(record.not_after)),
        validity_period: None,
        validation_method: None,
        domain_type: Some(domain_type(record.domain_count, record.wildcard_count).to_owned()),
        domain: record.domain,
        sans: joined(&record.sans),
        domain_count: at_most(limits::DOMAIN_COUNT, record.domain_count),
        wildcard_count: at_most(limits::WILDCARD_COUNT, record.wildcard_count),
        authentification: Vec::new(),
        fingerprint: record.sha1.iter().map(|byte| format!("{byte:02x}")).collect(),
        enterprise_project_id: record.enterprise_project.as_str().to_owned(),
        multi_domain_type: None,
        shared: false,
        description: record.description,
        names,
    }
}

/// A certificate in a list.
pub fn summary(record: CertificateRecord, domain: &str, now: OffsetDateTime) -> CertificateSummary {
    CertificateSummary {
        id: record.id.to_string(),
        status: status(&record, now).to_owned(),
        name: record.name,
        sans: joined(&record.sans),
        signature_algorithm: Some(record.signature_algorithm),
        deploy_support: false,
        r#type: None,
        brand: None,
        expire_time: wire_time(record.not_after),
        domain_type: domain_type(record.domain_count, record.wildcard_count).to_owned(),
        domain: record.domain,
        validity_period: None,
        domain_count: at_most(limits::DOMAIN_COUNT, record.domain_count),
        wildcard_count: at_most(limits::DOMAIN_COUNT, record.wildcard_count),
        description: record.description,
        domain_id: Some(domain.to_owned()),
        enterprise_project_id: record.enterprise_project.as_str().to_owned(),
    }
}

/// A count, capped at the API's maximum.
pub fn count(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The status of an imported certificate: `UPLOAD` up to and including the last moment of its
/// validity, then `EXPIRED`.
fn status(record: &CertificateRecord, now: OffsetDateTime) -> &'static str {
    if record.not_after < now { "EXPIRED" } else { "UPLOAD" }
}

fn at_most(most: u32, count: usize) -> u32 {
    u32::try_from(count).map_or(most, |count| count.min(most))
}

fn domain_type(names: usize, wildcards: usize) -> &'static str {
    match (names, wildcards) {
        (2.., _) => "MULTI_DOMAIN",
        (_, 1..) => "WILDCARD",
        _ => "SINGLE_DOMAIN",
    }
}

/// The names joined by `;`, as many whole names as the field holds.
fn joined(names: &[String]) -> Option<String> {
    let mut joined = String::new();
    for name in names {
        let separator = usize::from(!joined.is_empty());
        if joined.chars().count() + separator + name.chars().count() > limits::SANS.max {
            break;
        }
        if separator == 1 {
            joined.push(';');
        }
        joined.push_str(name);
    }
    (!joined.is_empty()).then_some(joined)
}

/// The format of times of certificates: `2021-05-27 16:46:25.0`, UTC.
fn wire_time(time: OffsetDateTime) -> String {
    let form = format_description!("[year]-[month]-[day] [hour]:[minute]:[second].0");
    time.to_offset(UtcOffset::UTC).format(&form).expect("the parts of a time have a form")
}

/// The format of times of tokens: RFC 3339 with microseconds, UTC.
pub fn token_time(time: OffsetDateTime) -> String {
    let form =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
    time.to_offset(UtcOffset::UTC).format(&form).expect("the parts of a time have a form")
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn times_have_the_published_forms() {
        let time = datetime!(2021-05-27 18:46:25.701 +2);
        assert_eq!(wire_time(time), "2021-05-27 16:46:25.0");
        assert_eq!(token_time(time), "2021-05-27T16:46:25.701000Z");
    }

    #[test]
    fn joined_names_end_with_a_whole_name() {
        let names: Vec<_> = (0..1000).map(|n| format!("name-{n}.example.com")).collect();
        let joined = joined(&names).unwrap();
        assert!(joined.len() <= 4096 && joined.len() > 4096 - 25, "{}", joined.len());
        assert!(joined.ends_with(".example.com"));
        assert_eq!(super::joined(&[]), None);
    }

    #[test]
    fn the_kind_of_a_domain_follows_from_its_names() {
        let kinds = [domain_type(1, 0), domain_type(1, 1), domain_type(2, 1)];
        assert_eq!(kinds, ["SINGLE_DOMAIN", "WILDCARD", "MULTI_DOMAIN"]);
    }
}
