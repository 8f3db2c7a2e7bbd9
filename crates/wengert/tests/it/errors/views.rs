//! Views that cannot be followed. Those of no_grad and of operations with several results are in `in_place.rs`.

use super::{fails, leaf};
use wengert::autograd::{Context, ForwardContext, Function};
use wengert::{Result, Tensor, inference_mode, no_grad, ops};

#[test]
fn made_in_inference_mode() {
    let h = Tensor::ones(&[3]);
    let v = inference_mode(|| h.i(..2));
    insta::assert_snapshot!(fails(ops::mul_(&v, &leaf().i(..2))), @r#"
    mul_: A view was created in inference mode and is being modified inplace in normal mode. Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the inference_mode block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).
      hint: write to a clone() of the view, or to the base itself
      at crates/wengert/tests/it/errors/views.rs
    "#);
    ops::mul_(&h, &leaf()).unwrap();
    insta::assert_snapshot!(fails(ops::add(&v, 1.0)), @r#"
    add: A view was created in inference mode and its base or another view of its base has been modified inplace in normal mode. Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the inference_mode block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).
      hint: the memory was last written by mul_ at crates/wengert/tests/it/errors/views.rs; write to a clone() of the view, or to the base itself
      at crates/wengert/tests/it/errors/views.rs
    "#);
}

#[test]
fn of_a_view_that_was_not_recorded() {
    let h = leaf() * 2.0;
    let v = no_grad(|| h.i(..2));
    let of_v = v.i(..1);
    insta::assert_snapshot!(fails(ops::add_(&of_v, 1.0)), @r#"
    add_: Output 0 of Slice is a view of a view which was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).
      hint: the view was made at crates/wengert/tests/it/errors/views.rs; write to a clone() of the view, or to the base itself
      at crates/wengert/tests/it/errors/views.rs
    "#);
    ops::mul_(&h, 2.0).unwrap();
    insta::assert_snapshot!(fails(ops::add(&of_v, 1.0)), @r#"
    add: Output 0 of Slice is a view of a view which was created in no_grad mode and its base or another view of its base has been modified inplace with grad mode enabled. Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).
      hint: the view was made at crates/wengert/tests/it/errors/views.rs; the memory was last written by mul_ at crates/wengert/tests/it/errors/views.rs; write to a clone() of the view, or to the base itself
      at crates/wengert/tests/it/errors/views.rs
    "#);
}

#[test]
fn returned_by_a_function() {
    struct Identity;
    impl Function for Identity {
        fn forward(&self, _: &mut ForwardContext, ins: &[&Tensor]) -> Result<Vec<Tensor>> {
            Ok(vec![ins[0].clone()])
        }
        fn backward(&self, _: &Context, g: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
            Ok(g.to_vec())
        }
    }
    let h = leaf() * 2.0;
    let y = Identity.apply1(&[&h]).unwrap();
    insta::assert_snapshot!(fails(ops::add_(&y, 1.0)), @r#"
    add_: Output 0 of Identity is a view and is being modified inplace. This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to handle view+inplace would override the custom backward associated with the custom Function, leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function.
      hint: the view was made at crates/wengert/tests/it/errors/views.rs; write to a clone() of the view, or to the base itself
      at crates/wengert/tests/it/errors/views.rs
    "#);
    ops::mul_(&h, 2.0).unwrap();
    insta::assert_snapshot!(fails(ops::add(&y, 1.0)), @r#"
    add: Output 0 of Identity is a view and its base or another view of its base has been modified inplace. This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to handle view+inplace would override the custom backward associated with the custom Function, leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function.
      hint: the view was made at crates/wengert/tests/it/errors/views.rs; the memory was last written by mul_ at crates/wengert/tests/it/errors/views.rs; write to a clone() of the view, or to the base itself
      at crates/wengert/tests/it/errors/views.rs
    "#);
}
