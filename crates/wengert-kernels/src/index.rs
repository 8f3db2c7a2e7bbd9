//! Reading and writing at indices: gather and scatter here, whole slices in `slices.rs`, masks in `mask.rs`.
//!
//! Writers that may meet one element several times do so in the order of the indices, on one thread per element: the
//! result is the same every time. Indices are checked before anything is written.

mod mask;
mod slices;

pub use mask::{count_nonzero, masked_scatter, masked_select, nonzero};
pub use slices::{index_combine, index_get, index_put, index_select};

use crate::dispatch;
use crate::dtype::{Category, DType, Element};
use crate::layout::{Dims, Layout, Strides};
use crate::parallel::for_ranges;
use crate::view::{View, ViewMut};
use crate::walk::{Raw, walk, without};
use std::fmt;

/// An index that is out of range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IndexError {
    /// The index as given.
    pub index: i64,
    /// The dimension of the indexed array.
    pub dim: usize,
    /// Its size.
    pub size: usize,
}

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "index {} is out of bounds for dimension {} with size {}", self.index, self.dim, self.size)
    }
}

impl std::error::Error for IndexError {}

/// What a writer does with the element that is there and the one that comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Combine {
    /// The new one; of several, the last.
    Set,
    /// Their sum (`or` for booleans).
    Add,
    /// Their product (`and` for booleans).
    Mul,
    /// The larger, or NaN.
    Max,
    /// The smaller, or NaN.
    Min,
}

/// Elements of a piece of work.
pub(crate) const PIECE: usize = 1 << 14;

/// `by_size!(bytes, U => body)` runs `body` with a plain type `U` of that size, for kernels that only move elements.
macro_rules! by_size {
    ($size:expr, $U:ident => $body:expr) => {
        match $size {
            1 => {
                type $U = u8;
                $body
            }
            2 => {
                type $U = u16;
                $body
            }
            4 => {
                type $U = u32;
                $body
            }
            8 => {
                type $U = u64;
                $body
            }
            _ => {
                type $U = [u64; 2];
                $body
            }
        }
    };
}
pub(crate) use by_size;

/// Sum of two elements, rounded once; wrapped for integers, `or` for booleans.
#[inline(always)]
pub(crate) fn add<T: Element>(a: T, b: T) -> T {
    match T::DTYPE.category() {
        Category::Float => T::from_f64(a.to_f64() + b.to_f64()),
        _ => T::from_i64(a.to_i64().wrapping_add(b.to_i64())),
    }
}

fn mul<T: Element>(a: T, b: T) -> T {
    match T::DTYPE.category() {
        Category::Float => T::from_f64(a.to_f64() * b.to_f64()),
        _ => T::from_i64(a.to_i64().wrapping_mul(b.to_i64())),
    }
}

#[allow(clippy::eq_op, reason = "NaN alone differs from itself")]
fn max<T: Element>(a: T, b: T) -> T {
    if b > a || b != b { b } else { a }
}

#[allow(clippy::eq_op, reason = "NaN alone differs from itself")]
fn min<T: Element>(a: T, b: T) -> T {
    if b < a || b != b { b } else { a }
}

/// The function of one of the rarer combinations.
pub(crate) fn rare<T: Element>(how: Combine) -> fn(T, T) -> T {
    match how {
        Combine::Set => |_, b| b,
        Combine::Add => add::<T>,
        Combine::Mul => mul::<T>,
        Combine::Max => |a, b| if a.partial_cmp(&a).is_none() { a } else { max(a, b) },
        Combine::Min => |a, b| if a.partial_cmp(&a).is_none() { a } else { min(a, b) },
    }
}

/// A layout with at least one dimension (scalars count as one element along dimension 0).
pub(crate) fn at_least_1d(layout: &Layout) -> Layout {
    if layout.ndim() > 0 {
        return layout.clone();
    }
    Layout { shape: Dims::from_elem(1, 1), strides: Strides::from_elem(1, 1), offset: layout.offset }
}

/// The indices of a view in row-major order.
pub(crate) fn each_index(index: &View, mut f: impl FnMut(i64)) {
    assert!(index.dtype == DType::I64, "indices are 64-bit integers");
    if let Some(all) = index.as_slice::<i64>() {
        return all.iter().for_each(|&i| f(i));
    }
    let p = index.ptr.cast::<i64>();
    walk(&index.layout.shape, [&index.layout.strides], 0, index.numel(), |[o]| {
        // SAFETY: the view's creator vouches for its elements.
        f(unsafe { *p.offset(o) })
    });
}

