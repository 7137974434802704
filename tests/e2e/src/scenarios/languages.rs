//! The widget in the language of the page.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::common::{follows, id, native, post, ready, unharmed, visit};
use crate::{Native, Page, Reply, Screen, World, paths};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("languages_are_chosen", are_chosen),
    ("languages_all_fit_a_phone", all_fit_a_phone),
    ("languages_pages_bring_their_own", pages_bring_their_own),
];

fn page(html_lang: &str, tag: &str, native: &Native) -> String {
    format!(
        "<!doctype html><html {html_lang}><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <script type=module src=/w/jawjaw.js></script><body><main>\
         <jaw-jaw endpoint='{}' article=a {tag}></jaw-jaw></main>",
        native.url
    )
}

const SPOKEN: &str = "deep('jaw-jaw', '.jawjaw').lang";
const SEND: &str = "deep('jaw-jaw', '.way button').textContent";

fn are_chosen(world: &World) -> Result<()> {
    let native = native(&[])?;
    for (html, tag, spoken) in [
        ("lang=de", "", "de"),
        ("lang=de", "lang=fr-CA", "fr"),
        ("", "", "en"),
        ("lang=tlh", "", "en"),
        ("lang='\"><script>'", "", "en"),
        ("lang=zh-TW", "", "zh-Hant"),
    ] {
        let site = world.site().page("/", &page(html, tag, &native)).start()?;
        let page = world.page()?;
        visit(&page, &site.url("/"))?;
        let seen = page.text(SPOKEN)?;
        ensure!(seen == spoken, "{html} {tag}: {seen}, not {spoken}");
        let asked = site.asked().iter().filter(|one| one.contains("/locales/")).count();
        ensure!(asked == usize::from(spoken != "en"), "{html}: {asked} languages were fetched");
        unharmed(&page)?;
    }
    // Without the file it is English, and the page's owner is told.
    let gone = |ask: &crate::Ask| {
        ask.path.ends_with("/locales/de.json").then(|| Reply::new(404, "text/plain", "no"))
    };
    let site = crate::Site::new().route(gone).dir("/w/", &world.dist());
    let site = site.page("/", &page("lang=de", "", &native)).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    ensure!(page.text(SPOKEN)? == "en");
    let console = page.console()?.join("\n");
    ensure!(console.contains("locales/de.json\" could not be read"), "{console}");
    Ok(())
}

fn sentences(language: &str) -> Result<Value> {
    let file = paths::root().join("locales").join(format!("{language}.json"));
    Ok(serde_json::from_str(&std::fs::read_to_string(file)?)?)
}

fn all_fit_a_phone(world: &World) -> Result<()> {
    let native = native(&[])?;
    let mut last = String::new();
    for number in 0..7 {
        let parent = Some(last.as_str()).filter(|_| number % 3 > 0);
        id(&post(&native, "words", parent, "Ada Lovelace")?)?.clone_into(&mut last);
    }
    let folder = paths::root().join("locales");
    let mut languages: Vec<String> = std::fs::read_dir(folder)?
        .filter_map(|file| Some(file.ok()?.file_name().to_str()?.strip_suffix(".json")?.to_owned()))
        .collect();
    languages.sort();
    ensure!(languages.len() > 40, "{languages:?}");
    let shots = std::env::var_os("LANGUAGES_INTO").map(std::path::PathBuf::from);
    for language in languages {
        let site =
            world.site().page("/", &page(&format!("lang={language}"), "", &native)).start()?;
        let page = world.page()?;
        page.screen(Screen { width: 320, height: 640, scale: 1.0, mobile: true })?;
        visit(&page, &site.url("/"))?;
        check(&page, &language)?;
        // All there is to write with, too.
        page.click("deep('jaw-jaw', '[data-do=reply]')")?;
        page.wait("deep('jaw-jaw', '.opened button[type=submit]')")?;
        page.click("deep('jaw-jaw', '[data-do=find]')")?;
        page.wait("deep('jaw-jaw', '.order select')")?;
        follows(&page)?;
        let wide = page.text(
            "(() => { const wide = [...deepAll('jaw-jaw', '*')].filter((one) => one.getClientRects().length
                 && one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.unseen'));
               return wide.map((one) => one.className + ': ' + one.textContent.slice(0, 40)).join('; ') })()",
        )?;
        ensure!(wide.is_empty(), "{language} is wider than a phone: {wide}");
        if let Some(folder) = &shots {
            page.screenshot(&folder.join(format!("{language}.png")), true)?;
        }
        unharmed(&page)?;
        world.close_pages();
    }
    Ok(())
}

