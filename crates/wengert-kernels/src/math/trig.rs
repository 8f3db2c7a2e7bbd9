//! `sin`, `cos` and `tan`.
//!
//! Method: `x = n pi/2 + r` with `pi/2` in three parts (Cody and Waite; with a fused multiply-add the first subtraction
//! is exact) up to `TRIG_LIMIT` (1e5 for f32, 1e8 for f64), beyond it by Payne and Hanek in integers
//! ([`super::payne_hanek`]); then polynomials on `|r| <= pi/4`. The remainder is a sum of two numbers throughout.

use super::Real;
use super::real::{Core, fast_two_sum, horner, two_sum};

/// `(r, rl, n + MAGIC)` with `x = n pi/2 + r + rl`, for `|x| <= TRIG_LIMIT`; NaN for infinities and NaN.
#[inline(always)]
fn reduce<T: Core>(x: T) -> (T, T, T) {
    let quadrant = x.fma(T::FRAC_2_PI, T::MAGIC);
    let n = T::MAGIC - quadrant;
    let a = n.fma(T::PI_2.0, x);
    let p = n * T::PI_2.1;
    let pl = n.fma(T::PI_2.1, -p);
    let (r, error) = two_sum(a, p);
    let rl = n.fma(T::PI_2.2, error + pl);
    (r, rl, quadrant)
}

/// `(s, sl, c, cl)`: sine and cosine of `r + rl`, each as a sum of two numbers.
#[inline(always)]
fn kernel<T: Core>(r: T, rl: T) -> (T, T, T, T) {
    let one = T::of(1.0);
    let z = r * r;
    let half = T::of(0.5) * z;
    let c = one - half;
    let sl = (r * z).fma(horner(z, T::SIN), rl * c);
    let cl = ((one - c) - half) + (z * z).fma(horner(z, T::COS), -(r * rl));
    (r, sl, c, cl)
}

#[inline(always)]
fn sin_of<T: Core>((r, rl, quadrant): (T, T, T)) -> T {
    let (s, sl, c, cl) = kernel(r, rl);
    let value = if quadrant.is_odd() { c + cl } else { s + sl };
    quadrant.flip(0, value)
}

#[inline(always)]
fn cos_of<T: Core>((r, rl, quadrant): (T, T, T)) -> T {
    let (s, sl, c, cl) = kernel(r, rl);
    let value = if quadrant.is_odd() { s + sl } else { c + cl };
    quadrant.flip(1, value)
}

#[inline(always)]
fn tan_of<T: Core>((r, rl, quadrant): (T, T, T)) -> T {
    let (s, sl, c, cl) = kernel(r, rl);
    let (s, sl) = fast_two_sum(s, sl);
    let (c, cl) = fast_two_sum(c, cl);
    let odd = quadrant.is_odd();
    let (num, num_low) = (if odd { -c } else { s }, if odd { -cl } else { sl });
    let (den, den_low) = (if odd { s } else { c }, if odd { sl } else { cl });
    let inverse = T::of(1.0) / den;
    let q = num * inverse;
    let left = (-q).fma(den, num) + (-q).fma(den_low, num_low);
    left.fma(inverse, q)
}

/// Whether `sin`, `cos` and `tan` of `x` need the slow path: past the limit of the vector reduction, finite or not.
#[inline(always)]
pub fn trig_is_large<T: Real>(x: T) -> bool {
    x.magnitude() > T::TRIG_LIMIT
}

macro_rules! function {
    ($name:ident, $fast:ident, $slow:ident, $tile:ident, $of:ident, $zero:expr) => {
        #[doc = concat!("`", stringify!($name), "` without branches; right only where [`trig_is_large`] is false.")]
        #[inline(always)]
        pub fn $fast<T: Real>(x: T) -> T {
            let result = $of(reduce(x));
            // The correction terms lose the sign of zero.
            if x == T::of(0.0) { $zero(x) } else { result }
        }

        #[doc = concat!("`", stringify!($name), "` by the slow reduction; NaN for infinities.")]
        #[cold]
        #[inline(never)]
        fn $slow<T: Real>(x: T) -> T {
            if x.magnitude() < T::INFINITY { $of(x.reduce_slow()) } else { T::NAN }
        }

        #[doc = concat!("`", stringify!($name), "` of any number, one at a time; for many see [`", stringify!($tile), "`].")]
        #[inline(always)]
        pub fn $name<T: Real>(x: T) -> T {
            if trig_is_large(x) { $slow(x) } else { $fast(x) }
        }

        #[doc = concat!("`", stringify!($name), "` of each number of `x` into `out`: one vector pass, then a repair of the")]
        #[doc = "numbers past the limit of the vector reduction, if there are any. The bits are those of the scalar function."]
        #[inline(always)]
        pub fn $tile<T: Real>(x: &[T], out: &mut [T]) {
            let mut large = 0u32;
            for (out, &x) in out.iter_mut().zip(x) {
                *out = $fast(x);
                large |= trig_is_large(x) as u32;
            }
            if large != 0 {
                for (out, &x) in out.iter_mut().zip(x) {
                    if trig_is_large(x) {
                        *out = $slow(x);
                    }
                }
            }
        }
    };
}

function!(sin, sin_fast, sin_slow, sin_tile, sin_of, |x| x);
function!(cos, cos_fast, cos_slow, cos_tile, cos_of, |_| T::of(1.0));
function!(tan, tan_fast, tan_slow, tan_tile, tan_of, |x| x);
