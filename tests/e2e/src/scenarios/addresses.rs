//! What services say and how they are reached: addresses are compared by what they mean, of articles, of comments, and
//! of services; refusals by what they are.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::common::{page, unharmed, visit};
use crate::{Page, Reply, Running, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("addresses_of_comments_in_every_spelling", of_comments_in_every_spelling),
    ("addresses_of_the_page_itself_open_nothing", of_the_page_itself_open_nothing),
    ("addresses_of_one_article_in_every_spelling", of_one_article_in_every_spelling),
    ("addresses_of_a_service_in_every_form", of_a_service_in_every_form),
    ("addresses_that_refuse_are_told_apart", that_refuse_are_told_apart),
    ("services_say_the_language_of_a_comment", say_the_language_of_a_comment),
];

const FAR: &str = "<div style='height: 4000px'></div>";

/// Answers as some services give them, with a comment each.
fn service(world: &World, html: &str) -> Result<Running> {
    let isso = json!({ "total_replies": 1, "hidden_replies": 0, "id": null, "replies": [{
        "id": 3, "parent": null, "author": "Ada", "website": null, "text": "<p>the one</p>", "created": 1_795_160_000,
        "modified": null, "likes": 0, "dislikes": 0, "mode": 1, "replies": [], "hidden_replies": 0 }] });
    let waline = json!({ "errno": 0, "data": { "page": 1, "totalPages": 1, "count": 1, "data": [{
        "objectId": "507f1f77bcf86cd799439011", "nick": "Ada", "comment": "<p>the one</p>", "time": 1_795_160_000_000_i64 }] } });
    let drupal = json!({ "data": [{ "type": "comment--comment", "id": "0c8a-uuid", "attributes": { "drupal_internal__cid": 12,
        "name": "Ada", "created": "2026-11-20T10:00:00+00:00", "status": true, "comment_body": { "processed": "<p>the one</p>" } } }] });
    let post = |uri: &str, text: &str| {
        json!({ "post": { "uri": uri, "author": { "handle": "ada.example", "did": "did:x" },
        "record": { "text": text, "createdAt": "2026-11-20T10:00:00Z", "langs": ["ja"] } } })
    };
    let bluesky = json!({ "thread": { "post": { "uri": "at://x/y/0", "replyCount": 2 },
        "replies": [post("at://x/y/1", "another"), post("at://x/y/cafe\u{301}", "the one")] } });
    let html = html.to_owned();
    world
        .site()
        .route(move |ask| {
            let answer = |value: &Value| Some(Reply::json(200, value));
            match ask.path.as_str() {
                "/isso/" => answer(&isso),
                "/waline/api/comment" => answer(&waline),
                "/bluesky/xrpc/app.bsky.feed.getPostThread" => answer(&bluesky),
                path if path.starts_with("/drupal/jsonapi/") => answer(&drupal),
                path if path.starts_with("/w/") || path.contains("favicon") => None,
                _ => Some(Reply::new(200, "text/html; charset=utf-8", html.as_bytes())),
            }
        })
        .start()
}

fn tag(profile: &str, more: &str) -> String {
    format!("<jaw-jaw endpoint='/{profile}' profile='{profile}' live=off {more}></jaw-jaw>")
}

/// Fragments that lead to "the one": ours, and those of the service's mails and its former client.
const COMMENTS: &[(&str, &str, &[&str])] = &[
    (
        "isso",
        "",
        &[
            "comment-3",
            "comment%2D3",
            "isso-3",
            "isso-3?utm_source=mail",
            "comment-3&utm_medium=x",
            "isso-3/",
        ],
    ),
    ("waline", "", &["507f1f77bcf86cd799439011", "comment-507f1f77bcf86cd799439011"]),
    ("drupal", "article=u1", &["comment-0c8a-uuid", "comment-12"]),
    (
        "bluesky",
        "article=at://x/y/0",
        &[
            "comment-at%3A%2F%2Fx%2Fy%2Fcafe%CC%81",
            "comment-at://x/y/cafe%CC%81",
            "comment-at%253A%252F%252Fx%252Fy%252Fcafe%25CC%2581",
            // As other systems write the same letter.
            "comment-at%3A%2F%2Fx%2Fy%2Fcaf%C3%A9",
            "comment-at://x/y/caf\u{e9}",
        ],
    ),
];

