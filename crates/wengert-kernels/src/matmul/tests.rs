use super::*;
use crate::dispatch;
use crate::dtype::{Element, bf16, f16};
use crate::layout::{Layout, row_major};
use crate::parallel::set_num_threads;

mod epilogue;

/// Small whole numbers, so that every dtype and order of summation gives the exact result.
fn numbers(n: usize, seed: usize) -> Vec<i64> {
    (0..n).map(|i| ((i * 7919 + seed * 31 + i / 3) % 5) as i64 - 1).collect()
}

/// A layout of this shape with the dimensions in memory in the order `order`, with a gap of `gap` between elements.
fn ordered(shape: &[usize], order: &[usize], gap: usize) -> Layout {
    let mut strides = Strides::from_elem(0, shape.len());
    let mut step = gap as isize;
    for &d in order.iter().rev() {
        strides[d] = step;
        step *= shape[d].max(1) as isize;
    }
    Layout { shape: Dims::from_slice(shape), strides, offset: 3 }
}

fn offset_of(layout: &Layout, flat: usize) -> usize {
    let mut at = layout.offset as isize;
    walk(&layout.shape, [&layout.strides], flat, flat + 1, |[o]| at += o);
    at as usize
}

fn check<T: Element>(la: &Layout, lb: &Layout, lo: &Layout, alpha: f64, beta: f64) {
    let signed = |v: i64| if matches!(T::DTYPE, DType::U8 | DType::Bool) { v.abs() } else { v };
    let make = |l: &Layout, seed| -> Vec<T> {
        numbers(l.extent() + 3, seed).into_iter().map(|v| T::from_i64(signed(v))).collect()
    };
    let (a, b, mut out) = (make(la, 1), make(lb, 2), make(lo, 3));
    let before = out.clone();
    matmul_scaled(View::from_slice(&a, la), View::from_slice(&b, lb), ViewMut::from_slice(&mut out, lo), alpha, beta);
    let nd = lo.ndim();
    let (m, n, k) = (lo.shape[nd - 2], lo.shape[nd - 1], la.shape[nd - 1]);
    let mut touched = vec![false; out.len()];
    for flat in 0..lo.numel() {
        let (batch, i, j) = (flat / (m * n), flat / n % m, flat % n);
        let sum: i64 = (0..k)
            .map(|l| {
                let x = a[offset_of(la, (batch * m + i) * k + l)];
                x.to_i64() * b[offset_of(lb, (batch * k + l) * n + j)].to_i64()
            })
            .sum();
        let at = offset_of(lo, flat);
        touched[at] = true;
        let want = T::from_i64(alpha as i64 * sum + beta as i64 * before[at].to_i64());
        assert_eq!(out[at], want, "{} {la:?} {lb:?} {lo:?} at {flat}", T::DTYPE);
    }
    for (i, _) in touched.iter().enumerate().filter(|t| !t.1) {
        assert_eq!(out[i], before[i], "outside of the result");
    }
}

fn check_all(la: &Layout, lb: &Layout, lo: &Layout, alpha: f64, beta: f64) {
    for dtype in DType::ALL {
        dispatch!(dtype, T => check::<T>(la, lb, lo, alpha, beta), else => ());
    }
}

#[test]
fn shapes_and_strides() {
    let sizes = [
        (1, 1, 1),
        (1, 5, 1),
        (7, 1, 3),
        (5, 100, 9),
        (20, 131, 3),
        (1, 32, 64),
        (40, 33, 1),
        (5, 6, 7),
        (17, 9, 33),
        (0, 2, 3),
        (3, 0, 2),
    ];
    for (m, k, n) in sizes {
        for (oa, ob, oo) in [([0, 1], [0, 1], [0, 1]), ([1, 0], [0, 1], [0, 1]), ([0, 1], [1, 0], [1, 0])] {
            for gap in [1, 2] {
                let (la, lb) = (ordered(&[m, k], &oa, gap), ordered(&[k, n], &ob, gap));
                check_all(&la, &lb, &ordered(&[m, n], &oo, 1), 1.0, 0.0);
                check_all(&la, &lb, &ordered(&[m, n], &oo, gap), 1.0, 1.0);
            }
        }
    }
}

