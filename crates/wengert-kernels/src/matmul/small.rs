//! Small matrix products: nothing is packed but what has to be, so that there is next to nothing to set up.
//!
//! Two kernels: one adds multiples of rows of b to rows of c ([`outer`]; each element is one chain of multiply-adds in
//! order of k), the other takes inner products of rows of a with columns of b, if both are dense ([`inner`]; each
//! element is a fixed number of chains, added in a fixed tree). The tiles never show in the result.

use super::lanes::{Lanes, Plain};
use super::{Product, Real};
use crate::cpu::{Level, level};
use crate::multiversion;

/// `MR` rows by `NV` registers of the result, held over all of k.
///
/// # Safety
/// `a` has `MR` rows and k columns at its strides; `b` has k rows of `NV` registers of elements; the last argument is the
/// first row, the first column and the number of columns in the result.
#[inline(always)]
unsafe fn tile<T: Real, V: Lanes<T>, const MR: usize, const NV: usize>(
    p: &Product<T>,
    a: *const T,
    b: *const T,
    brs: isize,
    [i0, j0, cols]: [usize; 3],
) {
    // SAFETY: the contract above.
    unsafe {
        let mut acc = [[V::splat(T::ZERO); NV]; MR];
        for l in 0..p.k as isize {
            let row = b.offset(l * brs);
            let mut y = [V::splat(T::ZERO); NV];
            for (j, y) in y.iter_mut().enumerate() {
                *y = V::load(row.add(j * V::N));
            }
            let a = a.offset(l * p.acs);
            for (i, acc) in acc.iter_mut().enumerate() {
                let x = V::splat(*a.offset(i as isize * p.ars));
                for (acc, y) in acc.iter_mut().zip(y) {
                    *acc = x.muladd(y, *acc);
                }
            }
        }
        let alpha = V::splat(p.alpha);
        let (i0, j0) = (i0 as isize, j0 as isize);
        if cols == NV * V::N && p.ccs == 1 && p.beta == T::ZERO {
            for (i, acc) in acc.iter().enumerate() {
                for (j, x) in acc.iter().enumerate() {
                    x.mul(alpha).store(p.c.offset((i0 + i as isize) * p.crs + j0).add(j * V::N));
                }
            }
        } else {
            for (i, acc) in acc.iter().enumerate() {
                let mut row = [[T::ZERO; 16]; NV];
                for (x, to) in acc.iter().zip(&mut row) {
                    x.store(to.as_mut_ptr());
                }
                for j in 0..cols {
                    p.store::<false>(i0 + i as isize, j0 + j as isize, row[j / V::N][j % V::N]);
                }
            }
        }
    }
}

/// All rows of one panel of at most `NV` registers of columns.
///
/// # Safety
/// As for [`tile`], with all rows of `p`.
#[inline(always)]
unsafe fn panel<T: Real, V: Lanes<T>, const MR: usize, const NV: usize>(
    p: &Product<T>,
    b: *const T,
    brs: isize,
    j: usize,
    cols: usize,
) {
    let mut i = 0;
    while i < p.m {
        // SAFETY: as many rows are left as each tile takes.
        unsafe {
            let (a, at) = (p.a.offset(i as isize * p.ars), [i, j, cols]);
            let left = p.m - i;
            i += if left >= MR {
                tile::<T, V, MR, NV>(p, a, b, brs, at);
                MR
            } else if left >= 4 {
                tile::<T, V, 4, NV>(p, a, b, brs, at);
                4
            } else if left >= 2 {
                tile::<T, V, 2, NV>(p, a, b, brs, at);
                2
            } else {
                tile::<T, V, 1, NV>(p, a, b, brs, at);
                1
            };
        }
    }
}

/// Panels of two registers of columns, then at most one of one register.
///
/// # Safety
/// The pointers and strides of `p` reach m x k, k x n and m x n elements, the last ones writable and unshared.
#[inline(always)]
unsafe fn outer<T: Real, V: Lanes<T>, const MR: usize>(p: &Product<T>) {
    let mut pack: Vec<T> = Vec::new();
    let mut j = 0;
    while j < p.n {
        let narrow = p.n - j <= V::N;
        let width = if narrow { V::N } else { 2 * V::N };
        let cols = width.min(p.n - j);
        // SAFETY: columns j..j + cols exist; a panel that is not whole and dense is copied, padded with zeros.
        unsafe {
            let src = p.b.offset(j as isize * p.bcs);
            let (b, brs) = if p.bcs == 1 && cols == width {
                (src, p.brs)
            } else {
                pack.resize(p.k * 2 * V::N, T::ZERO);
                copy_panel::<T, V>(p, src, &mut pack, width, cols);
                (pack.as_ptr(), width as isize)
            };
            if narrow {
                panel::<T, V, MR, 1>(p, b, brs, j, cols);
            } else {
                panel::<T, V, MR, 2>(p, b, brs, j, cols);
            }
        }
        j += cols;
    }
}

