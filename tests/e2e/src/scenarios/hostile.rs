//! Whatever an endpoint sends, nothing runs, nothing leaks, nothing breaks. The payloads are data: ours in
//! `tests/hostile`, more in the folder that `HOSTILE_CORPUS` names (`cargo xtask test hostile --corpus DIR`).

pub(super) mod corpus;
mod dialects;
mod trees;
mod trial;

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::common::{ready, visit};
use crate::firefox::Firefox;
use crate::{Ask, Reply, Site, World};
use corpus::{folder, items, payload, payloads, unmarked};
use dialects::{DIALECTS, site};
use trial::{JUDGE, in_every_field, sees_harm};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("hostile_the_test_is_not_blind", is_not_blind),
    ("hostile_payloads_in_every_field", payloads_in_every_field),
    ("hostile_the_test_is_not_blind_in_firefox", is_not_blind_in_firefox),
    ("hostile_payloads_in_firefox", payloads_in_firefox),
    ("hostile_bombs_are_defused", bombs_are_defused),
    ("hostile_trees_stay_readable", trees::stay_readable),
    ("hostile_answers_are_survived", answers_are_survived),
    ("hostile_drafts_are_previewed", drafts_are_previewed),
];

/// Payloads to a page.
const BATCH: usize = 120;
/// The same in Firefox: our own payloads make three pages for each profile and policy.
const FIREFOX_BATCH: usize = 250;

const STRICT: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";
fn is_not_blind(world: &World) -> Result<()> {
    sees_harm(&world.page()?)
}

fn payloads_in_every_field(world: &World) -> Result<()> {
    in_every_field(world, BATCH, || {
        world.close_pages();
        world.page()
    })
}

fn is_not_blind_in_firefox(_: &World) -> Result<()> {
    let firefox = Firefox::launch()?;
    sees_harm(&firefox.tab()?)?;
    let elsewhere = firefox.elsewhere().join(", ");
    ensure!(
        elsewhere.contains("leak.invalid"),
        "of other hosts only these were asked: {elsewhere}"
    );
    Ok(())
}

fn payloads_in_firefox(world: &World) -> Result<()> {
    let firefox = Firefox::launch()?;
    in_every_field(world, FIREFOX_BATCH, || firefox.tab())?;
    let elsewhere = firefox.elsewhere();
    ensure!(elsewhere.is_empty(), "other hosts were asked: {elsewhere:?}");
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
    for (number, batch) in payloads.chunks(40).enumerate() {
        // At the beginning: all of a batch is shown at once, but of a long one not the end.
        let begins = format!("batch {number} begins");
        let text = [&*begins, "\n\n", &batch.join("\n\n")].concat();
        page.eval(&format!(
            "(() => {{ const field = deep('jaw-jaw', '.write textarea'); field.value = {};
                field.dispatchEvent(new InputEvent('input', {{ bubbles: true }})) }})()",
            json!(text)
        ))?;
        page.wait(&format!("deep('jaw-jaw', '.preview')?.textContent.includes('{begins}')"))?;
        let told = page.eval(&JUDGE.replace("'.words'", "'.preview .words'"))?;
        let lists = ["outside", "unasked", "csp", "errors"];
        let clean = lists.iter().all(|list| told[list] == json!([])) && told["fired"] == 0;
        ensure!(clean, "{told:.1500}");
    }
    Ok(())
}
