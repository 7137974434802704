//! What a reader does, once for all engines.

use anyhow::{Result, ensure};
use serde_json::json;

use super::reader::{Reader, quoted};
use crate::scenarios::common::{THREADS, button, card, discussion, id, native, page, post, tag};
use crate::{Native, NativeOptions, Running, Site, paths};

/// What is done.
pub(super) type Deeds = fn(&Visit) -> Result<()>;

/// A name, and what is done.
pub(super) const VISITS: &[(&str, Deeds)] = &[
    ("read", read),
    ("rate", rate),
    ("write", write),
    ("reply", reply),
    ("quote", quote),
    ("vote", vote),
    ("edit_and_delete", edit_and_delete),
    ("fold", fold),
    ("find", find),
    ("draft_after_a_reload", draft_after_a_reload),
    ("unsent", unsent),
    ("strict_policy", strict_policy),
    ("composing", composing),
    ("keys_of_the_page", keys_of_the_page),
    ("permalink", permalink),
    ("long", long),
    ("live", live),
    ("marks", marks),
    ("keyboard", keyboard),
    ("tag_moves", tag_moves),
    ("colours", colours),
];

/// One reader on a blog of its own, with our own server behind it.
pub(super) struct Visit<'a> {
    reader: &'a Reader,
    native: Native,
    site: Running,
}

/// Makes the blog, and lets the reader in.
pub(super) fn pay(reader: &Reader, visit: Deeds) -> Result<()> {
    let native = native(&[])?;
    let policy = strict(&native.url);
    let html = blog(&tag(&native.url));
    let site = Site::new()
        .dir("/w/", &paths::dist())
        .route(|ask| (ask.path == "/helpers.js").then(helpers))
        .page("/", &html)
        .page_with("/strict", &html, &[("content-security-policy", &policy)])
        .start()?;
    visit(&Visit { reader, native, site })
}

fn blog(inside: &str) -> String {
    page(&["<script src=/helpers.js></script><h1 tabindex=-1>An article</h1>", inside].concat())
}

/// What an engine that knows Trusted Types must not be asked for, and what no engine must fetch.
fn strict(endpoint: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         connect-src 'self' {endpoint}; img-src 'self'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

/// WebDriver runs nothing before the page's own scripts, so the page brings the helpers itself.
fn helpers() -> crate::Reply {
    let told = "globalThis.told = [];
        globalThis.jawjawViolation = (breach) => told.push(breach);
        addEventListener('error', (event) => told.push(String(event.message)));
        addEventListener('unhandledrejection', (event) => told.push(String(event.reason)));
        console.error = (...words) => told.push(words.join(' '));";
    crate::Reply::new(200, "text/javascript", [told, crate::page::HELPERS].concat())
}

const FIELD: &str = "deep('jaw-jaw', '.write textarea')";
const NAME: &str = "deep('jaw-jaw', '.write input[autocomplete=name]')";
const SEND: &str = "deep('jaw-jaw', '.write button[type=submit]')";
const REPLY: &str = "deep('jaw-jaw', '.opened textarea')";
const FOCUS: &str = "deep('jaw-jaw').shadowRoot.activeElement";

impl Visit<'_> {
    /// Opens the blog and waits until its discussion is read.
    fn open(&self, path: &str) -> Result<()> {
        self.reader.goto(&self.site.url(path))?;
        self.ready()
    }

    fn ready(&self) -> Result<()> {
        self.sees("deep('jaw-jaw', '.widget') && !deep('jaw-jaw', '.waiting')")
    }

    fn reload(&self) -> Result<()> {
        self.unharmed()?;
        self.reader.reload()?;
        self.ready()
    }

    fn sees(&self, condition: &str) -> Result<()> {
        self.reader.wait(condition).map(drop)
    }

    fn hears(&self, words: &str) -> Result<()> {
        let words = quoted(words);
        self.sees(&format!(
            "deepAll('jaw-jaw', '[role=status]').some((one) => one.textContent.includes({words}))"
        ))
    }

    fn threads_are(&self, outline: &str) -> Result<()> {
        let waited = self.sees(&format!("{THREADS} === {}", quoted(outline)));
        let seen = self.reader.eval(THREADS)?;
        ensure!(waited.is_ok(), "threads:\n{seen}\nwanted:\n{outline}");
        Ok(())
    }

    /// Nothing was thrown, no breach of a policy, no error on the console.
    fn unharmed(&self) -> Result<()> {
        let told = self.reader.eval("told")?;
        ensure!(told == json!([]), "{told}");
        Ok(())
    }

    fn post(&self, text: &str, parent: Option<&str>, name: &str) -> Result<String> {
        let posted = post(&self.native, text, parent, name)?;
        id(&posted).map(str::to_owned)
    }

    /// Six comments, in several scripts.
    fn talk(&self) -> Result<()> {
        let first = self.post("Kettles **sing**.", None, "Ada")?;
        let second = self.post("Quite so.", Some(&first), "Bob")?;
        self.post("И я так думаю.", Some(&second), "Иван")?;
        for (text, name) in
            [("Toads do not.", "Eve"), ("مرحبا بكم", "ليلى"), ("本当に？", "さくら")]
        {
            self.post(text, None, name)?;
        }
        Ok(())
    }

    fn stored(&self) -> Result<Vec<String>> {
        let all = discussion(&self.native)?;
        let all = all["comment"].as_array().into_iter().flatten();
        Ok(all.filter_map(|one| one["html"].as_str()).map(str::to_owned).collect())
    }

    fn signed(&self, text: &str) -> Result<()> {
        self.reader.fill(FIELD, text)?;
        self.reader.fill(NAME, "Ada")
    }
}

