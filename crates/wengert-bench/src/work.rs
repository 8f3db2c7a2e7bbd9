//! What is measured. Every workload has a twin of the same name in `xtask/python/bench_torch.py`.

use std::hint::black_box;
use std::time::{Duration, Instant};
use wengert::{Generator, Tensor, no_grad, ops, tensor};
use wengert_nn as nn;
use wengert_nn::Module;
use wengert_nn::optim::{Optimizer, SGD, SGDOptions};

/// One measurement: the time, and how many units of work it was.
pub type Run = Box<dyn FnMut() -> (Duration, usize)>;

/// A workload: inputs are made by `prepare`, outside the measurement.
pub struct Workload {
    /// The name on both sides.
    pub name: &'static str,
    /// What one unit is.
    pub unit: &'static str,
    /// Makes inputs and gives the function to measure.
    pub prepare: fn() -> Run,
}

fn timed(f: impl FnOnce()) -> Duration {
    let t = Instant::now();
    f();
    t.elapsed()
}

fn normal(shape: &[usize]) -> Tensor {
    Tensor::randn_of(shape, wengert::DType::F32, &Generator::new(0))
}

fn each(mut f: impl FnMut() + 'static) -> Run {
    Box::new(move || (timed(&mut f), 1))
}

fn elementwise(n: usize) -> Run {
    let x = normal(&[n]).requires_grad_(true);
    each(move || {
        x.zero_grad();
        let y = (&x * x.sin() + (-(&x * &x)).exp()).sum();
        y.backward();
    })
}

fn elementwise_forward(n: usize) -> Run {
    let x = normal(&[n]);
    each(move || {
        black_box((&x * x.sin() + (-(&x * &x)).exp()).sum().item());
    })
}

fn matmul(n: usize) -> Run {
    let (a, b) = (normal(&[n, n]), normal(&[n, n]));
    each(move || {
        black_box(a.matmul(&b));
    })
}

fn or_stop<T>(r: wengert::Result<T>) -> T {
    r.unwrap_or_else(|e| panic!("{e}"))
}

/// A training step: forward, loss, backward, SGD with momentum.
fn mlp(sizes: &[usize], batch: usize, classes: bool) -> Run {
    wengert::manual_seed(0);
    let mut model = nn::Sequential::new();
    for (i, w) in sizes.windows(2).enumerate() {
        model.push(nn::Linear::new(w[0], w[1]));
        if i + 2 < sizes.len() {
            model.push(nn::ReLU);
        }
    }
    let mut optimizer =
        or_stop(SGD::new(model.parameters(), SGDOptions { lr: 1e-3, momentum: 0.9, ..SGDOptions::default() }));
    let x = normal(&[batch, sizes[0]]);
    let outputs = sizes[sizes.len() - 1];
    let classes = classes.then(|| Tensor::randint(0, outputs as i64, &[batch]));
    let target = normal(&[batch, outputs]);
    each(move || {
        optimizer.zero_grad();
        let y = or_stop(model.forward(&x));
        let loss = match &classes {
            Some(c) => y.cross_entropy(c, ops::CrossEntropyOptions::default()),
            None => y.mse_loss(&target, ops::Reduction::Mean),
        };
        loss.backward();
        optimizer.step();
    })
}

/// Every workload.
pub fn all() -> Vec<Workload> {
    macro_rules! list {
        ($($name:literal, $unit:literal => $prepare:expr;)*) => {
            vec![$(Workload { name: $name, unit: $unit, prepare: || $prepare }),*]
        };
    }
    list! {
        "op_recorded_1", "operation" => {
            let x = tensor!([1.5]).requires_grad_(true);
            Box::new(move || (timed(|| for _ in 0..10_000 { black_box(&x * &x); }), 10_000))
        };
        "op_unrecorded_1", "operation" => {
            let x = tensor!([1.5]);
            Box::new(move || (timed(|| no_grad(|| for _ in 0..10_000 { black_box(&x * &x); })), 10_000))
        };
        "backward_node", "node" => {
            let x = tensor!([1.0]).requires_grad_(true);
            Box::new(move || {
                let mut y = &x * 1.0;
                for _ in 0..1000 {
                    y = &y * &x;
                }
                x.zero_grad();
                (timed(|| y.backward()), 1000)
            })
        };
        "chain_100k", "chain" => {
            let x = tensor!([1.0]).requires_grad_(true);
            each(move || {
                let mut y = &x + 0.0;
                for _ in 0..100_000 {
                    y = y + 1.0;
                }
                x.zero_grad();
                y.backward();
            })
        };
        "elementwise_10k", "step" => elementwise(10_000);
        "elementwise_1m", "step" => elementwise(1_000_000);
        "elementwise_10m", "step" => elementwise(10_000_000);
        "elementwise_fwd_10m", "pass" => elementwise_forward(10_000_000);
        "add_10m", "call" => {
            let (a, b) = (normal(&[10_000_000]), normal(&[10_000_000]));
            each(move || { black_box(&a + &b); })
        };
        "matmul_128", "call" => matmul(128);
        "matmul_256", "call" => matmul(256);
        "matmul_512", "call" => matmul(512);
        "matmul_1024", "call" => matmul(1024);
        "matmul_2048", "call" => matmul(2048);
        "sum_dim0_4096", "call" => {
            let a = normal(&[4096, 4096]);
            each(move || { black_box(a.sum_dim(&[0], false)); })
        };
        "sum_dim1_4096", "call" => {
            let a = normal(&[4096, 4096]);
            each(move || { black_box(a.sum_dim(&[1], false)); })
        };
        "softmax_dim0_4096", "call" => {
            let a = normal(&[4096, 4096]);
            each(move || { black_box(a.softmax(0)); })
        };
        "softmax_dim1_4096", "call" => {
            let a = normal(&[4096, 4096]);
            each(move || { black_box(a.softmax(1)); })
        };
        "mlp_32_64_64_1_b1", "step" => mlp(&[32, 64, 64, 1], 1, false);
        "mlp_32_64_64_1_b64", "step" => mlp(&[32, 64, 64, 1], 64, false);
        "mlp_784_512_256_10_b128", "step" => mlp(&[784, 512, 256, 10], 128, true);
    }
}
