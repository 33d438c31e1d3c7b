//! Listing certificates.

use scm_model::{
    Call, Rule, Violation, Violations,
    api::ListCertificates,
    certificates::{CertificateFilter, CertificatePage, SortDirection, SortKey, StatusFilter},
};
use scm_store::{CertificateQuery, EnterpriseProject, Marker, Sort, Start, State};
use time::{Duration, OffsetDateTime};

use super::proof::is_enterprise_project;
use crate::{auth::Caller, context::Context, error::ApiError, view};

/// A page of certificates.
pub async fn list(
    ctx: Context,
    caller: Caller,
    call: Call<ListCertificates>,
) -> Result<CertificatePage, ApiError> {
    let now = ctx.now();
    let page = |certificates, total_count, next_marker| CertificatePage {
        certificates,
        total_count,
        next_marker,
    };
    let Some(query) = query(call.query, now)? else { return Ok(page(Vec::new(), 0, None)) };
    let listing = ctx.store().list(&caller.actor.project, &query).await?;
    let domain = caller.domain.as_str();
    let summaries = listing.records.into_iter().map(|record| view::summary(record, domain, now));
    let next = listing.next.map(|marker| marker.to_string());
    Ok(page(summaries.collect(), view::count(listing.total), next))
}

/// The query for the store, or `None` if no certificate of this server can match.
fn query(
    filter: CertificateFilter,
    now: OffsetDateTime,
) -> Result<Option<CertificateQuery>, Violations> {
    let mut broken = Vec::new();
    let enterprise_project =
        filter.enterprise_project_id.filter(|id| id != "all" && !id.is_empty());
    if !enterprise_project.as_deref().is_none_or(is_enterprise_project) {
        let words = "`all`, `0`, or an id of the form 8-4-4-4-12 of digits and lower-case letters";
        broken.push(Violation::new("enterprise_project_id", Rule::Pattern(words)));
    }
    let marker = filter.marker.map(|marker| marker.parse::<Marker>()).transpose();
    if marker.is_err() {
        let words = "the `next_marker` of a page";
        broken.push(Violation::new("marker", Rule::Pattern(words)));
    }
    Violations::unless_empty(broken)?;
    let state = match filter.status.unwrap_or_default() {
        StatusFilter::All => State::Any,
        StatusFilter::Upload => State::Valid,
        StatusFilter::Expired => State::Expired,
        _ => return Ok(None),
    };
    if filter.deploy_support == Some(true) {
        return Ok(None);
    }
    Ok(Some(CertificateQuery {
        now,
        state,
        enterprise_project: enterprise_project.map(EnterpriseProject::new),
        ended_since: filter.expired_days_since.map(|days| ago(now, days)),
        content: filter.content.filter(|content| !content.is_empty()),
        sort: match filter.sort_key.unwrap_or_default() {
            SortKey::Updated => Sort::Updated,
            SortKey::Expiry => Sort::Expiry,
            SortKey::Status => Sort::Status,
        },
        descending: filter.sort_dir.unwrap_or_default() == SortDirection::Descending,
        limit: filter.limit.unwrap_or_default().count(),
        start: match marker.ok().flatten() {
            Some(marker) => Start::After(marker),
            None => Start::Offset(filter.offset.unwrap_or_default().into()),
        },
    }))
}

/// The time so many days ago, or the epoch.
fn ago(now: OffsetDateTime, days: u32) -> OffsetDateTime {
    now.checked_sub(Duration::days(days.into())).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
