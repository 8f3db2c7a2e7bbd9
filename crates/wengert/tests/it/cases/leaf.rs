//! Leaves: what is one, who gets a gradient, what may be asked of one.

use super::Case;
use wengert::{Tensor, no_grad, ops, tensor};

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "results_are_no_leaves",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 3
show(x.is_leaf, y.is_leaf, x.grad_fn, y.grad_fn, y)
"#,
            |show| {
                let x = tensor!([1.0, 2.0]).requires_grad_(true);
                let y = &x * 3.0;
                show.flag(x.is_leaf());
                show.flag(y.is_leaf());
                show.node(x.grad_fn());
                show.node(y.grad_fn());
                show.tensor(&y);
            },
        ),
        Case::new(
            "what_no_tracked_tensor_enters_is_a_leaf",
            r#"
x = torch.tensor([1., 2.])
y = x * 3
show(y.is_leaf, y.requires_grad)
with torch.no_grad():
    z = torch.ones(2, requires_grad=True) * 3
show(z.is_leaf, z.requires_grad)
"#,
            |show| {
                let x = tensor!([1.0, 2.0]);
                let y = &x * 3.0;
                show.flag(y.is_leaf());
                show.flag(y.requires_grad());
                let z = no_grad(|| &Tensor::ones(&[2]).requires_grad_(true) * 3.0);
                show.flag(z.is_leaf());
                show.flag(z.requires_grad());
            },
        ),
        Case::new(
            "gradients_arrive_at_leaves_alone_and_add_up",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * x
y.sum().backward()
show(x.grad)
(x * 3).sum().backward()
show(x.grad, y.grad)
"#,
            |show| {
                let x = tensor!([1.0, 2.0]).requires_grad_(true);
                let y = &x * &x;
                y.sum().backward();
                show.grad(x.grad());
                (&x * 3.0).sum().backward();
                show.grad(x.grad());
                show.grad(y.grad());
            },
        ),
        Case::new(
            "integers_cannot_require_grad",
            r#"
x = torch.tensor([1, 2])
with raises():
    x.requires_grad_()
show(x, str(x.dtype), "unchanged")
"#,
            |show| {
                let x = tensor!([1, 2]);
                show.error(x.set_requires_grad(true));
                show.tensor(&x);
                show.dtype(x.dtype());
                show.text("unchanged");
            },
        ),
        Case::new(
            "in_place_on_a_leaf",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
with raises():
    x.add_(1)
show(x, x._version)
"#,
            |show| {
                let x = tensor!([1.0, 2.0]).requires_grad_(true);
                show.error(ops::add_(&x, 1.0));
                show.tensor(&x);
                show.number(x.version());
            },
        ),
    ]
}
