//! Whole slices at indices: `index_select`, embeddings, advanced indexing.
//!
//! All are one loop: for every outer index, every position in a list of offsets, every inner index.

use super::{Combine, IndexError, PIECE, add, at_least_1d, by_size, check, each_index, rare, unsupported};
use crate::dispatch;
use crate::dtype::DType;
use crate::layout::{Dims, Layout, Strides, coalesce};
use crate::parallel::for_ranges;
use crate::view::{View, ViewMut};
use crate::walk::{Raw, walk};

/// Slices of one array beside slices of another.
struct Slices {
    outer: Dims,
    outer_strides: [Strides; 2],
    /// Where each slice starts: in the destination, in the source.
    at: [Vec<isize>; 2],
    inner: Dims,
    inner_strides: [Strides; 2],
}

impl Slices {
    fn inner_len(&self) -> usize {
        self.inner.iter().product()
    }

    /// Calls `f(offset in destination, in source)` for the outer indices and `g` slices; see the callers.
    fn rows(&self, start: usize, end: usize, mut f: impl FnMut(isize, isize)) {
        let [d, s] = &self.outer_strides;
        walk(&self.outer, [d, s], start, end, |[d, s]| f(d, s));
    }

    /// One slice, element by element or as a run.
    ///
    /// # Safety
    /// `dst` and `src` have the inner elements; `dst` is writable.
    #[inline(always)]
    unsafe fn one<U: Copy>(&self, dst: *mut U, src: *const U, op: &impl Fn(U, U) -> U) {
        let last = self.inner.len() - 1;
        let (n, sd, ss) = (self.inner[last], self.inner_strides[0][last], self.inner_strides[1][last]);
        // SAFETY: the contract.
        let run = |dst: *mut U, src: *const U| unsafe {
            if sd == 1 && ss == 1 {
                for j in 0..n {
                    *dst.add(j) = op(*dst.add(j), *src.add(j));
                }
            } else {
                for j in 0..n as isize {
                    *dst.offset(j * sd) = op(*dst.offset(j * sd), *src.offset(j * ss));
                }
            }
        };
        if last == 0 {
            return run(dst, src);
        }
        let rows = self.inner[..last].iter().product();
        let strides = [&self.inner_strides[0][..last], &self.inner_strides[1][..last]];
        walk(&self.inner[..last], strides, 0, rows, |[d, s]| run(dst.wrapping_offset(d), src.wrapping_offset(s)));
    }

    /// Copies the slices; no two go to the same place.
    ///
    /// # Safety
    /// The offsets are inside of the arrays; `dst` is writable and unshared.
    unsafe fn copy<U: Copy>(&self, dst: *mut U, src: *const U) {
        let (count, inner) = (self.at[0].len(), self.inner_len());
        let dense = self.inner.len() == 1 && self.inner_strides.iter().all(|s| s[0] == 1) && inner >= 16;
        let outer: usize = self.outer.iter().product();
        let part = (PIECE / inner.max(1)).clamp(1, count.max(1));
        let parts = count.div_ceil(part);
        let (dst, src) = (Raw(dst), Raw(src.cast_mut()));
        for_ranges(outer * parts, PIECE / (part * inner).clamp(1, PIECE), |start, end| {
            let (dst, src) = (dst.get(), src.get().cast_const());
            let some = |d: isize, s: isize, from: usize, to: usize| {
                for (&ad, &as_) in self.at[0][from..to].iter().zip(&self.at[1][from..to]) {
                    // SAFETY: the contract.
                    unsafe {
                        let (dst, src) = (dst.offset(d + ad), src.offset(s + as_));
                        if dense {
                            std::ptr::copy_nonoverlapping(src, dst, inner);
                        } else {
                            self.one(dst, src, &|_, b| b);
                        }
                    }
                }
            };
            if parts == 1 {
                self.rows(start, end, |d, s| some(d, s, 0, count));
            } else {
                for piece in start..end {
                    let from = piece % parts * part;
                    self.rows(piece / parts, piece / parts + 1, |d, s| some(d, s, from, (from + part).min(count)));
                }
            }
        });
    }

