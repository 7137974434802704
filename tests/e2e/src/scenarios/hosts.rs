//! Pages that make it hard: it still works there, or fails with a sentence, and the page is as it was.

use anyhow::{Result, ensure};

use super::common::{
    native, page, post, post_to, ready, tag, unharmed, visit, wait_threads, write,
};
use crate::{Ask, Page, Reply, Site, World, generators};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("hosts_with_two_versions", with_two_versions),
    ("hosts_that_hide_the_script", that_hide_the_script),
    ("hosts_in_a_sandbox", in_a_sandbox),
    ("hosts_whose_worker_answers_with_the_page", whose_worker_answers_with_the_page),
    ("hosts_are_as_they_were", are_as_they_were),
    ("hosts_sveltekit", sveltekit),
    ("hosts_astro", astro),
    ("hosts_next", next),
    ("hosts_that_use_types", that_use_types),
];

/// The first of two versions serves all tags; the other does no harm.
fn with_two_versions(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "once", None, "Ada")?;
    let mut newer = std::fs::read_to_string(world.dist().join("jawjaw.js"))?;
    newer.push_str(";globalThis.newer=1");
    let html = page(&format!("{}<script src=/w2/jawjaw.js></script>", tag(&native.url)));
    let site = world.site().page("/", &html).route(move |ask| {
        (ask.path == "/w2/jawjaw.js").then(|| Reply::new(200, "text/javascript", newer.clone()))
    });
    let site = site.start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.wait("globalThis.newer")?;
    // The tag was there before either: the classic script, which is the newer one, ran first. Its own files
    // are not there, and what failed is told.
    page.wait("deep('jaw-jaw').shadowRoot.adoptedStyleSheets.length === 0")?;
    let console = page.console()?.join("\n");
    ensure!(console.contains("could not start") && console.contains("/w2/"), "{console}");
    unharmed(&page)?;
    let html = page_with_both(&tag(&native.url));
    let site = world.site().dir("/w2/", &world.dist()).page("/", &html).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    wait_threads(&page, "Ada: once\n")?;
    let asked = site.asked();
    let modules = asked.iter().filter(|one| one.contains("jawjaw-widget.wasm")).count();
    ensure!(modules == 1, "one program for both: {asked:?}");
    unharmed(&page)
}

fn page_with_both(inside: &str) -> String {
    page(inside).replace("<body>", "<script async src=/w2/jawjaw.js></script><body>")
}

/// `document.currentScript` is not to be trusted: a page's own names stand before it.
fn that_hide_the_script(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "found", None, "Ada")?;
    let html = format!(
        "<!doctype html><title>blog</title><main>
         <img name=currentScript src='https://evil.invalid/x/' data-endpoint=https://evil.invalid>
         <img name=currentScript><form name=currentScript><input name=dataset></form>
         {}<script src=/w/jawjaw.js></script></main>",
        tag(&native.url)
    );
    // The image itself is the page's own business; it is answered, so that nothing is left open.
    let site =
        world.site().page("/", &html.replace("https://evil.invalid/x/", "/own.png")).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    wait_threads(&page, "Ada: found\n")?;
    ensure!(page.eval("deepAll('jaw-jaw', '.widget').length")? == 1, "one widget");
    ensure!(page.exceptions()?.is_empty(), "{:?}", page.exceptions()?);
    Ok(())
}

/// A page without an origin: storage, cookies and the like throw there.
fn in_a_sandbox(world: &World) -> Result<()> {
    for may in ["allow-forms", ""] {
        let native = native(&[])?;
        post(&native, "in a box", None, "Ada")?;
        let alone = ["sandbox allow-scripts ", may].concat();
        let alone = [("content-security-policy", alone.as_str())];
        let site = world.site().cors().page_with("/", &page(&tag(&native.url)), &alone).start()?;
        let page = world.page()?;
        visit(&page, &site.url("/"))?;
        wait_threads(&page, "Ada: in a box\n")?;
        ensure!(page.eval("origin")? == "null", "it has no origin");
        write(&page, "from a box", "Bob")?;
        wait_threads(&page, "Bob: from a box\nAda: in a box\n")?;
        unharmed(&page)?;
    }
    Ok(())
}

/// A service worker that answers everything with the page, as some do for single-page sites.
fn whose_worker_answers_with_the_page(world: &World) -> Result<()> {
    const WORKER: &str = "
        self.addEventListener('install', () => self.skipWaiting());
        self.addEventListener('activate', (event) => event.waitUntil(clients.claim()));
        self.addEventListener('fetch', (event) => {
            if (event.request.mode === 'navigate' || event.request.url.endsWith('/jawjaw.js')) return;
            event.respondWith(new Response('<!doctype html><h1>the page', { headers: { 'content-type': 'text/html' } }));
        });";
    let tag = "<jaw-jaw endpoint=/api article=a><a href=https://forum.example/>Discuss this</a></jaw-jaw>";
    let serve =
        |ask: &Ask| (ask.path == "/sw.js").then(|| Reply::new(200, "text/javascript", WORKER));
    let site = world.site().route(serve).page("/", &page(tag)).page("/plain", "<title>x</title>");
    let site = site.start()?;
    let page = world.page()?;
    page.goto(&site.url("/plain"))?;
    page.eval(
        "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => 0)",
    )?;
    page.goto(&site.url("/"))?;
    page.wait("deep('jaw-jaw').shadowRoot.adoptedStyleSheets.length === 0")?;
    ensure!(page.eval("deep('jaw-jaw a').getClientRects().length > 0")? == true, "the link stays");
    let console = page.console()?.join("\n");
    ensure!(console.contains("could not start"), "{console}");
    unharmed(&page)
}

