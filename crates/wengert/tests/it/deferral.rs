//! Deferral: how often memory is walked, and what happens to pending results when the world moves on.

use wengert::deferral::{self, Guard, Passes};
use wengert::testing::bytes;
use wengert::{DType, Generator, Tensor, no_grad, ops};

const N: usize = 100_000;

fn normal(shape: &[usize], seed: u64) -> Tensor {
    Tensor::randn_of(shape, DType::F32, &Generator::new(seed))
}

fn passes<R>(f: impl FnOnce() -> R) -> (R, Passes) {
    let before = deferral::passes();
    let r = f();
    (r, deferral::passes() - before)
}

#[test]
fn a_chain_and_its_sum_are_one_pass_forward_and_one_backward() {
    let _on = Guard::from(1);
    let x = normal(&[N], 0).requires_grad_(true);
    let (y, forward) = passes(|| (&x * x.sin() + (-(&x * &x)).exp()).sum());
    assert_eq!(forward, Passes { passes: 1, read: 4 * N as u64, written: 4 });
    let ((), backward) = passes(|| {
        y.backward();
        x.grad().unwrap().array().evaluate();
    });
    assert_eq!(backward, Passes { passes: 1, read: 4 * N as u64, written: 4 * N as u64 });
}

#[test]
fn without_deferral_every_operation_is_a_pass() {
    let x = normal(&[N], 0);
    let (_, forward) = passes(|| deferral::immediately(|| (&x * x.sin() + (-(&x * &x)).exp()).sum()));
    assert_eq!(forward.passes, 7);
}

#[test]
fn consumers_take_in_what_is_pending() {
    let _on = Guard::from(1);
    let x = normal(&[100, 1000], 0);
    let consumers: [fn(&Tensor) -> Tensor; 7] = [
        |y| y.sum(),
        |y| y.sum_dim(&[0], false),
        |y| y.sum_dim(&[1], false),
        |y| y.amax_dim(&[1], false),
        |y| y.softmax(1),
        |y| y.var(),
        |y| ops::to_dtype(y, DType::F64).unwrap().sum(),
    ];
    for (i, f) in consumers.into_iter().enumerate() {
        let (_, p) = passes(|| f(&(&x * 2.0 + 1.0).exp()));
        assert_eq!(p.passes, 1, "consumer {i}");
    }
    let target = normal(&[100, 1000], 1);
    let (_, p) = passes(|| ops::copy_(&target, &(&x * 2.0 + 1.0)));
    assert_eq!(p.passes, 1);
    let (_, p) = passes(|| ops::add_(&target, &(&x * 2.0 + 1.0)));
    assert_eq!(p.passes, 1);
}

#[test]
fn gradients_accumulate_in_one_pass_each() {
    let _on = Guard::from(1);
    let x = normal(&[N], 0).requires_grad_(true);
    (&x * 3.0).sum().backward();
    (x.sin() * &x).sum().backward();
    let (_, p) = passes(|| x.grad().unwrap().array().evaluate());
    assert!(p.passes <= 1, "{p:?}");
    let expected = deferral::immediately(|| {
        let x = normal(&[N], 0).requires_grad_(true);
        (&x * 3.0).sum().backward();
        (x.sin() * &x).sum().backward();
        bytes(&x.grad().unwrap())
    });
    assert_eq!(bytes(&x.grad().unwrap()), expected);
}

#[test]
fn several_results_that_live_are_stored_in_one_pass() {
    let _on = Guard::from(1);
    let x = normal(&[N], 0);
    let y = (&x * 2.0 + 1.0).exp().sin().tanh().sigmoid();
    let z = &y * 3.0;
    let (_, p) = passes(|| {
        z.array().evaluate();
        y.array().evaluate();
    });
    assert_eq!(p, Passes { passes: 1, read: 4 * N as u64, written: 8 * N as u64 });
}

#[test]
fn a_write_leaves_pending_readers_with_the_old_numbers() {
    let _on = Guard::from(1);
    let x = Tensor::ones(&[N]);
    let y = &x * 2.0;
    let z = &y + 1.0;
    let w = &z * &y;
    drop(z);
    assert!(w.array().is_pending());
    no_grad(|| ops::fill_(&x, 100.0)).unwrap();
    assert!(!w.array().is_pending());
    assert_eq!((w.to_vec::<f32>()[7], y.to_vec::<f32>()[7]), (6.0, 2.0));
    // Through a view, and of a part.
    let v = &x + 1.0;
    ops::fill_(&ops::narrow(&x, 0, 5, 2).unwrap(), 0.0).unwrap();
    assert_eq!(v.to_vec::<f32>()[4..8], [101.0; 4]);
    assert_eq!((&x + 1.0).to_vec::<f32>()[4..8], [101.0, 1.0, 1.0, 101.0]);
}

#[test]
fn what_an_expression_keeps_alive_is_limited() {
    let _on = Guard::from(1);
    let mut x = normal(&[N], 0);
    let before = wengert::memory::allocated();
    for i in 1..40 {
        x = x + normal(&[N], i);
    }
    let kept = wengert::memory::allocated().saturating_sub(before);
    // Other tests share the counter: they hold little of it.
    assert!(kept < 16 * 4 * N, "{kept} bytes are kept for a result of {}", 4 * N);
    let mut y = normal(&[N], 0);
    for _ in 0..1000 {
        y = y + 1.0;
    }
    assert!(y.to_vec::<f32>()[0] > 990.0);
}

