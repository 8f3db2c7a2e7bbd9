//! Reductions of a [`Program`] over the middle of `[outer, r, inner]`, tile by tile, without storing the program's value.
//!
//! Sums are made in double precision (integers in 64 bits), in a fixed number of virtual lanes, over blocks of a fixed size
//! that are combined in a fixed tree: results depend on no thread. A half-precision result is rounded once, at the end.
//!
//! Files: `accumulate.rs` the trait and accumulators with one part, `paired.rs` those with two, `driver.rs` the walk.

mod accumulate;
mod driver;
mod paired;
#[cfg(test)]
mod tests;

pub(crate) use accumulate::{Extreme, Float, LANES, SumOf, Then, extreme, fold_lanes};
pub(crate) use driver::{drive, transpose};
pub(crate) use paired::LogSumExp;

use crate::dtype::DType;
use crate::tile::{Compute, Kernels, Lane, Program, TILE, store_dense};
use crate::view::{View, ViewMut};
use crate::{kernels, math};
use accumulate::{Accumulate, Count, IntProduct, IntSum, Ordered, Product, Says};
use paired::{Moments, Position};
use std::marker::PhantomData;

static MAGNITUDE: Kernels = kernels! { f32, f64 => |x: T| -> T { x.abs() } };
static POWER: Kernels = kernels! { f32, f64 => |x: T, p: T| -> T { math::pow(x, p) } };

/// What [`reduce`] computes. Types named are those of the source's compute type; the result is cast to the output's dtype.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Reduction {
    /// Sum; of integers and booleans in `i64`.
    Sum,
    /// Sum over count, divided before the one rounding; floats only. NaN for no elements.
    Mean,
    /// Product; of integers and booleans in `i64`.
    Prod,
    /// Largest element; NaN if there is one. Of no elements it is the lowest value: callers refuse that.
    Max,
    /// Smallest element; likewise.
    Min,
    /// Is any element not zero?
    Any,
    /// Is no element zero?
    All,
    /// How many elements are not zero (a NaN is not).
    CountNonzero,
    /// Number of the first largest element along `r`; the first NaN wins. -1 for no elements: callers refuse that.
    ArgMax,
    /// Number of the first smallest element; likewise.
    ArgMin,
    /// log of the sum of exp, without overflow; floats only. -inf for no elements.
    LogSumExp,
    /// Vector norm of this order (0, 1, 2, any number, infinities); floats only.
    Norm(f64),
    /// Variance with the count less this correction as divisor; floats only.
    Var(f64),
    /// Square root of [`Var`](Reduction::Var).
    Std(f64),
}

/// Reduces the middle of `source`, whose row-major order is that of `[outer, r, inner]`, into `out`: dense `[outer, inner]`, of any dtype.
///
/// # Panics
/// If the sizes do not fit, `out` is not contiguous, or the operation is for floats only and the source is not.
pub fn reduce(op: Reduction, source: &Program, outer: usize, r: usize, inner: usize, out: &mut ViewMut) {
    use Reduction as Op;
    let mut changed = None;
    let compute = source.compute(source.last());
    // What can be had from another operation is not worth its own loops.
    let op = match (compute, op) {
        (Compute::F32 | Compute::F64, Op::Norm(p)) if ![0.0, 2.0].contains(&p) => {
            let changed = changed.insert(source.clone());
            let x = changed.step(MAGNITUDE.get(compute).expect("of floats"), &[source.last()]);
            match p {
                1.0 => Op::Sum,
                f64::INFINITY => Op::Max,
                f64::NEG_INFINITY => Op::Min,
                _ => {
                    let order = changed.scalar(p, compute.dtype());
                    changed.step(POWER.get(compute).expect("of floats"), &[x, order]);
                    op
                }
            }
        }
        (Compute::Bool, Op::ArgMax | Op::ArgMin) => {
            changed.insert(source.clone()).cast(source.last(), DType::I64);
            op
        }
        (Compute::Bool, Op::Sum) => Op::CountNonzero,
        (Compute::Bool, Op::Max) => Op::Any,
        (Compute::Bool, Op::Min | Op::Prod) => Op::All,
        _ => op,
    };
    let source = changed.as_ref().unwrap_or(source);
    let job = Job { source, outer, r, inner };
    match source.compute(source.last()) {
        Compute::F32 => job.float::<f32>(op, out),
        Compute::F64 => job.float::<f64>(op, out),
        Compute::I64 => match op {
            Op::Sum => job.run(IntSum, out),
            Op::Prod => job.run(IntProduct, out),
            _ => job.ordered::<i64>(op, out),
        },
        Compute::Bool => job.count::<bool>(op, out),
    }
}

