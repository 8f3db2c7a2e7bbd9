//! Saved tensors: hooks that pack and unpack them.

use super::Case;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use wengert::autograd::{self, Options, SavedTensorsHooks, disable_saved_tensors_hooks, saved_tensors_hooks};
use wengert::{Tensor, no_grad, ops, tensor};

/// What the programs in Python begin with: hooks that count.
macro_rules! python {
    ($rest:literal) => {
        concat!(
            r#"
n = [0, 0]
def pack(t):
    n[0] += 1
    return t.detach()
def unpack(t):
    n[1] += 1
    return t
hooks = lambda: torch.autograd.graph.saved_tensors_hooks(pack, unpack)
x = torch.tensor([1., 2.], requires_grad=True)
w = torch.tensor([3., 4.], requires_grad=True)
"#,
            $rest
        )
    };
}

struct Counted {
    hooks: SavedTensorsHooks,
    counts: Arc<[AtomicUsize; 2]>,
    x: Tensor,
    w: Tensor,
}

impl Counted {
    fn new() -> Counted {
        let counts: Arc<[AtomicUsize; 2]> = Arc::default();
        let (packs, unpacks) = (counts.clone(), counts.clone());
        let hooks = SavedTensorsHooks::new(
            move |t: &Tensor| {
                packs[0].fetch_add(1, Ordering::Relaxed);
                Ok(t.detach())
            },
            move |t| {
                unpacks[1].fetch_add(1, Ordering::Relaxed);
                Ok(t.clone())
            },
        );
        let leaf = |values: [f64; 2]| tensor!(values).requires_grad_(true);
        Counted { hooks, counts, x: leaf([1.0, 2.0]), w: leaf([3.0, 4.0]) }
    }

    fn run(&self, f: impl Fn(&Tensor, &Tensor) -> Tensor) -> Tensor {
        saved_tensors_hooks(&self.hooks, || f(&self.x, &self.w)).unwrap()
    }

    fn show(&self, show: &mut super::Show) {
        self.counts.iter().for_each(|n| show.number(n.load(Ordering::Relaxed)));
    }
}

macro_rules! counts {
    ($name:literal, $python:literal, $rust:expr) => {
        Case::new($name, python!($python), |show| {
            let c = Counted::new();
            let y = c.run($rust);
            c.show(show);
            y.sum().backward();
            c.show(show);
            show.grad(c.x.grad());
        })
    };
}

pub fn cases() -> Vec<Case> {
    let mut cases = counted();
    cases.extend(others());
    cases
}

fn counted() -> Vec<Case> {
    vec![
        counts!(
            "both_inputs_of_a_product",
            "with hooks():\n    y = x * w\nshow(n)\ny.sum().backward()\nshow(n, x.grad)",
            |x, w| x * w
        ),
        counts!(
            "a_factor_that_needs_no_gradient",
            "c = torch.tensor([5., 6.])\nwith hooks():\n    y = x * c\nshow(n)\ny.sum().backward()\nshow(n, x.grad)",
            |x, _| x * tensor!([5.0, 6.0])
        ),
        counts!(
            "a_number_is_not_packed",
            "with hooks():\n    y = x * 3\nshow(n)\ny.sum().backward()\nshow(n, x.grad)",
            |x, _| x * 3.0
        ),
        counts!("an_output", "with hooks():\n    y = x.exp()\nshow(n)\ny.sum().backward()\nshow(n, x.grad)", |x, _| x
            .exp()),
        counts!(
            "a_square_packs_twice",
            "with hooks():\n    y = x * x\nshow(n)\ny.sum().backward()\nshow(n, x.grad)",
            |x, _| x * x
        ),
        counts!(
            "sums_save_nothing",
            "with hooks():\n    y = (x + w).sum()\nshow(n)\ny.sum().backward()\nshow(n, x.grad)",
            |x, w| (x + w).sum()
        ),
        counts!(
            "division_and_sine",
            "with hooks():\n    y = (x / w).sin()\nshow(n)\ny.sum().backward()\nshow(n, x.grad)",
            |x, w| (x / w).sin()
        ),
        counts!(
            "matrix_product",
            "with hooks():\n    y = x.view(1, 2) @ w.view(2, 1)\nshow(n)\ny.sum().backward()\nshow(n, x.grad)",
            |x, w| x.view(&[1, 2]).matmul(&w.view(&[2, 1]))
        ),
        counts!(
            "without_recording_nothing_is_packed",
            "with hooks():\n    with torch.no_grad():\n        x * w\n    y = x + 1\nshow(n)\ny.sum().backward()\nshow(n, x.grad)",
            |x, w| {
                no_grad(|| x * w);
                x + 1.0
            }
        ),
    ]
}

