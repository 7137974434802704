//! How it looks: beside pictures that were looked at, in print, with longer words, and where the focus is.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};

use super::a11y::WIDE;
use super::common::{blog, follows, native, page, post, tag, unharmed, visit, write};
use super::gallery::{self, STATES};
use crate::{Screen, World, paths};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("looks_as_before", as_before),
    ("looks_in_print", in_print),
    ("looks_in_motion", in_motion),
    ("a11y_longer_words", longer_words),
    ("a11y_focus_is_seen", focus_is_seen),
    ("looks_focused_once", focused_once),
    ("looks_as_large_as_the_text", as_large_as_the_text),
];

/// A page that frames what has the focus does not frame the whole discussion.
fn focused_once(world: &World) -> Result<()> {
    let blog = native(&[])?;
    let html =
        page(&["<style>*:focus { outline: 3px solid red }</style>", &tag(&blog.url)].concat());
    let site = world.site().page("/", &html).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    page.click("deep('jaw-jaw', '.write textarea')")?;
    let marks = "[document.querySelector('jaw-jaw'), deep('jaw-jaw', '.write textarea')]
        .map((it) => [it.matches(':focus'), getComputedStyle(it).outlineStyle])";
    let marks = page.eval(marks)?;
    ensure!(marks == json!([[true, "none"], [true, "solid"]]), "{marks}");
    unharmed(&page)
}

/// Many themes make a `rem` of 10 pixels, or one of 100, and give the text its size back: what is pressed, and the space
/// between, is as large there as anywhere, and grows with the text.
fn as_large_as_the_text(world: &World) -> Result<()> {
    let blog = native(&[])?;
    post(&blog, "once", None, "Ada")?;
    let small = "<style>html { font-size: 62.5% } body { font-size: 1.6rem }</style>";
    let large = "<style>html { font-size: 100px } body { font-size: 0.16rem }</style>";
    let site = world
        .site()
        .page("/", &page(&tag(&blog.url)))
        .page("/small", &page(&[small, &tag(&blog.url)].concat()))
        .page("/large", &page(&[large, &tag(&blog.url)].concat()))
        .start()?;
    let page = world.page()?;
    let sizes = |path: &str| -> Result<Value> {
        visit(&page, &site.url(path))?;
        follows(&page)?;
        page.eval(
            "deepAll('jaw-jaw', 'button, input, textarea, article').map((one) => {
                const { x, width, height } = one.getBoundingClientRect();
                return [one.localName, one.dataset.do ?? one.name, x, width, height].join(' ') })",
        )
    };
    let usual = sizes("/")?;
    for path in ["/large", "/small"] {
        let other = sizes(path)?;
        ensure!(usual == other, "{path}: {usual}\n{other}");
    }
    page.eval("void (document.querySelector('main').style.fontSize = '40px')")?;
    page.wait("deep('jaw-jaw', '.fold').offsetHeight === 70")?;
    unharmed(&page)
}

/// What moves says what happened, and nothing moves where the reader does not want it.
fn in_motion(world: &World) -> Result<()> {
    let blog = blog(world)?;
    post(&blog.native, "once", None, "Eve")?;
    let page = world.page()?;
    for (wish, moves) in [("no-preference", true), ("reduce", false)] {
        page.media(&[("prefers-reduced-motion", wish)])?;
        visit(&page, &blog.site.url("/"))?;
        follows(&page)?;
        let unfolds = "(() => { const fold = deep('jaw-jaw', '.fold'); fold.click(); fold.click();
            const words = deep('jaw-jaw', 'article .words');
            return [!words.hidden, words.getAnimations().map((it) => it.animationName).join()] })()";
        let seen = page.eval(unfolds)?;
        ensure!(seen == json!([true, if moves { "back" } else { "" }]), "{wish}: {seen}");
        // Noted as it begins: it is over before a slow machine asks.
        page.eval(
            "(globalThis.begun = [], deep('jaw-jaw').shadowRoot.addEventListener('animationstart', (event) =>
                event.target.matches('article') && begun.push(event.animationName)), 0)",
        )?;
        write(&page, &["sent with ", wish].concat(), "Ada")?;
        let card = format!(
            "deepAll('jaw-jaw', 'article').find((it) => it.textContent.includes('{wish}'))"
        );
        page.wait(&format!("{card}?.matches('[data-came]')"))?;
        page.wait(&format!("!{card}.matches('[data-came]')"))?;
        let seen = page.eval("begun.join()")?;
        ensure!(seen == if moves { "shine" } else { "" }, "{wish}: {seen}");
    }
    unharmed(&page)
}

