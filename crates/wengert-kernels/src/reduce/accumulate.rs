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
        unsafe { fold_lanes(self, x, n) }
    }
}

/// Virtual lanes of a fold over dense elements.
pub(crate) const LANES: usize = 32;

/// Folds with [`LANES`] lanes and combines them in a tree; for accumulators that ask for no position.
///
/// # Safety
/// `x` holds `n` elements.
#[inline(always)]
pub(crate) unsafe fn fold_lanes<R: Accumulate>(acc: R, x: *const R::X, n: usize) -> (R::A, R::B) {
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
    #[allow(clippy::eq_op)]
    fn is_nan(self) -> bool {
        self != self
    }
}

impl Ordered for bool {
    const LOWEST: bool = false;
    const HIGHEST: bool = true;
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

/// What [`SumOf`] adds up.
pub(crate) mod term {
    /// The element.
    pub const VALUE: u8 = 0;
    /// Its magnitude.
    pub const ABS: u8 = 1;
    /// Its square.
    pub const SQUARE: u8 = 2;
    /// A power of its magnitude.
    pub const POWER: u8 = 3;
}

/// What a sum becomes at the end.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Then {
    Keep,
    Mean,
    SquareRoot,
    /// The power 1/p.
    Root,
}

/// A sum over floats in double precision.
#[derive(Clone, Copy)]
pub(crate) struct SumOf<X, const TERM: u8> {
    pub p: f64,
    pub then: Then,
    pub x: PhantomData<X>,
}

impl<X: Float, const TERM: u8> Accumulate for SumOf<X, TERM> {
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
        let term = match TERM {
            term::VALUE => x,
            term::ABS => x.abs(),
            term::SQUARE => x * x,
            _ => math::pow(x.abs(), self.p),
        };
        (s.0 + term, ())
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
            Then::SquareRoot => s.0.sqrt(),
            Then::Root => s.0.powf(1.0 / self.p),
        }
    }
}

/// A wrapping sum of integers, or a count of `true`.
#[derive(Clone, Copy)]
pub(crate) struct IntSum<X>(pub PhantomData<X>);

impl<X: Lane> Accumulate for IntSum<X> {
    type X = X;
    type Out = i64;
    one_part!(i64);
    #[inline(always)]
    fn identity(self) -> (i64, ()) {
        (0, ())
    }
    #[inline(always)]
    fn step(self, s: (i64, ()), x: X, _: At) -> (i64, ()) {
        (s.0.wrapping_add(x.to_i64()), ())
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

/// How many elements are not zero.
#[derive(Clone, Copy)]
pub(crate) struct Count<X>(pub PhantomData<X>);

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
    fn finish(self, s: (i64, ()), _: usize) -> i64 {
        s.0
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

/// The largest or smallest element (of the magnitudes, if `ABS`); NaN if there is one.
#[derive(Clone, Copy)]
pub(crate) struct Extreme<X, const MAX: bool, const ABS: bool>(pub PhantomData<X>);

impl<X: Ordered, const MAX: bool, const ABS: bool> Accumulate for Extreme<X, MAX, ABS> {
    type X = X;
    type Out = X;
    one_part!(X);
    #[inline(always)]
    fn identity(self) -> (X, ()) {
        match (MAX, ABS) {
            (true, true) => (X::default(), ()),
            (true, false) => (X::LOWEST, ()),
            (false, _) => (X::HIGHEST, ()),
        }
    }
    #[inline(always)]
    fn step(self, s: (X, ()), x: X, _: At) -> (X, ()) {
        let x = if ABS { X::from_elem(x.to_f64().abs()) } else { x };
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

/// Is any element not zero? With `ALL`: is none zero?
#[derive(Clone, Copy)]
pub(crate) struct Truth<X, const ALL: bool>(pub PhantomData<X>);

impl<X: Lane, const ALL: bool> Accumulate for Truth<X, ALL> {
    type X = X;
    type Out = bool;
    one_part!(bool);
    #[inline(always)]
    fn identity(self) -> (bool, ()) {
        (ALL, ())
    }
    #[inline(always)]
    fn step(self, s: (bool, ()), x: X, _: At) -> (bool, ()) {
        let x = x != X::default();
        (if ALL { s.0 & x } else { s.0 | x }, ())
    }
    #[inline(always)]
    fn combine(self, l: (bool, ()), _: usize, r: (bool, ()), _: usize) -> (bool, ()) {
        (if ALL { l.0 & r.0 } else { l.0 | r.0 }, ())
    }
    #[inline(always)]
    fn finish(self, s: (bool, ()), _: usize) -> bool {
        s.0
    }
}
