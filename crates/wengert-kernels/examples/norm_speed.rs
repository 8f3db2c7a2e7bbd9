//! Speed of layer normalization, softmax and copies of 4096 rows of 1024 f32.
//!
//! `WENGERT_NUM_THREADS=1 cargo run --release -p wengert-kernels --example norm_speed`

use std::time::Instant;
use wengert_kernels::norm::{LayerNormGrads, layer_norm, layer_norm_backward};
use wengert_kernels::softmax::{log_softmax, log_softmax_backward, softmax, softmax_backward};
use wengert_kernels::tile::{Program, copy};
use wengert_kernels::{Layout, View, ViewMut};

/// Prints the best and the median of several runs.
fn report(name: &str, bytes: usize, mut f: impl FnMut()) {
    let mut times: Vec<f64> = (0..15)
        .map(|_| {
            let start = Instant::now();
            f();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let (best, median) = (times[0], times[times.len() / 2]);
    println!(
        "{name:28} best {:7.2} ms, median {:7.2} ms, {:6.1} GB/s",
        best * 1e3,
        median * 1e3,
        bytes as f64 / best / 1e9
    );
}

fn main() {
    let rows = 4096;
    for r in [64, 768, 1000, 1024, 4096] {
        let n = rows * r;
        println!("[{rows}, {r}]");
        let x: Vec<f32> = (0..n).map(|i| ((i % 1013) as f32 - 500.0) * 0.01).collect();
        let g: Vec<f32> = (0..n).map(|i| ((i % 97) as f32 - 50.0) * 0.01).collect();
        let (w, b) = (vec![1.5f32; r], vec![0.5f32; r]);
        let (l, row, one) = (Layout::contiguous(&[rows, r]), Layout::contiguous(&[r]), Layout::contiguous(&[rows, 1]));
        let (mut y, mut dx) = (vec![0f32; n], vec![0f32; n]);
        let (mut dw, mut db) = (vec![0f32; r], vec![0f32; r]);
        let (mut mean, mut scale) = (vec![0f32; rows], vec![0f32; rows]);
        let (mut m, mut s) = (ViewMut::from_slice(&mut mean, &one), ViewMut::from_slice(&mut scale, &one));
        let (weight, bias) = (Some(View::from_slice(&w, &row)), Some(View::from_slice(&b, &row)));
        let p = Program::of_view(View::from_slice(&x, &l));
        let q = Program::of_view(View::from_slice(&g, &l));
        report("copy", 2 * 4 * n, || copy(View::from_slice(&x, &l), &mut ViewMut::from_slice(&mut y, &l)));
        report("layer_norm", 2 * 4 * n, || {
            layer_norm(&p, r, weight, bias, 1e-5, &mut ViewMut::from_slice(&mut y, &l), &mut m, &mut s);
        });
        report("layer_norm, backward", 3 * 4 * n, || {
            let grads = LayerNormGrads {
                input: Some(ViewMut::from_slice(&mut dx, &l)),
                weight: Some(ViewMut::from_slice(&mut dw, &row)),
                bias: Some(ViewMut::from_slice(&mut db, &row)),
            };
            layer_norm_backward(&q, &p, r, m.as_view(), s.as_view(), weight, grads);
        });
        report("softmax", 2 * 4 * n, || softmax(&p, rows, r, 1, &mut ViewMut::from_slice(&mut y, &l)));
        let out = Program::of_view(View::from_slice(&y, &l));
        report("softmax, backward", 3 * 4 * n, || {
            softmax_backward(&q, &out, rows, r, 1, &mut ViewMut::from_slice(&mut dx, &l));
        });
        drop(out);
        report("log_softmax", 2 * 4 * n, || log_softmax(&p, rows, r, 1, &mut ViewMut::from_slice(&mut y, &l)));
        let out = Program::of_view(View::from_slice(&y, &l));
        report("log_softmax, backward", 3 * 4 * n, || {
            log_softmax_backward(&q, &out, rows, r, 1, &mut ViewMut::from_slice(&mut dx, &l));
        });
    }
}
