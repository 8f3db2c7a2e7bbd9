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
    /// Asks for the cache line at `p`, which need not exist.
    #[inline(always)]
    unsafe fn prefetch(_: *const T) {}
    /// Copies `N` x `N` elements: row i, `from_stride` apart, becomes column i of rows `to_stride` apart.
    ///
    /// # Safety
    /// Both have these elements, and `to` is writable.
    #[inline(always)]
    unsafe fn transpose(from: *const T, from_stride: isize, to: *mut T, to_stride: usize) {
        for i in 0..Self::N {
            for j in 0..Self::N {
                // SAFETY: the contract.
                unsafe { *to.add(j * to_stride + i) = *from.offset(i as isize * from_stride).add(j) }
            }
        }
    }
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
        ($($v:ident, $t:ident, $n:expr, $set:ident, $load:ident, $store:ident, $fma:ident, $mul:ident, $transpose:ident;)*) => {$(
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
                #[inline(always)]
                unsafe fn prefetch(p: *const $t) {
                    // SAFETY: a hint, whatever the address.
                    unsafe { _mm_prefetch::<_MM_HINT_T0>(p.cast()) }
                }
                #[inline(always)]
                unsafe fn transpose(from: *const $t, from_stride: isize, to: *mut $t, to_stride: usize) {
                    // SAFETY: the contract.
                    unsafe { $transpose(from, from_stride, to, to_stride) }
                }
            }
        )*};
    }

    // Transposes: quarters of registers are gathered by loads, so that few shuffles are left.

    /// Registers of 128 bits from rows `step` apart.
    #[inline(always)]
    unsafe fn quarters_ps(p: *const f32, step: isize) -> __m512 {
        // SAFETY: the caller has these rows.
        unsafe {
            let x = _mm512_castps128_ps512(_mm_loadu_ps(p));
            let x = _mm512_insertf32x4::<1>(x, _mm_loadu_ps(p.offset(step)));
            let x = _mm512_insertf32x4::<2>(x, _mm_loadu_ps(p.offset(2 * step)));
            _mm512_insertf32x4::<3>(x, _mm_loadu_ps(p.offset(3 * step)))
        }
    }

    #[inline(always)]
    unsafe fn quarters_pd(p: *const f64, step: isize) -> __m512d {
        // SAFETY: the caller has these rows.
        unsafe {
            let x = _mm512_castpd128_pd512(_mm_loadu_pd(p));
            let x = _mm512_insertf64x2::<1>(x, _mm_loadu_pd(p.offset(step)));
            let x = _mm512_insertf64x2::<2>(x, _mm_loadu_pd(p.offset(2 * step)));
            _mm512_insertf64x2::<3>(x, _mm_loadu_pd(p.offset(3 * step)))
        }
    }

    #[inline(always)]
    unsafe fn halves_ps(p: *const f32, step: isize) -> __m256 {
        // SAFETY: the caller has these rows.
        unsafe { _mm256_insertf128_ps::<1>(_mm256_castps128_ps256(_mm_loadu_ps(p)), _mm_loadu_ps(p.offset(step))) }
    }

    #[inline(always)]
    unsafe fn halves_pd(p: *const f64, step: isize) -> __m256d {
        // SAFETY: the caller has these rows.
        unsafe { _mm256_insertf128_pd::<1>(_mm256_castpd128_pd256(_mm_loadu_pd(p)), _mm_loadu_pd(p.offset(step))) }
    }

    macro_rules! transpose_ps {
        ($name:ident, $n:expr, $gather:ident, $lo:ident, $hi:ident, $to_pd:ident, $to_ps:ident, $lo2:ident, $hi2:ident, $store:ident) => {
            /// # Safety
            /// That of [`Lanes::transpose`].
            #[inline(always)]
            unsafe fn $name(from: *const f32, s: isize, to: *mut f32, to_stride: usize) {
                for q in (0..$n).step_by(4) {
                    // SAFETY: the contract.
                    unsafe {
                        let p = from.add(q);
                        let (r0, r1) = ($gather(p, 4 * s), $gather(p.offset(s), 4 * s));
                        let (r2, r3) = ($gather(p.offset(2 * s), 4 * s), $gather(p.offset(3 * s), 4 * s));
                        let (x0, x1) = ($to_pd($lo(r0, r1)), $to_pd($hi(r0, r1)));
                        let (y0, y1) = ($to_pd($lo(r2, r3)), $to_pd($hi(r2, r3)));
                        let to = to.add(q * to_stride);
                        $store(to, $to_ps($lo2(x0, y0)));
                        $store(to.add(to_stride), $to_ps($hi2(x0, y0)));
                        $store(to.add(2 * to_stride), $to_ps($lo2(x1, y1)));
                        $store(to.add(3 * to_stride), $to_ps($hi2(x1, y1)));
                    }
                }
            }
        };
    }
    transpose_ps!(
        transpose_512_ps,
        16,
        quarters_ps,
        _mm512_unpacklo_ps,
        _mm512_unpackhi_ps,
        _mm512_castps_pd,
        _mm512_castpd_ps,
        _mm512_unpacklo_pd,
        _mm512_unpackhi_pd,
        _mm512_storeu_ps
    );
    transpose_ps!(
        transpose_256_ps,
        8,
        halves_ps,
        _mm256_unpacklo_ps,
        _mm256_unpackhi_ps,
        _mm256_castps_pd,
        _mm256_castpd_ps,
        _mm256_unpacklo_pd,
        _mm256_unpackhi_pd,
        _mm256_storeu_ps
    );

    macro_rules! transpose_pd {
        ($name:ident, $n:expr, $gather:ident, $lo:ident, $hi:ident, $store:ident) => {
            /// # Safety
            /// That of [`Lanes::transpose`].
            #[inline(always)]
            unsafe fn $name(from: *const f64, s: isize, to: *mut f64, to_stride: usize) {
                for q in (0..$n).step_by(2) {
                    // SAFETY: the contract.
                    unsafe {
                        let p = from.add(q);
                        let (x, y) = ($gather(p, 2 * s), $gather(p.offset(s), 2 * s));
                        $store(to.add(q * to_stride), $lo(x, y));
                        $store(to.add((q + 1) * to_stride), $hi(x, y));
                    }
                }
            }
        };
    }
    transpose_pd!(transpose_512_pd, 8, quarters_pd, _mm512_unpacklo_pd, _mm512_unpackhi_pd, _mm512_storeu_pd);
    transpose_pd!(transpose_256_pd, 4, halves_pd, _mm256_unpacklo_pd, _mm256_unpackhi_pd, _mm256_storeu_pd);

    lanes! {
        __m256, f32, 8, _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_fmadd_ps, _mm256_mul_ps, transpose_256_ps;
        __m256d, f64, 4, _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_fmadd_pd, _mm256_mul_pd, transpose_256_pd;
        __m512, f32, 16, _mm512_set1_ps, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_fmadd_ps, _mm512_mul_ps, transpose_512_ps;
        __m512d, f64, 8, _mm512_set1_pd, _mm512_loadu_pd, _mm512_storeu_pd, _mm512_fmadd_pd, _mm512_mul_pd, transpose_512_pd;
    }
}
