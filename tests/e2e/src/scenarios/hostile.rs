//! Whatever an endpoint sends, nothing runs, nothing leaks, nothing breaks. The payloads are data: ours in
//! `tests/hostile`, more in the folder that `HOSTILE_CORPUS` names (`cargo xtask test hostile --corpus DIR`).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::common::{ready, visit};
use crate::{Ask, Page, Reply, Running, Site, World, paths};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("hostile_the_test_is_not_blind", is_not_blind),
    ("hostile_payloads_in_every_field", payloads_in_every_field),
    ("hostile_bombs_are_defused", bombs_are_defused),
    ("hostile_answers_are_survived", answers_are_survived),
    ("hostile_drafts_are_previewed", drafts_are_previewed),
];

/// Payloads to a page.
const BATCH: usize = 120;

const STRICT: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";
const POLICIES: [(&str, &str); 3] = [
    ("none", ""),
    ("strict", STRICT),
    ("trusted types", "require-trusted-types-for 'script'; trusted-types 'none'"),
];

fn folder() -> PathBuf {
    paths::root().join("tests/hostile")
}

/// Items of all files of a folder that have what is wanted.
fn items(folder: &Path) -> Result<Vec<Value>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .with_context(|| format!("the corpus {}", folder.display()))?
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|file| file.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        let value: Value = serde_json::from_str(&marked(&text))
            .with_context(|| format!("{} is no JSON", file.display()))?;
        all.extend(value["items"].as_array().cloned().unwrap_or_default());
    }
    Ok(all)
}

/// Stands before the four digits of half a surrogate pair, which JSON may hold and no string of ours can.
const HALF: char = '\u{e000}';

/// JSON with halves of surrogate pairs marked.
fn marked(json: &str) -> String {
    let code = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let (mut out, mut at) = (String::with_capacity(json.len()), 0);
    while let Some(next) = json[at..].find('\\').map(|next| at + next) {
        out += &json[at..next];
        let pair = matches!(code(next), Some(0xd800..0xdc00))
            && matches!(code(next + 6), Some(0xdc00..0xe000));
        let length = match code(next) {
            _ if pair => 12,
            Some(_) => 6,
            None => 2,
        };
        if !pair && matches!(code(next), Some(0xd800..0xe000)) {
            out.push(HALF);
            out += &json[next + 2..next + 6];
        } else {
            out += &json[next..next + length];
        }
        at = next + length;
    }
    out + &json[at..]
}

/// The same the way back.
fn unmarked(json: &str) -> String {
    json.replace(HALF, "\\u")
}

/// What an item puts into a field.
fn payload(item: &Value) -> Option<String> {
    if let [Value::String(what), times] = item["repeat"].as_array()?.as_slice() {
        return Some(what.repeat(usize::try_from(times.as_u64()?).ok()?));
    }
    None
}

/// Ours and those of the corpus, bombs apart.
fn payloads() -> Result<Vec<String>> {
    let mut all = items(&folder())?;
    if let Some(more) = std::env::var_os("HOSTILE_CORPUS").filter(|more| !more.is_empty()) {
        let more = items(Path::new(&more))?;
        ensure!(!more.is_empty(), "the corpus has no items");
        all.extend(more);
    }
    let text = |item: &Value| {
        item["payload"].as_str().or(item["url"].as_str()).map(str::to_owned).or(payload(item))
    };
    let found: Vec<String> =
        all.iter().filter(|item| item["repeat"].is_null()).filter_map(text).collect();
    ensure!(found.len() > 700, "only {} payloads", found.len());
    Ok(found)
}

/// How a service wraps its comments: the profile, where it is asked, a comment, and the answer.
type Dialect = (&'static str, &'static str, fn(&Fields) -> Value, fn(Vec<Value>) -> Value);

/// A comment with the payload in some of its strings.
struct Fields<'a> {
    id: Value,
    /// In all other strings.
    bad: Option<&'a str>,
    text: &'a str,
}

impl Fields<'_> {
    fn or<'a>(&'a self, good: &'a str) -> &'a str {
        self.bad.unwrap_or(good)
    }
}

fn native(fields: &Fields) -> Value {
    json!({
        "identifier": fields.id, "parentItem": fields.bad, "author": { "name": fields.or("Ada"), "url": fields.or("") },
        "html": fields.text, "text": fields.text, "dateCreated": fields.or("2026-01-01T00:00:00Z"),
        "dateModified": fields.bad, "upvoteCount": fields.or("1"), "downvoteCount": fields.or("1"),
        "viewerVote": fields.or("0"), "creativeWorkStatus": fields.or("published"), "editableUntil": fields.bad,
    })
}