/// Are all indices in range? Negative ones count from the end if `wrap`, else they are out of range.
pub(crate) fn check(index: &View, dim: usize, size: usize, wrap: bool) -> Result<(), IndexError> {
    let least = if wrap { -(size as i64) } else { 0 };
    let (mut lo, mut hi) = (least, least - 1);
    each_index(index, |i| (lo, hi) = (lo.min(i), hi.max(i)));
    if lo >= least && hi < size as i64 {
        return Ok(());
    }
    let mut bad = None;
    each_index(index, |i| {
        if bad.is_none() && !(least..size as i64).contains(&i) {
            bad = Some(i);
        }
    });
    Err(IndexError { index: bad.unwrap_or(lo), dim, size })
}

/// `out[.., i, ..] = input[.., index[.., i, ..], ..]`, along dimension `dim`; `out` has the shape of `index`.
///
/// `index` (of 64-bit integers) may be smaller than `input` in the other dimensions. Negative indices are refused.
///
/// # Panics
/// If shapes or dtypes do not fit together.
pub fn gather(input: View, dim: usize, index: View, out: ViewMut) -> Result<(), IndexError> {
    let (li, lx, lo) = (at_least_1d(input.layout), at_least_1d(index.layout), at_least_1d(out.layout));
    assert!(lx.shape == lo.shape && li.ndim() == lx.ndim() && input.dtype == out.dtype, "gather: arguments do not fit");
    assert!((0..li.ndim()).all(|d| d == dim || lx.shape[d] <= li.shape[d]), "gather: index is larger than input");
    check(&index, dim, li.shape[dim], false)?;
    by_size!(input.dtype.size(), U => {
        // SAFETY: the views' creators vouch for their elements, and the indices are in range.
        unsafe { gather_of::<U>(input.ptr.cast(), &li, dim, index.ptr.cast(), &lx, out.ptr.cast(), &lo) }
    });
    Ok(())
}

/// # Safety
/// The pointers have elements at these layouts, `out` is writable and unshared; the indices are in range.
unsafe fn gather_of<U: Copy>(
    input: *const U,
    li: &Layout,
    dim: usize,
    index: *const i64,
    lx: &Layout,
    out: *mut U,
    lo: &Layout,
) {
    let step = li.strides[dim];
    // Dimensions of size 1 need no loop (the usual index of one column per row has one).
    let keep: Vec<usize> = (0..lx.ndim()).filter(|&d| lx.shape[d] != 1).collect();
    let Some((&inner, keep)) = keep.split_last() else {
        // SAFETY: the contract; there is one element.
        return unsafe { *out = *input.offset(*index as isize * step) };
    };
    let pick = |s: &[isize]| keep.iter().map(|&d| s[d]).collect::<Strides>();
    let mut others = li.strides.clone();
    others[dim] = 0;
    let shape: Dims = keep.iter().map(|&d| lx.shape[d]).collect();
    let (bi, bx, bo) = (pick(&others), pick(&lx.strides), pick(&lo.strides));
    let n = lx.shape[inner];
    let (si, sx, so) = (others[inner], lx.strides[inner], lo.strides[inner]);
    let part = n.clamp(1, PIECE);
    let (rows, parts): (usize, usize) = (shape.iter().product(), n.div_ceil(part));
    let (input, index, out) = (Raw(input.cast_mut()), Raw(index.cast_mut()), Raw(out));
    let row = |at: [isize; 3], from: usize, to: usize| {
        let (input, index, out) = (input.get(), index.get(), out.get());
        let [i, x, o] = at;
        for j in from as isize..to as isize {
            // SAFETY: the contract.
            unsafe { *out.offset(o + j * so) = *input.offset(i + j * si + *index.offset(x + j * sx) as isize * step) }
        }
    };
    for_ranges(rows * parts, PIECE / part, |start, end| {
        if parts == 1 {
            return walk(&shape, [&bi, &bx, &bo], start, end, |at| row(at, 0, n));
        }
        for piece in start..end {
            let (first, from) = (piece / parts, piece % parts * part);
            walk(&shape, [&bi, &bx, &bo], first, first + 1, |at| row(at, from, (from + part).min(n)));
        }
    });
}

