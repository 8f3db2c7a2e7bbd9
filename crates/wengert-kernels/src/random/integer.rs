//! Integers uniform in a range, and permutations.

use super::generator::{CHUNK, Generator};
use crate::dtype::{DType, Element};

/// From this range on a sample takes 64 bits: the remainder of 32 would favour small numbers by some per cent.
const WIDE_RANGE: u64 = 1 << 28;
/// From this length on [`randperm`] shuffles another way.
const WIDE_PERMUTATION: usize = u32::MAX as usize / 20;

/// The significant bits of a floating type.
const fn digits(dtype: DType) -> u32 {
    match dtype {
        DType::F16 => 11,
        DType::BF16 => 8,
        DType::F32 => 24,
        _ => 53,
    }
}

/// Fills `out` with `f` of 32-bit numbers.
fn map_u32<T: Element>(g: &mut Generator, out: &mut [T], f: impl Fn(u32) -> i64) {
    let mut bits = [0u32; CHUNK];
    for part in out.chunks_mut(CHUNK) {
        let bits = &mut bits[..part.len()];
        g.fill_u32(bits);
        for (o, &b) in part.iter_mut().zip(&*bits) {
            *o = T::from_i64(f(b));
        }
    }
}

/// Fills `out` with `f` of 64-bit numbers.
fn map_u64<T: Element>(g: &mut Generator, out: &mut [T], f: impl Fn(u64) -> i64) {
    for o in out {
        *o = T::from_i64(f(g.random_u64()));
    }
}

/// Fills `out` with `base + bits % range`, 32 or 64 bits according to the range.
fn from_range<T: Element>(g: &mut Generator, out: &mut [T], base: i64, range: u64) {
    if range >= WIDE_RANGE {
        map_u64(g, out, |v| (v % range).wrapping_add(base as u64) as i64);
    } else {
        let range = range as u32;
        map_u32(g, out, |v| i64::from(v % range) + base);
    }
}

/// The bounds that [`randint`] really uses for `T`: those given, for a floating type moved inward to values from where
/// rounding to the type cannot leave `[low, high)`.
fn fit_bounds<T: Element>(low: i64, high: i64) -> (i64, i64) {
    (fit_low::<T>(low), if T::DTYPE.is_float() { fit_high::<T>(high) } else { high })
}

fn step<T: Element>(x: i64) -> i64 {
    let log2 = x.unsigned_abs().max(1).ilog2();
    1i64.wrapping_shl(log2.wrapping_sub(digits(T::DTYPE)).wrapping_add(1))
}

fn fit_low<T: Element>(low: i64) -> i64 {
    if !T::DTYPE.is_float() {
        return low;
    }
    let above = low.wrapping_add(1);
    let rounded = T::from_i64(above).to_i64();
    if rounded < low { rounded.wrapping_add(step::<T>(above)) } else { low }
}

fn fit_high<T: Element>(high: i64) -> i64 {
    let below = high.wrapping_sub(1);
    let rounded = T::from_i64(below).to_i64();
    if rounded >= high { rounded.wrapping_sub(step::<T>(below)) } else { high }
}

/// Fills `out` with integers uniform in `[low, high)`: `torch.randint`, `Tensor.random_(low, high)`.
///
/// `low + bits % (high - low)`, with 32 bits for a range below 2^28 and 64 above, for every type, floating ones
/// included.
///
/// # Panics
/// If the range is empty.
pub fn randint<T: Element>(g: &mut Generator, out: &mut [T], low: i64, high: i64) {
    let (low, high) = fit_bounds::<T>(low, high);
    assert!(low < high, "random_ expects 'from' to be less than 'to', but got from={low} >= to={high}");
    from_range(g, out, low, (high as u64).wrapping_sub(low as u64));
}

/// Fills `out` with integers uniform from `low` to the largest of the type (the largest up to which all integers are
/// exact for floating types), included: `Tensor.random_(low, None)`.
///
/// # Panics
/// If `low` is above the largest.
pub fn random_from<T: Element>(g: &mut Generator, out: &mut [T], low: i64) {
    if low == i64::MIN {
        return random_full(g, out);
    }
    let low = fit_low::<T>(low);
    let last = match T::DTYPE {
        DType::Bool => 1,
        DType::U8 => i64::from(u8::MAX),
        DType::I8 => i64::from(i8::MAX),
        DType::I16 => i64::from(i16::MAX),
        DType::I32 => i64::from(i32::MAX),
        DType::I64 => i64::MAX,
        float => 1 << digits(float),
    };
    assert!(low <= last, "random_ expects 'from' to be at most {last}, but got from={low}");
    // Only i64 from its lowest value, which is another path, has a range of 2^64.
    from_range(g, out, low, (last as u64).wrapping_sub(low as u64).wrapping_add(1));
}

/// Fills `out` with 64-bit numbers taken as signed: `Tensor.random_(-2**63, None)`, which PyTorch has for `int64`,
/// `float32`, `float64` and `bfloat16`.
pub fn random_full<T: Element>(g: &mut Generator, out: &mut [T]) {
    map_u64(g, out, |v| v as i64);
}

/// Fills `out` with integers uniform from 0 to the largest of the type (of floating types: the largest up to which all
/// integers are exact), included: `Tensor.random_()`.
///
/// `i64` and `f64` take 64 bits, all others 32.
pub fn random<T: Element>(g: &mut Generator, out: &mut [T]) {
    match T::DTYPE {
        DType::Bool => map_u32(g, out, |v| i64::from(v & 1)),
        DType::U8 => map_u32(g, out, |v| i64::from(v & 0xff)),
        DType::I8 => map_u32(g, out, |v| i64::from(v & 0x7f)),
        DType::I16 => map_u32(g, out, |v| i64::from(v & 0x7fff)),
        DType::I32 => map_u32(g, out, |v| i64::from(v & 0x7fff_ffff)),
        DType::I64 => map_u64(g, out, |v| (v & (u64::MAX >> 1)) as i64),
        DType::F64 => map_u64(g, out, |v| (v % ((1 << 53) + 1)) as i64),
        float => {
            let range = (1u32 << digits(float)) + 1;
            map_u32(g, out, |v| i64::from(v % range));
        }
    }
}

/// Fills `out` with the numbers `0..n` in random order, `n` its length: `torch.randperm`.
///
/// Fisher and Yates' shuffle from the front, 32 bits for each place but the last. From a length of 214,748,364 on the
/// inside-out shuffle, 64 bits for each place.
pub fn randperm<T: Element>(g: &mut Generator, out: &mut [T]) {
    let n = out.len();
    if n >= WIDE_PERMUTATION {
        for i in 0..n {
            let j = (g.random_u64() % (i as u64 + 1)) as usize;
            out[i] = out[j];
            out[j] = T::from_i64(i as i64);
        }
        return;
    }
    for (i, o) in out.iter_mut().enumerate() {
        *o = T::from_i64(i as i64);
    }
    for i in 0..n.saturating_sub(1) {
        let j = g.random_u32() % (n - i) as u32;
        out.swap(i, i + j as usize);
    }
}
