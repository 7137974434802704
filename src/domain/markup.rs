//! A body as a closed tree. What is not in the tree cannot reach the page: there is no way from
//! here back to HTML text.

use crate::domain::author::is_bidi_control;
use crate::domain::body::{Body, Format};
use crate::domain::letters::{self, find, tidy};
use crate::domain::token::{self, Token};

/// A piece of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Text(String),
    Element {
        /// One of [`ELEMENTS`], ready for `createElement`.
        name: &'static str,
        attributes: Attributes,
        /// Of an image, what it shows in words.
        children: Vec<Node>,
    },
    /// What followed was larger than anything that is shown ([`MOST`], [`token::LONGEST`]).
    Cut,
}

/// All that an element may have: `lang`, `dir`, the checked `href` of a link and `src` of an image, and
/// `data-language` of code.
pub type Attributes = Vec<(&'static str, String)>;

/// What is read → what is shown. Headings are lowered to fit under the page's own.
const ELEMENTS: [(&str, &str); 43] = [
    ("p", "p"),
    ("div", "p"),
    ("a", "a"),
    ("img", "img"),
    ("b", "strong"),
    ("strong", "strong"),
    ("i", "em"),
    ("em", "em"),
    ("cite", "cite"),
    ("u", "u"),
    ("ins", "ins"),
    ("s", "s"),
    ("del", "s"),
    ("strike", "s"),
    ("mark", "mark"),
    ("small", "small"),
    ("sub", "sub"),
    ("sup", "sup"),
    ("abbr", "abbr"),
    ("q", "q"),
    ("kbd", "kbd"),
    ("samp", "samp"),
    ("code", "code"),
    ("tt", "code"),
    ("pre", "pre"),
    ("blockquote", "blockquote"),
    ("ul", "ul"),
    ("ol", "ol"),
    ("li", "li"),
    ("h1", "h4"),
    ("h2", "h5"),
    ("h3", "h6"),
    ("h4", "h6"),
    ("h5", "h6"),
    ("h6", "h6"),
    ("br", "br"),
    ("hr", "hr"),
    ("details", "details"),
    ("summary", "summary"),
    ("table", "table"),
    ("tr", "tr"),
    ("th", "th"),
    ("td", "td"),
];

/// Elements that end an open paragraph.
const BLOCKS: [&str; 14] = [
    "p",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "h4",
    "h5",
    "h6",
    "hr",
    "details",
    "table",
    "tr",
    "td",
];

/// Deeper markup keeps its text only: nothing a person writes nests like that.
pub const DEEPEST: usize = 20;
/// More pieces than any real comment has; what follows is cut.
pub const MOST: usize = 5_000;
/// Reads a body into its tree. Never fails: what makes no sense is shown as the text it is.
pub fn read(body: &Body) -> Vec<Node> {
    match body.format {
        Format::Html => Builder::default().read(&body.text),
        Format::Plain if !body.facets.is_empty() => faceted(body),
        Format::Plain | Format::Markdown => plain(&body.text),
    }
}

/// The text of a body without its markup, for a one-line summary or a quotation.
pub fn words(nodes: &[Node]) -> String {
    let mut out = String::new();
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Cut => {}
            Node::Element { name: "br", .. } => out.push(' '),
            Node::Element { name, children, .. } => {
                if BLOCKS.contains(name) && !out.is_empty() {
                    out.push(' ');
                }
                out.push_str(&words(children));
                if BLOCKS.contains(name) {
                    out.push(' ');
                }
            }
        }
    }
    out
}

#[derive(Default)]
struct Builder {
    open: Vec<(&'static str, Attributes, Vec<Node>)>,
    done: Vec<Node>,
    count: usize,
}

impl Builder {
    fn read(mut self, html: &str) -> Vec<Node> {
        for token in token::tokens(html) {
            match token {
                Token::Text(text) => self.text(&text),
                Token::Open { name, attributes } => self.open(&name, &attributes),
                Token::Close(name) => self.close(&name),
            }
            if self.count > MOST {
                break;
            }
        }
        while !self.open.is_empty() {
            self.end();
        }
        if self.count > MOST || html.len() > token::LONGEST {
            self.done.push(Node::Cut);
        }
        self.done
    }

    fn add(&mut self, node: Node) {
        self.count += 1;
        match self.open.last_mut() {
            Some((_, _, children)) => children.push(node),
            None => self.done.push(node),
        }
    }

