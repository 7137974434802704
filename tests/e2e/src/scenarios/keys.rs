//! Keys: what is typed into the widget, or does something in it, is none of the page's; and what belongs to an input
//! method is nobody's.

use anyhow::{Result, ensure};
use serde_json::json;

use super::common::{native, page, post, tag, unharmed, visit};
use crate::{Native, Page, Running, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("keys_that_type_or_act_stay_inside", type_or_act_stay_inside),
    ("keys_of_the_page_pass", of_the_page_pass),
    ("keys_of_an_input_method_are_left_alone", of_an_input_method_are_left_alone),
    ("keys_that_a_page_hears_first_can_be_told_apart", that_a_page_hears_first_can_be_told_apart),
    ("keys_without_a_name_do_no_harm", without_a_name_do_no_harm),
];

/// Everywhere a page may listen. What was on the window to capture before the widget came cannot be outrun.
const EARS: &str = "<script>window.heard = [];
    for (const type of ['keydown', 'keypress', 'keyup']) {
        const hear = (where) => ({ key }) => heard.push([where, type, key].join(' '));
        for (const [where, at] of Object.entries({ window, document, root: document.documentElement }))
            at.addEventListener(type, hear(where));
        for (const [where, at] of Object.entries({ document, root: document.documentElement }))
            at.addEventListener(type, hear(where + ' first'), true);
        addEventListener('load', () => document.body.addEventListener(type, hear('body first'), true));
    }</script>";

const FIELD: &str = "deep('jaw-jaw', '.write textarea')";

fn begin(world: &World) -> Result<(Native, Running, Page)> {
    let native = native(&[])?;
    for number in 0..6 {
        post(&native, &format!("number {number}"), None, ["Ada Lovelace", "Adele"][number % 2])?;
    }
    let site = world.site().page("/", &page(&[EARS, &tag(&native.url)].concat())).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    page.click("deep('jaw-jaw', '[data-do=find]')")?;
    page.wait("deep('jaw-jaw', '.find input')")?;
    page.fill(FIELD, "some words @ad")?;
    page.wait("deepAll('jaw-jaw', '.people [role=option]').length === 2")?;
    page.wait("deep('jaw-jaw', '.write input[autocomplete=name]')")?;
    Ok((native, site, page))
}

/// Presses keys where the focus is put first; what the page heard of them.
fn heard(page: &Page, at: &str, keys: &[&str]) -> Result<serde_json::Value> {
    page.eval(&format!("void (deep('jaw-jaw', {at:?}).focus(), heard.length = 0)"))?;
    for key in keys {
        page.press(key)?;
    }
    page.eval("heard")
}

/// Where something is typed, and where keys do something.
const INSIDE: &[(&str, &[&str])] = &[
    // First, as names are offered: chosen, and the list put away.
    (".write textarea", &["ArrowDown", "ArrowUp", "Enter"]),
    (
        ".write textarea",
        &[
            "/",
            "s",
            "k",
            "?",
            "Space",
            "Enter",
            "ArrowLeft",
            "ArrowRight",
            "Backspace",
            "Delete",
            "Home",
            "End",
            "PageDown",
            "Shift+G",
            "Control+k",
            "Control+b",
            "Control+a",
            "Control+z",
            "Meta+k",
        ],
    ),
    (".write input[autocomplete=name]", &["/", "s", "ArrowLeft", "Control+k", "Delete"]),
    (".find input", &["/", "n", "Enter", "Control+k"]),
    (".order select", &["o", "ArrowDown", "Space"]),
    (".give input", &["ArrowRight", "Space"]),
    ("[data-mark=bold]", &["ArrowRight"]),
    ("[data-mark=bold]", &["Space", "Enter"]),
    ("article [data-do=fold]", &["Enter", "Space"]),
];

fn type_or_act_stay_inside(world: &World) -> Result<()> {
    let (_native, _site, page) = begin(world)?;
    for (at, keys) in INSIDE {
        let heard = heard(&page, at, keys)?;
        ensure!(heard == json!([]), "{at} {keys:?}: {heard}");
    }
    let text = page.text(&format!("{FIELD}.value"))?;
    ensure!(text.contains("/sk? ") && text.contains("Ad"), "what is typed arrives: {text}");
    // Keys that act: a reply is opened, and closed.
    page.click("deep('jaw-jaw', 'article [data-do=reply]')")?;
    page.wait("deep('jaw-jaw', '.opened button[type=submit]')")?;
    let escape = heard(&page, ".opened textarea", &["Control+Enter", "Escape"])?;
    ensure!(escape == json!([]), "{escape}");
    page.wait("!deep('jaw-jaw', '.opened textarea')")?;
    unharmed(&page)
}

/// What does nothing here: the browser's own keys, Tab, and Escape where nothing is open.
const OUTSIDE: &[(&str, &[&str], &str)] = &[
    (".write textarea", &["Tab"], "Tab"),
    (".write textarea", &["F2"], "F2"),
    (".write textarea", &["Control+f"], "f"),
    (".write textarea", &["Control+p"], "p"),
    (".find input", &["Escape"], "Escape"),
    ("article [data-do=fold]", &["/"], "/"),
    ("article [data-do=fold]", &["ArrowRight"], "ArrowRight"),
    (".give input", &["s"], "s"),
    ("article", &["j"], "j"),
];