/// The sum of a tile of dense `f32` or `f64` at most, as [`reduce`] computes it, without the way there.
pub fn sum_of_few(x: &View) -> Option<f64> {
    fn sum<X: Float>(x: &[X]) -> f64 {
        // SAFETY: a slice of so many elements.
        unsafe { fold_lanes(SumOf::<X, false> { then: Then::Keep, x: PhantomData }, x.as_ptr(), x.len()).0 }
    }
    if x.layout.numel() > TILE {
        return None;
    }
    match x.dtype {
        DType::F32 => x.as_slice::<f32>().map(sum),
        DType::F64 => x.as_slice::<f64>().map(sum),
        _ => None,
    }
}

/// Variance (or, with `root`, standard deviation) and mean in one pass, as [`reduce`] does; `out` and `mean` are `[outer, inner]`.
///
/// # Panics
/// As [`reduce`].
#[allow(clippy::too_many_arguments, reason = "what a kernel reads and writes is told one by one")]
pub fn var_mean(
    correction: f64,
    root: bool,
    source: &Program,
    outer: usize,
    r: usize,
    inner: usize,
    out: &mut ViewMut,
    mean: &mut ViewMut,
) {
    fn typed<X: Float>(job: Job, correction: f64, root: bool, out: &mut ViewMut, mean: &mut ViewMut) {
        let acc = Moments::<X> { correction, root, x: PhantomData };
        let (out, mean) = (job.sink(out), job.sink(mean));
        drive(acc, job.source, job.outer, job.r, job.inner, &|first, a, b| {
            out.put(first, a.len(), |i| acc.finish((a[i], b[i]), job.r));
            mean.put(first, a.len(), |i| if job.r == 0 { f64::NAN } else { a[i] });
        });
    }
    let job = Job { source, outer, r, inner };
    match source.compute(source.last()) {
        Compute::F32 => typed::<f32>(job, correction, root, out, mean),
        Compute::F64 => typed::<f64>(job, correction, root, out, mean),
        _ => panic!("the variance is of floats"),
    }
}

/// Largest (`max`) or smallest elements and their numbers along `r`, in one pass: PyTorch's `max(dim)`. The first of equals;
/// a NaN wins.
///
/// # Panics
/// As [`reduce`].
pub fn extreme_with_index(
    max: bool,
    source: &Program,
    outer: usize,
    r: usize,
    inner: usize,
    values: &mut ViewMut,
    index: &mut ViewMut,
) {
    fn typed<X: Ordered, const MAX: bool>(job: Job, values: &mut ViewMut, index: &mut ViewMut) {
        let (values, index) = (job.sink(values), job.sink(index));
        let acc = Position::<X, MAX>(PhantomData);
        drive(acc, job.source, job.outer, job.r, job.inner, &|first, a, b| {
            values.put(first, a.len(), |i| a[i]);
            index.put(first, a.len(), |i| b[i]);
        });
    }
    let job = Job { source, outer, r, inner };
    match (source.compute(source.last()), max) {
        (Compute::F32, true) => typed::<f32, true>(job, values, index),
        (Compute::F32, false) => typed::<f32, false>(job, values, index),
        (Compute::F64, true) => typed::<f64, true>(job, values, index),
        (Compute::F64, false) => typed::<f64, false>(job, values, index),
        (Compute::I64, true) => typed::<i64, true>(job, values, index),
        (Compute::I64, false) => typed::<i64, false>(job, values, index),
        (Compute::Bool, _) => {
            let mut wide = source.clone();
            wide.cast(source.last(), DType::I64);
            extreme_with_index(max, &wide, outer, r, inner, values, index);
        }
    }
}

