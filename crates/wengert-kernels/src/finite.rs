//! Is every element finite? One pass at the speed of memory: adding one to the exponent of an infinity or NaN, and of nothing else, carries
//! into the sign, so the sums need only be joined by OR.

use crate::dtype::DType;
use crate::multiversion;
use crate::parallel::for_ranges;
use std::sync::atomic::{AtomicBool, Ordering};

/// Elements from which on threads share the work, and the size of a piece.
const PIECE: usize = 1 << 16;

macro_rules! scan {
    ($name:ident, $body:ident, $t:ty) => {
        #[inline(always)]
        unsafe fn $body(x: *const $t, n: usize, one: $t) -> $t {
            let mut all = 0;
            for i in 0..n {
                // SAFETY: the caller gives n elements at x.
                all |= (unsafe { *x.add(i) } & (<$t>::MAX >> 1)).wrapping_add(one);
            }
            all
        }
        multiversion! {
            unsafe fn $name(x: *const $t, n: usize, one: $t) -> $t = $body;
        }
    };
}
scan!(scan16, scan16_body, u16);
scan!(scan32, scan32_body, u32);
scan!(scan64, scan64_body, u64);

/// Where the elements are.
struct Elements(*const u8);
// SAFETY: it is only read, as the caller of `all_finite` lets us.
unsafe impl Sync for Elements {}

impl Elements {
    fn at(&self, byte: usize) -> *const u8 {
        self.0.wrapping_add(byte)
    }
}

/// Are `n` dense elements at `x` all finite? Those of other dtypes than floats are.
///
/// # Safety
/// There are `n` elements of that dtype at `x`.
pub unsafe fn all_finite(x: *const u8, n: usize, dtype: DType) -> bool {
    let x = Elements(x);
    let piece = |start: usize, end: usize| {
        let (x, n) = (x.at(start * dtype.size()), end - start);
        // SAFETY: the range lies within the caller's elements; `one` is the lowest bit of the exponent.
        unsafe {
            match dtype {
                DType::F16 => scan16(x.cast(), n, 1 << 10) >> 15 == 0,
                DType::BF16 => scan16(x.cast(), n, 1 << 7) >> 15 == 0,
                DType::F32 => scan32(x.cast(), n, 1 << 23) >> 31 == 0,
                DType::F64 => scan64(x.cast(), n, 1 << 52) >> 63 == 0,
                _ => true,
            }
        }
    };
    if n <= 4 * PIECE || !dtype.is_float() {
        return piece(0, n);
    }
    let finite = AtomicBool::new(true);
    for_ranges(n, PIECE, |start, end| {
        if !piece(start, end) {
            finite.store(false, Ordering::Relaxed);
        }
    });
    finite.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;
    use half::{bf16, f16};

    fn check<T: Copy>(dtype: DType, finite: &[T], others: &[T]) {
        for n in [1, 7, 64, 1000, 5 * PIECE] {
            let mut x = vec![finite[0]; n];
            for (i, v) in finite.iter().enumerate() {
                x[i * 37 % n] = *v;
            }
            // SAFETY: x has n elements.
            unsafe {
                assert!(all_finite(x.as_ptr().cast(), n, dtype), "{dtype} {n}");
                for bad in others {
                    for at in [0, n / 2, n - 1] {
                        let before = std::mem::replace(&mut x[at], *bad);
                        assert!(!all_finite(x.as_ptr().cast(), n, dtype), "{dtype} {n} {at}");
                        x[at] = before;
                    }
                }
            }
        }
    }

    #[test]
    fn infinities_and_nan_are_found_wherever_they_are() {
        let (inf, nan) = (f32::INFINITY, f32::NAN);
        check(DType::F32, &[1.0, f32::MAX, f32::MIN, -0.0, f32::MIN_POSITIVE / 2.0], &[inf, -inf, nan, -nan]);
        let (inf, nan) = (f64::INFINITY, f64::NAN);
        check(DType::F64, &[1.0, f64::MAX, f64::MIN, -0.0, 5e-324], &[inf, -inf, nan, -nan]);
        check(DType::F16, &[f16::ONE, f16::MAX, f16::MIN], &[f16::INFINITY, f16::NEG_INFINITY, f16::NAN]);
        check(DType::BF16, &[bf16::ONE, bf16::MAX, bf16::MIN], &[bf16::INFINITY, bf16::NEG_INFINITY, bf16::NAN]);
        check(DType::I64, &[1i64, i64::MAX, -1], &[]);
    }
}
