//! What reading costs, beside the least that a page could do: CPU of the main thread in ticks of the thread, so
//! that what else runs on the machine does not count.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::site::{Ask, Reply, Running, Site};
use crate::world::World;
use crate::{Page, paths};

/// Comments of a discussion.
const SIZES: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];
/// So many come at a time, where there are more; the widget reads no longer answers (`endpoint/http.rs`).
const PAGE: usize = 10_000;
/// What is measured again; the middle one counts.
const RUNS: usize = 3;

const WORDS: &str = "time people way water day part number sound work place thing help line year picture name world \
    letter point house page answer school study plant food country city tree farm story example paper group river \
    book night idea fish mountain base horse colour face wood order list reason measure field ship half rock fire";

/// Comments in the shape of our server: of ten, four begin a thread, the others answer one of the two levels
/// above the third.
fn discussion(size: usize) -> Vec<Value> {
    let mut dice = Dice(42 + size as u64);
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut levels: [Vec<usize>; 3] = Default::default();
    let mut comments = Vec::with_capacity(size);
    for number in 0..size {
        let level = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2][dice.below(10)];
        let level = if level > 0 && levels[level - 1].is_empty() { 0 } else { level };
        let parent = (level > 0).then(|| levels[level - 1][dice.below(levels[level - 1].len())]);
        levels[level].push(number);
        let mut html = String::new();
        for _ in 0..=dice.below(2) {
            let count = 8 + dice.below(30);
            let text: Vec<&str> = (0..count).map(|_| words[dice.below(words.len())]).collect();
            html += &["<p>", &text.join(" "), ".</p>"].concat();
        }
        if dice.below(8) == 0 {
            html += "<p>See <a href=\"https://example.org/\">this</a>, and <em>think</em>.</p>";
        }
        let minutes = i64::try_from((size - number) * 7 % 500_000).unwrap_or(0);
        comments.push(json!({
            "identifier": format!("{number:08}"), "parentItem": parent.map(|parent| format!("{parent:08}")),
            "author": { "name": format!("{} {}", words[dice.below(20)], words[dice.below(50)]), "url": null },
            "html": html, "text": "", "dateCreated": date(minutes), "dateModified": null,
            "upvoteCount": dice.below(9), "downvoteCount": dice.below(3), "viewerVote": 0,
            "creativeWorkStatus": "published",
        }));
    }
    comments
}

/// So many minutes before a moment of 2026, as RFC 3339.
fn date(minutes: i64) -> String {
    let (days, rest) = (minutes / 1_440, minutes % 1_440);
    let (month, day) = (10 - days / 28 % 10, 28 - days % 28);
    format!("2026-{month:02}-{day:02}T{:02}:{:02}:00Z", 23 - rest / 60, 59 - rest % 60)
}

fn site(world: &World, size: usize) -> Result<Running> {
    site_of(world, discussion(size))
}

