//! The tag on other people's pages.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::common::{
    blog, card, follows, id, native, page, post, ready, tag, unharmed, visit, wait_threads,
};
use crate::World;

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("embed_one_script_tag_is_enough", one_script_tag_is_enough),
    ("embed_waits_for_the_viewport", waits_for_the_viewport),
    ("embed_loaded_twice_does_no_harm", loaded_twice_does_no_harm),
    ("embed_two_widgets_two_endpoints", two_widgets_two_endpoints),
    ("embed_moved_and_removed", moved_and_removed),
    ("embed_gives_everything_back", gives_everything_back),
    ("embed_children_stay_where_it_cannot_start", children_stay_where_it_cannot_start),
    ("embed_served_as_anything", served_as_anything),
    ("embed_profile_that_never_comes", profile_that_never_comes),
    ("embed_one_that_fails_leaves_the_others", one_that_fails_leaves_the_others),
    ("embed_an_address_opens_its_comment", an_address_opens_its_comment),
    ("embed_mistakes_are_explained", mistakes_are_explained),
    ("embed_follows_its_attributes", follows_its_attributes),
    ("embed_host_styles_stay_outside", host_styles_stay_outside),
    ("embed_a_script_anywhere_is_seen", a_script_anywhere_is_seen),
    ("embed_a_kept_page_has_one_of_everything", a_kept_page_has_one_of_everything),
    ("embed_a_moved_script_is_told_where_its_files_are", a_moved_script_is_told),
    ("embed_a_frame_as_high_as_its_page_stays", a_frame_as_high_as_its_page_stays),
];

fn one_script_tag_is_enough(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "hello", None, "Ada")?;
    let html = format!(
        "<!doctype html><title>blog</title><p id=before>text</p>\
         <script async src=/w/jawjaw.js data-endpoint='{}' data-article=a></script><p id=after>text</p>",
        native.url
    );
    let site = world.site().page("/", &html).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    wait_threads(&page, "Ada: hello\n")?;
    let place = page.eval(
        "deep('jaw-jaw').previousElementSibling.localName + deep('jaw-jaw').nextElementSibling.id",
    )?;
    ensure!(place == "scriptafter", "{place}");
    unharmed(&page)
}

fn waits_for_the_viewport(world: &World) -> Result<()> {
    let native = native(&[])?;
    let tall = format!("<div style='height:5000px'></div>{}", tag(&native.url));
    let site = world.site().page("/", &page(&tall)).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.wait("customElements.get('jaw-jaw')")?;
    let asked = || -> Result<Vec<String>> {
        let ours = |url: &String| url.contains("/w/") || url.contains("/api/");
        Ok(page.requests()?.into_iter().map(|request| request.url).filter(ours).collect())
    };
    let before = asked()?;
    ensure!(
        before.len() == 1 && before[0].ends_with("/w/jawjaw.js"),
        "before the scroll: {before:?}"
    );
    page.eval("deep('jaw-jaw').scrollIntoView()")?;
    ready(&page)?;
    let after = asked()?;
    for file in
        ["jawjaw-widget.js", "jawjaw-widget.wasm", "profiles/native.json", "/api/v1/comments"]
    {
        let times = after.iter().filter(|url| url.contains(file)).count();
        ensure!(times == 1, "{file} was asked for {times} times: {after:?}");
    }
    Ok(())
}

pub(super) fn loaded_twice_does_no_harm(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "once", None, "Ada")?;
    let twice = format!(
        "<script src=/w/jawjaw.js></script><script src='/w/jawjaw.js?v=2'></script>{}",
        tag(&native.url)
    );
    let site = world.site().page("/", &page(&twice)).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    wait_threads(&page, "Ada: once\n")?;
    unharmed(&page)
}

