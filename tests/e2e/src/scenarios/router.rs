//! A tag that stays while the router of a single-page site exchanges what is around it.

use anyhow::{Result, ensure};

use super::common::{native, page, post_to, unharmed, visit, wait_threads, write};
use crate::{Native, Page, Running, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("router_the_discussion_follows_the_address", the_discussion_follows_the_address),
    ("router_the_next_sign_of_life_is_enough", the_next_sign_of_life_is_enough),
    ("router_writes_its_head_last", writes_its_head_last),
    ("router_leaves_its_canonical_link_behind", leaves_its_canonical_link_behind),
    ("router_follows_a_query_that_names_a_page", follows_a_query_that_names_a_page),
    ("router_what_names_no_article_reads_nothing", what_names_no_article_reads_nothing),
    ("router_words_stay_with_their_article", words_stay_with_their_article),
    ("router_variables_are_followed", variables_are_followed),
];

/// As in a browser that does not say when the address changes.
const SILENT: &str =
    "<script>Object.defineProperty(window, 'navigation', { value: undefined })</script>";

/// A site whose pages are one document with a tag in its frame, open at `/first/`; each article has a comment.
fn site(world: &World, head: &str, tag: &str) -> Result<(Running, Native, Page)> {
    let native = native(&[])?;
    for article in ["/first/", "/second/"] {
        post_to(&native, article, &["said at ", article].concat(), None, "Ada")?;
    }
    let tag = tag.replace("<jaw-jaw", &format!("<jaw-jaw endpoint='{}'", native.url));
    let html = [head, &page(&["<h1>A page</h1>", &tag].concat())].concat();
    let site = world.site();
    let site = ["/first/", "/second/"].iter().fold(site, |site, path| site.page(path, &html));
    let site = site.start()?;
    let page = world.page()?;
    visit(&page, &site.url("/first/"))?;
    Ok((site, native, page))
}

fn go(page: &Page, to: &str) -> Result<()> {
    page.eval(&format!("void history.pushState(null, '', '{to}')")).map(drop)
}

/// Articles that were asked for, in order.
fn asked(page: &Page) -> Result<String> {
    let urls = page.requests()?.into_iter().filter(|ask| ask.method == "GET").map(|ask| ask.url);
    let article = |url: String| {
        let (_, rest) = url.split_once("comments?article=")?;
        rest.split('&').next().map(|article| article.replace("%2F", "/"))
    };
    Ok(urls.filter_map(article).collect::<Vec<_>>().join(" "))
}

fn the_discussion_follows_the_address(world: &World) -> Result<()> {
    let (_site, _native, page) = site(world, "", "<jaw-jaw></jaw-jaw>")?;
    wait_threads(&page, "Ada: said at /first/\n")?;
    go(&page, "/second/")?;
    wait_threads(&page, "Ada: said at /second/\n")?;
    page.eval("void history.back()")?;
    wait_threads(&page, "Ada: said at /first/\n")?;
    page.eval("void history.replaceState(null, '', '/second/?from=mail#top')")?;
    wait_threads(&page, "Ada: said at /second/\n")?;
    ensure!(asked(&page)? == "/first/ /second/ /first/ /second/", "{}", asked(&page)?);
    unharmed(&page)
}

fn the_next_sign_of_life_is_enough(world: &World) -> Result<()> {
    let (_site, _native, page) = site(world, SILENT, "<jaw-jaw></jaw-jaw>")?;
    wait_threads(&page, "Ada: said at /first/\n")?;
    go(&page, "/second/")?;
    page.eval(
        "void document.body.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }))",
    )?;
    wait_threads(&page, "Ada: said at /second/\n")?;
    page.eval("void history.back()")?;
    wait_threads(&page, "Ada: said at /first/\n")?;
    // A form that is sent before anything else happened is not sent: its words stay with the first.
    page.fill("deep('jaw-jaw', '.write textarea')", "half a thought")?;
    page.wait("deep('jaw-jaw', '.write button[type=submit]')")?;
    page.eval(
        "void (history.pushState(null, '', '/second/'), deep('jaw-jaw', '.write form').requestSubmit())",
    )?;
    wait_threads(&page, "Ada: said at /second/\n")?;
    go(&page, "/first/")?;
    page.press("Tab")?;
    wait_threads(&page, "Ada: said at /first/\n")?;
    page.wait("deep('jaw-jaw', '.write textarea').value === 'half a thought'").map(drop)
}

/// Title and canonical link come after the address: nothing is read of a page in between.
fn writes_its_head_last(world: &World) -> Result<()> {
    let head = "<link rel=canonical href=/first/>";
    let (_site, native, page) = site(world, head, "<jaw-jaw></jaw-jaw>")?;
    post_to(&native, "/named/", "said at /named/", None, "Ada")?;
    page.eval(
        "void (history.pushState(null, '', '/second/'), setTimeout(() => {
            document.title = 'The second'; document.querySelector('[rel=canonical]').href = '/named/'; }, 300))",
    )?;
    wait_threads(&page, "Ada: said at /named/\n")?;
    ensure!(asked(&page)? == "/first/ /named/", "{}", asked(&page)?);
    Ok(())
}

