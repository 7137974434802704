//! Where one writes: a comment, a reply, or a change of one's own.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlTextAreaElement, KeyboardEvent};

use crate::domain::author::Signature;
use crate::domain::comment::CommentKey;
use crate::domain::offers::Asked;
use crate::json::Value;
use crate::state::discussion::Open;
use crate::state::memory;
use crate::state::writing::uuid;
use crate::ui::Scene;
use crate::ui::el::{El, el, spawn};

/// Under this name the signature is kept, if the reader agrees.
const SIGNATURE: &str = "signature";

/// A form to write in. `place` is the comment replied to or, when `editing`, changed.
#[component]
pub fn Composer(scene: Scene, place: Option<CommentKey>, editing: bool) -> El {
    let label = label(&scene, place, editing);
    let field =
        el("textarea").attr("rows", if place.is_some() { "3" } else { "2" }).attr("dir", "auto");
    let field = field.part("textarea").attr("aria-label", &label).attr("placeholder", &label);
    let form = el("form").class("composer").part("composer").attr("novalidate", "");
    // Once open it stays open: closing when the focus goes would move what is just being pressed.
    let opening = form.clone();
    let form = form.on("focusin", move |_| opening.toggle("data-open", true));
    let who = Who::new(&scene, place, editing);
    let send = el("button").attr("type", "submit").class("button").part("button");
    let trouble = el("p").class("trouble").attr("role", "alert");
    let bar = el("div").class("bar").child(send.clone());
    if place.is_some() {
        let cancel = el("button").attr("type", "button").attr("data-do", "close").class("plain");
        bar.add(cancel.text(&scene.text.say("cancel")));
    }
    let rest = el("div").class("rest").child(who.fields.clone()).child(trouble.clone()).child(bar);
    let writing = Rc::new(Writing {
        scene,
        place,
        editing,
        field: field.clone(),
        who,
        send,
        trouble,
        sending: Cell::new(false),
    });
    writing.start();
    let (on_input, on_submit, on_key) = (writing.clone(), writing.clone(), writing);
    let field = field.on("input", move |_| on_input.keep());
    form.child(field)
        .child(rest)
        .on("submit", move |event| {
            event.prevent_default();
            on_submit.clone().submit();
        })
        .on("keydown", move |event| on_key.key(event.unchecked_ref()))
}

fn label(scene: &Scene, place: Option<CommentKey>, editing: bool) -> String {
    let Some(place) = place else { return scene.text.say("write") };
    if editing {
        return scene.text.say("write-edit");
    }
    let name = scene.discussion.peek(place).map(|comment| comment.author.name).unwrap_or_default();
    let name = if name.is_empty() { scene.text.say("anonymous") } else { name };
    scene.text.fill("write-reply", &name)
}

struct Writing {
    scene: Scene,
    place: Option<CommentKey>,
    editing: bool,
    field: El,
    who: Who,
    send: El,
    trouble: El,
    sending: Cell<bool>,
}

impl Writing {
    /// Puts back what was being written, else what is to be changed.
    fn start(self: &Rc<Self>) {
        self.show_sending(false);
        let draft = self.scene.discussion.draft(self.place, self.editing);
        if let Some(draft) = draft {
            self.set_text(&draft);
        } else if let (true, Some(key)) = (self.editing, self.place) {
            let this = self.clone();
            spawn(async move {
                let source = this.scene.discussion.source(key).await;
                // What the reader typed while the source was on its way stays.
                if let Some(source) = source.filter(|_| this.text().is_empty()) {
                    this.set_text(&source);
                }
            });
        }
    }

    fn area(&self) -> &HtmlTextAreaElement {
        self.field.node().unchecked_ref()
    }

    fn text(&self) -> String {
        self.area().value()
    }

    fn set_text(&self, text: &str) {
        self.area().set_value(text);
        self.field.toggle("data-written", !text.is_empty());
    }

    fn keep(&self) {
        let text = self.text();
        self.field.toggle("data-written", !text.is_empty());
        self.scene.discussion.keep_draft(self.place, self.editing, &text);
    }

    fn key(self: &Rc<Self>, event: &KeyboardEvent) {
        match event.key().as_str() {
            "Enter" if event.ctrl_key() || event.meta_key() => {
                event.prevent_default();
                self.clone().submit();
            }
            "Escape" => {
                if let Some(place) = self.place {
                    event.stop_propagation();
                    self.scene.discussion.set_open(place, Open::Nothing);
                }
            }
            _ => {}
        }
    }