    /// Combines the slices with what is there, in order. Pieces of work own ranges of destination offsets.
    ///
    /// # Safety
    /// The offsets are inside of the arrays; `dst` is writable and unshared, and different offsets do not overlap.
    unsafe fn combine<U: Copy>(&self, dst: *mut U, src: *const U, op: impl Fn(U, U) -> U + Sync) {
        let (count, inner) = (self.at[0].len(), self.inner_len());
        let outer: usize = self.outer.iter().product();
        let (Some(&lo), Some(&hi)) = (self.at[0].iter().min(), self.at[0].iter().max()) else { return };
        // Every piece looks at all offsets, which pays if slices are not tiny.
        let parts = if inner >= 8 { (count * inner / PIECE).clamp(1, 16) } else { 1 };
        let width = (hi - lo) / parts as isize + 1;
        let (dst, src) = (Raw(dst), Raw(src.cast_mut()));
        for_ranges(outer * parts, (PIECE * parts / (count * inner).max(1)).max(1), |start, end| {
            for piece in start..end {
                let (row, from) = (piece / parts, lo + (piece % parts) as isize * width);
                self.rows(row, row + 1, |d, s| {
                    for (&to, &at) in self.at[0].iter().zip(&self.at[1]) {
                        if to >= from && to - from < width {
                            // SAFETY: the contract; this piece alone meets these offsets.
                            unsafe { self.one(dst.get().offset(d + to), src.get().offset(s + at), &op) }
                        }
                    }
                });
            }
        });
    }

    /// Runs [`Slices::copy`] or [`Slices::combine`] for the element type.
    ///
    /// # Safety
    /// As for these.
    unsafe fn write(&self, dtype: DType, dst: *mut u8, src: *const u8, how: Combine) {
        if self.outer.contains(&0) || self.inner.contains(&0) {
            return;
        }
        // SAFETY: the contract.
        unsafe {
            match how {
                Combine::Set => by_size!(dtype.size(), U => self.combine::<U>(dst.cast(), src.cast(), |_, b| b)),
                Combine::Add => {
                    dispatch!(dtype, T => self.combine::<T>(dst.cast(), src.cast(), add), else => unsupported())
                }
                _ => {
                    dispatch!(dtype, T => self.combine::<T>(dst.cast(), src.cast(), rare(how)), else => unsupported())
                }
            }
        }
    }
}

/// Pairs slices of `array` at `indices` with slices of `packed`, whose index dimensions start at `at`.
///
/// The first array of the result is `packed`, the second `array`.
fn pair(
    array: &Layout,
    indices: &[Option<View>],
    at: usize,
    packed: &Layout,
    wrap: bool,
) -> Result<Slices, IndexError> {
    let common = indices.iter().flatten().next().expect("an index is given").layout;
    let nx = common.ndim();
    let plain: Vec<usize> = (0..array.ndim()).filter(|&d| indices.get(d).is_none_or(|i| i.is_none())).collect();
    assert!(at <= plain.len() && packed.ndim() == plain.len() + nx, "indexing: ranks do not fit");
    assert!(packed.shape[at..at + nx] == common.shape[..], "indexing: shape of the indices");
    let mut offsets = vec![0isize; common.numel()];
    for (d, index) in indices.iter().enumerate() {
        let Some(index) = index else { continue };
        assert!(index.layout.shape == common.shape, "indexing: indices of one shape");
        let (size, step) = (array.shape[d], array.strides[d]);
        check(index, d, size, wrap)?;
        let mut to = offsets.iter_mut();
        each_index(index, |i| {
            let i = if i < 0 { i + size as i64 } else { i };
            if let Some(to) = to.next() {
                *to += i as isize * step;
            }
        });
    }
    let mut packed_offsets = Vec::with_capacity(offsets.len());
    walk(&common.shape, [&packed.strides[at..at + nx]], 0, common.numel(), |[o]| packed_offsets.push(o));
    let strides = |dims: &[usize]| dims.iter().map(|&d| array.strides[d]).collect::<Strides>();
    let shape = |dims: &[usize]| dims.iter().map(|&d| array.shape[d]).collect::<Dims>();
    let (before, after) = plain.split_at(at);
    let (outer, inner) = (shape(before), shape(after));
    assert!(packed.shape[..at] == outer[..] && packed.shape[at + nx..] == inner[..], "indexing: shapes do not fit");
    let (outer, so) = coalesce(&outer, &[&packed.strides[..at], &strides(before)]);
    let (inner, si) = coalesce(&inner, &[&packed.strides[at + nx..], &strides(after)]);
    Ok(Slices {
        outer,
        outer_strides: [so[0].clone(), so[1].clone()],
        at: [packed_offsets, offsets],
        inner,
        inner_strides: [si[0].clone(), si[1].clone()],
    })
}

