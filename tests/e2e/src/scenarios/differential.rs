//! Our reading of HTML beside the browser's own: what we make of a body is contained in what
//! `Element.setHTML` makes of it. `CASES=100000 cargo xtask test hostile --only hostile_differential`
//! tries as many as you like.
//!
//! Contained means, for every case:
//!
//! - our text is the browser's with letters left out, in the same order, where the browser's is what stands
//!   outside raw text elements. So nothing is text with us that is a comment, an attribute or a script there;
//! - each of our links is a link of the browser's with the same address, and the text of ours is within the
//!   text of that;
//! - for each of our elements the browser has one that we show under this name (`b` for `strong`, `div` for
//!   `p`, …); what follows the end of a block is a paragraph of ours too.
//!
//! Ours may be less. Where it is more, `differential.js` names the reason, and every reason is counted. `setHTML`
//! gets a sanitizer that removes nothing but what none may let through, so what is contained is safe for it.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use jawjaw::domain::body::{Body, Format};
use jawjaw::domain::markup::{self, Node};
use serde_json::{Value, json};

use super::hostile::corpus::payloads;
use crate::World;
use crate::dice::Dice;

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("hostile_differential_sees_what_is_more", sees_what_is_more),
    ("hostile_differential_ours_is_contained", ours_is_contained),
];

/// Cases to a question.
const BATCH: usize = 500;
/// Unexplained cases that are shown.
const SHOWN: usize = 20;

const JUDGE: &str = include_str!("differential.js");

/// Element names, the likely ones more than once.
const NAMES: &str = "p p p div div a a a a a b b strong i em u s del strike mark small sub sup abbr q kbd samp code tt pre \
    blockquote blockquote ul ul ol li li li h1 h2 h3 h6 br br hr details summary table table tr tr td td th tbody thead \
    caption colgroup col span span font center cite ins nobr section article dl dt dd figure button form label input \
    select option optgroup img image marquee video object embed iframe script style title textarea xmp noembed noscript \
    template base meta link html head body frameset frame ruby rt big custom-one svg math mtext foreignObject \
    desc plaintext";

const ADDRESSES: &str = "https://a.example/1 http://b.example/?x=1&y=2 //c.example/ mailto:a@b.example HTTPS://D.example \
    javascript:q0z java&#10;script:q0z data:text/html,<b>q0z vbscript:q0z /e #f https://g.example@h.example/ \
    &#104;ttps://i.example &#x1;https://j.example https:k.example https://l.example/&amp;copy=1 https://m.example/&copy=2";

/// Chromium 156 crashes where `setHTML` meets one of these.
const CRASHES: [&str; 4] = ["onstart", "onfullscreenchange", "ontransitionrun", "onbeforexrselect"];

/// What stands between tags beside words.
const BITS: &[&str] = &[
    "<!--",
    "-->",
    "--!>",
    "->",
    "<!-->",
    "<!--->",
    "<!---",
    "<script><!--<script></script>",
    "<!doctype html>",
    "<!",
    "<?",
    "?>",
    "</",
    "<",
    ">",
    "</>",
    "</ ",
    "<![CDATA[",
    "]]>",
    "&amp;",
    "&lt;b&gt;",
    "&lt",
    "&#60;",
    "&#x3c",
    "&#0;",
    "&nbsp;",
    "&copy",
    "&eacute;",
    "&notin;",
    "&",
    "\0",
    "\r\n",
    "\n",
    "\u{202e}",
    "é",
    "😀",
    "\"",
    "'",
    "=",
    "/",
    "</p>",
    "</br>",
    "<p/>",
    "<br/>",
    "</script>",
    "</style>",
    "</title>",
    "</textarea>",
    "</xmp>",
    "</noscript>",
    "</table>",
    "</template>",
];

fn one_of<'a>(dice: &mut Dice, all: &'a str) -> &'a str {
    let count = all.split_whitespace().count();
    all.split_whitespace().nth(dice.below(count)).unwrap_or_default()
}

/// HTML as nobody writes it; each word in it is there once.
struct Writer {
    dice: Dice,
    words: usize,
    html: String,
}

impl Writer {
    fn word(&mut self) {
        self.words += 1;
        self.html += &["q", &self.words.to_string(), "z"].concat();
    }

