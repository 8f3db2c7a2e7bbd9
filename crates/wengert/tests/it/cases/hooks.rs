//! Hooks of tensors, leaves and nodes, and their order.
// Long because: a program for each rule, in two languages.

use super::{Case, Show};
use std::sync::{Arc, Mutex};
use wengert::autograd::{self, MultiGradMode, Node, Options, enable_grad, register_multi_grad_hook};
use wengert::{DType, Error, Tensor, ops, tensor};

/// What hooks want to show, until the program shows it.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<Item>>>);

enum Item {
    Text(String),
    Tensor(Tensor),
    None,
    Flag(bool),
}

impl Log {
    pub(super) fn text(&self, s: &str) {
        self.0.lock().unwrap().push(Item::Text(s.to_string()));
    }
    pub(super) fn tensor(&self, t: &Tensor) {
        self.0.lock().unwrap().push(Item::Tensor(t.detach().clone_tensor()));
    }
    pub(super) fn all(&self, grads: &[Option<Tensor>]) {
        for g in grads {
            match g {
                Some(g) => self.tensor(g),
                None => self.0.lock().unwrap().push(Item::None),
            }
        }
    }
    pub(super) fn flag(&self, b: bool) {
        self.0.lock().unwrap().push(Item::Flag(b));
    }
    pub(super) fn show(&self, show: &mut Show) {
        for item in self.0.lock().unwrap().drain(..) {
            match item {
                Item::Text(s) => show.text(s),
                Item::Tensor(t) => show.tensor(&t),
                Item::None => show.none(),
                Item::Flag(b) => show.flag(b),
            }
        }
    }
    /// A tensor hook that writes down its name and the gradient.
    pub(super) fn hook(&self, name: &'static str) -> impl Fn(&Tensor) -> Option<Tensor> + Send + Sync + 'static {
        let log = self.clone();
        move |g| {
            log.text(name);
            log.tensor(g);
            None
        }
    }
    /// A post-accumulate hook that writes down its name and the accumulated gradient.
    pub(super) fn leaf_hook(&self, name: &'static str) -> impl Fn(&Tensor) + Send + Sync + 'static {
        let log = self.clone();
        move |p| {
            log.text(name);
            log.all(&[p.grad()]);
        }
    }
    /// A pre-hook of a node.
    pub(super) fn before(
        &self,
        name: &'static str,
    ) -> impl Fn(&[Option<Tensor>]) -> Option<Vec<Option<Tensor>>> + Send + Sync + 'static {
        let log = self.clone();
        move |g| {
            log.text(name);
            log.all(g);
            None
        }
    }
    /// A hook of a node.
    #[expect(clippy::type_complexity, reason = "it is the type of such a hook")]
    pub(super) fn after(
        &self,
        name: &'static str,
    ) -> impl Fn(&[Option<Tensor>], &[Option<Tensor>]) -> Option<Vec<Option<Tensor>>> + Send + Sync + 'static {
        let log = self.clone();
        move |inputs, outputs| {
            log.text(name);
            log.all(inputs);
            log.all(outputs);
            None
        }
    }
}

pub(super) fn leaf() -> Tensor {
    tensor!([1.0, 2.0]).requires_grad_(true)
}

pub(super) fn node(t: &Tensor) -> Node {
    t.grad_fn().expect("a result")
}

pub fn cases() -> Vec<Case> {
    let mut cases = tensors();
    cases.extend(leaves());
    cases.extend(nodes());
    cases.extend(captures());
    cases.extend(many());
    cases
}

