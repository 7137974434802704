//! What of the widget is fetched when, and what becomes of the reader where it cannot be.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::common::{blog, button, card, native, page, post, tag, unharmed, visit, wait_threads};
use crate::{Page, Reply, Site, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("parts_come_when_first_needed", come_when_first_needed),
    ("parts_that_cannot_be_fetched_lose_nothing", that_cannot_be_fetched_lose_nothing),
    ("parts_of_another_build_are_refused", of_another_build_are_refused),
    ("parts_read_markdown_where_a_service_gives_it", read_markdown_where_a_service_gives_it),
    ("parts_that_were_changed_do_not_run", that_were_changed_do_not_run),
    ("parts_kept_of_the_last_build", kept_of_the_last_build),
    ("parts_check_a_profile_of_ones_own", check_a_profile_of_ones_own),
];

/// How often each part was asked for: writing, checks.
fn parts(page: &Page) -> Result<(usize, usize)> {
    let requests = page.requests()?;
    let times = |name: &str| requests.iter().filter(|request| request.url.contains(name)).count();
    Ok((times("jawjaw-writing.wasm"), times("jawjaw-checks.wasm")))
}

fn come_when_first_needed(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "a claim", None, "Ada")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    wait_threads(&page, "Ada: a claim\n")?;
    page.click(&button("a claim", "fold"))?;
    page.wait(&format!("{}.querySelector('.words').hidden", card("a claim")))?;
    page.click(&button("a claim", "fold"))?;
    ensure!(parts(&page)? == (0, 0), "a reader fetched {:?}", parts(&page)?);
    page.click(&button("a claim", "upvote"))?;
    page.wait("deepAll('jaw-jaw', '[aria-pressed=true]').length === 1")?;
    page.click(&button("a claim", "reply"))?;
    page.wait("deep('jaw-jaw', '.opened button[type=submit]')")?;
    ensure!(parts(&page)? == (1, 0), "a writer fetched {:?}", parts(&page)?);
    unharmed(&page)
}

fn that_cannot_be_fetched_lose_nothing(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    page.offline(true)?;
    page.fill("deep('jaw-jaw', '.write textarea')", "begun in a tunnel")?;
    page.wait("deep('jaw-jaw', '.trouble').textContent.includes('cannot be reached')")?;
    page.offline(false)?;
    page.type_text(", ended outside")?;
    page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")?;
    ensure!(page.eval("deep('jaw-jaw', '.trouble').textContent")? == "", "the trouble is over");
    page.reload()?;
    page.wait("deep('jaw-jaw', '.write textarea').value === 'begun in a tunnel, ended outside'")?;
    page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")?;
    page.click("deep('jaw-jaw', '.write button[type=submit]')")?;
    wait_threads(&page, "Ada: begun in a tunnel, ended outside\n")
}

/// The part for writing, as another build of the widget would have it.
fn of_another_build(world: &World) -> Result<Vec<u8>> {
    let mut part = std::fs::read(world.dist().join("jawjaw-writing.wasm"))?;
    // It asks for the memory of its own build: twelve hexadecimal digits after their number.
    let seal = |bytes: &[u8]| {
        bytes[0] == 12 && bytes[1..].iter().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b))
    };
    let at = part.windows(13).position(seal).context("a part names its build")?;
    part[at + 1] = if part[at + 1] == b'0' { b'1' } else { b'0' };
    Ok(part)
}

fn of_another_build_are_refused(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "a claim", None, "Ada")?;
    let other = of_another_build(world)?;
    let site = Site::new().route(move |ask| {
        let wanted = ask.path == "/w/jawjaw-writing.wasm";
        wanted.then(|| Reply::new(200, "application/wasm", other.clone()))
    });
    let site = site.dir("/w/", &world.dist()).page("/", &page(&tag(&native.url))).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    page.click(&button("a claim", "upvote"))?;
    page.wait("deep('jaw-jaw', '.alert').textContent.includes('Reload it')")?;
    page.fill("deep('jaw-jaw', '.write textarea')", "typed before")?;
    page.wait("deep('jaw-jaw', '.trouble').textContent.includes('Reload it')")?;
    page.reload()?;
    page.wait("deep('jaw-jaw', '.write textarea').value === 'typed before'")?;
    let console = page.console()?.join("\n");
    ensure!(console.contains("jawjaw-writing.wasm"), "{console}");
    unharmed(&page)
}

/// What the loader fetches, with something put in on the way: it runs where nothing checks it (the script
/// tag itself, whose sum is the page's to give), and nowhere else.
fn that_were_changed_do_not_run(world: &World) -> Result<()> {
    let native = native(&[])?;
    let changed = |file: &'static str| -> Result<(crate::Running, Page)> {
        let mut bytes = std::fs::read(world.dist().join(file))?;
        let is_script = Path::new(file).extension().is_some_and(|ending| ending == "js");
        let kind = if is_script {
            bytes.extend(b";document.documentElement.dataset.changed=1");
            "text/javascript"
        } else {
            // A section of its own at the end, which changes nothing of what the module does.
            bytes.extend([0, 2, 1, b'x']);
            "application/wasm"
        };
        let route = move |ask: &crate::Ask| {
            (ask.path == format!("/w/{file}")).then(|| Reply::new(200, kind, bytes.clone()))
        };
        let site = Site::new().route(route).dir("/w/", &world.dist());
        let site = site.page("/", &page(&tag(&native.url))).start()?;
        let page = world.page()?;
        page.goto(&site.url("/"))?;
        Ok((site, page))
    };
    let (_site, seen) = changed("jawjaw.js")?;
    seen.wait("document.documentElement.dataset.changed")?;
    for file in ["jawjaw-widget.js", "jawjaw-widget.wasm"] {
        let (_site, page) = changed(file)?;
        page.wait("deep('jaw-jaw').shadowRoot.adoptedStyleSheets.length === 0")?;
        let ran = page
            .eval("!!document.documentElement.dataset.changed || !!deep('jaw-jaw', '.widget')")?;
        ensure!(ran == false, "{file} ran");
        let console = page.console()?.join("\n");
        ensure!(console.contains("could not start") && console.contains("integrity"), "{console}");
        unharmed(&page)?;
    }
    Ok(())
}

