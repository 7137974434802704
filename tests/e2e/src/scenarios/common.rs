//! What many scenarios begin with: a host page, a server, words in a discussion.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{Native, Page, Running, Site, World};

/// An origin for pages that are made before their servers: sites answer it, servers allow it.
pub(crate) struct Blog {
    pub(crate) site: Running,
    pub(crate) native: Native,
}

/// A blog at `/` with the widget for the article `a` at once in view, on our own server.
pub(crate) fn blog(world: &World) -> Result<Blog> {
    blog_with(world, &[])
}

/// The same with more arguments for the server.
pub(crate) fn blog_with(world: &World, arguments: &[&str]) -> Result<Blog> {
    let native = native(arguments)?;
    let site = world.site().page("/", &page(&tag(&native.url))).start()?;
    Ok(Blog { site, native })
}

/// Our server, for pages of any origin, with no limit that a test would meet.
pub(crate) fn native(arguments: &[&str]) -> Result<Native> {
    let fast = ["writes-per-minute", "reads-per-minute", "newcomers-per-hour"];
    let fast = fast.iter().flat_map(|limit| [format!("--{limit}"), "100000".to_owned()]);
    let fast = fast.chain(["--vote-after".to_owned(), "0".to_owned()]);
    let arguments = fast.chain(arguments.iter().map(|&argument| argument.to_owned())).collect();
    let origins = vec!["*".to_owned()];
    Native::start(&crate::NativeOptions { origins, arguments, ..Default::default() })
}

pub(crate) fn tag(endpoint: &str) -> String {
    format!("<jaw-jaw endpoint='{endpoint}' article='a'></jaw-jaw>")
}

/// A page with the script and what is given.
pub(crate) fn page(inside: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>blog</title>\
         <meta name=viewport content='width=device-width'>\
         <script type=module src=/w/jawjaw.js></script><body><main>{inside}</main>"
    )
}

/// Opens an address and waits until the discussion has been read.
pub(crate) fn visit(page: &Page, url: &str) -> Result<()> {
    page.goto(url)?;
    ready(page)
}

/// Waits until no part of a widget waits any more.
pub(crate) fn ready(page: &Page) -> Result<()> {
    page.wait("deep('jaw-jaw', '.widget') && !deep('jaw-jaw', '.waiting')").map(drop)
}

/// Comes near a widget, and waits until it follows what others do.
pub(crate) fn follows(page: &Page) -> Result<()> {
    let near =
        "(deep('jaw-jaw', 'h2').dispatchEvent(new PointerEvent('pointerover', { bubbles: true })),
        deep('jaw-jaw', '.onward'))";
    page.wait(near).map(drop)
}

/// A blog at `/` with this in it, and a page that has read its discussion.
pub(crate) fn open(world: &World, inside: &str) -> Result<(Running, Page)> {
    let site = world.site().page("/", &page(inside)).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    Ok((site, page))
}

/// A script that makes a tag with the attributes the page's address names: a server may have to know
/// the origin of the page before it has an address of its own.
pub(crate) const TAG_FROM_ADDRESS: &str =
    "<script>const tag = document.createElement('jaw-jaw');
        for (const [name, value] of new URLSearchParams(location.search)) tag.setAttribute(name, value);
        document.querySelector('main').append(tag)</script>";

/// Reads on where `first` comments are shown, until `all` are.
pub(crate) fn read_on(page: &Page, first: usize, all: usize) -> Result<()> {
    page.wait(&format!("deepWhole() && deepAll('jaw-jaw', 'article').length === {first}"))?;
    page.click("deep('jaw-jaw', '[data-do=more]')")?;
    let end = format!(
        "deepWhole() && deepAll('jaw-jaw', 'article').length === {all} && deep('jaw-jaw', '.more').hidden"
    );
    page.wait(&end).map(drop)
}

/// Nothing was thrown in the page.
pub(crate) fn unharmed(page: &Page) -> Result<()> {
    let thrown = page.exceptions()?;
    ensure!(thrown.is_empty(), "{thrown:?}");
    Ok(())
}