#[test]
fn large_enough_for_blocks() {
    for (m, k, n) in [(70, 70, 70), (130, 257, 200), (513, 40, 300)] {
        for (oa, ob) in [([0, 1], [0, 1]), ([1, 0], [1, 0])] {
            let (la, lb) = (ordered(&[m, k], &oa, 1), ordered(&[k, n], &ob, 1));
            let lo = ordered(&[m, n], &[0, 1], 1);
            check::<f32>(&la, &lb, &lo, 1.0, 0.0);
            check::<f64>(&la, &lb, &lo, 2.0, -1.0);
            check::<i32>(&la, &lb, &lo, 1.0, 0.0);
        }
    }
}

#[test]
fn batches() {
    let batch = |shape: [usize; 4], strides: [isize; 4]| Layout {
        shape: Dims::from_slice(&shape),
        strides: Strides::from_slice(&strides),
        offset: 0,
    };
    for (m, k, n) in [(3, 4, 5), (1, 4, 5), (3, 4, 1)] {
        let (sm, sk, sn) = (m as isize, k as isize, n as isize);
        let lo = Layout::contiguous(&[2, 3, m, n]);
        let a = Layout::contiguous(&[2, 3, m, k]);
        let b = Layout::contiguous(&[2, 3, k, n]);
        let b_once = batch([2, 3, k, n], [0, 0, sn, 1]);
        let b_part = batch([2, 3, k, n], [0, sk * sn, 1, sk]);
        let a_part = batch([2, 3, m, k], [sm * sk, 0, sk, 1]);
        for (a, b) in [(&a, &b), (&a, &b_once), (&a_part, &b_part), (&a_part, &b_once)] {
            check_all(a, b, &lo, 1.0, 0.0);
            check_all(a, b, &lo, 1.0, 2.0);
        }
    }
    check::<f32>(
        &Layout::contiguous(&[9, 70, 70]),
        &Layout::contiguous(&[9, 70, 70]),
        &Layout::contiguous(&[9, 70, 70]),
        1.0,
        0.0,
    );
    check::<f32>(
        &Layout::contiguous(&[0, 2, 2]),
        &Layout::contiguous(&[0, 2, 2]),
        &Layout::contiguous(&[0, 2, 2]),
        1.0,
        0.0,
    );
}

#[test]
fn beta_zero_does_not_read() {
    for k in [0, 1, 3, 80] {
        for (m, n) in [(1, 4), (4, 1), (4, 4), (80, 80)] {
            let (a, b) = (vec![1f32; m * k], vec![1f32; k * n]);
            let mut out = vec![f32::NAN; m * n];
            let (la, lb, lo) = (Layout::contiguous(&[m, k]), Layout::contiguous(&[k, n]), Layout::contiguous(&[m, n]));
            matmul(View::from_slice(&a, &la), View::from_slice(&b, &lb), ViewMut::from_slice(&mut out, &lo));
            assert!(out.iter().all(|&x| x == k as f32));
        }
    }
}

#[test]
fn half_is_rounded_once() {
    // 2048 + 1 + 1 in half precision would stay 2048 if each sum were rounded.
    let a: Vec<f16> = [2048.0, 1.0, 1.0].map(f16::from_f64).to_vec();
    let b = vec![f16::from_f64(1.0); 3];
    let mut out = vec![f16::default(); 1];
    let (la, lb, lo) = (Layout::contiguous(&[1, 3]), Layout::contiguous(&[3, 1]), Layout::contiguous(&[1, 1]));
    matmul(View::from_slice(&a, &la), View::from_slice(&b, &lb), ViewMut::from_slice(&mut out, &lo));
    assert_eq!(out[0].to_f64(), 2050.0);
}

fn randoms<T: Element>(n: usize, seed: u64) -> Vec<T> {
    let mut s = seed;
    (0..n)
        .map(|_| {
            s = s.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            T::from_f64((s >> 33) as f64 / (1u64 << 31) as f64 - 0.5)
        })
        .collect()
}

