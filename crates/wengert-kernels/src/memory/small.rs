//! Blocks of up to 64 KiB: lists of free blocks for each thread and each class of sizes.
//!
//! Taking and putting back touches nothing that another thread writes. A list that runs empty is filled from the depot, which all threads
//! share; one that is full gives half of its blocks to it, so that a thread that only frees feeds one that only allocates.

use super::{SMALL, count, system};
use parking_lot::Mutex;
use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicIsize, AtomicPtr, AtomicU32, Ordering::Relaxed};

/// Classes: multiples of 64 up to 512 bytes, then eight in each power of two.
const CLASSES: usize = 64;
/// Bytes in one list at most.
const LIST: usize = 512 << 10;
/// Bytes in the depot at most.
const DEPOT_LIMIT: usize = 256 << 20;
/// A thread reports what it has allocated when it is this much more or less than it reported last.
const SLACK: usize = 64 << 10;

/// The class of each multiple of 64 (the entry for 64 is the first): quicker than to compute it.
static CLASS: [u8; SMALL / 64] = {
    let mut table = [0; SMALL / 64];
    let (mut i, mut class) = (0, 0);
    while i < table.len() {
        if (i + 1) * 64 > SIZE[class] as usize {
            class += 1;
        }
        table[i] = class as u8;
        i += 1;
    }
    table
};

/// The size of the blocks of each class.
static SIZE: [u32; CLASSES] = {
    let mut table = [0; CLASSES];
    let mut class = 0;
    while class < CLASSES {
        table[class] = if class < 8 { (class as u32 + 1) * 64 } else { (class as u32 % 8 + 9) << (class / 8 + 5) };
        class += 1;
    }
    table
};

/// The class of a size up to [`SMALL`].
#[inline(always)]
pub(super) fn class_of(bytes: usize) -> usize {
    CLASS[bytes.saturating_sub(1) / 64] as usize
}

/// The size of the blocks of a class.
#[inline(always)]
pub(super) fn size_of_class(class: usize) -> usize {
    SIZE[class] as usize
}

/// Blocks that a list of the class may have.
fn capacity(class: usize) -> u32 {
    (LIST / size_of_class(class)).min(1024) as u32
}

/// One list. The first word of a free block is the address of the next.
///
/// Only the owning thread writes; the fields are atomic because other threads may look.
struct List {
    head: AtomicPtr<u8>,
    length: AtomicU32,
    capacity: AtomicU32,
}

/// The lists of a thread. Never freed: a thread that ends leaves them to one that starts.
struct Lists {
    of: [List; CLASSES],
    /// Bytes allocated less bytes freed since the last report.
    unreported: AtomicIsize,
}

impl Lists {
    const fn new() -> Lists {
        Lists {
            of: [const {
                List {
                    head: AtomicPtr::new(std::ptr::null_mut()),
                    length: AtomicU32::new(0),
                    capacity: AtomicU32::new(0),
                }
            }; CLASSES],
            unreported: AtomicIsize::new(0),
        }
    }

    /// Takes `bytes` (negative: freed) down for the next report.
    #[inline(always)]
    fn count(&self, bytes: isize) {
        let sum = self.unreported.load(Relaxed) + bytes;
        self.unreported.store(sum, Relaxed);
        if sum.unsigned_abs() > SLACK {
            self.report();
        }
    }

    #[cold]
    fn report(&self) {
        count(self.unreported.load(Relaxed));
        self.unreported.store(0, Relaxed);
    }

    /// Moves blocks of a class to the depot until `keep` are left.
    fn give(&self, class: usize, keep: u32) {
        let list = &self.of[class];
        let mut excess = Vec::new();
        while list.length.load(Relaxed) > keep {
            excess.extend(list.pop());
        }
        give_to_depot(class, &excess);
    }
}

impl List {
    #[inline(always)]
    fn pop(&self) -> Option<NonNull<u8>> {
        let head = NonNull::new(self.head.load(Relaxed))?;
        // SAFETY: a block in a list is free, and its first word is the address of the next.
        self.head.store(unsafe { head.cast::<*mut u8>().read() }, Relaxed);
        self.length.store(self.length.load(Relaxed) - 1, Relaxed);
        Some(head)
    }

    /// # Safety
    /// The block is free and of this class.
    #[inline(always)]
    unsafe fn push(&self, block: NonNull<u8>) {
        // SAFETY: a free block of at least 64 bytes has room for a pointer.
        unsafe { block.cast::<*mut u8>().write(self.head.load(Relaxed)) };
        self.head.store(block.as_ptr(), Relaxed);
        self.length.store(self.length.load(Relaxed) + 1, Relaxed);
    }
}

/// Stands for the lists of a thread that has none (yet, or any more): every list is empty and full at once.
static NONE: Lists = Lists::new();
/// All lists that were ever made.
static ALL: Mutex<Vec<&'static Lists>> = Mutex::new(Vec::new());
/// Those whose thread has ended.
static ORPHANS: Mutex<Vec<&'static Lists>> = Mutex::new(Vec::new());

thread_local! {
    // Nothing to drop, so that reading it is one instruction; `END` cleans up.
    static MINE: Cell<&'static Lists> = const { Cell::new(&NONE) };
    static END: End = const { End };
}

/// Gives a thread's blocks away when it ends.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        let lists = MINE.replace(&NONE);
        if std::ptr::eq(lists, &NONE) {
            return;
        }
        lists.report();
        for class in 0..CLASSES {
            lists.give(class, 0);
            lists.of[class].capacity.store(0, Relaxed);
        }
        ORPHANS.lock().push(lists);
    }
}

