//! What is kept until it can be sent, and what is told of it; with those faults that need a service of
//! their own.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::common::{
    blog, button, discussion, native, page, post, ready, tag, unharmed, until, visit, wait_threads,
    write,
};
use crate::{Ask, Fault, Faulty, Native, Page, Reply, Running, Site, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("F12_nonce_has_expired", nonce_has_expired),
    ("F27_list_grows_while_typing", list_grows_while_typing),
    ("F33_program_fails_in_the_middle", program_fails_in_the_middle),
    ("F47_signed_out_in_another_tab", signed_out_in_another_tab),
    ("outbox_votes_and_rating_wait_for_the_network", votes_and_rating_wait),
    ("outbox_votes_are_not_counted_twice", votes_are_not_counted_twice),
    ("outbox_one_reader_is_one_voter", one_reader_is_one_voter),
    ("outbox_what_is_held_back_is_shown", what_is_held_back_is_shown),
    ("outbox_does_not_move_the_page_for_a_moment", does_not_move_the_page_for_a_moment),
    ("outbox_change_is_shown_at_once", change_is_shown_at_once),
    ("outbox_countdown", countdown),
    ("outbox_closed_thread", closed_thread),
    ("outbox_other_words_are_not_taken_for_these", other_words_are_not_taken_for_these),
    ("outbox_doubt_asks_the_reader", doubt_asks_the_reader),
    ("outbox_a_clear_no_is_not_looked_up", a_clear_no_is_not_looked_up),
];

const FIELD: &str = "deep('jaw-jaw', '.write textarea')";
const SEND: &str = "deep('jaw-jaw', '.write button[type=submit]')";
const TROUBLE: &str = "deep('jaw-jaw', '.write .trouble').textContent";

/// A small service: comments, a nonce that may be asked for, and posts that are taken or not.
fn service(world: &World, post: impl Fn(&Ask) -> Reply + Send + Sync + 'static) -> Result<Running> {
    let profile = json!({
        "profile": "small", "version": 1,
        "security": { "login": "{+endpoint}/login" },
        "list": { "href": "{+endpoint}/comments", "items": "#" },
        "comment": { "id": "/id", "text": "/text", "author.name": "/by", "upvoteCount": "/likes" },
        "operations": {
            "session": { "href": "{+endpoint}/nonce", "result": { "nonce": "#" } },
            "create": {
                "method": "POST", "href": "{+endpoint}/comments",
                "headers": { "X-WP-Nonce": "{nonce}" }, "body": { "text": "{content}" },
                "result": { "comment": "#" }
            },
            "upvote": { "method": "POST", "href": "{+endpoint}/like" }
        },
        "problem": { "type": "#/code", "types": { "rest_cookie_invalid_nonce": "not-allowed" } }
    });
    let nonces = AtomicU32::new(0);
    let tag = "<script>const tag = document.createElement('jaw-jaw');
        tag.setAttribute('endpoint', location.origin); tag.setAttribute('article', 'a');
        tag.setAttribute('profile', '/small.json'); document.querySelector('main').append(tag)</script>";
    let site = Site::new().dir("/w/", &world.dist()).page("/", &page(tag));
    let route = move |ask: &Ask| match (ask.method.as_str(), ask.path.as_str()) {
        (_, "/small.json") => Some(Reply::json(200, &profile)),
        (_, "/nonce") => {
            let number = nonces.fetch_add(1, Ordering::SeqCst) + 1;
            Some(Reply::json(200, &json!(format!("n{number}"))))
        }
        ("GET", "/comments") => {
            Some(Reply::json(200, &json!([{ "id": 1, "text": "first", "by": "Eve", "likes": 3 }])))
        }
        ("POST", _) => Some(post(ask)),
        _ => None,
    };
    site.route(route).start()
}

fn at(world: &World, site: &Running) -> Result<Page> {
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    Ok(page)
}

fn refused(code: &str) -> Reply {
    Reply::json(403, &json!({ "code": code, "message": "Cookie check failed" }))
}

