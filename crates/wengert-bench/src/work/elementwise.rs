//! Elementwise operations and copies, from the second-level cache to main memory.

use super::Goal::{Open, Ratio};
use super::{Run, Workload, each, grads_ready, list, normal, ready, there_and_back};
use std::hint::black_box;
use wengert::Tensor;

fn chain(n: usize) -> Run {
    let x = normal(&[n]).requires_grad_(true);
    each(move || {
        x.zero_grad();
        let y = (&x * x.sin() + (-(&x * &x)).exp()).sum();
        ready(&y);
        y.backward();
        grads_ready(&[&x]);
    })
}

fn chain_forward(n: usize) -> Run {
    let x = normal(&[n]);
    each(move || {
        black_box((&x * x.sin() + (-(&x * &x)).exp()).sum().item());
    })
}

pub(super) fn list() -> Vec<Workload> {
    list! {
        "elementwise_10k", "step", Ratio(3.0) => chain(10_000);
        "elementwise_1m", "step", Ratio(5.0) => chain(1_000_000);
        "elementwise_10m", "step", Ratio(10.0) => chain(10_000_000);
        "elementwise_fwd_10m", "pass", Open => chain_forward(10_000_000);
        "add_10m", "call", Ratio(4.0) => {
            let (a, b) = (normal(&[10_000_000]), normal(&[10_000_000]));
            each(move || ready(&(&a + &b)))
        };
        "bias_add_4096", "step", Ratio(5.0) => {
            let leaves = [normal(&[4096, 4096]), normal(&[4096])].map(|t| t.requires_grad_(true));
            there_and_back(leaves.into(), Tensor::ones(&[4096, 4096]), |t| &t[0] + &t[1])
        };
        "transpose_copy_4096", "call", Ratio(5.0) => {
            let a = normal(&[4096, 4096]);
            each(move || ready(&a.t().contiguous()))
        };
    }
}
