//! How far reading has come.

use crate::domain::trouble::Trouble;

/// The state of a read that a reader waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load {
    /// Just asked: nothing is said yet, so that fast answers never flash a message.
    Waiting,
    /// It takes longer than [`SLOW_AFTER`].
    Slow,
    Ready,
    Failed(Trouble),
}

/// Milliseconds after which waiting is spoken of.
pub const SLOW_AFTER: u32 = 1_500;
