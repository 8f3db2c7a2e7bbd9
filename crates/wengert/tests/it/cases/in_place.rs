//! Writes in place: versions, saved tensors that were overwritten, what may be written.

use super::Case;
use wengert::autograd::{Options, grad_with};
use wengert::{DType, Tensor, no_grad, ops, tensor};

/// A leaf that requires grad.
fn leaf<const N: usize>(values: [f64; N]) -> Tensor {
    tensor!(values).requires_grad_(true)
}

fn backward(t: &Tensor) -> wengert::Result<()> {
    t.backward_with(None, Options::default())
}

pub fn cases() -> Vec<Case> {
    let mut cases = graph();
    cases.extend(versions());
    cases.extend(refusals());
    cases.extend(assignment());
    cases
}

fn graph() -> Vec<Case> {
    vec![
        Case::new(
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
                let x = leaf([2.0, 3.0]);
                let y = &x * 2.0;
                ops::mul_(&y, &x).unwrap();
                show.node(y.grad_fn());
                show.number(y.version());
                y.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "what_was_computed_before_keeps_its_graph",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
y = x * 2
z = y + 1
y.mul_(5)
(y + z).sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf([2.0, 3.0]);
                let y = &x * 2.0;
                let z = &y + 1.0;
                ops::mul_(&y, 5.0).unwrap();
                (&y + &z).sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "the_old_value_is_saved_where_it_is_read",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
w = torch.tensor([5., 7.], requires_grad=True)
y = x * 2
y.mul_(w)
y.pow_(2)
y.sum().backward()
show(y, x.grad, w.grad)
z = x * 2
z.mul_(z)
with raises():
    z.sum().backward()
"#,
            |show| {
                let (x, w) = (leaf([2.0, 3.0]), leaf([5.0, 7.0]));
                let y = &x * 2.0;
                ops::mul_(&y, &w).unwrap();
                ops::pow_(&y, 2.0).unwrap();
                y.sum().backward();
                show.tensor(&y);
                show.grad(x.grad());
                show.grad(w.grad());
                let z = &x * 2.0;
                ops::mul_(&z, &z).unwrap();
                show.error(backward(&z.sum()));
            },
        ),
        Case::new(
            "overwriting_cuts_the_graph",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
y = x * 2
y.copy_(torch.tensor([1., 1.]))
show(y.grad_fn)
y.sum().backward()
show(x.grad)
z = x * 2
z.zero_()
show(z.grad_fn)
u = x * 2
u.fill_(3)
show(u.grad_fn)
(z + u).sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf([2.0, 3.0]);
                let y = &x * 2.0;
                ops::copy_(&y, &tensor!([1.0, 1.0])).unwrap();
                show.node(y.grad_fn());
                y.sum().backward();
                show.grad(x.grad());
                let z = &x * 2.0;
                ops::zero_(&z).unwrap();
                show.node(z.grad_fn());
                let u = &x * 2.0;
                ops::fill_(&u, 3.0).unwrap();
                show.node(u.grad_fn());
                (&z + &u).sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "the_source_of_a_copy_gets_the_gradient",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
out = torch.zeros(2, 2, dtype=torch.float64)
out.copy_(x)
show(out, out.grad_fn)
(out * out).sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf([2.0, 3.0]);
                let out = Tensor::full_of(&[2, 2], 0, DType::F64);
                ops::copy_(&out, &x).unwrap();
                show.tensor(&out);
                show.node(out.grad_fn());
                (&out * &out).sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "integers_take_copies_and_stay_out_of_the_graph",
            r#"
x = torch.tensor([2.5, 3.5], requires_grad=True)
n = torch.zeros(2, dtype=torch.int64)
n.copy_(x)
show(n, n.requires_grad)
"#,
            |show| {
                let x = leaf([2.5, 3.5]);
                let n = tensor!([0, 0]);
                ops::copy_(&n, &x).unwrap();
                show.tensor(&n);
                show.flag(n.requires_grad());
            },
        ),
        Case::new(
            "comparisons_in_place_have_gradient_zero",
            r#"
x = torch.tensor([2., -3.], requires_grad=True)
y = x * 1
y.gt_(torch.zeros(2))
show(y, y.grad_fn)
y.sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf([2.0, -3.0]);
                let y = &x * 1.0;
                ops::gt_(&y, &Tensor::zeros(&[2])).unwrap();
                show.tensor(&y);
                show.node(y.grad_fn());
                y.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "second_derivatives_of_in_place_chains",
            r#"
x = torch.tensor([0.5, 1.5], requires_grad=True)
y = x * x
y.mul_(x)
y.sin_()
(g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
(h,) = torch.autograd.grad(g.sum(), x)
show(g, h)
"#,
            |show| {
                let x = leaf([0.5, 1.5]);
                let y = &x * &x;
                ops::mul_(&y, &x).unwrap();
                ops::sin_(&y).unwrap();
                let g = grad_with(&[&y.sum()], &[&x], None, Options::create_graph()).unwrap();
                let g = g[0].clone().unwrap();
                let h = grad_with(&[&g.sum()], &[&x], None, Options::default()).unwrap();
                show.tensors([&g, h[0].as_ref().unwrap()]);
            },
        ),
        Case::new(
            "a_retained_gradient_is_that_of_the_new_value",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
y = x * 2
y.retain_grad()
y.mul_(5)
(y * y).sum().backward()
show(y.grad, x.grad)
z = x * 2
z.retain_grad()
z[:1].mul_(5)
(z * z).sum().backward()
show(z.grad)
"#,
            |show| {
                let x = leaf([2.0, 3.0]);
                let y = &x * 2.0;
                y.retain_grad();
                ops::mul_(&y, 5.0).unwrap();
                (&y * &y).sum().backward();
                show.grad(y.grad());
                show.grad(x.grad());
                let z = &x * 2.0;
                z.retain_grad();
                ops::mul_(&z.i(..1), 5.0).unwrap();
                (&z * &z).sum().backward();
                show.grad(z.grad());
            },
        ),
        Case::new(
            "a_hook_stays_with_the_value_that_it_was_registered_on",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
y = x * 2
y.register_hook(lambda g: show(g))
y[:1].mul_(5)
y.sum().backward()
show(x.grad)
"#,
            |show| {
                use std::sync::{Arc, Mutex};
                let x = leaf([2.0, 3.0]);
                let y = &x * 2.0;
                let seen = Arc::new(Mutex::new(Vec::new()));
                let log = seen.clone();
                y.register_hook(move |g| {
                    log.lock().unwrap().push(g.clone());
                    None
                });
                ops::mul_(&y.i(..1), 5.0).unwrap();
                y.sum().backward();
                show.tensors(seen.lock().unwrap().iter());
                show.grad(x.grad());
            },
        ),
    ]
}

fn versions() -> Vec<Case> {
    vec![
        Case::new(
            "a_saved_input_must_not_be_overwritten",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
y = x * 2
z = y * y
y.add_(1)
with raises():
    z.sum().backward()
"#,
            |show| {
                let x = leaf([2.0, 3.0]);
                let y = &x * 2.0;
                let z = &y * &y;
                ops::add_(&y, 1.0).unwrap();
                show.error(backward(&z.sum()));
            },
        ),
        Case::new(
            "a_saved_output_must_not_be_overwritten",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
y = x.exp()
y.add_(1)
with raises():
    y.sum().backward()
s = x.sin()
s.add_(1)
s.sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf([2.0, 3.0]);
                let y = x.exp();
                ops::add_(&y, 1.0).unwrap();
                show.error(backward(&y.sum()));
                let s = x.sin();
                ops::add_(&s, 1.0).unwrap();
                s.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "a_leaf_that_is_saved_must_not_be_overwritten",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
y = x * x
with torch.no_grad():
    x.add_(1)
with raises():
    y.sum().backward()
"#,
            |show| {
                let x = leaf([2.0, 3.0]);
                let y = &x * &x;
                no_grad(|| ops::add_(&x, 1.0)).unwrap();
                show.error(backward(&y.sum()));
            },
        ),
        Case::new(
            "a_write_through_a_view_is_seen",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
y = x * 2
z = y * y
y[:1].add_(1)
with raises():
    z.sum().backward()
u = x * 2
v = u[1:]
w = v * v
u.detach().add_(1)
with raises():
    w.sum().backward()
"#,
            |show| {
                let x = leaf([2.0, 3.0]);
                let y = &x * 2.0;
                let z = &y * &y;
                ops::add_(&y.i(..1), 1.0).unwrap();
                show.error(backward(&z.sum()));
                let u = &x * 2.0;
                let v = u.i(1..);
                let w = &v * &v;
                ops::add_(&u.detach(), 1.0).unwrap();
                show.error(backward(&w.sum()));
            },
        ),
        Case::new(
            "a_write_through_data_is_not_seen",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
y = x * 2
z = y * y
d = y.data
d.add_(1)
show(y._version, d._version, y.data._version)
z.sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf([2.0, 3.0]);
                let y = &x * 2.0;
                let z = &y * &y;
                let d = y.data();
                ops::add_(&d, 1.0).unwrap();
                show.number(y.version());
                show.number(d.version());
                show.number(y.data().version());
                z.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "views_of_data_count_with_it",
            r#"
y = torch.ones(3)
d = y.data
d[:1].add_(1)
show(y, y._version, d._version, d[1:]._version)
"#,
            |show| {
                let y = Tensor::ones(&[3]);
                let d = y.data();
                ops::add_(&d.i(..1), 1.0).unwrap();
                show.tensor(&y);
                show.number(y.version());
                show.number(d.version());
                show.number(d.i(1..).version());
            },
        ),
        Case::new(
            "writes_are_counted_one_by_one",
            r#"
y = torch.ones(4)
y.add_(1).mul_(2)
y[0] = 3
y[1:3] += 1
y.zero_()
y.copy_(torch.ones(4))
show(y._version)
torch.autograd.graph.increment_version(y)
show(y._version)
"#,
            |show| {
                let y = Tensor::ones(&[4]);
                ops::mul_(&ops::add_(&y, 1.0).unwrap(), 2.0).unwrap();
                y.set(0, 3);
                // In Python this is a view, an addition in place, and an assignment of the view to itself.
                let part = y.i(1..3);
                ops::add_(&part, 1.0).unwrap();
                y.set(1..3, &part);
                ops::zero_(&y).unwrap();
                ops::copy_(&y, &Tensor::ones(&[4])).unwrap();
                show.number(y.version());
                y.increment_version();
                show.number(y.version());
            },
        ),
        Case::new(
            "an_announced_write_is_seen",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
y = x * x
torch.autograd.graph.increment_version(x)
with raises():
    y.sum().backward()
"#,
            |show| {
                let x = leaf([2.0, 3.0]);
                let y = &x * &x;
                x.increment_version();
                show.error(backward(&y.sum()));
            },
        ),
        Case::new(
            "what_the_formula_does_not_read_may_be_overwritten",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
c = torch.tensor([5., 7.])
y = x + c
c.zero_()
z = x * 2
w = z + 1
z.zero_()
(y + w).sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf([2.0, 3.0]);
                let c = tensor!([5.0, 7.0]);
                let y = &x + &c;
                ops::zero_(&c).unwrap();
                let z = &x * 2.0;
                let w = &z + 1.0;
                ops::zero_(&z).unwrap();
                (&y + &w).sum().backward();
                show.grad(x.grad());
            },
        ),
    ]
}

