//! Storage: a block of memory, or the promise of one; and who wrote to it last.

use crate::error::{Error, Result};
use parking_lot::Mutex;
use std::cell::UnsafeCell;
use std::panic::Location;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use wengert_kernels::memory::Block;

/// Up to so many bytes are kept inside the storage itself.
const INLINE: usize = 32;

/// Memory shared by an array and its views.
///
/// It is *ready*, or *pending*: an expression that is evaluated when somebody needs the numbers (deferral).
#[derive(Debug)]
pub struct Storage {
    /// Null while pending; [`INSIDE`] if the bytes are `inline`; else the block's first byte.
    ptr: AtomicPtr<u8>,
    inline: UnsafeCell<[u64; INLINE / 8]>,
    /// Owns the memory behind `ptr`. Written once, before `ptr` says that it is there.
    block: UnsafeCell<Option<Block>>,
    /// What will fill the memory; taken when forced.
    pending: Mutex<Option<Box<dyn Pending>>>,
    nbytes: usize,
    version: AtomicU32,
    written: Mutex<Option<Write>>,
}

/// Marks inline bytes: their address is known only where the storage has come to rest.
const INSIDE: *mut u8 = std::ptr::without_provenance_mut(1);

// SAFETY: the cells are written before `ptr` announces them (release, acquire), and afterwards reached by raw pointers only, as
// the bytes of a block are.
unsafe impl Sync for Storage {}

/// An expression that has not been evaluated yet.
pub trait Pending: Send + std::fmt::Debug {
    /// Writes all elements, dense and in row-major order, to `out`.
    fn evaluate(self: Box<Self>, out: *mut u8);
}

/// The last in-place write: which operation, on which line.
#[derive(Clone, Copy, Debug)]
pub struct Write {
    /// Name of the in-place operation, such as `add_`.
    pub operation: &'static str,
    /// The user's line.
    pub location: &'static Location<'static>,
}

fn allocate(nbytes: usize) -> Result<Block> {
    Block::new(nbytes).ok_or_else(|| {
        Error::runtime(format!("DefaultCPUAllocator: can't allocate memory: you tried to allocate {nbytes} bytes."))
    })
}

impl Storage {
    /// Memory with undefined contents.
    ///
    /// # Errors
    /// If there is not so much memory.
    pub fn new(nbytes: usize) -> Result<Storage> {
        let block = if nbytes > INLINE { Some(allocate(nbytes)?) } else { None };
        let ptr = block.as_ref().map_or(INSIDE, Block::ptr);
        Ok(Storage::with(ptr, block, None, nbytes))
    }

    /// A promise: `nbytes` bytes that `pending` will write when they are needed.
    pub fn deferred(nbytes: usize, pending: Box<dyn Pending>) -> Storage {
        Storage::with(std::ptr::null_mut(), None, Some(pending), nbytes)
    }

    fn with(ptr: *mut u8, block: Option<Block>, pending: Option<Box<dyn Pending>>, nbytes: usize) -> Storage {
        Storage {
            ptr: AtomicPtr::new(ptr),
            inline: UnsafeCell::new([0; INLINE / 8]),
            block: UnsafeCell::new(block),
            pending: Mutex::new(pending),
            nbytes,
            version: AtomicU32::new(0),
            written: Mutex::new(None),
        }
    }

    /// Has it been evaluated?
    pub fn is_ready(&self) -> bool {
        !self.ptr.load(Ordering::Acquire).is_null()
    }

    /// Size in bytes.
    pub fn nbytes(&self) -> usize {
        self.nbytes
    }

    /// Address of the first byte, after evaluating what is pending.
    #[inline]
    pub(super) fn force(&self) -> *mut u8 {
        let ptr = self.ptr.load(Ordering::Acquire);
        if ptr == INSIDE {
            self.inline.get().cast()
        } else if !ptr.is_null() {
            ptr
        } else {
            self.evaluate()
        }
    }

    #[cold]
    fn evaluate(&self) -> *mut u8 {
        // Holding the lock makes a second thread wait for the first one's result.
        let mut pending = self.pending.lock();
        if let Some(expression) = pending.take() {
            let ptr = if self.nbytes <= INLINE {
                expression.evaluate(self.inline.get().cast());
                INSIDE
            } else {
                let block = crate::error::or_panic(allocate(self.nbytes));
                let ptr = block.ptr();
                expression.evaluate(ptr);
                // SAFETY: only the holder of the lock gets here, once, and readers wait for `ptr`.
                unsafe { *self.block.get() = Some(block) };
                ptr
            };
            self.ptr.store(ptr, Ordering::Release);
        }
        drop(pending);
        assert!(self.is_ready(), "the evaluation of a pending storage panicked");
        self.force()
    }

    /// Number of in-place writes so far.
    #[inline]
    pub fn version(&self) -> u32 {
        self.version.load(Ordering::Relaxed)
    }

    /// Counts an in-place write.
    pub fn bump(&self, write: Write) {
        self.version.fetch_add(1, Ordering::Relaxed);
        *self.written.lock() = Some(write);
    }

    /// The last in-place write.
    pub fn last_write(&self) -> Option<Write> {
        *self.written.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Sevens(usize);
    impl Pending for Sevens {
        fn evaluate(self: Box<Self>, out: *mut u8) {
            // SAFETY: the storage below has self.0 bytes.
            unsafe { std::slice::from_raw_parts_mut(out, self.0).fill(7) }
        }
    }

    #[test]
    fn a_pending_storage_is_filled_when_it_is_read() {
        for n in [8, 100] {
            let s = Storage::deferred(n, Box::new(Sevens(n)));
            assert!(!s.is_ready());
            let p = s.force();
            // SAFETY: n bytes were just written.
            assert!(unsafe { std::slice::from_raw_parts(p, n) }.iter().all(|&b| b == 7));
            assert!(s.is_ready());
            assert_eq!(s.force(), p);
        }
    }
}
