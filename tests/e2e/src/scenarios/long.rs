//! A discussion so long that it comes in large chunks.

use anyhow::{Result, ensure};
use serde_json::json;

use super::common::{card, follows, page, unharmed, visit};
use super::finding::order;
use crate::{Ask, Page, Reply, Running, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("long_only_what_is_near", only_what_is_near),
    ("long_everything_is_reached", everything_is_reached),
    ("long_deep_replies_do_not_stretch", deep_replies_do_not_stretch),
    ("long_past_what_a_browser_lays_out", past_what_a_browser_lays_out),
];

/// Comments in the order they were written, each some minutes after the one before; every `answers`-th begins a
/// thread that the others answer.
fn discussion(world: &World, count: usize, answers: usize) -> Result<Running> {
    let profile = json!({
        "profile": "long", "version": 1,
        "list": { "href": "/comments", "items": "#", "nesting": { "parent": "/to" } },
        "comment": { "id": "/id", "text": "/text", "dateCreated": "/at" }
    });
    let comments: Vec<_> = (0..count)
        .map(|number| {
            let first = number - number % answers;
            json!({
                "id": number, "to": (first != number).then_some(first), "text": format!("comment {number}."),
                "at": format!("2026-01-{:02}T{:02}:{:02}:00Z", 1 + number / 1_440, number / 60 % 24, number % 60),
            })
        })
        .collect();
    let route = move |ask: &Ask| match ask.path.as_str() {
        "/long.json" => Some(Reply::json(200, &profile)),
        "/comments" => Some(Reply::json(200, &json!(comments))),
        _ => None,
    };
    let tag = "<jaw-jaw endpoint=/ article=a profile=/long.json sort=oldest></jaw-jaw>";
    world.site().page("/", &page(tag)).route(route).start()
}

/// A page that shows the beginning of such a discussion.
fn opened(world: &World, count: usize, answers: usize) -> Result<(Page, Running)> {
    let site = discussion(world, count, answers)?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    page.wait(&format!("!!{}", card("comment 0.")))?;
    Ok((page, site))
}

/// How many elements the list consists of, however deep.
const LISTS: &str = "deepAll('jaw-jaw', '[data-chunk]').length";
const SHOWN: &str = "deepAll('jaw-jaw', 'article').length";

/// Goes to one end of the page and waits for a comment.
fn goes(page: &Page, to: &str, words: &str) -> Result<()> {
    page.wait(&format!("(scrollTo(0, {to}), !!{})", card(words))).map(drop)
}

fn only_what_is_near(world: &World) -> Result<()> {
    // As many threads, and as many replies to one comment.
    for answers in [1, 3_000] {
        only_what_is_near_of(world, answers)?;
    }
    Ok(())
}

fn only_what_is_near_of(world: &World, answers: usize) -> Result<()> {
    let (page, _site) = opened(world, 3_000, answers)?;
    for (to, words) in [
        ("document.documentElement.scrollHeight", "comment 2999."),
        ("0", "comment 0."),
        ("document.documentElement.scrollHeight / 2", "comment 1500."),
    ] {
        goes(&page, to, words)?;
        let few = page.eval(&format!("[{LISTS} < 250, {SHOWN} < 500]"))?;
        ensure!(
            few == json!([true, true]),
            "at {words}: {}",
            page.eval(&format!("[{LISTS}, {SHOWN}]"))?
        );
    }
    let order =
        "deepAll('jaw-jaw', 'article .words').map((one) => parseInt(one.textContent.slice(8)))
        .every((number, place, all) => !place || all[place - 1] < number)";
    ensure!(page.eval(order)? == true, "they stand in their order");
    unharmed(&page)
}

/// By its address, by sorting, by the browser's search, and on paper.
fn everything_is_reached(world: &World) -> Result<()> {
    for answers in [1, 1_200] {
        everything_is_reached_of(world, answers)?;
    }
    Ok(())
}

fn everything_is_reached_of(world: &World, answers: usize) -> Result<()> {
    let site = discussion(world, 1_200, answers)?;
    let page = world.page()?;
    visit(&page, &site.url("/#comment-777"))?;
    let named = format!("{}?.matches('[data-named]')", card("comment 777."));
    page.wait(&named)?;
    follows(&page)?;
    if answers == 1 {
        page.click("deep('jaw-jaw', '[data-do=find]')")?;
        page.wait("deep('jaw-jaw', '.order select')")?;
        order(&page, "newest")?;
        goes(&page, "0", "comment 1199.")?;
        goes(&page, "document.documentElement.scrollHeight", "comment 0.")?;
    }
    page.press("Control+f")?;
    let words = "new Set(deepAll('jaw-jaw', '[hidden=until-found], article .words')
        .flatMap((one) => [...one.textContent.matchAll(/comment (\\d+)\\./g)].map(([, number]) => number))).size";
    page.wait(&format!("{words} === 1200"))?;
    let place = "deepAll('jaw-jaw', '[hidden=until-found]').find((one) => one.textContent.includes('comment 640.'))";
    page.eval(&format!(
        "void {place}.dispatchEvent(new Event('beforematch', {{ bubbles: true }}))"
    ))?;
    page.wait(&format!("!!{}", card("comment 640.")))?;
    page.eval("void dispatchEvent(new Event('beforeprint'))")?;
    page.wait(&format!("{SHOWN} === 1200"))?;
    // It stays until it is printed, and no longer.
    for _ in 0..10 {
        page.eval("new Promise(requestAnimationFrame).then(() => 0)")?;
    }
    ensure!(page.eval(SHOWN)? == 1_200, "some of it went before it was printed");
    page.eval("void dispatchEvent(new Event('afterprint'))")?;
    page.wait(&format!("{SHOWN} < 500"))?;
    unharmed(&page)
}

/// Replies that are far away count for what is left of the page by a guess; the guess must not feed on itself.
fn deep_replies_do_not_stretch(world: &World) -> Result<()> {
    let (page, _site) = opened(world, 4_000, 400)?;
    page.click("deep('jaw-jaw', '[data-do=find]')")?;
    let each = "parseInt(deep('jaw-jaw', '.widget').style.getPropertyValue('--each'))";
    page.wait(each)?;
    let (each, real) = (page.eval(each)?, page.eval(
        "deepAll('jaw-jaw', 'article').reduce((sum, one) => sum + one.offsetHeight, 0) / deepAll('jaw-jaw', 'article').length",
    )?);
    let (each, real) = (each.as_f64().unwrap_or(0.0), real.as_f64().unwrap_or(0.0));
    ensure!(real > 20.0 && each < real * 2.0, "a comment of {real} is guessed to be {each}");
    unharmed(&page)
}

/// Past 2^25 pixels Chromium puts everything at one place, and all would be near.
fn past_what_a_browser_lays_out(world: &World) -> Result<()> {
    let (page, _site) = opened(world, 4_000, 1)?;
    page.eval(
        "(() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('.widget { --each: 20000px !important }');
            deep('jaw-jaw').shadowRoot.adoptedStyleSheets.push(sheet) })()",
    )?;
    let height = page.eval("document.documentElement.scrollHeight")?;
    let pixels = height.as_f64().unwrap_or(0.0);
    ensure!((1e7..2e7).contains(&pixels), "it is {height} pixels high");
    goes(&page, "1e9", "comment 3999.")?;
    ensure!(page.eval(&format!("{SHOWN} < 500"))? == true, "all came: {}", page.eval(SHOWN)?);
    unharmed(&page)
}
