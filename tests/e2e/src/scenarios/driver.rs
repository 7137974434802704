//! The driver itself: if one of these breaks, no other scenario means anything.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::{Reply, Screen, Site, World};

/// Proofs of the driver.
pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("driver_clicks_and_types_in_a_shadow_root", clicks_and_types_in_a_shadow_root),
    ("driver_waits_for_what_covers_an_element", waits_for_what_covers_an_element),
    ("driver_sees_policy_violations", sees_policy_violations),
    ("driver_sees_exceptions_and_console", sees_exceptions_and_console),
    ("driver_goes_offline_and_back", goes_offline_and_back),
    ("driver_is_a_phone_in_the_dark", is_a_phone_in_the_dark),
    ("driver_keeps_visitors_apart", keeps_visitors_apart),
    ("driver_wait_survives_a_navigation", wait_survives_a_navigation),
    ("driver_measures_the_heap", measures_the_heap),
    ("driver_says_what_it_waited_for", says_what_it_waited_for),
    ("driver_starts_a_real_isso", starts_a_real_isso),
];

const FORM: &str = r#"<!doctype html><title>form</title>
<div style="height:3000px"></div><x-form></x-form>
<script>
customElements.define("x-form", class extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.innerHTML = "<input><button>Send</button><output></output>";
    const [input, button, output] = root.children;
    button.onclick = (event) => (output.textContent = `${input.value} ${event.isTrusted}`);
    input.onkeydown = (event) => (output.textContent = `key ${event.key} ${event.shiftKey}`);
  }
});
</script>"#;

fn clicks_and_types_in_a_shadow_root(world: &World) -> Result<()> {
    let site = Site::new().page("/", FORM).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.fill("deep('x-form', 'input')", "Grüße 👋")?;
    page.click("deepText('Send', 'x-form', 'button')")?;
    page.wait("deep('output').textContent === 'Grüße 👋 true'")?;
    page.press("Shift+Tab")?;
    page.press("Shift+Enter")?;
    page.wait("deep('output').textContent === 'key Enter true'")?;
    page.wait_for_text("key Enter")
}

fn waits_for_what_covers_an_element(world: &World) -> Result<()> {
    let covered = r#"<!doctype html><title>covered</title>
        <button onclick="this.textContent = 'pressed'">press</button>
        <div id="cover" style="position:fixed;inset:0"></div>
        <script>setTimeout(() => cover.remove(), 300)</script>"#;
    let site = Site::new().page("/", covered).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.click("deep('button')")?;
    page.wait("deep('button').textContent === 'pressed'").map(drop)
}

fn sees_policy_violations(world: &World) -> Result<()> {
    let policy = "script-src 'self' 'nonce-a'; style-src 'self'; \
                  require-trusted-types-for 'script'; trusted-types 'none'";
    let bad = r#"<!doctype html><title>bad</title><x-a></x-a><script nonce="a">
        const root = document.querySelector("x-a").attachShadow({ mode: "open" });
        const style = document.createElement("style");
        style.textContent = "p { color: red }";
        root.append(style);
        try { root.innerHTML = "<p>x</p>" } catch {}
        </script>"#;
    let good = "<!doctype html><title>good</title><script nonce=a>document.title = 1</script>";
    let headers = [("content-security-policy", policy)];
    let site = Site::new().page_with("/bad", bad, &headers).page_with("/good", good, &headers);
    let site = site.start()?;
    let page = world.page()?;
    page.goto(&site.url("/good"))?;
    ensure!(page.violations()?.is_empty(), "no violation: {:?}", page.violations()?);
    page.goto(&site.url("/bad"))?;
    let seen = page.violations()?.join("\n");
    ensure!(seen.contains("style-src"), "inline style: {seen}");
    ensure!(seen.contains("require-trusted-types-for"), "inner HTML: {seen}");
    Ok(())
}

fn sees_exceptions_and_console(world: &World) -> Result<()> {
    let page = world.page()?;
    let noisy = "<!doctype html><title>noisy</title><script>
        console.warn('careful', { a: 1 }, 2);
        Promise.reject(new Error('nobody caught me'));
        null.x</script>";
    let site = Site::new().page("/", noisy).start()?;
    page.goto(&site.url("/"))?;
    let console = page.console()?;
    ensure!(console.iter().any(|line| line == "warning: careful Object 2"), "{console:?}");
    let exceptions = page.exceptions()?.join("\n");
    ensure!(exceptions.contains("nobody caught me"), "{exceptions}");
    ensure!(exceptions.contains("TypeError"), "{exceptions}");
    let thrown = page.eval("(() => { throw new RangeError('mine') })()");
    ensure!(thrown.is_err_and(|trouble| trouble.to_string().contains("RangeError: mine")));
    Ok(())
}

