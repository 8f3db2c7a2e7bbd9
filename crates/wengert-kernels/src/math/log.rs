//! The logarithms: `log`, `log2`, `log10`, `log1p`, and `asinh`, `acosh`, `atanh` which are `log1p` of something.
//!
//! Method: `x = m 2^k` with `m` in `[sqrt(1/2), sqrt(2))` from the bits, `f = m - 1`, `s = f / (2 + f)`, and
//! `log m = 2 atanh s = f - f^2/2 + s (f^2/2 + R(s^2))` with a polynomial `R`.

use super::Real;
use super::real::{Core, fast_two_sum, horner, two_sum};

/// `l` with `log(1 + f) = f + l`.
#[inline(always)]
fn kernel<T: Core>(f: T) -> T {
    let s = f / (f + T::of(2.0));
    let z = s * s;
    let half_square = T::of(0.5) * f * f;
    let r = z.fma(horner(z, T::LOG), half_square);
    s.fma(r, -half_square)
}

/// `(m, k)` of a positive finite number, also a subnormal one.
#[inline(always)]
pub fn split<T: Core>(x: T) -> (T, T) {
    let subnormal = x < T::MIN_NORMAL;
    let scaled = if subnormal { x * T::SUBNORMAL_SCALE } else { x };
    let (m, k) = scaled.split();
    (m, if subnormal { k - T::SUBNORMAL_SHIFT } else { k })
}

/// `k ln 2 + f + l`.
#[inline(always)]
fn assemble<T: Core>(k: T, f: T, l: T) -> T {
    let (sum, error) = fast_two_sum(k * T::LN_2_SHORT.0, f);
    sum + (error + k.fma(T::LN_2_SHORT.1, l))
}

/// The values at zero, infinity, NaN and below zero, which all logarithms have alike.
#[inline(always)]
fn special<T: Core>(x: T, result: T) -> T {
    let result = if x < T::INFINITY { result } else { x };
    let result = if x == T::of(0.0) { -T::INFINITY } else { result };
    if x < T::of(0.0) { T::NAN } else { result }
}

/// Natural logarithm.
#[inline(always)]
pub fn log<T: Real>(x: T) -> T {
    let (m, k) = split(x);
    let f = m - T::of(1.0);
    special(x, assemble(k, f, kernel(f)))
}

/// `k unit + (f + l) factor`, everything but the last sum with its rounding error.
#[inline(always)]
fn other_base<T: Core>(x: T, unit: (T, T), factor: (T, T)) -> T {
    let (m, k) = split(x);
    let f = m - T::of(1.0);
    let (h, l) = fast_two_sum(f, kernel(f));
    let product = h * factor.0;
    let low = h.fma(factor.0, -product) + l.fma(factor.0, h * factor.1);
    let (sum, error) = fast_two_sum(k * unit.0, product);
    special(x, sum + (error + k.fma(unit.1, low)))
}

/// Logarithm to base 2; exact for powers of two.
#[inline(always)]
pub fn log2<T: Real>(x: T) -> T {
    other_base(x, (T::of(1.0), T::of(0.0)), T::LOG2_E_PARTS)
}

/// Logarithm to base 10.
#[inline(always)]
pub fn log10<T: Real>(x: T) -> T {
    other_base(x, T::LOG10_2_SHORT, T::LOG10_E_PARTS)
}

/// `log(1 + h + l) + extra ln 2`, for `h > -1` and finite; `l` small beside `h`.
#[inline(always)]
fn log1p_parts<T: Core>(h: T, l: T, extra: T) -> T {
    let one = T::of(1.0);
    let (u, error) = two_sum(one, h);
    let ul = error + l;
    let (m, k) = u.split();
    // 2^-k, bounded: past the bound u is far too large for ul to count.
    let bounded = if k > T::of(64.0) { T::of(64.0) } else { k };
    let inverse = (T::MAGIC - bounded).pow2();
    let (f, fl) = two_sum(m - one, ul * inverse);
    // log(1 + f + fl) = log(1 + f) + fl / (1 + f); fl is a rounding error, so few digits of the quotient do.
    let tail = kernel(f) + fl * (one - f + f * f);
    assemble(k + extra, f, tail)
}

