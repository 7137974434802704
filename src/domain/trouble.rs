//! What went wrong, as the reader is told. Details for the developer go to the console.

/// What a reader can be told about a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// This device has no network.
    NoNetwork,
    /// No answer came: a wrong address, or an endpoint that does not allow this page.
    Offline,
    /// No answer within the time limit.
    Slow,
    /// The endpoint said no and gave its reason in words.
    Refused { reason: String },
    /// The viewer may not do this.
    NotAllowed,
    /// The server, or a firewall before it, refused in words for machines.
    Blocked,
    /// The viewer has to sign in first.
    SignIn,
    /// Too many requests; seconds to wait, where the endpoint said.
    TooFast { wait: Option<u32> },
    /// The endpoint says, in its own words, that it has this already.
    Duplicate { reason: String },
    /// The discussion or the comment is not there.
    Gone,
    /// Nobody may write here any more.
    Closed,
    /// The endpoint failed on its own side.
    Broken { status: u16 },
    /// The answer was not what the profile says.
    Unreadable,
    /// The widget itself could not be fetched whole: its files were exchanged since the page was loaded.
    Outdated,
    /// The page's author has something to mend; the console says what.
    Misconfigured,
}
