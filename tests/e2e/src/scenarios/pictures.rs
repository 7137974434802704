//! Pictures of other people's hosts: none unasked, and those that the page's owner allows.

use anyhow::{Result, ensure};
use serde_json::json;

use super::common::{page, unharmed, visit};
use crate::{Ask, Page, Reply, Running, Site, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("pictures_are_links_until_allowed", are_links_until_allowed),
    ("pictures_of_allowed_hosts_are_shown", of_allowed_hosts_are_shown),
    ("pictures_that_are_cut_say_so", that_are_cut_say_so),
];

/// A host of pictures that notes who asks for them.
fn gallery() -> Result<Running> {
    const DRAWING: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'/>";
    let draw =
        |ask: &Ask| ask.path.contains(".svg").then(|| Reply::new(200, "image/svg+xml", DRAWING));
    Site::new().route(draw).start()
}

/// A page whose comments have a text, and pictures from the gallery.
fn blog(world: &World, gallery: &Running, text: &str, attributes: &str) -> Result<(Running, Page)> {
    let profile = json!({
        "profile": "pictures", "version": 1,
        "list": { "href": "/comments", "items": "#" },
        "comment": {
            "id": "/id", "author.name": "/name", "author.image": "/image",
            "text": { "from": "/html", "encodingFormat": "text/html" }
        }
    });
    let comments = json!([
        { "id": 1, "name": "Ada Lovelace", "image": gallery.url("/ada.svg"), "html": text },
        { "id": 2, "name": "\u{410}da Lovelace", "html": "<p>imitated</p>" },
    ]);
    let route = move |ask: &Ask| match ask.path.as_str() {
        "/pictures.json" => Some(Reply::json(200, &profile)),
        "/comments" => Some(Reply::json(200, &comments)),
        _ => None,
    };
    let tag =
        format!("<jaw-jaw endpoint=/ article=a profile=/pictures.json {attributes}></jaw-jaw>");
    let site = world.site().page("/", &page(&tag)).route(route).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    Ok((site, page))
}

fn html(gallery: &Running) -> String {
    let (cat, smile) = (gallery.url("/cat.svg"), gallery.url("/smile.svg"));
    format!(
        "<p>see <img src='{cat}' alt='a cat'> and <a href='https://x.example/'><img src='{cat}' alt='a page'></a>
         and <img src='{cat}'> <img class='emoji' src='{smile}' alt=':)'></p>"
    )
}

fn are_links_until_allowed(world: &World) -> Result<()> {
    let gallery = gallery()?;
    let (_site, page) = blog(world, &gallery, &html(&gallery), "images=other.example avatars=''")?;
    let host = gallery.url("").replace("http://", "");
    let host = host.trim_end_matches('/');
    let said = page.text("deep('jaw-jaw', '.words').textContent.replace(/\\s+/g, ' ').trim()")?;
    ensure!(said == format!("see a cat ({host}) and a page and Image ({host}) :)"), "{said}");
    let links = page.text(
        "[...deepAll('jaw-jaw', '.words a')].map((a) => a.textContent + ' ' + new URL(a.href).pathname + ' ' + a.rel).join('|')",
    )?;
    let rel = "ugc nofollow noopener noreferrer";
    ensure!(
        links == format!("a cat /cat.svg {rel}|a page / {rel}|Image /cat.svg {rel}"),
        "{links}"
    );
    ensure!(page.text("deep('jaw-jaw', '.avatar').textContent")? == "AL", "letters for a picture");
    let badges =
        page.text("[...deepAll('jaw-jaw', '.badges')].map((one) => one.textContent).join('|')")?;
    ensure!(badges == "|letters of several alphabets", "who imitates is marked: {badges}");
    ensure!(gallery.asked().is_empty(), "nothing is asked for: {:?}", gallery.asked());
    unharmed(&page)
}

fn of_allowed_hosts_are_shown(world: &World) -> Result<()> {
    let gallery = gallery()?;
    let host = gallery.url("").replace("http://", "");
    let host = host.trim_end_matches('/');
    let both = format!("images='other.example {host}' avatars='{host}'");
    let (_site, page) = blog(world, &gallery, &html(&gallery), &both)?;
    page.wait("deepAll('jaw-jaw', '.words img').length === 3 && [...deepAll('jaw-jaw', 'img')].every((one) => one.naturalWidth === 40)")?;
    let covered = page.eval(
        "(() => { const [one, other] = [deep('jaw-jaw', '.avatar'), deep('jaw-jaw', '.avatar img')].map((e) => e.getBoundingClientRect());
            return one.x === other.x && one.y === other.y && one.width === other.width && one.height === other.height })()",
    )?;
    ensure!(covered == true, "the picture covers the letters");
    ensure!(page.text("deep('jaw-jaw', '.words img').alt")? == "a cat", "it says what it shows");
    ensure!(
        page.text("deep('jaw-jaw', '.avatar img').alt")?.is_empty(),
        "the name stands beside it"
    );
    ensure!(
        page.eval(
            "[...deepAll('jaw-jaw', 'img')].every((one) => one.referrerPolicy === 'no-referrer')"
        )? == true,
        "they do not tell from where"
    );
    unharmed(&page)
}

fn that_are_cut_say_so(world: &World) -> Result<()> {
    let gallery = gallery()?;
    let links = (0..6_000).map(|n| format!("<a href='https://x.example/{n}'>{n}</a>"));
    let many = links.collect::<Vec<_>>().join(" ");
    let (_site, page) = blog(world, &gallery, &many, "")?;
    ensure!(
        page.text("deep('jaw-jaw', '.words').lastElementChild.textContent")?
            == "The rest is too long to be shown.",
        "what is cut is told"
    );
    let links = page.eval("deepAll('jaw-jaw', '.words a[href]').length")?;
    ensure!(links == 200, "{links} links");
    unharmed(&page)
}
