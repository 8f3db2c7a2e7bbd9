//! `--limits`: what the machine can do, so that figures can be held against what bounds them.

use std::alloc::{Layout, alloc, dealloc};
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Instant;
use wengert_kernels::{multiversion, parallel};

/// Elements of the large arrays: 400 MB of `f32`, beyond every cache.
const LARGE: usize = 100_000_000;
/// Pieces that threads work on.
const GRAIN: usize = 1 << 18;
const PAGE: usize = 4096;

/// Prints a table in Markdown.
pub fn print() {
    println!("Level {:?}.\n\n| limit | threads | value |\n|---|---|---|", wengert_kernels::cpu::level());
    let row = |what: &str, threads: usize, value: String| println!("| {what} | {threads} | {value} |");
    let most = std::thread::available_parallelism().map_or(1, |n| n.get());
    let counts = if most > 1 { vec![1, most] } else { vec![1] };
    for &threads in &counts {
        parallel::set_num_threads(threads);
        let fresh = first_touch();
        row("first touch of fresh pages, 400 MB", threads, format!("{:.1} GB/s, {:.2} us a page", fresh.0, fresh.1));
    }
    let (mut a, mut b) = (vec![1f32; LARGE], vec![2f32; LARGE]);
    for &threads in &counts {
        parallel::set_num_threads(threads);
        row("read 400 MB (sum)", threads, gigabytes(1, || read(&a)));
        row("write 400 MB (fill)", threads, gigabytes(1, || write(&mut b)));
        row("copy 400 MB (read and written bytes)", threads, gigabytes(2, || copy(&a, &mut b)));
        row("add in place, 400 MB each (2 read, 1 written)", threads, gigabytes(3, || add(&b, &mut a)));
    }
    for &threads in &counts {
        parallel::set_num_threads(threads);
        row("peak f32 fused multiply-add", threads, format!("{:.0} GFLOP/s", peak(threads)));
    }
    for bytes in [64, 4096, 65_536] {
        row(&format!("malloc and free, {bytes} bytes"), 1, nanoseconds(malloc(bytes)));
    }
    row("atomic read-modify-write, nobody else", 1, nanoseconds(atomic()));
    row("clock reading", 1, nanoseconds(per_call(100_000, || _ = black_box(Instant::now()))));
    row("thread wake-up: unpark to answer", 2, nanoseconds(wake_up()));
    for &threads in &counts {
        parallel::set_num_threads(threads);
        let empty = || parallel::for_each(threads, |i| _ = black_box(i));
        row("parallel loop without work", threads, nanoseconds(per_call(2_000, empty)));
    }
}

fn nanoseconds(ns: f64) -> String {
    format!("{ns:.1} ns")
}

fn median(mut v: Vec<f64>) -> f64 {
    v.sort_by(f64::total_cmp);
    v[v.len() / 2]
}

/// Nanoseconds of one call: the median of eleven rounds.
fn per_call(calls: usize, mut f: impl FnMut()) -> f64 {
    let round = || {
        let t = Instant::now();
        (0..calls).for_each(|_| f());
        t.elapsed().as_nanos() as f64 / calls as f64
    };
    median(std::iter::repeat_with(round).take(11).collect())
}

/// Bandwidth of a pass over `arrays` large arrays.
fn gigabytes(arrays: usize, f: impl FnMut()) -> String {
    format!("{:.1} GB/s", (arrays * LARGE * 4) as f64 / per_call(1, f))
}

/// Gigabytes a second and microseconds a page.
fn first_touch() -> (f64, f64) {
    let round = || {
        let bytes = LARGE * 4;
        let mut fresh: Vec<u8> = Vec::with_capacity(bytes);
        let spare = Pieces(fresh.as_mut_ptr());
        let t = Instant::now();
        parallel::for_ranges(bytes, GRAIN * 4, |start, end| {
            for i in (start..end).step_by(PAGE) {
                // SAFETY: within the capacity, and pieces do not overlap.
                unsafe { spare.at(i).write_volatile(1) }
            }
        });
        t.elapsed().as_secs_f64()
    };
    let seconds = median(std::iter::repeat_with(round).take(3).collect());
    (LARGE as f64 * 4e-9 / seconds, seconds * 1e6 * PAGE as f64 / (LARGE * 4) as f64)
}

/// A pointer into memory whose pieces are given to different threads.
struct Pieces<T>(*mut T);
// SAFETY: whoever uses it keeps pieces apart.
unsafe impl<T> Sync for Pieces<T> {}
impl<T> Pieces<T> {
    /// # Safety
    /// `i` must be within the memory.
    unsafe fn at(&self, i: usize) -> *mut T {
        // SAFETY: the caller's contract.
        unsafe { self.0.add(i) }
    }
}

