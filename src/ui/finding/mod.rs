//! A bar to sort threads and to find words, fetched when it is first asked for ([`Part::Finding`]).
//!
//! [`Part::Finding`]: crate::endpoint::part::Part::Finding

mod highlight;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement, KeyboardEvent};

use crate::domain::comment::CommentKey;
use crate::domain::letters;
use crate::domain::order::Order;
use crate::json::digits;
use crate::state::finding::Index;
use crate::ui::Scene;
use crate::ui::el::{self, El, button, el, spawn};
use crate::ui::writing;

const SENTENCES: &str = include_str!(concat!(env!("OUT_DIR"), "/finding.json"));

/// Puts the bar into its place. A door of its part.
#[inline(never)]
pub fn open(scene: &Scene, whole: &El, place: &El) {
    scene.text.learn(SENTENCES);
    let (field, count) = (field(), el("span").class("quiet").attr("role", "status"));
    let words = el("span").text(&scene.text.say("find"));
    let label = el("label").child(words).child(field.clone());
    let find = el("div").class("find").attr("role", "search").child(label);
    let step = |name: &str, sign: &str| {
        let button = button("plain", "data-step", name);
        button.attr("aria-label", &scene.text.say(name)).text(sign)
    };
    let (before, next) = (step("find-previous", "↑"), step("find-next", "↓"));
    let find = find.child(before.clone()).child(next.clone()).child(count.clone());
    place.add(order(scene));
    place.add(find);
    let search = Rc::new(Search {
        scene: scene.clone(),
        whole: whole.clone(),
        field: field.clone(),
        count,
        found: RefCell::default(),
        index: RefCell::default(),
        at: Cell::new(0),
    });
    let (typed, pressed, back, forth) = (search.clone(), search.clone(), search.clone(), search);
    let field = field.on("input", move |_| typed.look());
    let field = field.on("keydown", move |event| {
        let event: &KeyboardEvent = event.unchecked_ref();
        if el::pressed(event).as_deref() == Some("Enter") {
            event.prevent_default();
            pressed.step(!event.shift_key(), false);
        }
    });
    let _ = before.on("click", move |_| back.step(false, true));
    let _ = next.on("click", move |_| forth.step(true, true));
    field.focus();
}

fn field() -> El {
    el("input").attr("type", "search").attr("dir", "auto").part("input")
}

/// The choice of an order.
fn order(scene: &Scene) -> El {
    let select = el("select").part("input");
    let option = |value: &str, name: &str| {
        let words = scene.text.say(name);
        select.add(el("option").attr("value", value).text(&words));
    };
    option("", "order-own");
    for (_, word) in Order::ALL {
        option(word, &["order-", word].concat());
    }
    let discussion = scene.discussion.clone();
    let select = select.on("change", move |event| {
        let Some(target) = event.target() else { return };
        let word = target.unchecked_into::<HtmlSelectElement>().value();
        let discussion = discussion.clone();
        spawn(async move { discussion.order_by(Order::named(&word)).await });
    });
    let words = el("span").text(&scene.text.say("order"));
    el("label").class("order").child(words).child(select)
}

struct Search {
    scene: Scene,
    whole: El,
    field: El,
    count: El,
    found: RefCell<Vec<CommentKey>>,
    index: RefCell<Index>,
    at: Cell<usize>,
}

impl Search {
    fn words(&self) -> String {
        self.field.node().unchecked_ref::<HtmlInputElement>().value()
    }

    fn look(&self) {
        *self.found.borrow_mut() =
            self.scene.discussion.find(&self.words(), &mut self.index.borrow_mut());
        self.at.set(0);
        self.show(false);
    }

    fn step(&self, forth: bool, focus: bool) {
        let count = self.found.borrow().len();
        if count > 0 {
            let step = if forth { 1 } else { count - 1 };
            self.at.set((self.at.get() + step) % count);
        }
        self.show(focus);
    }

    /// Goes to the match, and says which of how many it is.
    fn show(&self, focus: bool) {
        let (found, text) = (self.found.borrow(), &self.scene.text);
        let words = self.words();
        let said = if words.trim().is_empty() {
            String::new()
        } else if found.is_empty() {
            text.say("find-nothing")
        } else {
            let at = text.number(&digits(self.at.get() as u64 + 1));
            letters::replace(&text.count("find-at", found.len()), "{at}", &at)
        };
        self.count.set_text(&said);
        let Some(key) = found.get(self.at.get()) else { return highlight::clear() };
        self.scene.discussion.unfold(*key);
        let (scene, whole, key) = (self.scene.clone(), self.whole.clone(), *key);
        let field = self.field.clone();
        // After what was folded is on the page.
        el::after(0, move || {
            let Some(card) = writing::bring(&scene, &whole, key, true) else { return };
            highlight::mark(&card, &words);
            if focus { card.focus() } else { field.focus() }
        });
    }
}