fn site_of(world: &World, comments: Vec<Value>) -> Result<Running> {
    let size = comments.len();
    let answers: Vec<Vec<u8>> = comments
        .chunks(PAGE)
        .enumerate()
        .map(|(page, chunk)| {
            let next = ((page + 1) * PAGE < size).then(|| (page + 1).to_string());
            let answer =
                json!({ "comment": chunk, "commentCount": size, "next": next, "closed": false });
            answer.to_string().into_bytes()
        })
        .collect();
    let whole = json!({ "comment": comments }).to_string().into_bytes();
    let (answers, whole) = (Arc::new(answers), Arc::new(whole));
    let page = |inside: &str| {
        let words =
            "<p>Before the discussion stands an article, of which this is the last paragraph.</p>"
                .repeat(3);
        format!(
            "<!doctype html><html lang=en><meta charset=utf-8><title>blog</title><meta name=viewport \
             content='width=device-width'><style>body{{max-width:45rem;margin:1rem auto;font:1rem/1.5 sans-serif}}\
             </style><body><h1>An article</h1>{words}{inside}<footer>And this is what follows.</footer>"
        )
    };
    let vanilla = std::fs::read(paths::root().join("tests/bench/vanilla.js"))?;
    let host = Site::new()
        .dir("/w/", &world.dist())
        .page("/empty", &page(""))
        .page("/ours", &page("<style>jaw-jaw:not(:defined){display:block;min-height:100vh}</style><jaw-jaw endpoint=/ article=a></jaw-jaw><script type=module src=/w/jawjaw.js></script>"))
        .page("/vanilla", &page("<div id=vanilla></div><script type=module data-api=/all src=/vanilla.js></script>"));
    host.route(move |ask: &Ask| match ask.path.as_str() {
        "/vanilla.js" => Some(Reply::new(200, "text/javascript", vanilla.clone())),
        "/all" => Some(Reply::new(200, "application/json", whole.as_ref().clone())),
        "/api/v1/comments" | "//api/v1/comments" if ask.method == "POST" => {
            std::thread::sleep(Duration::from_secs(1));
            Some(Reply::json(201, &json!({
                "identifier": "fresh", "parentItem": null, "author": { "name": "Ada", "url": null },
                "html": "<p>just said</p>", "text": "just said", "dateCreated": "2026-11-01T00:00:00Z",
                "dateModified": null, "upvoteCount": 0, "downvoteCount": 0, "viewerVote": 0,
                "creativeWorkStatus": "published",
            })))
        }
        "/api/v1/comments" | "//api/v1/comments" if ask.method == "GET" => {
            let place = ask.query.split('&').find_map(|part| part.strip_prefix("cursor="));
            let place = place.and_then(|place| place.parse().ok()).unwrap_or(0);
            answers.get(place).map(|answer| Reply::new(200, "application/json", answer.clone()))
        }
        _ => None,
    })
    .start()
}

/// What one visit cost.
#[derive(Clone, Copy, Debug, Default)]
struct Visit {
    /// Milliseconds of the main thread.
    cpu: f64,
    script: f64,
    layout: f64,
    nodes: f64,
    /// Megabytes after a collection.
    heap: f64,
    shift: f64,
}

/// Until nothing has come for 0.7 seconds. Asked from outside and seldom: what asks in the page would be measured.
const SETTLED: &str =
    "Math.max(0, ...performance.getEntriesByType('resource').map((one) => one.responseEnd)) + 700
     < performance.now()";

fn settle(page: &Page, there: &str) -> Result<()> {
    let end = Instant::now() + Duration::from_mins(5);
    while page.eval(&format!("!!({there}) && {SETTLED}"))? != true {
        ensure!(Instant::now() < end, "{there} does not come");
        std::thread::sleep(Duration::from_millis(300));
    }
    Ok(())
}

fn visit(world: &World, url: &str, there: &str) -> Result<(Page, Visit)> {
    let page = world.page()?;
    page.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source":
        "globalThis.shift = 0; new PerformanceObserver((list) => list.getEntries().forEach((one) => {
             if (!one.hadRecentInput) shift += one.value })).observe({ type: 'layout-shift', buffered: true })" }))?;
    page.call("Page.navigate", json!({ "url": url }))?;
    settle(&page, there)?;
    let metrics = page.metrics()?;
    let of = |name: &str| metrics.get(name).copied().unwrap_or(0.0);
    let shift = page.eval("shift")?.as_f64().unwrap_or(0.0);
    let heap = memory(&page)?;
    let (cpu, script) = (of("TaskDuration") * 1e3, of("ScriptDuration") * 1e3);
    let layout = (of("LayoutDuration") + of("RecalcStyleDuration")) * 1e3;
    Ok((page, Visit { cpu, script, layout, nodes: of("Nodes"), heap, shift }))
}

/// Megabytes that scripts, nodes and WebAssembly hold after a collection.
fn memory(page: &Page) -> Result<f64> {
    page.call("HeapProfiler.collectGarbage", json!({}))?;
    let usage = page.call("Runtime.getHeapUsage", json!({}))?;
    let of = |name: &str| usage[name].as_f64().unwrap_or(0.0);
    Ok((of("usedSize") + of("embedderHeapUsedSize") + of("backingStorageSize")) / 1e6)
}

