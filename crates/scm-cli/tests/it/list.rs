//! Lists: tables, JSON, and the requests for them.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, macros::format_description};

use crate::{
    server::{Server, summary},
    text,
};

/// A server with `count` certificates, which expire one per day; the first `expired` days ago. It returns
/// markers, like `scm-server`.
pub(crate) fn storing(count: usize, expired: usize) -> Server {
    Server::start(move |request| {
        let marker = request.split_once("marker=").map(|(_, rest)| rest);
        let start =
            marker.map_or(0, |rest| rest.split([' ', '&']).next().unwrap().parse().unwrap());
        let end = count.min(start + 50);
        let page: Vec<_> = (start..end).map(|at| summary(at, &in_days(at, expired))).collect();
        let next = (end < count).then(|| end.to_string());
        let page = json!({"certificates": page, "total_count": count, "next_marker": next});
        (200, page.to_string())
    })
}

fn in_days(at: usize, expired: usize) -> String {
    let days = i64::try_from(at).unwrap() - i64::try_from(expired).unwrap();
    let end = OffsetDateTime::now_utc() + Duration::days(days) + Duration::hours(1);
    end.format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second].0")).unwrap()
}

#[test]
fn a_list_is_a_table_of_50_certificates() {
    let few = storing(2, 0).scm(&["list"]);
    let table = text(&few.stdout);
    let lines: Vec<_> = table.lines().collect();
    assert_eq!(few.status.code(), Some(0), "{}", text(&few.stderr));
    assert!(lines[0].starts_with("ID                NAME    DOMAIN              VALID UNTIL"));
    assert!(lines[1].starts_with("scs0000000000000  name-0  www.example.com +1  "), "{table}");
    assert!(lines[2].ends_with(", 1 day left  UPLOAD"), "{table}");
    assert_eq!((lines.len(), text(&few.stderr).as_str()), (3, "2 certificates\n"));

    let server = storing(120, 0);
    let first = server.scm(&["list"]);
    assert_eq!(text(&first.stdout).lines().count(), 51);
    let summary = text(&first.stderr);
    assert_eq!(summary, "50 of 120 certificates; use --all for all, --content to filter\n");
    let all = server.scm(&["list", "--all"]);
    assert_eq!(text(&all.stdout).lines().count(), 121);
    assert_eq!(text(&all.stderr), "120 certificates\n");
}

#[test]
fn certificates_that_expire_soon_are_found_without_reading_the_whole_list() {
    let server = storing(1000, 3);
    let soon = server.scm(&["list", "--expiring", "10"]);
    let table = text(&soon.stdout);
    assert_eq!(table.lines().count(), 11, "{table}");
    assert!(table.contains("ends today") && !table.contains("expired"), "{table}");
    assert_eq!(text(&soon.stderr), "10 certificates, expiring within 10 days\n");
    let [request] = server.requests().try_into().unwrap();
    for argument in ["sort_key=certExpiredTime", "sort_dir=ASC", "expired_days_since=0"] {
        assert!(request.contains(argument), "{request}");
    }
    let with_expired = server.scm(&["list", "--expiring", "10", "--with-expired"]);
    assert_eq!(text(&with_expired.stdout).matches("expired").count(), 3);
    let many = server.scm(&["list", "--expiring", "90"]);
    let summary = text(&many.stderr);
    assert_eq!(
        summary,
        "the first 50 certificates that expire within 90 days; use --all for all\n"
    );
}

#[test]
fn the_json_of_a_list_is_complete() {
    for count in [0, 1, 120] {
        let listed = storing(count, 0).scm(&["list", "--json"]);
        let list: Value = serde_json::from_slice(&listed.stdout).unwrap();
        assert_eq!(list["certificates"].as_array().unwrap().len(), count);
        assert_eq!(list["total_count"], count);
        assert!(listed.stderr.is_empty());
    }
}

#[test]
fn the_case_of_a_status_is_ignored() {
    let server = storing(1, 0);
    let words = ["list", "--status", "expired", "--content", "a b", "--sort", "expiry"];
    assert_eq!(server.scm(&[&words[..], &["--reverse"]].concat()).status.code(), Some(0));
    let request = server.requests().remove(0);
    for argument in ["status=EXPIRED", "content=a%20b", "sort_key=certExpiredTime", "sort_dir=DESC"]
    {
        assert!(request.contains(argument), "{request}");
    }
}
