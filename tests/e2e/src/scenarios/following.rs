//! What others do meanwhile, what is new, and ways to what is far away.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::common::{
    blog, button, card, follows, id, page, post, ready, threads, unharmed, visit, wait_threads,
    write,
};
use crate::{Ask, Page, Reply, Running, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("following_hears_of_others", hears_of_others),
    ("following_holds_nothing_of_what_is_over", holds_nothing_of_what_is_over),
    ("following_looks_where_nobody_tells", looks_where_nobody_tells),
    ("following_marks_what_is_new", marks_what_is_new),
    ("following_remembers_folds", remembers_folds),
    ("following_one_thread_only", one_thread_only),
    ("following_cuts_long_comments", cuts_long_comments),
    ("following_line_folds_its_thread", line_folds_its_thread),
    ("following_levels_as_the_page_says", levels_as_the_page_says),
    ("following_reads_on_by_itself", reads_on_by_itself),
    ("following_reaches_what_is_far", reaches_what_is_far),
    ("following_absent_is_not_deleted", absent_is_not_deleted),
    ("following_cut_lists_say_so", cut_lists_say_so),
];

const ARRIVED: &str = "deep('jaw-jaw', '.arrived button')";

fn arrived(page: &Page, words: &str) -> Result<()> {
    page.wait(&format!("{ARRIVED}?.textContent === {}", json!(words))).map(drop)
}

fn send(native: &crate::Native, method: &str, path: &str, token: &str, body: &Value) -> Result<()> {
    let method = minreq::Method::Custom(method.to_owned());
    let answer = minreq::Request::new(method, format!("{}/api/v1/comments/{path}", native.url))
        .with_header("authorization", format!("Bearer {token}"))
        .with_header("content-type", "application/json")
        .with_body(body.to_string())
        .send()?;
    ensure!((200..300).contains(&answer.status_code), "{}", answer.as_str()?);
    Ok(())
}

