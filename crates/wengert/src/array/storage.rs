//! Storage: a block of memory, or the promise of one; and who wrote to it last.

use super::expression::Deferred;
use crate::error::{Error, Result};
use crate::place::Place;
use parking_lot::Mutex;
use std::any::Any;
use std::cell::UnsafeCell;
use std::fmt;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};
use std::sync::{Arc, Weak};
use wengert_kernels::memory::Block;

/// Memory shared by an array and its views.
///
/// It is *ready*, or *pending*: an expression that is evaluated when somebody needs the numbers ([deferral](crate::deferral)).
#[derive(Debug)]
pub struct Storage {
    /// Null while pending; [`INSIDE`] if the bytes are `inline`; else the block's first byte.
    ptr: AtomicPtr<u8>,
    inline: UnsafeCell<[u64; Storage::INLINE / 8]>,
    /// Owns the memory behind `ptr`. Written once, before `ptr` says that it is there.
    block: UnsafeCell<Option<Block>>,
    nbytes: usize,
    version: AtomicU32,
    /// May somebody pending read this memory?
    read_by_pending: AtomicBool,
    /// How many others read and write this memory without asking. As long as there are any, nothing that reads it may wait.
    exposed: AtomicU32,
    rare: Mutex<Option<Box<Rare>>>,
}

/// What few storages have.
#[derive(Debug, Default)]
struct Rare {
    /// What will fill the memory.
    deferred: Option<Arc<Deferred>>,
    /// Expressions that read this memory, from the oldest to the newest. Some are evaluated or gone by now.
    readers: Vec<Weak<Deferred>>,
    /// Length of `readers` at which it is searched for such.
    prune_at: usize,
    written: Option<Write>,
    /// Keeps memory alive that is not ours.
    _owner: Option<Owner>,
}

/// Whoever owns memory that is not ours, until it is dropped.
struct Owner(#[expect(dead_code, reason = "it is there to be dropped")] Box<dyn Any + Send + Sync>);

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Owner")
    }
}

/// Marks inline bytes: their address is known only where the storage has come to rest.
const INSIDE: *mut u8 = std::ptr::without_provenance_mut(1);

// SAFETY: the cells are written before `ptr` announces them (release, acquire), and afterwards reached by raw pointers only, as
// the bytes of a block are.
unsafe impl Sync for Storage {}

/// The last in-place write: which operation, on which line.
#[derive(Clone, Copy, Debug)]
pub struct Write {
    /// Name of the in-place operation, such as `add_`.
    pub operation: &'static str,
    /// The user's line.
    pub location: Place,
    /// The name of the node that recorded it, or else the last write before it that was recorded.
    pub node: Option<&'static str>,
}

impl Write {
    /// Takes the place of the last write.
    pub(super) fn after(self, last: &mut Option<Write>) {
        let node = self.node.or(last.and_then(|w| w.node));
        *last = Some(Write { node, ..self });
    }
}

fn allocate(nbytes: usize) -> Result<Block> {
    Block::new(nbytes).ok_or_else(|| {
        Error::runtime(format!("DefaultCPUAllocator: can't allocate memory: you tried to allocate {nbytes} bytes."))
    })
}

impl Drop for Storage {
    #[inline]
    fn drop(&mut self) {
        if !self.is_ready()
            && let Some(rare) = self.rare.get_mut()
            && let Some(deferred) = &rare.deferred
        {
            deferred.abandon();
        }
    }
}

impl Storage {
    /// Up to so many bytes are kept inside the storage itself.
    pub(super) const INLINE: usize = 32;

    /// Address of the bytes inside.
    #[inline]
    pub(super) fn inside(&self) -> *mut u8 {
        debug_assert!(self.ptr.load(Ordering::Relaxed) == INSIDE);
        self.inline.get().cast()
    }

    /// May something pending read this memory?
    #[inline]
    pub(super) fn may_be_read_later(&self) -> bool {
        self.read_by_pending.load(Ordering::Relaxed)
    }

    /// Memory with undefined contents.
    ///
    /// # Errors
    /// If there is not so much memory.
    pub fn new(nbytes: usize) -> Result<Storage> {
        Ok(Storage::ready(Storage::block(nbytes)?, nbytes))
    }

    /// Memory for so many bytes, if they do not fit inside the storage.
    #[inline]
    pub(super) fn block(nbytes: usize) -> Result<Option<Block>> {
        if nbytes > Storage::INLINE { allocate(nbytes).map(Some) } else { Ok(None) }
    }

    #[inline]
    pub(super) fn ready(block: Option<Block>, nbytes: usize) -> Storage {
        let ptr = block.as_ref().map_or(INSIDE, Block::ptr);
        Storage::with(ptr, block, None, nbytes)
    }

    /// A promise of `nbytes` bytes.
    pub(super) fn deferred(nbytes: usize, deferred: Arc<Deferred>) -> Storage {
        let rare = Rare { deferred: Some(deferred), ..Rare::default() };
        Storage::with(std::ptr::null_mut(), None, Some(Box::new(rare)), nbytes)
    }

