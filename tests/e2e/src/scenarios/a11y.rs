//! axe-core over every state of the gallery, as different readers meet it.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::gallery::{STATES, settled};
use crate::{Page, Screen, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[("a11y_axe", axe)];

/// How a reader meets a page: media features, a window in CSS pixels, and what the page itself does.
pub(super) struct Mode {
    pub(super) name: &'static str,
    media: &'static [(&'static str, &'static str)],
    width: u32,
    page: &'static str,
}

const LIGHT: &str = "document.documentElement.style.fontSize = ''; deep('jaw-jaw', '.jawjaw').removeAttribute('dir')";
pub(super) const MODES: &[Mode] = &[
    Mode { name: "light", media: &[], width: 1280, page: LIGHT },
    Mode { name: "dark", media: &[("prefers-color-scheme", "dark")], width: 1280, page: LIGHT },
    Mode { name: "forced", media: &[("forced-colors", "active")], width: 1280, page: LIGHT },
    Mode { name: "rtl", media: &[], width: 1280, page: "deep('jaw-jaw', '.jawjaw').dir = 'rtl'" },
    Mode {
        name: "200 %",
        media: &[],
        width: 1280,
        page: "deep('jaw-jaw', '.jawjaw').removeAttribute('dir'); document.documentElement.style.fontSize = '200%'",
    },
    Mode { name: "320 px", media: &[], width: 320, page: LIGHT },
    // WCAG 2.2, 1.4.12.
    Mode {
        name: "spaced",
        media: &[],
        width: 320,
        // As a reader's own style reaches it: what a page hands down does not come in.
        page: "(() => { const root = deep('jaw-jaw').shadowRoot, spaced = new CSSStyleSheet();
            spaced.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }');
            root.adoptedStyleSheets = [...root.adoptedStyleSheets, spaced]; })()",
    },
];

/// The first of what stands out of the window.
pub(super) const WIDE: &str = "(() => {
    const words = (one) => one.matches('p, h2, button, label, input, textarea, a, time, li');
    // A button may reach into the margin by its padding: its words stand where the others begin.
    const inset = (one) => parseFloat(getComputedStyle(one).paddingLeft);
    const outside = (one, { left, right }) => right > innerWidth + 1 || left + inset(one) < -1;
    const wide = document.documentElement.scrollWidth <= innerWidth ? [] : ['the page'];
    for (const one of deepAll('jaw-jaw', '*'))
        if (words(one) && one.getClientRects().length && outside(one, one.getBoundingClientRect()) && !one.closest('pre, table, .unseen'))
            wide.push(one.outerHTML.slice(0, 120));
    return wide.slice(0, 3);
})()";

