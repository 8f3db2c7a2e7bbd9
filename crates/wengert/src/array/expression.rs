//! Expressions: elementwise work that has not been done yet, and the programs that do several at once.

use super::{Array, Storage};
use crate::deferral;
use crate::error::or_panic;
use parking_lot::{Mutex, RwLock, RwLockReadGuard};
use smallvec::SmallVec;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use wengert_kernels::tile::{Operand, Program};
use wengert_kernels::{DType, Dims, Layout, ViewMut};

/// Elementwise work on arrays: what a tile program does in one pass, with whatever comes before and after it.
pub trait Expression: Send + Sync + fmt::Debug {
    /// What it reads: arrays, ready or pending, which it keeps alive, and numbers.
    fn inputs(&self) -> &[Array];
    /// Adds itself to a fusion of its shape. Gives the operand that holds its value, in the compute type of its dtype and rounded
    /// to it.
    fn add_to<'a>(&'a self, fusion: &mut Fusion<'a>) -> Operand;
}

/// An expression, and whose turn it is to evaluate it.
pub(super) struct Deferred {
    expression: Box<dyn Expression>,
    shape: Dims,
    dtype: DType,
    /// Micro-operations of a program that does this and all that is pending below it (those that are shared counted again).
    steps: usize,
    /// The storage that it is to fill, as long as that exists and is pending. Whoever fills it has the lock.
    target: Mutex<Target>,
}

struct Target(*const Storage);
// SAFETY: the pointer is used under the lock alone, which the storage takes before it goes away.
unsafe impl Send for Target {}

impl fmt::Debug for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expression.fmt(f)
    }
}

/// A program with more steps than this would fall out of the first-level cache, and may do shared work too often.
const STEPS: usize = 48;
/// An expression may keep this many arrays alive that nobody else wants.
const KEPT_ALIVE: usize = 3;
/// A pending array that others hold is stored on the way, in the same pass, if computing it again would take so many steps.
const STORED_FROM: usize = 6;

