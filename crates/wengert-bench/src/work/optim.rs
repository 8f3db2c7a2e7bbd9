//! Steps of optimizers alone. The twin of `..._fused` is PyTorch's fused Adam, that of the other its default.

use super::Goal::Ratio;
use super::{Run, Workload, each, list, normal, or_stop, ready};
use wengert_nn::optim::{Adam, AdamOptions, Optimizer};

fn adam(tensors: usize, size: usize) -> Run {
    let parameters: Vec<_> = (0..tensors).map(|_| normal(&[size]).requires_grad_(true)).collect();
    for p in &parameters {
        or_stop(p.set_grad(Some(&normal(&[size]))));
    }
    let mut optimizer = or_stop(Adam::new(parameters.clone(), AdamOptions::default()));
    each(move || {
        optimizer.step();
        parameters.iter().for_each(ready);
    })
}

pub(super) fn list() -> Vec<Workload> {
    list! {
        "adam_1000x100", "step", Ratio(50.0) => adam(1000, 100);
        "adam_1000x100_fused", "step", Ratio(10.0) => adam(1000, 100);
        "adam_100x10000", "step", Ratio(3.0) => adam(100, 10_000);
        "adam_100x10000_fused", "step", Ratio(1.0) => adam(100, 10_000);
    }
}
