//! Tensor memory: aligned blocks that are kept for reuse, since fresh pages from the system cost more than arithmetic on them.

use parking_lot::Mutex;
use std::alloc::{self, Layout};
use std::collections::BTreeMap;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Blocks from this size on are kept for reuse; smaller ones are the general allocator's, which is good at them.
const CACHED_FROM: usize = 64 << 10;
/// Bytes kept at most.
const CACHE_LIMIT: usize = 1 << 30;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static CACHE: Mutex<Cache> = Mutex::new(Cache { bytes: 0, free: BTreeMap::new() });

struct Cache {
    bytes: usize,
    /// Free blocks by their size.
    free: BTreeMap<usize, Vec<Address>>,
}

struct Address(NonNull<u8>);
// SAFETY: a free block belongs to nobody.
unsafe impl Send for Address {}

/// An owned block of uninitialized memory; 64-byte aligned if it is 1 KiB or larger, else 16-byte aligned.
#[derive(Debug)]
pub struct Block {
    ptr: NonNull<u8>,
    size: usize,
}

// SAFETY: a block is plain memory with one owner.
unsafe impl Send for Block {}
// SAFETY: a block gives out raw pointers only.
unsafe impl Sync for Block {}

/// The size really allocated: at most an eighth more, so that blocks of like sizes can stand in for each other.
fn size_class(n: usize) -> usize {
    if n < CACHED_FROM {
        return n.next_multiple_of(16).max(16);
    }
    let step = (1usize << (usize::BITS - 1 - n.leading_zeros())) / 8;
    n.next_multiple_of(step)
}

fn layout(size: usize) -> Layout {
    let align = if size >= 1024 { 64 } else { 16 };
    Layout::from_size_align(size, align).expect("a tensor's size fits in the address space")
}

impl Block {
    /// At least `bytes` bytes, uninitialized; `None` if there is not so much memory.
    pub fn new(bytes: usize) -> Option<Block> {
        // Rust's own limit on the size of an object.
        if bytes > isize::MAX as usize / 2 {
            return None;
        }
        let size = size_class(bytes);
        let block = Block::of_class(size)?;
        let now = NOW.fetch_add(size, Ordering::Relaxed) + size;
        if now > PEAK.load(Ordering::Relaxed) {
            PEAK.fetch_max(now, Ordering::Relaxed);
        }
        Some(block)
    }

    fn of_class(size: usize) -> Option<Block> {
        if size >= CACHED_FROM {
            let mut cache = CACHE.lock();
            if let Some(list) = cache.free.get_mut(&size)
                && let Some(Address(ptr)) = list.pop()
            {
                cache.bytes -= size;
                return Some(Block { ptr, size });
            }
        }
        // SAFETY: the size is not zero.
        let ptr = unsafe { alloc::alloc(layout(size)) };
        Some(Block { ptr: NonNull::new(ptr)?, size })
    }

    /// Address of the first byte.
    #[inline]
    pub fn ptr(&self) -> *mut u8 {
        self.ptr.as_ptr()
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        NOW.fetch_sub(self.size, Ordering::Relaxed);
        if self.size >= CACHED_FROM {
            let mut cache = CACHE.lock();
            if cache.bytes + self.size <= CACHE_LIMIT {
                cache.bytes += self.size;
                cache.free.entry(self.size).or_default().push(Address(self.ptr));
                return;
            }
        }
        // SAFETY: allocated in `new` with the same layout.
        unsafe { alloc::dealloc(self.ptr.as_ptr(), layout(self.size)) }
    }
}

/// Bytes held by living tensors.
pub fn allocated() -> usize {
    NOW.load(Ordering::Relaxed)
}

/// The most bytes that were held at once since the start or [`reset_peak`].
pub fn peak() -> usize {
    PEAK.load(Ordering::Relaxed)
}

/// Starts [`peak`] anew from what is held now.
pub fn reset_peak() {
    PEAK.store(allocated(), Ordering::Relaxed);
}

/// Bytes kept for reuse.
pub fn cached() -> usize {
    CACHE.lock().bytes
}

/// Gives all kept memory back to the system.
pub fn empty_cache() {
    let free = {
        let mut cache = CACHE.lock();
        cache.bytes = 0;
        std::mem::take(&mut cache.free)
    };
    for (size, list) in free {
        for Address(ptr) in list {
            // SAFETY: allocated in `Block::new` with this size.
            unsafe { alloc::dealloc(ptr.as_ptr(), layout(size)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_at_most_an_eighth_larger() {
        for n in [1, 16, 17, 65536, 65537, 1_000_000, 40_000_000] {
            let c = size_class(n);
            assert!(c >= n && c <= n + n / 8 + 16, "{n} became {c}");
        }
    }

    #[test]
    fn a_large_block_comes_back_from_the_cache() {
        // A size that no other test uses.
        let n = 3_333_333;
        let first = Block::new(n).unwrap();
        let p = first.ptr();
        drop(first);
        assert_eq!(Block::new(n).unwrap().ptr(), p);
        assert!(Block::new(usize::MAX / 4).is_none());
    }
}
