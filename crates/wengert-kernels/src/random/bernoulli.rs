//! Coin throws, and the noise of dropout made of them.

use super::generator::{CHUNK, Generator};
use super::narrow;
use crate::dtype::{DType, Element};

/// Fills `out` with 1 where a throw of probability `p[i]` succeeds, else 0: `torch.bernoulli(p)`, `Tensor.bernoulli_(p)`
/// of a tensor `p`.
///
/// Double probabilities are compared with a 53-bit uniform sample (`u < p`), those of the other types with a 24-bit one;
/// the type of `out` does not matter.
///
/// # Panics
/// If the lengths differ.
pub fn bernoulli<T: Element, P: Element>(g: &mut Generator, out: &mut [T], p: &[P]) {
    assert_eq!(out.len(), p.len(), "bernoulli: lengths differ");
    let (zero, one) = (T::from_i64(0), T::from_i64(1));
    if P::DTYPE == DType::F64 {
        let mut unit = [0f64; CHUNK];
        for (part, p) in out.chunks_mut(CHUNK).zip(p.chunks(CHUNK)) {
            let unit = &mut unit[..part.len()];
            g.fill_unit_f64(unit);
            for ((o, &u), p) in part.iter_mut().zip(&*unit).zip(p) {
                *o = if u < p.to_f64() { one } else { zero };
            }
        }
        return;
    }
    let mut unit = [0f32; CHUNK];
    for (part, p) in out.chunks_mut(CHUNK).zip(p.chunks(CHUNK)) {
        let unit = &mut unit[..part.len()];
        g.fill_unit_f32(unit);
        for ((o, &u), p) in part.iter_mut().zip(&*unit).zip(p) {
            *o = if u < p.to_f64() as f32 { one } else { zero };
        }
    }
}

/// Fills `out` with 1 where a throw of probability `p` succeeds, else 0: `Tensor.bernoulli_(p)`, `torch.bernoulli(x, p)`
/// of a number `p`.
///
/// A 53-bit uniform sample each (`u < p`), drawn also for `p` of 0 and 1. (Earlier builds of PyTorch seeded a
/// generator of Intel's MKL here; 2.15 does not.)
pub fn bernoulli_scalar<T: Element>(g: &mut Generator, out: &mut [T], p: f64) {
    throw(g, out, p, T::from_i64(0), T::from_i64(1));
}

/// Fills `out` with `yes` where a throw of probability `p` succeeds, else `no`.
fn throw<T: Element>(g: &mut Generator, out: &mut [T], p: f64, no: T, yes: T) {
    let mut unit = [0f64; CHUNK];
    for part in out.chunks_mut(CHUNK) {
        let unit = &mut unit[..part.len()];
        g.fill_unit_f64(unit);
        for (o, &u) in part.iter_mut().zip(&*unit) {
            *o = if u < p { yes } else { no };
        }
    }
}

/// Fills `out` with the factors of dropout, `1 / (1 - p)` with probability `1 - p` and else 0: `F.dropout(x, p)` in
/// training is `x` times these, in memory order of `x`.
///
/// The throws are those of [`bernoulli_scalar`] with probability `1 - p`, the factor is rounded to `T`. Nothing is drawn
/// for `p` of 1 (all factors are 0) and 0 (PyTorch returns the input itself).
///
/// # Panics
/// If `T` is not a floating type.
pub fn dropout_noise<T: Element>(g: &mut Generator, out: &mut [T], p: f64) {
    assert!(T::DTYPE.is_float(), "dropout needs a floating type, got {}", T::DTYPE);
    if p == 0.0 || p == 1.0 {
        return out.fill(T::from_i64(i64::from(p == 0.0)));
    }
    let keep = 1.0 - p;
    let factor: T = match T::DTYPE {
        DType::F64 => narrow(1.0 / keep),
        _ => narrow(f64::from(1.0 / keep as f32)),
    };
    throw(g, out, keep, T::from_i64(0), factor);
}
