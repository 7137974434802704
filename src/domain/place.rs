//! Which page a document shows while a router exchanges it (a single-page site): its canonical link may still name
//! the page before, or be left alone for ever.

use crate::domain::address::path;
use crate::domain::letters::{cut, parts};

/// What is known of one document.
#[derive(Debug, Default)]
pub struct Place {
    /// The canonical link, and the address at which it came.
    link: String,
    came: String,
    /// The document has gone on without it.
    left: bool,
}

impl Place {
    /// A document that was loaded at an address.
    pub fn new(loaded: &str) -> Self {
        Self { came: loaded.to_owned(), ..Self::default() }
    }

    /// The address of the page. A canonical link counts as long as the document is where it came; elsewhere it
    /// counts until the router has had time to write another (`late`).
    pub fn name<'a>(&mut self, link: &'a str, address: &'a str, late: bool) -> &'a str {
        if link != self.link {
            // The first may be of the page that was loaded, as many routers exchange only the body.
            let loaded = self.link.is_empty() && is_same(link, &self.came);
            if !loaded {
                address.clone_into(&mut self.came);
            }
            link.clone_into(&mut self.link);
            self.left = false;
        }
        let same = |one| is_same(one, address) && agree(link, one, address);
        let here = same(&self.came) || same(link);
        self.left = !here && (late || self.left);
        if self.left || link.is_empty() { address } else { link }
    }
}

/// What an address says of that by which the query of a canonical link names a page; with its `?`, or empty.
pub fn query(link: &str, address: &str) -> String {
    let named: Vec<&str> = members(link).filter_map(|member| value(address, member)).collect();
    if named.is_empty() { String::new() } else { ["?", &named.join("&")].concat() }
}

/// Whether two addresses name the same page by what names one in the query of a link.
fn agree(link: &str, one: &str, other: &str) -> bool {
    members(link).all(|member| value(one, member) == value(other, member))
}

/// The member of the same name in the query of an address.
fn value<'a>(address: &'a str, wanted: &str) -> Option<&'a str> {
    let name = |member| cut(member, "=").map_or(member, |(name, _)| name);
    members(address).find(|member| name(member) == name(wanted))
}

fn members(address: &str) -> impl Iterator<Item = &str> {
    let whole = cut(address, "#").map_or(address, |(before, _)| before);
    let query = cut(whole, "?").map_or("", |(_, query)| query);
    parts(query, "&").filter(|member| !member.is_empty())
}

/// Whether two addresses have the same path, however its end is written.
fn is_same(one: &str, other: &str) -> bool {
    let plain = |address| {
        let path: &str = path(address);
        path.strip_suffix("index.html").unwrap_or(path).trim_end_matches('/')
    };
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of a document loaded at `/a/`: link, path, `!` where time has passed; and what each is then.
    #[track_caller]
    fn check(steps: &[(&str, &str, &str)]) {
        let whole = |path: &str| match path.trim_end_matches('!') {
            "" => String::new(),
            path => ["https://b.example", path].concat(),
        };
        let mut place = Place::new("https://b.example/a/");
        for (number, (link, at, is)) in steps.iter().enumerate() {
            let (link, address) = (whole(link), whole(at));
            let name = place.name(&link, &address, at.ends_with('!'));
            assert_eq!(name, whole(is), "step {number} of {steps:?}");
        }
    }

    #[test]
    fn without_a_canonical_link_the_address_counts() {
        check(&[("", "/a/", "/a/"), ("", "/b/", "/b/"), ("", "/b/!", "/b/"), ("", "/a/", "/a/")]);
    }

    #[test]
    fn a_canonical_link_counts_where_it_came() {
        check(&[("/k/", "/a/!", "/k/"), ("/k/", "/a/?page=2!", "/k/"), ("/k/", "/a!", "/k/")]);
        check(&[("/a/", "/a/index.html!", "/a/"), ("/a/", "/a/#x!", "/a/")]);
        // Another address with a link that names it, as a lazily written head has.
        check(&[("/k/", "/b/!", "/k/"), ("/k/", "/k/!", "/k/")]);
    }

    #[test]
    fn a_query_that_a_link_names_a_page_by_counts() {
        check(&[
            ("/?p=1", "/a/?p=1!", "/?p=1"),
            ("/?p=1", "/a/?x=2&p=1#c!", "/?p=1"),
            ("/?p=1", "/a/?p=2", "/?p=1"),
            ("/?p=1", "/a/?p=2!", "/a/?p=2"),
            ("/?p=1", "/a/?p=1", "/?p=1"),
            ("/?p=3", "/a/?p=3", "/?p=3"),
        ]);
        // Each page of a list may name the first.
        check(&[("/k/?page=1", "/b/?page=2!", "/k/?page=1")]);
        for (link, address, kept) in [
            ("/", "/?p=1", ""),
            ("/?p=1", "/?utm_source=x", ""),
            ("/?p=1", "/?utm_source=x&p=2&q#p=3", "?p=2"),
            ("/?p=1&q", "/?q&p=2", "?p=2&q"),
            ("/#?p=1", "/?p=2", ""),
        ] {
            assert_eq!(query(link, address), kept, "{link} {address}");
        }
    }

    #[test]
    fn a_router_has_time_to_write_another() {
        check(&[("/a/", "/a/!", "/a/"), ("/a/", "/b/", "/a/"), ("/k/", "/b/", "/k/")]);
        check(&[("/a/", "/a/!", "/a/"), ("/a/", "/b/", "/a/"), ("/b/", "/b/!", "/b/")]);
    }

    #[test]
    fn a_link_that_nobody_changes_is_left_behind() {
        check(&[
            ("/a/", "/a/!", "/a/"),
            ("/a/", "/b/!", "/b/"),
            ("/a/", "/c/", "/c/"),
            ("/a/", "/a/", "/a/"),
            ("/a/", "/b/", "/a/"),
            ("/b/", "/b/", "/b/"),
        ]);
        // Nobody looked before the router went on.
        check(&[("/a/", "/b/!", "/b/")]);
        check(&[("/a/", "/a/!", "/a/"), ("", "/b/!", "/b/"), ("/a/", "/a/", "/a/")]);
    }
}