fn of_the_page_pass(world: &World) -> Result<()> {
    let (_native, _site, page) = begin(world)?;
    page.press("Escape")?;
    page.wait("deep('jaw-jaw', '.people').hidden")?;
    for (at, keys, key) in OUTSIDE.iter().chain([&(".write textarea", &["Escape"][..], "Escape")]) {
        let heard = heard(&page, at, keys)?;
        for place in ["window", "document", "document first", "root", "body first"] {
            let wanted = format!("{place} keydown {key}");
            let times =
                heard.as_array().into_iter().flatten().filter(|one| **one == wanted).count();
            ensure!(times == 1, "{at} {keys:?}, {wanted} {times} times: {heard}");
        }
    }
    // The page's own fields are its own.
    page.eval("void (document.body.append(Object.assign(document.createElement('input'), { id: 'own' })), own.focus(), heard.length = 0)")?;
    page.press("s")?;
    page.wait("heard.includes('window keyup s') && own.value === 's'")?;
    // A widget that has gone takes nothing with it.
    page.eval("void (window.before = deep('jaw-jaw'), before.remove())")?;
    page.eval("void (heard.length = 0, own.focus())")?;
    page.press("k")?;
    page.wait("heard.includes('document keydown k')")?;
    unharmed(&page)
}

/// How engines mark a key that their input method took: while it composes, and as Safari does after its end.
const ORDERS: &[&str] = &[
    "new KeyboardEvent('keydown', { key, isComposing: true, keyCode: 229, ...more })",
    "new KeyboardEvent('keydown', { key, isComposing: true, ...more })",
    "(field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, composed: true })),
        new KeyboardEvent('keydown', { key, keyCode: 229, ...more }))",
];

fn of_an_input_method_are_left_alone(world: &World) -> Result<()> {
    let (_native, _site, page) = begin(world)?;
    // Whether nobody took the key, and the page did not hear it.
    let left_alone = |at: &str, key: &str, more: &str| -> Result<()> {
        for order in ORDERS {
            let seen = page.eval(&format!(
                "(() => {{ const field = deepAll('jaw-jaw', {at:?}).at(-1), key = {key:?};
                    const more = {{ bubbles: true, composed: true, cancelable: true, {more} }};
                    field.focus(); heard.length = 0;
                    return [field.dispatchEvent({order}), heard.length]; }})()"
            ))?;
            ensure!(seen == json!([true, 0]), "{at} {key} {more} {order}: {seen}");
        }
        Ok(())
    };
    for key in ["Enter", "Tab", "Escape", "ArrowDown"] {
        left_alone(".write textarea", key, "")?;
    }
    ensure!(page.text(&format!("{FIELD}.value"))? == "some words @ad", "no name was taken");
    ensure!(
        page.eval("deepAll('jaw-jaw', '[role=option]').length")? == 2,
        "names are offered still"
    );
    left_alone(".write textarea", "b", "ctrlKey: true")?;
    left_alone(".write textarea", "Enter", "ctrlKey: true")?;
    left_alone(".find input", "Enter", "")?;
    left_alone(".give input", "ArrowRight", "")?;
    page.click("deep('jaw-jaw', 'article [data-do=reply]')")?;
    page.wait("deep('jaw-jaw', '.opened button[type=submit]')")?;
    left_alone(".opened textarea", "Escape", "")?;
    ensure!(
        page.eval("deepAll('jaw-jaw', '.opened textarea').length")? == 1,
        "the reply stays open"
    );
    ensure!(
        page.text(&format!("{FIELD}.value"))? == "some words @ad",
        "nothing was marked or sent"
    );
    unharmed(&page)
}

/// A listener that came first asks what shortcuts ask: where the key goes, and whether one types there.
fn that_a_page_hears_first_can_be_told_apart(world: &World) -> Result<()> {
    const FIRST: &str = "<script>addEventListener('keydown', (event) => {
        const { target, key } = event;
        if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
        (window.took ??= []).push(key); event.preventDefault(); }, true)</script>";
    let native = native(&[])?;
    post(&native, "hello", None, "Ada")?;
    let site = world.site().page("/", &page(&[FIRST, &tag(&native.url)].concat())).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    page.eval(&format!("void {FIELD}.focus()"))?;
    for key in ["a", "/", "s"] {
        page.press(key)?;
    }
    page.wait(&format!("{FIELD}.value === 'a/s'"))?;
    // Where nobody types they are the page's.
    page.eval("void deep('jaw-jaw', 'article [data-do=fold]').focus()")?;
    page.press("j")?;
    page.wait("took.join() === 'j'")?;
    unharmed(&page)
}

/// What fills forms in (browsers, password managers) makes keys that are none, within the shadow or through it. And
/// with `AltGr`, which Windows calls Ctrl and Alt, one types.
fn without_a_name_do_no_harm(world: &World) -> Result<()> {
    let (_native, _site, page) = begin(world)?;
    page.click("deep('jaw-jaw', 'article [data-do=reply]')")?;
    page.wait("deep('jaw-jaw', '.opened button[type=submit]')")?;
    page.eval(
        "(() => { const fields = [...deepAll('jaw-jaw', 'textarea, input, select'), document.body];
            for (const field of fields) for (const type of ['keydown', 'keypress', 'keyup']) for (const composed of [true, false])
                field.dispatchEvent(new Event(type, { bubbles: true, composed })); })()",
    )?;
    ensure!(page.exceptions()?.is_empty(), "{:?}", page.exceptions()?);
    let heard = page.eval(&format!(
        "(heard.length = 0, ['@', '{{', '=', '-', '2', 'd'].forEach((key) => {FIELD}.dispatchEvent(new KeyboardEvent('keydown',
            {{ key, ctrlKey: true, altKey: true, bubbles: true, composed: true, cancelable: true }}))), heard)"
    ))?;
    ensure!(heard == json!([]), "{heard}");
    unharmed(&page)
}
