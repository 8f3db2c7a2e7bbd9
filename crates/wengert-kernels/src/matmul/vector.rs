//! Matrix times vector, and vector times vector: bound by memory, so one pass at full width.
//!
//! The product here is always `y = alpha * A x + beta * y`, with A of m rows and k columns. A sum over k is kept in a
//! fixed number of lanes, or goes in order of k; very long ones are cut at fixed places and added in order.

use super::{Product, Real};
use crate::cpu::{Level, level};
use crate::multiversion;
use crate::parallel::for_each;
use crate::walk::Raw;
use std::mem::MaybeUninit;

/// Elements of A that make a piece worth giving to a thread.
const PIECE: usize = 1 << 16;
/// Elements of the result that are kept on the stack while columns are added to it.
const BLOCK: usize = 1024;

/// Sums of `rows` dense rows times a dense vector. One row at a time or four, each sum comes out the same.
///
/// # Safety
/// `a` has `rows` rows of k dense elements, `ars` apart; `x` has k, `y` takes `rows` elements.
#[inline(always)]
unsafe fn rows_body<T: Real, const FMA: bool, const L: usize>(
    rows: usize,
    k: usize,
    a: *const T,
    ars: isize,
    x: *const T,
    y: *mut T,
) {
    let mut i = 0;
    // SAFETY: rows i.. exist as tested.
    unsafe {
        while i + 4 <= rows {
            let sums = dots::<T, FMA, L, 4>(k, a.offset(i as isize * ars), ars, x);
            for (j, s) in sums.into_iter().enumerate() {
                *y.add(i + j) = s;
            }
            i += 4;
        }
        while i < rows {
            *y.add(i) = dots::<T, FMA, L, 1>(k, a.offset(i as isize * ars), ars, x)[0];
            i += 1;
        }
    }
}

/// `R` rows times a vector, in `L` lanes each.
///
/// # Safety
/// As for [`rows_body`].
#[inline(always)]
unsafe fn dots<T: Real, const FMA: bool, const L: usize, const R: usize>(
    k: usize,
    a: *const T,
    ars: isize,
    x: *const T,
) -> [T; R] {
    let mut acc = [[T::ZERO; L]; R];
    let whole = k - k % L;
    let mut l = 0;
    // SAFETY: L elements are left at l.
    unsafe {
        while l < whole {
            let v = &*x.add(l).cast::<[T; L]>();
            for (r, acc) in acc.iter_mut().enumerate() {
                let w = &*a.offset(r as isize * ars).add(l).cast::<[T; L]>();
                for ((s, w), v) in acc.iter_mut().zip(w).zip(v) {
                    *s = T::muladd::<FMA>(*w, *v, *s);
                }
            }
            l += L;
        }
        // The rest: lanes that have an element each.
        for (r, acc) in acc.iter_mut().enumerate() {
            let w = a.offset(r as isize * ars);
            for (j, s) in acc.iter_mut().enumerate().take(k - whole) {
                *s = T::muladd::<FMA>(*w.add(whole + j), *x.add(whole + j), *s);
            }
        }
    }
    acc.map(|mut lanes| {
        let mut n = L;
        while n > 1 {
            n /= 2;
            for j in 0..n {
                lanes[j] = T::add(lanes[j], lanes[j + n]);
            }
        }
        lanes[0]
    })
}

/// Sums of k dense columns, each times its element of `x`, in order of k.
///
/// # Safety
/// `a` has k columns of `rows` dense elements, `acs` apart; `x` has k, `y` takes `rows` elements.
#[inline(always)]
unsafe fn cols_body<T: Real, const FMA: bool>(rows: usize, k: usize, a: *const T, acs: isize, x: *const T, y: *mut T) {
    let mut i = 0;
    while i < rows {
        let n = BLOCK.min(rows - i);
        let mut acc = [const { MaybeUninit::<T>::uninit() }; BLOCK];
        acc[..n].fill(MaybeUninit::new(T::ZERO));
        // SAFETY: n rows from i and k columns exist; n elements of acc were set.
        unsafe {
            let acc = &mut *(&raw mut acc[..n] as *mut [T]);
            let a = a.add(i);
            let mut l = 0;
            while l + 8 <= k {
                let col = |c: usize| std::slice::from_raw_parts(a.offset((l + c) as isize * acs), n);
                let (c0, c1, c2, c3) = (col(0), col(1), col(2), col(3));
                let (c4, c5, c6, c7) = (col(4), col(5), col(6), col(7));
                let v = &*x.add(l).cast::<[T; 8]>();
                for j in 0..n {
                    let mut s = acc[j];
                    s = T::muladd::<FMA>(c0[j], v[0], s);
                    s = T::muladd::<FMA>(c1[j], v[1], s);
                    s = T::muladd::<FMA>(c2[j], v[2], s);
                    s = T::muladd::<FMA>(c3[j], v[3], s);
                    s = T::muladd::<FMA>(c4[j], v[4], s);
                    s = T::muladd::<FMA>(c5[j], v[5], s);
                    s = T::muladd::<FMA>(c6[j], v[6], s);
                    s = T::muladd::<FMA>(c7[j], v[7], s);
                    acc[j] = s;
                }
                l += 8;
            }
            while l < k {
                let (col, v) = (std::slice::from_raw_parts(a.offset(l as isize * acs), n), *x.add(l));
                for (s, c) in acc.iter_mut().zip(col) {
                    *s = T::muladd::<FMA>(*c, v, *s);
                }
                l += 1;
            }
            std::ptr::copy_nonoverlapping(acc.as_ptr(), y.add(i), n);
        }
        i += n;
    }
}

