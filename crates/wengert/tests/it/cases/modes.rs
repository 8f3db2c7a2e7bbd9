//! Modes: whether calls are recorded.

use super::Case;
use std::panic::{AssertUnwindSafe, catch_unwind};
use wengert::autograd::{self, GradMode, InferenceMode};
use wengert::{Tensor, inference_mode, no_grad, ops, tensor};

pub fn cases() -> Vec<Case> {
    let mut cases = grad_mode();
    cases.extend(inference());
    cases
}

fn grad_mode() -> Vec<Case> {
    vec![
        Case::new(
            "no_grad_and_enable_grad_nest",
            r#"
x = torch.tensor([2.], requires_grad=True)
with torch.no_grad():
    show((x * 2).requires_grad, torch.is_grad_enabled())
    with torch.enable_grad():
        show((x * 2).requires_grad)
    show(torch.is_grad_enabled())
show(torch.is_grad_enabled())
"#,
            |show| {
                let x = tensor!([2.0]).requires_grad_(true);
                no_grad(|| {
                    show.flag((&x * 2.0).requires_grad());
                    show.flag(autograd::is_grad_enabled());
                    autograd::enable_grad(|| show.flag((&x * 2.0).requires_grad()));
                    show.flag(autograd::is_grad_enabled());
                });
                show.flag(autograd::is_grad_enabled());
            },
        ),
        Case::new(
            "set_grad_enabled_in_a_block",
            r#"
x = torch.tensor([2.], requires_grad=True)
for on in (True, False):
    with torch.set_grad_enabled(on):
        show((x * 2).requires_grad)
show(torch.is_grad_enabled())
"#,
            |show| {
                let x = tensor!([2.0]).requires_grad_(true);
                for on in [true, false] {
                    autograd::set_grad_enabled(on, || show.flag((&x * 2.0).requires_grad()));
                }
                show.flag(autograd::is_grad_enabled());
            },
        ),
        Case::new(
            "a_guard_sets_the_mode",
            r#"
x = torch.tensor([2.], requires_grad=True)
guard = torch.set_grad_enabled(False)
show((x * 2).requires_grad)
torch.set_grad_enabled(True)
show((x * 2).requires_grad)
"#,
            |show| {
                let x = tensor!([2.0]).requires_grad_(true);
                let guard = GradMode::set(false);
                show.flag((&x * 2.0).requires_grad());
                drop(guard);
                show.flag((&x * 2.0).requires_grad());
            },
        ),
        Case::new(
            "an_error_restores_the_mode",
            r#"
with raises():
    with torch.no_grad():
        torch.ones(2) + torch.ones(3)
show(torch.is_grad_enabled())
with raises():
    with torch.inference_mode():
        torch.ones(2) + torch.ones(3)
show(torch.is_grad_enabled(), torch.is_inference_mode_enabled())
"#,
            |show| {
                let fails = || Tensor::ones(&[2]) + Tensor::ones(&[3]);
                show.panics(|| no_grad(fails));
                show.flag(autograd::is_grad_enabled());
                let e = catch_unwind(AssertUnwindSafe(|| inference_mode(fails)));
                show.panics(|| std::panic::resume_unwind(e.unwrap_err()));
                show.flag(autograd::is_grad_enabled());
                show.flag(autograd::is_inference_mode_enabled());
            },
        ),
        Case::new(
            "modes_are_of_the_thread",
            r#"
import threading
x = torch.tensor([2.], requires_grad=True)
def other():
    show(torch.is_grad_enabled(), torch.is_inference_mode_enabled(), (x * 2).requires_grad)
with torch.inference_mode():
    t = threading.Thread(target=other)
    t.start()
    t.join()
"#,
            |show| {
                let x = tensor!([2.0]).requires_grad_(true);
                inference_mode(|| {
                    std::thread::scope(|s| {
                        s.spawn(|| {
                            show.flag(autograd::is_grad_enabled());
                            show.flag(autograd::is_inference_mode_enabled());
                            show.flag((&x * 2.0).requires_grad());
                        });
                    });
                });
            },
        ),
        Case::new(
            "leaves_may_be_made_and_written_in_no_grad",
            r#"
with torch.no_grad():
    w = torch.ones(2, requires_grad=True)
    w.add_(1)
    d = w * 1
    d.requires_grad_()
show(w, w.is_leaf, w._version, d.is_leaf)
(w * d).sum().backward()
show(w.grad, d.grad)
"#,
            |show| {
                let (w, d) = no_grad(|| {
                    let w = Tensor::ones(&[2]).requires_grad_(true);
                    ops::add_(&w, 1.0).unwrap();
                    let d = (&w * 1.0).requires_grad_(true);
                    (w, d)
                });
                show.tensor(&w);
                show.flag(w.is_leaf());
                show.number(w.version());
                show.flag(d.is_leaf());
                (&w * &d).sum().backward();
                show.grad(w.grad());
                show.grad(d.grad());
            },
        ),
    ]
}

