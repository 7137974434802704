//! Everything that goes wrong on trains: each fault by its number, over real sockets. The numbers have
//! gaps where other suites show a fault.

use anyhow::{Result, ensure};
use serde_json::json;

use super::common::{
    button, discussion, native, page, post, ready, tag, unharmed, visit, wait_threads, write,
};
use crate::{Fault, Faulty, Native, Page, Reply, Running, Site, World};

pub(super) const SCENARIOS: &[crate::suite::Scenario] = &[
    ("F01_offline_when_loading", offline_when_loading),
    ("F02_no_such_name", no_such_name),
    ("F03_refused_or_reset", refused_or_reset),
    ("F04_never_answers", never_answers),
    ("F05_stalls_in_the_middle", stalls_in_the_middle),
    ("F06_slow_line", slow_line),
    ("F07_byte_by_byte", byte_by_byte),
    ("F08_server_errors", server_errors),
    ("F09_busy_with_a_time_to_come_back", busy_with_a_time_to_come_back),
    ("F10_too_many_requests", too_many_requests),
    ("F11_not_signed_in", not_signed_in),
    ("F13_discussion_not_there", discussion_not_there),
    ("F14_said_already", said_already),
    ("F15_too_fast_in_the_services_own_words", too_fast_in_its_own_words),
    ("F16_refused_with_a_reason", refused_with_a_reason),
    ("F17_answer_lost_after_it_was_stored", answer_lost_after_it_was_stored),
    ("F18_pressed_twice", pressed_twice),
    ("F19_sent_and_closed", sent_and_closed),
    ("F20_killed_while_typing", killed_while_typing),
    ("F21_reloaded_with_three_forms_open", reloaded_with_three_forms_open),
    ("F22_storage_throws", storage_throws),
    ("F23_storage_is_full", storage_is_full),
    ("F24_storage_holds_nonsense", storage_holds_nonsense),
    ("F25_two_tabs_one_draft", two_tabs_one_draft),
    ("F26_parent_deleted_while_replying", parent_deleted_while_replying),
    ("F28_composing_with_an_input_method", composing_with_an_input_method),
    ("F29_offline_when_sending", offline_when_sending),
    ("F30_network_that_comes_and_goes", network_that_comes_and_goes),
    ("F31_clock_is_wrong", clock_is_wrong),
    ("F32_program_does_not_start", super::embed::children_stay_where_it_cannot_start),
    ("F34_script_twice", super::embed::loaded_twice_does_no_harm),
    ("F34_moved_and_removed", super::embed::moved_and_removed),
    ("F35_away_and_back", away_and_back),
    ("F36_page_wipes_the_tag", page_wipes_the_tag),
    ("F37_page_resets_everything", super::embed::host_styles_stay_outside),
    ("F38_page_patches_the_platform", page_patches_the_platform),
    ("F39_page_pollutes_prototypes", page_pollutes_prototypes),
    ("F40_no_permission_for_this_origin", no_permission_for_this_origin),
    ("F41_somebody_elses_page", somebody_elses_page),
    ("F42_answer_without_end", answer_without_end),
    ("F43_answers_out_of_order", answers_out_of_order),
    ("F44_vote_fails", vote_fails),
    ("F45_edit_and_delete_fail", edit_and_delete_fail),
    ("F46_rating_told_otherwise", rating_told_otherwise),
    ("F48_every_answer_is_the_same_page", every_answer_is_the_same_page),
];

/// A server behind a bad line, a blog with a discussion on it, and a reader.
struct Line {
    native: Native,
    faulty: Faulty,
    site: Running,
    page: Page,
}

fn line(world: &World) -> Result<Line> {
    let native = native(&[])?;
    let faulty = Faulty::before(&native.url)?;
    let site = world.site().page("/", &page(&tag(&faulty.url))).start()?;
    let page = world.page()?;
    Ok(Line { native, faulty, site, page })
}

/// The same with the discussion read.
fn opened(world: &World) -> Result<Line> {
    let line = line(world)?;
    visit(&line.page, &line.site.url("/"))?;
    Ok(line)
}

impl Line {
    /// All that our server has, by its words, in the order it came.
    fn stored(&self) -> Result<Vec<String>> {
        let told = discussion(&self.native)?;
        let mut words = Vec::new();
        let mut waiting = vec![told["comment"].clone()];
        while let Some(list) = waiting.pop() {
            for comment in list.as_array().into_iter().flatten() {
                words.push(comment["html"].as_str().unwrap_or_default().to_owned());
                waiting.push(comment["comment"].clone());
            }
        }
        Ok(words)
    }

    fn stored_once(&self, words: &str) -> Result<()> {
        let stored = self.stored()?;
        let times = stored.iter().filter(|stored| stored.contains(words)).count();
        ensure!(times == 1, "{words:?} is there {times} times: {stored:?}");
        Ok(())
    }
}

const FIELD: &str = "deep('jaw-jaw', '.write textarea')";
const TROUBLE: &str = "deep('jaw-jaw', '.write .trouble').textContent";
const UNSENT: &str = "deep('jaw-jaw', '.outbox').textContent";

