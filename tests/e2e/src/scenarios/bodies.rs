//! What bodies hold beside words: what is closed until a reader opens it, names of characters, directions.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::common::{page, unharmed, visit};
use crate::{Ask, Page, Reply, Running, Site, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("bodies_wait_behind_what_warns_of_them", wait_behind_what_warns_of_them),
    ("bodies_of_words_need_no_more_code", of_words_need_no_more_code),
    ("bodies_have_all_named_characters", have_all_named_characters),
    ("bodies_run_the_way_each_line_says", run_the_way_each_line_says),
];

/// A page whose comments are these; `text` of each is HTML.
fn blog(world: &World, comments: &Value, attributes: &str, more: bool) -> Result<(Running, Page)> {
    let mut comment = json!({
        "id": "/id", "author.name": "/name", "text": { "from": "/text", "encodingFormat": "text/html" }
    });
    if more {
        comment["contentWarning"] = json!("/warning");
        comment["sensitive"] = json!("/sensitive");
        comment["attachments"] = json!([{ "items": "/files", "contentUrl": "/url", "encodingFormat": "/type", "name": "/name" }]);
        comment["emojis"] = json!([{ "items": "/signs", "shortcode": "/name", "image": "/url" }]);
    }
    let profile = json!({
        "profile": "bodies", "version": 1, "list": { "href": "/comments", "items": "#" }, "comment": comment
    });
    let comments = comments.clone();
    let route = move |ask: &Ask| match ask.path.as_str() {
        "/bodies.json" => Some(Reply::json(200, &profile)),
        "/comments" => Some(Reply::json(200, &comments)),
        _ => None,
    };
    let tag = format!("<jaw-jaw endpoint=/ article=a profile=/bodies.json {attributes}></jaw-jaw>");
    let site = world.site().page("/", &page(&tag)).route(route).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    page.wait("deep('jaw-jaw', '.words')")?;
    Ok((site, page))
}

fn wait_behind_what_warns_of_them(world: &World) -> Result<()> {
    const DRAWING: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'/>";
    let draw =
        |ask: &Ask| ask.path.contains(".svg").then(|| Reply::new(200, "image/svg+xml", DRAWING));
    let gallery = Site::new().route(draw).start()?;
    let host = gallery.url("").replace("http://", "");
    let host = host.trim_end_matches('/');
    let picture = |name: &str| json!([{ "url": gallery.url(&format!("/{name}.svg")), "type": "image", "name": name }]);
    let comments = json!([
        { "id": 1, "name": "Ada", "warning": "The film :cat:", "text": "<p>the gardener</p>", "files": picture("knife"),
          "signs": [{ "name": "cat", "url": gallery.url("/cat.svg") }] },
        { "id": 2, "name": "Bo :dog:", "sensitive": true, "text": "<p>plain words</p>", "files": picture("wound"),
          "signs": [{ "name": "dog", "url": gallery.url("/dog.svg") }] },
        { "id": 3, "name": "Cy", "text": "<p>So <span class='spoiler'>the butler</span> or [spoiler]the cook[/spoiler].</p>" },
        { "id": 4, "name": "Di", "text": "<details><p>Or</p><summary>The end</summary>wed</details><i class=spoiled>the aunt</i>" },
    ]);
    let attributes = format!("images='{host}' live=off json-ld");
    let (_site, page) = blog(world, &comments, &attributes, true)?;
    let seen = "deepAll('jaw-jaw', '.words').map((one) => one.innerText.replace(/\\s+/g, ' ').trim()).join('|')";
    let seen =
        seen.replacen("deepAll('jaw-jaw', '.words')", "[...deepAll('jaw-jaw', '.words')]", 1);
    let closed = page.text(&seen)?;
    ensure!(
        closed
            == "The film|plain words Hidden content|So Hidden content or Hidden content .|The end Hidden content",
        "closed: {closed}"
    );
    page.wait(
        "[...deepAll('jaw-jaw', 'img.emoji')].filter((one) => one.naturalWidth).length === 2",
    )?;
    let asked = gallery.asked().join(" ");
    ensure!(!asked.contains("knife") && !asked.contains("wound"), "nobody opened them: {asked}");
    // By keys, one after the other.
    page.eval(
        "[...deepAll('jaw-jaw', '.words summary')].forEach((one) => { one.focus(); one.click() })",
    )?;
    page.wait(
        "[...deepAll('jaw-jaw', '.words details img')].every((one) => one.naturalWidth === 40)",
    )?;
    let open = page.text(&seen)?;
    ensure!(
        open == "The film the gardener|plain words Hidden content|So Hidden content the butler or Hidden content the cook .|Or The end wed Hidden content the aunt",
        "opened: {open}"
    );
    // Search engines are not told; that part comes after a while.
    page.wait("document.querySelector('jaw-jaw > script')?.textContent.includes('plain words')")?;
    let told = page.text("document.querySelector('jaw-jaw > script').textContent")?;
    for secret in ["gardener", "butler", "cook", "wed", "aunt"] {
        ensure!(!told.contains(secret), "search engines are told: {told}");
    }
    unharmed(&page)
}

