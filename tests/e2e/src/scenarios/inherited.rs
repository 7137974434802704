//! What a page hands down to everything in it, and what of that comes into the widget.

use anyhow::{Result, ensure};
use serde_json::json;

use super::common::{blog, native, page, post, ready, tag, unharmed, visit};
use crate::{Screen, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("inherited_is_only_what_is_meant_to_be", is_only_what_is_meant_to_be),
    ("inherited_names_of_properties_do_no_harm", names_of_properties_do_no_harm),
    ("inherited_sizes_of_fields_zoom_no_phone", sizes_of_fields_zoom_no_phone),
    ("inherited_boxes_of_any_kind_can_be_read_in", boxes_of_any_kind_can_be_read_in),
];

/// What comes in, each with its reason in style/tokens.css; the direction is that of our own words.
const MEANT: &[&str] = &[
    "font-family",
    "font-size",
    "color",
    "color-scheme",
    "text-size-adjust",
    "-webkit-locale",
    "visibility",
    "pointer-events",
    "direction",
];

/// Finds out which properties the browser hands down, and a strange value for each: so that those it learns later
/// are tried too.
const STRANGE: &str = "(() => {
    const words = ['7px', '3', '0.3', 'none', 'both', 'all', 'auto', 'normal', 'uppercase', 'italic', '900', 'red', 'hidden', 'always',
        'break-all', 'keep-all', 'anywhere', 'manual', 'crosshair', 'square', 'pre', 'nowrap', 'center', 'end', 'small-caps', 'circle',
        'collapse', 'bottom', 'hide', 'wavy', 'condensed', 'geometricPrecision', 'exact', 'strict', 'loose', 'filled', 'under', 'stroke',
        'vertical-rl', 'sideways', 'upright', 'stable', 'balance', 'pretty', 'last', 'evenodd', 'round', 'bevel', 'pixelated',
        'optimizeSpeed', 'linearRGB', 'middle', 'inside', 'lower-roman', 'edges', 'first', 'weight', 'smooth', 'isolate', 'text',
        'disc', 'break-word', 'break-spaces', 'light', 'dark', 'only dark', 'antialiased', '50%', '1 2', '\"x\" \"y\"', '\"a\" 1', '\"smcp\"',
        '1px 1px red', '\"ja\"', 'full-width', 'each-line', '9px hanging', 'no-common-ligatures', 'historical-forms', 'oldstyle-nums',
        'jis78', 'sub', 'emoji', 'oblique 14deg', 'space-all', 'text cap', 'trim-both', 'from-font', '125%', 'line', 'inert', 'allow-end',
        'discretionary', 'preserve-breaks', 'preserve', 'wrap', 'inter-word', 'inter-character', 'justify', 'right', 'rotate(3deg)'];
    const outer = document.body.appendChild(document.createElement('div'));
    const inner = outer.appendChild(document.createElement('div'));
    // Without a box what is computed is what was written, and no size.
    outer.hidden = true;
    const found = {};
    for (const name of [...new Set([...getComputedStyle(inner)])]) {
        if (name.startsWith('--')) continue;
        const before = getComputedStyle(inner).getPropertyValue(name);
        for (const word of words) {
            if (!CSS.supports(name, word)) continue;
            outer.style.setProperty(name, word);
            const after = getComputedStyle(inner).getPropertyValue(name);
            const own = getComputedStyle(outer).getPropertyValue(name);
            outer.removeAttribute('style');
            if (after !== before && after === own) { found[name] = word; break; }
        }
    }
    outer.remove();
    return found;
})()";

/// Computed styles of all that is inside, where they are not as they were.
const CHANGED: &str = "((names) => {
    const now = [...deepAll('jaw-jaw', '.jawjaw > *, .jawjaw > * *')].map((one) => {
        const style = getComputedStyle(one);
        return [one.localName + '.' + one.getAttribute('class'), (names ?? [...style].filter((one) => !one.startsWith('--'))).map((name) => [name, style.getPropertyValue(name)])];
    });
    const was = (window.was ??= now), changed = new Set();
    if (now.length !== was.length) changed.add('as many elements as before');
    now.forEach(([what, all], place) => all.forEach(([name, value], at) => {
        const before = was[place]?.[1][at][1];
        if (before !== value) changed.add([what, name, before, value].join(' '));
    }));
    return [...changed].slice(0, 12);
})";

