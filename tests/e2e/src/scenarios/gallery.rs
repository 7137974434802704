//! Every state a reader can meet, each made as a reader makes it: what `a11y` judges.

use std::any::Any;
use std::cell::RefCell;

use anyhow::Result;
use serde_json::{Value, json};

use super::common::{button, follows, id, native, page, post, read_on, ready, tag, visit, write};
use crate::services::kept_font;
use crate::{Ask, Fault, Faulty, Native, Page, Reply, Site, World};

/// A name, and what brings it about.
pub(super) type State = (&'static str, fn(&World) -> Result<Shown>);

/// A page in its state, and what that needs to stay as it is.
pub(super) struct Shown {
    pub(super) page: Page,
    needs: Vec<Box<dyn Any>>,
}

pub(super) const STATES: &[State] = &[
    ("waiting", waiting),
    ("empty", empty),
    ("failed", failed),
    ("wrong tag", wrong_tag),
    ("thread", thread),
    ("folded", folded),
    ("every standing", every_standing),
    ("closed", closed),
    ("composing", composing),
    ("preview", preview),
    ("replying", replying),
    ("editing", editing),
    ("deleted", deleted),
    ("refused", refused),
    ("too fast", too_fast),
    ("rated", rated),
    ("voted", voted),
    ("offline", offline),
    ("not sent", not_sent),
    ("new comments", new_comments),
    ("finding", finding),
    ("one branch", one_branch),
    ("several services", several_services),
    ("deep", deep),
    ("more to read", more_to_read),
    ("read on", all_read),
    ("named in the address", named),
    ("program failed", program_failed),
];

const FIELD: &str = "deep('jaw-jaw', '.write textarea')";
const SEND: &str = "deep('jaw-jaw', '.write button[type=submit]')";

thread_local! {
    /// More attributes of the tags.
    static MORE: RefCell<String> = RefCell::default();
}

/// Shows something whose tags have more attributes.
pub(super) fn with<T>(more: &str, show: impl FnOnce() -> T) -> T {
    MORE.with(|kept| more.clone_into(&mut kept.borrow_mut()));
    let shown = show();
    MORE.take();
    shown
}

/// Waits until nothing moves, and the widget has followed the page's colours: by the next frame.
pub(super) fn settled(page: &Page) -> Result<()> {
    let own = "deep('jaw-jaw', '.jawjaw').style.getPropertyValue('--text')";
    let page_has = "getComputedStyle(deep('jaw-jaw')).color";
    let size = "deep('jaw-jaw', '.jawjaw').style.getPropertyValue('--rem')";
    // The widget hears of it by a transition, and is through that.
    let sizes =
        "[deep('jaw-jaw'), deep('jaw-jaw', '.jawjaw')].map((it) => getComputedStyle(it).fontSize)";
    page.wait(&format!(
        "document.fonts.ready.then(() => document.getAnimations().length === 0 && {page_has} === {own}
            && {sizes}.every((it) => `max(16px,${{it}})` === {size}))"
    ))
    .map(drop)
}

/// A page in the colours of the reader's system, as axe-core has to know them, and in letters that are the same on
/// every machine.
fn blog_page(inside: &str) -> String {
    let more = MORE.with(|more| ["<jaw-jaw ", &more.borrow(), " "].concat());
    let inside = inside.replace("<jaw-jaw ", &more);
    page(&format!(
        "<style>:root {{ color-scheme: light dark }}
         @font-face {{ font-family: Kept; src: url(/font/noto-sans-latin-wght-normal.woff2); font-weight: 100 900 }}
         body {{ background: Canvas; color: CanvasText; font-family: Kept, sans-serif }}</style>
         <h1>An article</h1>{inside}"
    ))
}

fn site(world: &World) -> Result<Site> {
    Ok(world.site().dir("/font/", &kept_font()?))
}

/// A page on our server, behind a line that may fail.
struct Line {
    native: Native,
    faulty: Faulty,
    shown: Shown,
}

fn line(world: &World, before: impl FnOnce(&Native, &Faulty) -> Result<()>) -> Result<Line> {
    let native = native(&[])?;
    let faulty = Faulty::before(&native.url)?;
    before(&native, &faulty)?;
    let site = site(world)?.page("/", &blog_page(&tag(&faulty.url))).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.wait("deep('jaw-jaw', '.widget')")?;
    Ok(Line { native, faulty, shown: Shown { page, needs: vec![Box::new(site)] } })
}

