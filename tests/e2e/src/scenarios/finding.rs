//! Finding one's way: another order, and words.

use anyhow::{Result, ensure};

use super::common::{blog, discussion, id, post, unharmed, visit};
use crate::{Page, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("finding_sorts_threads", sorts_threads),
    ("finding_words", words),
    ("finding_has_the_service_sort", has_the_service_sort),
    ("finding_has_our_server_sort", has_our_server_sort),
];

const FIELD: &str = "deep('jaw-jaw', '.find input')";
const COUNT: &str = "deep('jaw-jaw', '.find [role=status]').textContent";

pub(super) fn order(page: &Page, word: &str) -> Result<()> {
    page.eval(&format!(
        "(() => {{ const select = deep('jaw-jaw', '.order select'); select.value = '{word}';
            select.dispatchEvent(new Event('change', {{ bubbles: true }})) }})()"
    ))
    .map(drop)
}

fn listed(page: &Page, names: &str) -> Result<()> {
    page.wait(&format!(
        "deepAll('jaw-jaw', '.threads > li > article .words').map((one) => one.textContent.trim()).join() === '{names}'"
    ))
    .map(drop)
}

fn sorts_threads(world: &World) -> Result<()> {
    let blog = blog(world)?;
    for name in ["a", "b", "c", "d"] {
        let posted = post(&blog.native, name, None, "Eve")?;
        if name == "b" {
            post(&blog.native, "an answer", Some(id(&posted)?), "Bob")?;
        }
    }
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    let fetched =
        "performance.getEntriesByType('resource').some((one) => one.name.includes('finding'))";
    ensure!(page.eval(fetched)? == false, "it is fetched when it is asked for");
    page.click("deepAll('jaw-jaw', 'article').find((one) => one.textContent.includes('c')).querySelector('[data-do=upvote]')")?;
    page.wait("deepAll('jaw-jaw', '[aria-pressed=true]').length === 1")?;
    page.click("deep('jaw-jaw', '[data-do=find]')")?;
    page.wait("deep('jaw-jaw').shadowRoot.activeElement?.type === 'search'")?;
    order(&page, "newest")?;
    listed(&page, "d,c,b,a")?;
    order(&page, "oldest")?;
    listed(&page, "a,b,c,d")?;
    order(&page, "discussed")?;
    listed(&page, "b,d,c,a")?;
    super::common::until(|| {
        Ok(discussion(&blog.native)?.to_string().contains("\"upvoteCount\":1"))
    })?;
    let voted = discussion(&blog.native)?;
    let voted = voted["comment"].as_array().into_iter().flatten();
    let voted = voted.filter(|one| one["upvoteCount"] == 1).filter_map(|one| one["html"].as_str());
    let voted: Vec<&str> = voted.collect();
    order(&page, "best")?;
    page.wait(&format!(
        "deep('jaw-jaw', '.threads > li > article .words').innerHTML.trim() === {:?}.trim()",
        voted.concat()
    ))?;
    order(&page, "")?;
    listed(&page, "a,b,c,d")?;
    unharmed(&page)
}

