//! Markdown (`CommonMark`) as a closed tree. Part of what is fetched when first needed
//! (`endpoint::part`). HTML in it is the text it is, images are their words, and a line ends where its
//! writer ended it.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag};

use crate::domain::markup::{DEEPEST, MOST, Node, element, link_address, linked, tidy};

/// Longer text is cut before it is read, in bytes.
const LONGEST: usize = 100_000;

/// Reads Markdown into its tree. Never fails. A door of its part.
#[inline(never)]
pub fn read(markdown: &str) -> Vec<Node> {
    let cut = &markdown[..markdown.floor_char_boundary(LONGEST)];
    let mut open: Vec<(&'static str, Option<String>, Vec<Node>)> = Vec::new();
    let mut here: Vec<Node> = Vec::new();
    let mut in_code = 0;
    for event in Parser::new_ext(cut, Options::ENABLE_STRIKETHROUGH).take(MOST) {
        match event {
            Event::Start(tag) => {
                in_code += usize::from(matches!(tag, Tag::CodeBlock(_) | Tag::Link { .. }));
                let (name, href) = name(&tag);
                open.push((name, href, std::mem::take(&mut here)));
            }
            Event::End(_) => {
                let Some((name, href, before)) = open.pop() else { break };
                in_code -= usize::from(matches!(name, "pre" | "a"));
                let inside = std::mem::replace(&mut here, before);
                if name.is_empty() || open.len() > DEEPEST {
                    here.extend(inside);
                } else {
                    here.push(element(name, href, inside));
                }
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) if in_code == 0 => {
                linked(&tidy(&text), &mut here);
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                here.push(Node::Text(tidy(&text)));
            }
            Event::Code(text) => here.push(element("code", None, vec![Node::Text(tidy(&text))])),
            Event::SoftBreak | Event::HardBreak => here.push(element("br", None, Vec::new())),
            Event::Rule => here.push(element("hr", None, Vec::new())),
            _ => {}
        }
    }
    // What was cut off in the middle is closed.
    while let Some((name, href, before)) = open.pop() {
        let inside = std::mem::replace(&mut here, before);
        here.push(element(if name.is_empty() { "p" } else { name }, href, inside));
    }
    here
}

fn name(tag: &Tag) -> (&'static str, Option<String>) {
    let name = match tag {
        Tag::Paragraph => "p",
        Tag::Heading { level: HeadingLevel::H1, .. } => "h4",
        Tag::Heading { level: HeadingLevel::H2, .. } => "h5",
        Tag::Heading { .. } => "h6",
        Tag::BlockQuote(_) => "blockquote",
        Tag::CodeBlock(_) => "pre",
        Tag::List(None) => "ul",
        Tag::List(Some(_)) => "ol",
        Tag::Item => "li",
        Tag::Emphasis => "em",
        Tag::Strong => "strong",
        Tag::Strikethrough => "s",
        Tag::Link { dest_url, .. } => return ("a", link_address(dest_url)),
        _ => "",
    };
    (name, None)
}