impl Line {
    fn done(self) -> Shown {
        let Self { native, faulty, mut shown } = self;
        shown.needs.push(Box::new(native));
        shown.needs.push(Box::new(faulty));
        shown
    }
}

/// A discussion as there are many: threads, answers, words of every kind.
fn discussed(native: &Native, _: &Faulty) -> Result<()> {
    let first = "I **tried** it, with `cargo run`:\n\n```rust\nfn main() {}\n```\n\n- one\n- two\n\n\
                 > quoted\n\nSee [the page](https://example.org/).";
    let first = post(native, first, None, "Ada Lovelace")?;
    let reply = post(native, "Thank you, that helped.", Some(id(&first)?), "Bob")?;
    post(native, "Me too.", Some(id(&reply)?), "Иван")?;
    post(native, "A second thread.", None, "Eve")?;
    post(native, &"Words that go on for long. ".repeat(150), None, "Grace Hopper")?;
    post(native, "مرحبا بكم", None, "ليلى")?;
    Ok(())
}

fn opened(world: &World) -> Result<Line> {
    let line = line(world, discussed)?;
    line.shown.page.wait("deepAll('jaw-jaw', 'article').length === 6")?;
    Ok(line)
}

fn waiting(world: &World) -> Result<Shown> {
    let line = line(world, |_, faulty| {
        faulty.on("GET", Fault::Stall);
        Ok(())
    })?;
    line.shown.page.wait("deep('jaw-jaw', '.waiting')")?;
    Ok(line.done())
}

fn empty(world: &World) -> Result<Shown> {
    let line = line(world, |_, _| Ok(()))?;
    ready(&line.shown.page)?;
    Ok(line.done())
}

fn failed(world: &World) -> Result<Shown> {
    let line = line(world, |_, faulty| {
        faulty.on("GET", Fault::Answer(404, Vec::new(), String::new()));
        Ok(())
    })?;
    line.shown.page.wait("deep('jaw-jaw', '.failed')")?;
    Ok(line.done())
}

fn wrong_tag(world: &World) -> Result<Shown> {
    let site = site(world)?.page("/", &blog_page("<jaw-jaw endpoint=/x profile=nativ></jaw-jaw>"));
    let site = site.start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.wait("deep('jaw-jaw', '.notice')")?;
    Ok(Shown { page, needs: vec![Box::new(site)] })
}

fn thread(world: &World) -> Result<Shown> {
    Ok(opened(world)?.done())
}

fn folded(world: &World) -> Result<Shown> {
    let line = opened(world)?;
    line.shown.page.click("deep('jaw-jaw', '[data-do=fold]')")?;
    line.shown.page.wait("deep('jaw-jaw', '[data-do=fold][aria-expanded=false]')")?;
    Ok(line.done())
}

fn every_standing(world: &World) -> Result<Shown> {
    let status = |is: &str| json!({ "is": is, "when": format!("/{is}") });
    let words = ["pending", "spam", "deleted", "hidden", "pinned", "closed", "staff"];
    let profile = json!({
        "profile": "standing", "version": 1,
        "list": { "href": "/comments", "items": "#" },
        "comment": {
            "id": "/id", "text": "/text", "author.name": "/by", "author.url": "/home", "dateCreated": "/at", "dateModified": "/changed",
            "upvoteCount": "/likes", "status": words.map(status)
        }
    });
    let mut comments: Vec<Value> = words
        .iter()
        .enumerate()
        .map(|(number, &word)| {
            json!({ "id": number, "text": word, "by": "Ann", "at": "2026-01-02T03:04:05Z", word: true })
        })
        .collect();
    // One of its letters is Cyrillic.
    comments.push(json!({
        "id": 20, "text": "edited", "by": "P\u{430}ul", "home": "https://example.org/",
        "at": "2026-01-02T03:04:05Z", "changed": "2026-01-03T03:04:05Z", "likes": 3
    }));
    let answer = move |ask: &Ask| match ask.path.as_str() {
        "/standing.json" => Some(Reply::json(200, &profile)),
        "/comments" => Some(Reply::json(200, &json!(comments))),
        _ => None,
    };
    let tag = "<jaw-jaw endpoint=/ article=a profile=/standing.json></jaw-jaw>";
    let site = site(world)?.page("/", &blog_page(tag)).route(answer).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    page.wait("deepAll('jaw-jaw', 'article').length === 8")?;
    Ok(Shown { page, needs: vec![Box::new(site)] })
}