const TALK: &str = "Ada: Kettles sing.\n  Bob: Quite so.\n    Иван: И я так думаю.\n\
                    Eve: Toads do not.\nليلى: مرحبا بكم\nさくら: 本当に？\n";

/// What is said is there, and looks like something.
fn read(visit: &Visit) -> Result<()> {
    visit.talk()?;
    visit.open("/")?;
    visit.threads_are(TALK)?;
    visit.sees("deep('jaw-jaw', 'h2').textContent === '6 comments'")?;
    visit.sees("deep('jaw-jaw', '.words strong').textContent === 'sing'")?;
    visit.sees("getComputedStyle(deep('jaw-jaw', '.threads')).display === 'grid'")?;
    visit.sees("deepAll('jaw-jaw', '.stars .star').every((star) => star.offsetWidth > 10)")?;
    visit.sees("deepAll('jaw-jaw', 'time').every((time) => time.textContent && time.dateTime)")?;
    let left = "(element) => element.getBoundingClientRect().left";
    visit.sees(&format!(
        "deepAll('jaw-jaw', 'article').slice(0, 3).map({left}).every((x, at, all) => !at || x > all[at - 1])"
    ))?;
    // Nothing stands out of a window as narrow as a telephone's.
    visit.sees("document.documentElement.scrollWidth <= innerWidth")?;
    visit.unharmed()
}

fn rate(visit: &Visit) -> Result<()> {
    visit.open("/")?;
    visit.reader.click("deepAll('jaw-jaw', '.choices label')[3]")?;
    visit.hears("You rated this 4 stars.")?;
    visit.sees("deep('jaw-jaw', '.mean').textContent === '4'")?;
    visit.reload()?;
    visit.sees("deep('jaw-jaw', '.choices input:checked')?.value === '4'")?;
    visit.reader.click("deep('jaw-jaw', '[data-do=unrate]')")?;
    visit.sees("!deep('jaw-jaw', '.choices input:checked')")?;
    visit.unharmed()
}

