//! Leaves: what is one, who gets a gradient, what may be asked of one.

use super::Case;
use wengert::tensor::Ellipsis;
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
        Case::new(
            "what_may_be_written_to_a_leaf",
            r#"
x = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
with raises():
    x[0].add_(1)
with raises():
    x[0] = 1
with raises():
    x[:] = 1
with raises():
    x[...] = 1
with raises():
    x[x > 1] = 1
with raises():
    x[1:, [0]] = 1
with torch.no_grad():
    x[0] = 7
show(x, x._version, x.is_leaf)
"#,
            |show| {
                let x = tensor!([[1.0, 2.0], [3.0, 4.0]]).requires_grad_(true);
                show.error(ops::add_(&x.i(0), 1.0));
                show.error(x.try_set(0, 1));
                show.error(x.try_set(.., 1));
                show.error(x.try_set(Ellipsis, 1));
                show.error(x.try_set(x.gt(1.0), 1));
                show.error(x.try_set((1.., [0]), 1));
                no_grad(|| x.set(0, 7));
                show.tensor(&x);
                show.number(x.version());
                show.flag(x.is_leaf());
            },
        ),
        Case::new(
            "results_cannot_be_told_not_to_require_grad",
            r#"
y = torch.ones(2, requires_grad=True) * 2
with raises():
    y.requires_grad_(False)
y.requires_grad_(True)
show(y.grad_fn, y.is_leaf)
"#,
            |show| {
                let y = Tensor::ones(&[2]).requires_grad_(true) * 2.0;
                show.error(y.set_requires_grad(false));
                let y = y.requires_grad_(true);
                show.node(y.grad_fn());
                show.flag(y.is_leaf());
            },
        ),
        Case::new(
            "a_leaf_may_be_told_not_to_require_grad_again",
            r#"
x = torch.ones(2, requires_grad=True)
y = x * 2
x.requires_grad_(False)
show(x.requires_grad, x.is_leaf, (x * 2).requires_grad, y.requires_grad)
"#,
            |show| {
                let x = Tensor::ones(&[2]).requires_grad_(true);
                let y = &x * 2.0;
                let x = x.requires_grad_(false);
                show.flag(x.requires_grad());
                show.flag(x.is_leaf());
                show.flag((&x * 2.0).requires_grad());
                show.flag(y.requires_grad());
            },
        ),
        Case::new(
            "detached_in_place_a_result_is_a_leaf",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
h = x * 3
later = h * 2
h.detach_()
show(h, h.is_leaf, h.grad_fn)
h.requires_grad_()
(h * h).sum().backward()
show(h.grad, x.grad)
later.sum().backward()
show(h.grad, x.grad)
"#,
            |show| {
                let x = tensor!([1.0, 2.0]).requires_grad_(true);
                let h = &x * 3.0;
                let later = &h * 2.0;
                h.detach_();
                show.tensor(&h);
                show.flag(h.is_leaf());
                show.node(h.grad_fn());
                h.set_requires_grad(true).unwrap();
                (&h * &h).sum().backward();
                show.grad(h.grad());
                show.grad(x.grad());
                later.sum().backward();
                show.grad(h.grad());
                show.grad(x.grad());
            },
        ),
        Case::new(
            "detached_in_place_a_leaf_requires_grad_no_longer",
            r#"
x = torch.ones(2, requires_grad=True)
x.detach_()
show(x.requires_grad, x.is_leaf)
x.add_(1)
show(x)
"#,
            |show| {
                let x = Tensor::ones(&[2]).requires_grad_(true);
                x.detach_();
                show.flag(x.requires_grad());
                show.flag(x.is_leaf());
                ops::add_(&x, 1.0).unwrap();
                show.tensor(&x);
            },
        ),
        Case::new(
            "data_of_a_leaf_may_be_written",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * x
x.data.mul_(10)
show(x, x._version, x.data.requires_grad, x.data.is_leaf)
y.sum().backward()
show(x.grad)
"#,
            |show| {
                let x = tensor!([1.0, 2.0]).requires_grad_(true);
                let y = &x * &x;
                ops::mul_(&x.data(), 10.0).unwrap();
                show.tensor(&x);
                show.number(x.version());
                show.flag(x.data().requires_grad());
                show.flag(x.data().is_leaf());
                y.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "data_can_be_set",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * x
x.data = torch.tensor([5., 6.])
show(x, x._version, x.is_leaf)
y.sum().backward()
show(x.grad)
with raises():
    x.data = torch.tensor([1, 2])
"#,
            |show| {
                let x = tensor!([1.0, 2.0]).requires_grad_(true);
                let y = &x * &x;
                x.set_data(&tensor!([5.0, 6.0])).unwrap();
                show.tensor(&x);
                show.number(x.version());
                show.flag(x.is_leaf());
                y.sum().backward();
                show.grad(x.grad());
                show.error(x.set_data(&tensor!([1, 2])));
            },
        ),
        Case::new(
            "an_untracked_leaf_may_move_into_the_graph",
            r#"
w = torch.tensor([2., 3.], requires_grad=True)
x = torch.ones(2)
x.mul_(w)
show(x.is_leaf, x.grad_fn, x.requires_grad)
(x * x).sum().backward()
show(w.grad, x.grad)
"#,
            |show| {
                let w = tensor!([2.0, 3.0]).requires_grad_(true);
                let x = Tensor::ones(&[2]);
                ops::mul_(&x, &w).unwrap();
                show.flag(x.is_leaf());
                show.node(x.grad_fn());
                show.flag(x.requires_grad());
                (&x * &x).sum().backward();
                show.grad(w.grad());
                show.grad(x.grad());
            },
        ),
        Case::new(
            "what_is_detached_is_a_leaf_of_its_own",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
d = x.detach()
show(d.is_leaf, d.requires_grad)
d.requires_grad_()
(d * 3).sum().backward()
show(d.grad, x.grad)
"#,
            |show| {
                let x = tensor!([1.0, 2.0]).requires_grad_(true);
                let d = x.detach();
                show.flag(d.is_leaf());
                show.flag(d.requires_grad());
                let d = d.requires_grad_(true);
                (&d * 3.0).sum().backward();
                show.grad(d.grad());
                show.grad(x.grad());
            },
        ),
    ]
}
