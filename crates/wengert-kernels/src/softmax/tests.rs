//! softmax against plain loops in double precision.

use super::*;
use crate::dtype::{Element, bf16, f16};
use crate::tile;

/// Each path: short rows, rows, slabs, rows and columns too large for a buffer, empties.
const SIZES: [[usize; 3]; 14] = [
    [1, 1, 1],
    [1000, 3, 1],
    [7, 31, 1],
    [300, 32, 1],
    [5, 3000, 1],
    [2, 70_000, 1],
    [50, 4, 6],
    [3, 10, 500],
    [1, 300, 400],
    [2, 5, 20_000],
    [1, 70_001, 2],
    [0, 3, 4],
    [3, 0, 4],
    [3, 4, 0],
];

/// Applies `f` to each line along r.
fn along(values: &[&[f64]], [outer, r, inner]: [usize; 3], f: impl Fn(&[Vec<f64>]) -> Vec<f64>) -> Vec<f64> {
    let mut out = vec![0.0; outer * r * inner];
    for o in 0..outer {
        for j in 0..inner {
            let at = |k: usize| (o * r + k) * inner + j;
            let lines: Vec<Vec<f64>> = values.iter().map(|v| (0..r).map(|k| v[at(k)]).collect()).collect();
            f(&lines).into_iter().enumerate().for_each(|(k, v)| out[at(k)] = v);
        }
    }
    out
}

fn naive(x: &[f64], log: bool) -> Vec<f64> {
    let m = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = x.iter().map(|v| (v - m).exp()).sum();
    x.iter().map(|v| if log { (v - m) - sum.ln() } else { (v - m).exp() / sum }).collect()
}

fn check<T: Element>(x: &[T], sizes: [usize; 3], tolerance: f64) {
    let [outer, r, inner] = sizes;
    let l = Layout::contiguous(&sizes);
    let p = Program::of_view(View::from_slice(x, &l));
    let doubles = |x: &[T]| x.iter().map(|v| v.to_f64()).collect::<Vec<_>>();
    let values = doubles(x);
    let close = |got: &[T], expect: &[f64], what: &str| {
        for (i, (g, &e)) in got.iter().zip(expect).enumerate() {
            let g = g.to_f64();
            let fine = g == e || (g.is_nan() && e.is_nan()) || (g - e).abs() <= tolerance * (1.0 + e.abs());
            assert!(fine, "{what} of {} {sizes:?} at {i}: {g}, not {e}", T::DTYPE);
        }
    };
    for log in [false, true] {
        let mut y = vec![T::default(); x.len()];
        let mut out = ViewMut::from_slice(&mut y, &l);
        if log {
            log_softmax(&p, outer, r, inner, &mut out);
        } else {
            softmax(&p, outer, r, inner, &mut out);
        }
        close(&y, &along(&[&values], sizes, |x| naive(&x[0], log)), if log { "log_softmax" } else { "softmax" });
        if values.iter().any(|v| !v.is_finite()) {
            continue;
        }
        let grad: Vec<T> = (0..x.len()).map(|i| T::from_f64((i % 17) as f64 / 8.0 - 1.0)).collect();
        let (g, q) = (Program::of_view(View::from_slice(&grad, &l)), Program::of_view(View::from_slice(&y, &l)));
        let mut dx = vec![T::default(); x.len()];
        let mut out = ViewMut::from_slice(&mut dx, &l);
        if log {
            log_softmax_backward(&g, &q, outer, r, inner, &mut out);
        } else {
            softmax_backward(&g, &q, outer, r, inner, &mut out);
        }
        let expect = along(&[&doubles(&grad), &doubles(&y)], sizes, |v| {
            let (g, y) = (&v[0], &v[1]);
            let s: f64 = if log { g.iter().sum() } else { g.iter().zip(y).map(|(g, y)| g * y).sum() };
            g.iter().zip(y).map(|(g, y)| if log { g - y.exp() * s } else { y * (g - s) }).collect()
        });
        close(&dx, &expect, if log { "log_softmax backward" } else { "softmax backward" });
    }
}

fn data<T: Element>(n: usize) -> Vec<T> {
    (0..n).map(|i| T::from_f64((i * 7919 % 1009) as f64 / 100.0 - 5.0)).collect()
}

