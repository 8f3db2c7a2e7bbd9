//! Matrix products, batched, of operands with any strides.
//!
//! The result is cut into blocks of rows and columns by size alone, and never along k between threads, so that every
//! number of threads gives the same bits. Three kernels share the work: products with a single row or column
//! (`vector.rs`), small ones (`small.rs`), and large ones (`packed.rs`; the `gemm` crate where we have no code for the
//! machine). Half precision is widened to `f32` and rounded once; integers are multiplied in 64 bits and wrapped.

mod convert;
mod lanes;
mod other;
mod pack;
mod packed;
mod product;
mod small;
mod vector;

use crate::dtype::{Category, DType};
use crate::layout::{Dims, Layout, Strides};
use crate::parallel::{for_each, for_ranges};
use crate::view::{View, ViewMut};
use crate::walk::walk;
use product::{Done, Product, Real, parts};
use std::ops::Range;

/// `out = a @ b`, for `a` of shape `[.., m, k]`, `b` of `[.., k, n]` and `out` of `[.., m, n]`, all of one real dtype.
///
/// The leading (batch) dimensions are equal: broadcasting is done by the caller, with strides of 0. Vectors come as
/// matrices of one row or column. Without terms (k = 0) the result is zero.
///
/// # Panics
/// If the shapes or dtypes do not fit together, or the dtype is complex.
pub fn matmul(a: View, b: View, out: ViewMut) {
    matmul_finished(a, b, out, &Epilogue::default());
}

/// `out = alpha * (a @ b) + beta * out`; as [`matmul`] otherwise. With a beta of 0, `out` is not read (it may hold anything).
///
/// Integers take the integer parts of alpha and beta.
///
/// # Panics
/// As [`matmul`].
pub fn matmul_scaled(a: View, b: View, out: ViewMut, alpha: f64, beta: f64) {
    matmul_finished(a, b, out, &Epilogue { alpha, beta, ..Epilogue::default() });
}

/// A block of a result: elements that have their final values and are, if the block is not the whole, still in the cache.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// Rows, counted through all batches: row i of batch b is row `b * m + i`. A block may reach from one batch into the
    /// next.
    pub rows: Range<usize>,
    /// Columns.
    pub cols: Range<usize>,
}

/// What happens to a product on its way to memory.
#[derive(Clone, Copy)]
pub struct Epilogue<'a> {
    /// Factor of the product.
    pub alpha: f64,
    /// Factor of what is added; if it is 0, nothing is added or read.
    pub beta: f64,
    /// What is added: a view of the result's shape and dtype (a bias is a row with strides of 0), or what the result
    /// holds. It may share memory with the result only if it is the same elements in the same places.
    pub add: Option<View<'a>>,
    /// Called once for each block of the result as soon as its elements are final, from the thread that computed them. The
    /// blocks depend on the sizes alone; they have some 2^14 elements and do not overlap. The function may change the
    /// elements of its block.
    pub finish: Option<&'a (dyn Fn(Block) + Sync)>,
}

impl Default for Epilogue<'_> {
    fn default() -> Self {
        Epilogue { alpha: 1.0, beta: 0.0, add: None, finish: None }
    }
}

/// `out = alpha * (a @ b) + beta * add`, then `finish` for every block; as [`matmul`] otherwise.
///
/// Integers take the integer parts of alpha and beta.
///
/// # Panics
/// As [`matmul`], or if `add` has not the shape and dtype of `out`.
pub fn matmul_finished(a: View, b: View, out: ViewMut, epilogue: &Epilogue) {
    let nd = out.layout.ndim();
    assert!(nd >= 2 && a.layout.ndim() == nd && b.layout.ndim() == nd, "matmul takes matrices of one rank");
    let ((sa, sb), so) = ((&a.layout.shape, &b.layout.shape), &out.layout.shape);
    let (m, k, n) = (sa[nd - 2], sa[nd - 1], sb[nd - 1]);
    assert!(sb[nd - 2] == k && so[nd - 2..] == [m, n], "matmul: sizes do not fit");
    assert!(sa[..nd - 2] == so[..nd - 2] && sb[..nd - 2] == so[..nd - 2], "matmul: batch sizes do not fit");
    assert!(a.dtype == out.dtype && b.dtype == out.dtype, "matmul: dtypes differ");
    let add = epilogue.add.unwrap_or(View { ptr: out.ptr, layout: out.layout, dtype: out.dtype });
    assert!(add.dtype == out.dtype && add.layout.shape == *so, "matmul: what is added does not fit");
    if out.numel() == 0 {
        return;
    }
    let bytes = |v: &View| v.numel() * v.dtype.size();
    crate::tile::counters::count(bytes(&a) + bytes(&b), out.numel() * out.dtype.size());
    let e = epilogue;
    let of = Operands { a, b, out, add, finish: e.finish };
    match of.out.dtype {
        DType::F32 => real::<f32>(&of, e.alpha as f32, e.beta as f32),
        DType::F64 => real::<f64>(&of, e.alpha, e.beta),
        _ => match of.out.dtype.category() {
            Category::Float => other::half(&of, e.alpha as f32, e.beta as f32),
            Category::Complex => panic!("matmul: complex numbers are not for this kernel"),
            _ => other::integers(&of, e.alpha as i64, e.beta as i64),
        },
    }
}

