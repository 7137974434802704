//! A discussion made of several services, or of parts of services.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::common::{endpoint, native, open, page, post, ready, unharmed, visit, wait_threads};
use crate::{Ask, Reply, World, paths};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("sources_make_one_discussion", make_one_discussion),
    ("sources_one_that_fails_leaves_the_others", one_that_fails_leaves_the_others),
    ("sources_rating_from_elsewhere", rating_from_elsewhere),
    ("sources_comments_in_the_page", comments_in_the_page),
    ("sources_resolve_before_they_list", resolve_before_they_list),
    ("sources_replies_are_fetched", replies_are_fetched),
    ("sources_replies_come_in_pages", replies_come_in_pages),
    ("sources_are_sorted_together", are_sorted_together),
    ("sources_what_cannot_be_read_is_counted", what_cannot_be_read_is_counted),
    ("sources_secret_of_the_page", secret_of_the_page),
];

fn fixture(profile: &str) -> Result<Value> {
    let file = paths::root().join(format!("tests/fixtures/{profile}/comments.json"));
    Ok(serde_json::from_str(&std::fs::read_to_string(file)?)?)
}

fn make_one_discussion(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "said here", None, "Eve")?;
    let said = fixture("mastodon")?;
    let mastodon = endpoint(move |ask: &Ask| {
        ask.path.ends_with("/1150000/context").then(|| Reply::json(200, &said))
    })?;
    let html = format!(
        "<jaw-jaw endpoint='{}' article='a'><jaw-source endpoint='{}' profile=mastodon article=1150000>\
         </jaw-source></jaw-jaw>",
        native.url,
        mastodon.origin()
    );
    let (_site, page) = open(world, &html)?;
    page.wait("deepAll('jaw-jaw', 'article').length === 3")?;
    // By time: what was said there came first.
    wait_threads(&page, "Ada: Good read :blobcat:\n  lin: +1\nEve: said here\n")?;
    ensure!(page.eval("deep('jaw-jaw', 'h2').textContent")? == "3 comments", "the count");
    let labels = page.text("deepAll('jaw-jaw', '.origin').map((o) => o.textContent).join('|')")?;
    ensure!(labels == "on Mastodon|on Mastodon|here", "{labels}");
    let links = page.text(
        "deepAll('jaw-jaw', 'article .actions a, .elsewhere a').map((a) => `${a.textContent} ${a.href}`).join('|')",
    )?;
    ensure!(links.contains("Reply on Mastodon https://a.example/@ada/1150001"), "{links}");
    ensure!(links.contains("/web/statuses/1150000"), "{links}");
    // Writing goes to the first; its answer stands among the others.
    ensure!(
        page.eval("deepAll('jaw-jaw', '[data-do=reply]').length")? == 1,
        "one can be answered here"
    );
    page.eval("location.hash = 'comment-mastodon-1150002'")?;
    page.wait("deep('jaw-jaw', '[data-named]')?.id === 'comment-mastodon-1150002'")?;
    unharmed(&page)
}

fn one_that_fails_leaves_the_others(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "said here", None, "Eve")?;
    let broken = endpoint(|_: &Ask| Some(Reply::new(500, "text/html", "<p>no</p>")))?;
    let html = format!(
        "<jaw-jaw endpoint='{}' article='a'><jaw-source endpoint='{}' profile=mastodon article=1></jaw-source>\
         <jaw-source profile=nonesuch></jaw-source></jaw-jaw>",
        native.url,
        broken.origin()
    );
    let (_site, page) = open(world, &html)?;
    page.wait_for_text("What was said on Mastodon could not be loaded.")?;
    wait_threads(&page, "Eve: said here\n")?;
    let console = page.console()?.join("\n");
    ensure!(console.contains("the profile \"nonesuch\" could not be fetched"), "{console}");
    ensure!(page.eval("!!deep('jaw-jaw', '.failed [data-do=retry]')")? == true, "try again");
    Ok(())
}

fn rating_from_elsewhere(world: &World) -> Result<()> {
    let native = native(&[])?;
    let html = format!(
        "<jaw-jaw endpoint=/said.json profile=static article=a rating-endpoint='{}'></jaw-jaw>",
        native.url
    );
    let said = Reply::json(200, &json!([{ "id": 1, "author": "Ada", "text": "hello" }]));
    let site = world.site().page("/", &page(&html));
    let site =
        site.route(move |ask: &Ask| (ask.path == "/said.json").then(|| said.clone())).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    wait_threads(&page, "Ada: hello\n")?;
    page.wait("deep('jaw-jaw', '.give')?.checkVisibility()")?;
    page.click("deepAll('jaw-jaw', '.choices label')[3]")?;
    page.wait("deep('jaw-jaw', '.mean').textContent === '4'")?;
    page.reload()?;
    ready(&page)?;
    page.wait("deep('jaw-jaw', '.mean').textContent === '4'")?;
    ensure!(
        page.eval("!!deep('jaw-jaw', '.write textarea')")? == false,
        "a file takes no comments"
    );
    Ok(())
}

