//! Why a gradient is `None`.

use wengert::autograd::{self, CutReason, WhyNone, explain_grad, explain_grad_from};
use wengert::{DType, Tensor, no_grad, ops, tensor};

fn cut(why: WhyNone) -> (CutReason, u32) {
    match why {
        WhyNone::Cut(cut) => (cut.reason, cut.location.line()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn tensors_that_left_the_graph_know_where() {
    let x = tensor!([1.0, 2.0]).requires_grad_(true);
    let (y, line) = (no_grad(|| &x * 2.0), line!());
    assert_eq!(cut(explain_grad(&y)), (CutReason::NoGrad, line));
    // What is computed from it points to the same line, recorded or not.
    assert_eq!(cut(explain_grad(&(&y + 1.0).exp())), (CutReason::NoGrad, line));
    let (d, line) = (x.detach(), line!());
    assert_eq!(cut(explain_grad(&d)), (CutReason::Detach, line));
    let (sign, line) = (x.gt(1.0), line!());
    assert_eq!(explain_grad(&sign), WhyNone::Integers);
    assert_eq!(cut(explain_grad(&ops::to_dtype(&sign, DType::F32).unwrap())), (CutReason::NotDifferentiable, line));
    // A leaf of its own again.
    let leaf = x.detach().requires_grad_(true);
    assert_eq!(explain_grad(&leaf), WhyNone::NotRun);
    assert_eq!(explain_grad(&tensor!([1.0])), WhyNone::NoRequiresGrad);
    (&leaf * &leaf).sum().backward();
    assert_eq!((explain_grad(&leaf), leaf.grad().unwrap().to_vec::<f32>()), (WhyNone::HasGradient, vec![2.0, 4.0]));
}

#[test]
fn roots_tell_what_was_cut_on_the_way() {
    let x = tensor!([1.0, 2.0]).requires_grad_(true);
    let w = tensor!([3.0, 4.0]).requires_grad_(true);
    let (y, line) = ((&x * 2.0).detach(), line!());
    let loss = (&y * &w).sum();
    match explain_grad_from(&x, &loss) {
        WhyNone::NotReached(cuts) => assert_eq!((cuts[0].reason, cuts[0].location.line()), (CutReason::Detach, line)),
        other => panic!("{other:?}"),
    }
    let (number, line) = (x.sum().item(), line!());
    let text = explain_grad_from(&x, &(&w * number).sum()).to_string();
    assert!(text.starts_with("the root does not depend on the tensor; what leads to the root was"), "{text}");
    assert!(
        text.contains(&format!("a number taken out with item() at crates/wengert/tests/it/explain.rs:{line}")),
        "{text}"
    );
}

#[test]
fn leaves_and_results_that_were_reached() {
    let x = tensor!([1.0, 2.0]).requires_grad_(true);
    let y = &x * &x;
    let loss = y.sum();
    assert_eq!(explain_grad_from(&x, &loss), WhyNone::NotRun);
    assert_eq!(explain_grad_from(&y, &loss), WhyNone::NotALeaf);
    autograd::grad(&[&loss], &[&x]);
    assert_eq!(explain_grad_from(&x, &loss), WhyNone::Freed);
    let loss = (&x * &x).sum();
    loss.backward();
    x.zero_grad();
    match explain_grad(&x) {
        WhyNone::Cleared(at) => assert_eq!(at.line(), line!() - 2),
        other => panic!("{other:?}"),
    }
    assert_eq!(explain_grad(&Tensor::zeros(&[2])), WhyNone::NoRequiresGrad);
}
