//! What a reader does, and what must come of it. One file for each part of the widget.

mod a11y;
mod addresses;
mod bodies;
pub(crate) mod common;
mod composer;
mod counts;
mod differential;
mod driver;
mod embed;
mod faults;
mod finding;
mod following;
mod gallery;
mod hostile;
mod hosts;
mod inherited;
mod isso;
mod keyboard;
mod keys;
mod languages;
mod long;
mod looks;
mod native;
mod outbox;
mod page_side;
mod palettes;
mod parts;
mod pictures;
mod policy;
mod router;
mod second_judge;
mod services;
mod sources;
mod trials;

pub use a11y::pictures;

use crate::suite::Scenario;

/// Those whose services take minutes to install; `--quick` leaves them out.
pub const HEAVY: &[&str] =
    &["services_waline", "services_django", "services_wordpress", "trials_lost_answers_wordpress"];

/// All scenarios, in the order they are played.
pub fn all() -> Vec<Scenario> {
    [
        driver::SCENARIOS,
        embed::SCENARIOS,
        addresses::SCENARIOS,
        parts::SCENARIOS,
        native::SCENARIOS,
        isso::SCENARIOS,
        composer::SCENARIOS,
        finding::SCENARIOS,
        following::SCENARIOS,
        long::SCENARIOS,
        a11y::SCENARIOS,
        second_judge::SCENARIOS,
        keyboard::SCENARIOS,
        keys::SCENARIOS,
        inherited::SCENARIOS,
        page_side::SCENARIOS,
        router::SCENARIOS,
        counts::SCENARIOS,
        palettes::SCENARIOS,
        looks::SCENARIOS,
        languages::SCENARIOS,
        sources::SCENARIOS,
        services::SCENARIOS,
        hosts::SCENARIOS,
        pictures::SCENARIOS,
        bodies::SCENARIOS,
        policy::SCENARIOS,
        hostile::SCENARIOS,
        differential::SCENARIOS,
        faults::SCENARIOS,
        outbox::SCENARIOS,
        trials::SCENARIOS,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_fault_has_its_row() {
        for number in 1..=48 {
            let row = format!("F{number:02}_");
            assert!(
                super::all().iter().any(|(name, _)| name.starts_with(&row)),
                "{row} is missing"
            );
        }
    }
}
