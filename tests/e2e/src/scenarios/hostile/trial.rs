//! The trials that every browser goes through, and what they ask of one.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::STRICT;
use super::corpus::{folder, items, payloads};
use super::dialects::{DIALECTS, site};
use crate::firefox::Tab;
use crate::{Ask, Page, Reply, Running, Site, World};

const POLICIES: [(&str, &str); 3] = [
    ("none", ""),
    ("strict", STRICT),
    ("trusted types", "require-trusted-types-for 'script'; trusted-types 'none'"),
];

/// A tab of either browser.
pub(super) trait Reader {
    /// Opens an address and waits until the document is loaded.
    fn goto(&self, url: &str) -> Result<()>;
    /// The value of a JavaScript expression, as JSON.
    fn eval(&self, expression: &str) -> Result<Value>;
    /// Asks an expression with every frame until it is truthy.
    fn wait(&self, condition: &str) -> Result<Value>;
    /// Errors so far, as the browser tells them.
    fn errors(&self) -> Result<Vec<String>>;
    /// Addresses asked for so far.
    fn requests(&self) -> Result<Vec<String>>;
}

impl Reader for Page {
    fn goto(&self, url: &str) -> Result<()> {
        self.goto(url)
    }

    fn eval(&self, expression: &str) -> Result<Value> {
        self.eval(expression)
    }

    fn wait(&self, condition: &str) -> Result<Value> {
        self.wait(condition)
    }

    fn errors(&self) -> Result<Vec<String>> {
        self.exceptions()
    }

    fn requests(&self) -> Result<Vec<String>> {
        Ok(self.requests()?.into_iter().map(|request| request.url).collect())
    }
}

impl Reader for Tab {
    fn goto(&self, url: &str) -> Result<()> {
        self.goto(url)
    }

    fn eval(&self, expression: &str) -> Result<Value> {
        self.eval(expression)
    }

    fn wait(&self, condition: &str) -> Result<Value> {
        self.wait(condition)
    }

    fn errors(&self) -> Result<Vec<String>> {
        self.errors()
    }

    fn requests(&self) -> Result<Vec<String>> {
        self.requests()
    }
}

/// Touches everything in the bodies as a reader might, then asks the oracle. Links must not lead away: the
/// clicks leave the shadow tree as real ones do, so that the page can say so.
pub(super) const JUDGE: &str = "(async () => {
    addEventListener('click', (event) => {
        if (event.composedPath().some((one) => one.localName === 'a')) event.preventDefault();
    }, true);
    const bodies = deepAll('jaw-jaw', '.words');
    const touched = [...bodies, ...deepAll('jaw-jaw', '.by')].flatMap((one) => [one, ...one.querySelectorAll('*')]);
    for (const one of touched)
        for (const name of ['mouseover', 'focus', 'click', 'toggle', 'load', 'error', 'animationend', 'beforetoggle'])
            one.dispatchEvent(new MouseEvent(name, { bubbles: true, cancelable: true, composed: name === 'click' }));
    await new Promise((done) => setTimeout(done, 600));
    const sums = { fired: 0, outside: [], unasked: [], csp: [], errors: [] };
    for (const body of bodies) {
        const told = __oracle.report(body, { allowClass: /^(host|emoji)?$/ });
        // The host's name that is told beside a link, signs, and the rest of what a body may be made of.
        const ours = new Set('cite small abbr ruby rt rp details summary table caption tr th td'.split(' ').map((tag) => 'tag ' + tag));
        sums.outside.push(...told.violations.filter((one) => !ours.has(one)));
        sums.fired = told.fired; sums.unasked = told.external; sums.csp = told.csp; sums.errors = told.errors;
    }
    for (const link of deepAll('jaw-jaw', 'a[href]'))
        if (!/^(https?|mailto):/.test(link.href)) sums.outside.push(link.href);
    for (const one of deepAll('jaw-jaw', '.widget :is(img, iframe, object, embed, form:not(.composer), script, style, base, meta, link)'))
        sums.outside.push('tag ' + one.localName);
    const seen = deepAll('jaw-jaw', '.words').filter((one) => one.textContent.includes('still readable')).length;
    return { ...sums, seen } })()";

