//! Any text as a body, HTML or plain: whatever is in the tree may go onto a page.

#![no_main]

use jawjaw::domain::body::{Body, Format};
use jawjaw::domain::markup::{DEEPEST, MOST, Node, read};
use jawjaw::domain::token::{Token, tokens};
use libfuzzer_sys::fuzz_target;

/// What the page may be made of, written down a second time.
const ALLOWED: &str = "p a strong em cite u ins s mark small sub sup abbr q kbd samp code pre \
    blockquote ul ol li h4 h5 h6 br hr details summary table tr th td img";

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data).into_owned();
    let from_html = words_of(&text);
    for format in [Format::Html, Format::Plain] {
        let said = if format == Format::Html { from_html.clone() } else { text.clone() };
        let body = Body { text: text.clone(), format, ..Body::default() };
        let nodes = read(&body);
        assert_eq!(nodes, read(&body), "reading is not deterministic");
        let mut seen = Seen::default();
        seen.look(&nodes, 1);
        assert!(seen.nodes <= 2 * MOST + DEEPEST, "{} nodes", seen.nodes);
        let mut left = said.chars();
        for c in seen.words.chars() {
            assert!(left.any(|said| said == c), "{:?} is not what {said:?} says", seen.words);
        }
    }
});

/// What an HTML text says, in order; an image stands for its words.
fn words_of(html: &str) -> String {
    let text = |token| match token {
        Token::Text(text) => text,
        Token::Open { name, attributes } if name == "img" => {
            let words = attributes.into_iter().find(|(name, _)| name == "alt");
            words.map(|(_, words)| words).unwrap_or_default()
        }
        _ => String::new(),
    };
    tokens(html).into_iter().map(text).collect()
}

#[derive(Default)]
struct Seen {
    nodes: usize,
    words: String,
}

impl Seen {
    fn look(&mut self, nodes: &[Node], depth: usize) {
        for node in nodes {
            self.nodes += 1;
            match node {
                Node::Text(text) => self.words.push_str(text),
                Node::Cut => {}
                Node::Element { name, attributes, children } => {
                    assert!(ALLOWED.split_whitespace().any(|known| known == *name), "{name}");
                    // An empty element may stand in the deepest.
                    assert!(depth <= DEEPEST + 1, "{depth} deep");
                    for (attribute, value) in attributes {
                        match (*name, *attribute) {
                            ("a", "href") | ("img", "src") => safe(value),
                            (_, "lang" | "dir") | ("code" | "pre", "data-language") => {
                                let plain = |c: char| c.is_ascii_alphanumeric() || "-+#".contains(c);
                                assert!(value.len() <= 35 && value.chars().all(plain), "{value}");
                            }
                            _ => panic!("{attribute} of {name}"),
                        }
                    }
                    self.look(children, depth + 1);
                }
            }
        }
    }
}

/// The rules for links, written down a second time.
fn safe(href: &str) {
    let lower = href.to_ascii_lowercase();
    let scheme = ["https://", "http://", "mailto:"].into_iter().find(|one| lower.starts_with(one));
    let after = scheme.map(|scheme| &href[scheme.len()..]).expect("a scheme of no link");
    let bad = |c: char| c.is_control() || c.is_whitespace() || c == '\\' || ('\u{202A}'..='\u{202E}').contains(&c);
    assert!(!href.contains(bad), "{href:?}");
    if scheme == Some("mailto:") {
        assert!(!href.contains(['?', '&', '%']), "{href:?} writes the letter");
    } else {
        let host = after.split(['/', '?', '#']).next().unwrap_or_default();
        assert!(!host.is_empty() && !host.contains('@'), "{href:?} hides its host");
    }
}
