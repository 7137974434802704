//! The same trouble many times over, and troubles in any order. `TRIALS` and `SEQUENCES` say how many.

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use super::common::{native, page, ready, tag, visit};
use crate::dice::Dice;
use crate::{Fault, Faulty, Isso, Page, Service, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("trials_lost_answers_native", lost_answers_native),
    ("trials_lost_answers_isso", lost_answers_isso),
    ("trials_lost_answers_wordpress", lost_answers_wordpress),
    ("trials_any_order", any_order),
];

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

const FIELD: &str = "deep('jaw-jaw', '.write textarea')";
const HURRY: &str = "void dispatchEvent(new Event('online'))";

/// Ten signs each of several scripts: what is written differs in them alone.
const SIGNS: [&str; 10] = [
    "абвгдежзик",
    "αβγδεζηθικ",
    "ابتثجحخدذر",
    "אבגדהוזחטי",
    "一二三四五六七八九十",
    "あいうえおかきくけこ",
    "가나다라마바사아자차",
    "कखगघचछजझटठ",
    "กขคงจฉชซฌญ",
    "👍🎉🔥🌍🍀🎈🐢🚲🌙🍎",
];

/// What is written in a trial: short, and unlike that of any other trial.
fn words(trial: usize) -> String {
    let signs: Vec<char> = SIGNS[trial % SIGNS.len()].chars().collect();
    let number = trial / SIGNS.len();
    [number / 100 % 10, number / 10 % 10, number % 10].map(|digit| signs[digit]).iter().collect()
}

/// Writes comments whose answers are lost; each must arrive, and once.
fn lose_answers(page: &Page, faulty: &Faulty, times: usize) -> Result<()> {
    for trial in 0..times {
        faulty.on("POST", Fault::LoseAnswer);
        page.eval(&format!("{FIELD}.focus()"))?;
        page.wait("deep('jaw-jaw', '.write button[type=submit][aria-disabled=false]')")?;
        page.type_text(&words(trial))?;
        page.eval("deep('jaw-jaw', '.write form').requestSubmit()")?;
        page.wait("!deep('jaw-jaw', '.outbox').hidden")?;
        faulty.set(|_| Fault::Pass);
        page.eval(HURRY)?;
        page.wait(&format!("deep('jaw-jaw', '.outbox').hidden && {FIELD}.value === ''"))?;
    }
    Ok(())
}

fn introduce(page: &Page) -> Result<()> {
    page.eval(&format!("{FIELD}.focus()"))?;
    page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")?;
    if page.eval("!!deep('jaw-jaw', '.write input[type=email]')")? == true {
        page.fill("deep('jaw-jaw', '.write input[type=email]')", "ada@reader.example")?;
    }
    Ok(())
}

/// Every trial is there once.
fn count(said: &[String], times: usize) -> Result<()> {
    for trial in 0..times {
        let wanted = self::words(trial);
        let there = said.iter().filter(|said| said.contains(&wanted)).count();
        ensure!(there == 1, "{wanted:?} is there {there} times");
    }
    println!("  {times} lost answers: 0 lost, 0 doubled");
    Ok(())
}

fn get(url: &str) -> Result<Value> {
    Ok(serde_json::from_str(minreq::get(url).send()?.as_str()?)?)
}

/// All texts in a document, wherever they are.
fn texts(value: &Value, name: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| texts(value, name, found)),
        Value::Object(members) => {
            for (member, value) in members {
                if member == name {
                    found.extend(value.as_str().map(str::to_owned));
                }
                texts(value, name, found);
            }
        }
        _ => {}
    }
}

fn lost_answers_native(world: &World) -> Result<()> {
    let times = number("TRIALS", 20);
    let native = native(&[])?;
    let faulty = Faulty::before(&native.url)?;
    let site = world.site().page("/", &page(&tag(&faulty.url))).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    introduce(&page)?;
    lose_answers(&page, &faulty, times)?;
    let mut found = Vec::new();
    let mut next = format!("{}/api/v1/comments?article=a&limit=50", native.url);
    loop {
        let answer = get(&next)?;
        texts(&answer["comment"], "html", &mut found);
        let Some(cursor) = answer["next"].as_str() else { break };
        next = format!("{}/api/v1/comments?article=a&limit=50&cursor={cursor}", native.url);
    }
    count(&found, times)
}

fn lost_answers_isso(world: &World) -> Result<()> {
    let times = number("TRIALS", 20).min(100);
    let site = world.site().page("/", &page(super::common::TAG_FROM_ADDRESS)).start()?;
    let isso = Isso::start(&[&site.origin()])?;
    let faulty = Faulty::before(&isso.url)?;
    let page = world.page()?;
    visit(&page, &site.url(&format!("/?endpoint={}&profile=isso&article=/trials/", faulty.url)))?;
    introduce(&page)?;
    lose_answers(&page, &faulty, times)?;
    let mut found = Vec::new();
    texts(&get(&format!("{}/?uri=/trials/", isso.url))?, "text", &mut found);
    count(&found, times)
}

