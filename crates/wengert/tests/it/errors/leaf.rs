//! Leaves, and what backward is asked for.

use super::{backward, fails, leaf};
use wengert::autograd::{Options, backward_with, grad_with};
use wengert::{Tensor, no_grad, ops, tensor};

fn grad(outputs: &[&Tensor], inputs: &[&Tensor], weights: Option<&[Option<&Tensor>]>) -> wengert::Result<()> {
    grad_with(outputs, inputs, weights, Options::default()).map(drop)
}

#[test]
fn what_requires_grad() {
    insta::assert_snapshot!(fails(tensor!([1, 2]).set_requires_grad(true)), @"only Tensors of floating point dtype can require gradients");
    insta::assert_snapshot!(fails((leaf() * 2.0).set_requires_grad(false)), @"you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().");
    insta::assert_snapshot!(fails(tensor!([1.0]).gradient_edge()), @"It is not possible to get the gradient edge for a Tensor that does not require gradients");
    insta::assert_snapshot!(fails(leaf().set_data(&tensor!([1, 2, 3]))), @"data set to a tensor that requires gradients must be floating point or complex dtype");
}

#[test]
fn a_gradient_that_is_assigned() {
    insta::assert_snapshot!(fails(leaf().set_grad(Some(&Tensor::ones(&[2])))), @"attempting to assign a gradient of size '[2]' to a tensor of size '[3]'. Please ensure that the gradient and the tensor are the same size");
    insta::assert_snapshot!(fails(leaf().set_grad(Some(&tensor!([1, 2, 3])))), @"attempting to assign a gradient with dtype 'long int' to a tensor with grad_dtype 'Float'. The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype).");
}

#[test]
fn roots() {
    let x = leaf();
    let go = |t: &Tensor| t.backward_with(None, Options::default());
    insta::assert_snapshot!(fails(go(&(&x * 2.0))), @r#"
    grad can be implicitly created only for scalar outputs
      hint: the output has shape [3]: pass a gradient of that shape, or reduce it with sum() or mean()
      at crates/wengert/tests/it/errors/leaf.rs
    "#);
    insta::assert_snapshot!(fails(go(&no_grad(|| x.sum()))), @r#"
    element 0 of tensors does not require grad and does not have a grad_fn
      hint: no leaf that it was computed from requires grad, or it was computed inside no_grad or from a detached tensor
      at crates/wengert/tests/it/errors/leaf.rs
    "#);
    insta::assert_snapshot!(fails(go(&tensor!(1))), @r#"
    element 0 of tensors does not require grad and does not have a grad_fn
      hint: tensors of integers and booleans have no gradient
      at crates/wengert/tests/it/errors/leaf.rs
    "#);
    let weight = Tensor::ones(&[2]);
    insta::assert_snapshot!(fails((&x * 2.0).backward_with(Some(&weight), Options::default())), @r#"
    Mismatch in shape: grad_output[0] has a shape of torch.Size([2]) and output[0] has a shape of torch.Size([3]).
      at crates/wengert/tests/it/errors/leaf.rs
    "#);
    let pair = [&x.sum(), &x.prod()];
    insta::assert_snapshot!(fails(backward_with(&pair, Some(&[None]), Options::default(), None)), @r#"
    got 2 tensors and 1 gradients
      at crates/wengert/tests/it/errors/leaf.rs
    "#);
    insta::assert_snapshot!(fails(backward_with(&[&x.sum()], None, Options::default(), Some(&[]))), @r#"
    `inputs` argument to `backward()` cannot be empty.
      at crates/wengert/tests/it/errors/leaf.rs
    "#);
    insta::assert_snapshot!(
        fails(backward_with(&[&x.sum()], None, Options::default(), Some(&[&weight]))), @r#"
    can't retain_grad on Tensor that has requires_grad=False
      at crates/wengert/tests/it/errors/leaf.rs
    "#);
}

#[test]
fn inputs() {
    let (x, other) = (leaf(), leaf());
    insta::assert_snapshot!(fails(grad(&[&x.sum()], &[], None)), @r#"
    `inputs` argument to `grad()` cannot be empty.
      at crates/wengert/tests/it/errors/leaf.rs
    "#);
    insta::assert_snapshot!(fails(grad(&[&x.sum()], &[&tensor!([1.0])], None)), @r#"
    One of the differentiated Tensors does not require grad
      at crates/wengert/tests/it/errors/leaf.rs
    "#);
    insta::assert_snapshot!(fails(grad(&[&x.sum()], &[&x, &other], None)), @r#"
    The differentiated Tensor at index 1 appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.
      note: that tensor is a leaf of shape [3]
      at crates/wengert/tests/it/errors/leaf.rs
    "#);
    insta::assert_snapshot!(fails(grad(&[&x.sum()], &[&x.exp()], None)), @r#"
    The differentiated Tensor at index 0 appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.
      note: that tensor is an output of ExpBackward0, made at crates/wengert/tests/it/errors/leaf.rs
      at crates/wengert/tests/it/errors/leaf.rs
    "#);
}

#[test]
fn weights_of_a_batch() {
    let x = leaf();
    let batched = Options { is_grads_batched: true, ..Options::default() };
    insta::assert_snapshot!(fails(grad_with(&[&x.sum()], &[&x], None, batched)), @r#"
    is_grads_batched=True needs grad_outputs whose first dimension counts them
      at crates/wengert/tests/it/errors/leaf.rs
    "#);
    let (y, z) = (&x * 2.0, &x * 3.0);
    let weights = [Some(&Tensor::ones(&[2, 3])), Some(&Tensor::ones(&[4, 3]))];
    insta::assert_snapshot!(fails(grad_with(&[&y, &z], &[&x], Some(&weights), batched)), @r#"
    If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension: it is 2, but [4, 3] has another
      at crates/wengert/tests/it/errors/leaf.rs
    "#);
}

#[test]
fn a_graph_that_was_freed() {
    let x = leaf();
    let y = x.exp();
    backward(&y).unwrap();
    insta::assert_snapshot!(fails(backward(&y)), @r#"
    Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.
      hint: the freed node is ExpBackward0, made at crates/wengert/tests/it/errors/leaf.rs
      at crates/wengert/tests/it/errors/leaf.rs
    "#);
}

#[test]
fn a_leaf_that_became_a_result() {
    let (x, w) = (leaf(), leaf());
    let y = &x * 2.0;
    let x = x.requires_grad_(false);
    ops::mul_(&x, &w).unwrap();
    insta::assert_snapshot!(fails(backward(&y)), @r#"
    leaf variable has been moved into the graph interior
      hint: it was modified in place, by an operation that is recorded, after the graph had been made from it
      at crates/wengert/tests/it/errors/leaf.rs
    "#);
}