const FAILED: &str = "deep('jaw-jaw', '.failed')?.textContent";

/// The discussion is there in the end, however it went before.
fn recovers(line: &Line) -> Result<()> {
    wait_threads(&line.page, "Eve: it is there\n")?;
    unharmed(&line.page)
}

fn with_a_comment(world: &World) -> Result<Line> {
    let line = line(world)?;
    post(&line.native, "it is there", None, "Eve")?;
    Ok(line)
}

fn offline_when_loading(world: &World) -> Result<()> {
    let tall = "<div style='height:5000px'></div>";
    let native = native(&[])?;
    post(&native, "it is there", None, "Eve")?;
    let site = world.site().page("/", &page(&[tall, &tag(&native.url)].concat())).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.wait("customElements.get('jaw-jaw')")?;
    // Our own files can be had, the comments cannot.
    page.eval("const real = fetch; window.fetch = (url, ...rest) => (url.url ?? url).includes('/api/') && !navigator.onLine ? Promise.reject(new TypeError('Failed to fetch')) : real(url, ...rest)")?;
    page.eval("Object.defineProperty(navigator, 'onLine', { get: () => window.back ?? false })")?;
    page.eval("deep('jaw-jaw').scrollIntoView()")?;
    page.wait(&format!("{FAILED}.includes('You are offline')"))?;
    ensure!(page.eval("!!deep('jaw-jaw', '.write textarea')")? == true, "one can write");
    page.eval("window.back = true; void dispatchEvent(new Event('online'))")?;
    wait_threads(&page, "Eve: it is there\n")?;
    unharmed(&page)
}

fn refused_or_reset(world: &World) -> Result<()> {
    let line = with_a_comment(world)?;
    line.faulty.on("GET", Fault::CutBefore);
    line.page.goto(&line.site.url("/"))?;
    line.page.wait(&format!("{FAILED}.includes('cannot be reached')"))?;
    // The browser itself tries a reset connection again, so there may be more than our three.
    ensure!(line.faulty.times("GET") >= 3, "{:?}", line.faulty.asked());
    line.faulty.set(|_| Fault::Pass);
    line.page.click("deep('jaw-jaw', '[data-do=retry]')")?;
    recovers(&line)
}

fn never_answers(world: &World) -> Result<()> {
    let line = with_a_comment(world)?;
    line.faulty.on("GET", Fault::Stall);
    line.page.goto(&line.site.url("/"))?;
    line.page.wait(&format!("{FAILED}.includes('did not answer in time')"))?;
    line.faulty.set(|_| Fault::Pass);
    line.page.click("deep('jaw-jaw', '[data-do=retry]')")?;
    recovers(&line)
}

fn stalls_in_the_middle(world: &World) -> Result<()> {
    let line = with_a_comment(world)?;
    line.faulty.on("GET", Fault::StallInside);
    line.page.goto(&line.site.url("/"))?;
    line.page.wait(&format!("{FAILED}.includes('did not answer in time')"))?;
    ensure!(line.page.eval("deepAll('jaw-jaw', 'article').length")? == 0, "no half page");
    line.faulty.on("GET", Fault::Truncate);
    line.page.click("deep('jaw-jaw', '[data-do=retry]')")?;
    line.page.wait(&format!("{FAILED}.includes('cannot be reached')"))?;
    line.faulty.set(|_| Fault::Pass);
    line.page.click("deep('jaw-jaw', '[data-do=retry]')")?;
    recovers(&line)
}

fn slow_line(world: &World) -> Result<()> {
    let line = with_a_comment(world)?;
    line.page.slow_network(400, 50_000)?;
    line.page.goto(&line.site.url("/"))?;
    line.page.wait("deep('jaw-jaw', '.waiting, article')")?;
    recovers(&line)
}

fn byte_by_byte(world: &World) -> Result<()> {
    let line = line(world)?;
    post(&line.native, "naïve 😀 čaj", None, "Žofie")?;
    line.faulty.on("GET", Fault::Drip(3, 2));
    line.page.goto(&line.site.url("/"))?;
    wait_threads(&line.page, "Žofie: naïve 😀 čaj\n")?;
    unharmed(&line.page)
}

fn server_errors(world: &World) -> Result<()> {
    let line = with_a_comment(world)?;
    for (status, tries) in [(500, 3), (502, 6), (503, 9), (504, 12)] {
        line.faulty.on("GET", Fault::Answer(status, Vec::new(), "<h1>nginx</h1>".to_owned()));
        line.page.goto(&line.site.url("/"))?;
        line.page.wait(&format!("{FAILED}.includes('a problem of its own')"))?;
        ensure!(line.faulty.times("GET") == tries, "{status}: {:?}", line.faulty.asked());
    }
    line.faulty.set(|_| Fault::Pass);
    line.page.click("deep('jaw-jaw', '[data-do=retry]')")?;
    recovers(&line)
}

