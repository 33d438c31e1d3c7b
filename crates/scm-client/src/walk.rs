//! Walking through a list, page by page: by the server's markers, else by counting.
//!
//! Our server gives a marker for the next page; the cloud has none, there a page begins behind as
//! many certificates as were seen. Left out: undoing what changes meanwhile; counting, a certificate
//! may be seen twice or missed when others come or go.

use scm_model::certificates::{CertificateFilter, CertificatePage, PageSize};

use crate::Error;

/// Where a walk stands: what to ask for next.
#[derive(Debug)]
pub(crate) struct Walk {
    filter: CertificateFilter,
    pages: u64,
    /// A place that was passed; whoever comes there again walks in a circle. It is moved on at each
    /// power of two, so that no circle is too long to be noticed (Brent's algorithm).
    landmark: Option<String>,
}

impl Walk {
    /// A walk through what a filter lets through, from where it begins, in large pages if it does
    /// not say how large.
    pub(crate) fn of(filter: CertificateFilter) -> Self {
        let limit = filter.limit.or(Some(PageSize::Fifty));
        Self { filter: CertificateFilter { limit, ..filter }, pages: 0, landmark: None }
    }

    /// What to ask for.
    pub(crate) fn filter(&self) -> CertificateFilter {
        self.filter.clone()
    }

    /// The walk behind a page; nothing at the end, which is an empty page or, once the server has
    /// given markers, one without; or a page that is not full and completes the number of all.
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

    /// Moves behind a page, if anything is there; what tells this place from every other.
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
    fn no_circle_is_walked_for_ever() {
        for length in 1..=9 {
            for marked in [true, false] {
                let mut walk = Some(Walk::of(CertificateFilter::default()));
                let circle = (0..1000).try_for_each(|at| {
                    let id = format!("scs{}", at % length);
                    let mut page = page(&[&id], marked.then_some(&id));
                    page.total_count = u32::MAX;
                    walk = walk.take().unwrap().behind(&page, "http://x")?;
                    Ok(())
                });
                assert!(matches!(circle, Err(Error::Endless { .. })), "{length} {marked}");
            }
        }
    }
}
