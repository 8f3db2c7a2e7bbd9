//! Small matrix products: nothing is packed but what has to be, so that there is next to nothing to set up.
//!
//! Each element of the result is one chain of fused multiply-adds in order of k, whatever the tile.

use super::{Product, Real};
use crate::cpu::{Level, level};
use crate::multiversion;

/// `MR` rows by `NR` columns of the result, held in registers over all of k.
///
/// # Safety
/// `a` has `MR` rows and k columns at its strides; `b` has k rows of `NR` adjacent elements; the first `cols` columns of
/// `c` are writable.
#[inline(always)]
unsafe fn tile<T: Real, const FMA: bool, const MR: usize, const NR: usize>(
    p: &Product<T>,
    a: *const T,
    b: *const T,
    brs: isize,
    c: *mut T,
    cols: usize,
) {
    let mut acc = [[T::ZERO; NR]; MR];
    // SAFETY: the contract above.
    unsafe {
        for l in 0..p.k as isize {
            let row = &*b.offset(l * brs).cast::<[T; NR]>();
            for (i, acc) in acc.iter_mut().enumerate() {
                let x = *a.offset(i as isize * p.ars + l * p.acs);
                for (c, y) in acc.iter_mut().zip(row) {
                    *c = T::muladd::<FMA>(x, *y, *c);
                }
            }
        }
        for (i, acc) in acc.iter().enumerate() {
            let c = c.offset(i as isize * p.crs);
            if cols == NR && p.ccs == 1 && p.beta == T::ZERO {
                let c = &mut *c.cast::<[T; NR]>();
                for (c, x) in c.iter_mut().zip(acc) {
                    *c = T::mul(p.alpha, *x);
                }
            } else {
                for (j, &x) in acc.iter().enumerate().take(cols) {
                    p.store::<FMA>(c.offset(j as isize * p.ccs), x);
                }
            }
        }
    }
}

/// All rows of one panel of at most `NR` columns.
///
/// # Safety
/// As for [`tile`], with all rows of `p`.
#[inline(always)]
unsafe fn panel<T: Real, const FMA: bool, const MR: usize, const NR: usize>(
    p: &Product<T>,
    b: *const T,
    brs: isize,
    c: *mut T,
    cols: usize,
) {
    let mut i = 0;
    // SAFETY: rows i.. exist as tested by each condition.
    unsafe {
        while i + MR <= p.m {
            let (a, c) = (p.a.offset(i as isize * p.ars), c.offset(i as isize * p.crs));
            tile::<T, FMA, MR, NR>(p, a, b, brs, c, cols);
            i += MR;
        }
        if MR > 4 && i + 4 <= p.m {
            let (a, c) = (p.a.offset(i as isize * p.ars), c.offset(i as isize * p.crs));
            tile::<T, FMA, 4, NR>(p, a, b, brs, c, cols);
            i += 4;
        }
        if i + 2 <= p.m {
            let (a, c) = (p.a.offset(i as isize * p.ars), c.offset(i as isize * p.crs));
            tile::<T, FMA, 2, NR>(p, a, b, brs, c, cols);
            i += 2;
        }
        if i < p.m {
            let (a, c) = (p.a.offset(i as isize * p.ars), c.offset(i as isize * p.crs));
            tile::<T, FMA, 1, NR>(p, a, b, brs, c, cols);
        }
    }
}

/// Panels of `WIDE` columns, then at most one of `NARROW`.
///
/// # Safety
/// The pointers and strides of `p` reach m x k, k x n and m x n elements, the last ones writable and unshared.
#[inline(always)]
unsafe fn body<T: Real, const FMA: bool, const MR: usize, const WIDE: usize, const NARROW: usize>(p: &Product<T>) {
    let mut pack: Vec<T> = Vec::new();
    let mut j = 0;
    while j < p.n {
        let narrow = p.n - j <= NARROW;
        let width = if narrow { NARROW } else { WIDE };
        let cols = width.min(p.n - j);
        // SAFETY: columns j..j + cols exist; a panel that is not whole and dense is copied, padded with zeros.
        unsafe {
            let src = p.b.offset(j as isize * p.bcs);
            let c = p.c.offset(j as isize * p.ccs);
            let (b, brs) = if p.bcs == 1 && cols == width {
                (src, p.brs)
            } else {
                if pack.is_empty() {
                    pack.resize(p.k * WIDE, T::ZERO);
                }
                copy_panel(p, src, &mut pack, width, cols);
                (pack.as_ptr(), width as isize)
            };
            if narrow {
                panel::<T, FMA, MR, NARROW>(p, b, brs, c, cols);
            } else {
                panel::<T, FMA, MR, WIDE>(p, b, brs, c, cols);
            }
        }
        j += cols;
    }
}

/// Copies `cols` columns of `b` to rows of `width` elements, the rest zero.
///
/// # Safety
/// `src` has k rows and `cols` columns at the strides of `p.b`.
#[inline(always)]
unsafe fn copy_panel<T: Real>(p: &Product<T>, src: *const T, pack: &mut [T], width: usize, cols: usize) {
    if p.brs == 1 {
        // Down the columns, which are dense.
        for j in 0..cols {
            for l in 0..p.k {
                // SAFETY: the contract.
                pack[l * width + j] = unsafe { *src.offset(j as isize * p.bcs + l as isize) };
            }
        }
        if cols < width {
            for row in pack[..p.k * width].chunks_exact_mut(width) {
                row[cols..].fill(T::ZERO);
            }
        }
    } else {
        for (l, row) in pack[..p.k * width].chunks_exact_mut(width).enumerate() {
            for (j, x) in row[..cols].iter_mut().enumerate() {
                // SAFETY: the contract.
                *x = unsafe { *src.offset(l as isize * p.brs + j as isize * p.bcs) };
            }
            row[cols..].fill(T::ZERO);
        }
    }
}

multiversion! {
    unsafe fn small_f32_512(p: &Product<f32>) = body::<f32, true, 8, 32, 16>;
}
multiversion! {
    unsafe fn small_f32_256(p: &Product<f32>) = body::<f32, true, 4, 16, 8>;
}
multiversion! {
    unsafe fn small_f64_512(p: &Product<f64>) = body::<f64, true, 8, 16, 8>;
}
multiversion! {
    unsafe fn small_f64_256(p: &Product<f64>) = body::<f64, true, 4, 8, 4>;
}

/// `c = alpha * a @ b + beta * c` in single precision.
///
/// # Safety
/// The pointers and strides of `p` reach m x k, k x n and m x n elements, the last ones writable and unshared.
pub(super) unsafe fn f32(p: &Product<f32>) {
    // SAFETY: the contract.
    unsafe {
        match level() {
            Level::Avx512 => small_f32_512(p),
            Level::Base if cfg!(target_arch = "x86_64") => body::<f32, false, 4, 8, 4>(p),
            _ => small_f32_256(p),
        }
    }
}

/// `c = alpha * a @ b + beta * c` in double precision.
///
/// # Safety
/// As for [`f32`].
pub(super) unsafe fn f64(p: &Product<f64>) {
    // SAFETY: the contract.
    unsafe {
        match level() {
            Level::Avx512 => small_f64_512(p),
            Level::Base if cfg!(target_arch = "x86_64") => body::<f64, false, 4, 4, 2>(p),
            _ => small_f64_256(p),
        }
    }
}