fn write(visit: &Visit) -> Result<()> {
    visit.talk()?;
    visit.open("/")?;
    visit.signed("Grüße, Первый\nund ein zweiter")?;
    visit.reader.click(SEND)?;
    visit.hears("Your comment was posted.")?;
    visit.sees(&card("Grüße, Первый"))?;
    visit.sees(&format!("{FIELD}.value === ''"))?;
    // Another one, which says something else in the same letters.
    visit.reader.fill(FIELD, "Второй")?;
    visit.reader.press("Control+Enter")?;
    visit.sees(&card("Второй"))?;
    ensure!(visit.stored()?.len() == 8, "{:?}", visit.stored()?);
    visit.reload()?;
    visit.sees(&card("Второй"))?;
    visit.unharmed()
}

fn reply(visit: &Visit) -> Result<()> {
    visit.talk()?;
    visit.open("/")?;
    visit.reader.click(&button("Toads", "reply"))?;
    visit.sees(&format!("{FOCUS} === {REPLY}"))?;
    // Typed at once, while what sends it is still on its way.
    visit.reader.type_text("Some do.")?;
    visit.reader.fill("deep('jaw-jaw', '.opened input[autocomplete=name]')", "Ada")?;
    visit.reader.press("Control+Enter")?;
    visit.sees(&format!("{FOCUS} === {}", card("Some do.")))?;
    let outline = TALK.replace("do not.\n", "do not.\n  Ada: Some do.\n");
    visit.threads_are(&outline)?;
    visit.unharmed()
}

/// What was selected stands in the reply, quoted.
fn quote(visit: &Visit) -> Result<()> {
    visit.talk()?;
    visit.open("/")?;
    // Some pages do not want their own words to be copied.
    let none =
        "void (document.body.style.cssText = 'user-select: none; -webkit-user-select: none')";
    visit.reader.eval(none)?;
    // What keeps an eye on it comes when a reader comes near.
    visit.reader.hover(&button("Toads", "reply"))?;
    visit.sees("deep('jaw-jaw', '.broke')")?;
    visit.reader.drag(&format!("{}?.querySelector('.words p')", card("Toads")))?;
    visit.reader.click(&button("Toads", "reply"))?;
    visit.sees(&format!("{REPLY}?.value === '> Toads do not.\\n\\n'"))?;
    visit.unharmed()
}

fn vote(visit: &Visit) -> Result<()> {
    visit.talk()?;
    visit.open("/")?;
    let up = button("Toads", "upvote");
    visit.reader.click(&up)?;
    visit.sees(&format!("{up}.ariaPressed === 'true' && {up}.textContent.includes('1')"))?;
    visit.reload()?;
    visit.sees(&format!("{up}.ariaPressed === 'true'"))?;
    visit.reader.click(&up)?;
    visit.sees(&format!("{up}.ariaPressed === 'false'"))?;
    visit.unharmed()
}

fn edit_and_delete(visit: &Visit) -> Result<()> {
    visit.talk()?;
    visit.open("/")?;
    visit.signed("my own words")?;
    visit.reader.press("Control+Enter")?;
    visit.sees(&format!("{FOCUS} === {}", card("my own words")))?;
    visit.reader.click(&button("my own words", "edit"))?;
    visit.sees(&format!("{FOCUS} === {REPLY} && {REPLY}.value === 'my own words'"))?;
    visit.reader.type_text(", changed")?;
    visit.reader.press("Control+Enter")?;
    visit.hears("Your comment was changed.")?;
    visit.reader.click(&button("my own words, changed", "delete"))?;
    visit.reader.click("deep('jaw-jaw', '[data-do=undo]')")?;
    visit.sees(&format!("!{}.querySelector('.words').hidden", card("changed")))?;
    visit.reader.click(&button("my own words, changed", "delete"))?;
    visit.hears("Your comment was deleted.")?;
    visit.reload()?;
    visit.threads_are(TALK)?;
    visit.unharmed()
}

fn fold(visit: &Visit) -> Result<()> {
    visit.talk()?;
    visit.open("/")?;
    let seen = format!("{}?.checkVisibility() ?? false", card("Quite so."));
    visit.reader.click(&button("Kettles", "fold"))?;
    visit.sees(&format!("!({seen}) && {}.ariaExpanded === 'false'", button("Kettles", "fold")))?;
    visit.reload()?;
    visit.sees(&format!("{}?.ariaExpanded === 'false'", button("Kettles", "fold")))?;
    visit.reader.click(&button("Kettles", "fold"))?;
    visit.sees(&seen)?;
    visit.unharmed()
}

