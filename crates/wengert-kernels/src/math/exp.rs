//! The exponential family: `exp`, `exp2`, `expm1`, `sigmoid`, `sinh`, `cosh`, `tanh`.
//!
//! Method: `x = n ln 2 + r` with `ln 2` in two parts (Cody and Waite), a polynomial for `(e^r - 1 - r) / r^2` on
//! `|r| <= ln 2 / 2`, and `2^n` put in through the exponent bits. Functions with cancellation or a division carry the
//! rounding error of their leading term along, so that one rounding dominates.

use super::Real;
use super::real::{Core, clamp, fast_two_sum, horner, two_sum};

/// `(n, r, rl)` with `h + l = n ln 2 + r + rl`.
#[inline(always)]
pub fn reduce<T: Core>(h: T, l: T) -> (T, T, T) {
    let n = h.fma(T::LOG2_E, T::MAGIC) - T::MAGIC;
    // Exact: the product has no more bits than the format, and the subtraction cancels.
    let high = n.fma(-T::LN_2_SHORT.0, h);
    let low = n.fma(-T::LN_2_SHORT.1, l);
    let (r, rl) = two_sum(high, low);
    (n, r, rl)
}

/// `(u, ul)` with `e^(r + rl) = 1 + u + ul`.
#[inline(always)]
pub fn kernel<T: Core>(r: T, rl: T) -> (T, T) {
    let tail = (r * r).fma(horner(r, T::EXP), rl);
    fast_two_sum(r, tail)
}

/// `p * 2^n`, rounded once, for `n` up to twice the exponent range.
#[inline(always)]
pub fn scale<T: Core>(p: T, n: T) -> T {
    let half = n.fma(T::of(0.5), T::MAGIC);
    let rest = (n - (half - T::MAGIC)) + T::MAGIC;
    p * half.pow2() * rest.pow2()
}

/// `(n, r)` with `x` about `n ln 2 + r`: the remainder rounded once.
#[inline(always)]
fn reduce_short<T: Core>(x: T) -> (T, T) {
    let n = x.fma(T::LOG2_E, T::MAGIC) - T::MAGIC;
    (n, n.fma(-T::LN_2_SHORT.1, n.fma(-T::LN_2_SHORT.0, x)))
}

/// e to the power x.
#[inline(always)]
pub fn exp<T: Real>(x: T) -> T {
    let (n, r) = reduce_short(clamp(x, T::EXP_LOW, T::EXP_HIGH));
    let p = T::of(1.0) + (r * r).fma(horner(r, T::EXP), r);
    scale(p, n)
}

/// 2 to the power x; exact for integers.
#[inline(always)]
pub fn exp2<T: Real>(x: T) -> T {
    let x = clamp(x, T::EXP2_LOW, T::EXP2_HIGH);
    let n = (x + T::MAGIC) - T::MAGIC;
    let fraction = x - n;
    let r = fraction * T::LN_2.0;
    let rl = fraction.fma(T::LN_2.1, fraction.fma(T::LN_2.0, -r));
    let p = T::of(1.0) + (r + (r * r).fma(horner(r, T::EXP), rl));
    scale(p, n)
}

/// `(e^x - 1) / 2^shift` as a sum of two numbers; `x` already bounded so that nothing overflows.
#[inline(always)]
fn expm1_parts<T: Core>(x: T, shift: f64, inverse: f64) -> (T, T) {
    let (n, r, rl) = reduce(x, T::of(0.0));
    let (u, ul) = kernel(r, rl);
    let power = ((n - T::of(shift)) + T::MAGIC).pow2();
    let (sum, error) = two_sum(power - T::of(inverse), power * u);
    (sum, power.fma(ul, error))
}

/// `e^x - 1`, accurate near 0.
#[inline(always)]
pub fn expm1<T: Real>(x: T) -> T {
    let bounded = clamp(x, T::EXPM1_LOW, T::EXP_HIGH);
    let (h, l) = expm1_parts(bounded, 1.0, 0.5);
    let result = (h + l) * T::of(2.0);
    // Here the halves above lose nothing to underflow only when x is not tiny; e^x - 1 = x + x^2/2 is then x.
    let tiny = T::TINY * T::TINY;
    if x.magnitude() < tiny { x } else { result }
}

/// `sinh x`.
#[inline(always)]
pub fn sinh<T: Real>(x: T) -> T {
    let a = x.magnitude();
    let bounded = if a > T::SINH_HIGH { T::SINH_HIGH } else { a };
    // g = (e^a - 1) / 4; sinh a = 2 (g + g / (4 g + 1)), in quarters because e^a may overflow where sinh a does not.
    let (g, gl) = expm1_parts(bounded, 2.0, 0.25);
    let second = g / g.fma(T::of(4.0), T::of(1.0));
    let (sum, error) = fast_two_sum(g, second);
    let result = (sum + (error + gl)) * T::of(2.0);
    let result = if a < T::TINY { a } else { result };
    result.with_sign(x)
}

/// `cosh x`.
#[inline(always)]
pub fn cosh<T: Real>(x: T) -> T {
    let a = x.magnitude();
    let bounded = if a > T::SINH_HIGH { T::SINH_HIGH } else { a };
    let (n, r, rl) = reduce(bounded, T::of(0.0));
    let (u, ul) = kernel(r, rl);
    let power = ((n - T::of(2.0)) + T::MAGIC).pow2();
    let (p, pl) = fast_two_sum(T::of(1.0), u);
    let g = power * p;
    let gl = power * (pl + ul);
    // g = e^a / 4, and e^-a / 4 = 1 / (16 g).
    let second = T::of(1.0) / (g * T::of(16.0));
    let (sum, error) = two_sum(g, second);
    (sum + (error + gl)) * T::of(2.0)
}

/// `tanh x`.
#[inline(always)]
pub fn tanh<T: Real>(x: T) -> T {
    let a = x.magnitude();
    let bounded = if a > T::TANH_HIGH { T::TANH_HIGH } else { a };
    // h = (e^2a - 1) / 2; tanh a = h / (h + 1).
    let (h, hl) = expm1_parts(bounded + bounded, 1.0, 0.5);
    let (d, error) = two_sum(h, T::of(1.0));
    let dl = error + hl;
    let inverse = T::of(1.0) / d;
    let q = h * inverse;
    let left = (-q).fma(d, h) + (-q).fma(dl, hl);
    let result = left.fma(inverse, q);
    let result = if a < T::TINY { a } else { result };
    result.with_sign(x)
}

/// The logistic function, `1 / (1 + e^-x)`.
#[inline(always)]
pub fn sigmoid<T: Real>(x: T) -> T {
    let one = T::of(1.0);
    // e + el = e^-|x|, so that nothing overflows; where it is subnormal the quotients below are exact.
    let a = -x.magnitude();
    let (n, r) = reduce_short(if a < T::EXP_LOW { T::EXP_LOW } else { a });
    let (u, ul) = kernel(r, T::of(0.0));
    let (p, error) = fast_two_sum(one, u);
    let e = scale(p, n);
    let el = scale(error + ul, n);
    let (d, dl) = fast_two_sum(one, e);
    let y = one / d;
    let yl = -(y * y) * (dl + el);
    let positive = y + yl;
    let negative = e.fma(y, e.fma(yl, el * y));
    if x < T::of(0.0) { negative } else { positive }
}
