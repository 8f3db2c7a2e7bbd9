//! Elements chosen by a mask, or by not being zero.

use super::by_size;
use crate::dispatch;
use crate::dtype::{DType, Element};
use crate::parallel::for_each;
use crate::view::{View, ViewMut};
use crate::walk::{Raw, walk};

/// Elements of a piece of work.
const PIECE: usize = 1 << 16;

/// Calls `f(flat index, offset)` for the elements `start..end` (in row-major order) that are not zero.
fn each_nonzero(view: &View, start: usize, end: usize, mut f: impl FnMut(usize)) {
    fn typed<T: Element>(view: &View, start: usize, end: usize, f: &mut impl FnMut(usize)) {
        if let Some(all) = view.as_slice::<T>() {
            for (i, x) in all[start..end].iter().enumerate() {
                if *x != T::default() {
                    f(start + i);
                }
            }
            return;
        }
        let (p, mut flat) = (view.ptr.cast::<T>(), start);
        walk(&view.layout.shape, [&view.layout.strides], start, end, |[o]| {
            // SAFETY: the view's creator vouches for its elements.
            if unsafe { *p.offset(o) } != T::default() {
                f(flat);
            }
            flat += 1;
        });
    }
    dispatch!(view.dtype, T => typed::<T>(view, start, end, &mut f), else => super::unsupported())
}

/// How many are not zero before each piece, and in all.
fn counts(view: &View) -> Vec<usize> {
    let n = view.numel();
    let mut counts = vec![0usize; n.div_ceil(PIECE) + 1];
    let to = Raw(counts.as_mut_ptr());
    for_each(n.div_ceil(PIECE), |piece| {
        let mut count = 0;
        each_nonzero(view, piece * PIECE, ((piece + 1) * PIECE).min(n), |_| count += 1);
        // SAFETY: one entry per piece.
        unsafe { *to.get().add(piece + 1) = count }
    });
    for i in 1..counts.len() {
        counts[i] += counts[i - 1];
    }
    counts
}

/// How many elements are not zero.
pub fn count_nonzero(input: View) -> usize {
    counts(&input).last().copied().unwrap_or(0)
}

/// Calls `f(rank, flat index)` for all elements that are not zero, in pieces.
fn ranked(view: &View, count: usize, f: impl Fn(usize, usize) + Sync) {
    let counts = counts(view);
    assert_eq!(counts.last().copied().unwrap_or(0), count, "the result has one place for each element that is chosen");
    let n = view.numel();
    for_each(n.div_ceil(PIECE), |piece| {
        let mut rank = counts[piece];
        each_nonzero(view, piece * PIECE, ((piece + 1) * PIECE).min(n), |flat| {
            f(rank, flat);
            rank += 1;
        });
    });
}

/// The indices of the elements that are not zero, in row-major order: `out` is dense, of 64-bit integers, with the shape
/// `[count_nonzero(input), dimensions of input]`.
///
/// # Panics
/// If `out` is not so.
pub fn nonzero(input: View, mut out: ViewMut) {
    let (shape, nd) = (&input.layout.shape, input.layout.ndim());
    assert!(out.layout.ndim() == 2 && out.layout.shape[1] == nd, "nonzero: one column per dimension");
    let count = out.layout.shape[0];
    let to = Raw(out.as_slice_mut::<i64>().expect("nonzero: a dense result of 64-bit integers").as_mut_ptr());
    ranked(&input, count, |rank, mut flat| {
        for d in (0..nd).rev() {
            // SAFETY: every rank has a row of its own.
            unsafe { *to.get().add(rank * nd + d) = (flat % shape[d]) as i64 }
            flat /= shape[d];
        }
    });
}

/// Offset of a flat row-major index.
#[inline(always)]
fn offset(shape: &[usize], strides: &[isize], mut flat: usize) -> isize {
    let mut at = 0;
    for d in (0..shape.len()).rev() {
        at += (flat % shape[d]) as isize * strides[d];
        flat /= shape[d];
    }
    at
}

/// The elements of `input` where `mask` (boolean, of the same shape) is true, in row-major order; `out` is dense with one
/// dimension of `count_nonzero(mask)`.
///
/// # Panics
/// If shapes or dtypes do not fit together.
pub fn masked_select(input: View, mask: View, out: ViewMut) {
    assert!(
        mask.dtype == DType::Bool && mask.layout.shape == input.layout.shape,
        "masked_select: a mask of this shape"
    );
    assert!(out.dtype == input.dtype && out.layout.ndim() == 1 && out.layout.is_contiguous(), "masked_select: result");
    let (from, to) = (Raw(input.ptr.cast_mut()), Raw(out.ptr));
    let layout = input.layout;
    let dense = layout.is_contiguous();
    by_size!(input.dtype.size(), U => ranked(&mask, out.numel(), |rank, flat| {
        let at = if dense { flat as isize } else { offset(&layout.shape, &layout.strides, flat) };
        // SAFETY: the views' creators vouch for their elements; every rank is written once.
        unsafe { *to.get().cast::<U>().add(rank) = *from.get().cast::<U>().offset(at) }
    }));
}

/// Writes the elements of `src` (dense, of one dimension, at least as many as are needed), in order, to where `mask` (of the
/// same shape as `out`) is true.
///
/// # Panics
/// If shapes or dtypes do not fit together, or `src` is too short.
pub fn masked_scatter(out: ViewMut, mask: View, src: View) {
    assert!(mask.dtype == DType::Bool && mask.layout.shape == out.layout.shape, "masked_scatter: a mask of this shape");
    assert!(src.dtype == out.dtype && src.layout.ndim() == 1 && src.layout.is_contiguous(), "masked_scatter: source");
    let count = count_nonzero(mask);
    assert!(count <= src.numel(), "masked_scatter: too few elements");
    let (from, to) = (Raw(src.ptr.cast_mut()), Raw(out.ptr));
    let layout = out.layout;
    by_size!(src.dtype.size(), U => ranked(&mask, count, |rank, flat| {
        let at = offset(&layout.shape, &layout.strides, flat);
        // SAFETY: the views' creators vouch for their elements; every flat index is written once.
        unsafe { *to.get().cast::<U>().offset(at) = *from.get().cast::<U>().add(rank) }
    }));
}