impl Deferred {
    /// Fills the memory of its storage, unless another thread has by now. A panic leaves it pending.
    pub(super) fn evaluate(&self) {
        // A second thread waits here for the first one's result.
        let mut target = self.target.lock();
        if target.0.is_null() {
            return;
        }
        let mut fusion = Fusion::new(&self.shape);
        let value = self.expression.add_to(&mut fusion);
        // SAFETY: the storage exists, or the pointer would be null.
        let done = fusion.finish(value, self.dtype, unsafe { &*target.0 });
        target.0 = std::ptr::null();
        drop(target);
        // Frees arrays, when nothing is locked any more.
        drop(done);
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

/// An array whose elements `expression` will compute when they are needed; now, if that is better.
pub(super) fn defer(shape: Dims, dtype: DType, expression: Box<dyn Expression>) -> Array {
    let mut steps = 1;
    let mut before: Option<&Array> = None;
    for a in expression.inputs() {
        if !before.is_some_and(|b| b.is_same(a)) {
            steps += a.pending().map_or(0, |d| d.steps);
        }
        before = Some(a);
    }
    let layout = Layout::contiguous(&shape);
    let deferred = Arc::new(Deferred { expression, shape, dtype, steps, target: Mutex::new(Target(std::ptr::null())) });
    let out = Array::pending_with(layout, dtype, deferred.clone());
    deferred.target.lock().0 = out.storage().map_or(std::ptr::null(), std::ptr::from_ref);
    for a in deferred.expression.inputs() {
        if let Some(storage) = a.storage() {
            storage.add_reader(&deferred);
        }
    }
    if steps > STEPS || (steps > KEPT_ALIVE && kept_alive(&deferred, out.nbytes()) > KEPT_ALIVE * out.nbytes()) {
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
        for a in d.expression.inputs() {
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

/// Held while a program reads arrays on behalf of expressions that it has taken in. Such a program may still run on one thread when
/// another one, having evaluated the expressions themselves, wants to write to those arrays.
static IN_FLIGHT: RwLock<()> = RwLock::new(());

thread_local! {
    static READING: Cell<usize> = const { Cell::new(0) };
}

struct Reading {
    /// Of the thread's outermost program; those within end before it does.
    _lock: Option<RwLockReadGuard<'static, ()>>,
}

impl Reading {
    fn begin() -> Reading {
        let outermost = READING.replace(READING.get() + 1) == 0;
        Reading { _lock: outermost.then(|| IN_FLIGHT.read()) }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        READING.set(READING.get() - 1);
    }
}

/// Waits for the programs of other threads that may read on behalf of expressions evaluated by now.
pub(super) fn wait_for_readers() {
    if READING.get() == 0 {
        drop(IN_FLIGHT.write());
    }
}

/// A program being put together from arrays that may be pending: their expressions become part of it, so that one pass does all.
pub struct Fusion<'a> {
    program: Program<'a>,
    /// The pending arrays in it, with the operands that hold them.
    inlined: SmallVec<[(Inlined, Operand); 4]>,
    /// The arrays that it reads from memory, so that one that is read twice is one stream.
    loaded: SmallVec<[(&'a Array, DType, Operand); 8]>,
    reading: Option<Reading>,
    inputs: PhantomData<&'a Array>,
}

/// What is let go after an evaluation.
struct Finished {
    _expressions: SmallVec<[Option<Arc<Deferred>>; 2]>,
    _inlined: SmallVec<[(Inlined, Operand); 4]>,
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
            reading: None,
            inputs: PhantomData,
        }
    }

    /// The one whose value is `array`.
    pub fn of(array: &'a Array) -> Fusion<'a> {
        let mut f = Fusion::new(array.shape());
        f.load(array, array.dtype());
        f
    }

    /// Adds an array, broadcast to the shape and cast to `dtype`.
    ///
    /// # Panics
    /// If the shape does not broadcast, or a dtype is complex.
    pub fn load(&mut self, array: &'a Array, dtype: DType) -> Operand {
        if array.numel() == self.program.numel()
            && array.layout().is_contiguous()
            && let Some(deferred) = array.pending()
            && deferred.shape.iter().product::<usize>() == array.numel()
            && self.program.len() + deferred.steps <= STEPS
        {
            let x = self.inline(array, deferred);
            return if array.dtype() == dtype { x } else { self.program.cast(x, dtype) };
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

    fn inline(&mut self, array: &Array, deferred: Arc<Deferred>) -> Operand {
        self.reading.get_or_insert_with(Reading::begin);
        let same = |(i, _): &&(Inlined, Operand)| Arc::ptr_eq(&i.deferred, &deferred);
        if let Some((_, x)) = self.inlined.iter().find(same) {
            return *x;
        }
        // SAFETY: the expression lives in the Arc that goes into `inlined`, as long as the program does, which is never given away
        // with this lifetime.
        let expression: &'a dyn Expression = unsafe { &*std::ptr::from_ref(&*deferred.expression) };
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
    fn finish(mut self, value: Operand, dtype: DType, storage: &Storage) -> Finished {
        let inlined = std::mem::take(&mut self.inlined);
        let wanted = |i: &Inlined| {
            i.deferred.steps >= STORED_FROM
                && i.array.storage().is_some_and(|s| i.array.base_holders() > 1 + s.pending_readers().len())
        };
        // Only this thread may fill them, and it must not wait for its turn while it has another one's.
        let mut also: SmallVec<[_; 2]> = inlined
            .iter()
            .filter(|(i, x)| matches!(x, Operand::Step(_)) && *x != value && wanted(i))
            .filter_map(|(i, x)| Some((i, *x, i.deferred.target.try_lock()?)))
            .filter(|(.., target)| !target.0.is_null())
            .collect();
        let flat = Layout::contiguous(&[self.program.numel()]);
        let mut blocks: SmallVec<[_; 2]> = SmallVec::new();
        let mut outs: SmallVec<[(Operand, ViewMut); 2]> = SmallVec::new();
        let targets = also.iter().map(|(i, x, _)| (*x, i.array.storage().expect("it is pending"), i.deferred.dtype));
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
        Finished { _expressions: done, _inlined: inlined }
    }
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

    fn pending(&self) -> Option<Arc<Deferred>> {
        self.storage()?.pending()
    }

    /// An array that `expression` describes, computed when its numbers are needed. `None` if arrays of this size are computed at once.
    pub(crate) fn deferred<E: Expression + 'static>(
        shape: &Dims,
        dtype: DType,
        expression: impl FnOnce() -> E,
    ) -> Option<Array> {
        let defers = deferral::defers(shape.iter().product());
        defers.then(|| defer(shape.clone(), dtype, Box::new(expression())))
    }
}
