//! One comment: author, time, body, actions. Its nodes are made once and patched in place, so that
//! the focus and a selection survive every change.

use std::cell::RefCell;

use leptos::prelude::*;
use send_wrapper::SendWrapper;

use crate::domain::address;
use crate::domain::author::Author;
use crate::domain::body::Body;
use crate::domain::comment::{Comment, CommentKey, Standing};
use crate::domain::time::Time;
use crate::domain::vote::Tally;
use crate::endpoint::now;
use crate::json::Value;
use crate::json::digits;
use crate::state::discussion::Open;
use crate::text::ago::machine;
use crate::text::grapheme;
use crate::ui::Scene;
use crate::ui::body;
use crate::ui::composer::{Composer, ComposerProps};
use crate::ui::el::{El, button, el};
use crate::ui::icon::{self, icon};
use crate::ui::votes::{paint_votes, vote_buttons};
use crate::ui::writing;

/// Bytes of a body from which on only its beginning is shown at first: about two screens of a phone.
const LONG: usize = 3_000;
/// So many replies make a thread that may be read by itself.
const BRANCH: usize = 5;

/// A comment as an `article`. What it says changes with the comment; what it can do, with the viewer.
pub struct Card {
    pub whole: El,
    parts: Parts,
}

impl Card {
    /// An empty card, for as long as the present owner lives.
    pub fn new(scene: &Scene, key: CommentKey, depth: usize) -> Self {
        let fragment = scene.discussion.fragment(key);
        let card = el("article").class("comment").part("comment").attr("id", &fragment);
        let card = card.attr("tabindex", "-1").attr("data-key", &digits(key.0.into()));
        let parts = Parts::new(scene, key, depth, &fragment);
        card.set("aria-labelledby", &[&fragment, "-by ", &fragment, "-at"].concat());
        let whole = card
            .child(parts.head.clone())
            .child(parts.words.clone())
            .child(parts.long.clone())
            .child(parts.actions.clone())
            .child(parts.opened.clone());
        let discussion = SendWrapper::new(scene.discussion.clone());
        discussion.watch(key);
        on_cleanup(move || discussion.unwatch(key));
        Self { whole, parts }
    }

    /// Shows the comment as it is now; what has not changed is left alone.
    pub fn paint(&self, scene: &Scene, key: CommentKey, comment: &Comment) {
        self.parts.paint(scene, key, comment);
    }
}

struct Parts {
    head: El,
    fold: El,
    author: El,
    time: El,
    badges: El,
    words: El,
    /// Shows all of long words.
    long: El,
    actions: El,
    opened: El,
    /// Under which what is opened lives. The card's own effect runs again with every change of the
    /// comment, and takes along what was made under it.
    opened_owner: Owner,
    shown: RefCell<Shown>,
}

/// What the nodes show now.
#[derive(Default, PartialEq)]
struct Shown {
    author: Option<Author>,
    words: Option<(Standing, Body, Option<String>)>,
    badges: (Option<String>, bool, Standing, Option<Time>, [bool; 4], bool, bool),
    actions: Option<[bool; 6]>,
    tally: Option<Tally>,
    created: Option<Time>,
    open: Open,
    folded: bool,
}

impl Parts {
    fn new(scene: &Scene, key: CommentKey, depth: usize, fragment: &str) -> Self {
        let fold = button("fold", "data-do", "fold");
        let fold = fold.part("fold").child(icon(icon::FOLD));
        let author = el("span").class("by").attr("id", &[fragment, "-by"].concat());
        let time = el("a").class("time").part("permalink").attr("id", &[fragment, "-at"].concat());
        // Where no time is told.
        time.set_text("#");
        time.set("href", &[&scene.address, "#", fragment].concat());
        let badges = el("span").class("badges");
        let head = el("header").child(fold.clone()).child(author.clone());
        if depth > scene.discussion.deepest()
            && let Some(parent) = scene.discussion.parent(key)
        {
            let name = scene.discussion.peek(parent).map(|parent| name(scene, &parent.author));
            let words = scene.text.fill("in-reply-to", &name.unwrap_or_default());
            let parent = [&scene.address, "#", &scene.discussion.fragment(parent)].concat();
            head.add(el("a").class("quiet").attr("href", &parent).text(&words));
        }
        Self {
            head: head.child(time.clone()).child(badges.clone()),
            fold,
            author,
            time,
            badges,
            long: button("plain long", "data-do", "long")
                .attr("aria-expanded", "false")
                .text(&scene.text.say("long-more")),
            words: el("div").class("words").part("body").attr("dir", "auto"),
            actions: el("footer").class("actions").part("actions"),
            opened: el("div").class("opened"),
            opened_owner: Owner::current().unwrap_or_default().child(),
            shown: RefCell::default(),
        }
    }