fn refusals() -> Vec<Case> {
    vec![
        Case::new(
            "the_result_must_fit",
            r#"
with raises():
    torch.ones(2).add_(torch.ones(3, 2))
with raises():
    torch.ones(2).add_(torch.ones(3))
with raises():
    torch.ones(2).copy_(torch.ones(3))
with raises():
    torch.ones(2).copy_(torch.ones(3, 2))
with raises():
    torch.tensor([1, 2]).add_(1.5)
with raises():
    torch.tensor([1, 2]).div_(2)
with raises():
    torch.tensor([True]).add_(torch.ones(1))
"#,
            |show| {
                show.error(ops::add_(&Tensor::ones(&[2]), &Tensor::ones(&[3, 2])));
                show.error(ops::add_(&Tensor::ones(&[2]), &Tensor::ones(&[3])));
                show.error(ops::copy_(&Tensor::ones(&[2]), &Tensor::ones(&[3])));
                show.error(ops::copy_(&Tensor::ones(&[2]), &Tensor::ones(&[3, 2])));
                show.error(ops::add_(&tensor!([1, 2]), 1.5));
                show.error(ops::div_(&tensor!([1, 2]), 2));
                show.error(ops::add_(&tensor!([true]), &Tensor::ones(&[1])));
            },
        ),
        Case::new(
            "an_expanded_tensor_is_not_written",
            r#"
e = torch.ones(1).expand(3)
with raises():
    e.add_(1)
with raises():
    e.copy_(torch.ones(3))
with raises():
    e.relu_()
e.zero_()
e.fill_(2)
e[1] = 5
show(e)
"#,
            |show| {
                let e = Tensor::ones(&[1]).expand(&[3]);
                show.error(ops::add_(&e, 1.0));
                show.error(ops::copy_(&e, &Tensor::ones(&[3])));
                show.error(ops::relu_(&e));
                ops::zero_(&e).unwrap();
                ops::fill_(&e, 2.0).unwrap();
                e.set(1, 5);
                show.tensor(&e);
            },
        ),
        Case::new(
            "input_and_target_must_not_overlap_in_part",
            r#"
q = torch.arange(4.)
with raises():
    q[:3].add_(q[1:])
with raises():
    q[:3].copy_(q[1:])
with raises():
    q[1:] = q[:3]
m = torch.arange(4.).view(2, 2)
with raises():
    m.add_(m.t())
q[:2].add_(q[2:])
q.add_(q)
m[0].add_(m[1])
show(q, m)
"#,
            |show| {
                let q = Tensor::arange_of(0.0, 4.0, 1.0, None).unwrap();
                show.error(ops::add_(&q.i(..3), &q.i(1..)));
                show.error(ops::copy_(&q.i(..3), &q.i(1..)));
                show.error(q.try_set(1.., &q.i(..3)));
                let m = Tensor::arange_of(0.0, 4.0, 1.0, None).unwrap().view(&[2, 2]);
                show.error(ops::add_(&m, &m.t()));
                ops::add_(&q.i(..2), &q.i(2..)).unwrap();
                ops::add_(&q, &q).unwrap();
                ops::add_(&m.i(0), &m.i(1)).unwrap();
                show.tensors([&q, &m]);
            },
        ),
    ]
}

