//! What follows a page, and where it is asked for.

use std::borrow::Cow;

use crate::domain::address::{host, origin, resolve};
use crate::domain::decimal;
use crate::domain::letters::cut;
use crate::json::Value;
use crate::profile::Profile;
use crate::profile::expression::{Answer, Scope};
use crate::profile::page::sorted;

/// Where the profile says how pages of the list are turned, and those of replies.
pub(super) const LIST: &str = "/list/page";
pub(super) const REPLIES: &str = "/operations/replies/page";

/// What stands in an answer besides the comments themselves; pages are turned by it.
pub(super) struct Rows<'a> {
    pub(super) rows: &'a [Value],
    /// Those that answer nothing.
    pub(super) roots: usize,
}

/// What follows a page.
#[derive(Default)]
pub(super) enum Next {
    #[default]
    None,
    At(Value),
    /// On another host: an answer must not send the reader's requests elsewhere.
    Elsewhere(String),
}

impl Profile {
    /// What to ask for after a page, as `page` of a list or of replies tells.
    pub(super) fn next(
        &self,
        page: &Value,
        rows: &Rows,
        answer: &Answer,
        asked: Option<&Value>,
    ) -> Next {
        let whole = Scope::whole(answer);
        let told = |name: &str| page.get(name);
        if told("more").is_some_and(|test| !whole.holds(test)) {
            return Next::None;
        }
        match told("mode").and_then(Value::as_str) {
            Some("link") => {
                let link = answer.headers.header("Link").and_then(|header| link_next(&header));
                link.map_or(Next::None, |link| beside(answer, &link))
            }
            Some("next") => {
                let next = told("next").and_then(|next| whole.find(next));
                let next = next.as_deref().and_then(Value::as_str);
                next.map_or(Next::None, |next| beside(answer, next))
            }
            Some(mode) => {
                let next = self.counted(mode, page, rows, answer, asked);
                next.map_or(Next::None, Next::At)
            }
            None => Next::None,
        }
    }

    /// The same, where it is no address.
    fn counted(
        &self,
        mode: &str,
        page: &Value,
        rows: &Rows,
        answer: &Answer,
        asked: Option<&Value>,
    ) -> Option<Value> {
        let whole = Scope::whole(answer);
        let told = |name: &str| page.get(name);
        let before =
            |first: i64| asked.and_then(|asked| decimal::whole(asked.as_text()?)).unwrap_or(first);
        let number = |name: &str| decimal::whole(&whole.text(told(name))?);
        // Without another sign, a page that is not full is the last one.
        let is_full = told("more").is_some() || rows.rows.len() >= size_of(page).unwrap_or(1);
        match mode {
            "number" => {
                let first =
                    told("first").and_then(|first| decimal::whole(first.as_text()?)).unwrap_or(1);
                let current = before(first);
                let goes_on = match number("pages") {
                    Some(pages) => current - first + 1 < pages,
                    None => is_full,
                };
                (goes_on && !rows.rows.is_empty()).then(|| Value::number(current + 1))
            }
            "offset" => {
                let by_roots = told("scope").and_then(Value::as_str) == Some("roots");
                let read = if by_roots { rows.roots } else { rows.rows.len() };
                let read = i64::try_from(read).ok().filter(|read| *read > 0)?;
                let full = told("more").is_some()
                    || read >= i64::try_from(size_of(page).unwrap_or(1)).ok()?;
                full.then(|| before(0).checked_add(read).map(Value::number))?
            }
            "cursor" => {
                whole.find(told("cursor")?).map(Cow::into_owned).filter(|cursor| !cursor.is_empty())
            }
            // The key of the last one: an empty page has none, and so ends the list.
            "key" => {
                let scope = Scope { item: rows.rows.last().filter(|_| is_full)?, answer };
                scope.find(told("cursor")?).map(Cow::into_owned).filter(|key| !key.is_empty())
            }
            "ids" => {
                let rest = if let Some(Value::List(rest)) = asked {
                    rest.get(size_of(page).unwrap_or(rest.len())..)?.to_vec()
                } else {
                    let id = self.at("/comment/id")?;
                    let id_of = |item| Some((Scope { item, answer }.text(Some(id))?, item));
                    let read = sorted(rows.rows.iter().filter_map(id_of).collect());
                    let all = whole.find(told("ids")?)?;
                    let is_new = |id: &&Value| {
                        id.as_text().is_some_and(|id| {
                            read.binary_search_by(|(read, _)| read.as_str().cmp(id)).is_err()
                        })
                    };
                    all.as_list().iter().filter(is_new).cloned().collect()
                };
                (!rest.is_empty()).then_some(Value::List(rest))
            }
            _ => None,
        }
    }
}

/// The address of the next page, at the scheme and port of this one: behind a proxy services often do not
/// know by which they are reached.
fn beside(answer: &Answer, reference: &str) -> Next {
    let address = resolve(answer.url, reference);
    let (here, there) = (origin(answer.url), origin(&address));
    if reference.is_empty() {
        Next::None
    } else if there.is_empty() || !name(here).eq_ignore_ascii_case(name(there)) {
        Next::Elsewhere(address)
    } else {
        Next::At(Value::Text([here, &address[there.len()..]].concat()))
    }
}

/// The name of an origin's host, without scheme and port.
fn name(origin: &str) -> &str {
    let host = host(cut(origin, "://").map_or(origin, |(_, host)| host));
    let port = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    port.map_or(host, |(name, _)| name)
}

/// How many comments a page is asked to hold, if that can be said.
pub(super) fn size_of(page: &Value) -> Option<usize> {
    page.get("size")?.as_text()?.parse().ok()
}

/// The `rel="next"` of a Link header (RFC 8288 §3).
fn link_next(header: &str) -> Option<String> {
    let links = header.split('<').skip(1).filter_map(|link| link.split_once('>'));
    let is_next = |parameters: &str| {
        parameters.split([';', ',']).any(|parameter| {
            let (name, value) = parameter.trim().split_once('=').unwrap_or_default();
            name.trim().eq_ignore_ascii_case("rel")
                && value
                    .trim()
                    .trim_matches('"')
                    .split(' ')
                    .any(|rel| rel.eq_ignore_ascii_case("next"))
        })
    };
    links
        .into_iter()
        .find(|(_, parameters)| is_next(parameters))
        .map(|(target, _)| target.to_owned())
}

#[cfg(test)]
mod tests {
    use super::link_next;

    #[track_caller]
    fn check(header: &str, next: Option<&str>) {
        assert_eq!(link_next(header).as_deref(), next, "{header}");
    }

    #[test]
    fn a_link_header_names_the_next_page() {
        check(
            "<https://a/?p=2>; rel=\"next\", <https://a/?p=9>; rel=\"last\"",
            Some("https://a/?p=2"),
        );
        check(
            "<https://a/?p=1>; rel=\"prev\", <https://a/?p=3>; title=\"x\"; rel=next",
            Some("https://a/?p=3"),
        );
        check("<b>; rel=\"prev next\"", Some("b"));
        check("<https://a/?p=9>; rel=\"last\"", None);
        check("nothing", None);
    }
}
