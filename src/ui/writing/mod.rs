//! Everything that answers a press, and that writes: fetched when the reader first comes near it
//! ([`Part::Writing`]).

mod acting;
mod events;
mod mention;
mod outbox;
mod preview;
mod quote;
mod tools;
mod who;

use std::cell::Cell;
use std::rc::Rc;

use leptos::reactive::owner::WeakOwner;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent};

use crate::domain::author::Signature;
use crate::domain::comment::CommentKey;
use crate::domain::offers::Asked;
use crate::domain::permalink;
use crate::domain::trouble::Trouble;
use crate::endpoint::now;
use crate::json::Value;
use crate::state::discussion::{Discussion, Open};
use crate::state::entry::Deed;
use crate::state::news::News;
use crate::state::outbox::Outcome;
use crate::state::writing::uuid;
use crate::text::Text;
use crate::ui::Scene;
use crate::ui::body;
use crate::ui::composer::Form;
use crate::ui::el::{El, after, button, dress, el, pressed, spawn, under};
use crate::ui::widget::hash;
use crate::ui::writing::who::{Who, value};

const SENTENCES: &str = include_str!(concat!(env!("OUT_DIR"), "/writing.json"));
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/writing.css"));

/// Does what is to be done once a widget: brings words and looks, watches what is selected, and sends what
/// an earlier visit left. A door of its part.
#[inline(never)]
pub fn begin(scene: &Scene) {
    if !scene.text.learn(SENTENCES) {
        return;
    }
    if let Some((place, owner)) = scene.unsent.0.get()
        && let Some(owner) = owner.as_ref().and_then(WeakOwner::upgrade)
    {
        dress(place, STYLE);
        if let Ok(Some(whole)) = place.node().closest(".widget") {
            let whole = El::of(whole);
            under(&owner, &mut || acting::watch(scene, &whole));
        }
        under(&owner, &mut || {
            quote::watch(place);
            outbox::show(scene, place);
        });
    }
}

/// Does what a button says. A door of its part.
#[inline(never)]
pub fn press(scene: &Scene, whole: &El, button: &Element) {
    begin(scene);
    acting::press(scene, whole, button);
}

/// Goes on with what an earlier visit left, and to what the address names. A door of its part.
#[inline(never)]
pub fn resume(scene: &Scene) {
    begin(scene);
    scene.discussion.reopen_drafts();
    let discussion = scene.discussion.clone();
    spawn(async move { discussion.seek(&sought()).await });
}

/// Goes to what the address names, now that another service was read. A door of its part.
#[inline(never)]
pub fn seek_again(discussion: &Discussion) {
    let discussion = discussion.clone();
    spawn(async move { discussion.seek_again(&sought()).await });
}

/// Brings a comment into the page and into view; its card. One that was looked for is marked. A door of its
/// part.
#[inline(never)]
pub fn bring(scene: &Scene, whole: &El, key: CommentKey, mark: bool) -> Option<El> {
    acting::bring(scene, whole, key, mark)
}

/// Puts a way back where the words of a comment were, for as long as there is one. A door of its part.
#[inline(never)]
pub fn offer_undo(scene: &Scene, into: &El) {
    acting::offer_undo(scene, into);
}

/// The fragment of the address, where it names nothing that the page itself has.
fn sought() -> String {
    let hash = hash();
    let document = web_sys::window().and_then(|window| window.document());
    let name = hash.get(1..).filter(|_| !permalink::is_one(&hash)).unwrap_or_default();
    let own = document.and_then(|document| document.get_element_by_id(name));
    if own.is_some() { String::new() } else { hash }
}

/// What is said of something, and where the focus goes.
fn told(text: &Text, news: &News) -> (String, Option<CommentKey>) {
    match news {
        News::Posted(key) => (text.say("posted"), Some(*key)),
        News::Held => (text.say("held"), None),
        // The outbox itself is there to be seen.
        News::Queued => (text.say("queued"), None),
        News::Sent => (text.say("sent"), None),
        // It was shown before it was sent; the reader may be anywhere by now.
        News::Edited(_) => (text.say("changed"), None),
        News::Deleted { next, .. } => (text.say("removed"), *next),
        News::Rated(Some(stars)) => (text.count("rated", stars.count().into()), None),
        News::Rated(None) => (text.say("rating-taken-back"), None),
        News::Read(count, first) => (text.count("more-read", *count), Some(*first)),
        News::Named(key) => (String::new(), Some(*key)),
        // The button says it.
        News::Voted(..) => (String::new(), None),
        News::Undone(trouble) => (text.fill("undone", &text.explain(trouble)), None),
    }
}

