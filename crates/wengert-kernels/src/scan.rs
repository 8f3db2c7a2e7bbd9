//! Running sums, products, maxima and minima along a dimension, and first-order linear recurrences.
//!
//! Sums and products of `f32` and `f64` run in double precision, those of half precision in `f32`, those of integers in
//! 64 bits that wrap; each result is rounded once. Every line is one chain, in order.

use crate::dispatch;
use crate::dtype::{Category, DType, Element};
use crate::index::{PIECE, at_least_1d};
use crate::layout::{Dims, Layout, Strides};
use crate::parallel::for_ranges;
use crate::view::{View, ViewMut};
use crate::walk::{Raw, walk};

/// The type a sum or product runs in.
trait Running: Copy + Default + Send + Sync + 'static {
    fn load<T: Element>(x: T) -> Self;
    fn store<T: Element>(self) -> T;
    fn one() -> Self;
    fn add(self, x: Self) -> Self;
    fn mul(self, x: Self) -> Self;
}

macro_rules! running {
    ($t:ty, $load:expr, $store:ident, $wide:ty, $add:expr, $mul:expr) => {
        impl Running for $t {
            #[inline(always)]
            fn load<T: Element>(x: T) -> $t {
                ($load)(x)
            }
            #[inline(always)]
            fn store<T: Element>(self) -> T {
                T::$store(self as $wide)
            }
            fn one() -> $t {
                1 as $t
            }
            #[inline(always)]
            fn add(self, x: $t) -> $t {
                ($add)(self, x)
            }
            #[inline(always)]
            fn mul(self, x: $t) -> $t {
                ($mul)(self, x)
            }
        }
    };
}
running!(f64, T::to_f64, from_f64, f64, |a, b| a + b, |a, b| a * b);
running!(f32, |x: T| x.to_f64() as f32, from_f64, f64, |a, b| a + b, |a, b| a * b);
running!(i64, T::to_i64, from_i64, i64, i64::wrapping_add, i64::wrapping_mul);

/// Moves a run of elements between memory (with a step) and a buffer.
type Load<A> = unsafe fn(*const u8, isize, &mut [A]);
type Store<A> = unsafe fn(*mut u8, isize, &[A]);

/// # Safety
/// `p` has as many elements of `T`, `step` apart, as `to`.
unsafe fn load<T: Element, A: Running>(p: *const u8, step: isize, to: &mut [A]) {
    for (j, to) in to.iter_mut().enumerate() {
        // SAFETY: the contract.
        *to = A::load(unsafe { *p.cast::<T>().offset(j as isize * step) });
    }
}

/// # Safety
/// `p` takes as many elements of `T`, `step` apart, as `from` has.
unsafe fn store<T: Element, A: Running>(p: *mut u8, step: isize, from: &[A]) {
    for (j, from) in from.iter().enumerate() {
        // SAFETY: the contract.
        unsafe { *p.cast::<T>().offset(j as isize * step) = from.store() }
    }
}

/// An array as lines along a dimension, side by side along another one.
struct Lines {
    outer: Dims,
    outer_strides: [Strides; 3],
    /// Length of a line, and the steps along it.
    n: usize,
    along: [isize; 3],
    /// How many lines lie side by side, and the steps between them.
    width: usize,
    across: [isize; 3],
}

/// Lines that are worked on at once.
const WIDTH: usize = 64;

impl Lines {
    fn new(dim: usize, layouts: [&Layout; 3]) -> Lines {
        let (shape, nd) = (&layouts[0].shape, layouts[0].ndim());
        assert!(dim < nd && layouts.iter().all(|l| l.shape == *shape), "scan: shapes do not fit");
        // The last other dimension is the one along which lines lie side by side.
        let side = (0..nd).rev().find(|&d| d != dim);
        let keep: Vec<usize> = (0..nd).filter(|&d| d != dim && Some(d) != side).collect();
        Lines {
            outer: keep.iter().map(|&d| shape[d]).collect(),
            outer_strides: layouts.map(|l| keep.iter().map(|&d| l.strides[d]).collect()),
            n: shape[dim],
            along: layouts.map(|l| l.strides[dim]),
            width: side.map_or(1, |d| shape[d]),
            across: layouts.map(|l| side.map_or(0, |d| l.strides[d])),
        }
    }

