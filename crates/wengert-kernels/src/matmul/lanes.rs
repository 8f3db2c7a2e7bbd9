//! A register full of numbers, for the kernels in which the compiler has to keep many of them.

use super::Real;

/// `N` numbers in one register (or some, on machines that have no special code here).
pub(super) trait Lanes<T: Real>: Copy {
    /// How many numbers.
    const N: usize;
    /// The same number in all lanes.
    ///
    /// # Safety
    /// As for every function here: the machine must have the instructions that the type stands for.
    unsafe fn splat(x: T) -> Self;
    /// # Safety
    /// `p` has `N` elements.
    unsafe fn load(p: *const T) -> Self;
    /// # Safety
    /// `p` takes `N` elements.
    unsafe fn store(self, p: *mut T);
    /// `self * b + c`.
    ///
    /// # Safety
    /// See [`Lanes::splat`].
    unsafe fn muladd(self, b: Self, c: Self) -> Self;
    /// # Safety
    /// See [`Lanes::splat`].
    unsafe fn mul(self, b: Self) -> Self;
}

/// Four lanes in plain Rust, with fused multiply-adds or not.
#[derive(Clone, Copy)]
pub(super) struct Plain<T, const FMA: bool>([T; 4]);

impl<T: Real, const FMA: bool> Lanes<T> for Plain<T, FMA> {
    const N: usize = 4;
    #[inline(always)]
    unsafe fn splat(x: T) -> Self {
        Plain([x; 4])
    }
    #[inline(always)]
    unsafe fn load(p: *const T) -> Self {
        // SAFETY: the contract.
        Plain(unsafe { *p.cast::<[T; 4]>() })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut T) {
        // SAFETY: the contract.
        unsafe { *p.cast::<[T; 4]>() = self.0 }
    }
    #[inline(always)]
    unsafe fn muladd(self, b: Self, c: Self) -> Self {
        Plain(std::array::from_fn(|i| T::muladd::<FMA>(self.0[i], b.0[i], c.0[i])))
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        Plain(std::array::from_fn(|i| T::mul(self.0[i], b.0[i])))
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Lanes;
    use std::arch::x86_64::*;

    macro_rules! lanes {
        ($($v:ident, $t:ident, $n:expr, $set:ident, $load:ident, $store:ident, $fma:ident, $mul:ident;)*) => {$(
            impl Lanes<$t> for $v {
                const N: usize = $n;
                #[inline(always)]
                unsafe fn splat(x: $t) -> Self {
                    // SAFETY: the contract.
                    unsafe { $set(x) }
                }
                #[inline(always)]
                unsafe fn load(p: *const $t) -> Self {
                    // SAFETY: the contract.
                    unsafe { $load(p) }
                }
                #[inline(always)]
                unsafe fn store(self, p: *mut $t) {
                    // SAFETY: the contract.
                    unsafe { $store(p, self) }
                }
                #[inline(always)]
                unsafe fn muladd(self, b: Self, c: Self) -> Self {
                    // SAFETY: the contract.
                    unsafe { $fma(self, b, c) }
                }
                #[inline(always)]
                unsafe fn mul(self, b: Self) -> Self {
                    // SAFETY: the contract.
                    unsafe { $mul(self, b) }
                }
            }
        )*};
    }
    lanes! {
        __m256, f32, 8, _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_fmadd_ps, _mm256_mul_ps;
        __m256d, f64, 4, _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_fmadd_pd, _mm256_mul_pd;
        __m512, f32, 16, _mm512_set1_ps, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_fmadd_ps, _mm512_mul_ps;
        __m512d, f64, 8, _mm512_set1_pd, _mm512_loadu_pd, _mm512_storeu_pd, _mm512_fmadd_pd, _mm512_mul_pd;
    }
}