fn goes_offline_and_back(world: &World) -> Result<()> {
    let api = Site::new()
        .cors()
        .route(|ask| (ask.path == "/echo").then(|| Reply::json(201, &json!({ "said": ask.body }))));
    let api = api.start()?;
    let site = Site::new().page("/", "<!doctype html><title>host</title>").start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    let url = api.url("/echo");
    let post = format!(
        "fetch('{url}', {{ method: 'POST', body: '{{}}', headers: {{ 'content-type': \
         'application/json' }} }}).then((answer) => answer.json(), () => 'failed')"
    );
    ensure!(page.eval(&post)? == json!({ "said": "{}" }), "the answer came");
    page.offline(true)?;
    ensure!(page.eval(&post)? == "failed", "nothing came");
    page.offline(false)?;
    ensure!(page.eval(&post)? == json!({ "said": "{}" }), "the answer came again");
    ensure!(api.asked().contains(&"OPTIONS /echo".to_owned()), "{:?}", api.asked());
    let requests = page.requests()?;
    let told = |method: &str, status, failed: bool| {
        requests.iter().any(|request| {
            let fits = request.url == url && request.method == method;
            fits && request.status == status && request.failure.is_some() == failed
        })
    };
    ensure!(told("POST", Some(201), false) && told("POST", None, true), "{requests:?}");
    Ok(())
}

fn is_a_phone_in_the_dark(world: &World) -> Result<()> {
    let html = "<!doctype html><meta name=viewport content='width=device-width'>
        <button ontouchend='this.textContent = event.changedTouches.length'>tap</button>";
    let site = Site::new().page("/", html).start()?;
    let page = world.page()?;
    page.screen(Screen::PHONE)?;
    page.media(&[("prefers-color-scheme", "dark"), ("prefers-reduced-motion", "reduce")])?;
    page.goto(&site.url("/"))?;
    let seen = page.eval(
        "[innerWidth, devicePixelRatio, matchMedia('(prefers-color-scheme: dark)').matches,
          matchMedia('(prefers-reduced-motion)').matches, matchMedia('(pointer: coarse)').matches]",
    )?;
    ensure!(seen == json!([390, 2, true, true, true]), "{seen}");
    page.tap("deep('button')")?;
    page.wait("deep('button').textContent === '1'").map(drop)
}

fn keeps_visitors_apart(world: &World) -> Result<()> {
    let site = Site::new().page("/", "<!doctype html><title>host</title>").start()?;
    let (ada, bob) = (world.page()?, world.page()?);
    ada.goto(&site.url("/"))?;
    bob.goto(&site.url("/"))?;
    ada.eval("void (localStorage.name = 'Ada')")?;
    let tab = ada.sibling()?;
    tab.goto(&site.url("/"))?;
    ensure!(tab.eval("localStorage.name")? == "Ada", "the same visitor");
    ensure!(bob.eval("localStorage.name ?? null")?.is_null(), "another visitor");
    Ok(())
}

fn wait_survives_a_navigation(world: &World) -> Result<()> {
    let first = "<!doctype html><script>setTimeout(() => location.href = '/next', 200)</script>";
    let site = Site::new().page("/", first).page("/next", "<!doctype html><p>arrived</p>");
    let site = site.start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.wait("location.pathname === '/next' && deep('p').textContent === 'arrived'")?;
    page.eval("void (document.body.dataset.old = 1)")?;
    page.reload()?;
    ensure!(page.eval("document.body.dataset.old ?? null")?.is_null(), "a new document");
    Ok(())
}

fn measures_the_heap(world: &World) -> Result<()> {
    let page = world.page()?;
    let before = page.heap()?;
    page.eval("void (globalThis.kept = Array.from({ length: 200000 }, (_, i) => ({ i })))")?;
    let full = page.heap()?;
    page.eval("void (globalThis.kept = null)")?;
    let after = page.heap()?;
    ensure!(full > before + 1_000_000, "{before} {full}");
    ensure!(after < before + 500_000, "{before} {after}");
    ensure!(page.metrics()?.contains_key("JSEventListeners"), "{:?}", page.metrics()?);
    Ok(())
}

fn says_what_it_waited_for(world: &World) -> Result<()> {
    let site = Site::new().page("/", "<!doctype html><p id=here>some words").start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    let wait = page.wait_within("deep('#there').hidden", Duration::from_millis(100));
    let said = wait.err().context("there is nothing to wait for")?.to_string();
    for part in ["deep('#there').hidden", "TypeError", "<p id=\"here\">", "some words"] {
        ensure!(said.contains(part), "{part} in {said}");
    }
    Ok(())
}

fn starts_a_real_isso(world: &World) -> Result<()> {
    let site = Site::new().page("/", "<!doctype html><title>host</title>").start()?;
    let isso = world.isso(&[&site.origin()])?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    let ask =
        format!("fetch('{}/?uri=/a/').then(async (a) => [a.status, await a.json()])", isso.url);
    let answer = page.eval(&ask)?;
    ensure!(answer[0] == 200 && answer[1]["replies"] == json!([]), "{answer}");
    let foreign = world.page()?;
    foreign.goto(&site.url("/").replace("127.0.0.1", "localhost"))?;
    ensure!(foreign.eval(&ask).is_err(), "another origin may not read");
    Ok(())
}