/// A call, checked.
struct Operands<'a> {
    a: View<'a>,
    b: View<'a>,
    out: ViewMut<'a>,
    add: View<'a>,
    finish: Option<&'a (dyn Fn(Block) + Sync)>,
}

/// Batch dimensions longer than 1, with the strides of a, b, out and what is added.
struct Batch {
    shape: Dims,
    strides: [Strides; 4],
}

impl Batch {
    fn new(layouts: [&Layout; 4]) -> Batch {
        let mut batch = Batch { shape: Dims::new(), strides: Default::default() };
        let shape = &layouts[2].shape;
        for d in (0..shape.len() - 2).filter(|&d| shape[d] != 1) {
            batch.shape.push(shape[d]);
            for (to, from) in batch.strides.iter_mut().zip(layouts) {
                to.push(from.strides[d]);
            }
        }
        batch
    }

    fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Calls `f` with the number of each batch in `start..end` and its offsets of a, b, out and what is added.
    fn each(&self, start: usize, end: usize, mut f: impl FnMut(usize, [isize; 4])) {
        let ([a, b, c, d], mut at) = (&self.strides, start);
        walk(&self.shape, [a, b, c, d], start, end, |offsets| {
            f(at, offsets);
            at += 1;
        });
    }

    /// Takes batch dimensions that only add rows (one matrix b for all of them) into the product.
    fn fold<T>(&mut self, p: &mut Product<T>) {
        while let Some(last) = self.shape.len().checked_sub(1) {
            let [a, b, c, d] = [0, 1, 2, 3].map(|i| self.strides[i][last]);
            if p.m == 1 {
                (p.ars, p.crs, p.drs) = (a, c, d);
            }
            let m = p.m as isize;
            if b != 0 || a != m * p.ars || c != m * p.crs || d != m * p.drs {
                break;
            }
            p.m *= self.shape[last];
            self.shape.pop();
            self.strides.iter_mut().for_each(|s| {
                s.pop();
            });
        }
    }
}

/// Multiplications in a piece of work: some tens of microseconds.
const PIECE: usize = 1 << 21;
/// Products up to this many multiplications take the kernel that has nothing to set up.
const SMALL: usize = 64 * 64 * 64;

fn real<T: Real>(of: &Operands, alpha: T, beta: T) {
    let nd = of.out.layout.ndim();
    let (la, lb, lo, ld) = (of.a.layout, of.b.layout, of.out.layout, of.add.layout);
    let mut p = Product {
        m: la.shape[nd - 2],
        n: lb.shape[nd - 1],
        k: la.shape[nd - 1],
        a: of.a.ptr.cast::<T>(),
        ars: la.strides[nd - 2],
        acs: la.strides[nd - 1],
        b: of.b.ptr.cast::<T>(),
        brs: lb.strides[nd - 2],
        bcs: lb.strides[nd - 1],
        c: of.out.ptr.cast::<T>(),
        crs: lo.strides[nd - 2],
        ccs: lo.strides[nd - 1],
        d: of.add.ptr.cast::<T>(),
        drs: ld.strides[nd - 2],
        dcs: ld.strides[nd - 1],
        alpha,
        beta,
    };
    let mut batch = Batch::new([la, lb, lo, ld]);
    batch.fold(&mut p);
    let flip = p.n > 1 && p.ccs != 1 && (p.crs == 1 || p.m == 1);
    if flip {
        p = p.transposed();
        batch.strides.swap(0, 1);
    }
    // What a kernel reports, in terms of the whole result: batch, first row and first column of its block.
    let done = |at: usize, i: usize, j: usize| {
        move |[i0, i1, j0, j1]: [usize; 4]| {
            let Some(finish) = of.finish else { return };
            let (rows, cols, m) =
                if flip { (j + j0..j + j1, i + i0..i + i1, p.n) } else { (i + i0..i + i1, j + j0..j + j1, p.m) };
            finish(Block { rows: at * m + rows.start..at * m + rows.end, cols });
        }
    };
    let wanted = of.finish.is_some();
    let (count, cost) = (batch.len(), p.m * p.n * p.k);
    let is_vector = vector::takes(&p);
    let is_small = cost <= SMALL;
    // SAFETY: the views' creators vouch for their elements; each product, and each block of one, writes its own.
    unsafe {
        if is_vector && (count == 1 || cost > PIECE / 8) && p.k > 0 {
            // Cut inside.
            batch.each(0, count, |at, offsets| {
                let p = p.at(offsets);
                vector::run(&p);
                let done = done(at, 0, 0);
                p.report(wanted.then_some(&done as _));
            });
        } else if is_vector || is_small || p.k == 0 {
            // Reading memory or computing, a multiplication of a vector costs about eight of a matrix.
            let group = (PIECE / (cost.max(p.m * p.n) * if is_vector { 8 } else { 1 })).max(1);
            for_ranges(count, group, |start, end| {
                let p = &p;
                batch.each(start, end, |at, offsets| {
                    let p = p.at(offsets);
                    let done = done(at, 0, 0);
                    let done: Done = wanted.then_some(&done as _);
                    if p.k == 0 {
                        zeros(&p);
                        p.report(done);
                    } else if is_vector {
                        vector::run(&p);
                        p.report(done);
                    } else {
                        p.small(done);
                    }
                });
            });
        } else {
            let skinny = is_skinny(&p);
            let (mb, nb) = if skinny { skinny_block(&p) } else { block_size(&p) };
            let (rows, cols) = (p.m.div_ceil(mb), p.n.div_ceil(nb));
            for_each(count * rows * cols, |piece| {
                let p = &p;
                let (at, block) = (piece / (rows * cols), piece % (rows * cols));
                let (i, j) = (block / cols * mb, block % cols * nb);
                batch.each(at, at + 1, |at, offsets| {
                    let p = p.at(offsets).block(i, mb.min(p.m - i), j, nb.min(p.n - j));
                    let done = done(at, i, j);
                    let done: Done = wanted.then_some(&done as _);
                    if skinny { p.small(done) } else { p.large(done) }
                });
            });
        }
    }
}

