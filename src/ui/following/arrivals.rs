//! What others write while somebody reads: listened to where the service tells it, looked for where it does
//! not. New comments wait behind a button; nothing that is being read moves.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use leptos::prelude::{ArcRwSignal, Get, Update, on_cleanup};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, EventTarget, MessageEvent};

use crate::domain::comment::Standing;
use crate::endpoint::Placed;
use crate::endpoint::part::{Part, need};
use crate::ui::Scene;
use crate::ui::el::{El, after, effect, el, listen, spawn};
use crate::ui::writing;

/// Where nothing changes, looks become rarer, up to so many seconds between them.
const RAREST: u32 = 300;

/// Follows all services of a discussion while the page is seen and the present owner lives.
pub(super) fn watch(scene: &Scene, whole: &El) {
    let waiting = ArcRwSignal::new(Vec::new());
    offer(scene, whole, waiting.clone());
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let ears: Vec<Rc<Ear>> = scene
        .discussion
        .followed()
        .into_iter()
        .enumerate()
        .map(|(number, (events, every))| {
            Rc::new(Ear {
                scene: scene.clone(),
                waiting: waiting.clone(),
                number,
                events,
                every,
                pause: Cell::new(every.unwrap_or(RAREST)),
                turn: Cell::new(0),
                stream: RefCell::default(),
                looking: Cell::default(),
                again: Cell::default(),
            })
        })
        .collect();
    if !document.hidden() {
        ears.iter().for_each(Ear::open);
    }
    let (seen, page) = (ears.clone(), document.clone());
    listen(&document, "visibilitychange", move |_| {
        for ear in &seen {
            if page.hidden() {
                ear.close();
            } else {
                ear.open();
                if ear.every.is_some() || ear.events.is_some() {
                    ear.look_now();
                }
            }
        }
    });
    let ears = SendWrapper::new(ears);
    on_cleanup(move || ears.iter().for_each(|ear| ear.close()));
}

/// The button that new comments wait behind.
fn offer(scene: &Scene, whole: &El, waiting: ArcRwSignal<Vec<Placed>>) {
    let button = el("button").attr("type", "button").class("button").part("button");
    // It takes no room: what is being read must not move.
    let place = el("div").class("arrived").child(button.clone().attr("hidden", ""));
    let Some(list) = whole.find(":scope > .list") else { return };
    let Some(status) = whole.find(":scope > .unseen") else { return };
    let _ = list.node().before_with_node_1(place.node());
    let shown = scene.clone();
    let (news, words) = (waiting.clone(), button.clone());
    effect(move || {
        let waiting = news.get();
        // Tracks what is listed; and what is on its way may be one of these.
        let _ = shown.discussion.count();
        let count =
            if shown.discussion.is_posting() { 0 } else { shown.discussion.still_new(&waiting) };
        words.toggle("hidden", count == 0);
        let said = if count == 0 { String::new() } else { shown.text.count("arrived", count) };
        words.set_text(&said);
        if count > 0 {
            status.set_text(&said);
        }
    });
    let scene = scene.clone();
    let _ = button.on("click", move |_| {
        let (scene, waiting) = (scene.clone(), waiting.clone());
        spawn(async move {
            // It says what happened, and moves the focus there.
            if let Err(trouble) = need(Part::Writing).await {
                return scene.discussion.undone(trouble);
            }
            writing::begin(&scene);
            let mut placed = Vec::new();
            waiting.update(|waiting| placed = std::mem::take(waiting));
            scene.discussion.show_new(placed);
        });
    });
}

/// Streams of one page. Browsers give a server six connections in all, and votes need one too.
const STREAMS_MOST: u32 = 2;

thread_local! {
    static STREAMS: Cell<u32> = const { Cell::new(0) };
}

/// Follows one service.
struct Ear {
    scene: Scene,
    waiting: ArcRwSignal<Vec<Placed>>,
    number: usize,
    events: Option<String>,
    every: Option<u32>,
    /// Seconds until the next look.
    pause: Cell<u32>,
    /// Counts openings, so that a clock of an earlier one does nothing.
    turn: Cell<u32>,
    stream: RefCell<Option<Stream>>,
    looking: Cell<bool>,
    again: Cell<bool>,
}

