//! Strict pages: a whole visit without one breach, and no way from text to markup in what ships.

use anyhow::{Result, ensure};

use super::common::{button, follows, id, native, page, post, ready, tag, unharmed};
use super::finding::order;
use crate::World;

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("policy_a_whole_visit_without_a_breach", a_whole_visit_without_a_breach),
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
            .filter((name) => !['href', 'rel', 'target', 'class'].includes(name)).join(),
          deepAll('jaw-jaw', '.words :is(img, iframe, form, input, style, script, base, math)').length]",
    )?;
    ensure!(kept == serde_json::json!(["blog", "", 0]), "{kept}");
    let outside = |url: &str| !url.contains("127.0.0.1");
    let asked: Vec<String> =
        page.requests()?.into_iter().map(|r| r.url).filter(|url| outside(url)).collect();
    ensure!(asked.is_empty(), "{asked:?}");
    Ok(())
}
