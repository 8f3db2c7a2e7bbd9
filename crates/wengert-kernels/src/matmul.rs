//! Matrix products, batched, of operands with any strides.
//!
//! The result is cut into blocks of rows and columns by size alone, and never along k between threads, so that every
//! number of threads gives the same bits. Three kernels share the work: products with a single row or column
//! (`vector.rs`), small ones (`small.rs`), and the `gemm` crate for the rest. Half precision is widened to `f32` and
//! rounded once; integers are multiplied in 64 bits and wrapped.

mod convert;
mod lanes;
mod small;
mod vector;

use crate::dtype::{Category, DType, Element};
use crate::layout::{Dims, Strides};
use crate::multiversion;
use crate::parallel::{for_each, for_ranges};
use crate::view::{View, ViewMut};
use crate::walk::{Raw, walk};

/// One product `c = alpha * a @ b + beta * c`: m x k times k x n, pointers with row and column strides in elements.
#[derive(Clone, Copy)]
struct Product<T> {
    m: usize,
    n: usize,
    k: usize,
    a: *const T,
    ars: isize,
    acs: isize,
    b: *const T,
    brs: isize,
    bcs: isize,
    c: *mut T,
    crs: isize,
    ccs: isize,
    alpha: T,
    beta: T,
}

// SAFETY: pieces of one product write disjoint elements of c and only read the rest.
unsafe impl<T> Send for Product<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Product<T> {}

impl<T: Real> Product<T> {
    /// Stores one sum; `c` is read only if beta is not zero.
    ///
    /// # Safety
    /// `c` is an element of the result.
    #[inline(always)]
    unsafe fn store<const FMA: bool>(&self, c: *mut T, sum: T) {
        // SAFETY: the contract.
        unsafe {
            let x = T::mul(self.alpha, sum);
            *c = if self.beta == T::ZERO { x } else { T::muladd::<FMA>(self.beta, *c, x) };
        }
    }

    /// The same product moved to another batch.
    fn at(&self, a: isize, b: isize, c: isize) -> Product<T> {
        Product { a: self.a.wrapping_offset(a), b: self.b.wrapping_offset(b), c: self.c.wrapping_offset(c), ..*self }
    }

    /// `c^T = b^T @ a^T`.
    fn transposed(&self) -> Product<T> {
        Product {
            m: self.n,
            n: self.m,
            a: self.b,
            ars: self.bcs,
            acs: self.brs,
            b: self.a,
            brs: self.acs,
            bcs: self.ars,
            crs: self.ccs,
            ccs: self.crs,
            ..*self
        }
    }

    /// Rows `i..i + m` and columns `j..j + n` of the result.
    fn block(&self, i: usize, m: usize, j: usize, n: usize) -> Product<T> {
        let (i, j) = (i as isize, j as isize);
        Product { m, n, ..self.at(i * self.ars, j * self.bcs, i * self.crs + j * self.ccs) }
    }

    /// Computes it on this thread with the small or the general kernel.
    ///
    /// # Safety
    /// As for [`Product::gemm`].
    unsafe fn run(&self, small: bool) {
        // SAFETY: the contract.
        unsafe { if small { T::small(self) } else { self.gemm() } }
    }

    /// Computes it on this thread with the general kernel.
    ///
    /// # Safety
    /// The pointers and strides reach m x k, k x n and m x n elements, the last ones writable and unshared.
    unsafe fn gemm(&self) {
        // SAFETY: the contract is gemm's.
        unsafe {
            gemm::gemm(
                self.m,
                self.n,
                self.k,
                self.c,
                self.ccs,
                self.crs,
                self.beta != T::ZERO,
                self.a,
                self.acs,
                self.ars,
                self.b,
                self.bcs,
                self.brs,
                self.beta,
                self.alpha,
                false,
                false,
                false,
                gemm::Parallelism::None,
            )
        }
    }
}

