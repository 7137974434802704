//! Takes the colours, and the size of the text, of the page where the widget stands, and follows them (`domain/palette.rs`).

use js_sys::Number;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleDeclaration, Element, EventTarget, ShadowRoot, Window};

use crate::domain::palette::{Palette, Rgb, SHARES, mix};
use crate::json::digits;
use crate::ui::el::{El, el, listen, target};

/// Paints `whole`, the element around the widget, and again when the page's colours change, for as long as the
/// present owner lives.
pub fn follow(whole: &El) {
    let Some(place) = Place::of(whole) else { return };
    place.paint();
    // A switch between light and dark, of the page or of the system, changes the colour of its text, which a
    // transition tells; a tag that was moved or hidden, and is shown, an animation (`style/tokens.css`). A page may
    // change its ground slowly: those around are heard too.
    let own: &EventTarget = whole.node();
    let around: &EventTarget = &place.window;
    for (from, event) in
        [(own, "transitionrun"), (own, "animationstart"), (around, "transitionend")]
    {
        let place = place.clone();
        listen(from, event, move |event| {
            if target(&event).is_some_and(|at| place.stands_in(&at)) {
                place.paint();
            }
        });
    }
}

#[derive(Clone)]
struct Place {
    window: Window,
    host: Element,
    whole: El,
    /// Never shown; the browser reckons colours on it.
    probe: El,
}

impl Place {
    fn of(whole: &El) -> Option<Self> {
        let root = whole.shadow()?;
        let probe = el("i").attr("hidden", "");
        let _ = whole.node().prepend_with_node_1(probe.node());
        Some(Self { window: web_sys::window()?, host: root.host(), whole: whole.clone(), probe })
    }

    /// Whether this is what shows it, or around it.
    fn stands_in(&self, what: &Element) -> bool {
        let mut at = Some(self.whole.node().clone());
        while let Some(element) = at {
            if element == *what {
                return true;
            }
            at = outer(&element);
        }
        false
    }

    fn paint(&self) {
        let paper = self.ground(Some(&self.host));
        let shown = |colour: &str| {
            let (colour, opacity) = self.colour(colour).unwrap_or_default();
            mix(colour, paper, opacity)
        };
        let set = |name: &str, value: &str| {
            let _ = self.whole.html().style().set_property(name, value);
        };
        let text = self.computed(&self.host, "color");
        set("--text", &text);
        // What `rem` is in our sheets (`build.rs`).
        set("--rem", &["max(16px,", &self.computed(&self.host, "font-size"), ")"].concat());
        let own = ["var(--own-accent)", "var(--own-star)", "var(--own-wrong)"].map(shown);
        let made = Palette::of(shown(&text), paper, &own);
        set("--pole", if made.white { "#fff" } else { "#000" });
        set("--washed", if made.washed { "1" } else { "0" });
        for (name, share) in SHARES.iter().zip(made.shares) {
            set(&["--", name, "-share"].concat(), &[&digits(share.into()), "%"].concat());
        }
    }

    /// What is seen through an element: its ground, and where that lets light through, what it stands in.
    fn ground(&self, at: Option<&Element>) -> Rgb {
        let Some(at) = at else {
            return self.colour("Canvas").map_or([1.0; 3], |(canvas, _)| canvas);
        };
        let own = self.colour(&self.computed(at, "background-color"));
        match own.unwrap_or_default() {
            (colour, 1.0) => colour,
            (colour, opacity) => mix(colour, self.ground(outer(at).as_ref()), opacity),
        }
    }

    fn computed(&self, element: &Element, name: &str) -> String {
        let style: Option<CssStyleDeclaration> =
            self.window.get_computed_style(element).ok().flatten();
        style.and_then(|style| style.get_property_value(name).ok()).unwrap_or_default()
    }

    /// A colour, however it is written, with its opacity.
    fn colour(&self, css: &str) -> Option<(Rgb, f32)> {
        // Mixed in sRGB it is written as `color(srgb 1 0 0 / 0.5)`, whatever it was.
        let mixed = ["color-mix(in srgb, ", css, ", ", css, ")"].concat();
        let style = self.probe.html().style();
        style.set_property("color", &mixed).ok()?;
        let found = self.computed(self.probe.node(), "color");
        let mut words = found.split(' ');
        // A part may lie outside of sRGB, or be `none`.
        #[expect(clippy::cast_possible_truncation, reason = "a part of a colour")]
        let number = |word: &str| (Number::parse_float(word) as f32).clamp(0.0, 1.0);
        words.next().filter(|word| *word == "color(srgb")?;
        let mut colour = Rgb::default();
        for part in &mut colour {
            *part = number(words.next()?);
        }
        Some((colour, words.nth(1).map_or(1.0, number)))
    }
}

/// What an element stands in, in the tree that is shown.
fn outer(element: &Element) -> Option<Element> {
    let slot = element.assigned_slot().map(JsValue::from).map(Element::unchecked_from_js);
    let host = || element.get_root_node().dyn_into().ok().map(|root: ShadowRoot| root.host());
    slot.or_else(|| element.parent_element()).or_else(host)
}
