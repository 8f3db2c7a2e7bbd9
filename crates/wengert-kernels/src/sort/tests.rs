use super::*;
use crate::dtype::f16;
use crate::layout::row_major;
use crate::parallel::set_num_threads;
use std::cmp::Ordering;

/// Lines of `input` along `dim`, as vectors, in row-major order of the other dimensions.
fn lines<T: Element>(data: &[T], layout: &Layout, dim: usize) -> Vec<Vec<T>> {
    let (shape, strides): (Dims, Strides) = (without(&layout.shape, dim), without(&layout.strides, dim));
    let mut out = Vec::new();
    walk(&shape, [&strides], 0, shape.iter().product(), |[o]| {
        let at = |i: usize| (layout.offset as isize + o + i as isize * layout.strides[dim]) as usize;
        out.push((0..layout.shape[dim]).map(|i| data[at(i)]).collect());
    });
    out
}

fn order<T: Element>(a: &T, b: &T) -> Ordering {
    match (a.partial_cmp(a).is_none(), b.partial_cmp(b).is_none()) {
        (false, false) => a.partial_cmp(b).unwrap(),
        (x, y) => x.cmp(&y),
    }
}

fn naive<T: Element>(line: &[T], descending: bool) -> Vec<usize> {
    let mut at: Vec<usize> = (0..line.len()).collect();
    at.sort_by(|&i, &j| if descending { order(&line[j], &line[i]) } else { order(&line[i], &line[j]) });
    at
}

/// Equal, or both NaN; -0 and 0 differ.
fn same<T: Element>(a: T, b: T) -> bool {
    let sign = |x: T| x.to_f64().is_sign_negative();
    (a == b && sign(a) == sign(b)) || (a.partial_cmp(&a).is_none() && b.partial_cmp(&b).is_none())
}

fn sample<T: Element>(n: usize) -> Vec<T> {
    (0..n)
        .map(|i| match (i % 13, T::DTYPE.is_float()) {
            (5, true) => T::from_f64(f64::NAN),
            (6, true) => T::from_f64(-0.0),
            (7, true) => T::from_f64(f64::NEG_INFINITY),
            (8, true) => T::from_f64(f64::INFINITY),
            _ => T::from_i64((i * 7919 % 23) as i64 - 11),
        })
        .collect()
}

fn every<T: Element>(shape: &[usize], turned: bool, dim: usize) {
    let nd = shape.len();
    let layout = if turned {
        let back: Vec<usize> = (0..nd).rev().collect();
        let s: Vec<usize> = back.iter().map(|&d| shape[d]).collect();
        Layout::contiguous(&s).permute(&back)
    } else {
        Layout::contiguous(shape)
    };
    let data = sample::<T>(layout.numel());
    let input = View::from_slice(&data, &layout);
    let n = shape[dim];
    let run = |k: usize, f: &dyn Fn(ViewMut, ViewMut)| {
        let mut s = shape.to_vec();
        s[dim] = k;
        let out = Layout::contiguous(&s);
        let (mut v, mut x) = (vec![T::default(); out.numel()], vec![0i64; out.numel()]);
        f(ViewMut::from_slice(&mut v, &out), ViewMut::from_slice(&mut x, &out));
        (lines(&v, &out, dim), lines(&x, &out, dim))
    };
    let expect = |k: usize, (v, x): (Vec<Vec<T>>, Vec<Vec<i64>>), want: &dyn Fn(&[T]) -> Vec<usize>| {
        for ((line, v), x) in lines(&data, &layout, dim).iter().zip(v).zip(x) {
            let want = want(line);
            assert_eq!(want.len(), k);
            for (i, w) in want.into_iter().enumerate() {
                assert!(x[i] == w as i64 && same(v[i], line[w]), "{line:?} {v:?} {x:?}");
            }
        }
    };
    for descending in [false, true] {
        expect(n, run(n, &|v, x| sort(input, dim, descending, v, x)), &|l| naive(l, descending));
        for k in [0, 1.min(n), n / 2, n] {
            let got = run(k, &|v, x| topk(input, k, dim, descending, v, x));
            expect(k, got, &|l| naive(l, descending)[..k].to_vec());
        }
    }
    if n == 0 {
        return;
    }
    for k in [0, n / 2, n - 1] {
        expect(1, run(1, &|v, x| kthvalue(input, k, dim, v, x)), &|l| vec![naive(l, false)[k]]);
    }
    let nans = |l: &[T]| l.iter().filter(|x| x.partial_cmp(x).is_none()).count();
    expect(1, run(1, &|v, x| median(input, dim, false, v, x)), &|l| {
        let k = if nans(l) > 0 { n - nans(l) } else { (n - 1) / 2 };
        vec![naive(l, false)[k]]
    });
    expect(1, run(1, &|v, x| median(input, dim, true, v, x)), &|l| {
        let rest = n - nans(l);
        vec![naive(l, false)[if rest > 0 { (rest - 1) / 2 } else { 0 }]]
    });
}