fn taken() -> Reply {
    Reply::json(201, &json!({ "id": 2, "text": "at last", "by": "Ada", "likes": 0 }))
}

fn times(site: &Running, what: &str) -> usize {
    site.asked().iter().filter(|asked| asked.contains(what)).count()
}

fn nonce_has_expired(world: &World) -> Result<()> {
    let site = service(world, |ask| match ask.header("x-wp-nonce") {
        Some("n1") => refused("rest_cookie_invalid_nonce"),
        _ => taken(),
    })?;
    let page = at(world, &site)?;
    page.fill(FIELD, "at last")?;
    page.click(SEND)?;
    wait_threads(&page, "Ada: at last\nEve: first\n")?;
    ensure!(times(&site, "/nonce") == 2, "one new nonce: {:?}", site.asked());
    ensure!(times(&site, "POST /comments") == 2, "sent once more: {:?}", site.asked());
    unharmed(&page)?;
    // And where a new one does not help either, that is told and the words stay.
    let site = service(world, |_| refused("rest_cookie_invalid_nonce"))?;
    let page = at(world, &site)?;
    page.fill(FIELD, "never")?;
    page.click(SEND)?;
    page.wait(&format!("{TROUBLE}.includes('not allowed')"))?;
    ensure!(times(&site, "POST /comments") == 2, "not for ever: {:?}", site.asked());
    page.reload()?;
    page.wait(&format!("{FIELD}.value === 'never'"))?;
    unharmed(&page)
}

fn signed_out_in_another_tab(world: &World) -> Result<()> {
    let signed_in = Arc::new(AtomicBool::new(true));
    let known = signed_in.clone();
    let site = service(world, move |_| {
        if known.load(Ordering::SeqCst) {
            taken()
        } else {
            Reply::json(401, &json!({ "message": "Who are you?" }))
        }
    })?;
    let page = at(world, &site)?;
    page.fill(FIELD, "still me")?;
    signed_in.store(false, Ordering::SeqCst);
    page.click(SEND)?;
    page.wait(&format!("{TROUBLE}.includes('Sign in first')"))?;
    let login = page.text("deep('jaw-jaw', '.write .trouble a').href")?;
    ensure!(login == site.url("/login"), "{login}");
    ensure!(page.eval(&format!("{FIELD}.value"))? == "still me", "the words stay");
    signed_in.store(true, Ordering::SeqCst);
    page.click(SEND)?;
    wait_threads(&page, "Ada: at last\nEve: first\n")?;
    unharmed(&page)
}

fn list_grows_while_typing(world: &World) -> Result<()> {
    let blog = blog(world)?;
    for number in 0..130 {
        post(&blog.native, &format!("number {number}"), None, "Eve")?;
    }
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    page.wait("!deep('jaw-jaw', '.more').hidden")?;
    let first = page.text("deep('jaw-jaw', 'article .words').textContent")?;
    page.click(&button(&first, "reply"))?;
    page.wait("deep('jaw-jaw', '.opened button[type=submit]')")?;
    page.type_text("half a thought")?;
    page.wait("!deep('jaw-jaw', '.opened').getAnimations({ subtree: true }).length")?;
    page.eval(
        "(() => { const field = deep('jaw-jaw', '.opened textarea'); globalThis.was = field;
            field.setSelectionRange(2, 6);
            globalThis.events = [];
            field.addEventListener('blur', () => events.push('blur'));
            field.addEventListener('compositionend', () => events.push('end'));
            field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
            globalThis.at = field.getBoundingClientRect().top })()",
    )?;
    // Somebody else writes, and the list grows.
    post(&blog.native, "meanwhile", None, "Bob")?;
    page.eval("deep('jaw-jaw', '[data-do=more]').click()")?;
    page.wait("deep('jaw-jaw', '[role=status]').textContent.includes('shown')")?;
    let field = page.eval(
        "(() => { const field = deep('jaw-jaw', '.opened textarea');
            return [field === was, field.value, field.selectionStart, field.selectionEnd, events.join()] })()",
    )?;
    ensure!(field == json!([true, "half a thought", 2, 6, ""]), "{field}");
    let moved = page.eval("Math.abs(was.getBoundingClientRect().top - at) < 2")?;
    ensure!(moved == true, "what is typed in did not move");
    ensure!(
        page.eval("deep('jaw-jaw').shadowRoot.activeElement === was")? == true,
        "the focus stays in the field"
    );
    unharmed(&page)
}

