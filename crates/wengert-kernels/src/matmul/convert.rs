//! Copies of operands in the type that a product is computed in, and back.

use crate::dispatch;
use crate::dtype::{DType, Element, bf16, f16};
use crate::layout::{Layout, Strides, coalesce};
use crate::parallel::for_ranges;
use crate::view::{View, ViewMut};
use crate::walk::{Raw, walk};
use half::slice::HalfFloatSliceExt;

/// Elements of a piece of work.
const PIECE: usize = 1 << 15;

/// A dense layout in the order in which the elements lie in memory; broadcast dimensions stay so.
fn same_order(layout: &Layout) -> (Layout, usize) {
    let nd = layout.ndim();
    let mut order: Vec<usize> = (0..nd).collect();
    order.sort_by_key(|&d| layout.strides[d]);
    let mut strides = Strides::from_elem(0, nd);
    let mut step = 1;
    for d in order {
        if layout.strides[d] != 0 && layout.shape[d] > 1 {
            strides[d] = step as isize;
            step *= layout.shape[d];
        } else if layout.shape[d] == 1 {
            strides[d] = 1;
        }
    }
    (Layout { shape: layout.shape.clone(), strides, offset: 0 }, step)
}

/// Row-major in the last two dimensions, broadcast batch dimensions kept.
fn matrix_order(layout: &Layout) -> (Layout, usize) {
    let nd = layout.ndim();
    let mut strides = Strides::from_elem(0, nd);
    let mut step = 1;
    for d in (0..nd).rev() {
        if d + 2 >= nd || layout.strides[d] != 0 {
            strides[d] = step as isize;
            step *= layout.shape[d].max(1);
        }
    }
    (Layout { shape: layout.shape.clone(), strides, offset: 0 }, step)
}

/// Copies `src` to `len` elements laid out as `to`; `run` converts dense runs.
fn copy<T: Element, W: Copy + Default + Send>(
    src: &View,
    to: Layout,
    len: usize,
    run: impl Fn(&[T], &mut [W]) + Sync,
) -> (Vec<W>, Layout) {
    let mut data = vec![W::default(); len];
    if src.numel() > 0 {
        // Each element once, in the order of the copy.
        let mut order: Vec<usize> = (0..to.ndim()).filter(|&d| to.strides[d] != 0).collect();
        order.sort_by_key(|&d| std::cmp::Reverse((to.strides[d], to.shape[d])));
        let shape: Vec<usize> = order.iter().map(|&d| to.shape[d]).collect();
        let from: Vec<isize> = order.iter().map(|&d| src.layout.strides[d]).collect();
        let into: Vec<isize> = order.iter().map(|&d| to.strides[d]).collect();
        let (shape, strides) = coalesce(&shape, &[&from, &into]);
        let last = shape.len() - 1;
        let (n, step) = (shape[last], strides[0][last]);
        let outer: usize = shape[..last].iter().product();
        let (src, dst) = (Raw(src.ptr.cast::<T>().cast_mut()), Raw(data.as_mut_ptr()));
        // Cut long rows as well: pieces of rows x parts of a row.
        let part = n.min(PIECE);
        let parts = n.div_ceil(part);
        for_ranges(outer * parts, PIECE / part, |start, end| {
            let mut buffer = Vec::new();
            for piece in start..end {
                let (row, j) = (piece / parts, piece % parts * part);
                let n = part.min(n - j);
                walk(&shape[..last], [&strides[0][..last], &strides[1][..last]], row, row + 1, |[from, into]| {
                    // SAFETY: the view and the new vector have these elements; rows of the copy are disjoint.
                    unsafe {
                        let src = src.get().offset(from + j as isize * step).cast_const();
                        let dst = std::slice::from_raw_parts_mut(dst.get().offset(into).add(j), n);
                        if step == 1 {
                            run(std::slice::from_raw_parts(src, n), dst);
                        } else {
                            buffer.clear();
                            buffer.extend((0..n as isize).map(|i| *src.offset(i * step)));
                            run(&buffer, dst);
                        }
                    }
                });
            }
        });
    }
    (data, to)
}