/// The threads as an outline, as a JavaScript expression.
pub(crate) const THREADS: &str = "(() => { const line = (li, depth) => {
        const card = li.querySelector(':scope > article');
        const text = (part) => card.querySelector(part)?.textContent.replace(/\\s+/g, ' ').trim() ?? '';
        const below = [...li.querySelectorAll(':scope > ol > li')];
        return '  '.repeat(depth) + text('.name') + ': ' + text('.words') + '\\n'
            + below.map((li) => line(li, depth + 1)).join('');
    };
    return deepAll('jaw-jaw', '.threads > li').map((li) => line(li, 0)).join(''); })()";

/// The threads as an outline: two spaces a level, `name: words`.
pub(crate) fn threads(page: &Page) -> Result<String> {
    page.text(THREADS)
}

/// Waits until the threads are these.
pub(crate) fn wait_threads(page: &Page, outline: &str) -> Result<()> {
    let waited = page.wait(&format!("{THREADS} === {}", json!(outline)));
    let seen = threads(page)?;
    let said = page.eval(
        "['.trouble', '.alert', '.unsent', 'textarea'].flatMap((one) => deepAll('jaw-jaw', one))
            .map((one) => one.value ?? one.textContent).filter(Boolean)",
    )?;
    ensure!(waited.is_ok(), "threads:\n{seen}\nwanted:\n{outline}\nsaid and typed: {said}");
    Ok(())
}

/// Posts straight to our server, as somebody with this secret.
pub(crate) fn post(native: &Native, text: &str, parent: Option<&str>, name: &str) -> Result<Value> {
    post_to(native, "a", text, parent, name)
}

/// The same to another article than `a`.
pub(crate) fn post_to(
    native: &Native,
    article: &str,
    text: &str,
    parent: Option<&str>,
    name: &str,
) -> Result<Value> {
    let body = json!({ "article": article, "text": text, "parentItem": parent, "author": { "name": name } });
    let answer = minreq::post(format!("{}/api/v1/comments", native.url))
        .with_header("content-type", "application/json")
        .with_body(body.to_string())
        .send()?;
    ensure!(answer.status_code == 201, "{} {}", answer.status_code, answer.as_str()?);
    Ok(serde_json::from_str(answer.as_str()?)?)
}

/// The identifier of what was posted.
pub(crate) fn id(comment: &Value) -> Result<&str> {
    comment["identifier"].as_str().context("a comment has an identifier")
}

/// What our server says of the article.
pub(crate) fn discussion(native: &Native) -> Result<Value> {
    let answer = minreq::get(format!("{}/api/v1/comments?article=a", native.url)).send()?;
    Ok(serde_json::from_str(answer.as_str()?)?)
}

/// Writes a comment in the composer of the page, as a reader with this name.
pub(crate) fn write(page: &Page, text: &str, name: &str) -> Result<()> {
    page.fill("deep('jaw-jaw', '.write textarea')", text)?;
    page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", name)?;
    page.click("deep('jaw-jaw', '.write button[type=submit]')")
}

/// A comment's card by words in it, as a JavaScript expression.
pub(crate) fn card(words: &str) -> String {
    format!(
        "deepAll('jaw-jaw', 'article').find((card) => card.querySelector('.words').textContent.includes({}))",
        json!(words)
    )
}

/// A button in a comment's card.
pub(crate) fn button(words: &str, verb: &str) -> String {
    format!("{}?.querySelector('[data-do={verb}]')", card(words))
}

/// A host that serves nothing but an endpoint, to say what no real server can be made to say.
pub(crate) fn endpoint(
    answer: impl Fn(&crate::Ask) -> Option<crate::Reply> + Send + Sync + 'static,
) -> Result<Running> {
    Site::new().cors().route(answer).start()
}

/// An empty discussion in the dialect of our server.
pub(crate) fn empty() -> Value {
    json!({ "comment": [], "commentCount": 0, "next": null, "closed": false })
}

/// Waits until something beside the page is so.
pub(crate) fn until(is: impl Fn() -> Result<bool>) -> Result<()> {
    let end = Instant::now() + Duration::from_mins(1);
    while !is()? {
        ensure!(Instant::now() < end, "waited 60 s");
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