    fn paint(&self, scene: &Scene, key: CommentKey, comment: &Comment) {
        let mut shown = self.shown.borrow_mut();
        if shown.author.as_ref() != Some(&comment.author) {
            self.paint_author(scene, comment);
            self.paint_fold(scene, comment, scene.discussion.is_folded(key));
            shown.author = Some(comment.author.clone());
        }
        if shown.created != comment.created {
            shown.created = comment.created;
            self.paint_time(scene, comment);
        }
        let words = (comment.standing, comment.body.clone(), comment.language.clone());
        if shown.words.as_ref() != Some(&words) {
            self.paint_words(scene, comment);
            shown.words = Some(words);
        }
        let folded = scene.discussion.is_folded(key);
        let origin = scene.discussion.origin(key);
        let badges = (
            origin.clone(),
            comment.author.staff,
            comment.standing,
            comment.edited,
            [
                comment.pinned,
                comment.closed,
                scene.discussion.is_new(comment),
                comment.author.is_mixed(),
            ],
            comment.unsent,
            folded,
        );
        if shown.badges != badges || folded {
            self.paint_badges(
                scene,
                comment,
                origin,
                folded.then(|| scene.discussion.reply_count(key)),
            );
            shown.badges = badges;
        }
        let open = scene.discussion.open(key);
        if shown.folded != folded || shown.open != open {
            shown.folded = folded;
            self.paint_fold(scene, comment, folded);
            let replaced = matches!(open, Open::Edit | Open::Delete);
            self.words.toggle("hidden", folded || replaced);
            self.actions.toggle("hidden", folded || open == Open::Delete);
            self.opened.toggle("hidden", folded);
        }
        self.paint_actions(scene, key, comment, &mut shown);
        if shown.open != open {
            shown.open = open;
            self.paint_opened(scene, key, open);
        }
    }

    fn paint_author(&self, scene: &Scene, comment: &Comment) {
        let author = &comment.author;
        let initials = author.initials(grapheme);
        let avatar = el("span").class("avatar").part("avatar").attr("aria-hidden", "true");
        let avatar = avatar.text(if initials.is_empty() { "?" } else { &initials });
        let _ = avatar.html().style().set_property("--hue", &digits(author.hue().into()));
        if let Some(image) = author.image.as_ref().filter(|i| address::allows(&scene.avatars, i)) {
            avatar.add(body::picture(image, ""));
        }
        // Names are isolated: they may be written in the other direction.
        let said = el("bdi");
        body::show_name(&scene.text, &scene.images, &said, &name(scene, author), &comment.body);
        let shown = match &author.url {
            Some(url) => {
                let anchor = el("a").child(said);
                body::link(&anchor, url);
                anchor
            }
            None => said,
        };
        self.author.clear();
        self.author.add(avatar);
        self.author.add(shown.class("name").part("author"));
    }

    fn paint_time(&self, scene: &Scene, comment: &Comment) {
        let Some(created) = comment.created else { return };
        self.time.clear();
        self.time.add(moment(scene, created));
    }

    fn paint_words(&self, scene: &Scene, comment: &Comment) {
        // Whoever is read to hears it in its own language (WCAG 2.2, 3.1.2).
        match &comment.language {
            Some(language) => self.words.set("lang", language),
            None => self.words.toggle("lang", false),
        }
        match comment.standing {
            Standing::Deleted => self.say_instead(&scene.text.say("deleted")),
            Standing::Hidden => self.say_instead(&scene.text.say("hidden")),
            _ => body::show(&scene.text, &scene.images, &self.words, &comment.body),
        }
        // The button beside it shows itself (style/widget.css).
        let (long, uncut) = (is_long(comment), self.words.node().has_attribute("data-uncut"));
        self.words.toggle("data-cut", long && !uncut);
        self.words.toggle("data-uncut", long && uncut);
    }

    fn say_instead(&self, words: &str) {
        self.words.clear();
        self.words.add(el("p").class("quiet").child(el("em").text(words)));
    }

    fn paint_badges(
        &self,
        scene: &Scene,
        comment: &Comment,
        origin: Option<String>,
        folded: Option<usize>,
    ) {
        let text = &scene.text;
        self.badges.clear();
        let badge = |class: &str, words: &str| self.badges.add(el("span").class(class).text(words));
        if let Some(origin) = origin {
            let here = origin.is_empty();
            let words = if here { text.say("via-here") } else { text.fill("via", &origin) };
            badge("quiet origin", &words);
        }
        if comment.author.staff {
            badge("badge", &text.say("staff"));
        }
        if comment.author.is_mixed() {
            badge("quiet", &text.say("mixed"));
        }
        if scene.discussion.is_new(comment) {
            badge("badge new", &text.say("new"));
        }
        if comment.pinned {
            badge("badge", &text.say("pinned"));
        }
        if comment.closed {
            badge("badge", &text.say("thread-closed"));
        }
        match comment.standing {
            Standing::Pending => badge("badge", &text.say("pending")),
            Standing::Spam => badge("badge", &text.say("spam")),
            _ => {}
        }
        if comment.unsent {
            badge("quiet", &text.say("sending"));
        } else if let Some(edited) = comment.edited {
            self.badges.add(el("span").class("quiet").text(&text.say("edited")));
            self.badges.add(moment(scene, edited).class("quiet"));
        }
        match folded {
            Some(0) => badge("quiet", &text.say("comment-folded")),
            Some(replies) => badge("quiet", &text.count("replies-folded", replies)),
            None => {}
        }
    }