/// A page that breaks what no program can do without.
fn program_fails_in_the_middle(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "it is there", None, "Eve")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    page.fill(FIELD, "typed before it broke")?;
    page.wait(SEND)?;
    page.eval(
        "(() => { const real = document.createElement; let broken = true;
            document.createElement = function (...all) {
                if (broken) { broken = false; throw new Error('no more elements') }
                return real.apply(this, all) } })()",
    )?;
    page.click(&button("it is there", "reply"))?;
    page.wait("!deep('jaw-jaw', '.broke').hidden")?;
    ensure!(page.eval(&format!("{FIELD}.value"))? == "typed before it broke", "it is still there");
    page.wait("deep('jaw-jaw', '.broke').getBoundingClientRect().height > 0")?;
    page.eval("document.querySelector('main').append('the page goes on')")?;
    page.click("deep('jaw-jaw', '.broke a')")?;
    page.wait("!document.querySelector('main')?.textContent.includes('the page goes on')")?;
    ready(&page)?;
    page.wait(&format!("{FIELD}.value === 'typed before it broke'"))?;
    wait_threads(&page, "Eve: it is there\n")
}

/// Waits until our server says so of its article.
fn arrives(page: &Page, native: &Native, what: &str) -> Result<()> {
    let url = format!("{}/api/v1/comments?article=a", native.url);
    page.wait(&format!("fetch('{url}').then((it) => it.json()).then((told) => {what})")).map(drop)
}

fn votes_and_rating_wait(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "it is there", None, "Eve")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    // What writes is here before the network goes.
    page.fill(FIELD, "x")?;
    page.wait(SEND)?;
    page.offline(true)?;
    page.wait("!navigator.onLine")?;
    page.click(&button("it is there", "upvote"))?;
    page.wait("deep('jaw-jaw', '[data-do=upvote] b').textContent === '1'")?;
    page.click("deepAll('jaw-jaw', '.choices label')[4]")?;
    let unsent = "deep('jaw-jaw', '.outbox').textContent";
    page.wait(&format!("{unsent}.includes('comment by Eve') && {unsent}.includes('Your rating')"))?;
    let votes = |told: &Value| told["comment"][0]["upvoteCount"].clone();
    ensure!(votes(&discussion(&blog.native)?) == 0, "it has not arrived");
    page.offline(false)?;
    arrives(&page, &blog.native, "told.comment[0].upvoteCount === 1")?;
    arrives(&page, &blog.native, "told.aggregateRating.ratingCount === 1")?;
    page.wait("deep('jaw-jaw', '.outbox').hidden")?;
    page.wait("deep('jaw-jaw', '[data-do=upvote] b').textContent === '1'")?;
    // One that is thought better of before it could leave never leaves.
    page.offline(true)?;
    page.wait("!navigator.onLine")?;
    page.click(&button("it is there", "upvote"))?;
    page.wait(&format!("{unsent}.includes('comment by Eve')"))?;
    page.click("deep('jaw-jaw', '[data-unsent=discard]')")?;
    page.wait("deep('jaw-jaw', '[data-do=upvote] b').textContent === '1'")?;
    page.offline(false)?;
    page.wait("navigator.onLine")?;
    ensure!(votes(&discussion(&blog.native)?) == 1, "the vote stands");
    unharmed(&page)
}

