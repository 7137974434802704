//! Who writes: name, e-mail and website, as far as the endpoint asks for them, remembered on this device if
//! the reader agrees.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::domain::author::Signature;
use crate::domain::comment::CommentKey;
use crate::domain::offers::Asked;
use crate::json::Value;
use crate::state::memory;
use crate::ui::Scene;
use crate::ui::el::{El, el};

/// Under this name the signature is kept.
const SIGNATURE: &str = "signature";

/// Who writes: as much as the endpoint asks for.
pub(super) struct Who {
    pub(super) fields: El,
    /// Name, e-mail, website.
    pub(super) asked: [(Asked, El); 3],
    agreed: El,
}

impl Who {
    pub(super) fn new(scene: &Scene, place: Option<CommentKey>, editing: bool) -> Self {
        let offers = scene.discussion.offers(place);
        let known = memory::load(SIGNATURE).and_then(|kept| Value::parse(&kept).ok());
        let known = known.unwrap_or_default();
        let fields = el("div").class("who");
        let input = |asked: Asked, name: &str, kind: &str, autocomplete: &str| {
            let input = el("input").attr("type", kind).attr("autocomplete", autocomplete);
            let input = input.attr("dir", "auto").part("input");
            let shown = if editing { Asked::No } else { asked };
            if shown == Asked::No {
                return (Asked::No, input);
            }
            let words = scene.text.say(name);
            let optional = scene.text.fill("optional", &words);
            let words = if shown == Asked::Required { words } else { optional };
            input.toggle("required", shown == Asked::Required);
            set_value(&input, known.get(name).and_then(Value::as_str).unwrap_or_default());
            fields.add(el("label").child(el("span").text(&words)).child(input.clone()));
            (shown, input)
        };
        let asked = [
            input(offers.name, "name", "text", "name"),
            input(offers.email, "email", "email", "email"),
            input(offers.website, "website", "url", "url"),
        ];
        let agreed = el("input").attr("type", "checkbox");
        agreed
            .node()
            .unchecked_ref::<HtmlInputElement>()
            .set_checked(known.get("agreed").is_some_and(Value::is_truthy));
        if asked.iter().any(|(asked, _)| *asked != Asked::No) {
            let words = el("span").text(&scene.text.say("remember"));
            fields.add(el("label").class("agree").child(agreed.clone()).child(words));
        }
        Self { fields, asked, agreed }
    }

    pub(super) fn signature(&self) -> Signature {
        let [name, email, url] = [0, 1, 2].map(|place: usize| value(&self.asked[place].1));
        Signature { name, email, url }
    }

    pub(super) fn remember(&self, by: &Signature) {
        if self.asked.iter().all(|(asked, _)| *asked == Asked::No) {
            return;
        }
        let agreed = self.agreed.node().unchecked_ref::<HtmlInputElement>().checked();
        let named = [("name", &by.name), ("email", &by.email), ("website", &by.url)];
        let mut kept = named.map(|(name, value)| (name, Value::text(value))).to_vec();
        kept.push(("agreed", Value::Bool(agreed)));
        let keep = if agreed { memory::keep } else { memory::keep_for_now };
        keep(SIGNATURE, &Value::record(kept).write());
    }
}

pub(super) fn value(input: &El) -> String {
    input.node().unchecked_ref::<HtmlInputElement>().value().trim().to_owned()
}

fn set_value(input: &El, text: &str) {
    input.node().unchecked_ref::<HtmlInputElement>().set_value(text);
}
