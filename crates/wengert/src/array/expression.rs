//! Expressions: elementwise work that has not been done yet, and the programs that do several at once.

use super::fusion::{Finished, Fusion};
use super::{Array, Storage};
use crate::deferral;
use crate::error::or_panic;
use parking_lot::Mutex;
use smallvec::SmallVec;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use wengert_kernels::matmul::Block;
use wengert_kernels::tile::Operand;
use wengert_kernels::{DType, Dims, Layout, ViewMut};

/// Elementwise work on arrays: what a tile program does in one pass, with whatever comes before and after it.
pub trait Expression: Send + Sync + fmt::Debug {
    /// What it reads: arrays, ready or pending, which it keeps alive, and numbers.
    fn inputs(&self) -> &[Array];
    /// Adds itself to a fusion of its shape. Gives the operand that holds its value, in the compute type of its dtype and rounded
    /// to it.
    fn add_to<'a>(&'a self, fusion: &mut Fusion<'a>) -> Operand;
}

/// Work that is done block by block, a matrix product for instance: elementwise work on its result is done on each block while that is
/// in the cache.
pub trait Blockwise: Send + Sync + fmt::Debug {
    /// What it reads: arrays that are not pending.
    fn inputs(&self) -> &[Array];
    /// Elements of a row, in which blocks are counted.
    fn columns(&self) -> usize;
    /// Fills `out`, which is dense; calls `finish` once for each block whose elements are final.
    fn run(&self, out: &mut ViewMut, finish: Option<&(dyn Fn(Block) + Sync)>);
}

enum Work {
    Elements(Box<dyn Expression>),
    Blocks(Box<dyn Blockwise>),
}

/// Work to be done, and whose turn it is to do it.
pub(super) struct Deferred {
    work: Work,
    pub shape: Dims,
    dtype: DType,
    /// Micro-operations of a program that does this and all that is pending below it (those that are shared counted again).
    pub steps: usize,
    /// Was something that is done block by block pending in it, when it was made?
    pub has_blocks: bool,
    /// The storage that it is to fill, as long as that exists and is pending. Whoever fills it has the lock.
    target: Mutex<Target>,
}

pub(super) struct Target(pub *const Storage);
// SAFETY: the pointer is used under the lock alone, which the storage takes before it goes away.
unsafe impl Send for Target {}

impl fmt::Debug for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.work {
            Work::Elements(e) => e.fmt(f),
            Work::Blocks(b) => b.fmt(f),
        }
    }
}

/// A program with more steps than this would fall out of the first-level cache, and may do shared work too often.
pub(super) const STEPS: usize = 48;
/// An expression may keep this many arrays alive that nobody else wants.
const KEPT_ALIVE: usize = 3;

impl Deferred {
    /// Fills the memory of its storage, unless another thread has by now. A panic leaves it pending.
    pub(super) fn evaluate(&self) {
        // A second thread waits here for the first one's result.
        let mut target = self.target.lock();
        if target.0.is_null() {
            return;
        }
        // SAFETY: the storage exists, or the pointer would be null.
        let storage = unsafe { &*target.0 };
        let done = match &self.work {
            Work::Elements(e) => match self.has_blocks.then(|| self.blocks_below()).flatten() {
                Some(below) => self.evaluate_by_blocks(&**e, below, storage),
                None => {
                    let mut fusion = Fusion::new(&self.shape);
                    let value = e.add_to(&mut fusion);
                    fusion.finish(value, self.dtype, storage)
                }
            },
            Work::Blocks(b) => {
                let (ptr, block) = or_panic(storage.prepare());
                b.run(&mut self.view(ptr, &Layout::contiguous(&self.shape)), None);
                Finished::of(storage.publish(block))
            }
        };
        target.0 = std::ptr::null();
        drop(target);
        // Frees arrays, when nothing is locked any more.
        drop(done);
    }

