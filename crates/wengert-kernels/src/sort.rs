//! Sorting and selecting along a dimension.
//!
//! Every element becomes an unsigned key with its position below it, so that one comparison of integers decides: equal
//! elements stay in order (in both directions), NaN counts as the largest, and the result depends on no algorithm.

use crate::dispatch;
use crate::dtype::{Category, DType, Element};
use crate::index::{PIECE, at_least_1d};
use crate::layout::{Dims, Layout, Strides};
use crate::parallel::{for_each, for_ranges};
use crate::view::{View, ViewMut};
use crate::walk::{Raw, walk, without};

/// The place of `x` in the order of its type; below 2^32 unless the type has eight bytes.
#[inline(always)]
fn key<T: Element>(x: T) -> u64 {
    match (T::DTYPE.category(), T::DTYPE) {
        (Category::Float, DType::F64) => {
            let v = x.to_f64() + 0.0; // -0 becomes +0
            let bits = v.to_bits();
            let ordered = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
            if v.is_nan() { u64::MAX } else { ordered }
        }
        (Category::Float, _) => {
            let v = x.to_f64() as f32 + 0.0;
            let bits = v.to_bits();
            let ordered = if bits >> 31 == 1 { !bits } else { bits | 1 << 31 };
            (if v.is_nan() { u32::MAX } else { ordered }) as u64
        }
        (_, DType::I64) => x.to_i64() as u64 ^ 1 << 63,
        _ => (x.to_i64() + (1 << 31)) as u64,
    }
}

/// A key and a position in one integer.
trait Packed: Ord + Copy + Default + Send + Sync {
    fn pack(key: u64, at: usize) -> Self;
    fn at(self) -> usize;
}

impl Packed for u64 {
    #[inline(always)]
    fn pack(key: u64, at: usize) -> u64 {
        key << 32 | at as u64
    }
    #[inline(always)]
    fn at(self) -> usize {
        self as u32 as usize
    }
}

impl Packed for u128 {
    #[inline(always)]
    fn pack(key: u64, at: usize) -> u128 {
        (key as u128) << 64 | at as u128
    }
    #[inline(always)]
    fn at(self) -> usize {
        self as u64 as usize
    }
}

/// Two results beside an input, with the dimension they are made along.
struct Lines {
    shape: Dims,
    strides: [Strides; 3],
    /// Length along the dimension, and the steps.
    n: usize,
    steps: [isize; 3],
}

impl Lines {
    /// `outs` have one element along `dim` or lack nothing: only their other dimensions are compared.
    fn new(input: &Layout, dim: usize, values: &Layout, indices: &Layout) -> Lines {
        assert!(dim < input.ndim(), "no such dimension");
        let others: Dims = without(&input.shape, dim);
        for out in [values, indices] {
            let rest: Dims = without(&out.shape, dim);
            assert!(out.ndim() == input.ndim() && rest == others, "the results' shapes do not fit");
        }
        let all = [input, values, indices];
        Lines {
            shape: others,
            strides: all.map(|l| without(&l.strides, dim)),
            n: input.shape[dim],
            steps: all.map(|l| l.strides[dim]),
        }
    }

    /// Calls `f` with the offsets of input, values and indices for each line, on some thread.
    fn each(&self, f: impl Fn([isize; 3]) + Sync) {
        let [a, b, c] = &self.strides;
        let count = self.shape.iter().product();
        for_ranges(count, (PIECE / 4 / self.n.max(1)).max(1), |start, end| {
            walk(&self.shape, [a, b, c], start, end, &f);
        });
    }
}

/// What is done to one line of packed keys: which of them go to the result, in order.
#[derive(Clone, Copy)]
enum Take {
    /// All.
    All,
    /// The first k.
    First(usize),
    /// The one at this place (0 is the first).
    Nth(usize),
    /// The median: the lower of the two in the middle; the first NaN if there is one.
    Median,
    /// The median of what is not NaN.
    NanMedian,
}

