//! Checkpoints: memory, nesting, random numbers, faults. What PyTorch does is in `cases/checkpoint.rs`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use wengert::autograd::{
    self, CheckpointOptions, Options, SavedTensorsHooks, checkpoint, checkpoint_with, ledger, saved_tensors_hooks,
};
use wengert::{Tensor, no_grad, random, tensor};

#[test]
fn it_runs_once_more_and_keeps_only_its_inputs() {
    let runs = Arc::new(AtomicUsize::new(0));
    let count = runs.clone();
    let x = Tensor::ones(&[100]).requires_grad_(true);
    let f = move |x: &[Tensor]| {
        count.fetch_add(1, Ordering::Relaxed);
        Ok(vec![x[0].exp().sin(), x[0].cos()])
    };
    let outs = checkpoint(f, &[&x]).unwrap();
    assert_eq!(ledger(&outs[0]).bytes(), 0);
    let loss = (&outs[0] * &outs[1]).sum();
    drop(outs);
    loss.backward_with(None, Options::retain_graph()).unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    let first = x.grad().unwrap().to_vec::<f32>();
    x.zero_grad();
    loss.backward();
    assert_eq!(runs.load(Ordering::Relaxed), 3);
    assert_eq!(x.grad().unwrap().to_vec::<f32>(), first);
    let expected = (x.exp().sin() * x.cos()).sum();
    assert_eq!(first, autograd::grad(&[&expected], &[&x])[0].to_vec::<f32>());
}

#[test]
fn nested_ones_and_derivatives_of_any_order() {
    let x = tensor!([0.5, 1.0]).requires_grad_(true);
    let inner = |x: &[Tensor]| Ok(vec![x[0].sin().exp() * &x[0]]);
    let nested = move |x: &[Tensor]| {
        let y = checkpoint(inner, &[&x[0].tanh()])?.remove(0);
        let z = checkpoint(inner, &[&y])?.remove(0);
        Ok(vec![z.cos()])
    };
    let plain = |x: &Tensor| {
        let y = inner(&[x.tanh()]).unwrap().remove(0);
        inner(&[y]).unwrap().remove(0).cos()
    };
    let derivatives = |y: Tensor| {
        let mut all = Vec::new();
        let mut y = y.sum();
        for _ in 0..3 {
            let g = autograd::grad_with(&[&y], &[&x], None, Options::create_graph()).unwrap().remove(0).unwrap();
            all.push(g.to_vec::<f64>());
            y = g.sum();
        }
        all
    };
    let got = derivatives(checkpoint(nested, &[&x]).unwrap().remove(0));
    let expected = derivatives(plain(&x));
    for (a, b) in got.iter().flatten().zip(expected.iter().flatten()) {
        assert!((a - b).abs() <= 1e-5 * b.abs().max(1.0), "{got:?} {expected:?}");
    }
}

#[test]
fn random_numbers_are_the_same_again() {
    let _fork = random::fork();
    let x = Tensor::ones(&[200]).requires_grad_(true);
    let f = |x: &[Tensor]| Ok(vec![random::dropout(&x[0].exp(), 0.5, true, None)?.sin()]);
    random::manual_seed(3);
    f(std::slice::from_ref(&x)).unwrap()[0].sum().backward();
    let expected = x.grad().unwrap().to_vec::<f32>();
    let next = Tensor::rand(&[3]).to_vec::<f32>();
    x.zero_grad();
    random::manual_seed(3);
    let y = checkpoint(f, &[&x]).unwrap().remove(0);
    // Backward neither depends on what was drawn meanwhile nor takes numbers from the stream.
    assert_eq!(Tensor::rand(&[3]).to_vec::<f32>(), next);
    let state = random::default_generator().state();
    y.sum().backward();
    assert!(random::default_generator().state() == state);
    assert_eq!(x.grad().unwrap().to_vec::<f32>(), expected);
    x.zero_grad();
    let loose = CheckpointOptions { preserve_rng_state: false, ..CheckpointOptions::default() };
    checkpoint_with(loose, f, &[&x]).unwrap()[0].sum().backward();
    assert_ne!(x.grad().unwrap().to_vec::<f32>(), expected);
}

#[test]
fn an_early_stop_leaves_out_what_is_not_needed() {
    let ends = Arc::new(AtomicUsize::new(0));
    let run = |early_stop: bool| {
        let count = ends.clone();
        let f = move |x: &[Tensor]| {
            let y = x[0].exp();
            let z = &y + 1.0;
            count.fetch_add(1, Ordering::Relaxed);
            Ok(vec![z])
        };
        let x = tensor!([1.0]).requires_grad_(true);
        let options = CheckpointOptions { early_stop, ..CheckpointOptions::default() };
        checkpoint_with(options, f, &[&x]).unwrap()[0].backward();
        assert!((x.grad().unwrap().item() - 1f64.exp()).abs() < 1e-6);
        ends.swap(0, Ordering::Relaxed)
    };
    assert_eq!((run(true), run(false)), (1, 2));
}

#[test]
fn it_works_within_other_hooks_and_on_leaves_of_the_function() {
    let w = tensor!([2.0, 3.0]).requires_grad_(true);
    let x = tensor!([0.5, 1.0]).requires_grad_(true);
    let own = w.clone();
    let f = move |x: &[Tensor]| Ok(vec![(&x[0] * &own).exp() * &own]);
    let hooks = SavedTensorsHooks::in_bf16();
    let y = saved_tensors_hooks(&hooks, || checkpoint(f.clone(), &[&x]).unwrap().remove(0)).unwrap();
    y.sum().backward();
    let expected = autograd::grad(&[&f(std::slice::from_ref(&x)).unwrap()[0].sum()], &[&x, &w]);
    assert_eq!(x.grad().unwrap().to_vec::<f32>(), expected[0].to_vec::<f32>());
    assert_eq!(w.grad().unwrap().to_vec::<f32>(), expected[1].to_vec::<f32>());
}

#[test]
fn faults_leave_modes_and_generator_as_they_were() {
    let runs = AtomicUsize::new(0);
    let f = move |x: &[Tensor]| {
        if runs.fetch_add(1, Ordering::Relaxed) == 1 {
            panic!("the second time");
        }
        Ok(vec![x[0].exp().sin()])
    };
    let x = tensor!([1.0]).requires_grad_(true);
    let y = checkpoint(f, &[&x]).unwrap().remove(0);
    assert!(std::panic::catch_unwind(|| y.backward()).is_err());
    assert!(autograd::is_grad_enabled());
    y.backward();
    let expected = 1f64.exp().cos() * 1f64.exp();
    assert!((x.grad().unwrap().item() - expected).abs() < 1e-5);
    // Without grad it is a plain call.
    let y = no_grad(|| checkpoint(|x| Ok(vec![x[0].exp()]), &[&x])).unwrap();
    assert!(!y[0].requires_grad());
}

#[test]
fn a_long_chain_is_dropped_on_a_small_stack() {
    let run = || {
        let x = tensor!([1.0]).requires_grad_(true);
        let mut y = &x * 1.0;
        for _ in 0..20_000 {
            y = checkpoint(|x| Ok(vec![(&x[0] * &x[1]).exp() * &x[1]]), &[&x, &y]).unwrap().remove(0) * 0.1;
        }
        drop(y);
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
}
