use super::*;
use crate::parallel::set_num_threads;
use crate::walk::without;

/// Calls `f` for each line: offsets of its elements in an array of this layout.
fn lines(layout: &Layout, dim: usize) -> Vec<Vec<usize>> {
    let (shape, strides): (Dims, Strides) = (without(&layout.shape, dim), without(&layout.strides, dim));
    let mut out = Vec::new();
    walk(&shape, [&strides], 0, shape.iter().product(), |[o]| {
        let at = |i: usize| (layout.offset as isize + o + i as isize * layout.strides[dim]) as usize;
        out.push((0..layout.shape[dim]).map(at).collect());
    });
    out
}

fn turned(shape: &[usize]) -> Layout {
    let back: Vec<usize> = (0..shape.len()).rev().collect();
    let s: Vec<usize> = back.iter().map(|&d| shape[d]).collect();
    Layout::contiguous(&s).permute(&back)
}

fn sums<T: Element, O: Element>(shape: &[usize], layout: &Layout, dim: usize) {
    let data: Vec<T> = (0..layout.numel()).map(|i| T::from_i64((i * 7 % 5) as i64 - 1)).collect();
    let out = Layout::contiguous(shape);
    for product in [false, true] {
        let mut got = vec![O::default(); out.numel()];
        let f = if product { cumprod } else { cumsum };
        f(View::from_slice(&data, layout), dim, ViewMut::from_slice(&mut got, &out));
        for (i, o) in lines(layout, dim).into_iter().zip(lines(&out, dim)) {
            let mut float = if product { 1.0 } else { 0.0 };
            let mut int = product as i64;
            for (i, o) in i.into_iter().zip(o) {
                let (x, y) = (data[i].to_f64(), data[i].to_i64());
                float = if product { float * x } else { float + x };
                int = if product { int.wrapping_mul(y) } else { int + y };
                let want = if O::DTYPE.is_float() { O::from_f64(float) } else { O::from_i64(int) };
                assert_eq!(got[o], want, "{} {dim} {product}", T::DTYPE);
            }
        }
    }
}

fn extremes_of<T: Element>(shape: &[usize], layout: &Layout, dim: usize) {
    let nan = |i: usize| T::DTYPE.is_float() && i % 29 == 20;
    let data: Vec<T> = (0..layout.numel())
        .map(|i| if nan(i) { T::from_f64(f64::NAN) } else { T::from_i64((i * 7919 % 11) as i64) })
        .collect();
    let out = Layout::contiguous(shape);
    for max in [false, true] {
        let (mut v, mut x) = (vec![T::default(); out.numel()], vec![0i64; out.numel()]);
        let f = if max { cummax } else { cummin };
        f(View::from_slice(&data, layout), dim, ViewMut::from_slice(&mut v, &out), ViewMut::from_slice(&mut x, &out));
        for (i, o) in lines(layout, dim).into_iter().zip(lines(&out, dim)) {
            let mut best = 0;
            for (l, &at) in o.iter().enumerate() {
                let (a, b) = (data[i[l]].to_f64(), data[i[best]].to_f64());
                if a.is_nan() || (!b.is_nan() && if max { a >= b } else { a <= b }) {
                    best = l;
                }
                let want = data[i[best]].to_f64();
                assert!(x[at] == best as i64 && (v[at].to_f64() == want || want.is_nan()), "{} {dim}", T::DTYPE);
            }
        }
    }
}

#[test]
fn every_type_and_layout() {
    for dtype in DType::ALL {
        dispatch!(dtype, T => {
            for (shape, dims) in [(vec![3, 5, 70], 3), (vec![9], 1), (vec![2, 0], 2), (vec![], 1)] {
                let once = Layout { strides: Strides::from_elem(0, shape.len()), ..Layout::contiguous(&shape) };
                for layout in [Layout::contiguous(&shape), turned(&shape), once] {
                    for dim in 0..dims {
                        if shape.is_empty() {
                            let mut out = [0i64];
                            let one = [T::from_i64(1)];
                            cumsum(View::from_slice(&one, &layout), 0, ViewMut::from_slice(&mut out, &layout));
                            assert_eq!(out, [1]);
                        } else if T::DTYPE.is_float() {
                            if T::DTYPE.size() > 2 {
                                sums::<T, T>(&shape, &layout, dim);
                            }
                            sums::<T, f64>(&shape, &layout, dim);
                        } else {
                            sums::<T, i64>(&shape, &layout, dim);
                            sums::<T, T>(&shape, &layout, dim);
                        }
                        if !shape.is_empty() {
                            extremes_of::<T>(&shape, &layout, dim);
                        }
                    }
                }
            }
        }, else => ());
    }
}

#[test]
fn half_precision_runs_in_single() {
    use crate::dtype::f16;
    let ones = vec![f16::from_f64(1.0); 3000];
    let layout = Layout::contiguous(&[3000]);
    let mut out = vec![f16::default(); 3000];
    cumsum(View::from_slice(&ones, &layout), 0, ViewMut::from_slice(&mut out, &layout));
    assert_eq!(out[2999].to_f64(), 3000.0);
}

#[test]
fn threads_do_not_change_bits() {
    let layout = Layout::contiguous(&[300, 400]);
    let data: Vec<f32> = (0..120_000).map(|i| (i as f32).sin()).collect();
    for dim in 0..2 {
        let mut first: Option<Vec<u32>> = None;
        for threads in [1, 2, 7] {
            set_num_threads(threads);
            let mut out = vec![0f32; 120_000];
            cumsum(View::from_slice(&data, &layout), dim, ViewMut::from_slice(&mut out, &layout));
            let bits: Vec<u32> = out.iter().map(|x| x.to_bits()).collect();
            match &first {
                Some(f) => assert!(*f == bits),
                None => first = Some(bits),
            }
        }
    }
}

#[test]
fn from_the_end() {
    let layout = Layout::contiguous(&[3, 4]);
    let data: Vec<f64> = (0..12).map(f64::from).collect();
    for dim in 0..2 {
        let mut out = vec![0f64; 12];
        let along = Along { dim, reverse: true };
        cumsum(View::from_slice(&data, &layout), along, ViewMut::from_slice(&mut out, &layout));
        let (n, step) = if dim == 0 { (3, 4) } else { (4, 1) };
        for (i, &got) in out.iter().enumerate() {
            let at = i / step % n;
            assert_eq!(got, (0..n - at).map(|k| data[i + k * step]).sum::<f64>(), "{dim} {i}");
        }
    }
}

#[test]
fn exponentials_do_not_overflow() {
    let inf = f64::INFINITY;
    let data = [-inf, -inf, 1000.0, 1000.0, inf, inf, f64::NAN, 1.0];
    let layout = Layout::contiguous(&[8]);
    let mut out = [0f64; 8];
    logcumsumexp(View::from_slice(&data, &layout), 0, ViewMut::from_slice(&mut out, &layout));
    assert_eq!(out[..6], [-inf, -inf, 1000.0, 1000.0 + 2f64.ln(), inf, inf]);
    assert!(out[6].is_nan() && out[7].is_nan());
}
