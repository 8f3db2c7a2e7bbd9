//! Checkpoints: how often the function runs, what it gives, what it must not do.

use super::Case;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use wengert::autograd::{self, CheckpointOptions, Options, Step, checkpoint, checkpoint_sequential, checkpoint_with};
use wengert::{Result, Tensor, no_grad, ops, random, tensor};

/// What the programs in Python begin with.
macro_rules! python {
    ($rest:literal) => {
        concat!(
            r#"
import torch.utils.checkpoint as cp
checkpoint = lambda f, *x, **k: cp.checkpoint(f, *x, use_reentrant=False, **k)
n = [0]
def f(x):
    n[0] += 1
    return x.exp().sin()
x = torch.tensor([0.5, 1.], requires_grad=True)
"#,
            $rest
        )
    };
}

fn x() -> Tensor {
    tensor!([0.5, 1.0]).requires_grad_(true)
}

/// `exp`, `sin`, and how often they ran.
fn counting() -> (impl Fn(&[Tensor]) -> Result<Vec<Tensor>> + Send + Sync + 'static, Arc<AtomicUsize>) {
    let runs = Arc::new(AtomicUsize::new(0));
    let count = runs.clone();
    let f = move |x: &[Tensor]| {
        count.fetch_add(1, Ordering::Relaxed);
        Ok(vec![x[0].exp().sin()])
    };
    (f, runs)
}

/// A function that does `first` the first time, and `then` afterwards.
fn changing(
    first: fn(&Tensor) -> Tensor,
    then: fn(&Tensor) -> Tensor,
) -> impl Fn(&[Tensor]) -> Result<Vec<Tensor>> + Send + Sync + 'static {
    let runs = AtomicUsize::new(0);
    move |x| Ok(vec![if runs.fetch_add(1, Ordering::Relaxed) == 0 { first(&x[0]) } else { then(&x[0]) }])
}

pub fn cases() -> Vec<Case> {
    let mut cases = runs();
    cases.extend(faults());
    cases
}

