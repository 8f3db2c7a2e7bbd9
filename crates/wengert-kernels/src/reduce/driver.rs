//! The walk: which elements go into which state, in which order states are combined, and what a thread gets to do.
//!
//! All of it depends on the sizes alone. There are two shapes: rows (`inner == 1`), where the elements of one result are
//! dense, and columns, where neighbouring results have neighbouring elements and a row is added to all states at once.

use super::accumulate::{Accumulate, At, LANES, prefetch};
use crate::tile::{self, Program, Scratch, TILE};
use crate::{multiversion, parallel};
use std::mem::MaybeUninit;

/// Elements of one row that are reduced by one piece of work.
const BLOCK: usize = 16 * TILE;
/// Tiles of a block.
const TILES: usize = BLOCK / TILE;
/// Columns of one piece of work: their states stay in the first-level cache.
const WIDE: usize = TILE;
/// Columns that are added between two requests for later ones.
const STRIP: usize = 256;
/// Narrower rows are put side by side up to this width.
const NARROW: usize = 512;
/// Elements of one block of rows.
const ROWS_BLOCK: usize = 1 << 18;
/// Columns of one piece of the last combination of blocks.
const COMBINE: usize = 1024;

/// Takes results: the number of the first, and the two parts of their states.
pub(crate) type Emit<'a, R> = &'a (dyn Fn(usize, &[<R as Accumulate>::A], &[<R as Accumulate>::B]) + Sync);

/// Reduces the middle of `[outer, r, inner]` and gives the states of `[outer, inner]` to `emit`, piece by piece.
///
/// # Panics
/// If the program has not that many elements, or not the accumulator's lane type.
pub(crate) fn drive<R: Accumulate>(acc: R, source: &Program, outer: usize, r: usize, inner: usize, emit: Emit<R>) {
    use crate::tile::Lane;
    assert_eq!(source.numel(), outer * r * inner, "the program has the sizes that are reduced");
    assert_eq!(source.compute(source.last()), R::X::COMPUTE, "the program's value has the accumulator's type");
    if outer * inner == 0 {
        return;
    }
    tile::counters::count(source.bytes_read(), outer * inner * size_of::<R::X>());
    let source = Tiles { program: source };
    if r == 0 {
        let (a, b) = acc.identity();
        let n = (outer * inner).min(TILE);
        let (a, b) = (vec![a; n], vec![b; n]);
        for first in (0..outer * inner).step_by(n) {
            let n = n.min(outer * inner - first);
            emit(first, &a[..n], &b[..n]);
        }
    } else if inner == 1 {
        rows(acc, source, outer, r, emit);
    } else {
        columns(acc, source, outer, r, inner, emit);
    }
}

#[derive(Clone, Copy)]
struct Tiles<'a, 'p> {
    program: &'a Program<'p>,
}

impl Tiles<'_, '_> {
    #[inline]
    fn get<X>(self, start: usize, n: usize, scratch: &mut Scratch) -> *const X {
        self.program.tile(self.program.last(), start, n, scratch, None).cast()
    }
}

#[inline(always)]
unsafe fn fold_rows_body<R: Accumulate>(
    acc: R,
    x: *const R::X,
    rows: usize,
    r: usize,
    first: usize,
    a: *mut R::A,
    b: *mut R::B,
) {
    for i in 0..rows {
        // SAFETY: the caller gives rows * r elements, and room for `rows` states.
        unsafe {
            let s = acc.fold(x.add(i * r), r, first);
            a.add(i).write(s.0);
            b.add(i).write(s.1);
        }
    }
}

multiversion! {
    /// Folds `rows` rows of `r` elements, the first of which have number `first`, into new states.
    unsafe fn fold_rows[R: Accumulate](acc: R, x: *const R::X, rows: usize, r: usize, first: usize, a: *mut R::A, b: *mut R::B) = fold_rows_body;
}

