//! Speed of sums and softmax over 4096 x 4096 f32, in gigabytes of input per second.
//!
//! `WENGERT_NUM_THREADS=1 cargo run --release -p wengert-kernels --example reduce_speed`

use std::time::Instant;
use wengert_kernels::dtype::f16;
use wengert_kernels::memory::Block;
use wengert_kernels::reduce::{Reduction, reduce};
use wengert_kernels::softmax::{log_softmax, log_softmax_backward, softmax, softmax_backward};
use wengert_kernels::tile::Program;
use wengert_kernels::{Layout, View, ViewMut};

const N: usize = 4096;

/// Zeros in the memory that tensors have.
fn tensor(n: usize) -> &'static mut [f32] {
    let block = Box::leak(Box::new(Block::new(n * 4).expect("memory")));
    // SAFETY: the block has that many bytes and lives for ever; zeros are floats.
    unsafe {
        block.ptr().write_bytes(0, n * 4);
        std::slice::from_raw_parts_mut(block.ptr().cast(), n)
    }
}

/// Prints the best of several runs.
fn report(name: &str, bytes: usize, mut f: impl FnMut()) {
    let best = (0..8)
        .map(|_| {
            let start = Instant::now();
            f();
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min);
    println!("{name:34} {:8.2} ms {:8.1} GB/s", best * 1e3, bytes as f64 / best / 1e9);
}

fn main() {
    let x = tensor(N * N);
    x.iter_mut().enumerate().for_each(|(i, x)| *x = ((i % 1013) as f32 - 500.0) * 0.01);
    let x = &*x;
    let square = Layout::contiguous(&[N, N]);
    let p = Program::of_view(View::from_slice(x, &square));
    let bytes = size_of_val(x);
    for (op, name) in [
        (Reduction::Sum, "sum"),
        (Reduction::Max, "max"),
        (Reduction::Norm(2.0), "norm"),
        (Reduction::Var(1.0), "var"),
        (Reduction::ArgMax, "argmax"),
        (Reduction::LogSumExp, "logsumexp"),
    ] {
        for (which, [outer, r, inner]) in [
            ("dim 0", [1, N, N]),
            ("dim 1", [N, N, 1]),
            ("all", [1, N * N, 1]),
            ("dim 1 of [., 16]", [N * N / 16, 16, 1]),
        ] {
            let l = Layout::contiguous(&[outer * inner]);
            let mut out = vec![0f32; outer * inner];
            let mut out = ViewMut::from_slice(&mut out, &l);
            report(&format!("{name} {which}"), bytes, || reduce(op, &p, outer, r, inner, &mut out));
        }
    }
    let short: Vec<f16> = x.iter().map(|&v| f16::from_f32(v)).collect();
    let half = Program::of_view(View::from_slice(&short, &square));
    for (which, [outer, r, inner]) in [("dim 0", [1, N, N]), ("dim 1", [N, N, 1])] {
        let l = Layout::contiguous(&[outer * inner]);
        let mut out = vec![f16::ZERO; outer * inner];
        let mut out = ViewMut::from_slice(&mut out, &l);
        report(&format!("sum of f16 {which}"), bytes / 2, || reduce(Reduction::Sum, &half, outer, r, inner, &mut out));
        let mut y = vec![f16::ZERO; N * N];
        let mut out = ViewMut::from_slice(&mut y, &square);
        report(&format!("softmax of f16 {which}"), bytes / 2, || softmax(&half, outer, r, inner, &mut out));
    }
    let (y, dx) = (tensor(N * N), tensor(N * N));
    for (which, [outer, r, inner]) in [
        ("dim 0", [1, N, N]),
        ("dim 1", [N, N, 1]),
        ("dim 1 of [., 1024]", [N * N / 1024, 1024, 1]),
        ("dim 1 of [., 16]", [N * N / 16, 16, 1]),
        ("dim 1 of [., 64, 64]", [N, 64, 64]),
    ] {
        let mut out = ViewMut::from_slice(y, &square);
        report(&format!("log_softmax {which}"), bytes, || log_softmax(&p, outer, r, inner, &mut out));
        report(&format!("softmax {which}"), bytes, || softmax(&p, outer, r, inner, &mut out));
        let (q, mut out) = (Program::of_view(View::from_slice(y, &square)), ViewMut::from_slice(dx, &square));
        report(&format!("softmax' {which}"), bytes, || softmax_backward(&p, &q, outer, r, inner, &mut out));
        report(&format!("log_softmax' {which}"), bytes, || log_softmax_backward(&p, &q, outer, r, inner, &mut out));
    }
    // As large as a layer's scores, which the last-level cache may hold.
    let (n, few) = (N * 1024, Layout::contiguous(&[N, 1024]));
    let p = Program::of_view(View::from_slice(&x[..n], &few));
    let mut out = ViewMut::from_slice(&mut y[..n], &few);
    report("log_softmax of [4096, 1024]", n * 4, || log_softmax(&p, N, 1024, 1, &mut out));
    report("softmax of [4096, 1024]", n * 4, || softmax(&p, N, 1024, 1, &mut out));
    let (q, mut out) = (Program::of_view(View::from_slice(&y[..n], &few)), ViewMut::from_slice(&mut dx[..n], &few));
    report("softmax' of [4096, 1024]", n * 4, || softmax_backward(&p, &q, N, 1024, 1, &mut out));
    report("log_softmax' of [4096, 1024]", n * 4, || log_softmax_backward(&p, &q, N, 1024, 1, &mut out));
}