fn of_comments_in_every_spelling(world: &World) -> Result<()> {
    for (profile, more, fragments) in COMMENTS {
        // Far below the window: the address brings it.
        let site = service(world, &page(&[FAR, &tag(profile, more)].concat()))?;
        for fragment in *fragments {
            let page = world.page()?;
            page.goto(&site.url(&format!("/post/#{fragment}")))?;
            let named =
                page.wait("deep('jaw-jaw', '[data-named]')?.textContent.includes('the one')");
            ensure!(named.is_ok(), "{profile}: #{fragment}");
            unharmed(&page)?;
        }
    }
    Ok(())
}

fn of_the_page_itself_open_nothing(world: &World) -> Result<()> {
    let html = page(
        &["<h2 id='part-2'>Part</h2><h2 id='\u{4e8c}2'>Two</h2>", FAR, &tag("waline", "")].concat(),
    );
    let site = service(world, &html)?;
    for fragment in ["part-2", "%E4%BA%8C2", "", "/route/2"] {
        let page = world.page()?;
        page.goto(&site.url(&format!("/post/#{fragment}")))?;
        page.wait("customElements.get('jaw-jaw') && document.readyState === 'complete'")?;
        // What the page has itself it goes to; the discussion waits until it is near.
        page.eval("void (location.hash = '', location.hash = 'part-2')")?;
        page.wait("location.hash === '#part-2'")?;
        let opened = page.eval("deep('jaw-jaw').shadowRoot.querySelector('.jawjaw') !== null")?;
        ensure!(opened == false, "#{fragment} opened it");
        page.eval("void deep('jaw-jaw').scrollIntoView()")?;
        page.wait("deep('jaw-jaw', '[data-read]')")?;
        let named = page.eval("deep('jaw-jaw', '[data-named]')")?;
        ensure!(named.is_null(), "#{fragment} named a comment");
    }
    Ok(())
}

/// The first address that a service was asked, decoded once as servers do.
fn asked(page: &Page, name: &str) -> Result<String> {
    let requests = page.requests()?;
    let query = requests
        .iter()
        .find_map(|request| request.url.split_once(&format!("{name}=")).map(|(_, rest)| rest));
    let value = query.unwrap_or_default().split('&').next().unwrap_or_default().to_owned();
    page.text(&format!("decodeURIComponent({})", json!(value)))
}

fn of_one_article_in_every_spelling(world: &World) -> Result<()> {
    let site = |head: &str, profile: &str, more: &str| {
        service(world, &page(&[head, &tag(profile, more)].concat()))
    };
    for (head, profile, more, at, wanted) in [
        ("", "isso", "", "/caf%C3%A9/", "/caf%C3%A9/"),
        ("", "isso", "", "/caf%c3%a9/?utm_source=x#part", "/caf%C3%A9/"),
        ("", "isso", "", "/cafe%CC%81/", "/caf%C3%A9/"),
        ("", "isso", "", "/a%2541/", "/a%2541/"),
        ("", "isso", "", "/a%20b%FF/", "/a%20b%FF/"),
        ("<link rel=canonical href='/?p=7'>", "isso", "", "/any/?p=8", "/?p=7"),
        ("<link rel='nofollow canonical' href='/\u{6587}/#x'>", "isso", "", "/any/", "/%E6%96%87/"),
        ("", "isso", "article='/as it is/%41'", "/any/", "/as it is/%41"),
        // The clients of these decode what they ask for.
        ("", "waline", "", "/%E6%96%87/%e6%b0%b4%2Fx/", "/\u{6587}/\u{6c34}%2Fx/"),
        ("", "waline", "article='/%E6%96%87/'", "/any/", "/\u{6587}/"),
        ("<link rel=canonical href='/?p=7'>", "waline", "", "/any/", "/?p=7"),
    ] {
        let site = site(head, profile, more)?;
        let page = world.page()?;
        visit(&page, &site.url(at))?;
        let seen = asked(&page, if profile == "isso" { "uri" } else { "path" })?;
        ensure!(seen == wanted, "{head} {profile} {more} at {at}: asked for {seen}, not {wanted}");
    }
    Ok(())
}

