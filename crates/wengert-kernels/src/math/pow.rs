//! `pow`.
//!
//! Method: `x^y = e^(y log |x|)` with the logarithm as a sum of two numbers of about 1.3 times the format's digits, from
//! `log m = 2 s (1 + z/3 + z^2 W(z))`, `s = (m - 1) / (m + 1)`, `z = s^2`. Special cases are those of C99 Annex F.

use super::Real;
use super::exp;
use super::log;
use super::real::{Core, clamp, fast_two_sum, horner};

/// `log x` of a positive finite number as a sum of two.
#[inline(always)]
fn log_parts<T: Core>(x: T) -> (T, T) {
    let two = T::of(2.0);
    let (m, k) = log::split(x);
    let f = m - T::of(1.0);
    let (d, dl) = fast_two_sum(two, f);
    let inverse = T::of(1.0) / d;
    let s = f * inverse;
    let sl = (-s).fma(dl, (-s).fma(d, f)) * inverse;
    let z = s * s;
    let zl = (two * s).fma(sl, s.fma(s, -z));
    let (c, error) = fast_two_sum(T::THIRD.0, z * horner(z, T::LOG_TAIL));
    let cl = error + T::THIRD.1;
    let v = z * c;
    let vl = z.fma(c, -v) + z.fma(cl, zl * c);
    let (t, tl) = (two * s, two * sl);
    let p = t * v;
    let pl = t.fma(v, -p) + t.fma(vl, tl * v);
    let (h, error) = fast_two_sum(t, p);
    let low = error + (tl + pl);
    let (sum, error) = fast_two_sum(k * T::LN_2_SHORT.0, h);
    fast_two_sum(sum, error + k.fma(T::LN_2_SHORT.1, low))
}

/// `x` to the power `y`.
#[inline(always)]
pub fn pow<T: Real>(x: T, y: T) -> T {
    let (zero, one, half) = (T::of(0.0), T::of(1.0), T::of(0.5));
    let a = x.magnitude();
    let (h, l) = log_parts(a);
    let h = if a == zero { -T::INFINITY } else { h };
    let h = if a == T::INFINITY { T::INFINITY } else { h };
    let product = y * h;
    let low = y.fma(l, y.fma(h, -product));
    let inside = product > T::EXP_LOW && product < T::EXP_HIGH;
    let low = if inside { low } else { zero };
    let (n, r, rl) = exp::reduce(clamp(product, T::EXP_LOW, T::EXP_HIGH), low);
    let (u, ul) = exp::kernel(r, rl);
    let result = exp::scale(one + (u + ul), n);
    // An integer is its own rounding; a number past the mantissa's bits is even.
    let integer = y.nearest() == y;
    let half_y = y * half;
    let odd = integer && half_y.nearest() != half_y;
    let negative = x.sign_bit();
    let result = if negative && odd { -result } else { result };
    let result = if x < zero && a < T::INFINITY && !integer { T::NAN } else { result };
    // (+-1)^(+-inf), where the product is 0 times infinity; |x| = 1 otherwise gives 1 by itself.
    let result = if a == one && y.magnitude() == T::INFINITY { one } else { result };
    // NaN is the one thing that is not at most infinity in magnitude.
    let number = a <= T::INFINITY && y.magnitude() <= T::INFINITY;
    let result = if number { result } else { T::NAN };
    if x == one || y == zero { one } else { result }
}