multiversion! {
    unsafe fn rows_f32(rows: usize, k: usize, a: *const f32, ars: isize, x: *const f32, y: *mut f32) = rows_body::<f32, true, 16>;
}
multiversion! {
    unsafe fn rows_f64(rows: usize, k: usize, a: *const f64, ars: isize, x: *const f64, y: *mut f64) = rows_body::<f64, true, 8>;
}
multiversion! {
    unsafe fn dot_f32(rows: usize, k: usize, a: *const f32, ars: isize, x: *const f32, y: *mut f32) = rows_body::<f32, true, 64>;
}
multiversion! {
    unsafe fn dot_f64(rows: usize, k: usize, a: *const f64, ars: isize, x: *const f64, y: *mut f64) = rows_body::<f64, true, 32>;
}
multiversion! {
    unsafe fn cols_f32(rows: usize, k: usize, a: *const f32, acs: isize, x: *const f32, y: *mut f32) = cols_body::<f32, true>;
}
multiversion! {
    unsafe fn cols_f64(rows: usize, k: usize, a: *const f64, acs: isize, x: *const f64, y: *mut f64) = cols_body::<f64, true>;
}

/// Rows, columns, matrix, its stride, vector, result.
type Loop<T> = unsafe fn(usize, usize, *const T, isize, *const T, *mut T);

/// The compiled loops of one element type: many rows, a single row, columns.
pub(super) struct Loops<T>(Loop<T>, Loop<T>, Loop<T>);

/// No fused multiply-add at this level?
fn plain() -> bool {
    cfg!(target_arch = "x86_64") && level() == Level::Base
}

/// Loops for single precision.
pub(super) fn loops_f32() -> Loops<f32> {
    if plain() {
        return Loops(rows_body::<f32, false, 16>, rows_body::<f32, false, 64>, cols_body::<f32, false>);
    }
    Loops(rows_f32, dot_f32, cols_f32)
}

/// Loops for double precision.
pub(super) fn loops_f64() -> Loops<f64> {
    if plain() {
        return Loops(rows_body::<f64, false, 8>, rows_body::<f64, false, 32>, cols_body::<f64, false>);
    }
    Loops(rows_f64, dot_f64, cols_f64)
}

/// Is this product one that [`run`] takes: a single column or row, and a matrix dense in one direction?
pub(super) fn takes<T>(p: &Product<T>) -> bool {
    if p.n == 1 {
        p.ars == 1 || p.acs == 1 || p.m == 1 || p.k == 1
    } else {
        p.m == 1 && (p.brs == 1 || p.bcs == 1 || p.k == 1)
    }
}

/// `y = alpha * A x + beta * y` for a product that [`takes`] accepts.
///
/// # Safety
/// The pointers and strides of `p` reach m x k, k x n and m x n elements, the last ones writable and unshared.
pub(super) unsafe fn run<T: Real>(p: &Product<T>) {
    let Loops(rows, dot, cols) = T::loops();
    // As matrix (m by k, row and column stride), vector and result with strides.
    let (m, a, ars, acs, x, xs, y, ys) = if p.n == 1 {
        (p.m, p.a, p.ars, p.acs, p.b, p.brs, p.c, p.crs)
    } else {
        (p.n, p.b, p.bcs, p.brs, p.a, p.acs, p.c, p.ccs)
    };
    let k = p.k;
    let dense;
    let x = if xs == 1 || k == 1 {
        x
    } else {
        // SAFETY: the vector has k elements.
        dense = (0..k).map(|l| unsafe { *x.offset(l as isize * xs) }).collect::<Vec<T>>();
        dense.as_ptr()
    };
    // Along dense rows, or down dense columns (a single row that is strided is many columns of one element).
    let by_rows = (acs == 1 || k == 1) && !(k == 1 && ars == 1);
    let (kernel, stride): (Loop<T>, isize) = if by_rows { (if m == 1 { dot } else { rows }, ars) } else { (cols, acs) };
    // Where to cut, by size alone.
    let (mc, kc) = if m * k <= 2 * PIECE {
        (m, k)
    } else if by_rows {
        let kc = if k > 2 * PIECE { PIECE } else { k };
        ((PIECE / kc).max(4) & !3, kc)
    } else {
        let mc = m.min(BLOCK);
        let parts = 16usize.div_ceil(m.div_ceil(mc));
        (mc, if parts == 1 { k } else { k.div_ceil(parts).next_multiple_of(64) })
    };
    let (mp, kp) = (m.div_ceil(mc), k.div_ceil(kc));
    let direct = kp == 1 && ys == 1 && p.alpha == T::ONE && p.beta == T::ZERO;
    let mut sums: Vec<T> = if direct { Vec::new() } else { vec![T::ZERO; m * kp] };
    let (to, ax) = (Raw(if direct { y } else { sums.as_mut_ptr() }), (Raw(a.cast_mut()), Raw(x.cast_mut())));
    let (sm, sk) = if by_rows { (ars, 1) } else { (1, acs) };
    for_each(mp * kp, |piece| {
        let (i, l) = (piece / kp * mc, piece % kp);
        let (nm, nk) = (mc.min(m - i), kc.min(k - l * kc));
        // SAFETY: each piece has its own elements of the result, and its rows and columns exist.
        unsafe {
            let a = ax.0.get().offset(i as isize * sm + (l * kc) as isize * sk);
            kernel(nm, nk, a, stride, ax.1.get().add(l * kc), to.get().add(l * m + i));
        }
    });
    if !direct {
        for i in 0..m {
            let s = (1..kp).fold(sums[i], |s, l| T::add(s, sums[l * m + i]));
            // SAFETY: the result has m elements.
            unsafe { if p.n == 1 { p.store::<false>(i as isize, 0, s) } else { p.store::<false>(0, i as isize, s) } }
        }
    }
}
