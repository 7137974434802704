//! What a reader does at our own server.

use anyhow::{Result, ensure};
use serde_json::json;

use super::common::{
    blog, blog_with, button, card, discussion, empty, endpoint, id, page, post, tag, threads,
    unharmed, visit, wait_threads, write,
};
use crate::{Reply, Screen, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("native_reads_a_nested_thread", reads_a_nested_thread),
    ("native_comments_and_replies", comments_and_replies),
    ("native_votes", votes),
    ("native_edits_and_deletes", edits_and_deletes),
    ("native_what_is_over_is_not_offered", what_is_over_is_not_offered),
    ("native_rates_by_mouse_and_keyboard", rates_by_mouse_and_keyboard),
    ("native_rates_by_touch", rates_by_touch),
    ("native_quick_presses_are_one_rater", quick_presses_are_one_rater),
    ("native_a_reply_goes_on_while_one_is_sent", a_reply_goes_on_while_one_is_sent),
    ("native_a_refused_rating_is_put_back", a_refused_rating_is_put_back),
    ("native_a_refused_vote_is_put_back", a_refused_vote_is_put_back),
    ("native_folds_and_unfolds", folds_and_unfolds),
    ("native_reads_on", reads_on),
    ("native_deep_threads_stay_readable", deep_threads_stay_readable),
    ("native_waiting_slow_failed_empty_closed", waiting_slow_failed_empty_closed),
    ("native_a_failed_post_loses_nothing", a_failed_post_loses_nothing),
    ("native_a_press_beside_the_composer_counts", a_press_beside_the_composer_counts),
    ("native_a_vote_leaves_the_reply_alone", a_vote_leaves_the_reply_alone),
    ("native_the_keyboard_is_enough", the_keyboard_is_enough),
    ("native_survives_a_restart_of_the_server", survives_a_restart_of_the_server),
];

fn reads_a_nested_thread(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let first =
        post(&blog.native, "first **bold** <script>alert(1)</script>", None, "Ada Lovelace")?;
    let reply = post(&blog.native, "a reply", Some(id(&first)?), "Bob")?;
    post(&blog.native, "a reply to the reply", Some(id(&reply)?), "Ada Lovelace")?;
    post(&blog.native, "second", None, "Eve")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    wait_threads(
        &page,
        "Ada Lovelace: first bold <script>alert(1)</script>\n  Bob: a reply\n    Ada Lovelace: a reply to the reply\nEve: second\n",
    )?;
    let seen = page.eval(
        "[deep('jaw-jaw', 'h2').textContent, deep('jaw-jaw', '.avatar').textContent,
          deep('jaw-jaw', '.words strong').textContent, deep('jaw-jaw', 'time').textContent,
          (deep('jaw-jaw', 'time').dispatchEvent(new PointerEvent('pointerover', { bubbles: true })), deep('jaw-jaw', 'time').title.length > 8), deep('jaw-jaw', 'time').dateTime.slice(0, 2)]",
    )?;
    ensure!(seen == json!(["4 comments", "AL", "bold", "now", true, "20"]), "{seen}");
    Ok(())
}

fn comments_and_replies(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    write(&page, "my *first* words", "Ada")?;
    page.wait("deep('jaw-jaw', '.write textarea').value === ''")?;
    wait_threads(&page, "Ada: my first words\n")?;
    page.wait("deep('jaw-jaw').shadowRoot.activeElement.matches('article')")?;
    page.click(&button("my first words", "reply"))?;
    page.wait("deep('jaw-jaw').shadowRoot.activeElement.matches('.opened textarea')")?;
    page.type_text("and a reply")?;
    // The name is known from before.
    page.wait("deep('jaw-jaw', '.opened input[autocomplete=name]').value === 'Ada'")?;
    page.fill("deep('jaw-jaw', '.opened textarea')", "!")?;
    page.press("Control+Enter")?;
    wait_threads(&page, "Ada: my first words\n  Ada: and a reply!\n")?;
    page.wait("deep('jaw-jaw', '[role=status]').textContent === 'Your comment was posted.'")?;
    page.reload()?;
    wait_threads(&page, "Ada: my first words\n  Ada: and a reply!\n")?;
    let stored = discussion(&blog.native)?;
    ensure!(stored["commentCount"] == 2, "{stored}");
    unharmed(&page)
}

