//! The address of a client, and the id of its request.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::HeaderMap;

use crate::{config::Proxies, headers::FORWARDED_FOR};

/// The origin of a request.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The address of the client: behind trusted proxies, the one that they report.
    pub address: IpAddr,
    /// The id of the request.
    pub request_id: String,
}

impl Origin {
    /// The origin of a request from this peer of a connection.
    pub fn of(peer: SocketAddr, id: String, headers: &HeaderMap, proxies: &Proxies) -> Self {
        Self { address: client(peer.ip().to_canonical(), headers, proxies), request_id: id }
    }
}

/// The address as limits count it: of an IPv6 address the /64 network, since a client that has one
/// address there usually has all of them. The log and the audit trail show the whole address.
pub fn counted_as(address: IpAddr) -> IpAddr {
    const NETWORK: u128 = u128::MAX << 64;
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & NETWORK).into(),
        address => address,
    }
}

/// The last address in the chain that is not a trusted proxy. The header of an untrusted peer, perhaps
/// megabytes of it, is not read.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> IpAddr {
    let values = headers.get_all(FORWARDED_FOR).iter().rev();
    let mut reported =
        values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.rsplit(','));
    let mut address = peer;
    while proxies.contain(address) {
        let Some(Ok(before)) = reported.next().map(|text| text.trim().parse::<IpAddr>()) else {
            break;
        };
        // `::ffff:192.0.2.1` is 192.0.2.1, as sockets for both families have it.
        address = before.to_canonical();
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen_from(peer: &str, forwarded: &str) -> String {
        let proxies = "10.0.0.0/8, 127.0.0.1".parse().unwrap();
        let mut headers = HeaderMap::new();
        for line in forwarded.lines() {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        client(peer.parse::<IpAddr>().unwrap().to_canonical(), &headers, &proxies).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(seen_from("192.0.2.1", "198.51.100.7"), "192.0.2.1");
        assert_eq!(seen_from("127.0.0.1", "198.51.100.7"), "198.51.100.7");
        assert_eq!(seen_from("127.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.1"), "198.51.100.7");
        assert_eq!(
            seen_from("127.0.0.1", "203.0.113.9\n198.51.100.7, 10.0.0.2\n10.0.0.1"),
            "198.51.100.7"
        );
        assert_eq!(seen_from("127.0.0.1", "203.0.113.9, nonsense"), "127.0.0.1");
        assert_eq!(seen_from("::ffff:127.0.0.1", "::ffff:198.51.100.7"), "198.51.100.7");
    }

    #[test]
    fn limits_count_an_ipv6_network_as_one_address() {
        for (address, counted) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:0:1::1", "2001:db8:0:1::"),
            ("2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1::"),
            ("2001:db8:0:2::1", "2001:db8:0:2::"),
        ] {
            assert_eq!(counted_as(address.parse().unwrap()).to_string(), counted);
        }
    }
}
