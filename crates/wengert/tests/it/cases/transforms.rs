//! Transforms: vjp, jvp, grad, jacobians, hessians, vmap, and how they compose.

use super::Case;
use wengert::autograd::functional::{self, Strategy, Strict};
use wengert::func::{
    Chunked, Randomness, Vmap, grad, grad_and_value, hessian, jacfwd, jacrev, jvp, linearize, vjp, vmap,
};
use wengert::{Tensor, no_grad, ops, tensor};

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "grad_of_a_scalar",
            r#"
x = torch.tensor([1., 2., 3.])
show(torch.func.grad(lambda x: (x ** 3).sum())(x))
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                show.tensor(&grad(|x: &Tensor| x.pow(3.0).sum())(&x).unwrap());
            },
        ),
        Case::new(
            "grad_leaves_nothing_behind",
            r#"
x = torch.tensor([1., 2., 3.])
g = torch.func.grad(lambda x: (x ** 3).sum())(x)
show(x.requires_grad, x.grad, g.requires_grad, g.grad_fn)
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                let g = grad(|x: &Tensor| x.pow(3.0).sum())(&x).unwrap();
                show.flag(x.requires_grad());
                show.grad(x.grad());
                show.flag(g.requires_grad());
                show.node(g.grad_fn());
            },
        ),
        Case::new(
            "grad_needs_a_scalar",
            r#"
x = torch.tensor([1., 2., 3.])
with raises():
    torch.func.grad(lambda x: x * 2)(x)
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                show.error(grad(|x: &Tensor| x * 2.0)(&x));
            },
        ),
        Case::new(
            "grad_and_value_in_this_order",
            r#"
x = torch.tensor([1., 2., 3.])
show(torch.func.grad_and_value(lambda x: x.exp().sum())(x))
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                let (g, v) = grad_and_value(|x: &Tensor| x.exp().sum())(&x).unwrap();
                show.tensors([&g, &v]);
            },
        ),
        Case::new(
            "grad_of_two_arguments",
            r#"
x, y = torch.tensor([1., 2.]), torch.tensor([3., 4.])
show(torch.func.grad(lambda x, y: (x * y * y).sum(), argnums=(0, 1))(x, y))
"#,
            |show| {
                let x = (tensor!([1.0, 2.0]), tensor!([3.0, 4.0]));
                let (a, b) = grad(|(x, y): &(Tensor, Tensor)| (x * y * y).sum())(&x).unwrap();
                show.tensors([&a, &b]);
            },
        ),
        Case::new(
            "grad_of_what_is_not_used_is_zero",
            r#"
x, y = torch.tensor([1., 2.]), torch.tensor([3., 4.])
show(torch.func.grad(lambda x, y: x.sum(), argnums=(0, 1))(x, y))
"#,
            |show| {
                let x = (tensor!([1.0, 2.0]), tensor!([3.0, 4.0]));
                let (a, b) = grad(|(x, _): &(Tensor, Tensor)| x.sum())(&x).unwrap();
                show.tensors([&a, &b]);
            },
        ),
        Case::new(
            "grad_of_grad_of_grad",
            r#"
f = lambda x: x ** 5
g = torch.func.grad
show(g(f)(torch.tensor(2.)), g(g(f))(torch.tensor(2.)), g(g(g(f)))(torch.tensor(2.)))
"#,
            |show| {
                let f = |x: &Tensor| x.pow(5.0);
                let x = tensor!(2.0);
                show.tensor(&grad(f)(&x).unwrap());
                show.tensor(&grad(grad(f))(&x).unwrap());
                show.tensor(&grad(grad(grad(f)))(&x).unwrap());
            },
        ),
        Case::new(
            "perturbations_are_not_confused",
            r#"
g = torch.func.grad
show(g(lambda x: x * g(lambda y: x + y)(torch.tensor(1.)))(torch.tensor(3.)))
"#,
            |show| {
                let inner = |x: &Tensor| x * grad(|y: &Tensor| x + y)(&tensor!(1.0)).unwrap();
                show.tensor(&grad(inner)(&tensor!(3.0)).unwrap());
            },
        ),
        Case::new(
            "grad_inside_no_grad",
            r#"
x = torch.tensor([1., 2.])
with torch.no_grad():
    show(torch.func.grad(lambda x: (x * x).sum())(x))
"#,
            |show| {
                let x = tensor!([1.0, 2.0]);
                show.tensor(&no_grad(|| grad(|x: &Tensor| (x * x).sum())(&x).unwrap()));
            },
        ),
        Case::new(
            "no_grad_inside_grad_is_a_constant",
            r#"
x = torch.tensor([1., 2.])
def f(x):
    with torch.no_grad():
        c = x ** 2
    return (x - c).sum()
show(torch.func.grad(f)(x))
"#,
            |show| {
                let f = |x: &Tensor| {
                    let c = no_grad(|| x.pow(2.0));
                    (x - c).sum()
                };
                show.tensor(&grad(f)(&tensor!([1.0, 2.0])).unwrap());
            },
        ),
        Case::new(
            "no_grad_outside_does_not_stop_the_outer_grad",
            r#"
x = torch.tensor(2.)
def f(x):
    with torch.no_grad():
        return torch.func.grad(lambda y: y ** 3 * x)(x)
show(torch.func.grad(lambda x: f(x) + x)(x))
"#,
            |show| {
                let f = |x: &Tensor| no_grad(|| grad(|y: &Tensor| y.pow(3.0) * x)(x).unwrap());
                show.tensor(&grad(|x: &Tensor| f(x) + x)(&tensor!(2.0)).unwrap());
            },
        ),
        Case::new(
            "a_captured_leaf_is_tracked_outside",
            r#"
w = torch.tensor(3., requires_grad=True)
g = torch.func.grad(lambda x: w * x ** 2)(torch.tensor(2.))
g.backward()
show(g, w.grad)
"#,
            |show| {
                let w = tensor!(3.0).requires_grad_(true);
                let g = grad(|x: &Tensor| &w * x.pow(2.0))(&tensor!(2.0)).unwrap();
                g.backward();
                show.tensor(&g);
                show.grad(w.grad());
            },
        ),
        Case::new(
            "vjp_and_its_function",
            r#"
x = torch.tensor([1., 2., 3.])
out, f = torch.func.vjp(lambda x: x * x, x)
show(out, f(torch.tensor([1., 0., 2.])), f(torch.ones(3)))
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                let (out, f) = vjp(|x: &Tensor| x * x, &x).unwrap();
                show.tensor(&out);
                show.tensor(&f.call(&tensor!([1.0, 0.0, 2.0])).unwrap());
                show.tensor(&f.call(&Tensor::ones(&[3])).unwrap());
            },
        ),
        Case::new(
            "vjp_of_another_shape",
            r#"
x = torch.tensor([1., 2., 3.])
out, f = torch.func.vjp(torch.sin, x)
with raises():
    f(torch.ones(2))
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                let (_, f) = vjp(|x: &Tensor| x.sin(), &x).unwrap();
                show.error(f.call(&Tensor::ones(&[2])));
            },
        ),
        Case::new(
            "vjp_of_truth_values",
            r#"
x = torch.tensor([1., 2., 3.])
with raises():
    torch.func.vjp(lambda x: x > 0, x)
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                show.error(vjp(|x: &Tensor| x.gt(0.0), &x));
            },
        ),
        Case::new(
            "jvp_of_values_and_tangents",
            r#"
x, t = torch.tensor([1., 2., 3.]), torch.tensor([1., 0., -1.])
show(torch.func.jvp(lambda x: x ** 3, (x,), (t,)))
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                let (v, t) = jvp(|x: &Tensor| x.pow(3.0), &x, &tensor!([1.0, 0.0, -1.0])).unwrap();
                show.tensors([&v, &t]);
            },
        ),
        Case::new(
            "jvp_of_another_shape",
            r#"
x = torch.tensor([1., 2., 3.])
with raises():
    torch.func.jvp(torch.sin, (x,), (torch.ones(2),))
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                show.error(jvp(|x: &Tensor| x.sin(), &x, &Tensor::ones(&[2])));
            },
        ),
        Case::new(
            "jvp_of_a_constant_is_zero",
            r#"
x = torch.tensor([1., 2., 3.])
show(torch.func.jvp(lambda x: torch.ones(2), (x,), (x,)))
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                let (v, t) = jvp(|_: &Tensor| Tensor::ones(&[2]), &x, &x).unwrap();
                show.tensors([&v, &t]);
            },
        ),
        Case::new(
            "jacrev_of_a_vector",
            r#"
x = torch.tensor([1., 2., 3.])
show(torch.func.jacrev(lambda x: torch.stack([x.prod(), (x * x).sum()]))(x))
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                show.tensor(&jacrev(|x: &Tensor| ops::stack(&[&x.prod(), &(x * x).sum()], 0))(&x).unwrap());
            },
        ),
        Case::new(
            "jacrev_of_a_matrix_has_four_dimensions",
            r#"
x = torch.tensor([[1., 2.], [3., 4.]])
j = torch.func.jacrev(lambda x: x.t() * x)(x)
show(j)
"#,
            |show| {
                let x = tensor!([[1.0, 2.0], [3.0, 4.0]]);
                show.tensor(&jacrev(|x: &Tensor| x.t() * x)(&x).unwrap());
            },
        ),
        Case::new(
            "jacfwd_of_a_vector",
            r#"
x = torch.tensor([1., 2., 3.])
show(torch.func.jacfwd(lambda x: torch.stack([x.prod(), (x * x).sum()]))(x))
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                show.tensor(&jacfwd(|x: &Tensor| ops::stack(&[&x.prod(), &(x * x).sum()], 0))(&x).unwrap());
            },
        ),
        Case::new(
            "jacfwd_of_a_matrix_has_four_dimensions",
            r#"
x = torch.tensor([[1., 2.], [3., 4.]])
j = torch.func.jacfwd(lambda x: x.t() * x)(x)
show(j)
"#,
            |show| {
                let x = tensor!([[1.0, 2.0], [3.0, 4.0]]);
                show.tensor(&jacfwd(|x: &Tensor| x.t() * x)(&x).unwrap());
            },
        ),
        Case::new(
            "jacrev_of_several_results",
            r#"
x = torch.tensor([1., 2.])
show(torch.func.jacrev(lambda x: (x.sum(), x * x))(x))
"#,
            |show| {
                let x = tensor!([1.0, 2.0]);
                let (a, b) = jacrev(|x: &Tensor| (x.sum(), x * x))(&x).unwrap();
                show.tensors([&a, &b]);
            },
        ),
        Case::new(
            "jacrev_in_chunks",
            r#"
x = torch.tensor([1., 2., 3.])
show(torch.func.jacrev(lambda x: x * x.sum(), chunk_size=2)(x))
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                show.tensor(&Chunked { chunk_size: Some(2) }.jacrev(|x: &Tensor| x * x.sum())(&x).unwrap());
            },
        ),
        Case::new(
            "hessian_of_a_scalar",
            r#"
x = torch.tensor([1., 2., 3.])
show(torch.func.hessian(lambda x: x.prod() + (x ** 3).sum())(x))
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                show.tensor(&hessian(|x: &Tensor| x.prod() + x.pow(3.0).sum())(&x).unwrap());
            },
        ),
        Case::new(
            "jacobians_in_both_orders",
            r#"
x = torch.tensor([0.5, -1.0])
f = lambda x: (x.sin() * x.flip(0)).sum()
show(torch.func.jacrev(torch.func.jacrev(f))(x), torch.func.jacrev(torch.func.jacfwd(f))(x), torch.func.jacfwd(torch.func.jacfwd(f))(x))
"#,
            |show| {
                let x = tensor!([0.5, -1.0]);
                let f = |x: &Tensor| (x.sin() * x.flip(&[0])).sum();
                show.tensor(&jacrev(jacrev(f))(&x).unwrap());
                show.tensor(&jacrev(jacfwd(f))(&x).unwrap());
                show.tensor(&jacfwd(jacfwd(f))(&x).unwrap());
            },
        ),
        Case::new(
            "linearize_once_and_push_twice",
            r#"
x = torch.tensor([1., 2., 3.])
out, f = torch.func.linearize(lambda x: x ** 2, x)
show(out, f(torch.ones(3)), f(x))
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                let (out, f) = linearize(|x: &Tensor| x.pow(2.0), &x).unwrap();
                show.tensor(&out);
                show.tensor(&f.call(&Tensor::ones(&[3])).unwrap());
                show.tensor(&f.call(&x).unwrap());
            },
        ),
        Case::new(
            "vmap_over_rows",
            r#"
x = torch.tensor([[1., 2., 3.], [4., 5., 6.]])
show(torch.func.vmap(lambda a: a.sum() * a)(x))
"#,
            |show| {
                let x = tensor!([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
                show.tensor(&vmap(|a: &Tensor| a.sum() * a)(&x).unwrap());
            },
        ),
        Case::new(
            "vmap_over_columns",
            r#"
x = torch.tensor([[1., 2., 3.], [4., 5., 6.]])
show(torch.func.vmap(lambda a: a.cumsum(0), in_dims=1)(x), torch.func.vmap(lambda a: a.cumsum(0), in_dims=-1, out_dims=1)(x))
"#,
            |show| {
                let x = tensor!([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
                let f = |a: &Tensor| a.cumsum(0);
                show.tensor(&Vmap::new().in_dims(&[Some(1)]).call(f, &x).unwrap());
                show.tensor(&Vmap::new().in_dims(&[Some(-1)]).out_dims(&[Some(1)]).call(f, &x).unwrap());
            },
        ),
        Case::new(
            "vmap_with_a_constant",
            r#"
x = torch.tensor([[1., 2., 3.], [4., 5., 6.]])
w = torch.tensor([1., 0., -1.])
show(torch.func.vmap(torch.dot, in_dims=(0, None))(x, w))
"#,
            |show| {
                let x = tensor!([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
                let w = tensor!([1.0, 0.0, -1.0]);
                show.tensor(
                    &Vmap::new().in_dims(&[Some(0), None]).call(|(a, w): &(Tensor, Tensor)| a.dot(w), &(x, w)).unwrap(),
                );
            },
        ),
        Case::new(
            "vmap_sees_one_example",
            r#"
x = torch.zeros(5, 2, 3)
def f(a):
    show(list(a.shape) == [2, 3], a.dim())
    return a
torch.func.vmap(f)(x)
"#,
            |show| {
                let x = Tensor::zeros(&[5, 2, 3]);
                let mut seen = Vec::new();
                let seen_in = std::cell::RefCell::new(&mut seen);
                vmap(|a: &Tensor| {
                    seen_in.borrow_mut().push((a.shape() == [2, 3], a.ndim()));
                    a.clone()
                })(&x)
                .unwrap();
                for (same, dims) in seen {
                    show.flag(same);
                    show.number(dims);
                }
            },
        ),
        Case::new(
            "vmap_of_vmap",
            r#"
x, y = torch.tensor([1., 2.]), torch.tensor([3., 4., 5.])
show(torch.func.vmap(lambda a: torch.func.vmap(lambda b: a * b)(y))(x))
"#,
            |show| {
                let (x, y) = (tensor!([1.0, 2.0]), tensor!([3.0, 4.0, 5.0]));
                show.tensor(&vmap(|a: &Tensor| vmap(|b: &Tensor| a * b)(&y).unwrap())(&x).unwrap());
            },
        ),
        Case::new(
            "vmap_of_a_constant_repeats_it",
            r#"
x = torch.tensor([1., 2.])
show(torch.func.vmap(lambda a: torch.tensor(7.))(x))
"#,
            |show| {
                show.tensor(&vmap(|_: &Tensor| tensor!(7.0))(&tensor!([1.0, 2.0])).unwrap());
            },
        ),
        Case::new(
            "vmap_sizes_must_agree",
            r#"
with raises():
    torch.func.vmap(lambda a, b: a + b)(torch.ones(3), torch.ones(2))
"#,
            |show| {
                show.error(vmap(|(a, b): &(Tensor, Tensor)| a + b)(&(Tensor::ones(&[3]), Tensor::ones(&[2]))));
            },
        ),
        Case::new(
            "vmap_cannot_branch_on_numbers",
            r#"
with raises():
    torch.func.vmap(lambda a: a.item())(torch.ones(3))
"#,
            |show| {
                show.error(vmap(|a: &Tensor| a.item_as::<f64>().map(|v| tensor!(v)))(&Tensor::ones(&[3])));
            },
        ),
        Case::new(
            "vmap_refuses_random_numbers",
            r#"
with raises():
    torch.func.vmap(lambda a: a + torch.rand(1))(torch.ones(3))
"#,
            |show| {
                show.panics(|| vmap(|a: &Tensor| a + Tensor::rand(&[1]))(&Tensor::ones(&[3])).unwrap());
            },
        ),
        Case::new(
            "vmap_random_same_and_different",
            r#"
f = lambda a: torch.rand(1) + a
s = torch.func.vmap(f, randomness="same")(torch.zeros(3))
d = torch.func.vmap(f, randomness="different")(torch.zeros(3))
show(bool((s[0] == s[1]).all()), bool((d[0] == d[1]).all()))
"#,
            |show| {
                let f = |a: &Tensor| Tensor::rand(&[1]) + a;
                let x = Tensor::zeros(&[3]);
                for kind in [Randomness::Same, Randomness::Different] {
                    let y: Vec<f32> = Vmap::new().randomness(kind).call(f, &x).unwrap().to_vec();
                    show.flag(y[0] == y[1]);
                }
            },
        ),
        Case::new(
            "vmap_chunks_of_zero",
            r#"
with raises():
    torch.func.vmap(lambda a: a, chunk_size=0)(torch.ones(3))
show(torch.func.vmap(lambda a: a * 2, chunk_size=2)(torch.arange(5.)))
"#,
            |show| {
                show.error(Vmap::new().chunk_size(0).call(|a: &Tensor| a.clone(), &Tensor::ones(&[3])));
                show.tensor(
                    &Vmap::new().chunk_size(2).call(|a: &Tensor| a * 2.0, &tensor!([0.0, 1.0, 2.0, 3.0, 4.0])).unwrap(),
                );
            },
        ),
        Case::new(
            "per_sample_gradients",
            r#"
w = torch.tensor([2., 3.])
x = torch.tensor([[1., 0.], [0., 1.], [1., 1.]])
show(torch.func.vmap(torch.func.grad(lambda w, x: (w @ x - 1) ** 2), in_dims=(None, 0))(w, x))
"#,
            |show| {
                let w = tensor!([2.0, 3.0]);
                let x = tensor!([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]);
                show.tensor(
                    &vmap(|x: &Tensor| grad(|w: &Tensor| (w.matmul(x) - 1.0).pow(2.0))(&w).unwrap())(&x).unwrap(),
                );
            },
        ),
        Case::new(
            "vmap_of_jvp_and_jvp_of_vmap",
            r#"
x = torch.tensor([[1., 2.], [3., 4.]])
f = lambda a: a.prod() * a
show(torch.func.vmap(lambda a: torch.func.jvp(f, (a,), (a,))[1])(x), torch.func.jvp(torch.func.vmap(f), (x,), (x,))[1])
"#,
            |show| {
                let x = tensor!([[1.0, 2.0], [3.0, 4.0]]);
                let f = |a: &Tensor| a.prod() * a;
                show.tensor(&vmap(|a: &Tensor| jvp(f, a, a).unwrap().1)(&x).unwrap());
                show.tensor(&jvp(vmap(f), &x, &x).unwrap().1);
            },
        ),
        Case::new(
            "forward_over_reverse_is_a_hessian_product",
            r#"
x, v = torch.tensor([1., 2., 3.]), torch.tensor([1., 0., -1.])
f = lambda x: (x ** 3).sum() * x[0]
show(torch.func.jvp(torch.func.grad(f), (x,), (v,)))
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                let f = |x: &Tensor| x.pow(3.0).sum() * x.select(0, 0);
                let (g, h) = jvp(grad(f), &x, &tensor!([1.0, 0.0, -1.0])).unwrap();
                show.tensors([&g, &h]);
            },
        ),
        Case::new(
            "functional_jacobian",
            r#"
x = torch.tensor([1., 2., 3.])
J = torch.autograd.functional.jacobian
show(J(lambda x: x.cumsum(0) * x, x), J(lambda x: x.cumsum(0) * x, x, strategy="forward-mode", vectorize=True), J(lambda x: torch.ones(2), x))
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                let f = |x: &Tensor| x.cumsum(0) * x;
                show.tensor(&functional::jacobian(f, &x, Strategy::Reverse).unwrap());
                show.tensor(&functional::jacobian(f, &x, Strategy::Forward).unwrap());
                show.tensor(&functional::jacobian(|_: &Tensor| Tensor::ones(&[2]), &x, Strategy::Reverse).unwrap());
            },
        ),
        Case::new(
            "functional_hessian",
            r#"
x = torch.tensor([1., 2.])
H = torch.autograd.functional.hessian
show(H(lambda x: (x ** 3).sum() + x.prod(), x))
with raises():
    H(lambda x: x * 2, x)
"#,
            |show| {
                let x = tensor!([1.0, 2.0]);
                show.tensor(&functional::hessian(|x: &Tensor| x.pow(3.0).sum() + x.prod(), &x).unwrap());
                show.error(functional::hessian(|x: &Tensor| x * 2.0, &x));
            },
        ),
        Case::new(
            "functional_products_with_jacobians",
            r#"
x = torch.tensor([1., 2., 3.])
AF = torch.autograd.functional
show(AF.vjp(lambda x: x * x, x, torch.ones(3)), AF.jvp(lambda x: x * x, x, torch.ones(3)))
with raises():
    AF.vjp(lambda x: x * x, x, torch.ones(2))
with raises():
    AF.jvp(lambda x: x * x, x, torch.ones(2))
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                let f = |x: &Tensor| x * x;
                let ones = Tensor::ones(&[3]);
                let (a, b) = functional::vjp(f, &x, &ones).unwrap();
                show.tensors([&a, &b]);
                let (a, b) = functional::jvp(f, &x, &ones).unwrap();
                show.tensors([&a, &b]);
                show.error(functional::vjp(f, &x, &Tensor::ones(&[2])));
                show.error(functional::jvp(f, &x, &Tensor::ones(&[2])));
            },
        ),
        Case::new(
            "functional_products_with_hessians",
            r#"
x, v = torch.tensor([1., 2., 3.]), torch.tensor([1., 0., -1.])
AF = torch.autograd.functional
f = lambda x: (x ** 3).sum() + x.prod()
show(AF.hvp(f, x, v), AF.vhp(f, x, v))
with raises():
    AF.hvp(lambda x: x * 2, x, v)
"#,
            |show| {
                let x = tensor!([1.0, 2.0, 3.0]);
                let v = tensor!([1.0, 0.0, -1.0]);
                let f = |x: &Tensor| x.pow(3.0).sum() + x.prod();
                let (a, b) = functional::hvp(f, &x, &v).unwrap();
                show.tensors([&a, &b]);
                let (a, b) = functional::vhp(f, &x, &v).unwrap();
                show.tensors([&a, &b]);
                show.error(functional::hvp(|x: &Tensor| x * 2.0, &x, &v));
            },
        ),
        Case::new(
            "functional_products_in_strict_mode",
            r#"
x, y, v = torch.tensor([1., 2.]), torch.tensor([3., 4.]), torch.tensor([1., -1.])
AF = torch.autograd.functional
f = lambda x, y: x * y
show(AF.vjp(f, (x, y), v, strict=True)[1], AF.jvp(f, (x, y), (v, v), strict=True)[1])
for product, v in (AF.vjp, (v, v)), (AF.jvp, (v, v)):
    with raises():
        product(lambda x, y: (x * y, torch.ones(2)), (x, y), v, strict=True)
    with raises():
        product(lambda x, y: (x.detach() * 2, y), (x, y), v, strict=True)
    with raises():
        product(lambda x, y: (x * 2, x * 3), (x, y), v, strict=True)
"#,
            |show| {
                type Two = (Tensor, Tensor);
                let (x, y, v) = (tensor!([1.0, 2.0]), tensor!([3.0, 4.0]), tensor!([1.0, -1.0]));
                let (xs, vs) = ((x, y), (v.clone(), v.clone()));
                let f = |(x, y): &Two| x * y;
                let (a, b) = Strict.vjp(f, &xs, &v).unwrap().1;
                show.tensors([&a, &b]);
                show.tensor(&Strict.jvp(f, &xs, &vs).unwrap().1);
                let constant = |(x, y): &Two| (x * y, Tensor::ones(&[2]));
                let detached = |(x, y): &Two| (x.detach() * 2.0, y * 1.0);
                let of_one = |(x, _): &Two| (x * 2.0, x * 3.0);
                show.error(Strict.vjp(constant, &xs, &vs));
                show.error(Strict.vjp(detached, &xs, &vs));
                show.error(Strict.vjp(of_one, &xs, &vs));
                show.error(Strict.jvp(constant, &xs, &vs));
                show.error(Strict.jvp(detached, &xs, &vs));
                show.error(Strict.jvp(of_one, &xs, &vs));
            },
        ),
        Case::new(
            "functional_jacobian_in_strict_mode",
            r#"
x, y = torch.tensor([1., 2.]), torch.tensor([3., 4.])
J = torch.autograd.functional.jacobian
show(J(lambda x: x * x, x, strict=True), J(lambda x: x * 2, x, strict=True))
with raises():
    J(lambda x: torch.ones(2), x, strict=True)
with raises():
    J(lambda x, y: (x * y, x.gt(1.)), (x, y), strict=True)
with raises():
    J(lambda x, y: (x * y, x * 2), (x, y), strict=True)
show(J(lambda x, y: x * 2, (x, y))[1])
"#,
            |show| {
                type Two = (Tensor, Tensor);
                let (x, y) = (tensor!([1.0, 2.0]), tensor!([3.0, 4.0]));
                show.tensor(&Strict.jacobian(|x: &Tensor| x * x, &x).unwrap());
                show.tensor(&Strict.jacobian(|x: &Tensor| x * 2.0, &x).unwrap());
                show.error(Strict.jacobian(|_: &Tensor| Tensor::ones(&[2]), &x));
                let xs = (x, y);
                show.error(Strict.jacobian(|(x, y): &Two| (x * y, x.gt(1.0)), &xs));
                show.error(Strict.jacobian(|(x, y): &Two| (x * y, x * 2.0), &xs));
                show.tensor(&functional::jacobian(|(x, _): &Two| x * 2.0, &xs, Strategy::Reverse).unwrap().1);
            },
        ),
        Case::new(
            "functional_second_derivatives_in_strict_mode",
            r#"
x, y, v = torch.tensor([1., 2.]), torch.tensor([3., 4.]), torch.tensor([1., -1.])
AF = torch.autograd.functional
f = lambda x, y: (x * x * y).sum() + (y * y).sum()
H = AF.hessian(f, (x, y), strict=True)
show(H[0], H[1], AF.hvp(f, (x, y), (v, v), strict=True)[1], AF.vhp(f, (x, y), (v, v), strict=True)[1])
bad = [
    lambda x, y: torch.tensor(1.),
    lambda x, y: (x * x).sum(),
    lambda x, y: (x * x).sum() + (y * 2).sum(),
    lambda x, y: (x * x).sum() + (y * y).sum(),
    lambda x, y: x * y,
]
for f in bad:
    with raises():
        AF.hessian(f, (x, y), strict=True)
    with raises():
        AF.hvp(f, (x, y), (v, v), strict=True)
    with raises():
        AF.vhp(f, (x, y), (v, v), strict=True)
"#,
            |show| {
                type Two = (Tensor, Tensor);
                let (x, y, v) = (tensor!([1.0, 2.0]), tensor!([3.0, 4.0]), tensor!([1.0, -1.0]));
                let (xs, vs) = ((x, y), (v.clone(), v));
                let f = |(x, y): &Two| (x * x * y).sum() + (y * y).sum();
                let ((a, b), (c, d)) = Strict.hessian(f, &xs).unwrap();
                show.tensors([&a, &b, &c, &d]);
                for (_, (a, b)) in [Strict.hvp(f, &xs, &vs).unwrap(), Strict.vhp(f, &xs, &vs).unwrap()] {
                    show.tensors([&a, &b]);
                }
                let bad: [fn(&Two) -> Tensor; 5] = [
                    |_| tensor!(1.0),
                    |(x, _)| (x * x).sum(),
                    |(x, y)| (x * x).sum() + (y * 2.0).sum(),
                    |(x, y)| (x * x).sum() + (y * y).sum(),
                    |(x, y)| x * y,
                ];
                for f in bad {
                    show.error(Strict.hessian(f, &xs));
                    show.error(Strict.hvp(f, &xs, &vs));
                    show.error(Strict.vhp(f, &xs, &vs));
                }
            },
        ),
        Case::new(
            "vmap_out_dims_that_do_not_fit",
            r#"
x = torch.tensor([[1., 2., 3.], [4., 5., 6.]])
two = lambda x: (x, x * 2)
show(*torch.vmap(two, out_dims=(0, 1))(x), *torch.vmap(two, out_dims=-1)(x))
with raises():
    torch.vmap(lambda x: x, out_dims=2)(x)
with raises():
    torch.vmap(lambda x: x, out_dims=-3)(x)
def f(x):
    return x
with raises():
    torch.vmap(f, out_dims=None)(x)
def f(x):
    return x, torch.ones(2)
show(torch.vmap(f, out_dims=(0, None))(x)[1])
with raises():
    torch.vmap(f, out_dims=(None, 0))(x)
"#,
            |show| {
                let x = tensor!([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
                let (same, two) = (|x: &Tensor| x.clone(), |x: &Tensor| (x.clone(), x * 2.0));
                for dims in [&[Some(0), Some(1)][..], &[Some(-1)]] {
                    let (a, b) = Vmap::new().out_dims(dims).call(two, &x).unwrap();
                    show.tensors([&a, &b]);
                }
                show.error(Vmap::new().out_dims(&[Some(2)]).call(same, &x));
                show.error(Vmap::new().out_dims(&[Some(-3)]).call(same, &x));
                show.error(Vmap::new().out_dims(&[None]).call(same, &x));
                let constant = |x: &Tensor| (x.clone(), Tensor::ones(&[2]));
                show.tensor(&Vmap::new().out_dims(&[Some(0), None]).call(constant, &x).unwrap().1);
                show.error(Vmap::new().out_dims(&[None, Some(0)]).call(constant, &x));
            },
        ),
    ]
}
