//! Views: props in, nodes out. Every component gives an [`el::El`], so that Leptos has one kind of
//! view to know (docs/size.md says what that saves).

pub mod body;
pub mod comment;
pub mod composer;
pub mod el;
pub mod icon;
pub mod notice;
pub mod rating;
pub mod thread;
pub mod thread_list;
pub mod widget;
pub mod writing;

use std::rc::Rc;

use crate::state::discussion::Discussion;
use crate::text::Text;

/// What every view needs; handed down as a prop.
#[derive(Clone)]
pub struct Scene {
    pub discussion: Discussion,
    pub text: Text,
    /// The page's address when the widget was mounted, without its fragment.
    pub address: Rc<str>,
}
