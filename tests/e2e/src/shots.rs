//! Pictures of the demo for the README: phone and desktop, light and dark.

use std::path::Path;

use anyhow::Result;

use crate::native::{Native, NativeOptions};
use crate::world::World;
use crate::{Page, Screen};

/// Small enough that four of them weigh little, large enough to read.
const SCREENS: &[(&str, Screen)] = &[
    ("desktop", Screen { width: 960, height: 720, scale: 1.0, mobile: false }),
    ("phone", Screen { width: 390, height: 760, scale: 1.0, mobile: true }),
];

/// Writes `demo-desktop-light.png` and its three sisters into a folder.
///
/// Needs the built widget and the built server.
pub fn take(folder: &Path) -> Result<()> {
    let server = Native::start(&NativeOptions { demo: true, ..NativeOptions::default() })?;
    let world = World::open()?;
    for &(size, screen) in SCREENS {
        for scheme in ["light", "dark"] {
            let page = world.page()?;
            page.screen(screen)?;
            page.media(&[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")])?;
            page.goto(&server.url)?;
            show_discussion(&page)?;
            let file = folder.join(format!("demo-{size}-{scheme}.png"));
            page.screenshot(&file, false)?;
            println!("{} {} bytes", file.display(), std::fs::metadata(&file)?.len());
        }
    }
    Ok(())
}

/// Scrolls to the widget and waits until it has read its comments and stands still.
fn show_discussion(page: &Page) -> Result<()> {
    page.eval("deep('jaw-jaw').scrollIntoView({ behavior: 'instant' })")?;
    page.wait("deep('jaw-jaw', 'article, [role=article]')")?;
    page.eval("deep('jaw-jaw').scrollIntoView({ behavior: 'instant' })")?;
    page.wait("document.fonts.ready.then(() => document.getAnimations().length === 0)").map(drop)
}
