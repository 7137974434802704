//! What the nouns share: reading requests, refusing them, changing once, answering.

pub(crate) mod address;
pub(crate) mod ask;
pub(crate) mod border;
pub(crate) mod change;
pub(crate) mod page;
pub(crate) mod problem;
pub(crate) mod secret;
pub(crate) mod shown;
pub(crate) mod strict;
pub(crate) mod watch;
