//! Text that is no markup, as a closed tree.

use crate::domain::author::is_bidi_control;
use crate::domain::body::Body;
use crate::domain::letters::{self, find, tidy};
use crate::domain::markup::{MOST, Node, element, web_address};
use crate::domain::rich;
use crate::domain::token;

/// Paragraphs at blank lines, breaks at line ends, links where an address stands.
pub(super) fn plain(text: &str) -> Vec<Node> {
    let text = tidy(&letters::replace(text, "\r\n", "\n"));
    let (mut count, is_long) = (0, text.len() > token::LONGEST);
    let mut blocks = |text: &str| {
        let mut out = Vec::new();
        for part in letters::parts(text, "\n\n").map(|part| part.trim_matches('\n')) {
            if !part.trim().is_empty() && count <= MOST {
                let inside = lines(part);
                count += inside.len() + 1;
                out.push(element("p", None, inside));
            }
        }
        out
    };
    let text = token::cut(&text);
    let mut out = if rich::is_here() { rich::text(text, &mut blocks) } else { blocks(text) };
    if count > MOST || is_long {
        out.push(Node::Cut);
    }
    out
}

/// One paragraph, with its parts that lead somewhere as links. What is out of order or in the middle of a
/// letter is left out.
pub(super) fn faceted(body: &Body) -> Vec<Node> {
    let (mut out, mut at) = (Vec::new(), 0);
    for (range, href) in body.facets.iter().take(MOST) {
        let (before, said) = (body.text.get(at..range.start), body.text.get(range.clone()));
        if let (Some(before), Some(said)) = (before, said) {
            out.extend(lines(&tidy(before)));
            out.push(element("a", Some(href.clone()), vec![Node::Text(tidy(said))]));
            at = range.end;
        }
    }
    out.extend(lines(&tidy(token::cut(&body.text[at..]))));
    vec![element("p", None, out)]
}

fn lines(paragraph: &str) -> Vec<Node> {
    let mut out = Vec::new();
    for (number, line) in paragraph.split('\n').take(MOST).enumerate() {
        if number > 0 {
            out.push(element("br", None, Vec::new()));
        }
        linked(line, &mut out);
    }
    out
}

/// Text with the web addresses in it as links.
pub(super) fn linked(line: &str, out: &mut Vec<Node>) {
    let mut rest = line;
    while let Some(at) = address_in(rest) {
        if out.len() > MOST {
            break;
        }
        let ends =
            |c: char| c.is_whitespace() || is_bidi_control(c) || matches!(c, '<' | '>' | '"');
        let end = rest[at..].find(ends).map_or(rest.len(), |length| at + length);
        // A full stop or bracket after an address belongs to the sentence.
        let address = rest[at..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'']);
        let end = at + address.len();
        if at > 0 {
            out.push(Node::Text(rest[..at].to_owned()));
        }
        let text = vec![Node::Text(address.to_owned())];
        match web_address(address) {
            Some(href) => out.push(element("a", Some(href), text)),
            None => out.extend(text),
        }
        rest = &rest[end..];
    }
    if !rest.is_empty() {
        out.push(Node::Text(rest.to_owned()));
    }
}

/// Where the first web address in a text begins.
fn address_in(text: &str) -> Option<usize> {
    let is_scheme = |rest: &str| rest.starts_with("https://") || rest.starts_with("http://");
    let mut from = 0;
    while let Some(at) = find(&text[from..], "http") {
        if is_scheme(&text[from + at..]) {
            return Some(from + at);
        }
        from += at + 4;
    }
    None
}
