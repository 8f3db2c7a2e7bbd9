//! What a reduction keeps while it runs: accumulators with one part.

use crate::math;
use crate::tile::Lane;
use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Sub};

/// Where an element stands among those that are reduced together.
#[derive(Clone, Copy)]
pub(crate) struct At {
    /// Its number along the reduced dimension.
    pub index: i64,
    /// One over the number of elements that its lane has seen, this one included.
    pub inverse: f64,
}

/// A reduction, as a state of two parts (the second is often `()`), so that the states of many columns are two dense arrays.
///
/// Elements of one state come in order. Everything is `#[inline(always)]` and branch-free where it is to be vectorized.
pub(crate) trait Accumulate: Copy + Send + Sync {
    /// What is reduced.
    type X: Lane;
    /// First part of the state.
    type A: Copy + Send + Sync;
    /// Second part of the state.
    type B: Copy + Send + Sync;
    /// The result.
    type Out: Lane;
    /// May neighbouring rows be reduced in different lanes? Not where the position counts.
    const WIDEN: bool = true;

    /// The state before any element.
    fn identity(self) -> (Self::A, Self::B);
    /// The state after one more element.
    fn step(self, s: (Self::A, Self::B), x: Self::X, at: At) -> (Self::A, Self::B);
    /// The state of `nl` elements and the `nr` (may be 0) that follow them.
    fn combine(self, l: (Self::A, Self::B), nl: usize, r: (Self::A, Self::B), nr: usize) -> (Self::A, Self::B);
    /// The result for `n` elements.
    fn finish(self, s: (Self::A, Self::B), n: usize) -> Self::Out;

    /// The state of `n` dense elements, of which the first has number `first`.
    ///
    /// # Safety
    /// `x` holds `n` elements.
    #[inline(always)]
    unsafe fn fold(self, x: *const Self::X, n: usize, first: usize) -> (Self::A, Self::B) {
        let _ = first;
        // SAFETY: the caller's contract.
        unsafe { fold_lanes_ahead::<Self, AHEAD>(self, x, n) }
    }
}

/// So many bytes before they are needed, elements that lie in memory are asked for: the hardware looks no further than
/// the end of a page.
const AHEAD: usize = 4096;

/// Asks for the cache lines of `n` elements, which need not be there.
#[inline(always)]
pub(crate) fn prefetch<X>(x: *const X, n: usize) {
    #[cfg(target_arch = "x86_64")]
    for byte in (0..n * size_of::<X>()).step_by(64) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: every x86-64 has the instruction, and it faults at no address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(x.cast::<i8>().wrapping_add(byte)) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (x, n);
}

/// Virtual lanes of a fold over dense elements.
pub(crate) const LANES: usize = 32;

/// Folds with [`LANES`] lanes and combines them in a tree; for accumulators that ask for no position.
///
/// # Safety
/// `x` holds `n` elements.
#[inline(always)]
pub(crate) unsafe fn fold_lanes<R: Accumulate>(acc: R, x: *const R::X, n: usize) -> (R::A, R::B) {
    // SAFETY: the caller's contract.
    unsafe { fold_lanes_ahead::<R, 0>(acc, x, n) }
}

/// [`fold_lanes`], which asks for what lies `BYTES` further on unless that is 0.
///
/// # Safety
/// `x` holds `n` elements.
#[inline(always)]
unsafe fn fold_lanes_ahead<R: Accumulate, const BYTES: usize>(acc: R, x: *const R::X, n: usize) -> (R::A, R::B) {
    let at = At { index: 0, inverse: 0.0 };
    if n < LANES {
        let mut s = acc.identity();
        for i in 0..n {
            // SAFETY: i < n.
            s = acc.step(s, unsafe { *x.add(i) }, at);
        }
        return s;
    }
    let mut s = [acc.identity(); LANES];
    let whole = n / LANES * LANES;
    for i in (0..whole).step_by(LANES) {
        if BYTES > 0 {
            prefetch(x.wrapping_add(i).wrapping_byte_add(BYTES), LANES);
        }
        for (l, s) in s.iter_mut().enumerate() {
            // SAFETY: i + l < whole <= n.
            *s = acc.step(*s, unsafe { *x.add(i + l) }, at);
        }
    }
    for (l, s) in s.iter_mut().enumerate().take(n - whole) {
        // SAFETY: whole + l < n.
        *s = acc.step(*s, unsafe { *x.add(whole + l) }, at);
    }
    let mut half = LANES / 2;
    while half > 0 {
        for l in 0..half {
            s[l] = acc.combine(s[l], 1, s[l + half], 1);
        }
        half /= 2;
    }
    s[0]
}

