//! The same widget at a comment server that nobody here wrote.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::common::{
    TAG_FROM_ADDRESS, button, card, page, post, read_on, tag, unharmed, visit, wait_threads, write,
};
use super::counts::{front_page, told};
use crate::{Isso, Page, Running, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("isso_reads_a_nested_thread", reads_a_nested_thread),
    ("isso_writes_votes_edits_deletes", writes_votes_edits_deletes),
    ("isso_reads_on", reads_on),
    ("isso_beside_our_server", beside_our_server),
    ("isso_counts_articles", counts_articles),
];

struct Blog {
    site: Running,
    isso: Isso,
}

fn blog(world: &World) -> Result<Blog> {
    // The site must be there first: Isso only answers origins it knows.
    let html = [&page(""), TAG_FROM_ADDRESS].concat();
    let site = world.site().page("/", &page("")).page("/blog", &html).start()?;
    let isso = world.isso(&[&site.origin()])?;
    Ok(Blog { site, isso })
}

impl Blog {
    fn visit(&self, page: &Page) -> Result<()> {
        let url = format!("/blog?endpoint={}&profile=isso&article=/a/", self.isso.url);
        visit(page, &self.site.url(&url))
    }

    fn post(&self, text: &str, parent: Option<i64>, name: &str, from: u8) -> Result<i64> {
        let body = json!({ "text": text, "author": name, "parent": parent, "title": "blog" });
        let answer = minreq::post(format!("{}/new?uri=/a/", self.isso.url))
            .with_header("content-type", "application/json")
            .with_header("x-forwarded-for", format!("10.0.{from}.1"))
            .with_body(body.to_string())
            .send()?;
        ensure!(answer.status_code == 201, "{}", answer.as_str()?);
        let comment: Value = serde_json::from_str(answer.as_str()?)?;
        Ok(comment["id"].as_i64().unwrap_or_default())
    }
}

fn reads_a_nested_thread(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let first = blog.post("first *words* <script>alert(1)</script>", None, "Ada & <b>Co</b>", 1)?;
    blog.post("a reply", Some(first), "Bob", 2)?;
    blog.post("second", None, "Eve", 3)?;
    let page = world.page()?;
    blog.visit(&page)?;
    page.wait("deepAll('jaw-jaw', 'article').length === 3")?;
    let outline = super::common::threads(&page)?;
    ensure!(outline.starts_with("Ada & <b>Co</b>: first words"), "{outline}");
    ensure!(outline.ends_with("\n  Bob: a reply\nEve: second\n"), "{outline}");
    ensure!(page.eval("deep('jaw-jaw', 'h2').textContent")? == "3 comments", "the count");
    // Isso rates no articles, so nothing is shown for it.
    ensure!(page.eval("deep('jaw-jaw', '.rating').checkVisibility()")? == false, "no rating");
    unharmed(&page)
}

fn writes_votes_edits_deletes(world: &World) -> Result<()> {
    let blog = blog(world)?;
    blog.post("somebody's question", None, "Eve", 7)?;
    let page = world.page()?;
    blog.visit(&page)?;
    page.click(&button("question", "reply"))?;
    page.fill("deep('jaw-jaw', '.opened textarea')", "an **answer**")?;
    page.fill("deep('jaw-jaw', '.opened input[autocomplete=name]')", "Ada")?;
    page.click("deep('jaw-jaw', '.opened button[type=submit]')")?;
    wait_threads(&page, "Eve: somebody's question\n  Ada: an answer\n")?;
    page.reload()?;
    wait_threads(&page, "Eve: somebody's question\n  Ada: an answer\n")?;
    page.click(&button("question", "upvote"))?;
    page.wait(&format!("{}.textContent === 'Vote up 1'", button("question", "upvote")))?;
    page.wait("!Object.keys(localStorage).some((name) => name.startsWith('jaw-jaw:outbox'))")?;
    page.reload()?;
    page.wait(&format!("{}?.textContent === 'Vote up 1'", button("question", "upvote")))?;
    // An edit starts from the Markdown that was typed, which only the author is given.
    page.click(&button("an answer", "edit"))?;
    page.wait("deep('jaw-jaw', '.opened textarea').value === 'an **answer**'")?;
    page.press("Control+a")?;
    page.type_text("a better *answer*")?;
    page.click("deep('jaw-jaw', '.opened button[type=submit]')")?;
    wait_threads(&page, "Eve: somebody's question\n  Ada: a better answer\n")?;
    page.reload()?;
    wait_threads(&page, "Eve: somebody's question\n  Ada: a better answer\n")?;
    page.click(&button("a better answer", "delete"))?;
    wait_threads(&page, "Eve: somebody's question\n")?;
    write(&page, "x", "Ada")?;
    page.wait("deep('jaw-jaw', '.write .trouble').textContent.includes('too short')")?;
    page.reload()?;
    wait_threads(&page, "Eve: somebody's question\n")?;
    unharmed(&page)
}

fn reads_on(world: &World) -> Result<()> {
    let blog = blog(world)?;
    for number in 0..60 {
        blog.post(&format!("comment number {number}"), None, "Ada", u8::try_from(number)?)?;
    }
    let page = world.page()?;
    blog.visit(&page)?;
    read_on(&page, 50, 60)?;
    page.wait(&card("comment number 59")).map(drop)
}

fn beside_our_server(world: &World) -> Result<()> {
    let blog = blog(world)?;
    blog.post("said at Isso", None, "Ada", 1)?;
    let native = super::common::native(&[])?;
    post(&native, "said at ours", None, "Bob")?;
    let page = world.page()?;
    blog.visit(&page)?;
    let ours = tag(&native.url).replace('\'', "");
    let ours = ours.trim_start_matches("<jaw-jaw ").trim_end_matches("></jaw-jaw>");
    let attributes: Vec<Vec<&str>> =
        ours.split(' ').map(|pair| pair.splitn(2, '=').collect()).collect();
    page.eval(&format!(
        "(() => {{ const tag = document.createElement('jaw-jaw');
            for (const [name, value] of {}) tag.setAttribute(name, value);
            document.querySelector('main').append(tag); }})()",
        json!(attributes)
    ))?;
    page.wait("deepAll('jaw-jaw', 'article').length === 2")?;
    wait_threads(&page, "Ada: said at Isso\nBob: said at ours\n")
}

/// The small tags for lists, told by the profile how this service counts.
fn counts_articles(world: &World) -> Result<()> {
    let tags = "<script>const at = new URLSearchParams(location.search).get('endpoint');
        document.querySelector('main').innerHTML = `<jaw-jaw-count endpoint='${at}' profile=isso article='/a/'></jaw-jaw-count>
            <jaw-jaw-count article='/b/'>none</jaw-jaw-count>`</script>";
    let site = world
        .site()
        .page("/", &page(""))
        .page("/list", &front_page("").replace("</main>", &["</main>", tags].concat()));
    let site = site.start()?;
    let isso = world.isso(&[&site.origin()])?;
    let blog = Blog { site, isso };
    blog.post("first", None, "Ada", 1)?;
    blog.post("second", None, "Eve", 2)?;
    let page = world.page()?;
    page.goto(&blog.site.url(&format!("/list?endpoint={}", blog.isso.url)))?;
    page.wait("document.querySelectorAll('jaw-jaw-count')[1].textContent === '0'")?;
    ensure!(told(&page)? == json!(["2", "0"]), "{}", told(&page)?);
    unharmed(&page)
}