fn is_only_what_is_meant_to_be(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "one *word* `code`\n\n- a list\n\n> quoted", None, "Ada Lovelace")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    page.fill("deep('jaw-jaw', '.write textarea')", "x")?;
    page.wait("deep('jaw-jaw', '.write input[autocomplete=name]')")?;
    page.eval("void deep('jaw-jaw').shadowRoot.activeElement.blur()")?;
    let found = page.eval(&format!("window.strange = {STRANGE}"))?;
    let known =
        ["text-indent", "text-transform", "letter-spacing", "word-spacing", "cursor", "hyphens"];
    let more = [
        "white-space-collapse",
        "word-break",
        "list-style-type",
        "text-align",
        "quotes",
        "line-height",
    ];
    let missed: Vec<_> = known.iter().chain(&more).filter(|name| found[**name].is_null()).collect();
    ensure!(
        missed.is_empty() && found.as_object().is_some_and(|all| all.len() > 60),
        "{missed:?}: {found}"
    );
    let meant = json!(MEANT);
    page.eval(&format!(
        "void (window.names = Object.keys(strange).filter((name) => !{meant}.includes(name)), {CHANGED}(names))"
    ))?;
    for at in ["document.documentElement", "document.querySelector('main')", "deep('jaw-jaw')"] {
        page.eval(&format!(
            "names.forEach((name) => {at}.style.setProperty(name, strange[name], 'important'))"
        ))?;
        let changed = page.eval(&format!("{CHANGED}(names)"))?;
        ensure!(changed == json!([]), "{at}: {changed}");
        page.eval(&format!("void {at}.removeAttribute('style')"))?;
    }
    // What is meant to come in does.
    for (name, value) in [
        ("font-size", "31px"),
        ("font-family", "monospace"),
        ("color", "rgb(1, 2, 3)"),
        ("visibility", "hidden"),
    ] {
        let set = format!("document.querySelector('main').style.setProperty('{name}', '{value}')");
        let is = format!(
            "getComputedStyle(deep('jaw-jaw', '.words')).getPropertyValue('{name}').includes('{value}')"
        );
        page.eval(&set)?;
        if name == "color" {
            page.wait("getComputedStyle(deep('jaw-jaw', '.jawjaw')).color === 'rgb(1, 2, 3)'")?;
        } else {
            page.wait(&is)?;
        }
    }
    // Letters are chosen by the language of our words: Chinese and Japanese write some of them differently.
    page.eval("void (deep('jaw-jaw').lang = 'ja')")?;
    ready(&page)?;
    page.wait(
        "getComputedStyle(deep('jaw-jaw', 'h2')).getPropertyValue('-webkit-locale').includes('ja')",
    )?;
    unharmed(&page)
}

/// A page may have custom properties of the same names as ours.
fn names_of_properties_do_no_harm(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "one", None, "Ada")?;
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    let ours = page.eval(
        "window.ours = [...new Set([...deep('jaw-jaw').shadowRoot.adoptedStyleSheets].flatMap((sheet) => [...sheet.cssRules])
            .flatMap((rule) => rule.cssText.match(/--[a-z-]+/g) ?? []))].filter((name) => !name.startsWith('--jawjaw'))",
    )?;
    ensure!(ours.as_array().is_some_and(|all| all.len() > 20), "{ours}");
    page.eval(&format!("void {CHANGED}()"))?;
    for value in ["50%", "999px", "rgb(1, 2, 3)", "0"] {
        page.eval(&format!(
            "ours.forEach((name) => document.documentElement.style.setProperty(name, '{value}'))"
        ))?;
        let changed = page.eval(&format!("{CHANGED}()"))?;
        ensure!(changed == json!([]), "{value}: {changed}");
    }
    unharmed(&page)
}

