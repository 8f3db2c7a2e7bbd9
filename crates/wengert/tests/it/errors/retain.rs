//! Gradients that are to be retained.

use super::fails;
use wengert::autograd::{Options, backward_with};
use wengert::tensor;

#[test]
fn where_no_gradient_arrives() {
    let plain = tensor!([1.0]);
    insta::assert_snapshot!(fails(plain.try_retain_grad()), @"can't retain_grad on Tensor that has requires_grad=False");
    let x = tensor!([1.0]).requires_grad_(true);
    let y = &x * 2.0;
    insta::assert_snapshot!(fails(backward_with(&[&y], None, Options::default(), Some(&[&x, &plain]))), @r#"
    can't retain_grad on Tensor that has requires_grad=False
      at crates/wengert/tests/it/errors/retain.rs
    "#);
}