    fn text(&mut self, text: &str) {
        let here = self.open.last().map_or("", |(name, ..)| name);
        let only_items = matches!(here, "ul" | "ol" | "table" | "tr");
        if !(only_items && text.trim().is_empty()) {
            self.add(Node::Text(tidy(text)));
        }
    }

    fn open(&mut self, name: &str, attributes: &[(String, String)]) {
        let Some((_, name)) = ELEMENTS.iter().find(|(known, _)| *known == name) else { return };
        let is_in_table = || self.open.iter().any(|(open, ..)| *open == "table");
        if matches!(*name, "tr" | "td" | "th") && !is_in_table() {
            return;
        }
        if BLOCKS.contains(name) {
            self.end_within("p", &["blockquote", "li", "td", "th", "details"]);
        }
        match *name {
            "li" => self.end_within("li", &["ul", "ol"]),
            "tr" => self.end_within("tr", &["table"]),
            "td" | "th" => {
                self.end_within("td", &["tr"]);
                self.end_within("th", &["tr"]);
            }
            "a" => self.end_within("a", &[]),
            "br" | "hr" => return self.add(element(name, None, Vec::new())),
            "img" => return self.image(attributes),
            _ => {}
        }
        if self.open.len() >= DEEPEST {
            return;
        }
        self.open.push((name, checked(name, attributes), Vec::new()));
    }

    /// An image is fetched from somewhere, so it is one only if it says from where; what stands for a sign
    /// of its own (`class="emoji"`) is its words.
    fn image(&mut self, attributes: &[(String, String)]) {
        let words = tidy(value_of(attributes, "alt"));
        let is_sign =
            ["emoji", "smiley"].iter().any(|k| find(value_of(attributes, "class"), k).is_some());
        match web_address(value_of(attributes, "src")) {
            Some(src) if !is_sign => self.add(Node::Element {
                name: "img",
                attributes: vec![("src", src)],
                children: vec![Node::Text(words)],
            }),
            _ => self.text(&words),
        }
    }

    fn close(&mut self, name: &str) {
        let Some((_, name)) = ELEMENTS.iter().find(|(known, _)| *known == name) else { return };
        if self.open.iter().any(|(open, ..)| open == name) {
            while self.end() != Some(name) {}
        }
    }

    /// Ends an open `name`, unless one of `walls` was opened since.
    fn end_within(&mut self, name: &str, walls: &[&str]) {
        let since = self.open.iter().rev().take_while(|(open, ..)| !walls.contains(open));
        if since.into_iter().any(|(open, ..)| *open == name) {
            while self.end() != Some(name) {}
        }
    }

    fn end(&mut self) -> Option<&'static str> {
        let (name, attributes, children) = self.open.pop()?;
        let empty = children.is_empty() && !matches!(name, "td" | "th");
        if !empty {
            self.add(Node::Element { name, attributes, children });
        }
        Some(name)
    }
}

fn value_of<'a>(attributes: &'a [(String, String)], wanted: &str) -> &'a str {
    attributes.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.trim())
}

/// What is kept of an element's attributes.
fn checked(name: &str, attributes: &[(String, String)]) -> Attributes {
    let kept = attributes.iter().filter_map(|(attribute, value)| {
        Some(match (attribute.as_str(), name) {
            ("lang", _) => ("lang", tag(value)?),
            ("dir", _) => ("dir", tag(value)?),
            ("href", "a") => ("href", link_address(value)?),
            ("class", "code" | "pre") => {
                let told = value.split(' ').find_map(|class| class.strip_prefix("language-"))?;
                ("data-language", tag(told)?)
            }
            _ => return None,
        })
    });
    kept.collect()
}

/// The name of a direction, or of a language, of people (BCP 47) or of programs.
fn tag(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '#');
    let short = (1..=35).contains(&text.len());
    (short && text.chars().all(fits)).then(|| text.to_owned())
}

/// Paragraphs at blank lines, breaks at line ends, links where an address stands.
fn plain(text: &str) -> Vec<Node> {
    let text = tidy(&letters::replace(text, "\r\n", "\n"));
    let (mut out, mut count) = (Vec::new(), 0);
    for part in letters::parts(token::cut(&text), "\n\n").map(|part| part.trim_matches('\n')) {
        if !part.is_empty() && count <= MOST {
            let inside = lines(part);
            count += inside.len() + 1;
            out.push(element("p", None, inside));
        }
    }
    if count > MOST || text.len() > token::LONGEST {
        out.push(Node::Cut);
    }
    out
}

