//! The details of a certificate as a table.

use scm_model::certificates::CertificateDetail;
use time::OffsetDateTime;

use super::{
    expiry,
    plain::{day, printable, remaining},
    style::{Look, faint, good, plain, strong},
};
use crate::moment;

/// One line for each known value.
pub(crate) fn detail(detail: &CertificateDetail, now: OffsetDateTime) -> String {
    let end = detail.not_after.as_deref();
    let color = end.and_then(moment::read).map_or(plain as Look, |end| expiry::color(now, end));
    let names = match detail.names.as_slice() {
        [] => detail.sans.as_ref().map(|sans| sans.split(';').collect::<Vec<_>>().join("\n")),
        names => Some(names.join("\n")),
    };
    let some = |text: &String| Some(text.clone());
    let rows: [(&str, Option<String>, Look); 16] = [
        ("id", some(&detail.id), strong),
        ("name", Some(printable(&detail.name)), plain),
        ("status", some(&detail.status), plain),
        ("domain", Some(printable(&detail.domain)), strong),
        ("names", names, plain),
        ("kind", detail.domain_type.clone(), plain),
        ("valid from", detail.not_before.as_deref().map(utc), plain),
        ("valid until", end.map(|end| with_remaining(end, now)), color),
        ("signed with", detail.signature_algorithm.clone(), plain),
        ("SHA-1", some(&detail.fingerprint), plain),
        ("project", some(&detail.enterprise_project_id), plain),
        ("description", detail.description.clone(), plain),
        ("brand", detail.brand.clone(), plain),
        ("type", detail.r#type.clone(), plain),
        ("order", detail.order_id.clone(), plain),
        ("revoked", detail.revoke_reason.clone(), plain),
    ];
    let known = rows.into_iter().filter_map(|(label, value, look)| {
        let value = value.filter(|value| !value.is_empty())?;
        Some(row(label, &value, look))
    });
    known.collect()
}

/// A certificate in one line.
pub(super) fn line(detail: &CertificateDetail, now: OffsetDateTime) -> String {
    let CertificateDetail { id, name, domain, .. } = detail;
    let [id, name, domain] = [id, name, domain].map(|text| printable(text));
    format!("{}  {name}  {domain}  {}", strong(&id), end(detail, now))
}

/// The end of validity of a replaced certificate, before and after.
pub(crate) fn replaced(
    before: &CertificateDetail,
    after: &CertificateDetail,
    now: OffsetDateTime,
) -> String {
    let (name, id) = (printable(&after.name), printable(&after.id));
    format!(
        "{} replaced {} ({id})\n  {} {}\n  {} {}\n",
        good("✓"),
        strong(&name),
        faint("before"),
        end(before, now),
        faint("now   "),
        end(after, now),
    )
}

/// The end of a certificate's validity, and the time until then.
fn end(detail: &CertificateDetail, now: OffsetDateTime) -> String {
    match detail.not_after.as_deref().and_then(moment::read) {
        Some(end) => format!("{}, {}", day(end.date()), expiry::colored(now, end)),
        None => "end unknown".to_owned(),
    }
}

/// A label with its value, line by line.
fn row(label: &str, value: &str, look: Look) -> String {
    let mut text = String::new();
    for (at, line) in value.lines().enumerate() {
        let label = if at == 0 { label } else { "" };
        text += &format!("{}  {}\n", faint(&format!("{label:<11}")), look(&printable(line)));
    }
    text
}

fn with_remaining(end: &str, now: OffsetDateTime) -> String {
    match moment::read(end) {
        Some(date) => format!("{} ({})", utc(end), remaining(now, date)),
        None => end.to_owned(),
    }
}

/// A time of the API (`2027-05-27 16:46:25.0`) with its time zone.
fn utc(time: &str) -> String {
    format!("{} UTC", time.trim_end_matches(".0"))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn known_values_are_shown_and_control_characters_escaped() {
        let stored: CertificateDetail = serde_json::from_str(
            r#"{"id":"scs1600313391074","status":"UPLOAD","name":"a\u001b\nb","push_support":"OFF",
            "domain":"www.example.com","sans":"example.com","domain_count":2,"wildcard_count":0,
            "not_after":"2027-05-27 16:46:25.0","authentification":[],"fingerprint":"185d",
            "enterprise_project_id":"0","shared":false,
            "names":["www.example.com","example.com"]}"#,
        )
        .unwrap();
        let shown = detail(&stored, datetime!(2027-05-20 0:00 UTC));
        let plain = anstream::adapter::strip_str(&shown).to_string();
        assert_eq!(
            plain,
            "id           scs1600313391074\n\
             name         a\\u{1b}\\nb\n\
             status       UPLOAD\n\
             domain       www.example.com\n\
             names        www.example.com\n             \
                          example.com\n\
             valid until  2027-05-27 16:46:25 UTC (7 days left)\n\
             SHA-1        185d\n\
             project      0\n"
        );
    }
}