fn tensors() -> Vec<Case> {
    vec![
        Case::new(
            "a_hook_sees_the_gradient",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * x
y.register_hook(lambda g: show("y", g))
x.register_hook(lambda g: show("x", g))
y.sum().backward()
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                let y = &x * &x;
                y.register_hook(log.hook("y"));
                x.register_hook(log.hook("x"));
                y.sum().backward();
                log.show(show);
            },
        ),
        Case::new(
            "a_hook_replaces_the_gradient",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 3
y.register_hook(lambda g: g * 10)
y.sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf();
                let y = &x * 3.0;
                y.register_hook(|g| Some(g * 10.0));
                y.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "hooks_run_in_the_order_of_registration",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
x.register_hook(lambda g: g + 1)
x.register_hook(lambda g: g * 10)
x.register_hook(lambda g: show("last", g))
x.sum().backward()
show(x.grad)
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                x.register_hook(|g| Some(g + 1.0));
                x.register_hook(|g| Some(g * 10.0));
                x.register_hook(log.hook("last"));
                x.sum().backward();
                log.show(show);
                show.grad(x.grad());
            },
        ),
        Case::new(
            "a_removed_hook_is_silent",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
h = x.register_hook(lambda g: g * 10)
x.sum().backward()
show(x.grad)
h.remove()
h.remove()
x.sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf();
                let h = x.register_hook(|g| Some(g * 10.0));
                x.sum().backward();
                show.grad(x.grad());
                h.remove();
                h.remove();
                x.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "a_hook_gets_the_sum_of_all_uses_once",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 2
y.register_hook(lambda g: show("y", g))
(y * 3 + y * 4).sum().backward()
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                let y = &x * 2.0;
                y.register_hook(log.hook("y"));
                (&y * 3.0 + &y * 4.0).sum().backward();
                log.show(show);
            },
        ),
        Case::new(
            "no_hook_without_requires_grad",
            r#"
x = torch.tensor([1., 2.])
with raises():
    x.register_hook(lambda g: None)
"#,
            |show| show.error(tensor!([1.0, 2.0]).try_register_hook(|_| Ok(None))),
        ),
        Case::new(
            "a_hook_must_keep_the_shape",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
x.register_hook(lambda g: torch.ones(3))
with raises():
    x.sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf();
                x.register_hook(|_| Some(Tensor::ones(&[3])));
                show.error(x.sum().backward_with(None, Options::default()));
                show.grad(x.grad());
            },
        ),
        Case::new(
            "a_hook_must_keep_the_dtype",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
x.register_hook(lambda g: g.double())
with raises():
    x.sum().backward()
"#,
            |show| {
                let x = leaf();
                x.register_hook(|g| Some(g.to_dtype(DType::F64)));
                show.error(x.sum().backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "a_failing_hook_leaves_the_graph_usable",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * x
def fail(g): raise ValueError("not today")
h = y.register_hook(fail)
z = y.sum()
with raises():
    z.backward(retain_graph=True)
show(x.grad, torch.is_grad_enabled())
h.remove()
z.backward()
show(x.grad)
"#,
            |show| {
                let x = leaf();
                let y = &x * &x;
                let h = y.try_register_hook(|_| Err(Error::value("not today"))).unwrap();
                let z = y.sum();
                show.error(z.backward_with(None, Options::retain_graph()));
                show.grad(x.grad());
                show.flag(autograd::is_grad_enabled());
                h.remove();
                z.backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "in_place_leaves_hooks_with_the_old_value",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 2
y.register_hook(lambda g: show("old", g))
y.mul_(3)
y.register_hook(lambda g: show("new", g))
y.sum().backward()
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                let y = &x * 2.0;
                y.register_hook(log.hook("old"));
                ops::mul_(&y, 3.0).unwrap();
                y.register_hook(log.hook("new"));
                y.sum().backward();
                log.show(show);
            },
        ),
        Case::new(
            "a_hook_runs_without_recording_unless_create_graph",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
x.register_hook(lambda g: show(torch.is_grad_enabled()))
(x * x).sum().backward()
(x * x).sum().backward(create_graph=True)
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                let l = log.clone();
                x.register_hook(move |_| {
                    l.flag(autograd::is_grad_enabled());
                    None
                });
                (&x * &x).sum().backward();
                (&x * &x).sum().backward_with(None, Options::create_graph()).unwrap();
                log.show(show);
            },
        ),
        Case::new(
            "what_a_hook_computes_is_differentiated",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * x
y.register_hook(lambda g: g * x)
g, = torch.autograd.grad(y.sum(), x, create_graph=True)
show(g)
show(torch.autograd.grad(g.sum(), x))
"#,
            |show| {
                let x = leaf();
                let y = &x * &x;
                let factor = x.clone();
                y.register_hook(move |g| Some(g * &factor));
                let g = autograd::grad_with(&[&y.sum()], &[&x], None, Options::create_graph()).unwrap();
                let g = g[0].clone().unwrap();
                show.tensor(&g);
                show.tensors(&autograd::grad(&[&g.sum()], &[&x]));
            },
        ),
        Case::new(
            "a_hook_runs_backward_itself",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
w = torch.tensor([3.], requires_grad=True)
y = x * 2
def hook(g):
    with torch.enable_grad():
        (w * w).backward()
    show("inside", w.grad, torch.is_grad_enabled())
y.register_hook(hook)
y.sum().backward()
show(x.grad)
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                let w = tensor!([3.0]).requires_grad_(true);
                let y = &x * 2.0;
                let l = log.clone();
                y.register_hook(move |_| {
                    enable_grad(|| (&w * &w).backward());
                    l.text("inside");
                    l.all(&[w.grad()]);
                    l.flag(autograd::is_grad_enabled());
                    None
                });
                y.sum().backward();
                log.show(show);
                show.grad(x.grad());
            },
        ),
        Case::new(
            "each_output_of_a_node_has_its_hooks",
            r#"
x = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
a, b = x.unbind(0)
a.register_hook(lambda g: g * 10)
b.register_hook(lambda g: show("b", g))
(a * 2 + b * 3).sum().backward()
show(x.grad)
"#,
            |show| {
                let log = Log::default();
                let x = tensor!([[1.0, 2.0], [3.0, 4.0]]).requires_grad_(true);
                let parts = x.unbind(0);
                let (a, b) = (&parts[0], &parts[1]);
                a.register_hook(|g| Some(g * 10.0));
                b.register_hook(log.hook("b"));
                (a * 2.0 + b * 3.0).sum().backward();
                log.show(show);
                show.grad(x.grad());
            },
        ),
    ]
}