    fn piece(&mut self) {
        match self.dice.below(10) {
            0..4 => self.tag(),
            4..6 => {
                let name = one_of(&mut self.dice, NAMES);
                self.html += &["</", name, ">"].concat();
            }
            6..9 => self.word(),
            _ => self.html += BITS[self.dice.below(BITS.len())],
        }
    }

    fn tag(&mut self) {
        // Rules of their own, and all that follows is theirs: kept rare, so that the rest is looked at.
        let rare =
            |name: &str| matches!(name, "svg" | "math" | "plaintext" | "frameset" | "script");
        let mut name = one_of(&mut self.dice, NAMES);
        if rare(name) && self.dice.below(4) > 0 {
            name = "span";
        }
        self.html += "<";
        self.html += name;
        for _ in 0..self.dice.below(3) {
            self.attribute(name == "a");
        }
        self.html += [">", ">", ">", ">", ">", ">", " >", "/>", "", " "][self.dice.below(10)];
    }

    fn attribute(&mut self, is_link: bool) {
        self.html += [" ", " ", " ", "\n", "/", ""][self.dice.below(6)];
        let names = "title class id style onclick shadowrootmode name alt";
        self.html +=
            if is_link && self.dice.below(4) > 0 { "href" } else { one_of(&mut self.dice, names) };
        let quote = ["\"", "'", "\"", "'", "", " "][self.dice.below(6)];
        self.html += ["=", "=", "=", " = ", ""][self.dice.below(5)];
        self.html += quote;
        match self.dice.below(4) {
            0 => self.word(),
            1 => self.html += BITS[self.dice.below(BITS.len())],
            _ => self.html += one_of(&mut self.dice, ADDRESSES),
        }
        if self.dice.below(12) > 0 {
            self.html += quote;
        }
    }

    /// Takes, doubles or changes some letters.
    fn spoil(&mut self) {
        let mut letters: Vec<char> = self.html.chars().collect();
        for _ in 0..=self.dice.below(4) {
            if letters.is_empty() {
                break;
            }
            let at = self.dice.below(letters.len());
            let signs = ['<', '>', '"', '\'', '=', '&', '/', '!', '-', '\0', ' ', ';', 'a'];
            match self.dice.below(4) {
                0 => drop(letters.remove(at)),
                1 => letters.insert(at, signs[self.dice.below(signs.len())]),
                2 => letters[at] = signs[self.dice.below(signs.len())],
                _ => {
                    let end = (at + 1 + self.dice.below(12)).min(letters.len());
                    drop(letters.drain(at..end));
                }
            }
        }
        self.html = letters.into_iter().collect();
    }
}

/// Case `number`: generated, or one that is known to do harm between generated ones; some are then spoiled.
fn case(number: usize, known: &[String]) -> String {
    let dice = Dice(0x9E37_79B9_7F4A_7C15 ^ ((number as u64 + 1) << 20));
    let mut writer = Writer { dice, words: 0, html: String::new() };
    for _ in 0..8 {
        writer.dice.below(2);
    }
    for _ in 0..=writer.dice.below(24) {
        writer.piece();
    }
    if number.is_multiple_of(4) {
        let mut known = known[number / 4 % known.len()].clone();
        for handler in CRASHES {
            known = known.replace(handler, "onclick");
        }
        writer.html += &known;
        for _ in 0..writer.dice.below(6) {
            writer.piece();
        }
    }
    if writer.dice.below(3) == 0 {
        writer.spoil();
    }
    // Judged as `noscript`, see there.
    writer.html.replace("noframes", "noembed")
}

/// What we make of it: text, links, and how many elements of each name.
fn ours(html: &str) -> Value {
    let body = Body { text: html.to_owned(), format: Format::Html, ..Body::default() };
    let nodes = markup::read(&body);
    let (mut links, mut names) = (Vec::new(), BTreeMap::new());
    look(&nodes, &mut links, &mut names);
    json!({ "html": html, "text": said(&nodes), "links": links, "names": names })
}

fn look(nodes: &[Node], links: &mut Vec<Value>, names: &mut BTreeMap<&str, usize>) {
    for node in nodes {
        if let Node::Element { name, attributes, children } = node {
            *names.entry(name).or_default() += 1;
            for (_, href) in attributes.iter().filter(|(name, _)| *name == "href") {
                links.push(json!({ "href": href, "text": said(children) }));
            }
            look(children, links, names);
        }
    }
}

