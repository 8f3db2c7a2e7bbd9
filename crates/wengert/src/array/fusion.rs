//! Fusion: programs put together from arrays that may be pending.

use super::expression::{Deferred, Expression, STEPS, Source};
use super::{Array, Storage};
use crate::error::or_panic;
use parking_lot::{Condvar, Mutex};
use smallvec::SmallVec;
use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::Arc;
use wengert_kernels::tile::{Operand, Program, Ranges};
use wengert_kernels::{DType, Dims, Layout, View, ViewMut};

/// A pending array that others hold is stored on the way, in the same pass, if computing it again would take so many steps.
const STORED_FROM: usize = 6;

/// Programs that read arrays on behalf of expressions that they have taken in. Such a program may still run on one thread when another
/// one, having evaluated the expressions themselves, wants to write to those arrays: the writer waits for it.
///
/// A reader never waits here, or a reader that waits for an array that a second one is about to make could wait for ever. A writer opens
/// a new epoch and waits for readers of the one before, of which there are no new ones.
struct InFlight {
    state: Mutex<Epochs>,
    left: Condvar,
}

struct Epochs {
    epoch: usize,
    /// Programs of even and of odd epochs.
    readers: [usize; 2],
}

static IN_FLIGHT: InFlight = InFlight { state: Mutex::new(Epochs { epoch: 0, readers: [0; 2] }), left: Condvar::new() };
/// One writer waits at a time: two epochs are told apart.
static WRITER: Mutex<()> = Mutex::new(());

thread_local! {
    static READING: Cell<usize> = const { Cell::new(0) };
}

struct Reading {
    /// Parity of the epoch, for the thread's outermost program; those within end before it does.
    parity: Option<usize>,
}

impl Reading {
    fn begin() -> Reading {
        let outermost = READING.replace(READING.get() + 1) == 0;
        let parity = outermost.then(|| {
            let mut s = IN_FLIGHT.state.lock();
            let parity = s.epoch % 2;
            s.readers[parity] += 1;
            parity
        });
        Reading { parity }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        READING.set(READING.get() - 1);
        if let Some(parity) = self.parity {
            let mut s = IN_FLIGHT.state.lock();
            s.readers[parity] -= 1;
            if s.readers[parity] == 0 {
                IN_FLIGHT.left.notify_all();
            }
        }
    }
}

/// Waits for the programs of other threads that may read on behalf of expressions evaluated by now.
pub(super) fn wait_for_readers() {
    if READING.get() > 0 {
        return;
    }
    let _turn = WRITER.lock();
    let mut s = IN_FLIGHT.state.lock();
    let parity = s.epoch % 2;
    s.epoch += 1;
    while s.readers[parity] > 0 {
        IN_FLIGHT.left.wait(&mut s);
    }
}