fn hears_of_others(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let first = post(&blog.native, "first", None, "Ada")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    follows(&page)?;
    let top = format!("{}.getBoundingClientRect().top", card("first"));
    let before = page.eval(&top)?;
    let reply = post(&blog.native, "an answer", Some(id(&first)?), "Bob")?;
    arrived(&page, "Show 1 new comment")?;
    post(&blog.native, "second", None, "Eve")?;
    arrived(&page, "Show 2 new comments")?;
    // What is taken back before it was shown is never shown.
    let short = post(&blog.native, "short-lived", None, "Eve")?;
    arrived(&page, "Show 3 new comments")?;
    let token = short["token"].as_str().unwrap_or_default();
    send(&blog.native, "DELETE", id(&short)?, token, &json!({}))?;
    arrived(&page, "Show 2 new comments")?;
    // Nothing moves before it is asked for.
    wait_threads(&page, "Ada: first\n")?;
    let moved = page.eval(&top)?;
    ensure!(moved == before, "what is read moved from {before} to {moved}");
    // Votes, changes and deletions are shown where they are.
    let (token, name) = (first["token"].as_str().unwrap_or_default(), id(&first)?);
    send(&blog.native, "PUT", &format!("{name}/vote"), token, &json!({ "viewerVote": 1 }))?;
    page.wait(&format!(
        "{}.querySelector('[data-do=upvote] b').textContent === '1'",
        card("first")
    ))?;
    send(&blog.native, "PATCH", name, token, &json!({ "text": "changed" }))?;
    wait_threads(&page, "Ada: changed\n")?;
    page.click(ARRIVED)?;
    wait_threads(&page, "Ada: changed\n  Bob: an answer\nEve: second\n")?;
    page.wait(&format!("deep('jaw-jaw').shadowRoot.activeElement === {}", card("an answer")))?;
    page.wait("deep('jaw-jaw', '.arrived button').hidden")?;
    let token = reply["token"].as_str().unwrap_or_default();
    send(&blog.native, "DELETE", id(&reply)?, token, &json!({}))?;
    wait_threads(&page, "Ada: changed\n  Anonymous: This comment was deleted.\nEve: second\n")?;
    // What one writes oneself is no news.
    page.eval("globalThis.news = []; void new MutationObserver(() => news.push(deep('jaw-jaw', '.arrived button').textContent))
        .observe(deep('jaw-jaw', '.arrived'), { childList: true, subtree: true })")?;
    write(&page, "my own", "Ada")?;
    page.wait("deep('jaw-jaw', '.write textarea').value === ''")?;
    page.wait(&format!("!!{}", card("my own")))?;
    // By the time the next event has come, that of our own has too.
    post(&blog.native, "third", None, "Eve")?;
    arrived(&page, "Show 1 new comment")?;
    let news = page.text("news.filter(Boolean).join()")?;
    ensure!(news == "Show 1 new comment", "{news}");
    unharmed(&page)
}

fn holds_nothing_of_what_is_over(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let first = post(&blog.native, "first", None, "Ada")?;
    let (token, name) = (first["token"].as_str().unwrap_or_default(), id(&first)?);
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    follows(&page)?;
    page.wait("deep('jaw-jaw', '.arrived')")?;
    let mut said = 0;
    let mut change = |times: u32| -> Result<()> {
        for _ in 0..times {
            said += 1;
            let text = format!("version {said:06}");
            send(&blog.native, "PATCH", name, token, &json!({ "text": text }))?;
        }
        wait_threads(&page, &format!("Ada: version {said:06}\n"))
    };
    change(300)?;
    let (heap, before) = (page.heap()?, page.metrics()?);
    change(1_000)?;
    let (later, after) = (page.heap()?, page.metrics()?);
    let nodes = (before["Nodes"], after["Nodes"]);
    println!("1,000 changes: heap {heap} -> {later}; nodes {} -> {}", nodes.0, nodes.1);
    ensure!(later * 100 <= heap * 102, "the heap grew from {heap} to {later}");
    ensure!(nodes.1 <= nodes.0 + 20.0, "nodes: {} -> {}", nodes.0, nodes.1);
    Ok(())
}

/// An endpoint whose comments a test changes, looked at every second.
fn changing(world: &World, tag: &str) -> Result<(Running, Arc<Mutex<Vec<Value>>>)> {
    let profile = json!({
        "profile": "looks", "version": 1,
        "list": { "href": "/comments", "items": "#" },
        "comment": { "id": "/id", "text": "/text", "dateCreated": "/at" },
        "live": { "seconds": 1 }
    });
    let items = Arc::new(Mutex::new(vec![
        json!({ "id": 1, "text": "one", "at": "2026-01-01T00:00:00Z" }),
        json!({ "id": 2, "text": "two", "at": "2026-01-02T00:00:00Z" }),
        json!({ "id": 11, "text": "old", "at": "2026-01-01T00:00:00Z" }),
        json!({ "id": 12, "text": "older", "at": "2025-01-01T00:00:00Z" }),
        json!({ "id": 13, "text": "oldest", "at": "2024-01-01T00:00:00Z" }),
    ]));
    let shared = Arc::clone(&items);
    let route = move |ask: &Ask| match ask.path.as_str() {
        "/looks.json" => Some(Reply::json(200, &profile)),
        "/comments" => {
            let items = shared.lock().unwrap_or_else(PoisonError::into_inner);
            Some(Reply::json(200, &json!(*items)))
        }
        _ => None,
    };
    let tag = format!("<jaw-jaw endpoint=/ article=a profile=/looks.json {tag}></jaw-jaw>");
    Ok((world.site().page("/", &page(&tag)).route(route).start()?, items))
}

fn set(items: &Mutex<Vec<Value>>, change: impl FnOnce(&mut Vec<Value>)) {
    change(&mut items.lock().unwrap_or_else(PoisonError::into_inner));
}

fn asked(site: &Running) -> usize {
    site.asked().iter().filter(|one| *one == "GET /comments").count()
}

fn looks_where_nobody_tells(world: &World) -> Result<()> {
    let (site, items) = changing(world, "")?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    follows(&page)?;
    set(&items, |items| {
        items[0]["text"] = json!("uno");
        items.remove(1);
        items.push(json!({ "id": 3, "text": "three", "at": "2026-01-03T00:00:00Z" }));
    });
    arrived(&page, "Show 1 new comment")?;
    wait_threads(
        &page,
        "Anonymous: uno\nAnonymous: This comment was deleted.\nAnonymous: old\nAnonymous: older\nAnonymous: oldest\n",
    )?;
    page.click(ARRIVED)?;
    page.wait(&format!("!!{}", card("three")))?;
    // Nobody is asked while the page is not seen.
    let hide = |hidden: bool| {
        format!(
            "Object.defineProperty(document, 'hidden', {{ value: {hidden}, configurable: true }});
             void document.dispatchEvent(new Event('visibilitychange'))"
        )
    };
    page.eval(&hide(true))?;
    let before = asked(&site);
    let other = world.page()?;
    visit(&other, &site.url("/"))?;
    follows(&other)?;
    // The other page looks three times meanwhile: as long as this one would have needed for one.
    while asked(&site) < before + 4 {
        other.eval("new Promise(requestAnimationFrame).then(() => 0)")?;
    }
    let resources = "performance.getEntriesByType('resource').filter((one) => one.name.endsWith('/comments')).length";
    let here = page.eval(resources)?;
    set(&items, |items| {
        items.push(json!({ "id": 4, "text": "four", "at": "2026-01-04T00:00:00Z" }));
    });
    ensure!(page.eval(resources)? == here, "it looked although it was hidden");
    page.eval(&hide(false))?;
    arrived(&page, "Show 1 new comment")?;
    // A page may ask to be left alone.
    let (site, _) = changing(world, "live=off")?;
    let quiet = world.page()?;
    visit(&quiet, &site.url("/"))?;
    follows(&quiet)?;
    quiet.wait("deep('jaw-jaw', '.fresh')")?;
    ensure!(quiet.eval("!deep('jaw-jaw', '.arrived')")? == true, "it follows nevertheless");
    unharmed(&page)
}

fn marks_what_is_new(world: &World) -> Result<()> {
    let (site, items) = changing(world, "live=off")?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    follows(&page)?;
    page.wait("deep('jaw-jaw', '.fresh')?.hidden && Object.keys(localStorage).some((key) => key.startsWith('jaw-jaw:visit'))")?;
    set(&items, |items| {
        for (id, at) in [(3, "03"), (4, "04")] {
            items.push(json!({ "id": id, "text": format!("new {id}"), "at": format!("2026-01-{at}T00:00:00Z") }));
        }
    });
    let marked = "deepAll('jaw-jaw', '.badge.new').length";
    for _ in 0..2 {
        // Also after a reload: the visit goes on.
        page.reload()?;
        ready(&page)?;
        follows(&page)?;
        page.wait(&format!(
            "{marked} === 2 && deep('jaw-jaw', '.fresh')?.textContent === '2 new since your last visit'"
        ))?;
    }
    for name in ["new 3", "new 4", "new 3"] {
        page.click("deep('jaw-jaw', '.fresh')")?;
        page.wait(&format!("deep('jaw-jaw').shadowRoot.activeElement === {}", card(name)))?;
    }
    // Half an hour later it is another visit. What is kept when the page is left is kept by then.
    page.goto(&site.url("/elsewhere"))?;
    page.eval(
        "for (const key of Object.keys(localStorage)) if (key.startsWith('jaw-jaw:visit')) {
            const kept = localStorage[key].split(' ');
            localStorage[key] = [kept[0], kept[1], kept[2] - 31 * 60000].join(' ') }",
    )?;
    visit(&page, &site.url("/"))?;
    follows(&page)?;
    page.wait(&format!("deep('jaw-jaw', '.fresh')?.hidden && {marked} === 0"))?;
    unharmed(&page)
}