/// # Safety
/// `n` elements at `x`, and `n` states at `a` and `b`.
#[inline(always)]
unsafe fn fold_columns_body<R: Accumulate>(
    acc: R,
    x: *const R::X,
    n: usize,
    ahead: usize,
    at: At,
    a: *mut R::A,
    b: *mut R::B,
) {
    for from in (0..n).step_by(STRIP) {
        let to = n.min(from + STRIP);
        if ahead > 0 {
            prefetch(x.wrapping_add(from + ahead), to - from);
        }
        for i in from..to {
            // SAFETY: the caller gives n elements and n states.
            unsafe {
                let s = acc.step((*a.add(i), *b.add(i)), *x.add(i), at);
                *a.add(i) = s.0;
                *b.add(i) = s.1;
            }
        }
    }
}

multiversion! {
    /// Adds one row of `n` elements to `n` states, and asks for those `ahead` elements further on, unless that is 0.
    unsafe fn fold_columns[R: Accumulate](acc: R, x: *const R::X, n: usize, ahead: usize, at: At, a: *mut R::A, b: *mut R::B) = fold_columns_body;
}

#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "what a kernel reads and writes is told one by one")]
unsafe fn combine_columns_body<R: Accumulate>(
    acc: R,
    n: usize,
    a: *mut R::A,
    b: *mut R::B,
    nl: usize,
    c: *const R::A,
    d: *const R::B,
    nr: usize,
) {
    for i in 0..n {
        // SAFETY: the caller gives n states on both sides.
        unsafe {
            let s = acc.combine((*a.add(i), *b.add(i)), nl, (*c.add(i), *d.add(i)), nr);
            *a.add(i) = s.0;
            *b.add(i) = s.1;
        }
    }
}

multiversion! {
    /// Combines `n` states, each of `nl` elements, with those of the `nr` elements that follow.
    unsafe fn combine_columns[R: Accumulate](acc: R, n: usize, a: *mut R::A, b: *mut R::B, nl: usize, c: *const R::A, d: *const R::B, nr: usize) = combine_columns_body;
}

#[inline(always)]
unsafe fn transpose_body<X: Copy>(x: *const X, rows: usize, r: usize, out: *mut X) {
    for k in 0..r {
        for i in 0..rows {
            // SAFETY: the caller gives rows * r elements at both.
            unsafe { *out.add(k * rows + i) = *x.add(i * r + k) }
        }
    }
}

multiversion! {
    /// Writes `rows` rows of `r` elements as `r` rows.
    pub(crate) unsafe fn transpose[X: Copy](x: *const X, rows: usize, r: usize, out: *mut X) = transpose_body;
}

/// States as two arrays; pieces of work write disjoint ranges.
struct Planes<R: Accumulate> {
    a: Vec<R::A>,
    b: Vec<R::B>,
}

impl<R: Accumulate> Planes<R> {
    fn new(acc: R, n: usize) -> Planes<R> {
        let (a, b) = acc.identity();
        Planes { a: vec![a; n], b: vec![b; n] }
    }
    /// Sets the first `n` to the identity.
    fn clear(&mut self, acc: R, n: usize) {
        let (a, b) = acc.identity();
        self.a[..n].fill(a);
        self.b[..n].fill(b);
    }
    fn shared(&mut self) -> Shared<R> {
        Shared { a: self.a.as_mut_ptr(), b: self.b.as_mut_ptr() }
    }
}

/// Addresses of [`Planes`] for pieces of work.
struct Shared<R: Accumulate> {
    a: *mut R::A,
    b: *mut R::B,
}

// SAFETY: the states are plain data; whoever uses it keeps the ranges of different pieces apart.
unsafe impl<R: Accumulate> Sync for Shared<R> {}

impl<R: Accumulate> Shared<R> {
    /// # Safety
    /// `i` is inside the planes.
    unsafe fn at(&self, i: usize) -> (*mut R::A, *mut R::B) {
        // SAFETY: the caller's contract.
        unsafe { (self.a.add(i), self.b.add(i)) }
    }
}