fn comments_in_the_page(world: &World) -> Result<()> {
    let said = fixture("schema-org")?;
    let html = format!(
        "<script type='application/ld+json'>{{\"@type\":\"WebSite\"}}</script>\
         <script type='application/ld+json'>{said}</script><jaw-jaw profile=schema-org></jaw-jaw>"
    );
    let (_site, page) = open(world, &html)?;
    wait_threads(&page, "Ada: Nice\n  Lin: Agreed\n")?;
    page.wait("deep('jaw-jaw', '.mean').textContent === '4.5'").map(drop)
}

fn resolve_before_they_list(world: &World) -> Result<()> {
    let said = fixture("hacker-news")?;
    let hits = json!({ "hits": [{ "objectID": "1" }] });
    let hn = endpoint(move |ask: &Ask| match ask.path.as_str() {
        path if path.starts_with("/api/v1/search") => Some(Reply::json(200, &hits)),
        "/api/v1/items/1" => Some(Reply::json(200, &said)),
        _ => None,
    })?;
    let html = format!("<jaw-jaw endpoint='{}' profile=hacker-news></jaw-jaw>", hn.origin());
    let (_site, page) = open(world, &html)?;
    page.wait("deepAll('jaw-jaw', 'article').length === 2")?;
    page.wait("deep('jaw-jaw', '.elsewhere a').href === 'https://news.ycombinator.com/item?id=1'")?;
    // Nobody has begun a discussion of another page.
    let empty = endpoint(|_: &Ask| Some(Reply::json(200, &json!({ "hits": [] }))))?;
    page.eval(&format!(
        "document.querySelector('jaw-jaw').setAttribute('endpoint', '{}')",
        empty.origin()
    ))?;
    page.wait_for_text("Nobody has said anything yet.").map(drop)
}

fn replies_are_fetched(world: &World) -> Result<()> {
    let mut said = fixture("ghost")?;
    said["comments"][0]["count"]["replies"] = json!(3);
    let reply = |id: &str, text: &str| {
        json!({ "id": id, "parent_id": "6740aa", "status": "published", "html": format!("<p>{text}</p>"),
            "created_at": "2026-11-20T11:00:00.000Z", "member": { "name": "Mo" }, "liked": false, "count": { "likes": 0 } })
    };
    let more = json!({ "comments": [said["comments"][0]["replies"][0], reply("r2", "two"), reply("r3", "three")] });
    let ghost = endpoint(move |ask: &Ask| {
        let is_replies = ask.path.contains("/6740aa/replies");
        Some(Reply::json(200, if is_replies { &more } else { &said }))
    })?;
    let html =
        format!("<jaw-jaw endpoint='{}' profile=ghost article=p></jaw-jaw>", ghost.other_origin());
    let (_site, page) = open(world, &html)?;
    page.wait(
        "deep('jaw-jaw', '[data-do=replies]:not([hidden])')?.textContent === 'Show 2 more replies'",
    )?;
    page.click("deep('jaw-jaw', '[data-do=replies]:not([hidden])')")?;
    wait_threads(
        &page,
        "Ada: Lovely\n  Anonymous: This comment was deleted.\n  Mo: two\n  Mo: three\n",
    )?;
    page.wait("!deep('jaw-jaw', '[data-do=replies]:not([hidden])')").map(drop)
}

fn replies_come_in_pages(world: &World) -> Result<()> {
    let reply = |n: usize| {
        json!({ "id": format!("r{n}"), "parent_id": "top", "status": "published", "html": format!("<p>reply {n}</p>"),
            "created_at": "2026-11-20T11:00:00.000Z", "member": { "name": "Mo" }, "count": { "likes": 0, "replies": 0 } })
    };
    let top = json!({ "id": "top", "status": "published", "html": "<p>top</p>", "member": { "name": "Ada" },
        "created_at": "2026-11-20T10:00:00.000Z", "count": { "likes": 0, "replies": 230 },
        "replies": (1..=3).map(reply).collect::<Vec<_>>() });
    let list = json!({ "comments": [top], "meta": { "pagination": { "next": null } } });
    let ghost = endpoint(move |ask: &Ask| {
        if !ask.path.contains("/top/replies") {
            return Some(Reply::json(200, &list));
        }
        let page: usize = ask.query.split("page=").nth(1)?.parse().ok()?;
        let replies: Vec<Value> = (page * 100 - 99..=230.min(page * 100)).map(reply).collect();
        let next = (page < 3).then_some(page + 1);
        Some(Reply::json(
            200,
            &json!({ "comments": replies, "meta": { "pagination": { "next": next } } }),
        ))
    })?;
    let html =
        format!("<jaw-jaw endpoint='{}' profile=ghost article=p></jaw-jaw>", ghost.other_origin());
    let (_site, page) = open(world, &html)?;
    let button = "deep('jaw-jaw', '[data-do=replies]:not([hidden])')";
    for (offered, heading) in [(227, 101), (130, 201), (30, 231)] {
        page.wait(&format!("{button}?.textContent === 'Show {offered} more replies'"))?;
        page.click(button)?;
        page.wait(&format!("deep('jaw-jaw', 'h2').textContent === '{heading} comments'"))?;
    }
    page.wait(&format!("!{button}"))?;
    unharmed(&page)
}