/// `out[.., index[.., i, ..], ..] = how(out[..], src[.., i, ..])`, along dimension `dim`, in order of i.
///
/// `src` has at least the shape of `index` (the rest is not used), with any strides. Negative indices are refused. On an
/// error nothing is written.
///
/// # Panics
/// If shapes or dtypes do not fit together.
pub fn scatter(out: ViewMut, dim: usize, index: View, src: View, how: Combine) -> Result<(), IndexError> {
    let (lo, lx, ls) = (at_least_1d(out.layout), at_least_1d(index.layout), at_least_1d(src.layout));
    let nd = lo.ndim();
    assert!(lx.ndim() == nd && ls.ndim() == nd && src.dtype == out.dtype, "scatter: arguments do not fit");
    assert!((0..nd).all(|d| lx.shape[d] <= ls.shape[d]), "scatter: index is larger than src");
    assert!((0..nd).all(|d| d == dim || lx.shape[d] <= lo.shape[d]), "scatter: index is larger than the result");
    check(&index, dim, lo.shape[dim], false)?;
    let s = Scatter { dim, lo, lx, ls, index: Raw(index.ptr.cast::<i64>().cast_mut()) };
    // SAFETY: the views' creators vouch for their elements, and the indices are in range.
    unsafe {
        match how {
            Combine::Set => by_size!(out.dtype.size(), U => s.run(out.ptr.cast::<U>(), src.ptr.cast(), |_, b| b)),
            Combine::Add => {
                dispatch!(out.dtype, T => s.run(out.ptr.cast::<T>(), src.ptr.cast(), add), else => unsupported())
            }
            _ => {
                dispatch!(out.dtype, T => s.run(out.ptr.cast::<T>(), src.ptr.cast(), rare(how)), else => unsupported())
            }
        }
    }
    Ok(())
}

pub(crate) fn unsupported() {
    panic!("complex numbers are not for this kernel")
}

struct Scatter {
    dim: usize,
    lo: Layout,
    lx: Layout,
    ls: Layout,
    index: Raw<i64>,
}

impl Scatter {
    /// # Safety
    /// The pointers have elements at the layouts, `out` is writable and unshared; the indices are in range.
    unsafe fn run<U: Copy>(&self, out: *mut U, src: *const U, op: impl Fn(U, U) -> U + Sync) {
        let (dim, last) = (self.dim, self.lx.ndim() - 1);
        let step = self.lo.strides[dim];
        let mut base = self.lo.strides.clone();
        base[dim] = 0;
        // Loops: everything else, then `dim` (unless it is the last), then the last, which is cut if it may be.
        let (long, n) = (if dim == last { 1 } else { self.lx.shape[dim] }, self.lx.shape[last]);
        let part = if dim == last { n } else { (PIECE / long.max(1)).max(64).min(n) }.max(1);
        let (parts, skip) = (n.div_ceil(part), if dim == last { last } else { dim });
        let drop = |s: &[isize]| -> Strides {
            let s: Strides = without(s, skip);
            s[..last.saturating_sub((dim != last) as usize)].into()
        };
        let shape: Dims = without(&self.lx.shape, skip);
        let shape: Dims = shape[..last.saturating_sub((dim != last) as usize)].into();
        let (bo, bx, bs) = (drop(&base), drop(&self.lx.strides), drop(&self.ls.strides));
        let (so, sx, ss) = (base[last], self.lx.strides[last], self.ls.strides[last]);
        let (dx, ds) = if dim == last { (0, 0) } else { (self.lx.strides[dim], self.ls.strides[dim]) };
        let outer: usize = shape.iter().product();
        let (out, src) = (Raw(out), Raw(src.cast_mut()));
        for_ranges(outer * parts, (PIECE / (long * part).max(1)).max(1), |start, end| {
            let (out, src, index) = (out.get(), src.get(), self.index.get());
            for piece in start..end {
                let (row, j0) = (piece / parts, piece % parts * part);
                walk(&shape, [&bo, &bx, &bs], row, row + 1, |[o, x, s]| {
                    for i in 0..long as isize {
                        for j in j0 as isize..(j0 + part).min(n) as isize {
                            // SAFETY: the contract; no other piece meets these positions outside of `dim`.
                            unsafe {
                                let to = *index.offset(x + i * dx + j * sx) as isize * step;
                                let to = out.offset(o + j * so + to);
                                *to = op(*to, *src.offset(s + i * ds + j * ss));
                            }
                        }
                    }
                });
            }
        });
    }
}

#[cfg(test)]
mod tests;
