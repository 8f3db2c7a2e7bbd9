//! Normalization against plain loops in double precision.

use super::*;
use crate::dtype::{Element, f16};
use crate::kernels;
use crate::layout::Layout;
use crate::tile::Kernels;

/// Rows and their size: one row, rows of one element, odd sizes, rows in groups and alone, several blocks and pieces, empties.
const SIZES: [[usize; 2]; 14] = [
    [1, 1],
    [3, 1],
    [70_001, 1],
    [1, 5],
    [9, 7],
    [13, 16],
    [5, 33],
    [1000, 40],
    [201, 1024],
    [6, 3001],
    [3, 9000],
    [2, 70_000],
    [0, 4],
    [4, 0],
];

static DOUBLED: Kernels = kernels! { f32, f64 => |x: T| -> T { x + x } };

#[derive(Default)]
struct Results<T> {
    y: Vec<T>,
    dx: Vec<T>,
    dw: Vec<T>,
    db: Vec<T>,
}

/// Numbers that look random, at most 1 in size.
fn noise(n: usize, seed: u64) -> Vec<f64> {
    let mut s = seed;
    let next = || {
        s = s.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (s >> 33) as f64 / (1u64 << 30) as f64 - 1.0
    };
    std::iter::repeat_with(next).take(n).collect()
}

fn naive(x: &[f64], g: &[f64], w: &[f64], b: &[f64], [rows, r]: [usize; 2], eps: f64) -> Results<f64> {
    let mut all = Results { dw: vec![0.0; r], db: vec![0.0; r], ..Default::default() };
    let n = r as f64;
    for i in 0..rows {
        let (x, g) = (&x[i * r..][..r], &g[i * r..][..r]);
        let mean = x.iter().sum::<f64>() / n;
        let scale = 1.0 / (x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n + eps).sqrt();
        let z: Vec<f64> = x.iter().map(|v| (v - mean) * scale).collect();
        let h: Vec<f64> = g.iter().zip(w).map(|(g, w)| g * w).collect();
        let (along, hm) = (h.iter().zip(&z).map(|(h, z)| h * z).sum::<f64>() / n, h.iter().sum::<f64>() / n);
        for j in 0..r {
            all.y.push(z[j] * w[j] + b[j]);
            all.dx.push(scale * (h[j] - hm - z[j] * along));
            all.dw[j] += g[j] * z[j];
            all.db[j] += g[j];
        }
    }
    all
}

/// Runs the kernels for rows that are computed in `X`, on twice what is given.
fn run<T: Element, X: Float>(x: &[T], g: &[T], w: &[X], b: &[X], [rows, r]: [usize; 2], eps: f64) -> Results<T> {
    let (l, row, one) = (Layout::contiguous(&[rows, r]), Layout::contiguous(&[r]), Layout::contiguous(&[rows, 1]));
    let doubled = |v| {
        let mut p = Program::of_view(View::from_slice(v, &l));
        let last = p.last();
        p.step(DOUBLED.get(X::COMPUTE).expect("of floats"), &[last]);
        p
    };
    let (source, grad) = (doubled(x), doubled(g));
    let zeros = |n| vec![T::default(); n];
    let mut all = Results { y: zeros(rows * r), dx: zeros(rows * r), dw: zeros(r), db: zeros(r) };
    let (mut mean, mut scale) = (vec![X::default(); rows], vec![X::default(); rows]);
    let weight = Some(View::from_slice(w, &row));
    let mut y = ViewMut::from_slice(&mut all.y, &l);
    let (mut m, mut s) = (ViewMut::from_slice(&mut mean, &one), ViewMut::from_slice(&mut scale, &one));
    layer_norm(&source, r, weight, Some(View::from_slice(b, &row)), eps, &mut y, &mut m, &mut s);
    let grads = LayerNormGrads {
        input: Some(ViewMut::from_slice(&mut all.dx, &l)),
        weight: Some(ViewMut::from_slice(&mut all.dw, &row)),
        bias: Some(ViewMut::from_slice(&mut all.db, &row)),
    };
    layer_norm_backward(&grad, &source, r, m.as_view(), s.as_view(), weight, grads);
    all
}

fn close<T: Element>(got: &[T], expect: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), expect.len(), "{what}");
    let largest = expect.iter().fold(1.0, |m: f64, v| m.max(v.abs()));
    for (i, (g, e)) in got.iter().zip(expect).enumerate() {
        assert!((g.to_f64() - e).abs() <= tolerance * largest, "{what} at {i}: {g:?}, not {e}");
    }
}

fn check<T: Element, X: Float>(sizes: [usize; 2], tolerance: f64) {
    let [rows, r] = sizes;
    let eps = 1e-3;
    let of = |seed, n: usize| noise(n, seed).into_iter().map(T::from_f64).collect::<Vec<T>>();
    let (x, g) = (of(1, rows * r), of(2, rows * r));
    let (w, b): (Vec<X>, Vec<X>) =
        noise(r, 3).iter().zip(noise(r, 4)).map(|(&w, b)| (X::from_f64(w), X::from_f64(b))).unzip();
    let twice = |v: &[T]| v.iter().map(|v| 2.0 * v.to_f64()).collect::<Vec<_>>();
    let wide = |v: &[X]| v.iter().map(|v| v.to_f64()).collect::<Vec<_>>();
    let expect = naive(&twice(&x), &twice(&g), &wide(&w), &wide(&b), sizes, eps);
    let got = run(&x, &g, &w, &b, sizes, eps);
    let what = |name| format!("{name} of {} {sizes:?}", T::DTYPE);
    close(&got.y, &expect.y, tolerance, &what("y"));
    close(&got.dx, &expect.dx, tolerance, &what("dx"));
    close(&got.dw, &expect.dw, tolerance, &what("dw"));
    close(&got.db, &expect.db, tolerance, &what("db"));
}