fn wordpress(fields: &Fields) -> Value {
    json!({
        "id": fields.id, "parent": fields.bad, "author_name": fields.or("Ada"), "author_url": fields.or(""),
        "date_gmt": fields.or("2026-01-01T00:00:00"), "content": { "rendered": fields.text },
        "link": fields.or("https://blog.example/"), "status": fields.or("approved"),
        "author_avatar_urls": { "24": fields.bad },
    })
}

fn mastodon(fields: &Fields) -> Value {
    json!({
        "id": fields.id, "in_reply_to_id": fields.bad, "created_at": fields.or("2026-01-01T00:00:00Z"),
        "edited_at": fields.bad, "content": fields.text, "url": fields.or("https://m.example/1"),
        "uri": fields.or("https://m.example/1"), "favourites_count": fields.or("1"), "replies_count": fields.or("0"),
        "account": { "display_name": fields.or("Ada"), "username": fields.or("ada"), "url": fields.or(""),
            "avatar": fields.bad },
    })
}

const DIALECTS: [Dialect; 3] = [
    (
        "native",
        "/api/v1/comments",
        native,
        |all| json!({ "comment": all, "commentCount": 0, "next": null, "closed": false }),
    ),
    ("wordpress", "/wp-json/wp/v2/comments", wordpress, |all| json!(all)),
    (
        "mastodon",
        "/api/v1/statuses/1/context",
        mastodon,
        |all| json!({ "ancestors": [], "descendants": all }),
    ),
];

/// Each payload in the body and all other strings, in the identifier, and then a comment that must be readable.
fn comments(payloads: &[String], make: fn(&Fields) -> Value) -> Vec<Value> {
    let mut all = Vec::new();
    for (number, bad) in payloads.iter().enumerate() {
        let number = 10 * (number + 1);
        all.push(make(&Fields { id: json!(number), bad: Some(bad), text: bad }));
        all.push(make(&Fields { id: json!(format!("{number}{bad}")), bad: None, text: "odd id" }));
        let good = format!("<p>still readable {number}</p>");
        all.push(make(&Fields { id: json!(number + 1), bad: None, text: &good }));
    }
    all
}

fn site(world: &World, dialect: &Dialect, payloads: &[String], policy: &str) -> Result<Running> {
    let (profile, path, make, wrap) = *dialect;
    let answer = unmarked(&wrap(comments(payloads, make)).to_string());
    let oracle = std::fs::read_to_string(folder().join("oracle.js"))?;
    let html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>blog</title><script src=/oracle.js></script>\
         <script type=module src=/w/jawjaw.js></script><body>\
         <jaw-jaw endpoint=/ profile={profile} article=1 {} live=off></jaw-jaw>",
        if profile == "wordpress" { "var-post=1" } else { "" }
    );
    let headers: &[(&str, &str)] = &[("content-security-policy", policy)];
    let headers = if policy.is_empty() { &[] } else { headers };
    let route = move |ask: &Ask| match ask.path.as_str() {
        "/oracle.js" => Some(Reply::new(200, "text/javascript", oracle.clone())),
        asked if asked.trim_start_matches('/') == path.trim_start_matches('/') => {
            Some(Reply::new(200, "application/json", answer.clone()))
        }
        _ => None,
    };
    Site::new().dir("/w/", &world.dist()).page_with("/", &html, headers).route(route).start()
}

/// Touches everything in the bodies as a reader might, then asks the oracle. Links must not lead away.
const JUDGE: &str = "(async () => {
    addEventListener('click', (event) => {
        if (event.composedPath().some((one) => one.localName === 'a')) event.preventDefault();
    }, true);
    const bodies = deepAll('jaw-jaw', '.words');
    const touched = [...bodies, ...deepAll('jaw-jaw', '.by')].flatMap((one) => [one, ...one.querySelectorAll('*')]);
    for (const one of touched)
        for (const name of ['mouseover', 'focus', 'click', 'toggle', 'load', 'error', 'animationend', 'beforetoggle'])
            one.dispatchEvent(new MouseEvent(name, { bubbles: true, cancelable: true }));
    await new Promise((done) => setTimeout(done, 600));
    const sums = { fired: 0, outside: [], unasked: [], csp: [], errors: [] };
    for (const body of bodies) {
        const told = __oracle.report(body, { allowClass: /^(host)?$/ });
        // The host's name that is told beside a link, and the rest of what a body may be made of.
        const ours = new Set('cite small abbr details summary table tr th td'.split(' ').map((tag) => 'tag ' + tag));
        sums.outside.push(...told.violations.filter((one) => !ours.has(one)));
        sums.fired = told.fired; sums.unasked = told.external; sums.csp = told.csp; sums.errors = told.errors;
    }
    for (const link of deepAll('jaw-jaw', 'a[href]'))
        if (!/^(https?|mailto):/.test(link.href)) sums.outside.push(link.href);
    for (const one of deepAll('jaw-jaw', '.widget :is(img, iframe, object, embed, form:not(.composer), script, style, base, meta, link)'))
        sums.outside.push('tag ' + one.localName);
    const seen = deepAll('jaw-jaw', '.words').filter((one) => one.textContent.includes('still readable')).length;
    return { ...sums, seen } })()";

