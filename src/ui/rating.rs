//! Stars to read and to give.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::domain::decimal::hundredths;
use crate::domain::rating::{Rating, Stars};
use crate::json::digits;
use crate::ui::Scene;
use crate::ui::el::{El, button, el};

/// The article's rating: what all readers gave, and the viewer's own, as native radio buttons.
#[component]
pub fn RatingControl(scene: Scene) -> El {
    let shown = el("div").class("rated");
    let mean = el("span").class("mean");
    let stars = el("span").class("stars").attr("role", "img");
    for _ in Stars::ALL {
        stars.add(el("span").class("star"));
    }
    let count = el("span").class("quiet");
    let spread = el("ul").class("spread").attr("role", "list");
    let give = give(&scene);
    let painted = (mean.clone(), stars.clone(), count.clone(), spread.clone());
    let rating = scene.discussion.rating();
    let line = el("div").class("line").child(mean).child(stars).child(count);
    let whole =
        el("section").class("rating").part("rating").attr("aria-label", &scene.text.say("rating"));
    whole.child(shown.child(line).child(spread)).child(give).bind(move |whole| {
        let Some(rating) = rating.get() else { return whole.toggle("hidden", true) };
        whole.toggle("hidden", false);
        let (mean, stars, count, spread) = &painted;
        let said = scene.text.number(&hundredths(rating.mean));
        mean.set_text(if rating.count == 0 { "" } else { &said });
        stars.set("aria-label", &scene.text.fill("of-five", &said));
        paint_stars(stars, rating.mean);
        count.set_text(&if rating.count == 0 {
            scene.text.say("unrated")
        } else {
            scene.text.count("ratings", rating.count as usize)
        });
        paint_spread(&scene, spread, &rating);
    })
}

fn paint_stars(stars: &El, mean: u32) {
    let children = stars.node().children();
    for place in 0..5 {
        let Some(star) = children.item(place) else { return };
        let filled = mean.saturating_sub(place * 1000).min(1000);
        let share = [&digits((filled / 10).into()), "%"].concat();
        let _ = El::of(star).html().style().set_property("--fill", &share);
    }
}

fn paint_spread(scene: &Scene, list: &El, rating: &Rating) {
    list.clear();
    list.toggle("hidden", rating.spread.is_none() || rating.count == 0);
    let Some(spread) = rating.spread else { return };
    for stars in Stars::ALL.into_iter().rev() {
        let count = spread[usize::from(stars.count()) - 1];
        let words = scene.text.count("stars", stars.count().into());
        let words = [&words, ": ", &scene.text.count("ratings", count as usize)].concat();
        let bar = el("span").class("bar").child(el("span").class("filled"));
        let share = [&digits((rating.share(stars) / 10).into()), "%"].concat();
        let _ = bar.html().style().set_property("--share", &share);
        let label = scene.text.number(&digits(stars.count().into()));
        let label = el("span").attr("aria-hidden", "true").text(&label);
        let number = el("span").class("quiet").attr("aria-hidden", "true");
        let number = number.text(&scene.text.number(&digits(count.into())));
        let words = el("span").class("unseen").text(&words);
        list.add(el("li").child(words).child(label).child(bar).child(number));
    }
}

/// The radio group. The browser gives it arrows, Space, Tab and touch.
fn give(scene: &Scene) -> El {
    let group = el("fieldset").class("give").part("rating-input");
    let group = group.child(el("legend").text(&scene.text.say("rate")));
    let row = el("div").class("choices");
    let mut inputs = Vec::new();
    for stars in Stars::ALL {
        let input = el("input").attr("type", "radio").attr("name", "stars").attr("data-do", "rate");
        let input = input.attr("value", &digits(stars.count().into()));
        inputs.push((stars, input.clone()));
        let words =
            el("span").class("unseen").text(&scene.text.count("stars", stars.count().into()));
        row.add(el("label").child(input).child(el("span").class("star")).child(words));
    }
    let back = button("plain", "data-do", "unrate");
    let back = back.text(&scene.text.say("unrate"));
    let (rating, discussion) = (scene.discussion.rating(), scene.discussion.clone());
    group.child(row).child(back.clone()).bind(move |group| {
        let mine = rating.get().and_then(|rating| rating.mine);
        let (rates, unrates) = discussion.rates();
        group.toggle("hidden", !rates);
        for (stars, input) in &inputs {
            input.node().unchecked_ref::<HtmlInputElement>().set_checked(mine == Some(*stars));
        }
        if mine.is_none() && back.has_focus() {
            // The button is about to go; the focus stays in the group.
            inputs[0].1.focus();
        }
        back.toggle("hidden", mine.is_none() || !unrates);
    })
}