/// A program being put together from arrays that may be pending: their expressions become part of it, so that one pass does all.
pub struct Fusion<'a> {
    program: Program<'a>,
    /// The pending arrays in it, with the operands that hold them.
    inlined: SmallVec<[(Inlined, Operand); 4]>,
    /// The arrays that it reads from memory, so that one that is read twice is one stream.
    loaded: SmallVec<[(&'a Array, DType, Operand); 8]>,
    /// A pending array whose numbers are being made, block by block, for this program.
    source: Option<Source>,
    reading: Option<Reading>,
    inputs: PhantomData<&'a Array>,
}

/// What an evaluation lets go: to be dropped when nothing is locked.
#[derive(Default)]
pub(super) struct Finished {
    expressions: SmallVec<[Option<Arc<Deferred>>; 2]>,
    arrays: SmallVec<[Array; 2]>,
    inlined: SmallVec<[(Inlined, Operand); 4]>,
}

impl Finished {
    pub fn of(expression: Option<Arc<Deferred>>) -> Finished {
        let mut f = Finished::default();
        f.add(expression);
        f
    }
    pub fn add(&mut self, expression: Option<Arc<Deferred>>) {
        self.expressions.push(expression);
    }
    pub fn keep(&mut self, fusion: Fusion, array: Array) {
        self.inlined.extend(fusion.inlined);
        self.arrays.push(array);
    }
}

/// A pending array in a program. It owns the expression, which another thread may meanwhile have evaluated and let go.
struct Inlined {
    array: Array,
    deferred: Arc<Deferred>,
}

impl<'a> Fusion<'a> {
    /// An empty one over arrays of `shape`.
    pub fn new(shape: &[usize]) -> Fusion<'a> {
        Fusion {
            program: Program::new(shape),
            inlined: SmallVec::new(),
            loaded: SmallVec::new(),
            source: None,
            reading: None,
            inputs: PhantomData,
        }
    }

    /// An empty one that finds the numbers of a pending array in `source`.
    pub(super) fn with_source(shape: &[usize], source: Source) -> Fusion<'a> {
        Fusion { source: Some(source), ..Fusion::new(shape) }
    }

    /// The one whose value is `array`.
    pub fn of(array: &'a Array) -> Fusion<'a> {
        let mut f = Fusion::new(array.shape());
        let value = f.load(array, array.dtype());
        f.program.set_value(value);
        f
    }

    /// Adds an array, broadcast to the shape and cast to `dtype`.
    ///
    /// # Panics
    /// If the shape does not broadcast, or a dtype is complex.
    pub fn load(&mut self, array: &'a Array, dtype: DType) -> Operand {
        if array.is_pending() {
            // Before the look at what is pending: a writer that has evaluated it then waits for this program.
            self.reading.get_or_insert_with(Reading::begin);
        }
        if array.numel() == self.program.numel()
            && array.layout().is_contiguous()
            && let Some(deferred) = array.pending()
            && deferred.numel() == array.numel()
        {
            if let Some(s) = self.source.as_ref().filter(|s| s.is_of(&deferred)) {
                let view = View { ptr: s.ptr, layout: array.layout(), dtype: array.dtype() };
                return self.program.load(view, dtype);
            }
            let fits = self.program.len() + deferred.steps <= STEPS;
            // What is made block by block is made once.
            if let Some(expression) =
                deferred.expression().filter(|_| fits && (!deferred.has_blocks || self.source.is_some()))
            {
                // SAFETY: the expression lives in the Arc that goes into `inlined`, as long as the program does, which is never
                // given away with this lifetime.
                let expression: &'a (dyn Expression + 'static) = unsafe { &*std::ptr::from_ref(expression) };
                let x = self.inline(array, expression, deferred);
                return if array.dtype() == dtype { x } else { self.program.cast(x, dtype) };
            }
        }
        let same = |(a, d, _): &&(&Array, DType, Operand)| *d == dtype && a.is_same(array);
        if array.numel() == self.program.numel()
            && let Some((.., x)) = self.loaded.iter().find(same)
        {
            return *x;
        }
        let x = self.program.load(array.view(), dtype);
        self.loaded.push((array, dtype, x));
        x
    }

    fn inline(
        &mut self,
        array: &Array,
        expression: &'a (dyn Expression + 'static),
        deferred: Arc<Deferred>,
    ) -> Operand {
        let same = |(i, _): &&(Inlined, Operand)| Arc::ptr_eq(&i.deferred, &deferred);
        if let Some((_, x)) = self.inlined.iter().find(same) {
            return *x;
        }
        let shape = Dims::from_slice(self.program.shape());
        self.program.reshape(&deferred.shape);
        let x = expression.add_to(self);
        self.program.reshape(&shape);
        self.inlined.push((Inlined { array: array.clone(), deferred }, x));
        x
    }

    /// The program as it is: to add numbers and micro-operations.
    pub fn program(&mut self) -> &mut Program<'a> {
        &mut self.program
    }

    /// Evaluates ranges of `value`'s elements into dense `out`.
    pub(super) fn ranges<'p>(&'p mut self, value: Operand, out: &ViewMut) -> Ranges<'p> {
        self.program.keep(value);
        self.program.ranges(value, out)
    }

    /// Evaluates the value into `out`, casting to its dtype: [`Program::run`].
    ///
    /// # Panics
    /// If `out` has another shape.
    pub fn run(&self, out: &mut ViewMut) {
        self.program.run(out);
    }

    /// Evaluates `value` into a pending storage; and in the same pass pending arrays on the way that somebody else will want and
    /// that would take long to compute again.
    /// Gives back what the storages held until now.
    pub(super) fn finish(mut self, value: Operand, dtype: DType, storage: &Storage) -> Finished {
        let inlined = std::mem::take(&mut self.inlined);
        let wanted = |i: &Inlined| {
            i.deferred.steps >= STORED_FROM
                && i.array.storage().is_some_and(|s| i.array.base_holders() > 1 + s.pending_readers().len())
        };
        // Only this thread may fill them, and it must not wait for its turn while it has another one's.
        let mut also: SmallVec<[_; 2]> = inlined
            .iter()
            .filter(|(i, x)| matches!(x, Operand::Step(_)) && *x != value && wanted(i))
            .filter_map(|(i, x)| Some((i, *x, i.deferred.target().try_lock()?)))
            .filter(|(.., target)| !target.0.is_null())
            .collect();
        let flat = Layout::contiguous(&[self.program.numel()]);
        let mut blocks: SmallVec<[_; 2]> = SmallVec::new();
        let mut outs: SmallVec<[(Operand, ViewMut); 2]> = SmallVec::new();
        let targets = also.iter().map(|(i, x, _)| (*x, i.array.storage().expect("it is pending"), i.deferred.dtype()));
        for (x, target, dtype) in targets.chain(std::iter::once((value, storage, dtype))) {
            let (ptr, block) = or_panic(target.prepare());
            outs.push((x, ViewMut { ptr, layout: &flat, dtype, marker: PhantomData }));
            blocks.push((target, block));
            self.program.keep(x);
        }
        self.program.run_all(&mut outs);
        let mut done: SmallVec<[Option<Arc<Deferred>>; 2]> = SmallVec::new();
        for (target, block) in blocks {
            done.push(target.publish(block));
        }
        for (.., target) in &mut also {
            target.0 = std::ptr::null();
        }
        drop(also);
        Finished { expressions: done, inlined, ..Finished::default() }
    }
}