fn closed(world: &World) -> Result<Shown> {
    let line = line(world, |native, faulty| {
        let there = post(native, "said before", None, "Eve")?;
        let told = json!({ "comment": [there], "commentCount": 1, "closed": true });
        faulty.set(move |ask| {
            let answer = Fault::Answer(
                200,
                vec![("content-type", "application/json".to_owned())],
                told.to_string(),
            );
            if ask.path.ends_with("/comments") { answer } else { Fault::Pass }
        });
        Ok(())
    })?;
    line.shown.page.wait("deep('jaw-jaw', '.write .notice:not([hidden])')")?;
    Ok(line.done())
}

fn begun(line: &Line) -> Result<()> {
    let page = &line.shown.page;
    page.fill(FIELD, "**bold** and plain")?;
    page.wait("deep('jaw-jaw', '[data-mark=preview]')")?;
    page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")
}

fn composing(world: &World) -> Result<Shown> {
    let line = opened(world)?;
    begun(&line)?;
    Ok(line.done())
}

fn preview(world: &World) -> Result<Shown> {
    let line = opened(world)?;
    begun(&line)?;
    line.shown.page.click("deep('jaw-jaw', '[data-mark=preview]')")?;
    line.shown.page.wait("deep('jaw-jaw', '.preview strong')")?;
    Ok(line.done())
}

fn replying(world: &World) -> Result<Shown> {
    let line = opened(world)?;
    line.shown.page.click(&button("Thank you", "reply"))?;
    line.shown.page.wait("deep('jaw-jaw', '.opened button[type=submit]')")?;
    line.shown.page.type_text("You are welcome")?;
    Ok(line.done())
}

/// With a comment of the reader's own.
fn written(world: &World) -> Result<Line> {
    let line = opened(world)?;
    write(&line.shown.page, "my own words", "Ada")?;
    line.shown.page.wait(&button("my own words", "edit"))?;
    Ok(line)
}

fn editing(world: &World) -> Result<Shown> {
    let line = written(world)?;
    line.shown.page.click(&button("my own words", "edit"))?;
    line.shown.page.wait("deep('jaw-jaw', '.opened textarea').value === 'my own words'")?;
    Ok(line.done())
}

fn deleted(world: &World) -> Result<Shown> {
    let line = written(world)?;
    // It stays to be taken back.
    line.faulty.on("DELETE", Fault::Stall);
    line.shown.page.click(&button("my own words", "delete"))?;
    line.shown.page.wait("deep('jaw-jaw', '[data-do=undo]')")?;
    Ok(line.done())
}

fn refused(world: &World) -> Result<Shown> {
    let line = opened(world)?;
    let told = json!({ "type": "about:blank", "detail": "No links, please." }).to_string();
    let headers = vec![("content-type", "application/problem+json".to_owned())];
    line.faulty.on("POST", Fault::Answer(422, headers, told));
    begun(&line)?;
    line.shown.page.click(SEND)?;
    line.shown.page.wait("deep('jaw-jaw', '.write .trouble').textContent")?;
    Ok(line.done())
}

fn too_fast(world: &World) -> Result<Shown> {
    let line = opened(world)?;
    let wait = vec![("retry-after", "600".to_owned())];
    line.faulty.on("POST", Fault::Answer(429, wait, String::new()));
    begun(&line)?;
    line.shown.page.click(SEND)?;
    line.shown.page.wait(&format!("{SEND}.textContent.startsWith('Again in')"))?;
    Ok(line.done())
}

fn rated(world: &World) -> Result<Shown> {
    let line = opened(world)?;
    line.shown.page.click("deepAll('jaw-jaw', '.give input')[3]")?;
    line.shown.page.wait("deep('jaw-jaw', '[role=status]').textContent.includes('4')")?;
    Ok(line.done())
}

fn voted(world: &World) -> Result<Shown> {
    let line = opened(world)?;
    line.shown.page.click(&button("Thank you", "upvote"))?;
    line.shown.page.wait("deep('jaw-jaw', '[aria-pressed=true]')")?;
    Ok(line.done())
}

fn offline(world: &World) -> Result<Shown> {
    let line = opened(world)?;
    begun(&line)?;
    line.shown.page.offline(true)?;
    line.shown.page.wait("!navigator.onLine")?;
    line.shown.page.click(SEND)?;
    line.shown.page.wait("deep('jaw-jaw', '.unsent')")?;
    Ok(line.done())
}