    /// Calls `f(offsets of the first line, number of lines)` for groups of lines, on some thread.
    fn each(&self, f: impl Fn([isize; 3], usize) + Sync) {
        let part = WIDTH.min(self.width);
        if part == 0 || self.n == 0 {
            return;
        }
        let parts = self.width.div_ceil(part);
        let outer: usize = self.outer.iter().product();
        let [a, b, c] = &self.outer_strides;
        for_ranges(outer * parts, (PIECE / (part * self.n)).max(1), |start, end| {
            for piece in start..end {
                let j = piece % parts * part;
                walk(&self.outer, [a, b, c], piece / parts, piece / parts + 1, |at| {
                    let first = std::array::from_fn(|i| at[i] + j as isize * self.across[i]);
                    f(first, part.min(self.width - j));
                });
            }
        });
    }
}

fn scan<A: Running>(
    input: View,
    out: &ViewMut,
    Along { dim, reverse }: Along,
    start: A,
    op: impl Fn(A, A) -> A + Sync,
) {
    let (li, lo) = (at_least_1d(input.layout), at_least_1d(out.layout));
    let lines = Lines::new(dim, [&li, &lo, &lo]);
    let load = dispatch!(input.dtype, T => load::<T, A> as Load<A>, else => panic!("scan: complex numbers"));
    let store = dispatch!(out.dtype, T => store::<T, A> as Store<A>, else => panic!("scan: complex numbers"));
    let (size_i, size_o) = (input.dtype.size() as isize, out.dtype.size() as isize);
    let ([mut ai, mut ao, _], [ci, co, _]) = (lines.along, lines.across);
    let (mut from, mut to) = (input.ptr.cast_mut(), out.ptr);
    if reverse {
        let last = lines.n.max(1) as isize - 1;
        (from, to) = (from.wrapping_offset(last * ai * size_i), to.wrapping_offset(last * ao * size_o));
        (ai, ao) = (-ai, -ao);
    }
    let (from, to) = (Raw(from), Raw(to));
    lines.each(|[i, o, _], width| {
        let (from, to) = (from.get().wrapping_offset(i * size_i), to.get().wrapping_offset(o * size_o));
        let mut buffer = [A::default(); 512];
        // SAFETY: the views' creators vouch for their elements; each line is met once.
        unsafe {
            if ai.abs() == 1 && width > 1 || width == 1 {
                // Line after line, in runs.
                for j in 0..width as isize {
                    let (from, to) = (from.offset(j * ci * size_i), to.offset(j * co * size_o));
                    let mut sum = start;
                    for l in (0..lines.n).step_by(buffer.len()) {
                        let run = &mut buffer[..(lines.n - l).min(512)];
                        load(from.offset(l as isize * ai * size_i), ai, run);
                        for x in run.iter_mut() {
                            sum = op(sum, *x);
                            *x = sum;
                        }
                        store(to.offset(l as isize * ao * size_o), ao, run);
                    }
                }
            } else {
                // All lines at once, step after step.
                let (sums, row) = buffer.split_at_mut(256);
                let (sums, row) = (&mut sums[..width], &mut row[..width]);
                sums.fill(start);
                for l in 0..lines.n as isize {
                    load(from.offset(l * ai * size_i), ci, row);
                    for (sum, x) in sums.iter_mut().zip(&*row) {
                        *sum = op(*sum, *x);
                    }
                    store(to.offset(l * ao * size_o), co, sums);
                }
            }
        }
    });
}

/// The dimension of a scan, and whether it starts at the end.
#[derive(Clone, Copy, Debug)]
pub struct Along {
    /// Number of the dimension.
    pub dim: usize,
    /// From the last element to the first.
    pub reverse: bool,
}

impl From<usize> for Along {
    fn from(dim: usize) -> Along {
        Along { dim, reverse: false }
    }
}

/// Which type a sum or product to this dtype runs in.
fn accumulate(input: View, out: ViewMut, dim: Along, product: bool) {
    match (out.dtype.category(), out.dtype, product) {
        (Category::Float, DType::F16 | DType::BF16, false) => scan(input, &out, dim, 0f32, Running::add),
        (Category::Float, DType::F16 | DType::BF16, true) => scan(input, &out, dim, f32::one(), Running::mul),
        (Category::Float, _, false) => scan(input, &out, dim, 0f64, Running::add),
        (Category::Float, _, true) => scan(input, &out, dim, f64::one(), Running::mul),
        (_, _, false) => scan(input, &out, dim, 0i64, Running::add),
        (_, _, true) => scan(input, &out, dim, i64::one(), Running::mul),
    }
}

