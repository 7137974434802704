//! How a service tells what has changed since a discussion was read.

use crate::domain::decimal;
use crate::profile::Profile;
use crate::profile::expression::{Answer, Scope};
use crate::profile::read::Found;
use crate::profile::template::{self, Variables};

/// Seconds between two looks at a service that does not say how often.
const LOOK_EVERY: u32 = 60;

impl Profile {
    /// The address of the service's stream of events (HTML §9.2), where it has one.
    pub fn events(&self, variables: &Variables) -> Option<String> {
        let href = self.at("/live/href")?.as_str()?;
        let whole = template::needed(href).iter().all(|name| variables.get(name).is_some());
        whole.then(|| template::expand(href, variables))
    }

    /// The comment that the data of an event holds. `None`: all that is known is that something changed.
    pub fn heard(&self, answer: &Answer) -> Option<Found> {
        let item = Scope::whole(answer).find(self.at("/live/comment")?)?;
        self.comment(&item, answer, None).ok()
    }

    /// How many comments there are, where the data of an event says that.
    pub fn heard_total(&self, answer: &Answer) -> Option<u32> {
        let total = Scope::whole(answer).text(self.at("/live/total"))?;
        decimal::whole(&total).and_then(|total| u32::try_from(total).ok())
    }

    /// Seconds between two looks where there is no stream; `None` if the service must not be looked at by
    /// itself, or never changes.
    pub fn looks_every(&self) -> Option<u32> {
        if self.script().is_some() {
            return None;
        }
        let told = self.at("/live/seconds").and_then(|told| told.as_text()?.parse().ok());
        Some(told.unwrap_or(LOOK_EVERY)).filter(|seconds| *seconds > 0)
    }
}
