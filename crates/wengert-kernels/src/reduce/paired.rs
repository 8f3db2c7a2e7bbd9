//! Accumulators with two parts: mean and variance, position of an extreme, log-sum-exp.

use super::accumulate::{Accumulate, At, Extreme, Float, LANES, Ordered, SumOf, Then, extreme, fold_lanes};
use crate::math;
use std::marker::PhantomData;

/// Mean and sum of squared deviations, in double precision.
#[derive(Clone, Copy)]
pub(crate) struct Moments<X> {
    /// What is taken off the number of elements before dividing.
    pub correction: f64,
    /// Give the standard deviation instead of the variance.
    pub root: bool,
    pub x: PhantomData<X>,
}

impl<X: Float> Accumulate for Moments<X> {
    type X = X;
    type A = f64;
    type B = f64;
    type Out = f64;
    #[inline(always)]
    fn identity(self) -> (f64, f64) {
        (0.0, 0.0)
    }
    /// Welford's update.
    #[inline(always)]
    fn step(self, (mean, squares): (f64, f64), x: X, at: At) -> (f64, f64) {
        let x = x.to_f64();
        let off = x - mean;
        let mean = mean + off * at.inverse;
        (mean, squares + off * (x - mean))
    }
    /// Chan's formula.
    #[inline(always)]
    fn combine(self, l: (f64, f64), nl: usize, r: (f64, f64), nr: usize) -> (f64, f64) {
        if nr == 0 {
            return l;
        }
        let off = r.0 - l.0;
        let weight = nr as f64 / (nl + nr) as f64;
        (l.0 + off * weight, l.1 + r.1 + off * off * (nl as f64 * weight))
    }
    #[inline(always)]
    fn finish(self, s: (f64, f64), n: usize) -> f64 {
        let variance = s.1 / (n as f64 - self.correction).max(0.0);
        if self.root { variance.sqrt() } else { variance }
    }
    /// Two passes: the elements are in the first-level cache.
    #[inline(always)]
    unsafe fn fold(self, x: *const X, n: usize, _: usize) -> (f64, f64) {
        let sum = SumOf::<X, false> { then: Then::Keep, x: PhantomData };
        // SAFETY: the caller's contract.
        let mean = unsafe { fold_lanes(sum, x, n) }.0 / n.max(1) as f64;
        // SAFETY: the caller's contract.
        (mean, unsafe { fold_lanes(Deviation(mean, PhantomData), x, n) }.0)
    }
}

/// Sum of squared deviations from a known mean.
#[derive(Clone, Copy)]
struct Deviation<X>(f64, PhantomData<X>);

impl<X: Float> Accumulate for Deviation<X> {
    type X = X;
    type A = f64;
    type B = ();
    type Out = f64;
    #[inline(always)]
    fn identity(self) -> (f64, ()) {
        (0.0, ())
    }
    #[inline(always)]
    fn step(self, s: (f64, ()), x: X, _: At) -> (f64, ()) {
        let off = x.to_f64() - self.0;
        (s.0 + off * off, ())
    }
    #[inline(always)]
    fn combine(self, l: (f64, ()), _: usize, r: (f64, ()), _: usize) -> (f64, ()) {
        (l.0 + r.0, ())
    }
    #[inline(always)]
    fn finish(self, s: (f64, ()), _: usize) -> f64 {
        s.0
    }
}

/// The first largest (`MAX`) or smallest element and its number; a NaN wins.
#[derive(Clone, Copy)]
pub(crate) struct Position<X, const MAX: bool>(pub PhantomData<X>);