fn busy_with_a_time_to_come_back(world: &World) -> Result<()> {
    let line = with_a_comment(world)?;
    // A minute is too long to wait for unasked; nonsense is no time at all.
    for (wait, tries) in [("60", 1), ("Fri, 01 Jan 2100 00:00:00 GMT", 2), ("soon", 5)] {
        let headers = vec![("retry-after", wait.to_owned())];
        line.faulty.on("GET", Fault::Answer(503, headers, String::new()));
        line.page.goto(&line.site.url("/"))?;
        line.page.wait(&format!("{FAILED}.includes('a problem of its own')"))?;
        ensure!(line.faulty.times("GET") == tries, "{wait}: {:?}", line.faulty.asked());
    }
    let began = std::time::Instant::now();
    let first = std::sync::atomic::AtomicBool::new(true);
    line.faulty.set(move |ask| {
        if ask.method == "GET" && first.swap(false, std::sync::atomic::Ordering::SeqCst) {
            return Fault::Answer(503, vec![("retry-after", "2".to_owned())], String::new());
        }
        Fault::Pass
    });
    line.page.click("deep('jaw-jaw', '[data-do=retry]')")?;
    recovers(&line)?;
    ensure!(began.elapsed().as_secs() >= 2, "it was asked again after {:?}", began.elapsed());
    Ok(())
}

fn discussion_not_there(world: &World) -> Result<()> {
    let line = with_a_comment(world)?;
    for status in [404, 410] {
        line.faulty.on("GET", Fault::Answer(status, Vec::new(), String::new()));
        line.page.goto(&line.site.url("/"))?;
        line.page.wait(&format!("{FAILED}.includes('no longer there')"))?;
    }
    ensure!(line.faulty.times("GET") == 2, "no storm: {:?}", line.faulty.asked());
    unharmed(&line.page)
}

fn too_fast_in_its_own_words(world: &World) -> Result<()> {
    let line = line(world)?;
    let tag = format!(
        "<jaw-jaw endpoint='{}' article=a profile=wordpress var-post=1></jaw-jaw>",
        line.faulty.url
    );
    let site = world.site().page("/", &page(&tag)).start()?;
    line.faulty.set(|ask| match ask.method.as_str() {
        "OPTIONS" => preflight(),
        "POST" => {
            let flood = json!({ "code": "comment_flood", "message": "Slow down.", "data": { "status": 400 } });
            Fault::Answer(400, Vec::new(), flood.to_string())
        }
        _ => Fault::Answer(200, Vec::new(), "[]".to_owned()),
    });
    visit(&line.page, &site.url("/"))?;
    line.page.fill(FIELD, "quick words")?;
    line.page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")?;
    line.page.fill("deep('jaw-jaw', '.write input[type=email]')", "ada@reader.example")?;
    line.page.click("deep('jaw-jaw', '.write button[type=submit]')")?;
    line.page.wait(&format!("{TROUBLE}.includes('a bit fast')"))?;
    ensure!(line.page.eval(&format!("{FIELD}.value"))? == "quick words", "the words stay");
    ensure!(line.faulty.times("POST") == 1, "nothing is sent without the reader");
    Ok(())
}

fn too_many_requests(world: &World) -> Result<()> {
    let line = opened(world)?;
    let wait = vec![("retry-after", "2".to_owned())];
    line.faulty.on("POST", Fault::Answer(429, wait, String::new()));
    write(&line.page, "said too fast", "Ada")?;
    line.page.wait(&format!("{TROUBLE}.includes('2 seconds')"))?;
    ensure!(line.page.eval(&format!("{FIELD}.value"))? == "said too fast", "the words stay");
    ensure!(line.faulty.times("POST") == 1, "nothing is sent without the reader");
    line.faulty.set(|_| Fault::Pass);
    line.page.reload()?;
    // What comes above the fields would move them under the press.
    ready(&line.page)?;
    line.page.wait(&format!("{FIELD}.value === 'said too fast'"))?;
    line.page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")?;
    line.page.click("deep('jaw-jaw', '.write button[type=submit]')")?;
    wait_threads(&line.page, "Ada: said too fast\n")?;
    line.stored_once("said too fast")?;
    unharmed(&line.page)
}

fn refused_with_a_reason(world: &World) -> Result<()> {
    let line = opened(world)?;
    let problem =
        json!({ "title": "Not this word", "status": 422, "detail": "Say it without kettles." });
    let kind = vec![("content-type", "application/problem+json".to_owned())];
    line.faulty.on("POST", Fault::Answer(422, kind, problem.to_string()));
    write(&line.page, "kettles", "Ada")?;
    line.page.wait(&format!("{TROUBLE}.includes('Say it without kettles.')"))?;
    ensure!(line.page.eval(&format!("{FIELD}.value"))? == "kettles", "the words stay");
    ensure!(line.page.eval("deep('jaw-jaw', '.outbox').hidden")? == true, "refused is not unsent");
    unharmed(&line.page)
}