fn said(nodes: &[Node]) -> String {
    let text = |node: &Node| match node {
        Node::Text(text) => text.clone(),
        Node::Element { children, .. } => said(children),
        Node::Cut => String::new(),
    };
    nodes.iter().map(text).collect()
}

fn verdicts(world: &World, cases: &[Value]) -> Result<Vec<String>> {
    let page = world.page()?;
    let mut all = Vec::new();
    for batch in cases.chunks(BATCH) {
        let told = page.eval(&format!("({JUDGE})({})", json!(batch)))?;
        all.extend(
            told.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned),
        );
    }
    ensure!(all.len() == cases.len(), "{} of {} cases were judged", all.len(), cases.len());
    world.close_pages();
    Ok(all)
}

fn ours_is_contained(world: &World) -> Result<()> {
    let count = std::env::var("CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(3_000);
    let known = payloads()?;
    let (mut reasons, mut strange) = (BTreeMap::<String, usize>::new(), Vec::new());
    let (mut contained, mut bare) = (0, 0);
    let numbers: Vec<usize> = (0..count).collect();
    for numbers in numbers.chunks(BATCH * 10) {
        let cases: Vec<Value> = numbers.iter().map(|&number| ours(&case(number, &known))).collect();
        for (case, verdict) in cases.iter().zip(verdicts(world, &cases)?) {
            bare += usize::from(case["text"] == "");
            contained += usize::from(verdict.is_empty());
            if verdict.contains('?') {
                strange.push(format!("{verdict}\n{case}"));
            } else if !verdict.is_empty() {
                *reasons.entry(verdict).or_default() += 1;
            }
        }
    }
    println!(
        "  {count} bodies ({bare} of them without text of ours): {contained} contained; {} unexplained",
        strange.len()
    );
    for (reason, count) in &reasons {
        println!("  {count}: {reason}");
    }
    ensure!(bare * 4 < count, "too many say nothing");
    let shown = strange[..strange.len().min(SHOWN)].join("\n");
    ensure!(strange.is_empty(), "{} bodies hold more than the browser's:\n{shown}", strange.len());
    Ok(())
}

/// Readings that are wrong on purpose are found out.
fn sees_what_is_more(world: &World) -> Result<()> {
    let case = |html: &str, text: &str, links: Value, names: Value| json!({ "html": html, "text": text, "links": links, "names": names });
    let link = |href: &str, text: &str| json!([{ "href": href, "text": text }]);
    let table = [
        (case("<b>q1z</b>", "q1z", json!([]), json!({ "strong": 1 })), ""),
        (case("<!-- q1z -->", "q1z", json!([]), json!({})), "?text"),
        (case("<b title=q1z>", "q1z", json!([]), json!({})), "?text"),
        (case("<script>q1z</script>", "q1z", json!([]), json!({})), "?text"),
        (case("q1z<b>q2z", "q2zq1z", json!([]), json!({})), "?text"),
        (case("<b>q1z", "q1z", json!([]), json!({ "em": 1 })), "?name em"),
        (
            case("<a>q1z", "q1z", link("https://x.example", "q1z"), json!({ "a": 1 })),
            "?link https://x.example",
        ),
        (
            case(
                "<a href=//x.example>q1z</a>q2z",
                "q1zq2z",
                link("https://x.example", "q1zq2z"),
                json!({ "a": 1 }),
            ),
            "?around",
        ),
        (
            case("<a href=javascript:q>q1z", "q1z", link("javascript:q", "q1z"), json!({ "a": 1 })),
            "?link javascript:q",
        ),
        (case("<object>q1z</object>", "q1z", json!([]), json!({})), "setHTML"),
    ];
    let cases: Vec<Value> = table.iter().map(|(case, _)| case.clone()).collect();
    for ((case, expected), verdict) in table.iter().zip(verdicts(world, &cases)?) {
        let right =
            if expected.is_empty() { verdict.is_empty() } else { verdict.contains(expected) };
        ensure!(right, "{verdict:?} where it should say {expected:?}: {case}");
    }
    Ok(())
}
