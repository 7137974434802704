//! Browser tests: Chromium over its debugging protocol, Firefox over WebDriver BiDi, both and WebKit over WebDriver,
//! host pages made on the spot, real servers.
//!
//! A scenario gets a [`World`] and asks it for pages, sites and servers. Everything it started ends
//! with it. It waits for conditions, never for durations.

pub mod bench;
pub mod cdp;
mod chrome;
mod dice;
mod emulate;
pub mod engines;
mod faulty;
mod firefox;
mod generators;
mod input;
mod log;
mod native;
mod page;
pub mod paths;
mod process;
pub mod scenarios;
mod servers;
mod services;
pub mod shots;
mod site;
pub mod suite;
mod world;

pub use emulate::Screen;
pub use faulty::{Fault, Faulty};
pub use log::Request;
pub use native::{Native, NativeOptions};
pub use page::Page;
pub use servers::Isso;
pub use services::Service;
pub use site::{Ask, Reply, Running, Site};
pub use world::World;