/// Running sums along `dim`. `out` has the shape of `input`, and its dtype decides how to sum (see the module).
///
/// # Panics
/// If the shapes differ, or a dtype is complex.
pub fn cumsum(input: View, dim: impl Into<Along>, out: ViewMut) {
    accumulate(input, out, dim.into(), false);
}

/// Running products along `dim`; as [`cumsum`] otherwise.
///
/// # Panics
/// As [`cumsum`].
pub fn cumprod(input: View, dim: impl Into<Along>, out: ViewMut) {
    accumulate(input, out, dim.into(), true);
}

/// Running logarithms of sums of exponentials along `dim`, without overflow, in double precision.
///
/// # Panics
/// As [`cumsum`]; if the input is not of floats.
pub fn logcumsumexp(input: View, dim: impl Into<Along>, out: ViewMut) {
    assert!(input.dtype.is_float(), "scan: exponentials are of floats");
    scan(input, &out, dim.into(), f64::NEG_INFINITY, |a, b| {
        let (low, high) = if b < a { (b, a) } else { (a, b) };
        // Equal infinities are their own sum; a NaN passes through the last branch.
        if low == high && low.is_infinite() { low } else { high + (low - high).exp().ln_1p() }
    });
}

/// Running maxima along `dim` and where they are (64-bit integers; of equal ones the last). NaN stays.
///
/// # Panics
/// If shapes or dtypes do not fit together, or the dtype is complex.
pub fn cummax(input: View, dim: usize, values: ViewMut, indices: ViewMut) {
    extremes(input, dim, values, indices, true);
}

/// Running minima along `dim` and where they are; as [`cummax`] otherwise.
///
/// # Panics
/// As [`cummax`].
pub fn cummin(input: View, dim: usize, values: ViewMut, indices: ViewMut) {
    extremes(input, dim, values, indices, false);
}

fn extremes(input: View, dim: usize, values: ViewMut, indices: ViewMut, max: bool) {
    assert!(values.dtype == input.dtype && indices.dtype == DType::I64, "scan: dtypes do not fit");
    let (li, lv, lx) = (at_least_1d(input.layout), at_least_1d(values.layout), at_least_1d(indices.layout));
    let lines = Lines::new(dim, [&li, &lv, &lx]);
    let (from, to, at) = (Raw(input.ptr.cast_mut()), Raw(values.ptr), Raw(indices.ptr.cast::<i64>()));
    dispatch!(input.dtype, T => lines.each(|[i, v, x], width| {
        let (from, to, at) = (from.get().cast::<T>(), to.get().cast::<T>(), at.get());
        // SAFETY: the views' creators vouch for their elements; each line is met once.
        unsafe {
            let (from, to, at) = (from.offset(i), to.offset(v), at.offset(x));
            let ([ai, av, ax], [ci, cv, cx]) = (lines.along, lines.across);
            if ai == 1 || width == 1 {
                // Line after line.
                for j in 0..width as isize {
                    let (from, to, at) = (from.offset(j * ci), to.offset(j * cv), at.offset(j * cx));
                    let mut best = (*from, 0);
                    for l in 0..lines.n as isize {
                        let y = *from.offset(l * ai);
                        if replaces(y, best.0, max) {
                            best = (y, l);
                        }
                        *to.offset(l * av) = best.0;
                        *at.offset(l * ax) = best.1 as i64;
                    }
                }
                return;
            }
            // All lines at once, step after step.
            let mut best = [(T::default(), 0i64); WIDTH];
            for l in 0..lines.n as isize {
                for (j, best) in best[..width].iter_mut().enumerate() {
                    let j = j as isize;
                    let y = *from.offset(l * ai + j * ci);
                    if l == 0 || replaces(y, best.0, max) {
                        *best = (y, l as i64);
                    }
                    *to.offset(l * av + j * cv) = best.0;
                    *at.offset(l * ax + j * cx) = best.1;
                }
            }
        }
    }), else => panic!("scan: complex numbers have no order"))
}

/// Does `y` take the place of `best`? NaN takes it and keeps it, except from another NaN.
#[inline(always)]
#[allow(clippy::eq_op, reason = "NaN alone differs from itself")]
fn replaces<T: Element>(y: T, best: T, max: bool) -> bool {
    y != y || (best == best && if max { y >= best } else { y <= best })
}

mod recurrence;
pub use recurrence::recurrence;

#[cfg(test)]
mod tests;