/// Open until it is dropped.
struct Stream(EventSource, #[expect(dead_code, reason = "held to be dropped")] [Heard; 3]);

type Heard = Closure<dyn FnMut(Event)>;

impl Drop for Stream {
    fn drop(&mut self) {
        self.0.set_onopen(None);
        self.0.set_onmessage(None);
        self.0.set_onerror(None);
        self.0.close();
        STREAMS.set(STREAMS.get() - 1);
    }
}

impl Ear {
    fn open(self: &Rc<Self>) {
        self.close();
        match self.events.as_deref().and_then(|address| self.listen_to(address)) {
            Some(stream) => *self.stream.borrow_mut() = Some(stream),
            None => self.look_later(),
        }
    }

    fn close(&self) {
        self.turn.set(self.turn.get() + 1);
        self.again.set(false);
        self.stream.take();
    }

    fn listen_to(self: &Rc<Self>, address: &str) -> Option<Stream> {
        if STREAMS.get() >= STREAMS_MOST {
            return None;
        }
        let source = EventSource::new(address).ok()?;
        STREAMS.set(STREAMS.get() + 1);
        let heard = |act: fn(&Rc<Self>, &Event)| {
            let ear: Weak<Self> = Rc::downgrade(self);
            Heard::new(move |event: Event| {
                if let Some(ear) = ear.upgrade() {
                    act(&ear, &event);
                }
            })
        };
        let opened = Cell::new(false);
        let ear = Rc::downgrade(self);
        let open = Heard::new(move |_| {
            // What happened while the line was down is looked for.
            if let Some(ear) = ear.upgrade().filter(|_| opened.replace(true)) {
                ear.look_now();
            }
        });
        let message = heard(|ear, event| {
            let data = event.unchecked_ref::<MessageEvent>().data().as_string();
            match ear.scene.discussion.hear(ear.number, &data.unwrap_or_default()) {
                Ok(placed) => ear.add(placed.into_iter().collect()),
                Err(_) => ear.look_now(),
            }
        });
        let error = heard(|ear, event| {
            // The browser tries again by itself, unless the service said no.
            let source = event.target().map(EventTarget::unchecked_into::<EventSource>);
            if source.is_some_and(|source| source.ready_state() == EventSource::CLOSED) {
                let ear = ear.clone();
                // Not while its own listener runs.
                after(0, move || {
                    ear.close();
                    ear.look_later();
                });
            }
        });
        source.set_onopen(Some(open.as_ref().unchecked_ref()));
        source.set_onmessage(Some(message.as_ref().unchecked_ref()));
        source.set_onerror(Some(error.as_ref().unchecked_ref()));
        // For whoever was too slow.
        let _ = source.add_event_listener_with_callback("again", open.as_ref().unchecked_ref());
        Some(Stream(source, [open, message, error]))
    }

    /// One look at a time; what happens meanwhile is looked for after it.
    fn look_now(self: &Rc<Self>) {
        if self.looking.replace(true) {
            return self.again.set(true);
        }
        let (ear, turn) = (self.clone(), self.turn.get());
        spawn(async move {
            let found = ear.scene.discussion.catch_up(ear.number).await;
            ear.looking.set(false);
            let usual = ear.every.unwrap_or(RAREST);
            ear.pause.set(match &found {
                Ok(found) if !found.is_empty() => usual,
                _ => (ear.pause.get() * 3 / 2).clamp(usual, RAREST.max(usual)),
            });
            ear.add(found.unwrap_or_default());
            if ear.again.replace(false) {
                ear.look_now();
            } else if turn == ear.turn.get() && ear.stream.borrow().is_none() {
                ear.look_later();
            }
        });
    }

    fn look_later(self: &Rc<Self>) {
        if self.every.is_none() {
            return;
        }
        let turn = self.turn.get() + 1;
        self.turn.set(turn);
        let (ear, pause) = (Rc::downgrade(self), self.pause.get().min(86_400) * 1_000);
        after(pause.cast_signed(), move || {
            if let Some(ear) = ear.upgrade().filter(|ear| ear.turn.get() == turn) {
                ear.look_now();
            }
        });
    }

    fn add(&self, found: Vec<Placed>) {
        if found.is_empty() {
            return;
        }
        self.waiting.update(|waiting| {
            for placed in found {
                // As it is now; one that was taken back meanwhile is not shown at all.
                waiting.retain(|(key, ..)| *key != placed.0);
                if placed.2.standing == Standing::Published {
                    waiting.push(placed);
                }
            }
        });
    }
}
