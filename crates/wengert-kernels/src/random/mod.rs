//! Random numbers: PyTorch's CPU streams, number for number.
//!
//! Every function takes a [`Generator`] and fills a slice in memory order, drawing exactly what PyTorch draws for a
//! tensor of that type and length, so that generator and results stay in step over any sequence of calls. All streams
//! are serial: no result depends on threads.
//!
//! | PyTorch | here |
//! |---|---|
//! | `rand`, `uniform_` | [`uniform`] |
//! | `randn`, `normal_` | [`normal`] |
//! | `randint`, `random_` | [`randint`], [`random`], [`random_from`], [`random_full`] |
//! | `randperm` | [`randperm`] |
//! | `bernoulli`, `bernoulli_` | [`bernoulli`], [`bernoulli_scalar`] |
//! | `dropout` | [`dropout_noise`] |
//! | `exponential_`, `cauchy_`, `log_normal_`, `geometric_` | [`exponential`], [`cauchy`], [`log_normal`], [`geometric`] |
//! | `multinomial` | [`multinomial`] |
//! | `poisson` | [`poisson`] |
//! | `normal(mean, std)` of tensors | [`normal_tensor`] |
//!
//! Where PyTorch's code for AVX2 and AVX-512 machines fuses a multiplication with an addition, so do we, on every
//! machine; its code for older ones differs from that in last bits (`uniform_(0.1, 3.3)`, `randn(16)`).
//! Logarithms, sines and cosines in double precision are the C library's, as PyTorch's are: equal bits need the same
//! C library (glibc); elsewhere the last bit may differ.

mod bernoulli;
mod boxmuller;
mod generator;
mod integer;
mod multinomial;
mod normal;
mod poisson;
mod real;

pub use bernoulli::{bernoulli, bernoulli_scalar, dropout_noise};
pub use generator::{Generator, StateError};
pub use integer::{randint, random, random_from, random_full, randperm};
pub use multinomial::multinomial;
pub use normal::{normal, normal_serial, normal_tensor};
pub use poisson::poisson;
pub use real::{cauchy, exponential, geometric, log_normal, uniform, uniform_f32, uniform_f64};

use std::any::TypeId;

use crate::dtype::{DType, Element, bf16, f16};

/// `v` as a `T`, if that is the same type.
#[inline(always)]
fn same<S: Element, T: Element>(v: S) -> Option<T> {
    if TypeId::of::<S>() != TypeId::of::<T>() {
        return None;
    }
    // SAFETY: the two types are one.
    Some(unsafe { std::mem::transmute_copy::<S, T>(&v) })
}

/// Single precision to `T`, rounded once.
///
/// Half precision does not go through [`Element::from_f64`]: `half`'s conversion of a double to `bf16` ignores the lower
/// half of its bits and so rounds numbers just above the middle of two neighbours like the middle itself.
#[inline(always)]
fn from_f32<T: Element>(v: f32) -> T {
    let half = match T::DTYPE {
        DType::F16 => same(f16::from_f32(v)),
        DType::BF16 => same(bf16::from_f32(v)),
        _ => None,
    };
    half.unwrap_or_else(|| T::from_f64(f64::from(v)))
}

/// Double to `T` as PyTorch casts: to half precision by way of single precision.
#[inline(always)]
fn narrow<T: Element>(v: f64) -> T {
    match T::DTYPE {
        DType::F16 | DType::BF16 => from_f32(v as f32),
        _ => T::from_f64(v),
    }
}

/// Runs `f` compiled for AVX2 and FMA where the machine has them: fused multiply-adds become one instruction instead
/// of a call, and loops are vectorized. The result is the same in every bit.
#[inline]
fn fused<R>(f: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2,fma")]
        fn wide<R>(f: impl FnOnce() -> R) -> R {
            f()
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: both features were detected on this machine.
            return unsafe { wide(f) };
        }
    }
    f()
}
