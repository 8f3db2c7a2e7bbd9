//! Normalization of rows, forward and backward, each in one pass through memory: a few rows at a time stay in the cache while they
//! are read again.
//!
//! With m = mean(x), s = 1 / sqrt(mean((x - m)^2) + eps) and z = (x - m) s the result is z w + b. From its gradient g, with h = g w,
//! dx = s (h - mean(h) - z mean(h z)), dw = sum(g z) and db = sum(g) over the rows.
//!
//! Sums along a row have `LANES` virtual lanes of the row's own type. The mean is corrected by the mean of what is left after taking
//! off its rounded value, so single precision loses no digits of the deviations. Sums over rows are made in blocks of few rows, and
//! blocks are added in double precision, cut by size alone: no result depends on threads.

mod backward;

pub use backward::{LayerNormGrads, layer_norm_backward};

use crate::reduce::{Float, SumOf, Then, fold_lanes};
use crate::softmax::{Target, dense, prefetch};
use crate::tile::{Compute, Lane, Program, counters};
use crate::view::{View, ViewMut};
use crate::{multiversion, parallel};
use std::marker::PhantomData;

/// Virtual lanes of a sum along a row.
const LANES: usize = 32;
/// Rows that are worked on together, so that sums of different rows overlap and weights are read once for all.
const ROWS: usize = 4;
/// Elements of the longest row that is worked on with others: the processor fetches one long row ahead of time, but not four.
const LONG: usize = 256;
/// Elements of one piece of work.
const PIECE: usize = 1 << 15;
/// Rows whose column sums are added up before they go to double precision.
const BLOCK: usize = 32;
/// Pieces of work that make column sums, at most.
const PIECES: usize = 64;
/// Rows of one such piece, at least: its sums take much less memory than they are made of.
const PIECE_ROWS: usize = 16;

/// `LANES` elements, or the `n` that there are, filled up.
#[inline(always)]
unsafe fn get<X: Float, const ALL: bool>(p: *const X, n: usize, fill: X) -> [X; LANES] {
    if ALL {
        // SAFETY: the caller gives so many elements.
        return unsafe { p.cast::<[X; LANES]>().read() };
    }
    let mut x = [fill; LANES];
    for (l, x) in x.iter_mut().enumerate().take(n) {
        // SAFETY: l < n.
        *x = unsafe { *p.add(l) };
    }
    x
}

/// Writes `LANES` elements, or the first `n`.
#[inline(always)]
unsafe fn put<X: Float, const ALL: bool>(p: *mut X, n: usize, x: [X; LANES]) {
    if ALL {
        // SAFETY: the caller has room for so many elements.
        return unsafe { p.cast::<[X; LANES]>().write(x) };
    }
    for (l, x) in x.iter().enumerate().take(n) {
        // SAFETY: l < n.
        unsafe { *p.add(l) = *x };
    }
}

#[inline(always)]
fn each<X: Float>(f: impl Fn(usize) -> X) -> [X; LANES] {
    let mut x = [X::default(); LANES];
    for (l, x) in x.iter_mut().enumerate() {
        *x = f(l);
    }
    x
}

/// The sums of all lanes of each row, in a fixed tree. Not inlined: across rows the compiler would mix up lanes that lie side by side.
#[inline(never)]
fn totals<X: Float, const K: usize>(sums: &[[X; LANES]; K]) -> [f64; K] {
    let mut out = [0.0; K];
    for (out, sums) in out.iter_mut().zip(sums) {
        let mut x = *sums;
        let mut half = LANES / 2;
        while half > 0 {
            for l in 0..half {
                x[l] = x[l] + x[l + half];
            }
            half /= 2;
        }
        *out = x[0].to_f64();
    }
    out
}

/// A row's mean, in two parts, and one over its deviation.
#[derive(Clone, Copy, Default)]
struct Moments<X> {
    mean: X,
    rest: X,
    scale: X,
}

/// In double precision, for rows whose squares are too large or too small for their type.
#[cold]
fn careful<X: Float>(x: &[X]) -> (f64, f64) {
    let sum = SumOf::<X, false> { then: Then::Keep, x: PhantomData };
    // SAFETY: the slice has its elements.
    let mean = unsafe { fold_lanes(sum, x.as_ptr(), x.len()) }.0 / x.len() as f64;
    let squares = x.iter().map(|v| (v.to_f64() - mean) * (v.to_f64() - mean)).sum::<f64>();
    (mean, squares / x.len() as f64)
}

#[inline(always)]
unsafe fn add<X: Float, const K: usize, const ALL: bool>(x: *const X, r: usize, i: usize, sums: &mut [[X; LANES]; K]) {
    for (k, sum) in sums.iter_mut().enumerate() {
        // SAFETY: the caller gives K rows, with LANES elements from i on, or with some.
        let x = unsafe { get::<X, ALL>(x.add(k * r + i), r - i, X::default()) };
        *sum = each(|l| sum[l] + x[l]);
    }
}