    /// Memory that `owner` keeps alive. It counts as exposed: others may write to it.
    ///
    /// # Safety
    /// `ptr` points to `nbytes` initialized bytes that stay there, and may be read and written, until `owner` is dropped.
    pub(super) unsafe fn of_others(ptr: NonNull<u8>, nbytes: usize, owner: Box<dyn Any + Send + Sync>) -> Storage {
        let rare = Rare { _owner: Some(Owner(owner)), ..Rare::default() };
        let storage = Storage::with(ptr.as_ptr(), None, Some(Box::new(rare)), nbytes);
        storage.exposed.store(1, Ordering::Relaxed);
        storage
    }

    /// Evaluates it and whatever pending reads it, and lets nothing that reads it wait until [`Storage::conceal`].
    pub(super) fn expose(&self) {
        self.exposed.fetch_add(1, Ordering::Relaxed);
        self.flush_readers();
        self.force();
    }

    /// One of those that [`Storage::expose`] was called for is gone.
    pub(super) fn conceal(&self) {
        self.exposed.fetch_sub(1, Ordering::Relaxed);
    }

    /// Do others read and write this memory without asking?
    #[inline]
    pub(super) fn is_exposed(&self) -> bool {
        self.exposed.load(Ordering::Relaxed) > 0
    }

    #[inline]
    fn with(ptr: *mut u8, block: Option<Block>, rare: Option<Box<Rare>>, nbytes: usize) -> Storage {
        Storage {
            ptr: AtomicPtr::new(ptr),
            inline: UnsafeCell::new([0; Storage::INLINE / 8]),
            block: UnsafeCell::new(block),
            nbytes,
            version: AtomicU32::new(0),
            read_by_pending: AtomicBool::new(false),
            exposed: AtomicU32::new(0),
            rare: Mutex::new(rare),
        }
    }

    /// Has it been evaluated?
    #[inline]
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
        if let Some(deferred) = self.pending() {
            deferred.evaluate();
        }
        debug_assert!(self.is_ready());
        self.force()
    }

    /// The expression, unless the storage is ready.
    pub(super) fn pending(&self) -> Option<Arc<Deferred>> {
        if self.is_ready() {
            return None;
        }
        self.rare.lock().as_ref().and_then(|r| r.deferred.clone())
    }

    /// Memory for what is pending, which nobody sees before [`Storage::publish`].
    ///
    /// # Errors
    /// If there is not so much memory.
    pub(super) fn prepare(&self) -> Result<(*mut u8, Option<Block>)> {
        let block = Storage::block(self.nbytes)?;
        Ok((block.as_ref().map_or(self.inline.get().cast(), Block::ptr), block))
    }

    /// Announces memory that [`Storage::prepare`] gave and that is filled by now. Called once, by the one thread whose turn it is.
    /// Gives back the expression, to be dropped when nothing is locked: that may free other arrays.
    pub(super) fn publish(&self, block: Option<Block>) -> Option<Arc<Deferred>> {
        let ptr = block.as_ref().map_or(INSIDE, Block::ptr);
        // SAFETY: only the thread whose turn it is gets here, once, and readers wait for `ptr`.
        unsafe { *self.block.get() = block };
        self.ptr.store(ptr, Ordering::Release);
        self.rare.lock().as_mut().and_then(|r| r.deferred.take())
    }

    /// Remembers that `reader` reads this memory.
    pub(super) fn add_reader(&self, reader: &Arc<Deferred>) {
        self.read_by_pending.store(true, Ordering::Relaxed);
        let mut rare = self.rare.lock();
        let rare = rare.get_or_insert_default();
        if rare.readers.len() >= rare.prune_at.max(16) {
            rare.readers.retain(|r| r.strong_count() > 0);
            rare.prune_at = 2 * rare.readers.len();
        }
        rare.readers.push(Arc::downgrade(reader));
    }

    /// Expressions not evaluated yet that read this memory.
    pub(super) fn pending_readers(&self) -> Vec<Arc<Deferred>> {
        if !self.read_by_pending.load(Ordering::Relaxed) {
            return Vec::new();
        }
        let rare = self.rare.lock();
        rare.iter().flat_map(|r| &r.readers).filter_map(Weak::upgrade).collect()
    }

    /// Evaluates everything pending that reads this memory, since it is about to be written.
    #[inline]
    pub(super) fn flush_readers(&self) {
        if self.read_by_pending.load(Ordering::Relaxed) {
            self.flush();
        }
    }

    #[cold]
    fn flush(&self) {
        // Evaluation comes back here, and drops arrays: nothing is locked meanwhile.
        let readers = self.pending_readers();
        self.read_by_pending.store(false, Ordering::Relaxed);
        if let Some(rare) = &mut *self.rare.lock() {
            rare.readers.clear();
        }
        for reader in readers.iter().rev() {
            reader.flush();
        }
        super::fusion::wait_for_readers();
    }

    /// Number of in-place writes so far.
    #[inline]
    pub fn version(&self) -> u32 {
        self.version.load(Ordering::Relaxed)
    }

    /// Counts an in-place write.
    pub fn bump(&self, write: Write) {
        self.version.fetch_add(1, Ordering::Relaxed);
        write.after(&mut self.rare.lock().get_or_insert_default().written);
    }

    /// The last in-place write.
    pub fn last_write(&self) -> Option<Write> {
        self.rare.lock().as_ref().and_then(|r| r.written)
    }
}
