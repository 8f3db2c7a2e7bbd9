//! Inputs of samples: the same numbers on every machine.

use crate::tensor::Tensor;

/// splitmix64 (Steele, Lea, Flood 2014): the `i`-th number of stream `seed`.
fn random(seed: u64, i: u64) -> u64 {
    let mut z = (seed << 32).wrapping_add(i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// `f64` numbers spread over `lo..hi`; another `seed` gives other numbers.
pub fn uniform(seed: u64, lo: f64, hi: f64, shape: &[usize]) -> Tensor {
    let n: usize = shape.iter().product();
    let unit = |i| (random(seed, i as u64) >> 11) as f64 / (1u64 << 53) as f64;
    let data: Vec<f64> = (0..n).map(|i| lo + (hi - lo) * unit(i)).collect();
    Tensor::from_slice(&data, shape)
}

/// These `f64` numbers, in this shape.
#[track_caller]
pub fn floats(data: &[f64], shape: &[usize]) -> Tensor {
    Tensor::from_slice(data, shape)
}

/// `int64` numbers from `lo` up to but without `hi`.
pub fn ints(seed: u64, lo: i64, hi: i64, shape: &[usize]) -> Tensor {
    let n: usize = shape.iter().product();
    let data: Vec<i64> = (0..n).map(|i| lo + (random(seed, i as u64) % (hi - lo) as u64) as i64).collect();
    Tensor::from_slice(&data, shape)
}

/// Booleans.
pub fn bools(seed: u64, shape: &[usize]) -> Tensor {
    let n: usize = shape.iter().product();
    let data: Vec<bool> = (0..n).map(|i| random(seed, i as u64) & 1 == 1).collect();
    Tensor::from_slice(&data, shape)
}