/// The states whose pictures are kept, in `tests/looks`.
const KEPT: &[&str] = &[
    "waiting",
    "empty",
    "failed",
    "thread",
    "folded",
    "every standing",
    "composing",
    "preview",
    "refused",
    "rated",
    "new comments",
    "finding",
    "deep",
    "more to read",
];
const SIZES: &[(&str, &str, Screen)] = &[
    ("desktop", "light", Screen { width: 720, height: 900, scale: 1.0, mobile: false }),
    ("phone", "dark", Screen { width: 360, height: 900, scale: 1.0, mobile: false }),
];

/// A picture in half its size: rows of red, green and blue.
struct Picture {
    width: usize,
    dots: Vec<[u8; 3]>,
}

impl Picture {
    fn read(file: &Path) -> Result<Self> {
        let file = File::open(file).with_context(|| format!("no {}", file.display()))?;
        let mut decoder = png::Decoder::new(BufReader::new(file));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let mut bytes = vec![0; reader.output_buffer_size().context("a picture this large")?];
        let told = reader.next_frame(&mut bytes)?;
        let each = told.color_type.samples();
        let dots = bytes
            .chunks_exact(each)
            .map(|dot| [dot[0], dot[each.min(3) / 2], dot[each.min(3) - 1]]);
        Ok(Self { width: told.width as usize, dots: dots.collect() })
    }

    fn write(&self, file: &Path) -> Result<()> {
        let height = self.dots.len() / self.width.max(1);
        let mut encoder = png::Encoder::new(
            File::create(file)?,
            u32::try_from(self.width)?,
            u32::try_from(height)?,
        );
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::High);
        Ok(encoder.write_header()?.write_image_data(self.dots.as_flattened())?)
    }

    /// Each dot the mean of four.
    fn half(&self) -> Self {
        let (width, height) = (self.width / 2, self.dots.len() / self.width.max(1) / 2);
        let at = |x: usize, y: usize, part: usize| u16::from(self.dots[y * self.width + x][part]);
        let mean = |x: usize, y: usize, part: usize| {
            let sum =
                at(x, y, part) + at(x + 1, y, part) + at(x, y + 1, part) + at(x + 1, y + 1, part);
            u8::try_from(sum / 4).unwrap_or(u8::MAX)
        };
        let dots = (0..height).flat_map(|y| (0..width).map(move |x| (x * 2, y * 2)));
        Self { width, dots: dots.map(|(x, y)| [0, 1, 2].map(|part| mean(x, y, part))).collect() }
    }

    /// How much of both is visibly apart, in thousandths; all, if they are of other sizes. Looked at from as far
    /// away that single dots do not count: how letters are smoothed may change.
    fn apart(&self, other: &Self) -> usize {
        let (one, other) = (self.half(), other.half());
        if one.width != other.width || one.dots.len() != other.dots.len() {
            return 1_000;
        }
        let far = |(one, other): (&[u8; 3], &[u8; 3])| {
            one.iter().zip(other).any(|(one, other)| one.abs_diff(*other) > 40)
        };
        let all = one.dots.len().max(1);
        one.dots.iter().zip(&other.dots).filter(|dots| far(*dots)).count() * 1_000 / all
    }
}

/// With `BLESS=1` the pictures are taken anew: look at them before they are committed.
fn as_before(world: &World) -> Result<()> {
    let bless = std::env::var_os("BLESS").is_some();
    let kept = paths::root().join("tests/looks");
    let seen = paths::target().join("looks");
    for folder in [&kept, &seen] {
        std::fs::create_dir_all(folder)?;
    }
    let mut wrong = Vec::new();
    for (state, show) in STATES.iter().filter(|(state, _)| KEPT.contains(state)) {
        let shown = show(world)?;
        for (size, scheme, screen) in SIZES {
            shown.page.screen(*screen)?;
            shown
                .page
                .media(&[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")])?;
            gallery::settled(&shown.page)?;
            let name = format!("{}-{size}-{scheme}.png", state.replace(' ', "-"));
            let file = seen.join(&name);
            shown.page.screenshot(&file, false)?;
            let picture = Picture::read(&file)?.half();
            picture.write(&file)?;
            if bless {
                picture.write(&kept.join(&name))?;
                continue;
            }
            let apart = Picture::read(&kept.join(&name))?.apart(&picture);
            if apart > 8 {
                wrong.push(format!("{name}: {apart} ‰ apart"));
            }
        }
    }
    ensure!(
        wrong.is_empty(),
        "{}\nCompare {} with tests/looks; if it is meant so, BLESS=1 keeps the new ones",
        wrong.join("\n"),
        seen.display()
    );
    Ok(())
}

/// What is printed is what was said: nothing to press or to write in, nothing cut, nothing far away left out.
fn in_print(world: &World) -> Result<()> {
    let blog = blog(world)?;
    let long = "Words that go on for long. ".repeat(150);
    post(&blog.native, &long, None, "Grace Hopper")?;
    for number in 0..40 {
        post(&blog.native, &format!("said {number}."), None, "Eve")?;
    }
    let page = world.page()?;
    visit(&page, &blog.site.url("/"))?;
    follows(&page)?;
    page.eval("void dispatchEvent(new Event('beforeprint'))")?;
    page.call("Emulation.setEmulatedMedia", json!({ "media": "print" }))?;
    page.wait("deepAll('jaw-jaw', 'article').length === 41")?;
    let shown = page.eval(
        "deepAll('jaw-jaw', 'button, textarea, input, select')
            .filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 80))",
    )?;
    ensure!(shown == json!([]), "nobody can press on paper: {shown}");
    let cut = page.eval("deepAll('jaw-jaw', '.words').filter((one) => one.scrollHeight > one.clientHeight + 1).length")?;
    ensure!(cut == 0, "{cut} are cut");
    page.call("Emulation.setEmulatedMedia", json!({ "media": "" }))?;
    unharmed(&page)
}

