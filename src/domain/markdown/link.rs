//! Where a link leads (`CommonMark` 0.31, §6.3).

use crate::domain::entity;

/// Brackets inside the address of a link.
const NESTED: usize = 32;

/// The address of a link in `(address "title")`, and the bytes all of it takes.
pub(super) fn target(text: &str) -> Option<(String, usize)> {
    let inside = text.strip_prefix('(')?;
    let start = inside.trim_start();
    let (address, after) = if let Some(pointed) = start.strip_prefix('<') {
        let end = pointed.find(['>', '<', '\n']).filter(|end| pointed[*end..].starts_with('>'))?;
        (&pointed[..end], &pointed[end + 1..])
    } else {
        let (mut depth, mut end, mut escaped) = (0, start.len(), false);
        for (at, c) in start.char_indices() {
            match c {
                _ if escaped => {
                    escaped = false;
                    continue;
                }
                '\\' => escaped = true,
                '(' if depth == NESTED => return None,
                '(' => depth += 1,
                ')' if depth > 0 => depth -= 1,
                ')' => end = at,
                _ if c.is_whitespace() || c.is_control() => end = at,
                _ => {}
            }
            if end == at {
                break;
            }
        }
        if depth > 0 {
            return None;
        }
        start.split_at(end)
    };
    let mut rest = after.trim_start();
    if rest.len() < after.len()
        && let Some(mark) = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '('))
    {
        let close = if mark == '(' { ')' } else { mark };
        rest = rest[1..].split_once(close)?.1.trim_start();
    }
    let rest = rest.strip_prefix(')')?;
    Some((unescaped(address), text.len() - rest.len()))
}

/// An address without backslashes and references.
fn unescaped(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let mut rest = address;
    while let Some(c) = rest.chars().next() {
        let next = rest[c.len_utf8()..].chars().next();
        let (said, length) = match (c, next) {
            ('\\', Some(next)) if next.is_ascii_punctuation() => (next.into(), 2),
            _ => {
                let decoded = entity::decode(rest, true);
                decoded.unwrap_or_else(|| (c.into(), c.len_utf8()))
            }
        };
        out += &said;
        rest = &rest[length..];
    }
    out
}