fn two_widgets_two_endpoints(world: &World) -> Result<()> {
    let (first, second) = (native(&[])?, native(&[])?);
    post(&first, "in the first", None, "Ada")?;
    post(&second, "in the second", None, "Bob")?;
    let both = [tag(&first.url), tag(&second.url)].concat();
    let site = world.site().page("/", &page(&both)).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    page.wait("deepAll('jaw-jaw', 'article').length === 2")?;
    wait_threads(&page, "Ada: in the first\nBob: in the second\n")?;
    // What is done in one is not done in the other.
    page.click(&format!("{}.querySelector('[data-do=upvote]')", card("in the second")))?;
    page.wait("deepAll('jaw-jaw', '[aria-pressed=true]').length === 1")?;
    let pressed = page.eval("deep('jaw-jaw:last-of-type', '[aria-pressed=true]') !== null")?;
    ensure!(pressed == true, "the vote was for the second");
    Ok(())
}

pub(super) fn moved_and_removed(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "hello", None, "Ada")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    follows(&page)?;
    page.fill("deep('jaw-jaw', '.write textarea')", "half a thought")?;
    page.forget_requests()?;
    page.eval("void document.body.append(deep('jaw-jaw'))")?;
    page.wait("document.body.lastElementChild === deep('jaw-jaw')")?;
    let kept = page.text("deep('jaw-jaw', '.write textarea').value")?;
    ensure!(kept == "half a thought", "moving keeps the state: {kept}");
    ensure!(page.requests()?.is_empty(), "moving fetches nothing: {:?}", page.requests()?);
    page.eval("void (globalThis.tag = deep('jaw-jaw'), tag.remove())")?;
    page.wait("!tag.shadowRoot.querySelector('.widget')")?;
    page.eval("void document.querySelector('main').append(tag)")?;
    ready(&page)?;
    wait_threads(&page, "Ada: hello\n")?;
    let widgets = page.eval("deepAll('jaw-jaw', '.widget').length")?;
    ensure!(widgets == 1, "{widgets} mounts");
    Ok(())
}

fn gives_everything_back(world: &World) -> Result<()> {
    let blog = blog(world)?;
    for number in 0..20 {
        post(&blog.native, &format!("comment {number}"), None, "Ada")?;
    }
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    page.eval("void (globalThis.tag = deep('jaw-jaw'))")?;
    let round =
        "tag.remove(); await new Promise((done) => setTimeout(done)); document.body.append(tag);";
    let rounds = |count: u32| {
        page.eval(&format!(
            "(async () => {{ for (let i = 0; i < {count}; i++) {{ {round}
                while (tag.shadowRoot.querySelectorAll('article').length < 10) await new Promise(requestAnimationFrame);
            }} }})()"
        ))
    };
    // Clocks that were started hold on to what they are for until they have run; what is fetched
    // for one who stays is there both times.
    let at_rest = || -> Result<(u64, BTreeMap<String, f64>)> {
        follows(&page)?;
        page.eval("performance.clearResourceTimings()")?;
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let (heap, metrics) = (page.heap()?, page.metrics()?);
            if metrics["Nodes"] < 1_000.0 || Instant::now() > end {
                return Ok((heap, metrics));
            }
            page.eval("new Promise((done) => setTimeout(done, 200))")?;
        }
    };
    // The first rounds fill caches, and memory to what as many ever hold at once; what leaks grows with
    // every hundred.
    rounds(100)?;
    let (mut heap, before) = at_rest()?;
    let mut grew = Vec::new();
    let after = loop {
        rounds(100)?;
        let (later, after) = at_rest()?;
        grew.push(later.saturating_sub(heap));
        if later * 200 <= heap * 201 {
            break after;
        }
        ensure!(grew.len() < 8, "the heap, {later} now, grew each time: by {grew:?}");
        heap = later;
    };
    println!(
        "heap {heap}, grew by {grew:?}; nodes {} -> {}; listeners {} -> {}",
        before["Nodes"], after["Nodes"], before["JSEventListeners"], after["JSEventListeners"]
    );
    for name in ["Nodes", "JSEventListeners"] {
        ensure!(
            after[name] <= before[name] * 1.2 + 50.0,
            "{name}: {} -> {}",
            before[name],
            after[name]
        );
    }
    Ok(())
}

