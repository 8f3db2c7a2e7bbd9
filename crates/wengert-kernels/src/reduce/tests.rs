//! Reductions against plain loops in double precision.

use super::*;
use crate::dtype::{DType, Element, bf16, f16};
use crate::layout::Layout;
use crate::view::View;
use crate::{dispatch, kernels, parallel, tile};

/// Sizes of every path: small and large rows, blocks, slabs in a tile, narrow, wide and very wide columns, empties.
const SIZES: [[usize; 3]; 27] = [
    [1, 1, 1],
    [1, 7, 1],
    [5, 3, 1],
    [3000, 2, 1],
    [700, 31, 1],
    [41, 32, 1],
    [9, 1000, 1],
    [3, 2048, 1],
    [5, 2049, 1],
    [2, 32768, 1],
    [2, 100_000, 1],
    [1, 300_001, 1],
    [1, 9, 2],
    [400, 7, 3],
    [3, 1000, 5],
    [1, 70_000, 4],
    [2, 129, 100],
    [1, 1030, 600],
    [3, 5, 2500],
    [1, 70, 9000],
    [2, 3, 20_000],
    [300, 16, 16],
    [0, 5, 3],
    [4, 5, 0],
    [4, 0, 3],
    [3, 0, 1],
    [1, 300, 513],
];

const OPS: [Reduction; 19] = [
    Reduction::Sum,
    Reduction::Mean,
    Reduction::Prod,
    Reduction::Max,
    Reduction::Min,
    Reduction::Any,
    Reduction::All,
    Reduction::CountNonzero,
    Reduction::ArgMax,
    Reduction::ArgMin,
    Reduction::LogSumExp,
    Reduction::Norm(0.0),
    Reduction::Norm(1.0),
    Reduction::Norm(2.0),
    Reduction::Norm(f64::INFINITY),
    Reduction::Norm(f64::NEG_INFINITY),
    Reduction::Norm(2.5),
    Reduction::Var(1.0),
    Reduction::Std(0.0),
];

fn floats_only(op: Reduction) -> bool {
    use Reduction::*;
    matches!(op, Mean | LogSumExp | Norm(_) | Var(_) | Std(_))
}

fn naive(op: Reduction, x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let nan = x.iter().any(|v| v.is_nan());
    let best = |better: fn(f64, f64) -> bool| {
        let mut k = -1i64;
        for (i, &v) in x.iter().enumerate() {
            let so_far = x[k.max(0) as usize];
            if k < 0 || better(v, so_far) || (v.is_nan() && !so_far.is_nan()) {
                k = i as i64;
            }
        }
        k
    };
    let extreme = |k: i64, empty: f64| if k < 0 { empty } else { x[k as usize] };
    let var = |correction: f64| {
        let mean = x.iter().sum::<f64>() / n;
        x.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - correction).max(0.0)
    };
    match op {
        Reduction::Sum => x.iter().sum(),
        Reduction::Mean => x.iter().sum::<f64>() / n,
        Reduction::Prod => x.iter().product(),
        Reduction::Max => extreme(best(|a, b| a > b), f64::NEG_INFINITY),
        Reduction::Min => extreme(best(|a, b| a < b), f64::INFINITY),
        Reduction::Any => x.iter().any(|&v| v != 0.0) as u8 as f64,
        Reduction::All => x.iter().all(|&v| v != 0.0) as u8 as f64,
        Reduction::CountNonzero | Reduction::Norm(0.0) => x.iter().filter(|&&v| v != 0.0).count() as f64,
        Reduction::ArgMax => best(|a, b| a > b) as f64,
        Reduction::ArgMin => best(|a, b| a < b) as f64,
        Reduction::LogSumExp => {
            let m = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let m = if m.is_infinite() { 0.0 } else { m };
            x.iter().map(|v| (v - m).exp()).sum::<f64>().ln() + m
        }
        Reduction::Norm(f64::INFINITY) if nan => f64::NAN,
        Reduction::Norm(f64::NEG_INFINITY) if nan => f64::NAN,
        Reduction::Norm(f64::INFINITY) => x.iter().fold(0.0, |a, v| v.abs().max(a)),
        Reduction::Norm(f64::NEG_INFINITY) => x.iter().fold(f64::INFINITY, |a, v| v.abs().min(a)),
        Reduction::Norm(p) => x.iter().map(|v| v.abs().powf(p)).sum::<f64>().powf(1.0 / p),
        Reduction::Var(c) => var(c),
        Reduction::Std(c) => var(c).sqrt(),
    }
}

