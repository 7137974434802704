//! What stands where comments would: waiting, empty, trouble.

use crate::domain::trouble::Trouble;
use crate::ui::Scene;
use crate::ui::el::{El, button, el};

/// Grey bars in the shape of comments, and the words for those who do not see them.
pub fn waiting(scene: &Scene, slow: bool) -> El {
    let words = scene.text.say(if slow { "slow" } else { "waiting" });
    let bones = el("div").class("bones").attr("aria-hidden", "true");
    for _ in 0..3 {
        bones.add(el("div").class("bone"));
    }
    let said = el("p").class(if slow { "quiet" } else { "unseen" }).text(&words);
    el("div").class("waiting").child(said).child(bones)
}

/// A plain sentence in a frame.
pub fn notice(words: &str) -> El {
    el("p").class("notice").part("notice").text(words)
}

/// A trouble and a way to try again.
pub fn failed(scene: &Scene, trouble: &Trouble) -> El {
    trouble_box(scene, &scene.text.say("failed"), trouble)
}

/// The same where only one service of several failed.
pub fn failed_part(scene: &Scene, title: &str, trouble: &Trouble) -> El {
    trouble_box(scene, &scene.text.fill("failed-part", title), trouble)
}

fn trouble_box(scene: &Scene, title: &str, trouble: &Trouble) -> El {
    let words = el("p").text(&scene.text.explain(trouble));
    let title = el("p").child(el("strong").text(title));
    let retry = button("button", "data-do", "retry");
    let retry = retry.text(&scene.text.say("retry"));
    el("div")
        .class("notice failed")
        .part("notice")
        .attr("role", "alert")
        .child(title)
        .child(words)
        .child(retry)
}
