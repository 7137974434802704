//! The memory of the program: a library's allocator (TLSF, two-level segregated fit), which weighs a third of
//! the standard library's own and takes constant time.

use rlsf::{GlobalTlsf, GlobalTlsfOptions};

struct Small;

impl GlobalTlsfOptions for Small {
    // 800 bytes, for what is grown in place.
    const ENABLE_REALLOCATION: bool = false;
}

#[global_allocator]
static MEMORY: GlobalTlsf<Small> = GlobalTlsf::new();
