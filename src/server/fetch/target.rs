//! The address that somebody gave: parsed once, judged before any connection. Pure.
//!
//! The `url` crate follows the WHATWG standard, so that `http://0x7f.1`, `http://2130706433`, `http://①②⑦.0.0.1` and the like
//! have become plain IP literals when they are judged here, and it is this same parsed value that is connected to: there is no
//! second parser to disagree. Names are judged later by what they resolve to, with the same [`Policy::judge`].

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

use super::{
    address::{Reach, reach},
    refusal::Refusal,
};

pub const MAX_URL_CHARS: usize = 2048;

/// Ports at which something other than a web server listens: those that browsers refuse (the Fetch standard's "bad ports") from
/// 1024 up, and databases, caches and control planes that take the text of an HTTP request for commands or that trust their network.
const FOREIGN_PORTS: &[u16] = &[
    1719, 1720, 1723, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 5672, 6000, 6379, 6566, 6665, 6666,
    6667, 6668, 6669, 6679, 6697, 9042, 9200, 9300, 10080, 10250, 10255, 11211, 27017,
];

/// An address that may be looked up.
#[derive(Clone, Debug)]
pub struct Target {
    pub url: Url,
    pub host: Host<String>,
    pub port: u16,
}

impl Target {
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Refusal::Empty);
        }
        if text.chars().count() > MAX_URL_CHARS {
            return Err(Refusal::TooLong { limit: MAX_URL_CHARS });
        }
        match Url::parse(text) {
            Ok(url) => Self::of(url),
            Err(url::ParseError::RelativeUrlWithoutBase) => {
                Err(Refusal::Unreadable { reason: "it must start with http:// or https://".into() })
            }
            Err(error) => Err(Refusal::Unreadable { reason: error.to_string() }),
        }
    }

    /// Where a redirect leads: absolute or relative to this address.
    pub fn join(&self, location: &str) -> Result<Self, Refusal> {
        let url = self.url.join(location).map_err(|_| Refusal::BadRedirect { host: self.host.to_string() })?;
        if url.as_str().len() > MAX_URL_CHARS * 4 {
            return Err(Refusal::TooLong { limit: MAX_URL_CHARS });
        }
        Self::of(url)
    }

    fn of(mut url: Url) -> Result<Self, Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme { scheme: url.scheme().chars().take(20).collect() });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::UserInfo);
        }
        url.set_fragment(None);
        let (Some(host), Some(port)) = (url.host().map(|host| host.to_owned()), url.port_or_known_default()) else {
            return Err(Refusal::Unreadable { reason: "it has no host".into() });
        };
        Ok(Self { url, host, port })
    }

    /// The address, when the host is an IP literal: nothing would resolve it, so no resolver can guard it.
    pub fn literal(&self) -> Option<IpAddr> {
        match self.host {
            Host::Ipv4(v4) => Some(v4.into()),
            Host::Ipv6(v6) => Some(v6.into()),
            Host::Domain(_) => None,
        }
    }

    /// What to call the document: the last segment of the path, or the host.
    pub fn document_name(&self) -> String {
        let segment = self.url.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or_default();
        let name: String = percent_decoded(segment).chars().filter(|c| !c.is_control() && !matches!(c, '/' | '\\')).take(120).collect();
        if matches!(name.trim(), "" | "." | "..") { self.host.to_string() } else { name }
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        rest = match tail {
            [high, low, after @ ..] if *first == b'%' && hex(high).is_some() && hex(low).is_some() => {
                bytes.push(hex(high).unwrap_or(0) * 16 + hex(low).unwrap_or(0));
                after
            }
            _ => {
                bytes.push(*first);
                tail
            }
        };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// An entry of `fetch.allowed_hosts`: a host, or one port of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost {
    host: Host<String>,
    port: Option<u16>,
}

/// An entry of `fetch.allowed_hosts` is neither `host` nor `host:port`.
#[derive(Debug, thiserror::Error)]
#[error("`fetch.allowed_hosts`: `{0}` is not a host name, an IP address ([::1] for IPv6) or one of these with a port")]
pub struct NotAHost(String);

