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

/// Whether `hash`, an address part with its `#`, names a comment at all.
pub fn is_one(hash: &str) -> bool {
    hash.strip_prefix('#').is_some_and(|hash| hash.starts_with(PREFIX))
}

/// Whether `hash`, an address part with its `#`, names the comment with this fragment.
pub fn names(hash: &str, fragment: &str) -> bool {
    hash.strip_prefix('#') == Some(fragment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_becomes_a_fragment() {
        assert_eq!(fragment("42"), "comment-42");
        assert_eq!(fragment("at://x/ü"), "comment-at%3A%2F%2Fx%2F%C3%BC");
        assert!(names("#comment-42", &fragment("42")));
        assert!(!names("#comment-421", &fragment("42")));
        assert!(!names("comment-42", &fragment("42")));
        assert!(is_one("#comment-42") && !is_one("#top") && !is_one(""));
    }
}