/// Adds to a form all that is needed to send what is written in it. A door of its part.
#[inline(never)]
pub fn open(form: Form) {
    begin(&form.scene);
    let who = Who::new(&form.scene, form.place, form.editing);
    let send = el("button").attr("type", "submit").class("button").part("button");
    let bar = el("div").class("bar").child(send.clone());
    if form.place.is_some() {
        let cancel = button("plain", "data-do", "close");
        bar.add(cancel.text(&form.scene.text.say("cancel")));
    }
    form.rest.node().prepend_with_node_1(who.fields.node()).ok();
    tools::add(&form);
    form.rest.add(bar);
    let whole = form.whole.clone();
    let writing =
        Rc::new(Writing { form, who, send, sending: Cell::new(false), until: Cell::new(0) });
    writing.start();
    let (on_submit, on_key) = (writing.clone(), writing.clone());
    let submit = move |event: Event| {
        event.prevent_default();
        on_submit.clone().submit();
    };
    // In a sandbox without forms nothing is submitted, but a button is pressed.
    let _ = writing.send.clone().on("click", submit.clone());
    let _ =
        whole.on("submit", submit).on("keydown", move |event| on_key.key(event.unchecked_ref()));
}

impl Form {
    /// Says what went wrong, and offers what helps.
    fn explain(&self, trouble: &Trouble) {
        let text = &self.scene.text;
        self.trouble.set_text(&text.explain(trouble));
        if *trouble == Trouble::SignIn
            && let Some(address) = self.scene.discussion.login(self.place)
        {
            let anchor = el("a").text(&text.say("sign-in"));
            body::link(&anchor, &address);
            self.trouble.add_text(" ");
            self.trouble.add(anchor);
        }
    }
}

struct Writing {
    form: Form,
    who: Who,
    send: El,
    sending: Cell<bool>,
    /// Until then the endpoint takes nothing, in milliseconds since 1970.
    until: Cell<i64>,
}

impl Writing {
    /// Fetches what is to be changed, unless a change of it is being written already.
    fn start(self: &Rc<Self>) {
        self.show_sending(false);
        if let Some(trouble) = self.form.scene.discussion.take_refusal(self.form.place) {
            self.form.explain(&trouble);
        }
        quote::into(&self.form);
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
        match pressed(event).as_deref() {
            Some("Enter") if event.ctrl_key() || event.meta_key() => self.clone().submit(),
            Some("Escape") => {
                let Some(place) = self.form.place else { return };
                self.form.scene.discussion.set_open(place, Open::Nothing);
            }
            _ => return,
        }
        // What did something goes no further (src/start.js).
        event.prevent_default();
    }

    fn submit(self: Rc<Self>) {
        if self.sending.get() || self.wait() > 0 {
            return;
        }
        let text = self.form.text().trim().to_owned();
        if let Some((words, field)) = self.missing(&text) {
            self.form.trouble.set_text(&words);
            return field.focus();
        }
        let by = self.who.signature();
        if let Some(reason) = events::objection(&self.form, &text, &by) {
            self.form.trouble.set_text(&reason);
            return self.form.field.focus();
        }
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
        if let (true, Some(key)) = (editing, place) {
            return self.change(key, text, uuid);
        }
        spawn(async move {
            let outcome = discussion.send(&uuid).await;
            self.show_sending(false);
            if let Outcome::Refused(trouble) = outcome {
                discussion.keep_draft(place, editing, &self.form.text());
                self.form.explain(&trouble);
                if let Trouble::TooFast { wait: Some(wait) } = trouble {
                    self.until.set(now().0 + i64::from(wait) * 1_000);
                    self.count_down();
                }
                return;
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

    /// Shows a change at once, and comes back to it where it is refused.
    fn change(&self, key: CommentKey, text: String, uuid: String) {
        let discussion = self.form.scene.discussion.clone();
        discussion.show_change(key, &text);
        discussion.set_open(key, Open::Nothing);
        spawn(async move {
            match discussion.send(&uuid).await {
                Outcome::Refused(trouble) => {
                    discussion.keep_draft(Some(key), true, &text);
                    discussion.open_refused(key, trouble);
                }
                outcome => {
                    discussion.keep_try(Some(key), true, "");
                    if outcome == Outcome::Kept {
                        discussion.queued();
                    }
                }
            }
        });
    }

    /// Says on the button how long the endpoint asked to wait. The reason has been said: a number that
    /// changes every second must not be read out.
    fn count_down(self: Rc<Self>) {
        let left = self.wait();
        if left <= 0 {
            self.show_sending(false);
            return self.form.trouble.set_text(&self.form.scene.text.say("again-now"));
        }
        let text = &self.form.scene.text;
        let number = text.number(&Value::number((left + 999) / 1_000).write());
        self.send.set_text(&text.fill("again-in", &number));
        self.send.set("aria-disabled", "true");
        after(i32::try_from((left - 1) % 1_000 + 1).unwrap_or(1_000), move || self.count_down());
    }

    /// Milliseconds until the endpoint takes something again.
    fn wait(&self) -> i64 {
        self.until.get() - now().0
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
        self.send.state("aria-disabled", sending);
        self.form.field.toggle("readonly", sending);
    }
}

/// What makes a try the same try.
pub(super) fn tried(text: &str, by: &Signature) -> String {
    [text, "\n", &by.name, "\n", &by.email, "\n", &by.url].concat()
}