/// Sorts packed keys, large ones in pieces on several threads.
fn sort_packed<P: Packed>(all: &mut Vec<P>) {
    const RUN: usize = 1 << 15;
    if all.len() <= 2 * RUN {
        all.sort_unstable();
        return;
    }
    let n = all.len();
    let data = Raw(all.as_mut_ptr());
    for_each(n.div_ceil(RUN), |i| {
        // SAFETY: the runs are disjoint.
        unsafe { std::slice::from_raw_parts_mut(data.get().add(i * RUN), RUN.min(n - i * RUN)).sort_unstable() }
    });
    let mut other = vec![P::default(); n];
    let mut width = RUN;
    while width < n {
        let (from, to) = (&all[..], Raw(other.as_mut_ptr()));
        // Each piece merges one part of a pair of runs; where the parts end is found by bisection.
        let (pairs, parts) = (n.div_ceil(2 * width), width / RUN);
        for_each(pairs * parts, |piece| {
            let (start, part) = (piece / parts * 2 * width, piece % parts);
            let a = &from[start..(start + width).min(n)];
            let b = &from[(start + width).min(n)..(start + 2 * width).min(n)];
            let len = a.len() + b.len();
            let (lo, hi) = (len * part / parts, len * (part + 1) / parts);
            let (mut i, end) = (split(a, b, lo), split(a, b, hi));
            let mut j = lo - i;
            let b = &b[..hi - end];
            let a = &a[..end];
            for k in lo..hi {
                let left = j >= b.len() || (i < a.len() && a[i] < b[j]);
                // SAFETY: each piece writes its own part of the pair.
                unsafe { *to.get().add(start + k) = if left { a[i] } else { b[j] } }
                if left { i += 1 } else { j += 1 }
            }
        });
        std::mem::swap(all, &mut other);
        width *= 2;
    }
}

/// How many of the first `k` of the merged `a` and `b` come from `a`.
fn split<P: Packed>(a: &[P], b: &[P], k: usize) -> usize {
    let (mut lo, mut hi) = (k.saturating_sub(b.len()), k.min(a.len()));
    while lo < hi {
        let i = (lo + hi) / 2;
        if a[i] < b[k - i - 1] { lo = i + 1 } else { hi = i }
    }
    lo
}

/// # Safety
/// The pointers have the elements that `lines` walks; the results are writable and unshared.
unsafe fn run<T: Element, P: Packed>(
    input: *const T,
    values: *mut T,
    indices: *mut i64,
    lines: &Lines,
    descending: bool,
    take: Take,
) {
    let (input, values, indices) = (Raw(input.cast_mut()), Raw(values), Raw(indices));
    let [si, sv, sx] = lines.steps;
    let n = lines.n;
    lines.each(|[i, v, x]| {
        // SAFETY: the contract.
        let get = |at: usize| unsafe { *input.get().offset(i + at as isize * si) };
        let flip = if descending { u64::MAX >> if T::DTYPE.size() == 8 { 0 } else { 32 } } else { 0 };
        let mut all: Vec<P> = (0..n).map(|at| P::pack(key(get(at)) ^ flip, at)).collect();
        let first = match take {
            Take::All => {
                sort_packed(&mut all);
                0..n
            }
            Take::First(k) => {
                if k < n && k > 0 {
                    all.select_nth_unstable(k - 1);
                }
                all[..k].sort_unstable();
                0..k
            }
            Take::Nth(k) => {
                all.select_nth_unstable(k);
                k..k + 1
            }
            Take::Median | Take::NanMedian => {
                let nan = |at: usize| get(at).partial_cmp(&get(at)).is_none();
                let nans = (0..n).filter(|&at| nan(at)).count();
                let k = match take {
                    Take::Median if nans > 0 => n - nans,
                    _ if nans < n => (n - nans - 1) / 2,
                    _ => 0,
                };
                all.select_nth_unstable(k);
                k..k + 1
            }
        };
        for (to, packed) in all[first].iter().enumerate() {
            // SAFETY: the contract.
            unsafe {
                *values.get().offset(v + to as isize * sv) = get(packed.at());
                *indices.get().offset(x + to as isize * sx) = packed.at() as i64;
            }
        }
    });
}

fn dispatch_run(input: View, dim: usize, values: ViewMut, indices: ViewMut, descending: bool, take: Take) {
    assert!(values.dtype == input.dtype && indices.dtype == DType::I64, "sorting: dtypes do not fit");
    let (li, lv, lx) = (at_least_1d(input.layout), at_least_1d(values.layout), at_least_1d(indices.layout));
    let lines = Lines::new(&li, dim, &lv, &lx);
    let k = match take {
        Take::All => lines.n,
        Take::First(k) => k,
        _ => 1,
    };
    assert!(lv.shape[dim] == k && lx.shape[dim] == k, "sorting: the results' length");
    if let Take::First(k) = take {
        assert!(k <= lines.n, "k is larger than the dimension");
    }
    if lines.shape.contains(&0) || k == 0 {
        return;
    }
    let (a, v, x) = (input.ptr, values.ptr, indices.ptr);
    // SAFETY: the views' creators vouch for their elements.
    unsafe {
        dispatch!(input.dtype, T => if T::DTYPE.size() == 8 || lines.n > u32::MAX as usize {
            run::<T, u128>(a.cast(), v.cast(), x.cast(), &lines, descending, take)
        } else {
            run::<T, u64>(a.cast(), v.cast(), x.cast(), &lines, descending, take)
        }, else => panic!("complex numbers have no order"))
    }
}