/// What the page can see of itself: names in the window, style sheets, elements, and where they stand.
fn portrait(page: &Page) -> Result<String> {
    page.text(
        "JSON.stringify([
            Object.getOwnPropertyNames(window).filter((name) => !/^(deep|jawjaw|\\\\d+$)/.test(name)).sort(),
            document.styleSheets.length + document.adoptedStyleSheets.length,
            [...document.querySelectorAll('head *, body *')].filter((one) => one.localName !== 'jaw-jaw').map((one) => {
                const { x, y, width, height } = one.getBoundingClientRect();
                return [one.localName, x, y, width, height, getComputedStyle(one).cssText.length, one.attributes.length];
            }),
            Object.getOwnPropertyNames(Array.prototype).length + Object.getOwnPropertyNames(Element.prototype).length,
        ])",
    )
}

fn are_as_they_were(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "hello", None, "Ada")?;
    let html = |script: &str| {
        format!(
            "<!doctype html><html lang=en><title>blog</title><script async src={script}></script>
             <style>* {{ all: revert; margin: 3px !important; color: teal }}</style>
             <body><h1 id=a>Title</h1><p id=b>Words</p>{}</body>",
            tag(&native.url)
        )
    };
    let site = world.site().page("/", &html("/w/jawjaw.js")).page("/without", &html("/none.js"));
    let site = site.start()?;
    let bare = world.page()?;
    bare.goto(&site.url("/without"))?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    ready(&page)?;
    wait_threads(&page, "Ada: hello\n")?;
    let (without, with) = (portrait(&bare)?, portrait(&page)?);
    ensure!(without == with, "the page changed:\n{without}\n{with}");
    unharmed(&page)
}

fn sveltekit(world: &World) -> Result<()> {
    routes(world, "sveltekit", "build")
}

fn astro(world: &World) -> Result<()> {
    routes(world, "astro", "dist")
}

fn next(world: &World) -> Result<()> {
    routes(world, "next", "out")
}

/// A site of one page, built by its own generator from the package for npm: each article has its discussion, and
/// what was begun under one is there when the reader comes back.
fn routes(world: &World, name: &str, output: &str) -> Result<()> {
    let native = native(&[])?;
    for (article, words) in [("/a/", "about a"), ("/b/", "about b")] {
        post_to(&native, article, words, None, "Eve")?;
    }
    let built = generators::build(name, output, &native.url)?;
    let site = Site::new().dir("/", built.path());
    let site = ["/a/", "/b/"].into_iter().try_fold(site, |site, path| -> Result<Site> {
        let file = built.path().join(&path[1..]).join("index.html");
        Ok(site.page(path, &std::fs::read_to_string(file)?))
    })?;
    let site = site.start()?;
    let page = world.page()?;
    visit(&page, &site.url("/a/"))?;
    wait_threads(&page, "Eve: about a\n")?;
    page.eval("void (window.sameDocument = true)")?;
    page.fill("deep('jaw-jaw', '.write textarea')", "begun under a")?;
    let goes = |to: &str, words: &str| -> Result<()> {
        page.click(&format!(
            "document.querySelector('nav a[href^=\"{}\"]')",
            to.trim_end_matches('/')
        ))?;
        page.wait(&format!("location.pathname.startsWith('{}')", to.trim_end_matches('/')))?;
        page.wait("deepAll('jaw-jaw', 'article').length === 1 && document.querySelectorAll('jaw-jaw').length === 1")?;
        wait_threads(&page, words)
    };
    goes("/b/", "Eve: about b\n")?;
    ensure!(
        page.eval("deep('jaw-jaw', '.write textarea').value")? == "",
        "another article's draft"
    );
    write(&page, "under b", "Ada")?;
    page.wait("deepAll('jaw-jaw', 'article').length === 2")?;
    goes("/a/", "Eve: about a\n")?;
    page.wait("deep('jaw-jaw', '.write textarea').value === 'begun under a'")?;
    ensure!(page.eval("window.sameDocument")? == true, "the router, not the browser, went there");
    page.eval("void history.back()")?;
    page.wait("deepAll('jaw-jaw', 'article').length === 2")?;
    unharmed(&page)
}

/// TypeScript takes what is right and refuses what is wrong, in JSX too; editors can read the manifest.
fn that_use_types(_: &World) -> Result<()> {
    let home = generators::project("types")?;
    generators::run_build(&home)?;
    let read = |file: &str| -> Result<serde_json::Value> {
        Ok(serde_json::from_str(&std::fs::read_to_string(home.join("node_modules").join(file))?)?)
    };
    let schema = jsonschema::validator_for(&read("custom-elements-manifest/schema.json")?)?;
    let manifest = read("jawjaw/custom-elements.json")?;
    let wrong: Vec<String> = schema.iter_errors(&manifest).map(|error| error.to_string()).collect();
    ensure!(wrong.is_empty(), "{wrong:?}");
    Ok(())
}
