//! The normal distribution by Box and Muller's method ("A note on the generation of random normal deviates", 1958).

use super::generator::{CHUNK, Generator};
use super::{boxmuller, from_f32, narrow};
use crate::dtype::{DType, Element};

/// From this length on a contiguous tensor is filled in blocks of 16.
const BLOCK: usize = 16;

/// One sample in double precision. A pair of uniform numbers gives two; the second (the sine) waits in the generator.
pub(super) fn sample(g: &mut Generator, mean: f64, std: f64) -> f64 {
    let z = match g.next_double_normal_sample() {
        Some(z) => {
            g.set_next_double_normal_sample(None);
            z
        }
        None => {
            let u1 = g.unit_f64();
            let u2 = g.unit_f64();
            let radius = (-2.0 * (-u2).ln_1p()).sqrt();
            let theta = std::f64::consts::TAU * u1;
            g.set_next_double_normal_sample(Some(radius * theta.sin()));
            radius * theta.cos()
        }
    };
    z.mul_add(std, mean)
}

/// Fills `out` with normal samples drawn one after the other in double precision, whatever the length: what PyTorch
/// does for tensors that are not contiguous.
pub fn normal_serial<T: Element>(g: &mut Generator, out: &mut [T], mean: f64, std: f64) {
    for o in out {
        *o = narrow(sample(g, mean, std));
    }
}

/// Fills `out` with normal samples: `torch.randn`, `Tensor.normal_` of a contiguous tensor.
///
/// Fewer than 16 are [`normal_serial`]. More are made in blocks of 16 uniform samples (`f64`: 53 bits; other types: 24
/// bits and single precision) of which the first eight give radii and the others angles; a length that is no multiple of
/// 16 draws 16 numbers more and makes the last 16 places anew from them.
///
/// The real and the imaginary part of a complex normal sample each have the standard deviation `std / sqrt(2)`.
///
/// # Panics
/// If `T` is not a floating type.
pub fn normal<T: Element>(g: &mut Generator, out: &mut [T], mean: f64, std: f64) {
    assert!(T::DTYPE.is_float(), "normal needs a floating type, got {}", T::DTYPE);
    let n = out.len();
    if n < BLOCK {
        return normal_serial(g, out, mean, std);
    }
    // In half precision PyTorch draws block by block, so that an incomplete block draws only the 16 numbers of its
    // second making; otherwise it draws all n first.
    let whole = n - n % BLOCK;
    fill_blocks(g, &mut out[..whole], mean, std);
    if whole < n {
        match T::DTYPE {
            DType::F64 => g.fill_unit_f64(&mut [0.0; BLOCK][..n - whole]),
            DType::F32 => g.fill_unit_f32(&mut [0.0; BLOCK][..n - whole]),
            _ => {}
        }
        fill_blocks(g, &mut out[n - BLOCK..], mean, std);
    }
}

/// Draws and transforms whole blocks.
fn fill_blocks<T: Element>(g: &mut Generator, out: &mut [T], mean: f64, std: f64) {
    if T::DTYPE == DType::F64 {
        let mut buf = [0f64; CHUNK];
        for part in out.chunks_mut(CHUNK) {
            let buf = &mut buf[..part.len()];
            g.fill_unit_f64(buf);
            boxmuller::transform_f64(buf, mean, std);
            for (o, &v) in part.iter_mut().zip(&*buf) {
                *o = T::from_f64(v);
            }
        }
        return;
    }
    let mut buf = [0f32; CHUNK];
    for part in out.chunks_mut(CHUNK) {
        let buf = &mut buf[..part.len()];
        g.fill_unit_f32(buf);
        boxmuller::transform_f32(buf, mean as f32, std as f32);
        for (o, &v) in part.iter_mut().zip(&*buf) {
            *o = from_f32(v);
        }
    }
}

/// Fills `out` with normal samples of element-wise mean and standard deviation: `torch.normal(mean, std)` with both
/// tensors of the result's shape.
///
/// A standard [`normal`], times `std`, plus `mean`, each rounded to `T`. With only a mean tensor PyTorch calls
/// [`normal`] with mean 0 and adds.
///
/// # Panics
/// If the lengths differ or `T` is not a floating type.
pub fn normal_tensor<T: Element>(g: &mut Generator, out: &mut [T], mean: &[T], std: &[T]) {
    assert!(mean.len() == out.len() && std.len() == out.len(), "normal_tensor: lengths differ");
    normal(g, out, 0.0, 1.0);
    for ((o, m), s) in out.iter_mut().zip(mean).zip(std) {
        let scaled: T = narrow(o.to_f64() * s.to_f64());
        *o = narrow(scaled.to_f64() + m.to_f64());
    }
}
