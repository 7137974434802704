//! Names of those who write here, offered after an `@`. After the ARIA Authoring Practices' pattern for
//! a list that completes what is typed: the focus stays in the field.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::JsString;
use wasm_bindgen::JsCast;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};

use crate::domain::letters::parts;
use crate::domain::marking::mentioned;
use crate::json::digits;
use crate::ui::composer::Form;
use crate::ui::el::{El, el, pressed, target};
use crate::ui::writing::tools::{before_caret, insert};

/// So many names are offered at a time.
const MOST: usize = 5;

struct Mention {
    form: Form,
    list: El,
    /// Names that are offered, and where in the field the present one begins (UTF-16).
    offered: RefCell<Vec<(String, El)>>,
    start: Cell<u32>,
    chosen: Cell<usize>,
}

/// Offers names in a form.
pub(super) fn add(form: &Form) {
    let list = el("ul").class("people").attr("role", "listbox").attr("hidden", "");
    let list = list.attr("aria-label", &form.scene.text.say("people"));
    let place = form.place.map(|key| form.scene.discussion.fragment(key)).unwrap_or_default();
    let id = ["people-", &place].concat();
    list.set("id", &id);
    let _ = form.rest.node().prepend_with_node_1(list.node());
    form.field.set("aria-autocomplete", "list");
    form.field.set("aria-controls", &id);
    let mention = Rc::new(Mention {
        form: form.clone(),
        list,
        offered: RefCell::default(),
        start: Cell::new(0),
        chosen: Cell::new(0),
    });
    let (typed, pressed, left, clicked) =
        (mention.clone(), mention.clone(), mention.clone(), mention.clone());
    let field = form.field.clone().on("input", move |_| typed.offer());
    let field = field.on("keydown", move |event| pressed.key(event.unchecked_ref()));
    let _ = field.on("blur", move |_| left.close());
    // Before the focus would go.
    let _ = mention.list.clone().on("mousedown", move |event| {
        event.prevent_default();
        let target = target(&event);
        let offered = clicked.offered.borrow();
        let place = offered.iter().position(|(_, row)| Some(row.node()) == target.as_ref());
        drop(offered);
        if let Some(place) = place {
            clicked.take(place);
        }
    });
}

impl Mention {
    fn offer(&self) {
        let (before, caret) = before_caret(&self.form.field);
        let Some(begun) = mentioned(&before) else { return self.close() };
        let lower = |text: &str| String::from(JsString::from(text).to_lower_case());
        let (begun, typed) = (lower(begun), begun);
        let people = self.form.scene.discussion.people(self.form.place);
        let fits = |name: &String| {
            let name = lower(name);
            let begins = |word: &str| word.starts_with(&begun);
            name != begun && (begins(&name) || parts(&name, " ").any(begins))
        };
        self.close();
        let names: Vec<String> = people.into_iter().filter(fits).take(MOST).collect();
        if names.is_empty() {
            return;
        }
        let length = u32::try_from(typed.encode_utf16().count()).unwrap_or(0);
        self.start.set(caret.saturating_sub(length));
        let id = self.list.node().id();
        for (place, name) in names.into_iter().enumerate() {
            let row = el("li").attr("role", "option").attr("dir", "auto").text(&name);
            row.set("id", &[&id, "-", &digits(place as u64)].concat());
            self.list.add(row.clone());
            self.offered.borrow_mut().push((name, row));
        }
        self.list.toggle("hidden", false);
        self.choose(0);
    }

    fn choose(&self, chosen: usize) {
        self.chosen.set(chosen);
        for (place, (_, row)) in self.offered.borrow().iter().enumerate() {
            row.state("aria-selected", place == chosen);
            if place == chosen {
                self.form.field.set("aria-activedescendant", &row.node().id());
            }
        }
    }

    fn close(&self) {
        self.list.toggle("hidden", true);
        self.list.clear();
        self.offered.borrow_mut().clear();
        let _ = self.form.field.node().remove_attribute("aria-activedescendant");
    }

    fn key(&self, event: &KeyboardEvent) {
        let count = self.offered.borrow().len();
        if count == 0 || event.ctrl_key() || event.meta_key() {
            return;
        }
        match pressed(event).unwrap_or_default().as_str() {
            "ArrowDown" => self.choose((self.chosen.get() + 1) % count),
            "ArrowUp" => self.choose((self.chosen.get() + count - 1) % count),
            "Enter" | "Tab" => self.take(self.chosen.get()),
            "Escape" => self.close(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }

    fn take(&self, place: usize) {
        let name = self.offered.borrow().get(place).map(|(name, _)| name.clone());
        let Some(name) = name else { return };
        let field: &HtmlTextAreaElement = self.form.field.node().unchecked_ref();
        let end = field.selection_end().ok().flatten().unwrap_or(0);
        insert(&self.form.field, self.start.get(), end, &[&name, " "].concat());
        self.close();
    }
}