/// Folds `m` rows of `r` elements, given as `r` rows of `m`, into new states.
///
/// # Safety
/// There are `r * m` elements, and room for `m` states.
unsafe fn fold_short<R: Accumulate>(acc: R, x: *const R::X, m: usize, r: usize, a: *mut R::A, b: *mut R::B) {
    let identity = acc.identity();
    // SAFETY: the caller's contract.
    unsafe {
        for i in 0..m {
            a.add(i).write(identity.0);
            b.add(i).write(identity.1);
        }
        for k in 0..r {
            let at = At { index: k as i64, inverse: 1.0 / (k + 1) as f64 };
            fold_columns(acc, x.add(k * m), m, 0, at, a, b);
        }
    }
}

/// Combines the states `from..to` in a tree of which the left half is a power of two; `count(i, j)` is how many
/// elements states `i..j` hold.
fn tree<R: Accumulate>(
    acc: R,
    from: usize,
    to: usize,
    state: &impl Fn(usize) -> (R::A, R::B),
    count: &impl Fn(usize, usize) -> usize,
) -> (R::A, R::B) {
    if to - from == 1 {
        return state(from);
    }
    let middle = from + (to - from).next_power_of_two() / 2;
    let l = tree(acc, from, middle, state, count);
    let r = tree(acc, middle, to, state, count);
    acc.combine(l, count(from, middle), r, count(middle, to))
}

/// One block of a row: elements `at..at + n` of the program, of which the first has number `first`.
fn block<R: Accumulate>(
    acc: R,
    source: Tiles,
    at: usize,
    n: usize,
    first: usize,
    scratch: &mut Scratch,
) -> (R::A, R::B) {
    let mut a = [const { MaybeUninit::<R::A>::uninit() }; TILES];
    let mut b = [const { MaybeUninit::<R::B>::uninit() }; TILES];
    let tiles = n.div_ceil(TILE);
    assert!(0 < tiles && tiles <= TILES);
    for t in 0..tiles {
        let len = TILE.min(n - t * TILE);
        let x = source.get::<R::X>(at + t * TILE, len, scratch);
        // SAFETY: the tile has len elements; there is room for one state.
        unsafe { fold_rows(acc, x, 1, len, first + t * TILE, a[t].as_mut_ptr(), b[t].as_mut_ptr()) };
    }
    // SAFETY: the loop above has written the states of all tiles.
    let state = |t: usize| unsafe { (a[t].assume_init(), b[t].assume_init()) };
    tree(acc, 0, tiles, &state, &|i, j| n.min(j * TILE) - i * TILE)
}

fn rows<R: Accumulate>(acc: R, source: Tiles, outer: usize, r: usize, emit: Emit<R>) {
    if r <= BLOCK {
        // Whole rows; short ones share a tile.
        let together = (TILE / r).max(1);
        let piece = (BLOCK / r).max(1).next_multiple_of(together);
        parallel::for_ranges(outer, piece, |from, to| {
            let mut scratch = source.program.scratch();
            let mut states = Planes::new(acc, together.min(to - from).max((to - from).min(64)));
            let batch = states.a.len();
            let mut turned = Vec::new();
            let mut o = from;
            while o < to {
                let n = batch.min(to - o);
                if r <= TILE {
                    for i in (0..n).step_by(together) {
                        let m = together.min(n - i);
                        let x = source.get::<R::X>((o + i) * r, m * r, &mut scratch);
                        // SAFETY: the tile has m * r elements, and the planes have room for i + m <= n states.
                        unsafe {
                            let (a, b) = states.shared().at(i);
                            if r < LANES && m >= LANES {
                                // Rows too short for lanes: a lane for each row.
                                turned.resize(TILE, R::X::default());
                                transpose(x, m, r, turned.as_mut_ptr());
                                fold_short(acc, turned.as_ptr(), m, r, a, b);
                            } else {
                                fold_rows(acc, x, m, r, 0, a, b);
                            }
                        }
                    }
                } else {
                    for i in 0..n {
                        (states.a[i], states.b[i]) = block(acc, source, (o + i) * r, r, 0, &mut scratch);
                    }
                }
                emit(o, &states.a[..n], &states.b[..n]);
                o += n;
            }
        });
        return;
    }
    let blocks = r.div_ceil(BLOCK);
    let mut partial = Planes::new(acc, outer * blocks);
    let shared = partial.shared();
    parallel::for_each(outer * blocks, |i| {
        let first = i % blocks * BLOCK;
        let mut scratch = source.program.scratch();
        let s = block(acc, source, i / blocks * r + first, BLOCK.min(r - first), first, &mut scratch);
        // SAFETY: i is inside the planes, and each i has one writer.
        unsafe {
            let (a, b) = shared.at(i);
            *a = s.0;
            *b = s.1;
        }
    });
    for o in 0..outer {
        let state = |i: usize| (partial.a[o * blocks + i], partial.b[o * blocks + i]);
        let s = tree(acc, 0, blocks, &state, &|i, j| r.min(j * BLOCK) - i * BLOCK);
        emit(o, &[s.0], &[s.1]);
    }
}