/// The two types that products are computed in.
trait Real: Element {
    const ZERO: Self;
    const ONE: Self;
    fn mul(a: Self, b: Self) -> Self;
    fn add(a: Self, b: Self) -> Self;
    /// `a * b + c`, rounded once if `FMA`.
    fn muladd<const FMA: bool>(a: Self, b: Self, c: Self) -> Self;
    fn loops() -> vector::Loops<Self>;
    /// # Safety
    /// That of [`small::f32`].
    unsafe fn small(p: &Product<Self>);
}

macro_rules! real {
    ($t:ident, $loops:ident) => {
        impl Real for $t {
            const ZERO: $t = 0.0;
            const ONE: $t = 1.0;
            #[inline(always)]
            fn mul(a: $t, b: $t) -> $t {
                a * b
            }
            #[inline(always)]
            fn add(a: $t, b: $t) -> $t {
                a + b
            }
            #[inline(always)]
            fn muladd<const FMA: bool>(a: $t, b: $t, c: $t) -> $t {
                if FMA { a.mul_add(b, c) } else { a * b + c }
            }
            fn loops() -> vector::Loops<$t> {
                vector::$loops()
            }
            unsafe fn small(p: &Product<$t>) {
                // SAFETY: the contract.
                unsafe { small::$t(p) }
            }
        }
    };
}
real!(f32, loops_f32);
real!(f64, loops_f64);

/// `out = a @ b`, for `a` of shape `[.., m, k]`, `b` of `[.., k, n]` and `out` of `[.., m, n]`, all of one real dtype.
///
/// The leading (batch) dimensions are equal: broadcasting is done by the caller, with strides of 0. Vectors come as
/// matrices of one row or column. Without terms (k = 0) the result is zero.
///
/// # Panics
/// If the shapes or dtypes do not fit together, or the dtype is complex.
pub fn matmul(a: View, b: View, out: ViewMut) {
    matmul_scaled(a, b, out, 1.0, 0.0);
}

/// `out = alpha * (a @ b) + beta * out`; as [`matmul`] otherwise. With a beta of 0, `out` is not read (it may hold anything).
///
/// Integers take the integer parts of alpha and beta.
///
/// # Panics
/// As [`matmul`].
pub fn matmul_scaled(a: View, b: View, out: ViewMut, alpha: f64, beta: f64) {
    let nd = out.layout.ndim();
    assert!(nd >= 2 && a.layout.ndim() == nd && b.layout.ndim() == nd, "matmul takes matrices of one rank");
    let ((sa, sb), so) = ((&a.layout.shape, &b.layout.shape), &out.layout.shape);
    let (m, k, n) = (sa[nd - 2], sa[nd - 1], sb[nd - 1]);
    assert!(sb[nd - 2] == k && so[nd - 2..] == [m, n], "matmul: sizes do not fit");
    assert!(sa[..nd - 2] == so[..nd - 2] && sb[..nd - 2] == so[..nd - 2], "matmul: batch sizes do not fit");
    assert!(a.dtype == out.dtype && b.dtype == out.dtype, "matmul: dtypes differ");
    if out.numel() == 0 {
        return;
    }
    match out.dtype {
        DType::F32 => real::<f32>(a, b, &out, alpha as f32, beta as f32),
        DType::F64 => real::<f64>(a, b, &out, alpha, beta),
        _ => match out.dtype.category() {
            Category::Float => half(a, b, &out, alpha as f32, beta as f32),
            Category::Complex => panic!("matmul: complex numbers are not for this kernel"),
            _ => integers(a, b, &out, alpha as i64, beta as i64),
        },
    }
}

/// Batch dimensions longer than 1, with the strides of a, b and out.
struct Batch {
    shape: Dims,
    strides: [Strides; 3],
}