/// One paragraph, with its parts that lead somewhere as links. What is out of order or in the middle of a
/// letter is left out.
fn faceted(body: &Body) -> Vec<Node> {
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

pub(super) fn element(name: &'static str, href: Option<String>, children: Vec<Node>) -> Node {
    Node::Element {
        name,
        attributes: href.map(|href| ("href", href)).into_iter().collect(),
        children,
    }
}

/// Text with the web addresses in it as links.
pub(super) fn linked(line: &str, out: &mut Vec<Node>) {
    let mut rest = line;
    while let Some(at) = address_in(rest) {
        if out.len() > MOST {
            break;
        }
        let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"');
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

/// An `http` or `https` address as it was written, or `None`. Whitespace and controls inside are
/// refused rather than repaired: browsers drop them, and so turn `java\nscript:` into `javascript:`.
pub fn web_address(text: &str) -> Option<String> {
    let text = text.trim();
    let after = after_scheme(text, "https://").or_else(|| after_scheme(text, "http://"))?;
    let clean = |c: char| !c.is_control() && !c.is_whitespace() && !is_bidi_control(c) && c != '\\';
    let hosted =
        after.starts_with(|c: char| c.is_ascii_alphanumeric() || !c.is_ascii() || c == '[');
    // A name before the host is there to be taken for the host, or to sign in somewhere.
    let end = after.find(['/', '?', '#']).unwrap_or(after.len());
    let named = after[..end].contains('@');
    (hosted && !named && text.len() <= 2_000 && text.chars().all(clean)).then(|| text.to_owned())
}

/// What a link in a body may lead to: the web, or a letter.
pub(super) fn link_address(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(after) = after_scheme(text, "mailto:") {
        let clean = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '+' | '-' | '_');
        return (after.contains('@') && after.chars().all(clean)).then(|| text.to_owned());
    }
    match text.strip_prefix("//") {
        Some(rest) => web_address(&["https://", rest].concat()),
        None => web_address(text),
    }
}

fn after_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then_some(tail)
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;

    fn picture(nodes: &[Node]) -> String {
        let shown = nodes.iter().map(|node| match node {
            Node::Text(text) => text.clone(),
            Node::Cut => "[cut]".to_owned(),
            Node::Element { name, attributes, children } => {
                let all = attributes.iter().map(|(name, value)| match *name {
                    "href" | "src" => format!("={value}"),
                    name => format!(" {name}={value}"),
                });
                format!("[{name}{} {}]", all.collect::<String>(), picture(children))
            }
        });
        shown.collect()
    }

    fn html(text: String) -> Body {
        Body { text, format: Format::Html, ..Body::default() }
    }

    #[track_caller]
    fn check(html: &str, shown: &str) {
        let body = Body { text: html.to_owned(), format: Format::Html, ..Body::default() };
        assert_eq!(picture(&read(&body)), shown, "{html}");
    }

    #[track_caller]
    fn check_plain(text: &str, shown: &str) {
        let body = Body { text: text.to_owned(), format: Format::Plain, ..Body::default() };
        assert_eq!(picture(&read(&body)), shown, "{text}");
    }

    #[test]
    fn allowed_markup_is_kept() {
        check("<p>a <b>b</b></p><ul><li>c<li>d</ul>", "[p a [strong b]][ul [li c][li d]]");
        check("<h1>t</h1><pre><code>x\n</code></pre>", "[h4 t][pre [code x\n]]");
        check("<p>a<p>b", "[p a][p b]");
        check("<blockquote><p>a</p></blockquote>b", "[blockquote [p a]]b");
        check("<table><tr><td>1<td>2<tr><th>3</table>", "[table [tr [td 1][td 2]][tr [th 3]]]");
        check("<td>a<tr>b", "ab");
        check("<p>a<td>b", "[p ab]");
        check("a<br>b", "a[br ]b");
    }

    #[test]
    fn attributes_are_checked() {
        check("<p lang=de dir=rtl class=x>a", "[p lang=de dir=rtl a]");
        check("<p lang='de\" x' dir='a b'>a", "[p a]");
        check(
            "<pre><code class='hljs language-c++'>a</code></pre>",
            "[pre [code data-language=c++ a]]",
        );
        check("<b class='language-rust'>a</b>", "[strong a]");
    }

    #[test]
    fn images_say_where_they_are_or_what_they_show() {
        check("<img src=https://x.org/a.png alt='a cat'>", "[img=https://x.org/a.png a cat]");
        check("<img src='https://x.org/a.png' class=wp-emoji alt=\u{1F600}>b", "\u{1F600}b");
        check("<img src=/a.png alt='a cat'><img src=data:x>", "a cat");
        check("<img src=https://u@x.org/ alt=a>", "a");
    }

    #[test]
    fn what_is_too_large_is_cut_and_says_so() {
        let long = "<p>a".repeat(60_000);
        assert!(matches!(read(&html(long)).last(), Some(Node::Cut)));
        let long = "a ".repeat(150_000);
        for format in [Format::Html, Format::Plain] {
            let nodes = read(&Body { text: long.clone(), format, ..Body::default() });
            assert_eq!(nodes.len(), 2);
            assert!(matches!(nodes[1], Node::Cut));
        }
        let lines = "a\n".repeat(10_000);
        assert!(matches!(read(&Body { text: lines, ..Body::default() }).last(), Some(Node::Cut)));
        check_plain(&"a".repeat(1_000), &format!("[p {}]", "a".repeat(1_000)));
    }

    #[test]
    fn everything_else_is_its_text_or_nothing() {
        check("<font color=red onclick=x>a</font><img src=x onerror=y>", "a");
        check("<script>alert(1)</script><svg><a>b</a></svg>", "[a b]");
        check("a</b></p>c", "ac");
        check("<b>a", "[strong a]");
        check("<p></p><b></b>", "");
    }

    #[test]
    fn links_lead_to_the_web_or_nowhere() {
        check("<a href='https://x.org/?a&amp;b'>a</a>", "[a=https://x.org/?a&b a]");
        check("<a href=//x.org>a</a>", "[a=https://x.org a]");
        check("<a href=mailto:a@b.c>a</a>", "[a=mailto:a@b.c a]");
        for evil in [
            "javascript:a",
            "JaVaScRiPt:a",
            "java&#10;script:a",
            "data:text/html,a",
            "/a",
            "#a",
            "http:\\x",
            "https://",
            "mailto:a@b?body=c",
            "&#1;javascript:a",
            "vbscript:a",
            "https://bank.example@evil.example/",
        ] {
            check(&format!("<a href=\"{evil}\">a</a>"), "[a a]");
        }
        check(
            "<a href=https://a.b>x<a href=https://c.d>y</a>",
            "[a=https://a.b x][a=https://c.d y]",
        );
    }

    #[test]
    fn plain_text_has_paragraphs_and_links() {
        check_plain("a\nb\n\n\nc <b>", "[p a[br ]b][p c <b>]");
        check_plain(
            "see (https://x.org/a). ok",
            "[p see ([a=https://x.org/a https://x.org/a]). ok]",
        );
        check_plain("http://", "[p http://]");
        check_plain("", "");
    }

    #[test]
    fn parts_of_a_text_lead_where_they_are_told_to() {
        let text = "See \u{e9} docs and\nhttps://x.org/ too".to_owned();
        let to = |range: Range<usize>| (range, "https://d.example/".to_owned());
        let picture =
            |facets| picture(&read(&Body { text: text.clone(), format: Format::Plain, facets }));
        assert_eq!(
            picture(vec![to(7..11)]),
            "[p See \u{e9} [a=https://d.example/ docs] and[br ][a=https://x.org/ https://x.org/] too]"
        );
        // Within a letter, beyond the end, backwards, out of order.
        for wrong in [5..11, 7..99, Range { start: 11, end: 7 }] {
            assert_eq!(
                picture(vec![to(wrong)]),
                "[p See \u{e9} docs and[br ][a=https://x.org/ https://x.org/] too]"
            );
        }
        assert_eq!(
            picture(vec![to(7..11), to(0..3)]),
            "[p See \u{e9} [a=https://d.example/ docs] and[br ][a=https://x.org/ https://x.org/] too]"
        );
    }

    #[test]
    fn bombs_are_defused() {
        let deep = "<b>".repeat(100_000);
        let body = Body { text: deep + "x", format: Format::Html, ..Body::default() };
        assert!(picture(&read(&body)).len() < 400);
        let marks = "a".to_owned() + &"\u{301}".repeat(50_000);
        assert_eq!(words(&read(&html(marks))).chars().count(), 9);
        let many = Body { text: "<br>".repeat(100_000), format: Format::Html, ..Body::default() };
        assert!(read(&many).len() <= MOST + 2);
        check("a\u{202E}b", "ab");
    }
}