    fn submit(self: Rc<Self>) {
        if self.sending.get() {
            return;
        }
        let text = self.text().trim().to_owned();
        if let Some((words, field)) = self.missing(&text) {
            self.trouble.set_text(&words);
            return field.focus();
        }
        let by = self.who.signature();
        self.who.remember(&by);
        self.trouble.set_text("");
        self.show_sending(true);
        let uuid = self.key_for(&text, &by);
        spawn(async move {
            let discussion = &self.scene.discussion;
            let result = match (self.place, self.editing) {
                (Some(place), true) => discussion.edit(place, &text, &uuid).await,
                (place, _) => discussion.post(&text, &by, place, &uuid).await,
            };
            self.show_sending(false);
            match result {
                Ok(()) => {
                    // What was typed since it was sent is a new draft.
                    if self.text().trim() == text {
                        self.set_text("");
                    }
                    discussion.sent(self.place, self.editing, &text);
                }
                Err(trouble) => self.trouble.set_text(&self.scene.text.explain(&trouble)),
            }
        });
    }

    fn missing(&self, text: &str) -> Option<(String, El)> {
        let say = |name| self.scene.text.say(name);
        let longest = self.scene.discussion.offers(self.place).longest;
        let surplus = text.chars().count().saturating_sub(longest);
        if text.is_empty() {
            return Some((say("text-missing"), self.field.clone()));
        }
        if longest > 0 && surplus > 0 {
            return Some((self.scene.text.count("too-long", surplus), self.field.clone()));
        }
        let empty =
            |(asked, field): &(Asked, El)| *asked == Asked::Required && value(field).is_empty();
        let named = ["name-missing", "email-missing", "text-missing"];
        let missing = self.who.asked.iter().zip(named).find(|(asked, _)| empty(asked));
        missing.map(|((_, field), name)| (say(name), field.clone()))
    }

    /// The key of a try: the same words by the same name are the same try, also after a reload.
    fn key_for(&self, text: &str, by: &Signature) -> String {
        let words = [text, "\n", &by.name, "\n", &by.email, "\n", &by.url].concat();
        let kept = self.scene.discussion.last_try(self.place, self.editing);
        let kept = kept.as_deref().and_then(|kept| kept.split_once(' '));
        if let Some((key, _)) = kept.filter(|(_, tried)| *tried == words) {
            return key.to_owned();
        }
        let key = uuid();
        let kept = [&key, " ", &words].concat();
        self.scene.discussion.keep_try(self.place, self.editing, &kept);
        key
    }

    fn show_sending(&self, sending: bool) {
        self.sending.set(sending);
        let name = match (sending, self.place, self.editing) {
            (true, ..) => "sending",
            (_, _, true) => "send-edit",
            (_, Some(_), _) => "send-reply",
            _ => "send",
        };
        self.send.set_text(&self.scene.text.say(name));
        self.send.set("aria-disabled", if sending { "true" } else { "false" });
        self.field.toggle("readonly", sending);
    }
}

/// Who writes: as much as the endpoint asks for.
struct Who {
    fields: El,
    /// Name, e-mail, website.
    asked: [(Asked, El); 3],
    agreed: El,
}

impl Who {
    fn new(scene: &Scene, place: Option<CommentKey>, editing: bool) -> Self {
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

    fn signature(&self) -> Signature {
        let [name, email, url] = [0, 1, 2].map(|place: usize| value(&self.asked[place].1));
        Signature { name, email, url }
    }

    fn remember(&self, by: &Signature) {
        if self.asked.iter().all(|(asked, _)| *asked == Asked::No) {
            return;
        }
        let agreed = self.agreed.node().unchecked_ref::<HtmlInputElement>().checked();
        let named = [("name", &by.name), ("email", &by.email), ("website", &by.url)];
        let mut kept: Vec<(String, Value)> =
            named.iter().map(|(name, value)| ((*name).to_owned(), Value::text(value))).collect();
        kept.push(("agreed".to_owned(), Value::Bool(agreed)));
        let keep = if agreed { memory::keep } else { memory::keep_for_now };
        keep(SIGNATURE, &Value::Record(kept).write());
    }
}

fn value(input: &El) -> String {
    input.node().unchecked_ref::<HtmlInputElement>().value().trim().to_owned()
}

fn set_value(input: &El, text: &str) {
    input.node().unchecked_ref::<HtmlInputElement>().set_value(text);
}
