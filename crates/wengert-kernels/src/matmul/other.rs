//! Products in other types than those of the kernels: half precision and integers.

use super::{Batch, Operands, PIECE, convert, real, report_all};
use crate::layout::Layout;
use crate::multiversion;
use crate::parallel::for_each;
use crate::view::{View, ViewMut};
use crate::walk::Raw;

/// Half precision: widened to `f32`, computed there, rounded once.
pub(super) fn half(of: &Operands, alpha: f32, beta: f32) {
    let (a, b) = (convert::to_f32(&of.a), convert::to_f32(&of.b));
    let layout = Layout::contiguous(&of.out.layout.shape);
    let mut sums = vec![0f32; layout.numel()];
    let out = ViewMut::from_slice(&mut sums, &layout);
    let add = View { ptr: out.ptr, layout: &layout, dtype: out.dtype };
    let wide = Operands { a: View::from_slice(&a.0, &a.1), b: View::from_slice(&b.0, &b.1), out, add, finish: None };
    real::<f32>(&wide, alpha, 0.0);
    convert::store_f32(&sums, &of.out, &of.add, beta);
    let n = *layout.shape.last().expect("matrices");
    report_all(layout.numel() / n, n, of.finish);
}

/// Integers and booleans, in 64 bits that wrap.
pub(super) fn integers(of: &Operands, alpha: i64, beta: i64) {
    let (a, b) = (convert::to_i64(&of.a), convert::to_i64(&of.b));
    let (lo, ld) = (of.out.layout, of.add.layout);
    let nd = lo.ndim();
    let batch = Batch::new([&a.1, &b.1, lo, ld]);
    let (m, k, n) = (a.1.shape[nd - 2], a.1.shape[nd - 1], b.1.shape[nd - 1]);
    let (ars, brs) = (a.1.strides[nd - 2], b.1.strides[nd - 2]);
    let (crs, ccs) = (lo.strides[nd - 2], lo.strides[nd - 1]);
    let (drs, dcs) = (ld.strides[nd - 2], ld.strides[nd - 1]);
    let (c, d, store) = (Raw(of.out.ptr), Raw(of.add.ptr.cast_mut()), convert::store_i64(of.out.dtype));
    let size = of.out.dtype.size() as isize;
    let rows = (PIECE / 8 / (k * n).max(1)).clamp(1, m);
    let per = m.div_ceil(rows);
    for_each(batch.len() * per, |piece| {
        let (at, i) = (piece / per, piece % per * rows);
        let mut sums = vec![0i64; n];
        batch.each(at, at + 1, |_, [ao, bo, co, at]| {
            for i in i..(i + rows).min(m) {
                sums.fill(0);
                // SAFETY: row i of a has k dense elements, b has k dense rows of n, and row i of out n elements, as
                // have the rows that are added.
                unsafe {
                    let a = a.0.as_ptr().offset(ao + i as isize * ars);
                    integer_row(k, a, b.0.as_ptr().wrapping_offset(bo), brs, &mut sums);
                    sums.iter_mut().for_each(|s| *s = s.wrapping_mul(alpha));
                    let c = c.get().offset((co + i as isize * crs) * size);
                    let d = d.get().wrapping_offset((at + i as isize * drs) * size);
                    store(&sums, (c, ccs), (d, dcs), beta);
                }
            }
        });
    });
    report_all(lo.numel() / n, n, of.finish);
}

/// Adds `a[l] * b[l][..]` to `sums` for each l.
///
/// # Safety
/// `a` has k elements, `b` k rows of `sums.len()` elements.
#[inline(always)]
unsafe fn integer_row_body(k: usize, a: *const i64, b: *const i64, brs: isize, sums: &mut [i64]) {
    for l in 0..k {
        // SAFETY: the contract.
        let (x, row) = unsafe { (*a.add(l), std::slice::from_raw_parts(b.offset(l as isize * brs), sums.len())) };
        for (s, y) in sums.iter_mut().zip(row) {
            *s = s.wrapping_add(x.wrapping_mul(*y));
        }
    }
}

multiversion! {
    unsafe fn integer_row(k: usize, a: *const i64, b: *const i64, brs: isize, sums: &mut [i64]) = integer_row_body;
}