/// A site on which browsers keep everything but the loader for a year, as many themes' assets are: after an
/// update the loader is of one build and what the browser has of another.
fn kept_of_the_last_build(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "there", None, "Ada")?;
    let glue = std::fs::read_to_string(world.dist().join("jawjaw-widget.js"))?;
    let loader = std::fs::read_to_string(world.dist().join("jawjaw.js"))?;
    let older_glue = format!("{glue}\n// An older build.");
    let sum = |text: &str| {
        base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes()))
    };
    let older_loader = loader.replace(&sum(&glue), &sum(&older_glue));
    ensure!(older_loader != loader, "the loader knows the glue's sum");
    let is_older = Arc::new(AtomicBool::new(true));
    let (older, dist) = (is_older.clone(), world.dist());
    let route = move |ask: &crate::Ask| {
        let older = older.load(Ordering::Relaxed);
        let script = |text: &str| Reply::new(200, "text/javascript", text);
        let kept = |reply: Reply| reply.header("cache-control", "max-age=31536000, immutable");
        let program = |name: &str| std::fs::read(dist.join(name)).ok();
        Some(match ask.path.strip_prefix("/w/")? {
            "jawjaw.js" => script(if older { &older_loader } else { &loader })
                .header("cache-control", "no-store"),
            "jawjaw-widget.js" => kept(script(if older { &older_glue } else { &glue })),
            name if Path::new(name).extension() == Some("wasm".as_ref()) => {
                kept(Reply::new(200, "application/wasm", program(name)?))
            }
            _ => return None,
        })
    };
    let site = Site::new().route(route).dir("/w/", &world.dist());
    let site = site.page("/", &page(&tag(&native.url))).start()?;
    let page = world.page()?;
    for build in ["the older", "the newer"] {
        visit(&page, &site.url("/"))?;
        wait_threads(&page, "Ada: there\n")?;
        page.click(&button("there", "reply"))?;
        page.wait("deep('jaw-jaw', '.opened button[type=submit]')")?;
        let times = |file: &str| -> Result<usize> {
            let requests = page.requests()?;
            let named = requests.iter().filter(|one| one.url.contains(file));
            let addresses: BTreeSet<&str> = named.map(|one| one.url.as_str()).collect();
            ensure!(addresses.iter().all(|one| one.contains('?')), "{addresses:?}");
            Ok(addresses.len())
        };
        // Another glue, with which the program comes; its parts are what they were.
        let asked = [times("-widget.js")?, times("-widget.wasm")?, times("-writing.wasm")?];
        let builds = 1 + usize::from(build == "the newer");
        ensure!(asked == [builds, builds, 1], "{build}: {asked:?}");
        // The browser does keep them.
        let before = site.asked().len();
        visit(&page, &site.url("/"))?;
        let again = site.asked().split_off(before);
        ensure!(!again.iter().any(|one| one.contains("-widget.")), "{build} is kept: {again:?}");
        is_older.store(false, Ordering::Relaxed);
    }
    unharmed(&page)
}

fn read_markdown_where_a_service_gives_it(world: &World) -> Result<()> {
    let profile = json!({
        "profile": "marked", "version": 1, "list": { "href": "/comments", "items": "#" },
        "comment": { "id": "/id", "text": { "from": "/text", "encodingFormat": "text/markdown" } }
    });
    let text = "A **bold** <b>word</b>\n\n- [x](javascript:alert(1))\n- [y](https://x.example/)";
    let comments = json!([{ "id": 1, "text": text }]);
    let route = move |ask: &crate::Ask| match ask.path.as_str() {
        "/marked.json" => Some(Reply::json(200, &profile)),
        "/comments" => Some(Reply::json(200, &comments)),
        _ => None,
    };
    let tag = "<jaw-jaw endpoint=/ article=a profile=/marked.json></jaw-jaw>";
    let site = world.site().route(route).page("/", &page(tag)).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    page.wait("deep('jaw-jaw', 'article .words strong')?.textContent === 'bold'")?;
    let shown = page.text(
        "[...deep('jaw-jaw', 'article .words').querySelectorAll('*')].map((one) => one.localName + (one.getAttribute('href') ?? '')).join(' ')",
    )?;
    ensure!(shown == "p strong ul li a li ahttps://x.example/", "{shown}");
    unharmed(&page)
}

fn check_a_profile_of_ones_own(world: &World) -> Result<()> {
    let profile = r##"{"profile":"own","version":1,"list":{"href":"{+endpoint}","itms":"#"},
        "comment":{"id":"/id","text":"/text"}}"##;
    let tag = "<jaw-jaw endpoint=/comments.json article=a profile=own.json></jaw-jaw>";
    let site = world.site().page("/", &page(tag));
    let site = site.route(move |ask| {
        (ask.path == "/own.json").then(|| Reply::new(200, "application/json", profile))
    });
    let site = site.start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.wait("deep('jaw-jaw', '.notice')")?;
    let console = page.console()?.join("\n");
    ensure!(console.contains("did you mean") && console.contains("/list/itms"), "{console}");
    ensure!(parts(&page)? == (0, 1), "{:?}", parts(&page)?);
    unharmed(&page)
}
