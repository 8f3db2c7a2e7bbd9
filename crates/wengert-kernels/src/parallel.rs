//! The one seam to threads. Work is cut by size alone, so no result can depend on how many threads there are.

use parking_lot::RwLock;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

static THREADS: AtomicUsize = AtomicUsize::new(0);
static POOL: RwLock<Option<Arc<rayon::ThreadPool>>> = RwLock::new(None);

/// How many threads kernels may use: what [`set_num_threads`] said, else `WENGERT_NUM_THREADS`, else what the machine
/// and its cgroup quota give.
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

/// Sets the number of threads (at least 1) for all later work.
pub fn set_num_threads(n: usize) {
    THREADS.store(n.max(1), Ordering::Relaxed);
}

fn pool(n: usize) -> Arc<rayon::ThreadPool> {
    if let Some(p) = &*POOL.read()
        && p.current_num_threads() == n
    {
        return p.clone();
    }
    let p = Arc::new(
        rayon::ThreadPoolBuilder::new()
            .num_threads(n)
            .thread_name(|i| format!("wengert-{i}"))
            .build()
            .expect("the system refuses to start threads"),
    );
    *POOL.write() = Some(p.clone());
    p
}

/// Calls `f(0)`, ..., `f(n - 1)`, each once, in any order and on any thread. `f` must not depend on the order.
///
/// A call from within another `for_each` runs its pieces in place. Cut work so that one piece costs ten microseconds or more.
pub fn for_each(n: usize, f: impl Fn(usize) + Sync) {
    each(n, &f);
}

/// Not generic: the pool's machinery is compiled once and not for every loop.
fn each(n: usize, f: &(dyn Fn(usize) + Sync)) {
    let threads = num_threads().min(n);
    if threads <= 1 || rayon::current_thread_index().is_some() {
        for i in 0..n {
            f(i);
        }
        return;
    }
    let next = AtomicUsize::new(0);
    pool(num_threads()).broadcast(|_| {
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            if i >= n {
                break;
            }
            f(i);
        }
    });
}

/// Cuts `0..n` into pieces of `grain` (the last may be shorter) and calls `f(start, end)` for each, as [`for_each`] does.
pub fn for_ranges(n: usize, grain: usize, f: impl Fn(usize, usize) + Sync) {
    let grain = grain.max(1);
    each(n.div_ceil(grain), &|i| f(i * grain, ((i + 1) * grain).min(n)));
}