fn answer_lost_after_it_was_stored(world: &World) -> Result<()> {
    let line = opened(world)?;
    line.faulty.on("POST", Fault::LoseAnswer);
    write(&line.page, "heard but not answered", "Ada")?;
    line.page.wait(&format!("{UNSENT}.includes('heard but not answered')"))?;
    line.page.wait(&format!("{FIELD}.value === ''"))?;
    line.faulty.set(|_| Fault::Pass);
    line.page.eval("deep('jaw-jaw', '[data-unsent=send-again]')?.click()")?;
    wait_threads(&line.page, "Ada: heard but not answered\n")?;
    line.page.wait("deep('jaw-jaw', '.outbox').hidden")?;
    line.stored_once("heard but not answered")?;
    // Whoever wants to write it anew finds it there.
    line.faulty.on("POST", Fault::LoseAnswer);
    line.page.fill(FIELD, "said and not heard")?;
    line.page.click("deep('jaw-jaw', '.write button[type=submit]')")?;
    line.page.wait(&format!("{UNSENT}.includes('said and not heard') && {FIELD}.value === ''"))?;
    line.page.eval("deep('jaw-jaw', '[data-unsent=edit-unsent]').click()")?;
    line.page.wait("deep('jaw-jaw', '.outbox').hidden")?;
    ensure!(line.page.eval(&format!("{FIELD}.value"))? == "", "it is not offered a second time");
    line.stored_once("said and not heard")?;
    // Once more, without the reader.
    line.faulty.on("POST", Fault::LoseAnswer);
    line.page.fill(FIELD, "and by itself")?;
    line.page.click("deep('jaw-jaw', '.write button[type=submit]')")?;
    line.page.wait(&format!("{UNSENT}.includes('and by itself')"))?;
    line.faulty.set(|_| Fault::Pass);
    line.page.wait("deep('jaw-jaw', '.outbox').hidden")?;
    line.stored_once("and by itself")?;
    unharmed(&line.page)
}

fn pressed_twice(world: &World) -> Result<()> {
    let line = opened(world)?;
    line.faulty.on("POST", Fault::Delay(300));
    line.page.fill(FIELD, "once")?;
    line.page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")?;
    line.page.eval("for (let i = 0; i < 4; i++) deep('jaw-jaw', '.write form').requestSubmit()")?;
    line.page.press("Enter")?;
    wait_threads(&line.page, "Ada: once\n")?;
    ensure!(line.faulty.times("POST") == 1, "{:?}", line.faulty.asked());
    line.stored_once("once")
}

fn sent_and_closed(world: &World) -> Result<()> {
    let line = opened(world)?;
    line.faulty.on("POST", Fault::Stall);
    write(&line.page, "closed too soon", "Ada")?;
    line.page.wait(&format!("{}", line.faulty.times("POST") < 2))?;
    line.page
        .wait("deep('jaw-jaw', '.write button[type=submit]').textContent.includes('Sending')")?;
    line.page.goto("about:blank")?;
    line.faulty.set(|_| Fault::Pass);
    visit(&line.page, &line.site.url("/"))?;
    wait_threads(&line.page, "Ada: closed too soon\n")?;
    line.page.wait("deep('jaw-jaw', '.outbox').hidden")?;
    ensure!(line.page.eval(&format!("{FIELD}.value"))? == "", "it is not said twice");
    line.stored_once("closed too soon")?;
    unharmed(&line.page)
}

fn killed_while_typing(world: &World) -> Result<()> {
    let line = opened(world)?;
    line.page.fill(FIELD, "typed until the en")?;
    // Nothing of the page runs any more after this.
    let other = line.page.sibling()?;
    let _ = line.page.call("Page.close", json!({}));
    visit(&other, &line.site.url("/"))?;
    other.wait(&format!("{FIELD}.value === 'typed until the en'")).map(drop)
}

fn reloaded_with_three_forms_open(world: &World) -> Result<()> {
    let line = line(world)?;
    for words in ["first", "second", "third"] {
        post(&line.native, words, None, "Eve")?;
    }
    visit(&line.page, &line.site.url("/"))?;
    for (number, words) in ["first", "second", "third"].into_iter().enumerate() {
        line.page.click(&button(words, "reply"))?;
        let whole = "deepAll('jaw-jaw', '.opened button[type=submit]').length";
        line.page.wait(&format!("{whole} === {}", number + 1))?;
        line.page.wait("deep('jaw-jaw').shadowRoot.activeElement.matches('.opened textarea')")?;
        line.page.type_text(&format!("to the {words}"))?;
    }
    line.page.reload()?;
    ready(&line.page)?;
    line.page.wait("deepAll('jaw-jaw', '.opened textarea').length === 3")?;
    let seen =
        line.page.eval("deepAll('jaw-jaw', '.opened textarea').map((field) => field.value)")?;
    ensure!(seen == json!(["to the first", "to the second", "to the third"]), "{seen}");
    unharmed(&line.page)
}