fn lost_answers_wordpress(world: &World) -> Result<()> {
    let times = number("TRIALS", 20).min(100);
    let site = world.site().page("/", &page(super::common::TAG_FROM_ADDRESS)).start()?;
    let service = Service::wordpress()?;
    let faulty = Faulty::before(&service.url)?;
    let page = world.page()?;
    visit(
        &page,
        &site.url(&format!("/?endpoint={}&profile=wordpress&var-slug=hello", faulty.url)),
    )?;
    introduce(&page)?;
    lose_answers(&page, &faulty, times)?;
    let mut found = Vec::new();
    for number in 1..=2 {
        let url = format!("{}/wp-json/wp/v2/comments?per_page=100&page={number}", service.url);
        let answer = minreq::get(url).send()?;
        if answer.status_code == 200 {
            texts(&serde_json::from_str(answer.as_str()?)?, "rendered", &mut found);
        }
    }
    count(&found, times)
}

/// Types, sends, reloads, goes offline, closes the tab and opens another, while the line fails in any
/// way. In the end every text is in the field, in the outbox or at the server, and there once.
fn any_order(world: &World) -> Result<()> {
    let sequences = number("SEQUENCES", 15);
    let native = native(&[])?;
    let faulty = Faulty::before(&native.url)?;
    let html = page(super::common::TAG_FROM_ADDRESS);
    let site = world.site().page("/", &html).start()?;
    let mut page = world.page()?;
    page.goto(&site.url("/"))?;
    for sequence in 0..sequences {
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(sequence as u64 + 1));
        faulty.set(|_| Fault::Pass);
        let address = site.url(&format!("/?endpoint={}&article=n{sequence}", faulty.url));
        page.goto(&address)?;
        ready(&page)?;
        let (mut typed, mut current, mut story) = (Vec::new(), String::new(), String::new());
        for step in 0..4 + dice.below(6) {
            match dice.below(9) {
                0..3 => {
                    // While it is sent the field takes nothing.
                    page.wait(&format!("!{FIELD}.readOnly"))?;
                    page.eval(&format!("{FIELD}.focus()"))?;
                    let words = format!("s{sequence}w{step}.");
                    page.type_text(&words)?;
                    current += &words;
                    story += " type";
                }
                3..5 => {
                    page.eval(&format!("{FIELD}.focus()"))?;
                    page.wait("deep('jaw-jaw', '.write button[type=submit]')")?;
                    page.eval(
                        "deep('jaw-jaw', '.write input[autocomplete=name]').value = 'Ada';
                         void deep('jaw-jaw', '.write form').requestSubmit()",
                    )?;
                    if !current.is_empty() {
                        typed.push(std::mem::take(&mut current));
                    }
                    story += " send";
                }
                5 => {
                    let fault = match dice.below(6) {
                        0 => Fault::CutBefore,
                        1 => Fault::LoseAnswer,
                        2 => Fault::Answer(503, Vec::new(), String::new()),
                        3 => Fault::Delay(dice.below(200) as u64),
                        4 => Fault::Replace(502, Vec::new(), String::new()),
                        _ => Fault::Pass,
                    };
                    story += &[" ", &format!("{fault:?}")].concat();
                    faulty.on("POST", fault);
                }
                6 => {
                    page.reload()?;
                    ready(&page)?;
                    story += " reload";
                }
                7 => {
                    page.offline(true)?;
                    page.offline(false)?;
                    story += " offline";
                }
                _ => {
                    let other = page.sibling()?;
                    page.call("Page.close", json!({}))?;
                    page = other;
                    page.goto(&address)?;
                    ready(&page)?;
                    story += " kill";
                }
            }
        }
        if !current.is_empty() {
            typed.push(current);
        }
        settle(&page, &faulty, &address, &native.url, &typed, sequence)
            .map_err(|trouble| trouble.context(format!("sequence {sequence}:{story}")))?;
    }
    println!("  {sequences} sequences: 0 lost, 0 doubled");
    Ok(())
}

/// The line is good again: what was sent arrives, and nothing typed is missing.
fn settle(
    page: &Page,
    faulty: &Faulty,
    address: &str,
    server: &str,
    typed: &[String],
    sequence: usize,
) -> Result<()> {
    faulty.set(|_| Fault::Pass);
    page.goto(address)?;
    ready(page)?;
    page.eval(HURRY)?;
    // Everything has been sent, or is shown as not sent.
    page.wait(&format!(
        "!localStorage.getItem('jaw-jaw:outbox {} n{sequence}')
            || deep('jaw-jaw', '.outbox [data-unsent]')",
        faulty.url
    ))?;
    let here =
        page.text(&format!("{FIELD}.value + ' ' + deep('jaw-jaw', '.outbox').textContent"))?;
    let mut there = Vec::new();
    let url = format!("{server}/api/v1/comments?article=n{sequence}&limit=50");
    texts(&get(&url)?["comment"], "html", &mut there);
    for words in typed {
        // What was typed further after it was refused is one text with it.
        let at_server = there.iter().filter(|text| text.contains(words.as_str())).count();
        ensure!(at_server <= 1, "{words:?} is there {at_server} times: {there:?}");
        if at_server == 0 && !here.contains(words.as_str()) {
            let kept = page.text("JSON.stringify(localStorage)")?;
            bail!("{words:?} is lost: {here:?}, {there:?}, {kept}");
        }
    }
    Ok(())
}
