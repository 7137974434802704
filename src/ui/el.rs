//! One kind of node: an element, made with `createElement`, that Leptos can mount.
//!
//! `view!` would turn static markup into `template.innerHTML`, which strict pages forbid, and would
//! make a type for each shape of markup, which costs kilobytes. Reactivity is Leptos' own: effects
//! live as long as the owner they were made under.

use std::any::Any;
use std::pin::Pin;

use js_sys::{JSON, Reflect};
use leptos::prelude::{IntoView, Owner, RenderEffect, on_cleanup};
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
use send_wrapper::SendWrapper;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    CssStyleSheet, CustomEvent, Document, Element, Event, EventTarget, HtmlElement, KeyboardEvent,
    Node, ShadowRoot,
};

thread_local! {
    static DOCUMENT: Option<Document> = web_sys::window().and_then(|window| window.document());
}

const SVG: &str = "http://www.w3.org/2000/svg";

/// An element of the page. Clones are handles to the same one.
#[derive(Clone)]
pub struct El(SendWrapper<Element>);

/// An HTML element by its name.
pub fn el(name: &str) -> El {
    made(|document| document.create_element(name))
}

/// A button with a class and an attribute that says what it does.
pub fn button(class: &str, name: &str, value: &str) -> El {
    el("button").attr("type", "button").class(class).attr(name, value)
}

/// An SVG element by its name.
pub fn svg(name: &str) -> El {
    made(|document| document.create_element_ns(Some(SVG), name))
}

fn made(make: impl FnOnce(&Document) -> Result<Element, JsValue>) -> El {
    let element =
        DOCUMENT.with(|document| document.as_ref().and_then(|document| make(document).ok()));
    El(SendWrapper::new(element.expect("there is a document, and names are our own")))
}

/// The address of the page without its fragment: `#…` alone would be relative to a `<base>`.
pub fn address() -> String {
    let address = DOCUMENT.with(|document| document.as_ref()?.url().ok());
    let address = address.unwrap_or_default();
    address.split('#').next().unwrap_or_default().to_owned()
}

impl El {
    /// An element that is there already.
    pub fn of(element: Element) -> Self {
        Self(SendWrapper::new(element))
    }

    /// A copy with all that is inside; what listens is not copied.
    #[must_use]
    pub fn copy(&self) -> Self {
        let copy = self.0.clone_node_with_deep(true).ok().and_then(|node| node.dyn_into().ok());
        copy.map_or_else(|| self.clone(), Self::of)
    }

    pub fn node(&self) -> &Element {
        &self.0
    }

    pub fn html(&self) -> &HtmlElement {
        self.0.unchecked_ref()
    }

    #[must_use]
    pub fn attr(self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    #[must_use]
    pub fn class(self, names: &str) -> Self {
        self.attr("class", names)
    }

    #[must_use]
    pub fn part(self, name: &str) -> Self {
        self.attr("part", name)
    }

    #[must_use]
    pub fn text(self, text: &str) -> Self {
        self.set_text(text);
        self
    }

    /// Puts a view, of Leptos or ours, after what is inside.
    #[must_use]
    pub fn child(self, view: impl IntoView) -> Self {
        self.add(view);
        self
    }

    pub fn add(&self, view: impl IntoView) {
        view.build().mount(&self.0, None);
    }

    pub fn set(&self, name: &str, value: &str) {
        // Names are our own, so this cannot fail.
        let _ = self.0.set_attribute(name, value);
    }

    /// Sets a boolean attribute, or takes it away.
    pub fn toggle(&self, name: &str, on: bool) {
        let _ = self.0.toggle_attribute_with_force(name, on);
    }

    /// Sets a state of ARIA, which is said in words.
    pub fn state(&self, name: &str, is: bool) {
        self.set(name, if is { "true" } else { "false" });
    }

    pub fn set_text(&self, text: &str) {
        self.0.set_text_content(Some(text));
    }

    pub fn add_text(&self, text: &str) {
        let _ = self.0.append_with_str_1(text);
    }

    pub fn clear(&self) {
        self.0.replace_children_with_node_0();
    }

    pub fn remove(&self) {
        self.0.remove();
    }

    /// The first element inside that fits a selector.
    pub fn find(&self, selector: &str) -> Option<El> {
        self.0.query_selector(selector).ok()?.map(Self::of)
    }

    /// All elements inside that fit a selector.
    pub fn find_all(&self, selector: &str) -> Vec<El> {
        let Ok(found) = self.0.query_selector_all(selector) else { return Vec::new() };
        let nodes = (0..found.length()).filter_map(|place| found.item(place));
        nodes.filter_map(|node| node.dyn_into().ok()).map(Self::of).collect()
    }

    /// The shadow it stands in, once it is in one.
    pub fn shadow(&self) -> Option<ShadowRoot> {
        self.0.get_root_node().dyn_into().ok()
    }

    pub fn focus(&self) {
        let _ = self.html().focus();
    }

    /// Whether the focus is on it or inside it.
    pub fn has_focus(&self) -> bool {
        self.0.matches(":focus-within").unwrap_or(false)
    }

    /// Listens for as long as the present owner lives.
    #[must_use]
    pub fn on(self, event: &'static str, act: impl FnMut(Event) + 'static) -> Self {
        listen(&self.0, event, act);
        self
    }

    /// Runs now, and again whenever a signal it read changes, for as long as the present owner lives.
    #[must_use]
    pub fn bind(self, mut paint: impl FnMut(&El) + 'static) -> Self {
        let el = self.clone();
        effect(move || paint(&el));
        self
    }
}

/// Adds a style sheet to those of a widget.
pub fn adopt(root: &ShadowRoot, sheet: &CssStyleSheet) {
    let sheets = js_sys::Array::from(&root.adopted_style_sheets());
    sheets.push(sheet);
    root.set_adopted_style_sheets(&sheets);
}

/// Adds styles to those of the widget that an element is in.
pub fn dress(inside: &El, styles: &str) {
    if let (Some(root), Ok(sheet)) = (inside.shadow(), CssStyleSheet::new()) {
        let _ = sheet.replace_sync(styles);
        adopt(&root, &sheet);
    }
}

/// Runs now and after each change of what it read, while the present owner lives.
pub fn effect(run: impl FnMut() + 'static) {
    run_effect(Box::new(run));
}

// Behind a box there is one copy of this code; a copy for each closure would weigh kilobytes. The same
// holds for the functions below.
fn run_effect(mut run: Box<dyn FnMut()>) {
    keep(RenderEffect::new(move |_| run()));
}

/// Does something that belongs to an owner: it ends with it.
pub fn under(owner: &Owner, act: &mut dyn FnMut()) {
    owner.with(act);
}

/// Holds something until the present owner goes.
fn keep(what: impl Any) {
    let kept: SendWrapper<Box<dyn Any>> = SendWrapper::new(Box::new(what));
    on_cleanup(move || drop(kept));
}

/// Does work that waits.
pub fn spawn(work: impl Future<Output = ()> + 'static) {
    let work: Pin<Box<dyn Future<Output = ()>>> = Box::pin(work);
    spawn_local(work);
}

type Heard = Closure<dyn FnMut(Event)>;

/// A listener that ends when it is dropped.
struct Listener(EventTarget, &'static str, Heard);

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.0.remove_event_listener_with_callback(self.1, self.2.as_ref().unchecked_ref());
    }
}

