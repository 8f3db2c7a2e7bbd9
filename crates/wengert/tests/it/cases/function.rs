//! Functions of the user's own: what forward and backward are given, and what they may do.

use super::Case;
use wengert::autograd::{self, Context, ForwardContext, Function, Options, grad, grad_with};
use wengert::{Error, Result, Tensor, no_grad, ops, tensor};

type Forward = fn(&mut ForwardContext, &[&Tensor]) -> Result<Vec<Tensor>>;
type Backward = fn(&Context, &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>>;

/// A function called `Fn`, made of two closures.
struct Fun(Forward, Backward);

impl Function for Fun {
    fn name(&self) -> &'static str {
        "Fn"
    }
    fn forward(&self, ctx: &mut ForwardContext, ins: &[&Tensor]) -> Result<Vec<Tensor>> {
        (self.0)(ctx, ins)
    }
    fn backward(&self, ctx: &Context, grads: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
        (self.1)(ctx, grads)
    }
}

/// The square of its input, whose gradient may be differentiated once.
struct Once;

impl Function for Once {
    fn forward(&self, ctx: &mut ForwardContext, ins: &[&Tensor]) -> Result<Vec<Tensor>> {
        ctx.save_for_backward(ins);
        Ok(vec![ins[0] * ins[0]])
    }
    fn backward(&self, ctx: &Context, grads: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
        let x = ctx.saved_tensors()?.remove(0);
        Ok(vec![grads[0].as_ref().map(|g| 2.0 * g * x)])
    }
    fn once_differentiable(&self) -> bool {
        true
    }
}

fn x() -> Tensor {
    tensor!([1.0, 2.0]).requires_grad_(true)
}

fn pass(_: &Context, grads: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
    Ok(grads.to_vec())
}

fn double(_: &mut ForwardContext, ins: &[&Tensor]) -> Result<Vec<Tensor>> {
    Ok(vec![ins[0] * 2.0])
}

fn double_in_place(ctx: &mut ForwardContext, ins: &[&Tensor]) -> Result<Vec<Tensor>> {
    ctx.mark_dirty(&[ins[0]]);
    Ok(vec![ops::mul_(ins[0], 2.0)?])
}

/// `exp`, by its saved input and result.
fn exp() -> Fun {
    Fun(
        |ctx, ins| {
            let y = ins[0].exp();
            ctx.save_for_backward(&[ins[0], &y]);
            Ok(vec![y])
        },
        |ctx, grads| {
            let y = ctx.saved_tensors()?.remove(1);
            Ok(vec![grads[0].as_ref().map(|g| g * y)])
        },
    )
}

/// A program in Python: a function from its rules, then what is done with it.
macro_rules! python {
    ($forward:literal, $backward:literal, $rest:literal) => {
        concat!(
            "class Fn(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n        ",
            $forward,
            "\n    @staticmethod\n    def backward(ctx, *g):\n        ",
            $backward,
            "\nx = torch.tensor([1., 2.], requires_grad=True)\n",
            $rest
        )
    };
}

macro_rules! exp_python {
    ($rest:literal) => {
        concat!(
            r#"
class Fn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(x, y)
        return y
    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y
x = torch.tensor([1., 2.], requires_grad=True)
"#,
            $rest
        )
    };
}

pub fn cases() -> Vec<Case> {
    let mut cases = plain();
    cases.extend(outputs());
    cases.extend(gradients());
    cases
}

