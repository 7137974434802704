//! What helps while one writes.

use anyhow::{Result, ensure};
use serde_json::json;

use super::common::{blog, button, card, page, post, unharmed, visit, wait_threads};
use crate::{Reply, Site, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("composer_marks_words", marks_words),
    ("composer_counts_what_fits", counts_what_fits),
    ("composer_shows_a_preview", shows_a_preview),
    ("composer_quotes_what_is_selected", quotes_what_is_selected),
    ("composer_completes_names", completes_names),
    ("composer_marks_only_where_it_is_markdown", marks_only_where_it_is_markdown),
    ("composer_edits_what_was_said", edits_what_was_said),
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
    page.wait("deep('jaw-jaw').shadowRoot.activeElement.dataset.mark === 'preview'")?;
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

fn shows_a_preview(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    page.fill(
        FIELD,
        "A **bold** word\n\n- one\n- <b>two</b>\n\n[x](javascript:alert(1)) https://a.example/",
    )?;
    page.wait("deep('jaw-jaw', '.write [data-mark=preview]')")?;
    let fetched =
        "performance.getEntriesByType('resource').some((one) => one.name.includes('markdown'))";
    ensure!(page.eval(fetched)? == false, "it is fetched when it is asked for");
    page.click("deep('jaw-jaw', '.write [data-mark=preview]')")?;
    let shown = "deep('jaw-jaw', '.preview .words')";
    page.wait(&format!("{shown}.querySelector('strong')?.textContent === 'bold'"))?;
    let outline = page.text(&format!(
        "[...{shown}.querySelectorAll('*')].map((one) => one.localName).join(' ')"
    ))?;
    ensure!(outline == "p strong ul li li p a a", "{outline}");
    ensure!(page.eval(&format!("{shown}.textContent.includes('<b>two</b>')"))? == true, "as text");
    ensure!(
        page.eval(&format!("{shown}.querySelectorAll('a[href]').length"))? == 1,
        "one leads on"
    );
    // It follows what is typed.
    page.eval(&format!("{FIELD}.focus(); {FIELD}.setSelectionRange(0, 0)"))?;
    page.type_text("# ")?;
    page.wait(&format!("{shown}.querySelector('h4')?.textContent === 'A bold word'"))?;
    page.click("deep('jaw-jaw', '.write [data-mark=preview]')")?;
    page.wait("deep('jaw-jaw', '.preview').hidden")?;
    unharmed(&page)
}

fn quotes_what_is_selected(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "Kettles sing. Toads do not.", None, "Eve")?;
    post(&blog.native, "Quite so.", None, "Bob")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    let select = |start: u32, end: u32| {
        page.eval(&format!(
            "(() => {{ const text = {}.querySelector('.words p').firstChild;
                text.parentElement.dispatchEvent(new Event('selectstart', {{ bubbles: true }}));
                getSelection().setBaseAndExtent(text, {start}, text, {end}) }})()",
            card("Kettles")
        ))
    };
    select(0, 13)?;
    // Once what keeps an eye on it has come.
    page.wait("deep('jaw-jaw', '.broke')")?;
    select(0, 13)?;
    page.click(&button("Kettles", "reply"))?;
    let field = "deep('jaw-jaw', '.opened textarea')";
    page.wait(&format!("{field}.value === '> Kettles sing.\\n\\n'"))?;
    page.wait(&format!("{field}.selectionStart === 17"))?;
    // Another comment is answered without it; its button brings it.
    page.press("Escape")?;
    page.wait(&format!("!{field}"))?;
    select(14, 27)?;
    page.click(&button("Quite so", "reply"))?;
    page.wait("deep('jaw-jaw', '.opened button[type=submit]')")?;
    ensure!(page.eval(&format!("{field}.value"))? == "", "that was said by somebody else");
    select(14, 27)?;
    page.click("deep('jaw-jaw', '.opened [data-mark=quote]')")?;
    page.wait(&format!("{field}.value === '> Toads do not.\\n\\n'"))?;
    unharmed(&page)
}

fn completes_names(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "one", None, "Ada Lovelace")?;
    post(&blog.native, "two", None, "Adele")?;
    post(&blog.native, "three", None, "Bob")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    page.fill(FIELD, "dear")?;
    page.wait("deep('jaw-jaw', '.write button[type=submit]')")?;
    page.type_text(" @ad")?;
    let offered =
        "deepAll('jaw-jaw', '.people [role=option]').map((one) => one.textContent).join()";
    page.wait(&format!("['Ada Lovelace,Adele', 'Adele,Ada Lovelace'].includes({offered})"))?;
    page.press("ArrowDown")?;
    page.wait(&format!(
        "deep('jaw-jaw', '.people [aria-selected=true]')?.id === {FIELD}.getAttribute('aria-activedescendant')
            && deepAll('jaw-jaw', '.people [role=option]')[1].ariaSelected === 'true'"
    ))?;
    let second = page.text("deepAll('jaw-jaw', '.people [role=option]')[1].textContent")?;
    page.press("Enter")?;
    page.wait(&format!("{FIELD}.value === {}", json!(format!("dear @{second} "))))?;
    ensure!(page.eval("deep('jaw-jaw', '.people').hidden")? == true, "it goes");
    // Escape closes the list, not the form; a click takes.
    page.type_text("and @lov")?;
    page.wait(&format!("{offered} === 'Ada Lovelace'"))?;
    page.press("Escape")?;
    page.wait("deep('jaw-jaw', '.people').hidden")?;
    page.type_text("e")?;
    page.wait(&format!("{offered} === 'Ada Lovelace'"))?;
    page.click("deep('jaw-jaw', '.people [role=option]')")?;
    page.wait(&format!(
        "{FIELD}.value === {}",
        json!(format!("dear @{second} and @Ada Lovelace "))
    ))?;
    page.reload()?;
    page.wait(&format!("{FIELD}.value.endsWith('and @Ada Lovelace ')"))?;
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

/// A service that does not give a text as it was typed.
fn edits_what_was_said(world: &World) -> Result<()> {
    let kind = |format: &str| {
        json!({
            "profile": "edits", "version": 1, "title": "Edits",
            "list": { "href": "/comments", "items": "#" },
            "comment": { "id": "/id", "text": { "from": "/text", "encodingFormat": format }, "may": { "edit": { "const": true } } },
            "operations": { "edit": { "method": "PUT", "href": "/comments/{id}", "body": { "text": "{content}" } } }
        })
    };
    let site = Site::new().route(move |ask| match ask.path.as_str() {
        "/plain.json" => Some(Reply::json(200, &kind("text/plain"))),
        "/html.json" => Some(Reply::json(200, &kind("text/html"))),
        "/comments" => Some(Reply::json(200, &json!([{ "id": 1, "text": "as it was said" }]))),
        _ => None,
    });
    let tags = "<jaw-jaw id=a endpoint=/ article=a profile=/plain.json></jaw-jaw>
        <jaw-jaw id=b endpoint=/ article=b profile=/html.json></jaw-jaw>";
    let site = site.dir("/w/", &world.dist()).page("/", &page(tags)).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    page.click("deep('#a', '[data-do=edit]')")?;
    page.wait("deep('#a', '.opened textarea')?.value === 'as it was said'")?;
    // Nothing would take the place of what was said.
    page.wait("deep('#b', 'article .words')?.textContent === 'as it was said'")?;
    ensure!(page.eval("!deep('#b', '[data-do=edit]')")? == true, "HTML without a source is edited");
    unharmed(&page)
}
