//! Web addresses as text: where one belongs to, and what a relative one leads to.

use crate::domain::letters::{cut, find};

/// Scheme, host and port of an address, as they are written; empty for what is no web address.
pub fn origin(address: &str) -> &str {
    let Some(start) = find(address, "://") else { return "" };
    let host = start + 3;
    let end = address[host..].find(['/', '?', '#', '\\']).map_or(address.len(), |end| host + end);
    &address[..end]
}

/// Path of an address, from its first slash; `/` where it has none.
pub fn path(address: &str) -> &str {
    let rest = address.get(origin(address).len()..).unwrap_or_default();
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() { "/" } else { path }
}

/// Path and query of an address: what is left of it without its origin.
pub fn place(address: &str) -> &str {
    let rest = address.get(origin(address).len()..).unwrap_or_default();
    if rest.is_empty() { "/" } else { rest }
}

/// Resolves a reference against the address of the document it stands in (RFC 3986 §5.2, without the
/// removal of dot segments, which no service was seen to need).
pub fn resolve(base: &str, reference: &str) -> String {
    let reference = reference.trim();
    let scheme = reference.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    if !scheme.is_empty() && scheme.chars().all(is_scheme) {
        return reference.to_owned();
    }
    if reference.starts_with("//") {
        let scheme = cut(base, "//").map_or(base, |(scheme, _)| scheme);
        return [scheme, reference].concat();
    }
    if reference.starts_with('/') {
        return [origin(base), reference].concat();
    }
    let document = base.split(['?', '#']).next().unwrap_or_default();
    if reference.starts_with('?') {
        return [document, reference].concat();
    }
    let folder = document.rfind('/').filter(|end| *end >= origin(base).len());
    let folder = folder.map_or_else(|| [document, "/"].concat(), |end| document[..=end].to_owned());
    [&folder, reference].concat()
}

/// The host a link really leads to, where its text names another.
pub fn unmasked(href: &str, text: &str) -> Option<String> {
    let said = text.trim();
    let said = cut(said, "://").map_or(said, |(_, after)| after);
    let said = host(said);
    let real = host(cut(href, "://")?.1);
    let looks_like_host = said.contains('.') && !said.contains(' ') && !said.ends_with('.');
    let bare = |host: &str| host.strip_prefix("www.").unwrap_or(host).to_ascii_lowercase();
    (looks_like_host && bare(said) != bare(real)).then(|| real.to_owned())
}

/// Whether an image may be fetched from where it is: `list` has hosts with spaces between, `*.example.org`
/// for all below one, `*` for all there are.
pub fn allows(list: &str, address: &str) -> bool {
    let Some((_, after)) = cut(address, "://") else { return false };
    let host = host(after).to_ascii_lowercase();
    list.split_whitespace().any(|allowed| match allowed.strip_prefix('*') {
        Some(end) => end.is_empty() || (end.starts_with('.') && host.ends_with(end)),
        None => host == *allowed,
    })
}

/// The host of an address, without what stands before it.
pub fn host(address: &str) -> &str {
    let end = address.find(['/', '?', '#']).unwrap_or(address.len());
    let authority = &address[..end];
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reference: &str, resolved: &str) {
        assert_eq!(resolve("https://a.example:8/b/c/d?q#f", reference), resolved, "{reference}");
    }

    #[test]
    fn references_are_resolved() {
        check("https://x.example/y", "https://x.example/y");
        check("mailto:a@b", "mailto:a@b");
        check("//x.example/y", "https://x.example/y");
        check("/u/ada", "https://a.example:8/u/ada");
        check("?page=2", "https://a.example:8/b/c/d?page=2");
        check("g", "https://a.example:8/b/c/g");
        assert_eq!(resolve("https://a.example", "g"), "https://a.example/g");
    }

    #[test]
    fn an_origin_ends_where_the_path_begins() {
        assert_eq!(origin("https://a.example:8/b"), "https://a.example:8");
        assert_eq!(origin("https://a.example?b"), "https://a.example");
        assert_eq!(origin("https://a.example\\@evil"), "https://a.example");
        assert_eq!(origin("/b"), "");
        assert_eq!([path("https://a.example/b/?c"), path("https://a.example")], ["/b/", "/"]);
    }

    #[test]
    fn a_place_has_its_query() {
        assert_eq!(place("https://a.example/?p=7"), "/?p=7");
        assert_eq!(place("https://a.example"), "/");
    }

    #[test]
    fn only_hosts_that_are_listed_are_allowed() {
        for (list, address, allowed) in [
            ("", "https://x.org/a", false),
            ("x.org", "https://x.org/a", true),
            ("y.org X.org x.org", "https://X.org?a", true),
            ("x.org", "https://a.x.org/", false),
            ("*.x.org", "https://a.x.org/", true),
            ("*.x.org", "https://ax.org/", false),
            ("*.x.org", "https://evil.org/.x.org", false),
            ("*", "https://x.org/", true),
            ("x.org", "https://x.org.evil.org/", false),
            ("x.org", "https://x.org:81/", false),
        ] {
            assert_eq!(allows(list, address), allowed, "{list} {address}");
        }
    }

    #[test]
    fn a_link_that_pretends_is_unmasked() {
        let host = |href: &str, text: &str| unmasked(href, text);
        assert_eq!(host("https://evil.example/x", "bank.example"), Some("evil.example".to_owned()));
        assert_eq!(
            host("https://evil.example", "https://bank.example/a"),
            Some("evil.example".into())
        );
        assert_eq!(
            host("https://bank.example@evil.example/", "bank.example"),
            Some("evil.example".into())
        );
        assert_eq!(host("https://www.bank.example/a", "bank.example"), None);
        assert_eq!(host("https://evil.example", "click here."), None);
    }
}