fn offline_when_sending(world: &World) -> Result<()> {
    let line = opened(world)?;
    line.page.fill(FIELD, "from a tunnel")?;
    line.page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")?;
    line.page.offline(true)?;
    line.page.click("deep('jaw-jaw', '.write button[type=submit]')")?;
    line.page.wait(&format!("{UNSENT}.includes('Waiting for the network')"))?;
    line.page
        .wait("deep('jaw-jaw', '[role=status]').textContent.includes('kept on this device')")?;
    line.page.offline(false)?;
    wait_threads(&line.page, "Ada: from a tunnel\n")?;
    line.stored_once("from a tunnel")?;
    // It can be taken back, too.
    line.page.fill(FIELD, "never mind")?;
    line.page.offline(true)?;
    line.page.click("deep('jaw-jaw', '.write button[type=submit]')")?;
    line.page.wait(&format!("{UNSENT}.includes('never mind') && {FIELD}.value === ''"))?;
    line.page
        .wait("deep('jaw-jaw', '[role=status]').textContent.includes('kept on this device')")?;
    line.page.click("deep('jaw-jaw', '[data-unsent=edit-unsent]')")?;
    line.page.wait(&format!("{FIELD}.value === 'never mind'"))?;
    line.page.offline(false)?;
    ensure!(line.stored()?.len() == 1, "{:?}", line.stored()?);
    unharmed(&line.page)
}

fn network_that_comes_and_goes(world: &World) -> Result<()> {
    let line = opened(world)?;
    line.page.fill(FIELD, "through it all")?;
    line.page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")?;
    line.faulty.on("POST", Fault::LoseAnswer);
    line.page.click("deep('jaw-jaw', '.write button[type=submit]')")?;
    line.page.wait(&format!("{UNSENT}.includes('through it all')"))?;
    for _ in 0..5 {
        line.page.offline(true)?;
        line.page.offline(false)?;
    }
    line.faulty.set(|_| Fault::Pass);
    line.page.offline(true)?;
    line.page.offline(false)?;
    line.page.wait("deep('jaw-jaw', '.outbox').hidden")?;
    wait_threads(&line.page, "Ada: through it all\n")?;
    line.stored_once("through it all")
}

fn somebody_elses_page(world: &World) -> Result<()> {
    let line = opened(world)?;
    let hotel = "<html><script>alert(1)</script>Welcome to the hotel network</html>".to_owned();
    let html = vec![("content-type", "text/html".to_owned())];
    line.faulty.set(move |ask| match ask.method.as_str() {
        "OPTIONS" => Fault::Pass,
        _ => Fault::Answer(200, html.clone(), hotel.clone()),
    });
    write(&line.page, "in a hotel", "Ada")?;
    line.page.wait(&format!("{UNSENT}.includes('in a hotel')"))?;
    line.faulty.set(|_| Fault::Pass);
    wait_threads(&line.page, "Ada: in a hotel\n")?;
    line.stored_once("in a hotel")?;
    unharmed(&line.page)
}

fn vote_fails(world: &World) -> Result<()> {
    let line = line(world)?;
    post(&line.native, "a claim", None, "Eve")?;
    visit(&line.page, &line.site.url("/"))?;
    line.faulty.on("PUT", Fault::Answer(500, Vec::new(), String::new()));
    line.page.click(&button("a claim", "upvote"))?;
    line.page.wait("deep('jaw-jaw', '.alert').textContent.includes('put back')")?;
    ensure!(
        line.page.eval(&format!("{}.ariaPressed", button("a claim", "upvote")))? == "false",
        "the vote"
    );
    unharmed(&line.page)
}

fn edit_and_delete_fail(world: &World) -> Result<()> {
    let line = opened(world)?;
    write(&line.page, "my words", "Ada")?;
    wait_threads(&line.page, "Ada: my words\n")?;
    let no = || Fault::Answer(500, Vec::new(), String::new());
    line.faulty.set(move |ask| {
        if ["GET", "OPTIONS"].contains(&ask.method.as_str()) { Fault::Pass } else { no() }
    });
    line.page.click(&button("my words", "delete"))?;
    line.page.wait("deep('jaw-jaw', '.alert').textContent.includes('put back')")?;
    wait_threads(&line.page, "Ada: my words\n")?;
    line.page.click(&button("my words", "edit"))?;
    line.page.wait("deep('jaw-jaw', '.opened textarea').value === 'my words'")?;
    line.page.type_text(", better")?;
    line.page.press("Control+Enter")?;
    line.page.wait(&format!("{UNSENT}.includes('my words, better')"))?;
    line.faulty.set(|_| Fault::Pass);
    wait_threads(&line.page, "Ada: my words, better\n")?;
    unharmed(&line.page)
}

fn no_such_name(world: &World) -> Result<()> {
    let site = world.site().page("/", &page(&tag("http://no-such-name.invalid"))).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.wait(&format!("{FAILED}.includes('cannot be reached')"))?;
    ensure!(page.eval("!!deep('jaw-jaw', '[data-do=retry]')")? == true, "one can try again");
    unharmed(&page)
}

fn not_signed_in(world: &World) -> Result<()> {
    let line = opened(world)?;
    line.faulty.on("POST", Fault::Answer(401, Vec::new(), String::new()));
    write(&line.page, "without a key", "Ada")?;
    line.page.wait(&format!("{TROUBLE}.includes('Sign in first')"))?;
    ensure!(line.page.eval(&format!("{FIELD}.value"))? == "without a key", "the words stay");
    line.page.reload()?;
    line.page.wait(&format!("{FIELD}.value === 'without a key'")).map(drop)
}

