//! Box and Muller's transform of blocks of 16 uniform samples, with the roundings of PyTorch's AVX2 kernel.
//!
//! In single precision that kernel takes logarithm, sine and cosine from the polynomials of the Cephes library (S. L.
//! Moshier; `logf`, `sinf`, `cosf`), eight at a time, compiled so that a product followed by a sum is one fused
//! operation. Which products are fused decides the last bit, so it is written out here operation by operation. Angles
//! are in `[0, 2 pi)` and logarithms of `(0, 1]`; no other arguments occur.

use super::fused;
use super::generator::CHUNK;

/// Coefficients of Cephes' `log(1 + x) = x - x^2 / 2 + x^3 p(x)`, highest power first.
#[allow(clippy::excessive_precision, reason = "the digits as they are published")]
const LOG: [f32; 9] = [
    7.037_683_629_2e-2,
    -1.151_461_031_0e-1,
    1.167_699_874_0e-1,
    -1.242_014_084_6e-1,
    1.424_932_278_7e-1,
    -1.666_805_766_5e-1,
    2.000_071_476_5e-1,
    -2.499_999_399_3e-1,
    3.333_333_117_4e-1,
];
/// ln 2 in two parts; the first has few bits, so that its product with an exponent is exact.
#[allow(clippy::excessive_precision, reason = "the digits as they are published")]
const LN2: [f32; 2] = [0.693_359_375, -2.121_944_4e-4];
/// Coefficients of `sin x = x + x^3 p(x^2)` on `[-pi/4, pi/4]`.
#[allow(clippy::excessive_precision, reason = "the digits as they are published")]
const SIN: [f32; 3] = [-1.951_529_589_1e-4, 8.332_160_873_6e-3, -1.666_665_461_1e-1];
/// Coefficients of `cos x = 1 - x^2 / 2 + x^4 p(x^2)` on `[-pi/4, pi/4]`.
#[allow(clippy::excessive_precision, reason = "the digits as they are published")]
const COS: [f32; 3] = [2.443_315_711_809_948e-5, -1.388_731_625_493_765e-3, 4.166_664_568_298_827e-2];
/// pi / 4 in three parts, for the reduction of the angle.
#[allow(clippy::excessive_precision, reason = "the digits as they are published")]
const PI4: [f32; 3] = [0.785_156_25, 2.418_756_484_985_351_562_5e-4, 3.774_894_977_445_941_08e-8];

/// Natural logarithm of `x` in `(0, 1]`, a normal number.
#[inline(always)]
fn log(x: f32) -> f32 {
    let bits = x.to_bits();
    // x = m * 2^e with m in [1/2, 1); then into [sqrt(1/2), sqrt(2)).
    let e = (bits >> 23) as i32 - 126;
    let m = f32::from_bits((bits & 0x007f_ffff) | 0x3f00_0000);
    let small = m < std::f32::consts::FRAC_1_SQRT_2;
    let e = e as f32 - if small { 1.0 } else { 0.0 };
    let x = (m - 1.0) + if small { m } else { 0.0 };
    let z = x * x;
    let mut p = LOG[0];
    for &c in &LOG[1..] {
        p = p.mul_add(x, c);
    }
    let y = (p * x).mul_add(z, e * LN2[1]) - 0.5 * z;
    e.mul_add(LN2[0], x + y)
}

/// Sine and cosine of `x` in `[0, 2 pi)`.
#[inline(always)]
fn sin_cos(x: f32) -> (f32, f32) {
    // SAFETY: the product lies in [0, 8].
    let octant = unsafe { (x * (2.0 * std::f32::consts::FRAC_2_PI)).to_int_unchecked::<i32>() };
    let j = (octant + 1) & !1;
    let y = j as f32;
    let x = y.mul_add(-PI4[2], y.mul_add(-PI4[1], y.mul_add(-PI4[0], x)));
    let z = x * x;
    let c = COS[0].mul_add(z, COS[1]).mul_add(z, COS[2]) * z;
    let c = c.mul_add(z, -0.5 * z) + 1.0;
    let s = SIN[0].mul_add(z, SIN[1]).mul_add(z, SIN[2]) * z;
    let s = s.mul_add(x, x);
    // Odd quadrants swap the two; the third and the fourth negate the sine, the second and the third the cosine.
    let (sin, cos) = if j & 2 == 0 { (s, c) } else { (c, s) };
    let sign_sin = ((j & 4) as u32) << 29;
    let sign_cos = ((!(j - 2) & 4) as u32) << 29;
    (f32::from_bits(sin.to_bits() ^ sign_sin), f32::from_bits(cos.to_bits() ^ sign_cos))
}

/// Transforms blocks of 16 uniform samples of `[0, 1)` in place; the length is a multiple of 16, at most [`CHUNK`].
pub(super) fn transform_f32(data: &mut [f32], mean: f32, std: f32) {
    // The halves of the blocks side by side: long loops without branches, which the compiler vectorizes.
    let (mut a, mut b) = ([0f32; CHUNK / 2], [0f32; CHUNK / 2]);
    let n = data.len() / 2;
    let (a, b) = (&mut a[..n], &mut b[..n]);
    for (i, block) in data.as_chunks::<16>().0.iter().enumerate() {
        a[8 * i..8 * i + 8].copy_from_slice(&block[..8]);
        b[8 * i..8 * i + 8].copy_from_slice(&block[8..]);
    }
    fused(|| {
        for v in a.iter_mut() {
            *v = (-2.0 * log(1.0 - *v)).sqrt();
        }
        for (a, b) in a.iter_mut().zip(b.iter_mut()) {
            let (sin, cos) = sin_cos(std::f32::consts::TAU * *b);
            let radius = *a;
            *a = (radius * cos).mul_add(std, mean);
            *b = (radius * sin).mul_add(std, mean);
        }
    });
    for (i, block) in data.as_chunks_mut::<16>().0.iter_mut().enumerate() {
        block[..8].copy_from_slice(&a[8 * i..8 * i + 8]);
        block[8..].copy_from_slice(&b[8 * i..8 * i + 8]);
    }
}

/// Transforms blocks of 16 uniform samples of `[0, 1)` in place; the length is a multiple of 16.
pub(super) fn transform_f64(data: &mut [f64], mean: f64, std: f64) {
    for block in data.as_chunks_mut::<16>().0 {
        let (a, b) = block.split_at_mut(8);
        for (a, b) in a.iter_mut().zip(b) {
            let radius = (-2.0 * (1.0 - *a).ln()).sqrt();
            let theta = std::f64::consts::TAU * *b;
            *a = (radius * theta.cos()).mul_add(std, mean);
            *b = (radius * theta.sin()).mul_add(std, mean);
        }
    }
}
