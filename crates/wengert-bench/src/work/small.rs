//! Tensors of one element: what a call costs. They are evaluated at once, so there is nothing to wait for.

use super::Goal::Nanoseconds;
use super::{Workload, each, grads_ready, list, timed};
use std::hint::black_box;
use wengert::{no_grad, tensor};

pub(super) fn list() -> Vec<Workload> {
    list! {
        "op_recorded_1", "operation", Nanoseconds(120.0) => {
            let x = tensor!([1.5]).requires_grad_(true);
            Box::new(move || (timed(|| for _ in 0..10_000 { black_box(&x * &x); }), 10_000))
        };
        "op_unrecorded_1", "operation", Nanoseconds(60.0) => {
            let x = tensor!([1.5]);
            Box::new(move || (timed(|| no_grad(|| for _ in 0..10_000 { black_box(&x * &x); })), 10_000))
        };
        "backward_node", "node", Nanoseconds(120.0) => {
            let x = tensor!([1.0]).requires_grad_(true);
            Box::new(move || {
                let mut y = &x * 1.0;
                for _ in 0..1000 {
                    y = &y * &x;
                }
                x.zero_grad();
                (timed(|| { y.backward(); grads_ready(&[&x]); }), 1000)
            })
        };
        "chain_100k", "chain", Nanoseconds(40e6) => {
            let x = tensor!([1.0]).requires_grad_(true);
            each(move || {
                let mut y = &x + 0.0;
                for _ in 0..100_000 {
                    y = y + 1.0;
                }
                x.zero_grad();
                y.backward();
                grads_ready(&[&x]);
            })
        };
    }
}