/// A service that adds one for each vote it hears of: what may have arrived is not sent again.
fn votes_are_not_counted_twice(world: &World) -> Result<()> {
    let site = service(world, |_| taken())?;
    let line = Faulty::before(&site.origin())?;
    let page = world.page()?;
    visit(&page, &line.url)?;
    line.on("POST", Fault::LoseAnswer);
    page.click(&button("first", "upvote"))?;
    page.wait("deep('jaw-jaw', '.outbox').textContent.includes('comment by Eve')")?;
    page.wait("deep('jaw-jaw', '.outbox').hidden")?;
    ensure!(times(&site, "POST /like") == 1, "{:?}", site.asked());
    unharmed(&page)
}

/// The first answer brings the secret by which the reader is known from then on; the page may be left
/// before or after it.
fn one_reader_is_one_voter(world: &World) -> Result<()> {
    for first in [Fault::Delay(700), Fault::StallInside] {
        let native = native(&[])?;
        post(&native, "a claim", None, "Eve")?;
        let line = Faulty::before(&native.url)?;
        let site = world.site().page("/", &page(&tag(&line.url))).start()?;
        let page = at(world, &site)?;
        let votes = AtomicU32::new(0);
        let fault = first.clone();
        line.set(move |ask| match ask.method.as_str() {
            "PUT" if votes.fetch_add(1, Ordering::SeqCst) == 0 => fault.clone(),
            "PUT" => Fault::Stall,
            _ => Fault::Pass,
        });
        page.click(&button("a claim", "upvote"))?;
        until(|| Ok(line.times("PUT") == 1))?;
        page.click(&button("a claim", "downvote"))?;
        let under_way = if first == Fault::StallInside { 1 } else { 2 };
        until(|| Ok(line.times("PUT") == under_way))?;
        line.set(|_| Fault::Pass);
        page.reload()?;
        let votes = |told: &Value| {
            (told["comment"][0]["upvoteCount"].clone(), told["comment"][0]["downvoteCount"].clone())
        };
        until(|| Ok(votes(&discussion(&native)?) == (json!(0), json!(1))))?;
        page.wait(&format!("{}.ariaPressed === 'true'", button("a claim", "downvote")))?;
        unharmed(&page)?;
    }
    Ok(())
}

/// What is held back by what was tried is there to be seen, and goes after it.
fn what_is_held_back_is_shown(world: &World) -> Result<()> {
    let native = native(&[])?;
    let line = Faulty::before(&native.url)?;
    let site = world.site().page("/", &page(&tag(&line.url))).start()?;
    let page = at(world, &site)?;
    line.on("POST", Fault::Answer(503, Vec::new(), String::new()));
    write(&page, "first words", "Ada")?;
    page.wait("deep('jaw-jaw', '.outbox').textContent.includes('first words')")?;
    page.fill(FIELD, "second words")?;
    page.click(SEND)?;
    page.wait("deep('jaw-jaw', '.outbox').textContent.includes('second words')")?;
    line.set(|_| Fault::Pass);
    page.wait("deepAll('jaw-jaw', 'article').length === 2")?;
    page.wait("deep('jaw-jaw', '.outbox').hidden")?;
    let told = discussion(&native)?;
    let written = |at: usize| told["comment"][at]["html"].as_str().unwrap_or_default().to_owned();
    ensure!(written(0).contains("first") && written(1).contains("second"), "{told}");
    unharmed(&page)
}

