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

/// Terms of a sum that are added in registers. A panel of b this long need not fit the first-level cache: it streams
/// from the second well enough (measured), and fewer visits of the result count for more.
const KC: usize = 512;
/// Distance of the copied rows of a: not a power of two, whose multiples would share cache sets.
const STRIDE: usize = KC + 16;
/// Registers of columns in a panel.
const NV: usize = 2;
/// Blocks of rows that share one copy of a.
const GROUP: usize = 4;
/// Steps of k between two requests for memory.
const AHEAD: usize = 4;

/// The rows of a that a tile reads, the rows of b, and what to ask the memory for meanwhile: rows of a of a later tile.
#[derive(Clone, Copy)]
struct Source<T> {
    a: *const T,
    ars: isize,
    acs: isize,
    b: *const T,
    next: *const T,
}

/// One step of k for all elements of a tile.
///
/// # Safety
/// The rows have an element each; `b` has `W` registers.
#[inline(always)]
unsafe fn step<T: Real, V: Lanes<T>, const MR: usize, const W: usize>(
    mut acc: [[V; W]; MR],
    a: [*const T; 4],
    ars: isize,
    b: *const T,
) -> [[V; W]; MR] {
    // SAFETY: the contract.
    unsafe {
        let mut y = [V::splat(T::ZERO); W];
        for (q, y) in y.iter_mut().enumerate() {
            *y = V::load(b.add(q * V::N));
        }
        for (r, acc) in acc.iter_mut().enumerate() {
            // (Three addresses from one pointer, or there would be more of them than registers.)
            let x = V::splat(*a[r / 3].offset((r % 3) as isize * ars));
            for (acc, y) in acc.iter_mut().zip(y) {
                *acc = x.muladd(y, *acc);
            }
        }
    }
    acc
}

