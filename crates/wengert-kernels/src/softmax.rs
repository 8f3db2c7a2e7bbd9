//! softmax and log_softmax over the middle of `[outer, r, inner]`, forward and backward.
//!
//! Sums are made in double precision, but along rows those of few elements in the row's own type, in a fixed order. What fits the cache is computed in one pass through memory: rows, and
//! small slabs of columns. Everything else takes two: a reduction, then a program that reads its results broadcast.

use crate::dtype::DType;
use crate::layout::Layout;
use crate::reduce::{Float, LANES, LogSumExp, Sink, SumOf, Then, drive, extreme, transpose};
use crate::tile::{Compute, Kernels, Lane, Program, Scratch, TILE, counters, store_dense};
use crate::view::{View, ViewMut};
use crate::{kernels, math, multiversion, parallel};
use std::marker::PhantomData;

/// Elements of the largest row or slab that is worked on in one buffer.
const BUFFER: usize = 1 << 16;
/// Elements of one piece of work.
const PIECE: usize = 1 << 15;
/// Elements that are summed in their own type before they go to double precision.
const CHUNK: usize = 512;

static NORMALIZED: Kernels = kernels! { f32, f64 => |x: T, m: T, c: T| -> T { math::exp(x - m) * c } };
static LOG_NORMALIZED: Kernels = kernels! { f32, f64 => |x: T, m: T, c: T| -> T { (x - m) - c } };
static PRODUCT: Kernels = kernels! { f32, f64 => |g: T, y: T| -> T { g * y } };
static BACK: Kernels = kernels! { f32, f64 => |g: T, y: T, s: T| -> T { y * (g - s) } };
static LOG_BACK: Kernels = kernels! { f32, f64 => |g: T, y: T, s: T| -> T { g - math::exp(y) * s } };

/// exp(x) over its sum along `r`. `out` is dense, with the elements of `source` in the same order, and overlaps nothing that it reads.
///
/// # Panics
/// If the sizes do not fit, `out` is not contiguous, or the source is not of floats.
pub fn softmax(source: &Program, outer: usize, r: usize, inner: usize, out: &mut ViewMut) {
    match source.compute(source.last()) {
        Compute::F32 => forward::<f32, false>(source, [outer, r, inner], out),
        Compute::F64 => forward::<f64, false>(source, [outer, r, inner], out),
        _ => panic!("softmax is of floats"),
    }
}

/// The logarithm of [`softmax`], without overflow.
///
/// # Panics
/// As [`softmax`].
pub fn log_softmax(source: &Program, outer: usize, r: usize, inner: usize, out: &mut ViewMut) {
    match source.compute(source.last()) {
        Compute::F32 => forward::<f32, true>(source, [outer, r, inner], out),
        Compute::F64 => forward::<f64, true>(source, [outer, r, inner], out),
        _ => panic!("log_softmax is of floats"),
    }
}

/// The gradient of [`softmax`]'s input from that of its output and the output `y`: `y * (grad - sum(grad * y))`.
///
/// # Panics
/// As [`softmax`]; both programs must have the same compute type.
pub fn softmax_backward(grad: &Program, y: &Program, outer: usize, r: usize, inner: usize, out: &mut ViewMut) {
    match y.compute(y.last()) {
        Compute::F32 => backward::<f32, false>(grad, y, [outer, r, inner], out),
        Compute::F64 => backward::<f64, false>(grad, y, [outer, r, inner], out),
        _ => panic!("softmax is of floats"),
    }
}

/// The gradient of [`log_softmax`]'s input from that of its output and the output `y`: `grad - exp(y) * sum(grad)`.
///
/// # Panics
/// As [`softmax_backward`].
pub fn log_softmax_backward(grad: &Program, y: &Program, outer: usize, r: usize, inner: usize, out: &mut ViewMut) {
    match y.compute(y.last()) {
        Compute::F32 => backward::<f32, true>(grad, y, [outer, r, inner], out),
        Compute::F64 => backward::<f64, true>(grad, y, [outer, r, inner], out),
        _ => panic!("log_softmax is of floats"),
    }
}

/// softmax or log_softmax, as an argument by which the compiler finds the code.
#[derive(Clone, Copy)]
struct Kind<const LOG: bool>;

/// The tree over lanes. Not inlined, so that the compiler keeps lanes that lie side by side in one register.
#[inline(never)]
fn tree<X: Float>(lanes: &mut [X; LANES], f: impl Fn(X, X) -> X) -> X {
    let mut half = LANES / 2;
    while half > 0 {
        for l in 0..half {
            lanes[l] = f(lanes[l], lanes[l + half]);
        }
        half /= 2;
    }
    lanes[0]
}

