//! Large products: b is copied to panels and a to short blocks of rows, and a small block of the result is held in
//! registers while k runs.
//!
//! Each element of the result is a chain of fused multiply-adds in order of k, cut every [`KC`] terms, where the sum so
//! far goes to memory. Neither the blocks nor the panels show in it.

use super::lanes::Lanes;
use super::pack;
use super::product::Done;
use super::{Product, Real};
use crate::cpu::{Level, level};
use std::cell::RefCell;

/// Terms of a sum that are added in registers: a panel of b this long, and the rows of a that meet it, fit the
/// first-level cache.
const KC: usize = 256;
/// Distance of the copied rows of a: not a power of two, whose multiples would share cache sets.
const STRIDE: usize = KC + 16;
/// Registers of columns in a panel.
const NV: usize = 2;
/// Blocks of rows that share one copy of a.
const GROUP: usize = 4;

/// `MR` rows by `W` registers of the result: a chain of `p.k` terms.
///
/// # Safety
/// `a` has `MR` rows [`STRIDE`] apart and `b` rows of [`NV`] registers; rows `i..i + rows` and columns `j..j + cols` of
/// the result exist.
#[inline(always)]
unsafe fn tile<T: Real, V: Lanes<T>, const MR: usize, const W: usize>(
    p: &Product<T>,
    a: *const T,
    b: *const T,
    [i, rows, j, cols]: [usize; 4],
) {
    // SAFETY: the contract.
    unsafe {
        let (i, j) = (i as isize, j as isize);
        let c = p.c.offset(i * p.crs + j * p.ccs);
        for r in 0..rows {
            let c = c.offset(r as isize * p.crs);
            V::prefetch(c);
            V::prefetch(c.add(V::N));
        }
        let mut acc = [[V::splat(T::ZERO); W]; MR];
        let (mut a, mut b) = (a, b);
        for _ in 0..p.k {
            let mut y = [V::splat(T::ZERO); W];
            for (q, y) in y.iter_mut().enumerate() {
                *y = V::load(b.add(q * V::N));
            }
            for (r, acc) in acc.iter_mut().enumerate() {
                let x = V::splat(*a.add(r * STRIDE));
                for (acc, y) in acc.iter_mut().zip(y) {
                    *acc = x.muladd(y, *acc);
                }
            }
            a = a.add(1);
            b = b.add(NV * V::N);
        }
        if cols == W * V::N && p.ccs == 1 && (p.beta == T::ZERO || p.dcs == 1) {
            let (alpha, beta) = (V::splat(p.alpha), V::splat(p.beta));
            let d = p.d.wrapping_offset(i * p.drs + j * p.dcs);
            for (r, acc) in acc.iter().enumerate() {
                if r < rows {
                    for (q, x) in acc.iter().enumerate() {
                        let mut x = x.mul(alpha);
                        if p.beta != T::ZERO {
                            x = beta.muladd(V::load(d.offset(r as isize * p.drs).add(q * V::N)), x);
                        }
                        x.store(c.offset(r as isize * p.crs).add(q * V::N));
                    }
                }
            }
        } else {
            let mut sums = [[[T::ZERO; 16]; W]; MR];
            for (to, acc) in sums.iter_mut().zip(acc) {
                for (to, x) in to.iter_mut().zip(acc) {
                    x.store(to.as_mut_ptr());
                }
            }
            for (r, sums) in sums.iter().enumerate().take(rows) {
                for q in 0..cols {
                    p.store::<true>(i + r as isize, j + q as isize, sums[q / V::N][q % V::N]);
                }
            }
        }
    }
}

/// One tile of at most `MR` rows.
///
/// # Safety
/// As for [`tile`].
#[inline(always)]
unsafe fn any_tile<T: Real, V: Lanes<T>, const MR: usize, const W: usize>(
    height: usize,
    p: &Product<T>,
    a: *const T,
    b: *const T,
    at: [usize; 4],
) {
    // SAFETY: the contract.
    unsafe {
        match height {
            14 if MR >= 14 => tile::<T, V, 14, W>(p, a, b, at),
            12 if MR >= 12 => tile::<T, V, 12, W>(p, a, b, at),
            10 if MR >= 10 => tile::<T, V, 10, W>(p, a, b, at),
            8 if MR >= 8 => tile::<T, V, 8, W>(p, a, b, at),
            6 => tile::<T, V, 6, W>(p, a, b, at),
            4 => tile::<T, V, 4, W>(p, a, b, at),
            _ => tile::<T, V, 2, W>(p, a, b, at),
        }
    }
}

/// Terms between two visits of the result.
fn chunk(k: usize) -> usize {
    k.div_ceil(k.div_ceil(KC))
}

/// Elements of scratch memory that [`block`] needs.
fn scratch<T: Real>(p: &Product<T>, lanes: usize, mr: usize) -> usize {
    p.n.next_multiple_of(NV * lanes) * chunk(p.k) + GROUP * mr * STRIDE
}