    fn view<'a>(&self, ptr: *mut u8, layout: &'a Layout) -> ViewMut<'a> {
        ViewMut { ptr, layout, dtype: self.dtype, marker: PhantomData }
    }

    pub(super) fn numel(&self) -> usize {
        self.shape.iter().product()
    }

    pub(super) fn dtype(&self) -> DType {
        self.dtype
    }

    pub(super) fn target(&self) -> &Mutex<Target> {
        &self.target
    }

    /// Its expression, if it is elementwise.
    pub(super) fn expression(&self) -> Option<&(dyn Expression + 'static)> {
        match &self.work {
            Work::Elements(e) => Some(&**e),
            Work::Blocks(_) => None,
        }
    }

    fn inputs(&self) -> &[Array] {
        match &self.work {
            Work::Elements(e) => e.inputs(),
            Work::Blocks(b) => b.inputs(),
        }
    }

    /// The one pending array below of as many elements that is made block by block, and how many handles to it the expressions hold;
    /// `None` also if blocks are read in another layout.
    fn blocks_below(&self) -> Option<(Array, usize)> {
        let mut found: Option<(Array, usize)> = None;
        let mut todo: SmallVec<[Arc<Deferred>; 8]> = SmallVec::new();
        let mut seen: SmallVec<[*const Deferred; 16]> = SmallVec::new();
        let mut several = false;
        let mut look = |d: &Deferred, todo: &mut SmallVec<[Arc<Deferred>; 8]>| {
            for a in d.inputs() {
                if a.numel() != self.numel() || !a.layout().is_contiguous() {
                    // The same blocks in another order (`x + x^T`) must be there before this can be done.
                    several |= a.pending().is_some_and(|d| d.has_blocks);
                    continue;
                }
                let Some(below) = a.pending() else { continue };
                if let Work::Blocks(_) = below.work {
                    match &mut found {
                        Some((f, handles)) if f.is_same(a) => *handles += 1,
                        Some(_) => several = true,
                        None => found = Some((a.clone(), 1)),
                    }
                } else if !seen.contains(&Arc::as_ptr(&below)) {
                    seen.push(Arc::as_ptr(&below));
                    todo.push(below);
                }
            }
        };
        look(self, &mut todo);
        while let Some(d) = todo.pop() {
            look(&d, &mut todo);
        }
        if several { None } else { found }
    }

    /// Does the elementwise work on each block of `below` as soon as that is made. `below` itself is stored only if others hold it.
    fn evaluate_by_blocks(&self, e: &dyn Expression, (array, handles): (Array, usize), storage: &Storage) -> Finished {
        let below = array.pending();
        let plain = || {
            let mut fusion = Fusion::new(&self.shape);
            let value = e.add_to(&mut fusion);
            fusion.finish(value, self.dtype, storage)
        };
        let Some(below) = below else { return plain() };
        let mut its_target = below.target.lock();
        let (Work::Blocks(blocks), false) = (&below.work, its_target.0.is_null()) else {
            drop(its_target);
            return plain();
        };
        // SAFETY: the storage exists, or the pointer would be null.
        let its_storage = unsafe { &*its_target.0 };
        let (ptr, block) = or_panic(storage.prepare());
        let stored = below.dtype != self.dtype || array.base_holders() > 1 + handles;
        let (its_ptr, its_block) = if stored { or_panic(its_storage.prepare()) } else { (ptr, None) };
        let mut fusion = Fusion::with_source(&self.shape, Source { deferred: below.clone(), ptr: its_ptr });
        let value = e.add_to(&mut fusion);
        let flat = Layout::contiguous(&[self.numel()]);
        let columns = blocks.columns();
        let ranges = fusion.ranges(value, &self.view(ptr, &flat));
        let finish = |b: Block| {
            if b.cols == (0..columns) {
                return ranges.run(b.rows.start * columns, b.rows.end * columns);
            }
            for row in b.rows {
                ranges.run(row * columns + b.cols.start, row * columns + b.cols.end);
            }
        };
        blocks.run(&mut below.view(its_ptr, &Layout::contiguous(&below.shape)), Some(&finish));
        drop(ranges);
        let mut finished = Finished::of(storage.publish(block));
        if stored {
            finished.add(its_storage.publish(its_block));
            its_target.0 = std::ptr::null();
        }
        drop(its_target);
        finished.keep(fusion, array);
        finished
    }

    /// The storage goes away.
    pub(super) fn abandon(&self) {
        self.target.lock().0 = std::ptr::null();
    }

    /// [`Deferred::evaluate`], since what it reads is about to be written. If it lives on in later expressions alone, they are
    /// evaluated instead.
    pub(super) fn flush(&self) {
        let later = {
            let target = self.target.lock();
            // SAFETY: as above.
            unsafe { target.0.as_ref() }.map(Storage::pending_readers).unwrap_or_default()
        };
        for y in later {
            y.evaluate();
        }
        self.evaluate();
    }
}

/// A pending array whose numbers a program finds somewhere.
pub(super) struct Source {
    deferred: Arc<Deferred>,
    pub ptr: *const u8,
}

impl Source {
    pub fn is_of(&self, deferred: &Arc<Deferred>) -> bool {
        Arc::ptr_eq(&self.deferred, deferred)
    }
}