fn remembers_folds(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let first = post(&blog.native, "first", None, "Ada")?;
    post(&blog.native, "an answer", Some(id(&first)?), "Bob")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    follows(&page)?;
    page.click(&button("first", "fold"))?;
    let folded = "deep('jaw-jaw', '[data-do=fold]').getAttribute('aria-expanded')";
    page.wait(&format!("{folded} === 'false'"))?;
    page.reload()?;
    ready(&page)?;
    follows(&page)?;
    page.wait(&format!("{folded} === 'false' && deep('jaw-jaw', '.words').hidden"))?;
    page.click("deep('jaw-jaw', '[data-do=fold]')")?;
    page.wait(&format!("{folded} === 'true'"))?;
    page.reload()?;
    ready(&page)?;
    follows(&page)?;
    page.wait(&format!("{folded} === 'true' && !deep('jaw-jaw', '.words').hidden"))?;
    unharmed(&page)
}

fn one_thread_only(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let first = post(&blog.native, "first", None, "Ada")?;
    let second = post(&blog.native, "second", Some(id(&first)?), "Ada")?;
    for number in 0..5 {
        post(&blog.native, &format!("answer {number}"), Some(id(&second)?), "Bob")?;
    }
    post(&blog.native, "another", None, "Eve")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    follows(&page)?;
    page.click(&button("second", "only"))?;
    let only = [0, 1, 2, 3, 4].map(|number| format!("  Bob: answer {number}\n")).concat();
    wait_threads(&page, &format!("Ada: second\n{only}"))?;
    page.wait(&format!("deep('jaw-jaw').shadowRoot.activeElement === {}", card("second")))?;
    page.click("deep('jaw-jaw', '[data-do=all]')")?;
    page.wait(&format!("!!{} && !!{}", card("first"), card("another")))?;
    page.wait(&format!("deep('jaw-jaw').shadowRoot.activeElement === {}", card("second")))?;
    // An address that leads elsewhere shows all again.
    page.click(&button("second", "only"))?;
    page.wait(&format!("!{}", card("another")))?;
    let fragment = format!("comment-{}", id(&first)?);
    page.eval(&format!("void (location.hash = {})", json!(fragment)))?;
    page.wait(&format!("deep('jaw-jaw').shadowRoot.activeElement === {}", card("first")))?;
    unharmed(&page)
}

