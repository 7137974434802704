//! Strict pages: a whole visit without one breach, and no way from text to markup in what ships.

use anyhow::{Result, ensure};

use super::common::{button, follows, id, native, page, post, ready, tag, unharmed};
use super::finding::order;
use crate::World;

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("policy_a_whole_visit_without_a_breach", a_whole_visit_without_a_breach),
    ("policy_nonces_alone_are_enough", nonces_alone_are_enough),
    ("policy_what_was_exchanged_does_not_run", what_was_exchanged_does_not_run),
    ("policy_what_was_exchanged_does_not_run_in_firefox", does_not_run_in_firefox),
    ("policy_nothing_that_ships_makes_markup_of_text", nothing_that_ships_makes_markup_of_text),
    ("policy_hostile_bodies_do_nothing", hostile_bodies_do_nothing),
];

fn a_whole_visit_without_a_breach(world: &World) -> Result<()> {
    let native = native(&[])?;
    let first = post(&native, "hello [a](https://example.org) `code`\n\n> quote", None, "Ada")?;
    post(&native, "reply", Some(id(&first)?), "Bob")?;
    for text in ["one", "two", "three", "four"] {
        post(&native, text, None, "Bob")?;
    }
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         connect-src 'self' {}; img-src 'self'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        native.url
    );
    let headers = [("content-security-policy", policy.as_str())];
    let site = world.site().page_with("/", &page(&tag(&native.url)), &headers).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    ready(&page)?;
    page.click("deepAll('jaw-jaw', '.choices label')[3]")?;
    page.wait("deep('jaw-jaw', '[role=status]').textContent.startsWith('You rated')")?;
    page.click(&button("hello", "upvote"))?;
    page.click("deep('jaw-jaw', '.fold')")?;
    page.click("deep('jaw-jaw', '.fold')")?;
    page.fill("deep('jaw-jaw', '.write textarea')", "**mine**")?;
    page.wait("deep('jaw-jaw', '.write [data-mark=preview]')")?;
    page.click("deep('jaw-jaw', '.write [data-mark=preview]')")?;
    page.wait("deep('jaw-jaw', '.preview .words strong')")?;
    page.click("deep('jaw-jaw', '.write [data-mark=preview]')")?;
    page.wait("deep('jaw-jaw', '.preview').hidden")?;
    page.click("deep('jaw-jaw', '[data-do=find]')")?;
    page.wait("deep('jaw-jaw').shadowRoot.activeElement?.type === 'search'")?;
    page.type_text("hello")?;
    page.wait("deep('jaw-jaw', '.find [role=status]').textContent === '1 of 1'")?;
    order(&page, "newest")?;
    page.wait("deep('jaw-jaw', '.threads article').textContent.includes('four')")?;
    page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Eve")?;
    page.click("deep('jaw-jaw', '.write button[type=submit]')")?;
    page.click(&button("mine", "edit"))?;
    page.wait("deep('jaw-jaw', '.opened textarea').value === '**mine**'")?;
    page.type_text("!")?;
    page.press("Control+Enter")?;
    page.click(&button("mine!", "delete"))?;
    page.click(&button("reply", "reply"))?;
    page.type_text("an answer")?;
    page.press("Control+Enter")?;
    page.wait("deepAll('jaw-jaw', 'article').length === 7")?;
    follows(&page)?;
    post(&native, "news", None, "Bob")?;
    page.click("deep('jaw-jaw', '.arrived button')")?;
    page.wait("deepAll('jaw-jaw', 'article').length === 8")?;
    page.eval("void deep('jaw-jaw').setAttribute('endpoint', 'http://127.0.0.1:1')")?;
    page.wait("deep('jaw-jaw', '.failed')")?;
    let breaches: Vec<String> = page.violations()?;
    // The last step asked for an address the policy does not allow, on purpose.
    let ours: Vec<&String> =
        breaches.iter().filter(|breach| !breach.contains("connect-src")).collect();
    ensure!(ours.is_empty(), "{ours:?}");
    unharmed(&page)
}

