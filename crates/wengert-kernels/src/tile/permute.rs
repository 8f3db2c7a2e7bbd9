//! Copies whose source and destination lie in memory in different orders of dimensions: transposes.
//!
//! Two dimensions matter: the one along which the destination is dense, and the one along which the source is. The plane of the two is cut
//! into squares of one cache line by one cache line, which are turned in registers. Large destinations are written past the cache:
//! fetching lines only to overwrite them, at a large stride, would cost several times the copy itself.

use crate::layout;
use crate::parallel;
use crate::view::{View, ViewMut};
use crate::walk::{Raw, walk};

/// Fewer elements than these are not worth the cutting.
const WORTH: usize = 1024;
/// Destinations of so many bytes are written past the cache.
const PAST_CACHE: usize = 4 << 20;
/// Squares of one piece of work along the destination and along the source.
const PIECE: [usize; 2] = [4, 64];

/// One plane: element (i, j) is at `i * across + j * along` in the source and at `i + j * step` in the destination.
#[derive(Clone, Copy)]
struct Plane {
    across: isize,
    along: isize,
    step: isize,
    past_cache: bool,
}

/// Copies if the two are of one dtype and in different orders; else does nothing and returns false.
pub(super) fn copy(src: &View, dst: &mut ViewMut) -> bool {
    if src.dtype != dst.dtype || src.ptr == dst.ptr.cast_const() || dst.numel() < WORTH {
        return false;
    }
    let size = src.dtype.size();
    // SAFETY: both views vouch for their elements, which are of this size; `plan` has checked the rest.
    let run = |plan: Plan| unsafe {
        match size {
            1 => plan.run::<u8>(src.ptr, dst.ptr),
            2 => plan.run::<u16>(src.ptr, dst.ptr),
            4 => plan.run::<u32>(src.ptr, dst.ptr),
            8 => plan.run::<u64>(src.ptr, dst.ptr),
            _ => unreachable!("real dtypes have at most eight bytes"),
        }
    };
    if size > 8 || src.layout.shape != dst.layout.shape {
        return false;
    }
    plan(src, dst).map(run).is_some()
}

/// How a copy is cut.
struct Plan {
    plane: Plane,
    /// Extents of the plane: along the destination, along the source.
    sizes: [usize; 2],
    /// The other dimensions: sizes, strides of the source and of the destination.
    outer: (layout::Dims, layout::Strides, layout::Strides),
}

fn plan(src: &View, dst: &ViewMut) -> Option<Plan> {
    let (dims, strides) = layout::coalesce(&dst.layout.shape, &[&dst.layout.strides, &src.layout.strides]);
    let (to, from) = (&strides[0], &strides[1]);
    // Sizes, strides of the destination, of the source; the destination's widest stride first.
    let mut all: Vec<(usize, isize, isize)> = (0..dims.len()).map(|d| (dims[d], to[d], from[d])).collect();
    all.sort_by_key(|d| std::cmp::Reverse(d.1));
    let (n, 1, across) = all.pop()? else { return None };
    // (A stride of 0, or below, is for the general way.)
    let (b, _) = all.iter().enumerate().filter(|(_, d)| d.2 > 0).min_by_key(|(_, d)| d.2)?;
    let (m, step, along) = all.remove(b);
    if along >= across || step <= 0 || all.iter().any(|d| d.1 <= 0) {
        return None;
    }
    let size = src.dtype.size() as isize;
    let aligned = |stride: isize| (stride * size) % 64 == 0;
    let lines = dst.ptr.addr().is_multiple_of(64) && aligned(step) && all.iter().all(|d| aligned(d.1));
    let past_cache = lines && dst.numel() * size as usize >= PAST_CACHE;
    Some(Plan {
        plane: Plane { across, along, step, past_cache },
        sizes: [n, m],
        outer: (
            all.iter().map(|d| d.0).collect(),
            all.iter().map(|d| d.2).collect(),
            all.iter().map(|d| d.1).collect(),
        ),
    })
}