/// Lists for this thread; `None` while it ends.
#[cold]
fn adopt() -> Option<&'static Lists> {
    END.try_with(|_| ()).ok()?;
    let orphan = ORPHANS.lock().pop();
    let lists = orphan.unwrap_or_else(|| {
        let new: &Lists = Box::leak(Box::new(Lists::new()));
        ALL.lock().push(new);
        new
    });
    for (class, list) in lists.of.iter().enumerate() {
        list.capacity.store(capacity(class), Relaxed);
    }
    MINE.set(lists);
    Some(lists)
}

fn mine() -> Option<&'static Lists> {
    let lists = MINE.get();
    if std::ptr::eq(lists, &NONE) { adopt() } else { Some(lists) }
}

/// A block of a class; `None` if there is no memory.
#[inline]
pub(super) fn take(class: usize) -> Option<NonNull<u8>> {
    let lists = MINE.get();
    match lists.of[class].pop() {
        Some(block) => {
            lists.count(size_of_class(class) as isize);
            Some(block)
        }
        None => take_elsewhere(class),
    }
}

#[cold]
fn take_elsewhere(class: usize) -> Option<NonNull<u8>> {
    let size = size_of_class(class);
    let lists = mine();
    let mut block = None;
    {
        let mut depot = DEPOT.lock();
        // As many as it takes not to be back soon.
        let batch = if lists.is_some() { capacity(class) / 2 } else { 1 };
        for _ in 0..batch {
            let Some(Address(next)) = depot.blocks[class].pop() else { break };
            depot.bytes -= size;
            match (block, lists) {
                // SAFETY: the depot's blocks are free.
                (Some(_), Some(lists)) => unsafe { lists.of[class].push(next) },
                _ => block = Some(next),
            }
        }
    }
    let block = match block {
        Some(block) => block,
        None => system::small(size)?,
    };
    match lists {
        Some(lists) => lists.count(size as isize),
        None => count(size as isize),
    }
    Some(block)
}

/// Takes back a block.
///
/// # Safety
/// It came from [`take`] with this class, and nobody uses it any more.
#[inline]
pub(super) unsafe fn put(block: NonNull<u8>, class: usize) {
    let lists = MINE.get();
    let list = &lists.of[class];
    if list.length.load(Relaxed) < list.capacity.load(Relaxed) {
        // SAFETY: the caller's contract.
        unsafe { list.push(block) };
        lists.count(-(size_of_class(class) as isize));
    } else {
        // SAFETY: as above.
        unsafe { put_elsewhere(block, class) }
    }
}

/// # Safety
/// As [`put`].
#[cold]
unsafe fn put_elsewhere(block: NonNull<u8>, class: usize) {
    let size = size_of_class(class) as isize;
    match mine() {
        Some(lists) => {
            if lists.of[class].length.load(Relaxed) >= capacity(class) {
                lists.give(class, capacity(class) / 2);
            }
            // SAFETY: the caller's contract.
            unsafe { lists.of[class].push(block) };
            lists.count(-size);
        }
        None => {
            give_to_depot(class, &[block]);
            count(-size);
        }
    }
}

/// Free blocks that any thread may take.
struct Depot {
    bytes: usize,
    blocks: [Vec<Address>; CLASSES],
}

struct Address(NonNull<u8>);
// SAFETY: a free block belongs to nobody.
unsafe impl Send for Address {}

static DEPOT: Mutex<Depot> = Mutex::new(Depot { bytes: 0, blocks: [const { Vec::new() }; CLASSES] });

/// Takes free blocks of a class from a thread.
fn give_to_depot(class: usize, blocks: &[NonNull<u8>]) {
    let size = size_of_class(class);
    let taken = {
        let mut depot = DEPOT.lock();
        let taken = blocks.len().min((DEPOT_LIMIT.saturating_sub(depot.bytes)) / size);
        depot.blocks[class].extend(blocks[..taken].iter().map(|&b| Address(b)));
        depot.bytes += taken * size;
        taken
    };
    for &block in &blocks[taken..] {
        // SAFETY: free blocks of this class, in no list any more.
        unsafe { system::free_small(block, size) };
    }
}

/// What this thread has allocated since its last report, which counts as reported now.
pub(super) fn unreported() -> isize {
    let lists = MINE.get();
    let bytes = lists.unreported.load(Relaxed);
    if bytes != 0 {
        lists.unreported.store(0, Relaxed);
    }
    bytes
}

/// What all threads have allocated since their last reports.
pub(super) fn all_unreported() -> isize {
    ALL.lock().iter().map(|l| l.unreported.load(Relaxed)).sum()
}

/// Bytes in the depot and in the lists of all threads.
pub(super) fn cached() -> usize {
    let lists = |l: &&Lists| -> usize {
        l.of.iter().enumerate().map(|(class, list)| list.length.load(Relaxed) as usize * size_of_class(class)).sum()
    };
    let in_lists: usize = ALL.lock().iter().map(lists).sum();
    in_lists + DEPOT.lock().bytes
}

/// Gives this thread's blocks and the depot's back to the system.
pub(super) fn release() {
    let lists = MINE.get();
    for class in 0..CLASSES {
        lists.give(class, 0);
        let blocks = {
            let mut depot = DEPOT.lock();
            let blocks = std::mem::take(&mut depot.blocks[class]);
            depot.bytes -= blocks.len() * size_of_class(class);
            blocks
        };
        for Address(block) in blocks {
            // SAFETY: free blocks of this class, in no list any more.
            unsafe { system::free_small(block, size_of_class(class)) };
        }
    }
}

const _: () = assert!(CLASSES == (SMALL.ilog2() as usize - 9) * 8 + 8);