fn assignment() -> Vec<Case> {
    vec![
        Case::new(
            "assignment_is_recorded",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
y = torch.ones(3)
y[1:] = x
show(y.grad_fn)
z = x * 1
z[0] = 5.
show(z.grad_fn)
u = x * 1
u[...] = 5.
show(u.grad_fn)
v = x * 1
v[:] = torch.ones(2)
show(v.grad_fn)
w = x * 1
w[:] = torch.tensor(2.)
show(w.grad_fn)
(y.sum() + z.sum() + u.sum() + v.sum() + w.sum()).backward()
show(x.grad)
"#,
            |show| {
                use wengert::tensor::Ellipsis;
                let x = leaf([2.0, 3.0]);
                let y = Tensor::ones(&[3]);
                y.set(1.., &x);
                show.node(y.grad_fn());
                let z = &x * 1.0;
                z.set(0, 5.0);
                show.node(z.grad_fn());
                let u = &x * 1.0;
                u.set(Ellipsis, 5.0);
                show.node(u.grad_fn());
                let v = &x * 1.0;
                v.set(.., &Tensor::ones(&[2]));
                show.node(v.grad_fn());
                let w = &x * 1.0;
                w.set(.., &tensor!(2.0));
                show.node(w.grad_fn());
                (y.sum() + z.sum() + u.sum() + v.sum() + w.sum()).backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "assignment_by_index_tensors_and_masks",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
y = torch.arange(6.).view(2, 3) * x.sum()
y[1:, [0, 2]] = x * 10
y[y == 5.] = 7.
show(y, y.grad_fn)
(y * torch.arange(6.).view(2, 3)).sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf([2.0, 3.0]);
                let range = Tensor::arange_of(0.0, 6.0, 1.0, None).unwrap().view(&[2, 3]);
                let y = &range * x.sum();
                y.set((1.., [0, 2]), &(&x * 10.0));
                y.set(y.eq(5.0), 7.0);
                show.tensor(&y);
                show.node(y.grad_fn());
                (&y * &range).sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "assignment_to_a_part_of_a_view",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
b = torch.zeros(2, 3)
v = b.t()
v[1:, 0] = x
v[0] = x * 2
show(b, b.grad_fn, v.grad_fn)
(b * torch.arange(6.).view(2, 3)).sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf([2.0, 3.0]);
                let b = Tensor::zeros(&[2, 3]);
                let v = b.t();
                v.set((1.., 0), &x);
                v.set(0, &(&x * 2.0));
                show.tensor(&b);
                show.node(b.grad_fn());
                show.node(v.grad_fn());
                (&b * Tensor::arange_of(0.0, 6.0, 1.0, None).unwrap().view(&[2, 3])).sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "the_value_must_fit_the_part",
            r#"
y = torch.zeros(2, 3)
with raises():
    y[0] = torch.ones(2)
with raises():
    y[:, 0] = torch.ones(3)
with raises():
    y[5] = 1
show(y, y._version)
"#,
            |show| {
                let y = Tensor::zeros(&[2, 3]);
                show.error(y.try_set(0, &Tensor::ones(&[2])));
                show.error(y.try_set((.., 0), &Tensor::ones(&[3])));
                show.error(y.try_set(5, 1));
                show.tensor(&y);
                show.number(y.version());
            },
        ),
    ]
}