/// What axe-core leaves to a person: rule, part of the element, part of why.
type Open = (&'static str, &'static str, &'static str);

/// What was looked at, in the pictures of `cargo xtask gallery`, and found in order.
const LOOKED_AT: &[Open] = &[
    // Initials, one letter mostly; the name stands beside them. What has two letters is measured. Forced colours
    // are those of the reader, which axe-core does not know.
    ("color-contrast", "class=\"avatar\"", "too short"),
    ("color-contrast", "class=\"avatar\"", "1:1 contrast"),
    // Arrows, with names.
    ("color-contrast", "data-step=\"find-", "non-text"),
    ("label-content-name-mismatch", "data-step=\"find-", "Unable to determine"),
    // What is cut off of long words ends above these; axe-core takes it to lie under them.
    ("color-contrast", "data-do=\"long\"", "overlapped"),
    ("color-contrast", "Reply to Grace Hopper", "overlapped"),
    // The button that shows new comments floats over the list.
    ("color-contrast", ">Eve</bdi>", "overlapped"),
    ("color-contrast", "<time", "overlapped"),
];

/// Finds nothing against, and nothing that has not been looked at; prints how much was judged.
fn axe(world: &World) -> Result<()> {
    let path = std::env::var_os("AXE_CORE")
        .context("AXE_CORE names no axe.min.js; `cargo xtask test` gets it from npm")?;
    let program = std::fs::read_to_string(path)?;
    let (mut runs, mut passes, mut found, mut explained) = (0, 0, Vec::new(), 0);
    for (state, show) in STATES {
        let shown = match show(world) {
            Ok(shown) => shown,
            Err(trouble) => {
                found.push(format!("{state}: {trouble:#}").chars().take(1_000).collect());
                continue;
            }
        };
        shown.page.eval(&format!("void (() => {{ {program} }})()"))?;
        for mode in MODES {
            let told = judged(&shown.page, mode)?;
            runs += 1;
            passes += told["passes"].as_u64().unwrap_or(0);
            // WCAG 2.2, 1.4.10: at 320 px nothing has to be read by scrolling sideways.
            let wide = shown.page.eval(WIDE)?;
            if wide != json!([]) {
                found.push(format!("{state}, {}: wider than the window: {wide}", mode.name));
            }
            for one in told["open"].as_array().into_iter().flatten() {
                let part = |name: &str| one[name].as_str().unwrap_or_default();
                let known = |(rule, element, why): &Open| {
                    part("kind") == "incomplete"
                        && *rule == part("rule")
                        && part("html").contains(element)
                        && part("why").contains(why)
                };
                if LOOKED_AT.iter().any(known) {
                    explained += 1;
                } else {
                    found.push(format!("{state}, {}: {one}", mode.name));
                }
            }
        }
    }
    println!(
        "axe-core: {} states, {runs} runs, {passes} rules passed, {explained} looked at, {} found",
        STATES.len(),
        found.len()
    );
    ensure!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}

/// Shows a page as a reader of this kind meets it.
pub(super) fn meet(page: &Page, mode: &Mode) -> Result<()> {
    let calm = ("prefers-reduced-motion", "reduce");
    page.media(&[mode.media, &[calm]].concat())?;
    page.screen(Screen { width: mode.width, height: 800, scale: 1.0, mobile: false })?;
    page.eval(&format!("void ({{ async run() {{ {} }} }}).run()", mode.page))?;
    settled(page)
}

/// Takes a picture of every state as every kind of reader meets it, and writes a page that shows them.
pub fn pictures(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let world = World::open()?;
    let mut told = String::from(
        "<!doctype html><html lang=en><meta charset=utf-8><title>jawjaw: every state</title>
         <style>body { font: 1rem/1.5 system-ui; margin: 2rem } figure { display: inline-block; margin: 0 1rem 1rem 0;
         vertical-align: top } img { max-width: 30rem; border: 1px solid #8888 }</style>\n<h1>Every state</h1>\n",
    );
    for (number, (state, show)) in STATES.iter().enumerate() {
        let shown = show(&world)?;
        writeln!(told, "<h2>{state}</h2>")?;
        for mode in MODES {
            meet(&shown.page, mode)?;
            let name = format!("{state}-{}.png", mode.name).replace([' ', '%'], "-");
            shown.page.screenshot(&folder.join(&name), true)?;
            let title = mode.name;
            writeln!(
                told,
                "<figure><figcaption>{title}</figcaption><img loading=lazy src=\"{name}\" alt=\"\"></figure>"
            )?;
        }
        println!("{}/{} {state}", number + 1, STATES.len());
    }
    let index = folder.join("index.html");
    std::fs::write(&index, told)?;
    println!("{}", index.display());
    Ok(())
}

fn judged(page: &Page, mode: &Mode) -> Result<Value> {
    meet(page, mode)?;
    page.eval(
        "axe.run(document, { resultTypes: ['violations', 'incomplete', 'passes'] }).then((told) => {
            const open = [];
            for (const kind of ['violations', 'incomplete'])
                for (const rule of told[kind])
                    for (const node of rule.nodes)
                        open.push({ kind: kind === 'violations' ? 'violation' : kind, rule: rule.id,
                            html: node.html.slice(0, 200), target: String(node.target),
                            why: (node.failureSummary ?? '').slice(0, 300) });
            return { passes: told.passes.length, open };
        })",
    )
}
