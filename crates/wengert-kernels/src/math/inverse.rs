//! `asin`, `acos`, `atan` and `atan2`.
//!
//! Method: arguments are brought to where a short odd polynomial serves: `atan` by the angle differences from pi/4 and
//! pi/2, `asin` and `acos` by `asin x = pi/2 - 2 asin(sqrt((1 - x) / 2))` above 1/2. The rounding error of the quotient
//! or root is carried along, and added with that of pi.

use super::Real;
use super::real::{Core, fast_two_sum, horner};

/// `a - (h + l)` with `a` at least as large in magnitude as `h`.
#[inline(always)]
fn from_constant<T: Core>(a: (T, T), h: T, l: T) -> (T, T) {
    let (sum, error) = fast_two_sum(a.0, -h);
    (sum, error + (a.1 - l))
}

/// The angle of the point (`long`, `short`), `0 <= short <= long`, `long` neither zero nor near the ends of the range.
#[inline(always)]
fn octant<T: Core>(short: T, long: T) -> (T, T) {
    // Above tan(pi/8) the angle is measured from pi/4.
    let upper = short > long * T::of(0.414_213_562_373_095_03);
    let (difference, difference_low) = fast_two_sum(-long, short);
    let (sum, sum_low) = fast_two_sum(long, short);
    let zero = T::of(0.0);
    let (num, num_low) = (if upper { difference } else { short }, if upper { difference_low } else { zero });
    let (den, den_low) = (if upper { sum } else { long }, if upper { sum_low } else { zero });
    let inverse = T::of(1.0) / den;
    let t = num * inverse;
    let tl = ((-t).fma(den, num) + (-t).fma(den_low, num_low)) * inverse;
    let z = t * t;
    let low = (t * z).fma(horner(z, T::ATAN), tl);
    let (turned, error) = fast_two_sum(T::PI_4.0, t);
    let turned_low = error + (T::PI_4.1 + low);
    (if upper { turned } else { t }, if upper { turned_low } else { low })
}

/// Arc tangent.
#[inline(always)]
pub fn atan<T: Real>(x: T) -> T {
    let one = T::of(1.0);
    let a = x.magnitude();
    let steep = a > one;
    // Past the bound the angle is pi/2 to the last digit.
    let bounded = if a > T::BIG { T::BIG } else { a };
    let (h, l) = octant(if steep { one } else { bounded }, if steep { bounded } else { one });
    let (g, gl) = from_constant((T::PI_2.0, T::PI_2.1), h, l);
    let result = if steep { g + gl } else { h + l };
    result.with_sign(x)
}

/// The angle of the point (`x`, `y`), signed like `y`.
#[inline(always)]
pub fn atan2<T: Real>(y: T, x: T) -> T {
    let (zero, one) = (T::of(0.0), T::of(1.0));
    let (a, b) = (y.magnitude(), x.magnitude());
    let steep = a > b;
    let (short, long) = (if steep { b } else { a }, if steep { a } else { b });
    // Two infinities stand for a diagonal, one for an axis, and so does the origin.
    let infinite = long == T::INFINITY;
    let fixed = if short == T::INFINITY { one } else { zero };
    let short = if infinite { fixed } else { short };
    let plain = !infinite && long > zero;
    let long = if plain { long } else { one };
    let factor = if long > T::BIG { one / T::BIG } else { one };
    let factor = if long < one / T::BIG { T::BIG } else { factor };
    let (h, l) = octant(short * factor, long * factor);
    let (g, gl) = from_constant((T::PI_2.0, T::PI_2.1), h, l);
    let (h, l) = (if steep { g } else { h }, if steep { gl } else { l });
    let (g, gl) = from_constant(T::PI, h, l);
    let result = if x.sign_bit() { g + gl } else { h + l };
    // NaN is the one thing that is neither at most nor above infinity.
    let number = a <= T::INFINITY && b <= T::INFINITY;
    if number { result.with_sign(y) } else { T::NAN }
}

/// `(s, l)` with `asin` of the smaller half-angle argument equal to `s + l`; above 1/2 it is half of `acos |x|`.
#[inline(always)]
fn asin_parts<T: Core>(a: T, upper: bool) -> (T, T) {
    let z = if upper { (T::of(1.0) - a) * T::of(0.5) } else { a * a };
    let s = if upper { z.root() } else { a };
    let error = (-s).fma(s, z) / (s + s);
    let error = if upper && s > T::of(0.0) { error } else { T::of(0.0) };
    (s, (s * z).fma(horner(z, T::ASIN), error))
}

/// Arc sine.
#[inline(always)]
pub fn asin<T: Real>(x: T) -> T {
    let two = T::of(2.0);
    let a = x.magnitude();
    let upper = a > T::of(0.5);
    let (s, l) = asin_parts(a, upper);
    let (h, hl) = from_constant((T::PI_2.0, T::PI_2.1), two * s, two * l);
    let result = if upper { h + hl } else { s + l };
    result.with_sign(x)
}

/// Arc cosine.
#[inline(always)]
pub fn acos<T: Real>(x: T) -> T {
    let two = T::of(2.0);
    let a = x.magnitude();
    let upper = a > T::of(0.5);
    let (s, l) = asin_parts(a, upper);
    let (near, near_low) = (two * s, two * l);
    let (far, far_low) = from_constant(T::PI, near, near_low);
    let (middle, middle_low) = from_constant((T::PI_2.0, T::PI_2.1), s.with_sign(x), if x.sign_bit() { -l } else { l });
    let outer = if x.sign_bit() { far + far_low } else { near + near_low };
    if upper { outer } else { middle + middle_low }
}