#[inline(always)]
fn larger<X: Float>(a: X, b: X) -> X {
    if b > a { b } else { a }
}

/// Asks for the memory of elements `at..at + n` of what starts at `p`, which need not be there: the next row is on its way while this
/// one is worked on.
#[inline(always)]
pub(crate) fn prefetch<X>(p: *const X, at: usize, n: usize) {
    #[cfg(target_arch = "x86_64")]
    for i in (0..n * size_of::<X>()).step_by(64) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch has no effect but on caches, and never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(p.wrapping_add(at).wrapping_byte_add(i).cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (p, at, n);
}

/// The largest element; a NaN is not seen.
#[inline(always)]
fn largest_of<X: Float>(x: &[X]) -> X {
    let mut lanes = [X::LOWEST; LANES];
    let (blocks, rest) = x.as_chunks::<LANES>();
    for block in blocks {
        for l in 0..LANES {
            lanes[l] = larger(lanes[l], block[l]);
        }
    }
    rest.iter().fold(tree(&mut lanes, |a, b| larger(a, b)), |a, &b| larger(a, b))
}

/// The sum of x, or (`DOT`) of the products of x and y: at most [`CHUNK`] elements in lanes of their type, those in double precision.
#[inline(always)]
fn sum_of<X: Float, const DOT: bool>(x: &[X], y: &[X]) -> f64 {
    let mut total = 0.0;
    for (x, y) in x.chunks(CHUNK).zip(y.chunks(CHUNK)) {
        let mut lanes = [X::default(); LANES];
        let ((xs, x), (ys, y)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
        for (x, y) in xs.iter().zip(ys) {
            for l in 0..LANES {
                lanes[l] = if DOT { x[l].fma(y[l], lanes[l]) } else { lanes[l] + x[l] };
            }
        }
        total += tree(&mut lanes, |a, b| a + b).to_f64();
        for (x, y) in x.iter().zip(y) {
            total += x.to_f64() * if DOT { y.to_f64() } else { 1.0 };
        }
    }
    total
}

#[inline(always)]
unsafe fn rows_body<X: Float, const LOG: bool>(_: Kind<LOG>, x: *const X, y: *mut X, rows: usize, r: usize) {
    let mut buffer = [X::default(); CHUNK];
    for i in 0..rows {
        // SAFETY: the caller gives rows * r elements at both, which do not overlap.
        let (x, y) =
            unsafe { (std::slice::from_raw_parts(x.add(i * r), r), std::slice::from_raw_parts_mut(y.add(i * r), r)) };
        // Where there is a NaN the sum is one.
        let m = largest_of(x);
        if LOG {
            let mut sum = 0.0;
            for (k, part) in x.chunks(CHUNK).enumerate() {
                prefetch(x.as_ptr(), r + k * CHUNK, part.len());
                let e = &mut buffer[..part.len()];
                e.iter_mut().zip(part).for_each(|(e, &x)| *e = math::exp(x - m));
                sum += sum_of::<X, false>(e, e);
            }
            let log = X::from_f64(sum.ln());
            y.iter_mut().zip(x).for_each(|(y, &x)| *y = (x - m) - log);
        } else {
            for (k, (y, part)) in y.chunks_mut(CHUNK).zip(x.chunks(CHUNK)).enumerate() {
                prefetch(x.as_ptr(), r + k * CHUNK, part.len());
                y.iter_mut().zip(part).for_each(|(y, &x)| *y = math::exp(x - m));
            }
            let scale = X::from_f64(1.0 / sum_of::<X, false>(y, y));
            y.iter_mut().for_each(|y| *y = *y * scale);
        }
    }
}

multiversion! {
    /// Forward over `rows` rows of `r` elements, from x to y.
    unsafe fn forward_rows[X: Float, const LOG: bool](kind: Kind<LOG>, x: *const X, y: *mut X, rows: usize, r: usize) = rows_body;
}

/// # Safety
/// `y` holds r * m elements, `largest`, `sums` and `factor` m each; they do not overlap.
#[inline(always)]
unsafe fn columns_body<X: Float, const LOG: bool>(
    _: Kind<LOG>,
    y: *mut X,
    r: usize,
    m: usize,
    largest: *mut X,
    sums: *mut f64,
    factor: *mut X,
) {
    // SAFETY: the caller's contract, in every loop.
    unsafe {
        for j in 0..m {
            *largest.add(j) = X::LOWEST;
            *sums.add(j) = 0.0;
        }
        for k in 0..r {
            for j in 0..m {
                *largest.add(j) = extreme::<X, true>(*largest.add(j), *y.add(k * m + j));
            }
        }
        for k in 0..r {
            for j in 0..m {
                let e = math::exp(*y.add(k * m + j) - *largest.add(j));
                *sums.add(j) += e.to_f64();
                if !LOG {
                    *y.add(k * m + j) = e;
                }
            }
        }
        for j in 0..m {
            *factor.add(j) = X::from_f64(if LOG { (*sums.add(j)).ln() } else { 1.0 / *sums.add(j) });
        }
        for k in 0..r {
            for j in 0..m {
                let v = *y.add(k * m + j);
                *y.add(k * m + j) = if LOG { (v - *largest.add(j)) - *factor.add(j) } else { v * *factor.add(j) };
            }
        }
    }
}

multiversion! {
    /// Forward in place over `r` rows of `m` elements, along the columns.
    unsafe fn columns_in_place[X: Float, const LOG: bool](kind: Kind<LOG>, y: *mut X, r: usize, m: usize, largest: *mut X, sums: *mut f64, factor: *mut X) = columns_body;
}

#[inline(always)]
unsafe fn back_body<X: Float, const LOG: bool>(
    _: Kind<LOG>,
    [g, y]: [*const X; 2],
    out: *mut X,
    rows: usize,
    r: usize,
) {
    for i in 0..rows {
        // SAFETY: the caller gives rows * r elements at each place, and `out` overlaps nothing.
        let (g, y, out) = unsafe {
            let [g, y] = [g, y].map(|p| std::slice::from_raw_parts(p.add(i * r), r));
            (g, y, std::slice::from_raw_parts_mut(out.add(i * r), r))
        };
        let s = X::from_f64(if LOG { sum_of::<X, false>(g, g) } else { sum_of::<X, true>(g, y) });
        for (k, out) in out.chunks_mut(CHUNK).enumerate() {
            let (at, n) = (k * CHUNK, out.len());
            prefetch(g.as_ptr(), r + at, n);
            prefetch(y.as_ptr(), r + at, n);
            let both = out.iter_mut().zip(g[at..][..n].iter().zip(&y[at..][..n]));
            if LOG {
                both.for_each(|(out, (&g, &y))| *out = g - math::exp(y) * s);
            } else {
                both.for_each(|(out, (&g, &y))| *out = y * (g - s));
            }
        }
    }
}

multiversion! {
    /// Backward over `rows` rows, from gradients and outputs.
    unsafe fn back_rows[X: Float, const LOG: bool](kind: Kind<LOG>, from: [*const X; 2], out: *mut X, rows: usize, r: usize) = back_body;
}

/// Evaluates elements `start..start + n` of a program at `to`.
///
/// # Safety
/// `to` has room for `n` elements, of the type that the program computes in, and overlaps nothing that it reads.
unsafe fn evaluate<X: Lane>(p: &Program, start: usize, n: usize, scratch: &mut Scratch, to: *mut X) {
    for done in (0..n).step_by(TILE) {
        let len = TILE.min(n - done);
        // SAFETY: the caller's contract; the tile holds len elements.
        unsafe {
            let into = to.add(done);
            let tile = p.tile(p.last(), start + done, len, scratch, Some(into.cast())).cast::<X>();
            if tile != into {
                std::ptr::copy_nonoverlapping(tile, into, len);
            }
        }
    }
}

/// Elements `start..start + n` of a program as dense lanes: where they lie in memory, in a register or in `buffer`. Valid until the next call.
///
/// # Safety
/// The elements are inside of the program, which computes in `X`.
pub(crate) unsafe fn dense<X: Lane>(
    p: &Program,
    start: usize,
    n: usize,
    scratch: &mut Scratch,
    buffer: &mut Vec<X>,
) -> *const X {
    if n <= TILE || p.is_empty() {
        let first = p.tile(p.last(), start, n.min(TILE), scratch, None).cast::<X>();
        let follows = |done: usize| {
            let tile = p.tile(p.last(), start + done, TILE.min(n - done), scratch, None);
            tile.cast::<X>() == first.wrapping_add(done)
        };
        if (TILE..n).step_by(TILE).all(follows) {
            return first;
        }
    }
    buffer.resize(buffer.len().max(n), X::default());
    // SAFETY: the buffer has room for n elements and is nobody else's.
    unsafe { evaluate(p, start, n, scratch, buffer.as_mut_ptr()) };
    buffer.as_ptr()
}

/// The dense output as pieces of work see it.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    ptr: *mut u8,
    dtype: DType,
}

// SAFETY: pieces of work write disjoint elements.
unsafe impl Sync for Target {}

impl Target {
    pub(crate) fn new(out: &mut ViewMut, n: usize) -> Target {
        assert_eq!(out.numel(), n, "the output has the elements of the input");
        assert!(out.layout.is_contiguous(), "the output is contiguous");
        Target { ptr: out.ptr, dtype: out.dtype }
    }

    pub(crate) fn ptr(self) -> *mut u8 {
        self.ptr
    }

    /// Calls `f` with a place for elements `at..at + n`: the output itself if it is of type `X`, else `buffer`, which is
    /// then cast to the output.
    ///
    /// # Safety
    /// The elements are inside the output and no other piece of work has them; `f` writes all of them.
    pub(crate) unsafe fn with<X: Lane>(self, at: usize, n: usize, buffer: &mut Vec<X>, f: impl FnOnce(*mut X)) {
        // SAFETY: the caller's contract.
        let ptr = unsafe { self.ptr.add(at * self.dtype.size()) };
        if self.dtype == X::DTYPE {
            f(ptr.cast());
            return;
        }
        buffer.resize(buffer.len().max(n), X::default());
        f(buffer.as_mut_ptr());
        // SAFETY: the buffer holds n elements, and the output has room for them.
        unsafe { store_dense(buffer.as_ptr(), ptr, self.dtype, n) };
    }
}

fn forward<X: Float, const LOG: bool>(source: &Program, [outer, r, inner]: [usize; 3], out: &mut ViewMut) {
    let slab = r * inner;
    assert_eq!(source.numel(), outer * slab, "the program has the sizes that are reduced");
    let target = Target::new(out, outer * slab);
    if outer * slab == 0 {
        return;
    }
    counters::count(source.bytes_read(), outer * slab * out.dtype.size());
    if slab > BUFFER {
        return forward_in_two_passes::<X, LOG>(source, [outer, r, inner], out);
    }
    let short = inner == 1 && r < LANES;
    if inner == 1 && !short {
        return parallel::for_ranges(outer, (PIECE / r).max(1), |from, to| {
            let (mut scratch, together) = (source.scratch(), (TILE / r).max(1));
            let (mut rows, mut buffer) = (Vec::<X>::new(), Vec::new());
            for o in (from..to).step_by(together) {
                let m = together.min(to - o);
                // SAFETY: pieces of work have disjoint rows inside the source and the output.
                unsafe {
                    let x = dense(source, o * r, m * r, &mut scratch, &mut rows);
                    target.with(o * r, m * r, &mut buffer, |y| forward_rows(Kind::<LOG>, x, y, m, r));
                }
            }
        });
    }
    // Whole slabs of a buffer; short rows fill a tile.
    let together = if short { TILE / r } else { (TILE / slab).max(1) };
    parallel::for_ranges(outer, (PIECE / slab).max(1).next_multiple_of(together), |from, to| {
        let mut scratch = source.scratch();
        let (mut buffer, mut turned, mut state, mut sums) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for o in (from..to).step_by(together) {
            let m = together.min(to - o);
            let run = |y: *mut X| {
                let width = if short { m } else { inner };
                state.resize(2 * width, X::default());
                sums.resize(width, 0f64);
                let (largest, sums) = (state.as_mut_ptr(), sums.as_mut_ptr());
                // SAFETY: y has room for m slabs; the buffers are as large as their users say, and distinct.
                unsafe {
                    evaluate(source, o * slab, m * slab, &mut scratch, y);
                    let factor = largest.add(width);
                    if short {
                        turned.resize(TILE, X::default());
                        transpose(y, m, r, turned.as_mut_ptr());
                        columns_in_place(Kind::<LOG>, turned.as_mut_ptr(), r, m, largest, sums, factor);
                        transpose(turned.as_ptr(), r, m, y);
                    } else {
                        for i in 0..m {
                            columns_in_place(Kind::<LOG>, y.add(i * slab), r, inner, largest, sums, factor);
                        }
                    }
                }
            };
            // SAFETY: pieces of work have disjoint slabs inside the output.
            unsafe { target.with(o * slab, m * slab, &mut buffer, run) };
        }
    });
}

fn forward_in_two_passes<X: Float, const LOG: bool>(
    source: &Program,
    [outer, r, inner]: [usize; 3],
    out: &mut ViewMut,
) {
    let results = Layout::contiguous(&[outer, 1, inner]);
    let (mut largest, mut factor) = (vec![X::default(); outer * inner], vec![X::default(); outer * inner]);
    let (mut m, mut c) = (ViewMut::from_slice(&mut largest, &results), ViewMut::from_slice(&mut factor, &results));
    let (m, c) = (Sink::new(&mut m, outer * inner), Sink::new(&mut c, outer * inner));
    drive(LogSumExp::<X>(PhantomData), source, outer, r, inner, &|first, a, b| {
        m.put(first, a.len(), |i| a[i]);
        c.put(first, a.len(), |i| match a[i].to_f64() {
            m if m.is_infinite() => f64::NAN,
            _ if LOG => b[i].ln(),
            _ => 1.0 / b[i],
        });
    });
    let mut p = source.clone();
    let x = source.last();
    p.reshape(&[outer, r, inner]);
    let m = p.load(View::from_slice(&largest, &results), X::DTYPE);
    let c = p.load(View::from_slice(&factor, &results), X::DTYPE);
    let micro = if LOG { &LOG_NORMALIZED } else { &NORMALIZED };
    p.step(micro.get(X::COMPUTE).expect("of floats"), &[x, m, c]);
    run_flat(p, out);
}

/// Runs a program into a dense output of whatever shape.
fn run_flat(mut p: Program, out: &mut ViewMut) {
    p.reshape(&out.layout.shape);
    p.run(out);
}

fn backward<X: Float, const LOG: bool>(grad: &Program, y: &Program, [outer, r, inner]: [usize; 3], out: &mut ViewMut) {
    let n = outer * r * inner;
    assert!(grad.numel() == n && y.numel() == n, "the programs have the sizes that are reduced");
    assert_eq!(grad.compute(grad.last()), X::COMPUTE, "gradient and output have one compute type");
    let target = Target::new(out, n);
    if n == 0 {
        return;
    }
    counters::count(grad.bytes_read() + y.bytes_read(), n * out.dtype.size());
    if inner > 1 || !(LANES..=BUFFER).contains(&r) {
        return backward_in_two_passes::<X, LOG>(grad, y, [outer, r, inner], out);
    }
    parallel::for_ranges(outer, (PIECE / r).max(1), |from, to| {
        let together = (TILE / r).max(1);
        let (mut first, mut second) = (grad.scratch(), y.scratch());
        let (mut gradients, mut outputs, mut buffer) = (Vec::<X>::new(), Vec::<X>::new(), Vec::new());
        for o in (from..to).step_by(together) {
            let m = together.min(to - o);
            // SAFETY: pieces of work have disjoint rows inside the programs and the output.
            unsafe {
                let g = dense(grad, o * r, m * r, &mut first, &mut gradients);
                let y = dense(y, o * r, m * r, &mut second, &mut outputs);
                target.with(o * r, m * r, &mut buffer, |out| back_rows(Kind::<LOG>, [g, y], out, m, r));
            }
        }
    });
}

fn backward_in_two_passes<X: Float, const LOG: bool>(
    grad: &Program,
    y: &Program,
    [outer, r, inner]: [usize; 3],
    out: &mut ViewMut,
) {
    let results = Layout::contiguous(&[outer, 1, inner]);
    let mut sums = vec![X::default(); outer * inner];
    let mut both = grad.clone();
    let g = grad.last();
    let y = both.append(y);
    let product;
    let summed = if LOG {
        grad
    } else {
        let mut p = both.clone();
        p.step(PRODUCT.get(X::COMPUTE).expect("of floats"), &[g, y]);
        product = p;
        &product
    };
    let mut view = ViewMut::from_slice(&mut sums, &results);
    let sink = Sink::new(&mut view, outer * inner);
    let sum = SumOf::<X, false> { then: Then::Keep, x: PhantomData };
    drive(sum, summed, outer, r, inner, &|first, a, _| sink.put(first, a.len(), |i| a[i]));
    both.reshape(&[outer, r, inner]);
    let s = both.load(View::from_slice(&sums, &results), X::DTYPE);
    let micro = if LOG { &LOG_BACK } else { &BACK };
    both.step(micro.get(X::COMPUTE).expect("of floats"), &[g, y, s]);
    run_flat(both, out);
}

#[cfg(test)]
mod tests;
