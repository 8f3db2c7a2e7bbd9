//! Why a gradient is `None`, in words.

use super::{backward, leaf, text};
use wengert::autograd::{self, explain_grad, explain_grad_from};
use wengert::{DType, inference_mode, no_grad, ops, tensor};

#[test]
fn what_the_tensor_tells() {
    let x = leaf();
    insta::assert_snapshot!(text(explain_grad(&x)), @"no gradient has arrived yet: call backward() on a result of the tensor");
    insta::assert_snapshot!(text(explain_grad(&tensor!([1.0]))), @"the tensor does not require grad: call requires_grad_(true) before it is used");
    insta::assert_snapshot!(text(explain_grad(&tensor!([1, 2]))), @"tensors of integers and booleans have no gradient");
    insta::assert_snapshot!(text(explain_grad(&x.gt(1.0))), @"tensors of integers and booleans have no gradient");
    insta::assert_snapshot!(text(explain_grad(&(&x * 2.0))), @"the tensor is no leaf, and only leaves keep their gradient: call retain_grad() before backward");
    backward(&x).unwrap();
    insta::assert_snapshot!(text(explain_grad(&x)), @"the tensor has a gradient");
    x.zero_grad();
    insta::assert_snapshot!(text(explain_grad(&x)), @"a gradient had arrived, and was cleared by zero_grad at crates/wengert/tests/it/errors/explain.rs");
}

#[test]
fn tensors_that_left_the_graph() {
    let x = leaf();
    insta::assert_snapshot!(text(explain_grad(&no_grad(|| &x * 2.0).exp())), @"the tensor does not require grad, since it was computed inside no_grad at crates/wengert/tests/it/errors/explain.rs");
    insta::assert_snapshot!(text(explain_grad(&inference_mode(|| &x * 2.0))), @"the tensor does not require grad, since it was computed in inference mode at crates/wengert/tests/it/errors/explain.rs");
    insta::assert_snapshot!(text(explain_grad(&x.detach())), @"the tensor does not require grad, since it was detached at crates/wengert/tests/it/errors/explain.rs");
    insta::assert_snapshot!(text(explain_grad(&ops::to_dtype(&x.gt(1.0), DType::F32).unwrap())), @"the tensor does not require grad, since it was the result of an operation that has no derivative at crates/wengert/tests/it/errors/explain.rs");
}

#[test]
fn roots() {
    let (x, w) = (leaf(), leaf());
    let loss = (&x * &x).sum();
    insta::assert_snapshot!(text(explain_grad_from(&x, &loss)), @"no gradient has arrived yet: call backward() on a result of the tensor");
    autograd::grad(&[&loss], &[&x]);
    insta::assert_snapshot!(text(explain_grad_from(&x, &loss)), @"backward ran through the root's graph and freed it, but did not add to this tensor's grad: autograd::grad and backward with inputs leave it alone");
    insta::assert_snapshot!(text(explain_grad_from(&x, &w.sum())), @"the root does not depend on the tensor");
    let number = x.sum().item();
    let loss = (x.detach() * &w + no_grad(|| x.exp()) * &w).sum() * number;
    insta::assert_snapshot!(text(explain_grad_from(&x, &loss)), @"the root does not depend on the tensor; what leads to the root was computed inside no_grad at crates/wengert/tests/it/errors/explain.rs, detached at crates/wengert/tests/it/errors/explain.rs, a number taken out with item() at crates/wengert/tests/it/errors/explain.rs");
}
