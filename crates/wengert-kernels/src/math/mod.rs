//! Elementary functions without branches, so that a loop over them becomes vector code.
//!
//! Every function is a generic `#[inline(always)]` scalar over [`Real`] (`f32`, `f64`). Called in a plain loop inside a
//! `#[target_feature(enable = "avx2,fma")]` function (or one for AVX-512) it is vectorized by the compiler. Fused
//! multiply-adds are written out, and the compiler fuses nothing by itself, so the bits are the same on every CPU. Where
//! the target has no fused multiply-add (baseline x86-64) each one is a library call: right, but 20 to 50 times slower.
//!
//! `sin`, `cos` and `tan` take very large arguments on a slow path, which is a branch. Loops use [`sin_tile`] and its
//! like: a vector pass with [`sin_fast`], then a repair of the numbers for which [`trig_is_large`] holds.
//!
//! Special values are those of C99 Annex F, signed zeros and subnormals included. Largest errors measured, in units of
//! the last place, rounded up: f32 against f64 at every 257th bit pattern (`exp` at all of them, `log`, `sin`, `sinh` and
//! `sigmoid` at every 7th, `pow` and `atan2` at 4e7 pairs), f64 against mpmath at 8000 points a function. The tests repeat
//! this on fewer points and assert 2 units.
//!
//! | function | f32 | f64 |  | function | f32 | f64 |
//! |---|---|---|---|---|---|---|
//! | `exp` | 1.08 | 0.94 |  | `asin` | 0.82 | 0.61 |
//! | `exp2` | 0.89 | 0.79 |  | `acos` | 0.83 | 0.56 |
//! | `expm1` | 1.16 | 0.81 |  | `atan` | 0.84 | 0.58 |
//! | `log` | 0.85 | 0.66 |  | `atan2` | 1.37 | 0.64 |
//! | `log2` | 0.77 | 0.71 |  | `asinh` | 0.86 | 0.75 |
//! | `log10` | 0.71 | 0.62 |  | `acosh` | 0.77 | 0.69 |
//! | `log1p` | 0.80 | 0.66 |  | `atanh` | 0.85 | 0.74 |
//! | `sin` | 0.87 | 0.72 |  | `sigmoid` | 1.50 | 1.41 |
//! | `cos` | 0.84 | 0.67 |  | `erf` | 0.99 | 0.92 |
//! | `tan` | 1.12 | 0.82 |  | `erfc` | 1.49 | 1.31 |
//! | `sinh` | 1.70 | 1.16 |  | `pow` | 0.94 | 0.79 |
//! | `cosh` | 0.88 | 0.79 |  | `rsqrt` | 1.49 | 1.44 |
//! | `tanh` | 0.99 | 0.68 |  | `sqrt` | 0.50 | 0.50 |
//!
//! The polynomials are our own fits (`scripts/fit_math.py`); each file says which method it uses.

mod coef;
mod erf;
mod exp;
mod inverse;
mod log;
mod payne_hanek;
mod pow;
mod real;
mod trig;

#[cfg(test)]
mod tests;

pub use erf::{erf, erfc};
pub use exp::{cosh, exp, exp2, expm1, sigmoid, sinh, tanh};
pub use inverse::{acos, asin, atan, atan2};
pub use log::{acosh, asinh, atanh, log, log1p, log2, log10};
pub use pow::pow;
pub use trig::{cos, cos_fast, cos_tile, sin, sin_fast, sin_tile, tan, tan_fast, tan_tile, trig_is_large};

/// A floating point type the functions here are made for: `f32` and `f64`.
pub trait Real: real::Core {}

impl Real for f32 {}
impl Real for f64 {}

/// Square root, correctly rounded.
#[inline(always)]
pub fn sqrt<T: Real>(x: T) -> T {
    x.root()
}

/// One over the square root.
#[inline(always)]
pub fn rsqrt<T: Real>(x: T) -> T {
    T::of(1.0) / x.root()
}