fn cuts_long_comments(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "short", None, "Ada")?;
    let long = "many words in a paragraph\n\n".repeat(200);
    post(&blog.native, &format!("{long}\n\nthe end"), None, "Ada")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    follows(&page)?;
    let (words, more) = (
        format!("{}.querySelector('.words')", card("many")),
        format!("{}.querySelector('.long')", card("many")),
    );
    page.wait(&format!("{words}.clientHeight < {words}.scrollHeight && {more}.checkVisibility()"))?;
    ensure!(
        page.eval(&format!("{}.querySelector('.long').checkVisibility()", card("short")))? == false
    );
    page.click(&more)?;
    page.wait(&format!(
        "{words}.clientHeight === {words}.scrollHeight && {more}.textContent === 'Read less'"
    ))?;
    page.click(&more)?;
    page.wait(&format!(
        "{words}.clientHeight < {words}.scrollHeight && {more}.textContent === 'Read more'"
    ))?;
    ensure!(
        page.eval(&format!("{more}.getAttribute('aria-expanded')"))? == "false",
        "it is said to be cut"
    );
    unharmed(&page)
}

fn levels_as_the_page_says(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let mut parent: Option<String> = None;
    for number in 0..12 {
        let posted = post(&blog.native, &format!("level {number}"), parent.as_deref(), "Ada")?;
        parent = Some(id(&posted)?.to_owned());
    }
    for (depth, levels) in
        [("", 6), ("depth=2", 2), ("depth=0", 1), ("depth=99", 8), ("depth=x", 6)]
    {
        let tag = format!("<jaw-jaw endpoint='{}' article=a {depth}></jaw-jaw>", blog.native.url);
        let site = world.site().page("/", &page(&tag)).start()?;
        let page = world.page()?;
        visit(&page, &site.url("/"))?;
        follows(&page)?;
        page.wait(&format!(
            "deepWhole() && deepAll('jaw-jaw', 'article').length === 12 && deepAll('jaw-jaw', '{}').length > 0 && \
             deepAll('jaw-jaw', '{}').length === 0",
            ".replies ".repeat(levels + 1),
            ".replies ".repeat(levels + 2)
        ))?;
        // What can be shown as a level no longer says what it answers.
        page.wait(&format!("deepAll('jaw-jaw', 'header a.quiet').length === {}", 11 - levels))?;
    }
    Ok(())
}

