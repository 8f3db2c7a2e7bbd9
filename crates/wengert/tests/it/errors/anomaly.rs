//! The trap and anomaly mode: which operation, with which numbers.

use super::{backward, fails};
use wengert::apply::write_in_place;
use wengert::autograd::{Options, detect_anomaly, trap_non_finite};
use wengert::{Tensor, no_grad, ops, tensor};

#[test]
fn forward() {
    let x = tensor!([[1.0, 2.0], [3.0, 0.0]]);
    insta::assert_snapshot!(fails(trap_non_finite(|| ops::reciprocal(&x))), @r#"
    reciprocal: reciprocal returned infinite values in its 0th output.
      hint: 1 of 4 elements are not finite, the first is inf at index [1, 1] of float32 [2, 2]; there input 0 is 0
      at crates/wengert/tests/it/errors/anomaly.rs
    "#);
    insta::assert_snapshot!(fails(trap_non_finite(|| ops::div(&x, &tensor!([1.0, 0.0])))), @r#"
    div: div returned nan values in its 0th output.
      hint: 2 of 4 elements are not finite, the first is nan at index [1, 1] of float32 [2, 2]; there input 0 is 0; there input 1 is 0
      at crates/wengert/tests/it/errors/anomaly.rs
    "#);
    let huge = Tensor::full(&[2, 3], 3e38);
    insta::assert_snapshot!(fails(trap_non_finite(|| ops::matmul(&huge, &Tensor::ones(&[3, 2])))), @r#"
    mm: mm returned infinite values in its 0th output.
      hint: 4 of 4 elements are not finite, the first is inf at index [0, 0] of float32 [2, 2]; input 0 has shape [2, 3] and values from 3.0000000054977558e38 to 3.0000000054977558e38; input 1 has shape [3, 2] and values from 1 to 1
      at crates/wengert/tests/it/errors/anomaly.rs
    "#);
    let inf = tensor!([1.0, f64::INFINITY]);
    insta::assert_snapshot!(fails(trap_non_finite(|| ops::sub(&inf, &inf))), @r#"
    sub: sub returned nan values in its 0th output.
      hint: 1 of 2 elements are not finite, the first is nan at index [1] of float32 [2]; there input 0 is inf; there input 1 is inf
      at crates/wengert/tests/it/errors/anomaly.rs
    "#);
    insta::assert_snapshot!(fails(trap_non_finite(|| ops::pow(&tensor!([0.0]), -1.0))), @r#"
    pow: pow returned infinite values in its 0th output.
      hint: 1 of 1 elements are not finite, the first is inf at index [0] of float32 [1]; there input 0 is 0; input 1 is the number -1
      at crates/wengert/tests/it/errors/anomaly.rs
    "#);
}

#[test]
fn in_place() {
    insta::assert_snapshot!(fails(trap_non_finite(|| ops::log_(&tensor!([1.0, 0.0])))), @r#"
    log_: log returned infinite values in its 0th output.
      hint: 1 of 2 elements are not finite, the first is -inf at index [1] of float32 [2]; input 0 was overwritten
      at crates/wengert/tests/it/errors/anomaly.rs
    "#);
    let (x, y) = (tensor!([1.0, 0.0]), tensor!([2.0]));
    let kernel = |targets: &[&Tensor]| {
        write_in_place("mine_", targets, &[] as &[&Tensor], |outs, _| {
            // SAFETY: the first target has two numbers of this type.
            unsafe { *outs[0].ptr.cast::<f32>() = f32::NAN };
            Ok(())
        })
    };
    insta::assert_snapshot!(fails(trap_non_finite(|| no_grad(|| kernel(&[&x, &y])))), @r#"
    mine_: mine_ wrote nan values to its 0th tensor.
      hint: 1 of 2 elements are not finite, the first is nan at index [0] of float32 [2]
      at crates/wengert/tests/it/errors/anomaly.rs
    "#);
}

#[test]
fn in_backward() {
    let x = tensor!([4.0, 0.0]).requires_grad_(true);
    insta::assert_snapshot!(fails(trap_non_finite(|| backward(&(x.sqrt() * 2.0)))), @r#"
    SqrtBackward0: Function 'SqrtBackward0' returned infinite values in its 0th output.
      hint: SqrtBackward0 was made at crates/wengert/tests/it/errors/anomaly.rs; 1 of 2 elements are not finite, the first is inf at index [1] of float32 [2]; there incoming gradient 0 is 2; there saved result is 0
      note: in the backward pass of what was computed at crates/wengert/tests/it/errors/anomaly.rs
      at crates/wengert/tests/it/errors/anomaly.rs
    "#);
    let g = tensor!([f64::NAN, 1.0]);
    insta::assert_snapshot!(
        fails(detect_anomaly(|| (&x * 2.0).backward_with(Some(&g), Options::default()))), @r#"
    MulBackward0: Function 'MulBackward0' returned nan values in its 0th output.
      hint: MulBackward0 was made at crates/wengert/tests/it/errors/anomaly.rs; 1 of 2 elements are not finite, the first is nan at index [0] of float32 [2]; there incoming gradient 0 is nan
      note: in the backward pass of what was computed at crates/wengert/tests/it/errors/anomaly.rs
      at crates/wengert/tests/it/errors/anomaly.rs
    "#);
    let w = tensor!([[1.0, 2.0], [3.0, f64::INFINITY]]);
    let y = ops::matmul(&w, &x);
    insta::assert_snapshot!(fails(detect_anomaly(|| backward(&(y.unwrap() * 0.0)))), @r#"
    MvBackward0: Function 'MvBackward0' returned nan values in its 1th output.
      hint: MvBackward0 was made at crates/wengert/tests/it/errors/anomaly.rs; 1 of 2 elements are not finite, the first is nan at index [1] of float32 [2]; there incoming gradient 0 is 0; saved self has shape [2, 2] and values from 1 to inf
      note: in the backward pass of what was computed at crates/wengert/tests/it/errors/anomaly.rs
      at crates/wengert/tests/it/errors/anomaly.rs
    "#);
}