impl AllowedHost {
    pub fn parse(text: &str) -> Result<Self, NotAHost> {
        let not_a_host = || NotAHost(text.to_owned());
        // A scheme without a default port, or `:80` would be dropped and allow every port.
        let url = Url::parse(&format!("http://{text}/")).map_err(|_| not_a_host())?;
        let written = text.rsplit_once(':').filter(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
        let plain =
            url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
        let host = url.host().filter(|_| plain).ok_or_else(not_a_host)?.to_owned();
        Ok(Self { host, port: written.and(url.port_or_known_default()) })
    }
}

/// Who may be fetched from.
#[derive(Clone, Debug)]
pub struct Policy {
    pub allow_private: bool,
    pub allowed_hosts: Vec<AllowedHost>,
    /// Where this server listens itself.
    pub own: Vec<SocketAddr>,
}

impl Policy {
    /// What can be said before the name is looked up.
    pub fn judge_target(&self, target: &Target) -> Result<(), Refusal> {
        let usual = matches!(target.port, 80 | 443) || (target.port >= 1024 && !FOREIGN_PORTS.contains(&target.port));
        let named = self.allowed_hosts.iter().any(|entry| entry.host == target.host && entry.port == Some(target.port));
        if !usual && !named {
            return Err(Refusal::Port { host: target.host.to_string(), port: target.port });
        }
        target.literal().map_or(Ok(()), |address| self.judge(target, address))
    }

    /// One address that the target stands for or resolves to.
    pub fn judge(&self, target: &Target, address: IpAddr) -> Result<(), Refusal> {
        let host = target.host.to_string();
        if self.is_ourselves(address, target.port) {
            return Err(Refusal::Ourselves { host });
        }
        match reach(address) {
            Reach::Global => Ok(()),
            _ if self.is_allowed(target) => Ok(()),
            Reach::Private(_) if self.allow_private => Ok(()),
            Reach::Private(what) => Err(Refusal::Private { host, what }),
            Reach::Never(what) => Err(Refusal::Never { host, what }),
        }
    }

    fn is_allowed(&self, target: &Target) -> bool {
        self.allowed_hosts.iter().any(|entry| entry.host == target.host && entry.port.is_none_or(|port| port == target.port))
    }