#[test]
fn every_element_is_right() {
    let sizes = [1, 2, 13, 16, 33, 64, 97];
    for (i, m) in sizes.into_iter().enumerate() {
        for (j, n) in sizes.into_iter().enumerate() {
            // Sizes of k on both sides of what is added at once, and such that the large kernel is taken, too.
            let ks = [[1, 255, 300, 70][(i + j) % 4], [256, 17, 257, 513][(i + j) % 4]];
            for k in ks.into_iter().chain((m * n > 900).then_some(1 + 270_000 / (m * n))) {
                // (All orders of a, b and the result come by.)
                for flags in [(i + 2 * j) % 8, (5 * i + j + 3) % 8] {
                    let order = |bit: usize| if flags & bit == 0 { [0, 1] } else { [1, 0] };
                    let (la, lb) = (ordered(&[m, k], &order(1), 1), ordered(&[k, n], &order(2), 1));
                    let (alpha, beta) = [(1.0, 0.0), (2.0, -1.0), (-1.0, 3.0)][(i + flags) % 3];
                    check::<f32>(&la, &lb, &ordered(&[m, n], &order(4), 1 + (i + j) % 2), alpha, beta);
                }
            }
            let (la, lb) = (ordered(&[m, 600], &[0, 1], 1), ordered(&[600, n], &[1, 0], 1));
            check::<f64>(&la, &lb, &ordered(&[m, n], &[0, 1], 1), 1.0, 1.0);
        }
    }
}

/// Bits and closeness for one size; the operands may be transposed.
fn same_bits<T: Element>(m: usize, k: usize, n: usize, transposed: bool, tolerance: f64) {
    let (a, b) = (randoms::<T>(m * k, 1), randoms::<T>(k * n, 2));
    let order = if transposed { [1, 0] } else { [0, 1] };
    let (mut la, mut lb) = (ordered(&[m, k], &order, 1), ordered(&[k, n], &order, 1));
    (la.offset, lb.offset) = (0, 0);
    let lo = Layout { shape: Dims::from_slice(&[m, n]), strides: row_major(&[m, n]), offset: 0 };
    let mut first: Option<Vec<T>> = None;
    for threads in [1, 2, 7] {
        set_num_threads(threads);
        let mut out = vec![T::default(); m * n];
        matmul(View::from_slice(&a, &la), View::from_slice(&b, &lb), ViewMut::from_slice(&mut out, &lo));
        match &first {
            Some(f) => assert!(*f == out, "{threads} threads differ: {m} {k} {n} {}", T::DTYPE),
            None => first = Some(out),
        }
    }
    let out = first.unwrap();
    for flat in (0..m * n).step_by((m * n / 50).max(1)) {
        let (i, j) = (flat / n, flat % n);
        let want: f64 =
            (0..k).map(|l| a[offset_of(&la, i * k + l)].to_f64() * b[offset_of(&lb, l * n + j)].to_f64()).sum();
        assert!((out[flat].to_f64() - want).abs() <= tolerance, "{m} {k} {n}: {:?} {want}", out[flat]);
    }
}

#[test]
fn threads_do_not_change_bits() {
    for transposed in [false, true] {
        for (m, k, n) in
            [(300, 310, 520), (1, 1000, 1000), (1000, 999, 1), (1, 300_001, 1), (3, 200_000, 1), (1, 70_001, 20)]
                .into_iter()
                .chain([(128, 128, 128), (129, 513, 131), (20, 700, 1030), (1030, 700, 20), (512, 4608, 16)])
                .chain([(16, 4608, 512), (31, 257, 33), (65, 64, 66)])
        {
            same_bits::<f32>(m, k, n, transposed, 2e-3);
            same_bits::<f64>(m, k, n, transposed, 1e-9);
        }
        same_bits::<bf16>(200, 210, 220, transposed, 2e-2);
        same_bits::<f16>(200, 210, 220, transposed, 5e-3);
    }
}