/// What an earlier visit left leaves at once: nothing moves under the reader's hand meanwhile.
fn does_not_move_the_page_for_a_moment(world: &World) -> Result<()> {
    let native = native(&[])?;
    let line = Faulty::before(&native.url)?;
    let site = world.site().page("/", &page(&tag(&line.url))).start()?;
    let page = at(world, &site)?;
    write(&page, "my words", "Ada")?;
    wait_threads(&page, "Ada: my words\n")?;
    line.on("PATCH", Fault::Stall);
    page.click(&button("my words", "edit"))?;
    page.wait("deep('jaw-jaw', '.opened textarea').value === 'my words'")?;
    page.type_text(", better")?;
    page.press("Control+Enter")?;
    until(|| Ok(line.times("PATCH") == 1))?;
    line.set(|_| Fault::Pass);
    page.reload()?;
    page.eval(
        "void (globalThis.tops = new Set(), (function look() {
            const top = deep('jaw-jaw', '.threads')?.getBoundingClientRect().top;
            if (top !== undefined && deep('jaw-jaw', 'article')) tops.add(Math.round(top + scrollY));
            requestAnimationFrame(look);
        })())",
    )?;
    page.wait("deep('jaw-jaw', '[role=status]')?.textContent === 'Your comment was changed.'")?;
    wait_threads(&page, "Ada: my words, better\n")?;
    let tops = page.eval("[...tops]")?;
    ensure!(tops.as_array().is_some_and(|tops| tops.len() == 1), "the list was at {tops}");
    // Where it does not leave at once, it is there to be seen.
    line.on("PATCH", Fault::Stall);
    page.click(&button("my words", "edit"))?;
    page.wait("deep('jaw-jaw', '.opened textarea').value === 'my words, better'")?;
    page.type_text(", best")?;
    page.press("Control+Enter")?;
    until(|| Ok(line.times("PATCH") == 3))?;
    page.reload()?;
    page.wait("deep('jaw-jaw', '.unsent')?.checkVisibility()")?;
    page.wait("deep('jaw-jaw', '.outbox').getBoundingClientRect().height > 50")?;
    unharmed(&page)
}

fn change_is_shown_at_once(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    write(&page, "my words", "Ada")?;
    wait_threads(&page, "Ada: my words\n")?;
    page.offline(true)?;
    page.wait("!navigator.onLine")?;
    page.click(&button("my words", "edit"))?;
    page.wait("deep('jaw-jaw', '.opened textarea').value === 'my words'")?;
    page.type_text(", better")?;
    page.press("Control+Enter")?;
    wait_threads(&page, "Ada: my words, better\n")?;
    page.wait("deep('jaw-jaw', '.badges').textContent.includes('Sending')")?;
    page.wait("!deep('jaw-jaw', '.opened textarea')")?;
    // Not sent is not lost, and can be taken back.
    page.click("deep('jaw-jaw', '[data-unsent=discard]')")?;
    wait_threads(&page, "Ada: my words\n")?;
    page.wait("!deep('jaw-jaw', '.badges').textContent.includes('Sending')")?;
    page.click(&button("my words", "edit"))?;
    page.wait("deep('jaw-jaw', '.opened textarea').value === 'my words'")?;
    page.type_text(", best")?;
    page.press("Control+Enter")?;
    wait_threads(&page, "Ada: my words, best\n")?;
    page.offline(false)?;
    arrives(&page, &blog.native, "told.comment[0].html.includes('best')")?;
    page.wait("!deep('jaw-jaw', '.badges').textContent.includes('Sending')")?;
    unharmed(&page)
}

fn countdown(world: &World) -> Result<()> {
    let heard = AtomicU32::new(0);
    let site = service(world, move |_| match heard.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::json(429, &json!({})).header("retry-after", "3"),
        _ => taken(),
    })?;
    let page = at(world, &site)?;
    page.fill(FIELD, "at last")?;
    page.click(SEND)?;
    page.wait(&format!("{SEND}.textContent === 'Again in 2 s'"))?;
    // Pressing does not help.
    page.press("Control+Enter")?;
    page.wait(&format!("{SEND}.textContent === 'Again in 1 s'"))?;
    ensure!(page.text(TROUBLE)?.contains("3 seconds"), "said once");
    page.wait(&format!("{TROUBLE} === 'You can send it now.'"))?;
    ensure!(times(&site, "POST /comments") == 1, "{:?}", site.asked());
    page.click(SEND)?;
    wait_threads(&page, "Ada: at last\nEve: first\n")?;
    unharmed(&page)
}