/// As where only the body is exchanged (htmx, pjax): the link is of the page before.
fn leaves_its_canonical_link_behind(world: &World) -> Result<()> {
    let head = "<link rel=canonical href=/first/>";
    let (_site, _native, page) = site(world, head, "<jaw-jaw></jaw-jaw>")?;
    go(&page, "/second/")?;
    wait_threads(&page, "Ada: said at /second/\n")?;
    // So for a tag that comes with the new body.
    page.eval("void document.querySelector('jaw-jaw').replaceWith(document.querySelector('jaw-jaw').cloneNode(true))")?;
    wait_threads(&page, "Ada: said at /second/\n")?;
    go(&page, "/first/index.html")?;
    wait_threads(&page, "Ada: said at /first/\n")
}

/// The canonical link says that `p` names the page, and is left alone.
fn follows_a_query_that_names_a_page(world: &World) -> Result<()> {
    let link = "<link rel=canonical href='/first/?p=1'>";
    let (_site, native, page) = site(world, link, "<jaw-jaw></jaw-jaw>")?;
    post_to(&native, "/first/?p=2", "said of the second", None, "Ada")?;
    page.wait_for_text("Nobody has said anything yet.")?;
    go(&page, "/first/?utm_source=mail&p=2")?;
    wait_threads(&page, "Ada: said of the second\n")?;
    write(&page, "a thought", "Bob")?;
    wait_threads(&page, "Bob: a thought\nAda: said of the second\n")?;
    go(&page, "/first/?p=1")?;
    page.wait_for_text("Nobody has said anything yet.")?;
    unharmed(&page)
}

fn what_names_no_article_reads_nothing(world: &World) -> Result<()> {
    let both = "<jaw-jaw article='/first/'></jaw-jaw><jaw-jaw id=free></jaw-jaw>";
    let (_site, _native, page) = site(world, "", both)?;
    page.wait("deepAll('jaw-jaw', 'article').length === 2")?;
    page.eval("void deepAll('.widget').forEach((widget) => (widget.old = true))")?;
    for address in ["?page=2", "#/post/2", "#comments", "/first/?page=3#x"] {
        go(&page, address)?;
    }
    let old = "deepAll('.widget').map((widget) => Boolean(widget.old)).join()";
    // What comes after all that is seen; nothing of it was read anew.
    go(&page, "/second/")?;
    page.wait("deep('#free', 'article')?.textContent.includes('/second/')")?;
    ensure!(page.text(old)? == "true,false", "{}", page.text(old)?);
    ensure!(asked(&page)? == "/first/ /first/ /second/", "{}", asked(&page)?);
    unharmed(&page)
}

fn words_stay_with_their_article(world: &World) -> Result<()> {
    let (_site, native, page) = site(world, "", "<jaw-jaw></jaw-jaw>")?;
    page.fill("deep('jaw-jaw', '.write textarea')", "for the first")?;
    page.wait("deep('jaw-jaw', '.write button[type=submit]')")?;
    go(&page, "/second/")?;
    wait_threads(&page, "Ada: said at /second/\n")?;
    ensure!(page.text("deep('jaw-jaw', '.write textarea').value")?.is_empty(), "another's words");
    write(&page, "for the second", "Bob")?;
    page.wait("deepText('for the second', 'jaw-jaw', 'article')")?;
    // Pressed in the same moment in which the address changes.
    page.fill("deep('jaw-jaw', '.write textarea')", "of the second too")?;
    page.eval(
        "void (history.pushState(null, '', '/first/'), deep('jaw-jaw', '.write [type=submit]').click())",
    )?;
    wait_threads(&page, "Ada: said at /first/\n")?;
    page.wait("deep('jaw-jaw', '.write textarea').value === 'for the first'")?;
    let ask = |article: &str| -> Result<String> {
        let address = format!("{}/api/v1/comments?article={article}", native.url);
        Ok(minreq::get(address).send()?.as_str()?.to_owned())
    };
    let first = ask("/first/")?;
    ensure!(!first.contains("second") && !first.contains("for the first"), "{first}");
    ensure!(ask("/second/")?.contains("for the second"), "it was sent");
    page.eval("void history.back()")?;
    page.wait("deep('jaw-jaw', '.write textarea').value === 'of the second too'")?;
    unharmed(&page)
}

/// What a profile asks for by `var-…` names the article of some services.
fn variables_are_followed(world: &World) -> Result<()> {
    let list = |ask: &crate::Ask| {
        let comment = serde_json::json!([{
            "id": 1, "parent": 0, "author_name": "Ada", "date_gmt": "2026-11-20T10:00:00",
            "content": { "rendered": ask.query }, "status": "approved",
        }]);
        ask.path.ends_with("/comments").then(|| crate::Reply::json(200, &comment))
    };
    let api = super::common::endpoint(list)?;
    let tag = format!(
        "<jaw-jaw endpoint='{}' profile=wordpress var-post=5 live=off></jaw-jaw>",
        api.origin()
    );
    let site = world.site().page("/first/", &page(&tag)).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/first/"))?;
    page.wait("deep('jaw-jaw', 'article').textContent.includes('post=5')")?;
    page.eval("void (deep('.widget').old = true)")?;
    go(&page, "/second/")?;
    page.eval("void (document.title = 'The same', document.body.dataset.later = '')")?;
    page.eval("void deep('jaw-jaw').setAttribute('class', 'x')")?;
    ensure!(page.eval("deep('.widget').old")? == true, "the address says nothing to it");
    page.eval("void deep('jaw-jaw').setAttribute('var-post', '6')")?;
    page.wait("deep('jaw-jaw', 'article')?.textContent.includes('post=6')").map(drop)
}