/// Each with what a page needs beside scripts.
fn with_scripts(scripts: &str) -> String {
    let scripts = if scripts.is_empty() { String::new() } else { format!("script-src {scripts};") };
    format!("default-src 'none'; {scripts} connect-src *; style-src 'self'; base-uri 'none'")
}

/// What was built runs, and nothing is reported, however the script was written.
fn nonces_alone_are_enough(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "hello", None, "Ada")?;
    let tag = tag(&native.url);
    for policy in [
        "'nonce-abc' 'wasm-unsafe-eval'",
        "'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'",
        "'nonce-abc' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'",
    ] {
        for script in [
            "<script nonce=abc src=/w/jawjaw.js></script>",
            "<script nonce=abc type=module src=/w/jawjaw.js></script>",
            "<script nonce=abc type=module>import('/w/jawjaw.js')</script>",
            // What templates write where a page has none.
            "<script nonce='' type=text/plain></script><script nonce=abc type=module src=/w/jawjaw.js></script>",
        ] {
            let policy = with_scripts(policy);
            let headers = [("content-security-policy", policy.as_str())];
            let html = format!("<!doctype html><title>blog</title>{tag}{script}");
            let site = world.site().page_with("/", &html, &headers).start()?;
            let page = world.page()?;
            page.goto(&site.url("/"))?;
            ready(&page)?;
            follows(&page)?;
            let breaches = page.violations()?;
            ensure!(breaches.is_empty(), "{policy} {script}: {breaches:?}");
            unharmed(&page)?;
        }
    }
    Ok(())
}

/// Policies under which a glue that somebody exchanged is tried, and the script by which a page begins.
const TRIED: &[(&str, &str)] = &[
    ("", ""),
    ("'self' 'wasm-unsafe-eval'", ""),
    ("'nonce-abc' 'wasm-unsafe-eval'", ""),
    ("'nonce-abc' 'wasm-unsafe-eval'", "type=module"),
    ("'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'", ""),
    (
        "'nonce-abc' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'",
        "",
    ),
];

/// A page under each, whose files are not what was built: it says so by `exchanged`.
fn exchanged(world: &World) -> Result<(crate::Running, Vec<String>)> {
    let glue = std::fs::read_to_string(world.dist().join("jawjaw-widget.js"))?;
    let glue = ["globalThis.exchanged = true;\n", &glue].concat();
    let other = move |ask: &crate::Ask| {
        let wanted = ask.path.ends_with("jawjaw-widget.js");
        wanted.then(|| crate::Reply::new(200, "text/javascript", glue.clone()))
    };
    let mut site = crate::Site::new().route(other).dir("/w/", &world.dist());
    let mut paths = Vec::new();
    for (number, (policy, kind)) in TRIED.iter().enumerate() {
        let policy = if policy.is_empty() { String::new() } else { with_scripts(policy) };
        let html = format!(
            "<!doctype html><title>blog</title><jaw-jaw endpoint=/ article=a></jaw-jaw>
             <script nonce=abc {kind} src=/w/jawjaw.js></script>"
        );
        let path = format!("/{number}");
        site = site.page_with(&path, &html, &[("content-security-policy", policy.as_str())]);
        paths.push(path);
    }
    Ok((site.start()?, paths))
}

/// The page gave up, as no space is kept any more.
const GAVE_UP: &str =
    "document.querySelector('jaw-jaw').shadowRoot.adoptedStyleSheets.length === 0";

fn what_was_exchanged_does_not_run(world: &World) -> Result<()> {
    let (site, paths) = exchanged(world)?;
    for path in paths {
        let page = world.page()?;
        page.goto(&site.url(&path))?;
        page.wait(&format!("globalThis.exchanged || {GAVE_UP}"))?;
        ensure!(page.eval("globalThis.exchanged ?? null")?.is_null(), "{path} ran");
    }
    Ok(())
}

