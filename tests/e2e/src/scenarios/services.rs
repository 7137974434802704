//! Four more services that nobody here wrote, each through its profile, across origins.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::common::{TAG_FROM_ADDRESS, button, page, read_on, unharmed, visit, wait_threads};
use crate::{Page, Running, Service, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("services_json_server", json_server),
    ("services_waline", waline),
    ("services_django", django),
    ("services_wordpress", wordpress),
];

/// A page whose tag has the attributes that the address names.
fn site(world: &World) -> Result<Running> {
    world.site().page("/", &[&page(""), TAG_FROM_ADDRESS].concat()).start()
}

fn open(page: &Page, site: &Running, service: &Service, rest: &str) -> Result<()> {
    visit(page, &site.url(&format!("/?endpoint={}&{rest}", service.url)))
}

/// Types into a field in place of what it remembers.
fn replace(page: &Page, field: &str, text: &str) -> Result<()> {
    page.wait(field)?;
    page.eval(&format!("{field}.value = ''"))?;
    page.fill(field, text)
}

/// Fills what the composer asks for, in the new thread (`.write`) or under a comment (`.opened`).
fn fill(page: &Page, place: &str, text: &str, name: &str) -> Result<()> {
    replace(page, &format!("deep('jaw-jaw', '{place} textarea')"), text)?;
    replace(page, &format!("deep('jaw-jaw', '{place} input[autocomplete=name]')"), name)?;
    let email = format!("deep('jaw-jaw', '{place} input[type=email]')");
    if page.eval(&format!("!!{email}"))? == true {
        replace(page, &email, &format!("{}@reader.example", name.to_lowercase()))?;
    }
    page.click(&format!("deep('jaw-jaw', '{place} button[type=submit]')"))
}

fn post(url: &str, body: &Value) -> Result<Value> {
    let answer = minreq::post(url).with_header("content-type", "application/json");
    let answer = answer.with_body(body.to_string()).with_timeout(30).send()?;
    ensure!(
        (200..300).contains(&answer.status_code),
        "{} {}",
        answer.status_code,
        answer.as_str()?
    );
    Ok(serde_json::from_str(answer.as_str()?).unwrap_or_default())
}

/// Writes a thread and a reply, and finds both again after a reload.
fn write_and_answer(page: &Page) -> Result<()> {
    fill(page, ".write", "first words", "Ada")?;
    wait_threads(page, "Ada: first words\n")?;
    page.click(&button("first words", "reply"))?;
    fill(page, ".opened", "an answer", "Bob")?;
    wait_threads(page, "Ada: first words\n  Bob: an answer\n")?;
    page.reload()?;
    wait_threads(page, "Ada: first words\n  Bob: an answer\n")
}

/// A vote shows before it has left: the outbox is empty when it has.
const SENT: &str = "!Object.keys(localStorage).some((name) => name.startsWith('jaw-jaw:outbox'))";

fn vote_twice(page: &Page) -> Result<()> {
    let up = button("first words", "upvote");
    page.click(&up)?;
    page.wait(&format!("{up}.textContent === 'Vote up 1' && {SENT}"))?;
    page.reload()?;
    // This device remembers, where the service does not.
    page.wait(&format!("{up}?.textContent === 'Vote up 1' && {up}.ariaPressed === 'true'"))?;
    page.click(&up)?;
    page.wait(&format!("{up}.textContent.trim() === 'Vote up' && {SENT}"))?;
    page.reload()?;
    page.wait(&format!("{up}?.textContent.trim() === 'Vote up' && {up}.ariaPressed === 'false'"))
        .map(drop)
}

fn json_server(world: &World) -> Result<()> {
    let (site, service) = (site(world)?, Service::json_server()?);
    let page = world.page()?;
    let rest = "profile=json-server&article=hello";
    open(&page, &site, &service, rest)?;
    write_and_answer(&page)?;
    vote_twice(&page)?;
    page.click(&button("an answer", "edit"))?;
    page.wait("deep('jaw-jaw', '.opened textarea').value === 'an answer'")?;
    page.press("Control+a")?;
    page.type_text("a better one")?;
    page.click("deep('jaw-jaw', '.opened button[type=submit]')")?;
    wait_threads(&page, "Ada: first words\n  Bob: a better one\n")?;
    page.click(&button("a better one", "delete"))?;
    wait_threads(&page, "Ada: first words\n")?;
    page.reload()?;
    wait_threads(&page, "Ada: first words\n")?;
    for number in 0..120 {
        let body = json!({ "postId": "hello", "body": format!("number {number}"), "author": { "name": "Eve" },
            "createdAt": "2099-01-01T00:00:00Z" });
        post(&format!("{}/comments", service.url), &body)?;
    }
    page.reload()?;
    read_on(&page, 100, 121)?;
    unharmed(&page)
}

