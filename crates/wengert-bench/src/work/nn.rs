//! Training steps.

use super::Goal::{Open, Ratio};
use super::{Run, Workload, each, list, normal, or_stop, ready};
use wengert::autograd::trap_non_finite;
use wengert::{Tensor, ops};
use wengert_nn::optim::{Optimizer, SGD, SGDOptions};
use wengert_nn::{Linear, Module, ReLU, Sequential};

/// A step of [`mlp`] in which the first operation that makes something not finite would be found; PyTorch's twin is `detect_anomaly`.
fn trapped(sizes: &[usize], batch: usize, classes: bool) -> Run {
    let mut step = mlp(sizes, batch, classes);
    Box::new(move || trap_non_finite(&mut step))
}

/// Forward, loss, backward, SGD with momentum.
fn mlp(sizes: &[usize], batch: usize, classes: bool) -> Run {
    wengert::manual_seed(0);
    let mut model = Sequential::new();
    for (i, w) in sizes.windows(2).enumerate() {
        model.push(Linear::new(w[0], w[1]));
        if i + 2 < sizes.len() {
            model.push(ReLU);
        }
    }
    let parameters = model.parameters();
    // So slow that thousands of steps do not converge: gradients that vanish become subnormal numbers, which cost tens of cycles each.
    let options = SGDOptions { lr: 1e-6, momentum: 0.9, ..SGDOptions::default() };
    let mut optimizer = or_stop(SGD::new(parameters.clone(), options));
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
        ready(&loss);
        loss.backward();
        optimizer.step();
        parameters.iter().for_each(ready);
    })
}

pub(super) fn list() -> Vec<Workload> {
    list! {
        "mlp_32_64_64_1_b1", "step", Ratio(10.0) => mlp(&[32, 64, 64, 1], 1, false);
        "mlp_32_64_64_1_b64", "step", Ratio(5.0) => mlp(&[32, 64, 64, 1], 64, false);
        "mlp_784_512_256_10_b128", "step", Ratio(1.3) => mlp(&[784, 512, 256, 10], 128, true);
        "mlp_32_64_64_1_b64_trap", "step", Open => trapped(&[32, 64, 64, 1], 64, false);
        "mlp_784_512_256_10_b128_trap", "step", Open => trapped(&[784, 512, 256, 10], 128, true);
    }
}
