//! What a page gets of the tag beside what is seen: events, properties, a method.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::common::{
    button, id, native, page, post, ready, tag, threads, unharmed, visit, wait_threads, write,
};
use crate::{Page, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("page_hears_what_happens", hears_what_happens),
    ("page_may_object", may_object),
    ("page_sets_properties", sets_properties),
    ("page_has_properties_that_reflect", has_properties_that_reflect),
    ("page_gets_linked_data", gets_linked_data),
];

/// Notes every event that reaches the document, with where it seems to come from.
const EARS: &str = "<script>window.heard = [];
    for (const name of ['ready', 'comment', 'edit', 'delete', 'rate', 'vote', 'error', 'beforecomment', 'beforeedit', 'beforerate', 'beforevote'])
        document.addEventListener('jawjaw:' + name, (event) =>
            heard.push([name, event.target.localName, event.cancelable, event.detail]));
    </script>";

/// Waits for the last event of a name; its detail.
fn heard(page: &Page, name: &str) -> Result<Value> {
    let last = format!("heard.findLast(([name]) => name === '{name}')");
    page.wait(&last)?;
    page.eval(&format!("{last}[3]"))
}

fn hears_what_happens(world: &World) -> Result<()> {
    let native = native(&[])?;
    let there = post(&native, "said before", None, "Eve")?;
    let site = world.site().page("/", &page(&[EARS, &tag(&native.url)].concat())).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    ensure!(heard(&page, "ready")? == json!({ "commentCount": 1 }), "{}", heard(&page, "ready")?);
    page.click("deepAll('jaw-jaw', '.give input')[3]")?;
    ensure!(heard(&page, "beforerate")? == json!({ "ratingValue": 4 }), "before");
    ensure!(heard(&page, "rate")? == json!({ "ratingValue": 4 }), "after");
    let parent = format!("comment-{}", id(&there)?);
    for vote in [-1, 0] {
        page.click(&button("said before", "downvote"))?;
        let wanted = json!({ "id": parent, "vote": vote });
        page.wait(&format!(
            "heard.some(([name, , , it]) => name === 'vote' && it.vote === {vote})"
        ))?;
        ensure!(heard(&page, "vote")? == wanted, "{}", heard(&page, "vote")?);
        ensure!(heard(&page, "beforevote")? == wanted, "{}", heard(&page, "beforevote")?);
    }
    page.click(&button("said before", "reply"))?;
    page.wait("deep('jaw-jaw', '.opened button[type=submit]')")?;
    page.type_text("my answer")?;
    page.fill("deep('jaw-jaw', '.opened input[autocomplete=name]')", "Ada")?;
    page.click("deep('jaw-jaw', '.opened button[type=submit]')")?;
    let comment = heard(&page, "comment")?;
    ensure!(comment["status"] == "published", "{comment}");
    let name = comment["id"].as_str().unwrap_or_default().to_owned();
    ensure!(
        page.eval(&format!(
            "deep('jaw-jaw').shadowRoot.getElementById('{name}').matches('article')"
        ))? == true,
        "{name}"
    );
    let wanted = json!({ "text": "my answer", "parent": parent, "name": "Ada" });
    ensure!(heard(&page, "beforecomment")? == wanted, "{}", heard(&page, "beforecomment")?);
    page.click(&button("my answer", "edit"))?;
    page.wait("deep('jaw-jaw', '.opened textarea').value === 'my answer'")?;
    page.fill("deep('jaw-jaw', '.opened textarea')", "my second answer")?;
    page.click("deep('jaw-jaw', '.opened button[type=submit]')")?;
    ensure!(heard(&page, "edit")? == json!({ "id": name }), "{}", heard(&page, "edit")?);
    page.wait(&button("my second answer", "delete"))?;
    page.click(&button("my second answer", "delete"))?;
    ensure!(heard(&page, "delete")? == json!({ "id": name }), "{}", heard(&page, "delete")?);
    let strange = "heard.filter(([name, from, may]) => from !== 'jaw-jaw' || may !== name.startsWith('before'))";
    let strange = page.eval(strange)?;
    ensure!(strange == json!([]), "{strange}");
    unharmed(&page)
}

