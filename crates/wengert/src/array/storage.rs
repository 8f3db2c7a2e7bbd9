//! Storage: a block of memory, or the promise of one; and who wrote to it last.

use parking_lot::Mutex;
use std::cell::UnsafeCell;
use std::panic::Location;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use wengert_kernels::memory::Block;

/// Up to so many bytes are kept inside the storage itself.
const INLINE: usize = 32;

/// Memory shared by an array and its views.
#[derive(Debug)]
pub struct Storage {
    memory: OnceLock<Memory>,
    /// What will fill `memory` when somebody needs it; taken when forced.
    pending: Mutex<Option<Box<dyn Pending>>>,
    nbytes: usize,
    version: AtomicU32,
    written: Mutex<Option<Write>>,
}

/// An expression that has not been evaluated yet (decision 5: deferral).
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

#[derive(Debug)]
enum Memory {
    Inline(UnsafeCell<[u64; INLINE / 8]>),
    Block(Block),
}

// SAFETY: the inline bytes are plain memory that is reached by raw pointers only, as those of a block are.
unsafe impl Sync for Memory {}

impl Memory {
    fn new(nbytes: usize) -> Memory {
        if nbytes <= INLINE {
            Memory::Inline(UnsafeCell::new([0; INLINE / 8]))
        } else {
            Memory::Block(Block::new(nbytes))
        }
    }
    fn ptr(&self) -> *mut u8 {
        match self {
            Memory::Inline(cell) => cell.get().cast(),
            Memory::Block(block) => block.ptr(),
        }
    }
}

impl Storage {
    /// Memory with undefined contents.
    pub fn new(nbytes: usize) -> Storage {
        Storage {
            memory: OnceLock::from(Memory::new(nbytes)),
            pending: Mutex::new(None),
            nbytes,
            version: AtomicU32::new(0),
            written: Mutex::new(None),
        }
    }

    /// A promise: `nbytes` bytes that `pending` will write when they are needed.
    pub fn deferred(nbytes: usize, pending: Box<dyn Pending>) -> Storage {
        Storage { memory: OnceLock::new(), pending: Mutex::new(Some(pending)), ..Storage::new(0) }.sized(nbytes)
    }

    fn sized(mut self, nbytes: usize) -> Storage {
        self.nbytes = nbytes;
        self
    }

    /// Has it been evaluated?
    pub fn is_ready(&self) -> bool {
        self.memory.get().is_some()
    }

    /// Size in bytes.
    pub fn nbytes(&self) -> usize {
        self.nbytes
    }

    /// Address of the first byte, after evaluating what is pending.
    #[inline]
    pub(super) fn force(&self) -> *const u8 {
        match self.memory.get() {
            Some(m) => m.ptr(),
            None => self.evaluate(),
        }
    }

    #[cold]
    fn evaluate(&self) -> *const u8 {
        // Holding the lock makes a second thread wait for the first one's result.
        let mut pending = self.pending.lock();
        if let Some(expression) = pending.take() {
            // Filled before it is shown: other threads look at `memory` without the lock.
            let memory = if self.nbytes <= INLINE {
                let mut bytes = [0u64; INLINE / 8];
                expression.evaluate(bytes.as_mut_ptr().cast());
                Memory::Inline(UnsafeCell::new(bytes))
            } else {
                let block = Block::new(self.nbytes);
                expression.evaluate(block.ptr());
                Memory::Block(block)
            };
            self.memory.set(memory).expect("only the holder of the lock fills it");
        }
        self.memory.get().expect("a storage is ready or pending").ptr()
    }

    /// Number of in-place writes so far.
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