/// A `WordPress` that knows its addresses in one form only; what it does not know is a page of its theme's.
fn wordpress(world: &World, form: &'static str, html: &str) -> Result<Running> {
    let comment = |id: u32, text: &str| {
        json!({ "id": id, "post": 5, "parent": 0, "author_name": "Ada", "author_url": "",
        "date_gmt": "2026-11-20T10:00:00", "content": { "rendered": format!("<p>{text}</p>") }, "status": "approved" })
    };
    let (listed, posted) = (json!([comment(1, "said before")]), comment(2, "said now"));
    let html = html.to_owned();
    world
        .site()
        .route(move |ask| {
            if ask.path == "/post/" {
                return Some(Reply::new(200, "text/html; charset=utf-8", html.as_bytes()));
            }
            let address = format!("{}?{}", ask.path, ask.query);
            let known =
                address.starts_with(form) && address[form.len()..].starts_with("/wp/v2/comments");
            // The second answer of one who asks twice: `post=5` only where it is a member of its own.
            let whole =
                ask.method == "POST" || address.split(['?', '&']).any(|part| part == "post=5");
            (known && whole).then(|| match ask.method.as_str() {
                "POST" => Reply::json(201, &posted),
                _ => Reply::json(200, &listed)
                    .header("x-wp-totalpages", "1")
                    .header("x-wp-total", "1"),
            })
        })
        .start()
}

fn of_a_service_in_every_form(world: &World) -> Result<()> {
    for (form, endpoints) in [
        ("/wp-json", &["/", "/wp-json", "/wp-json/"][..]),
        ("/?rest_route=", &["/", "/?rest_route=", "/?rest_route=/"][..]),
        ("/index.php/wp-json", &["/index.php", "/index.php/wp-json/"][..]),
        ("/index.php?rest_route=", &["/index.php?rest_route=/"][..]),
    ] {
        for endpoint in endpoints {
            let tag = format!(
                "<jaw-jaw endpoint='{endpoint}' profile=wordpress var-post=5 live=off></jaw-jaw>"
            );
            let site = wordpress(world, form, &page(&tag))?;
            let page = world.page()?;
            page.goto(&site.url("/post/"))?;
            let read = page.wait("deep('jaw-jaw', 'article')?.textContent.includes('said before')");
            ensure!(read.is_ok(), "{endpoint} of one that knows {form}: {:?}", site.asked());
            page.fill("deep('jaw-jaw', '.write textarea')", "said now")?;
            page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")?;
            page.fill("deep('jaw-jaw', '.write input[type=email]')", "ada@reader.example")?;
            page.click("deep('jaw-jaw', '.write button[type=submit]')")?;
            let written = page.wait(
                "deepAll('jaw-jaw', 'article').some((one) => one.textContent.includes('said now'))",
            );
            ensure!(
                written.is_ok(),
                "{endpoint} of one that knows {form}, to write: {:?}",
                site.asked()
            );
            unharmed(&page)?;
        }
    }
    Ok(())
}