fn find(visit: &Visit) -> Result<()> {
    for number in 0..40 {
        let posted = visit.post(&format!("number {number}"), None, "Eve")?;
        if number == 7 {
            visit.post("a needle", Some(&posted), "Bob")?;
        }
    }
    visit.open("/")?;
    visit.reader.click("deep('jaw-jaw', '[data-do=find]')")?;
    visit.sees(&format!("{FOCUS}?.type === 'search'"))?;
    visit.reader.type_text("NEEDLE")?;
    visit.sees("deep('jaw-jaw', '.find [role=status]').textContent === '1 of 1'")?;
    visit.sees(&format!("{}.checkVisibility()", card("a needle")))?;
    visit.sees("!globalThis.CSS.highlights || CSS.highlights.size > 0")?;
    visit.sees(&format!("{FOCUS}?.type === 'search'"))?;
    visit.reader.eval(
        "(() => { const select = deep('jaw-jaw', '.order select'); select.value = 'newest';
            select.dispatchEvent(new Event('change', { bubbles: true })) })()",
    )?;
    visit.sees("deep('jaw-jaw', '.threads .words').textContent.trim() === 'number 39'")?;
    visit.unharmed()
}

fn draft_after_a_reload(visit: &Visit) -> Result<()> {
    visit.talk()?;
    visit.open("/")?;
    visit.reader.fill(FIELD, "half a thou")?;
    visit.reader.click(&button("Toads", "reply"))?;
    visit.sees(&format!("{FOCUS} === {REPLY}"))?;
    visit.reader.type_text("полслова")?;
    visit.reload()?;
    visit.sees(&format!("{FIELD}.value === 'half a thou'"))?;
    visit.sees(&format!("{REPLY}.value === 'полслова'"))?;
    visit.sees("deepAll('jaw-jaw', 'button[type=submit]').length === 2")?;
    visit.unharmed()
}

/// The server is gone while something is sent, and comes back.
fn unsent(visit: &Visit) -> Result<()> {
    let mut fallen = native(&[])?;
    let port = fallen.url.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(0);
    let kept = tempfile::tempdir()?;
    let db = kept.path().join("comments.db");
    let site = Site::new()
        .dir("/w/", &paths::dist())
        .route(|ask| (ask.path == "/helpers.js").then(helpers))
        .page("/", &blog(&tag(&fallen.url)))
        .start()?;
    visit.reader.goto(&site.url("/"))?;
    visit.ready()?;
    visit.signed("kept meanwhile")?;
    fallen.kill();
    visit.reader.click(SEND)?;
    visit.sees("deep('jaw-jaw', '.unsent')?.textContent.includes('kept meanwhile')")?;
    let options = NativeOptions {
        port,
        origins: vec!["*".to_owned()],
        db: Some(db),
        ..NativeOptions::default()
    };
    let risen = Native::start(&options)?;
    visit.reader.reload()?;
    visit.sees(&card("kept meanwhile"))?;
    visit.sees("!deep('jaw-jaw', '.unsent')")?;
    let said = discussion(&risen)?["comment"].as_array().map_or(0, Vec::len);
    ensure!(said == 1, "said {said} times");
    Ok(())
}