/// Few rows or columns: packing the other operand, as the general kernel does, would cost more than it gives.
fn is_skinny<T>(p: &Product<T>) -> bool {
    (p.m <= 16 || p.n <= 16) && (small::takes_inner(p) || (p.bcs == 1 || p.m > 32) && p.k <= 4096)
}

/// Rows and columns of a block of such a product, of which only the longer side is cut.
fn skinny_block<T>(p: &Product<T>) -> (usize, usize) {
    let blocks = (p.m * p.n * p.k / (PIECE / 8)).max(1);
    let cut = |n: usize| n.div_ceil(blocks).next_multiple_of(16).min(n);
    if p.m > p.n { (cut(p.m), p.n) } else { (p.m, cut(p.n)) }
}

/// A sum without terms.
///
/// # Safety
/// The result of `p` is writable and unshared.
unsafe fn zeros<T: Real>(p: &Product<T>) {
    for i in 0..p.m as isize {
        for j in 0..p.n as isize {
            // SAFETY: the contract.
            unsafe { p.store::<false>(i, j, T::ZERO) }
        }
    }
}

/// Rows and columns of a block: by the product's size alone.
///
/// Each block copies its columns of b, and its rows of a unless they can be read in place. Copying takes a share of the
/// time that is some 13 / rows and 10 / columns (measured); the cut that costs less comes first, and the more blocks there
/// are, the less another one may cost.
fn block_size<T>(p: &Product<T>) -> (usize, usize) {
    let even = |n: usize, most: usize, unit: usize| n.div_ceil(n.div_ceil(most)).next_multiple_of(unit).min(n);
    let want = (p.m * p.n * p.k / (PIECE / 2)).clamp(1, 16);
    let copies = if packed::direct(p) { 0.0 } else { 10.0 };
    let (mut mb, mut nb) = (p.m, even(p.n, 512, 32));
    loop {
        let blocks = p.m.div_ceil(mb) * p.n.div_ceil(nb);
        let may_cut = nb >= 256 || nb >= 128 && blocks < 4;
        let (by_cols, by_rows) = (if may_cut { copies / nb as f64 } else { 1.0 }, 13.0 / mb as f64);
        let limit = [0.15, 0.02, 0.012][usize::from(blocks >= 2) + usize::from(blocks >= 8)];
        if blocks >= want || by_cols.min(by_rows) > limit {
            return (mb, nb);
        }
        if by_cols <= by_rows {
            nb = even(nb, nb / 2, 32);
        } else {
            mb = even(mb, mb / 2, 24);
        }
    }
}

/// Reports a result of so many rows and columns that is complete.
fn report_all(rows: usize, cols: usize, finish: Option<&(dyn Fn(Block) + Sync)>) {
    let Some(finish) = finish else { return };
    let (r, c) = parts(rows, cols);
    let per = cols.div_ceil(c);
    for_each(rows.div_ceil(r) * per, |part| {
        let (i, j) = (part / per * r, part % per * c);
        finish(Block { rows: i..(i + r).min(rows), cols: j..(j + c).min(cols) });
    });
}

#[cfg(test)]
mod tests;
