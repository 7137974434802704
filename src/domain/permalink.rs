//! The address of one comment on this page, both ways.

/// The fragment of the page's address that names a comment, such as `comment-42`.
///
/// The prefix keeps clear of ids the page itself uses, and lets the loader tell from the address
/// alone that the discussion must open at once.
pub const PREFIX: &str = "comment-";

/// The fragment, without `#`, for an identifier of the service.
pub fn fragment(identifier: &str) -> String {
    let mut out = String::from(PREFIX);
    for byte in identifier.bytes() {
        // The unreserved characters of RFC 3986 §2.3 stand as they are.
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(hex(byte >> 4));
            out.push(hex(byte & 15));
        }
    }
    out
}

fn hex(digit: u8) -> char {
    char::from(if digit < 10 { b'0' + digit } else { b'A' + digit - 10 })
}

/// Whether `hash`, an address part with its `#`, names a comment as we write it.
pub fn is_one(hash: &str) -> bool {
    hash.get(1..).is_some_and(|hash| hash.starts_with(PREFIX))
}

/// By which member a fragment names a comment where a service writes fragments like this template, and what it says of
/// that: `isso-{id}` and `isso-3` are `id` and `3`.
pub fn named<'a>(fragment: &'a str, template: &'a str) -> Option<(&'a str, &'a str)> {
    let (before, rest) = template.split_once('{')?;
    let (member, after) = rest.split_once('}')?;
    let said = fragment.strip_prefix(before)?.strip_suffix(after)?;
    // One without words of its own could be any fragment of the page.
    let is_bare = [before, after].concat().len() < 2;
    let likely = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let fits = said.bytes().all(likely) && said.bytes().any(|byte| byte.is_ascii_digit());
    (!said.is_empty() && (!is_bare || fits)).then_some((member, said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_becomes_a_fragment() {
        assert_eq!(fragment("42"), "comment-42");
        assert_eq!(fragment("at://x/ü"), "comment-at%3A%2F%2Fx%2F%C3%BC");
        assert!(is_one("#comment-42") && !is_one("#top") && !is_one(""));
    }

    #[test]
    fn fragments_of_services_are_read() {
        for (fragment, template, found) in [
            ("isso-3", "isso-{id}", Some(("id", "3"))),
            ("isso-3", "remark42__comment-{id}", None),
            ("remark42__comment-a b", "remark42__comment-{id}", Some(("id", "a b"))),
            ("comment-at://x/ü", "comment-{id}", Some(("id", "at://x/ü"))),
            ("comment-7-text", "comment-{cid}-text", Some(("cid", "7"))),
            ("isso-", "isso-{id}", None),
            ("507f1f77bcf86cd799439011", "{id}", Some(("id", "507f1f77bcf86cd799439011"))),
            ("introduction", "{id}", None),
            ("/about/2", "{id}", None),
            ("c7", "c{id}", Some(("id", "7"))),
            ("contents", "c{id}", None),
            ("", "{id}", None),
            ("x", "x", None),
        ] {
            assert!(!is_one(&["#", fragment].concat()) || fragment.starts_with(PREFIX));
            assert_eq!(named(fragment, template), found, "{fragment} by {template}");
        }
    }
}