#[test]
fn a_saved_pending_tensor_is_stale_after_a_write() {
    let _on = Guard::from(1);
    let x = normal(&[N], 0).requires_grad_(true);
    let y = &x * 2.0;
    let z = &y * &y;
    no_grad(|| ops::add_(&y, 1.0)).unwrap();
    let e = z.sum().backward_with(None, Default::default()).unwrap_err();
    assert!(e.to_string().contains("modified by an inplace operation"), "{e}");
}

#[test]
fn several_threads_evaluate_and_write() {
    for round in 0..30 {
        let x = normal(&[50_000], round);
        let expected: Vec<f32> = deferral::immediately(|| ((&x * 2.0).exp() + 1.0).to_vec());
        let _on = Guard::from(1);
        let y = (&x * 2.0).exp();
        let z = &y + 1.0;
        std::thread::scope(|s| {
            for _ in 0..3 {
                s.spawn(|| assert_eq!(z.to_vec::<f32>(), expected));
            }
            s.spawn(|| {
                let _on = Guard::from(1);
                assert_eq!((&y + 1.0).to_vec::<f32>(), expected);
            });
            s.spawn(|| ops::zero_(&x).unwrap());
        });
        assert_eq!(z.to_vec::<f32>(), expected);
        assert!(x.to_vec::<f32>().iter().all(|&v| v == 0.0));
    }
}

#[test]
fn a_million_operations_on_one_tensor_do_not_pile_up() {
    let _on = Guard::from(1);
    let x = normal(&[64], 0);
    for _ in 0..100_000 {
        let _ = &x + 1.0;
    }
    let y = &x + 1.0;
    ops::zero_(&x).unwrap();
    assert_ne!(y.to_vec::<f32>(), [1.0; 64]);
}

#[test]
fn bias_and_activation_of_a_layer_cost_no_pass_of_their_own() {
    let _on = Guard::from(1);
    let layers: [fn(&Tensor, &Tensor, &Tensor) -> Tensor; 4] = [
        |x, w, b| ops::linear(x, w, Some(b)).unwrap().relu(),
        |x, w, b| (x.matmul(&w.t()) + b).relu(),
        |x, w, b| ops::linear(x, w, Some(b)).unwrap().tanh() * 2.0 + 1.0,
        |x, w, _| x.matmul(&w.t()),
    ];
    // Rows that come in whole, and columns that are cut.
    for (rows, inputs, outputs) in [(200, 30, 70), (64, 300, 1500), (3, 2000, 5000)] {
        let (x, w, b) = (normal(&[rows, inputs], 0), normal(&[outputs, inputs], 1), normal(&[outputs], 2));
        for (i, layer) in layers.into_iter().enumerate() {
            let (y, p) = passes(|| {
                let y = layer(&x, &w, &b);
                y.array().evaluate();
                y
            });
            assert_eq!(p.passes, 1, "layer {i}");
            let expected = deferral::immediately(|| bytes(&layer(&x, &w, &b)));
            assert!(bytes(&y) == expected, "layer {i} of {rows} x {inputs} x {outputs}");
        }
    }
}

#[test]
fn a_product_that_others_hold_is_made_once() {
    let _on = Guard::from(1);
    let (x, w) = (normal(&[100, 80], 0), normal(&[80, 300], 1));
    let z = x.matmul(&w);
    let y = z.relu();
    let s = &z * 2.0;
    let (_, p) = passes(|| {
        y.array().evaluate();
        z.array().evaluate();
    });
    assert_eq!(p.passes, 1);
    let (_, p) = passes(|| s.array().evaluate());
    assert_eq!(p.passes, 1);
    let expected = deferral::immediately(|| bytes(&(x.matmul(&w) * 2.0)));
    assert!(bytes(&s) == expected);
}

#[test]
fn a_product_may_meet_its_own_transpose() {
    let x = normal(&[256, 256], 1);
    let right = x.matmul(&x).to_vec::<f32>();
    let at = |v: &[f32], i: usize, j: usize| v[i * 256 + j] + v[j * 256 + i];
    let product = x.matmul(&x);
    let sum = (&product + product.transpose(0, 1)).to_vec::<f32>();
    let deeper = x.matmul(&x) * 2.0;
    let deeper = (&deeper + deeper.transpose(0, 1)).to_vec::<f32>();
    for (i, j) in [(0, 0), (5, 77), (255, 3)] {
        assert_eq!((sum[i * 256 + j], deeper[i * 256 + j]), (at(&right, i, j), 2.0 * at(&right, i, j)));
    }
}

#[test]
fn the_backward_of_a_layer_makes_each_product_once() {
    let _on = Guard::from(1);
    let (w, b) = (normal(&[300, 80], 1).requires_grad_(true), normal(&[300], 2).requires_grad_(true));
    let v = normal(&[50, 300], 3).requires_grad_(true);
    let x = normal(&[100, 80], 0);
    let step = || {
        let h = ops::linear(&x, &w, Some(&b)).unwrap().relu();
        ops::linear(&h, &v, None).unwrap().sum().backward();
        [&w, &b, &v].map(|t| {
            let grad = t.grad().unwrap();
            t.zero_grad();
            grad.array().evaluate();
            grad
        })
    };
    let (grads, p) = passes(step);
    // Forward: two layers and the sum. Backward: three products, one of them with the mask of relu, and the sum for the bias.
    assert_eq!(p.passes, 7);
    assert!(grads.map(|g| bytes(&g)) == deferral::immediately(step).map(|g| bytes(&g)));
}
