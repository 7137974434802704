//! What a reader does, and what must come of it. One file for each part of the widget.

mod driver;

use crate::suite::Scenario;

/// All scenarios, in the order they are played.
pub fn all() -> Vec<Scenario> {
    [driver::SCENARIOS].concat()
}
