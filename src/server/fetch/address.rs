//! Which Internet addresses are public: pure, by the IANA special-purpose registries (RFC 6890 and its updates).
//!
//! Guarantees that whatever is not known to be globally reachable unicast is not [`Reach::Global`]: IPv6 is an allow-list
//! (`2000::/3` minus exceptions), and an IPv4 address inside an IPv6 one is judged too. Stricter than the registries where
//! they make single addresses of a special block global (`192.0.0.9`, `2001:1::1`): nobody serves documents from those.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far an address reaches, with words for people ("… is *a loopback address*").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// A unicast address of the public Internet.
    Global,
    /// This machine or the network around it: for those whom the settings let in.
    Private(&'static str),
    /// Nothing that serves documents, or something that hands out credentials by address alone.
    Never(&'static str),
}

use Reach::{Global, Never, Private};

pub fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(v4) => reach_v4(v4),
        IpAddr::V6(v6) => reach_v6(v6),
    }
}

const METADATA: Reach = Never("a cloud's metadata service");

/// The first row that contains the address decides.
const V4: &[(Ipv4Addr, u32, Reach)] = &[
    (Ipv4Addr::new(169, 254, 169, 254), 32, METADATA),
    (Ipv4Addr::new(100, 100, 100, 200), 32, METADATA),
    // Azure's host agent has a public address, but answers from the machine underneath.
    (Ipv4Addr::new(168, 63, 129, 16), 32, METADATA),
    (Ipv4Addr::UNSPECIFIED, 8, Never("an address of \"this network\"")),
    (Ipv4Addr::new(10, 0, 0, 0), 8, Private("a private address")),
    (Ipv4Addr::new(100, 64, 0, 0), 10, Private("a carrier's shared address")),
    (Ipv4Addr::new(127, 0, 0, 0), 8, Private("a loopback address")),
    (Ipv4Addr::new(169, 254, 0, 0), 16, Never("a link-local address")),
    (Ipv4Addr::new(172, 16, 0, 0), 12, Private("a private address")),
    (Ipv4Addr::new(192, 0, 0, 0), 24, Never("a protocol assignment")),
    (Ipv4Addr::new(192, 0, 2, 0), 24, Never("a documentation address")),
    (Ipv4Addr::new(192, 88, 99, 0), 24, Never("a 6to4 relay")),
    (Ipv4Addr::new(192, 168, 0, 0), 16, Private("a private address")),
    (Ipv4Addr::new(198, 18, 0, 0), 15, Never("a benchmarking address")),
    (Ipv4Addr::new(198, 51, 100, 0), 24, Never("a documentation address")),
    (Ipv4Addr::new(203, 0, 113, 0), 24, Never("a documentation address")),
    (Ipv4Addr::new(224, 0, 0, 0), 4, Never("a multicast address")),
    (Ipv4Addr::BROADCAST, 32, Never("the broadcast address")),
    (Ipv4Addr::new(240, 0, 0, 0), 4, Never("a reserved address")),
];

/// As [`V4`]; `::/0` closes it, so that everything outside `2000::/3` is refused unless a row above lets it in.
const V6: &[(Ipv6Addr, u32, Reach)] = &[
    (Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), 128, METADATA),
    (Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254), 128, METADATA),
    (Ipv6Addr::LOCALHOST, 128, Private("a loopback address")),
    (Ipv6Addr::UNSPECIFIED, 128, Never("the unspecified address")),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, Never("an IPv4 address in IPv6 clothes")),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, Never("a protocol assignment (Teredo, ORCHID, benchmarking)")),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, Never("a documentation address")),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, Never("a 6to4 address")),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, Never("a documentation address")),
    (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3, Global),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, Private("a private address")),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, Never("a link-local address")),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, Never("a multicast address")),
    (Ipv6Addr::UNSPECIFIED, 0, Never("a reserved address")),
];

fn reach_v4(address: Ipv4Addr) -> Reach {
    let bits = address.to_bits();
    let row = V4.iter().find(|(network, length, _)| (bits ^ network.to_bits()).unbounded_shr(32 - length) == 0);
    row.map_or(Global, |row| row.2)
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    if let Some(v4) = translated(address) {
        // A NAT64 gateway passes public addresses on. To private ones there is a straight way; this one is an attack.
        return match reach_v4(v4) {
            Private(_) => Never("a private address behind a translator"),
            other => other,
        };
    }
    let bits = address.to_bits();
    let row = V6.iter().find(|(network, length, _)| (bits ^ network.to_bits()).unbounded_shr(128 - length) == 0);
    let judged = row.map_or(Never("a reserved address"), |row| row.2);
    match tunnelled(address) {
        Some(v4) if judged == Global && reach_v4(v4) != Global => Never("a private address behind a tunnel"),
        _ => judged,
    }
}

/// The IPv4 address that a NAT64 gateway would connect to (`64:ff9b::/96`, RFC 6052): on IPv6-only networks every IPv4
/// host resolves to such an address.
fn translated(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = address.segments() else { return None };
    Some(Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low)))
}