/// A service that holds comments for approval and knows no keys: what it got is not to be seen, and what
/// it gets again it calls a duplicate.
fn said_already(world: &World) -> Result<()> {
    let line = line(world)?;
    let tag = format!(
        "<jaw-jaw endpoint='{}' article=a profile=wordpress var-post=1></jaw-jaw>",
        line.faulty.url
    );
    let site = world.site().page("/", &page(&tag)).start()?;
    let posts = std::sync::atomic::AtomicU32::new(0);
    line.faulty.set(move |ask| match ask.method.as_str() {
        "OPTIONS" => preflight(),
        "POST" if posts.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 => Fault::CutBefore,
        "POST" => {
            let told = json!({ "code": "comment_duplicate", "message": "You said that.", "data": { "status": 409 } });
            Fault::Answer(409, Vec::new(), told.to_string())
        }
        _ => Fault::Answer(200, Vec::new(), "[]".to_owned()),
    });
    visit(&line.page, &site.url("/"))?;
    line.page.fill(FIELD, "held for approval")?;
    line.page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")?;
    line.page.fill("deep('jaw-jaw', '.write input[type=email]')", "ada@reader.example")?;
    line.page.click("deep('jaw-jaw', '.write button[type=submit]')")?;
    line.page.wait(&format!("{UNSENT}.includes('You said that.')"))?;
    let asked = line.faulty.asked();
    let between: Vec<&str> =
        asked.iter().map(|asked| asked.split(' ').next().unwrap_or("")).collect();
    let blind = between.windows(2).any(|two| two == ["POST", "POST"]);
    ensure!(!blind, "it was looked for before it was sent again: {asked:?}");
    unharmed(&line.page)
}

fn preflight() -> Fault {
    let headers = [
        ("access-control-allow-methods", "GET, POST"),
        ("access-control-allow-headers", "content-type"),
    ];
    let headers = headers.map(|(name, value)| (name, value.to_owned()));
    Fault::Answer(204, headers.into(), String::new())
}

/// A discussion in which one can write, on a page that runs this script first.
fn writes_where(world: &World, script: &str) -> Result<Page> {
    let native = native(&[])?;
    let html = page(&[&format!("<script>{script}</script>"), tag(&native.url).as_str()].concat());
    let site = world.site().page("/", &html).start()?;
    let page = world.page()?;
    visit(&page, &site.url("/"))?;
    write(&page, "still works", "Ada")?;
    wait_threads(&page, "Ada: still works\n")?;
    page.click(&button("still works", "upvote"))?;
    page.wait("deepAll('jaw-jaw', '[aria-pressed=true]').length === 1")?;
    page.click(&button("still works", "reply"))?;
    page.wait("deep('jaw-jaw').shadowRoot.activeElement.matches('.opened textarea')")?;
    page.type_text("begun")?;
    page.wait("deep('jaw-jaw', '.opened textarea').value === 'begun'")?;
    unharmed(&page)?;
    Ok(page)
}

fn storage_throws(world: &World) -> Result<()> {
    writes_where(
        world,
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })",
    )
    .and_then(|page| is_said(&page))
}

fn storage_is_full(world: &World) -> Result<()> {
    writes_where(
        world,
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }",
    )
    .and_then(|page| is_said(&page))
}

/// That nothing outlives the visit is said, quietly.
fn is_said(page: &Page) -> Result<()> {
    page.wait(
        "deep('jaw-jaw', '.opened .rest').textContent.includes('as long as the page is open')",
    )
    .map(drop)
}

fn storage_holds_nonsense(world: &World) -> Result<()> {
    let line = line(world)?;
    post(&line.native, "it is there", None, "Eve")?;
    for nonsense in
        ["'{'", "'[1,{},[],{\"uuid\":7,\"text\":[]}]'", "'x'.repeat(4000000)", "'\\u0000'"]
    {
        line.page.goto(&line.site.url("/"))?;
        ready(&line.page)?;
        let url = &line.faulty.url;
        line.page.eval(&format!(
            "(() => {{ localStorage.clear(); const nonsense = {nonsense};
                localStorage.setItem('jaw-jaw:outbox {url} a', nonsense.slice(0, 2000000));
                if (nonsense.length < 100) for (const name of ['endpoint {url}', 'signature', 'try draft {url} a '])
                    localStorage.setItem('jaw-jaw:' + name, nonsense); }})()"
        ))?;
        line.page.reload()?;
        wait_threads(&line.page, "Eve: it is there\n")?;
        line.page.fill(FIELD, "x")?;
        line.page.wait("deep('jaw-jaw', '.write button[type=submit]')")?;
    }
    unharmed(&line.page)
}

