//! `scm list`: what a server keeps, a screenful at a time, or what will expire soon.

use std::process::ExitCode;

use futures_util::TryStreamExt as _;
use scm_model::certificates::{CertificateFilter, CertificateSummary, SortDirection, SortKey};
use time::{Duration, OffsetDateTime};

use crate::{
    args::{List, Sort},
    moment, output, server,
    trouble::Trouble,
};

/// How many are shown unless all are asked for.
const SCREENFUL: usize = 50;

/// Prints the certificates as they come, then how many there are.
pub(super) async fn run(args: List, now: OffsetDateTime) -> Result<ExitCode, Trouble> {
    let client = server::client(&args.server)?;
    let window = args.expiring.map(|days| Window::of(days, args.with_expired, now));
    let room = if args.all || args.json { usize::MAX } else { SCREENFUL };
    let mut pages = client.certificate_pages(filter(&args));
    let mut list = output::List::new(args.json, now);
    let (mut total, mut is_cut) = (0, false);
    while let Some(page) = pages.try_next().await? {
        total = page.total_count;
        let (mut meant, ended) = meant(page.certificates, window.as_ref());
        is_cut = meant.len() > room - list.shown();
        meant.truncate(room - list.shown());
        list.add(&meant);
        if ended || is_cut {
            break;
        }
    }
    // What will not expire in time counts among the total, but not here.
    list.end(args.expiring, total, is_cut);
    Ok(ExitCode::SUCCESS)
}

fn filter(args: &List) -> CertificateFilter {
    let (key, dir) = match args.sort {
        _ if args.expiring.is_some() => (SortKey::Expiry, SortDirection::Ascending),
        Sort::Expiry => (SortKey::Expiry, SortDirection::Ascending),
        Sort::Status => (SortKey::Status, SortDirection::Ascending),
        Sort::Updated => (SortKey::Updated, SortDirection::Descending),
    };
    let dir = match dir {
        dir if !args.reverse => dir,
        SortDirection::Ascending => SortDirection::Descending,
        SortDirection::Descending => SortDirection::Ascending,
    };
    let valid_only = args.expiring.is_some() && !args.with_expired;
    CertificateFilter {
        sort_key: Some(key),
        sort_dir: Some(dir),
        status: args.status,
        expired_days_since: valid_only.then_some(0),
        content: args.content.clone(),
        ..CertificateFilter::default()
    }
}

/// Those of a page that are meant, and whether none of those behind it are.
fn meant(
    page: Vec<CertificateSummary>,
    window: Option<&Window>,
) -> (Vec<CertificateSummary>, bool) {
    let Some(window) = window else { return (page, false) };
    let end = |certificate: &CertificateSummary| moment::read(&certificate.expire_time);
    let ended = page.iter().filter_map(end).any(|end| end > window.until);
    let is_meant =
        |certificate: &CertificateSummary| end(certificate).is_some_and(|end| window.holds(end));
    (page.into_iter().filter(is_meant).collect(), ended)
}

/// When what is meant expires.
struct Window {
    since: Option<OffsetDateTime>,
    until: OffsetDateTime,
}

impl Window {
    fn of(days: u16, with_expired: bool, now: OffsetDateTime) -> Self {
        Self { since: (!with_expired).then_some(now), until: now + Duration::days(days.into()) }
    }

    fn holds(&self, end: OffsetDateTime) -> bool {
        end <= self.until && self.since.is_none_or(|since| since <= end)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn certificate(id: &str, end: &str) -> CertificateSummary {
        serde_json::from_value(serde_json::json!({
            "id": id, "name": "n", "status": "UPLOAD", "expire_time": end,
        }))
        .unwrap()
    }

    #[test]
    fn what_expires_in_time_is_meant_and_nothing_behind_it() {
        let page = || {
            vec![
                certificate("never issued", ""),
                certificate("old", "2026-05-26 00:00:00.0"),
                certificate("first", "2026-05-27 00:00:00.0"),
                certificate("last", "2026-06-26 00:00:00.0"),
                certificate("late", "2026-06-26 00:00:01.0"),
            ]
        };
        let now = datetime!(2026-05-27 0:00 UTC);
        let ids = |with_expired| {
            let window = Window::of(30, with_expired, now);
            let (meant, ended) = meant(page(), Some(&window));
            (meant.into_iter().map(|certificate| certificate.id).collect::<Vec<_>>(), ended)
        };
        assert_eq!(ids(false), (vec!["first".to_owned(), "last".to_owned()], true));
        assert_eq!(ids(true).0, ["old", "first", "last"]);
        let (all, ended) = meant(page(), None);
        assert_eq!((all.len(), ended), (5, false));
    }
}