fn waline(world: &World) -> Result<()> {
    let (site, service) = (site(world)?, Service::waline()?);
    let page = world.page()?;
    open(&page, &site, &service, "profile=waline&article=/a/&sort=oldest")?;
    write_and_answer(&page)?;
    vote_twice(&page)?;
    // A refusal in an answer that says 200.
    fill(&page, ".write", "first words", "Ada")?;
    page.wait("deep('jaw-jaw', '.write .trouble').textContent.includes('Duplicate Content')")?;
    for number in 0..55 {
        let body = json!({ "url": "/a/", "comment": format!("number {number}"), "nick": "Eve", "mail": "", "link": "", "ua": "" });
        post(&format!("{}/api/comment", service.url), &body)?;
    }
    page.reload()?;
    read_on(&page, 51, 57)?;
    // The small tags for lists.
    page.eval(&format!(
        "void document.body.append(Object.assign(document.createElement('script'), {{ type: 'module', src: '/w/jawjaw-counts.js' }}),
            Object.assign(document.createElement('p'), {{ innerHTML: `<jaw-jaw-count endpoint='{}' profile=waline article='/a/'></jaw-jaw-count>
                <jaw-jaw-count endpoint='{}' profile=waline article='/b/'></jaw-jaw-count>` }}))",
        service.url, service.url
    ))?;
    page.wait("[...document.querySelectorAll('jaw-jaw-count')].map((one) => one.textContent).join() === '57,0'")?;
    unharmed(&page)
}

fn django(world: &World) -> Result<()> {
    let (site, service) = (site(world)?, Service::django()?);
    let page = world.page()?;
    open(
        &page,
        &site,
        &service,
        "profile=django-comments-xtd&article=1&var-model=flatpages-flatpage",
    )?;
    write_and_answer(&page)?;
    ensure!(
        page.eval("!!deep('jaw-jaw', '[data-do=upvote], [data-do=edit]')")? == false,
        "no votes for guests"
    );
    // The service says which fields are wrong.
    page.fill("deep('jaw-jaw', '.write textarea')", "more")?;
    replace(&page, "deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")?;
    replace(&page, "deep('jaw-jaw', '.write input[type=email]')", "no address")?;
    page.click("deep('jaw-jaw', '.write button[type=submit]')")?;
    page.wait("deep('jaw-jaw', '.write .trouble').textContent.includes('says: email')")?;
    unharmed(&page)
}

fn wordpress(world: &World) -> Result<()> {
    let (site, service) = (site(world)?, Service::wordpress()?);
    let page = world.page()?;
    open(&page, &site, &service, "profile=wordpress&var-slug=hello")?;
    write_and_answer(&page)?;
    // The same words again.
    fill(&page, ".write", "first words", "Ada")?;
    page.wait("deep('jaw-jaw', '.write .trouble').textContent.includes('already said that')")?;
    let posts = minreq::get(format!("{}/wp-json/wp/v2/posts?slug=hello", service.url)).send()?;
    let posts: Value = serde_json::from_str(posts.as_str()?)?;
    let post_id = &posts[0]["id"];
    let comments = format!("{}/wp-json/wp/v2/comments", service.url);
    let mut first = Value::Null;
    for number in 0..104 {
        // The last answers the first: its parent is on another page.
        let parent = if number == 103 { first.clone() } else { json!(0) };
        let made = post(
            &comments,
            &json!({ "post": post_id, "parent": parent, "content": format!("number {number}"),
            "author_name": "Eve", "author_email": "eve@reader.example" }),
        )?;
        if number == 0 {
            first = made["id"].clone();
        }
    }
    page.reload()?;
    page.wait("deepWhole() && deepAll('jaw-jaw', 'article').length === 100")?;
    ensure!(
        page.eval("deep('jaw-jaw', 'h2').textContent")? == "106 comments",
        "the total is in a header"
    );
    page.click("deep('jaw-jaw', '[data-do=more]')")?;
    page.wait("deepWhole() && deepAll('jaw-jaw', 'article').length === 106 && deep('jaw-jaw', '.more').hidden")?;
    let above = "deepAll('jaw-jaw', 'article').find((c) => c.textContent.includes('number 103'))\
        .closest('ol').closest('li').querySelector('.words').textContent.trim()";
    ensure!(page.eval(above)? == "number 0", "a reply from a later page stands under its parent");
    open(&page, &site, &service, "profile=wordpress&var-slug=closed")?;
    fill(&page, ".write", "too late", "Ada")?;
    page.wait("deep('jaw-jaw', '.write .trouble').textContent.includes('closed')")?;
    ensure!(
        page.eval("deep('jaw-jaw', '.write textarea').value")? == "too late",
        "nothing is lost"
    );
    unharmed(&page)
}