fn all_there(page: &impl Reader, least: usize) -> Result<()> {
    page.wait("deep('jaw-jaw', 'article')")?;
    page.eval("void deep('jaw-jaw', 'h2').dispatchEvent(new PointerEvent('pointerover', { bubbles: true }))")?;
    page.wait("deep('jaw-jaw', '.onward')")?;
    page.eval("void dispatchEvent(new Event('beforeprint'))")?;
    page.wait(&format!(
        "deepAll('jaw-jaw', 'ol[aria-busy=true]').length === 0 && deepAll('jaw-jaw', 'article').length >= {least}"
    ))
    .map(drop)
}

/// Requests that nobody should make: to other hosts, and to the site for what is not a part of the page.
fn unasked(page: &impl Reader, site: &Running, expected: &[&str]) -> Result<Vec<String>> {
    let inside = format!("{}/", site.origin());
    let away = page.requests()?.into_iter().filter(|url| {
        !url.starts_with(&inside)
            && !["data:", "blob:", "about:"].iter().any(|own| url.starts_with(own))
    });
    let path = |asked: &str| {
        let path = asked.split_once(' ').map_or(asked, |(_, path)| path);
        path.split('?').next().unwrap_or_default().to_owned()
    };
    let known = |path: &str| {
        ["/", "/oracle.js", "/favicon.ico"].contains(&path)
            || path.starts_with("/w/")
            || expected.contains(&path)
    };
    let here = site.asked().into_iter().filter(|asked| !known(&path(asked)));
    Ok(away.chain(here).collect())
}

/// What one page with a batch of payloads came to, in the order of the table's columns.
struct Outcome {
    counts: [usize; 6],
    told: Value,
}

fn try_batch(page: &impl Reader, site: &Running, path: &str, batch: usize) -> Result<Outcome> {
    page.goto(&site.url("/"))?;
    // Identifiers that are empty, or the same as others, are no comments of their own.
    all_there(page, batch * 2)?;
    let mut told = page.eval(JUDGE)?;
    let more = [("unasked", unasked(page, site, &[path])?), ("errors", page.errors()?)];
    for (list, more) in more {
        if let Some(list) = told[list].as_array_mut() {
            list.extend(more.into_iter().map(Value::from));
        }
    }
    let number = |name: &str, otherwise| {
        told[name].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(otherwise)
    };
    let list = |name: &str| told[name].as_array().map_or(1, Vec::len);
    let counts = [
        number("fired", 1),
        list("outside"),
        list("unasked"),
        list("csp"),
        list("errors"),
        batch.saturating_sub(number("seen", 0)),
    ];
    Ok(Outcome { counts, told })
}