/// Copies `cols` columns of `b` to rows of `width` elements, the rest zero.
///
/// # Safety
/// `src` has k rows and `cols` columns at the strides of `p.b`; `pack` has k rows of `width`.
#[inline(always)]
unsafe fn copy_panel<T: Real, V: Lanes<T>>(p: &Product<T>, src: *const T, pack: &mut [T], width: usize, cols: usize) {
    let rows = pack[..p.k * width].chunks_exact_mut(width);
    if p.brs == 1 {
        let to = pack.as_mut_ptr();
        // Down the columns, which are dense: squares in registers, then eight rows at a time.
        let (squares, whole) = (cols - cols % V::N, p.k - p.k % V::N);
        for l in (0..whole).step_by(V::N) {
            for j in (0..squares).step_by(V::N) {
                // SAFETY: N columns of N rows from here on.
                unsafe { V::transpose(src.offset(j as isize * p.bcs).add(l), p.bcs, to.add(l * width + j), width) }
            }
        }
        for l in (0..p.k).step_by(8) {
            let end = (l + 8).min(p.k);
            let first = if end <= whole { squares } else { 0 };
            for j in first..cols {
                for l in l..end {
                    // SAFETY: the contract.
                    unsafe { *to.add(l * width + j) = *src.offset(j as isize * p.bcs + l as isize) }
                }
            }
        }
        for row in pack[..p.k * width].chunks_exact_mut(width) {
            row[cols..].fill(T::ZERO);
        }
    } else {
        for (l, row) in rows.enumerate() {
            for (j, x) in row[..cols].iter_mut().enumerate() {
                // SAFETY: the contract.
                *x = unsafe { *src.offset(l as isize * p.brs + j as isize * p.bcs) };
            }
            row[cols..].fill(T::ZERO);
        }
    }
}

/// Inner products of `MR` rows of a with `NR` columns of b.
///
/// # Safety
/// The rows and columns exist and are dense; their products are writable.
#[inline(always)]
unsafe fn inner_tile<T: Real, V: Lanes<T>, const MR: usize, const NR: usize>(p: &Product<T>, i: usize, j: usize) {
    // SAFETY: the contract; the last elements go through padded copies.
    unsafe {
        let (a, b) = (p.a.offset(i as isize * p.ars), p.b.offset(j as isize * p.bcs));
        let mut acc = [[V::splat(T::ZERO); NR]; MR];
        let mut y = [V::splat(T::ZERO); NR];
        let whole = p.k - p.k % V::N;
        let mut l = 0;
        while l < whole {
            for (s, y) in y.iter_mut().enumerate() {
                *y = V::load(b.offset(s as isize * p.bcs).add(l));
            }
            for (r, acc) in acc.iter_mut().enumerate() {
                let x = V::load(a.offset(r as isize * p.ars).add(l));
                for (acc, y) in acc.iter_mut().zip(y) {
                    *acc = x.muladd(y, *acc);
                }
            }
            l += V::N;
        }
        if whole < p.k {
            let mut pad = [T::ZERO; 16];
            for (s, y) in y.iter_mut().enumerate() {
                pad[..p.k - whole].copy_from_slice(rest(b.offset(s as isize * p.bcs), whole, p.k));
                *y = V::load(pad.as_ptr());
            }
            for (r, acc) in acc.iter_mut().enumerate() {
                pad[..p.k - whole].copy_from_slice(rest(a.offset(r as isize * p.ars), whole, p.k));
                let x = V::load(pad.as_ptr());
                for (acc, y) in acc.iter_mut().zip(y) {
                    *acc = x.muladd(y, *acc);
                }
            }
        }
        for (r, acc) in acc.iter().enumerate() {
            for (s, acc) in acc.iter().enumerate() {
                let mut lanes = [T::ZERO; 16];
                acc.store(lanes.as_mut_ptr());
                let mut n = V::N;
                while n > 1 {
                    n /= 2;
                    for q in 0..n {
                        lanes[q] = T::add(lanes[q], lanes[q + n]);
                    }
                }
                p.store::<false>((i + r) as isize, (j + s) as isize, lanes[0]);
            }
        }
    }
}