pub(super) fn children_stay_where_it_cannot_start(world: &World) -> Result<()> {
    let html = page(
        "<jaw-jaw endpoint=http://127.0.0.1:1 article=a><p>Comments live at the forum.</p></jaw-jaw>",
    );
    let broken = |ask: &crate::Ask| {
        ask.path
            .ends_with("-widget.wasm")
            .then(|| crate::Reply::new(404, "text/html", "<h1>not here</h1>"))
    };
    let site =
        crate::Site::new().route(broken).dir("/w/", &world.dist()).page("/", &html).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.wait("deep('jaw-jaw p').getClientRects().length > 0 && deep('jaw-jaw').shadowRoot.querySelector('slot')")?;
    // Then there is nothing to keep space for.
    page.wait("deep('jaw-jaw').shadowRoot.adoptedStyleSheets.length === 0")?;
    let console = page.console()?.join("\n");
    ensure!(console.contains("could not start") && console.contains("of one build"), "{console}");
    unharmed(&page)
}

/// A server that does not know what WebAssembly is: it starts later, and the console says why.
fn served_as_anything(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "hello", None, "Ada")?;
    let program = std::fs::read(world.dist().join("jawjaw-widget.wasm"))?;
    let untyped = move |ask: &crate::Ask| {
        let wanted = ask.path.ends_with("-widget.wasm");
        wanted.then(|| crate::Reply::new(200, "application/octet-stream", program.clone()))
    };
    let site = crate::Site::new().route(untyped).dir("/w/", &world.dist());
    let site = site.page("/", &page(&tag(&native.url))).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    wait_threads(&page, "Ada: hello\n")?;
    let console = page.console()?.join("\n");
    ensure!(console.contains("serve .wasm as application/wasm"), "{console}");
    unharmed(&page)
}

/// Half a minute is shortened here, for the page and so for the loader.
fn profile_that_never_comes(world: &World) -> Result<()> {
    let native = native(&[])?;
    let never = "<script>const fetched = fetch, later = setTimeout;
        window.fetch = (what, ...how) =>
            `${what}`.includes('profiles/') ? new Promise(() => {}) : fetched(what, ...how);
        window.setTimeout = (act, after, ...more) => later(act, after / 100, ...more);</script>";
    let site = world.site().page("/", &page(&[never, &tag(&native.url)].concat())).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.wait("deep('jaw-jaw', '.jawjaw')?.textContent.includes('not set up')")?;
    let console = page.console()?.join("\n");
    ensure!(console.contains("the profile \"native\" could not be fetched"), "{console}");
    unharmed(&page)
}

/// What goes wrong as one tag begins is told, and neither those before it nor those after it notice.
fn one_that_fails_leaves_the_others(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "hello", None, "Ada")?;
    let (one, far) = (tag(&native.url), "<div style='height:5000px'></div>");
    let site = world.site().page("/", &page(&[&one, far, &one, far, &one].concat())).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    page.eval("window.tags = [...document.querySelectorAll('jaw-jaw')], 0")?;
    page.eval("void (tags[1].shadowRoot.replaceChildren = () => { throw Error('patched') })")?;
    page.eval("tags[1].scrollIntoView()")?;
    page.wait("tags[1].shadowRoot.adoptedStyleSheets.length === 0")?;
    let console = page.console()?.join("\n");
    ensure!(console.contains("could not start") && console.contains("patched"), "{console}");
    page.eval("tags[2].scrollIntoView()")?;
    page.wait("tags[2].shadowRoot.querySelector('article')")?;
    page.eval("tags[0].scrollIntoView()")?;
    page.click(&format!("{}.querySelector('[data-do=upvote]')", card("hello")))?;
    page.wait("tags[0].shadowRoot.querySelector('[aria-pressed=true]')").map(drop)
}