fn votes(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "a claim", None, "Ada")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    let shown = |up: &str, down: &str, pressed: &str| {
        page.wait(&format!(
            "(() => {{ const [up, down] = deepAll('jaw-jaw', '.vote');
                const pressed = [up, down].map((b) => b.ariaPressed).join();
                const [plus, minus] = [up, down].map((b) => b.querySelector('b').textContent);
                return plus === '{up}' && minus === '{down}' && pressed === '{pressed}'; }})()"
        ))
    };
    page.click(&button("a claim", "upvote"))?;
    shown("1", "", "true,false")?;
    page.click(&button("a claim", "downvote"))?;
    shown("", "1", "false,true")?;
    // Whether or not the second has arrived by now.
    page.reload()?;
    shown("", "1", "false,true")?;
    page.click(&button("a claim", "downvote"))?;
    shown("", "", "false,false")?;
    let label = page.text(&format!("{}.textContent", button("a claim", "upvote")))?;
    ensure!(label == "Vote up ", "{label}");
    Ok(())
}

fn edits_and_deletes(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let other = post(&blog.native, "somebody else's", None, "Eve")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    write(&page, "with a typpo", "Ada")?;
    page.wait(&card("typpo"))?;
    ensure!(
        page.eval(&format!("{} == null", button("somebody", "edit")))? == true,
        "only one's own"
    );
    page.click(&button("typpo", "edit"))?;
    page.wait("deep('jaw-jaw', '.opened textarea').value === 'with a typpo'")?;
    page.press("Control+a")?;
    page.type_text("without a typo")?;
    page.click("deep('jaw-jaw', '.opened button[type=submit]')")?;
    page.wait(&card("without a typo"))?;
    page.reload()?;
    page.wait(&button("without", "edit"))?;
    // Answered, it leaves its place; unanswered, nothing.
    let own = discussion(&blog.native)?["comment"][1]["identifier"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    post(&blog.native, "an answer", Some(&own), "Eve")?;
    page.reload()?;
    page.click(&button("without", "delete"))?;
    wait_threads(
        &page,
        "Eve: somebody else's\nAnonymous: This comment was deleted.\n  Eve: an answer\n",
    )?;
    write(&page, "short-lived", "Ada")?;
    page.click(&button("short-lived", "delete"))?;
    page.wait("deep('jaw-jaw').shadowRoot.activeElement.matches('[data-do=undo]')")?;
    page.press("Enter")?;
    page.wait(&format!("!{}.querySelector('.words').hidden", card("short-lived")))?;
    ensure!(discussion(&blog.native)?["commentCount"] == 3, "it was taken back in time");
    page.click(&button("short-lived", "delete"))?;
    wait_threads(
        &page,
        "Eve: somebody else's\nAnonymous: This comment was deleted.\n  Eve: an answer\n",
    )?;
    page.wait("deep('jaw-jaw').shadowRoot.activeElement.matches('article, h2')")?;
    let stored = discussion(&blog.native)?;
    ensure!(
        stored["commentCount"] == 2 && stored["comment"][0]["identifier"] == id(&other)?,
        "{stored}"
    );
    Ok(())
}

fn what_is_over_is_not_offered(world: &World) -> Result<()> {
    let blog = blog_with(world, &["--edit-window", "0"])?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    write(&page, "final", "Ada")?;
    page.wait(&button("final", "reply"))?;
    ensure!(page.eval(&format!("{} == null", button("final", "edit")))? == true, "no edit");
    Ok(())
}

const RATING: &str =
    "[deep('jaw-jaw', '.mean').textContent, deep('jaw-jaw', '.line .quiet').textContent,
    deepAll('jaw-jaw', '.choices input').findIndex((i) => i.checked) + 1].join(' ')";

