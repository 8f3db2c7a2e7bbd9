//! Clipping: what is done to gradients before a step. The parameters of the items are what is read and written here.

use super::{GRAIN, Item, Number, SHORT, Stored, by_dtype, for_parts};
use crate::dtype::{DType, Element, bf16, f16};
use crate::parallel;
use std::sync::atomic::{AtomicU64, Ordering};

/// Multiplies every element by `factor`.
///
/// # Safety
/// That of [`sgd`](super::sgd), for the parameters of the items alone.
pub unsafe fn scale(dtype: DType, items: &[Item], factor: f64) {
    by_dtype!(dtype, T => for_parts(items, |item, from, n| {
        // SAFETY: the contract; parts lie within their items.
        unsafe { scale_part(item.param.cast::<T>().add(from), n, Number::of(factor)) }
    }))
}

/// Sets every element below `low` to it, then every one above `high`. NaN stays.
///
/// # Safety
/// That of [`scale`].
pub unsafe fn clamp(dtype: DType, items: &[Item], low: f64, high: f64) {
    by_dtype!(dtype, T => for_parts(items, |item, from, n| {
        let (low, high) = (T::stored(Number::of(low)), T::stored(Number::of(high)));
        // SAFETY: the contract; parts lie within their items.
        unsafe { clamp_part(item.param.cast::<T>().add(from), n, low, high) }
    }))
}

/// The sum of squares of each item, added up in double precision.
///
/// # Safety
/// That of [`scale`]; nothing is written, so items may overlap.
pub unsafe fn squares(dtype: DType, items: &[Item]) -> Vec<f64> {
    let parts = |item: &Item| item.len.div_ceil(GRAIN);
    // SAFETY: the contract; parts lie within their items.
    let of_part = |item: &Item, k: usize| unsafe {
        let n = GRAIN.min(item.len - k * GRAIN);
        by_dtype!(dtype, T => squares_part(item.param.cast::<T>().add(k * GRAIN), n))
    };
    let total: usize = items.iter().map(|i| i.len).sum();
    if total <= SHORT {
        return items.iter().map(|item| (0..parts(item)).map(|k| of_part(item, k)).sum()).collect();
    }
    let all: Vec<(&Item, usize)> = items.iter().flat_map(|item| (0..parts(item)).map(move |k| (item, k))).collect();
    let sums: Vec<AtomicU64> = all.iter().map(|_| AtomicU64::new(0)).collect();
    parallel::for_each(all.len(), |i| sums[i].store(of_part(all[i].0, all[i].1).to_bits(), Ordering::Relaxed));
    let mut sums = sums.into_iter().map(|s| f64::from_bits(s.into_inner()));
    items.iter().map(|item| sums.by_ref().take(parts(item)).sum()).collect()
}

crate::multiversion! {
    unsafe fn scale_part[T: Stored](x: *mut T, n: usize, factor: T::Number) = scale_body;
}
crate::multiversion! {
    unsafe fn clamp_part[T: Stored](x: *mut T, n: usize, low: T::Number, high: T::Number) = clamp_body;
}
crate::multiversion! {
    unsafe fn squares_part[T: Stored](x: *const T, n: usize) -> f64 = squares_body;
}

// SAFETY: n elements at x.
#[inline(always)]
unsafe fn scale_body<T: Stored>(x: *mut T, n: usize, factor: T::Number) {
    for i in 0..n {
        // SAFETY: the contract.
        unsafe { *x.add(i) = T::down((*x.add(i)).up() * factor) }
    }
}

// SAFETY: n elements at x.
#[inline(always)]
unsafe fn clamp_body<T: Stored>(x: *mut T, n: usize, low: T::Number, high: T::Number) {
    for i in 0..n {
        // SAFETY: the contract.
        unsafe {
            let v = (*x.add(i)).up();
            let v = if v < low { low } else { v };
            *x.add(i) = T::down(if v > high { high } else { v });
        }
    }
}

/// Partial sums: a fixed number, so that the order of additions depends on no machine.
const LANES: usize = 32;

// SAFETY: n elements at x.
#[inline(always)]
unsafe fn squares_body<T: Stored>(x: *const T, n: usize) -> f64 {
    let mut sums = [0f64; LANES];
    let whole = n - n % LANES;
    for start in (0..whole).step_by(LANES) {
        for (j, sum) in sums.iter_mut().enumerate() {
            // SAFETY: the contract.
            let v = unsafe { Element::to_f64(*x.add(start + j)) };
            *sum += v * v;
        }
    }
    for i in whole..n {
        // SAFETY: the contract.
        let v = unsafe { Element::to_f64(*x.add(i)) };
        sums[i - whole] += v * v;
    }
    sums.iter().sum()
}