/// What is there is said in the language, in its plural form.
fn check(page: &Page, language: &str) -> Result<()> {
    let said = sentences(language)?;
    let english = language == "en";
    ensure!(page.text(SPOKEN)? == language, "{language} is not spoken");
    let way = said["way"].as_str().context("a sentence")?;
    ensure!(page.text(SEND)? == way, "{language}: {way}");
    let seen = page.text("deep('jaw-jaw', 'h2').textContent")?;
    let wanted = page.text(&format!(
        "(() => {{ const forms = {}; const form = new Intl.PluralRules('{language}').select(7);
            return forms[form].replace('{{n}}', new Intl.NumberFormat('{language}').format(7)) }})()",
        said["comments"]
    ))?;
    ensure!(seen == wanted, "{language}: {seen}, not {wanted}");
    let right = matches!(language, "ar" | "fa" | "he" | "ur");
    let direction = page.text("getComputedStyle(deep('jaw-jaw', '.widget')).direction")?;
    ensure!(direction == if right { "rtl" } else { "ltr" }, "{language} runs {direction}");
    let now = page.text("deep('jaw-jaw', 'time').textContent")?;
    ensure!(english || now != "now", "{language} says times in English");
    Ok(())
}

fn pages_bring_their_own(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "words", None, "Ada")?;
    // Two fifths longer than English, and easy to tell from it.
    let english = sentences("en")?;
    let longer = |said: &str| format!("[{said}{}]", "~".repeat(said.len() * 2 / 5));
    let mut own = serde_json::Map::new();
    for (name, said) in english.as_object().into_iter().flatten() {
        let said = match said {
            Value::Object(forms) => forms
                .iter()
                .map(|(form, said)| {
                    (form.clone(), json!(longer(said.as_str().unwrap_or_default())))
                })
                .collect::<serde_json::Map<_, _>>()
                .into(),
            said => json!(longer(said.as_str().unwrap_or_default())),
        };
        own.insert(name.clone(), said);
    }
    let routes = move |ask: &crate::Ask| match ask.path.as_str() {
        "/own.json" => Some(Reply::json(200, &json!(own))),
        "/one.json" => Some(Reply::json(200, &json!({ "reply": "Widersprechen" }))),
        "/bad.json" => Some(Reply::new(200, "application/json", "{reply:1}")),
        _ => None,
    };
    let site = world
        .site()
        .page("/own", &page("lang=en", "sentences=/own.json", &native))
        .page("/one", &page("lang=de", "sentences=/one.json", &native))
        .page("/bad", &page("lang=en", "sentences=/bad.json", &native))
        .route(routes)
        .start()?;
    let page = world.page()?;
    page.screen(Screen { width: 320, height: 640, scale: 1.0, mobile: true })?;
    page.goto(&site.url("/own"))?;
    ready(&page)?;
    let bare = page.text(
        "(() => { const walk = document.createTreeWalker(deep('jaw-jaw', '.widget'), NodeFilter.SHOW_TEXT);
            const bare = []; let node;
            while ((node = walk.nextNode())) {
                const own = node.parentElement.closest('.words, .name, .avatar, .mean, option');
                const words = node.textContent.trim();
                if (!own && /[a-z]{3}/i.test(words) && !words.includes('~')) bare.push(words);
            }
            return bare.join('; ') })()",
    )?;
    ensure!(bare.is_empty(), "said without a name in locales/: {bare}");
    ensure!(page.eval("document.documentElement.scrollWidth <= 320")? == true, "it is too wide");
    page.goto(&site.url("/one"))?;
    ready(&page)?;
    let button = "deep('jaw-jaw', '[data-do=reply]').textContent";
    ensure!(page.text(button)? == "Widersprechen" && page.text(SPOKEN)? == "de");
    page.goto(&site.url("/bad"))?;
    ready(&page)?;
    ensure!(page.text(button)? == "Reply");
    let console = page.console()?.join("\n");
    ensure!(console.contains("the sentences of \"/bad.json\" could not be read"), "{console}");
    Ok(())
}