/// A thread that is closed by itself, in a discussion that is not.
fn closed_thread(world: &World) -> Result<()> {
    let profile = json!({
        "profile": "locks", "version": 1,
        "list": { "href": "/comments", "items": "#", "nesting": { "parent": "/re" } },
        "comment": {
            "id": "/id", "text": "/text",
            "status": [{ "is": "closed", "when": "/locked" }, { "is": "spam", "when": "/bad" }]
        },
        "operations": { "create": { "method": "POST", "href": "/comments", "body": { "text": "{content}" } } }
    });
    let comments = json!([
        { "id": 1, "text": "over", "locked": true }, { "id": 2, "re": 1, "text": "said before" },
        { "id": 3, "text": "open" }, { "id": 4, "text": "buy", "bad": true }
    ]);
    let site = Site::new().dir("/w/", &world.dist());
    let tag = "<jaw-jaw endpoint=/ article=a profile=/locks.json></jaw-jaw>";
    let site = site.page("/", &page(tag)).route(move |ask: &Ask| match ask.path.as_str() {
        "/locks.json" => Some(Reply::json(200, &profile)),
        "/comments" => Some(Reply::json(200, &comments)),
        _ => None,
    });
    let site = site.start()?;
    let page = at(world, &site)?;
    let told = page.eval(
        "deepAll('jaw-jaw', 'article').map((card) => [card.querySelector('.words').textContent,
            card.querySelector('.badges').textContent, !!card.querySelector('[data-do=reply]')].join('|')).join(' ')",
    )?;
    ensure!(
        told == "over|Closed|false said before||false open||true buy|Held as possible spam|false",
        "{told}"
    );
    unharmed(&page)
}

/// A service that lists what it has, and answers a post as `answer` says: stored or not, told or not.
fn keeping(
    world: &World,
    with_name: bool,
    answer: impl Fn(usize, &mut Vec<Value>, Value) -> Reply + Send + Sync + 'static,
) -> Result<Running> {
    let mut body = json!({ "text": "{content}" });
    if with_name {
        body["by"] = json!("{name}");
    }
    let profile = json!({
        "profile": "keeping", "version": 1,
        "list": { "href": "{+endpoint}/comments", "items": "#" },
        "comment": { "id": "/id", "text": "/text", "author.name": "/by", "dateCreated": "/at" },
        "operations": {
            "create": { "method": "POST", "href": "{+endpoint}/comments", "body": body,
                "result": { "comment": "#" } }
        },
        "live": { "seconds": 0 }
    });
    let tag = "<jaw-jaw endpoint=/ article=a profile=/keeping.json></jaw-jaw>";
    let (list, posts) = (Mutex::new(Vec::new()), AtomicU32::new(0));
    let route = move |ask: &Ask| match (ask.method.as_str(), ask.path.as_str()) {
        (_, "/keeping.json") => Some(Reply::json(200, &profile)),
        ("GET", "/comments") => {
            let list = list.lock().unwrap_or_else(PoisonError::into_inner);
            Some(Reply::json(200, &json!(*list)))
        }
        ("POST", "/comments") => {
            let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
            let mut comment: Value = serde_json::from_str(&ask.body).unwrap_or_default();
            comment["id"] = json!(list.len() + 1);
            comment["at"] = json!(now());
            let number = posts.fetch_add(1, Ordering::SeqCst) as usize;
            Some(answer(number, &mut list, comment))
        }
        _ => None,
    };
    world.site().page("/", &page(tag)).route(route).start()
}

/// Seconds since 1970 as a date that services write.
fn now() -> String {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = i64::try_from(seconds.map_or(0, |since| since.as_secs())).unwrap_or_default();
    jawjaw::profile::outline::date(jawjaw::domain::time::Time(seconds * 1_000))
}

const HURRY: &str = "void dispatchEvent(new Event('online'))";

fn send(page: &Page, words: &str) -> Result<()> {
    page.wait(&format!("!{FIELD}.readOnly"))?;
    page.fill(FIELD, words)?;
    page.click(SEND)
}

