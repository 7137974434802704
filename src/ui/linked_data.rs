//! The discussion for search engines, where the page asks for it (`json-ld`): a part of its own
//! ([`Part::LinkedData`]).
//!
//! [`Part::LinkedData`]: crate::endpoint::part::Part::LinkedData

use leptos::prelude::{Get, on_cleanup};
use send_wrapper::SendWrapper;
use web_sys::{Element, Text};

use crate::domain::comment::Standing;

use crate::domain::markup;
use crate::state::discussion::Discussion;
use crate::text::ago::machine;
use crate::text::linked_data::{Told, article};
use crate::ui::Scene;
use crate::ui::el::{effect, el};

/// More are not told: it stands in the page beside the discussion itself.
const MOST: usize = 100;

/// Keeps a script of data as a child of the tag, while the present owner lives. A door of its part.
#[inline(never)]
pub fn keep(scene: &Scene, host: &Element) {
    let Some(kind) = host.get_attribute("json-ld") else { return };
    let kind = if kind.is_empty() { "Article".to_owned() } else { kind };
    let script = el("script").attr("type", "application/ld+json").attr("data-jawjaw", "");
    // A page that was kept, or a tag that was copied, has that of the time before.
    while let Ok(Some(old)) = host.query_selector("script[data-jawjaw]") {
        old.remove();
    }
    // What is put into a script is a sink (Trusted Types), also where it is data and never runs. A text that is
    // there before, empty, and is changed, is none.
    let Ok(words) = Text::new() else { return };
    let _ = script.node().append_with_node_1(&words);
    let _ = host.append_with_node_1(script.node());
    let held = SendWrapper::new(script);
    on_cleanup(move || held.remove());
    let scene = scene.clone();
    effect(move || {
        // One thread by itself is not the discussion.
        if scene.discussion.only().is_some() {
            return;
        }
        let rating = scene.discussion.rating().get();
        let told = told(&scene.discussion, &scene.address);
        words.set_data(&article(&kind, &scene.address, scene.discussion.count(), rating, &told));
    });
}

/// The first comments, each before what answers it.
fn told(discussion: &Discussion, address: &str) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    let mut left: Vec<_> = discussion.roots().into_iter().rev().map(|key| (key, None)).collect();
    while let Some((key, parent)) = left.pop() {
        if told.len() == MOST {
            break;
        }
        let comment = discussion.peek(key).unwrap_or_default();
        // What hangs from one that is gone, or held back, is told without it.
        let shown = comment.standing == Standing::Published;
        let under = if shown { Some(told.len()) } else { parent };
        left.extend(discussion.listed(key, 0).into_iter().rev().map(|reply| (reply, under)));
        if !shown {
            continue;
        }
        told.push(Told {
            url: [address, "#", &discussion.fragment(key)].concat(),
            words: markup::excerpt(&markup::read(&comment.body)),
            created: comment.created.map(machine).unwrap_or_default(),
            author: comment.author,
            tally: comment.tally,
            parent,
        });
    }
    told
}