impl Batch {
    fn new(a: &View, b: &View, out: &ViewMut) -> Batch {
        let mut batch = Batch { shape: Dims::new(), strides: Default::default() };
        let nd = out.layout.ndim() - 2;
        for d in (0..nd).filter(|&d| out.layout.shape[d] != 1) {
            batch.shape.push(out.layout.shape[d]);
            for (to, from) in batch.strides.iter_mut().zip([a.layout, b.layout, out.layout]) {
                to.push(from.strides[d]);
            }
        }
        batch
    }

    fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Calls `f` with the offsets of a, b and out for the batches `start..end`.
    fn each(&self, start: usize, end: usize, mut f: impl FnMut(isize, isize, isize)) {
        let [a, b, c] = &self.strides;
        walk(&self.shape, [a, b, c], start, end, |[a, b, c]| f(a, b, c));
    }

    /// Takes batch dimensions that only add rows (one matrix b for all of them) into the product.
    fn fold<T>(&mut self, p: &mut Product<T>) {
        while let Some(d) = self.shape.len().checked_sub(1) {
            let (a, b, c) = (self.strides[0][d], self.strides[1][d], self.strides[2][d]);
            if p.m == 1 {
                (p.ars, p.crs) = (a, c);
            }
            if b != 0 || a != p.m as isize * p.ars || c != p.m as isize * p.crs {
                break;
            }
            p.m *= self.shape[d];
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

fn real<T: Real>(a: View, b: View, out: &ViewMut, alpha: T, beta: T) {
    let nd = out.layout.ndim();
    let (la, lb, lo) = (a.layout, b.layout, out.layout);
    let mut p = Product {
        m: la.shape[nd - 2],
        n: lb.shape[nd - 1],
        k: la.shape[nd - 1],
        a: a.ptr.cast::<T>(),
        ars: la.strides[nd - 2],
        acs: la.strides[nd - 1],
        b: b.ptr.cast::<T>(),
        brs: lb.strides[nd - 2],
        bcs: lb.strides[nd - 1],
        c: out.ptr.cast::<T>(),
        crs: lo.strides[nd - 2],
        ccs: lo.strides[nd - 1],
        alpha,
        beta,
    };
    let mut batch = Batch::new(&a, &b, out);
    batch.fold(&mut p);
    if p.n > 1 && p.ccs != 1 && (p.crs == 1 || p.m == 1) {
        p = p.transposed();
    }
    let (count, cost) = (batch.len(), p.m * p.n * p.k);
    let is_vector = vector::takes(&p);
    let is_small = cost <= SMALL;
    // SAFETY: the views' creators vouch for their elements; each product, and each block of one, writes its own.
    unsafe {
        if p.k == 0 {
            batch.each(0, count, |_, _, c| zeros(&p.at(0, 0, c)));
        } else if is_vector && (count == 1 || cost > PIECE / 8) {
            // Cut inside.
            batch.each(0, count, |a, b, c| vector::run(&p.at(a, b, c)));
        } else if is_vector || is_small {
            // Reading memory or computing, a multiplication of a vector costs about eight of a matrix.
            let group = (PIECE / (cost * if is_vector { 8 } else { 1 })).max(1);
            for_ranges(count, group, |start, end| {
                let p = &p;
                batch.each(start, end, |a, b, c| {
                    let p = p.at(a, b, c);
                    if is_vector { vector::run(&p) } else { T::small(&p) }
                });
            });
        } else {
            let skinny = is_skinny(&p);
            let (mb, nb) = block_size(p.m, p.n, p.k);
            let (rows, cols) = (p.m.div_ceil(mb), p.n.div_ceil(nb));
            for_each(count * rows * cols, |piece| {
                let p = &p;
                let (at, block) = (piece / (rows * cols), piece % (rows * cols));
                let (i, j) = (block / cols * mb, block % cols * nb);
                batch.each(at, at + 1, |a, b, c| {
                    p.at(a, b, c).block(i, mb.min(p.m - i), j, nb.min(p.n - j)).run(skinny);
                });
            });
        }
    }
}

/// Few rows or columns: packing the other operand, as the general kernel does, would cost more than it gives.
fn is_skinny<T>(p: &Product<T>) -> bool {
    (p.m <= 16 || p.n <= 16) && (small::takes_inner(p) || (p.bcs == 1 || p.m > 32) && p.k <= 4096)
}

/// A sum without terms.
///
/// # Safety
/// The result of `p` is writable and unshared.
unsafe fn zeros<T: Real>(p: &Product<T>) {
    for i in 0..p.m as isize {
        for j in 0..p.n as isize {
            // SAFETY: the contract.
            unsafe { p.store::<false>(p.c.offset(i * p.crs + j * p.ccs), T::ZERO) }
        }
    }
}

/// Rows and columns of a block: by the product's size alone.
///
/// The general kernel likes tall blocks (measured), and each block packs its operands again, so that blocks smaller than
/// 256 x 128 lose more than another thread could win.
fn block_size(m: usize, n: usize, k: usize) -> (usize, usize) {
    let even = |n: usize, most: usize| n.div_ceil(n.div_ceil(most)).next_multiple_of(16).min(n);
    let (mut mb, mut nb) = (even(m, 1024), even(n, 512));
    while mb * nb * k > PIECE && m.div_ceil(mb) * n.div_ceil(nb) < 16 {
        if nb >= 256 {
            nb = even(nb, nb / 2);
        } else if mb >= 512 {
            mb = even(mb, mb / 2);
        } else {
            break;
        }
    }
    (mb, nb)
}

/// Half precision: widened to `f32`, computed there, rounded once.
fn half(a: View, b: View, out: &ViewMut, alpha: f32, beta: f32) {
    let (a, b) = (convert::to_f32(&a), convert::to_f32(&b));
    let layout = crate::Layout::contiguous(&out.layout.shape);
    let mut sums = vec![0f32; layout.numel()];
    let to = ViewMut::from_slice(&mut sums, &layout);
    real::<f32>(View::from_slice(&a.0, &a.1), View::from_slice(&b.0, &b.1), &to, alpha, 0.0);
    convert::store_f32(&sums, out, beta);
}

/// Integers and booleans, in 64 bits that wrap.
fn integers(a: View, b: View, out: &ViewMut, alpha: i64, beta: i64) {
    let (a, b) = (convert::to_i64(&a), convert::to_i64(&b));
    let nd = out.layout.ndim();
    let batch = {
        let (a, b) = (View::from_slice(&a.0, &a.1), View::from_slice(&b.0, &b.1));
        Batch::new(&a, &b, out)
    };
    let (m, k, n) = (a.1.shape[nd - 2], a.1.shape[nd - 1], b.1.shape[nd - 1]);
    let (ars, brs) = (a.1.strides[nd - 2], b.1.strides[nd - 2]);
    let (crs, ccs) = (out.layout.strides[nd - 2], out.layout.strides[nd - 1]);
    let (c, store) = (Raw(out.ptr), convert::store_i64(out.dtype));
    let size = out.dtype.size() as isize;
    let rows = (PIECE / 8 / (k * n).max(1)).clamp(1, m);
    let per = m.div_ceil(rows);
    for_each(batch.len() * per, |piece| {
        let (at, i) = (piece / per, piece % per * rows);
        let mut sums = vec![0i64; n];
        batch.each(at, at + 1, |ao, bo, co| {
            for i in i..(i + rows).min(m) {
                sums.fill(0);
                // SAFETY: row i of a has k dense elements, b has k dense rows of n, and row i of out n elements.
                unsafe {
                    let a = a.0.as_ptr().offset(ao + i as isize * ars);
                    integer_row(k, a, b.0.as_ptr().wrapping_offset(bo), brs, &mut sums);
                    sums.iter_mut().for_each(|s| *s = s.wrapping_mul(alpha));
                    store(&sums, c.get().offset((co + i as isize * crs) * size), ccs, beta);
                }
            }
        });
    });
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

#[cfg(test)]
mod tests;