fn reads_on_by_itself(world: &World) -> Result<()> {
    let blog = blog(world)?;
    for number in 0..120 {
        post(&blog.native, &format!("comment number {number}!"), None, "Ada")?;
    }
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    follows(&page)?;
    page.wait("deep('jaw-jaw', '.onward input')")?;
    page.click("deep('jaw-jaw', '.onward input')")?;
    let end = "scrollTo(0, document.body.scrollHeight), deep('jaw-jaw', '.more').hidden";
    page.wait(end)?;
    // The choice is remembered; nothing is read that nobody comes near.
    page.reload()?;
    ready(&page)?;
    follows(&page)?;
    page.wait("deep('jaw-jaw', '.onward input')?.checked")?;
    ensure!(page.eval("deep('jaw-jaw', '.more').hidden")? == false, "all was read at once");
    page.wait(end)?;
    unharmed(&page)
}

fn reaches_what_is_far(world: &World) -> Result<()> {
    let blog = blog(world)?;
    for number in 0..120 {
        let said = if number == 117 { "a needle" } else { "hay" };
        post(&blog.native, said, None, "Ada")?;
    }
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    follows(&page)?;
    page.wait(
        "deep('jaw-jaw', '.more').hidden || void ((button) => button.matches('[aria-disabled=true]') || button.click())
            (deep('jaw-jaw', '.more button'))",
    )?;
    page.eval("scrollTo(0, 0)")?;
    page.wait("deepAll('jaw-jaw', 'ol[aria-busy=true]').length > 0")?;
    ensure!(page.eval(&format!("!{}", card("needle")))? == true, "it is in the page already");
    // Whoever opens the browser's search finds it.
    page.press("Control+f")?;
    let place = "deepAll('jaw-jaw', '[hidden=until-found]').find((one) => one.textContent.includes('needle'))";
    page.wait(&format!("!!{place}"))?;
    page.eval(&format!(
        "void {place}.dispatchEvent(new Event('beforematch', {{ bubbles: true }}))"
    ))?;
    page.wait(&format!("!!{}", card("needle")))?;
    // All of it is printed.
    page.wait("deepAll('jaw-jaw', 'ol[aria-busy=true]').length > 0")?;
    page.eval("void dispatchEvent(new Event('beforeprint'))")?;
    page.wait("deepAll('jaw-jaw', 'ol[aria-busy=true]').length === 0 && deepAll('jaw-jaw', 'article').length === 120")?;
    unharmed(&page)
}

