//! Loaders and sinks: between memory of any dtype and strides, and dense tiles of a compute type.

use super::{Compute, Lane};
use crate::dtype::{DType, Element};
use crate::layout::{Dims, Strides};
use crate::{dispatch, lanes, multiversion};
use smallvec::SmallVec;

/// Walks the runs of the innermost dimension that cover elements `start..start + n` of a row-major index space.
///
/// Calls `f(offset, done, len)`: memory offset in elements of the run's first element, how many elements came before it, its length.
#[inline]
fn runs(dims: &Dims, strides: &Strides, start: usize, n: usize, mut f: impl FnMut(isize, usize, usize)) {
    if n == 0 {
        return;
    }
    let last = dims.len() - 1;
    let inner = dims[last];
    let mut index: SmallVec<[usize; 6]> = SmallVec::from_elem(0, dims.len());
    let mut offset = 0isize;
    let mut rest = start;
    for d in (0..dims.len()).rev() {
        index[d] = rest % dims[d];
        rest /= dims[d];
        offset += index[d] as isize * strides[d];
    }
    let mut done = 0;
    while done < n {
        let len = (inner - index[last]).min(n - done);
        f(offset, done, len);
        done += len;
        // Step to the start of the next run.
        offset -= index[last] as isize * strides[last];
        index[last] = 0;
        for d in (0..last).rev() {
            index[d] += 1;
            offset += strides[d];
            if index[d] < dims[d] {
                break;
            }
            offset -= strides[d] * dims[d] as isize;
            index[d] = 0;
        }
    }
}

/// The offset of element `start`, if it and the `n - 1` that follow lie side by side.
pub(super) fn dense_run(dims: &Dims, strides: &Strides, start: usize, n: usize) -> Option<isize> {
    let last = dims.len() - 1;
    if strides[last] != 1 || start % dims[last] + n > dims[last] {
        return None;
    }
    let (mut offset, mut rest) = (0, start);
    for d in (0..dims.len()).rev() {
        offset += (rest % dims[d]) as isize * strides[d];
        rest /= dims[d];
    }
    Some(offset)
}

#[inline(always)]
unsafe fn widen_body<T: Element, L: Lane>(src: *const T, dst: *mut L, n: usize) {
    for i in 0..n {
        // SAFETY: the caller gives n elements at both.
        unsafe { *dst.add(i) = L::from_elem(*src.add(i)) }
    }
}

#[inline(always)]
unsafe fn narrow_body<T: Element, L: Lane>(src: *const L, dst: *mut T, n: usize) {
    for i in 0..n {
        // SAFETY: the caller gives n elements at both.
        unsafe { *dst.add(i) = (*src.add(i)).to_elem() }
    }
}

multiversion! {
    /// Casts `n` dense elements to lanes.
    unsafe fn widen[T: Element, L: Lane](src: *const T, dst: *mut L, n: usize) = widen_body;
}

multiversion! {
    /// Casts `n` lanes to dense elements.
    unsafe fn narrow[T: Element, L: Lane](src: *const L, dst: *mut T, n: usize) = narrow_body;
}

/// Loads elements `start..start + n` (row-major over `dims`) into a dense tile of `compute`.
///
/// # Safety
/// Every index of `dims` must be a readable element of `dtype` at `ptr` by `strides`; `out` holds `n` lanes.
#[allow(clippy::too_many_arguments, reason = "what a kernel reads and writes is told one by one")]
pub(super) unsafe fn load(
    ptr: *const u8,
    dtype: DType,
    dims: &Dims,
    strides: &Strides,
    start: usize,
    n: usize,
    out: *mut u8,
    compute: Compute,
) {
    dispatch!(dtype, T => lanes!(compute, L => {
        // SAFETY: the caller's contract, with T the type of dtype and L that of compute.
        unsafe { load_as::<T, L>(ptr.cast(), dims, strides, start, n, out.cast()) }
    }), else => unreachable!("complex dtypes have no compute type"));
}