/// The product, with copies of b and of some rows of a in `memory`.
///
/// # Safety
/// The pointers and strides of `p` reach m x k, k x n and m x n elements, the last ones writable and unshared; `memory`
/// has as many elements as [`scratch`] says.
#[inline(always)]
unsafe fn block<T: Real, V: Lanes<T>, const MR: usize>(p: &Product<T>, memory: *mut T, done: Done) {
    let kc = chunk(p.k);
    let width = NV * V::N;
    // Reported rows should still be in the cache.
    let most = if done.is_some() { ((1 << 14) / p.n / MR).clamp(1, GROUP) } else { GROUP };
    let groups = p.m.div_ceil(most * MR);
    let group = p.m.div_ceil(groups).next_multiple_of(2);
    let mut l = 0;
    while l < p.k {
        let (to, from) = (l as isize * p.acs, l as isize * p.brs);
        let mut part = Product { k: kc.min(p.k - l), a: p.a.wrapping_offset(to), b: p.b.wrapping_offset(from), ..*p };
        if l > 0 {
            (part.d, part.drs, part.dcs, part.beta) = (p.c, p.crs, p.ccs, T::ONE);
        }
        l += part.k;
        // SAFETY: the contract; tiles have the height that is asked for, or what is left of it.
        unsafe {
            let b = memory.add(GROUP * MR * STRIDE);
            pack::panels_of_b::<T, V>(&part, b, width);
            let mut i = 0;
            while i < p.m {
                let rows = group.min(p.m - i);
                pack::rows_of_a::<T, V>(&part, i, rows, memory, STRIDE);
                let mut j = 0;
                while j < p.n {
                    let cols = width.min(p.n - j);
                    let b = b.add(j * part.k);
                    let (mut r, mut left) = (0, rows.div_ceil(MR));
                    while r < rows {
                        let height = (rows - r).div_ceil(left).next_multiple_of(2);
                        let (a, at) = (memory.add(r * STRIDE), [i + r, height.min(rows - r), j, cols]);
                        if cols > V::N {
                            any_tile::<T, V, MR, NV>(height, &part, a, b, at);
                        } else {
                            any_tile::<T, V, MR, 1>(height, &part, a, b, at);
                        }
                        (r, left) = (r + height, left - 1);
                    }
                    j += cols;
                }
                if l == p.k
                    && let Some(done) = done
                {
                    done([i, i + rows, 0, p.n]);
                }
                i += rows;
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::*;
    use std::arch::x86_64::*;

    macro_rules! stamp {
        ($($name:ident, $t:ty, $v:ty, $mr:expr, $features:literal;)*) => {$(
            /// # Safety
            /// That of [`block`]; the machine has these instructions.
            #[target_feature(enable = $features)]
            pub unsafe fn $name(p: &Product<$t>, memory: *mut $t, done: Done) {
                // SAFETY: the contract.
                unsafe { block::<$t, $v, $mr>(p, memory, done) }
            }
        )*};
    }
    stamp! {
        f32_512, f32, __m512, 14, "avx512f,avx512dq,avx512bw,avx512cd,avx512vl,avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt";
        f64_512, f64, __m512d, 14, "avx512f,avx512dq,avx512bw,avx512cd,avx512vl,avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt";
        f32_256, f32, __m256, 6, "avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt";
        f64_256, f64, __m256d, 6, "avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt";
    }
}

/// A cache line, so that loads of whole registers from scratch memory never cross one.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(#[allow(dead_code)] [u8; 64]);

thread_local! {
    /// Kept between calls: fresh pages cost more than copying to them.
    static MEMORY: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

/// Calls `f` with that many bytes of scratch memory.
fn with_memory(bytes: usize, f: impl FnOnce(*mut Line)) {
    // Taken out, since a report may lead to another product.
    let mut memory = MEMORY.take();
    let lines = bytes.div_ceil(64);
    if memory.len() < lines {
        memory = vec![Line([0; 64]); lines];
    }
    f(memory.as_mut_ptr());
    MEMORY.replace(memory);
}

macro_rules! packed {
    ($t:ident, $f512:ident, $f256:ident) => {
        /// `c = alpha * a @ b + beta * d`; false if this machine has no kernel, and nothing was done.
        ///
        /// # Safety
        /// The pointers and strides of `p` reach m x k, k x n and m x n elements, the last ones writable and unshared.
        pub(super) unsafe fn $t(p: &Product<$t>, done: Done) -> bool {
            let size = size_of::<$t>();
            match level() {
                #[cfg(target_arch = "x86_64")]
                Level::Avx512 => with_memory(scratch(p, 64 / size, 14) * size, |memory| {
                    // SAFETY: the contract, and level() vouches for the instructions.
                    unsafe { x86::$f512(p, memory.cast(), done) }
                }),
                #[cfg(target_arch = "x86_64")]
                Level::Avx2 => with_memory(scratch(p, 32 / size, 6) * size, |memory| {
                    // SAFETY: as above.
                    unsafe { x86::$f256(p, memory.cast(), done) }
                }),
                _ => return false,
            }
            true
        }
    };
}
packed!(f32, f32_512, f32_256);
packed!(f64, f64_512, f64_256);