#[test]
fn agrees_with_plain_loops() {
    for sizes in SIZES {
        check::<f64, f64>(sizes, 1e-12);
        check::<f32, f32>(sizes, 3e-6);
        check::<f16, f32>(sizes, 2e-3);
    }
}

#[test]
fn single_precision_keeps_the_digits_of_rows_far_from_zero() {
    let sizes = [5, 777];
    let x: Vec<f32> = noise(5 * 777, 1).iter().map(|v| (5000.0 + v) as f32).collect();
    let wide: Vec<f64> = x.iter().map(|&v| 2.0 * v as f64).collect();
    let (ones, zeros) = (vec![1f32; 777], vec![0f32; 777]);
    let g = vec![0f32; x.len()];
    let expect = naive(&wide, &vec![0.0; x.len()], &vec![1.0; 777], &vec![0.0; 777], sizes, 1e-5);
    close(&run(&x, &g, &ones, &zeros, sizes, 1e-5).y, &expect.y, 1e-6, "y");
}

#[test]
fn squares_may_be_too_large_or_too_small_for_single_precision() {
    for size in [1e-25, 1e25, 3e37] {
        let x: Vec<f32> = noise(6 * 50, 1).iter().map(|v| (v * size) as f32).collect();
        let wide: Vec<f64> = x.iter().map(|&v| 2.0 * v as f64).collect();
        let (ones, zeros) = (vec![1f32; 50], vec![0f32; 50]);
        let expect = naive(&wide, &vec![0.0; x.len()], &vec![1.0; 50], &vec![0.0; 50], [6, 50], 0.0);
        close(&run(&x, &vec![0f32; 300], &ones, &zeros, [6, 50], 0.0).y, &expect.y, 1e-6, "y");
    }
}

#[test]
fn rows_without_elements_have_no_mean() {
    let (l, one) = (Layout::contiguous(&[3, 0]), Layout::contiguous(&[3, 1]));
    let none: [f64; 0] = [];
    let (mut y, mut mean, mut scale) = ([0f64; 0], [0f64; 3], [0f64; 3]);
    let p = Program::of_view(View::from_slice(&none, &l));
    let (mut m, mut s) = (ViewMut::from_slice(&mut mean, &one), ViewMut::from_slice(&mut scale, &one));
    layer_norm(&p, 0, None, None, 1e-5, &mut ViewMut::from_slice(&mut y, &l), &mut m, &mut s);
    assert!(mean.iter().chain(&scale).all(|v| v.is_nan()));
}

#[test]
fn what_is_read_need_not_be_dense_and_what_is_not_wanted_is_left_out() {
    let sizes @ [rows, r] = [70, 50];
    let (x, g) = (noise(rows * r, 1), noise(rows * r, 2));
    let (ones, zeros) = (vec![1.0; r], vec![0.0; r]);
    // The same rows, stored by columns.
    let mut turned = vec![0.0; rows * r];
    for i in 0..rows {
        for j in 0..r {
            turned[j * rows + i] = x[i * r + j];
        }
    }
    let l = Layout::contiguous(&sizes);
    let by_columns = Layout::contiguous(&[r, rows]).permute(&[1, 0]);
    let (row, one) = (Layout::contiguous(&[r]), Layout::contiguous(&[rows, 1]));
    let expect = naive(&x, &g, &ones, &zeros, sizes, 1e-5);
    let (mut y, mut mean, mut scale) = (vec![0.0; rows * r], vec![0.0; rows], vec![0.0; rows]);
    let source = Program::of_view(View::from_slice(&turned, &by_columns));
    let (mut m, mut s) = (ViewMut::from_slice(&mut mean, &one), ViewMut::from_slice(&mut scale, &one));
    layer_norm(&source, r, None, None, 1e-5, &mut ViewMut::from_slice(&mut y, &l), &mut m, &mut s);
    close(&y, &expect.y, 1e-12, "y");
    let grad = Program::of_view(View::from_slice(&g, &l));
    let (mut dx, mut dw, mut db) = (vec![0.0; rows * r], vec![0.0; r], vec![0.0; r]);
    let back = |grads| layer_norm_backward(&grad, &source, r, m.as_view(), s.as_view(), None, grads);
    back(LayerNormGrads { input: Some(ViewMut::from_slice(&mut dx, &l)), ..Default::default() });
    back(LayerNormGrads { weight: Some(ViewMut::from_slice(&mut dw, &row)), ..Default::default() });
    back(LayerNormGrads { bias: Some(ViewMut::from_slice(&mut db, &row)), ..Default::default() });
    close(&dx, &expect.dx, 1e-12, "dx");
    close(&dw, &expect.dw, 1e-12, "dw");
    close(&db, &expect.db, 1e-12, "db");
}

#[test]
fn no_bit_depends_on_threads() {
    let before = parallel::num_threads();
    for sizes @ [rows, r] in [[1000, 40], [201, 1024], [3, 9000], [70_001, 1]] {
        let of = |seed, n: usize| noise(n, seed).iter().map(|&v| v as f32).collect::<Vec<_>>();
        let (x, g, w, b) = (of(1, rows * r), of(2, rows * r), of(3, r), of(4, r));
        let bits = |threads| {
            parallel::set_num_threads(threads);
            let all = run(&x, &g, &w, &b, sizes, 1e-5);
            [all.y, all.dx, all.dw, all.db].concat().iter().map(|v| v.to_bits()).collect::<Vec<_>>()
        };
        let alone = bits(1);
        assert!(bits(2) == alone && bits(7) == alone, "{sizes:?}");
    }
    parallel::set_num_threads(before);
}