/// The middle of some visits, by CPU.
fn middle(world: &World, url: &str, there: &str, runs: usize) -> Result<Visit> {
    let mut visits = Vec::new();
    for _ in 0..runs {
        visits.push(visit(world, url, there)?.1);
        world.close_pages();
    }
    visits.sort_by(|left, right| left.cpu.total_cmp(&right.cpu));
    visits.get(runs / 2).copied().context("there was no run")
}

/// CPU of work done by a press and what came of it, in milliseconds, until the second frame after it.
fn press(page: &Page, act: &str, done: &str) -> Result<f64> {
    let work = |metrics: &BTreeMap<String, f64>| {
        let of = |name: &str| metrics.get(name).copied().unwrap_or(0.0);
        (of("ScriptDuration") + of("LayoutDuration") + of("RecalcStyleDuration")) * 1e3
    };
    page.eval("new Promise((done) => setTimeout(done, 300))")?;
    let before = work(&page.metrics()?);
    page.eval(&format!(
        "(async () => {{ {act}; for (let n = 0; n < 300 && !({done}); n++) await new Promise(requestAnimationFrame);
             await new Promise(requestAnimationFrame); if (!({done})) throw new Error('it did not happen') }})()"
    ))?;
    Ok(work(&page.metrics()?) - before)
}

const THERE: &str =
    "document.querySelector('jaw-jaw')?.shadowRoot?.querySelector('article .words p')";
const MORE: &str = "deep('jaw-jaw', '.more:not([hidden]) [data-do=more]')";

/// Measures, prints tables, and writes the figures to a file if one is named.
///
/// # Errors
/// If a page does not show its comments.
pub fn run(most: usize, file: Option<&Path>) -> Result<()> {
    let world = World::open()?;
    let mut figures = Vec::new();
    println!(
        "| comments | page alone | vanilla | jaw-jaw | ratio | script | layout | nodes | heap MB | CLS |"
    );
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for size in SIZES.into_iter().filter(|size| *size <= most) {
        let site = site(&world, size)?;
        let runs = if size > 1_000 { 1 } else { RUNS };
        // The first visit warms the browser up.
        visit(&world, &site.url("/ours"), THERE)?;
        world.close_pages();
        let empty = middle(&world, &site.url("/empty"), "true", runs)?;
        let vanilla =
            middle(&world, &site.url("/vanilla"), "document.querySelector('.words')", runs)?;
        let ours = middle(&world, &site.url("/ours"), THERE, runs)?;
        let ratio = (ours.cpu - empty.cpu) / (vanilla.cpu - empty.cpu);
        println!(
            "| {size} | {:.0} | {:.0} | {:.0} | {ratio:.2} | {:.0} | {:.0} | {:.0} | {:.1} | {:.3} |",
            empty.cpu,
            vanilla.cpu,
            ours.cpu,
            ours.script,
            ours.layout,
            ours.nodes,
            ours.heap,
            ours.shift
        );
        figures.push(json!({
            "comments": size, "empty": empty.cpu, "vanilla": vanilla.cpu, "ours": ours.cpu, "ratio": ratio,
            "script": ours.script, "layout": ours.layout, "nodes": ours.nodes, "heap": ours.heap, "cls": ours.shift,
        }));
        if size == 1_000 {
            figures.push(interactions(&world, &site)?);
            figures.push(folding(&world)?);
        }
        if size > PAGE {
            figures.push(scrolling(&world, &site, size)?);
        }
    }
    if let Some(file) = file {
        std::fs::write(file, serde_json::to_string_pretty(&figures)?)?;
    }
    Ok(())
}

