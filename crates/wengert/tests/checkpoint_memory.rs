//! What a checkpointed network needs of memory. The counters are the process's, so this is a process of its own.

use std::sync::Arc;
use wengert::autograd::{Step, checkpoint_sequential, ledger};
use wengert::{Result, Tensor, memory, ops, random};

/// Weights and layers of a network.
fn mlp(layers: usize, width: usize) -> (Vec<Tensor>, Vec<Step>) {
    let generator = random::Generator::new(7);
    let weights: Vec<Tensor> = (0..layers)
        .map(|_| {
            let w = Tensor::randn_of(&[width, width], wengert::DType::F32, &generator) * (1.0 / (width as f64).sqrt());
            w.requires_grad_(true)
        })
        .collect();
    let layer = |w: &Tensor| -> Step {
        let w = w.clone();
        Arc::new(move |x| ops::tanh(&ops::matmul(x, &w)?))
    };
    let steps = weights.iter().map(layer).collect();
    (weights, steps)
}

fn through(steps: &[Step], x: &Tensor) -> Result<Tensor> {
    steps.iter().try_fold(x.clone(), |x, step| step(&x))
}

fn a_deep_network_needs_less_memory_and_has_the_same_gradients() {
    let (weights, steps) = mlp(48, 64);
    let x = Tensor::ones(&[8192, 64]);
    let run = |segments: Option<usize>| {
        weights.iter().for_each(Tensor::zero_grad);
        let before = memory::allocated();
        memory::reset_peak();
        let y = match segments {
            Some(n) => checkpoint_sequential(&steps, n, &x).unwrap(),
            None => through(&steps, &x).unwrap(),
        };
        let held = ledger(&y).bytes() - ledger(&y).leaf_bytes();
        (&y * &y).sum().backward();
        let peak = memory::peak().saturating_sub(before);
        (peak, held, weights.iter().map(|w| w.grad().unwrap().to_vec::<f32>()).collect::<Vec<_>>())
    };
    let (peak, held, grads) = run(None);
    let (peak_of_8, held_of_8, grads_of_8) = run(Some(8));
    assert!(grads == grads_of_8, "gradients differ");
    println!("48 layers: peak {peak} bytes, graph {held}; with 8 checkpoints peak {peak_of_8}, graph {held_of_8}");
    assert!(held >= 48 * 8192 * 64 * 4 && held_of_8 * 4 < held, "{held} {held_of_8}");
    assert!(peak_of_8 * 2 < peak, "peak {peak}, with checkpoints {peak_of_8}");
}

/// What waits must not keep alive what it is computed from: the gradient of a weight is a product of two much larger tensors.
fn gradients_that_nobody_has_read_keep_no_activations() {
    let (weights, steps) = mlp(12, 256);
    let x = Tensor::ones(&[2048, 256]);
    let before = memory::allocated();
    let y = through(&steps, &x).unwrap();
    (&y * &y).sum().backward();
    drop(y);
    let gradients: usize = weights.iter().map(|w| 4 * w.numel()).sum();
    let held = memory::allocated() - before;
    assert!(held <= gradients + (1 << 20), "{held} bytes are held for gradients of {gradients}");
}

// One after the other: both count all of the process's memory.
#[test]
fn memory_of_deep_networks() {
    a_deep_network_needs_less_memory_and_has_the_same_gradients();
    gradients_that_nobody_has_read_keep_no_activations();
}