#[inline(always)]
unsafe fn add_deviations<X: Float, const K: usize, const ALL: bool>(
    x: *const X,
    r: usize,
    i: usize,
    mean: &[X; K],
    sums: &mut [[X; LANES]; K],
    squares: &mut [[X; LANES]; K],
) {
    for k in 0..K {
        // SAFETY: as in `add`; what is filled up deviates by nothing.
        let x = unsafe { get::<X, ALL>(x.add(k * r + i), r - i, mean[k]) };
        let d = each(|l| x[l] - mean[k]);
        sums[k] = each(|l| sums[k][l] + d[l]);
        squares[k] = each(|l| d[l].fma(d[l], squares[k][l]));
    }
}

/// What is added to the normalized row and what it is multiplied by; null if nothing.
#[derive(Clone, Copy)]
struct Affine<X> {
    weight: *const X,
    bias: *const X,
}

// SAFETY: the pointers are borrows of memory that is only read.
unsafe impl<X> Sync for Affine<X> {}

impl<X: Lane> Affine<X> {
    fn new(weight: Option<View>, bias: Option<View>, r: usize) -> Affine<X> {
        let ptr = |v: Option<View>| {
            v.map_or(std::ptr::null(), |v| {
                let v = v.as_slice::<X>().expect("parameters are dense and of the type that is computed in");
                assert_eq!(v.len(), r, "parameters have the size of a row");
                v.as_ptr()
            })
        };
        Affine { weight: ptr(weight), bias: ptr(bias) }
    }
}

#[inline(always)]
unsafe fn finish<X: Float, const K: usize, const ALL: bool>(
    [x, y]: [*mut X; 2],
    r: usize,
    i: usize,
    m: &[Moments<X>; K],
    a: Affine<X>,
) {
    // SAFETY: the caller gives K rows at x and y, and parameters of a row, with LANES elements from i on, or with some.
    unsafe {
        let one = X::from_f64(1.0);
        let w = if a.weight.is_null() { [one; LANES] } else { get::<X, ALL>(a.weight.add(i), r - i, one) };
        let zero = X::default();
        let b = if a.bias.is_null() { [zero; LANES] } else { get::<X, ALL>(a.bias.add(i), r - i, zero) };
        for (k, m) in m.iter().enumerate() {
            let x = get::<X, ALL>(x.add(k * r + i), r - i, zero);
            let z = each(|l| ((x[l] - m.mean) - m.rest) * m.scale);
            put::<X, ALL>(y.add(k * r + i), r - i, each(|l| z[l].fma(w[l], b[l])));
        }
    }
}

#[inline(always)]
unsafe fn forward_body<X: Float, const K: usize>(
    x: *const X,
    y: *mut X,
    r: usize,
    eps: f64,
    a: Affine<X>,
    m: &mut [Moments<X>; K],
) {
    // SAFETY: the caller gives K rows of r elements at x and y, and parameters of r elements, in every loop.
    unsafe {
        let (whole, n) = (r / LANES * LANES, r as f64);
        let mut sums = [[X::default(); LANES]; K];
        for i in (0..whole).step_by(LANES) {
            add::<X, K, true>(x, r, i, &mut sums);
        }
        if whole < r {
            add::<X, K, false>(x, r, whole, &mut sums);
        }
        let mean = totals(&sums).map(|sum| X::from_f64(sum / n));
        let mut sums = [[X::default(); LANES]; K];
        let mut squares = sums;
        for i in (0..whole).step_by(LANES) {
            add_deviations::<X, K, true>(x, r, i, &mean, &mut sums, &mut squares);
        }
        if whole < r {
            add_deviations::<X, K, false>(x, r, whole, &mean, &mut sums, &mut squares);
        }
        let (rests, squares) = (totals(&sums), totals(&squares));
        for k in 0..K {
            let (rest, squares) = (rests[k] / n, squares[k]);
            let (mut at, mut variance) = (mean[k].to_f64() + rest, (squares / n - rest * rest).max(0.0));
            // In single precision squares lose digits below and have no room above.
            if X::COMPUTE == Compute::F32 && !(1e-30..1e37).contains(&squares) {
                (at, variance) = careful(std::slice::from_raw_parts(x.add(k * r), r));
            }
            let mean = X::from_f64(at);
            let rest = X::from_f64(at - mean.to_f64());
            m[k] = Moments { mean, rest, scale: X::from_f64(1.0 / (variance + eps).sqrt()) };
        }
        let both = [x.cast_mut(), y];
        for i in (0..whole).step_by(LANES) {
            prefetch(x, K * r + i, LANES);
            finish::<X, K, true>(both, r, i, m, a);
        }
        if whole < r {
            finish::<X, K, false>(both, r, whole, m, a);
        }
    }
}