fn leaves() -> Vec<Case> {
    vec![
        Case::new(
            "post_accumulate_sees_the_sum",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
x.register_post_accumulate_grad_hook(lambda p: show("after", p.grad))
x.sum().backward()
(x * 3).sum().backward()
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                x.register_post_accumulate_grad_hook(log.leaf_hook("after"));
                x.sum().backward();
                (&x * 3.0).sum().backward();
                log.show(show);
            },
        ),
        Case::new(
            "post_accumulate_may_step_and_free",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
def step(p):
    with torch.no_grad():
        p -= 0.5 * p.grad
    p.grad = None
x.register_post_accumulate_grad_hook(step)
for _ in range(2):
    (x * x).sum().backward()
show(x, x.grad)
"#,
            |show| {
                let x = leaf();
                x.register_post_accumulate_grad_hook(|p| {
                    ops::sub_(p, &(0.5 * p.grad().unwrap())).unwrap();
                    p.zero_grad();
                });
                for _ in 0..2 {
                    (&x * &x).sum().backward();
                }
                show.tensor(&x);
                show.grad(x.grad());
            },
        ),
        Case::new(
            "post_accumulate_is_for_leaves",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
with raises():
    (x * 2).register_post_accumulate_grad_hook(lambda p: None)
with raises():
    torch.ones(2).register_post_accumulate_grad_hook(lambda p: None)
"#,
            |show| {
                show.error((leaf() * 2.0).try_register_post_accumulate_grad_hook(|_| Ok(())));
                show.error(Tensor::ones(&[2]).try_register_post_accumulate_grad_hook(|_| Ok(())));
            },
        ),
        Case::new(
            "post_accumulate_comes_after_the_hooks_of_the_tensor",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
x.register_post_accumulate_grad_hook(lambda p: show("after", p.grad))
x.register_hook(lambda g: g * 10)
h = x.register_post_accumulate_grad_hook(lambda p: show("gone"))
h.remove()
x.sum().backward()
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                x.register_post_accumulate_grad_hook(log.leaf_hook("after"));
                x.register_hook(|g| Some(g * 10.0));
                x.register_post_accumulate_grad_hook(log.leaf_hook("gone")).remove();
                x.sum().backward();
                log.show(show);
            },
        ),
        Case::new(
            "hooks_of_the_node_of_a_leaf",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 2
acc = y.grad_fn.next_functions[0][0]
acc.register_prehook(lambda g: (g[0] * 10,))
acc.register_hook(lambda gi, go: show(len(gi), go, x.grad))
x.register_post_accumulate_grad_hook(lambda p: show("after"))
y.sum().backward()
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                let y = &x * 2.0;
                let acc = node(&y).next_functions()[0].clone().unwrap().node;
                acc.register_prehook(|g| Some(vec![g[0].as_ref().map(|g| g * 10.0)]));
                let (l, leaf) = (log.clone(), x.clone());
                let counts = Arc::new(Mutex::new(Vec::new()));
                let count = counts.clone();
                acc.register_hook(move |inputs, outputs| {
                    count.lock().unwrap().push(inputs.len());
                    l.all(outputs);
                    l.all(&[leaf.grad()]);
                    None
                });
                let after = Log::default();
                let a = after.clone();
                x.register_post_accumulate_grad_hook(move |_| a.text("after"));
                y.sum().backward();
                after.show(show);
                show.number(counts.lock().unwrap()[0]);
                log.show(show);
            },
        ),
        Case::new(
            "a_leaf_that_no_longer_requires_grad_gets_none",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 2
x.requires_grad_(False)
y.sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf();
                let y = &x * 2.0;
                let x = x.requires_grad_(false);
                y.sum().backward();
                show.grad(x.grad());
            },
        ),
    ]
}