fn other_words_are_not_taken_for_these(world: &World) -> Result<()> {
    for (first, second) in
        [("Первый", "Второй"), ("第一", "第二"), ("👍", "👎"), ("да", "да"), ("الأول", "الثاني")]
    {
        let site = keeping(world, true, |number, list, comment| {
            if number == 1 {
                return Reply::new(502, "text/html", "<p>bad gateway</p>");
            }
            list.push(comment.clone());
            Reply::json(201, &comment)
        })?;
        let page = at(world, &site)?;
        page.eval(&format!("{FIELD}.focus()"))?;
        page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ада")?;
        send(&page, first)?;
        page.wait(&format!("!!{}", super::common::card(first)))?;
        send(&page, second)?;
        page.wait("!deep('jaw-jaw', '.outbox').hidden")?;
        page.eval(HURRY)?;
        page.wait(
            "deepAll('jaw-jaw', 'article').length === 2 && deep('jaw-jaw', '.outbox').hidden",
        )?;
        ensure!(times(&site, "POST") == 3, "{first}, {second}: {:?}", site.asked());
        let said =
            page.text("deepAll('jaw-jaw', '.words').map((one) => one.textContent).sort().join()")?;
        let mut wanted = [first, second];
        wanted.sort_unstable();
        ensure!(said == wanted.join(","), "{first}, {second}: {said}");
        unharmed(&page)?;
    }
    Ok(())
}

fn doubt_asks_the_reader(world: &World) -> Result<()> {
    // Who is signed in gives no name, and somebody else says the same while the answer is lost.
    let site = keeping(world, false, |number, list, mut comment| {
        if number == 0 {
            comment["by"] = json!("Лин");
            list.push(comment);
            return Reply::new(502, "text/html", "<p>bad gateway</p>");
        }
        list.push(comment.clone());
        Reply::json(201, &comment)
    })?;
    let page = at(world, &site)?;
    page.eval(&format!("{FIELD}.focus()"))?;
    send(&page, "да")?;
    page.wait("!deep('jaw-jaw', '.outbox').hidden")?;
    page.eval(HURRY)?;
    page.wait("deep('jaw-jaw', '.outbox').textContent.includes('This may already be posted.')")?;
    wait_threads(&page, "Лин: да\n")?;
    // It is kept, also over a reload, and goes when the reader has looked.
    page.reload()?;
    ready(&page)?;
    page.wait("deep('jaw-jaw', '.outbox').textContent.includes('This may already be posted.')")?;
    page.click("deep('jaw-jaw', '[data-unsent=send-again]')")?;
    page.wait("deepAll('jaw-jaw', 'article').length === 2 && deep('jaw-jaw', '.outbox').hidden")?;
    ensure!(times(&site, "POST") == 2, "{:?}", site.asked());
    unharmed(&page)
}

fn a_clear_no_is_not_looked_up(world: &World) -> Result<()> {
    // The words are refused; then somebody of that name says the same.
    let site = keeping(world, true, |number, list, comment| {
        if number == 0 {
            return Reply::new(503, "text/html", "<p>no</p>");
        }
        list.push(comment);
        Reply::json(422, &json!({ "detail": "Nicht so." }))
    })?;
    let page = at(world, &site)?;
    page.eval(&format!("{FIELD}.focus()"))?;
    page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ада")?;
    send(&page, "да")?;
    page.wait("!deep('jaw-jaw', '.outbox').hidden")?;
    page.eval(HURRY)?;
    page.wait("deep('jaw-jaw', '.outbox').textContent.includes('Nicht so.')")?;
    let read = times(&site, "GET /comments");
    page.click("deep('jaw-jaw', '[data-unsent=edit-unsent]')")?;
    page.wait(&format!("{FIELD}.value === 'да' && deep('jaw-jaw', '.outbox').hidden"))?;
    ensure!(times(&site, "GET /comments") == read, "nothing is looked up: {:?}", site.asked());
    unharmed(&page)
}