fn wait_rating(page: &crate::Page, picture: &str) -> Result<()> {
    page.wait(&format!("{RATING} === '{picture}'")).map(drop)
}

fn rate_as_others(blog: &super::common::Blog, all: &[u32]) -> Result<()> {
    for stars in all {
        let answer = minreq::put(format!("{}/api/v1/rating?article=a", blog.native.url))
            .with_header("content-type", "application/json")
            .with_body(json!({ "ratingValue": stars }).to_string())
            .send()?;
        ensure!(answer.status_code == 200, "{}", answer.as_str()?);
    }
    Ok(())
}

fn rates_by_mouse_and_keyboard(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    wait_rating(&page, " Not rated yet 0")?;
    rate_as_others(&blog, &[5, 4, 4])?;
    page.reload()?;
    wait_rating(&page, "4.33 3 ratings 0")?;
    page.click("deepAll('jaw-jaw', '.choices label')[0]")?;
    wait_rating(&page, "3.5 4 ratings 1")?;
    page.wait("deep('jaw-jaw', '[role=status]').textContent === 'You rated this 1 star.'")?;
    page.reload()?;
    wait_rating(&page, "3.5 4 ratings 1")?;
    // Tab reaches the group once, arrows move in it.
    page.eval("deepAll('jaw-jaw', '.choices input')[0].focus()")?;
    page.press("ArrowRight")?;
    wait_rating(&page, "3.75 4 ratings 2")?;
    let spread =
        page.text("deepAll('jaw-jaw', '.spread .unseen').map((s) => s.textContent).join('; ')")?;
    ensure!(
        spread
            == "5 stars: 1 rating; 4 stars: 2 ratings; 3 stars: 0 ratings; 2 stars: 1 rating; 1 star: 0 ratings",
        "{spread}"
    );
    page.click("deep('jaw-jaw', '[data-do=unrate]')")?;
    wait_rating(&page, "4.33 3 ratings 0")?;
    page.reload()?;
    wait_rating(&page, "4.33 3 ratings 0")
}

fn rates_by_touch(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let page = world.page()?;
    page.screen(Screen::PHONE)?;
    visit(&page, &blog.site.url("/"))?;
    page.tap("deepAll('jaw-jaw', '.choices label')[4]")?;
    wait_rating(&page, "5 1 rating 5")
}

fn quick_presses_are_one_rater(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "a claim", None, "Ada")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    page.slow_network(200, -1)?;
    // The secret comes with the first answer; the presses do not wait for it.
    page.eval("deepAll('jaw-jaw', '.choices input')[0].focus()")?;
    for _ in 0..3 {
        page.press("ArrowRight")?;
    }
    page.click(&button("a claim", "upvote"))?;
    page.wait("deep('jaw-jaw', '[role=status]').textContent === 'You rated this 4 stars.'")?;
    // The vote, too, has arrived before the page goes.
    page.wait(
        "performance.getEntriesByType('resource').some((one) => one.name.endsWith('/vote'))",
    )?;
    page.slow_network(0, -1)?;
    page.reload()?;
    wait_rating(&page, "4 1 rating 4")?;
    page.wait("deepAll('jaw-jaw', '[aria-pressed=true]').length === 1").map(drop)
}

fn a_reply_goes_on_while_one_is_sent(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "a claim", None, "Ada")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    page.click(&button("a claim", "reply"))?;
    page.type_text("first")?;
    page.fill("deep('jaw-jaw', '.opened input[autocomplete=name]')", "Bob")?;
    page.slow_network(600, -1)?;
    page.click("deep('jaw-jaw', '.opened button[type=submit]')")?;
    page.click("deep('jaw-jaw', '.opened [data-do=close]')")?;
    page.click(&button("a claim", "reply"))?;
    page.type_text(", and more")?;
    page.wait(&card("first"))?;
    let kept = page.text("deep('jaw-jaw', '.opened textarea').value")?;
    ensure!(kept.contains(", and more"), "{kept}");
    Ok(())
}

