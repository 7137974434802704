//! Pages in colours of every kind: what the widget makes of them can be read.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::common::{follows, native, page, post, ready, tag, visit};
use super::gallery::STATES;
use crate::dice::Dice;
use crate::{Page, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("a11y_palettes", palettes),
    ("a11y_palette_of_the_place", of_the_place),
    ("a11y_palette_follows_the_page", follows_the_page),
];

const MEASURE: &str = include_str!("contrast.js");
/// Pages in colours by chance, in each of the states.
const PAGES: usize = 200;
/// Between them they show every kind of words and fields.
const SHOWN: &[&str] =
    &["refused", "voted", "finding", "not sent", "every standing", "named in the address"];

/// A page's own colours, as it might write them.
struct Colours {
    text: String,
    paper: String,
    accent: String,
}

impl Colours {
    /// A third have a text that can hardly be seen, a quarter none for what can be pressed.
    fn by(dice: &mut Dice) -> Self {
        let colour = |dice: &mut Dice| [0; 3].map(|_: u8| dice.below(256));
        let (paper, mut text) = (colour(dice), colour(dice));
        if dice.below(3) == 0 {
            text = [0, 1, 2].map(|part| (paper[part] * 4 + text[part]) / 5);
        }
        let css = |[red, green, blue]: [usize; 3]| format!("rgb({red}, {green}, {blue})");
        let accent = if dice.below(4) == 0 { String::new() } else { css(colour(dice)) };
        Self { text: css(text), paper: css(paper), accent }
    }

    /// Puts them on, and waits until the widget has followed.
    fn put_on(&self, page: &Page) -> Result<()> {
        page.eval(&format!(
            "void (document.body.style.cssText = 'color: {}; background: {}; --jawjaw-accent: {}')",
            self.text, self.paper, self.accent
        ))?;
        let own = "deep('jaw-jaw', '.jawjaw').style.getPropertyValue('--text')";
        page.wait(&format!("{own} === '{}'", self.text)).map(drop)
    }
}

fn palettes(world: &World) -> Result<()> {
    let (mut measured, mut found) = (0, Vec::new());
    let mut least = [f64::MAX; 2];
    for (state, show) in STATES.iter().filter(|(state, _)| SHOWN.contains(state)) {
        let shown = show(world)?;
        follows(&shown.page)?;
        let mut dice = Dice(42);
        for _ in 0..PAGES {
            let colours = Colours::by(&mut dice);
            colours.put_on(&shown.page)?;
            let told: Value = shown.page.eval(MEASURE)?;
            let told = told.as_array().cloned().unwrap_or_default();
            ensure!(told.len() > 20, "{state}: only {} measured", told.len());
            measured += told.len();
            for one in &told {
                let (is, needed) = (one["is"].as_f64(), one["needed"].as_f64());
                let (is, needed) = (is.unwrap_or(0.0), needed.unwrap_or(f64::MAX));
                let kind = &mut least[usize::from(needed < 4.0)];
                *kind = kind.min(is);
                if is < needed {
                    found.push(format!(
                        "{state}, {} on {}, {}: {one}",
                        colours.text, colours.paper, colours.accent
                    ));
                }
            }
        }
    }
    println!(
        "{PAGES} palettes in {} states: {measured} measured, words at least {}:1, edges and drawings {}:1",
        SHOWN.len(),
        least[0],
        least[1]
    );
    let first = found.iter().take(12).map(String::as_str).collect::<Vec<_>>().join("\n");
    ensure!(found.is_empty(), "{} cannot be read:\n{first}", found.len());
    Ok(())
}

/// A page with a comment, in colours of its own.
fn dressed(world: &World, style: &str, before: &str) -> Result<(Page, impl Sized)> {
    let native = native(&[])?;
    post(&native, "Said `before`.", None, "Eve")?;
    let inside = format!("<style>{style}</style>{before}{}", tag(&native.url));
    let site = world.site().page("/", &page(&inside)).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    ready(&page)?;
    Ok((page, (site, native)))
}

fn all_read() -> String {
    format!("({MEASURE}).every((one) => one.is >= one.needed)")
}

