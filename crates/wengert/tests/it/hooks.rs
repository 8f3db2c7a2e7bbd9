//! Hooks: their order, what they may replace, where they stay, how they end.

use std::sync::Arc;
use std::sync::Mutex;
use wengert::autograd::{self, GradMode, MultiGradMode, Options, enable_grad, register_multi_grad_hook};
use wengert::{DType, Error, Tensor, ops, tensor};

/// What hooks write down.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }
    fn grads(&self, name: &str, grads: &[Option<Tensor>]) {
        let all: Vec<String> = grads.iter().map(|g| g.as_ref().map_or("-".to_string(), list)).collect();
        self.add(format!("{name} {}", all.join(" ")));
    }
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

fn list(t: &Tensor) -> String {
    format!("{:?}", t.to_vec::<f32>())
}

fn leaf(values: &[f32]) -> Tensor {
    Tensor::from_slice(values, &[values.len()]).requires_grad_(true)
}

/// A hook that writes down the gradient under a name.
fn note(log: &Log, name: &'static str) -> impl Fn(&Tensor) -> Option<Tensor> + Send + Sync + 'static {
    let log = log.clone();
    move |g| {
        log.add(format!("{name} {}", list(g)));
        None
    }
}

#[test]
fn all_kinds_in_pytorchs_order() {
    let (log, x) = (Log::default(), leaf(&[1.0, 2.0]));
    let y = &x * 2.0;
    y.retain_grad();
    y.register_hook(note(&log, "y first"));
    y.register_hook(|g| Some(g * 10.0));
    y.register_hook(note(&log, "y third"));
    let node = y.grad_fn().unwrap();
    let (l, held) = (log.clone(), y.detach());
    let y_grad = {
        let y = y.clone();
        move || y.grad().map(|g| list(&g))
    };
    node.register_prehook(move |g| {
        l.grads(&format!("pre, retained {:?}, of {}:", y_grad(), list(&held)), g);
        None
    });
    let l = log.clone();
    node.register_hook(move |inputs, outputs| {
        l.grads("inputs", inputs);
        l.grads("outputs", outputs);
        None
    });
    x.register_hook(note(&log, "x"));
    let l = log.clone();
    x.register_post_accumulate_grad_hook(move |p| l.add(format!("accumulated {}", list(&p.grad().unwrap()))));
    let accumulate = node.next().flatten().next().unwrap().clone();
    let l = log.clone();
    accumulate.register_prehook(move |g| {
        l.grads("leaf pre", g);
        None
    });
    let l = log.clone();
    accumulate.register_hook(move |inputs, outputs| {
        assert!(inputs.is_empty());
        l.grads("leaf post", outputs);
        None
    });
    y.sum().backward();
    assert_eq!(
        log.take(),
        [
            "y first [1.0, 1.0]",
            "y third [10.0, 10.0]",
            "pre, retained Some(\"[10.0, 10.0]\"), of [2.0, 4.0]: [10.0, 10.0]",
            "inputs [20.0, 20.0] -",
            "outputs [10.0, 10.0]",
            "x [20.0, 20.0]",
            "leaf pre [20.0, 20.0]",
            "accumulated [20.0, 20.0]",
            "leaf post [20.0, 20.0]",
        ]
    );
}

#[test]
fn a_handle_removes_and_dropping_it_does_not() {
    let x = leaf(&[1.0]);
    let twice = x.register_hook(|g| Some(g * 2.0));
    drop(x.register_hook(|g| Some(g * 3.0)));
    x.sum().backward();
    assert_eq!(x.grad().unwrap().item(), 6.0);
    twice.remove();
    twice.clone().remove();
    x.zero_grad();
    x.sum().backward();
    assert_eq!(x.grad().unwrap().item(), 3.0);
    // The node is gone.
    let y = &x * 2.0;
    let handle = y.register_hook(|_| None);
    drop(y);
    handle.remove();
    assert_eq!(format!("{handle:?}"), "HookHandle([1])");
}

#[test]
fn a_hook_may_remove_itself_and_add_others() {
    let (log, x) = (Log::default(), leaf(&[1.0]));
    let slot: Arc<Mutex<Option<autograd::HookHandle>>> = Arc::default();
    let (own, l, leaf) = (slot.clone(), log.clone(), x.clone());
    *slot.lock().unwrap() = Some(x.register_hook(move |_| {
        l.add("once");
        own.lock().unwrap().as_ref().unwrap().remove();
        leaf.register_hook(note(&l, "added"));
        None
    }));
    x.sum().backward();
    x.sum().backward();
    assert_eq!(log.take(), ["once", "added [1.0]"]);
}

#[test]
fn a_write_in_place_leaves_hooks_behind_and_takes_retain_grad_along() {
    let (log, x) = (Log::default(), leaf(&[1.0, 2.0]));
    let y = &x * 2.0;
    y.register_hook(note(&log, "old"));
    y.retain_grad();
    ops::mul_(&y, 3.0).unwrap();
    y.register_hook(note(&log, "new"));
    y.sum().backward();
    assert_eq!(log.take(), ["new [1.0, 1.0]", "old [3.0, 3.0]"]);
    assert_eq!(list(&y.grad().unwrap()), "[1.0, 1.0]");
    assert!(y.retains_grad() && !x.retains_grad());
}

#[test]
fn retained_gradients_add_up() {
    let x = leaf(&[1.0, 2.0]);
    let y = &x * 2.0;
    y.retain_grad();
    y.register_hook(|g| Some(g * 2.0));
    let z = y.sum();
    for expected in ["[2.0, 2.0]", "[4.0, 4.0]"] {
        z.backward_with(None, Options::retain_graph()).unwrap();
        assert_eq!(list(&y.grad().unwrap()), expected);
    }
}

#[test]
fn hooks_where_gradients_are_captured() {
    let (log, x) = (Log::default(), leaf(&[1.0, 2.0]));
    let y = &x * &x;
    let z = (&y * 2.0).sum();
    let l = log.clone();
    y.register_hook(move |g| {
        l.add("y");
        Some(g * 10.0)
    });
    let l = log.clone();
    x.register_hook(move |g| {
        l.add("x");
        Some(g * 100.0)
    });
    let l = log.clone();
    y.grad_fn().unwrap().register_prehook(move |_| {
        l.add("node");
        None
    });
    let l = log.clone();
    x.register_post_accumulate_grad_hook(move |_| l.add("accumulated"));
    let grads = |of: &[&Tensor]| {
        let grads = autograd::grad_with(&[&z], of, None, Options::retain_graph()).unwrap();
        grads.iter().map(|g| list(g.as_ref().unwrap())).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(grads(&[&y]), "[20.0, 20.0]");
    assert_eq!(log.take(), ["y"]);
    assert_eq!(grads(&[&x, &x]), "[4000.0, 8000.0] [4000.0, 8000.0]");
    assert_eq!(log.take(), ["y", "node", "x"]);
    // PyTorch hands out what had arrived at y if its node runs, too.
    assert_eq!(grads(&[&y, &x]), "[2.0, 2.0] [4000.0, 8000.0]");
    assert!(x.grad().is_none());
    log.take();
    autograd::backward_with(&[&z], None, Options::default(), Some(&[&x])).unwrap();
    assert_eq!(log.take(), ["y", "node", "x", "accumulated"]);
}

#[test]
fn what_hooks_must_not_return() {
    type Grads = Vec<Option<Tensor>>;
    let message = |register: &dyn Fn(&Tensor)| {
        let y = leaf(&[1.0, 2.0]) * 2.0;
        register(&y);
        let e = y.sum().backward_with(None, Options::default()).unwrap_err();
        assert!(e.to_string().contains("tests/it/hooks.rs"), "{e}");
        e
    };
    let node = |hook: fn() -> Grads| {
        message(&|y| {
            y.grad_fn().unwrap().register_hook(move |_, _| Some(hook()));
        })
    };
    let size = message(&|y| drop(y.register_hook(|_| Some(Tensor::ones(&[3])))));
    assert_eq!(size.message(), "hook '<lambda>' has changed the size of value");
    assert!(size.to_string().contains("the gradient has shape [2], the hook gave [3]"), "{size}");
    assert!(size.to_string().contains("the hook of MulBackward0, made at"), "{size}");
    let dtype = message(&|y| drop(y.register_hook(|g| Some(g.to_dtype(DType::F64)))));
    let text = "hook '<lambda>' has changed the type of value (was torch.FloatTensor got torch.DoubleTensor)";
    assert_eq!(dtype.message(), text);
    let before = message(&|y| drop(y.grad_fn().unwrap().register_prehook(|_| Some(vec![]))));
    let text = "hook '<lambda>' has returned an incorrect number of values (got 0, but expected 1)";
    assert_eq!(before.message(), text);
    let after = node(|| vec![Some(Tensor::ones(&[2]))]);
    let text = "hook '<lambda>' has returned an incorrect number of values (got 1, but expected 2)";
    assert_eq!(after.message(), text);
    let after = node(|| vec![Some(Tensor::ones(&[3])), None]);
    assert_eq!(after.message(), "hook '<lambda>' has changed the size of value");
    let after = node(|| vec![Some(Tensor::ones(&[2])), Some(Tensor::ones(&[2]))]);
    assert_eq!(after.message(), "can't replace a None gradient with a non-None value");
}

#[test]
fn where_hooks_cannot_be_registered() {
    let constant = tensor!([1.0]);
    let e = constant.try_register_hook(|_| Ok(None)).unwrap_err();
    assert_eq!(e.message(), "cannot register a hook on a tensor that doesn't require gradient");
    let e = constant.try_register_post_accumulate_grad_hook(|_| Ok(())).unwrap_err();
    assert_eq!(e.message(), "cannot register a hook on a tensor that doesn't require gradient");
    let e = (leaf(&[1.0]) * 2.0).try_register_post_accumulate_grad_hook(|_| Ok(())).unwrap_err();
    assert_eq!(e.message(), "post accumulate grad hooks cannot be registered on non-leaf tensors");
    let e = register_multi_grad_hook(&[&leaf(&[1.0]), &constant], MultiGradMode::All, |_| Ok(())).unwrap_err();
    assert_eq!(e.message(), "Expected gradient function to be set");
}

#[test]
fn one_hook_for_many_tensors() {
    let (log, x) = (Log::default(), leaf(&[1.0, 2.0]));
    let (y, z) = (&x * &x, &x * 3.0);
    let all = {
        let log = log.clone();
        register_multi_grad_hook(&[&y, &z, &x], MultiGradMode::All, move |g| {
            log.grads("all", g);
            Ok(())
        })
    };
    let any = {
        let log = log.clone();
        register_multi_grad_hook(&[&y, &z, &x], MultiGradMode::Any, move |g| {
            log.grads("any", g);
            Ok(())
        })
    };
    y.sum().backward();
    assert_eq!(log.take(), ["any [1.0, 1.0] - -", "all [1.0, 1.0] - [2.0, 4.0]"]);
    (&x * &x + &z).sum().backward();
    assert_eq!(log.take(), ["any - [1.0, 1.0] -", "all - [1.0, 1.0] [5.0, 7.0]"]);
    autograd::grad_with(&[&(&x * 2.0).sum()], &[&x], None, Options::default()).unwrap();
    assert_eq!(log.take(), ["all - - [2.0, 2.0]", "any - - [2.0, 2.0]"]);
    all.unwrap().remove();
    any.unwrap().remove();
    x.sum().backward();
    assert!(log.take().is_empty());
}

#[test]
fn a_failing_hook_leaves_the_graph_usable() {
    let (x, fail) = (leaf(&[1.0, 2.0]), Arc::new(Mutex::new(true)));
    let y = &x * &x;
    let switch = fail.clone();
    y.try_register_hook(move |_| match *switch.lock().unwrap() {
        true => Err(Error::value("not today").hint("come back tomorrow")),
        false => Ok(None),
    })
    .unwrap();
    let z = y.sum();
    let e = z.backward_with(None, Options::retain_graph()).unwrap_err();
    assert_eq!((e.kind(), e.message()), (wengert::error::Kind::Value, "not today"));
    assert!(e.to_string().contains("the hook of MulBackward0, made at crates/wengert/tests/it/hooks.rs"), "{e}");
    assert!(x.grad().is_none() && autograd::is_grad_enabled());
    *fail.lock().unwrap() = false;
    z.backward();
    assert_eq!(list(&x.grad().unwrap()), "[2.0, 4.0]");
}

#[test]
fn a_panicking_hook_leaves_locks_free() {
    let x = leaf(&[1.0]);
    let z = (&x * 3.0).sum();
    let panics = x.register_hook(|_| panic!("on purpose"));
    let result = std::panic::catch_unwind(|| z.backward_with(None, Options::retain_graph()));
    assert_eq!(result.unwrap_err().downcast_ref::<&str>(), Some(&"on purpose"));
    assert!(autograd::is_grad_enabled());
    panics.remove();
    let accumulated = x.register_post_accumulate_grad_hook(|_| panic!("on purpose"));
    std::panic::catch_unwind(|| z.backward_with(None, Options::retain_graph())).unwrap_err();
    accumulated.remove();
    z.backward();
    assert_eq!(x.grad().unwrap().item(), 6.0);
}

#[test]
fn hooks_run_in_the_grad_mode_of_the_backward_pass() {
    let (log, x) = (Log::default(), leaf(&[2.0]));
    let l = log.clone();
    x.register_hook(move |g| {
        l.add(format!("{}", autograd::is_grad_enabled()));
        Some(g * g)
    });
    (&x * &x).backward();
    x.zero_grad();
    (&x * &x).backward_with(None, Options::create_graph()).unwrap();
    assert_eq!(log.take(), ["false", "true"]);
    // The gradient (2x)^2 was recorded: its derivative is 8x.
    let grad = x.grad().unwrap();
    assert_eq!(grad.item(), 16.0);
    x.zero_grad();
    let _mode = GradMode::set(true);
    assert_eq!(autograd::grad(&[&grad], &[&x.clone()])[0].item(), 16.0 * 16.0);
}

#[test]
fn hooks_run_backward_themselves_to_any_depth() {
    fn descend(level: usize, log: &Log) {
        let x = leaf(&[1.0]);
        let y = &x * (level as f64);
        let below = log.clone();
        y.register_hook(move |_| {
            if level > 1 {
                enable_grad(|| descend(level - 1, &below));
            }
            None
        });
        y.backward();
        assert_eq!(x.grad().unwrap().item(), level as f64);
        log.add(level.to_string());
    }
    let log = Log::default();
    let inside = log.clone();
    let run = move || descend(1000, &inside);
    std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
    let levels = log.take();
    assert_eq!((levels.len(), levels[0].as_str(), levels[999].as_str()), (1000, "1", "1000"));
}

#[test]
fn a_million_nodes_with_hooks_on_a_small_stack() {
    let run = || {
        let count = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let x = leaf(&[1.0]);
        let mut y = &x * 1.0;
        for _ in 0..1_000_000 {
            let seen = count.clone();
            y.register_hook(move |_| {
                seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                None
            });
            y = &y + 1.0;
        }
        y.backward();
        assert_eq!(count.load(std::sync::atomic::Ordering::Relaxed), 1_000_000);
        assert_eq!(x.grad().unwrap().item(), 1.0);
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
}

#[test]
fn hooks_that_own_graphs_are_dropped_in_a_loop() {
    let run = || {
        let mut last = leaf(&[1.0]) * 2.0;
        for _ in 0..100_000 {
            let next = leaf(&[1.0]) * 2.0;
            next.register_hook(move |_| {
                let _ = &last;
                None
            });
            last = next;
        }
        drop(last);
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
}

#[test]
fn nodes_keep_metadata() {
    let x = leaf(&[1.0]);
    let node = (&x * 2.0).grad_fn().unwrap();
    assert!(node.metadata("step").is_none());
    node.set_metadata("step", 7usize);
    node.set_metadata("name", "layer 1".to_string());
    node.set_metadata("step", 8usize);
    assert_eq!(node.metadata("step").unwrap().downcast_ref(), Some(&8usize));
    assert_eq!(node.metadata("name").unwrap().downcast_ref(), Some(&"layer 1".to_string()));
    assert!((&x * 2.0).grad_fn().unwrap().metadata("step").is_none());
}