/// `MR` rows by `W` registers of the result: a chain of `p.k` terms.
///
/// # Safety
/// The rows of a and of b exist; rows `i + skip..i + rows` and columns `j..j + cols` of the
/// result exist.
#[inline(always)]
unsafe fn tile<T: Real, V: Lanes<T>, const MR: usize, const W: usize, const COPIED: bool>(
    p: &Product<T>,
    from: Source<T>,
    [i, skip, rows, j, cols]: [usize; 5],
) {
    // SAFETY: the contract.
    unsafe {
        let (ars, acs) = if COPIED { (STRIDE as isize, 1) } else { (from.ars, from.acs) };
        let (i, j) = (i as isize, j as isize);
        let c = p.c.offset(i * p.crs + j * p.ccs);
        let mut acc = [[V::splat(T::ZERO); W]; MR];
        let (mut a, mut b, mut l) = ([0, 3, 6, 9].map(|r| from.a.wrapping_offset(r * ars)), from.b, 0);
        // Ask for the lines of the result one by one, since the caches can wait for few at a time.
        for r in 0..=rows {
            let end = if r < rows { (l + AHEAD).min(p.k) } else { p.k };
            let (c, next) = (c.wrapping_offset(r as isize * p.crs), from.next.wrapping_offset(r as isize * p.ars));
            V::prefetch(c);
            V::prefetch(c.wrapping_add(W * V::N - 1));
            V::prefetch(next);
            while l < end {
                acc = step::<T, V, MR, W>(acc, a, ars, b);
                (a, b, l) = (a.map(|a| a.wrapping_offset(acs)), b.add(NV * V::N), l + 1);
            }
        }
        if cols == W * V::N && p.ccs == 1 && (p.beta == T::ZERO || p.dcs == 1) {
            let (alpha, beta) = (V::splat(p.alpha), V::splat(p.beta));
            let d = p.d.wrapping_offset(i * p.drs + j * p.dcs);
            for (r, acc) in acc.iter().enumerate() {
                if r >= skip && r < rows {
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
            for (r, sums) in sums.iter().enumerate().take(rows).skip(skip) {
                for q in 0..cols {
                    p.store::<true>(i + r as isize, j + q as isize, sums[q / V::N][q % V::N]);
                }
            }
        }
    }
}

/// One [`tile`], compiled by itself, so that its numbers stay in registers.
type Tile<T> = unsafe fn(&Product<T>, Source<T>, [usize; 5]);

/// The tiles of 2, 4, .. rows, of one register of columns and of two, of a where it is and copied.
type Tiles<T> = [[[Tile<T>; 2]; 2]; 6];

/// Terms between two visits of the result.
fn chunk(k: usize) -> usize {
    k.div_ceil(k.div_ceil(KC))
}

/// Elements of scratch memory that [`block`] needs.
fn scratch<T: Real>(p: &Product<T>, lanes: usize, mr: usize) -> usize {
    p.n.next_multiple_of(NV * lanes) * chunk(p.k) + GROUP * mr * STRIDE
}

/// May tiles read a where it is? Along rows, unless these, multiples of 4 KiB apart, would share cache sets; across them
/// only if that does not lead to too many pages.
pub(super) fn direct<T>(p: &Product<T>) -> bool {
    let past = p.ars.unsigned_abs() * size_of::<T>() % 4096;
    p.m > 1 && (p.acs == 1 && past.min(4096 - past) >= 64 || p.ars == 1 && p.k <= 128)
}

/// The product, with copies of b and of some rows of a in `memory`.
///
/// # Safety
/// The pointers and strides of `p` reach m x k, k x n and m x n elements, the last ones writable and unshared; `memory`
/// has as many elements as [`scratch`] says.
#[inline(always)]
unsafe fn block<T: Real, V: Lanes<T>, const MR: usize>(tiles: &Tiles<T>, p: &Product<T>, memory: *mut T, done: Done) {
    let kc = chunk(p.k);
    let width = NV * V::N;
    // Reported rows should still be in the cache.
    let most = if done.is_some() { ((1 << 14) / p.n / MR).clamp(1, GROUP) } else { GROUP };
    let groups = p.m.div_ceil(most * MR);
    let group = p.m.div_ceil(groups).next_multiple_of(2);
    let direct = direct(p);
    let mut l = 0;
    while l < p.k {
        let (to, from) = (l as isize * p.acs, l as isize * p.brs);
        let mut part = Product { k: kc.min(p.k - l), a: p.a.wrapping_offset(to), b: p.b.wrapping_offset(from), ..*p };
        if l > 0 {
            (part.d, part.drs, part.dcs, part.beta) = (p.c, p.crs, p.ccs, T::ONE);
        }
        l += part.k;
        // SAFETY: the contract.
        unsafe {
            let b = memory.add(GROUP * MR * STRIDE);
            pack::panels_of_b::<T, V>(&part, b, width);
            let mut i = 0;
            while i < p.m {
                let rows = group.min(p.m - i);
                if direct {
                    row_group::<T, V, MR, false>(tiles, &part, [i, rows], memory, b);
                } else {
                    pack::rows_of_a::<T, V>(&part, i, rows, memory, STRIDE);
                    row_group::<T, V, MR, true>(tiles, &part, [i, rows], memory, b);
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

/// Some rows of the result, for the terms of `p`.
///
/// # Safety
/// `b` is packed, and so are the rows of a, if `COPIED`.
#[inline(always)]
unsafe fn row_group<T: Real, V: Lanes<T>, const MR: usize, const COPIED: bool>(
    tiles: &Tiles<T>,
    p: &Product<T>,
    [i, rows]: [usize; 2],
    copied: *const T,
    b: *const T,
) {
    let line = 64 / size_of::<T>();
    let mut j = 0;
    while j < p.n {
        let cols = (NV * V::N).min(p.n - j);
        let (mut r, mut left) = (0, rows.div_ceil(MR));
        while r < rows {
            let mut height = (rows - r).div_ceil(left).next_multiple_of(2);
            let mut skip = 0;
            if !COPIED && height > rows - r {
                // There is no row to fill the tile with: take one again that was there before, or leave one for later.
                if i + r > 0 { skip = 1 } else { height -= 2 }
            }
            // Each panel's tiles ask for one line of the rows that the next group copies.
            let next = (i + rows + r) as isize * p.ars + (j / (NV * V::N) * line % p.k) as isize * p.acs;
            let next = p.a.wrapping_offset(next);
            let first = (i + r - skip) as isize;
            // SAFETY: the contract; if the last tile is higher than what is left, copied rows are read and not stored.
            unsafe {
                let (a, ars) =
                    if COPIED { (copied.add(r * STRIDE), STRIDE as isize) } else { (p.a.offset(first * p.ars), p.ars) };
                let (from, at) = (
                    Source { a, ars, acs: p.acs, b: b.add(j * p.k), next },
                    [i + r - skip, skip, height.min(rows - r + skip), j, cols],
                );
                tiles[height / 2 - 1][usize::from(cols > V::N)][usize::from(COPIED)](p, from, at);
            }
            (r, left) = (r + height - skip, left.saturating_sub(1).max(1));
        }
        j += cols;
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::*;
    use std::arch::x86_64::*;

    macro_rules! tiles {
        ($tile:ident, $rows:expr) => {
            [
                [$tile::<{ $rows }, 1, false>, $tile::<{ $rows }, 1, true>],
                [$tile::<{ $rows }, 2, false>, $tile::<{ $rows }, 2, true>],
            ]
        };
    }

    macro_rules! stamp {
        ($($name:ident, $tile:ident, $t:ty, $v:ty, $mr:expr, $features:literal;)*) => {$(
            /// # Safety
            /// That of [`tile`]; the machine has these instructions.
            #[target_feature(enable = $features)]
            unsafe fn $tile<const MR: usize, const W: usize, const COPIED: bool>(
                p: &Product<$t>,
                from: Source<$t>,
                at: [usize; 5],
            ) {
                // SAFETY: the contract.
                unsafe { tile::<$t, $v, MR, W, COPIED>(p, from, at) }
            }

            /// # Safety
            /// That of [`block`]; the machine has these instructions.
            #[target_feature(enable = $features)]
            pub unsafe fn $name(p: &Product<$t>, memory: *mut $t, done: Done) {
                const TILES: Tiles<$t> = [
                    tiles!($tile, 2),
                    tiles!($tile, 4),
                    tiles!($tile, 6),
                    tiles!($tile, if $mr > 6 { 8 } else { 2 }),
                    tiles!($tile, if $mr > 6 { 10 } else { 2 }),
                    tiles!($tile, if $mr > 6 { 12 } else { 2 }),
                ];
                // SAFETY: the contract.
                unsafe { block::<$t, $v, $mr>(&TILES, p, memory, done) }
            }
        )*};
    }
    stamp! {
        f32_512, tile_f32_512, f32, __m512, 12, "avx512f,avx512dq,avx512bw,avx512cd,avx512vl,avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt";
        f64_512, tile_f64_512, f64, __m512d, 12, "avx512f,avx512dq,avx512bw,avx512cd,avx512vl,avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt";
        f32_256, tile_f32_256, f32, __m256, 6, "avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt";
        f64_256, tile_f64_256, f64, __m256d, 6, "avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt";
    }
}

/// A cache line, so that loads of whole registers from scratch memory never cross one.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(#[allow(dead_code, reason = "the bytes are reached by address")] [u8; 64]);

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
                Level::Avx512 => with_memory(scratch(p, 64 / size, 12) * size, |memory| {
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
