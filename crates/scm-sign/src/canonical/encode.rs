//! The canonical encoding of paths and queries: they are decoded and encoded again.
//!
//! Equivalent encodings (`%7E` and `~`) become identical. So do `%2F` and `/`, and a path with and without
//! a final `/`: the scheme does not distinguish them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

/// Every character but the unreserved ones (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Every character but the unreserved ones and `/`.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// The canonical path, which ends with `/`. A `+` is a plus sign.
pub(super) fn path(path: &str) -> String {
    let decoded: Vec<u8> = percent_decode(path.as_bytes()).collect();
    let mut canonical = percent_encode(&decoded, RESERVED_IN_PATH).to_string();
    if !canonical.ends_with('/') {
        canonical.push('/');
    }
    canonical
}

/// The canonical query: every pair as `name=value`, sorted by the decoded name and value.
///
/// A `+` is a space, as in the query parsers of servers. The SDKs do not send it.
pub(super) fn query(query: &str) -> String {
    let mut pairs: Vec<_> = query.split('&').filter(|pair| !pair.is_empty()).map(pair).collect();
    pairs.sort_unstable();
    let spelled = pairs.iter().map(|(name, value)| {
        format!("{}={}", percent_encode(name, RESERVED), percent_encode(value, RESERVED))
    });
    spelled.collect::<Vec<_>>().join("&")
}

fn pair(pair: &str) -> (Vec<u8>, Vec<u8>) {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    (decoded(name), decoded(value))
}

fn decoded(text: &str) -> Vec<u8> {
    percent_decode(text.replace('+', " ").as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_encoded_again_and_end_with_a_slash() {
        assert_eq!(path(""), "/");
        assert_eq!(path("/"), "/");
        assert_eq!(path("*"), "%2A/");
        assert_eq!(path("/a/b/"), "/a/b/");
        assert_eq!(path("/a%2fb%20c+d%7e"), "/a/b%20c%2Bd~/");
        assert_eq!(path("/é/%C3%A9/%ff"), "/%C3%A9/%C3%A9/%FF/");
        assert_eq!(path("/100%/%zz/.."), "/100%25/%25zz/../");
    }

    #[test]
    fn queries_are_sorted_by_their_decoded_pairs() {
        assert_eq!(query(""), "");
        assert_eq!(query("b=2&a=2&a=1&&c"), "a=1&a=2&b=2&c=");
        assert_eq!(query("q=a%20b&q=a+b&q=a%2Bb"), "q=a%20b&q=a%20b&q=a%2Bb");
        assert_eq!(query("a=b=c%26"), "a=b%3Dc%26");
        // `}` sorts behind `A` by itself, before it once encoded.
        assert_eq!(query("%7D=1&A=1"), "A=1&%7D=1");
    }
}
