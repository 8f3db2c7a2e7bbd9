//! Tensors that cannot be made, read or indexed as asked.

use super::fails;
use wengert::tensor::step;
use wengert::{DType, Tensor, tensor};

#[test]
fn making() {
    insta::assert_snapshot!(fails(Tensor::try_from_slice(&[1.0f32, 2.0], &[3])), @"shape '[3]' is invalid for input of size 2");
    insta::assert_snapshot!(fails(Tensor::arange_of(0, 3, 0, None)), @"step must be nonzero");
    insta::assert_snapshot!(fails(Tensor::arange_of(0.0, f64::INFINITY, 1.0, None)), @"unsupported range: 0 -> inf");
    insta::assert_snapshot!(fails(Tensor::arange_of(0, 3, -1, None)), @"upper bound and lower bound inconsistent with step sign");
    assert!(Tensor::arange_of(0, 3, 1, Some(DType::F32)).is_ok());
}

#[test]
fn reading() {
    insta::assert_snapshot!(fails(tensor!([1.0, 2.0]).item_as::<f32>()), @"a Tensor with 2 elements cannot be converted to Scalar");
    let (x, number) = (Tensor::zeros(&[2, 3]), tensor!(1.0));
    insta::assert_snapshot!(fails(x.try_i(2)), @r#"
    __getitem__: index 2 is out of bounds for dimension 0 with size 2
      at crates/wengert/tests/it/errors/tensors.rs
    "#);
    insta::assert_snapshot!(fails(x.try_i((0, -4))), @r#"
    __getitem__: index -4 is out of bounds for dimension 1 with size 3
      at crates/wengert/tests/it/errors/tensors.rs
    "#);
    insta::assert_snapshot!(fails(x.try_i((0, 0, 0))), @r#"
    __getitem__: too many indices for tensor of dimension 2
      at crates/wengert/tests/it/errors/tensors.rs
    "#);
    insta::assert_snapshot!(fails(number.try_i(0)), @r#"
    __getitem__: invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number
      at crates/wengert/tests/it/errors/tensors.rs
    "#);
    insta::assert_snapshot!(fails(number.try_i(..)), @r#"
    __getitem__: slice() cannot be applied to a 0-dim tensor.
      at crates/wengert/tests/it/errors/tensors.rs
    "#);
    insta::assert_snapshot!(fails(x.try_i(step(.., 0))), @r#"
    __getitem__: slice step cannot be zero
      at crates/wengert/tests/it/errors/tensors.rs
    "#);
    insta::assert_snapshot!(fails(x.try_i(step(.., -1))), @r#"
    __getitem__: step must be greater than zero
      at crates/wengert/tests/it/errors/tensors.rs
    "#);
    insta::assert_snapshot!(fails(x.try_set(3, 1.0)), @r#"
    __setitem__: index 3 is out of bounds for dimension 0 with size 2
      at crates/wengert/tests/it/errors/tensors.rs
    "#);
}
