//! The list of headers that a signature covers.

use std::fmt;

use http::{HeaderMap, HeaderName};

/// The names of the headers that a signature covers: in lower case, sorted, each once.
///
/// The list is normalized, since the signature covers the sorted list in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHeaders(Vec<HeaderName>);

impl SignedHeaders {
    /// Whether the signature covers this header.
    pub fn contains(&self, name: &HeaderName) -> bool {
        self.0.contains(name)
    }

    /// Parses names separated by `;`. `None` if a name is invalid or occurs twice.
    pub(crate) fn parse(list: &str) -> Option<Self> {
        let names = list.split(';').map(|name| HeaderName::from_bytes(name.as_bytes()));
        let mut names = names.collect::<Result<Vec<_>, _>>().ok()?;
        names.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
        let repeated = names.windows(2).any(|pair| pair[0] == pair[1]);
        (!repeated).then_some(Self(names))
    }

    /// The headers of `sorted`, a sorted list without repeats, that are present in a request.
    pub(crate) fn present(headers: &HeaderMap, sorted: &[HeaderName]) -> Self {
        Self(sorted.iter().filter(|name| headers.contains_key(*name)).cloned().collect())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &HeaderName> {
        self.0.iter()
    }
}

/// The names separated by `;`, as in the header and in the canonical request.
impl fmt::Display for SignedHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ";" };
            write!(f, "{separator}{name}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use http::header::{ACCEPT, HOST};

    use super::*;

    #[test]
    fn names_are_sorted_and_in_lower_case() {
        let signed = SignedHeaders::parse("X-Sdk-Date;Host").unwrap();
        assert_eq!(signed.to_string(), "host;x-sdk-date");
        assert!(signed.contains(&HOST) && !signed.contains(&ACCEPT));
    }

    #[test]
    fn names_are_valid_and_occur_once() {
        for wrong in ["", "host;", ";host", "host;;accept", "ho st", "host;HOST", "host:", "hôst"]
        {
            assert_eq!(SignedHeaders::parse(wrong), None, "{wrong}");
        }
    }
}