/// From the middle of a long thread: the line beside the replies, not the replies nor what is between them.
fn line_folds_its_thread(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let first = post(&blog.native, "first", None, "Ada")?;
    for number in 0..8 {
        post(&blog.native, &format!("answer {number}"), Some(id(&first)?), "Bob")?;
    }
    post(&blog.native, "an end", None, "Eve")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    follows(&page)?;
    let pressed = |place: &str, from: usize| {
        page.eval(&format!(
            "(() => {{
                const list = deep('jaw-jaw', '.replies');
                list.lastElementChild.scrollIntoView({{ block: 'end' }});
                const {{ left, right, bottom }} = list.getBoundingClientRect();
                const at = {{ clientX: {place}, clientY: bottom - 40 }};
                const hit = deep('jaw-jaw').shadowRoot.elementFromPoint(at.clientX, at.clientY);
                for (const kind of ['pointerdown', 'click'].slice({from}))
                    hit.dispatchEvent(new MouseEvent(kind, {{ bubbles: true, composed: true, ...at }}));
                return hit === list;
            }})()"
        ))
    };
    ensure!(pressed("right - 40", 0)? == false, "a reply is not the line");
    ensure!(threads(&page)?.lines().count() == 10, "nothing is folded: {}", threads(&page)?);
    // What began elsewhere, as a selection of words does.
    ensure!(pressed("left + 1", 1)? == true, "nothing lies over the line");
    ensure!(threads(&page)?.lines().count() == 10, "nothing is folded: {}", threads(&page)?);
    ensure!(pressed("left + 1", 0)? == true, "nothing lies over the line");
    page.wait("deep('jaw-jaw', '[data-do=fold]').getAttribute('aria-expanded') === 'false'")?;
    // What was folded is in view: its head, not what came to stand where the reader was.
    page.wait(
        "(({ top, bottom }) => top >= 0 && bottom <= innerHeight)(deep('jaw-jaw', 'article').getBoundingClientRect())",
    )?;
    unharmed(&page)
}

fn absent_is_not_deleted(world: &World) -> Result<()> {
    let (site, items) = changing(world, "")?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    follows(&page)?;
    let looked = |times: usize| -> Result<()> {
        let before = asked(&site);
        while asked(&site) < before + times {
            page.eval("new Promise(requestAnimationFrame).then(() => 0)")?;
        }
        Ok(())
    };
    let whole =
        "Anonymous: one\nAnonymous: two\nAnonymous: old\nAnonymous: older\nAnonymous: oldest\n";
    let mut kept = Vec::new();
    // A service in trouble lists nothing, however often it is asked.
    set(&items, |items| kept = std::mem::take(items));
    looked(4)?;
    wait_threads(&page, whole)?;
    // A list from before lacks what is newest.
    set(&items, |items| items.extend(kept.iter().filter(|one| one["id"] != 2).cloned()));
    looked(4)?;
    wait_threads(&page, whole)?;
    // Once is no evidence; what comes back was never away.
    set(&items, |items| {
        items.clone_from(&kept);
        items[1] = json!({ "id": 2, "text": "changed", "at": "2026-01-02T00:00:00Z" });
    });
    let changed = whole.replace("two", "changed");
    wait_threads(&page, &changed)?;
    // Twice is.
    set(&items, |items| items.retain(|one| one["id"] != 12));
    wait_threads(&page, &changed.replace("older", "This comment was deleted."))?;
    unharmed(&page)
}

fn cut_lists_say_so(world: &World) -> Result<()> {
    let status = |n: usize| {
        json!({ "id": n.to_string(), "created_at": "2026-01-01T00:00:00Z", "in_reply_to_id": "1",
            "content": format!("<p>reply {n}</p>"), "account": { "username": "ada" } })
    };
    for (count, heading, links) in
        [(60, "60+ comments", "More comments on Mastodon"), (59, "59 comments", "")]
    {
        let said: Vec<Value> = (2..count + 2).map(status).collect();
        let said = json!({ "ancestors": [], "descendants": said });
        let mastodon = super::common::endpoint(move |_: &Ask| Some(Reply::json(200, &said)))?;
        let tag = format!(
            "<jaw-jaw endpoint='{}' profile=mastodon article=1 live=off></jaw-jaw>",
            mastodon.origin()
        );
        let (_site, page) = super::common::open(world, &tag)?;
        page.wait(&format!("deep('jaw-jaw', 'h2').textContent === '{heading}'"))?;
        let rest = "deepAll('jaw-jaw', '.list > .elsewhere a')";
        let seen = page.text(&format!("{rest}.map((one) => one.textContent).join()"))?;
        ensure!(seen == links, "{count}: {seen:?}");
        if !links.is_empty() {
            let to = page.text(&format!("{rest}[0].href"))?;
            ensure!(to == format!("{}/web/statuses/1", mastodon.origin()), "{to}");
        }
        unharmed(&page)?;
    }
    Ok(())
}
