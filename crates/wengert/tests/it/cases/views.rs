//! Views: shared memory and versions, and what a write through one does to the graph.

use super::Case;
use wengert::autograd::{Options, grad_with};
use wengert::{Tensor, no_grad, ops, tensor};

/// A leaf that requires grad.
fn leaf<const N: usize>(values: [f64; N]) -> Tensor {
    tensor!(values).requires_grad_(true)
}

pub fn cases() -> Vec<Case> {
    let mut cases = sharing();
    cases.extend(rebasing());
    cases.extend(siblings());
    cases.extend(refusals());
    cases
}

fn sharing() -> Vec<Case> {
    vec![
        Case::new(
            "a_view_shares_memory_and_version",
            r#"
x = torch.tensor([[1., 2.], [3., 4.]])
v = x[0]
v.mul_(10)
show(x, v, x._version, v._version)
"#,
            |show| {
                let x = tensor!([[1.0, 2.0], [3.0, 4.0]]);
                let v = x.select(0, 0);
                ops::mul_(&v, 10.0).unwrap();
                show.tensors([&x, &v]);
                show.number(x.version());
                show.number(v.version());
            },
        ),
        Case::new(
            "a_view_is_recorded_by_name",
            r#"
x = torch.ones(2, 3, requires_grad=True)
show(x.t().grad_fn, x[0].grad_fn, x.view(6).grad_fn, x.expand(4, 2, 3).grad_fn)
"#,
            |show| {
                let x = Tensor::ones(&[2, 3]).requires_grad_(true);
                show.node(x.t().grad_fn());
                show.node(x.select(0, 0).grad_fn());
                show.node(x.view(&[6]).grad_fn());
                show.node(x.expand(&[4, 2, 3]).grad_fn());
            },
        ),
        Case::new(
            "the_base_of_a_view_of_a_view_is_the_first_tensor",
            r#"
x = torch.arange(12.).view(3, 4)
b = x._base
v = x[1:].t()[0]
show(x._is_view(), v._is_view(), v._base is b, b._is_view(), b._base is None)
"#,
            |show| {
                let b = Tensor::arange_of(0.0, 12.0, 1.0, None).unwrap();
                let x = b.view(&[3, 4]);
                let v = x.i(1..).t().i(0);
                show.flag(x.is_view());
                show.flag(v.is_view());
                show.flag(v.base().is_some_and(|base| base.is_same(&b)));
                show.flag(b.is_view());
                show.flag(b.base().is_none());
            },
        ),
        Case::new(
            "detached_tensors_share_memory_but_are_no_views",
            r#"
x = torch.ones(3, requires_grad=True)
y = x * 2
d = y[:2].detach()
d.add_(1)
show(d._is_view(), d.requires_grad, y, y._version, y.data._is_view())
"#,
            |show| {
                let y = leaf([1.0; 3]) * 2.0;
                let d = y.i(..2).detach();
                ops::add_(&d, 1.0).unwrap();
                show.flag(d.is_view());
                show.flag(d.requires_grad());
                show.tensor(&y);
                show.number(y.version());
                show.flag(y.data().is_view());
            },
        ),
        Case::new(
            "reshape_is_a_view_where_it_can_be",
            r#"
x = torch.ones(2, 3)
show(x.reshape(6)._is_view(), x.t().reshape(6)._is_view(), x.contiguous()._is_view(), x.t().contiguous()._is_view())
"#,
            |show| {
                let x = Tensor::ones(&[2, 3]);
                show.flag(x.reshape(&[6]).is_view());
                show.flag(x.t().reshape(&[6]).is_view());
                show.flag(x.contiguous().is_view());
                show.flag(x.t().contiguous().is_view());
            },
        ),
    ]
}

