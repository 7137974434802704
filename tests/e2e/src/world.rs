//! What a scenario has at hand.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::cdp::Browser;
use crate::native::{Native, NativeOptions};
use crate::page::Page;
use crate::paths;
use crate::servers::Isso;
use crate::site::Site;

/// One browser, and everything a scenario may ask for.
pub struct World {
    browser: Browser,
    pages: RefCell<Vec<Page>>,
    quick: Cell<bool>,
}

impl World {
    /// Starts the browser.
    pub fn open() -> Result<Self> {
        let browser = Browser::launch()?;
        Ok(Self { browser, pages: RefCell::default(), quick: Cell::new(false) })
    }

    /// A tab of a visitor who was never here before.
    pub fn page(&self) -> Result<Page> {
        let page = Page::isolated(&self.browser)?;
        self.pages.borrow_mut().push(page.clone());
        Ok(page)
    }

    /// A host site that serves the built widget under `/w/`.
    pub fn site(&self) -> Site {
        Site::new().dir("/w/", &self.dist())
    }

    /// Our server with an empty database, for pages of the origins given.
    pub fn native(&self, origins: &[&str]) -> Result<Native> {
        let origins = origins.iter().map(|&origin| origin.to_owned()).collect();
        Native::start(&NativeOptions { origins, ..NativeOptions::default() })
    }

    /// A real Isso with an empty database, for pages of the origins given.
    pub fn isso(&self, origins: &[&str]) -> Result<Isso> {
        Isso::start(origins)
    }

    /// The browser itself, for what belongs to no page.
    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    /// The widget as shipped.
    pub fn dist(&self) -> PathBuf {
        paths::dist()
    }

    /// Whether to take fewer rounds where a scenario repeats itself.
    pub fn quick(&self) -> bool {
        self.quick.get()
    }

    pub(crate) fn set_quick(&self, quick: bool) {
        self.quick.set(quick);
    }

    /// Saves what the open pages show and said.
    pub(crate) fn save_pages(&self, folder: &Path, name: &str) -> Result<()> {
        std::fs::create_dir_all(folder)?;
        for (number, page) in self.pages.borrow().iter().enumerate() {
            std::fs::write(folder.join(format!("{name}-{number}.txt")), page.story()?)?;
            page.screenshot(&folder.join(format!("{name}-{number}.png")), false)?;
        }
        Ok(())
    }

    /// Closes the pages of the scenario that ended.
    pub(crate) fn close_pages(&self) {
        for page in self.pages.borrow_mut().drain(..) {
            // A page that crashed has nothing left to close.
            let _ = page.dispose();
        }
    }
}
