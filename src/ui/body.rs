//! A body's tree as nodes. There is no HTML text on the way.

use std::cell::Cell;

use web_sys::{Url, VttCue};

use crate::domain::address;
use crate::domain::attached;
use crate::domain::body::{Body, Format};
use crate::domain::letters;
use crate::domain::markdown;
use crate::domain::markup::{self, Node};
use crate::endpoint::part::{Part, need};
use crate::text::Text;
use crate::ui::el::{El, el, spawn};

/// More links than a person puts into a comment; those that follow are text.
const LINKS: u32 = 200;

/// Shows a body inside an element, in place of what was there; `images` says from which hosts images may come
/// ([`address::allows`]).
pub fn show(text: &Text, images: &str, into: &El, body: &Body) {
    show_nodes(text, images, into, &markup::read(body));
    if body.format == Format::Markdown {
        // Those that ask are answered in their order, so what came last is what stays.
        let (text, images, into) = (text.clone(), images.to_owned(), into.clone());
        let body = body.clone();
        spawn(async move {
            if need(Part::Markdown).await.is_ok() {
                let nodes = markdown::read(&body.text, &body.base);
                show_nodes(&text, &images, &into, &markup::whole(&body, nodes));
            }
        });
    }
}

/// Shows the name of the author of a body, which may have signs in it.
pub fn show_name(text: &Text, images: &str, into: &El, name: &str, body: &Body) {
    match &body.extras {
        Some(extras) if !extras.emojis.is_empty() => {
            let nodes = vec![Node::Text(name.to_owned())];
            show_nodes(text, images, into, &attached::signs(nodes, &extras.emojis, false));
        }
        _ => into.set_text(name),
    }
}

/// The same for what has been read already.
pub fn show_nodes(text: &Text, images: &str, into: &El, children: &[Node]) {
    into.clear();
    Pen { text, images, links: Cell::new(0) }.nodes(into, children);
}

struct Pen<'a> {
    text: &'a Text,
    images: &'a str,
    links: Cell<u32>,
}

impl Pen<'_> {
    fn nodes(&self, into: &El, children: &[Node]) {
        for child in children {
            match child {
                Node::Text(text) => into.add_text(text),
                Node::Element { name: "img", attributes, children } => {
                    let words = markup::words(children);
                    match &attributes[..] {
                        [(_, src)] => self.image(into, src, &words),
                        [(_, src), (_, class), ..] if address::allows(self.images, src) => {
                            into.add(picture(src, &words).class(class));
                        }
                        // A sign.
                        _ => into.add_text(&words),
                    }
                }
                Node::Element { name, attributes, children } => {
                    let made = el(name);
                    let is_title =
                        |child: &Node| matches!(child, Node::Element { name: "summary", .. });
                    if *name == "details" && !children.iter().any(is_title) {
                        made.add(el("summary").text(&self.text.say("unopened")));
                    }
                    // Paragraphs have the direction of what they say by the style sheet; what has a side, by this.
                    if matches!(*name, "blockquote" | "ul" | "ol" | "table" | "details") {
                        made.set("dir", "auto");
                    }
                    self.nodes(&made, children);
                    into.add(made.clone());
                    for (name, value) in attributes {
                        if *name != "href" {
                            made.set(name, value);
                        } else if self.link(&made, value)
                            && let Some(host) = address::unmasked(value, &markup::words(children))
                        {
                            say_host(into, &host);
                        }
                    }
                }
                Node::Cut => into.add(el("p").class("quiet").text(&self.text.say("cut"))),
            }
        }
    }

    fn link(&self, anchor: &El, href: &str) -> bool {
        self.links.set(self.links.get() + 1);
        let few = self.links.get() <= LINKS;
        if few {
            link(anchor, href);
        }
        few
    }

    /// An image from a host that the page's owner allows; else a link to it, which the reader may follow.
    fn image(&self, into: &El, src: &str, words: &str) {
        if address::allows(self.images, src) {
            return into.add(picture(src, words));
        }
        let say = self.text.say("image");
        let words = if words.is_empty() { &say } else { words };
        if into.node().closest("a").ok().flatten().is_some() {
            return into.add_text(words);
        }
        let anchor = el("a").text(words);
        into.add(anchor.clone());
        if self.link(&anchor, src) {
            say_host(into, address::host(letters::cut(src, "://").map_or("", |(_, after)| after)));
        }
    }
}

/// What a reference of HTML stands for, by the browser: subtitles (`WebVTT`) may hold all there are, and nothing of a
/// page is made of them here.
pub fn named(reference: &str) -> Option<String> {
    VttCue::new(0.0, 1.0, reference).ok()?.get_cue_as_html().text_content()
}

fn say_host(into: &El, host: &str) {
    into.add(el("span").class("host").text(&[" (", host, ")"].concat()));
}

/// An image that is fetched when it is near the window, and does not say from which page.
pub fn picture(src: &str, words: &str) -> El {
    let image = el("img").attr("alt", words).attr("loading", "lazy");
    image.attr("referrerpolicy", "no-referrer").attr("src", src)
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
