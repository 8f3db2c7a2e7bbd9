//! The one seam to threads. Work is cut by size alone, so no result can depend on how many threads there are.

mod pool;

use std::sync::atomic::{AtomicUsize, Ordering};

static THREADS: AtomicUsize = AtomicUsize::new(0);

/// How many threads kernels may use, the calling one included: what [`set_num_threads`] said, else `WENGERT_NUM_THREADS`, else what the
/// machine and its cgroup quota give.
pub fn num_threads() -> usize {
    match THREADS.load(Ordering::Relaxed) {
        0 => {
            let n = std::env::var("WENGERT_NUM_THREADS")
                .ok()
                .and_then(|s| s.parse().ok())
                .filter(|&n| n > 0)
                .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, |n| n.get()));
            THREADS.store(n, Ordering::Relaxed);
            n
        }
        n => n,
    }
}

/// Sets the number of threads (at least 1) for all later work. Threads that are too many end when they have nothing to do.
pub fn set_num_threads(n: usize) {
    THREADS.store(n.max(1), Ordering::Relaxed);
    pool::resized();
}

/// Calls `f(0)`, ..., `f(n - 1)`, each once, in any order and on any thread. `f` must not depend on the order.
///
/// The calling thread takes part. A call from within another `for_each` runs its pieces in place. Cut work so that one piece costs ten
/// microseconds or more.
///
/// # Panics
/// If a piece does: with its message, after the other pieces.
pub fn for_each(n: usize, f: impl Fn(usize) + Sync) {
    each(n, &f);
}

/// Not generic: the pool's machinery is compiled once and not for every loop.
fn each(n: usize, f: &(dyn Fn(usize) + Sync)) {
    let threads = num_threads().min(n);
    if threads <= 1 || pool::inside() {
        for i in 0..n {
            f(i);
        }
    } else {
        pool::run(n, threads, f);
    }
}

/// Cuts `0..n` into pieces of `grain` (the last may be shorter) and calls `f(start, end)` for each, as [`for_each`] does.
pub fn for_ranges(n: usize, grain: usize, f: impl Fn(usize, usize) + Sync) {
    let grain = grain.max(1);
    each(n.div_ceil(grain), &|i| f(i * grain, ((i + 1) * grain).min(n)));
}