/// No breach in a visit that does a bit of everything.
fn strict_policy(visit: &Visit) -> Result<()> {
    visit.talk()?;
    visit.open("/strict")?;
    visit.threads_are(TALK)?;
    visit.sees("getComputedStyle(deep('jaw-jaw', '.threads')).display === 'grid'")?;
    visit.reader.click("deepAll('jaw-jaw', '.choices label')[1]")?;
    visit.hears("You rated this 2 stars.")?;
    visit.reader.fill(FIELD, "**mine**")?;
    visit.reader.click("deep('jaw-jaw', '.write [data-mark=preview]')")?;
    visit.sees("deep('jaw-jaw', '.preview .words strong')?.textContent === 'mine'")?;
    visit.reader.fill(NAME, "Ada")?;
    visit.reader.press("Enter")?;
    visit.sees(&card("mine"))?;
    visit.reader.click("deep('jaw-jaw', '[data-do=find]')")?;
    visit.sees(&format!("{FOCUS}?.type === 'search'"))?;
    visit.reader.type_text("toads")?;
    visit.sees("deep('jaw-jaw', '.find [role=status]').textContent === '1 of 1'")?;
    follow(visit)?;
    visit.post("while you read", None, "Bob")?;
    visit.reader.click("deep('jaw-jaw', '.arrived button')")?;
    visit.sees(&card("while you read"))?;
    visit.unharmed()
}

/// Keys of an input method are its own, in the order of each engine: Chromium and Firefox send the key that ends
/// composing while it goes on, WebKit afterwards.
fn composing(visit: &Visit) -> Result<()> {
    visit.talk()?;
    visit.open("/")?;
    visit.signed("")?;
    visit.reader.click(&button("Toads", "reply"))?;
    visit.sees(&format!("{FOCUS} === {REPLY}"))?;
    visit.sees("deep('jaw-jaw', '.opened button[type=submit]')")?;
    visit.reader.eval(
        "(() => { window.compose = (field) => {
            const tell = (Kind, name, more) =>
                field.dispatchEvent(new Kind(name, { bubbles: true, composed: true, cancelable: true, ...more }));
            const key = (key, more) => tell(KeyboardEvent, 'keydown', { key, keyCode: 229, ...more });
            return {
                begin(text) {
                    tell(CompositionEvent, 'compositionstart', { data: '' });
                    field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
                    tell(InputEvent, 'input', { data: text, inputType: 'insertCompositionText', isComposing: true });
                    for (const name of ['Enter', 'Escape', 'ArrowDown', 'Tab'])
                        key(name, { isComposing: true }), key(name, { isComposing: true, ctrlKey: true });
                },
                end(text) {
                    tell(CompositionEvent, 'compositionend', { data: text });
                    tell(InputEvent, 'input', { data: text, inputType: 'insertFromComposition' });
                    for (const name of ['Enter', 'Escape']) key(name, {}), key(name, { ctrlKey: true });
                },
            };
        } })()",
    )?;
    let compose = |text: &str| {
        let text = quoted(text);
        visit.reader.eval(&format!(
            "(() => {{ const by = compose({REPLY}); by.begin({text}); by.end({text}) }})()"
        ))
    };
    compose("かな")?;
    visit.sees(&format!("{REPLY}?.value === 'かな'"))?;
    // With the list of names open.
    visit.reader.type_text(" @Ev")?;
    visit.sees("deep('jaw-jaw', '.people [role=option]')")?;
    compose("é")?;
    visit.sees(&format!("{REPLY}?.value === 'かな @Evé'"))?;
    // Written down while it goes on.
    visit.reload()?;
    visit.sees(&format!("{REPLY}?.value === 'かな @Evé'"))?;
    visit.reader.fill("deep('jaw-jaw', '.opened input[autocomplete=name]')", "Ada")?;
    visit.reader.press("Control+Enter")?;
    visit.threads_are(&TALK.replace("do not.\n", "do not.\n  Ada: かな @Evé\n"))?;
    ensure!(visit.stored()?.len() == 7, "sent once: {:?}", visit.stored()?);
    visit.unharmed()
}

/// The page has shortcuts: it hears nothing of what is typed, and what does nothing here it hears once.
fn keys_of_the_page(visit: &Visit) -> Result<()> {
    visit.open("/")?;
    visit.reader.eval(
        "(() => { window.heard = [];
            for (const at of [document, document.body])
                at.addEventListener('keydown', ({ key }) => heard.push(key)) })()",
    )?;
    visit.reader.fill(FIELD, "/s?")?;
    visit.sees("deep('jaw-jaw', '.write .marks')")?;
    visit.reader.press("Control+b")?;
    visit.sees(&format!("{FIELD}.value === '/s?****'"))?;
    visit.reader.press("Escape")?;
    visit.sees("heard.filter((key) => key !== 'Control').join() === 'Escape,Escape'")?;
    visit.unharmed()
}

