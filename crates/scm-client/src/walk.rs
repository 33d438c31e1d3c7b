//! Walks through a list page by page: by markers, or by offsets if the server has no markers.
//!
//! `scm-server` returns a marker for the next page. The cloud does not, so the offset is the number of
//! certificates seen so far. Changes during the walk are not compensated: with offsets, a certificate may
//! be seen twice or missed.

use scm_model::certificates::{CertificateFilter, CertificatePage, PageSize};

use crate::Error;

/// The state of a walk: the filter of the next page.
#[derive(Debug)]
pub(crate) struct Walk {
    filter: CertificateFilter,
    pages: u64,
    /// A place that the walk has passed; if it comes there again, the list is a cycle. The landmark moves
    /// at each power of two, so that a cycle of any length is found (Brent's algorithm).
    landmark: Option<String>,
}

impl Walk {
    /// A walk through the certificates that match a filter, in the largest pages unless it has a limit.
    pub(crate) fn of(filter: CertificateFilter) -> Self {
        let limit = filter.limit.or(Some(PageSize::Fifty));
        Self { filter: CertificateFilter { limit, ..filter }, pages: 0, landmark: None }
    }

    /// The filter of the next page.
    pub(crate) fn filter(&self) -> CertificateFilter {
        self.filter.clone()
    }

    /// The walk behind a page, or `None` at the end: an empty page; a page without a marker, if the server
    /// has markers; or a page that is not full and reaches the total number.
    ///
    /// # Errors
    /// [`Error::Endless`] if the list repeats itself.
    pub(crate) fn behind(
        mut self,
        page: &CertificatePage,
        url: &str,
    ) -> Result<Option<Self>, Error> {
        let Some(place) = self.advance(page) else { return Ok(None) };
        if self.landmark.as_ref() == Some(&place) {
            return Err(Error::Endless { url: url.to_owned() });
        }
        self.pages += 1;
        if self.pages.is_power_of_two() {
            self.landmark = Some(place);
        }
        Ok(Some(self))
    }

    /// Moves behind a page that is not empty. Returns what identifies this place.
    fn advance(&mut self, page: &CertificatePage) -> Option<String> {
        let first = page.certificates.first()?;
        if let Some(marker) = &page.next_marker {
            (self.filter.marker, self.filter.offset) = (Some(marker.clone()), None);
            return Some(marker.clone());
        }
        let length = u32::try_from(page.certificates.len()).unwrap_or(u32::MAX);
        let seen = self.filter.offset.unwrap_or(0).saturating_add(length);
        let full = self.filter.limit.unwrap_or_default().count();
        if self.filter.marker.is_some() || (length < full && seen >= page.total_count) {
            return None;
        }
        self.filter.offset = Some(seen);
        Some(first.id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(ids: &[&str], next_marker: Option<&str>) -> CertificatePage {
        let certificates = ids.iter().map(|id| {
            serde_json::json!({"id": id, "name": "n", "domain": "d", "deploy_support": false,
                "expire_time": "", "domain_type": "", "status": "UPLOAD", "domain_count": 1,
                "wildcard_count": 0, "enterprise_project_id": "0"})
        });
        serde_json::from_value(serde_json::json!({
            "certificates": certificates.collect::<Vec<_>>(), "total_count": 9,
            "next_marker": next_marker,
        }))
        .unwrap()
    }

    fn ends(walk: Result<Option<Walk>, Error>) -> bool {
        walk.unwrap().is_none()
    }

    #[test]
    fn markers_lead_to_the_end() {
        let filter = CertificateFilter { offset: Some(20), ..CertificateFilter::default() };
        let walk = Walk::of(filter);
        assert_eq!(walk.filter().limit, Some(PageSize::Fifty));
        let walk = walk.behind(&page(&["a", "b"], Some("m1")), "").unwrap().unwrap();
        assert_eq!((walk.filter().marker.as_deref(), walk.filter().offset), (Some("m1"), None));
        let walk = walk.behind(&page(&["c", "d"], Some("m2")), "").unwrap().unwrap();
        assert_eq!(walk.filter().marker.as_deref(), Some("m2"));
        assert!(ends(walk.behind(&page(&["e"], None), "")));
    }

    #[test]
    fn the_number_of_all_ends_a_walk_with_a_page_that_is_not_full() {
        let nine = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
        assert!(ends(Walk::of(CertificateFilter::default()).behind(&page(&nine, None), "")));
        let ten = [&nine[..], &["j"]].concat();
        let limit = Some(PageSize::Ten);
        let walk = Walk::of(CertificateFilter { limit, ..CertificateFilter::default() });
        assert!(!ends(walk.behind(&page(&ten, None), "")));
    }

    #[test]
    fn without_markers_pages_are_counted_to_an_empty_one() {
        let walk = Walk::of(CertificateFilter::default());
        let walk = walk.behind(&page(&["a", "b"], None), "").unwrap().unwrap();
        assert_eq!(walk.filter().offset, Some(2));
        let walk = walk.behind(&page(&["c"], None), "").unwrap().unwrap();
        assert_eq!(walk.filter().offset, Some(3));
        assert!(ends(walk.behind(&page(&[], None), "")));
    }

    #[test]
    fn a_cycle_of_any_length_is_found() {
        for length in 1..=9 {
            for marked in [true, false] {
                let mut walk = Some(Walk::of(CertificateFilter::default()));
                let cycle = (0..1000).try_for_each(|at| {
                    let id = format!("scs{}", at % length);
                    let mut page = page(&[&id], marked.then_some(&id));
                    page.total_count = u32::MAX;
                    walk = walk.take().unwrap().behind(&page, "http://x")?;
                    Ok(())
                });
                assert!(matches!(cycle, Err(Error::Endless { .. })), "{length} {marked}");
            }
        }
    }
}