impl<X: Ordered, const MAX: bool> Accumulate for Position<X, MAX> {
    type X = X;
    type A = X;
    type B = i64;
    type Out = i64;
    const WIDEN: bool = false;
    #[inline(always)]
    fn identity(self) -> (X, i64) {
        // -1: no element yet, so that the first wins even if it is the lowest there is.
        (if MAX { X::LOWEST } else { X::HIGHEST }, -1)
    }
    #[inline(always)]
    fn step(self, s: (X, i64), x: X, at: At) -> (X, i64) {
        self.combine(s, 1, (x, at.index), 1)
    }
    #[inline(always)]
    fn combine(self, l: (X, i64), _: usize, r: (X, i64), _: usize) -> (X, i64) {
        let beats = if MAX { r.0 > l.0 } else { r.0 < l.0 };
        let take = beats | (r.0.is_nan() & !l.0.is_nan()) | ((l.1 < 0) & (r.1 >= 0));
        (if take { r.0 } else { l.0 }, if take { r.1 } else { l.1 })
    }
    #[inline(always)]
    fn finish(self, s: (X, i64), _: usize) -> i64 {
        s.1
    }
    /// The extreme first, then where it is.
    #[inline(always)]
    unsafe fn fold(self, x: *const X, n: usize, first: usize) -> (X, i64) {
        if n == 0 {
            return self.identity();
        }
        // SAFETY: the caller's contract.
        let value = unsafe { fold_lanes(Extreme::<X, MAX>(PhantomData), x, n) }.0;
        // SAFETY: the caller's contract.
        let at = |i: usize| unsafe { *x.add(i) };
        let is = |v: X| (v == value) | (v.is_nan() & value.is_nan());
        let mut i = 0;
        // Whole groups without it, then the place within the group.
        while i + LANES <= n {
            let mut here = false;
            for l in 0..LANES {
                here |= is(at(i + l));
            }
            if here {
                break;
            }
            i += LANES;
        }
        while i < n && !is(at(i)) {
            i += 1;
        }
        (value, (first + i) as i64)
    }
}

/// The largest element m and the sum of exp(x - m).
#[derive(Clone, Copy)]
pub(crate) struct LogSumExp<X>(pub PhantomData<X>);

impl<X: Float> Accumulate for LogSumExp<X> {
    type X = X;
    type A = X;
    type B = f64;
    type Out = f64;
    #[inline(always)]
    fn identity(self) -> (X, f64) {
        (X::LOWEST, 0.0)
    }
    #[inline(always)]
    fn step(self, s: (X, f64), x: X, _: At) -> (X, f64) {
        let off = x - s.0;
        let above = x > s.0;
        // Of two equals (infinities too) the difference is 0.
        let e = math::exp(if above { s.0 - x } else { off });
        let e = if x == s.0 { 1.0 } else { e.to_f64() };
        (if above { x } else { s.0 }, if above { s.1 * e + 1.0 } else { s.1 + e })
    }
    #[inline(always)]
    fn combine(self, l: (X, f64), _: usize, r: (X, f64), _: usize) -> (X, f64) {
        let m = extreme::<X, true>(l.0, r.0);
        let scale = |s: (X, f64)| if s.0 == m { s.1 } else { s.1 * math::exp(s.0.to_f64() - m.to_f64()) };
        (m, scale(l) + scale(r))
    }
    #[inline(always)]
    fn finish(self, s: (X, f64), _: usize) -> f64 {
        s.0.to_f64() + s.1.ln()
    }
    #[inline(always)]
    unsafe fn fold(self, x: *const X, n: usize, _: usize) -> (X, f64) {
        // SAFETY: the caller's contract.
        let m = unsafe { fold_lanes(Extreme::<X, true>(PhantomData), x, n) }.0;
        if m == X::HIGHEST || m == X::LOWEST {
            // An infinity decides alone; -inf stands for no element at all as well.
            return (m, if m == X::HIGHEST { 1.0 } else { n as f64 });
        }
        // By way of a buffer: the sum's lanes would unroll the exponential many times.
        let sum = SumOf::<X, false> { then: Then::Keep, x: PhantomData };
        let mut total = 0.0;
        let mut buffer = [X::default(); 256];
        for done in (0..n).step_by(buffer.len()) {
            let len = buffer.len().min(n - done);
            for (i, e) in buffer[..len].iter_mut().enumerate() {
                // SAFETY: done + i < n.
                *e = math::exp(unsafe { *x.add(done + i) } - m);
            }
            // SAFETY: the buffer holds len elements.
            total += unsafe { fold_lanes(sum, buffer.as_ptr(), len) }.0;
        }
        (m, total)
    }
}