fn are_sorted_together(world: &World) -> Result<()> {
    let native = native(&[])?;
    for number in 0..60 {
        post(&native, &format!("here {number}"), None, "Eve")?;
    }
    let said = fixture("mastodon")?;
    let mastodon = endpoint(move |ask: &Ask| {
        ask.path.ends_with("/1150000/context").then(|| Reply::json(200, &said))
    })?;
    let broken = Reply::json(200, &json!([{ "id": 1, "text": "fine" }, { "text": "no id" }]));
    let broken = endpoint(move |_: &Ask| Some(broken.clone()))?;
    let html = format!(
        "<jaw-jaw endpoint='{}' article='a'><jaw-source endpoint='{}' profile=mastodon article=1150000>\
         </jaw-source><jaw-source endpoint='{}' profile=static></jaw-source></jaw-jaw>",
        native.url,
        mastodon.origin(),
        broken.url("/said.json")
    );
    let (_site, page) = open(world, &html)?;
    let first = "deepAll('jaw-jaw', '.threads > li > article .words')[0]?.textContent.trim()";
    let count = "deep('jaw-jaw', 'h2').textContent";
    page.wait(&format!("{first} === 'fine' || {first} === 'Good read :blobcat:'"))?;
    page.wait_for_text("1 comment could not be read.")?;
    let others = "['Good read', 'fine'].every((words) => deepAll('jaw-jaw', 'article').some(
        (card) => card.textContent.includes(words)))";
    let whole = "(scrollTo(0, 1e6), deepWhole())";
    // Each service answers when it answers.
    page.wait(&format!("{whole} && {others}"))?;
    let before = page.text(count)?;
    page.click("deep('jaw-jaw', '[data-do=find]')")?;
    page.wait("deep('jaw-jaw', '.order select')")?;
    // The first of our own server's pages in that order, and what the others have.
    super::finding::order(&page, "newest")?;
    page.wait(&format!("{first} === 'here 59'"))?;
    page.wait(&format!("{whole} && {others}"))?;
    ensure!(page.text(count)? == before, "{before} became {}", page.text(count)?);
    page.wait_for_text("1 comment could not be read.")?;
    super::finding::order(&page, "oldest")?;
    page.wait(&format!("{first} === 'fine' || {first} === 'Good read :blobcat:'"))?;
    super::finding::order(&page, "")?;
    page.wait(&format!("{whole} && {others}"))?;
    page.wait_for_text("1 comment could not be read.")?;
    unharmed(&page)
}

fn what_cannot_be_read_is_counted(world: &World) -> Result<()> {
    let said = Reply::json(200, &json!([{ "id": 1, "text": "fine" }, { "text": "no id" }, null]));
    let site =
        world.site().page("/", &page("<jaw-jaw endpoint=/said.json profile=static></jaw-jaw>"));
    let site =
        site.route(move |ask: &Ask| (ask.path == "/said.json").then(|| said.clone())).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    wait_threads(&page, "Anonymous: fine\n")?;
    page.wait_for_text("2 comments could not be read.")?;
    let console = page.console()?.join("\n");
    ensure!(console.contains("/comment/id says"), "{console}");
    Ok(())
}

fn secret_of_the_page(world: &World) -> Result<()> {
    let said = fixture("lemmy")?;
    let lemmy = endpoint(move |ask: &Ask| {
        let known = ask.header("authorization") == Some("Bearer s3cret");
        match ask.path.as_str() {
            path if path.starts_with("/api/v3/comment/like") && known => {
                let mut view = said["comments"][0].clone();
                view["counts"]["upvotes"] = json!(6);
                view["my_vote"] = json!(1);
                Some(Reply::json(200, &json!({ "comment_view": view })))
            }
            path if path.starts_with("/api/v3/comment/list") && ask.method == "GET" => {
                Some(Reply::json(200, &said))
            }
            // The preflight is the site's own to answer.
            _ if ask.method == "OPTIONS" => None,
            _ => Some(Reply::json(401, &json!({ "error": "not_logged_in" }))),
        }
    })?;
    let html =
        format!("<jaw-jaw endpoint='{}' profile=lemmy article=77></jaw-jaw>", lemmy.origin());
    let given = "<script>document.querySelector('jaw-jaw').token = 's3cret'</script>";
    let site = world.site().page("/", &page(&html)).page("/known", &page(&[&html, given].concat()));
    let site = site.start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    page.wait("deepAll('jaw-jaw', 'article').length === 2")?;
    ensure!(
        page.eval("!!deep('jaw-jaw', '.write textarea, [data-do=upvote]')")? == false,
        "read only"
    );
    visit(&page, &site.url("/known"))?;
    page.wait("deep('jaw-jaw', '.write textarea')")?;
    page.click("deep('jaw-jaw', '[data-do=upvote]')")?;
    page.wait("deep('jaw-jaw', '[data-do=upvote]').textContent === 'Vote up 6'")?;
    ensure!(lemmy.asked().iter().all(|line| !line.contains("s3cret")), "no secret in an address");
    Ok(())
}