/// # Safety
/// As [`load`].
unsafe fn load_as<T: Element, L: Lane>(
    ptr: *const T,
    dims: &Dims,
    strides: &Strides,
    start: usize,
    n: usize,
    out: *mut L,
) {
    let step = strides[dims.len() - 1];
    runs(dims, strides, start, n, |offset, done, len| {
        // SAFETY: `runs` yields offsets inside dims and keeps done + len <= n.
        unsafe {
            let src = ptr.offset(offset);
            let dst = out.add(done);
            match step {
                1 if T::DTYPE == L::DTYPE => std::ptr::copy_nonoverlapping(src.cast::<L>(), dst, len),
                1 => widen::<T, L>(src, dst, len),
                0 => std::slice::from_raw_parts_mut(dst, len).fill(L::from_elem(*src)),
                _ => {
                    for i in 0..len {
                        *dst.add(i) = L::from_elem(*src.offset(i as isize * step));
                    }
                }
            }
        }
    });
}

/// Stores a dense tile as elements `start..start + n` (row-major over `dims`) of memory.
///
/// # Safety
/// Every index of `dims` must be a writable element of `dtype` at `ptr` by `strides`; `tile` holds `n` lanes of `compute`.
#[allow(clippy::too_many_arguments, reason = "what a kernel reads and writes is told one by one")]
pub(super) unsafe fn store(
    tile: *const u8,
    compute: Compute,
    ptr: *mut u8,
    dtype: DType,
    dims: &Dims,
    strides: &Strides,
    start: usize,
    n: usize,
) {
    dispatch!(dtype, T => lanes!(compute, L => {
        // SAFETY: the caller's contract, with T the type of dtype and L that of compute.
        unsafe { store_as::<T, L>(tile.cast(), ptr.cast(), dims, strides, start, n) }
    }), else => unreachable!("complex dtypes have no compute type"));
}

/// # Safety
/// As [`store`].
unsafe fn store_as<T: Element, L: Lane>(
    tile: *const L,
    ptr: *mut T,
    dims: &Dims,
    strides: &Strides,
    start: usize,
    n: usize,
) {
    let step = strides[dims.len() - 1];
    runs(dims, strides, start, n, |offset, done, len| {
        // SAFETY: `runs` yields offsets inside dims and keeps done + len <= n.
        unsafe {
            let src = tile.add(done);
            let dst = ptr.offset(offset);
            match step {
                // The tile may be the memory itself: a copy onto itself is allowed.
                1 if T::DTYPE == L::DTYPE => std::ptr::copy(src, dst.cast::<L>(), len),
                1 => narrow::<T, L>(src, dst, len),
                _ => {
                    for i in 0..len {
                        *dst.offset(i as isize * step) = (*src.add(i)).to_elem();
                    }
                }
            }
        }
    });
}

/// Copies bytes past the cache. What follows on other threads needs [`end_stream`] first.
///
/// # Safety
/// Both have so many bytes and do not overlap.
pub(super) unsafe fn stream(src: *const u8, dst: *mut u8, bytes: usize) {
    let mut done = 0;
    #[cfg(target_arch = "x86_64")]
    if dst.addr().is_multiple_of(16) {
        use std::arch::x86_64::{_mm_loadu_si128, _mm_stream_si128};
        while done + 64 <= bytes {
            for i in (done..done + 64).step_by(16) {
                // SAFETY: i + 16 is at most `bytes`, and the destination is aligned to 16.
                unsafe { _mm_stream_si128(dst.add(i).cast(), _mm_loadu_si128(src.add(i).cast())) };
            }
            done += 64;
        }
    }
    // SAFETY: the caller's contract.
    unsafe { std::ptr::copy_nonoverlapping(src.add(done), dst.add(done), bytes - done) };
}

/// Makes what was [streamed](stream) visible to other threads.
pub(super) fn end_stream() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 machine has it.
    unsafe {
        std::arch::x86_64::_mm_sfence();
    }
}

/// Stores `n` lanes as dense elements of `dtype` at `ptr`.
///
/// # Safety
/// `ptr` has room for `n` elements of `dtype`; `tile` holds `n` lanes.
pub(crate) unsafe fn store_dense<L: Lane>(tile: *const L, ptr: *mut u8, dtype: DType, n: usize) {
    dispatch!(dtype, T => {
        // SAFETY: the caller's contract, with T the type of dtype.
        unsafe {
            if T::DTYPE == L::DTYPE {
                std::ptr::copy(tile, ptr.cast::<L>(), n);
            } else {
                narrow::<T, L>(tile, ptr.cast(), n);
            }
        }
    }, else => unreachable!("complex dtypes have no compute type"));
}