fn rebasing() -> Vec<Case> {
    vec![
        Case::new(
            "a_write_through_a_view_moves_the_base",
            r#"
x = torch.tensor([1., 2., 3.], requires_grad=True)
y = x * 2
v = y[:2]
v.mul_(10)
show(y, y.grad_fn, v.grad_fn, y.grad_fn.next_functions[0][0], v.grad_fn.next_functions[0][0])
y.sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf([1.0, 2.0, 3.0]);
                let y = &x * 2.0;
                let v = y.i(..2);
                ops::mul_(&v, 10.0).unwrap();
                show.tensor(&y);
                show.node(y.grad_fn());
                show.node(v.grad_fn());
                show.node(y.grad_fn().and_then(|f| f.next().next().flatten().cloned()));
                show.node(v.grad_fn().and_then(|f| f.next().next().flatten().cloned()));
                y.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "zeros_are_filled_piece_by_piece",
            r#"
x = torch.tensor([1., 2., 3.], requires_grad=True)
out = torch.zeros(3)
for i in range(3):
    out[i] = x[i] ** 2 * (i + 1)
show(out, out.grad_fn, out.is_leaf)
out.sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf([1.0, 2.0, 3.0]);
                let out = Tensor::zeros(&[3]);
                for i in 0..3 {
                    out.set(i, &(x.i(i).pow(2.0) * (i + 1) as f64));
                }
                show.tensor(&out);
                show.node(out.grad_fn());
                show.flag(out.is_leaf());
                out.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "rows_are_copied_into_a_matrix",
            r#"
x = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
out = torch.zeros(2, 2)
out[0].copy_(x[1] * 3)
out[1] += x[0]
show(out)
(out * out).sum().backward()
show(x.grad)
"#,
            |show| {
                let x = tensor!([[1.0, 2.0], [3.0, 4.0]]).requires_grad_(true);
                let out = Tensor::zeros(&[2, 2]);
                ops::copy_(&out.i(0), &(x.i(1) * 3.0)).unwrap();
                ops::add_(&out.i(1), &x.i(0)).unwrap();
                show.tensor(&out);
                (&out * &out).sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "through_a_view_of_a_view",
            r#"
x = torch.arange(1., 7.).requires_grad_()
y = (x * 1).view(2, 3)
y.t()[1].mul_(x[:2])
show(y, y.grad_fn)
(y * torch.tensor([[1., 2., 3.], [4., 5., 6.]])).sum().backward()
show(x.grad)
"#,
            |show| {
                let x = Tensor::arange_of(1.0, 7.0, 1.0, None).unwrap().requires_grad_(true);
                let y = (&x * 1.0).view(&[2, 3]);
                ops::mul_(&y.t().i(1), &x.i(..2)).unwrap();
                show.tensor(&y);
                show.node(y.grad_fn());
                (&y * tensor!([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])).sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "through_a_strided_view",
            r#"
x = torch.arange(6., requires_grad=True)
y = x * 1
y[1::2].exp_()
show(y)
y.sum().backward()
show(x.grad)
"#,
            |show| {
                let x = Tensor::arange_of(0.0, 6.0, 1.0, None).unwrap().requires_grad_(true);
                let y = &x * 1.0;
                ops::exp_(&y.i(wengert::tensor::step(1.., 2))).unwrap();
                show.tensor(&y);
                y.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "through_a_diagonal",
            r#"
x = torch.ones(3, 3, requires_grad=True)
y = x * 2
y.diagonal().mul_(torch.tensor([1., 2., 3.]))
y.sum().backward()
show(y, x.grad)
"#,
            |show| {
                let x = Tensor::ones(&[3, 3]).requires_grad_(true);
                let y = &x * 2.0;
                ops::mul_(&y.diagonal(0, 0, 1), &tensor!([1.0, 2.0, 3.0])).unwrap();
                y.sum().backward();
                show.tensor(&y);
                show.grad(x.grad());
            },
        ),
        Case::new(
            "an_untracked_base_becomes_tracked",
            r#"
w = torch.tensor([2., 3.], requires_grad=True)
d = torch.ones(4)
v = d[1:3]
v.mul_(w)
show(d, d.requires_grad, d.is_leaf, d.grad_fn, v.grad_fn)
d.sum().backward()
show(w.grad, d.grad_fn.next_functions[0][0])
"#,
            |show| {
                let w = leaf([2.0, 3.0]);
                let d = Tensor::ones(&[4]);
                let v = d.i(1..3);
                ops::mul_(&v, &w).unwrap();
                show.tensor(&d);
                show.flag(d.requires_grad());
                show.flag(d.is_leaf());
                show.node(d.grad_fn());
                show.node(v.grad_fn());
                d.sum().backward();
                show.grad(w.grad());
                show.node(d.grad_fn().and_then(|f| f.next().next().flatten().cloned()));
            },
        ),
        Case::new(
            "second_derivatives_go_through_writes",
            r#"
x = torch.tensor([1., 2., 3.], requires_grad=True)
y = x * x
y[:2].mul_(x[1:])
y[1:].pow_(2)
(g,) = torch.autograd.grad((y * y).sum(), x, create_graph=True)
(h,) = torch.autograd.grad((g * torch.tensor([1., -1., 2.])).sum(), x)
show(y, g, h)
"#,
            |show| {
                let x = leaf([1.0, 2.0, 3.0]);
                let y = &x * &x;
                ops::mul_(&y.i(..2), &x.i(1..)).unwrap();
                ops::pow_(&y.i(1..), 2.0).unwrap();
                let g = grad_with(&[&(&y * &y).sum()], &[&x], None, Options::create_graph()).unwrap();
                let g = g[0].clone().unwrap();
                let h = grad_with(&[&(&g * tensor!([1.0, -1.0, 2.0])).sum()], &[&x], None, Options::default());
                show.tensors([&y, &g, &h.unwrap()[0].clone().unwrap()]);
            },
        ),
        Case::new(
            "saved_outputs_of_a_write_are_views_of_the_base",
            r#"
x = torch.tensor([0.5, 1., 1.5], requires_grad=True)
y = x * 1
y[1:].sigmoid_()
(g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
(h,) = torch.autograd.grad(g.sum(), x)
show(y, g, h)
"#,
            |show| {
                let x = leaf([0.5, 1.0, 1.5]);
                let y = &x * 1.0;
                ops::sigmoid_(&y.i(1..)).unwrap();
                let g = grad_with(&[&y.sum()], &[&x], None, Options::create_graph()).unwrap();
                let g = g[0].clone().unwrap();
                let h = grad_with(&[&g.sum()], &[&x], None, Options::default()).unwrap();
                show.tensors([&y, &g, h[0].as_ref().unwrap()]);
            },
        ),
        Case::new(
            "a_value_that_is_broadcast_gets_the_sum",
            r#"
w = torch.tensor(3., requires_grad=True)
out = torch.zeros(2, 3)
out[:, 1] = w
out[0] = w * 2
show(out)
out.sum().backward()
show(w.grad)
"#,
            |show| {
                let w = tensor!(3.0).requires_grad_(true);
                let out = Tensor::zeros(&[2, 3]);
                out.set((.., 1), &w);
                out.set(0, &(&w * 2.0));
                show.tensor(&out);
                out.sum().backward();
                show.grad(w.grad());
            },
        ),
        Case::new(
            "a_base_that_is_not_contiguous",
            r#"
x = torch.arange(6., requires_grad=True)
b = (x * 1).view(2, 3).t()
b = b.detach().requires_grad_() * 1
c = torch.arange(6.).view(2, 3).t().detach()
c.mul_(b.sum())
c[1].mul_(b[0])
show(c.is_contiguous(), c)
w = torch.arange(6.).view(3, 2)
g = torch.autograd.grad((c * w).sum(), b)
show(g)
"#,
            |show| {
                let x = Tensor::arange_of(0.0, 6.0, 1.0, None).unwrap();
                let b = x.view(&[2, 3]).t().detach().requires_grad_(true) * 1.0;
                let c = Tensor::arange_of(0.0, 6.0, 1.0, None).unwrap().view(&[2, 3]).t().detach();
                ops::mul_(&c, &b.sum()).unwrap();
                ops::mul_(&c.i(1), &b.i(0)).unwrap();
                show.flag(c.is_contiguous());
                show.tensor(&c);
                let w = Tensor::arange_of(0.0, 6.0, 1.0, None).unwrap().view(&[3, 2]);
                let g = grad_with(&[&(&c * &w).sum()], &[&b], None, Options::default()).unwrap();
                show.tensor(g[0].as_ref().unwrap());
            },
        ),
    ]
}

fn siblings() -> Vec<Case> {
    vec![
        Case::new(
            "a_sibling_sees_the_write_and_its_gradient",
            r#"
x = torch.tensor([1., 2., 3.], requires_grad=True)
y = x * 1
a, b = y[:2], y[1:]
a.mul_(10)
show(b, b.grad_fn)
(b * torch.tensor([1., 2.])).sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf([1.0, 2.0, 3.0]);
                let y = &x * 1.0;
                let (a, b) = (y.i(..2), y.i(1..));
                ops::mul_(&a, 10.0).unwrap();
                show.tensor(&b);
                show.node(b.grad_fn());
                (&b * tensor!([1.0, 2.0])).sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "a_view_sees_a_write_to_its_base",
            r#"
x = torch.tensor([1., 2., 3.], requires_grad=True)
y = x * 1
v = y[:2]
y.mul_(x)
show(v, v.grad_fn, y.grad_fn)
v.sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf([1.0, 2.0, 3.0]);
                let y = &x * 1.0;
                let v = y.i(..2);
                ops::mul_(&y, &x).unwrap();
                show.tensor(&v);
                show.node(v.grad_fn());
                show.node(y.grad_fn());
                v.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "an_expanded_view_sees_a_write_to_its_base",
            r#"
x = torch.tensor([[1.], [2.]], requires_grad=True)
y = x * 1
e = y.expand(2, 3)
u = y.view(2).unfold(0, 2, 1)
y.mul_(x)
show(e, e.grad_fn, u)
(e.sum() + u.sum()).backward()
show(x.grad)
"#,
            |show| {
                let x = tensor!([[1.0], [2.0]]).requires_grad_(true);
                let y = &x * 1.0;
                let e = y.expand(&[2, 3]);
                let u = y.view(&[2]).unfold(0, 2, 1);
                ops::mul_(&y, &x).unwrap();
                show.tensor(&e);
                show.node(e.grad_fn());
                show.tensor(&u);
                (e.sum() + u.sum()).backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "windows_that_overlap_add_up",
            r#"
x = torch.arange(4., requires_grad=True)
y = x * 1
u = y.unfold(0, 3, 1)
y.mul_(2)
(u * torch.tensor([[1., 2., 3.], [4., 5., 6.]])).sum().backward()
show(u.grad_fn, x.grad)
"#,
            |show| {
                let x = Tensor::arange_of(0.0, 4.0, 1.0, None).unwrap().requires_grad_(true);
                let y = &x * 1.0;
                let u = y.unfold(0, 3, 1);
                ops::mul_(&y, 2.0).unwrap();
                (&u * tensor!([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])).sum().backward();
                show.node(u.grad_fn());
                show.grad(x.grad());
            },
        ),
        Case::new(
            "a_sibling_of_an_untracked_base_becomes_tracked",
            r#"
d = torch.zeros(4)
v, s = d[:2], d[1:]
v.mul_(torch.ones(2, requires_grad=True))
show(s.requires_grad, s.is_leaf, s.grad_fn, v.requires_grad)
"#,
            |show| {
                let d = Tensor::zeros(&[4]);
                let (v, s) = (d.i(..2), d.i(1..));
                ops::mul_(&v, &leaf([1.0, 1.0])).unwrap();
                show.flag(s.requires_grad());
                show.flag(s.is_leaf());
                show.node(s.grad_fn());
                show.flag(v.requires_grad());
            },
        ),
        Case::new(
            "a_write_without_recording_keeps_the_graph",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 3
v = y[:1]
with torch.no_grad():
    v.add_(1)
show(y, y.grad_fn, v.grad_fn)
y.sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf([1.0, 2.0]);
                let y = &x * 3.0;
                let v = y.i(..1);
                no_grad(|| ops::add_(&v, 1.0)).unwrap();
                show.tensor(&y);
                show.node(y.grad_fn());
                show.node(v.grad_fn());
                y.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "views_of_leaves_may_be_written_without_recording",
            r#"
w = torch.zeros(2, 2, requires_grad=True)
v = w[0]
with torch.no_grad():
    v.add_(1)
    w[1].fill_(5)
show(w, w.is_leaf, w._version, v.grad_fn)
(w * w).sum().backward()
show(w.grad)
"#,
            |show| {
                let w = Tensor::zeros(&[2, 2]).requires_grad_(true);
                let v = w.i(0);
                no_grad(|| {
                    ops::add_(&v, 1.0).unwrap();
                    ops::fill_(&w.i(1), 5.0).unwrap();
                });
                show.tensor(&w);
                show.flag(w.is_leaf());
                show.number(w.version());
                show.node(v.grad_fn());
                (&w * &w).sum().backward();
                show.grad(w.grad());
            },
        ),
        Case::new(
            "a_view_made_without_recording_requires_grad_with_its_base",
            r#"
x = torch.ones(3, requires_grad=True)
with torch.no_grad():
    v = x[:2]
y = v * 2
show(v.requires_grad, v.is_leaf, v.grad_fn, y.requires_grad, y.grad_fn)
y.sum().backward()
show(x.grad, v.grad)
"#,
            |show| {
                let x = leaf([1.0; 3]);
                let v = no_grad(|| x.i(..2));
                let y = &v * 2.0;
                show.flag(v.requires_grad());
                show.flag(v.is_leaf());
                show.node(v.grad_fn());
                show.flag(y.requires_grad());
                show.node(y.grad_fn());
                y.sum().backward();
                show.grad(x.grad());
                show.grad(v.grad());
            },
        ),
        Case::new(
            "a_view_can_be_a_leaf_of_its_own",
            r#"
d = torch.arange(4.)
v = d[1:3].requires_grad_()
show(v.is_leaf, d.requires_grad)
(v * v).sum().backward()
show(v.grad, d.grad)
d.mul_(2)
show(v, v.is_leaf)
"#,
            |show| {
                let d = Tensor::arange_of(0.0, 4.0, 1.0, None).unwrap();
                let v = d.i(1..3).requires_grad_(true);
                show.flag(v.is_leaf());
                show.flag(d.requires_grad());
                (&v * &v).sum().backward();
                show.grad(v.grad());
                show.grad(d.grad());
                ops::mul_(&d, 2.0).unwrap();
                show.tensor(&v);
                show.flag(v.is_leaf());
            },
        ),
        Case::new(
            "a_leaf_view_of_a_base_that_becomes_tracked_is_no_leaf_any_more",
            r#"
d = torch.ones(3)
v = d[:2].requires_grad_()
d.mul_(torch.ones(3, requires_grad=True))
show(v.requires_grad, v.is_leaf, v.grad_fn)
"#,
            |show| {
                let d = Tensor::ones(&[3]);
                let v = d.i(..2).requires_grad_(true);
                ops::mul_(&d, &leaf([1.0; 3])).unwrap();
                show.flag(v.requires_grad());
                show.flag(v.is_leaf());
                show.node(v.grad_fn());
            },
        ),
    ]
}

fn refusals() -> Vec<Case> {
    vec![
        Case::new(
            "views_made_in_no_grad_may_not_be_written_with_recording",
            r#"
h = torch.ones(3, requires_grad=True) * 2
with torch.no_grad():
    v = h[:2]
    v.add_(1)
with raises():
    v.mul_(2)
d = torch.zeros(3)
with torch.no_grad():
    u = d[:2]
u.mul_(2)
with raises():
    u.mul_(h[:2])
show(d, d._version)
"#,
            |show| {
                let h = leaf([1.0; 3]) * 2.0;
                let v = no_grad(|| h.i(..2));
                no_grad(|| ops::add_(&v, 1.0)).unwrap();
                show.error(ops::mul_(&v, 2.0));
                let d = Tensor::zeros(&[3]);
                let u = no_grad(|| d.i(..2));
                ops::mul_(&u, 2.0).unwrap();
                show.error(ops::mul_(&u, &h.i(..2)));
                show.tensor(&d);
                show.number(d.version());
            },
        ),
        Case::new(
            "views_made_in_no_grad_do_not_follow_their_base",
            r#"
h = torch.ones(3, requires_grad=True) * 2
with torch.no_grad():
    v = h[:2]
h.add_(1)
with raises():
    v * 2
with raises():
    v.grad_fn
with raises():
    v.is_leaf
show(v.requires_grad)
"#,
            |show| {
                let h = leaf([1.0; 3]) * 2.0;
                let v = no_grad(|| h.i(..2));
                ops::add_(&h, 1.0).unwrap();
                show.error(ops::mul(&v, 2.0));
                show.panics(|| v.grad_fn());
                show.panics(|| v.is_leaf());
                show.flag(v.requires_grad());
            },
        ),
        Case::new(
            "a_view_of_a_view_made_in_no_grad",
            r#"
h = torch.ones(3, requires_grad=True) * 2
with torch.no_grad():
    v = h[:2]
u = v[:1]
show(u.requires_grad, u.grad_fn)
with raises():
    u.mul_(2)
h.mul_(2)
with raises():
    u + 1
"#,
            |show| {
                let h = leaf([1.0; 3]) * 2.0;
                let v = no_grad(|| h.i(..2));
                let u = v.i(..1);
                show.flag(u.requires_grad());
                show.node(u.grad_fn());
                show.error(ops::mul_(&u, 2.0));
                ops::mul_(&h, 2.0).unwrap();
                show.error(ops::add(&u, 1.0));
            },
        ),
        Case::new(
            "one_of_several_views_may_not_be_written",
            r#"
h = torch.ones(4, requires_grad=True) * 2
with raises():
    h.unbind()[1].add_(1)
with raises():
    h.split(2)[0].add_(1)
with raises():
    h.split([1, 3])[1].add_(1)
with raises():
    h.chunk(2)[0].add_(1)
with raises():
    h.split(2)[0][:1].add_(1)
with raises():
    torch.zeros(4).split(2)[0].mul_(h[:2])
show(h, h._version)
"#,
            |show| {
                let h = leaf([1.0; 4]) * 2.0;
                show.error(ops::add_(&h.unbind(0)[1], 1.0));
                show.error(ops::add_(&h.split(2, 0)[0], 1.0));
                show.error(ops::add_(&h.split_with_sizes(&[1, 3], 0)[1], 1.0));
                show.error(ops::add_(&h.chunk(2, 0)[0], 1.0));
                show.error(ops::add_(&h.split(2, 0)[0].i(..1), 1.0));
                show.error(ops::mul_(&Tensor::zeros(&[4]).split(2, 0)[0], &h.i(..2)));
                show.tensor(&h);
                show.number(h.version());
            },
        ),
        Case::new(
            "one_of_several_views_does_not_follow_its_base",
            r#"
h = torch.ones(2, requires_grad=True) * 2
a, b = h.unbind()
h.mul_(2)
with raises():
    b * 2
"#,
            |show| {
                let h = leaf([1.0; 2]) * 2.0;
                let parts = h.unbind(0);
                ops::mul_(&h, 2.0).unwrap();
                show.error(ops::mul(&parts[1], 2.0));
            },
        ),
        Case::new(
            "one_of_several_views_may_be_written_where_nothing_is_recorded",
            r#"
d = torch.zeros(4)
a, b = d.split(2)
a.add_(1)
h = torch.ones(4, requires_grad=True) * 2
with torch.no_grad():
    h.chunk(2)[1].add_(5)
show(d, h)
h.tensor_split(2)[0].add_(1)
show(h, h.grad_fn)
"#,
            |show| {
                let d = Tensor::zeros(&[4]);
                ops::add_(&d.split(2, 0)[0], 1.0).unwrap();
                let h = leaf([1.0; 4]) * 2.0;
                no_grad(|| ops::add_(&h.chunk(2, 0)[1], 5.0)).unwrap();
                show.tensors([&d, &h]);
                ops::add_(&h.tensor_split(2, 0)[0], 1.0).unwrap();
                show.tensor(&h);
                show.node(h.grad_fn());
            },
        ),
        Case::new(
            "views_cannot_be_detached_in_place",
            r#"
with raises():
    torch.zeros(3)[:2].detach_()
with raises():
    (torch.ones(3, requires_grad=True) * 2).view(3, 1).detach_()
"#,
            |show| {
                show.error(Tensor::zeros(&[3]).i(..2).try_detach_());
                show.error((leaf([1.0; 3]) * 2.0).view(&[3, 1]).try_detach_());
            },
        ),
        Case::new(
            "the_views_of_a_detached_base_keep_their_graph",
            r#"
x = torch.tensor([1., 2., 3.], requires_grad=True)
h = x * 2
v = h[:2]
h.detach_()
show(h.requires_grad, h.is_leaf, v.requires_grad, v.grad_fn)
v.sum().backward()
show(x.grad)
with raises():
    v.mul_(2)
"#,
            |show| {
                let x = leaf([1.0, 2.0, 3.0]);
                let h = &x * 2.0;
                let v = h.i(..2);
                h.detach_();
                show.flag(h.requires_grad());
                show.flag(h.is_leaf());
                show.flag(v.requires_grad());
                show.node(v.grad_fn());
                v.sum().backward();
                show.grad(x.grad());
                show.error(ops::mul_(&v, 2.0));
            },
        ),
    ]
}