#[derive(Clone, Copy)]
struct Job<'a, 'p> {
    source: &'a Program<'p>,
    outer: usize,
    r: usize,
    inner: usize,
}

impl Job<'_, '_> {
    fn sink<'o>(&self, out: &'o mut ViewMut) -> Sink<'o> {
        Sink::new(out, self.outer * self.inner)
    }

    fn run<R: Accumulate>(&self, acc: R, out: &mut ViewMut) {
        let out = self.sink(out);
        drive(acc, self.source, self.outer, self.r, self.inner, &|first, a, b| {
            out.put(first, a.len(), |i| acc.finish((a[i], b[i]), self.r));
        });
    }

    fn float<X: Float>(&self, op: Reduction, out: &mut ViewMut) {
        let x = PhantomData;
        let sum = |then| SumOf::<X, false> { then, x };
        match op {
            Reduction::Sum => self.run(sum(Then::Keep), out),
            Reduction::Mean => self.run(sum(Then::Mean), out),
            Reduction::Prod => self.run(Product::<X>(x), out),
            Reduction::LogSumExp => self.run(LogSumExp::<X>(x), out),
            Reduction::Var(correction) => self.run(Moments::<X> { correction, root: false, x }, out),
            Reduction::Std(correction) => self.run(Moments::<X> { correction, root: true, x }, out),
            Reduction::Norm(0.0) => self.count::<X>(Reduction::CountNonzero, out),
            Reduction::Norm(2.0) => self.run(SumOf::<X, true> { then: Then::Root(2.0), x }, out),
            Reduction::Norm(p) => self.run(sum(Then::Root(p)), out),
            _ => self.ordered::<X>(op, out),
        }
    }

    fn ordered<X: Ordered>(&self, op: Reduction, out: &mut ViewMut) {
        let x = PhantomData;
        match op {
            Reduction::Max => self.run(Extreme::<X, true>(x), out),
            Reduction::Min => self.run(Extreme::<X, false>(x), out),
            Reduction::ArgMax => self.run(Position::<X, true>(x), out),
            Reduction::ArgMin => self.run(Position::<X, false>(x), out),
            _ => self.count::<X>(op, out),
        }
    }

    fn count<X: Lane>(&self, op: Reduction, out: &mut ViewMut) {
        let says = match op {
            Reduction::CountNonzero => Says::HowMany,
            Reduction::Any => Says::Any,
            Reduction::All => Says::All,
            _ => panic!("{op:?} is of floats"),
        };
        self.run(Count::<X> { says, x: PhantomData }, out);
    }
}

/// A dense output that pieces of work write to.
pub(crate) struct Sink<'o> {
    ptr: *mut u8,
    dtype: DType,
    borrow: PhantomData<&'o mut [u8]>,
}

// SAFETY: pieces of work write disjoint results.
unsafe impl Sync for Sink<'_> {}

impl<'o> Sink<'o> {
    /// # Panics
    /// If `out` has not `n` elements, or is not contiguous.
    pub(crate) fn new(out: &'o mut ViewMut, n: usize) -> Sink<'o> {
        assert_eq!(out.numel(), n, "the output has a place for each result");
        assert!(out.layout.is_contiguous(), "the output is contiguous");
        Sink { ptr: out.ptr, dtype: out.dtype, borrow: PhantomData }
    }

    /// Writes results `first..first + n`, which the driver has given to this call alone.
    pub(crate) fn put<L: Lane>(&self, first: usize, n: usize, result: impl Fn(usize) -> L) {
        let mut tile = [L::default(); 256];
        for done in (0..n).step_by(tile.len()) {
            let len = tile.len().min(n - done);
            for (i, t) in tile[..len].iter_mut().enumerate() {
                *t = result(done + i);
            }
            // SAFETY: the driver gives ranges of [outer, inner], and `Job::sink` has checked that there is room for them.
            unsafe { store_dense(tile.as_ptr(), self.ptr.add((first + done) * self.dtype.size()), self.dtype, len) };
        }
    }
}

const _: () = assert!(TILE >= 256);