#[test]
fn every_shape_and_dtype() {
    for sizes in SIZES {
        let n = sizes.iter().product();
        check::<f32>(&data(n), sizes, 2e-6);
        check::<f64>(&data(n), sizes, 1e-12);
    }
    for sizes in [[30, 5, 1], [4, 100, 1], [2, 70_000, 1], [3, 20, 10], [1, 200, 500], [2, 0, 1]] {
        let n = sizes.iter().product();
        check::<f16>(&data(n), sizes, 2e-3);
        check::<bf16>(&data(n), sizes, 1e-2);
    }
}

#[test]
fn not_a_number_and_infinities() {
    let (nan, inf) = (f32::NAN, f32::INFINITY);
    let rows =
        [[-inf; 4], [inf, 1.0, 2.0, -inf], [1.0, nan, 2.0, 3.0], [-inf, 1.0, -inf, 1.0], [1e38, -1e38, 0.0, 1e38]];
    for repeat in [1, 10, 20_000] {
        let r = 4 * repeat;
        let x: Vec<f32> = rows.iter().flat_map(|row| (0..r).map(|k| row[k / repeat])).collect();
        let across: Vec<f32> = (0..5 * r).map(|i| x[i % 5 * r + i / 5]).collect();
        check(&x, [5, r, 1], 2e-6);
        check(&across, [1, r, 5], 2e-6);
    }
}

#[test]
fn strided_and_deferred_sources() {
    let x = data::<f32>(6000);
    let base = Layout::contiguous(&[20, 30, 10]);
    for (layout, sizes) in [
        (base.permute(&[2, 0, 1]), [200, 30, 1]),
        (base.permute(&[2, 0, 1]), [10, 20, 30]),
        (Layout::contiguous(&[700]).expand(&[200, 700]).unwrap(), [1, 200, 700]),
        (Layout::contiguous(&[700]).expand(&[200, 700]).unwrap(), [200, 700, 1]),
    ] {
        let [outer, r, inner] = sizes;
        let view = View { layout: &layout, ..View::from_slice(&x, &base) };
        let dense_layout = Layout::contiguous(&layout.shape);
        let mut dense = vec![0f32; layout.numel()];
        tile::copy(view, &mut ViewMut::from_slice(&mut dense, &dense_layout));
        static DOUBLE: Kernels = kernels! { f32 => |x: T| -> T { x + x } };
        let mut p = Program::of_view(view);
        let leaf = p.last();
        p.step(DOUBLE.get(Compute::F32).unwrap(), &[leaf]);
        let values: Vec<f64> = dense.iter().map(|&v| 2.0 * v as f64).collect();
        let mut y = vec![0f32; dense.len()];
        softmax(&p, outer, r, inner, &mut ViewMut::from_slice(&mut y, &dense_layout));
        let expect = along(&[&values], sizes, |x| naive(&x[0], false));
        assert!(y.iter().zip(&expect).all(|(&y, e)| (y as f64 - e).abs() < 1e-6 * (1.0 + e)));
        let q = Program::of_view(View::from_slice(&y, &dense_layout));
        let (mut a, mut b) = (vec![0f32; y.len()], vec![0f32; y.len()]);
        softmax_backward(&p, &q, outer, r, inner, &mut ViewMut::from_slice(&mut a, &dense_layout));
        let twice: Vec<f32> = dense.iter().map(|v| v + v).collect();
        let g = Program::of_view(View::from_slice(&twice, &dense_layout));
        softmax_backward(&g, &q, outer, r, inner, &mut ViewMut::from_slice(&mut b, &dense_layout));
        assert!(a == b);
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let n = 1_200_000;
    let x: Vec<f32> = (0..n).map(|i| (i as f32 * 0.7).sin()).collect();
    for [outer, r, inner] in [[1, n, 1], [400, 3000, 1], [60_000, 20, 1], [1, 1200, 1000], [3000, 20, 20]] {
        let l = Layout::contiguous(&[outer, r, inner]);
        let p = Program::of_view(View::from_slice(&x, &l));
        let results = [1, 2, 7].map(|threads| {
            parallel::set_num_threads(threads);
            let (mut y, mut dx) = (vec![0f32; n], vec![0f32; n]);
            softmax(&p, outer, r, inner, &mut ViewMut::from_slice(&mut y, &l));
            let q = Program::of_view(View::from_slice(&y, &l));
            softmax_backward(&p, &q, outer, r, inner, &mut ViewMut::from_slice(&mut dx, &l));
            (y, dx)
        });
        assert!(results[0] == results[1] && results[0] == results[2], "{outer} {r} {inner}");
    }
}