/// Our server's answers, but for one path that is refused.
fn refusing(
    world: &World,
    path: &'static str,
) -> Result<(crate::Page, crate::Running, crate::Running)> {
    let comment = json!({
        "identifier": "1", "author": { "name": "Ada" }, "html": "<p>a claim</p>", "dateCreated": "2026-01-01T00:00:00Z",
        "upvoteCount": 3, "downvoteCount": 0, "viewerVote": 0,
    });
    let mut answer = empty();
    answer["comment"] = json!([comment]);
    answer["aggregateRating"] =
        json!({ "ratingValue": 4, "ratingCount": 2, "spread": [0, 0, 1, 0, 1] });
    let api = endpoint(move |ask| {
        if ask.method == "GET" {
            return Some(Reply::json(200, &answer));
        }
        let problem = json!({ "title": "No", "detail": "Not on Sundays." });
        (ask.method != "OPTIONS" && ask.path.ends_with(path)).then(|| Reply::json(403, &problem))
    })?;
    let site = world.site().page("/", &page(&tag(&api.origin()))).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    Ok((page, api, site))
}

fn a_refused_rating_is_put_back(world: &World) -> Result<()> {
    let (page, _api, _site) = refusing(world, "/rating")?;
    wait_rating(&page, "4 2 ratings 0")?;
    page.click("deepAll('jaw-jaw', '.choices label')[0]")?;
    page.wait("deep('jaw-jaw', '.alert').textContent.includes('Not on Sundays.')")?;
    wait_rating(&page, "4 2 ratings 0")
}

fn a_refused_vote_is_put_back(world: &World) -> Result<()> {
    let (page, _api, _site) = refusing(world, "/vote")?;
    page.click(&button("a claim", "upvote"))?;
    page.click(&button("a claim", "downvote"))?;
    page.wait("deep('jaw-jaw', '.alert').textContent.includes('Not on Sundays.')")?;
    page.wait("deepAll('jaw-jaw', '[aria-pressed=true]').length === 0")?;
    page.wait(&format!("{}.textContent === 'Vote up 3'", button("a claim", "upvote"))).map(drop)
}

fn folds_and_unfolds(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let first = post(&blog.native, "root", None, "Ada")?;
    let reply = post(&blog.native, "reply", Some(id(&first)?), "Bob")?;
    post(&blog.native, "deeper", Some(id(&reply)?), "Eve")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    let seen = "deepAll('jaw-jaw', '.words').filter((w) => w.checkVisibility()).length";
    page.wait(&format!("{seen} === 3"))?;
    page.click("deep('jaw-jaw', '[data-do=fold]')")?;
    page.wait(&format!("{seen} === 0"))?;
    page.wait_for_text("2 replies are folded")?;
    let fold =
        page.eval("[deep('jaw-jaw', '.fold').ariaExpanded, deep('jaw-jaw', '.fold').ariaLabel]")?;
    ensure!(fold == json!(["false", "Unfold this thread by Ada"]), "{fold}");
    page.wait("deep('jaw-jaw').shadowRoot.activeElement.matches('.fold')")?;
    page.press("Enter")?;
    page.wait(&format!("{seen} === 3")).map(drop)
}

fn reads_on(world: &World) -> Result<()> {
    let blog = blog(world)?;
    for number in 0..70 {
        post(&blog.native, &format!("comment {number}"), None, "Ada")?;
    }
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    page.wait("deepWhole() && deepAll('jaw-jaw', 'article').length === 50 && deep('jaw-jaw', 'h2').textContent === '70 comments'")?;
    page.click("deep('jaw-jaw', '[data-do=more]')")?;
    page.wait("deep('jaw-jaw').shadowRoot.activeElement.textContent.includes('comment 50')")?;
    page.wait("deepWhole() && deepAll('jaw-jaw', 'article').length === 70 && deep('jaw-jaw', '.more').hidden")?;
    page.wait("deep('jaw-jaw', '[role=status]').textContent === '20 more comments are shown.'")
        .map(drop)
}