impl Plan {
    /// # Safety
    /// The plan was made for arrays at these addresses, of elements of this size; nobody else uses the destination.
    unsafe fn run<T: Copy + Send + Sync>(&self, src: *const u8, dst: *mut u8) {
        let line = 64 / size_of::<T>();
        let ([n, m], [p, q]) = (self.sizes, PIECE.map(|squares| squares * line));
        let (columns, rows) = (n.div_ceil(p), m.div_ceil(q));
        let (dims, from, to) = &self.outer;
        let (src, dst) = (Raw(src.cast::<T>().cast_mut()), Raw(dst.cast::<T>()));
        let plane = self.plane;
        let each = |planes: usize, end: usize, i: [usize; 2], j: [usize; 2]| {
            walk(dims, [from, to], planes, end, |[s, d]| {
                let (i0, j0) = (i[0] as isize, j[0] as isize);
                // SAFETY: the offsets are of elements inside both arrays; other pieces have other elements.
                unsafe {
                    let s = src.get().offset(s + i0 * plane.across + j0 * plane.along);
                    let d = dst.get().offset(d + i0 + j0 * plane.step);
                    turn(plane, s, d, i[1] - i[0], j[1] - j[0]);
                }
                fence(plane.past_cache);
            });
        };
        let planes = dims.iter().product::<usize>();
        if columns * rows == 1 {
            // Small planes, several at a time.
            parallel::for_ranges(planes, (p * q / (n * m)).max(1), |from, to| each(from, to, [0, n], [0, m]));
            return;
        }
        parallel::for_each(planes * columns * rows, |k| {
            let (o, c, r) = (k / (columns * rows), k / rows % columns, k % rows);
            each(o, o + 1, [c * p, n.min((c + 1) * p)], [r * q, m.min((r + 1) * q)]);
        });
    }
}

/// Copies `n` by `m` elements of a plane.
///
/// # Safety
/// They are readable at `src` and writable at `dst`, and do not overlap.
unsafe fn turn<T: Copy>(plane: Plane, src: *const T, dst: *mut T, n: usize, m: usize) {
    let line = 64 / size_of::<T>();
    // Two lines of the destination and eight of the source stay together.
    let (high, wide) = (2 * line, 8 * line);
    for i in (0..n).step_by(high) {
        for j in (0..m).step_by(wide) {
            let (h, w) = (high.min(n - i), wide.min(m - j));
            // SAFETY: the block is inside the plane.
            unsafe {
                let s = src.offset(i as isize * plane.across + j as isize * plane.along);
                let d = dst.offset(i as isize + j as isize * plane.step);
                block(plane, s, d, h, w);
            }
        }
    }
}

/// Copies a block that the first-level cache holds: squares in registers, and the edges one by one.
///
/// # Safety
/// As [`turn`].
unsafe fn block<T: Copy>(plane: Plane, src: *const T, dst: *mut T, h: usize, w: usize) {
    let line = 64 / size_of::<T>();
    let (mut squares, mut across) = (0, 0);
    #[cfg(target_arch = "x86_64")]
    if plane.along == 1 && matches!(size_of::<T>(), 4 | 8) && crate::cpu::level() >= crate::cpu::Level::Avx2 {
        (squares, across) = (h / line * line, w / line * line);
        // SAFETY: the level says that the machine has the instructions; whole squares are inside the block, and T has the size.
        unsafe {
            match (size_of::<T>(), crate::cpu::level()) {
                (4, crate::cpu::Level::Avx512) => {
                    x86::words_512(plane, src.cast(), dst.cast(), squares, across);
                }
                (8, crate::cpu::Level::Avx512) => {
                    x86::doubles_512(plane, src.cast(), dst.cast(), squares, across);
                }
                (4, _) => x86::words_256(plane, src.cast(), dst.cast(), squares, across),
                _ => x86::doubles_256(plane, src.cast(), dst.cast(), squares, across),
            }
        }
    }
    for j in 0..w {
        for i in if j < across { squares } else { 0 }..h {
            // SAFETY: i and j are inside the block.
            unsafe {
                let (i, j) = (i as isize, j as isize);
                *dst.offset(i + j * plane.step) = *src.offset(i * plane.across + j * plane.along);
            }
        }
    }
}

