//! Kept graphs and kept gradients: `retain_graph`, `create_graph`, `retain_grad`.

use super::Case;
use wengert::autograd::{Options, grad_with};
use wengert::tensor;

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "a_graph_is_freed_by_backward",
            r#"
x = torch.tensor([2.], requires_grad=True)
y = x * x
y.backward()
with raises():
    y.backward()
show(x.grad)
"#,
            |show| {
                let x = tensor!([2.0]).requires_grad_(true);
                let y = &x * &x;
                y.backward();
                show.panics(|| y.backward());
                show.grad(x.grad());
            },
        ),
        Case::new(
            "retain_grad_keeps_that_of_a_result",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
y = x * 3
y.retain_grad()
(y * y).sum().backward()
show(y.grad)
"#,
            |show| {
                let x = tensor!([2.0, 3.0]).requires_grad_(true);
                let y = &x * 3.0;
                y.retain_grad();
                (&y * &y).sum().backward();
                show.grad(y.grad());
            },
        ),
        Case::new(
            "second_derivative_through_create_graph",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
g, = torch.autograd.grad((x ** 3).sum(), x, create_graph=True)
show(g, g.grad_fn is not None)
show(torch.autograd.grad(g.sum(), x))
"#,
            |show| {
                let x = tensor!([2.0, 3.0]).requires_grad_(true);
                let g = grad_with(&[&x.pow(3.0).sum()], &[&x], None, Options::create_graph()).unwrap();
                let g = g[0].as_ref().unwrap();
                show.tensor(g);
                show.flag(g.grad_fn().is_some());
                let gg = wengert::autograd::grad(&[&g.sum()], &[&x]);
                show.tensors(&gg);
            },
        ),
    ]
}