/// To a comment that is neither in the window nor on the first page of the list.
fn permalink(visit: &Visit) -> Result<()> {
    let first = visit.post("the first", None, "Eve")?;
    for number in 0..60 {
        visit.post(&format!("number {number}"), None, "Eve")?;
    }
    let meant = visit.post("the one that is meant", None, "Ada")?;
    visit.open("/")?;
    let anchor = visit.reader.eval("deep('jaw-jaw', 'article').id")?;
    let anchor = anchor.as_str().unwrap_or_default().replace(&first, &meant);
    visit.reader.goto("about:blank")?;
    visit.open(&format!("/#{anchor}"))?;
    let named = card("the one that is meant");
    let inside = format!(
        "{named}?.hasAttribute('data-named')
            && (({{ top, bottom }}) => top >= 0 && bottom <= innerHeight)({named}.getBoundingClientRect())"
    );
    visit.sees(&inside)?;
    // A link in the page goes there as well.
    visit.reader.eval("void (location.hash = '', scrollTo(0, 0))")?;
    visit.sees("scrollY === 0")?;
    visit.reader.eval(&format!("void (location.hash = {})", quoted(&anchor)))?;
    visit.sees(&inside)?;
    visit.unharmed()
}

/// Only what is near is in the page; it comes when one scrolls there, and more is read on.
fn long(visit: &Visit) -> Result<()> {
    for number in 0..60 {
        visit.post(&format!("number {number}"), None, "Eve")?;
    }
    visit.open("/")?;
    visit.sees("deepWhole() && deepAll('jaw-jaw', 'article').length === 50")?;
    visit.reader.click("deep('jaw-jaw', '[data-do=more]')")?;
    visit.sees("deepWhole() && deepAll('jaw-jaw', 'article').length === 60")?;
    visit.sees("deep('jaw-jaw', '.more').hidden")?;
    visit.unharmed()
}

fn follow(visit: &Visit) -> Result<()> {
    visit.reader.hover("deep('jaw-jaw', 'h2')")?;
    visit.sees("deep('jaw-jaw', '.onward')")
}

fn live(visit: &Visit) -> Result<()> {
    visit.talk()?;
    visit.open("/")?;
    follow(visit)?;
    let at = "deep('jaw-jaw', 'article').getBoundingClientRect().top";
    let before = visit.reader.eval(at)?;
    visit.post("while you read", None, "Bob")?;
    visit.sees("!deep('jaw-jaw', '.arrived button').hidden")?;
    ensure!(visit.reader.eval(at)? == before, "nothing that is read moves");
    visit.reader.click("deep('jaw-jaw', '.arrived button')")?;
    visit.sees(&format!("{}?.checkVisibility()", card("while you read")))?;
    visit.unharmed()
}

/// Marks are put around what is selected, and taken back as the browser takes things back.
fn marks(visit: &Visit) -> Result<()> {
    visit.open("/")?;
    visit.reader.fill(FIELD, "a kettle sings")?;
    visit.sees("deep('jaw-jaw', '.write .marks')")?;
    visit.reader.eval(&format!("{FIELD}.setSelectionRange(2, 8)"))?;
    visit.reader.press("Control+b")?;
    visit.sees(&format!("{FIELD}.value === 'a **kettle** sings'"))?;
    // As the menu does it: MiniBrowser has no key for it.
    visit.reader.eval("document.execCommand('undo')")?;
    visit.sees(&format!("{FIELD}.value === 'a kettle sings'"))?;
    visit.unharmed()
}

