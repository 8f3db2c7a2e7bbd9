//! `erf` and `erfc`.
//!
//! Method: below 3/4 an odd polynomial for `erf`; above it `erfc(x) = e^(-x^2) P(t) / (1 + 2x)` with one polynomial in
//! `t = (x - c) / (x + c)` for all the rest (the variable of Shepherd and Laframboise), where `x^2` is a sum of two
//! numbers.

use super::Real;
use super::exp;
use super::real::{Core, fast_two_sum, horner};

/// Below this `erf` is the odd polynomial.
const SMALL: f64 = 0.75;

/// `c` with `erf a = a + c`, for `a` up to 3/4.
#[inline(always)]
fn erf_rest<T: Core>(a: T) -> T {
    a * horner(a * a, T::ERF)
}

/// `erfc a` for `a` at least 3/4.
#[inline(always)]
fn erfc_tail<T: Core>(a: T) -> T {
    let (one, two) = (T::of(1.0), T::of(2.0));
    let a = if a > T::ERFC_HIGH { T::ERFC_HIGH } else { a };
    let square = a * a;
    let square_low = a.fma(a, -square);
    let (n, r, rl) = exp::reduce(-square, -square_low);
    let (u, ul) = exp::kernel(r, rl);
    let (p, error) = fast_two_sum(one, u);
    let pl = error + ul;
    let t = (a - T::ERFC_CENTER) / (a + T::ERFC_CENTER);
    let (d, dl) = fast_two_sum(two * a, one);
    let inverse = one / d;
    let value = horner(t, T::ERFC);
    let q = value * inverse;
    let ql = ((-q).fma(d, value) - q * dl) * inverse;
    exp::scale(p.fma(q, p.fma(ql, pl * q)), n)
}

/// The error function.
#[inline(always)]
pub fn erf<T: Real>(x: T) -> T {
    let a = x.magnitude();
    let small = a + erf_rest(a);
    let large = T::of(1.0) - erfc_tail(a);
    let result = if a < T::of(SMALL) { small } else { large };
    result.with_sign(x)
}

/// One minus the error function, accurate for large arguments.
#[inline(always)]
pub fn erfc<T: Real>(x: T) -> T {
    let a = x.magnitude();
    let (h, error) = fast_two_sum(T::of(1.0), -x);
    // erf_rest is odd, like erf.
    let small = h + (error - erf_rest(x));
    let tail = erfc_tail(a);
    let large = if x.sign_bit() { T::of(2.0) - tail } else { tail };
    if a < T::of(SMALL) { small } else { large }
}
