//! Tensor memory: aligned blocks that are kept for reuse, since fresh pages from the system cost more than arithmetic on them.
//!
//! Small blocks (up to 64 KiB) come from lists of the calling thread, without a lock; large ones from one cache for all threads, and
//! behind it from the kernel, in huge pages where that is possible. Sizes are rounded up to classes, at most an eighth above what was
//! asked for, and a free block stands in for any size of its class.
//!
//! Two variables of the environment are read at the first large block: `WENGERT_CACHE_MB`, the most that is kept for reuse (half of
//! the memory that the process may use, if it is not set), and `WENGERT_HUGE_PAGES=0`, which leaves the size of pages to the system.
//!
//! Files: `small.rs` the lists of threads, `large.rs` the cache, `system.rs` where both get memory from.

mod large;
mod small;
mod system;

use std::ptr::NonNull;
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering};

/// The largest size that is kept in lists of threads.
const SMALL: usize = 64 << 10;

/// Bytes of living blocks, but for what threads have not reported yet.
static NOW: AtomicIsize = AtomicIsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// An owned block of uninitialized memory, aligned to 64 bytes.
#[derive(Debug)]
pub struct Block {
    ptr: NonNull<u8>,
    size: usize,
}

// SAFETY: a block is plain memory with one owner.
unsafe impl Send for Block {}
// SAFETY: a block gives out raw pointers only.
unsafe impl Sync for Block {}

/// The size of a large block: at most an eighth more, so that blocks of like sizes can stand in for each other.
fn large_size(n: usize) -> usize {
    let step = (1usize << (usize::BITS - 1 - n.leading_zeros())) / 8;
    n.next_multiple_of(step)
}

impl Block {
    /// At least `bytes` bytes, uninitialized; `None` if there is not so much memory.
    #[inline]
    pub fn new(bytes: usize) -> Option<Block> {
        if bytes <= SMALL {
            let class = small::class_of(bytes);
            return Some(Block { ptr: small::take(class)?, size: small::size_of_class(class) });
        }
        Block::large(bytes)
    }

    fn large(bytes: usize) -> Option<Block> {
        // Rust's own limit on the size of an object.
        if bytes > isize::MAX as usize / 2 {
            return None;
        }
        let size = large_size(bytes);
        let ptr = large::take(size)?;
        // What this thread has not reported yet could be part of a peak.
        count(small::unreported() + size as isize);
        Some(Block { ptr, size })
    }

    /// Address of the first byte.
    #[inline]
    pub fn ptr(&self) -> *mut u8 {
        self.ptr.as_ptr()
    }

    /// How many bytes it has: what was asked for, rounded up.
    #[inline]
    pub fn size(&self) -> usize {
        self.size
    }
}

impl Drop for Block {
    #[inline]
    fn drop(&mut self) {
        if self.size <= SMALL {
            // SAFETY: the block came from `small::take` with this class, and nobody uses it any more.
            unsafe { small::put(self.ptr, small::class_of(self.size)) };
        } else {
            count(-(self.size as isize));
            // SAFETY: the block came from `large::take` with this size, and nobody uses it any more.
            unsafe { large::put(self.ptr, self.size) };
        }
    }
}

/// Adds to what is allocated.
fn count(bytes: isize) {
    let now = NOW.fetch_add(bytes, Ordering::Relaxed) + bytes;
    if bytes > 0 && now > PEAK.load(Ordering::Relaxed) as isize {
        PEAK.fetch_max(now as usize, Ordering::Relaxed);
    }
}

/// Bytes held by living blocks, rounded up as they are.
pub fn allocated() -> usize {
    (NOW.load(Ordering::Relaxed) + small::all_unreported()).max(0) as usize
}

/// The most bytes that were held at once since the start or [`reset_peak`].
///
/// Threads report small blocks in portions, so it may be too low by 64 KiB for each thread that holds tensors.
pub fn peak() -> usize {
    PEAK.load(Ordering::Relaxed).max(allocated())
}

/// Starts [`peak`] anew from what is held now.
pub fn reset_peak() {
    PEAK.store(allocated(), Ordering::Relaxed);
}

/// Bytes of free blocks that are kept for reuse, by the cache and by all threads.
pub fn cached() -> usize {
    large::cached() + small::cached()
}

/// Bytes that were ever obtained from the system (not from the cache). It grows as long as the cache is of no help.
pub fn system_bytes() -> usize {
    system::BYTES.load(Ordering::Relaxed)
}

/// How many times memory was obtained from the system.
pub fn system_allocations() -> usize {
    system::COUNT.load(Ordering::Relaxed)
}

/// Gives kept memory back to the system.
///
/// Only the small blocks in the lists of *other* threads stay (some megabytes at most for each): they are theirs without a lock.
pub fn empty_cache() {
    small::release();
    large::release();
    system::trim();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_at_most_an_eighth_larger() {
        for n in (0..SMALL).chain([SMALL]) {
            let class = small::class_of(n);
            let c = small::size_of_class(class);
            assert!(c >= n && c <= n + n / 8 + 64 && c.is_multiple_of(64), "{n} became {c}");
            assert!(class == 0 || small::size_of_class(class - 1) < n, "{n} fits in a smaller class");
            assert_eq!(small::class_of(c), class);
        }
        for n in [SMALL + 1, 100_000, 1_000_000, 40_000_000, 1 << 33] {
            let c = large_size(n);
            assert!(c >= n && c <= n + n / 8 && c.is_multiple_of(4096), "{n} became {c}");
            assert_eq!(large_size(c), c);
        }
    }

    #[test]
    fn a_block_comes_back_from_the_cache() {
        // Sizes that no other test uses.
        for n in [47_000, 3_333_333] {
            let first = Block::new(n).unwrap();
            let p = first.ptr();
            drop(first);
            assert_eq!(Block::new(n).unwrap().ptr(), p);
        }
        assert!(Block::new(usize::MAX / 4).is_none());
        // More than any machine has: the kernel refuses it, after the cache was emptied for it.
        assert!(Block::new(1 << 55).is_none());
    }

    #[test]
    fn blocks_are_aligned_and_apart() {
        let sizes = (0..2000).chain((2000..200_000).step_by(777)).chain([5 << 20, 9_000_001]);
        let blocks: Vec<Block> = sizes.map(|n| Block::new(n).unwrap()).collect();
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for b in &blocks {
            assert_eq!(b.ptr() as usize % 64, 0);
            // SAFETY: the block has that many bytes.
            unsafe { b.ptr().write_bytes(1, b.size()) };
            ranges.push((b.ptr() as usize, b.ptr() as usize + b.size()));
        }
        ranges.sort();
        assert!(ranges.windows(2).all(|w| w[0].1 <= w[1].0));
    }
}
