//! The host of a request: named once, and well-formed (RFC 9112 3.2, RFC 9113 8.3.1).
//!
//! Two parties that read one request as two hosts' can be played against each other, so it is refused
//! before anything looks at it.

use http::{HeaderValue, Request, Version, header::HOST, uri::Authority};
use scm_model::Condition;

use crate::error::ApiError;

/// Makes sure that a request names its host as its version of HTTP demands.
///
/// # Errors
/// [`Condition::BodyMalformed`]: no host, several, one that is malformed, or two that differ.
pub fn check<B>(request: &Request<B>) -> Result<(), ApiError> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let host = hosts.next();
    if hosts.next().is_some() {
        return Err(refused("sent more than once"));
    }
    let host = host.map(parsed).transpose()?;
    match (request.version(), request.uri().authority(), host) {
        (Version::HTTP_2, Some(authority), host) => {
            if !is_well_formed(authority) {
                return Err(refused("malformed"));
            }
            // Behind `host`, the default port may stand in one and not in the other.
            let scheme = request.uri().scheme_str();
            let differs = |host: &Authority| name(host, scheme) != name(authority, scheme);
            if host.is_some_and(|host| differs(&host)) {
                return Err(refused("differs from :authority"));
            }
            Ok(())
        }
        (Version::HTTP_09 | Version::HTTP_10, _, None) | (_, _, Some(_)) => Ok(()),
        (_, _, None) => Err(refused("missing")),
    }
}

fn parsed(value: &HeaderValue) -> Result<Authority, ApiError> {
    let authority = Authority::try_from(value.as_bytes()).ok();
    authority.filter(is_well_formed).ok_or_else(|| refused("malformed"))
}

/// Whether this is a host and perhaps a port, and no user information.
fn is_well_formed(authority: &Authority) -> bool {
    let Some(port) = authority.as_str().strip_prefix(authority.host()) else { return false };
    let port = port.strip_prefix(':').unwrap_or(port);
    !authority.host().is_empty() && (port.is_empty() || port.parse::<u16>().is_ok())
}

/// Host and port, as they are compared.
fn name(authority: &Authority, scheme: Option<&str>) -> (String, u16) {
    let default = if scheme == Some("https") { 443 } else { 80 };
    (authority.host().to_ascii_lowercase(), authority.port_u16().unwrap_or(default))
}

fn refused(why: &str) -> ApiError {
    ApiError::refused_because(Condition::BodyMalformed, format!("Host: {why}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_accepted(version: Version, uri: &str, hosts: &[&str]) -> bool {
        let mut request = Request::builder().version(version).uri(uri);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        check(&request.body(()).unwrap()).is_ok()
    }

    #[test]
    fn http_1_1_names_one_well_formed_host() {
        let accepted = ["a", "a:80", "a:", "192.0.2.1", "[2001:db8::1]:8443", "A.example.com"];
        let refused = ["", ":80", "a b", "u@a", "a:65536", "a:x", "a/b", "[::1", "a:80:80"];
        for host in accepted {
            assert!(is_accepted(Version::HTTP_11, "/", &[host]), "{host}");
        }
        for host in refused {
            assert!(!is_accepted(Version::HTTP_11, "/", &[host]), "{host}");
            assert!(!is_accepted(Version::HTTP_10, "/", &[host]), "{host}");
        }
        assert!(!is_accepted(Version::HTTP_11, "/", &[]));
        assert!(!is_accepted(Version::HTTP_11, "/", &["a", "a"]));
        assert!(is_accepted(Version::HTTP_10, "/", &[]));
        // RFC 9112 3.2.2: the absolute form goes before the header.
        assert!(is_accepted(Version::HTTP_11, "http://a/", &["b"]));
        assert!(!is_accepted(Version::HTTP_11, "http://a/", &[]));
    }

    #[test]
    fn http_2_names_its_host_in_the_authority_or_the_header_and_not_two() {
        let is_accepted = |uri, hosts| is_accepted(Version::HTTP_2, uri, hosts);
        assert!(is_accepted("http://a/", &[]));
        assert!(is_accepted("/", &["a"]));
        assert!(is_accepted("http://a/", &["A:80"]));
        assert!(is_accepted("https://a:443/", &["a"]));
        for (uri, hosts) in [
            ("/", &[][..]),
            ("http://a/", &["b"]),
            ("http://a/", &["a:81"]),
            ("http://a/", &["a", "a"]),
            ("http://u@a/", &[]),
        ] {
            assert!(!is_accepted(uri, hosts), "{uri} {hosts:?}");
        }
    }
}