/// Sorts along `dim`: the elements into `values`, where they were into `indices` (64-bit integers); both have the shape
/// of `input`. Equal elements keep their order; NaN is the largest.
///
/// # Panics
/// If shapes or dtypes do not fit together.
pub fn sort(input: View, dim: usize, descending: bool, values: ViewMut, indices: ViewMut) {
    dispatch_run(input, dim, values, indices, descending, Take::All);
}

/// The `k` largest (or smallest) elements along `dim`, in order, and their indices; the results have `k` elements there.
/// Of equal elements the first ones are taken, in order. NaN is the largest.
///
/// # Panics
/// If `k` is larger than the dimension, or shapes or dtypes do not fit together.
pub fn topk(input: View, k: usize, dim: usize, largest: bool, values: ViewMut, indices: ViewMut) {
    dispatch_run(input, dim, values, indices, largest, Take::First(k));
}

/// The element that is at place `k` (from 0) in ascending order along `dim`, and its index; the results have one element
/// there. NaN is the largest.
///
/// # Panics
/// If the dimension has no place `k`, or shapes or dtypes do not fit together.
pub fn kthvalue(input: View, k: usize, dim: usize, values: ViewMut, indices: ViewMut) {
    dispatch_run(input, dim, values, indices, false, Take::Nth(k));
}

/// The median along `dim` (of an even number the lower of the two in the middle) and its index; the results have one
/// element there. The median of a line with NaN is NaN, or leaves them out if `ignore_nan`.
///
/// # Panics
/// If the dimension is empty but lines exist, or shapes or dtypes do not fit together.
pub fn median(input: View, dim: usize, ignore_nan: bool, values: ViewMut, indices: ViewMut) {
    let take = if ignore_nan { Take::NanMedian } else { Take::Median };
    dispatch_run(input, dim, values, indices, false, take);
}

/// For each of `values`, how many elements of a sorted line come before it: those that are less, or with `right` those that
/// are less or equal.
///
/// `sorted` has one dimension, or those of `values` (the last may differ in size): then each line serves its own values. `out`
/// has the shape of `values` and 64-bit integers. NaN is the largest.
///
/// # Panics
/// If shapes or dtypes do not fit together.
pub fn searchsorted(sorted: View, values: View, right: bool, out: ViewMut) {
    let (ls, lv, lo) = (at_least_1d(sorted.layout), at_least_1d(values.layout), at_least_1d(out.layout));
    let last = lv.ndim() - 1;
    assert!(lv.shape == lo.shape && sorted.dtype == values.dtype && out.dtype == DType::I64, "searchsorted: arguments");
    let mut strides = Strides::from_elem(0, last + 1);
    if ls.ndim() > 1 {
        assert!(ls.ndim() == lv.ndim() && ls.shape[..last] == lv.shape[..last], "searchsorted: shapes do not fit");
        strides.copy_from_slice(&ls.strides);
    }
    let (n, step) = (ls.shape[ls.ndim() - 1], ls.strides[ls.ndim() - 1]);
    let (m, sv, so) = (lv.shape[last], lv.strides[last], lo.strides[last]);
    strides[last] = 0;
    let (to, rows) = (Raw(out.ptr.cast::<i64>()), lv.numel());
    dispatch!(values.dtype, T => {
        let (a, x) = (Raw(sorted.ptr.cast::<T>().cast_mut()), Raw(values.ptr.cast::<T>().cast_mut()));
        for_ranges(rows, PIECE / 8, |start, end| {
            for flat in start..end {
                let (row, j) = (flat / m, (flat % m) as isize);
                walk(&lv.shape[..last], [&strides[..last], &lv.strides[..last], &lo.strides[..last]], row, row + 1, |[s, v, o]| {
                    // SAFETY: the views' creators vouch for their elements.
                    unsafe {
                        let wanted = key(*x.get().offset(v + j * sv));
                        let (mut low, mut high) = (0, n);
                        while low < high {
                            let mid = (low + high) / 2;
                            let k = key(*a.get().offset(s + mid as isize * step));
                            if k < wanted || (right && k == wanted) { low = mid + 1 } else { high = mid }
                        }
                        *to.get().offset(o + j * so) = low as i64;
                    }
                });
            }
        });
    }, else => panic!("complex numbers have no order"))
}

#[cfg(test)]
mod tests;