/// `values` reduced naively, as `[outer, inner]`.
fn expected(op: Reduction, values: &[f64], [outer, r, inner]: [usize; 3]) -> Vec<f64> {
    let mut out = Vec::new();
    for o in 0..outer {
        for j in 0..inner {
            let x: Vec<f64> = (0..r).map(|k| values[(o * r + k) * inner + j]).collect();
            out.push(naive(op, &x));
        }
    }
    out
}

fn run<D: Element>(op: Reduction, source: &Program, [outer, r, inner]: [usize; 3]) -> Vec<D> {
    let l = Layout::contiguous(&[outer, inner]);
    let mut out = vec![D::default(); outer * inner];
    reduce(op, source, outer, r, inner, &mut ViewMut::from_slice(&mut out, &l));
    out
}

fn close(got: f64, expect: f64, tolerance: f64) -> bool {
    got == expect || (got.is_nan() && expect.is_nan()) || (got - expect).abs() <= tolerance * (expect.abs() + 1e-3)
}

/// Numbers in small steps, many of them equal, of both signs.
fn data<T: Element>(n: usize) -> Vec<T> {
    let mut state = 12345u64;
    (0..n)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let v = ((state >> 40) % 41) as f64 - 20.0;
            T::from_f64(if T::DTYPE.is_float() { v / 8.0 } else { v })
        })
        .collect()
}

fn check<T: Element>(sizes: [usize; 3]) {
    let [outer, r, inner] = sizes;
    let x = data::<T>(outer * r * inner);
    let l = Layout::contiguous(&sizes);
    let p = Program::of_view(View::from_slice(&x, &l));
    let values: Vec<f64> = x.iter().map(|v| v.to_f64()).collect();
    for op in OPS {
        // (What callers refuse.)
        let of_none = matches!(op, Reduction::Max | Reduction::Min | Reduction::Norm(f64::INFINITY));
        if (floats_only(op) && !T::DTYPE.is_float()) || (r == 0 && of_none) {
            continue;
        }
        let expect = expected(op, &values, sizes);
        let got: Vec<f64> = run(op, &p, sizes);
        // Products of many integers wrap; those of halves are right up to the range of f64.
        let wraps = op == Reduction::Prod && !T::DTYPE.is_float() && r > 10;
        let tolerance = match (op, T::DTYPE) {
            (Reduction::LogSumExp | Reduction::Norm(2.5), DType::F64) => 1e-11,
            (Reduction::LogSumExp | Reduction::Norm(2.5), _) => 1e-5,
            _ => 1e-12,
        };
        for (i, (&g, &e)) in got.iter().zip(&expect).enumerate() {
            assert!(wraps || close(g, e, tolerance), "{op:?} of {} {sizes:?} at {i}: {g}, not {e}", T::DTYPE);
        }
        // The result in the source's own dtype is rounded once.
        if T::DTYPE.is_float() && !matches!(op, Reduction::LogSumExp | Reduction::Norm(2.5)) {
            let own: Vec<T> = run(op, &p, sizes);
            assert!(
                own.iter().zip(&got).all(|(a, &b)| close(a.to_f64(), T::from_f64(b).to_f64(), 0.0)),
                "{op:?} of {} {sizes:?}",
                T::DTYPE
            );
        }
    }
}

#[test]
fn every_operation_dtype_and_shape() {
    for sizes in SIZES {
        check::<f32>(sizes);
        check::<f64>(sizes);
    }
    for dtype in DType::ALL.into_iter().filter(|d| !d.is_complex() && !matches!(d, DType::F32 | DType::F64)) {
        for sizes in [[3, 7, 1], [40, 50, 1], [2, 3000, 1], [3, 40, 5], [1, 300, 513], [2, 0, 2]] {
            dispatch!(dtype, T => check::<T>(sizes), else => unreachable!());
        }
    }
}

