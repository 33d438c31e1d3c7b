//! A list of certificates as a table, printed page by page: it may not fit into memory.

use scm_model::certificates::CertificateSummary;
use time::OffsetDateTime;
use unicode_width::UnicodeWidthStr as _;

use super::{
    expiry, note,
    plain::{count, day, printable, remaining},
    result,
    style::{Look, bad, faint, plain, strong},
};
use crate::moment;

/// The heads of the columns.
const HEAD: [&str; 5] = ["ID", "NAME", "DOMAIN", "VALID UNTIL", "STATUS"];
/// The maximum width of a column. Longer values exceed it.
const WIDEST: usize = 40;
/// The maximum of `domain_count`.
const MAX_NAMES: u32 = 100;
/// The maximum of `total_count` for a search.
const MAX_COUNT: u32 = 10_000;

/// A list that is printed in parts.
pub(crate) struct List {
    json: bool,
    now: OffsetDateTime,
    widths: [usize; 5],
    shown: usize,
}

/// A line of the table: the text of each column with its style.
type Row = [(String, Look); 5];

impl List {
    /// An empty list, to print as JSON or as a table.
    pub(crate) fn new(json: bool, now: OffsetDateTime) -> Self {
        Self { json, now, widths: HEAD.map(str::len), shown: 0 }
    }

    /// The number of certificates printed.
    pub(crate) fn shown(&self) -> usize {
        self.shown
    }

    /// Prints further certificates.
    pub(crate) fn add(&mut self, certificates: &[CertificateSummary]) {
        if certificates.is_empty() {
            return;
        }
        if self.json {
            self.add_json(certificates);
        } else {
            result(&self.table(certificates));
        }
        self.shown += certificates.len();
    }

    /// Prints the summary. `total` is the number of certificates that match the filter; the list may show
    /// only some of them.
    pub(crate) fn end(self, expiring: Option<u16>, total: u32, is_cut: bool) {
        match self.json {
            true if self.shown == 0 => result(r#"{"certificates":[],"total_count":0}"#),
            true => result(&format!("],\"total_count\":{}}}", self.shown)),
            false => note(&faint(&summary(self.shown, expiring, total, is_cut))),
        }
    }

    fn add_json(&self, certificates: &[CertificateSummary]) {
        for (at, certificate) in certificates.iter().enumerate() {
            let before = if self.shown + at == 0 { "{\"certificates\":[\n" } else { "," };
            let json = serde_json::to_string(certificate).expect("replies have string keys only");
            result(&format!("{before}{json}"));
        }
    }

    fn table(&mut self, certificates: &[CertificateSummary]) -> String {
        let rows: Vec<_> = certificates.iter().map(|one| row(one, self.now)).collect();
        for (at, (text, _)) in rows.iter().flat_map(|row| row.iter().enumerate()) {
            self.widths[at] = self.widths[at].max(text.width().min(WIDEST));
        }
        let head = (self.shown == 0).then(|| HEAD.map(|head| (head.to_owned(), faint as Look)));
        head.iter().chain(&rows).map(|row| self.line(row)).collect()
    }

    fn line(&self, row: &Row) -> String {
        let mut line = String::new();
        for (at, ((text, look), width)) in row.iter().zip(self.widths).enumerate() {
            let padding =
                if at + 1 == row.len() { 0 } else { width.saturating_sub(text.width()) + 2 };
            line += &format!("{}{}", look(text), " ".repeat(padding));
        }
        line + "\n"
    }
}

fn row(certificate: &CertificateSummary, now: OffsetDateTime) -> Row {
    let CertificateSummary { id, name, domain, domain_count, expire_time, status, .. } =
        certificate;
    let (end, end_look): (_, Look) = match moment::read(expire_time) {
        Some(end) => {
            let text = format!("{}, {}", day(end.date()), remaining(now, end));
            (text, expiry::color(now, end))
        }
        None => (printable(expire_time), plain),
    };
    let status_look: Look = if status == "EXPIRED" { bad } else { plain };
    [
        (printable(id), strong),
        (printable(name), plain),
        (domain_and_more(domain, *domain_count), plain),
        (end, end_look),
        (printable(status), status_look),
    ]
}

fn domain_and_more(domain: &str, names: u32) -> String {
    let domain = printable(domain);
    match names {
        0 | 1 => domain,
        MAX_NAMES.. => format!("{domain} +{} or more", MAX_NAMES - 1),
        _ => format!("{domain} +{}", names - 1),
    }
}

fn summary(shown: usize, expiring: Option<u16>, total: u32, is_cut: bool) -> String {
    let certificates = count(shown, "certificate", "certificates");
    match expiring {
        Some(days) if is_cut => {
            format!(
                "the first {shown} certificates that expire within {days} days; use --all for all"
            )
        }
        Some(days) => format!("{certificates}, expiring within {days} days"),
        None if is_cut => {
            let or_more = if total == MAX_COUNT { " or more" } else { "" };
            format!(
                "{shown} of {total}{or_more} certificates; use --all for all, --content to filter"
            )
        }
        None => certificates,
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn certificate(name: &str, domain: &str, names: u32, end: &str) -> CertificateSummary {
        serde_json::from_value(serde_json::json!({
            "id": "scs1600313391074", "name": name, "domain": domain, "domain_count": names,
            "expire_time": end, "status": "UPLOAD",
        }))
        .unwrap()
    }

    #[test]
    fn columns_are_aligned_and_long_values_stand_out() {
        let mut list = List::new(false, datetime!(2026-05-27 12:00 UTC));
        let long = "a".repeat(45);
        let table = list.table(&[
            certificate("www", "www.example.com", 3, "2026-08-25 12:00:00.0"),
            certificate("店\u{1b}", "example.com", 100, "2026-05-20 12:00:00.0"),
            certificate(&long, "", 1, ""),
        ]);
        let plain = anstream::adapter::strip_str(&table).to_string();
        let lines: Vec<_> = plain.lines().collect();
        let column = |line: &str, text: &str| line[..line.find(text).unwrap()].width();
        assert!(lines[0].starts_with("ID                NAME "), "{plain}");
        assert_eq!(column(lines[0], "DOMAIN"), 18 + WIDEST + 2);
        assert_eq!(column(lines[1], "www.example.com +2 "), 18 + WIDEST + 2);
        assert_eq!(column(lines[2], "example.com +99 or more"), 18 + WIDEST + 2);
        assert!(lines[2].starts_with("scs1600313391074  店\\u{1b}  "), "{plain}");
        assert!(lines[1].ends_with("  2026-08-25, 90 days left        UPLOAD"), "{plain}");
        assert!(lines[2].ends_with("  2026-05-20, expired 7 days ago  UPLOAD"), "{plain}");
        assert!(lines[3].contains(&long) && lines[3].ends_with("UPLOAD"), "{plain}");
    }

    #[test]
    fn the_summary_mentions_what_is_not_shown() {
        assert_eq!(summary(1, None, 1, false), "1 certificate");
        assert_eq!(summary(0, Some(30), 9, false), "0 certificates, expiring within 30 days");
        let cut = summary(50, None, 10_000, true);
        assert_eq!(cut, "50 of 10000 or more certificates; use --all for all, --content to filter");
        let cut = summary(50, Some(7), 900, true);
        assert_eq!(cut, "the first 50 certificates that expire within 7 days; use --all for all");
    }
}
