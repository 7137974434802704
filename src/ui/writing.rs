//! Everything that writes: fetched when the reader first turns to it ([`Part::Writing`]).

use std::cell::Cell;
use std::rc::Rc;

use leptos::reactive::owner::WeakOwner;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};

use crate::domain::author::Signature;
use crate::domain::comment::CommentKey;
use crate::domain::offers::Asked;
use crate::domain::rating::Stars;
use crate::domain::vote::Vote;
use crate::json::Value;
use crate::state::discussion::Open;
use crate::state::entry::Deed;
use crate::state::memory;
use crate::state::outbox::Outcome;
use crate::state::writing::uuid;
use crate::ui::Scene;
use crate::ui::composer::Form;
use crate::ui::el::{El, el, spawn};
use crate::ui::{outbox, tools};

/// Under this name the signature is kept, if the reader agrees.
const SIGNATURE: &str = "signature";

/// What is written with one press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Vote(CommentKey, Vote),
    Rate(Option<Stars>),
    Delete(CommentKey),
    /// Takes a deletion back.
    Undo(CommentKey),
}

/// Sends what an earlier visit left. A door of its part.
#[inline(never)]
pub fn send_unsent(scene: &Scene) {
    show_unsent(scene);
}

/// Shows the outbox, once.
fn show_unsent(scene: &Scene) {
    if let Some((place, owner)) = scene.unsent.0.get()
        && !place.node().has_attribute("data-watched")
        && let Some(owner) = owner.as_ref().and_then(WeakOwner::upgrade)
    {
        place.toggle("data-watched", true);
        owner.with(|| outbox::show(scene, place));
    }
}

/// Does what was pressed. A door of its part.
#[inline(never)]
pub fn act(scene: &Scene, act: Act) {
    show_unsent(scene);
    let discussion = scene.discussion.clone();
    spawn(async move {
        match act {
            Act::Vote(key, vote) => discussion.vote(key, vote).await,
            Act::Rate(stars) => discussion.rate(stars).await,
            Act::Delete(key) => discussion.begin_delete(key),
            Act::Undo(key) => discussion.undo_delete(key),
        }
    });
}

/// Adds to a form all that is needed to send what is written in it. A door of its part.
#[inline(never)]
pub fn open(form: Form) {
    show_unsent(&form.scene);
    let who = Who::new(&form.scene, form.place, form.editing);
    let send = el("button").attr("type", "submit").class("button").part("button");
    let bar = el("div").class("bar").child(send.clone());
    if form.place.is_some() {
        let cancel = el("button").attr("type", "button").attr("data-do", "close").class("plain");
        bar.add(cancel.text(&form.scene.text.say("cancel")));
    }
    form.rest.node().prepend_with_node_1(who.fields.node()).ok();
    tools::add(&form);
    form.rest.add(bar);
    let whole = form.whole.clone();
    let writing = Rc::new(Writing { form, who, send, sending: Cell::new(false) });
    writing.start();
    let (on_submit, on_key) = (writing.clone(), writing);
    let whole = whole.on("submit", move |event| {
        event.prevent_default();
        on_submit.clone().submit();
    });
    let _ = whole.on("keydown", move |event| on_key.key(event.unchecked_ref()));
}

struct Writing {
    form: Form,
    who: Who,
    send: El,
    sending: Cell<bool>,
}

impl Writing {
    /// Fetches what is to be changed, unless a change of it is being written already.
    fn start(self: &Rc<Self>) {
        self.show_sending(false);
        let Form { editing: true, place: Some(key), .. } = self.form else { return };
        if self.form.text().is_empty() {
            let this = self.clone();
            spawn(async move {
                let source = this.form.scene.discussion.source(key).await;
                // What the reader typed while the source was on its way stays.
                if let Some(source) = source.filter(|_| this.form.text().is_empty()) {
                    this.form.set_text(&source);
                }
            });
        }
    }