multiversion! {
    /// Normalizes `K` rows of `r` elements at `x` into `y`.
    unsafe fn forward_rows[X: Float, const K: usize](x: *const X, y: *mut X, r: usize, eps: f64, a: Affine<X>, m: &mut [Moments<X>; K]) = forward_body;
}

/// A dense output of a number for each row.
struct PerRow<X>(*mut X);

// SAFETY: pieces of work write disjoint rows.
unsafe impl<X> Sync for PerRow<X> {}

impl<X: Lane> PerRow<X> {
    fn new(out: &mut ViewMut, rows: usize) -> PerRow<X> {
        let out = out.as_slice_mut::<X>().expect("statistics are dense and of the type that is computed in");
        assert_eq!(out.len(), rows, "one for each row");
        PerRow(out.as_mut_ptr())
    }

    /// # Safety
    /// The row is there, and no other piece of work has it.
    unsafe fn put(&self, row: usize, x: X) {
        // SAFETY: the caller's contract.
        unsafe { *self.0.add(row) = x }
    }
}

/// Calls `f::<ROWS>` or `f::<1>` until all rows are done.
macro_rules! in_groups {
    ($from:expr, $to:expr, $r:expr, $at:ident, $K:ident => $body:expr) => {{
        let mut $at = $from;
        while $at < $to {
            if $r <= LONG && $at + ROWS <= $to {
                const $K: usize = ROWS;
                $body;
                $at += $K;
            } else {
                const $K: usize = 1;
                $body;
                $at += $K;
            }
        }
    }};
}

use in_groups;

/// Normalizes rows of `r` elements: see the [module](self). `weight` and `bias` are dense and of the type that `source` is computed in, as
/// are `mean` and `scale` (s above), one number for each row. `out` is dense and overlaps nothing that is read.
///
/// # Panics
/// If the sizes do not fit, an array is not as it should be, or the source is not of floats.
#[allow(clippy::too_many_arguments, reason = "what a kernel reads and writes is told one by one")]
pub fn layer_norm(
    source: &Program,
    r: usize,
    weight: Option<View>,
    bias: Option<View>,
    eps: f64,
    out: &mut ViewMut,
    mean: &mut ViewMut,
    scale: &mut ViewMut,
) {
    match source.compute(source.last()) {
        Compute::F32 => forward::<f32>(source, r, Affine::new(weight, bias, r), eps, out, mean, scale),
        Compute::F64 => forward::<f64>(source, r, Affine::new(weight, bias, r), eps, out, mean, scale),
        _ => panic!("normalization is of floats"),
    }
}

fn forward<X: Float>(
    source: &Program,
    r: usize,
    a: Affine<X>,
    eps: f64,
    out: &mut ViewMut,
    mean: &mut ViewMut,
    scale: &mut ViewMut,
) {
    let rows = mean.numel();
    assert_eq!(source.numel(), rows * r, "the program has the sizes that are normalized");
    let target = Target::new(out, rows * r);
    let (mean, scale) = (PerRow::<X>::new(mean, rows), PerRow::<X>::new(scale, rows));
    let parameters = usize::from(!a.weight.is_null()) + usize::from(!a.bias.is_null());
    counters::count(
        source.bytes_read() + parameters * r * size_of::<X>(),
        rows * (r * out.dtype.size() + 2 * size_of::<X>()),
    );
    if r == 0 {
        let nan = X::from_f64(f64::NAN);
        // SAFETY: nobody else has these rows.
        (0..rows).for_each(|i| unsafe { (mean.put(i, nan), scale.put(i, nan)).1 });
        return;
    }
    parallel::for_ranges(rows, (PIECE / r).max(1).next_multiple_of(ROWS), |from, to| {
        let (mean, scale) = (&mean, &scale);
        let mut scratch = source.scratch();
        let (mut buffer, mut result) = (Vec::new(), Vec::new());
        in_groups!(from, to, r, at, K => {
            let mut m = [Moments::default(); K];
            // SAFETY: the rows are inside of the source and the output, and no other piece of work has them.
            unsafe {
                let x = dense(source, at * r, K * r, &mut scratch, &mut buffer);
                target.with(at * r, K * r, &mut result, |y| forward_rows::<X, K>(x, y, r, eps, a, &mut m));
                for (k, m) in m.iter().enumerate() {
                    mean.put(at + k, m.mean);
                    scale.put(at + k, m.scale);
                }
            }
        });
    });
}

#[cfg(test)]
mod tests;
