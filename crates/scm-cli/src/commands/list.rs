//! `scm list`: lists the certificates of a server, or those that expire soon.

use std::process::ExitCode;

use futures_util::TryStreamExt as _;
use scm_model::certificates::{CertificateFilter, CertificateSummary, SortDirection, SortKey};
use time::{Duration, OffsetDateTime};

use crate::{
    args::{List, Sort},
    error::CliError,
    moment, output, server,
};

/// The number of certificates that are shown without `--all`.
const DEFAULT_COUNT: usize = 50;

/// Prints the certificates page by page, then their number.
pub(super) async fn run(args: List, now: OffsetDateTime) -> Result<ExitCode, CliError> {
    let client = server::client(&args.server)?;
    let window = args.expiring.map(|days| Window::of(days, args.with_expired, now));
    let limit = if args.all || args.json { usize::MAX } else { DEFAULT_COUNT };
    let mut pages = client.certificate_pages(filter(&args));
    let mut list = output::List::new(args.json, now);
    let (mut total, mut is_cut) = (0, false);
    while let Some(page) = pages.try_next().await? {
        total = page.total_count;
        let (mut selected, ended) = select(page.certificates, window.as_ref());
        is_cut = selected.len() > limit - list.shown();
        selected.truncate(limit - list.shown());
        list.add(&selected);
        if ended || is_cut {
            break;
        }
    }
    // The total includes certificates that expire later than the window.
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

/// The certificates of a page that are in the window, and whether all further ones are outside.
fn select(
    page: Vec<CertificateSummary>,
    window: Option<&Window>,
) -> (Vec<CertificateSummary>, bool) {
    let Some(window) = window else { return (page, false) };
    let end = |certificate: &CertificateSummary| moment::read(&certificate.expire_time);
    let ended = page.iter().filter_map(end).any(|end| end > window.until);
    let is_in_window =
        |certificate: &CertificateSummary| end(certificate).is_some_and(|end| window.contains(end));
    (page.into_iter().filter(is_in_window).collect(), ended)
}

/// The times of expiry to list.
struct Window {
    since: Option<OffsetDateTime>,
    until: OffsetDateTime,
}

impl Window {
    fn of(days: u16, with_expired: bool, now: OffsetDateTime) -> Self {
        Self { since: (!with_expired).then_some(now), until: now + Duration::days(days.into()) }
    }

    fn contains(&self, end: OffsetDateTime) -> bool {
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
    fn certificates_that_expire_in_the_window_are_selected() {
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
            let (selected, ended) = select(page(), Some(&window));
            (selected.into_iter().map(|certificate| certificate.id).collect::<Vec<_>>(), ended)
        };
        assert_eq!(ids(false), (vec!["first".to_owned(), "last".to_owned()], true));
        assert_eq!(ids(true).0, ["old", "first", "last"]);
        let (all, ended) = select(page(), None);
        assert_eq!((all.len(), ended), (5, false));
    }
}