fn deep_threads_stay_readable(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let mut parent: Option<String> = None;
    for number in 0..20 {
        let posted = post(
            &blog.native,
            &format!("level {number}"),
            parent.as_deref(),
            &format!("N{number}"),
        )?;
        parent = Some(id(&posted)?.to_owned());
    }
    let page = world.page()?;
    page.screen(Screen { width: 320, height: 640, scale: 1.0, mobile: true })?;
    visit(&page, &blog.site.url("/"))?;
    page.wait("deepWhole() && deepAll('jaw-jaw', 'article').length === 20")?;
    let narrowest = page.eval(
        "Math.min(...deepAll('jaw-jaw', '.words').map((w) => w.getBoundingClientRect().width))",
    )?;
    ensure!(narrowest.as_f64().is_some_and(|width| width > 180.0), "narrowest: {narrowest}");
    let wide = page.eval("document.documentElement.scrollWidth <= innerWidth")?;
    ensure!(wide == true, "the page does not scroll sideways");
    ensure!(threads(&page)?.contains("N19: level 19"), "the last is there");
    page.wait_for_text("in reply to N18")
}

fn waiting_slow_failed_empty_closed(world: &World) -> Result<()> {
    let turn = std::sync::atomic::AtomicU32::new(0);
    let api = endpoint(move |ask| {
        if ask.method != "GET" || !ask.path.ends_with("/comments") {
            return None;
        }
        let mut answer = empty();
        // It is asked three times before anybody is told that it failed.
        match turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            0..3 => {
                std::thread::sleep(std::time::Duration::from_secs(1));
                Some(Reply::new(503, "text/html", "<h1>Service Unavailable</h1>"))
            }
            3 => Some(Reply::json(200, &answer)),
            4 => {
                answer["closed"] = json!(true);
                Some(Reply::json(200, &answer))
            }
            5 => Some(Reply::new(200, "text/html", "<html>Welcome to the hotel network</html>")),
            _ => Some(Reply::json(200, &json!({ "unexpected": true }))),
        }
    })?;
    let site = world.site().page("/", &page(&tag(&api.origin()))).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.wait("deep('jaw-jaw', '.waiting .unseen').textContent.startsWith('Loading')")?;
    page.wait("deep('jaw-jaw', '.waiting .quiet').textContent.startsWith('Still loading')")?;
    page.wait("deep('jaw-jaw', '.failed').textContent.includes('a problem of its own')")?;
    page.click("deep('jaw-jaw', '[data-do=retry]')")?;
    page.wait(
        "deep('jaw-jaw', '.list .notice').textContent.startsWith('Nobody has said anything yet')",
    )?;
    page.reload()?;
    page.wait("deep('jaw-jaw', '.write .notice').checkVisibility()")?;
    page.wait_for_text("This discussion is closed")?;
    ensure!(page.eval("deep('jaw-jaw', '.composer').checkVisibility()")? == false, "no composer");
    for _ in 0..2 {
        page.reload()?;
        page.wait("deep('jaw-jaw', '.failed').textContent.includes('could not be understood')")?;
    }
    let console = page.console()?.join("\n");
    ensure!(console.contains("where a list must be"), "{console}");
    unharmed(&page)
}

fn a_failed_post_loses_nothing(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    page.fill("deep('jaw-jaw', '.write textarea')", "written ")?;
    page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")?;
    page.offline(true)?;
    page.fill("deep('jaw-jaw', '.write textarea')", "in a tunnel")?;
    page.click("deep('jaw-jaw', '.write button[type=submit]')")?;
    page.wait("deep('jaw-jaw', '.outbox').textContent.includes('written in a tunnel')")?;
    page.wait("deep('jaw-jaw', '[role=status]').textContent.includes('kept on this device')")?;
    page.click("deep('jaw-jaw', '[data-unsent=edit-unsent]')")?;
    page.wait("deep('jaw-jaw', '.write textarea').value === 'written in a tunnel'")?;
    page.offline(false)?;
    page.reload()?;
    super::common::ready(&page)?;
    page.wait("deep('jaw-jaw', '.write textarea').value === 'written in a tunnel'")?;
    page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")?;
    // Pressed in a hurry, it is still one comment.
    page.eval("for (let i = 0; i < 5; i++) deep('jaw-jaw', '.write form').requestSubmit()")?;
    wait_threads(&page, "Ada: written in a tunnel\n")?;
    ensure!(discussion(&blog.native)?["commentCount"] == 1, "posted once");
    page.reload()?;
    page.wait("deep('jaw-jaw', '.write textarea').value === ''").map(drop)
}

