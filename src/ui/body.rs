//! A body's tree as nodes. There is no HTML text on the way.

use web_sys::Url;

use crate::domain::body::Body;
use crate::domain::markup::{self, Node};
use crate::ui::el::{El, el};

/// Shows a body inside an element, in place of what was there.
pub fn show(into: &El, body: &Body) {
    show_nodes(into, &markup::read(body));
}

/// The same for what has been read already.
pub fn show_nodes(into: &El, children: &[Node]) {
    into.clear();
    nodes(into, children);
}

fn nodes(into: &El, children: &[Node]) {
    for child in children {
        match child {
            Node::Text(text) => into.add_text(text),
            Node::Element { name, href, children } => {
                element(into, name, href.as_deref(), children);
            }
        }
    }
}

fn element(into: &El, name: &str, href: Option<&str>, children: &[Node]) {
    let made = el(name);
    nodes(&made, children);
    into.add(made.clone());
    if let Some(href) = href {
        link(&made, href);
        if let Some(host) = markup::unmasked(href, &markup::words(children)) {
            into.add(el("span").class("host").text(&[" (", &host, ")"].concat()));
        }
    }
}

/// Makes an anchor lead to a checked address of somebody else's, if the browser understands it.
pub fn link(anchor: &El, href: &str) {
    if Url::new(href).is_err() {
        return;
    }
    anchor.set("href", href);
    anchor.set("rel", "ugc nofollow noopener noreferrer");
    anchor.set("target", "_blank");
}
