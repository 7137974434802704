/// A browser runs this module in one thread, so there is nothing to compare.
mod thread {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ThreadId;

    pub struct Thread;

    impl Thread {
        pub fn id(&self) -> ThreadId {
            ThreadId
        }
    }

    pub fn current() -> Thread {
        Thread
    }
}
use thread::ThreadId;