fn a_press_beside_the_composer_counts(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "a claim", None, "Ada")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    // The composer is open and empty; leaving it must not move the button under the mouse.
    page.click("deep('jaw-jaw', '.write textarea')")?;
    page.wait("deep('jaw-jaw', '.write button[type=submit]')")?;
    page.click(&button("a claim", "upvote"))?;
    page.wait("deepAll('jaw-jaw', '[aria-pressed=true]').length === 1").map(drop)
}

fn a_vote_leaves_the_reply_alone(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "a claim", None, "Ada")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    page.click(&button("a claim", "reply"))?;
    page.type_text("begun ")?;
    // The comment changes while its reply is being written.
    page.click(&button("a claim", "upvote"))?;
    page.wait("deepAll('jaw-jaw', '[aria-pressed=true]').length === 1")?;
    page.fill("deep('jaw-jaw', '.opened textarea')", "and finished")?;
    page.fill("deep('jaw-jaw', '.opened input[autocomplete=name]')", "Bob")?;
    page.click("deep('jaw-jaw', '.opened button[type=submit]')")?;
    wait_threads(&page, "Ada: a claim\n  Bob: begun and finished\n")
}

fn the_keyboard_is_enough(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "hello", None, "Ada")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    let mut reached = Vec::new();
    for _ in 0..20 {
        page.press("Tab")?;
        let here = page.eval(
            "(() => { const at = deep('jaw-jaw').shadowRoot.activeElement;
                return at && (at.type === 'radio' && at.type || at.dataset.do || at.getAttribute('autocomplete') || at.type || at.className); })()",
        )?;
        if here == "textarea" {
            // The rest of the form comes when the reader turns to it.
            page.wait("deep('jaw-jaw', '.write button[type=submit]')")?;
        }
        reached.extend(here.as_str().map(str::to_owned));
    }
    for stop in [
        "radio", "textarea", "name", "checkbox", "submit", "fold", "time", "upvote", "downvote",
        "reply",
    ] {
        ensure!(
            reached.iter().any(|seen| seen == stop),
            "{stop} is not reached by Tab: {reached:?}"
        );
    }
    page.eval(&format!("{}.focus()", button("hello", "reply")))?;
    page.press("Enter")?;
    page.wait("deep('jaw-jaw').shadowRoot.activeElement.matches('.opened textarea')")?;
    page.type_text("not yet")?;
    page.wait("deep('jaw-jaw', '.opened button[type=submit]')")?;
    page.press("Escape")?;
    page.wait("deep('jaw-jaw').shadowRoot.activeElement.matches('[data-do=reply]')")?;
    page.press("Enter")?;
    page.wait("deep('jaw-jaw', '.opened textarea').value === 'not yet'").map(drop)
}

fn survives_a_restart_of_the_server(world: &World) -> Result<()> {
    let mut blog = blog(world)?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    write(&page, "before the crash", "Ada")?;
    wait_threads(&page, "Ada: before the crash\n")?;
    blog.native.kill();
    let port = blog.native.url.rsplit(':').next().unwrap_or_default().parse()?;
    let options = crate::NativeOptions {
        origins: vec!["*".to_owned()],
        db: Some(blog.native.db.clone()),
        port,
        ..Default::default()
    };
    let again = crate::Native::start(&options)?;
    ensure!(again.url == blog.native.url, "the same address: {}", again.url);
    page.reload()?;
    // The comment is there and still one's own.
    page.wait(&button("before the crash", "edit")).map(drop)
}
