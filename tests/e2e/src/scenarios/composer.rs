//! What helps while one writes.

use anyhow::{Result, ensure};
use serde_json::json;

use super::common::{blog, page, unharmed, visit, wait_threads};
use crate::{Reply, Site, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("composer_marks_words", marks_words),
    ("composer_counts_what_fits", counts_what_fits),
    ("composer_marks_only_where_it_is_markdown", marks_only_where_it_is_markdown),
];

const FIELD: &str = "deep('jaw-jaw', '.write textarea')";

fn marks_words(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    page.fill(FIELD, "a 😀 kettle sings")?;
    page.wait("deep('jaw-jaw', '.write .marks')")?;
    let is = |text: &str| page.wait(&format!("{FIELD}.value === {}", json!(text))).map(drop);
    page.eval(&format!("{FIELD}.setSelectionRange(5, 11)"))?;
    page.press("Control+b")?;
    is("a 😀 **kettle** sings")?;
    page.press("Control+z")?;
    is("a 😀 kettle sings")?;
    page.eval(&format!("{FIELD}.setSelectionRange(5, 11)"))?;
    page.click("deep('jaw-jaw', '.write [data-mark=italic]')")?;
    is("a 😀 *kettle* sings")?;
    let selected =
        page.text(&format!("{FIELD}.value.slice({FIELD}.selectionStart, {FIELD}.selectionEnd)"))?;
    ensure!(selected == "kettle", "{selected}");
    // One stop for Tab, arrows inside.
    page.eval("deep('jaw-jaw', '.write [data-mark=bold]').focus()")?;
    page.press("ArrowLeft")?;
    page.wait("deep('jaw-jaw').shadowRoot.activeElement.dataset.mark === 'list'")?;
    page.press("ArrowRight")?;
    page.wait("deep('jaw-jaw').shadowRoot.activeElement.dataset.mark === 'bold'")?;
    page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")?;
    page.click("deep('jaw-jaw', '.write button[type=submit]')")?;
    wait_threads(&page, "Ada: a 😀 kettle sings\n")?;
    page.wait("deep('jaw-jaw', '.words em').textContent === 'kettle'")?;
    // A mark is written down at once, as letters are.
    page.fill(FIELD, "kept")?;
    page.press("Control+a")?;
    page.press("Control+b")?;
    is("**kept**")?;
    page.reload()?;
    is("**kept**")?;
    unharmed(&page)
}

fn short_service() -> Site {
    let profile = json!({
        "profile": "short", "version": 1,
        "list": { "href": "/comments", "items": "#" },
        "comment": { "id": "/id", "text": "/text" },
        "operations": { "create": { "href": "/comments", "body": { "text": "{content}" }, "maxLength": 20 } }
    });
    Site::new().route(move |ask| match ask.path.as_str() {
        "/short.json" => Some(Reply::json(200, &profile)),
        "/comments" => Some(Reply::json(200, &json!([]))),
        _ => None,
    })
}

fn counts_what_fits(world: &World) -> Result<()> {
    let tag = "<jaw-jaw endpoint=/ article=a profile=/short.json></jaw-jaw>";
    let site = short_service().dir("/w/", &world.dist()).page("/", &page(tag)).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    page.fill(FIELD, "sixteen letters")?;
    page.wait("deep('jaw-jaw', '.write button[type=submit]')")?;
    let said = || page.text("deep('jaw-jaw', '.write .rest').textContent");
    ensure!(!said()?.contains("fit"), "{}", said()?);
    page.type_text("!!")?;
    page.wait("deep('jaw-jaw', '.write .rest').textContent.includes('3 more characters fit')")?;
    page.type_text(" and then some")?;
    page.wait("deep('jaw-jaw', '.write .rest').textContent.includes('11 characters too long')")?;
    page.click("deep('jaw-jaw', '.write button[type=submit]')")?;
    page.wait("deep('jaw-jaw', '.write .trouble').textContent.includes('too long')")?;
    unharmed(&page)
}

fn marks_only_where_it_is_markdown(world: &World) -> Result<()> {
    let tag = "<jaw-jaw endpoint=/ article=a profile=/short.json></jaw-jaw>";
    let site = short_service().dir("/w/", &world.dist()).page("/", &page(tag)).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    page.fill(FIELD, "plain")?;
    page.wait("deep('jaw-jaw', '.write button[type=submit]')")?;
    page.press("Control+b")?;
    ensure!(page.eval("!!deep('jaw-jaw', '.marks')")? == false, "plain text has no marks");
    ensure!(page.eval(&format!("{FIELD}.value"))? == "plain", "and takes none");
    unharmed(&page)
}
