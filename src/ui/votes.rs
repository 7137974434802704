//! Votes of one comment.

use crate::domain::offers::Offers;
use crate::domain::vote::{Tally, Vote};
use crate::json::Value;
use crate::ui::Scene;
use crate::ui::el::{El, button, el};
use crate::ui::icon::{self, icon};

/// Buttons for the votes a service offers.
pub(super) fn vote_buttons(scene: &Scene, offers: Offers) -> El {
    let votes = el("span").class("votes").part("votes");
    let button = |verb: &str, path: &'static str| {
        let button = button("vote", "data-do", verb);
        // The space keeps the number apart from the words in the name of the button.
        let words = el("span").class("unseen").text(&[&scene.text.say(verb), " "].concat());
        button.attr("aria-pressed", "false").child(icon(path)).child(words).child(el("b"))
    };
    if offers.upvote {
        votes.add(button("upvote", icon::UP));
    }
    if offers.downvote {
        votes.add(button("downvote", icon::DOWN));
    }
    votes
}

/// Shows the tally in the buttons. Fresh ones show nothing, as a tally without votes does.
pub(super) fn paint_votes(scene: &Scene, actions: &El, tally: Tally, before: Option<Tally>) {
    let before = before.unwrap_or(Tally { up: 0, down: Some(0), mine: Vote::None });
    for (verb, vote, count, shown) in [
        ("upvote", Vote::Up, tally.up, before.up),
        ("downvote", Vote::Down, tally.down.unwrap_or(0), before.down.unwrap_or(0)),
    ] {
        let pressed = tally.mine == vote;
        if count == shown && pressed == (before.mine == vote) {
            continue;
        }
        let Some(button) = actions.find(&["[data-do=", verb, "]"].concat()) else { continue };
        if let Some(number) = button.find("b") {
            let said = if count == 0 {
                String::new()
            } else {
                scene.text.number(&Value::number(count).write())
            };
            number.set_text(&said);
        }
        button.state("aria-pressed", pressed);
    }
}
