//! One matrix product as pointers and strides, and the two types that products are computed in.

use super::{packed, small, vector};
use crate::dtype::Element;

/// One product `c = alpha * a @ b + beta * d`: m x k times k x n, pointers with row and column strides in elements.
///
/// `d` may be `c` itself; it is not read if beta is zero.
#[derive(Clone, Copy)]
pub(super) struct Product<T> {
    pub m: usize,
    pub n: usize,
    pub k: usize,
    pub a: *const T,
    pub ars: isize,
    pub acs: isize,
    pub b: *const T,
    pub brs: isize,
    pub bcs: isize,
    pub c: *mut T,
    pub crs: isize,
    pub ccs: isize,
    pub d: *const T,
    pub drs: isize,
    pub dcs: isize,
    pub alpha: T,
    pub beta: T,
}

// SAFETY: pieces of one product write disjoint elements of c and only read the rest.
unsafe impl<T> Send for Product<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Product<T> {}

/// Called with first and last (exclusive) row and column of a part of a product whose elements are final.
pub(super) type Done<'a> = Option<&'a dyn Fn([usize; 4])>;

/// Elements of the result in a part that is reported as final: a cacheful.
const PART: usize = 1 << 14;

/// Rows and columns of the parts in which an `m` x `n` result is reported.
pub(super) fn parts(m: usize, n: usize) -> (usize, usize) {
    let cols = n.min(PART);
    ((PART / cols).clamp(1, m), cols)
}

impl<T: Real> Product<T> {
    /// Stores the sum that belongs at row i and column j.
    ///
    /// # Safety
    /// It is an element of the result.
    #[inline(always)]
    pub unsafe fn store<const FMA: bool>(&self, i: isize, j: isize, sum: T) {
        // SAFETY: the contract.
        unsafe {
            let mut x = T::mul(self.alpha, sum);
            if self.beta != T::ZERO {
                x = T::muladd::<FMA>(self.beta, *self.d.offset(i * self.drs + j * self.dcs), x);
            }
            *self.c.offset(i * self.crs + j * self.ccs) = x;
        }
    }

    /// The same product moved to another batch: offsets of a, b, c and d.
    pub fn at(&self, [a, b, c, d]: [isize; 4]) -> Product<T> {
        Product {
            a: self.a.wrapping_offset(a),
            b: self.b.wrapping_offset(b),
            c: self.c.wrapping_offset(c),
            d: self.d.wrapping_offset(d),
            ..*self
        }
    }

    /// `c^T = b^T @ a^T`.
    pub fn transposed(&self) -> Product<T> {
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
            drs: self.dcs,
            dcs: self.drs,
            ..*self
        }
    }

    /// Rows `i..i + m` and columns `j..j + n` of the result.
    pub fn block(&self, i: usize, m: usize, j: usize, n: usize) -> Product<T> {
        let (i, j) = (i as isize, j as isize);
        let at = [i * self.ars, j * self.bcs, i * self.crs + j * self.ccs, i * self.drs + j * self.dcs];
        Product { m, n, ..self.at(at) }
    }

    /// Computes it on this thread with the kernel for small products.
    ///
    /// # Safety
    /// The pointers and strides reach m x k, k x n and m x n elements, the last ones writable and unshared.
    pub unsafe fn small(&self, done: Done) {
        // SAFETY: the contract.
        unsafe { T::small(self) }
        self.report(done);
    }

    /// Computes it on this thread with the kernel for large products.
    ///
    /// # Safety
    /// As for [`Product::small`].
    pub unsafe fn large(&self, done: Done) {
        // SAFETY: the contract.
        unsafe {
            if !T::packed(self, done) {
                self.gemm();
                self.report(done);
            }
        }
    }

    /// Reports all of it as final, part by part.
    pub fn report(&self, done: Done) {
        let Some(done) = done else { return };
        let (rows, cols) = parts(self.m, self.n);
        for i in (0..self.m).step_by(rows) {
            for j in (0..self.n).step_by(cols) {
                done([i, (i + rows).min(self.m), j, (j + cols).min(self.n)]);
            }
        }
    }

    /// The kernel of the `gemm` crate.
    ///
    /// # Safety
    /// As for [`Product::small`].
    unsafe fn gemm(&self) {
        // SAFETY: the contract; it is gemm's, too.
        unsafe {
            if self.beta != T::ZERO && !std::ptr::eq(self.c, self.d) {
                for i in 0..self.m as isize {
                    for j in 0..self.n as isize {
                        let d = *self.d.offset(i * self.drs + j * self.dcs);
                        *self.c.offset(i * self.crs + j * self.ccs) = d;
                    }
                }
            }
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
pub(super) trait Real: Element {
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
    /// False if this machine has no such kernel; then nothing was done.
    ///
    /// # Safety
    /// That of [`packed::f32`].
    unsafe fn packed(p: &Product<Self>, done: Done) -> bool;
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
            unsafe fn packed(p: &Product<$t>, done: Done) -> bool {
                // SAFETY: the contract.
                unsafe { packed::$t(p, done) }
            }
        }
    };
}
real!(f32, loops_f32);
real!(f64, loops_f64);
