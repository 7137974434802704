//! Threads that no people made: everything in them can be read, once, and nothing stands deep.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::super::common::{page, unharmed, visit};
use crate::{Ask, Reply, World};

/// Comments in one answer.
const PAGE: u32 = 20_000;

/// What each of these comments answers; numbers from 1.
type Shape = (&'static str, u32, fn(u32) -> Value);

const SHAPES: &[Shape] = &[
    (
        "a chain of 100,000",
        100_000,
        |number| if number == 1 { Value::Null } else { json!(number - 1) },
    ),
    ("ten cycles of 1,000", 10_000, |number| {
        let first = (number - 1) / 1_000 * 1_000;
        json!(first + (number - first) % 1_000 + 1)
    }),
    ("10,000 orphans", 10_000, |number| json!(number + 1_000_000)),
];

pub(in crate::scenarios) fn stay_readable(world: &World) -> Result<()> {
    /// Milliseconds of the main thread for what is shown first.
    const MOST: f64 = 1_000.0;
    println!("  | thread | CPU, ms | DOM depth | nodes |");
    println!("  | --- | ---: | ---: | ---: |");
    for (name, many, parent) in SHAPES {
        let profile = json!({
            "profile": "trees", "version": 1,
            "list": { "href": "/comments{?page}", "items": "#/all", "total": "#/total", "nesting": { "parent": "/parent" },
                "page": { "mode": "number", "param": "page", "pages": "#/pages" } },
            "comment": { "id": "/id", "text": "/text" }
        });
        let (many, parent) = (*many, *parent);
        let answer = move |ask: &Ask| match ask.path.as_str() {
            "/trees.json" => Some(Reply::json(200, &profile)),
            "/comments" => {
                let asked = ask.query.split('&').find_map(|pair| pair.strip_prefix("page="));
                let number: u32 = asked.and_then(|page| page.parse().ok()).unwrap_or(1);
                let first = (number - 1) * PAGE + 1;
                let all = (first..=many.min(first + PAGE - 1)).map(|number| {
                    json!({ "id": number, "parent": parent(number), "text": format!("number {number}.") })
                });
                let all: Vec<Value> = all.collect();
                Some(Reply::json(
                    200,
                    &json!({ "all": all, "total": many, "pages": many.div_ceil(PAGE) }),
                ))
            }
            _ => None,
        };
        let tag = "<jaw-jaw endpoint=/ article=a profile=/trees.json live=off></jaw-jaw>";
        let site = world.site().route(answer).page("/", &page(tag)).start()?;
        let tab = world.page()?;
        visit(&tab, &site.url("/"))?;
        let spent = tab.metrics()?["TaskDuration"] * 1_000.0;
        let depth = tab.eval(
            "Math.max(...deepAll('jaw-jaw', '.widget *').map((one) => { let deep = 0; while ((one = one.parentElement)) deep++; return deep }))",
        )?;
        let nodes = tab.eval("deepAll('jaw-jaw', '.widget *').length")?;
        println!("  | {name} | {spent:.0} | {depth} | {nodes} |");
        ensure!(depth.as_f64().is_some_and(|depth| depth <= 40.0), "{name}: {depth} deep");
        ensure!(spent < MOST, "{name}: {spent:.0} ms");
        // What is left comes when it is asked for; then the last is there, and nothing is said twice.
        while tab.eval("!!deep('jaw-jaw', '.more:not([hidden])')")? == true {
            tab.eval("void deep('jaw-jaw', '.more button').click()")?;
            tab.wait("deep('jaw-jaw', '.more button').getAttribute('aria-disabled') === 'false'")?;
        }
        let said = tab.text("deep('jaw-jaw', 'h2').textContent")?;
        ensure!(said.replace(',', "").starts_with(&many.to_string()), "{name}: {said}");
        for number in [1, many / 2, many] {
            tab.eval(&format!("void (location.hash = '#comment-{number}')"))?;
            tab.wait(&format!(
                "deepAll('jaw-jaw', '.words').filter((one) => one.textContent.trim() === 'number {number}.').length === 1"
            ))?;
        }
        unharmed(&tab)?;
        world.close_pages();
    }
    Ok(())
}
