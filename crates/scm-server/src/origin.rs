//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName};

use crate::config::Proxies;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Where a request comes from, and what it is called.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The address of the client: behind trusted proxies, the one that they tell.
    pub address: IpAddr,
    /// The id of the request.
    pub request_id: String,
}

impl Origin {
    /// The origin of a request that came in over a connection with this other end.
    pub fn of(peer: SocketAddr, id: String, headers: &HeaderMap, proxies: &Proxies) -> Self {
        Self { address: client(peer.ip().to_canonical(), headers, proxies), request_id: id }
    }
}

/// The last address in the chain of proxies that no trusted proxy vouches for.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> IpAddr {
    let told = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let told: Vec<_> = told.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut address = peer;
    for told in told.iter().rev() {
        let (true, Ok(before)) = (proxies.contain(address), told.parse::<IpAddr>()) else { break };
        // `::ffff:192.0.2.1` is 192.0.2.1, as sockets for both families have it.
        address = before.to_canonical();
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen_from(peer: &str, told: &str) -> String {
        let proxies = "10.0.0.0/8, 127.0.0.1".parse().unwrap();
        let headers = HeaderMap::from_iter([(FORWARDED_FOR, told.parse().unwrap())]);
        client(peer.parse::<IpAddr>().unwrap().to_canonical(), &headers, &proxies).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(seen_from("192.0.2.1", "198.51.100.7"), "192.0.2.1");
        assert_eq!(seen_from("127.0.0.1", "198.51.100.7"), "198.51.100.7");
        assert_eq!(seen_from("127.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.1"), "198.51.100.7");
        assert_eq!(seen_from("127.0.0.1", "203.0.113.9, nonsense"), "127.0.0.1");
        assert_eq!(seen_from("::ffff:127.0.0.1", "::ffff:198.51.100.7"), "198.51.100.7");
    }
}
