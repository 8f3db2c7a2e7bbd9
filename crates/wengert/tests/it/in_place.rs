//! What is said where a write in place is refused, or was one too many: PyTorch's words, then both lines and what to do.

use crate::errors::{backward, fails, leaf};
use wengert::{Tensor, inference_mode, no_grad, ops, tensor};

#[test]
fn leaves() {
    insta::assert_snapshot!(fails(ops::add_(&leaf(), 1.0)), @r#"
    add_: a leaf Variable that requires grad is being used in an in-place operation.
      hint: update parameters inside `no_grad(|| ...)`, or work on a copy
      at crates/wengert/tests/it/in_place.rs
    "#);
    insta::assert_snapshot!(fails(ops::add_(&leaf().i(0), 1.0)), @r#"
    add_: a view of a leaf Variable that requires grad is being used in an in-place operation.
      hint: update parameters inside `no_grad(|| ...)`, or work on a copy
      at crates/wengert/tests/it/in_place.rs
    "#);
}

#[test]
fn views_that_cannot_be_followed() {
    let h = leaf() * 2.0;
    let v = no_grad(|| h.i(..2));
    insta::assert_snapshot!(fails(ops::add_(&v, 1.0)), @r#"
    add_: A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).
      hint: write to a clone() of the view, or to the base itself
      at crates/wengert/tests/it/in_place.rs
    "#);
    let parts = h.unbind(0);
    insta::assert_snapshot!(fails(ops::add_(&parts[0], 1.0)), @r#"
    add_: Output 0 of Unbind is a view and is being modified inplace. This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one.
      hint: the view was made at crates/wengert/tests/it/in_place.rs; select(), narrow() and slice() give views that may be written
      at crates/wengert/tests/it/in_place.rs
    "#);
    ops::mul_(&h, 2.0).unwrap();
    insta::assert_snapshot!(fails(ops::add(&v, 1.0)), @r#"
    add: A view was created in no_grad mode and its base or another view of its base has been modified inplace with grad mode enabled. Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).
      hint: the memory was last written by mul_ at crates/wengert/tests/it/in_place.rs; write to a clone() of the view, or to the base itself
      at crates/wengert/tests/it/in_place.rs
    "#);
    insta::assert_snapshot!(fails(ops::add(&parts[1], 1.0)), @r#"
    add: Output 1 of Unbind is a view and its base or another view of its base has been modified inplace. This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one.
      hint: the view was made at crates/wengert/tests/it/in_place.rs; the memory was last written by mul_ at crates/wengert/tests/it/in_place.rs; select(), narrow() and slice() give views that may be written
      at crates/wengert/tests/it/in_place.rs
    "#);
    insta::assert_snapshot!(fails(h.i(..2).try_detach_()), @"Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be called on these gradients. To fix this error, please refer to the Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution.");
}

#[test]
fn saved_tensors_that_were_overwritten() {
    let x = leaf();
    let y = &x * 2.0;
    let z = &y * &y;
    ops::add_(&y.i(..1), 1.0).unwrap();
    insta::assert_snapshot!(fails(backward(&z)), @r#"
    one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [3]], which is output 0 of torch::autograd::CopySlices, is at version 1; expected version 0 instead.
      hint: it was saved by MulBackward0 at crates/wengert/tests/it/in_place.rs and overwritten by add_ at crates/wengert/tests/it/in_place.rs; use the out-of-place form there, or write to a clone()
      at crates/wengert/tests/it/in_place.rs
    "#);
    let e = x.exp();
    ops::zero_(&e).unwrap();
    insta::assert_snapshot!(fails(backward(&e)), @r#"
    one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [3]], which is output 0 of Exp, is at version 1; expected version 0 instead.
      hint: it was saved by ExpBackward0 at crates/wengert/tests/it/in_place.rs and overwritten by zero_ at crates/wengert/tests/it/in_place.rs; use the out-of-place form there, or write to a clone()
      at crates/wengert/tests/it/in_place.rs
    "#);
    let w = &x * &x;
    no_grad(|| ops::add_(&x, 1.0)).unwrap();
    insta::assert_snapshot!(fails(backward(&w)), @r#"
    one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [3]] is at version 1; expected version 0 instead.
      hint: it was saved by MulBackward0 at crates/wengert/tests/it/in_place.rs and overwritten by add_ at crates/wengert/tests/it/in_place.rs; use the out-of-place form there, or write to a clone()
      at crates/wengert/tests/it/in_place.rs
    "#);
}

#[test]
fn targets_that_do_not_fit() {
    let q = Tensor::zeros(&[4]);
    insta::assert_snapshot!(fails(ops::add_(&q.i(..3), &q.i(1..))), @r#"
    add_: unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please clone() the tensor before performing the operation.
      at crates/wengert/tests/it/in_place.rs
    "#);
    insta::assert_snapshot!(fails(ops::add_(&Tensor::zeros(&[1]).expand(&[3]), 1.0)), @r#"
    add_: unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.
      at crates/wengert/tests/it/in_place.rs
    "#);
    insta::assert_snapshot!(fails(ops::add_(&q, &Tensor::zeros(&[2, 4]))), @r#"
    add_: output with shape [4] doesn't match the broadcast shape [2, 4]
      at crates/wengert/tests/it/in_place.rs
    "#);
    insta::assert_snapshot!(fails(ops::div_(&tensor!([1, 2]), 2)), @r#"
    div_: result type Float can't be cast to the desired output type Long
      at crates/wengert/tests/it/in_place.rs
    "#);
    insta::assert_snapshot!(fails(leaf().set_data(&q)), @r#"
    data of another shape or dtype: the tensor has torch.float32 [3], the data torch.float32 [4]
      hint: make a new tensor; modules and optimizers take one in place of another
    "#);
}

#[test]
fn inference_tensors() {
    let i = inference_mode(|| Tensor::ones(&[3]));
    insta::assert_snapshot!(fails(ops::add_(&i, 1.0)), @r#"
    add_: Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.
      at crates/wengert/tests/it/in_place.rs
    "#);
    insta::assert_snapshot!(fails(ops::mul(&leaf(), &i)), @r#"
    mul: Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in computation tracked by autograd. To work around this, you can make a clone to get a normal tensor and use it in autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`.
      at crates/wengert/tests/it/in_place.rs
    "#);
    insta::assert_snapshot!(fails(i.set_requires_grad(true)), @r#"
    Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.
      hint: clone() it outside of inference mode to get a normal tensor
    "#);
    insta::assert_snapshot!(fails(i.try_version()), @r#"
    Inference tensors do not track version counter.
      hint: clone() the tensor outside of inference mode to get one whose writes are counted
    "#);
}

#[test]
fn writes_into_an_output() {
    let out = Tensor::zeros(&[3]);
    let into = |f: &dyn Fn() -> wengert::Result<Tensor>| wengert::apply::into_out("add", &out, f);
    insta::assert_snapshot!(fails(into(&|| ops::add(&leaf(), 1.0))), @r#"
    add(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad.
      at crates/wengert/tests/it/in_place.rs
    "#);
    insta::assert_snapshot!(fails(into(&|| ops::add(&Tensor::zeros(&[2]), 1.0))), @r#"
    add: An output has shape [3], which does not match the required output shape [2]
      hint: a tensor has its shape for life: make one of the right shape
      at crates/wengert/tests/it/in_place.rs
    "#);
    // A view of the output may be what is read.
    into(&|| ops::expand(&ops::add(&out.i(..1), 1.0)?, &[3])).unwrap();
    assert_eq!((out.to_vec::<f32>(), out.version()), (vec![1.0; 3], 1));
}

/// The graph of a chain of leaves that are views of results is freed in a loop, too.
#[test]
fn a_long_chain_of_views_is_freed_on_a_small_stack() {
    let freed = std::thread::Builder::new().stack_size(256 << 10).spawn(|| {
        let mut x = tensor!([1.0, 2.0]).requires_grad_(true);
        for _ in 0..100_000 {
            let y = &x * 1.0;
            ops::add_(&y.i(..1), 1.0).unwrap();
            x = y.i(..);
        }
        assert_eq!(x.to_vec::<f32>()[1], 2.0);
        drop(x);
        let mut leaf = tensor!([1.0]).requires_grad_(true);
        for _ in 0..100_000 {
            let y = &leaf * 1.0;
            leaf = no_grad(|| y.i(..)).requires_grad_(true);
        }
        drop(leaf);
    });
    freed.unwrap().join().unwrap();
}
