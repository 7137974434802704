//! The small tags for lists of articles.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::common::{native, post, unharmed, until};
use crate::{Fault, Faulty, Page, Reply, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("counts_of_a_list", of_a_list),
    ("counts_that_fail_leave_the_page", that_fail_leave_the_page),
    ("counts_of_a_changing_list", of_a_changing_list),
    ("counts_of_odd_answers", of_odd_answers),
];

/// A front page, with nothing but the tags.
pub(super) fn front_page(inside: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>blog</title>\
         <script type=module src=/w/jawjaw-counts.js></script><body><main>{inside}</main>"
    )
}

const TOLD: &str = "[...document.querySelectorAll('jaw-jaw-count, jaw-jaw-rating')]
    .map((one) => (one.shadowRoot ?? one).textContent.trim())";

/// What the tags say, in their order.
pub(super) fn told(page: &Page) -> Result<Value> {
    page.eval(TOLD)
}

fn wait_told(page: &Page, wanted: &Value) -> Result<()> {
    let came = page.wait(&format!("JSON.stringify({TOLD}) === {}", json!(wanted.to_string())));
    ensure!(came.is_ok(), "told {}, wanted {wanted}", told(page)?);
    Ok(())
}

fn of_a_list(world: &World) -> Result<()> {
    let native = native(&[])?;
    for _ in 0..3 {
        post(&native, "said", None, "Eve")?;
    }
    for stars in [5, 4, 4] {
        let answer = minreq::put(format!("{}/api/v1/rating?article=a", native.url))
            .with_header("content-type", "application/json")
            .with_body(json!({ "ratingValue": stars }).to_string())
            .send()?;
        ensure!(answer.status_code == 200, "{}", answer.as_str()?);
    }
    let faulty = Faulty::before(&native.url)?;
    let inside = format!(
        "<ul><li><a href=/first/#comments>First <jaw-jaw-count endpoint='{}' other='# replies' none='be the first'></jaw-jaw-count></a>
        <li><jaw-jaw-count article=a one='# comment' other='# comments'>comments</jaw-jaw-count>
        <li lang=ar><jaw-jaw-count article=a few='# تعليقات' other='# تعليق'></jaw-jaw-count>
        <li><jaw-jaw-count article=a></jaw-jaw-count>
        <li><jaw-jaw-rating article=a></jaw-jaw-rating>
        <li lang=de><jaw-jaw-rating article=a></jaw-jaw-rating>
        <li><jaw-jaw-rating article=/first/>not rated</jaw-jaw-rating></ul>",
        faulty.url
    );
    let site = world.site().page("/", &front_page(&inside)).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    let stars = "★★★★★";
    let wanted = json!([
        "be the first",
        "3 comments",
        "3 تعليقات",
        "3",
        format!("{stars} 4.3 (3)"),
        format!("{stars} 4,3 (3)"),
        "not rated"
    ]);
    wait_told(&page, &wanted)?;
    let asked = faulty.asked();
    ensure!(asked.len() == 1, "one request for all: {asked:?}");
    let fetched = site.asked();
    ensure!(!fetched.iter().any(|file| file.contains(".wasm")), "no program: {fetched:?}");
    // What is not text is said by what is.
    let hidden = page.eval(
        "document.querySelector('jaw-jaw-rating').shadowRoot.querySelector('span').ariaHidden",
    )?;
    ensure!(hidden == "true", "{hidden}");
    unharmed(&page)
}

fn that_fail_leave_the_page(world: &World) -> Result<()> {
    let native = native(&[])?;
    let faulty = Faulty::before(&native.url)?;
    faulty.set(|_| Fault::Answer(503, Vec::new(), "<b>down</b>".to_owned()));
    let inside = format!(
        "<jaw-jaw-count endpoint='{}' article=a>discuss</jaw-jaw-count>
         <jaw-jaw-count endpoint='{}' profile=hacker-news article=a>elsewhere</jaw-jaw-count>",
        faulty.url, native.url
    );
    let site = world.site().page("/", &front_page(&inside)).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    for wanted in ["503", "does not say how to count"] {
        // The owner is told.
        until(|| {
            page.eval("0")?;
            Ok(page.console()?.join("\n").contains(wanted))
        })?;
    }
    ensure!(told(&page)? == json!(["discuss", "elsewhere"]), "{}", told(&page)?);
    unharmed(&page)
}

/// A list that a program draws, and whose rows it uses again.
fn of_a_changing_list(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "said", None, "Eve")?;
    let site = world.site().page("/", &front_page("")).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.eval(&format!(
        "void document.querySelector('main').append(Object.assign(document.createElement('div'), {{ innerHTML:
            \"<jaw-jaw-count endpoint='{}' article=b></jaw-jaw-count>\" }}))",
        native.url
    ))?;
    wait_told(&page, &json!(["0"]))?;
    page.eval("void document.querySelector('jaw-jaw-count').setAttribute('article', 'a')")?;
    wait_told(&page, &json!(["1"]))?;
    // What was told of one article is not said of another, for which there is no answer.
    page.offline(true)?;
    page.eval("void document.querySelector('jaw-jaw-count').setAttribute('article', 'c')")?;
    wait_told(&page, &json!([""]))?;
    page.offline(false)?;
    unharmed(&page)
}

/// One odd tag, or one odd value, is not the others' trouble; names are found however HTML writes them.
fn of_odd_answers(world: &World) -> Result<()> {
    let profile = json!({
        "profile": "odd", "version": 1,
        "variables": { "endpoint": { "default": "/else" }, "appId": { "required": true } },
        "list": { "href": "x", "items": "#" }, "comment": { "id": "/id", "text": "/text" },
        "counts": { "href": "{+endpoint}/{appId}{?article*}", "commentCount": "/{article}/n" }
    });
    let told = json!({ "a": { "n": 1 }, "b": { "n": "x" }, "c": { "n": { "toString": 1 } }, "//": { "n": 4 } });
    let asked = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let heard = asked.clone();
    let long = "ж".repeat(400);
    let inside = format!(
        "<jaw-jaw-count profile=/odd.json var-appId=A1 article=a lang=en_US></jaw-jaw-count>
         <jaw-jaw-count article=b>two</jaw-jaw-count><jaw-jaw-count article=c>three</jaw-jaw-count>
         <jaw-jaw-count article='//'>four</jaw-jaw-count><jaw-jaw-count article=__proto__>five</jaw-jaw-count>
         <jaw-jaw-count article='{long}'>long</jaw-jaw-count><jaw-jaw-count article='{long}2'>long</jaw-jaw-count>"
    );
    let site = world.site().page("/", &front_page(&inside)).route(move |ask| {
        if ask.path == "/odd.json" {
            return Some(Reply::json(200, &profile));
        }
        ask.path.starts_with("/else/").then(|| {
            heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(ask.path.clone());
            Reply::json(200, &told)
        })
    });
    let site = site.start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    wait_told(&page, &json!(["1", "two", "three", "4", "five", "long", "long"]))?;
    until(|| Ok(asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner).len() == 2))?;
    let paths = asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    ensure!(paths.iter().all(|path| path == "/else/A1"), "{paths:?}");
    unharmed(&page)
}