fn does_not_run_in_firefox(world: &World) -> Result<()> {
    let firefox = crate::firefox::Firefox::launch()?;
    let (site, paths) = exchanged(world)?;
    for path in paths {
        let tab = firefox.tab()?;
        tab.goto(&site.url(&path))?;
        tab.wait(&format!("globalThis.exchanged || {GAVE_UP}"))?;
        ensure!(tab.eval("globalThis.exchanged ?? null")?.is_null(), "{path} ran");
    }
    Ok(())
}

fn nothing_that_ships_makes_markup_of_text(world: &World) -> Result<()> {
    let sinks = include_str!("../../../sinks.txt");
    let mut files = 0;
    for entry in std::fs::read_dir(world.dist())? {
        let path = entry?.path();
        if !path.extension().is_some_and(|ending| ending == "js" || ending == "wasm") {
            continue;
        }
        files += 1;
        let bytes = std::fs::read(&path)?;
        let text = String::from_utf8_lossy(&bytes);
        for sink in sinks.lines() {
            ensure!(!text.contains(sink), "{sink} is in {}", path.display());
        }
    }
    ensure!(files >= 9, "{files} files ship");
    Ok(())
}

fn hostile_bodies_do_nothing(world: &World) -> Result<()> {
    let bodies = [
        "<img src=x onerror=fired()>",
        "<svg onload=fired()>",
        "<a href=javascript:fired()>x</a>",
        "<iframe srcdoc='<script>parent.fired()</script>'></iframe>",
        "<p onclick=fired() style='color:red' id=cookie>x</p>",
        "<form action=//evil.example><input name=attributes></form>",
        "<style>*{display:none}</style>",
        "<math><mtext><table><mglyph><style><img src=x onerror=fired()>",
        "<noscript><p title=\"</noscript><img src=x onerror=fired()>\">",
        "<details open ontoggle=fired()>x</details>",
        "<a href='java\nscript:fired()'>x</a>",
        "<base href=//evil.example>",
    ];
    let comments: Vec<serde_json::Value> = bodies
        .iter()
        .enumerate()
        .map(|(number, body)| {
            serde_json::json!({
                "identifier": number, "html": body,
                "author": { "name": body, "url": "https://a.example/'onmouseover='fired()" },
            })
        })
        .collect();
    let count = comments.len();
    let api = super::common::endpoint(move |ask| {
        let mut answer = super::common::empty();
        answer["comment"] = serde_json::json!(comments);
        (ask.method == "GET").then(|| crate::Reply::json(200, &answer))
    })?;
    let html = [
        page(&tag(&api.origin())).as_str(),
        "<script>fired = () => document.title = 'fired'</script>",
    ]
    .concat();
    let site = world.site().page("/", &html).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.wait(&format!("deepWhole() && deepAll('jaw-jaw', 'article').length === {count}"))?;
    page.eval("deepAll('jaw-jaw', '.words *, .name').forEach((e) => { e.dispatchEvent(new Event('mouseover')); if (!e.target) e.click?.(); })")?;
    let kept = page.eval(
        "[document.title, deepAll('jaw-jaw', '.words *').flatMap((e) => e.getAttributeNames())
            .filter((name) => !['href', 'rel', 'target', 'class', 'dir', 'open'].includes(name)).join(),
          deepAll('jaw-jaw', '.words :is(img, iframe, form, input, style, script, base, math)').length]",
    )?;
    ensure!(kept == serde_json::json!(["blog", "", 0]), "{kept}");
    let outside = |url: &str| !url.contains("127.0.0.1");
    let asked: Vec<String> =
        page.requests()?.into_iter().map(|r| r.url).filter(|url| outside(url)).collect();
    ensure!(asked.is_empty(), "{asked:?}");
    Ok(())
}
