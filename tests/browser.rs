//! Single parts that only a browser can show.
#![cfg(target_arch = "wasm32")]

use jawjaw::domain::body::{Body, Format};
use jawjaw::domain::time::Time;
use jawjaw::domain::trouble::Trouble;
use jawjaw::state::memory;
use jawjaw::state::writing::uuid;
use jawjaw::text::Text;
use jawjaw::ui::body;
use jawjaw::ui::el::{el, listen};
use leptos::prelude::Owner;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn start() -> Owner {
    // Mounting anything is what starts the executor of effects.
    drop(leptos::mount::mount_to(el("div").html().clone(), || el("p")));
    Owner::new()
}

#[wasm_bindgen_test]
fn a_body_becomes_nodes_and_nothing_else() {
    let place = el("div");
    let html = "<p onclick=x>a <b>b</b> <a href='https://x.example/1' target=_top>x.test</a></p><script>c</script>";
    let body = Body { text: html.to_owned(), format: Format::Html, ..Body::default() };
    body::show(&Text::new("en", &[]), "", &place, &body);
    assert_eq!(
        place.node().outer_html(),
        "<div><p>a <strong>b</strong> <a href=\"https://x.example/1\" rel=\"ugc nofollow noopener noreferrer\" \
         target=\"_blank\">x.test</a><span class=\"host\"> (x.example)</span></p></div>"
    );
}

#[wasm_bindgen_test]
async fn what_was_listened_to_is_silent_when_its_owner_has_gone() {
    let owner = start();
    let button = el("button");
    let pressed = std::rc::Rc::new(std::cell::Cell::new(0));
    owner.with(|| {
        let pressed = pressed.clone();
        listen(button.node(), "click", move |_| pressed.set(pressed.get() + 1));
    });
    button.html().click();
    owner.cleanup();
    button.html().click();
    assert_eq!(pressed.get(), 1);
}

#[wasm_bindgen_test]
fn what_is_kept_can_be_loaded_and_forgotten() {
    memory::keep("test", "words");
    assert_eq!(memory::load("test").as_deref(), Some("words"));
    memory::keep("test", "");
    assert_eq!(memory::load("test"), None);
    memory::keep_for_now("test", "passing");
    assert_eq!(memory::load("test").as_deref(), Some("passing"));
    // More than any storage takes stays in memory.
    let much = "x".repeat(12_000_000);
    memory::keep("test", &much);
    assert_eq!(memory::load("test").map(|kept| kept.len()), Some(much.len()));
    memory::keep("test", "");
}

#[wasm_bindgen_test]
fn sentences_have_plurals_and_numbers_of_their_language() {
    let text = Text::new("en", &[]);
    assert_eq!(text.count("comments", 1), "1 comment");
    assert_eq!(text.count("comments", 1234), "1,234 comments");
    assert_eq!(text.fill("refused", "no"), "The comment server says: no");
    assert_eq!(
        text.explain(&Trouble::TooFast { wait: Some(3) }),
        "That was a bit fast. Try again in 3 seconds."
    );
    for odd in ["", "x", "not a language!", "de-DE-x-y"] {
        assert!(!Text::new(odd, &[]).count("comments", 2).is_empty(), "{odd}");
    }
}

#[wasm_bindgen_test]
fn times_are_said_as_readers_say_them() {
    let text = Text::new("en", &[]);
    let now = Time(1_795_514_400_000);
    let ago = |seconds: i64| text.ago(Time(now.0 - seconds * 1000), now);
    assert_eq!(
        [ago(5), ago(-5), ago(3600), ago(86_400)],
        ["now", "now", "1 hour ago", "yesterday"]
    );
    assert!(text.exact(now).contains("2026"));
}

#[wasm_bindgen_test]
fn keys_are_random() {
    let (first, second) = (uuid(), uuid());
    assert!(first.len() == 32 && first != second, "{first} {second}");
}