fn columns<R: Accumulate>(acc: R, source: Tiles, outer: usize, r: usize, inner: usize, emit: Emit<R>) {
    // So many rows are put side by side as one.
    let group = if R::WIDEN { (NARROW / inner).clamp(1, r) } else { 1 };
    let chunk = inner.min(WIDE);
    let chunks = inner.div_ceil(chunk);
    // Rows of a block.
    let height = (ROWS_BLOCK / chunk).max(64).next_multiple_of(group);
    let blocks = r.div_ceil(height);
    // Small slabs are worked on several at a time.
    let slab = r * inner;
    let grain = (BLOCK / slab).max(1);
    let mut partial = Planes::new(acc, if blocks > 1 { outer * blocks * inner } else { 0 });
    let shared = partial.shared();
    parallel::for_ranges(outer * chunks * blocks, grain, |from, to| {
        let mut scratch = source.program.scratch();
        let mut states = Planes::new(acc, group * chunk);
        let together = (TILE / slab).max(1);
        let (mut tile, mut tile_from) = (std::ptr::null::<R::X>(), to);
        for item in from..to {
            let (o, c, k) = (item / (chunks * blocks), item / blocks % chunks, item % blocks);
            let (column, width) = (c * chunk, chunk.min(inner - c * chunk));
            let (row, rows) = (k * height, height.min(r - k * height));
            states.clear(acc, group * width);
            if slab <= TILE {
                // The whole slab is in a tile, with those that follow it.
                if tile_from == to || item >= tile_from + together {
                    tile_from = item;
                    tile = source.get(item * slab, together.min(to - item) * slab, &mut scratch);
                }
                // SAFETY: the item is one of those that were loaded.
                let x = unsafe { tile.add((item - tile_from) * slab) };
                add_rows(acc, x, 0, slab, group * inner, 0, 0, &mut states);
            } else if width == inner {
                // Rows follow each other in memory.
                let (start, n) = ((o * r + row) * inner, rows * inner);
                let mut near = Near::default();
                for done in (0..n).step_by(TILE) {
                    let len = TILE.min(n - done);
                    let x = source.get(start + done, len, &mut scratch);
                    let ahead = near.ahead(x, TILE);
                    add_rows(acc, x, done, len, group * inner, row, ahead, &mut states);
                }
            } else {
                let mut near = Near::default();
                for i in 0..rows {
                    let x = source.get((o * r + row + i) * inner + column, width, &mut scratch);
                    let ahead = near.ahead(x, inner);
                    add_rows(acc, x, i * width, width, width, row, ahead, &mut states);
                }
            }
            narrow(acc, &mut states, inner, group, rows);
            if blocks == 1 {
                emit(o * inner + column, &states.a[..width], &states.b[..width]);
            } else {
                // SAFETY: the block's place in the planes has `width` states and this one writer.
                unsafe {
                    let (a, b) = shared.at((o * blocks + k) * inner + column);
                    std::ptr::copy_nonoverlapping(states.a.as_ptr(), a, width);
                    std::ptr::copy_nonoverlapping(states.b.as_ptr(), b, width);
                }
            }
        }
    });
    if blocks == 1 {
        return;
    }
    let pieces = inner.div_ceil(COMBINE);
    parallel::for_each(outer * pieces, |i| {
        let (o, column) = (i / pieces, i % pieces * COMBINE);
        let n = COMBINE.min(inner - column);
        let at = |k: usize| (o * blocks + k) * inner + column;
        let count = |i: usize, j: usize| r.min(j * height) - r.min(i * height);
        let mut step = 1;
        while step < blocks {
            for k in (0..blocks - step).step_by(2 * step) {
                // SAFETY: both blocks are inside the planes; this piece alone works on these columns.
                unsafe {
                    let ((a, b), (c, d)) = (shared.at(at(k)), shared.at(at(k + step)));
                    let (nl, nr) = (count(k, k + step), count(k + step, k + 2 * step));
                    combine_columns(acc, n, a, b, nl, c, d, nr);
                }
            }
            step *= 2;
        }
        // SAFETY: as above; the states are written no more.
        unsafe {
            let (a, b) = shared.at(at(0));
            emit(o * inner + column, std::slice::from_raw_parts(a, n), std::slice::from_raw_parts(b, n));
        }
    });
}