fn words(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let mut parent = None;
    for number in 0..60 {
        let said = if number % 20 == 7 {
            format!("a KETTLE, {number}")
        } else {
            format!("number {number}")
        };
        let posted = post(&blog.native, &said, parent.as_deref().filter(|_| number == 47), "Eve")?;
        if number == 0 {
            parent = Some(id(&posted)?.to_owned());
        }
    }
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    // Read to the end, and hide one of the matches.
    page.click("deep('jaw-jaw', '[data-do=more]')")?;
    page.wait("deep('jaw-jaw', '.more').hidden")?;
    page.click("deep('jaw-jaw', '[data-do=fold]')")?;
    page.wait("deep('jaw-jaw', '[aria-expanded=false]')")?;
    page.click("deep('jaw-jaw', '[data-do=find]')")?;
    page.wait("deep('jaw-jaw').shadowRoot.activeElement?.type === 'search'")?;
    page.type_text("kettle")?;
    let here = "deep('jaw-jaw', '[data-named]')?.querySelector('.words').textContent.trim()";
    page.wait(&format!("{COUNT} === '1 of 3' && {here} === 'a KETTLE, 47'"))?;
    page.wait("[...CSS.highlights.get('jawjaw-found')].map(String).join() === 'KETTLE'")?;
    ensure!(
        page.eval("deep('jaw-jaw').shadowRoot.activeElement?.type === 'search'")? == true,
        "one can go on typing"
    );
    page.press("Enter")?;
    page.wait(&format!("{COUNT} === '2 of 3' && {here} === 'a KETTLE, 7'"))?;
    page.press("Enter")?;
    page.wait(&format!("{COUNT} === '3 of 3' && {here} === 'a KETTLE, 27'"))?;
    page.wait("(() => { const at = deep('jaw-jaw', '[data-named]').getBoundingClientRect(); return at.top >= 0 && at.bottom <= innerHeight })()")?;
    page.press("Shift+Enter")?;
    page.wait(&format!("{COUNT} === '2 of 3'"))?;
    page.eval(&format!("{FIELD}.select()"))?;
    page.type_text("teapot")?;
    page.wait(&format!("{COUNT} === 'Nothing was found.'"))?;
    page.eval(&format!("{FIELD}.select()"))?;
    page.type_text("eve")?;
    page.wait(&format!("{COUNT} === '1 of 60'"))?;
    unharmed(&page)
}

fn has_the_service_sort(world: &World) -> Result<()> {
    use crate::{Ask, Reply};
    use serde_json::json;
    let profile = json!({
        "profile": "sorts", "version": 1,
        "list": {
            "href": "/comments{?sort,page}", "items": "#/items",
            "page": { "mode": "number", "param": "page", "more": "#/more" },
            "sort": { "param": "sort", "values": { "newest": "new" } }
        },
        "comment": { "id": "/id", "text": "/text" }
    });
    let items = |from: u32| {
        let items: Vec<_> =
            (from..from + 6).map(|n| json!({ "id": n, "text": format!("n{n}") })).collect();
        json!({ "items": items, "more": true })
    };
    let route = move |ask: &Ask| match ask.path.as_str() {
        "/sorts.json" => Some(Reply::json(200, &profile)),
        "/comments" if ask.query.contains("sort=new") => Some(Reply::json(200, &items(100))),
        "/comments" => Some(Reply::json(200, &items(1))),
        _ => None,
    };
    let tag = "<jaw-jaw endpoint=/ article=a profile=/sorts.json></jaw-jaw>";
    let site = world.site().page("/", &super::common::page(tag)).route(route).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    page.click("deep('jaw-jaw', '[data-do=find]')")?;
    page.wait("deep('jaw-jaw', '.order select')")?;
    order(&page, "newest")?;
    listed(&page, "n100,n101,n102,n103,n104,n105")?;
    order(&page, "")?;
    listed(&page, "n1,n2,n3,n4,n5,n6")?;
    unharmed(&page)
}

fn has_our_server_sort(world: &World) -> Result<()> {
    let native = super::common::native(&[])?;
    for number in 0..60 {
        post(&native, &format!("number {number}"), None, "Eve")?;
    }
    let first = "deep('jaw-jaw', '.threads > li > article .words').textContent.trim()";
    let tag =
        |sort: &str| format!("<jaw-jaw endpoint='{}' article=a {sort}></jaw-jaw>", native.url);
    let site = world.site().page("/", &super::common::page(&tag("")));
    let site = site.page("/newest", &super::common::page(&tag("sort=newest"))).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/newest"))?;
    ensure!(page.text(first)? == "number 59", "the page asks for the newest");
    visit(&page, &site.url("/"))?;
    ensure!(page.text(first)? == "number 0", "the server's own order");
    page.click("deep('jaw-jaw', '[data-do=find]')")?;
    page.wait("deep('jaw-jaw', '.order select')")?;
    order(&page, "newest")?;
    page.wait(&format!("{first} === 'number 59'"))?;
    unharmed(&page)
}
