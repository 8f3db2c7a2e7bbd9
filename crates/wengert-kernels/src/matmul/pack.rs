//! Copies of operands in the order in which the kernel for large products reads them.

use super::lanes::Lanes;
use super::{Product, Real};

/// Copies `rows` x `cols` elements with any strides to dense rows `to_stride` apart.
///
/// # Safety
/// Source and target have these elements, and the target is writable.
#[inline(always)]
unsafe fn copy_any<T: Real>(
    rows: usize,
    cols: usize,
    (from, rs, cs): (*const T, isize, isize),
    to: *mut T,
    to_stride: usize,
) {
    for i in 0..rows {
        for j in 0..cols {
            // SAFETY: the contract.
            unsafe { *to.add(i * to_stride + j) = *from.offset(i as isize * rs + j as isize * cs) }
        }
    }
}

/// The same for a source with dense rows.
///
/// # Safety
/// As for [`copy_any`].
#[inline(always)]
unsafe fn copy_rows<T: Real, V: Lanes<T>>(
    rows: usize,
    cols: usize,
    (from, rs): (*const T, isize),
    to: *mut T,
    to_stride: usize,
) {
    let whole = cols - cols % V::N;
    for i in 0..rows {
        // SAFETY: the contract.
        unsafe {
            let (from, to) = (from.offset(i as isize * rs), to.add(i * to_stride));
            let mut j = 0;
            while j < whole {
                V::load(from.add(j)).store(to.add(j));
                j += V::N;
            }
            while j < cols {
                *to.add(j) = *from.add(j);
                j += 1;
            }
        }
    }
}

/// The same for a source with dense columns.
///
/// # Safety
/// As for [`copy_any`].
#[inline(always)]
unsafe fn copy_cols<T: Real, V: Lanes<T>>(
    rows: usize,
    cols: usize,
    (from, cs): (*const T, isize),
    to: *mut T,
    to_stride: usize,
) {
    let (r, c) = (rows - rows % V::N, cols - cols % V::N);
    // SAFETY: the contract; squares where they fit, single elements in the rest.
    unsafe {
        for j in (0..c).step_by(V::N) {
            for i in (0..r).step_by(V::N) {
                V::transpose(from.offset(j as isize * cs).add(i), cs, to.add(i * to_stride + j), to_stride);
            }
        }
        copy_any(rows - r, c, (from.add(r), 1, cs), to.add(r * to_stride), to_stride);
        copy_any(rows, cols - c, (from.offset(c as isize * cs), 1, cs), to.add(c), to_stride);
    }
}

/// Rows `i..i + rows` of a, `stride` apart.
///
/// # Safety
/// They exist, and `to` has room.
#[inline(always)]
pub(super) unsafe fn rows_of_a<T: Real, V: Lanes<T>>(p: &Product<T>, i: usize, rows: usize, to: *mut T, stride: usize) {
    // SAFETY: the contract.
    unsafe {
        let from = p.a.offset(i as isize * p.ars);
        if p.acs == 1 {
            copy_rows::<T, V>(rows, p.k, (from, p.ars), to, stride);
        } else if p.ars == 1 {
            copy_cols::<T, V>(rows, p.k, (from, p.acs), to, stride);
        } else {
            copy_any(rows, p.k, (from, p.ars, p.acs), to, stride);
        }
    }
}

/// All of b as panels of `width` columns, one after the other; in a panel the rows follow each other. What is missing in
/// the last panel is zero.
///
/// # Safety
/// `to` has room for k rows of whole panels; `width` is a multiple of `V::N`.
#[inline(always)]
pub(super) unsafe fn panels_of_b<T: Real, V: Lanes<T>>(p: &Product<T>, to: *mut T, width: usize) {
    let whole = p.n - p.n % width;
    // SAFETY: the contract.
    unsafe {
        if p.bcs == 1 {
            // Along the rows, so that the source is read in order.
            for l in 0..p.k {
                let from = p.b.offset(l as isize * p.brs);
                let ahead = from.wrapping_offset(8 * p.brs);
                let mut j = 0;
                while j < whole {
                    let to = to.add(j * p.k + l * width);
                    V::prefetch(ahead.wrapping_add(j));
                    V::prefetch(ahead.wrapping_add(j + V::N));
                    let mut q = 0;
                    while q < width {
                        V::load(from.add(j + q)).store(to.add(q));
                        q += V::N;
                    }
                    j += width;
                }
            }
        } else {
            for j in (0..whole).step_by(width) {
                let (from, to) = (p.b.offset(j as isize * p.bcs), to.add(j * p.k));
                if p.brs == 1 {
                    copy_cols::<T, V>(p.k, width, (from, p.bcs), to, width);
                } else {
                    copy_any(p.k, width, (from, p.brs, p.bcs), to, width);
                }
            }
        }
        if whole < p.n {
            let (from, to) = (p.b.offset(whole as isize * p.bcs), to.add(whole * p.k));
            std::slice::from_raw_parts_mut(to, p.k * width).fill(T::ZERO);
            if p.bcs == 1 {
                copy_rows::<T, V>(p.k, p.n - whole, (from, p.brs), to, width);
            } else if p.brs == 1 {
                copy_cols::<T, V>(p.k, p.n - whole, (from, p.bcs), to, width);
            } else {
                copy_any(p.k, p.n - whole, (from, p.brs, p.bcs), to, width);
            }
        }
    }
}