/// iOS zooms the page into a field whose letters are smaller than 16 px.
fn sizes_of_fields_zoom_no_phone(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "one", None, "Ada")?;
    let mut site = world.site();
    let pages = [
        ("/small", "body{font-size:14px}", ""),
        ("/tiny", "html{font-size:50%}body{font-size:9px}", ""),
        ("/ten", "html{font-size:62.5%}body{font-size:1.5rem}", ""),
        ("/compact", "", "density=compact"),
        ("/both", "html{font-size:62.5%}body{font-size:1.4rem}", "density=compact"),
        ("/part", "jaw-jaw::part(input),jaw-jaw::part(textarea){font-size:12px}", ""),
        ("/large", "body{font-size:22px}", ""),
    ];
    for (path, style, more) in pages {
        let tag = tag(&native.url).replace("<jaw-jaw", &format!("<jaw-jaw {more}"));
        site = site.page(path, &page(&format!("<style>{style}</style>{tag}")));
    }
    let site = site.start()?;
    let page = world.page()?;
    page.screen(Screen::PHONE)?;
    for (path, ..) in pages {
        visit(&page, &site.url(path))?;
        page.eval("void deep('jaw-jaw', '.write textarea').focus()")?;
        page.wait("deep('jaw-jaw', '.write input[autocomplete=name]')")?;
        page.eval("void (deep('jaw-jaw', '.way').hidden = false, deep('jaw-jaw', '[data-do=find]').click())")?;
        page.wait("deep('jaw-jaw', '.order select')")?;
        let sizes = page.eval(
            "deepAll('jaw-jaw', 'textarea, select, input:not([type=radio], [type=checkbox])')
                .map((one) => parseFloat(getComputedStyle(one).fontSize))",
        )?;
        let sizes: Vec<f64> =
            sizes.as_array().into_iter().flatten().filter_map(serde_json::Value::as_f64).collect();
        ensure!(sizes.len() >= 5 && sizes.iter().all(|size| *size >= 16.0), "{path}: {sizes:?}");
        ensure!(path != "/large" || sizes.iter().all(|size| *size >= 22.0), "{path}: {sizes:?}");
    }
    // With a mouse they are as large as the text.
    page.screen(Screen::DESKTOP)?;
    page.call("Emulation.setTouchEmulationEnabled", json!({ "enabled": false }))?;
    visit(&page, &site.url("/small"))?;
    let letters = page.text("getComputedStyle(deep('jaw-jaw', '.write textarea')).fontSize")?;
    ensure!(letters == "14px", "{letters}");
    unharmed(&page)
}

/// What a page may put the tag into.
const BOXES: &[&str] = &[
    "<div>TAG</div>",
    "<div style='display:flex'>TAG</div>",
    "<div style='display:flex;gap:1rem'><article style='flex:1'>words</article>TAG</div>",
    "<div style='display:flex'><div style='flex:1'>TAG</div><aside style='flex:0 0 9rem'>side</aside></div>",
    "<div style='display:grid;grid-template-columns:1fr 9rem'><div>TAG</div><aside>side</aside></div>",
    "<div style='display:flex;flex-direction:column;align-items:center'>TAG</div>",
    "<div style='display:grid;place-items:center'>TAG</div>",
    "<div style='width:fit-content'>TAG</div>",
    "<div style='display:inline-block'>TAG</div>",
    "<div style='float:left'>TAG</div>",
    "<div style='position:absolute'>TAG</div>",
    "<table><td>TAG</table>",
    "<dialog id=box>TAG</dialog><script>box.showModal()</script>",
    "<div popover id=box>TAG</div><script>box.showPopover()</script>",
    "<style>jaw-jaw{display:flex;flex-direction:column;align-items:center}</style>TAG",
    "<style>jaw-jaw{display:grid;place-items:center}</style>TAG",
    // There a browser takes the window's width for what there is.
    "<style>body{margin:0}</style><div style='writing-mode:vertical-rl'>TAG</div>",
    "<div style='font-size:0'>TAG</div>",
];

/// Where a page makes a box as wide as what is in it, that is not nothing, and no more than there is room for.
fn boxes_of_any_kind_can_be_read_in(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, &"some words ".repeat(40), None, "Ada")?;
    let mut site = world.site();
    for (number, inside) in BOXES.iter().enumerate() {
        let inside = inside.replace("TAG", &tag(&native.url));
        site = site.page(&format!("/{number}"), &page(&inside));
    }
    let site = site.start()?;
    for (screen, least) in [(Screen::PHONE, 190.0), (Screen::DESKTOP, 600.0)] {
        let page = world.page()?;
        page.screen(screen)?;
        for (number, inside) in BOXES.iter().enumerate() {
            visit(&page, &site.url(&format!("/{number}")))?;
            let seen = page.eval(
                "(() => { const words = deep('jaw-jaw', '.words'), style = getComputedStyle(words);
                    return [words.getBoundingClientRect().width, parseFloat(style.fontSize), style.writingMode,
                        document.documentElement.scrollWidth - document.documentElement.clientWidth]; })()",
            )?;
            let [width, letters, mode, over] = [0, 1, 2, 3].map(|at| &seen[at]);
            let at_least = |value: &serde_json::Value, least| {
                value.as_f64().is_some_and(|value| value >= least)
            };
            ensure!(
                at_least(width, least)
                    && at_least(letters, 10.0)
                    && mode == "horizontal-tb"
                    && over == 0,
                "{inside} at {}: {seen}",
                screen.width
            );
        }
        unharmed(&page)?;
    }
    Ok(())
}
