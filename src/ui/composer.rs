//! Where one types: a comment, a reply, or a change of one's own. What sends it comes when the reader
//! turns to it ([`crate::ui::writing`]); what is typed is kept from the first letter.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::reactive::owner::WeakOwner;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use crate::domain::comment::CommentKey;
use crate::endpoint::part::{Part, need};
use crate::ui::Scene;
use crate::ui::el::{El, el, spawn, under};
use crate::ui::writing;

/// A form to write in. `place` is the comment replied to or, when `editing`, changed.
#[derive(Clone)]
pub struct Form {
    pub scene: Scene,
    pub place: Option<CommentKey>,
    pub editing: bool,
    pub whole: El,
    pub field: El,
    /// What shows once the reader has turned to it.
    pub rest: El,
    /// What went wrong, in a sentence.
    pub trouble: El,
}

/// A form with nothing but its field, and what was being written in it.
#[component]
pub fn Composer(scene: Scene, place: Option<CommentKey>, editing: bool) -> El {
    let field =
        el("textarea").attr("rows", if place.is_some() { "3" } else { "2" }).attr("dir", "auto");
    let field = field.part("textarea");
    let label = el("label").child(el("span").text(&name(&scene, place, editing)));
    let trouble = el("p").class("trouble").attr("role", "alert");
    let rest = el("div").class("rest").child(trouble.clone());
    let whole = el("form").class("composer").part("composer").attr("novalidate", "");
    let whole = whole.child(label.child(field.clone())).child(rest.clone());
    let form = Form { scene, place, editing, whole, field, rest, trouble };
    let opening = Rc::new(Opening {
        form: form.clone(),
        asked: Cell::new(false),
        owner: Owner::current().map(|owner| owner.downgrade()),
    });
    if let Some(draft) = form.scene.discussion.draft(place, editing) {
        form.set_text(&draft);
        opening.clone().open();
    }
    let (turned, typed, kept) = (opening.clone(), opening, form.clone());
    let _ = form.field.on("input", move |_| {
        kept.keep();
        typed.clone().open();
    });
    // Once open it stays open: closing when the focus goes would move what is just being pressed.
    form.whole.on("focusin", move |_| {
        turned.form.whole.toggle("data-open", true);
        turned.clone().open();
    })
}

/// A form that has yet to get what sends it.
struct Opening {
    form: Form,
    asked: Cell<bool>,
    /// Weak: the owner holds the listeners, and must not be held by them.
    owner: Option<WeakOwner>,
}

impl Opening {
    fn open(self: Rc<Self>) {
        if self.asked.replace(true) {
            return;
        }
        spawn(async move {
            match need(Part::Writing).await {
                Ok(()) => {
                    self.form.trouble.set_text("");
                    // The form may be gone by now.
                    if let Some(owner) = self.owner.as_ref().and_then(WeakOwner::upgrade) {
                        under(&owner, &mut || writing::open(self.form.clone()));
                    }
                }
                Err(trouble) => {
                    self.form.trouble.set_text(&self.form.scene.text.explain(&trouble));
                    self.asked.set(false);
                }
            }
        });
    }
}

impl Form {
    pub fn text(&self) -> String {
        self.field.node().unchecked_ref::<HtmlTextAreaElement>().value()
    }

    pub fn set_text(&self, text: &str) {
        self.field.node().unchecked_ref::<HtmlTextAreaElement>().set_value(text);
        self.field.toggle("data-written", !text.is_empty());
    }

    /// What something in this form is called: a page may show several forms at a time.
    pub fn named(&self, what: &str) -> String {
        let name = name(&self.scene, self.place, self.editing);
        [&self.scene.text.say(what), ": ", &name].concat()
    }

    /// Keeps what is in the field as its draft.
    pub fn keep(&self) {
        let text = self.text();
        self.field.toggle("data-written", !text.is_empty());
        self.scene.discussion.keep_draft(self.place, self.editing, &text);
    }
}

/// What stands over the field.
fn name(scene: &Scene, place: Option<CommentKey>, editing: bool) -> String {
    let Some(place) = place else { return scene.text.say("write") };
    if editing {
        return scene.text.say("write-edit");
    }
    let name = scene.discussion.peek(place).map(|comment| comment.author.name).unwrap_or_default();
    scene.text.fill("write-reply", &scene.text.called(&name))
}