/// `log(1 + x)`, accurate near 0.
#[inline(always)]
pub fn log1p<T: Real>(x: T) -> T {
    let bounded = if x.magnitude() < T::INFINITY { x } else { T::of(0.0) };
    let result = log1p_parts(bounded, T::of(0.0), T::of(0.0));
    let result = if x < T::INFINITY { result } else { x };
    let result = if x.magnitude() < T::TINY * T::TINY { x } else { result };
    let result = if x == T::of(-1.0) { -T::INFINITY } else { result };
    if x < T::of(-1.0) { T::NAN } else { result }
}

/// The square root of `h + l` as a sum of two numbers.
#[inline(always)]
fn root_parts<T: Core>(h: T, l: T) -> (T, T) {
    let s = h.root();
    let low = ((-s).fma(s, h) + l) / (s + s);
    (s, if s > T::of(0.0) { low } else { T::of(0.0) })
}

/// Inverse hyperbolic sine.
#[inline(always)]
pub fn asinh<T: Real>(x: T) -> T {
    let one = T::of(1.0);
    let a = x.magnitude();
    let large = a > T::LARGE;
    let b = if large { one } else { a };
    // asinh b = log1p(b + b^2 / (1 + sqrt(1 + b^2))).
    let square = b * b;
    let square_low = b.fma(b, -square);
    let (t, error) = two_sum(one, square);
    let (s, sl) = root_parts(t, error + square_low);
    let (d, error) = fast_two_sum(s, one);
    let inverse = one / d;
    let q = square * inverse;
    let ql = ((-q).fma(d, square) + (square_low - q * (error + sl))) * inverse;
    let (h, l) = two_sum(b, q);
    // For a large number it is log(2 a).
    let h = if large { bounded_minus_one(a) } else { h };
    let l = if large { T::of(0.0) } else { l + ql };
    let extra = if large { one } else { T::of(0.0) };
    let result = log1p_parts(h, l, extra);
    let result = if a < T::TINY { a } else { result };
    let result = if a < T::INFINITY { result } else { a };
    result.with_sign(x)
}

/// `a - 1` for finite `a`, and a finite number otherwise: the argument of `log1p` that makes it `log a`.
#[inline(always)]
fn bounded_minus_one<T: Core>(a: T) -> T {
    if a < T::INFINITY { a - T::of(1.0) } else { T::of(1.0) }
}

/// Inverse hyperbolic cosine.
#[inline(always)]
pub fn acosh<T: Real>(x: T) -> T {
    let one = T::of(1.0);
    let large = x > T::LARGE;
    let b = if large { one } else { x };
    // acosh b = log1p((b - 1) + sqrt(b^2 - 1)).
    let square = b * b;
    let square_low = b.fma(b, -square);
    let (t, error) = two_sum(square, -one);
    let (t, tl) = two_sum(t, error + square_low);
    let (s, sl) = root_parts(t, tl);
    let (c, cl) = two_sum(b, -one);
    let (h, l) = two_sum(s, c);
    let h = if large { bounded_minus_one(x) } else { h };
    let l = if large { T::of(0.0) } else { l + (sl + cl) };
    let extra = if large { one } else { T::of(0.0) };
    let result = log1p_parts(h, l, extra);
    let result = if x < T::INFINITY { result } else { x };
    if x < one { T::NAN } else { result }
}

/// Inverse hyperbolic tangent.
#[inline(always)]
pub fn atanh<T: Real>(x: T) -> T {
    let one = T::of(1.0);
    let a = x.magnitude();
    let b = if a < one { a } else { T::of(0.0) };
    // atanh b = log1p(2 b / (1 - b)) / 2.
    let (d, dl) = fast_two_sum(one, -b);
    let twice = b + b;
    let inverse = one / d;
    let q = twice * inverse;
    let ql = ((-q).fma(d, twice) - q * dl) * inverse;
    let result = T::of(0.5) * log1p_parts(q, ql, T::of(0.0));
    let result = if a < T::TINY { a } else { result };
    let result = if a == one { T::INFINITY } else { result };
    // Past 1, and NaN.
    let result = if a <= one { result } else { T::NAN };
    result.with_sign(x)
}