/// Runs `f` for pieces of `0..LARGE`.
fn pieces(f: impl Fn(usize, usize) + Sync) {
    parallel::for_ranges(LARGE, GRAIN, f);
}

// SAFETY: the caller gives n elements; 64 partial sums hide the latency of addition.
#[inline(always)]
unsafe fn sum_body(x: *const f32, n: usize) -> f32 {
    // SAFETY: as above.
    let x = unsafe { std::slice::from_raw_parts(x, n) };
    let mut sums = [0f32; 64];
    for part in x.chunks_exact(64) {
        sums.iter_mut().zip(part).for_each(|(s, v)| *s += v);
    }
    sums.iter().sum()
}
multiversion! { unsafe fn sum(x: *const f32, n: usize) -> f32 = sum_body; }

// SAFETY: the caller gives n elements at both, which do not overlap.
#[inline(always)]
unsafe fn add_body(x: *const f32, y: *mut f32, n: usize) {
    // SAFETY: as above.
    let (x, y) = unsafe { (std::slice::from_raw_parts(x, n), std::slice::from_raw_parts_mut(y, n)) };
    y.iter_mut().zip(x).for_each(|(y, x)| *y += x);
}
multiversion! { unsafe fn add_to(x: *const f32, y: *mut f32, n: usize) = add_body; }

fn read(a: &[f32]) {
    pieces(|start, end| {
        // SAFETY: a has LARGE elements.
        black_box(unsafe { sum(a[start..end].as_ptr(), end - start) });
    });
}

fn write(b: &mut [f32]) {
    let b = Pieces(b.as_mut_ptr());
    // SAFETY: b has LARGE elements, and pieces do not overlap.
    pieces(|start, end| unsafe { std::slice::from_raw_parts_mut(b.at(start), end - start) }.fill(3.0));
}

fn copy(a: &[f32], b: &mut [f32]) {
    let b = Pieces(b.as_mut_ptr());
    // SAFETY: both have LARGE elements, and pieces do not overlap.
    pieces(|start, end| unsafe { std::ptr::copy_nonoverlapping(a[start..end].as_ptr(), b.at(start), end - start) });
}

fn add(b: &[f32], a: &mut [f32]) {
    let a = Pieces(a.as_mut_ptr());
    // SAFETY: both have LARGE elements, and pieces do not overlap.
    pieces(|start, end| unsafe { add_to(b[start..end].as_ptr(), a.at(start), end - start) });
}

/// Twelve registers of sixteen lanes hide a latency of four to six cycles in two units. (One flat array: the compiler finds vectors in it.)
const LANES: usize = 12 * 16;

// SAFETY: no contract; it is unsafe for the macro's sake.
#[inline(always)]
unsafe fn multiply_add_body(x: f32, y: f32, n: usize) -> f32 {
    let mut lanes = [1f32; LANES];
    for _ in 0..n {
        for lane in &mut lanes {
            *lane = lane.mul_add(x, y);
        }
    }
    lanes.iter().sum()
}
multiversion! { unsafe fn multiply_add(x: f32, y: f32, n: usize) -> f32 = multiply_add_body; }

fn peak(threads: usize) -> f64 {
    const STEPS: usize = 1_000_000;
    let ns = per_call(1, || {
        parallel::for_each(threads, |_| {
            // SAFETY: no contract.
            black_box(unsafe { multiply_add(black_box(0.5), black_box(0.5), STEPS) });
        });
    });
    (2 * LANES * STEPS * threads) as f64 / ns
}

fn malloc(bytes: usize) -> f64 {
    let layout = Layout::from_size_align(bytes, 16).expect("a small size");
    per_call(100_000, || {
        // SAFETY: the size is not zero, and what is freed was just allocated with this layout.
        unsafe { dealloc(black_box(alloc(layout)), layout) }
    })
}

fn atomic() -> f64 {
    let counter = AtomicU64::new(0);
    per_call(100_000, || _ = black_box(counter.fetch_add(1, Ordering::AcqRel)))
}

/// Half of a round trip between two threads that sleep while they wait.
fn wake_up() -> f64 {
    let turn = AtomicU32::new(0);
    let here = std::thread::current();
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            loop {
                match turn.load(Ordering::Acquire) {
                    0 => std::thread::park(),
                    1 => {
                        turn.store(0, Ordering::Release);
                        here.unpark();
                    }
                    _ => break,
                }
            }
        });
        let ns = per_call(1_000, || {
            turn.store(1, Ordering::Release);
            other.thread().unpark();
            while turn.load(Ordering::Acquire) == 1 {
                std::thread::park();
            }
        });
        turn.store(2, Ordering::Release);
        other.thread().unpark();
        ns / 2.0
    })
}