fn two_tabs_one_draft(world: &World) -> Result<()> {
    let line = opened(world)?;
    line.page.fill(FIELD, "first")?;
    let other = line.page.sibling()?;
    visit(&other, &line.site.url("/"))?;
    other.wait(&format!("{FIELD}.value === 'first'"))?;
    other.eval(&format!("{FIELD}.focus(); {FIELD}.setSelectionRange(5, 5)"))?;
    other.type_text(" and more")?;
    other.wait(&format!("{FIELD}.value === 'first and more'"))?;
    line.page.call("Page.bringToFront", json!({}))?;
    line.page.eval(&format!("{FIELD}.focus(); {FIELD}.setSelectionRange(5, 5)"))?;
    line.page.type_text(" thing")?;
    line.page.wait(&format!("{FIELD}.value === 'first thing'"))?;
    other.call("Page.bringToFront", json!({}))?;
    // The newest is shown, the other offered.
    other.reload()?;
    other.wait(&format!("{FIELD}.value === 'first thing'"))?;
    other.wait("deep('jaw-jaw', '.write blockquote').textContent === 'first and more'")?;
    other.click("deep('jaw-jaw', '[data-other=other-take]')")?;
    let both = json!("first thing\n\nfirst and more");
    other.wait(&format!("{FIELD}.value === {both}"))?;
    other.reload()?;
    other.wait(&format!("{FIELD}.value === {both} && !deep('jaw-jaw', '.write blockquote')"))?;
    unharmed(&line.page)?;
    unharmed(&other)
}

fn parent_deleted_while_replying(world: &World) -> Result<()> {
    let line = line(world)?;
    post(&line.native, "soon gone", None, "Eve")?;
    visit(&line.page, &line.site.url("/"))?;
    line.page.click(&button("soon gone", "reply"))?;
    line.page.wait("deep('jaw-jaw', '.opened button[type=submit]')")?;
    line.page.type_text("an answer to nobody")?;
    line.page.fill("deep('jaw-jaw', '.opened input[autocomplete=name]')", "Ada")?;
    line.faulty.on("POST", Fault::Answer(404, Vec::new(), String::new()));
    line.page.click("deep('jaw-jaw', '.opened button[type=submit]')")?;
    line.page
        .wait("deep('jaw-jaw', '.opened .trouble').textContent.includes('no longer there')")?;
    let words = line.page.eval("deep('jaw-jaw', '.opened textarea').value")?;
    ensure!(words == "an answer to nobody", "the words stay: {words}");
    unharmed(&line.page)
}

fn composing_with_an_input_method(world: &World) -> Result<()> {
    let line = opened(world)?;
    line.page.fill(FIELD, "かんじ")?;
    line.page.fill("deep('jaw-jaw', '.write input[autocomplete=name]')", "Ada")?;
    // Enter that ends a composition is not Enter, whatever is held with it.
    line.page.eval(&format!(
        "(() => {{ const field = {FIELD}; field.focus();
            const on = (type, init) => field.dispatchEvent(new (init.key ? KeyboardEvent : CompositionEvent)(type,
                {{ bubbles: true, composed: true, ...init }}));
            on('compositionstart', {{ data: '' }});
            on('compositionupdate', {{ data: 'かんじ' }});
            field.dispatchEvent(new InputEvent('input', {{ bubbles: true, isComposing: true }}));
            on('keydown', {{ key: 'Enter', ctrlKey: true, isComposing: true }});
            on('keydown', {{ key: 'Escape', isComposing: true }}); }})()"
    ))?;
    ensure!(line.page.eval(&format!("{FIELD}.value"))? == "かんじ", "nothing is lost");
    ensure!(
        line.page.eval(
            "deep('jaw-jaw').shadowRoot.activeElement === deep('jaw-jaw', '.write textarea')"
        )? == true,
        "the focus stays"
    );
    line.page.press("Control+Enter")?;
    wait_threads(&line.page, "Ada: かんじ\n")?;
    ensure!(line.faulty.times("POST") == 1, "sent once: {:?}", line.faulty.asked());
    unharmed(&line.page)
}

fn clock_is_wrong(world: &World) -> Result<()> {
    let native = native(&[])?;
    post(&native, "just said", None, "Eve")?;
    for hours in [-25, -1, 1, 25, -240] {
        let script = format!(
            "<script>const now = Date.now; Date.now = () => now() + {hours} * 3600000</script>"
        );
        let html = page(&[&script, tag(&native.url).as_str()].concat());
        let site = world.site().page("/", &html).start()?;
        let page = world.page()?;
        visit(&page, &site.url("/"))?;
        let said = page.text("deep('jaw-jaw', 'time').textContent")?;
        ensure!(!said.contains("in ") && !said.contains('-'), "{hours} hours away: {said:?}");
        unharmed(&page)?;
    }
    Ok(())
}

fn page_wipes_the_tag(world: &World) -> Result<()> {
    let line = opened(world)?;
    line.page.fill(FIELD, "begun on one view")?;
    line.page.eval("document.querySelector('main').replaceChildren()")?;
    let again = format!("document.querySelector('main').innerHTML = \"{}\"", tag(&line.faulty.url));
    line.page.eval(&again)?;
    ready(&line.page)?;
    line.page.wait(&format!("{FIELD}.value === 'begun on one view'"))?;
    unharmed(&line.page)
}

