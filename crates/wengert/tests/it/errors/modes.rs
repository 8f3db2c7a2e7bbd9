//! Modes: what they forbid. Inference tensors that are written or saved are in `in_place.rs`.

use super::{fails, leaf};
use wengert::apply::{into_out, write_in_place};
use wengert::{Tensor, inference_mode, no_grad, ops, tensor};

#[test]
fn inference_tensors() {
    let i = inference_mode(|| Tensor::ones(&[3]));
    insta::assert_snapshot!(fails(write_in_place("mine_", &[&i], &[] as &[&Tensor], |_, _| Ok(()))), @r#"
    mine_: Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.
      at crates/wengert/tests/it/errors/modes.rs
    "#);
    insta::assert_snapshot!(fails(into_out("add", &i, || ops::add(&Tensor::ones(&[3]), 1.0))), @r#"
    add: Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.
      at crates/wengert/tests/it/errors/modes.rs
    "#);
    insta::assert_snapshot!(fails(ops::add_(&no_grad(|| i.i(..2)), 1.0)), @r#"
    add_: Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.
      at crates/wengert/tests/it/errors/modes.rs
    "#);
}

#[test]
fn kernels_of_the_users_own() {
    let write = |t: &Tensor| write_in_place("mine_", &[t], &[] as &[&Tensor], |_, _| Ok(()));
    insta::assert_snapshot!(fails(write(&leaf())), @r#"
    mine_: a leaf Variable that requires grad is being used in an in-place operation.
      hint: update parameters inside `no_grad(|| ...)`, or work on a copy
      at crates/wengert/tests/it/errors/modes.rs
    "#);
    insta::assert_snapshot!(fails(write(&(leaf() * 2.0))), @r#"
    mine_: mine_ is not differentiable
      hint: call it in no_grad
      at crates/wengert/tests/it/errors/modes.rs
    "#);
    insta::assert_snapshot!(fails(write(&tensor!([1.0]).expand(&[3]))), @r#"
    mine_: unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.
      at crates/wengert/tests/it/errors/modes.rs
    "#);
}

#[test]
fn outputs() {
    let into = |out: &Tensor| into_out("add", out, || ops::add(&Tensor::ones(&[2]), 1.0));
    insta::assert_snapshot!(fails(into(&tensor!([1, 2]))), @r#"
    add: result type Float can't be cast to the desired output type Long
      at crates/wengert/tests/it/errors/modes.rs
    "#);
    insta::assert_snapshot!(fails(into(&tensor!([1.0, 2.0]).requires_grad_(true))), @r#"
    add(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad.
      at crates/wengert/tests/it/errors/modes.rs
    "#);
}