fn inference() -> Vec<Case> {
    vec![
        Case::new(
            "inference_mode_makes_inference_tensors",
            r#"
x = torch.ones(3, requires_grad=True)
with torch.inference_mode():
    a, b, v = torch.ones(3), x * 2, x[0]
    show(torch.is_inference_mode_enabled(), torch.is_grad_enabled())
    show(a.is_inference(), b.is_inference(), v.is_inference(), b.requires_grad, b.grad_fn, v.requires_grad)
show(torch.is_inference_mode_enabled(), torch.is_grad_enabled(), b.is_inference(), (b * 2).is_inference(), x.is_inference())
"#,
            |show| {
                let x = Tensor::ones(&[3]).requires_grad_(true);
                let b = inference_mode(|| {
                    let (a, b, v) = (Tensor::ones(&[3]), &x * 2.0, x.i(0));
                    show.flag(autograd::is_inference_mode_enabled());
                    show.flag(autograd::is_grad_enabled());
                    show.flag(a.is_inference());
                    show.flag(b.is_inference());
                    show.flag(v.is_inference());
                    show.flag(b.requires_grad());
                    show.node(b.grad_fn());
                    show.flag(v.requires_grad());
                    b
                });
                show.flag(autograd::is_inference_mode_enabled());
                show.flag(autograd::is_grad_enabled());
                show.flag(b.is_inference());
                show.flag((&b * 2.0).is_inference());
                show.flag(x.is_inference());
            },
        ),
        Case::new(
            "inference_mode_records_nothing_even_with_grad_enabled",
            r#"
x = torch.ones(1, requires_grad=True)
with torch.inference_mode():
    with torch.enable_grad():
        y = x * 2
        show(torch.is_grad_enabled(), y.requires_grad, y.is_inference())
    with torch.inference_mode(False):
        z = x * 2
        show(torch.is_grad_enabled(), torch.is_inference_mode_enabled(), z.requires_grad, z.is_inference())
"#,
            |show| {
                let x = Tensor::ones(&[1]).requires_grad_(true);
                inference_mode(|| {
                    autograd::enable_grad(|| {
                        let y = &x * 2.0;
                        show.flag(autograd::is_grad_enabled());
                        show.flag(y.requires_grad());
                        show.flag(y.is_inference());
                    });
                    let _off = InferenceMode::set(false);
                    let z = &x * 2.0;
                    show.flag(autograd::is_grad_enabled());
                    show.flag(autograd::is_inference_mode_enabled());
                    show.flag(z.requires_grad());
                    show.flag(z.is_inference());
                });
            },
        ),
        Case::new(
            "nobody_counts_writes_to_inference_tensors",
            r#"
with torch.inference_mode():
    a = torch.ones(2)
    a.add_(1)
    with raises():
        a._version
with raises():
    a._version
show(a)
"#,
            |show| {
                let a = inference_mode(|| {
                    let a = Tensor::ones(&[2]);
                    ops::add_(&a, 1.0).unwrap();
                    show.error(a.try_version());
                    a
                });
                show.error(a.try_version());
                show.tensor(&a);
            },
        ),
        Case::new(
            "inference_tensors_are_not_written_outside",
            r#"
with torch.inference_mode():
    a = torch.ones(2)
with raises():
    a.add_(1)
with raises():
    a[0].fill_(1)
with torch.no_grad():
    with raises():
        a.zero_()
with raises():
    a.requires_grad_()
a.requires_grad_(False)
show(a[:1].is_inference(), a[:1]._is_view(), a.detach().is_inference(), a.clone().is_inference())
"#,
            |show| {
                let a = inference_mode(|| Tensor::ones(&[2]));
                show.error(ops::add_(&a, 1.0));
                show.error(ops::fill_(&a.i(0), 1.0));
                no_grad(|| show.error(ops::zero_(&a)));
                show.error(a.set_requires_grad(true));
                a.set_requires_grad(false).unwrap();
                show.flag(a.i(..1).is_inference());
                show.flag(a.i(..1).is_view());
                show.flag(a.detach().is_inference());
                show.flag(ops::clone_tensor(&a).unwrap().is_inference());
            },
        ),
        Case::new(
            "inference_tensors_are_not_saved",
            r#"
x = torch.tensor([2., 3.], requires_grad=True)
with torch.inference_mode():
    a = torch.ones(2)
with raises():
    x * a
with raises():
    x / a
y = x * 1
with raises():
    y.mul_(a)
s = x + a
show(s, s.is_inference())
y.copy_(a)
show(y, y.grad_fn)
(x * a.clone()).sum().backward()
show(x.grad)
"#,
            |show| {
                let x = tensor!([2.0, 3.0]).requires_grad_(true);
                let a = inference_mode(|| Tensor::ones(&[2]));
                show.error(ops::mul(&x, &a));
                show.error(ops::div(&x, &a));
                let y = &x * 1.0;
                show.error(ops::mul_(&y, &a));
                let s = &x + &a;
                show.tensor(&s);
                show.flag(s.is_inference());
                ops::copy_(&y, &a).unwrap();
                show.tensor(&y);
                show.node(y.grad_fn());
                (&x * ops::clone_tensor(&a).unwrap()).sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "normal_tensors_may_be_written_in_inference_mode",
            r#"
x = torch.ones(2, requires_grad=True)
y = x * x
with torch.inference_mode():
    x.mul_(3)
show(x, x._version, x.is_leaf)
with raises():
    y.sum().backward()
"#,
            |show| {
                let x = Tensor::ones(&[2]).requires_grad_(true);
                let y = &x * &x;
                inference_mode(|| ops::mul_(&x, 3.0)).unwrap();
                show.tensor(&x);
                show.number(x.version());
                show.flag(x.is_leaf());
                show.error(y.sum().backward_with(None, Default::default()));
            },
        ),
        Case::new(
            "views_made_in_inference_mode",
            r#"
h = torch.ones(3, requires_grad=True) * 2
with torch.inference_mode():
    v = h[:2]
    v.add_(1)
with raises():
    v.mul_(2)
u = h[:2]
with torch.inference_mode():
    p, q = h.split([1, 2])
with raises():
    p.mul_(2)
with raises():
    v + 1
show(u)
"#,
            |show| {
                let h = Tensor::ones(&[3]).requires_grad_(true) * 2.0;
                let v = inference_mode(|| {
                    let v = h.i(..2);
                    ops::add_(&v, 1.0).unwrap();
                    v
                });
                show.error(ops::mul_(&v, 2.0));
                let u = h.i(..2);
                let parts = inference_mode(|| h.split_with_sizes(&[1, 2], 0));
                show.error(ops::mul_(&parts[0], 2.0));
                show.error(ops::add(&v, 1.0));
                show.tensor(&u);
            },
        ),
        Case::new(
            "views_of_views_made_in_inference_mode",
            r#"
h = torch.ones(3, requires_grad=True) * 2
with torch.inference_mode():
    v = h[:2]
u = v[:1]
show(u.grad_fn, u.is_inference())
with raises():
    u.mul_(2)
h.mul_(2)
with raises():
    u + 1
"#,
            |show| {
                let h = Tensor::ones(&[3]).requires_grad_(true) * 2.0;
                let v = inference_mode(|| h.i(..2));
                let u = v.i(..1);
                show.node(u.grad_fn());
                show.flag(u.is_inference());
                show.error(ops::mul_(&u, 2.0));
                ops::mul_(&h, 2.0).unwrap();
                show.error(ops::add(&u, 1.0));
            },
        ),
        Case::new(
            "an_inference_tensor_as_a_gradient",
            r#"
x = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    g = torch.tensor([3., 4.])
(x * 2).backward(g)
show(x.grad, x.grad.is_inference())
"#,
            |show| {
                let x = Tensor::ones(&[2]).requires_grad_(true);
                let g = inference_mode(|| tensor!([3.0, 4.0]));
                (&x * 2.0).backward_with(Some(&g), Default::default()).unwrap();
                show.grad(x.grad());
                show.flag(x.grad().unwrap().is_inference());
            },
        ),
    ]
}
