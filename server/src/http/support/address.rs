//! Who is asking: the address of the connection, or what a trusted proxy says it is.

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

use crate::config::{Forwarded, Settings};
use crate::pace::Group;

/// The address of a connection; none for a Unix socket, whose other end is a proxy on this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) Option<IpAddr>);

/// Who counts as one with whoever asks; put into each request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asker(pub(crate) Group);

/// The asker of a request: the last address in the header that is not a trusted proxy's own. Whatever
/// stands before it was written by somebody who is not trusted.
pub(crate) fn asker(peer: Peer, headers: &HeaderMap, settings: &Settings) -> Asker {
    let trusted = |address: IpAddr| trusts(&settings.trusted_proxies, address);
    let here = IpAddr::from([127, 0, 0, 1]);
    let mut last = peer.0.unwrap_or(here).to_canonical();
    // Only programs that may open the socket can speak through it.
    if peer.0.is_none() || trusted(last) {
        for told in forwarded(headers, settings.forwarded).into_iter().rev() {
            // What cannot be read ends the chain: nobody knows what stands before it.
            let Some(address) = told else { break };
            last = address;
            if !trusted(address) {
                break;
            }
        }
    }
    Asker(Group::of(last))
}

fn trusts(proxies: &[IpNet], address: IpAddr) -> bool {
    proxies.iter().any(|net| net.contains(&address))
}

/// The addresses in the header, in its order; none for an entry that is no address.
fn forwarded(headers: &HeaderMap, which: Forwarded) -> Vec<Option<IpAddr>> {
    let name = match which {
        Forwarded::ForwardedFor => "x-forwarded-for",
        Forwarded::Standard => "forwarded",
    };
    let lines = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or_default());
    let mut found = Vec::new();
    for line in lines {
        match which {
            Forwarded::ForwardedFor => found.extend(line.split(',').map(node)),
            Forwarded::Standard => found.extend(elements(line).into_iter().map(|e| element(&e))),
        }
    }
    found
}

/// Splits at the commas outside quotes.
fn elements(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for c in line.chars() {
        match c {
            ',' if !quoted => {
                out.push(String::new());
                continue;
            }
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = c == '\\' && quoted && !escaped;
        if let Some(last) = out.last_mut() {
            last.push(c);
        }
    }
    out
}

/// `for="[2001:db8::1]:4711";proto=https` (RFC 7239).
fn element(text: &str) -> Option<IpAddr> {
    let pairs = text.split(';').filter_map(|pair| pair.split_once('='));
    let mut found = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    let (_, value) = found.next()?;
    // Twice is nothing.
    found.next().is_none().then(|| node(value.trim().trim_matches('"')))?
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let whole = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        let address: std::net::Ipv6Addr = address.parse().ok()?;
        return whole.then(|| IpAddr::from(address).to_canonical());
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    let (address, port) = text.rsplit_once(':')?;
    let address: std::net::Ipv4Addr = address.parse().ok()?;
    is_port(port).then_some(IpAddr::from(address))
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(which: Forwarded, peer: &str, lines: &[&str], asks: &str) {
        let settings = Settings {
            trusted_proxies: vec![
                "127.0.0.0/8".parse().expect("a network"),
                "10.0.0.0/8".parse().expect("a network"),
            ],
            forwarded: which,
            ..Settings::default()
        };
        let name = if which == Forwarded::Standard { "forwarded" } else { "x-forwarded-for" };
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name, line.parse().expect("a header"));
        }
        let peer = Peer(peer.parse().ok());
        let Asker(group) = asker(peer, &headers, &settings);
        assert_eq!(group, Group::of(asks.parse().expect("an address")), "{lines:?}");
    }

    #[test]
    fn the_last_address_that_is_no_proxy_asks() {
        let check = |peer, lines: &[&str], asks| check(Forwarded::ForwardedFor, peer, lines, asks);
        check("9.9.9.9", &["1.1.1.1"], "9.9.9.9");
        check("127.0.0.1", &[], "127.0.0.1");
        check("127.0.0.1", &["1.1.1.1"], "1.1.1.1");
        check("127.0.0.1", &["6.6.6.6, 1.1.1.1, 10.1.1.1"], "1.1.1.1");
        check("127.0.0.1", &["6.6.6.6", "1.1.1.1"], "1.1.1.1");
        check("::ffff:127.0.0.1", &["1.1.1.1"], "1.1.1.1");
        check("127.0.0.1", &["5.5.5.6:1234"], "5.5.5.6");
        check("127.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1");
        check("127.0.0.1", &["[2001:db8::1]"], "2001:db8::1");
        check("127.0.0.1", &["2001:db8::1"], "2001:db8::1");
        check("127.0.0.1", &["::ffff:7.7.7.7"], "7.7.7.7");
        check("a unix socket", &["1.1.1.1"], "1.1.1.1");
        for nonsense in ["", "x", "1.1.1.1, x", "1.1.1.1:x", "[::1", "1.1.1.1:", "1.1.1.1, unknown"]
        {
            check("127.0.0.1", &[nonsense], "127.0.0.1");
        }
    }

    #[test]
    fn the_standard_header_is_read_with_its_quotes() {
        let check = |lines: &[&str], asks| check(Forwarded::Standard, "127.0.0.1", lines, asks);
        check(&["for=1.1.1.1;proto=https, for=10.0.0.1"], "1.1.1.1");
        check(&["For=\"[2001:db8::1]:4711\""], "2001:db8::1");
        check(&["proto=https;for=1.1.1.1:80"], "1.1.1.1");
        check(&["for=6.6.6.6;host=\"a,b\", by=x;for=1.1.1.1"], "1.1.1.1");
        check(&["for=6.6.6.6", "for=1.1.1.1"], "1.1.1.1");
        for nonsense in ["for=_hidden", "for=unknown", "by=1.1.1.1", "for=1.1.1.1;for=2.2.2.2"] {
            check(&[nonsense], "127.0.0.1");
        }
    }

    /// What strangers send may be anything.
    #[test]
    fn nothing_in_a_header_panics() {
        let pieces =
            ["[", "]", ":", "\"", "\\", ",", ";", "=", "for", "1.1.1.1", "::", "é", " ", "x"];
        let mut seed = 1_u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..8 {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                text += pieces[usize::try_from(seed >> 33).unwrap_or(0) % pieces.len()];
            }
            node(&text);
            for one in elements(&text) {
                element(&one);
            }
        }
    }
}