/// Every payload in every field of every dialect under every policy, `at_once` payloads to a page
/// that `open` gives.
pub(super) fn in_every_field<P: Reader>(
    world: &World,
    at_once: usize,
    open: impl Fn() -> Result<P>,
) -> Result<()> {
    let payloads = payloads()?;
    println!(
        "  | profile | policy | payloads | fired | outside the list | unasked | CSP | errors | unreadable |"
    );
    println!("  | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut worst = Vec::new();
    for dialect in &DIALECTS {
        let (profile, path, ..) = *dialect;
        for (name, policy) in POLICIES {
            let mut sums = [0; 6];
            for batch in payloads.chunks(at_once) {
                let site = site(world, dialect, batch, policy)?;
                let Outcome { counts, told } = try_batch(&open()?, &site, path, batch.len())?;
                if counts != [0; 6] {
                    worst.push(format!("{profile} under {name}: {told:.1500}"));
                }
                sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
            let sums = sums.map(|sum| sum.to_string()).join(" | ");
            println!("  | {profile} | {name} | {} | {sums} |", payloads.len());
        }
    }
    ensure!(worst.is_empty(), "{}", worst.join("\n"));
    Ok(())
}

/// The same payloads put into a page as they are must be seen to do harm.
pub(super) fn sees_harm(page: &impl Reader) -> Result<()> {
    let all = items(&folder())?;
    let bad = |item: &&Value| item["fires_raw_chromium156"] == "auto" && item["context"] == "html";
    let bodies: Vec<Value> = all.iter().filter(bad).map(|item| item["payload"].clone()).collect();
    ensure!(bodies.len() > 50, "only {} payloads fire", bodies.len());
    let count = bodies.len();
    let oracle = std::fs::read_to_string(folder().join("oracle.js"))?;
    let route = move |ask: &Ask| {
        (ask.path == "/oracle.js").then(|| Reply::new(200, "text/javascript", oracle.clone()))
    };
    let html =
        "<!doctype html><html lang=en><meta charset=utf-8><script src=/oracle.js></script><body>";
    let inline = format!("{html}<script>alert(1)</script>");
    let site = Site::new().page("/", html).route(route);
    let site =
        site.page_with("/strict", &inline, &[("content-security-policy", STRICT)]).start()?;
    page.goto(&site.url("/"))?;
    let told = page.eval(&format!(
        "(async () => {{ const bodies = {}; let seen = 0;
            for (const body of bodies) {{
                const place = document.createElement('div'); place.innerHTML = body; document.body.append(place);
                if (__oracle.report(place).violations.length) seen++;
            }}
            await new Promise((done) => setTimeout(done, 600));
            return {{ seen, fired: __oracle.report(document.body).fired }} }})()",
        json!(bodies)
    ))?;
    let (seen, fired) = (told["seen"].as_u64().unwrap_or(0), told["fired"].as_u64().unwrap_or(0));
    println!("  {count} payloads as they are: {seen} are outside the list, {fired} fired");
    ensure!(seen * 100 >= count as u64 * 95 && fired * 2 > count as u64, "the oracle sees {told}");
    sees_every_column(page, &site)
}

/// What the other columns count must be seen as well: requests, errors, breaches of a policy.
fn sees_every_column(page: &impl Reader, site: &Running) -> Result<()> {
    page.goto(&site.url("/"))?;
    page.eval(
        "Promise.all(['/nobody.png', 'https://leak.invalid/p.png'].map((src) => new Promise((done) => {
            const image = new Image(); image.onerror = done; image.src = src; }))).then(() => true)",
    )?;
    let asked = unasked(page, site, &[])?.join(" ");
    let both = asked.contains("GET /nobody.png") && asked.contains("https://leak.invalid/p.png");
    ensure!(both, "of the requests these are seen: {asked}");
    page.goto(&site.url("/strict"))?;
    page.eval("void setTimeout(() => { throw new Error('thrown on purpose') })")?;
    page.eval("void Promise.reject(new Error('rejected on purpose'))")?;
    page.wait("__oracle.report(document.body).errors.length === 2")?;
    let errors = page.errors()?.join(" ");
    let both = errors.contains("thrown on purpose") && errors.contains("rejected on purpose");
    ensure!(both, "of the errors these are seen: {errors}");
    let told = page.eval(
        "(() => {
            try { document.body.innerHTML = '<b>markup</b>'; } catch {}
            const { fired, csp } = __oracle.report(document.body);
            return { fired, csp: csp.join(' '), typed: 'trustedTypes' in globalThis,
                markup: !!document.querySelector('b') } })()",
    )?;
    // The inline script did not run, and the browser said so.
    ensure!(told["fired"] == 0, "the policy is not kept: {told}");
    let breaches = told["csp"].as_str().unwrap_or_default();
    ensure!(breaches.contains("script-src"), "of the breaches these are seen: {told}");
    println!("  Trusted Types are {}known", if told["typed"] == true { "" } else { "not " });
    ensure!(told["markup"] != told["typed"], "Trusted Types are not enforced: {told}");
    Ok(())
}
