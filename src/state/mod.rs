//! What is on the screen: reactive, and without a DOM.

mod alone;
mod arrival;
pub mod discussion;
mod drafts;
pub mod entry;
pub mod finding;
pub mod live;
pub mod load;
pub mod memory;
pub mod news;
pub mod outbox;
mod replies;
pub mod sources;
pub mod view;
mod votes;
pub mod writing;