fn nodes() -> Vec<Case> {
    vec![
        Case::new(
            "the_order_of_all_kinds",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 2
y.retain_grad()
y.register_hook(lambda g: show("y", g))
y.register_hook(lambda g: g * 10)
y.grad_fn.register_prehook(lambda g: show("before", g, y.grad))
def after(gi, go): show("after", gi, go)
y.grad_fn.register_hook(after)
x.register_hook(lambda g: show("x", g))
x.register_post_accumulate_grad_hook(lambda p: show("leaf", p.grad))
y.sum().backward()
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                let y = &x * 2.0;
                y.retain_grad();
                y.register_hook(log.hook("y"));
                y.register_hook(|g| Some(g * 10.0));
                let (l, retained) = (log.clone(), Arc::new(Mutex::new(Some(y.clone()))));
                let held = retained.clone();
                node(&y).register_prehook(move |g| {
                    l.text("before");
                    l.all(g);
                    l.all(&[held.lock().unwrap().as_ref().unwrap().grad()]);
                    None
                });
                node(&y).register_hook(log.after("after"));
                x.register_hook(log.hook("x"));
                x.register_post_accumulate_grad_hook(log.leaf_hook("leaf"));
                y.sum().backward();
                retained.lock().unwrap().take();
                log.show(show);
            },
        ),
        Case::new(
            "a_prehook_replaces_the_gradients_of_outputs",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 3
y.grad_fn.register_prehook(lambda g: (g[0] * 10,))
y.grad_fn.register_prehook(lambda g: show("second", g))
y.sum().backward()
show(x.grad)
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                let y = &x * 3.0;
                node(&y).register_prehook(|g| Some(vec![g[0].as_ref().map(|g| g * 10.0)]));
                node(&y).register_prehook(log.before("second"));
                y.sum().backward();
                log.show(show);
                show.grad(x.grad());
            },
        ),
        Case::new(
            "a_node_hook_replaces_the_gradients_of_inputs",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
w = torch.tensor([5., 6.], requires_grad=True)
y = x * w
y.grad_fn.register_hook(lambda gi, go: (gi[0] * 10, None))
y.grad_fn.register_hook(lambda gi, go: show("second", gi, go))
y.sum().backward()
show(x.grad, w.grad)
"#,
            |show| {
                let (log, x, w) = (Log::default(), leaf(), tensor!([5.0, 6.0]).requires_grad_(true));
                let y = &x * &w;
                node(&y).register_hook(|inputs, _| Some(vec![inputs[0].as_ref().map(|g| g * 10.0), None]));
                node(&y).register_hook(log.after("second"));
                y.sum().backward();
                log.show(show);
                show.grad(x.grad());
                show.grad(w.grad());
            },
        ),
        Case::new(
            "node_hooks_see_none_for_inputs_without_gradient",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 3
y.grad_fn.register_hook(lambda gi, go: show(gi, go))
y.sum().backward()
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                let y = &x * 3.0;
                let l = log.clone();
                node(&y).register_hook(move |inputs, outputs| {
                    l.all(inputs);
                    l.all(outputs);
                    None
                });
                y.sum().backward();
                log.show(show);
            },
        ),
        Case::new(
            "a_prehook_must_give_as_many",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 3
y.grad_fn.register_prehook(lambda g: ())
with raises():
    y.sum().backward()
"#,
            |show| {
                let y = leaf() * 3.0;
                node(&y).register_prehook(|_| Some(vec![]));
                show.error(y.sum().backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "a_prehook_must_keep_the_shape",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 3
y.grad_fn.register_prehook(lambda g: (torch.ones(3),))
with raises():
    y.sum().backward()
"#,
            |show| {
                let y = leaf() * 3.0;
                node(&y).register_prehook(|_| Some(vec![Some(Tensor::ones(&[3]))]));
                show.error(y.sum().backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "a_node_hook_must_give_as_many",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 3
y.grad_fn.register_hook(lambda gi, go: (torch.ones(2),))
with raises():
    y.sum().backward()
"#,
            |show| {
                let y = leaf() * 3.0;
                node(&y).register_hook(|_, _| Some(vec![Some(Tensor::ones(&[2]))]));
                show.error(y.sum().backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "a_node_hook_must_not_make_gradients",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 3
y.grad_fn.register_hook(lambda gi, go: (torch.ones(2), torch.ones(2)))
with raises():
    y.sum().backward()
"#,
            |show| {
                let y = leaf() * 3.0;
                let ones = || Some(Tensor::ones(&[2]));
                node(&y).register_hook(move |_, _| Some(vec![ones(), ones()]));
                show.error(y.sum().backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "handles_of_node_hooks",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 3
a = y.grad_fn.register_prehook(lambda g: (g[0] * 10,))
b = y.grad_fn.register_hook(lambda gi, go: (gi[0] * 100, None))
a.remove()
y.sum().backward(retain_graph=True)
show(x.grad)
b.remove()
y.sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf();
                let y = &x * 3.0;
                let a = node(&y).register_prehook(|g| Some(vec![g[0].as_ref().map(|g| g * 10.0)]));
                let b = node(&y).register_hook(|g, _| Some(vec![g[0].as_ref().map(|g| g * 100.0), None]));
                a.remove();
                y.sum().backward_with(None, Options::retain_graph()).unwrap();
                show.grad(x.grad());
                b.remove();
                y.sum().backward();
                show.grad(x.grad());
            },
        ),
    ]
}

fn captures() -> Vec<Case> {
    vec![
        Case::new(
            "grad_runs_the_hooks_of_what_it_gives_but_not_its_node",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * x
y.register_hook(lambda g: (show("y"), g * 10)[1])
y.grad_fn.register_prehook(lambda g: show("node"))
y.retain_grad()
show(torch.autograd.grad((y * 2).sum(), y), y.grad)
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                let y = &x * &x;
                let l = log.clone();
                y.register_hook(move |g| {
                    l.text("y");
                    Some(g * 10.0)
                });
                node(&y).register_prehook(log.before("node"));
                y.retain_grad();
                let grads = autograd::grad(&[&(&y * 2.0).sum()], &[&y]);
                log.show(show);
                show.tensors(&grads);
                show.grad(y.grad());
            },
        ),
        Case::new(
            "grad_of_a_leaf_runs_its_hooks_but_accumulates_nothing",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
x.register_hook(lambda g: g * 10)
x.register_post_accumulate_grad_hook(lambda p: show("after"))
show(torch.autograd.grad((x * x).sum(), x), x.grad)
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                x.register_hook(|g| Some(g * 10.0));
                x.register_post_accumulate_grad_hook(log.leaf_hook("after"));
                show.tensors(&autograd::grad(&[&(&x * &x).sum()], &[&x]));
                log.show(show);
                show.grad(x.grad());
            },
        ),
        Case::new(
            "grad_gives_what_arrived_at_a_node_that_runs",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * x
y.register_hook(lambda g: g * 10)
x.register_hook(lambda g: g * 100)
show(torch.autograd.grad((y * 2).sum(), [y, x]))
"#,
            |show| {
                let x = leaf();
                let y = &x * &x;
                y.register_hook(|g| Some(g * 10.0));
                x.register_hook(|g| Some(g * 100.0));
                show.tensors(&autograd::grad(&[&(&y * 2.0).sum()], &[&y, &x]));
            },
        ),
        Case::new(
            "backward_into_inputs_runs_their_nodes",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * x
y.grad_fn.register_hook(lambda gi, go: show("node", gi, go))
x.register_hook(lambda g: show("x"))
x.register_post_accumulate_grad_hook(lambda p: show("after"))
z = (y * 2).sum()
z.backward(inputs=[y], retain_graph=True)
show(x.grad, y.grad)
z.backward(inputs=[x])
show(x.grad, y.grad)
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                let y = &x * &x;
                node(&y).register_hook(log.after("node"));
                let l = log.clone();
                x.register_hook(move |_| {
                    l.text("x");
                    None
                });
                let l = log.clone();
                x.register_post_accumulate_grad_hook(move |_| l.text("after"));
                let z = (&y * 2.0).sum();
                for (to, options) in [(&y, Options::retain_graph()), (&x, Options::default())] {
                    autograd::backward_with(&[&z], None, options, Some(&[to])).unwrap();
                    log.show(show);
                    show.grad(x.grad());
                    show.grad(y.grad());
                }
            },
        ),
    ]
}

fn many() -> Vec<Case> {
    vec![
        Case::new(
            "one_hook_for_all_that_are_reached",
            r#"
from torch.autograd.graph import register_multi_grad_hook
x = torch.tensor([1., 2.], requires_grad=True)
y, z = x * x, x * 3
h = register_multi_grad_hook([y, z, x], lambda gs: show("all", gs))
y.sum().backward()
(x * x + z).sum().backward(retain_graph=True)
h.remove()
z.sum().backward()
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                let (y, z) = (&x * &x, &x * 3.0);
                let l = log.clone();
                let h = register_multi_grad_hook(&[&y, &z, &x], MultiGradMode::All, move |grads| {
                    l.text("all");
                    l.all(grads);
                    Ok(())
                });
                y.sum().backward();
                (&x * &x + &z).sum().backward_with(None, Options::retain_graph()).unwrap();
                h.unwrap().remove();
                z.sum().backward();
                log.show(show);
            },
        ),
        Case::new(
            "one_hook_for_the_first_of_many",
            r#"
from torch.autograd.graph import register_multi_grad_hook
x = torch.tensor([1., 2.], requires_grad=True)
y, z = x * x, x * 3
register_multi_grad_hook([x, y, z], lambda g: show("any", g), mode="any")
(y * 5).sum().backward()
(z * 7).sum().backward()
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                let (y, z) = (&x * &x, &x * 3.0);
                let l = log.clone();
                register_multi_grad_hook(&[&x, &y, &z], MultiGradMode::Any, move |grads| {
                    l.text("any");
                    l.tensor(grads.iter().flatten().next().unwrap());
                    Ok(())
                })
                .unwrap();
                (&y * 5.0).sum().backward();
                (&z * 7.0).sum().backward();
                log.show(show);
            },
        ),
        Case::new(
            "one_hook_counts_what_grad_reaches",
            r#"
from torch.autograd.graph import register_multi_grad_hook
x = torch.tensor([1., 2.], requires_grad=True)
w = torch.tensor([3., 4.], requires_grad=True)
a, b = x * 2, w * 3
y = a * b
register_multi_grad_hook([a, b, y], lambda gs: show("all", gs))
show(torch.autograd.grad(y.sum(), a))
"#,
            |show| {
                let (log, x, w) = (Log::default(), leaf(), tensor!([3.0, 4.0]).requires_grad_(true));
                let (a, b) = (&x * 2.0, &w * 3.0);
                let y = &a * &b;
                let l = log.clone();
                register_multi_grad_hook(&[&a, &b, &y], MultiGradMode::All, move |grads| {
                    l.text("all");
                    l.all(grads);
                    Ok(())
                })
                .unwrap();
                let grads = autograd::grad(&[&y.sum()], &[&a]);
                log.show(show);
                show.tensors(&grads);
            },
        ),
    ]
}