fn runs() -> Vec<Case> {
    vec![
        Case::new(
            "the_function_runs_again_in_backward",
            python!("y = checkpoint(f, x)\nshow(n, y)\ny.sum().backward()\nshow(n, x.grad)"),
            |show| {
                let (x, (f, n)) = (x(), counting());
                let y = checkpoint(f, &[&x]).unwrap().remove(0);
                show.number(n.load(Ordering::Relaxed));
                show.tensor(&y);
                y.sum().backward();
                show.number(n.load(Ordering::Relaxed));
                show.grad(x.grad());
            },
        ),
        Case::new(
            "a_retained_graph_computes_again",
            python!(
                "y = checkpoint(f, x).sum()\ny.backward(retain_graph=True)\ny.backward()\nshow(n, x.grad)\nwith raises():\n    y.backward()"
            ),
            |show| {
                let (x, (f, n)) = (x(), counting());
                let y = checkpoint(f, &[&x]).unwrap().remove(0).sum();
                y.backward_with(None, Options::retain_graph()).unwrap();
                y.backward();
                show.number(n.load(Ordering::Relaxed));
                show.grad(x.grad());
                show.error(y.backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "without_recording_it_is_a_plain_call",
            python!("with torch.no_grad():\n    show(checkpoint(f, x))\nshow(n)"),
            |show| {
                let (x, (f, n)) = (x(), counting());
                show.tensor(&no_grad(|| checkpoint(f, &[&x])).unwrap()[0]);
                show.number(n.load(Ordering::Relaxed));
            },
        ),
        Case::new(
            "by_autograd_grad_and_twice",
            python!(
                "y = checkpoint(f, x).sum()\ng, = torch.autograd.grad(y, x, create_graph=True)\nh, = torch.autograd.grad(g.sum(), x)\nshow(g, h, x.grad)"
            ),
            |show| {
                let (x, (f, _)) = (x(), counting());
                let y = checkpoint(f, &[&x]).unwrap().remove(0).sum();
                let g = autograd::grad_with(&[&y], &[&x], None, Options::create_graph()).unwrap().remove(0).unwrap();
                show.tensor(&g);
                show.tensor(&autograd::grad(&[&g.sum()], &[&x])[0]);
                show.grad(x.grad());
            },
        ),
        Case::new(
            "nested",
            python!(
                "def g(x):\n    return checkpoint(f, x.tanh()).cos()\ny = checkpoint(g, x)\ny.sum().backward()\nshow(y, n, x.grad)"
            ),
            |show| {
                let (x, (f, n)) = (x(), counting());
                let f = Arc::new(f);
                let g = move |x: &[Tensor]| {
                    let f = f.clone();
                    Ok(vec![checkpoint(move |x| f(x), &[&x[0].tanh()])?.remove(0).cos()])
                };
                let y = checkpoint(g, &[&x]).unwrap().remove(0);
                y.sum().backward();
                show.tensor(&y);
                show.number(n.load(Ordering::Relaxed));
                show.grad(x.grad());
            },
        ),
        Case::new(
            "several_inputs_and_results",
            python!(
                "a, b = torch.ones(2, requires_grad=True), torch.full((2,), 3.)\nu, v = checkpoint(lambda a, b: (a * b, a.sin()), a, b)\n(u * v).sum().backward()\nshow(u, v, a.grad, b.grad)"
            ),
            |show| {
                let (a, b) = (Tensor::ones(&[2]).requires_grad_(true), Tensor::full(&[2], 3.0));
                let outs = checkpoint(|x| Ok(vec![&x[0] * &x[1], x[0].sin()]), &[&a, &b]).unwrap();
                (&outs[0] * &outs[1]).sum().backward();
                show.tensors(&outs);
                show.grad(a.grad());
                show.grad(b.grad());
            },
        ),
        Case::new(
            "random_numbers_come_again",
            python!(
                "x = torch.ones(6, requires_grad=True)\ny = checkpoint(lambda x: F.dropout(x.exp(), 0.5), x)\nshow(y)\ntorch.rand(3)\ny.sum().backward()\nshow(x.grad, torch.rand(2))"
            ),
            |show| {
                let _fork = random::fork();
                random::manual_seed(0);
                let x = Tensor::ones(&[6]).requires_grad_(true);
                let y =
                    checkpoint(|x| Ok(vec![random::dropout(&x[0].exp(), 0.5, true, None)?]), &[&x]).unwrap().remove(0);
                show.tensor(&y);
                Tensor::rand(&[3]);
                y.sum().backward();
                show.grad(x.grad());
                show.tensor(&Tensor::rand(&[2]));
            },
        ),
        Case::new(
            "sequences_leave_the_last_segment_as_it_is",
            python!(
                "c = []\nfs = [lambda x, i=i: (c.append(i), x.sin())[1] for i in range(5)]\ny = cp.checkpoint_sequential(fs, 2, x, use_reentrant=False)\nshow(y, str(c))\ny.sum().backward()\nshow(x.grad, str(c))"
            ),
            |show| {
                let x = x();
                let calls: Arc<parking_lot::Mutex<Vec<usize>>> = Arc::default();
                let step = |i: usize| -> Step {
                    let calls = calls.clone();
                    Arc::new(move |x| {
                        calls.lock().push(i);
                        ops::sin(x)
                    })
                };
                let steps: Vec<Step> = (0..5).map(step).collect();
                let y = checkpoint_sequential(&steps, 2, &x).unwrap();
                show.tensor(&y);
                show.text(format!("{:?}", calls.lock()));
                y.sum().backward();
                show.grad(x.grad());
                show.text(format!("{:?}", calls.lock()));
            },
        ),
    ]
}

fn faults() -> Vec<Case> {
    vec![
        Case::new(
            "other_shapes_the_second_time",
            python!(
                "def f(x):\n    n[0] += 1\n    y = x.exp()\n    if n[0] == 2: y = torch.cat([y, y])\n    return y.sin().sum()\ny = checkpoint(f, x)\nwith raises():\n    y.backward()"
            ),
            |show| {
                let f = changing(
                    |x| x.exp().sin().sum(),
                    |x| {
                        let y = x.exp();
                        ops::cat(&[&y, &y], 0).unwrap().sin().sum()
                    },
                );
                let y = checkpoint(f, &[&x()]).unwrap().remove(0);
                show.error(y.backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "fewer_tensors_the_second_time",
            python!(
                "def f(x):\n    n[0] += 1\n    y = x.exp()\n    if n[0] == 1: y = y.sin()\n    return y.sin().sum()\ny = checkpoint(f, x)\nwith raises():\n    y.backward()"
            ),
            |show| {
                let f = changing(|x| x.exp().sin().sin().sum(), |x| x.exp().sin().sum());
                let y = checkpoint(f, &[&x()]).unwrap().remove(0);
                show.error(y.backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "more_tensors_the_second_time",
            python!(
                "def f(x):\n    n[0] += 1\n    y = x.exp()\n    if n[0] == 2: y = y.sin()\n    return y.sin().sum()\nwith cp.set_checkpoint_early_stop(False):\n    y = checkpoint(f, x)\nwith raises():\n    y.backward()"
            ),
            |show| {
                let f = changing(|x| x.exp().sin().sum(), |x| x.exp().sin().sin().sum());
                let options = CheckpointOptions { early_stop: false, ..CheckpointOptions::default() };
                let y = checkpoint_with(options, f, &[&x()]).unwrap().remove(0);
                show.error(y.backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "an_input_that_was_overwritten",
            python!(
                "z = x * 1\ny = checkpoint(f, z).sum()\nwith torch.no_grad():\n    z.add_(1)\nwith raises():\n    y.backward()"
            ),
            |show| {
                let (z, (f, _)) = (x() * 1.0, counting());
                let y = checkpoint(f, &[&z]).unwrap().remove(0).sum();
                no_grad(|| ops::add_(&z, 1.0)).unwrap();
                show.error(y.backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "an_error_the_second_time",
            python!(
                "def f(x):\n    n[0] += 1\n    if n[0] == 2: raise ValueError('mine')\n    return x.exp()\ny = checkpoint(f, x).sum()\nwith raises():\n    y.backward()\ny.backward()\nshow(x.grad)"
            ),
            |show| {
                let runs = AtomicUsize::new(0);
                let f = move |x: &[Tensor]| match runs.fetch_add(1, Ordering::Relaxed) {
                    1 => Err(wengert::Error::value("mine")),
                    _ => Ok(vec![x[0].exp()]),
                };
                let x = x();
                let y = checkpoint(f, &[&x]).unwrap().remove(0).sum();
                show.error(y.backward_with(None, Options::default()));
                y.backward();
                show.grad(x.grad());
            },
        ),
    ]
}
