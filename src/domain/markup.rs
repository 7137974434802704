//! A body as a closed tree. What is not in the tree cannot reach the page: there is no way from
//! here back to HTML text.

use crate::domain::address::{host, resolve};
use crate::domain::attached;
use crate::domain::author::is_bidi_control;
use crate::domain::body::{Body, Format};
use crate::domain::letters::{cut, find, replace, tidy};
use crate::domain::plain::{faceted, plain};
use crate::domain::rich;
use crate::domain::token::{self, Token, value};

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

/// All that an element may have: `lang`, `dir`, the checked `href` of a link and `src` of an image,
/// `data-language` of code, how a list counts, and the class of a sign.
pub type Attributes = Vec<(&'static str, String)>;

/// What is read → what is shown. Headings are lowered to fit under the page's own.
const ELEMENTS: [(&str, &str); 47] = [
    ("p", "p"),
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
    ("ruby", "ruby"),
    ("rt", "rt"),
    ("rp", "rp"),
    ("kbd", "kbd"),
    ("samp", "samp"),
    ("code", "code"),
    ("tt", "code"),
    ("pre", "pre"),
    ("blockquote", "blockquote"),
    ("ul", "ul"),
    ("menu", "ul"),
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
    ("caption", "caption"),
    ("tr", "tr"),
    ("th", "th"),
    ("td", "td"),
];

/// What else begins a line is a paragraph.
const PARAGRAPHS: &str = "div section article aside address center dl dt dd figure figcaption header footer main nav \
     hgroup fieldset legend form dialog search option optgroup";

/// Elements that end an open paragraph.
const BLOCKS: [&str; 17] = [
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
    "summary",
    "table",
    "caption",
    "tr",
    "th",
    "td",
];

/// Deeper markup keeps its text only: nothing a person writes nests like that.
pub const DEEPEST: usize = 20;
/// More pieces than any real comment has; what follows is cut.
pub const MOST: usize = 5_000;
/// Reads a body into its tree. Never fails: what makes no sense is shown as the text it is.
pub fn read(body: &Body) -> Vec<Node> {
    let nodes = match body.format {
        Format::Html => Builder { base: &body.base, ..Builder::default() }.read(&body.text),
        Format::Plain if !body.facets.is_empty() => faceted(body),
        Format::Plain | Format::Markdown => plain(&body.text),
    };
    whole(body, nodes)
}

/// The tree of a body, with what hangs from it, from that of its text.
pub fn whole(body: &Body, nodes: Vec<Node>) -> Vec<Node> {
    match &body.extras {
        Some(extras) => attached::whole(extras, nodes),
        None => nodes,
    }
}

/// The text of a body without its markup.
pub fn words(nodes: &[Node]) -> String {
    said(nodes, true)
}

/// The same for a one-line summary or a search: without what is closed until a reader opens it.
pub fn excerpt(nodes: &[Node]) -> String {
    said(nodes, false)
}

fn said(nodes: &[Node], all: bool) -> String {
    let mut out = String::new();
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Cut => {}
            Node::Element { name: "br", .. } => out.push(' '),
            Node::Element { name, children, .. } => {
                let is_title = |node: &&Node| matches!(node, Node::Element { name: "summary", .. });
                let open = if all || *name != "details" {
                    children
                } else {
                    children.first().filter(is_title).map_or(&[][..], std::slice::from_ref)
                };
                if BLOCKS.contains(name) && !out.is_empty() {
                    out.push(' ');
                }
                out.push_str(&said(open, all));
                if BLOCKS.contains(name) {
                    out.push(' ');
                }
            }
        }
    }
    out
}

pub(super) fn image(attributes: Attributes, words: String) -> Node {
    Node::Element { name: "img", attributes, children: vec![Node::Text(words)] }
}

/// As what an element is shown.
pub(super) fn shown(name: &str) -> Option<&'static str> {
    let known = ELEMENTS.iter().find(|(known, _)| *known == name).map(|(_, shown)| *shown);
    known.or_else(|| PARAGRAPHS.split(' ').any(|known| known == name).then_some("p"))
}

#[derive(Default)]
pub(super) struct Builder<'a> {
    base: &'a str,
    pub(super) open: Vec<(&'static str, Attributes, Vec<Node>)>,
    done: Vec<Node>,
    count: usize,
}