fn an_address_opens_its_comment(world: &World) -> Result<()> {
    let native = native(&[])?;
    let mut wanted = String::new();
    for number in 0..70 {
        let posted = post(&native, &format!("comment number {number}!"), None, "Ada")?;
        if number == 65 {
            id(&posted)?.clone_into(&mut wanted);
        }
    }
    let tall = format!("<div style='height:5000px'></div>{}", tag(&native.url));
    let site = world.site().page("/", &page(&tall)).start()?;
    let page = world.page()?;
    // On the second page of the discussion, in a widget far below the window.
    page.goto(&site.url(&format!("/#comment-{wanted}")))?;
    let named = |number: u32| {
        format!(
            "(() => {{ const card = deep('jaw-jaw', '[data-named]'); if (!card) return false;
                const box = card.getBoundingClientRect();
                return card.textContent.includes('number {number}!') && box.top >= 0 && box.bottom <= innerHeight
                    && card.getRootNode().activeElement === card; }})()"
        )
    };
    page.wait(&named(65))?;
    page.click(&format!("{}.querySelector('.time')", card("number 3!")))?;
    page.wait(&named(3))?;
    page.wait("deepAll('jaw-jaw', '[data-named]').length === 1").map(drop)
}

fn mistakes_are_explained(world: &World) -> Result<()> {
    let native = native(&[])?;
    let html = page(&format!(
        "<style>jaw-jaw {{ min-height: 0 }}</style>\
         <jaw-jaw id=a></jaw-jaw><jaw-jaw id=b endpoint=ftp://x></jaw-jaw>\
         <jaw-jaw id=c endpoint='{}' profile=nonesuch></jaw-jaw>\
         <jaw-jaw id=d endpoint='{}' profile=/bad.json></jaw-jaw>{}",
        native.url,
        native.url,
        tag(&native.url)
    ));
    let bad = crate::Reply::new(200, "application/json", r#"{"version":1,"lisst":{}}"#);
    let bad = move |ask: &crate::Ask| (ask.path == "/bad.json").then(|| bad.clone());
    let site = world.site().page("/", &html).route(bad).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.wait("deepAll('jaw-jaw', '.notice').filter((n) => n.textContent.includes('not set up correctly')).length === 4")?;
    let console = page.console()?.join("\n");
    for part in [
        "the attribute endpoint is missing",
        "endpoint=\"ftp://x\"",
        "\"nonesuch\"",
        "/lisst is not known; did you mean list?",
    ] {
        ensure!(console.contains(part), "{part} in {console}");
    }
    // The neighbour is not harmed.
    page.wait("deep('jaw-jaw:last-of-type', '.widget')").map(drop)
}

fn follows_its_attributes(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "in a", None, "Ada")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    wait_threads(&page, "Ada: in a\n")?;
    page.eval("void deep('jaw-jaw').setAttribute('article', 'another')")?;
    page.wait_for_text("Nobody has said anything yet")?;
    page.eval("void deep('jaw-jaw').setAttribute('article', 'a')")?;
    wait_threads(&page, "Ada: in a\n")
}

pub(super) fn host_styles_stay_outside(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "hello", None, "Ada")?;
    let styled = format!(
        "<style>article {{ display: none }} ol {{ color: red }} * {{ margin: 50px }} button {{ all: unset }}</style>{}",
        tag(&native.url)
    );
    let site = world.site().page("/", &page(&styled)).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    page.wait("deep('jaw-jaw', 'article').getClientRects().length === 1")?;
    let outside = page.eval(
        "[document.adoptedStyleSheets.length, document.head.querySelectorAll('style,link').length,
          [...document.body.children].map((e) => e.localName).join()]",
    )?;
    ensure!(outside == serde_json::json!([0, 0, "main"]), "nothing is written outside: {outside}");
    Ok(())
}