/// Any lane in which a largest or smallest element can be looked for.
pub(crate) trait Ordered: Lane {
    /// Not above any element.
    const LOWEST: Self;
    /// Not below any element.
    const HIGHEST: Self;
    /// Is it not a number?
    #[inline(always)]
    #[allow(clippy::eq_op, reason = "NaN alone differs from itself")]
    fn is_nan(self) -> bool {
        self != self
    }
}

impl Ordered for i64 {
    const LOWEST: i64 = i64::MIN;
    const HIGHEST: i64 = i64::MAX;
}
impl Ordered for f32 {
    const LOWEST: f32 = f32::NEG_INFINITY;
    const HIGHEST: f32 = f32::INFINITY;
}
impl Ordered for f64 {
    const LOWEST: f64 = f64::NEG_INFINITY;
    const HIGHEST: f64 = f64::INFINITY;
}

/// The two lanes with fractions.
pub(crate) trait Float:
    Ordered + math::Real + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
}
impl Float for f32 {}
impl Float for f64 {}

/// The larger (`MAX`) or smaller of two, NaN if one is; the first of equals.
#[inline(always)]
pub(crate) fn extreme<X: Ordered, const MAX: bool>(a: X, b: X) -> X {
    let beats = if MAX { b > a } else { b < a };
    if beats | b.is_nan() & !a.is_nan() { b } else { a }
}

macro_rules! one_part {
    ($A:ty) => {
        type A = $A;
        type B = ();
    };
}

/// What a sum becomes at the end.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Then {
    Keep,
    /// Divided by the number of elements.
    Mean,
    /// The power 1/p.
    Root(f64),
}

/// A sum of floats, or of their squares, in double precision.
#[derive(Clone, Copy)]
pub(crate) struct SumOf<X, const SQUARE: bool> {
    pub then: Then,
    pub x: PhantomData<X>,
}

impl<X: Float, const SQUARE: bool> Accumulate for SumOf<X, SQUARE> {
    type X = X;
    type Out = f64;
    one_part!(f64);
    #[inline(always)]
    fn identity(self) -> (f64, ()) {
        (0.0, ())
    }
    #[inline(always)]
    fn step(self, s: (f64, ()), x: X, _: At) -> (f64, ()) {
        let x = x.to_f64();
        (s.0 + if SQUARE { x * x } else { x }, ())
    }
    #[inline(always)]
    fn combine(self, l: (f64, ()), _: usize, r: (f64, ()), _: usize) -> (f64, ()) {
        (l.0 + r.0, ())
    }
    #[inline(always)]
    fn finish(self, s: (f64, ()), n: usize) -> f64 {
        match self.then {
            Then::Keep => s.0,
            Then::Mean => s.0 / n as f64,
            Then::Root(2.0) => s.0.sqrt(),
            Then::Root(p) => s.0.powf(1.0 / p),
        }
    }
}

/// A wrapping sum of integers.
#[derive(Clone, Copy)]
pub(crate) struct IntSum;

impl Accumulate for IntSum {
    type X = i64;
    type Out = i64;
    one_part!(i64);
    #[inline(always)]
    fn identity(self) -> (i64, ()) {
        (0, ())
    }
    #[inline(always)]
    fn step(self, s: (i64, ()), x: i64, _: At) -> (i64, ()) {
        (s.0.wrapping_add(x), ())
    }
    #[inline(always)]
    fn combine(self, l: (i64, ()), _: usize, r: (i64, ()), _: usize) -> (i64, ()) {
        (l.0.wrapping_add(r.0), ())
    }
    #[inline(always)]
    fn finish(self, s: (i64, ()), _: usize) -> i64 {
        s.0
    }
}