/// Listens to an event while the present owner lives.
pub fn listen(target: &EventTarget, event: &'static str, act: impl FnMut(Event) + 'static) {
    hear(target, event, Box::new(act));
}

fn hear(target: &EventTarget, event: &'static str, act: Box<dyn FnMut(Event)>) {
    let act = Closure::wrap(act);
    let _ = target.add_event_listener_with_callback(event, act.as_ref().unchecked_ref());
    keep(Listener(target.clone(), event, act));
}

/// Tells the page of something, as an event (DOM, `CustomEvent`) that leaves the shadow: `detail` is JSON. The
/// event, where there was one, with whether nobody prevented what it is about.
pub fn tell(at: &El, name: &str, detail: &str, cancelable: bool) -> Option<(CustomEvent, bool)> {
    let cancelable = if cancelable { "true" } else { "false" };
    let init = [
        "{\"bubbles\":true,\"composed\":true,\"cancelable\":",
        cancelable,
        ",\"detail\":",
        detail,
        "}",
    ];
    let init = JSON::parse(&init.concat()).ok()?;
    let event = CustomEvent::new_with_event_init_dict(name, init.unchecked_ref()).ok()?;
    let may = at.node().dispatch_event(&event).ok()?;
    Some((event, may))
}

/// The key that was pressed, unless it belongs to an input method: Safari ends a composition first, and marks the
/// key that ended it with the old code 229 only.
pub fn pressed(event: &KeyboardEvent) -> Option<String> {
    if event.is_composing() || event.key_code() == 229 {
        return None;
    }
    // What fills forms in makes such events without a key.
    member(event, "key")?.as_string()
}

/// The element an event is about.
pub fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// A member of a value of the page.
pub fn member(from: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(from, &JsValue::from_str(name)).ok().filter(|found| !found.is_undefined())
}

/// Runs once, after so many milliseconds.
pub fn after(milliseconds: i32, act: impl FnOnce() + 'static) {
    run_after(milliseconds, Box::new(act));
}

fn run_after(milliseconds: i32, act: Box<dyn FnOnce()>) {
    if let Some(window) = web_sys::window() {
        let act = Closure::once_into_js(act);
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(
            act.unchecked_ref(),
            milliseconds,
        );
    }
}

/// A clock that stops when it is dropped.
struct Clock(i32, #[expect(dead_code, reason = "held to be dropped")] Closure<dyn FnMut()>);

impl Drop for Clock {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            window.clear_interval_with_handle(self.0);
        }
    }
}

/// Runs every so many milliseconds while the present owner lives.
pub fn every(milliseconds: i32, act: impl FnMut() + 'static) {
    let Some(window) = web_sys::window() else { return };
    let act = Closure::<dyn FnMut()>::new(act);
    let id = window.set_interval_with_callback_and_timeout_and_arguments_0(
        act.as_ref().unchecked_ref(),
        milliseconds,
    );
    if let Ok(id) = id {
        keep(Clock(id, act));
    }
}

impl Render for El {
    type State = Self;

    fn build(self) -> Self {
        self
    }

    fn rebuild(self, state: &mut Self) {
        let _ = state.0.replace_with_with_node_1(&self.0);
        *state = self;
    }
}

impl Mountable for El {
    fn unmount(&mut self) {
        self.0.remove();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        let _ = parent.insert_before(&self.0, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let Some(parent) = self.0.parent_element() else { return false };
        child.mount(&parent, Some(&self.0));
        true
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.node().clone()]
    }
}

leptos::tachys::no_attrs!(El);

/// Leptos asks every view for this, also where nothing is rendered on a server.
impl RenderHtml for El {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Self {
        self
    }

    fn into_owned(self) -> Self {
        self
    }
}