fn page_patches_the_platform(world: &World) -> Result<()> {
    writes_where(
        world,
        "JSON.parse = JSON.stringify = () => { throw new Error('patched') };
         const real = fetch; window.fetch = function () { return real.apply(this, arguments) };
         for (const name of ['map', 'find', 'push', 'forEach']) {
             const real = Array.prototype[name];
             Array.prototype[name] = function () { return real.apply(this, arguments) };
         }
         String.prototype.replaceAll = () => { throw new Error('patched') };
         Promise.any = Promise.race = () => { throw new Error('patched') };",
    )
    .map(drop)
}

fn page_pollutes_prototypes(world: &World) -> Result<()> {
    writes_where(
        world,
        "Object.prototype.polluted = 'yes'; Object.prototype.value = undefined; Array.prototype.extra = 1;
         Object.prototype.integrity = ''; Object.prototype.passive = true;",
    )
    .map(drop)
}

fn no_permission_for_this_origin(world: &World) -> Result<()> {
    let api = Site::new().route(|_| Some(Reply::json(200, &json!({ "comment": [] })))).start()?;
    let site = world.site().page("/", &page(&tag(&api.origin()))).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.wait(&format!("{FAILED}.includes('cannot be reached')"))?;
    let console = page.console()?.join("\n");
    ensure!(console.contains("allow this page's origin (CORS)"), "{console}");
    unharmed(&page)
}

fn answer_without_end(world: &World) -> Result<()> {
    let body = " ".repeat(40_000_000);
    let api = Site::new().cors().route(move |ask| {
        (ask.method == "GET").then(|| Reply::new(200, "application/json", body.clone()))
    });
    let api = api.start()?;
    let site = world.site().page("/", &page(&tag(&api.origin()))).start()?;
    let page = world.page()?;
    page.goto(&site.url("/"))?;
    page.wait(&format!("{FAILED}.includes('could not be understood')"))?;
    let console = page.console()?.join("\n");
    ensure!(console.contains("more than 8000000 bytes"), "{console}");
    unharmed(&page)
}

fn away_and_back(world: &World) -> Result<()> {
    let line = opened(world)?;
    line.page.fill(FIELD, "before I go")?;
    line.page.goto(&line.site.url("/w/profiles/native.json"))?;
    line.page.eval("void history.back()")?;
    line.page.wait(&format!(
        "globalThis.deep && deep('jaw-jaw', '.widget') && {FIELD}.value === 'before I go'"
    ))?;
    write(&line.page, ", I say", "Ada")?;
    line.page.wait(&format!("{FIELD}.value === ''"))?;
    line.stored_once("before I go")?;
    unharmed(&line.page)
}

fn answers_out_of_order(world: &World) -> Result<()> {
    let line = line(world)?;
    post(&line.native, "of the first article", None, "Eve")?;
    let body = json!({ "article": "b", "text": "of the second", "author": { "name": "Eve" } });
    minreq::post(format!("{}/api/v1/comments", line.native.url))
        .with_header("content-type", "application/json")
        .with_body(body.to_string())
        .send()?;
    line.faulty.set(|ask| {
        if ask.query.contains("article=a&") { Fault::Delay(1_500) } else { Fault::Pass }
    });
    line.page.goto(&line.site.url("/"))?;
    line.page.wait("deep('jaw-jaw', '.waiting')")?;
    line.page.eval("void deep('jaw-jaw').setAttribute('article', 'b')")?;
    wait_threads(&line.page, "Eve: of the second\n")?;
    // The answer about the first article comes now.
    line.page.wait(
        "performance.getEntriesByType('resource').some((one) => one.name.includes('article=a&'))",
    )?;
    wait_threads(&line.page, "Eve: of the second\n")?;
    unharmed(&line.page)
}

fn rating_told_otherwise(world: &World) -> Result<()> {
    let line = opened(world)?;
    let told = json!({
        "aggregateRating": { "ratingValue": 2.5, "ratingCount": 40, "spread": null }, "viewerRating": 4
    });
    let kind = vec![("content-type", "application/json".to_owned())];
    line.faulty.on("PUT", Fault::Replace(200, kind, told.to_string()));
    line.page.click("deepAll('jaw-jaw', '.choices label')[3]")?;
    line.page.wait("deep('jaw-jaw', '.rated .mean').textContent === '2.5'")?;
    line.page
        .wait("deepAll('jaw-jaw', '.choices input').findIndex((input) => input.checked) === 3")?;
    unharmed(&line.page)
}

/// As a service worker of the page does that answers everything with its index.
fn every_answer_is_the_same_page(world: &World) -> Result<()> {
    let line = line(world)?;
    let index = "<!doctype html><html><script>alert(1)</script>index</html>".to_owned();
    line.faulty
        .on("GET", Fault::Answer(200, vec![("content-type", "text/html".to_owned())], index));
    line.page.goto(&line.site.url("/"))?;
    line.page.wait(&format!("{FAILED}.includes('could not be understood')"))?;
    let console = line.page.console()?.join("\n");
    ensure!(console.contains("answered no JSON"), "{console}");
    line.faulty.set(|_| Fault::Pass);
    line.page.click("deep('jaw-jaw', '[data-do=retry]')")?;
    line.page.wait("!deep('jaw-jaw', '.failed')")?;
    unharmed(&line.page)
}