/// Wherever the one script stands, and however it comes: one tag, where somebody sees it.
fn a_script_anywhere_is_seen(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "hello", None, "Ada")?;
    let data = format!("src=/w/jawjaw.js data-endpoint='{}' data-article=a", native.url);
    let words = "<article><p>words</p></article><aside id=side></aside><footer>end</footer>";
    for (head, body, place) in [
        (format!("<script async {data}></script>"), words.to_owned(), "article"),
        (format!("<script {data}></script>"), "<p>no article".to_owned(), "body"),
        (format!("<script defer {data} data-into='#side'></script>"), words.to_owned(), "aside"),
        (format!("<script defer {data} data-into='#nowhere'></script>"), words.to_owned(), "body"),
        (format!("<script type=module {data}></script>"), words.to_owned(), "article"),
        (String::new(), format!("{words}<div><script type=module {data}></script></div>"), "div"),
        (
            format!(
                "<script>const made = document.createElement('script');
                made.src = '/w/jawjaw.js'; made.dataset.endpoint = '{}'; made.dataset.article = 'a';
                document.head.append(made)</script>",
                native.url
            ),
            words.to_owned(),
            "article",
        ),
    ] {
        let html = format!(
            "<!doctype html><html><head><title>blog</title>{head}</head><body>{body}</body></html>"
        );
        let site = world.site().page("/", &html).start()?;
        let page = world.page()?;
        visit(&page, &site.url("/"))?;
        wait_threads(&page, "Ada: hello\n")?;
        let seen = page.text(
            "deepAll('jaw-jaw').map((tag) => tag.parentElement.localName + !tag.nextElementSibling).join()",
        )?;
        ensure!(seen == [place, "true"].concat(), "{seen} for {html}");
        unharmed(&page)?;
    }
    Ok(())
}

/// Pages that are kept come back as copies, and their scripts run again (Turbo, htmx, pjax).
fn a_kept_page_has_one_of_everything(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "hello", None, "Ada")?;
    let script = format!(
        "<script async src=/w/jawjaw.js data-endpoint='{}' data-article=a data-json-ld></script>",
        native.url
    );
    for (head, body) in [("", &*script), (&*script, "")] {
        let html = format!(
            "<!doctype html><html><head><title>blog</title>{head}</head><body><p>x</p>{body}</body></html>"
        );
        let site = world.site().page("/", &html).start()?;
        let page = world.page()?;
        visit(&page, &site.url("/"))?;
        let whole = "deepAll('jaw-jaw').length === 1 && deepAll('jaw-jaw > script').length === 1 \
                     && deepAll('jaw-jaw', '.widget[data-followed]').length === 1";
        page.wait(whole)?;
        for keep in [
            "const kept = document.body.cloneNode(true);",
            "const kept = new DOMParser().parseFromString(document.body.outerHTML, 'text/html').body;",
        ] {
            page.eval(&format!(
                "(async () => {{ {keep}
                    document.body.replaceWith(document.createElement('body'));
                    await new Promise((done) => setTimeout(done));
                    document.body.replaceWith(document.adoptNode(kept));
                    await Promise.all([...document.querySelectorAll('script[src]')].map((old) => {{
                        const fresh = document.createElement('script');
                        for (const {{ name, value }} of old.attributes) fresh.setAttribute(name, value);
                        return new Promise((done) => {{ fresh.onload = done; old.replaceWith(fresh); }});
                    }}));
                }})()"
            ))?;
            page.wait(whole)?;
        }
        wait_threads(&page, "Ada: hello\n")?;
        unharmed(&page)?;
    }
    Ok(())
}