/// A limit is no ban, and what a firewall says is not what the service says.
fn that_refuse_are_told_apart(world: &World) -> Result<()> {
    let html = page(
        "<jaw-jaw endpoint='/api' profile=github-issues article='a/b/issues/7' live=off></jaw-jaw>",
    );
    let refused = |more: &[(&str, &str)], kind: &str, body: &str| {
        let mut reply = Reply::new(403, kind, body);
        for (name, value) in more {
            reply = reply.header(name, value);
        }
        reply
    };
    let limit = json!({ "message": "API rate limit exceeded" }).to_string();
    for (reply, wanted) in [
        (
            refused(&[("x-ratelimit-remaining", "0")], "application/json", &limit),
            "a bit fast. Wait",
        ),
        (refused(&[("retry-after", "40")], "application/json", &limit), "40 seconds"),
        (
            refused(&[("x-ratelimit-remaining", "12")], "application/json", &limit),
            "says: API rate limit",
        ),
        (
            refused(
                &[],
                "text/html",
                "<html><h1>403 Forbidden</h1><p>You don't have permission.</p>",
            ),
            "firewall",
        ),
        (refused(&[], "text/html", ""), "not allowed"),
    ] {
        let html = html.clone();
        let site = world
            .site()
            .page("/", &html)
            .route(move |ask| ask.path.starts_with("/api/").then(|| reply.clone()));
        let site = site.start()?;
        let page = world.page()?;
        page.goto(&site.url("/"))?;
        page.wait("deep('jaw-jaw', '.state .notice')")?;
        page.wait("!deep('jaw-jaw', '.bones')")?;
        let said = page.text("deep('jaw-jaw', '.state').textContent")?;
        ensure!(said.contains(wanted), "{said} has no {wanted:?}");
    }
    Ok(())
}

/// What is read aloud is read in its own language, and a letter of a name is whole in every script.
fn say_the_language_of_a_comment(world: &World) -> Result<()> {
    let people = [
        ("\u{1F1FA}\u{1F1E6} Olena", "uk", "\u{1F1FA}\u{1F1E6}O"),
        (
            "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466} Home",
            "pt_BR",
            "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}H",
        ),
        ("\u{915}\u{94D}\u{937}\u{92E}\u{93E}", "hi", "\u{915}\u{94D}\u{937}"),
        ("\u{E01}\u{E34}\u{E48}\u{E07}", "th", "\u{E01}\u{E34}\u{E48}"),
        ("A\u{30A}sa O\u{308}berg", "sv", "A\u{30A}O\u{308}"),
        ("\u{1112}\u{1161}\u{11AB}", "ko", "\u{1112}\u{1161}\u{11AB}"),
        ("\u{1F44D}\u{1F3FD}", "\" onload=", "\u{1F44D}\u{1F3FD}"),
        ("Ada Lovelace", "", "AL"),
    ];
    let posts: Vec<Value> = people.iter().enumerate().map(|(number, (name, language, _))| json!({
        "id": format!("10{number}"), "in_reply_to_id": "7", "content": "<p>words</p>", "language": language,
        "created_at": "2026-11-20T10:00:00Z", "account": { "username": "x", "display_name": name, "url": "https://x.example/" } })).collect();
    let context = json!({ "ancestors": [], "descendants": posts });
    let html = page("<jaw-jaw endpoint='/api' profile=mastodon article=7 live=off></jaw-jaw>");
    let site = world.site().page("/", &html);
    let site = site
        .route(move |ask| ask.path.ends_with("/context").then(|| Reply::json(200, &context)))
        .start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    let seen = page.eval(
        "deepAll('jaw-jaw', 'article').map((card) => [card.querySelector('.avatar').textContent, card.querySelector('.words').getAttribute('lang')])",
    )?;
    let wanted = people.map(|(_, language, letters)| {
        let language =
            Some(language.replace('_', "-")).filter(|tag| tag.len() > 1 && !tag.contains('"'));
        json!([letters, language])
    });
    ensure!(seen == json!(wanted), "{seen}");
    unharmed(&page)
}
