//! What stands around the text of a comment: its attachments, its signs, and what is closed until a reader opens it.

use crate::domain::body::{Attachment, Extras};
use crate::domain::letters::tidy;
use crate::domain::markup::{Node, element, host_of, image};

/// Names of signs that are looked for in a text.
const SIGNS: usize = 200;

/// The tree of a body from that of its text. A door of its part ([`crate::domain::rich`]).
#[inline(never)]
pub fn whole(extras: &Extras, nodes: Vec<Node>) -> Vec<Node> {
    let closed = extras.sensitive && extras.warning.is_empty();
    let mut nodes = signs(nodes, &extras.emojis, closed);
    let attached: Vec<Node> = extras.attachments.iter().map(node).collect();
    if closed && !attached.is_empty() {
        nodes.push(element("details", None, attached));
    } else {
        nodes.extend(attached);
    }
    if !extras.warning.is_empty() {
        let warning = signs(vec![Node::Text(tidy(&extras.warning))], &extras.emojis, false);
        nodes.insert(0, element("summary", None, warning));
        nodes = vec![element("details", None, nodes)];
    }
    nodes
}

fn node(attachment: &Attachment) -> Node {
    let Attachment { href, picture, words } = attachment;
    let text = || Node::Text(tidy(words));
    let mut inside = match (picture, href) {
        (Some(picture), _) => image(vec![("src", picture.clone())], tidy(words)),
        (None, Some(href)) if words.is_empty() => Node::Text(host_of(href).to_owned()),
        _ => text(),
    };
    if href.is_some() {
        inside = element("a", href.clone(), vec![inside]);
    }
    element("p", None, vec![inside])
}

fn is_image(node: &Node) -> bool {
    matches!(node, Node::Element { name: "img", .. })
}

/// Nodes with pictures in place of `:name:`; where they are not for everybody, other pictures are `closed`. A door
/// of its part.
#[inline(never)]
pub fn signs(nodes: Vec<Node>, emojis: &[(String, String)], closed: bool) -> Vec<Node> {
    if emojis.is_empty() && !closed {
        return nodes;
    }
    let mut out = Vec::new();
    for node in nodes {
        match node {
            Node::Text(text) => signs_in(&text, emojis, &mut out),
            // With the link it is in, if that is all there is.
            Node::Element { name, ref children, .. }
                if closed && (name == "img" || name == "a" && children.iter().any(is_image)) =>
            {
                out.push(element("details", None, vec![node]));
            }
            Node::Element { name, attributes, children } => {
                let children = signs(children, emojis, closed);
                out.push(Node::Element { name, attributes, children });
            }
            Node::Cut => out.push(node),
        }
    }
    out
}

fn signs_in(text: &str, emojis: &[(String, String)], out: &mut Vec<Node>) {
    let (mut from, mut at) = (0, 0);
    while let Some(next) = text[at..].find(':') {
        at += next + 1;
        let named = |(name, _): &&(String, String)| {
            text[at..].strip_prefix(&**name).is_some_and(|after| after.starts_with(':'))
        };
        if let Some((name, address)) = emojis.iter().take(SIGNS).find(named) {
            out.push(Node::Text(text[from..at - 1].to_owned()));
            let end = at + name.len() + 1;
            let attributes = vec![("src", address.clone()), ("class", "emoji".to_owned())];
            out.push(image(attributes, text[at - 1..end].to_owned()));
            (from, at) = (end, end);
        }
    }
    out.push(Node::Text(text[from..].to_owned()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::body::{Body, Format};
    use crate::domain::markup::{excerpt, read, words};

    fn picture(nodes: &[Node]) -> String {
        let shown = nodes.iter().map(|node| match node {
            Node::Text(text) => text.clone(),
            Node::Cut => "[cut]".to_owned(),
            Node::Element { name, attributes, children } => {
                let all: String =
                    attributes.iter().map(|(_, value)| ["=", value].concat()).collect();
                format!("[{name}{all} {}]", picture(children))
            }
        });
        shown.collect()
    }

    #[track_caller]
    fn check(body: &Body, shown: &str) {
        assert_eq!(picture(&read(body)), shown);
    }

    fn attached(href: &str, picture: &str, words: &str) -> Attachment {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Attachment { href: some(href), picture: some(picture), words: words.to_owned() }
    }

    fn body(text: &str, attachments: Vec<Attachment>) -> Body {
        with(text, Extras { attachments, ..Extras::default() })
    }

    fn with(text: &str, extras: Extras) -> Body {
        Body { text: text.to_owned(), extras: Some(extras.into()), ..Body::default() }
    }

    const CAT: &str = "https://f.example/cat.png";

    #[test]
    fn a_comment_of_something_else_than_words_is_not_empty() {
        check(
            &body("", vec![attached(CAT, CAT, "A cat")]),
            "[p [a=https://f.example/cat.png [img=https://f.example/cat.png A cat]]]",
        );
        check(
            &body("a", vec![attached("https://v.example/1", "", "")]),
            "[p a][p [a=https://v.example/1 v.example]]",
        );
        check(&body("", vec![attached("", "", "Yes"), attached("", "", "No")]), "[p Yes][p No]");
        check(&body("", vec![attached("", CAT, "")]), "[p [img=https://f.example/cat.png ]]");
    }

    #[test]
    fn a_warning_is_said_and_the_rest_waits() {
        let extras = Extras {
            warning: "The end".to_owned(),
            attachments: vec![attached("", CAT, "c")],
            ..Extras::default()
        };
        let warned = with("secret", extras.clone());
        check(
            &warned,
            "[details [summary The end][p secret][p [img=https://f.example/cat.png c]]]",
        );
        assert_eq!(excerpt(&read(&warned)).trim(), "The end");
        assert!(words(&read(&warned)).contains("secret"));
        // A warning is enough.
        let both = with("secret", Extras { sensitive: true, ..extras });
        assert_eq!(read(&both), read(&warned));
    }

    #[test]
    fn sensitive_pictures_wait_and_words_do_not() {
        let sensitive = Extras { sensitive: true, ..Extras::default() };
        let attachments = vec![attached("", CAT, "c")];
        check(
            &with("a", Extras { attachments, ..sensitive.clone() }),
            "[p a][details [p [img=https://f.example/cat.png c]]]",
        );
        check(&with("a", sensitive.clone()), "[p a]");
        let text = "<p>a<a href=https://x.org><img src=https://f.example/cat.png></a>";
        let html = Body { format: Format::Html, ..with(text, sensitive) };
        check(&html, "[p a[details [a=https://x.org [img=https://f.example/cat.png ]]]]");
    }

    #[test]
    fn signs_have_their_pictures() {
        let emojis = vec![("cat".to_owned(), CAT.to_owned())];
        let text = "a :cat: :dog:cat: :cat:: b:cat";
        check(
            &with(text, Extras { emojis: emojis.clone(), ..Extras::default() }),
            "[p a [img=https://f.example/cat.png=emoji :cat:] :dog[img=https://f.example/cat.png=emoji :cat:] \
             [img=https://f.example/cat.png=emoji :cat:]: b:cat]",
        );
        let warning = ":cat:".to_owned();
        let warned = with("b", Extras { warning, emojis, ..Extras::default() });
        check(&warned, "[details [summary [img=https://f.example/cat.png=emoji :cat:]][p b]]");
    }
}