#[test]
fn sorts_and_selects() {
    for dtype in DType::ALL {
        dispatch!(dtype, T => {
            for turned in [false, true] {
                for dim in 0..3 {
                    every::<T>(&[3, 17, 5], turned, dim);
                }
                every::<T>(&[40], turned, 0);
                every::<T>(&[2, 0], turned, 0);
                every::<T>(&[2, 0], turned, 1);
            }
        }, else => ());
    }
}

#[test]
fn broadcast_and_scalar() {
    let layout = Layout { shape: Dims::from_slice(&[2, 3]), strides: Strides::from_slice(&[1, 0]), offset: 0 };
    let out = Layout::contiguous(&[2, 3]);
    let (mut v, mut x) = ([0f32; 6], [9i64; 6]);
    let input = View::from_slice(&[4f32, 2.0], &layout);
    sort(input, 0, false, ViewMut::from_slice(&mut v, &out), ViewMut::from_slice(&mut x, &out));
    assert_eq!((v, x), ([2.0, 2.0, 2.0, 4.0, 4.0, 4.0], [1, 1, 1, 0, 0, 0]));
    let scalar = Layout::contiguous(&[]);
    let (mut v, mut x) = ([f16::default()], [9i64]);
    let five = [f16::from_f64(5.0)];
    let input = View::from_slice(&five, &scalar);
    topk(input, 1, 0, true, ViewMut::from_slice(&mut v, &scalar), ViewMut::from_slice(&mut x, &scalar));
    assert_eq!((v, x), (five, [0]));
}

#[test]
fn large_lines_on_any_number_of_threads() {
    for n in [70_000, 300_001] {
        let layout = Layout { shape: Dims::from_elem(n, 1), strides: row_major(&[n]), offset: 0 };
        let data: Vec<f32> = (0..n).map(|i| ((i * 7919 % 10_007) as f32).sin()).collect();
        let wide: Vec<i64> = (0..n).map(|i| (i * i % 5003) as i64 - 2000).collect();
        let (want, want_wide) = (naive(&data, false), naive(&wide, true));
        for threads in [1, 2, 7] {
            set_num_threads(threads);
            let (mut v, mut x) = (vec![0f32; n], vec![0i64; n]);
            let outs = (ViewMut::from_slice(&mut v, &layout), ViewMut::from_slice(&mut x, &layout));
            sort(View::from_slice(&data, &layout), 0, false, outs.0, outs.1);
            assert!(x.iter().zip(&want).all(|(&x, &w)| x == w as i64));
            let mut v = vec![0i64; n];
            let outs = (ViewMut::from_slice(&mut v, &layout), ViewMut::from_slice(&mut x, &layout));
            sort(View::from_slice(&wide, &layout), 0, true, outs.0, outs.1);
            assert!(x.iter().zip(&want_wide).all(|(&x, &w)| x == w as i64));
        }
    }
}

#[test]
fn searches() {
    let (ls, lv) = (Layout::contiguous(&[2, 4]), Layout::contiguous(&[2, 3]));
    let sorted = [1f64, 3.0, 3.0, 7.0, -1.0, 0.0, 2.0, f64::NAN];
    let values = [3.0, 0.0, 9.0, -0.0, 5.0, f64::NAN];
    let find = |right| {
        let mut out = [0i64; 6];
        let to = ViewMut::from_slice(&mut out, &lv);
        searchsorted(View::from_slice(&sorted, &ls), View::from_slice(&values, &lv), right, to);
        out
    };
    assert_eq!(find(false), [1, 0, 4, 1, 3, 3]);
    assert_eq!(find(true), [3, 0, 4, 2, 3, 4]);
    let (one, scalar) = (Layout::contiguous(&[4]), Layout::contiguous(&[]));
    let mut out = [0i64];
    let to = ViewMut::from_slice(&mut out, &scalar);
    searchsorted(View::from_slice(&sorted[..4], &one), View::from_slice(&[4f64], &scalar), false, to);
    assert_eq!(out, [3]);
}
