//! Checkpoints whose function does not do the same again.

use super::{backward, fails, leaf};
use std::sync::atomic::{AtomicUsize, Ordering};
use wengert::autograd::{CheckpointOptions, Step, checkpoint, checkpoint_sequential, checkpoint_with};
use wengert::{DType, Result, Tensor, no_grad, ops};

/// Backward through a checkpoint that does `first` the first time and `then` afterwards.
fn changes(options: CheckpointOptions, first: fn(&Tensor) -> Tensor, then: fn(&Tensor) -> Tensor) -> String {
    let runs = AtomicUsize::new(0);
    let f = move |x: &[Tensor]| Ok(vec![if runs.fetch_add(1, Ordering::Relaxed) == 0 { first } else { then }(&x[0])]);
    fails(backward(&checkpoint_with(options, f, &[&leaf()]).unwrap()[0]))
}

#[test]
fn other_tensors_are_saved() {
    let strict = CheckpointOptions::default();
    let whole = CheckpointOptions { early_stop: false, ..strict };
    insta::assert_snapshot!(changes(strict, |x| x.exp().sin(), |x| x.exp()), @r#"
    torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.
    Number of tensors saved during forward: 2
    Number of tensors saved during recomputation: 1.
      hint: the checkpointed function must do the same each time it runs
      at crates/wengert/tests/it/errors/checkpoint.rs
    "#);
    insta::assert_snapshot!(changes(whole, |x| x.exp(), |x| x.exp().sin()), @r#"
    torch.utils.checkpoint: trying to save more tensors during recomputation than during the original forward pass.
      hint: the checkpointed function must do the same each time it runs
      at crates/wengert/tests/it/errors/checkpoint.rs
    "#);
    insta::assert_snapshot!(changes(strict, |x| x.exp(), |x| x.i(..2).exp()), @r#"
    torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass.
    tensor at position 0:
    saved metadata: {'shape': torch.Size([3]), 'dtype': torch.float32, 'device': device(type='cpu')}
    recomputed metadata: {'shape': torch.Size([2]), 'dtype': torch.float32, 'device': device(type='cpu')}
      hint: the checkpointed function must do the same each time it runs
      at crates/wengert/tests/it/errors/checkpoint.rs
    "#);
    insta::assert_snapshot!(
        changes(strict, |x| x.exp().sin(), |x| ops::to_dtype(&x.exp(), DType::F64).unwrap().sin()), @r#"
    torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass.
    tensor at position 1:
    saved metadata: {'shape': torch.Size([3]), 'dtype': torch.float32, 'device': device(type='cpu')}
    recomputed metadata: {'shape': torch.Size([3]), 'dtype': torch.float64, 'device': device(type='cpu')}
      hint: the checkpointed function must do the same each time it runs
      at crates/wengert/tests/it/errors/checkpoint.rs
    "#);
}

#[test]
fn an_input_that_was_overwritten() {
    let x = leaf() * 1.0;
    let y = checkpoint(|x| Ok(vec![x[0].exp()]), &[&x]).unwrap().remove(0);
    no_grad(|| ops::add_(&x, 1.0)).unwrap();
    insta::assert_snapshot!(fails(backward(&y)), @r#"
    one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [3]], which is output 0 of Mul, is at version 1; expected version 0 instead.
      hint: it is an input of a checkpoint, which needs it for the recomputation, and was overwritten by add_ at crates/wengert/tests/it/errors/checkpoint.rs
      at crates/wengert/tests/it/errors/checkpoint.rs
    "#);
}

#[test]
fn what_the_function_says() {
    let f = |x: &[Tensor]| Ok(vec![ops::add(&x[0], &Tensor::ones(&[2]))?]);
    insta::assert_snapshot!(fails(checkpoint(f, &[&leaf()])), @r#"
    add: The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 0
      hint: the shapes are [3] and [2]; sizes are compared from the right, and only a 1 stretches
      at crates/wengert/tests/it/errors/checkpoint.rs
    "#);
    let runs = AtomicUsize::new(7);
    let f = move |x: &[Tensor]| -> Result<Vec<Tensor>> {
        let n = runs.fetch_add(1, Ordering::Relaxed);
        Ok(vec![ops::mul(&x[0].exp(), &Tensor::ones(&[if n == 7 { 3 } else { n }]))?.sin()])
    };
    insta::assert_snapshot!(fails(backward(&checkpoint(f, &[&leaf()]).unwrap()[0])), @r#"
    mul: The size of tensor a (3) must match the size of tensor b (8) at non-singleton dimension 0
      hint: the shapes are [3] and [8]; sizes are compared from the right, and only a 1 stretches
      note: in the backward pass of what was computed at crates/wengert/tests/it/errors/checkpoint.rs
      at crates/wengert/tests/it/errors/checkpoint.rs
    "#);
}

#[test]
fn segments() {
    let step: Step = std::sync::Arc::new(|x: &Tensor| ops::exp(x));
    insta::assert_snapshot!(fails(checkpoint_sequential(&[step.clone(), step.clone()], 3, &leaf())), @"cannot cut 2 steps into 3 segments");
    insta::assert_snapshot!(fails(checkpoint_sequential(&[step], 0, &leaf())), @"cannot cut 1 steps into 0 segments");
}
