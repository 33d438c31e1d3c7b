//! What a server keeps of a certificate, as a table.

use scm_model::certificates::CertificateDetail;
use time::{OffsetDateTime, PrimitiveDateTime, macros::format_description};

use super::{
    plain::{printable, remaining},
    style::{faint, strong},
};

/// Everything that is known, a line each; what is not known is left out.
pub(crate) fn detail(detail: &CertificateDetail, now: OffsetDateTime) -> String {
    let until = detail.not_after.as_ref().map(|end| with_remaining(end, now));
    let names = match detail.names.as_slice() {
        [] => detail.sans.as_ref().map(|sans| sans.split(';').collect::<Vec<_>>().join("\n")),
        names => Some(names.join("\n")),
    };
    let some = |text: &String| Some(text.clone());
    let rows = [
        ("id", some(&detail.id)),
        ("name", some(&detail.name)),
        ("status", some(&detail.status)),
        ("domain", some(&detail.domain)),
        ("names", names),
        ("kind", detail.domain_type.clone()),
        ("valid from", detail.not_before.as_deref().map(utc)),
        ("valid until", until),
        ("signed with", detail.signature_algorithm.clone()),
        ("SHA-1", some(&detail.fingerprint)),
        ("project", some(&detail.enterprise_project_id)),
        ("description", detail.description.clone()),
        ("brand", detail.brand.clone()),
        ("type", detail.r#type.clone()),
        ("order", detail.order_id.clone()),
        ("revoked", detail.revoke_reason.clone()),
    ];
    rows.into_iter()
        .filter_map(|(label, value)| Some(row(label, &value.filter(|value| !value.is_empty())?)))
        .collect()
}

/// A label, and its value line by line.
fn row(label: &str, value: &str) -> String {
    let mut text = String::new();
    for (at, line) in value.lines().enumerate() {
        let (label, line) = (if at == 0 { label } else { "" }, printable(line));
        let line = if matches!(label, "id" | "domain") { strong(&line) } else { line };
        text += &format!("{}  {line}\n", faint(&format!("{label:<11}")));
    }
    text
}

fn with_remaining(end: &str, now: OffsetDateTime) -> String {
    let shape = format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond]");
    match PrimitiveDateTime::parse(end, shape) {
        Ok(date) => format!("{} ({})", utc(end), remaining(now, date.assume_utc())),
        Err(_) => end.to_owned(),
    }
}

/// A time of the wire (`2027-05-27 16:46:25.0`) with its zone said.
fn utc(time: &str) -> String {
    format!("{} UTC", time.trim_end_matches(".0"))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn shows_what_is_known_and_nothing_else() {
        let kept: CertificateDetail = serde_json::from_str(
            r#"{"id":"scs1600313391074","status":"UPLOAD","name":"a\u001bb","push_support":"OFF",
            "domain":"www.example.com","sans":"example.com","domain_count":2,"wildcard_count":0,
            "not_after":"2027-05-27 16:46:25.0","authentification":[],"fingerprint":"185d",
            "enterprise_project_id":"0","shared":false,
            "names":["www.example.com","example.com"]}"#,
        )
        .unwrap();
        let shown = detail(&kept, datetime!(2027-05-20 0:00 UTC));
        let plain = anstream::adapter::strip_str(&shown).to_string();
        assert_eq!(
            plain,
            "id           scs1600313391074\n\
             name         a\\u{1b}b\n\
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