/// What optimisers do: one file of many scripts, elsewhere.
fn a_moved_script_is_told(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "hello", None, "Ada")?;
    let loader = std::fs::read_to_string(world.dist().join("jawjaw.js"))?;
    let all = ["window.one = 1;\n", &loader, "\nwindow.last = 1;"].concat();
    let tag = tag(&native.url);
    let moved = "<script defer src=/cache/min/all.js></script>";
    // A module where nothing says what called what.
    let untraced =
        "<script>Error.stackTraceLimit = 0</script><script type=module src=/w/jawjaw.js></script>";
    let untraced = [&tag, untraced].concat();
    let site = ["/w", "w/", ""].iter().enumerate().fold(
        world.site().page("/lost", &[&tag, moved].concat()).page("/untraced", &untraced),
        |site, (number, base)| {
            let on_tag = tag.replace("<jaw-jaw", &format!("<jaw-jaw base='{base}'"));
            let on_script = format!("{tag}<script data-base='{base}'>{loader}</script>");
            let site = site.page(&format!("/tag{number}"), &[&on_tag, moved].concat());
            site.page(&format!("/script{number}"), &on_script)
        },
    );
    let moved = move |ask: &crate::Ask| {
        (ask.path == "/cache/min/all.js")
            .then(|| crate::Reply::new(200, "text/javascript", all.clone()))
    };
    let site = site.route(moved).start()?;
    for path in ["/tag0", "/tag1", "/script0", "/script1"] {
        let page = world.page()?;
        visit(&page, &site.url(path))?;
        wait_threads(&page, "Ada: hello\n")?;
        ensure!(page.eval("window.last ?? 1")? == 1, "what else is in the file runs");
        unharmed(&page)?;
    }
    for (path, named) in
        [("/lost", "/cache/min/"), ("/tag2", "/cache/min/"), ("/untraced", "is / of")]
    {
        let page = world.page()?;
        page.goto(&site.url(path))?;
        page.wait("deep('jaw-jaw').shadowRoot.adoptedStyleSheets.length === 0")?;
        let console = page.console()?.join("\n");
        ensure!(console.contains("(base, data-base)") && console.contains(named), "{console}");
    }
    Ok(())
}

/// Each way to measure what is in a frame, as scripts of such frames have them.
fn a_frame_as_high_as_its_page_stays(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "hello", None, "Ada")?;
    let footer = "<footer>end</footer>";
    for (measure, after) in [
        ("document.documentElement.scrollHeight", footer),
        ("document.body.scrollHeight + 40", footer),
        (
            "Math.max(...[...document.querySelectorAll('body *')].map((one) => one.getBoundingClientRect().bottom)) + 20",
            footer,
        ),
        // With nothing after it, and no margin counted, a tag without a height would lie outside.
        ("document.body.offsetHeight", ""),
    ] {
        let inner = page(&format!(
            "<style>body {{ margin: 0 }} h1 {{ margin: 0 0 1rem }}</style><h1>words</h1>{}{after}
             <script>setInterval(() => parent.postMessage({measure}, '*'), 30)</script>",
            tag(&native.url)
        ));
        let outer = "<!doctype html><iframe src=/inner style='width:100%;height:0'></iframe><script>
            window.heights = []; addEventListener('message', ({ data }) => {
                heights.push(data); document.querySelector('iframe').style.height = data + 'px'; })</script>";
        let site = world.site().page("/inner", &inner).page("/", outer).start()?;
        let page = world.page()?;
        page.goto(&site.url("/"))?;
        page.wait("frames[0].document.querySelector('jaw-jaw').shadowRoot.querySelector('.widget[data-read]')")?;
        // Ten in a row that are the same; and what is there is not much higher than what it shows.
        page.wait(
            "heights.slice(-10).every((one) => one === heights.at(-1)) && heights.length > 20",
        )?;
        let spare = page.eval(
            "(() => { const tag = frames[0].document.querySelector('jaw-jaw');
                return tag.offsetHeight - tag.shadowRoot.querySelector('.widget').offsetHeight; })()",
        )?;
        ensure!(spare.as_f64().is_some_and(|spare| spare < 50.0), "{measure}: {spare} to spare");
    }
    Ok(())
}