/// Where the tag stands in a box of other colours, however they are written: before anything follows them.
fn of_the_place(world: &World) -> Result<()> {
    let boxes = [
        // Lets light through what is between it and a ground.
        (
            "div { background: #101418; color: #bbb } p { background: rgb(255 255 255 / 8%) }",
            "<div><p>",
        ),
        // Hardly a contrast of its own, as wide colours.
        ("div { background: oklch(62% 0.2 25); color: color(display-p3 0.9 0.1 0.1) }", "<div>"),
        // Where `currentColor` alone would not do.
        ("body { background: #fdf6e3; color: #93a1a1 }", ""),
        // Text that lets its ground through.
        ("body { background: navy; color: rgb(255 255 255 / 55%) }", ""),
    ];
    for (style, before) in boxes {
        let (page, _held) = dressed(world, style, before)?;
        let told = page.eval(&format!("({MEASURE}).filter((one) => one.is < one.needed)"))?;
        ensure!(told == Value::Array(Vec::new()), "with {style}: {told}");
    }
    // In the shadow of another tag, which is dark.
    let (page, _held) = dressed(world, "body { background: white; color: #eee }", "<dark-box>")?;
    page.eval(
        "void customElements.define('dark-box', class extends HTMLElement {
            connectedCallback() {
                const root = this.attachShadow({ mode: 'open' });
                root.append(document.createElement('div'));
                root.firstChild.style.background = 'black';
                root.firstChild.append(document.createElement('slot'));
                const tag = document.querySelector('jaw-jaw');
                tag.remove();
                setTimeout(() => this.append(tag));
            }
        })",
    )?;
    page.wait("deep('jaw-jaw', 'article')")?;
    let pole = page.eval("deep('jaw-jaw', '.jawjaw').style.getPropertyValue('--pole-share')")?;
    ensure!(pole == "0%", "light on dark as it was: {pole}");
    Ok(())
}

/// A switch of the system, and one of the page that takes its time.
fn follows_the_page(world: &World) -> Result<()> {
    let style = ":root { color-scheme: light dark } body { background: Canvas; color: CanvasText }
        body.night { background: #111; color: #ddd } body { transition: background-color 0.3s }";
    let (page, _held) = dressed(world, style, "")?;
    follows(&page)?;
    let text = || page.eval("deep('jaw-jaw', '.jawjaw').style.getPropertyValue('--text')");
    let light = text()?;
    page.media(&[("prefers-color-scheme", "dark"), ("prefers-reduced-motion", "reduce")])?;
    page.wait(
        "deep('jaw-jaw', '.jawjaw').style.getPropertyValue('--text') === 'rgb(255, 255, 255)'",
    )?;
    page.wait(&all_read())?;
    page.media(&[("prefers-reduced-motion", "reduce")])?;
    page.wait(&format!("deep('jaw-jaw', '.jawjaw').style.getPropertyValue('--text') === {light}"))?;
    page.wait(&all_read())?;
    // The text turns at once, the ground slowly: what is reckoned too soon is black on black.
    page.eval("void document.body.classList.add('night')")?;
    page.wait("getComputedStyle(document.body).backgroundColor === 'rgb(17, 17, 17)'")?;
    page.wait(&all_read())?;
    let pole = page.eval("deep('jaw-jaw', '.jawjaw').style.getPropertyValue('--pole-share')")?;
    ensure!(pole == "0%", "the page's own text can be read: {pole}");
    // Moved into a box of other colours; and changed while nobody sees it.
    page.eval(
        "void (() => { const box = document.createElement('div'); box.style.cssText = 'background: white; color: #222';
            document.body.append(box); box.append(document.querySelector('jaw-jaw')); })()",
    )?;
    page.wait(&all_read())?;
    page.eval("void (document.querySelector('div').hidden = true, document.querySelector('div').style.cssText = 'background: navy; color: #eee')")?;
    page.eval("void (document.querySelector('div').hidden = false)")?;
    page.wait(
        "deep('jaw-jaw', '.jawjaw').style.getPropertyValue('--text') === 'rgb(238, 238, 238)'",
    )?;
    page.wait(&all_read())?;
    Ok(())
}
