//! Writes in place: versions, saved tensors that were overwritten, leaves.

use super::Case;
use wengert::{ops, tensor};

pub fn cases() -> Vec<Case> {
    vec![Case::new(
        "an_in_place_operation_becomes_the_grad_fn",
        r#"
x = torch.tensor([2., 3.], requires_grad=True)
y = x * 2
y.mul_(x)
show(y.grad_fn, y._version)
y.sum().backward()
show(x.grad)
"#,
        |show| {
            let x = tensor!([2.0, 3.0]).requires_grad_(true);
            let y = &x * 2.0;
            ops::mul_(&y, &x).unwrap();
            show.node(y.grad_fn());
            show.number(y.version());
            y.sum().backward();
            show.grad(x.grad());
        },
    )]
}