fn not_sent(world: &World) -> Result<Shown> {
    let line = opened(world)?;
    // It is not tried again while somebody looks at it: what is judged must stand still.
    let wait = vec![("retry-after", "600".to_owned())];
    line.faulty.on("POST", Fault::Answer(503, wait, String::new()));
    begun(&line)?;
    line.shown.page.click(SEND)?;
    line.shown.page.wait("deep('jaw-jaw', '.unsent')")?;
    Ok(line.done())
}

fn new_comments(world: &World) -> Result<Shown> {
    let native = native(&[])?;
    post(&native, "said before", None, "Eve")?;
    // A stream of events is never over, which the line would wait for.
    let site = site(world)?.page("/", &blog_page(&tag(&native.url))).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    follows(&page)?;
    post(&native, "while you read", None, "Eve")?;
    page.wait("!deep('jaw-jaw', '.arrived button').hidden")?;
    Ok(Shown { page, needs: vec![Box::new(site), Box::new(native)] })
}

fn finding(world: &World) -> Result<Shown> {
    let line = opened(world)?;
    line.shown.page.click("deep('jaw-jaw', '[data-do=find]')")?;
    line.shown.page.wait("deep('jaw-jaw').shadowRoot.activeElement?.type === 'search'")?;
    line.shown.page.type_text("second")?;
    line.shown.page.wait("deep('jaw-jaw', '.find [role=status]').textContent")?;
    Ok(line.done())
}

fn one_branch(world: &World) -> Result<Shown> {
    let line = line(world, |native, _| {
        let first = post(native, "much answered", None, "Eve")?;
        for number in 0..8 {
            post(native, &format!("answer {number}"), Some(id(&first)?), "Bob")?;
        }
        Ok(())
    })?;
    line.shown.page.click("deep('jaw-jaw', '[data-do=only]')")?;
    line.shown.page.wait("deep('jaw-jaw', '[data-do=all]')")?;
    Ok(line.done())
}

fn several_services(world: &World) -> Result<Shown> {
    let native = native(&[])?;
    post(&native, "said here", None, "Eve")?;
    let html = format!(
        "<jaw-jaw endpoint='{}' article='a'><jaw-source endpoint='http://127.0.0.1:1' article=b>\
         </jaw-source></jaw-jaw>",
        native.url
    );
    let site = site(world)?.page("/", &blog_page(&html)).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.wait("deep('jaw-jaw', '.origin') && deep('jaw-jaw', '.notice:not([hidden])')")?;
    Ok(Shown { page, needs: vec![Box::new(site), Box::new(native)] })
}

fn deep(world: &World) -> Result<Shown> {
    let line = line(world, |native, _| {
        let mut parent: Option<String> = None;
        for level in 0..12 {
            let words =
                format!("level {level}, in words enough for a line or two of a narrow page");
            let posted = post(native, &words, parent.as_deref(), "Eve")?;
            parent = Some(id(&posted)?.to_owned());
        }
        Ok(())
    })?;
    line.shown.page.wait("deepAll('jaw-jaw', 'article').length === 12")?;
    Ok(line.done())
}

fn many(native: &Native) -> Result<()> {
    (0..60).try_for_each(|number| post(native, &format!("comment {number}"), None, "Eve").map(drop))
}

fn more_to_read(world: &World) -> Result<Shown> {
    let line = line(world, |native, _| many(native))?;
    line.shown.page.wait("deep('jaw-jaw', '[data-do=more]')")?;
    Ok(line.done())
}

fn all_read(world: &World) -> Result<Shown> {
    let line = line(world, |native, _| many(native))?;
    read_on(&line.shown.page, 50, 60)?;
    Ok(line.done())
}

fn named(world: &World) -> Result<Shown> {
    let line = opened(world)?;
    line.shown.page.eval("void (location.hash = deepAll('jaw-jaw', 'article')[2].id)")?;
    line.shown.page.wait("deep('jaw-jaw', '[data-named]')")?;
    Ok(line.done())
}

fn program_failed(world: &World) -> Result<Shown> {
    let line = opened(world)?;
    let page = &line.shown.page;
    page.fill(FIELD, "typed before it broke")?;
    page.wait(SEND)?;
    page.eval(
        "(() => { const real = document.createElement; let broken = true;
            document.createElement = function (...args) {
                if (broken) { broken = false; throw new Error('no more elements') }
                return real.apply(this, args); }; })()",
    )?;
    page.click(&button("Thank you", "reply"))?;
    page.wait("!deep('jaw-jaw', '.broke').hidden")?;
    Ok(line.done())
}