/// The IPv4 end of an ISATAP tunnel (`…:0:5efe:a.b.c.d`, RFC 5214), under any prefix.
fn tunnelled(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., 0 | 0x200, 0x5efe, high, low] = address.segments() else { return None };
    Some(Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(expected: fn(Reach) -> bool, addresses: &[&str]) {
        for address in addresses {
            let reach = reach(address.parse().unwrap());
            assert!(expected(reach), "{address} is {reach:?}");
        }
    }

    #[test]
    fn public_addresses_are_global() {
        check(
            |reach| reach == Global,
            &[
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "93.184.216.34",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "168.63.129.15",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "191.255.255.255",
                "192.0.1.0",
                "192.0.3.0",
                "192.31.196.1",
                "192.88.98.255",
                "192.88.100.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "198.51.99.255",
                "198.51.101.0",
                "203.0.112.255",
                "203.0.114.0",
                "223.255.255.255",
                "2000::1",
                "2001:200::1",
                "2001:4860:4860::8888",
                "2001:db7:ffff::1",
                "2001:db9::1",
                "2003::1",
                "2606:4700:4700::1111",
                "2620:4f:8000::1",
                "2a00:1450:4001:81b::200e",
                "3ffe:ffff::1",
                "3fff:1000::1",
                "64:ff9b::8.8.8.8",
            ],
        );
    }

    #[test]
    fn private_addresses_are_for_those_let_in() {
        check(
            |reach| matches!(reach, Private(_)),
            &[
                "10.0.0.0",
                "10.255.255.255",
                "100.64.0.0",
                "100.127.255.255",
                "127.0.0.0",
                "127.0.0.1",
                "127.255.255.255",
                "172.16.0.0",
                "172.31.255.255",
                "192.168.0.0",
                "192.168.255.255",
                "::1",
                "fc00::",
                "fd12:3456::1",
                "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            ],
        );
    }

    #[test]
    fn special_addresses_are_for_nobody() {
        check(
            |reach| matches!(reach, Never(_)),
            &[
                "0.0.0.0",
                "0.255.255.255",
                "100.100.100.200",
                "168.63.129.16",
                "169.254.0.0",
                "169.254.169.254",
                "169.254.255.255",
                "192.0.0.0",
                "192.0.0.170",
                "192.0.0.192",
                "192.0.2.255",
                "192.88.99.1",
                "198.18.0.0",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.7",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.254",
                "255.255.255.255",
                "::",
                "::2",
                "::127.0.0.1",
                "::8.8.8.8",
                "::ffff:0:0",
                "::ffff:127.0.0.1",
                "::ffff:8.8.8.8",
                "::ffff:0:127.0.0.1",
                "64:ff9b::",
                "64:ff9b::127.0.0.1",
                "64:ff9b::169.254.169.254",
                "64:ff9b::10.0.0.1",
                "64:ff9b:1::1",
                "64:ff9b:1::8.8.8.8",
                "100::1",
                "2001::1",
                "2001:0:7f00:1::",
                "2001:2::1",
                "2001:10::1",
                "2001:20::1",
                "2001:1ff:ffff::1",
                "2001:db8::1",
                "2002::1",
                "2002:7f00:1::",
                "2002:808:808::1",
                "3fff::1",
                "3fff:fff::1",
                "4000::1",
                "5f00::1",
                "fd00:ec2::254",
                "fd20:ce::254",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "ff02::1",
                "ffff::1",
                "2a00:1450::5efe:10.0.0.1",
                "2a00:1450::200:5efe:127.0.0.1",
            ],
        );
    }

    /// The standard library's own predicates, where they are stable, as a second opinion.
    fn is_special_to_std(v4: Ipv4Addr) -> bool {
        v4.is_private()
            || v4.is_loopback()
            || v4.is_link_local()
            || v4.is_broadcast()
            || v4.is_documentation()
            || v4.is_multicast()
            || v4.is_unspecified()
            || v4.octets()[0] == 0
            || v4.octets()[0] >= 240
    }

    proptest! {
        #[test]
        fn what_std_calls_special_is_never_global(bits: u32, near in prop::sample::select(V4.to_vec()), offset in -3i64..=3) {
            for v4 in [Ipv4Addr::from_bits(bits), shift(near.0, near.1, offset)] {
                prop_assert!(!(is_special_to_std(v4) && reach(v4.into()) == Global), "{v4}");
            }
        }

        #[test]
        fn an_embedded_private_address_is_never_global(bits: u32, prefix: u32, row in prop::sample::select(V4.to_vec())) {
            let host = if row.1 == 32 { 0 } else { bits & (u32::MAX >> row.1) };
            let v4 = row.0.to_bits() | host;
            let [a, b] = [v4 >> 16, v4 & 0xffff].map(|half| u16::try_from(half).unwrap());
            let prefix = [0x2a00 | u16::try_from(prefix >> 24).unwrap(), u16::try_from(prefix & 0xffff).unwrap()];
            for v6 in [
                Ipv6Addr::new(0, 0, 0, 0, 0, 0, a, b),
                Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, a, b),
                Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, a, b),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, a, b),
                Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, a, b),
                Ipv6Addr::new(0x2002, a, b, 0, 0, 0, 0, 1),
                Ipv6Addr::new(0x2001, 0, 0x4136, 0xe378, 0x8000, 0xffff, !a, !b),
                Ipv6Addr::new(prefix[0], prefix[1], 0, 0, 0, 0x5efe, a, b),
            ] {
                prop_assert_ne!(reach(v6.into()), Global, "{}", v6);
            }
        }

        #[test]
        fn outside_the_global_unicast_block_nothing_is_global(bits: u128) {
            let v6 = Ipv6Addr::from_bits(bits);
            prop_assume!(bits >> 125 != 1);
            prop_assert!(reach(v6.into()) != Global || v6.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0]);
        }
    }

    /// The address `offset` away from the nearer edge of a network.
    fn shift(network: Ipv4Addr, length: u32, offset: i64) -> Ipv4Addr {
        let edge = if offset < 0 { 0 } else { u32::MAX.checked_shr(length).unwrap_or(0) };
        Ipv4Addr::from_bits(network.to_bits().wrapping_add(edge).wrapping_add_signed(i32::try_from(offset).unwrap()))
    }
}