    fn is_ourselves(&self, address: IpAddr, port: u16) -> bool {
        let address = address.to_canonical();
        self.own.iter().filter(|own| own.port() == port).any(|own| {
            let ip = own.ip().to_canonical();
            ip == address || (ip.is_unspecified() && is_of_this_machine(address)) || (ip.is_loopback() && address.is_loopback())
        })
    }
}

/// The kernel binds a socket only to the machine's own addresses. Nothing is sent.
fn is_of_this_machine(address: IpAddr) -> bool {
    address.is_unspecified() || address.is_loopback() || std::net::UdpSocket::bind((address, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        Policy { allow_private: false, allowed_hosts: Vec::new(), own: Vec::new() }
    }

    fn judge(policy: &Policy, text: &str) -> Result<(), Refusal> {
        policy.judge_target(&Target::parse(text)?)
    }

    #[test]
    fn what_is_no_address_of_the_web_is_said_so() {
        for (text, expected) in [
            ("", "Give the address"),
            ("  \n", "Give the address"),
            ("example.com/openapi.yaml", "must start with http:// or https://"),
            ("/openapi.yaml", "must start with http:// or https://"),
            ("http://", "empty host"),
            ("http://[::1", "invalid IPv6"),
            ("http://1.2.3.400/", "invalid IPv4"),
            ("http://exa mple.com/", "invalid international domain name"),
            ("http://example.com:99999/", "invalid port"),
            ("ftp://example.com/a", "`ftp` is not supported"),
            ("file:///etc/passwd", "`file` is not supported"),
            ("gopher://127.0.0.1:6379/_x", "`gopher` is not supported"),
            ("data:text/plain,hi", "`data` is not supported"),
            ("javascript:alert(1)", "`javascript` is not supported"),
            ("localhost:3000/openapi.json", "`localhost` is not supported"),
            ("http://user@example.com/", "user name or password"),
            ("http://:secret@example.com/", "user name or password"),
            ("http://example.com@10.0.0.1/", "user name or password"),
            ("http://example.com:22/", "Port 22"),
            ("http://example.com:6379/", "Port 6379"),
            ("http://example.com:0/", "Port 0"),
        ] {
            let refusal = judge(&policy(), text).expect_err(text).to_string();
            assert!(refusal.contains(expected), "{text}: {refusal}");
        }
        let long = format!("http://example.com/{}", "a".repeat(MAX_URL_CHARS));
        assert_eq!(judge(&policy(), &long), Err(Refusal::TooLong { limit: MAX_URL_CHARS }));
    }

    #[test]
    fn public_addresses_and_names_pass() {
        for text in [
            "http://example.com/openapi.yaml",
            "HTTPS://EXAMPLE.COM/openapi.yaml",
            "  https://example.com:8443/a?b=c#d ",
            "http://example.com:80/",
            "http://example.com:3000/",
            "http://8.8.8.8/",
            "https://[2606:4700:4700::1111]/",
            "https://bücher.example/api.json",
        ] {
            assert_eq!(judge(&policy(), text), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_host_that_is_listed_may_be_private_and_use_its_port() {
        let allowed =
            |entries: &[&str]| Policy { allowed_hosts: entries.iter().map(|e| AllowedHost::parse(e).unwrap()).collect(), ..policy() };
        for (entry, text, passes) in [
            ("10.1.2.3", "http://10.1.2.3/", true),
            ("10.1.2.3", "http://0xa010203:8080/", true),
            ("10.1.2.3", "http://10.1.2.4/", false),
            ("10.1.2.3", "http://10.1.2.3:22/", false),
            ("10.1.2.3:22", "http://10.1.2.3:22/", true),
            ("10.1.2.3:80", "http://10.1.2.3/", true),
            ("10.1.2.3:80", "http://10.1.2.3:8080/", false),
            ("10.1.2.3:80", "https://10.1.2.3/", false),
            ("[::1]:8080", "http://[::1]:8080/", true),
            ("[::1]", "http://[::1]:8080/", true),
            ("[::1]", "http://127.0.0.1:8080/", false),
            ("169.254.169.254", "http://169.254.169.254/", true),
            ("Intranet.Example:22", "http://intranet.example:22/", true),
        ] {
            assert_eq!(judge(&allowed(&[entry]), text).is_ok(), passes, "{entry} {text}");
        }
        for entry in ["", "http://a", "a/b", "a b", "u@a", "a:b", "a?b", "::1", "a#b"] {
            assert!(AllowedHost::parse(entry).is_err(), "{entry}");
        }
    }

    #[test]
    fn private_needs_the_setting_and_special_stays_refused() {
        let lax = Policy { allow_private: true, ..policy() };
        for text in ["http://127.0.0.1:8080/", "http://10.0.0.1/", "http://[::1]/", "http://192.168.1.1/", "http://[fd00::1]/"] {
            assert!(matches!(judge(&policy(), text), Err(Refusal::Private { .. })), "{text}");
            assert_eq!(judge(&lax, text), Ok(()), "{text}");
        }
        for text in ["http://169.254.169.254/", "http://0/", "http://[::ffff:10.0.0.1]/", "http://[fe80::1]/", "http://255.255.255.255/"] {
            assert!(matches!(judge(&lax, text), Err(Refusal::Never { .. })), "{text}");
        }
    }

    #[test]
    fn this_server_itself_is_never_fetched() {
        let at = |own: &str| Policy {
            allow_private: true,
            allowed_hosts: vec![AllowedHost::parse("127.0.0.1").unwrap()],
            own: vec![own.parse().unwrap()],
        };
        for (own, text, refused) in [
            ("127.0.0.1:3000", "http://127.0.0.1:3000/", true),
            ("127.0.0.1:3000", "http://127.9.9.9:3000/", true),
            ("127.0.0.1:3000", "http://[::1]:3000/", true),
            ("127.0.0.1:3000", "http://127.0.0.1:3001/", false),
            ("0.0.0.0:3000", "http://127.0.0.1:3000/", true),
            ("0.0.0.0:3000", "http://0:3000/", true),
            ("[::]:3000", "http://127.0.0.1:3000/", true),
            ("8.8.8.8:3000", "http://8.8.8.8:3000/", true),
            ("0.0.0.0:3000", "http://8.8.8.8:3000/", false),
        ] {
            assert_eq!(matches!(judge(&at(own), text), Err(Refusal::Ourselves { .. })), refused, "{own} {text}");
        }
    }

    #[test]
    fn documents_are_named_by_their_path() {
        for (text, name) in [
            ("https://example.com/v1/openapi.yaml?x=1", "openapi.yaml"),
            ("https://example.com/My%20API.json", "My API.json"),
            ("https://example.com/a%2F..%2Fb.json", "a..b.json"),
            ("https://example.com/%ff.json", "%ff.json"),
            ("https://example.com/100%.json", "100%.json"),
            ("https://example.com/", "example.com"),
            ("https://example.com/v1/", "example.com"),
            ("http://[::1]:8080", "[::1]"),
        ] {
            assert_eq!(Target::parse(text).unwrap().document_name(), name, "{text}");
        }
    }
}
