//! Prints the speed of matrix products. `cargo run --release -p wengert-kernels --example matmul_speed`
//!
//! With the argument `ask`, it answers questions on its standard input instead, so that another program can be measured
//! in turn: a line `threads batch m k n ta tb seconds` (ta and tb: 0 or 1) gets the best and the median time.

use std::time::{Duration, Instant};
use wengert_kernels::matmul::matmul;
use wengert_kernels::parallel::set_num_threads;
use wengert_kernels::{Element, Layout, View, ViewMut, cpu};

/// Best and median time of one product; `ta` and `tb`: the operand is a transposed matrix.
fn measure<T: Element>(batch: usize, [m, k, n]: [usize; 3], ta: bool, tb: bool, limit: Duration) -> [Duration; 2] {
    let layout = |r: usize, c: usize, t: bool| {
        if t { Layout::contiguous(&[batch, c, r]).permute(&[0, 2, 1]) } else { Layout::contiguous(&[batch, r, c]) }
    };
    let (la, lb, lo) = (layout(m, k, ta), layout(k, n, tb), layout(m, n, false));
    let numbers = |n: usize| (0..n).map(|i| T::from_f64((i % 17) as f64 * 0.1 - 0.8)).collect::<Vec<T>>();
    let (a, b, mut out) = (numbers(batch * m * k), numbers(batch * k * n), numbers(batch * m * n));
    let mut times = Vec::new();
    let start = Instant::now();
    let repeat = (100_000 / (batch * m * n * k)).max(1) as u32;
    while start.elapsed() < limit {
        let t = Instant::now();
        for _ in 0..repeat {
            matmul(View::from_slice(&a, &la), View::from_slice(&b, &lb), ViewMut::from_slice(&mut out, &lo));
        }
        times.push(t.elapsed() / repeat);
    }
    times.sort();
    [times[0], times[times.len() / 2]]
}

/// Answers one line after the other.
fn answer() {
    for line in std::io::stdin().lines() {
        let line = line.expect("readable input");
        let v: Vec<f64> = line.split_whitespace().map(|x| x.parse().expect("a number")).collect();
        let [threads, batch, m, k, n, ta, tb, seconds] = v[..] else { panic!("eight numbers, please") };
        set_num_threads(threads as usize);
        let sizes = [m as usize, k as usize, n as usize];
        let limit = Duration::from_secs_f64(seconds);
        let [best, median] = measure::<f32>(batch as usize, sizes, ta != 0.0, tb != 0.0, limit);
        println!("{} {}", best.as_secs_f64(), median.as_secs_f64());
    }
}

fn line<T: Element>(what: &str, batch: usize, [m, k, n]: [usize; 3], ta: bool, tb: bool) {
    print!("{what:>4} {:>9} {batch:>4} x {m:>5} {k:>5} {n:>5}", T::DTYPE.name());
    for threads in [1, 2] {
        set_num_threads(threads);
        let [t, _] = measure::<T>(batch, [m, k, n], ta, tb, Duration::from_millis(300));
        let flops = 2.0 * (batch * m * n * k) as f64;
        print!("   {:>9.2} us {:>7.1} GFLOP/s", t.as_secs_f64() * 1e6, flops / t.as_secs_f64() / 1e9);
    }
    println!();
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some("ask") {
        return answer();
    }
    println!("level {:?}; columns: one thread, two threads", cpu::level());
    for n in [16, 32, 64, 96, 128, 256, 512, 1024, 2048] {
        line::<f32>("NN", 1, [n, n, n], false, false);
    }
    line::<f32>("NT", 1, [128, 784, 512], false, true);
    line::<f32>("TN", 1, [512, 128, 784], true, false);
    line::<f32>("NN", 1, [128, 512, 784], false, false);
    line::<f32>("NN", 1, [64, 32, 64], false, false);
    line::<f32>("NT", 1, [64, 32, 64], false, true);
    line::<f32>("TN", 1, [64, 32, 64], true, false);
    line::<f32>("NT", 1, [128, 512, 10], false, true);
    line::<f32>("NN", 1, [8, 512, 512], false, false);
    line::<f32>("NT", 1, [8, 512, 512], false, true);
    line::<f32>("NN", 64, [64, 64, 64], false, false);
    line::<f32>("NT", 48, [128, 64, 128], false, true);
    line::<f32>("NN", 1, [1, 32, 64], false, false);
    line::<f32>("NT", 1, [1, 32, 64], false, true);
    line::<f32>("NN", 1, [1, 4096, 4096], false, false);
    line::<f32>("NT", 1, [1, 4096, 4096], false, true);
    line::<f32>("NN", 1, [1, 10_000_000, 1], false, false);
    line::<f64>("NN", 1, [512, 512, 512], false, false);
    line::<f64>("NN", 1, [64, 32, 64], false, false);
    line::<wengert_kernels::dtype::bf16>("NN", 1, [512, 512, 512], false, false);
    line::<wengert_kernels::dtype::f16>("NN", 1, [512, 512, 512], false, false);
    line::<i64>("NN", 1, [256, 256, 256], false, false);
}