/// What a count of nonzero elements says.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Says {
    HowMany,
    Any,
    All,
}

/// How many elements are not zero.
#[derive(Clone, Copy)]
pub(crate) struct Count<X> {
    pub says: Says,
    pub x: PhantomData<X>,
}

impl<X: Lane> Accumulate for Count<X> {
    type X = X;
    type Out = i64;
    one_part!(i64);
    #[inline(always)]
    fn identity(self) -> (i64, ()) {
        (0, ())
    }
    #[inline(always)]
    fn step(self, s: (i64, ()), x: X, _: At) -> (i64, ()) {
        (s.0 + (x != X::default()) as i64, ())
    }
    #[inline(always)]
    fn combine(self, l: (i64, ()), _: usize, r: (i64, ()), _: usize) -> (i64, ()) {
        (l.0 + r.0, ())
    }
    #[inline(always)]
    fn finish(self, s: (i64, ()), n: usize) -> i64 {
        match self.says {
            Says::HowMany => s.0,
            Says::Any => (s.0 > 0) as i64,
            Says::All => (s.0 == n as i64) as i64,
        }
    }
}

/// A product of floats in double precision.
#[derive(Clone, Copy)]
pub(crate) struct Product<X>(pub PhantomData<X>);

impl<X: Float> Accumulate for Product<X> {
    type X = X;
    type Out = f64;
    one_part!(f64);
    #[inline(always)]
    fn identity(self) -> (f64, ()) {
        (1.0, ())
    }
    #[inline(always)]
    fn step(self, s: (f64, ()), x: X, _: At) -> (f64, ()) {
        (s.0 * x.to_f64(), ())
    }
    #[inline(always)]
    fn combine(self, l: (f64, ()), _: usize, r: (f64, ()), _: usize) -> (f64, ()) {
        (l.0 * r.0, ())
    }
    #[inline(always)]
    fn finish(self, s: (f64, ()), _: usize) -> f64 {
        s.0
    }
}

/// A wrapping product of integers.
#[derive(Clone, Copy)]
pub(crate) struct IntProduct;

impl Accumulate for IntProduct {
    type X = i64;
    type Out = i64;
    one_part!(i64);
    #[inline(always)]
    fn identity(self) -> (i64, ()) {
        (1, ())
    }
    #[inline(always)]
    fn step(self, s: (i64, ()), x: i64, _: At) -> (i64, ()) {
        (s.0.wrapping_mul(x), ())
    }
    #[inline(always)]
    fn combine(self, l: (i64, ()), _: usize, r: (i64, ()), _: usize) -> (i64, ()) {
        (l.0.wrapping_mul(r.0), ())
    }
    #[inline(always)]
    fn finish(self, s: (i64, ()), _: usize) -> i64 {
        s.0
    }
}

/// The largest or smallest element; NaN if there is one.
#[derive(Clone, Copy)]
pub(crate) struct Extreme<X, const MAX: bool>(pub PhantomData<X>);

impl<X: Ordered, const MAX: bool> Accumulate for Extreme<X, MAX> {
    type X = X;
    type Out = X;
    one_part!(X);
    #[inline(always)]
    fn identity(self) -> (X, ()) {
        (if MAX { X::LOWEST } else { X::HIGHEST }, ())
    }
    #[inline(always)]
    fn step(self, s: (X, ()), x: X, _: At) -> (X, ()) {
        (extreme::<X, MAX>(s.0, x), ())
    }
    #[inline(always)]
    fn combine(self, l: (X, ()), _: usize, r: (X, ()), _: usize) -> (X, ()) {
        (extreme::<X, MAX>(l.0, r.0), ())
    }
    #[inline(always)]
    fn finish(self, s: (X, ()), _: usize) -> X {
        s.0
    }
}