/// The index list for one dimension.
fn along<'a>(nd: usize, dim: usize, index: View<'a>) -> Vec<Option<View<'a>>> {
    assert!(dim < nd && index.layout.ndim() == 1, "one index dimension");
    (0..nd).map(|d| (d == dim).then_some(index)).collect()
}

/// `out[.., i, ..] = input[.., index[i], ..]` along `dim`, for an `index` of one dimension; with dimension 0, the forward
/// pass of an embedding. Negative indices are refused.
///
/// # Panics
/// If shapes or dtypes do not fit together.
pub fn index_select(input: View, dim: usize, index: View, out: ViewMut) -> Result<(), IndexError> {
    let (li, lo) = (at_least_1d(input.layout), at_least_1d(out.layout));
    let slices = pair(&li, &along(li.ndim(), dim, index), dim, &lo, false)?;
    read(slices, input, out);
    Ok(())
}

/// Advanced indexing: `out = input[indices]`.
///
/// `indices` has one entry per dimension of `input` (missing ones are `None`), each a view of 64-bit integers, all
/// broadcast to one common shape. The dimensions of `out` are the first `at` dimensions of `input` that are not indexed, then
/// the common shape, then the other dimensions that are not indexed. Negative indices count from the end.
///
/// # Panics
/// If there is no index, or shapes or dtypes do not fit together.
pub fn index_get(input: View, indices: &[Option<View>], at: usize, out: ViewMut) -> Result<(), IndexError> {
    let slices = pair(input.layout, indices, at, out.layout, true)?;
    read(slices, input, out);
    Ok(())
}

fn read(slices: Slices, input: View, out: ViewMut) {
    assert!(input.dtype == out.dtype, "indexing: dtypes differ");
    if out.numel() > 0 {
        // SAFETY: the views' creators vouch for their elements; the indices are in range.
        by_size!(out.dtype.size(), U => unsafe { slices.copy::<U>(out.ptr.cast(), input.ptr.cast()) });
    }
}

/// Advanced indexing: `out[indices] = how(out[indices], values)`, in the order of the indices.
///
/// `values` is laid out as the result of [`index_get`] with the same arguments, with any strides (0 to broadcast).
/// Negative indices count from the end. On an error nothing is written. `out` must not overlap itself.
///
/// # Panics
/// As [`index_get`].
pub fn index_put(
    out: ViewMut,
    indices: &[Option<View>],
    at: usize,
    values: View,
    how: Combine,
) -> Result<(), IndexError> {
    let slices = pair(out.layout, indices, at, values.layout, true)?;
    put(slices, out, values, how);
    Ok(())
}

/// `out[.., index[i], ..] = how(out[..], src[.., i, ..])` along `dim`, in order of i: `index_add`, `index_copy`, ...; with
/// [`Combine::Add`] along dimension 0, the backward pass of an embedding. Negative indices are refused. On an error
/// nothing is written. `out` must not overlap itself.
///
/// # Panics
/// If shapes or dtypes do not fit together.
pub fn index_combine(out: ViewMut, dim: usize, index: View, src: View, how: Combine) -> Result<(), IndexError> {
    let (lo, ls) = (at_least_1d(out.layout), at_least_1d(src.layout));
    let slices = pair(&lo, &along(lo.ndim(), dim, index), dim, &ls, false)?;
    put(slices, out, src, how);
    Ok(())
}

fn put(mut slices: Slices, out: ViewMut, values: View, how: Combine) {
    assert!(values.dtype == out.dtype, "indexing: dtypes differ");
    slices.at.swap(0, 1);
    slices.outer_strides.swap(0, 1);
    slices.inner_strides.swap(0, 1);
    // SAFETY: the views' creators vouch for their elements; the indices are in range.
    unsafe { slices.write(out.dtype, out.ptr, values.ptr, how) }
}