impl Builder<'_> {
    fn read(mut self, html: &str) -> Vec<Node> {
        if rich::is_here() {
            rich::html(&mut self, html);
        } else {
            for token in token::tokens(html) {
                if !self.take(&token) {
                    break;
                }
            }
        }
        self.end_to(0);
        if self.count > MOST || html.len() > token::LONGEST {
            self.done.push(Node::Cut);
        }
        self.done
    }

    /// Reads a token; whether there is room for more.
    pub(super) fn take(&mut self, token: &Token) -> bool {
        match token {
            Token::Text(text) => self.text(text),
            Token::Open { name, attributes } => self.open(name, attributes),
            Token::Close(name) => self.close(name),
        }
        self.count <= MOST
    }

    pub(super) fn end_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            self.end();
        }
    }

    /// Where an element says that what it shows is; scripts may put it into its place later.
    pub(super) fn place(&self, attributes: &[(String, String)]) -> Option<String> {
        let names = ["data-src", "data-lazy-src", "src", "data"];
        names.into_iter().find_map(|name| placed(self.base, value(attributes, name)))
    }

    pub(super) fn add(&mut self, node: Node) {
        self.count += 1;
        match self.open.last_mut() {
            Some((_, _, children)) => children.push(node),
            None => self.done.push(node),
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        let only_items = self.open.last().is_some_and(|(here, _, inside)| {
            matches!(*here, "ul" | "ol" | "table" | "tr") || *here == "p" && inside.is_empty()
        });
        if !(only_items && text.trim().is_empty()) {
            self.add(Node::Text(tidy(text)));
        }
    }

    fn open(&mut self, name: &str, attributes: &[(String, String)]) {
        let Some(name) = shown(name) else { return };
        let is_in_table = || self.open.iter().any(|(open, ..)| *open == "table");
        if matches!(name, "tr" | "td" | "th" | "caption") && !is_in_table() {
            return;
        }
        if BLOCKS.contains(&name) {
            self.end_within("p", WALLS);
        }
        match name {
            "li" => self.end_within("li", &["ul", "ol"]),
            "tr" => self.end_within("tr", &["table"]),
            "td" | "th" => {
                self.end_within("td", &["tr"]);
                self.end_within("th", &["tr"]);
            }
            "rt" | "rp" => ["rt", "rp"].iter().for_each(|name| self.end_within(name, &["ruby"])),
            "a" => self.end_within("a", &[]),
            "br" | "hr" => return self.add(element(name, None, Vec::new())),
            "img" => return self.image(attributes),
            _ => {}
        }
        if self.open.len() >= DEEPEST {
            return;
        }
        self.open.push((name, checked(name, attributes, self.base), Vec::new()));
    }

    /// An image is fetched from somewhere, so it is one only if it says from where; what stands for a sign
    /// of its own (`class="emoji"`) is its words.
    fn image(&mut self, attributes: &[(String, String)]) {
        let words = tidy(value(attributes, "alt"));
        let class = value(attributes, "class");
        let is_sign = ["emoji", "smiley"].iter().any(|k| find(class, k).is_some());
        match self.place(attributes) {
            Some(src) if !is_sign => self.add(image(vec![("src", src)], words)),
            _ => self.text(&words),
        }
    }

    fn close(&mut self, name: &str) {
        let Some(name) = shown(name) else { return };
        if self.open.iter().any(|(open, ..)| *open == name) {
            while self.end() != Some(name) {}
        }
        if matches!(name, "p" | "br") {
            // What follows is on a line of its own, even where a block inside has ended this one before.
            self.open(name, &[]);
        }
    }

    /// Ends an open `name`, unless one of `walls` was opened since.
    pub(super) fn end_within(&mut self, name: &str, walls: &[&str]) {
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

/// Elements that a paragraph may be in while another is open around them.
pub(super) const WALLS: &[&str] = &["blockquote", "li", "td", "th", "details"];

/// Attributes that hold a word or a number: of all elements the first two, of lists also how they count.
const PLAIN: [&str; 6] = ["lang", "dir", "start", "reversed", "type", "value"];

/// What is kept of an element's attributes.
fn checked(name: &str, attributes: &[(String, String)], base: &str) -> Attributes {
    let kept = attributes.iter().filter_map(|(attribute, value)| {
        if let Some(at) = PLAIN.iter().position(|plain| plain == attribute)
            && (at < 2 || matches!(name, "ol" | "li"))
        {
            return Some((PLAIN[at], if value.is_empty() { String::new() } else { tag(value)? }));
        }
        Some(match (attribute.as_str(), name) {
            ("href", "a") => ("href", link_address(base, value)?),
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

pub(super) fn element(name: &'static str, href: Option<String>, children: Vec<Node>) -> Node {
    Node::Element {
        name,
        attributes: href.map(|href| ("href", href)).into_iter().collect(),
        children,
    }
}

/// An `http` or `https` address as it was written, or `None`. Whitespace and controls inside are
/// refused rather than repaired: browsers drop them, and so turn `java\nscript:` into `javascript:`. Only spaces, as in
/// names of files, are encoded as browsers do.
pub fn web_address(text: &str) -> Option<String> {
    let text = text.trim();
    let after = after_scheme(text, "https://").or_else(|| after_scheme(text, "http://"))?;
    let clean = |c: char| {
        c == ' ' || !c.is_control() && !c.is_whitespace() && !is_bidi_control(c) && c != '\\'
    };
    let hosted =
        after.starts_with(|c: char| c.is_ascii_alphanumeric() || !c.is_ascii() || c == '[');
    // A name before the host is there to be taken for the host, or to sign in somewhere.
    let end = after.find(['/', '?', '#']).unwrap_or(after.len());
    let named = after[..end].contains('@');
    (hosted && !named && text.len() <= 2_000 && text.chars().all(clean))
        .then(|| replace(text, " ", "%20"))
}

/// The host of a checked address.
pub(super) fn host_of(address: &str) -> &str {
    host(cut(address, "://").map_or("", |(_, after)| after))
}

/// What a link in a body may lead to: the web, or a letter. A place in the answer itself is nowhere.
pub(super) fn link_address(base: &str, text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(after) = after_scheme(text, "mailto:") {
        let clean = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '+' | '-' | '_');
        return (after.contains('@') && after.chars().all(clean)).then(|| text.to_owned());
    }
    placed(base, text)
}

/// A web address in a body that came from `base`.
pub(super) fn placed(base: &str, text: &str) -> Option<String> {
    match text.strip_prefix("//") {
        Some(rest) => web_address(&["https://", rest].concat()),
        None if text.is_empty() || text.starts_with('#') => None,
        None => web_address(&resolve(base, text)),
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
                    name if value.is_empty() => format!(" {name}"),
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

    /// The same in an answer from there.
    #[track_caller]
    fn check_at(html: &str, shown: &str) {
        let base = "https://s.example/api/list?page=2".to_owned();
        let body = Body { text: html.to_owned(), format: Format::Html, base, ..Body::default() };
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
        check("a</b></p>c", "a[p c]");
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
    fn relative_addresses_lead_to_the_service() {
        check_at("<a href=/u/ada>a</a>", "[a=https://s.example/u/ada a]");
        check_at("<a href='x.html'>a</a>", "[a=https://s.example/api/x.html a]");
        check_at("<a href='?a=1&copy=2'>a</a>", "[a=https://s.example/api/list?a=1&copy=2 a]");
        check_at("<img src=/i.png alt=b>", "[img=https://s.example/i.png b]");
        check_at("<img src=//c.example/i.png>", "[img=https://c.example/i.png ]");
        check_at("<a href='/My File.pdf'>a</a>", "[a=https://s.example/My%20File.pdf a]");
        check_at("<img src='my cat.png' alt=b>", "[img=https://s.example/api/my%20cat.png b]");
        check_at("<a href=mailto:a@b.c>a</a>", "[a=mailto:a@b.c a]");
        for evil in ["", "#a", "javascript:a", "java&#10;script:a", "&#1;javascript:a", "data:x"] {
            check_at(&format!("<a href=\"{evil}\">a</a>"), "[a a]");
        }
        for evil in ["\\\\evil.example", "/\\evil.example", "https:\\\\evil.example"] {
            check_at(&format!("<a href=\"{evil}\">a</a>"), "[a a]");
        }
    }

    #[test]
    fn blocks_that_are_not_known_break_the_line() {
        check("<dl><dt>a</dt><dd>b</dd><dt>c</dl>", "[p a][p b][p c]");
        check("<section>a</section><section>b</section>", "[p a][p b]");
        check(
            "<figure><img src=https://x.org/a.png alt=b><figcaption>c</figcaption></figure>d",
            "[p [img=https://x.org/a.png b]][p c][p d]",
        );
        check("<center>a</center><address>b</address><aside>c", "[p a][p b][p c]");
        check("<table><caption>a</caption><th>b<td>c</table>", "[table [caption a][th b][td c]]");
        check("<menu><li>a<li>b</menu>", "[ul [li a][li b]]");
        check("<fieldset><legend>a</legend>b</fieldset>c", "[p a][p b][p c]");
        // What stands behind the end of a block is on a line of its own, even if the block was ended before.
        check("<p>a<ul><li>b</ul>c</p>d", "[p a][ul [li b]]c[p d]");
        check("<section><div>a<div>b</div>c</div></section>d", "[p a][p b][p c][p d]");
        check("<blockquote><p>a</blockquote></div></div>b</p></p>", "[blockquote [p a]][p b]");
        check("<ul></p><li>a</div>b</ul></p>", "[ul [li a[p b]]]");
        check("a</br>b", "a[br ]b");
        let nodes = read(&html("<table><tr><th>a<th>b<tr><td>c<td>d</table>e".to_owned()));
        assert_eq!(words(&nodes).split_whitespace().collect::<Vec<_>>(), ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn code_begins_on_the_line_after_its_tag() {
        check("<pre>\na\n\nb</pre>", "[pre a\n\nb]");
        check("<pre>\n\na</pre>", "[pre \na]");
        check("<pre>a<b>b</b>\nc</pre>", "[pre a[strong b]\nc]");
    }

    #[test]
    fn lists_count_as_they_were_told_to() {
        check("<ol start=4><li>a</ol>", "[ol start=4 [li a]]");
        check("<ol reversed type=i><li value=-7>a</ol>", "[ol reversed type=i [li value=-7 a]]");
        check("<ol start='4 x' class=b><li onclick=c>a</ol>", "[ol [li a]]");
        check("<ul start=4><p value=3>a</ul>", "[ul [p a]]");
    }

    #[test]
    fn spoilers_are_closed() {
        check("a <span class='spoiler'>b</span> c", "a [details b] c");
        check("<div class=spoiler><p>a<p>b</div><p>c", "[details [p a][p b]][p c]");
        check("<p>a <a class=md-spoiler-text>b</a>", "[p a ][details b]");
        check("<div class=spoiler>a<div class=spoiler-text>b</div></div>c", "[details a[p b]]c");
        // One that never ends ends with the body.
        check("<p>a<span class=spoiler>b<p>c", "[p a][details b[p c]]");
        check("<details><summary>a</summary>b</details>c", "[details [summary a]b]c");
        check("<details open>a</details>", "[details a]");
        check("<p>a [spoiler]b <b>c</b>[/spoiler] d", "[p a ][details b [strong c]] d");
        check("[spoiler=e]b[/spoiler]", "[details [summary e]b]");
        check("<p>a &gt;!b!&lt; c", "[p a ][details b] c");
        check("x&gt;!b!&lt; c [spoiler]", "x>!b!< c [spoiler]");
        check("<p>a>!<b>!</b>", "[p a>![strong !]]");
        // In code these are no signs.
        check(
            "<p>a <code>[spoiler]b[/spoiler]</code> &gt;!c!&lt;",
            "[p a [code [spoiler]b[/spoiler]] ][details c]",
        );
        check("<pre><code>a &gt;!b!&lt;</code></pre>", "[pre [code a >!b!<]]");
        // Named by the element, by an attribute, in capitals.
        check("<spoiler>a</spoiler>b", "[details a]b");
        check("<span data-mx-spoiler=why>a</span>b", "[details a]b");
        check(
            "<span class=BbSpoiler>a</span><span class=spoiled>b</span>",
            "[details a][details b]",
        );
        check(
            "<details><summary class=spoiler-title>a</summary>b</details>",
            "[details [summary a]b]",
        );
        let deep = "<b>".repeat(100) + "<i class=spoiler>a</i>b";
        assert!(!excerpt(&read(&html(deep))).contains('a'));
        check_plain("a >!b!< c", "[p a ][details [p b]][p  c]");
        check_plain("a\n::: spoiler b c\nd\n:::\ne", "[p a][details [summary b c][p d]][p e]");
        check_plain("a\n::: spoiler b\nc\n\nd", "[p a][details [summary b][p c][p d]]");
        check_plain("[spoiler]a\n\nb[/spoiler]", "[details [p a][p b]]");
        check_plain(
            "`>!a!<` if (a>!b && c!<d) || e || f",
            "[p `>!a!<` if (a>!b && c!<d) || e || f]",
        );
        let started = std::time::Instant::now();
        for bomb in
            [">!", "[spoiler", "[spoiler]", "\n::: spoiler\n", ">!a", "`>!", "<code>[", "<a"]
        {
            check_plain_is_some(&bomb.repeat(60_000));
            read(&html(bomb.replace('>', "&gt;").repeat(30_000)));
        }
        read(&html("<i class=spoiler>".repeat(12_000)));
        read(&html("<video>".repeat(28_000)));
        read(&html("<script".repeat(28_000) + " math/tex>"));
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }

    #[track_caller]
    fn check_plain_is_some(text: &str) {
        assert!(!read(&Body { text: text.to_owned(), ..Body::default() }).is_empty());
    }

    #[test]
    fn what_is_closed_is_in_no_excerpt() {
        for hidden in [
            "<p>a</p><span class=spoiler>secret</span>",
            "a<details><summary>b</summary>secret</details>",
            "a<details>secret</details>",
            "a[spoiler]secret[/spoiler]",
        ] {
            let nodes = read(&html(hidden.to_owned()));
            assert!(words(&nodes).contains("secret"), "{hidden}");
            assert!(!excerpt(&nodes).contains("secret"), "{hidden}");
            assert!(excerpt(&nodes).contains('a'), "{hidden}");
        }
    }

    #[test]
    fn what_is_embedded_leaves_one_link() {
        check(
            "<iframe title=x src=https://v.example/1></iframe>b",
            "[p [a=https://v.example/1 x]]b",
        );
        check("<iframe src='//v.example/1'>", "[p [a=https://v.example/1 v.example]]");
        check(
            "<p>a<video controls><source src=https://v.example/a><source src=https://v.example/b>no</video>c",
            "[p a][p [a=https://v.example/a v.example]]c",
        );
        check(
            "<object data=https://v.example/1>a</object>",
            "[p [a=https://v.example/1 v.example]]",
        );
        check("<embed src=https://v.example/1>a", "[p [a=https://v.example/1 v.example]]a");
        check(
            "<iframe src=about:blank data-src=https://v.example/1></iframe>",
            "[p [a=https://v.example/1 v.example]]",
        );
        check_at("<audio src=/a.mp3></audio>", "[p [a=https://s.example/a.mp3 s.example]]");
        check("<video>no film here</video><iframe src=javascript:a></iframe>", "no film here");
        check(
            "<img src='data:x' data-src=https://x.org/a.png alt=b>",
            "[img=https://x.org/a.png b]",
        );
    }

    #[test]
    fn a_formula_is_there_once() {
        let math = "<math><semantics><mrow><mi>E</mi><mo>=</mo><mi>m</mi></mrow>\
            <annotation encoding='application/x-tex'>E=m</annotation></semantics></math>";
        let katex = format!(
            "<span class=katex><span class=katex-mathml>{math}</span>\
            <span class=katex-html aria-hidden=true><span>E</span><span>=</span></span></span>"
        );
        check(&format!("<p>So {katex} is."), "[p So E=m is.]");
        let bare = "<math><mi>E</mi>\n <mo>=</mo> <mi>m</mi></math>";
        check(bare, "E=m");
        check("<math alttext='E=m'><mi>E</mi></math>", "E=m");
        // MathJax 3: what is drawn, then what is read aloud.
        check(
            &format!(
                "<mjx-container><mjx-math aria-hidden=true><mjx-c>E</mjx-c></mjx-math>\
                <mjx-assistive-mml>{bare}</mjx-assistive-mml></mjx-container>!"
            ),
            "E=m!",
        );
        // MathJax 2, with and without its source.
        let two = format!(
            "<span class=MathJax_Preview></span><span class=MathJax><nobr aria-hidden=true><span>E</span>\
            </nobr><span class=MJX_Assistive_MathML>{bare}</span></span>"
        );
        check(&two, "E=m");
        check(&format!("{two}<script type='math/tex; mode=display'>E=m</script>!"), "E=m!");
        check("<script type=math/tex>a<b</script>", "a<b");
        // Wikipedia shows a picture beside it.
        check(
            "<math alttext='{E}'><mi>E</mi></math><img aria-hidden=true src=https://x.org alt='{E}'>",
            "{E}",
        );
        // What is there only once stays.
        check("<span class=katex><span aria-hidden=true>E</span></span>", "E");
        check("<p>It got <span aria-hidden=true>***</span>.", "[p It got ***.]");
        check("<p>a</p><p aria-hidden=true>b", "[p a][p b]");
        check("<span aria-hidden=true>***</span><span class=sr-only>3 stars</span>", "3 stars");
        check("<math><mi>E", "E");
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
            |facets| picture(&read(&Body { text: text.clone(), facets, ..Body::default() }));
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
    fn what_is_read_beside_letters_stands_beside_them() {
        check("<ruby>a<rp>(<rt>b</rt><rp>)</ruby>", "[ruby a[rp (][rt b][rp )]]");
        check("<ruby>a<rt>b<rp>c<rt>d</ruby>e", "[ruby a[rt b][rp c][rt d]]e");
        check("<rt>a<rp>b", "[rt a][rp b]");
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
        check("\u{2067}a<b>b\u{2069}c", "\u{2067}a\u{2069}[strong bc]");
    }
}