/// Makes what was written past the cache visible to other threads.
fn fence(past_cache: bool) {
    #[cfg(target_arch = "x86_64")]
    if past_cache {
        // SAFETY: every x86-64 machine has it.
        unsafe {
            std::arch::x86_64::_mm_sfence();
        }
    }
    let _ = past_cache;
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Plane;
    use std::arch::x86_64::*;

    /// Which lanes of a pair of rows `s` apart make the new rows: of each 2 x 2 block of s x s blocks, the off-diagonal ones change places.
    const fn lanes<const N: usize>(s: usize, second: bool) -> [usize; N] {
        let mut out = [0; N];
        let mut j = 0;
        while j < N {
            out[j] = match (second, j & s == 0) {
                (false, true) => j,
                (false, false) => N + j - s,
                (true, true) => j + s,
                (true, false) => N + j,
            };
            j += 1;
        }
        out
    }

    macro_rules! squares_512 {
        ($name:ident, $T:ty, $I:ty, $N:literal, $permute:ident, [$($s:literal)*]) => {
            /// Copies a block of whole squares.
            ///
            /// # Safety
            /// As the block, with `h` and `w` multiples of a square; lines are aligned if they go past the cache.
            #[target_feature(enable = "avx512f")]
            pub unsafe fn $name(plane: Plane, src: *const $T, dst: *mut $T, h: usize, w: usize) {
                for j in (0..w).step_by($N) {
                    for i in (0..h).step_by($N) {
                        // SAFETY: the square is inside the block.
                        unsafe {
                            let src = src.offset(i as isize * plane.across + j as isize);
                            let dst = dst.offset(i as isize + j as isize * plane.step);
                            let mut r: [__m512i; $N] =
                                std::array::from_fn(|k| _mm512_loadu_si512(src.offset(k as isize * plane.across).cast()));
                            $({
                                const FIRST: [usize; $N] = lanes::<$N>($s, false);
                                const SECOND: [usize; $N] = lanes::<$N>($s, true);
                                let first: [$I; $N] = const { narrow(FIRST) };
                                let second: [$I; $N] = const { narrow(SECOND) };
                                let first = _mm512_loadu_si512(first.as_ptr().cast());
                                let second = _mm512_loadu_si512(second.as_ptr().cast());
                                for k in 0..$N {
                                    if k & $s == 0 {
                                        let (a, b) = (r[k], r[k + $s]);
                                        r[k] = $permute(a, first, b);
                                        r[k + $s] = $permute(a, second, b);
                                    }
                                }
                            })*
                            for (k, r) in r.into_iter().enumerate() {
                                let to = dst.offset(k as isize * plane.step).cast();
                                if plane.past_cache { _mm512_stream_si512(to, r) } else { _mm512_storeu_si512(to, r) }
                            }
                        }
                        const fn narrow(lanes: [usize; $N]) -> [$I; $N] {
                            let mut out = [0; $N];
                            let mut i = 0;
                            while i < $N {
                                out[i] = lanes[i] as $I;
                                i += 1;
                            }
                            out
                        }
                    }
                }
            }
        };
    }

    squares_512!(words_512, u32, u32, 16, _mm512_permutex2var_epi32, [1 2 4 8]);
    squares_512!(doubles_512, u64, u64, 8, _mm512_permutex2var_epi64, [1 2 4]);

    macro_rules! squares_256 {
        ($name:ident, $T:ty, $N:literal, |$r:ident| $turn:block) => {
            /// Copies a block of whole squares.
            ///
            /// # Safety
            /// As the block, with `h` and `w` multiples of a line; lines are aligned if they go past the cache.
            #[target_feature(enable = "avx2")]
            pub unsafe fn $name(plane: Plane, src: *const $T, dst: *mut $T, h: usize, w: usize) {
                for j in (0..w).step_by($N) {
                    for i in (0..h).step_by($N) {
                        // SAFETY: the square is inside the block.
                        unsafe {
                            let src = src.offset(i as isize * plane.across + j as isize);
                            let dst = dst.offset(i as isize + j as isize * plane.step);
                            let $r: [__m256i; $N] = std::array::from_fn(|k| {
                                _mm256_loadu_si256(src.offset(k as isize * plane.across).cast())
                            });
                            let turned: [__m256i; $N] = $turn;
                            for (k, r) in turned.into_iter().enumerate() {
                                let to = dst.offset(k as isize * plane.step).cast();
                                if plane.past_cache { _mm256_stream_si256(to, r) } else { _mm256_storeu_si256(to, r) }
                            }
                        }
                    }
                }
            }
        };
    }

    squares_256!(words_256, u32, 8, |r| {
        let low: [__m256i; 4] = std::array::from_fn(|k| _mm256_unpacklo_epi32(r[2 * k], r[2 * k + 1]));
        let high: [__m256i; 4] = std::array::from_fn(|k| _mm256_unpackhi_epi32(r[2 * k], r[2 * k + 1]));
        // Columns 0 to 3 of four rows, in the low halves; 4 to 7 in the high ones.
        let four = |k: usize| {
            [
                _mm256_unpacklo_epi64(low[k], low[k + 1]),
                _mm256_unpackhi_epi64(low[k], low[k + 1]),
                _mm256_unpacklo_epi64(high[k], high[k + 1]),
                _mm256_unpackhi_epi64(high[k], high[k + 1]),
            ]
        };
        let (a, b) = (four(0), four(2));
        std::array::from_fn(|k| {
            if k < 4 {
                _mm256_permute2x128_si256::<0x20>(a[k], b[k])
            } else {
                _mm256_permute2x128_si256::<0x31>(a[k - 4], b[k - 4])
            }
        })
    });

    squares_256!(doubles_256, u64, 4, |r| {
        let low = [_mm256_unpacklo_epi64(r[0], r[1]), _mm256_unpacklo_epi64(r[2], r[3])];
        let high = [_mm256_unpackhi_epi64(r[0], r[1]), _mm256_unpackhi_epi64(r[2], r[3])];
        [
            _mm256_permute2x128_si256::<0x20>(low[0], low[1]),
            _mm256_permute2x128_si256::<0x20>(high[0], high[1]),
            _mm256_permute2x128_si256::<0x31>(low[0], low[1]),
            _mm256_permute2x128_si256::<0x31>(high[0], high[1]),
        ]
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Layout;

    /// Against a plain walk, with numbers that differ from their neighbours.
    fn check<T: crate::Element + PartialEq>(shape: &[usize], order: &[usize], offset: usize) {
        let base = Layout::contiguous(shape);
        let n = base.numel();
        let x: Vec<T> = (0..n + offset).map(|i| T::from_i64(i as i64 % 251)).collect();
        let from = base.permute(order);
        let to = Layout::contiguous(&from.shape);
        let mut got = vec![T::default(); n + offset];
        let src = View { layout: &from, ..View::from_slice(&x[offset..], &base) };
        let copied = copy(&src, &mut ViewMut::from_slice(&mut got[offset..], &to));
        assert!(copied, "{shape:?} {order:?}");
        let mut expect = Vec::new();
        walk(&from.shape, [&from.strides], 0, n, |[o]| expect.push(x[offset + o as usize]));
        assert!(got[offset..] == expect, "{} {shape:?} {order:?} at {offset}", T::DTYPE);
        assert!(got[..offset].iter().all(|&v| v == T::default()));
    }

    #[test]
    fn transposes_of_every_size() {
        for (shape, order) in [
            (&[40, 70][..], &[1, 0][..]),
            (&[16, 64], &[1, 0]),
            (&[1, 2000, 1, 3], &[3, 2, 1, 0]),
            (&[3, 2001], &[1, 0]),
            (&[130, 515], &[1, 0]),
            (&[5, 33, 47], &[0, 2, 1]),
            (&[33, 5, 47], &[2, 0, 1]),
            (&[33, 5, 47], &[2, 1, 0]),
            (&[7, 8, 9, 10], &[0, 2, 3, 1]),
            (&[7, 8, 9, 10], &[3, 1, 2, 0]),
            (&[300, 4, 4], &[0, 2, 1]),
        ] {
            for offset in [0, 1] {
                check::<u8>(shape, order, offset);
                check::<half::f16>(shape, order, offset);
                check::<f32>(shape, order, offset);
                check::<f64>(shape, order, offset);
            }
        }
        // Past the cache.
        check::<f32>(&[1040, 1120], &[1, 0], 0);
        check::<f64>(&[512, 1200], &[1, 0], 0);
    }

    #[test]
    fn other_copies_go_the_general_way() {
        let x = vec![1f32; 4096];
        let mut y = vec![0f32; 4096];
        let l = Layout::contiguous(&[64, 64]);
        assert!(!copy(&View::from_slice(&x, &l), &mut ViewMut::from_slice(&mut y, &l)));
        let column = Layout::contiguous(&[64, 1]).expand(&[64, 64]).unwrap();
        let view = View { layout: &column, ..View::from_slice(&x, &l) };
        assert!(!copy(&view, &mut ViewMut::from_slice(&mut y, &l)));
        let mut z = vec![0f64; 4096];
        let turned = l.permute(&[1, 0]);
        let view = View { layout: &turned, ..View::from_slice(&x, &l) };
        assert!(!copy(&view, &mut ViewMut::from_slice(&mut z, &l)));
    }
}