    fn paint_fold(&self, scene: &Scene, comment: &Comment, folded: bool) {
        let sentence = if folded { "unfold" } else { "fold" };
        self.fold.set("aria-label", &scene.text.fill(sentence, &name(scene, &comment.author)));
        self.fold.state("aria-expanded", !folded);
    }

    fn paint_actions(&self, scene: &Scene, key: CommentKey, comment: &Comment, shown: &mut Shown) {
        let offers = scene.discussion.offers(Some(key));
        let there = comment.standing == Standing::Published;
        let rights = scene.discussion.rights(key, comment);
        let votes = there && comment.tally.is_some() && (offers.upvote || offers.downvote);
        let reply = there && offers.create && !scene.discussion.is_closed(key);
        let elsewhere = comment.url.as_deref().filter(|_| there && !offers.create);
        let branch =
            scene.discussion.only() != Some(key) && scene.discussion.reply_count(key) >= BRANCH;
        let actions = [votes, reply, rights.edit, rights.delete, elsewhere.is_some(), branch];
        let about = || self.about(scene, comment);
        if shown.actions != Some(actions) {
            shown.actions = Some(actions);
            let had_focus = self.actions.has_focus();
            self.actions.clear();
            if votes {
                self.actions.add(vote_buttons(scene, offers));
                shown.tally = None;
            }
            for (has, verb, named) in [
                (reply, "reply", scene.text.fill("reply-to", &about())),
                (rights.edit, "edit", scene.text.fill("edit-of", &about())),
                (rights.delete, "delete", scene.text.fill("delete-of", &about())),
                (branch, "only", scene.text.fill("only-of", &about())),
            ] {
                if has {
                    let button = button("plain", "data-do", verb);
                    self.actions.add(button.attr("aria-label", &named).text(&scene.text.say(verb)));
                }
            }
            // Votes that can only be given over there are told.
            let told = comment.tally.map_or(0, |tally| tally.up).try_into().unwrap_or(0);
            if there && !votes && told > 0 {
                let words = scene.text.count("votes", told);
                self.actions.add(el("span").class("quiet").text(&words));
            }
            if let Some(address) = elsewhere {
                let words = scene.text.fill("reply-on", &scene.discussion.title(Some(key)));
                let anchor = el("a").class("plain").text(&words);
                body::link(&anchor, address);
                self.actions.add(anchor);
            }
            if had_focus {
                // The button that had it is gone; the focus stays in the comment.
                self.fold.focus();
            }
        }
        if let Some(tally) = comment.tally.filter(|tally| votes && shown.tally != Some(*tally)) {
            paint_votes(scene, &self.actions, tally, shown.tally);
            shown.tally = Some(tally);
        }
    }

    /// What tells this comment from others in the name of a button.
    fn about(&self, scene: &Scene, comment: &Comment) -> String {
        let time = self.time.node().text_content().unwrap_or_default();
        [&name(scene, &comment.author), ", ", &time].concat()
    }
}

impl Parts {
    fn paint_opened(&self, scene: &Scene, key: CommentKey, open: Open) {
        let had_focus = self.opened.has_focus();
        self.opened_owner.cleanup();
        self.opened.clear();
        match open {
            Open::Nothing => {
                if had_focus {
                    let button = self.actions.find("[data-do=reply], [data-do=edit]");
                    button.as_ref().unwrap_or(&self.fold).focus();
                }
            }
            // What deletes is here.
            Open::Delete => writing::offer_undo(scene, &self.opened),
            Open::Reply | Open::Edit => {
                let editing = open == Open::Edit;
                let props = ComposerProps { scene: scene.clone(), place: Some(key), editing };
                let composer = self.opened_owner.with(|| Composer(props));
                self.opened.add(composer.clone());
                let quiet = scene.discussion.opened_quietly(key);
                if let Some(field) = composer.find("textarea").filter(|_| !quiet) {
                    field.focus();
                }
            }
        }
    }
}

fn is_long(comment: &Comment) -> bool {
    let there = !matches!(comment.standing, Standing::Deleted | Standing::Hidden);
    there && comment.body.text.len() > LONG
}

/// When something happened, as it is said now.
fn moment(scene: &Scene, at: Time) -> El {
    let time =
        el("time").attr("datetime", &machine(at)).attr("data-at", &Value::number(at.0).write());
    time.text(&scene.text.ago(at, now()))
}

fn name(scene: &Scene, author: &Author) -> String {
    scene.text.called(&author.name)
}
