//! A whole visit without a pointer: where the focus goes, and what is said of it. Nothing is ever lost to
//! the page's body.

use anyhow::{Result, ensure};

use super::common::{blog, button, card, follows, post, unharmed, visit};
use crate::{Page, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[("a11y_keyboard", keyboard)];

const AT: &str = "deep('jaw-jaw').shadowRoot.activeElement";

/// Whether the focus is on what fits a selector, as JavaScript.
fn fitting(fits: &str) -> String {
    format!("({AT}?.matches({fits:?}) ?? false)")
}

/// Presses Tab until the focus is on what fits a selector, from before the widget's first stop.
fn tab_to(page: &Page, fits: &str) -> Result<()> {
    page.eval("document.querySelector('h1').focus()")?;
    tab_on(page, &fitting(fits))
}

/// The same for the button of a comment.
fn tab_to_button(page: &Page, comment: &str, verb: &str) -> Result<()> {
    page.wait(&button(comment, verb))?;
    page.eval("document.querySelector('h1').focus()")?;
    tab_on(page, &format!("{AT} !== null && {AT} === {}", button(comment, verb)))
}

/// Presses Tab from where the focus is until it is as wanted.
fn tab_on(page: &Page, wanted: &str) -> Result<()> {
    for _ in 0..600 {
        page.press("Tab")?;
        if page.eval(wanted)? == true {
            return Ok(());
        }
        if page.eval(&fitting(".write textarea"))? == true {
            // The rest of a form comes when the reader turns to it.
            page.wait("deep('jaw-jaw', '.write button[type=submit]')")?;
        }
    }
    anyhow::bail!("{wanted} is not reached by Tab")
}

fn focus_is(page: &Page, fits: &str) -> Result<()> {
    page.wait(&fitting(fits)).map(drop)
}

fn said(page: &Page, words: &str) -> Result<()> {
    let told = "deepAll('jaw-jaw', '[role=status]').some((one) => one.textContent.includes(";
    page.wait(&format!("{told}{words:?}))")).map(drop)
}

fn keyboard(world: &World) -> Result<()> {
    let blog = blog(world)?;
    for number in 0..55 {
        post(&blog.native, &format!("said {number}."), None, "Eve")?;
    }
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    page.eval(
        "void (document.querySelector('main').insertAdjacentElement('afterbegin', Object.assign(
            document.createElement('h1'), { tabIndex: -1, textContent: 'An article' })),
            globalThis.lost = [], document.addEventListener('focusout', (event) => {
                const from = event.composedPath()[0].outerHTML;
                const look = () => document.activeElement === document.body && lost.push(from);
                requestAnimationFrame(() => requestAnimationFrame(look)); }))",
    )?;
    // Rated: the focus stays on what was chosen.
    tab_to(&page, ".give input")?;
    page.press("ArrowRight")?;
    page.press("ArrowRight")?;
    said(&page, "You rated this")?;
    focus_is(&page, ".give input:checked")?;
    // A reply: begun, put off, gone on with, sent.
    tab_to_button(&page, "said 3.", "reply")?;
    page.press("Enter")?;
    focus_is(&page, ".opened textarea")?;
    let label = page.text(&format!("{AT}.labels[0].textContent"))?;
    ensure!(label.contains("Eve"), "{label}");
    page.type_text("a thought")?;
    page.wait("deep('jaw-jaw', '.opened button[type=submit]')")?;
    page.press("Escape")?;
    page.wait(&format!("{AT} === {}", button("said 3.", "reply")))?;
    page.press("Enter")?;
    focus_is(&page, ".opened textarea")?;
    page.wait(&format!("{AT}.value === 'a thought'"))?;
    // Refused: it says why, and the focus goes to what is to be mended.
    page.press("Control+Enter")?;
    focus_is(&page, ".opened input[autocomplete=name]")?;
    page.wait("deep('jaw-jaw', '.opened .trouble').textContent !== ''")?;
    page.type_text("Ada")?;
    tab_on(&page, &fitting(".opened button[type=submit]"))?;
    page.press("Enter")?;
    page.wait(&format!("{AT} === {}", card("a thought")))?;
    said(&page, "Your comment was posted.")?;
    // Edited.
    tab_to_button(&page, "a thought", "edit")?;
    page.press("Enter")?;
    focus_is(&page, ".opened textarea")?;
    page.wait(&format!("{AT}.value === 'a thought'"))?;
    page.type_text(", changed")?;
    page.press("Control+Enter")?;
    said(&page, "Your comment was changed.")?;
    page.wait(&card("a thought, changed"))?;
    page.wait(&format!("{AT}?.closest('article') === {}", card("a thought, changed")))?;
    // Folded and unfolded: the focus stays.
    tab_to_button(&page, "said 3.", "fold")?;
    for folded in ["false", "true"] {
        page.press("Space")?;
        page.wait(&format!("{AT}?.dataset.do === 'fold' && {AT}.ariaExpanded === '{folded}'"))?;
    }
    // Sorted and found: the focus stays on what sorts and finds.
    tab_to(&page, "[data-do=find]")?;
    page.press("Enter")?;
    focus_is(&page, ".find input")?;
    page.type_text("said 7.")?;
    page.wait("deep('jaw-jaw', '.find [role=status]').textContent === '1 of 1'")?;
    focus_is(&page, ".find input")?;
    tab_to(&page, ".order select")?;
    page.press("ArrowDown")?;
    page.wait("deep('jaw-jaw', '.order select').value === 'newest'")?;
    page.wait("deep('jaw-jaw', '.threads article .words').textContent.includes('said 54.')")?;
    focus_is(&page, ".order select")?;
    // What others say meanwhile moves nothing.
    follows(&page)?;
    post(&blog.native, "while you were here", None, "Bob")?;
    page.wait("!deep('jaw-jaw', '.arrived button').hidden")?;
    focus_is(&page, ".order select")?;
    tab_to(&page, ".arrived button")?;
    page.press("Enter")?;
    page.wait(&format!("{AT}?.matches('article') && {AT}.textContent.includes('while you were')"))?;
    // Read on: to the first that is new.
    tab_to(&page, "[data-do=more]")?;
    page.press("Enter")?;
    said(&page, "more comment")?;
    page.wait(&format!("{AT}?.matches('article')"))?;
    // Deleted, taken back, deleted.
    tab_to_button(&page, "a thought, changed", "delete")?;
    page.press("Enter")?;
    focus_is(&page, "[data-do=undo]")?;
    page.press("Enter")?;
    page.wait(&format!("!{}.querySelector('.words').hidden", card("a thought, changed")))?;
    page.wait(&format!("{AT}?.closest('article') === {}", card("a thought, changed")))?;
    tab_to_button(&page, "a thought, changed", "delete")?;
    page.press("Enter")?;
    said(&page, "Your comment was deleted.")?;
    focus_is(&page, "article, h2")?;
    let lost = page.eval("lost")?;
    ensure!(lost == serde_json::json!([]), "the focus was lost from {lost}");
    unharmed(&page)
}
