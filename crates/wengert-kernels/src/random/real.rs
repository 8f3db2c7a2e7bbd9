//! Uniform and other continuous distributions by inversion of their distribution function.

use super::generator::{CHUNK, Generator};
use super::{from_f32, fused, narrow};
use crate::dtype::{DType, Element};

/// Fills `out` with samples uniform in `[lo, hi)`: `torch.rand`, `Tensor.uniform_`.
///
/// `f64` takes 53 bits of a 64-bit number, the other types 24 bits of a 32-bit one; the result is `u * (hi - lo) + lo`
/// with one rounding, and `lo` where that rounds up to `hi`.
///
/// # Panics
/// If `T` is not a floating type.
pub fn uniform<T: Element>(g: &mut Generator, out: &mut [T], lo: f64, hi: f64) {
    assert!(T::DTYPE.is_float(), "uniform needs a floating type, got {}", T::DTYPE);
    let (first, last) = (narrow::<T>(lo), narrow::<T>(hi));
    if T::DTYPE == DType::F64 {
        let mut unit = [0f64; CHUNK];
        for part in out.chunks_mut(CHUNK) {
            let unit = &mut unit[..part.len()];
            g.fill_unit_f64(unit);
            fused(|| {
                for (o, &u) in part.iter_mut().zip(&*unit) {
                    let v = T::from_f64(u.mul_add(hi - lo, lo));
                    *o = if v == last { first } else { v };
                }
            });
        }
        return;
    }
    let (lo, hi) = (lo as f32, hi as f32);
    let mut unit = [0f32; CHUNK];
    for part in out.chunks_mut(CHUNK) {
        let unit = &mut unit[..part.len()];
        g.fill_unit_f32(unit);
        fused(|| {
            for (o, &u) in part.iter_mut().zip(&*unit) {
                let v = from_f32::<T>(u.mul_add(hi - lo, lo));
                *o = if v == last { first } else { v };
            }
        });
    }
}

/// [`uniform`] for single precision.
pub fn uniform_f32(g: &mut Generator, out: &mut [f32], lo: f64, hi: f64) {
    uniform(g, out, lo, hi);
}

/// [`uniform`] for double precision.
pub fn uniform_f64(g: &mut Generator, out: &mut [f64], lo: f64, hi: f64) {
    uniform(g, out, lo, hi);
}

/// Fills `out` with `f` of uniform doubles of `[0, 1)`, cast to `T`.
fn map_unit<T: Element>(g: &mut Generator, out: &mut [T], f: impl Fn(f64) -> f64) {
    let mut unit = [0f64; CHUNK];
    for part in out.chunks_mut(CHUNK) {
        let unit = &mut unit[..part.len()];
        g.fill_unit_f64(unit);
        for (o, &u) in part.iter_mut().zip(&*unit) {
            *o = narrow(f(u));
        }
    }
}

/// Fills `out` with exponentially distributed samples of rate `lambda`: `Tensor.exponential_`.
///
/// `-log(1 - u) / lambda` in double precision for every type.
pub fn exponential<T: Element>(g: &mut Generator, out: &mut [T], lambda: f64) {
    let scale = -1.0 / lambda;
    map_unit(g, out, |u| scale * (-u).ln_1p());
}

/// Fills `out` with samples of the Cauchy distribution: `Tensor.cauchy_`.
///
/// `median + sigma * tan(pi * (u - 1/2))` in double precision for every type.
pub fn cauchy<T: Element>(g: &mut Generator, out: &mut [T], median: f64, sigma: f64) {
    map_unit(g, out, |u| sigma.mul_add((std::f64::consts::PI * (u - 0.5)).tan(), median));
}

/// Fills `out` with the number of trials up to the first success of probability `p`: `Tensor.geometric_`.
///
/// `ceil(log(u) / log(1 - p))` in double precision for every type.
pub fn geometric<T: Element>(g: &mut Generator, out: &mut [T], p: f64) {
    let log_q = (-p).ln_1p();
    map_unit(g, out, |u| (u.ln() / log_q).ceil());
}

/// Fills `out` with `exp` of normally distributed samples: `Tensor.log_normal_`.
///
/// The normal samples are drawn one after the other in double precision, as for a small [`normal`](super::normal),
/// whatever the length.
pub fn log_normal<T: Element>(g: &mut Generator, out: &mut [T], mean: f64, std: f64) {
    for o in out {
        *o = narrow(super::normal::sample(g, mean, std).exp());
    }
}
