//! jawjaw: a rating control and threaded comments for any blog.
//!
//! Imports go down only (`tests/floor_plan.rs` proves it; ARCHITECTURE.md says why):
//!
//! - [`element`] is the border with the page: one export, `mount`.
//! - [`ui`] is views, [`text`] is every sentence a reader can see.
//! - [`state`] is what is on the screen.
//! - [`endpoint`] is the only room with a network.
//! - [`profile`] reads and writes what services say, as data describes it.
//! - [`domain`] is what comments are; [`json`] is the ground under all of them.

pub mod domain;
pub mod element;
pub mod endpoint;
pub mod json;
pub mod profile;
pub mod state;
pub mod text;
pub mod ui;
