//! Deferral: elementwise results that are computed when somebody needs their numbers.
//!
//! A large elementwise result is an *expression* first. A matrix product, `item`, printing, or a write to something that the
//! expression reads makes it numbers; a reduction or another elementwise operation takes it in and computes it tile by tile, without
//! storing it. So a chain of operations is one pass through memory, forward and backward. Values, errors and gradients are those of
//! immediate evaluation, bit for bit; only when the work is done differs.
//!
//! `WENGERT_DEFER=0` turns it off, and `WENGERT_DEFER=n` defers from `n` elements on.

use std::cell::Cell;
use std::sync::OnceLock;

pub use wengert_kernels::tile::counters::{Passes, passes};

/// Elements from which on results are deferred, if nothing else is said: below, the bookkeeping costs more than a pass through the cache.
pub const DEFAULT_FROM: usize = 32 * 1024;

/// Not yet read from the environment.
const UNKNOWN: usize = 0;
const NEVER: usize = usize::MAX;

thread_local! {
    static FROM: Cell<usize> = const { Cell::new(UNKNOWN) };
}

#[cold]
fn from_environment() -> usize {
    static FROM_ENVIRONMENT: OnceLock<usize> = OnceLock::new();
    let from = *FROM_ENVIRONMENT.get_or_init(|| match std::env::var("WENGERT_DEFER").as_deref() {
        Ok("0" | "off" | "false") => NEVER,
        Ok("1" | "on" | "true") | Err(_) => DEFAULT_FROM,
        Ok(n) => n.parse().unwrap_or(DEFAULT_FROM),
    });
    FROM.set(from);
    from
}

#[inline]
fn from() -> usize {
    match FROM.get() {
        UNKNOWN => from_environment(),
        n => n,
    }
}

/// Is a result of `numel` elements deferred on this thread?
#[inline]
pub fn defers(numel: usize) -> bool {
    numel >= from()
}

/// Deferral as it was before, until this is dropped.
#[must_use = "deferral is set back when the guard is dropped"]
#[derive(Debug)]
pub struct Guard {
    before: usize,
    /// The setting is of the thread, so the guard must not leave it.
    not_send: std::marker::PhantomData<*const ()>,
}

impl Guard {
    fn set(n: usize) -> Guard {
        let before = from();
        FROM.set(n);
        Guard { before, not_send: std::marker::PhantomData }
    }

    /// On this thread, defers results of `n` elements and more.
    pub fn from(n: usize) -> Guard {
        Guard::set(n.max(1))
    }

    /// On this thread, computes everything at once.
    pub fn off() -> Guard {
        Guard::set(NEVER)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        FROM.set(self.before);
    }
}

/// Runs `f` with every operation evaluated at once.
pub fn immediately<R>(f: impl FnOnce() -> R) -> R {
    let _off = Guard::off();
    f()
}
