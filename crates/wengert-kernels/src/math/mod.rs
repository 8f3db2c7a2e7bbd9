//! Elementary functions without branches, so that a loop over them becomes vector code.

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