/// Tells tiles that lie in memory, one at a fixed distance from the other, from those that are computed.
struct Near<X> {
    last: *const X,
}

impl<X> Default for Near<X> {
    fn default() -> Near<X> {
        Near { last: std::ptr::null() }
    }
}

impl<X> Near<X> {
    /// `distance` if the tile `x` is so far from the one before, and the next is likely to be so, too; otherwise 0.
    fn ahead(&mut self, x: *const X, distance: usize) -> usize {
        let last = std::mem::replace(&mut self.last, x);
        if last.wrapping_add(distance) == x { distance } else { 0 }
    }
}

const _: () = assert!(WIDE <= TILE);

/// Adds elements `done..done + n` of a block with rows of `width` to the states; the block begins with row `row`.
/// See [`fold_columns`] for `ahead`.
#[allow(clippy::too_many_arguments, reason = "what a kernel reads and writes is told one by one")]
fn add_rows<R: Accumulate>(
    acc: R,
    x: *const R::X,
    done: usize,
    n: usize,
    width: usize,
    row: usize,
    ahead: usize,
    states: &mut Planes<R>,
) {
    assert!(width <= states.a.len());
    let states = states.shared();
    let (mut k, mut column, mut at) = (done / width, done % width, 0);
    while at < n {
        let len = (width - column).min(n - at);
        let place = At { index: (row + k) as i64, inverse: 1.0 / (k + 1) as f64 };
        // SAFETY: the caller gives n elements at x; column + len <= width, which is inside the planes.
        unsafe {
            let (a, b) = states.at(column);
            fold_columns(acc, x.add(at), len, ahead, place, a, b);
        }
        at += len;
        column = 0;
        k += 1;
    }
}

/// Combines the `group` rows side by side of a block of `rows` rows into the first.
fn narrow<R: Accumulate>(acc: R, states: &mut Planes<R>, inner: usize, group: usize, rows: usize) {
    if group == 1 {
        return;
    }
    let states = states.shared();
    // Rows i, i + group, ... are in the i-th of them.
    let count = |from: usize, to: usize| {
        let to = to.min(group);
        (to - from) * (rows / group) + (rows % group).clamp(from, to) - from
    };
    let mut step = 1;
    while step < group {
        for i in (0..group - step).step_by(2 * step) {
            // SAFETY: i + step < group, and the planes have group * inner states.
            unsafe {
                let ((a, b), (c, d)) = (states.at(i * inner), states.at((i + step) * inner));
                combine_columns(acc, inner, a, b, count(i, i + step), c, d, count(i + step, i + 2 * step));
            }
        }
        step *= 2;
    }
}
