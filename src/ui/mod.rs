//! Views: props in, nodes out. Every component gives an [`el::El`], so that Leptos has one kind of
//! view to know (docs/size.md says what that saves).

pub mod body;
pub mod branch;
pub mod comment;
pub mod composer;
pub mod el;
pub mod finding;
pub mod following;
pub mod icon;
pub mod linked_data;
pub mod notice;
pub mod palette;
pub mod rating;
pub mod space;
pub mod thread;
pub mod thread_list;
mod votes;
pub mod widget;
pub mod writing;

use std::cell::OnceCell;
use std::rc::{Rc, Weak};

use leptos::prelude::Owner;
use leptos::reactive::owner::WeakOwner;

use crate::state::discussion::Discussion;
use crate::text::Text;
use crate::ui::branch::Branch;
use crate::ui::el::El;

/// What every view needs; handed down as a prop.
#[derive(Clone)]
pub struct Scene {
    pub discussion: Discussion,
    pub text: Text,
    /// The page's address when the widget was mounted, without its fragment.
    pub address: Rc<str>,
    /// From which hosts the page's owner allows images in comments, and pictures of their authors
    /// ([`crate::domain::address::allows`]).
    pub images: Rc<str>,
    pub avatars: Rc<str>,
    pub unsent: Unsent,
    /// The list of all threads.
    pub threads: Rc<OnceCell<Weak<Branch>>>,
}

/// Where the outbox is shown, once there is one or something could come into it.
#[derive(Clone, Default)]
pub struct Unsent(Rc<OnceCell<(El, Option<WeakOwner>)>>);

impl Unsent {
    /// An empty place for it, under the present owner.
    pub fn place(&self) -> El {
        let place = el::el("section").class("outbox").part("outbox").attr("hidden", "");
        let owner = Owner::current().map(|owner| owner.downgrade());
        let _ = self.0.set((place.clone(), owner));
        place
    }

    /// The owner of the widget, as long as there is one.
    pub fn owner(&self) -> Option<Owner> {
        self.0.get()?.1.as_ref()?.upgrade()
    }
}
