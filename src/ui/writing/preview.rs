//! Markdown as it will look, under what is being typed.

use std::rc::Rc;

use crate::domain::markdown;
use crate::domain::rich;
use crate::endpoint::part::{Part, need};
use crate::ui::body;
use crate::ui::composer::Form;
use crate::ui::el::{El, button, el, spawn};

/// Adds it to a form, with a button in the toolbar that shows it and hides it.
pub(super) fn add(form: &Form, bar: &El) {
    let text = &form.scene.text;
    let button = button("plain", "data-mark", "preview");
    let button = button.attr("aria-pressed", "false").text(&text.say("preview"));
    let shown = el("div").class("words").attr("dir", "auto");
    let title = el("p").class("quiet").text(&text.say("preview"));
    let whole = el("section").class("preview").part("preview").attr("hidden", "");
    let whole = whole.attr("aria-label", &form.named("preview")).child(title).child(shown.clone());
    let _ = bar.node().after_with_node_1(whole.node());
    let preview = Rc::new(Preview { form: form.clone(), button: button.clone(), whole, shown });
    let typed = preview.clone();
    let _ = form.field.clone().on("input", move |_| typed.paint());
    bar.add(button.attr("tabindex", "-1").on("click", move |_| preview.clone().turn()));
}

struct Preview {
    form: Form,
    button: El,
    whole: El,
    shown: El,
}

impl Preview {
    fn is_on(&self) -> bool {
        !self.whole.node().has_attribute("hidden")
    }

    fn turn(self: Rc<Self>) {
        if self.is_on() {
            self.whole.toggle("hidden", true);
            return self.button.set("aria-pressed", "false");
        }
        spawn(async move {
            let both = [need(Part::Markdown).await, need(Part::Bodies).await];
            match both.into_iter().collect::<Result<(), _>>() {
                Ok(()) => {
                    rich::came();
                    self.whole.toggle("hidden", false);
                    self.button.set("aria-pressed", "true");
                    self.paint();
                }
                Err(trouble) => {
                    self.form.trouble.set_text(&self.form.scene.text.explain(&trouble));
                }
            }
        });
    }

    fn paint(&self) {
        if self.is_on() {
            let scene = &self.form.scene;
            let nodes = markdown::read(&self.form.text(), "");
            body::show_nodes(&scene.text, &scene.images, &self.shown, &nodes);
        }
    }
}