    fn key(self: &Rc<Self>, event: &KeyboardEvent) {
        // This key belongs to the input method.
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "Enter" if event.ctrl_key() || event.meta_key() => {
                event.prevent_default();
                self.clone().submit();
            }
            "Escape" => {
                if let Some(place) = self.form.place {
                    event.stop_propagation();
                    self.form.scene.discussion.set_open(place, Open::Nothing);
                }
            }
            _ => {}
        }
    }

    fn submit(self: Rc<Self>) {
        if self.sending.get() {
            return;
        }
        let text = self.form.text().trim().to_owned();
        if let Some((words, field)) = self.missing(&text) {
            self.form.trouble.set_text(&words);
            return field.focus();
        }
        let by = self.who.signature();
        self.who.remember(&by);
        self.form.trouble.set_text("");
        self.show_sending(true);
        let uuid = self.key_for(&text, &by);
        let Form { place, editing, .. } = self.form;
        let deed = match (place, editing) {
            (Some(key), true) => Deed::Edit { key, text: text.clone() },
            (parent, _) => Deed::Create { parent, text: text.clone(), by },
        };
        let discussion = self.form.scene.discussion.clone();
        discussion.put_unsent(&uuid, deed);
        // It is kept there now: a draft beside it would be said twice after a reload.
        discussion.keep_draft(place, editing, "");
        spawn(async move {
            let outcome = discussion.send(&uuid).await;
            self.show_sending(false);
            if let Outcome::Refused(trouble) = outcome {
                discussion.keep_draft(place, editing, &self.form.text());
                return self.form.trouble.set_text(&self.form.scene.text.explain(&trouble));
            }
            if outcome == Outcome::Kept {
                discussion.queued();
            }
            // What was typed since it was sent is a new draft.
            if self.form.text().trim() == text {
                self.form.set_text("");
            }
            discussion.sent(place, editing, &text);
        });
    }

    fn missing(&self, text: &str) -> Option<(String, El)> {
        let say = |name| self.form.scene.text.say(name);
        let longest = self.form.scene.discussion.offers(self.form.place).longest;
        let surplus = text.chars().count().saturating_sub(longest);
        if text.is_empty() {
            return Some((say("text-missing"), self.form.field.clone()));
        }
        if longest > 0 && surplus > 0 {
            return Some((
                self.form.scene.text.count("too-long", surplus),
                self.form.field.clone(),
            ));
        }
        let empty =
            |(asked, field): &(Asked, El)| *asked == Asked::Required && value(field).is_empty();
        let named = ["name-missing", "email-missing", "text-missing"];
        let missing = self.who.asked.iter().zip(named).find(|(asked, _)| empty(asked));
        missing.map(|((_, field), name)| (say(name), field.clone()))
    }

    /// The key of a try: the same words by the same name are the same try, also after a reload.
    fn key_for(&self, text: &str, by: &Signature) -> String {
        let words = tried(text, by);
        let kept = self.form.scene.discussion.last_try(self.form.place, self.form.editing);
        let kept = kept.as_deref().and_then(|kept| kept.split_once(' '));
        if let Some((key, _)) = kept.filter(|(_, tried)| *tried == words) {
            return key.to_owned();
        }
        let key = uuid();
        let kept = [&key, " ", &words].concat();
        self.form.scene.discussion.keep_try(self.form.place, self.form.editing, &kept);
        key
    }

    fn show_sending(&self, sending: bool) {
        self.sending.set(sending);
        let name = match (sending, self.form.place, self.form.editing) {
            (true, ..) => "sending",
            (_, _, true) => "send-edit",
            (_, Some(_), _) => "send-reply",
            _ => "send",
        };
        self.send.set_text(&self.form.scene.text.say(name));
        self.send.set("aria-disabled", if sending { "true" } else { "false" });
        self.form.field.toggle("readonly", sending);
    }
}

/// What makes a try the same try.
pub(super) fn tried(text: &str, by: &Signature) -> String {
    [text, "\n", &by.name, "\n", &by.email, "\n", &by.url].concat()
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
