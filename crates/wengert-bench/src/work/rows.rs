//! Reductions, and operations that reduce rows: softmax, normalization, losses; rows of a table.

use super::Goal::{Open, Ratio};
use super::{Run, Workload, each, grads_ready, list, normal, or_stop, ready, there_and_back};
use wengert::{Generator, Tensor, ops};

fn on_square(f: impl Fn(&Tensor) -> Tensor + 'static) -> Run {
    let a = normal(&[4096, 4096]);
    each(move || ready(&f(&a)))
}

fn numbers_below(n: usize, count: usize) -> Tensor {
    or_stop(Tensor::randint_of(0, n as i64, &[count], wengert::DType::I64, &Generator::new(0)))
}

pub(super) fn list() -> Vec<Workload> {
    list! {
        "sum_dim0_4096", "call", Ratio(2.0) => on_square(|a| a.sum_dim(&[0], false));
        "sum_dim1_4096", "call", Ratio(1.0) => on_square(|a| a.sum_dim(&[1], false));
        "softmax_dim0_4096", "call", Ratio(1.5) => on_square(|a| a.softmax(0));
        "softmax_dim1_4096", "call", Ratio(1.5) => on_square(|a| a.softmax(1));
        "softmax_4096x1024", "step", Ratio(1.5) => {
            let x = normal(&[4096, 1024]).requires_grad_(true);
            there_and_back(vec![x], normal(&[4096, 1024]), |t| t[0].softmax(1))
        };
        "layer_norm_4096x1024", "step", Ratio(1.5) => {
            let leaves = [normal(&[4096, 1024]), normal(&[1024]), normal(&[1024])].map(|t| t.requires_grad_(true));
            there_and_back(leaves.into(), normal(&[4096, 1024]), |t| {
                t[0].layer_norm(&[1024], Some(&t[1]), Some(&t[2]), 1e-5)
            })
        };
        "cross_entropy_4096x1000", "step", Open => {
            let (x, classes) = (normal(&[4096, 1000]).requires_grad_(true), numbers_below(1000, 4096));
            each(move || {
                x.zero_grad();
                let loss = x.cross_entropy(&classes, ops::CrossEntropyOptions::default());
                ready(&loss);
                loss.backward();
                grads_ready(&[&x]);
            })
        };
        "embedding_10000x256", "step", Open => {
            let (table, rows) = (normal(&[10_000, 256]).requires_grad_(true), numbers_below(10_000, 4096));
            there_and_back(vec![table], normal(&[4096, 256]), move |t| rows.embedding(&t[0], None))
        };
    }
}