/// Every sentence two fifths longer, as in other languages; once from the right.
fn longer_words(world: &World) -> Result<()> {
    let file = std::fs::read_to_string(paths::root().join("locales/en.json"))?;
    let english: Map<String, Value> = serde_json::from_str(&file)?;
    let longer: Map<String, Value> =
        english.into_iter().map(|(name, said)| (name, lengthened(said))).collect();
    let address =
        format!("data:application/json;base64,{}", base64(&Value::Object(longer).to_string()));
    let mut found = Vec::new();
    for language in ["en", "ar"] {
        let more = format!("sentences='{address}' lang={language}");
        for (state, show) in STATES {
            let shown = gallery::with(&more, || show(world))?;
            shown.page.screen(Screen { width: 320, height: 800, scale: 1.0, mobile: false })?;
            shown.page.wait("document.getAnimations().length === 0")?;
            let wide = shown.page.eval(WIDE)?;
            if wide != json!([]) {
                found.push(format!("{state}, {language}: {wide}"));
            }
        }
        world.close_pages();
    }
    ensure!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}

/// `Reply` → `Reply ẅöř`: what begins a sentence stays.
fn lengthened(said: Value) -> Value {
    match said {
        Value::String(words) => {
            let more = (words.chars().count() * 2).div_ceil(5).max(3);
            let tail: String = "ẅöřđ ".chars().cycle().take(more).collect();
            Value::String(format!("{words} {}", tail.trim_end()))
        }
        Value::Object(forms) => {
            Value::Object(forms.into_iter().map(|(form, said)| (form, lengthened(said))).collect())
        }
        other => other,
    }
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// Wherever Tab leads it is seen (WCAG 2.2, 2.4.7), nothing lies over it (2.4.11), and its mark has 3:1 (1.4.11).
fn focus_is_seen(world: &World) -> Result<()> {
    let mut stops = 0;
    for (state, show) in STATES {
        let shown = show(world)?;
        let page = &shown.page;
        page.eval("void (document.querySelector('h1').tabIndex = -1, document.querySelector('h1').focus())")?;
        for _ in 0..300 {
            page.press("Tab")?;
            let told = page.eval(FOCUS)?;
            if told.is_null() {
                break;
            }
            stops += 1;
            let seen = page.wait(&format!("({FOCUS})?.wrong.length === 0"));
            ensure!(seen.is_ok(), "{state}: {}", page.eval(FOCUS)?);
        }
    }
    println!("{} states, {stops} stops of Tab, each seen", STATES.len());
    ensure!(stops > 300, "only {stops} stops");
    Ok(())
}

/// What is wrong with where the focus is; `null` where it has left the widget.
const FOCUS: &str = "(() => {
    const root = document.querySelector('jaw-jaw')?.shadowRoot;
    const at = root?.activeElement;
    if (!at) return null;
    const wrong = [];
    // A hidden radio button is seen by its label, a field by its edge.
    const marked = at.matches('[type=radio]') ? at.closest('label') : at;
    const style = getComputedStyle(marked);
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) wrong.push('no mark: ' + style.outline);
    // The browser has brought it into view; what came since may have moved it.
    at.scrollIntoView({ block: 'nearest' });
    const { left, top, width, height } = marked.getBoundingClientRect();
    if (top + height < 1 || top > innerHeight - 1) wrong.push('out of the window: ' + [left, top, width, height, innerHeight, scrollY, document.documentElement.scrollHeight]);
    const places = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.8]].map(([x, y]) => root.elementFromPoint(left + width * x, top + height * y));
    if (!places.some((hit) => hit && (marked.contains(hit) || hit.contains(marked)))) wrong.push('hidden behind ' + places[0]?.outerHTML.slice(0, 80));
    return { at: at.outerHTML.slice(0, 120), wrong };
})()";
