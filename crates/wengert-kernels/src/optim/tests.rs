use super::*;
use crate::dtype::DType;

const STEP: Adam = Adam {
    lr: 0.1,
    betas: (0.9, 0.99),
    eps: 1e-8,
    weight_decay: 0.01,
    decoupled: true,
    amsgrad: true,
    maximize: false,
    step: 3,
};

/// Some numbers, reproducible.
fn numbers(n: usize, seed: u32) -> Vec<f32> {
    let next = |s: &mut u32| {
        *s = s.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some((*s >> 8) as f32 / (1 << 24) as f32)
    };
    std::iter::repeat(()).scan(seed, |s, ()| next(s)).take(n).collect()
}

fn items(arrays: &mut [Vec<f32>; 5], sizes: &[usize]) -> Vec<Item> {
    let mut at = 0;
    let [p, g, m, v, x] = arrays.each_mut().map(|a| a.as_mut_ptr());
    let item = |&len: &usize| {
        let start = at;
        at += len;
        let [param, grad, m, v, x] = [p, g, m, v, x].map(|a| a.wrapping_add(start).cast::<u8>());
        Item { param, grad, state: [m, v, x], len }
    };
    sizes.iter().map(item).collect()
}

#[test]
fn cutting_changes_nothing() {
    // Sizes with pieces that end inside of tensors, empty tensors, and more than one piece in a tensor.
    let sizes = [0, 100, 1, GRAIN - 50, 0, 5 * GRAIN + 7, 31, 0];
    let n = sizes.iter().sum();
    let start: [Vec<f32>; 5] = std::array::from_fn(|i| numbers(n, i as u32));
    let (mut whole, mut parts) = (start.clone(), start.clone());
    // SAFETY: the arrays have as many elements as the items together, and do not overlap.
    unsafe {
        adam(DType::F32, &items(&mut parts, &sizes), &STEP);
        for item in items(&mut whole, &[n]) {
            let c = &STEP;
            // One element at a time, on this thread.
            for i in 0..n {
                let one = |p: *mut u8| p.cast::<f32>().wrapping_add(i).cast::<u8>();
                let item = Item {
                    param: one(item.param),
                    grad: one(item.grad.cast_mut()),
                    state: item.state.map(one),
                    len: 1,
                };
                adam(DType::F32, &[item], c);
            }
        }
    }
    assert_ne!(start[0], whole[0]);
    for (a, b) in whole.iter().zip(&parts) {
        assert!(a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}

#[test]
fn a_gradient_may_be_the_parameter() {
    let step = Sgd {
        lr: 0.25,
        momentum: 0.0,
        dampening: 0.0,
        weight_decay: 0.0,
        nesterov: false,
        maximize: false,
        first: false,
    };
    let mut x: Vec<f64> = (0..37).map(f64::from).collect();
    let at = x.as_mut_ptr().cast::<u8>();
    let item = Item { param: at, grad: at, state: [std::ptr::null_mut(); STATES], len: 37 };
    // SAFETY: equal pointers to 37 elements.
    unsafe { sgd(DType::F64, &[item], &step) };
    assert!(x.iter().enumerate().all(|(i, &x)| x == i as f64 * 0.75));
}

#[test]
fn half_types_are_rounded_after_each_operation() {
    let step =
        Sgd { lr: 0.1, momentum: 0.9, dampening: 0.5, weight_decay: 0.3, nesterov: true, maximize: true, first: false };
    let r = |x: f32| round_bf16(x);
    let (p, g, b) = (r(1.2345), r(-0.3456), r(0.777));
    let mut arrays = [p, g, b].map(<bf16 as Element>::from_f32);
    let [pp, gp, bp] = arrays.each_mut().map(|x| std::ptr::from_mut(x).cast::<u8>());
    let null = std::ptr::null_mut();
    // SAFETY: one element at each pointer.
    unsafe { sgd(DType::BF16, &[Item { param: pp, grad: gp, state: [bp, null, null], len: 1 }], &step) };
    let d = r(r(0.3).mul_add(p, -g));
    let new = r(0.5f32.mul_add(d, r(b * 0.9)));
    let expected = r(r(-0.1).mul_add(r(r(0.9).mul_add(new, d)), p));
    assert_eq!(arrays.map(|x| x.to_f32()), [expected, g, new]);
}

#[test]
fn squares_of_long_and_short_lists() {
    let x = numbers(6 * GRAIN + 5, 9);
    let item = |from: usize, len: usize| Item {
        param: x[from..from + len].as_ptr().cast_mut().cast(),
        grad: std::ptr::null(),
        state: [std::ptr::null_mut(); STATES],
        len,
    };
    let expected = |i: &Item| {
        let from = (i.param.addr() - x.as_ptr().addr()) / 4;
        x[from..from + i.len].iter().map(|v| f64::from(*v).powi(2)).sum::<f64>()
    };
    for items in [vec![item(3, 0), item(0, 100), item(7, 31)], vec![item(0, 33), item(5, 6 * GRAIN), item(1, 0)]] {
        // SAFETY: the items are parts of x, which is only read.
        let sums = unsafe { squares(DType::F32, &items) };
        for (sum, item) in sums.iter().zip(&items) {
            assert!((sum - expected(item)).abs() <= 1e-12 * sum, "{sum} for {} elements", item.len);
        }
        assert_eq!(sums.len(), items.len());
    }
}

#[test]
fn clamping_keeps_nan() {
    // As many as make vectors, and some more.
    let x: Vec<f32> = (0..37).map(|i| if i % 5 == 4 { f32::NAN } else { (i - 18) as f32 / 4.0 }).collect();
    let mut singles = x.clone();
    let mut doubles: Vec<f64> = x.iter().map(|v| f64::from(*v)).collect();
    let null = std::ptr::null_mut();
    let item = |param| Item { param, grad: std::ptr::null(), state: [null; STATES], len: 37 };
    // SAFETY: arrays of 37 elements.
    unsafe {
        clamp(DType::F32, &[item(singles.as_mut_ptr().cast())], -1.0, 2.25);
        clamp(DType::F64, &[item(doubles.as_mut_ptr().cast())], -1.0, 2.25);
    }
    for ((x, s), d) in x.iter().zip(singles).zip(doubles) {
        assert!(x.is_nan() && s.is_nan() && d.is_nan() || s == x.clamp(-1.0, 2.25) && d == f64::from(s), "{x} {s} {d}");
    }
}