/// Elements `start..end` from `p`.
///
/// # Safety
/// They exist.
#[inline(always)]
unsafe fn rest<'a, T>(p: *const T, start: usize, end: usize) -> &'a [T] {
    // SAFETY: the contract.
    unsafe { std::slice::from_raw_parts(p.add(start), end - start) }
}

/// All inner products, in tiles of `R` by `R`.
///
/// # Safety
/// As for [`outer`]; rows of a and columns of b are dense.
#[inline(always)]
unsafe fn inner<T: Real, V: Lanes<T>, const R: usize>(p: &Product<T>) {
    // (Loops, since a closure handed to an iterator may be compiled without the caller's instructions.)
    let (rows, cols) = (p.m - p.m % R, p.n - p.n % R);
    // SAFETY: whole tiles where they fit, single elements elsewhere.
    unsafe {
        for j in (0..cols).step_by(R) {
            for i in (0..rows).step_by(R) {
                inner_tile::<T, V, R, R>(p, i, j);
            }
            for i in rows..p.m {
                inner_tile::<T, V, 1, R>(p, i, j);
            }
        }
        for j in cols..p.n {
            for i in (0..rows).step_by(R) {
                inner_tile::<T, V, R, 1>(p, i, j);
            }
            for i in rows..p.m {
                inner_tile::<T, V, 1, 1>(p, i, j);
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::*;
    use std::arch::x86_64::*;

    multiversion! {
        pub unsafe fn outer_f32_512(p: &Product<f32>) = outer::<f32, __m512, 8>;
    }
    multiversion! {
        pub unsafe fn outer_f32_256(p: &Product<f32>) = outer::<f32, __m256, 4>;
    }
    multiversion! {
        pub unsafe fn outer_f64_512(p: &Product<f64>) = outer::<f64, __m512d, 8>;
    }
    multiversion! {
        pub unsafe fn outer_f64_256(p: &Product<f64>) = outer::<f64, __m256d, 4>;
    }
    multiversion! {
        pub unsafe fn inner_f32_512(p: &Product<f32>) = inner::<f32, __m512, 4>;
    }
    multiversion! {
        pub unsafe fn inner_f32_256(p: &Product<f32>) = inner::<f32, __m256, 3>;
    }
    multiversion! {
        pub unsafe fn inner_f64_512(p: &Product<f64>) = inner::<f64, __m512d, 4>;
    }
    multiversion! {
        pub unsafe fn inner_f64_256(p: &Product<f64>) = inner::<f64, __m256d, 3>;
    }
}

/// Are inner products the better way: both operands dense along k, k long, and no large result?
pub(super) fn takes_inner<T>(p: &Product<T>) -> bool {
    p.acs == 1 && p.brs == 1 && p.k >= 64
}

macro_rules! small {
    ($t:ident, $o512:ident, $o256:ident, $i512:ident, $i256:ident) => {
        /// `c = alpha * a @ b + beta * c` in this precision.
        ///
        /// # Safety
        /// The pointers and strides of `p` reach m x k, k x n and m x n elements, the last ones writable and unshared.
        pub(super) unsafe fn $t(p: &Product<$t>) {
            // Many rows make up for the transposing copies that the other kernel needs.
            let inside = takes_inner(p) && (p.m < 16 || p.n < 16);
            // SAFETY: the contract, and level() vouches for the instructions.
            unsafe {
                match level() {
                    #[cfg(target_arch = "x86_64")]
                    Level::Avx512 if inside => x86::$i512(p),
                    #[cfg(target_arch = "x86_64")]
                    Level::Avx512 => x86::$o512(p),
                    #[cfg(target_arch = "x86_64")]
                    Level::Avx2 if inside => x86::$i256(p),
                    #[cfg(target_arch = "x86_64")]
                    Level::Avx2 => x86::$o256(p),
                    _ if cfg!(target_arch = "x86_64") => outer::<$t, Plain<$t, false>, 4>(p),
                    _ => outer::<$t, Plain<$t, true>, 4>(p),
                }
            }
        }
    };
}
small!(f32, outer_f32_512, outer_f32_256, inner_f32_512, inner_f32_256);
small!(f64, outer_f64_512, outer_f64_256, inner_f64_512, inner_f64_256);