#[test]
fn strided_broadcast_and_deferred_sources() {
    let x = data::<f32>(6000);
    let base = Layout::contiguous(&[20, 30, 10]);
    for (layout, sizes) in [
        (base.permute(&[2, 0, 1]), [10, 20, 30]),
        (base.permute(&[2, 0, 1]), [200, 30, 1]),
        (base.permute(&[1, 2, 0]), [1, 6000, 1]),
        (base.permute(&[1, 2, 0]), [1, 30, 200]),
        (Layout::contiguous(&[30, 1]).expand(&[30, 700]).unwrap(), [30, 700, 1]),
        (Layout::contiguous(&[700]).expand(&[30, 700]).unwrap(), [1, 30, 700]),
        (Layout::contiguous(&[]).expand(&[50_000]).unwrap(), [1, 50_000, 1]),
    ] {
        let view = View { layout: &layout, ..View::from_slice(&x, &base) };
        let mut dense = vec![0f32; layout.numel()];
        tile::copy(view, &mut ViewMut::from_slice(&mut dense, &Layout::contiguous(&layout.shape)));
        let values: Vec<f64> = dense.iter().map(|v| v.to_f64()).collect();
        for op in OPS {
            let (got, expect) = (run::<f64>(op, &Program::of_view(view), sizes), expected(op, &values, sizes));
            assert!(got.iter().zip(&expect).all(|(&g, &e)| close(g, e, 1e-6)), "{op:?} {layout:?}");
            // x * x + 1, never stored.
            static SQUARE: tile::Kernels = kernels! { f32 => |a: T| -> T { a * a + 1.0 } };
            let mut p = Program::new(&layout.shape);
            let leaf = p.load(view, DType::F32);
            p.step(SQUARE.get(Compute::F32).unwrap(), &[leaf]);
            let squares: Vec<f64> = dense.iter().map(|v| (v * v + 1.0) as f64).collect();
            let (got, expect) = (run::<f64>(op, &p, sizes), expected(op, &squares, sizes));
            assert!(got.iter().zip(&expect).all(|(&g, &e)| close(g, e, 1e-6)), "{op:?} {layout:?} deferred");
        }
    }
}

#[test]
fn not_a_number_and_infinities() {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    let rows = [
        vec![1.0, nan, 3.0, nan, -inf],
        vec![inf, 1.0, inf, 0.0, 2.0],
        vec![-inf; 5],
        vec![inf, nan, 1.0, 2.0, 3.0],
        vec![-inf, 2.0, 2.0, -3.0, -3.0],
        vec![inf, -inf, 0.0, 1.0, 1.0],
        vec![0.0, -0.0, 0.0, -0.0, 0.0],
        vec![nan; 5],
        vec![1.0, 90.0, -1.0, -0.5, 0.0],
    ];
    for repeat in [1, 3, 20, 700] {
        let r = 5 * repeat;
        // Longer rows: the same elements, each many times.
        let values: Vec<f64> = rows.iter().flat_map(|row| (0..r).map(|k| row[k / repeat])).collect();
        let single: Vec<f32> = values.iter().map(|&v| v as f32).collect();
        let across: Vec<f32> = (0..r * 9).map(|i| single[i % 9 * r + i / 9]).collect();
        for op in OPS {
            // (Products over- and underflow on the way, in another order than the loop's.)
            if matches!(op, Reduction::Var(_) | Reduction::Std(_)) || (op == Reduction::Prod && repeat > 20) {
                continue;
            }
            let expect = expected(op, &values, [9, r, 1]);
            let sizes = [[9, r, 1], [1, r, 9]];
            for (x, sizes) in [(&single, sizes[0]), (&across, sizes[1])] {
                let l = Layout::contiguous(&sizes);
                let got: Vec<f64> = run(op, &Program::of_view(View::from_slice(x, &l)), sizes);
                for (row, (&g, &e)) in got.iter().zip(&expect).enumerate() {
                    let e = if op == Reduction::LogSumExp || op == Reduction::Prod { e } else { e as f32 as f64 };
                    let g = if op == Reduction::LogSumExp || op == Reduction::Prod { g } else { g as f32 as f64 };
                    assert!(close(g, e, 1e-6), "{op:?} of {:?} x {repeat} {sizes:?}: {g}, not {e}", rows[row]);
                }
            }
        }
    }
}