/// An array whose elements `work` will make when they are needed; now, if that is better.
fn defer(shape: Dims, dtype: DType, work: Work) -> Array {
    let layout = Layout::contiguous(&shape);
    let target = Mutex::new(Target(std::ptr::null()));
    let mut deferred = Deferred { work, shape, dtype, steps: 0, has_blocks: false, target };
    let (mut steps, mut has_blocks) = (1, matches!(deferred.work, Work::Blocks(_)));
    let mut before: Option<&Array> = None;
    for a in deferred.inputs() {
        if !before.is_some_and(|b| b.is_same(a))
            && let Some(d) = a.pending()
        {
            steps += d.steps;
            has_blocks |= d.has_blocks;
        }
        before = Some(a);
    }
    (deferred.steps, deferred.has_blocks) = (steps, has_blocks);
    let deferred = Arc::new(deferred);
    let out = Array::pending_with(layout, dtype, deferred.clone());
    deferred.target.lock().0 = out.storage().map_or(std::ptr::null(), std::ptr::from_ref);
    let mut exposed = false;
    for a in deferred.inputs() {
        if let Some(storage) = a.storage() {
            storage.add_reader(&deferred);
            exposed |= storage.is_exposed();
        }
    }
    if exposed
        || steps > STEPS
        || (steps > KEPT_ALIVE && kept_alive(&deferred, out.nbytes()) > KEPT_ALIVE * out.nbytes())
    {
        out.evaluate();
    }
    out
}

/// Bytes of arrays that nobody but pending expressions holds any more, as far as they exceed what `own` bytes each would take.
fn kept_alive(deferred: &Deferred, own: usize) -> usize {
    let mut bytes = 0;
    let mut todo: SmallVec<[(Arc<Deferred>, Array); 8]> = SmallVec::new();
    let mut seen: SmallVec<[*const Storage; 24]> = SmallVec::new();
    let mut look = |d: &Deferred, todo: &mut SmallVec<[(Arc<Deferred>, Array); 8]>| {
        for a in d.inputs() {
            let Some(storage) = a.storage() else { continue };
            if seen.contains(&std::ptr::from_ref(storage)) {
                continue;
            }
            seen.push(storage);
            match storage.pending() {
                Some(d) => todo.push((d, a.clone())),
                None if a.base_holders() == 1 => bytes += storage.nbytes().max(own),
                None => {}
            }
        }
    };
    look(deferred, &mut todo);
    while let Some((d, _array)) = todo.pop() {
        look(&d, &mut todo);
    }
    bytes
}

impl Array {
    /// Evaluates it now, if it is pending.
    pub fn evaluate(&self) {
        if let Some(storage) = self.storage() {
            storage.force();
        }
    }

    /// Is it an expression that has not been evaluated yet?
    pub fn is_pending(&self) -> bool {
        self.storage().is_some_and(|s| !s.is_ready())
    }

    /// Evaluates it if something that is done by blocks is pending in it: a product's factors may be much larger than the product, and
    /// would stay alive as long as it waits.
    pub(crate) fn evaluate_blocks(&self) {
        let has_blocks = |s: &Storage| s.pending().is_some_and(|d| d.has_blocks);
        if self.is_pending() && self.storage().is_some_and(has_blocks) {
            self.evaluate();
        }
    }

    /// What it will be computed from, if it is pending.
    pub(crate) fn pending_inputs(&self) -> Vec<Array> {
        self.pending().map(|d| d.inputs().to_vec()).unwrap_or_default()
    }

    pub(super) fn pending(&self) -> Option<Arc<Deferred>> {
        self.storage()?.pending()
    }

    /// An array that `expression` describes, computed when its numbers are needed. `None` if arrays of this size are computed at once.
    pub(crate) fn deferred<E: Expression + 'static>(
        shape: &Dims,
        dtype: DType,
        expression: impl FnOnce() -> E,
    ) -> Option<Array> {
        let defers = deferral::defers(shape.iter().product());
        defers.then(|| defer(shape.clone(), dtype, Work::Elements(Box::new(expression()))))
    }

    /// An array that `work` makes block by block when its numbers are needed. What it reads is evaluated first.
    pub(crate) fn deferred_blocks<B: Blockwise + 'static>(
        shape: &Dims,
        dtype: DType,
        work: impl FnOnce() -> B,
    ) -> Option<Array> {
        if !deferral::defers(shape.iter().product()) {
            return None;
        }
        let work = work();
        work.inputs().iter().for_each(Array::evaluate);
        Some(defer(shape.clone(), dtype, Work::Blocks(Box::new(work))))
    }
}