fn others() -> Vec<Case> {
    vec![
        Case::new(
            "retained_graphs_unpack_each_time",
            python!(
                "with hooks():\n    y = (x * w).sum()\ny.backward(retain_graph=True)\ny.backward()\nshow(n, x.grad)\nwith raises():\n    y.backward()"
            ),
            |show| {
                let c = Counted::new();
                let y = c.run(|x, w| (x * w).sum());
                y.backward_with(None, Options::retain_graph()).unwrap();
                y.backward();
                c.show(show);
                show.grad(c.x.grad());
                show.error(y.backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "the_innermost_pair_counts",
            python!(
                "m = []\nwith hooks():\n    with torch.autograd.graph.saved_tensors_hooks(lambda t: m.append(1) or t, lambda t: t):\n        y = x * w\nshow(n, len(m))\ny.sum().backward()\nshow(x.grad)"
            ),
            |show| {
                let (outer, inner) = (Counted::new(), Counted::new());
                let y = outer.run(|x, w| saved_tensors_hooks(&inner.hooks, || x * w).unwrap());
                outer.show(show);
                show.number(inner.counts[0].load(Ordering::Relaxed));
                y.sum().backward();
                show.grad(outer.x.grad());
            },
        ),
        Case::new(
            "what_unpack_returns_is_what_backward_reads",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda t: t.shape, lambda s: torch.full(s, 7.)):
    y = x * torch.ones(2)
y.sum().backward()
show(x.grad)
"#,
            |show| {
                let x = tensor!([1.0, 2.0]).requires_grad_(true);
                let hooks =
                    SavedTensorsHooks::new(|t: &Tensor| Ok(t.shape().to_vec()), |shape| Ok(Tensor::full(shape, 7.0)));
                let y = saved_tensors_hooks(&hooks, || &x * Tensor::ones(&[2])).unwrap();
                y.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "double_backward_through_hooks",
            python!(
                "with hooks():\n    y = (x.exp() * x).sum()\n    g, = torch.autograd.grad(y, x, create_graph=True)\nh, = torch.autograd.grad(g.sum(), x)\nshow(g, h)"
            ),
            |show| {
                let c = Counted::new();
                let (g, x) = (
                    c.run(|x, _| {
                        let y = (x.exp() * x).sum();
                        autograd::grad_with(&[&y], &[x], None, Options::create_graph()).unwrap().remove(0).unwrap()
                    }),
                    &c.x,
                );
                let h = autograd::grad(&[&g.sum()], &[x]).remove(0);
                show.tensor(&g);
                show.tensor(&h);
            },
        ),
        Case::new(
            "a_packed_tensor_may_be_overwritten",
            python!(
                "c = torch.tensor([5., 6.])\nwith torch.autograd.graph.saved_tensors_hooks(lambda t: t.clone(), lambda t: t):\n    y = x * c\nc.zero_()\ny.sum().backward()\nshow(x.grad)"
            ),
            |show| {
                let (x, c) = (tensor!([1.0, 2.0]).requires_grad_(true), tensor!([5.0, 6.0]));
                let hooks = SavedTensorsHooks::new(|t: &Tensor| Ok(t.clone_tensor()), |t| Ok(t.clone()));
                let y = saved_tensors_hooks(&hooks, || &x * &c).unwrap();
                ops::zero_(&c).unwrap();
                y.sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "pack_must_not_write",
            r#"
def pack(t):
    t.add_(1)
    return t
x = torch.tensor([1., 2.], requires_grad=True)
with raises():
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        torch.ones(2) * x
"#,
            |show| {
                let x = tensor!([1.0, 2.0]).requires_grad_(true);
                let hooks =
                    SavedTensorsHooks::new(|t: &Tensor| ops::add_(t, 1.0).map(|_| t.clone()), |t| Ok(t.clone()));
                show.error(saved_tensors_hooks(&hooks, || ops::mul(&Tensor::ones(&[2]), &x)).unwrap());
            },
        ),
        Case::new(
            "an_error_in_pack_comes_out",
            r#"
def pack(t):
    raise ValueError("mine")
x = torch.tensor([1., 2.], requires_grad=True)
with raises():
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        x.exp()
show(x.exp())
"#,
            |show| {
                let x = tensor!([1.0, 2.0]).requires_grad_(true);
                let hooks = SavedTensorsHooks::new(
                    |_: &Tensor| Err::<(), _>(wengert::Error::value("mine")),
                    |()| unreachable!(),
                );
                show.error(saved_tensors_hooks(&hooks, || ops::exp(&x)).unwrap());
                show.tensor(&x.exp());
            },
        ),
        Case::new(
            "disabled_within",
            python!(
                "with raises():\n    with torch.autograd.graph.disable_saved_tensors_hooks('not here'):\n        with hooks():\n            pass"
            ),
            |show| {
                let c = Counted::new();
                show.error(disable_saved_tensors_hooks("not here", || c.hooks.set().map(drop)).unwrap());
            },
        ),
        Case::new(
            "disabled_around",
            python!(
                "with raises():\n    with hooks():\n        with torch.autograd.graph.disable_saved_tensors_hooks('not here'):\n            pass"
            ),
            |show| {
                let c = Counted::new();
                show.error(saved_tensors_hooks(&c.hooks, || disable_saved_tensors_hooks("not here", || ())).unwrap());
            },
        ),
        Case::new(
            "hooks_of_one_saved_tensor",
            python!(
                "y = x * w\ny.grad_fn._raw_saved_self.register_hooks(pack, unpack)\nshow(n)\ny.sum().backward()\nshow(n, w.grad)"
            ),
            |show| {
                let c = Counted::new();
                let y = &c.x * &c.w;
                y.grad_fn().unwrap().saved_tensors()[0].register_hooks(&c.hooks).unwrap();
                c.show(show);
                y.sum().backward();
                c.show(show);
                show.grad(c.w.grad());
            },
        ),
        Case::new(
            "hooks_are_registered_once",
            python!(
                "y = x * w\ns = y.grad_fn._raw_saved_self\ns.register_hooks(pack, unpack)\nwith raises():\n    s.register_hooks(pack, unpack)\ny.sum().backward()\nwith raises():\n    y.grad_fn._raw_saved_other.register_hooks(pack, unpack)"
            ),
            |show| {
                let c = Counted::new();
                let y = &c.x * &c.w;
                let saved = y.grad_fn().unwrap().saved_tensors();
                saved[0].register_hooks(&c.hooks).unwrap();
                show.error(saved[0].register_hooks(&c.hooks));
                y.sum().backward();
                show.error(saved[1].register_hooks(&c.hooks));
            },
        ),
    ]
}