#[test]
fn two_results_at_once() {
    for sizes in [[5, 40, 1], [1, 90_000, 1], [3, 500, 7], [1, 700, 600], [2, 0, 3]] {
        let [outer, r, inner] = sizes;
        let x: Vec<f32> = data::<f32>(outer * r * inner).iter().map(|v| v + 1000.0).collect();
        let values: Vec<f64> = x.iter().map(|&v| v as f64).collect();
        let (l, lo) = (Layout::contiguous(&sizes), Layout::contiguous(&[outer, inner]));
        let p = Program::of_view(View::from_slice(&x, &l));
        let (mut var, mut mean) = (vec![0f64; outer * inner], vec![0f64; outer * inner]);
        let (v, m) = (&mut ViewMut::from_slice(&mut var, &lo), &mut ViewMut::from_slice(&mut mean, &lo));
        var_mean(1.0, false, &p, outer, r, inner, v, m);
        let check = |got: &[f64], op| {
            assert!(got.iter().zip(expected(op, &values, sizes)).all(|(&g, e)| close(g, e, 1e-10)), "{op:?} {sizes:?}");
        };
        check(&var, Reduction::Var(1.0));
        check(&mean, Reduction::Mean);
        if r > 0 {
            let mut index = vec![0i64; outer * inner];
            for (max, value, place) in
                [(true, Reduction::Max, Reduction::ArgMax), (false, Reduction::Min, Reduction::ArgMin)]
            {
                let (v, i) = (&mut ViewMut::from_slice(&mut mean, &lo), &mut ViewMut::from_slice(&mut index, &lo));
                extreme_with_index(max, &p, outer, r, inner, v, i);
                check(&mean, value);
                check(&index.iter().map(|&i| i as f64).collect::<Vec<_>>(), place);
            }
        }
    }
}

#[test]
fn large_sums_are_accurate() {
    let n = 10_000_000;
    let mut state = 1u64;
    let random: Vec<f32> = (0..n)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 40) as f32 / (1 << 24) as f32
        })
        .collect();
    for x in [random, vec![0.1f32; n]] {
        let exact: f64 = x.iter().map(|&v| v as f64).sum();
        let l = Layout::contiguous(&[n]);
        let p = Program::of_view(View::from_slice(&x, &l));
        let got: Vec<f64> = run(Reduction::Sum, &p, [1, n, 1]);
        assert!((got[0] / exact - 1.0).abs() < 1e-12);
        let got: Vec<f32> = run(Reduction::Sum, &p, [1, n, 1]);
        assert!((got[0] as f64 / exact - 1.0).abs() < 1e-7);
        // Far from zero, the variance keeps its digits.
        let far: Vec<f32> = x.iter().map(|v| v + 4096.0).collect();
        let p = Program::of_view(View::from_slice(&far, &l));
        let values: Vec<f64> = far.iter().map(|&v| v as f64).collect();
        for sizes in [[1, n, 1], [1, n / 10, 10]] {
            let got: Vec<f64> = run(Reduction::Var(1.0), &p, sizes);
            assert!(got.iter().zip(expected(Reduction::Var(1.0), &values, sizes)).all(|(&g, e)| close(g, e, 1e-8)));
        }
    }
    let half = [f16::from_f32(0.1); 5000];
    let l = Layout::contiguous(&[5000]);
    let got: Vec<f16> = run(Reduction::Sum, &Program::of_view(View::from_slice(&half, &l)), [1, 5000, 1]);
    assert_eq!(got[0], f16::from_f32(half[0].to_f32() * 5000.0));
    let brain = [bf16::from_f32(1.0); 5000];
    let got: Vec<bf16> = run(Reduction::Mean, &Program::of_view(View::from_slice(&brain, &l)), [1, 5000, 1]);
    assert_eq!(got[0], bf16::ONE);
}

#[test]
fn threads_do_not_change_a_bit() {
    let n = 1_200_000;
    let x: Vec<f32> = (0..n).map(|i| (i as f32 * 0.7).sin()).collect();
    for sizes in
        [[1, n, 1], [400, 3000, 1], [60_000, 20, 1], [1, 1200, 1000], [4, 100_000, 3], [3000, 20, 20], [1, 80, 15_000]]
    {
        let l = Layout::contiguous(&sizes);
        let p = Program::of_view(View::from_slice(&x, &l));
        for op in OPS {
            let results = [1, 2, 7].map(|threads| {
                parallel::set_num_threads(threads);
                run::<f64>(op, &p, sizes).into_iter().map(f64::to_bits).collect::<Vec<_>>()
            });
            assert!(results[0] == results[1] && results[0] == results[2], "{op:?} {sizes:?}");
        }
    }
}