fn all_there(page: &Page, least: usize) -> Result<()> {
    page.wait("deep('jaw-jaw', 'article')")?;
    page.eval("void deep('jaw-jaw', 'h2').dispatchEvent(new PointerEvent('pointerover', { bubbles: true }))")?;
    page.wait("deep('jaw-jaw', '.onward')")?;
    page.eval("void dispatchEvent(new Event('beforeprint'))")?;
    page.wait(&format!(
        "deepAll('jaw-jaw', 'ol[data-far]').length === 0 && deepAll('jaw-jaw', 'article').length >= {least}"
    ))
    .map(drop)
}

fn payloads_in_every_field(world: &World) -> Result<()> {
    let payloads = payloads()?;
    println!(
        "  | profile | policy | payloads | fired | outside the list | unasked | CSP | errors | unreadable |"
    );
    println!("  | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut worst = Vec::new();
    for dialect in &DIALECTS {
        for (name, policy) in POLICIES {
            let (mut counts, mut unreadable) = ([0; 5], 0);
            for batch in payloads.chunks(BATCH) {
                let site = site(world, dialect, batch, policy)?;
                let page = world.page()?;
                page.goto(&site.url("/"))?;
                // Identifiers that are empty, or the same as others, are no comments of their own.
                all_there(&page, batch.len() * 2)?;
                let told = page.eval(JUDGE)?;
                let lists = ["outside", "unasked", "csp", "errors"]
                    .map(|list| told[list].as_array().map_or(1, Vec::len));
                let fired = usize::try_from(told["fired"].as_u64().unwrap_or(1))?;
                for (sum, count) in counts.iter_mut().zip([&[fired][..], &lists[..]].concat()) {
                    *sum += count;
                }
                let seen = usize::try_from(told["seen"].as_u64().unwrap_or(0))?;
                unreadable += batch.len().saturating_sub(seen);
                if fired + lists.iter().sum::<usize>() > 0 || seen < batch.len() {
                    worst.push(format!("{} under {name}: {told:.1500}", dialect.0));
                }
                ensure!(page.exceptions()?.is_empty(), "{:?}", page.exceptions()?);
                world.close_pages();
            }
            println!(
                "  | {} | {name} | {} | {} | {} | {} | {} | {} | {unreadable} |",
                dialect.0,
                payloads.len(),
                counts[0],
                counts[1],
                counts[2],
                counts[3],
                counts[4]
            );
        }
    }
    ensure!(worst.is_empty(), "{}", worst.join("\n"));
    Ok(())
}

/// The same payloads put into a page as they are must be seen to do harm.
fn is_not_blind(world: &World) -> Result<()> {
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
    let site = Site::new().page("/", html).route(route).start()?;
    let page = world.page()?;
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
    Ok(())
}

fn bombs_are_defused(world: &World) -> Result<()> {
    /// Milliseconds of the main thread, beside a harmless comment.
    const MOST: f64 = 200.0;
    let bombs: Vec<(String, String)> = items(&folder())?
        .iter()
        .filter_map(|item| Some((item["id"].as_str()?.to_owned(), payload(item)?)))
        .collect();
    ensure!(bombs.len() >= 15, "only {} bombs", bombs.len());
    let mut harmless = None;
    for (name, bomb) in std::iter::once(("harmless".to_owned(), "words".to_owned())).chain(bombs) {
        let site = site(world, &DIALECTS[0], &[bomb], "")?;
        let page = world.page()?;
        page.goto(&site.url("/"))?;
        page.wait("deepAll('jaw-jaw', '.words').some((one) => one.textContent.includes('still readable'))")?;
        let spent = page.metrics()?["TaskDuration"] * 1_000.0;
        let base = *harmless.get_or_insert(spent);
        ensure!(spent - base < MOST, "{name} takes {:.0} ms of the main thread", spent - base);
        world.close_pages();
    }
    Ok(())
}

/// Whole answers that are not what they should be.
fn answers_are_survived(world: &World) -> Result<()> {
    let profile = json!({
        "profile": "threads", "version": 1,
        "list": { "href": "/comments", "items": ["#", "#/comments"],
            "nesting": { "parent": "/parent", "children": "/replies" } },
        "comment": { "id": "/id", "author.name": "/author/name", "author.url": "/author/url",
            "text": "/content", "dateCreated": "/created_at", "upvoteCount": "/votes" },
        "rating": { "ratingCount": "#/rating/count", "ratingValue": "#/rating/value" }
    });
    let oracle = Arc::new(std::fs::read_to_string(folder().join("oracle.js"))?);
    let answers: Vec<Value> =
        items(&folder())?.into_iter().filter(|item| item["body"].is_string()).collect();
    ensure!(answers.len() > 50, "only {} answers", answers.len());
    for item in answers {
        let (profile, oracle, answer) = (profile.clone(), Arc::clone(&oracle), item.clone());
        let status = u16::try_from(item["status"].as_u64().unwrap_or(200))?;
        let route = move |ask: &Ask| match ask.path.as_str() {
            "/threads.json" => Some(Reply::json(200, &profile)),
            "/oracle.js" => Some(Reply::new(200, "text/javascript", oracle.as_str())),
            "/comments" => Some(Reply::new(
                status,
                answer["content_type"].as_str().unwrap_or("application/json"),
                unmarked(answer["body"].as_str().unwrap_or_default()),
            )),
            _ => None,
        };
        let html = "<!doctype html><html lang=en><meta charset=utf-8><script src=/oracle.js></script>\
            <script type=module src=/w/jawjaw.js></script><body>\
            <jaw-jaw endpoint=/ profile=/threads.json article=1 live=off></jaw-jaw>";
        let site = Site::new().dir("/w/", &world.dist()).page("/", html).route(route).start()?;
        let page = world.page()?;
        page.goto(&site.url("/"))?;
        page.wait("deep('jaw-jaw', 'article, .failed, .list .notice')")
            .with_context(|| format!("{}", item["title"]))?;
        let told = page.eval(
            "(({ fired, errors }) => fired + errors.length)(__oracle.report(document.body))",
        )?;
        ensure!(told == 0, "{}: {told} things happened", item["title"]);
        ensure!(page.exceptions()?.is_empty(), "{}: {:?}", item["title"], page.exceptions()?);
        // Where another comment was in it, that one is there.
        let expects = item["expect"].as_str().unwrap_or_default();
        if expects.contains("unaffected") {
            let there = page.eval("deepAll('jaw-jaw', 'article').length > 0")?;
            ensure!(there == true, "{}: the good one is gone", item["title"]);
        }
        world.close_pages();
    }
    Ok(())
}

/// What a reader pastes is shown by the same rules.
fn drafts_are_previewed(world: &World) -> Result<()> {
    let payloads = payloads()?;
    let site = site(world, &DIALECTS[0], &["words".to_owned()], STRICT)?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    ready(&page)?;
    page.eval("void deep('jaw-jaw', '.write textarea').focus()")?;
    page.wait("deep('jaw-jaw', '.write [data-mark=preview]')")?;
    page.click("deep('jaw-jaw', '.write [data-mark=preview]')")?;
    for batch in payloads.chunks(40) {
        let text = batch.join("\n\n");
        page.eval(&format!(
            "(() => {{ const field = deep('jaw-jaw', '.write textarea'); field.value = {} + '\\n\\nthe very end';
                field.dispatchEvent(new InputEvent('input', {{ bubbles: true }})) }})()",
            json!(text)
        ))?;
        page.wait("deep('jaw-jaw', '.preview')?.textContent.includes('the very end')")?;
        let told = page.eval(&JUDGE.replace("'.words'", "'.preview .words'"))?;
        let lists = ["outside", "unasked", "csp", "errors"];
        let clean = lists.iter().all(|list| told[list] == json!([])) && told["fired"] == 0;
        ensure!(clean, "{told:.1500}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{marked, unmarked};

    #[test]
    fn halves_of_pairs_survive() {
        let json = r#"["\ud83d\ude00", "\ud800", "\udc00\ud800x", "\\ud800", "\n"]"#;
        let there = marked(json);
        assert!(serde_json::from_str::<serde_json::Value>(&there).is_ok(), "{there}");
        assert_eq!(unmarked(&there), json);
    }
}
