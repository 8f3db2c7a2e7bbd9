//! Blocks of more than 64 KiB: one cache for all threads, limited in bytes. What was not used for longest leaves it first.

use super::system;
use parking_lot::Mutex;
use std::collections::{BTreeMap, VecDeque};
use std::ptr::NonNull;
use std::sync::OnceLock;

struct Free {
    ptr: NonNull<u8>,
    /// When it was freed, in frees.
    time: u64,
}

// SAFETY: a free block belongs to nobody.
unsafe impl Send for Free {}

struct Cache {
    bytes: usize,
    /// Bytes of blocks in use.
    used: usize,
    clock: u64,
    /// Free blocks by their size, those freed last at the back.
    free: BTreeMap<usize, VecDeque<Free>>,
}

static CACHE: Mutex<Cache> = Mutex::new(Cache { bytes: 0, used: 0, clock: 0, free: BTreeMap::new() });

impl Cache {
    /// Takes out the block that was freed first.
    fn oldest(&mut self) -> Option<(NonNull<u8>, usize)> {
        let (&size, _) = self.free.iter().filter(|(_, l)| !l.is_empty()).min_by_key(|(_, l)| l[0].time)?;
        let block = self.free.get_mut(&size)?.pop_front()?;
        self.bytes -= size;
        Some((block.ptr, size))
    }

    /// Takes out old blocks until at most `limit` bytes are left.
    fn shrink(&mut self, limit: usize) -> Vec<(NonNull<u8>, usize)> {
        let mut out = Vec::new();
        while self.bytes > limit
            && let Some(block) = self.oldest()
        {
            out.push(block);
        }
        out
    }
}

/// What the process may use, and how much of it may be kept for reuse.
fn limits() -> (usize, usize) {
    static LIMITS: OnceLock<(usize, usize)> = OnceLock::new();
    *LIMITS.get_or_init(|| {
        let memory = system::memory();
        let asked = std::env::var("WENGERT_CACHE_MB").ok().and_then(|s| s.trim().parse::<usize>().ok());
        (memory, asked.map_or(memory / 2, |mb| mb.saturating_mul(1 << 20)))
    })
}

fn unmap(blocks: Vec<(NonNull<u8>, usize)>) {
    for (ptr, size) in blocks {
        // SAFETY: a block that was in the cache and is in no list any more.
        unsafe { system::unmap(ptr, size) };
    }
}

/// A block of exactly this size; `None` if there is no memory.
pub(super) fn take(size: usize) -> Option<NonNull<u8>> {
    let excess = {
        let mut cache = CACHE.lock();
        cache.used += size;
        if let Some(list) = cache.free.get_mut(&size)
            && let Some(block) = list.pop_back()
        {
            cache.bytes -= size;
            return Some(block.ptr);
        }
        // Before the machine runs short, what is kept for nothing goes back: the kernel does not refuse memory, it kills.
        let room = (limits().0 / 8 * 7).saturating_sub(cache.used);
        cache.shrink(room)
    };
    unmap(excess);
    let block = system::map(size).or_else(|| {
        super::empty_cache();
        system::map(size)
    });
    if block.is_none() {
        CACHE.lock().used -= size;
    }
    block
}

/// Takes back a block.
///
/// # Safety
/// It came from [`take`] with this size, and nobody uses it any more.
pub(super) unsafe fn put(ptr: NonNull<u8>, size: usize) {
    let excess = {
        let mut cache = CACHE.lock();
        cache.used -= size;
        cache.bytes += size;
        cache.clock += 1;
        let time = cache.clock;
        cache.free.entry(size).or_default().push_back(Free { ptr, time });
        let limit = limits().1;
        if cache.bytes > limit { cache.shrink(limit) } else { Vec::new() }
    };
    unmap(excess);
}

/// Bytes kept for reuse.
pub(super) fn cached() -> usize {
    CACHE.lock().bytes
}

/// Gives all that is kept back to the system.
pub(super) fn release() {
    let all = CACHE.lock().shrink(0);
    unmap(all);
}