/// What the page prevents is not sent, the words stay, and the reader is told why.
fn may_object(world: &World) -> Result<()> {
    let native = native(&[])?;
    let no = "<script>
        document.addEventListener('jawjaw:beforecomment', (event) => {
            if (!event.detail.text.includes('kettle')) return;
            event.detail.reason = 'Not before tea, please.';
            event.preventDefault();
        });
        document.addEventListener('jawjaw:beforerate', (event) => {
            if (event.detail.ratingValue > 2) return;
            event.detail.reason = 'So bad?';
            event.preventDefault();
        });
        document.addEventListener('jawjaw:beforevote', (event) => {
            event.detail.reason = 'Sign in to vote.';
            event.preventDefault();
        });
        </script>";
    let site = world.site().page("/", &page(&[no, &tag(&native.url)].concat())).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    write(&page, "a kettle", "Ada")?;
    page.wait("deep('jaw-jaw', '.write .trouble').textContent === 'Not before tea, please.'")?;
    ensure!(page.eval("deep('jaw-jaw', '.write textarea').value")? == "a kettle", "the words stay");
    ensure!(threads(&page)?.is_empty(), "nothing was sent");
    page.eval("void (deep('jaw-jaw', '.write textarea').value = '')")?;
    page.fill("deep('jaw-jaw', '.write textarea')", "a cup")?;
    page.click("deep('jaw-jaw', '.write button[type=submit]')")?;
    wait_threads(&page, "Ada: a cup\n")?;
    page.click(&button("a cup", "upvote"))?;
    page.wait("deep('jaw-jaw', '.widget > .alert').textContent === 'Sign in to vote.'")?;
    ensure!(page.eval("deep('jaw-jaw', '[aria-pressed=true]') ?? null")?.is_null(), "no vote");
    page.click("deepAll('jaw-jaw', '.give input')[0]")?;
    page.wait("deepAll('jaw-jaw', '.give input').every((one) => !one.checked)")?;
    page.wait("deep('jaw-jaw', '.widget > .alert').textContent === 'So bad?'")?;
    page.click("deepAll('jaw-jaw', '.give input')[4]")?;
    page.wait("deep('jaw-jaw', '[role=status]').textContent.includes('5')")?;
    page.wait("deep('jaw-jaw', '.mean').textContent === '5'")?;
    unharmed(&page)
}

/// A tag that a program made and gave properties; and one that is read anew.
fn sets_properties(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "once", None, "Ada")?;
    let made = format!(
        "<script>const tag = document.createElement('jaw-jaw');
        Object.assign(tag, {{ endpoint: '{}', article: 'a', profile: 'native', lang: 'de' }});
        document.querySelector('main').append(tag);</script>",
        native.url
    );
    let site = world.site().page("/", &page(&made)).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    wait_threads(&page, "Ada: once\n")?;
    ensure!(page.text("deep('jaw-jaw', 'h2').textContent")? == "1 Kommentar", "its language");
    page.eval("void (deep('jaw-jaw', '.widget').old = true)")?;
    page.eval("void deep('jaw-jaw').refresh()")?;
    page.wait("deep('jaw-jaw', '.widget') && !deep('jaw-jaw', '.widget').old")?;
    ready(&page)?;
    wait_threads(&page, "Ada: once\n")?;
    unharmed(&page)
}

