//! Forward mode: dual tensors, levels, tangents.

use super::Case;
use wengert::autograd::forward_ad::{dual_level, make_dual, unpack_dual};
use wengert::autograd::{Options, grad, grad_with};
use wengert::{DType, Tensor, tensor};

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "a_tangent_goes_along",
            r#"
fw = torch.autograd.forward_ad

with fw.dual_level():
    y = fw.make_dual(torch.tensor([1., 2.]), torch.tensor([1., 0.])) ** 3
    show(fw.unpack_dual(y).primal, fw.unpack_dual(y).tangent)
"#,
            |show| {
                dual_level(|| {
                    let y = make_dual(&tensor!([1.0, 2.0]), &tensor!([1.0, 0.0])).unwrap().pow(3.0);
                    let (v, t) = unpack_dual(&y);
                    show.tensor(&v);
                    show.grad(t);
                });
            },
        ),
        Case::new(
            "a_plain_tensor_has_no_tangent",
            r#"
fw = torch.autograd.forward_ad

with fw.dual_level():
    x = torch.tensor([1., 2.])
    show(fw.unpack_dual(x).tangent, fw.unpack_dual(x * 2).tangent)
"#,
            |show| {
                dual_level(|| {
                    let x = tensor!([1.0, 2.0]);
                    show.grad(unpack_dual(&x).1);
                    show.grad(unpack_dual(&(&x * 2.0)).1);
                });
            },
        ),
        Case::new(
            "no_level_no_dual",
            r#"
fw = torch.autograd.forward_ad

with raises():
    fw.make_dual(torch.ones(2), torch.ones(2))
show(fw.unpack_dual(torch.ones(2)).tangent)
"#,
            |show| {
                let x = Tensor::ones(&[2]);
                show.error(make_dual(&x, &x));
                show.grad(unpack_dual(&x).1);
            },
        ),
        Case::new(
            "a_tangent_ends_with_its_level",
            r#"
fw = torch.autograd.forward_ad

with fw.dual_level():
    d = fw.make_dual(torch.ones(2), torch.ones(2))
with fw.dual_level():
    show(fw.unpack_dual(d).tangent)
show(d)
"#,
            |show| {
                let x = Tensor::ones(&[2]);
                let d = dual_level(|| make_dual(&x, &x).unwrap());
                dual_level(|| show.grad(unpack_dual(&d).1));
                show.tensor(&d);
            },
        ),
        Case::new(
            "tangents_have_the_size_of_their_values",
            r#"
fw = torch.autograd.forward_ad

with fw.dual_level():
    with raises():
        fw.make_dual(torch.ones(3), torch.ones(2))
"#,
            |show| {
                dual_level(|| show.error(make_dual(&Tensor::ones(&[3]), &Tensor::ones(&[2]))));
            },
        ),
        Case::new(
            "integers_have_no_tangent",
            r#"
fw = torch.autograd.forward_ad

with fw.dual_level():
    with raises():
        fw.make_dual(torch.tensor([1, 2]), torch.tensor([1, 2]))
"#,
            |show| {
                dual_level(|| show.error(make_dual(&tensor!([1, 2]), &tensor!([1, 2]))));
            },
        ),
        Case::new(
            "one_tangent_for_each_level",
            r#"
fw = torch.autograd.forward_ad

with fw.dual_level():
    x = torch.ones(2)
    with raises():
        fw.make_dual(fw.make_dual(x, x), x)
"#,
            |show| {
                dual_level(|| {
                    let x = Tensor::ones(&[2]);
                    let d = make_dual(&x, &x).unwrap();
                    show.error(make_dual(&d, &x));
                });
            },
        ),
        Case::new(
            "the_product_rule",
            r#"
fw = torch.autograd.forward_ad

x, y = torch.tensor([1., 2.]), torch.tensor([3., 4.])
with fw.dual_level():
    a, b = fw.make_dual(x, torch.tensor([1., 0.])), fw.make_dual(y, torch.tensor([0., 1.]))
    show(fw.unpack_dual(a * b).tangent, fw.unpack_dual(a * y).tangent, fw.unpack_dual(a / b).tangent)
"#,
            |show| {
                let (x, y) = (tensor!([1.0, 2.0]), tensor!([3.0, 4.0]));
                dual_level(|| {
                    let (a, b) =
                        (make_dual(&x, &tensor!([1.0, 0.0])).unwrap(), make_dual(&y, &tensor!([0.0, 1.0])).unwrap());
                    show.grad(unpack_dual(&(&a * &b)).1);
                    show.grad(unpack_dual(&(&a * &y)).1);
                    show.grad(unpack_dual(&(&a / &b)).1);
                });
            },
        ),
        Case::new(
            "reductions_and_products",
            r#"
fw = torch.autograd.forward_ad

x = torch.tensor([[1., 2.], [3., 5.]])
t = torch.tensor([[1., 0.], [0., 1.]])
with fw.dual_level():
    d = fw.make_dual(x, t)
    for y in (d.sum(), d.mean(0), d.prod(1), d @ d, d.max(), d.logsumexp(1), d.norm(), d.softmax(1)):
        show(fw.unpack_dual(y).tangent)
"#,
            |show| {
                let x = tensor!([[1.0, 2.0], [3.0, 5.0]]);
                let t = tensor!([[1.0, 0.0], [0.0, 1.0]]);
                dual_level(|| {
                    let d = make_dual(&x, &t).unwrap();
                    for y in [
                        d.sum(),
                        d.mean_dim(&[0], false),
                        d.prod_dim(1, false),
                        d.matmul(&d),
                        d.max(),
                        d.logsumexp(&[1], false),
                        d.norm(),
                        d.softmax(1),
                    ] {
                        show.grad(unpack_dual(&y).1);
                    }
                });
            },
        ),
        Case::new(
            "views_carry_tangents",
            r#"
fw = torch.autograd.forward_ad

x = torch.tensor([[1., 2.], [3., 4.]])
with fw.dual_level():
    d = fw.make_dual(x, x * 10)
    show(fw.unpack_dual(d.t()).tangent, fw.unpack_dual(d[0]).tangent, fw.unpack_dual(d.view(4)).tangent)
"#,
            |show| {
                let x = tensor!([[1.0, 2.0], [3.0, 4.0]]);
                dual_level(|| {
                    let d = make_dual(&x, &(&x * 10.0)).unwrap();
                    show.grad(unpack_dual(&d.t()).1);
                    show.grad(unpack_dual(&d.select(0, 0)).1);
                    show.grad(unpack_dual(&d.view(&[4])).1);
                });
            },
        ),
        Case::new(
            "comparisons_have_no_tangent",
            r#"
fw = torch.autograd.forward_ad

x = torch.tensor([1., -2.])
with fw.dual_level():
    d = fw.make_dual(x, x)
    show(fw.unpack_dual(d > 0).tangent, fw.unpack_dual(d.argmax()).tangent)
"#,
            |show| {
                let x = tensor!([1.0, -2.0]);
                dual_level(|| {
                    let d = make_dual(&x, &x).unwrap();
                    show.grad(unpack_dual(&d.gt(0.0)).1);
                    show.grad(unpack_dual(&d.argmax()).1);
                });
            },
        ),
        Case::new(
            "kinks",
            r#"
fw = torch.autograd.forward_ad

x = torch.tensor([0., -1., 2.])
with fw.dual_level():
    d = fw.make_dual(x, torch.ones(3))
    show(fw.unpack_dual(d.relu()).tangent, fw.unpack_dual(d.abs()).tangent, fw.unpack_dual(d.clamp(0, 1)).tangent)
"#,
            |show| {
                let x = tensor!([0.0, -1.0, 2.0]);
                dual_level(|| {
                    let d = make_dual(&x, &Tensor::ones(&[3])).unwrap();
                    show.grad(unpack_dual(&d.relu()).1);
                    show.grad(unpack_dual(&d.abs()).1);
                    show.grad(unpack_dual(&d.clamp(Some(0.0.into()), Some(1.0.into()))).1);
                });
            },
        ),
        Case::new(
            "a_tangent_can_be_differentiated",
            r#"
fw = torch.autograd.forward_ad

x = torch.tensor([1., 2.], requires_grad=True)
with fw.dual_level():
    t = fw.unpack_dual(fw.make_dual(x, torch.ones(2)) ** 3).tangent
t.sum().backward()
show(t, x.grad)
"#,
            |show| {
                let x = tensor!([1.0, 2.0]).requires_grad_(true);
                let t = dual_level(|| unpack_dual(&make_dual(&x, &Tensor::ones(&[2])).unwrap().pow(3.0)).1.unwrap());
                t.sum().backward();
                show.tensor(&t);
                show.grad(x.grad());
            },
        ),
        Case::new(
            "numbers_become_no_constants",
            r#"
fw = torch.autograd.forward_ad

x = torch.tensor([2., 3.])
with fw.dual_level():
    d = fw.make_dual(x, torch.ones(2))
    show(fw.unpack_dual(2 * d + 1).tangent, fw.unpack_dual(1 / d).tangent, fw.unpack_dual(d.double()).tangent)
"#,
            |show| {
                let x = tensor!([2.0, 3.0]);
                dual_level(|| {
                    let d = make_dual(&x, &Tensor::ones(&[2])).unwrap();
                    show.grad(unpack_dual(&(2.0 * &d + 1.0)).1);
                    show.grad(unpack_dual(&(1.0 / &d)).1);
                    show.grad(unpack_dual(&d.to_dtype(DType::F64)).1);
                });
            },
        ),
        Case::new(
            "a_gradient_has_the_tangent_of_what_was_saved",
            r#"
fw = torch.autograd.forward_ad

x = torch.tensor([1., 2.], requires_grad=True)
with fw.dual_level():
    d = fw.make_dual(x, torch.tensor([1., 0.5]))
    g, = torch.autograd.grad((d ** 3 + d.exp()).sum(), x, create_graph=True)
    h = fw.unpack_dual(g).tangent
    show(fw.unpack_dual(g).primal.detach(), h.detach())
    show(torch.autograd.grad(h.sum(), x, retain_graph=True)[0].detach())
    g, = torch.autograd.grad((d ** 3).sum(), x)
    show(fw.unpack_dual(g).primal, fw.unpack_dual(g).tangent, g.requires_grad)
    (d ** 3).sum().backward()
    show(fw.unpack_dual(x.grad).tangent)
show(fw.unpack_dual(g).tangent, x.grad)
"#,
            |show| {
                let x = tensor!([1.0, 2.0]).requires_grad_(true);
                let g = dual_level(|| {
                    let d = make_dual(&x, &tensor!([1.0, 0.5])).unwrap();
                    let g = grad_with(&[&(d.pow(3) + d.exp()).sum()], &[&x], None, Options::create_graph());
                    let (v, h) = unpack_dual(g.unwrap()[0].as_ref().unwrap());
                    let h = h.unwrap();
                    show.tensor(&v.detach());
                    show.tensor(&h.detach());
                    let third = grad_with(&[&h.sum()], &[&x], None, Options::retain_graph()).unwrap();
                    show.tensor(&third[0].as_ref().unwrap().detach());
                    let g = grad(&[&d.pow(3).sum()], &[&x]).swap_remove(0);
                    let (v, h) = unpack_dual(&g);
                    show.tensor(&v);
                    show.grad(h);
                    show.flag(g.requires_grad());
                    d.pow(3).sum().backward();
                    show.grad(unpack_dual(&x.grad().unwrap()).1);
                    g
                });
                show.grad(unpack_dual(&g).1);
                show.grad(x.grad());
            },
        ),
    ]
}