fn of_words_need_no_more_code(world: &World) -> Result<()> {
    let fetched = "performance.getEntriesByType('resource').some((one) => one.name.includes('jawjaw-bodies'))";
    for (text, more, needed) in [
        ("<p>An object of math, a video of it: 2 > 1!</p>", false, false),
        ("<p>a</p>", true, true),
        ("<p>a</p><video src=/v.mp4></video>", false, true),
        ("<p>&gt;!a!&lt;</p>", false, true),
    ] {
        let comments = json!([{ "id": 1, "name": "Ada", "text": text }]);
        let (_site, page) = blog(world, &comments, "live=off", more)?;
        ensure!(page.eval(fetched)? == json!(needed), "{text} needs more: {needed}");
        world.close_pages();
    }
    Ok(())
}

fn have_all_named_characters(world: &World) -> Result<()> {
    const NAMES: &str = "alpha Alpha zwnj zwj lrm le ne infin hearts rArr thinsp ensp emsp dagger Dagger minus sum prod \
        NotEqualTilde CounterClockwiseContourIntegral fjlig bne NotSquareSubset Afr bopf Cscr Zcaron scaron OElig oelig \
        NewLine lbrace excl num dollar percnt lpar ast comma period sol semi quest commat lsqb bsol Hat lowbar grave vert \
        ThickSpace nbsp eacute AMP LT nGtv nvle race acE caps vsubnE amp euro check cross phone female male star starf";
    let named: Vec<String> = NAMES.split_whitespace().map(|name| format!("&{name};")).collect();
    let odd = "&notit; &copy=1 &copyx &nonsense; &amp;alpha; &alpha &ampalpha; &;";
    let html = format!("<p>{}|{odd}</p>", named.join("|"));
    let comments = json!([{ "id": 1, "name": "Ada", "text": html }]);
    let (_site, page) = blog(world, &comments, "live=off", false)?;
    let same = page.text(&format!(
        "(() => {{ const there = document.createElement('div'); there.innerHTML = {};
            const ours = deep('jaw-jaw', '.words').textContent.split('|');
            // Carriage returns and the like are not shown; marks of direction are.
            const theirs = there.textContent.split('|');
            return theirs.map((one, at) => one === ours[at] ? '' : one + ' is ' + ours[at]).join('') }})()",
        json!(html)
    ))?;
    ensure!(same.is_empty(), "{same}");
    unharmed(&page)
}

fn run_the_way_each_line_says(world: &World) -> Result<()> {
    let mut out = Vec::new();
    // Each line ends with a full stop, which stands on the side where it ends.
    for (html, ways) in [
        ("<p>One line.</p><p>שלום לכולם.</p><p>And one.</p>", "ltr rtl ltr"),
        ("<p>مرحبا بكم.<br>English too.</p>", "rtl ltr"),
        ("<blockquote><p>שלום.</p></blockquote><p>Yes.</p>", "rtl ltr"),
        ("<ul><li>שלום.</li><li>English.</li></ul>", "rtl ltr"),
        ("<h2>مرحبا.</h2><table><tr><td>Words.</td><td>שלום.</td></tr></table>", "rtl ltr rtl"),
        ("<p dir=rtl>Words.</p><p dir=ltr>שלום.</p>", "rtl ltr"),
        ("<p>\u{200F}One.</p><p>a \u{2067}b. \u{2069}c.</p><p>\u{202E}Two.</p>", "rtl ltr ltr"),
    ] {
        let comments = json!([{ "id": 1, "name": "Ada", "text": html }]);
        let (_site, page) = blog(world, &comments, "live=off", false)?;
        let seen = page.text(
            "(() => { const walk = document.createTreeWalker(deep('jaw-jaw', '.words'), NodeFilter.SHOW_TEXT), ways = [];
                const at = (node, place) => { const range = document.createRange(); range.setStart(node, place);
                    range.setEnd(node, place + 1); return range.getBoundingClientRect().left };
                while (walk.nextNode()) { const text = walk.currentNode, first = text.data.search(/\\p{L}/u);
                    if (first >= 0) ways.push(at(text, text.data.length - 1) < at(text, first) ? 'rtl' : 'ltr') }
                return ways.join(' ') })()",
        )?;
        if seen != ways {
            out.push(format!("{html} runs {seen}, not {ways}"));
        }
        world.close_pages();
    }
    // A quotation and a list stand on the side of their words.
    let comments = json!([{ "id": 1, "name": "Ada", "text": "<blockquote><p>שלום</p></blockquote><ol><li>مرحبا</ol><ol><li>a</ol>" }]);
    let (_site, page) = blog(world, &comments, "live=off", false)?;
    let sides = page.text(
        "[...deepAll('jaw-jaw', '.words > :is(blockquote, ol)')].map((one) => getComputedStyle(one).direction).join(' ')",
    )?;
    ensure!(sides == "rtl rtl ltr", "sides: {sides}");
    ensure!(out.is_empty(), "{}", out.join("\n"));
    unharmed(&page)
}