/// Attributes and properties are the same, as those of the browser's own elements are: also what was set
/// before the tag was known, and of one that is never opened.
fn has_properties_that_reflect(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "of the first", None, "Ada")?;
    let early = format!(
        "{}<script>document.querySelector('jaw-jaw').article = 'another';</script>",
        tag(&native.url)
    );
    let site = world.site().page("/", &page(&early)).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    ready(&page)?;
    let both = |name: &str| -> Result<Value> {
        page.eval(&format!("[deep('jaw-jaw')['{name}'], deep('jaw-jaw').getAttribute('{name}')]"))
    };
    ensure!(both("article")? == json!(["another", "another"]), "{}", both("article")?);
    ensure!(both("endpoint")? == json!([native.url, native.url]), "{}", both("endpoint")?);
    ensure!(both("sort")? == json!(["", null]), "{}", both("sort")?);
    ensure!(threads(&page)?.is_empty(), "nothing is said of another");
    page.eval("void (deep('jaw-jaw').article = 'a')")?;
    wait_threads(&page, "Ada: of the first\n")?;
    ensure!(both("article")? == json!(["a", "a"]), "{}", both("article")?);
    page.eval("void (deep('jaw-jaw').lang = 'de')")?;
    page.wait("deep('jaw-jaw', 'h2')?.textContent === '1 Kommentar'")?;
    page.eval("void (deep('jaw-jaw').lang = null)")?;
    page.wait("deep('jaw-jaw', 'h2')?.textContent === '1 comment'")?;
    ensure!(both("lang")? == json!(["", null]), "{}", both("lang")?);
    let made = page.eval(
        "const made = document.createElement('jaw-jaw'); \
         made.depth = 3; made.setAttribute('rating-profile', 'isso'); \
         [made.outerHTML, made['rating-profile'], made.profile]",
    )?;
    let tag = "<jaw-jaw depth=\"3\" rating-profile=\"isso\"></jaw-jaw>";
    ensure!(made == json!([tag, "isso", ""]), "{made}");
    unharmed(&page)
}

/// JSON-LD for search engines: only where it is asked for, kept as the discussion is, gone with the tag.
fn gets_linked_data(world: &World) -> Result<()> {
    let native = native(&[])?;
    let first = post(&native, "said **first** </script>", None, "Ada")?;
    post(&native, "an answer", Some(id(&first)?), "Bob")?;
    let asks = tag(&native.url).replace("<jaw-jaw ", "<jaw-jaw json-ld=Recipe ");
    let strict = [(
        "content-security-policy",
        "script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'",
    )];
    let site = world
        .site()
        .page("/plain", &page(&tag(&native.url)))
        .page_with("/", &page(&asks), &strict)
        .start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    let data = "JSON.parse(document.querySelector('jaw-jaw > script[type=\"application/ld+json\"]')?.textContent ?? 'null')";
    page.wait(data)?;
    let told = page.eval(data)?;
    ensure!(told["@type"] == "Recipe" && told["commentCount"] == 2, "{told}");
    ensure!(told["comment"][0]["text"] == "said first </script>", "{told}");
    ensure!(told["comment"][0]["comment"][0]["author"]["name"] == "Bob", "{told}");
    let name = format!("{}#comment-{}", site.url("/"), id(&first)?);
    ensure!(told["comment"][0]["@id"] == name.as_str(), "{told}");
    ensure!(told.get("aggregateRating").is_none(), "{told}");
    page.click("deepAll('jaw-jaw', '.give input')[3]")?;
    page.wait(&format!("{data}.aggregateRating?.ratingValue === 4"))?;
    write(&page, "a third", "Eve")?;
    page.wait(&format!("{data}.commentCount === 3"))?;
    page.eval("void (window.tag = document.querySelector('jaw-jaw'), tag.remove())")?;
    page.wait("tag.children.length === 0")?;
    ensure!(page.violations()?.is_empty(), "{:?}", page.violations()?);
    unharmed(&page)?;
    visit(&page, &site.url("/plain"))?;
    super::common::follows(&page)?;
    ensure!(
        page.eval("document.querySelector('jaw-jaw').children.length")? == 0,
        "nobody asked for it"
    );
    unharmed(&page)
}
