//! Prints the speed of indexing, sorting and scans. `cargo run --release -p wengert-kernels --example index_speed`

use std::time::{Duration, Instant};
use wengert_kernels::index::{Combine, count_nonzero, gather, index_combine, index_select, scatter};
use wengert_kernels::parallel::set_num_threads;
use wengert_kernels::scan::{cummax, cumsum};
use wengert_kernels::sort::{sort, topk};
use wengert_kernels::{Layout, View, ViewMut};

fn line(what: &str, mut f: impl FnMut()) {
    print!("{what:<44}");
    for threads in [1, 2] {
        set_num_threads(threads);
        let (mut best, start) = (Duration::MAX, Instant::now());
        while start.elapsed() < Duration::from_millis(300) {
            let t = Instant::now();
            f();
            best = best.min(t.elapsed());
        }
        print!(" {:>10.1} us", best.as_secs_f64() * 1e6);
    }
    println!();
}

fn main() {
    let (rows, width, n) = (50_000, 64, 20_000);
    let table: Vec<f32> = (0..rows * width).map(|i| i as f32).collect();
    let index: Vec<i64> = (0..n).map(|i| (i * 7919 % rows) as i64).collect();
    let mut out = vec![0f32; rows * width];
    let (lt, li, lo) = (Layout::contiguous(&[rows, width]), Layout::contiguous(&[n]), Layout::contiguous(&[n, width]));
    let (input, at) = (View::from_slice(&table, &lt), View::from_slice(&index, &li));
    println!("columns: one thread, two threads");
    line("index_select, 20000 rows of 64 f32", || {
        index_select(input, 0, at, ViewMut::from_slice(&mut out, &lo)).unwrap();
    });
    let src = View::from_slice(&table, &lo);
    line("index_add, 20000 rows of 64 f32", || {
        index_combine(ViewMut::from_slice(&mut out, &lt), 0, at, src, Combine::Add).unwrap();
    });
    let one = Layout::contiguous(&[rows, 1]);
    let label: Vec<i64> = (0..rows).map(|i| (i % width) as i64).collect();
    let labels = View::from_slice(&label, &one);
    line("gather, one of 64 in 50000 rows", || {
        gather(input, 1, labels, ViewMut::from_slice(&mut out, &one)).unwrap();
    });
    let wide: Vec<i64> = (0..n * width).map(|i| (i * 7919 % rows) as i64).collect();
    let wide = View::from_slice(&wide, &lo);
    line("scatter_add along 0, 20000 x 64 f32", || {
        scatter(ViewMut::from_slice(&mut out, &lt), 0, wide, src, Combine::Add).unwrap();
    });
    let long = Layout::contiguous(&[1 << 20]);
    let mixed: Vec<f32> = (0..1 << 20).map(|i| (i as f32).sin()).collect();
    let mixed = View::from_slice(&mixed, &long);
    let (mut v, mut x) = (vec![0f32; 1 << 20], vec![0i64; 1 << 20]);
    line("sort, 1 M f32", || {
        sort(mixed, 0, false, ViewMut::from_slice(&mut v, &long), ViewMut::from_slice(&mut x, &long));
    });
    let short = Layout::contiguous(&[1 << 14, 64]);
    let lines = View { layout: &short, ..mixed };
    line("sort, 16384 lines of 64 f32", || {
        sort(lines, 1, false, ViewMut::from_slice(&mut v, &short), ViewMut::from_slice(&mut x, &short));
    });
    let ten = Layout::contiguous(&[10]);
    line("topk, 10 of 1 M f32", || {
        topk(mixed, 10, 0, true, ViewMut::from_slice(&mut v, &ten), ViewMut::from_slice(&mut x, &ten));
    });
    let square = Layout::contiguous(&[1 << 10, 1 << 10]);
    let lines = View { layout: &square, ..mixed };
    for dim in [0, 1] {
        line(&format!("cumsum along {dim}, 1024 x 1024 f32"), || {
            cumsum(lines, dim, ViewMut::from_slice(&mut v, &square));
        });
        line(&format!("cummax along {dim}, 1024 x 1024 f32"), || {
            cummax(lines, dim, ViewMut::from_slice(&mut v, &square), ViewMut::from_slice(&mut x, &square));
        });
    }
    let mask: Vec<bool> = (0..1 << 20).map(|i| i % 3 == 0).collect();
    line("count_nonzero, 1 M bool", || {
        std::hint::black_box(count_nonzero(View::from_slice(&mask, &long)));
    });
}