fn interactions(world: &World, site: &Running) -> Result<Value> {
    let (page, _) = visit(world, &site.url("/ours"), THERE)?;
    page.eval("deep('jaw-jaw', '[data-do=reply]').dispatchEvent(new PointerEvent('pointerover', { bubbles: true }))")?;
    page.wait(
        "performance.getEntriesByType('resource').some((one) => one.name.includes('writing'))",
    )?;
    let reply = press(
        &page,
        "deep('jaw-jaw', '[data-do=reply]').click()",
        "deep('jaw-jaw', '.opened textarea')",
    )?;
    page.eval("deep('jaw-jaw', '[data-do=reply]').click()")?;
    let fold = press(
        &page,
        "deep('jaw-jaw', '[data-do=fold]').click()",
        "deep('jaw-jaw', '[aria-expanded=false]')",
    )?;
    page.eval("deep('jaw-jaw', '.write textarea').focus()")?;
    page.wait("deep('jaw-jaw', '.write button[type=submit]')")?;
    page.fill("deep('jaw-jaw', '.write textarea')", "just said")?;
    page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")?;
    // The answer takes its time: what it takes to send is over by then.
    page.eval("deep('jaw-jaw', '.write button[type=submit]').click()")?;
    let sent = press(
        &page,
        "",
        "deepAll('jaw-jaw', 'article').some((one) => one.textContent.includes('just said'))",
    )?;
    world.close_pages();
    println!(
        "\nAt 1,000, work: reply form {reply:.1} ms, fold {fold:.1} ms, from the answer to the comment in the list {sent:.1} ms"
    );
    Ok(json!({ "at": 1_000, "reply": reply, "fold": fold, "sent": sent }))
}

/// Folds a thread of 500 replies that are all in the page, and unfolds it.
fn folding(world: &World) -> Result<Value> {
    let mut comments = discussion(501);
    for (place, comment) in comments.iter_mut().enumerate() {
        comment["parentItem"] = if place == 0 { Value::Null } else { json!("00000000") };
    }
    let site = site_of(world, comments)?;
    let (page, _) = visit(world, &site.url("/ours"), THERE)?;
    let fold = |expanded: &str| {
        press(
            &page,
            "deep('jaw-jaw', '[data-do=fold]').click()",
            &format!("deep('jaw-jaw', '[data-do=fold]').ariaExpanded === '{expanded}'"),
        )
    };
    let (near, back) = (fold("false")?, fold("true")?);
    page.eval("void deep('jaw-jaw', 'h2').dispatchEvent(new PointerEvent('pointerover', { bubbles: true }))")?;
    page.wait("!!deep('jaw-jaw', '.arrived')")?;
    page.eval("void dispatchEvent(new Event('beforeprint'))")?;
    page.wait("deepAll('jaw-jaw', 'ol[aria-busy=true]').length === 0")?;
    let (all, again) = (fold("false")?, fold("true")?);
    world.close_pages();
    println!(
        "A thread of 500 replies: fold {near:.1} ms, unfold {back:.1} ms; as it is printed, all in the page: \
         {all:.1} and {again:.1} ms\n"
    );
    Ok(
        json!({ "replies": 500, "fold": near, "unfold": back, "all_fold": all, "all_unfold": again }),
    )
}

/// Reads on to the end, then scrolls through.
fn scrolling(world: &World, host: &Running, size: usize) -> Result<Value> {
    let (page, _) = visit(world, &host.url("/ours"), THERE)?;
    let pages = size / PAGE;
    for read in 1..pages {
        page.eval(&format!("{MORE}.click()"))?;
        settle(
            &page,
            &format!(
                "performance.getEntriesByType('resource').filter((one) => one.name.includes('cursor=')).length >= {read}
                    && deep('jaw-jaw', '[data-do=more]').ariaDisabled !== 'true'"
            ),
        )?;
    }
    let told = page.eval(
        "(async () => { const frames = []; let last = performance.now(), most = 0;
            const jaw = deep('jaw-jaw'); jaw.scrollIntoView();
            for (let n = 0; n < 300; n++) {
                await new Promise(requestAnimationFrame);
                const now = performance.now(); frames.push(now - last); last = now;
                scrollBy({ top: 300, behavior: 'instant' });
                if (n % 30 === 0) most = Math.max(most, jaw.shadowRoot.querySelectorAll('*').length);
            }
            frames.sort((a, b) => a - b);
            return { median: frames[150], p95: frames[285], worst: frames[299], nodes: most } })()",
    )?;
    let heap = memory(&page)?;
    println!("\nScrolling through {size}: frames in ms and nodes {told}, memory {heap:.0} MB\n");
    world.close_pages();
    Ok(json!({ "scrolling": size, "frames": told, "heap": heap }))
}