/// A visit with nothing but keys.
fn keyboard(visit: &Visit) -> Result<()> {
    visit.talk()?;
    visit.open("/")?;
    visit.reader.eval("document.querySelector('h1').focus()")?;
    tab_to(visit, &format!("{FOCUS}?.matches('.give input') ?? false"))?;
    visit.reader.press("ArrowRight")?;
    visit.hears("You rated this")?;
    visit.sees(&format!("{FOCUS}?.matches('.give input:checked')"))?;
    tab_to(visit, &format!("{FOCUS} === {FIELD}"))?;
    visit.reader.type_text("by keys alone")?;
    visit.sees(SEND)?;
    tab_to(visit, &format!("{FOCUS} === {NAME}"))?;
    visit.reader.type_text("Ada")?;
    tab_to(visit, &format!("{FOCUS} === {SEND}"))?;
    visit.reader.press("Space")?;
    visit.sees(&format!("{FOCUS} === {}", card("by keys alone")))?;
    visit.reader.eval("document.querySelector('h1').focus()")?;
    tab_to(visit, &format!("{FOCUS} === {}", button("Toads", "reply")))?;
    visit.reader.press("Enter")?;
    visit.sees(&format!("{FOCUS} === {REPLY}"))?;
    visit.reader.type_text("no")?;
    visit.sees("deep('jaw-jaw', '.opened button[type=submit]')")?;
    visit.reader.press("Escape")?;
    visit.sees(&format!("{FOCUS} === {}", button("Toads", "reply")))?;
    visit.unharmed()
}

/// Presses Tab from where the focus is until it is as wanted.
fn tab_to(visit: &Visit, wanted: &str) -> Result<()> {
    let at = format!("(({FOCUS} ?? document.activeElement)?.outerHTML ?? '').slice(0, 100)");
    let mut trail = Vec::new();
    for _ in 0..100 {
        visit.reader.press("Tab")?;
        if visit.reader.eval(wanted)? == true {
            return Ok(());
        }
        trail.push(visit.reader.eval(&at)?.to_string());
    }
    anyhow::bail!("{wanted} is not reached by Tab:\n{}", trail.join("\n"))
}

/// A page that takes the tag out and puts it in again keeps one of everything.
fn tag_moves(visit: &Visit) -> Result<()> {
    visit.talk()?;
    visit.open("/")?;
    visit.threads_are(TALK)?;
    visit.reader.eval(
        "(() => { const tag = document.querySelector('jaw-jaw'); tag.remove();
            document.querySelector('main').prepend(tag) })()",
    )?;
    visit.ready()?;
    visit.threads_are(TALK)?;
    visit.sees("deepAll('jaw-jaw', '.widget').length === 1")?;
    visit.unharmed()
}

/// Text and paper, in the notations that engines compute into spellings of their own.
const COLOURS: &[(&str, &str)] = &[
    ("black", "white"),
    ("#ddd", "#111"),
    ("hsl(210 20% 45%)", "hsl(210 30% 40%)"),
    ("oklch(62% 0.2 30)", "oklch(20% 0.05 260)"),
    ("color(display-p3 0.2 0.9 0.3)", "lab(95% 2 -4)"),
    ("rgb(250 240 230 / 60%)", "rebeccapurple"),
    ("color-mix(in oklab, navy, white 30%)", "color(srgb 0.9 0.85 0.7)"),
];
const CONTRAST: &str = include_str!("../scenarios/contrast.js");

/// Whatever colours a page has, words and edges can be seen.
fn colours(visit: &Visit) -> Result<()> {
    visit.talk()?;
    visit.open("/")?;
    visit.signed("seen")?;
    for (text, paper) in COLOURS {
        let style = quoted(&format!("color: {text}; background: {paper}"));
        visit.reader.eval(&format!("void (document.body.style.cssText = {style})"))?;
        // By a transition, which has to be over.
        visit.sees(
            "deep('jaw-jaw', '.jawjaw').style.getPropertyValue('--text') === getComputedStyle(deep('jaw-jaw')).color
                && document.getAnimations().length === 0",
        )?;
        let weak =
            visit.reader.eval(&format!("({CONTRAST}).filter((one) => one.is < one.needed)"))?;
        ensure!(weak == json!([]), "{text} on {paper}: {weak}");
    }
    visit.unharmed()
}