/// An `f16` or `bf16` operand in single precision.
pub(super) fn to_f32(src: &View) -> (Vec<f32>, Layout) {
    let (to, len) = same_order(src.layout);
    match src.dtype {
        DType::F16 => copy(src, to, len, |x: &[f16], y: &mut [f32]| x.convert_to_f32_slice(y)),
        DType::BF16 => copy(src, to, len, |x: &[bf16], y: &mut [f32]| {
            for (x, y) in x.iter().zip(y) {
                *y = f32::from_bits((x.to_bits() as u32) << 16);
            }
        }),
        _ => unreachable!("half precision only"),
    }
}

/// An integer operand in 64 bits, its matrices row-major.
pub(super) fn to_i64(src: &View) -> (Vec<i64>, Layout) {
    let (to, len) = matrix_order(src.layout);
    dispatch!(src.dtype, T => copy(src, to, len, |x: &[T], y: &mut [i64]| {
        for (x, y) in x.iter().zip(y) {
            *y = x.to_i64();
        }
    }), else => unreachable!("integers only"))
}

/// `out = sums + beta * add`, rounded; `sums` is row-major.
pub(super) fn store_f32(sums: &[f32], out: &ViewMut, add: &View, beta: f32) {
    match out.dtype {
        DType::F16 => store_half::<f16>(sums, out, add, beta, |x, y| y.convert_from_f32_slice(x)),
        DType::BF16 => store_half::<bf16>(sums, out, add, beta, |x, y| {
            for (x, y) in x.iter().zip(y) {
                let bits = x.to_bits();
                let rounded = bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16;
                *y = bf16::from_bits(if x.is_nan() { (bits >> 16 | 0x40) as u16 } else { rounded as u16 });
            }
        }),
        _ => unreachable!("half precision only"),
    }
}

fn store_half<T: Element>(sums: &[f32], out: &ViewMut, add: &View, beta: f32, round: impl Fn(&[f32], &mut [T]) + Sync) {
    let nd = out.layout.ndim();
    let n = out.layout.shape[nd - 1];
    let (step, add_step) = (out.layout.strides[nd - 1], add.layout.strides[nd - 1]);
    let (to, add_to) = (Raw(out.ptr.cast::<T>()), Raw(add.ptr.cast::<T>().cast_mut()));
    let (shape, strides) =
        (&out.layout.shape[..nd - 1], [&out.layout.strides[..nd - 1], &add.layout.strides[..nd - 1]]);
    for_ranges(sums.len() / n, (PIECE / n).max(1), |start, end| {
        let (mut row, mut wide, mut narrow) = (start, Vec::new(), vec![T::default(); n]);
        walk(shape, strides, start, end, |[o, d]| {
            let mut sums = &sums[row * n..(row + 1) * n];
            row += 1;
            // SAFETY: the rows have n elements at these offsets, and each row is visited once.
            unsafe {
                let to = to.get().offset(o);
                if beta != 0.0 {
                    wide.clear();
                    let add = add_to.get().offset(d);
                    let old = |j: usize| (*add.offset(j as isize * add_step)).to_f64() as f32;
                    wide.extend(sums.iter().enumerate().map(|(j, s)| s + beta * old(j)));
                    sums = &wide;
                }
                if step == 1 {
                    round(sums, std::slice::from_raw_parts_mut(to, n));
                } else {
                    round(sums, &mut narrow);
                    narrow.iter().enumerate().for_each(|(j, x)| *to.offset(j as isize * step) = *x);
                }
            }
        });
    });
}

/// Stores a row: sums, where to and what is added there, both with their strides, beta.
pub(super) type StoreRow = unsafe fn(&[i64], (*mut u8, isize), (*const u8, isize), i64);

/// The function that wraps a row of sums to integers of this dtype.
pub(super) fn store_i64(dtype: DType) -> StoreRow {
    /// # Safety
    /// `to` has as many elements as `sums`, writable, and so has `add` if beta is not zero.
    unsafe fn row<T: Element>(sums: &[i64], to: (*mut u8, isize), add: (*const u8, isize), beta: i64) {
        for (j, s) in sums.iter().enumerate() {
            let at = |step: isize| j as isize * step;
            // SAFETY: the contract.
            unsafe {
                let old = || (*add.0.cast::<T>().offset(at(add.1))).to_i64();
                let x = if beta == 0 { *s } else { s.wrapping_add(beta.wrapping_mul(old())) };
                *to.0.cast::<T>().offset(at(to.1)) = T::from_i64(x);
            }
        }
    }
    dispatch!(dtype, T => row::<T> as StoreRow, else => unreachable!("integers only"))
}
