//! What names, texts and websites may be: rules of values.

use url::Url;

/// Whether a letter leaves anything to see. What is listed is space, direction, joining or filling
/// (Unicode's `Default_Ignorable_Code_Point`, and two blanks that are letters by name).
pub(crate) fn is_visible(c: char) -> bool {
    !(c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'))
}

/// Whether a reader would see nothing.
pub(crate) fn is_blank(text: &str) -> bool {
    !text.chars().any(is_visible)
}

/// Without control characters and without space around it.
pub(crate) fn cleaned(text: &str) -> String {
    let kept: String =
        text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    kept.trim().to_owned()
}

/// A name on one line, without marks that would turn the direction of what follows it.
pub(crate) fn name(text: &str) -> String {
    let turns = |c: &char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !turns(c)).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Whether an address is one that browsers open, on the web, without a password in it.
pub(crate) fn is_website(address: &str) -> bool {
    let whole = !address.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\');
    let begins = ["http://", "https://"].iter().any(|scheme| {
        address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    whole && begins && Url::parse(address).is_ok_and(|url| has_host(&url) && !has_secret(&url))
}

fn has_host(url: &Url) -> bool {
    url.host_str().is_some_and(|host| !host.is_empty())
}

/// Whether the address of a link carries a name or a password: `https://bank.example@evil.example`.
pub(crate) fn has_secret(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_blank() {
        for blank in
            ["", " ", "\u{200b}", "\u{2060}\n", "\u{2800}", "\u{3164}", "\u{e0020}", "\u{ad}"]
        {
            assert!(is_blank(blank), "{blank:?}");
        }
        for seen in ["a", "日", "👍\u{fe0f}", "\u{200f}א", ".", "نادیا"] {
            assert!(!is_blank(seen), "{seen:?}");
        }
    }

    #[test]
    fn a_name_does_not_turn_what_follows() {
        assert_eq!(name("a\u{202e}b\u{2067}c\nd"), "abc d");
        assert_eq!(name("\u{200f}אדה"), "\u{200f}אדה");
    }

    #[test]
    fn a_website_is_an_address_that_browsers_open() {
        for good in [
            "https://x.org",
            "http://x.org/a?b#c",
            "HTTPS://X.org",
            "https://bücher.example/ü",
            "https://xn--bcher-kva.example:8080",
            "http://127.0.0.1/",
            "http://[::1]/",
        ] {
            assert!(is_website(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https:///",
            "https://a b",
            "https://x.org:99999",
            "https://[::1",
            "https://a@b.org",
            "https://a:b@c.org",
            "https://x.org\\@y.org",
            "https:x.org",
            "http://1.2.3.4.5",
            "http://%zz",
            "ftp://x.org",
            "https://a\u{0}b",
        ] {
            assert!(!is_website(bad), "{bad}");
        }
    }
}
