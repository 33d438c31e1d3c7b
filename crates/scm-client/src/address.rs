//! The URL of a server: whether it is valid, and whether it is the cloud's or this machine's.

use std::net::IpAddr;

use reqwest::Url;

use crate::Error;

/// Parses the URL of a server. A path must be able to follow it, and it must not contain credentials.
pub(crate) fn address(text: &str) -> Result<Url, Error> {
    let url = Url::parse(text)
        .map_err(|_| Error::Address("use a URL such as https://scm.example.com"))?;
    let wrong = |why| Err(Error::Address(why));
    match () {
        () if !matches!(url.scheme(), "http" | "https") => {
            wrong("the scheme must be http:// or https://")
        }
        () if !url.username().is_empty() || url.password().is_some() => {
            wrong("it must not contain a user or a password")
        }
        () if url.query().is_some() || url.fragment().is_some() => {
            wrong("it must not contain a query or a fragment")
        }
        () => Ok(url),
    }
}

/// Whether it is the public cloud's, which ignores `Idempotency-Key`.
pub(crate) fn is_cloud(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    [".myhuaweicloud.com", ".myhuaweicloud.eu"].iter().any(|domain| host.ends_with(domain))
}

/// Whether two URLs have one scheme, host and port. Names and addresses of this machine are one host.
pub(crate) fn same_server(one: &str, other: &str) -> bool {
    let (Ok(one), Ok(other)) = (address(one), address(other)) else { return false };
    one.scheme() == other.scheme()
        && one.port_or_known_default() == other.port_or_known_default()
        && (one.host() == other.host() || is_loopback(&one) && is_loopback(&other))
}

/// Whether it is a loopback address.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or(host == "localhost", |address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_scheme_host_and_port() {
        for (one, other, same) in [
            ("http://127.0.0.1:8443", "http://localhost:8443/", true),
            ("http://127.0.0.1:8443", "http://[::1]:8443", true),
            ("https://scm.example.com", "https://SCM.example.com:443/under", true),
            ("http://127.0.0.1:8443", "http://127.0.0.1:8444", false),
            ("https://127.0.0.1:8443", "http://127.0.0.1:8443", false),
            ("http://127.0.0.1:8443", "http://127.0.0.1.example.com:8443", false),
            ("https://scm.example.com", "https://scm.example.com.example.org", false),
            ("https://scm.example.com", "", false),
        ] {
            assert_eq!(same_server(one, other), same, "{one} {other}");
        }
    }

    #[test]
    fn the_cloud_is_recognized_by_its_domains() {
        for (url, cloud) in [
            ("https://scm.ap-southeast-1.myhuaweicloud.com", true),
            ("https://scm.eu-west-101.MyHuaweiCloud.eu./", true),
            ("https://scm.example.com", false),
            ("https://myhuaweicloud.com.example.com", false),
        ] {
            assert_eq!(is_cloud(&Url::parse(url).unwrap()), cloud, "{url}");
        }
    }

    #[test]
    fn loopback_addresses_are_recognized() {
        for (url, own) in [
            ("http://localhost:1", true),
            ("http://127.8.9.1", true),
            ("http://[::1]:8443", true),
            ("http://localhost.example.com", false),
            ("http://192.0.2.1", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), own, "{url}");
        }
    }
}
