//! Forward mode: tangents that do not fit.

use super::fails;
use wengert::autograd::forward_ad::{dual_level, make_dual};
use wengert::autograd::functional;
use wengert::func::jvp;
use wengert::{Result, Tensor, ops, tensor};

#[test]
fn dual_tensors() {
    let x = tensor!([1.0, 2.0]);
    insta::assert_snapshot!(fails(make_dual(&x, &x)), @"Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.");
    let dual = |x: &Tensor, t: &Tensor| fails(dual_level(|| make_dual(x, t)));
    insta::assert_snapshot!(dual(&tensor!([1, 2]), &x), @"Expected primal to be floating point or complex, but got: torch.int64");
    insta::assert_snapshot!(dual(&x, &tensor!([1, 2])), @"Expected tangent to be floating point or complex, but got: torch.int64");
    insta::assert_snapshot!(dual(&x, &tensor!([1.0])), @r#"
    Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size [2] while the given forward gradient is of size [1].
      hint: it is tensor number 0
    "#);
    insta::assert_snapshot!(dual(&x, &Tensor::from_slice(&[1.0f64, 2.0], &[2])), @"Expected tangent to have the same dtype as primal, got torch.float64 and torch.float32 at index 0");
    insta::assert_snapshot!(fails(dual_level(|| make_dual(&make_dual(&x, &x)?, &x))), @"Making a dual Tensor based on a Tensor that already has a forward gradient at the same level 0 is not supported.");
}

#[test]
fn tangents_of_functions() {
    let x = tensor!([1.0, 2.0]);
    let f = |x: &Tensor| x * 2.0;
    insta::assert_snapshot!(fails(jvp(f, &x, &tensor!([1.0]))), @r#"
    Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size [2] while the given forward gradient is of size [1].
      hint: it is tensor number 0
    "#);
    insta::assert_snapshot!(fails(jvp(f, &x, &Tensor::from_slice(&[1.0f64, 2.0], &[2]))), @"Expected tangent to have the same dtype as primal, got torch.float64 and torch.float32 at index 0");
    insta::assert_snapshot!(fails(jvp(f, &tensor!([1, 2]), &tensor!([1, 2]))), @"jvp(f, primals, tangents): primal 0 is of torch.int64, which has no tangent");
    insta::assert_snapshot!(fails(functional::jvp(f, &x, &tensor!([1.0]))), @"v has invalid size: should be torch.Size([2]) but got torch.Size([1]).");
    let wrong = |x: &Tensor| -> Result<Tensor> { ops::add(x, &Tensor::ones(&[3])) };
    insta::assert_snapshot!(fails(jvp(wrong, &x, &x)), @r#"
    add: The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0
      hint: the shapes are [2] and [3]; sizes are compared from the right, and only a 1 stretches
      at crates/wengert/src/transforms/dual.rs
    "#);
}

#[test]
fn a_dual_tensor_stays_on_its_level() {
    let x = tensor!([1.0, 2.0]);
    insta::assert_snapshot!(fails(dual_level(|| make_dual(&x, &x)?.try_detach_())), @r#"
    detach_ inside of a transform
      hint: use detach()
    "#);
}