fn plain() -> Vec<Case> {
    vec![
        Case::new(
            "backward_is_the_one_that_was_written",
            python!(
                "return x * 2",
                "return g[0] * 10",
                "y = Fn.apply(x)\nshow(y, y.grad_fn)\ny.sum().backward()\nshow(x.grad)"
            ),
            |show| {
                let x = x();
                let f = Fun(double, |_, g| Ok(vec![g[0].as_ref().map(|g| g * 10.0)]));
                let y = f.apply1(&[&x]).unwrap();
                show.tensor(&y);
                show.node(y.grad_fn());
                y.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "forward_records_nothing",
            python!(
                "show(torch.is_grad_enabled(), ctx.needs_input_grad[0]); y = x * 2; show(y.requires_grad); return y",
                "show(torch.is_grad_enabled()); return g[0]",
                "Fn.apply(x).sum().backward()\nwith torch.no_grad():\n    show(Fn.apply(x))"
            ),
            |show| {
                // The rules cannot reach `show`: what they see is checked here, and shown by the text.
                let x = x();
                let f = || {
                    Fun(
                        |ctx, ins| {
                            assert!(!autograd::is_grad_enabled() && ctx.needs_input_grad(0));
                            let y = ins[0] * 2.0;
                            assert!(!y.requires_grad());
                            Ok(vec![y])
                        },
                        |_, g| {
                            assert!(!autograd::is_grad_enabled());
                            Ok(g.to_vec())
                        },
                    )
                };
                let seen = |show: &mut super::Show| {
                    show.flag(false);
                    show.flag(true);
                    show.flag(false);
                };
                seen(show);
                f().apply1(&[&x]).unwrap().sum().backward();
                show.flag(false);
                seen(show);
                show.tensor(&no_grad(|| f().apply1(&[&x])).unwrap());
            },
        ),
        Case::new(
            "without_tracked_inputs_nothing_is_recorded",
            python!("return x * 2", "return g[0]", "y = Fn.apply(torch.ones(2))\nshow(y, y.grad_fn)"),
            |show| {
                let y = Fun(double, pass).apply1(&[&Tensor::ones(&[2])]).unwrap();
                show.tensor(&y);
                show.node(y.grad_fn());
            },
        ),
        Case::new("saved_input_and_output", exp_python!("y = Fn.apply(x)\ny.sum().backward()\nshow(x.grad)"), |show| {
            let x = x();
            exp().apply1(&[&x]).unwrap().sum().backward();
            show.grad(x.grad());
        }),
        Case::new(
            "double_backward",
            exp_python!(
                "y = Fn.apply(x)\ng, = torch.autograd.grad(y.sum(), x, create_graph=True)\nshow(g)\n(g * g).sum().backward()\nshow(x.grad)"
            ),
            |show| {
                let x = x();
                let y = exp().apply1(&[&x]).unwrap();
                let g =
                    autograd::grad_with(&[&y.sum()], &[&x], None, Options::create_graph()).unwrap().remove(0).unwrap();
                show.tensor(&g);
                (&g * &g).sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "backward_a_second_time",
            exp_python!("y = Fn.apply(x).sum()\ny.backward()\nwith raises():\n    y.backward()\nshow(x.grad)"),
            |show| {
                let x = x();
                let y = exp().apply1(&[&x]).unwrap().sum();
                y.backward();
                show.error(y.backward_with(None, Options::default()));
                show.grad(x.grad());
            },
        ),
        Case::new(
            "backward_twice_with_retain_graph",
            exp_python!("y = Fn.apply(x).sum()\ny.backward(retain_graph=True)\ny.backward()\nshow(x.grad)"),
            |show| {
                let x = x();
                let y = exp().apply1(&[&x]).unwrap().sum();
                y.backward_with(None, Options::retain_graph()).unwrap();
                y.backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "a_function_that_saves_nothing_runs_any_number_of_times",
            python!(
                "return x * 2",
                "return g[0] * 2",
                "y = Fn.apply(x)\ny.backward(torch.ones(2))\ny.backward(torch.ones(2))\nshow(x.grad)"
            ),
            |show| {
                let x = x();
                let y = Fun(double, |_, g| Ok(vec![g[0].as_ref().map(|g| g * 2.0)])).apply1(&[&x]).unwrap();
                for _ in 0..2 {
                    y.backward_with(Some(&Tensor::ones(&[2])), Options::default()).unwrap();
                }
                show.grad(x.grad());
            },
        ),
        Case::new(
            "a_saved_input_that_was_overwritten",
            exp_python!(
                "z = x * 1\ny = Fn.apply(z)\nwith torch.no_grad():\n    z.add_(1)\nwith raises():\n    y.sum().backward()"
            ),
            |show| {
                let z = x() * 1.0;
                let y = exp().apply1(&[&z]).unwrap();
                no_grad(|| ops::add_(&z, 1.0)).unwrap();
                show.error(y.sum().backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "a_saved_output_that_was_overwritten",
            exp_python!(
                "y = Fn.apply(x)\nwith torch.no_grad():\n    y.mul_(2)\nwith raises():\n    y.sum().backward()"
            ),
            |show| {
                let x = x();
                let y = exp().apply1(&[&x]).unwrap();
                no_grad(|| ops::mul_(&y, 2.0)).unwrap();
                show.error(y.sum().backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "a_tensor_that_is_neither_input_nor_output_is_saved",
            python!(
                "t = x * 2; ctx.save_for_backward(t); return t * t",
                "t, = ctx.saved_tensors; show(t.requires_grad); return g[0] * t * 4",
                "Fn.apply(x).sum().backward()\nshow(x.grad)"
            ),
            |show| {
                let x = x();
                let f = Fun(
                    |ctx, ins| {
                        let t = ins[0] * 2.0;
                        ctx.save_for_backward(&[&t]);
                        Ok(vec![&t * &t])
                    },
                    |ctx, g| {
                        let t = ctx.saved_tensors()?.remove(0);
                        assert!(!t.requires_grad());
                        Ok(vec![g[0].as_ref().map(|g| g * t * 4.0)])
                    },
                );
                show.flag(false);
                f.apply1(&[&x]).unwrap().sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "an_error_in_backward_comes_out",
            python!(
                "return x * 2",
                "raise RuntimeError('mine')",
                "y = Fn.apply(x).sum()\nwith raises():\n    y.backward()\nshow(x.grad)"
            ),
            |show| {
                let x = x();
                let y = Fun(double, |_, _| Err(Error::runtime("mine"))).apply1(&[&x]).unwrap().sum();
                show.error(y.backward_with(None, Options::default()));
                show.grad(x.grad());
            },
        ),
        Case::new(
            "without_backward",
            r#"
class Fn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
x = torch.tensor([1., 2.], requires_grad=True)
y = Fn.apply(x).sum()
with raises():
    y.backward()
"#,
            |show| {
                struct Forward;
                impl Function for Forward {
                    fn forward(&self, ctx: &mut ForwardContext, ins: &[&Tensor]) -> Result<Vec<Tensor>> {
                        double(ctx, ins)
                    }
                }
                let y = Forward.apply1(&[&x()]).unwrap().sum();
                show.error(y.backward_with(None, Options::default()));
            },
        ),
    ]
}

fn outputs() -> Vec<Case> {
    vec![
        Case::new(
            "an_input_that_comes_back_is_another_tensor",
            python!(
                "return x",
                "return g[0] * 10",
                "y = Fn.apply(x)\nshow(y is x, y.grad_fn, x.grad_fn, y)\ny.sum().backward()\nshow(x.grad)"
            ),
            |show| {
                let x = x();
                let f = Fun(|_, ins| Ok(vec![ins[0].clone()]), |_, g| Ok(vec![g[0].as_ref().map(|g| g * 10.0)]));
                let y = f.apply1(&[&x]).unwrap();
                show.flag(y.is_same(&x));
                show.node(y.grad_fn());
                show.node(x.grad_fn());
                show.tensor(&y);
                y.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "a_view_of_an_input_has_the_functions_gradient",
            python!(
                "return x.view(1, 2)",
                "return g[0].view(2) * 5",
                "y = Fn.apply(x)\nshow(y, y.grad_fn)\ny.sum().backward()\nshow(x.grad)"
            ),
            |show| {
                let x = x();
                let f = Fun(
                    |_, ins| Ok(vec![ins[0].view(&[1, 2])]),
                    |_, g| Ok(vec![g[0].as_ref().map(|g| g.view(&[2]) * 5.0)]),
                );
                let y = f.apply1(&[&x]).unwrap();
                show.tensor(&y);
                show.node(y.grad_fn());
                y.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "an_input_written_in_place",
            python!(
                "ctx.mark_dirty(x); return x.mul_(2)",
                "return g[0] * 7",
                "z = x * 1\ny = Fn.apply(z)\nshow(y is z, z.grad_fn, z._version, z)\nz.sum().backward()\nshow(x.grad)"
            ),
            |show| {
                let x = x();
                let z = &x * 1.0;
                let y = Fun(double_in_place, |_, g| Ok(vec![g[0].as_ref().map(|g| g * 7.0)])).apply1(&[&z]).unwrap();
                show.flag(y.is_same(&z));
                show.node(z.grad_fn());
                // PyTorch counts one more, for the change of the history.
                show.number(z.version() + 1);
                show.tensor(&z);
                z.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "a_leaf_written_in_place",
            python!("ctx.mark_dirty(x); return x.mul_(2)", "return g[0] * 2", "with raises():\n    Fn.apply(x)"),
            |show| show.error(Fun(double_in_place, pass).apply(&[&x()])),
        ),
        Case::new(
            "a_plain_tensor_written_in_place_joins_the_graph",
            r#"
class Fn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.mark_dirty(a)
        ctx.save_for_backward(b)
        return a.add_(b)
    @staticmethod
    def backward(ctx, g):
        return None, g * 3
a, b = torch.zeros(2), torch.tensor([1., 2.], requires_grad=True)
Fn.apply(a, b)
show(a, a.grad_fn)
a.sum().backward()
show(b.grad)
"#,
            |show| {
                let (a, b) = (Tensor::zeros(&[2]), x());
                let f = Fun(
                    |ctx, ins| {
                        ctx.mark_dirty(&[ins[0]]);
                        ctx.save_for_backward(&[ins[1]]);
                        Ok(vec![ops::add_(ins[0], ins[1])?])
                    },
                    |_, g| Ok(vec![None, g[0].as_ref().map(|g| g * 3.0)]),
                );
                f.apply(&[&a, &b]).unwrap();
                show.tensor(&a);
                show.node(a.grad_fn());
                a.sum().backward();
                show.grad(b.grad());
            },
        ),
        Case::new(
            "what_is_dirty_must_be_a_result",
            python!(
                "ctx.mark_dirty(x); x.mul_(2); return x * 1",
                "return g[0] * 2",
                "with raises():\n    Fn.apply(x * 1)"
            ),
            |show| {
                let f = Fun(
                    |ctx, ins| {
                        ctx.mark_dirty(&[ins[0]]);
                        ops::mul_(ins[0], 2.0)?;
                        Ok(vec![ins[0] * 1.0])
                    },
                    pass,
                );
                show.error(f.apply(&[&(x() * 1.0)]));
            },
        ),
        Case::new(
            "a_view_written_in_place_is_the_only_result",
            python!(
                "ctx.mark_dirty(x); x.mul_(2); return x, x + 1",
                "return g[0] * 2",
                "with raises():\n    Fn.apply((x * 1)[:1])"
            ),
            |show| {
                let f = Fun(
                    |ctx, ins| {
                        ctx.mark_dirty(&[ins[0]]);
                        let y = ops::mul_(ins[0], 2.0)?;
                        let z = &y + 1.0;
                        Ok(vec![y, z])
                    },
                    pass,
                );
                show.error(f.apply(&[&(x() * 1.0).i(..1)]));
            },
        ),
        Case::new(
            "a_view_written_in_place_moves_its_base",
            python!(
                "ctx.mark_dirty(x); return x.mul_(2)",
                "return g[0] * 7",
                r#"
z = x * 3
v, w = z[:1], z[0:2]
y = Fn.apply(v)
show(y is v, v.grad_fn, z.grad_fn, z, w)
g, = torch.autograd.grad((z ** 2).sum(), x, create_graph=True)
show(g.detach(), torch.autograd.grad(g.sum(), x)[0])
"#
            ),
            |show| {
                let x = x();
                let z = &x * 3.0;
                let (v, w) = (z.i(..1), z.i(0..2));
                let y = Fun(double_in_place, |_, g| Ok(vec![g[0].as_ref().map(|g| g * 7.0)])).apply1(&[&v]).unwrap();
                show.flag(y.is_same(&v));
                show.node(v.grad_fn());
                show.node(z.grad_fn());
                show.tensor(&z);
                show.tensor(&w);
                let g = grad_with(&[&z.pow(2).sum()], &[&x], None, Options::create_graph()).unwrap().remove(0).unwrap();
                show.tensor(&g.detach());
                show.tensor(&grad(&[&g.sum()], &[&x])[0]);
            },
        ),
        Case::new(
            "results_that_are_not_differentiable",
            python!(
                "y = x * 2; i = x.argmax(); ctx.mark_non_differentiable(y); return y, x * 3, i",
                "show(g[0], g[1], g[2]); return g[1] * 3",
                "a, b, i = Fn.apply(x)\nshow(a, b, i, a.grad_fn, b.grad_fn)\nb.sum().backward()\nshow(x.grad)"
            ),
            |show| {
                let x = x();
                let f = Fun(
                    |ctx, ins| {
                        let y = ins[0] * 2.0;
                        ctx.mark_non_differentiable(&[&y]);
                        Ok(vec![y, ins[0] * 3.0, ops::argmax(ins[0])?])
                    },
                    |_, g| {
                        let zero = |t: &Tensor| t.to_vec::<f64>().iter().all(|&v| v == 0.0);
                        assert!(zero(g[0].as_ref().unwrap()) && zero(g[2].as_ref().unwrap()));
                        assert_eq!(g[2].as_ref().unwrap().dtype(), wengert::DType::I64);
                        Ok(vec![g[1].as_ref().map(|g| g * 3.0)])
                    },
                );
                let outs = f.apply(&[&x]).unwrap();
                show.tensors(&outs);
                show.node(outs[0].grad_fn());
                show.node(outs[1].grad_fn());
                outs[1].sum().backward();
                show.tensor(&Tensor::zeros(&[2]));
                show.tensor(&Tensor::ones(&[2]));
                show.tensor(&tensor!(0));
                show.grad(x.grad());
            },
        ),
        Case::new(
            "undefined_gradients_are_none_if_so_asked",
            python!(
                "ctx.set_materialize_grads(False); return x * 2, x * 3",
                "show(g[0], g[1]); return g[1] * 3",
                "a, b = Fn.apply(x)\nb.sum().backward()\nshow(x.grad)"
            ),
            |show| {
                let x = x();
                let f = Fun(
                    |ctx, ins| {
                        ctx.set_materialize_grads(false);
                        Ok(vec![ins[0] * 2.0, ins[0] * 3.0])
                    },
                    |_, g| {
                        assert!(g[0].is_none());
                        Ok(vec![g[1].as_ref().map(|g| g * 3.0)])
                    },
                );
                let outs = f.apply(&[&x]).unwrap();
                outs[1].sum().backward();
                show.none();
                show.tensor(&Tensor::ones(&[2]));
                show.grad(x.grad());
            },
        ),
        Case::new(
            "an_input_that_is_not_differentiable_comes_back_detached",
            python!(
                "ctx.mark_non_differentiable(x); return x",
                "return g[0]",
                "y = Fn.apply(x)\nshow(y is x, y, y.grad_fn, x.requires_grad)"
            ),
            |show| {
                let x = x();
                let f = Fun(
                    |ctx, ins| {
                        ctx.mark_non_differentiable(&[ins[0]]);
                        Ok(vec![ins[0].clone()])
                    },
                    pass,
                );
                let y = f.apply1(&[&x]).unwrap();
                show.flag(y.is_same(&x));
                show.tensor(&y);
                show.node(y.grad_fn());
                show.flag(x.requires_grad());
            },
        ),
        Case::new(
            "integers_have_no_history",
            python!("return x.long()", "return g[0]", "y = Fn.apply(x)\nshow(y, y.grad_fn)"),
            |show| {
                let y =
                    Fun(|_, ins| Ok(vec![ops::to_dtype(ins[0], wengert::DType::I64)?]), pass).apply1(&[&x()]).unwrap();
                show.tensor(&y);
                show.node(y.grad_fn());
            },
        ),
    ]
}

fn gradients() -> Vec<Case> {
    vec![
        Case::new(
            "too_many_gradients",
            python!("return x * 2", "return g[0], g[0]", "y = Fn.apply(x).sum()\nwith raises():\n    y.backward()"),
            |show| {
                let y = Fun(double, |_, g| Ok(vec![g[0].clone(), g[0].clone()])).apply1(&[&x()]).unwrap().sum();
                show.error(y.backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "too_few_gradients",
            python!("return x * 2", "return ()", "y = Fn.apply(x).sum()\nwith raises():\n    y.backward()"),
            |show| {
                let y = Fun(double, |_, _| Ok(vec![])).apply1(&[&x()]).unwrap().sum();
                show.error(y.backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "surplus_undefined_gradients_do_no_harm",
            python!("return x * 2", "return g[0] * 2, None, None", "Fn.apply(x).sum().backward()\nshow(x.grad)"),
            |show| {
                let x = x();
                let f = Fun(double, |_, g| Ok(vec![g[0].as_ref().map(|g| g * 2.0), None, None]));
                f.apply1(&[&x]).unwrap().sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "a_gradient_of_another_shape",
            python!("return x * 2", "return torch.ones(3)", "y = Fn.apply(x).sum()\nwith raises():\n    y.backward()"),
            |show| {
                let y = Fun(double, |_, _| Ok(vec![Some(Tensor::ones(&[3]))])).apply1(&[&x()]).unwrap().sum();
                show.error(y.backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "a_larger_gradient_is_summed_and_cast",
            python!(
                "return x * 2",
                "return torch.ones(3, 2, dtype=torch.float64)",
                "Fn.apply(x).sum().backward()\nshow(x.grad)"
            ),
            |show| {
                let x = x();
                let f = Fun(double, |_, _| Ok(vec![Some(Tensor::full_of(&[3, 2], 1, wengert::DType::F64))]));
                f.apply1(&[&x]).unwrap().sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "no_gradient_at_all",
            python!("return x * 2", "return None", "Fn.apply(x).sum().backward()\nshow(x.grad)"),
            |show| {
                let x = x();
                Fun(double, |_, _| Ok(vec![None])).apply1(&[&x]).unwrap().sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "once_differentiable",
            r#"
class Once(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x
    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return 2 * g * x
x = torch.tensor([1., 2.], requires_grad=True)
w = torch.tensor(1., requires_grad=True)
y = Once.apply(x).sum() * w
g, = torch.autograd.grad(y, x, create_graph=True)
show(g)
with raises():
    g.sum().backward()
"#,
            |show| {
                let (x, w) = (x(), tensor!(1.0).requires_grad_(true));
                let y = Once.apply1(&[&x]).unwrap().sum() * &w;
                let g = autograd::grad_with(&[&y], &[&x], None, Options::create_graph()).unwrap().remove(0).unwrap();
                show.tensor(&g);
                show.error(g.sum().backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "once_differentiable_without_a_tracked_gradient",
            r#"
class Once(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x
    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return 2 * g * x
x = torch.tensor([1., 2.], requires_grad=True)
g, = torch.autograd.grad(Once.apply(x).sum(), x, create_graph=True)
show(g, g.grad_fn)
"#,
            |show| {
                let x = x();
                let y = Once.apply1(&[&x]).unwrap().sum();
                let g = autograd::grad_with(&[&y], &[&x], None, Options::create_graph()).unwrap().remove(0).unwrap();
                show.tensor(&g);
                show.node(g.grad_fn());
            },
        ),
    ]
}
