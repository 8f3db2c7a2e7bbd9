//! Hooks for saved tensors.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use wengert::autograd::{self, Options, SavedTensorsHooks, disable_saved_tensors_hooks, saved_tensors_hooks};
use wengert::{Error, Tensor, ops, tensor};

fn identity() -> SavedTensorsHooks {
    SavedTensorsHooks::new(|t: &Tensor| Ok(t.clone()), |t| Ok(t.clone()))
}

/// Counts what is packed and unpacked.
fn counting() -> (SavedTensorsHooks, Arc<[AtomicUsize; 2]>) {
    let counts = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let (a, b) = (counts.clone(), counts.clone());
    let hooks = SavedTensorsHooks::new(
        move |t: &Tensor| {
            a[0].fetch_add(1, Ordering::Relaxed);
            Ok(t.detach())
        },
        move |t| {
            b[1].fetch_add(1, Ordering::Relaxed);
            Ok(t.clone())
        },
    );
    (hooks, counts)
}

fn values(counts: &[AtomicUsize; 2]) -> (usize, usize) {
    (counts[0].load(Ordering::Relaxed), counts[1].load(Ordering::Relaxed))
}

#[test]
fn inputs_and_outputs_are_packed_and_numbers_are_not() {
    let x = tensor!([1.0, 2.0]).requires_grad_(true);
    let w = tensor!([3.0, 4.0]).requires_grad_(true);
    let (hooks, counts) = counting();
    let y = saved_tensors_hooks(&hooks, || (&x * &w).exp() * 2.0).unwrap();
    // Two inputs of mul, the output of exp.
    assert_eq!(values(&counts), (3, 0));
    let outside = &y * &x;
    assert_eq!(values(&counts), (3, 0));
    outside.sum().backward_with(None, Options::retain_graph()).unwrap();
    assert_eq!(values(&counts), (3, 3));
    let first = x.grad().unwrap().to_vec::<f64>();
    x.zero_grad();
    outside.sum().backward();
    assert_eq!(values(&counts), (3, 6));
    assert_eq!(x.grad().unwrap().to_vec::<f64>(), first);
    let e = y.sum().backward_with(None, Options::default()).unwrap_err();
    assert!(e.message().starts_with("Trying to backward through the graph a second time"), "{e}");
}

#[test]
fn only_what_is_asked_for_is_unpacked() {
    let x = tensor!([1.0, 2.0]).requires_grad_(true);
    let w = tensor!([3.0, 4.0]).requires_grad_(true);
    let (hooks, counts) = counting();
    let y = saved_tensors_hooks(&hooks, || &x * &w).unwrap();
    let g = autograd::grad(&[&y.sum()], &[&x]);
    assert_eq!(g[0].to_vec::<f32>(), [3.0, 4.0]);
    assert_eq!(values(&counts), (2, 1));
}

#[test]
fn the_innermost_pair_counts_and_goes_away() {
    let x = tensor!([1.0, 2.0]).requires_grad_(true);
    let ((outer, a), (inner, b)) = (counting(), counting());
    saved_tensors_hooks(&outer, || {
        _ = x.exp();
        saved_tensors_hooks(&inner, || x.exp()).unwrap();
        let unwound = std::panic::catch_unwind(|| saved_tensors_hooks(&identity(), || panic!("inside")));
        assert!(unwound.is_err());
        _ = x.exp();
    })
    .unwrap();
    _ = x.exp();
    assert_eq!((values(&a), values(&b)), ((2, 0), (1, 0)));
}

#[test]
fn second_derivatives_pass_through_hooks() {
    let x = tensor!([0.5, 2.0]).requires_grad_(true);
    let run = |hooks: Option<&SavedTensorsHooks>| {
        let f = || {
            let y = (x.exp() * &x).sum();
            let g = autograd::grad_with(&[&y], &[&x], None, Options::create_graph()).unwrap().remove(0).unwrap();
            autograd::grad(&[&g.sum()], &[&x]).remove(0).to_vec::<f64>()
        };
        match hooks {
            Some(h) => saved_tensors_hooks(h, f).unwrap(),
            None => f(),
        }
    };
    assert_eq!(run(Some(&identity())), run(None));
    assert_eq!(run(Some(&SavedTensorsHooks::on_disk().unwrap())), run(None));
}

#[test]
fn files_hold_what_is_saved_and_go_away() {
    let folder = std::env::temp_dir().join(format!("wengert-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let files = || {
        let inner = std::fs::read_dir(&folder).unwrap().next();
        inner.map_or(0, |f| std::fs::read_dir(f.unwrap().path()).unwrap().count())
    };
    let x = Tensor::randn(&[50, 3]).requires_grad_(true);
    let hooks = SavedTensorsHooks::on_disk_in(&folder).unwrap();
    let y = saved_tensors_hooks(&hooks, || (x.exp() * x.select(1, 0).unsqueeze(1)).sum()).unwrap();
    drop(hooks);
    assert_eq!(files(), 3);
    y.backward();
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    let expected = (x.exp() * x.select(1, 0).unsqueeze(1)).sum();
    assert_eq!(x.grad().unwrap().to_vec::<f32>(), autograd::grad(&[&expected], &[&x])[0].to_vec::<f32>());
    std::fs::remove_dir(&folder).unwrap();
    assert!(SavedTensorsHooks::on_disk_in(&folder).unwrap_err().message().starts_with("cannot make the folder"));
}

#[test]
fn bf16_halves_the_memory_and_rounds_the_gradient() {
    let x = tensor!([1.001, 3.0]).requires_grad_(true);
    let y = saved_tensors_hooks(&SavedTensorsHooks::in_bf16(), || &x * &x).unwrap();
    y.sum().backward();
    assert_eq!(x.grad().unwrap().to_vec::<f32>(), [2.0, 6.0]);
}

#[test]
fn a_chain_of_packed_graphs_is_dropped_on_a_small_stack() {
    let run = || {
        let x = tensor!([1.0]).requires_grad_(true);
        let mut y = &x * 1.0;
        for _ in 0..100_000 {
            y = saved_tensors_hooks(&identity(), || &y * &x).unwrap();
        }
        drop(y);
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
}

#[test]
fn saved_tensors_of_a_node() {
    let x = tensor!([1.0, 2.0]).requires_grad_(true);
    let y = &x * 2.0;
    let z = &y * &x;
    let saved = z.grad_fn().unwrap().saved_tensors();
    assert_eq!(saved.iter().map(|s| s.name()).collect::<Vec<_>>(), ["self", "other"]);
    assert_eq!((saved[0].shape(), saved[0].dtype().to_string()), (&[2][..], "torch.float32".to_string()));
    assert!(saved[1].get().unwrap().is_same(&x));
    assert_eq!(saved[0].get().unwrap().grad_fn().unwrap().name(), "MulBackward0");
    // The number 2 is no saved tensor, and neither is anything of an addition.
    assert_eq!(y.grad_fn().unwrap().saved_tensors().len(), 0);
    let (hooks, counts) = counting();
    saved[0].register_hooks(&hooks).unwrap();
    let e = saved[0].register_hooks(&hooks).unwrap_err();
    assert!(e.message().starts_with("Calling register_hooks on a saved tensor whose hooks have already been set."));
    z.sum().backward();
    assert_eq!(values(&counts), (1, 1));
    assert_eq!(x.grad().unwrap().to_vec::<f32>(), [4.0, 8.0]);
    let e = saved[1].register_hooks(&hooks).unwrap_err();
    assert!(e.message().starts_with("Calling register_hooks on a saved tensor after it has been freed."), "{e}");
    assert!(saved[1].get().unwrap_err().message().starts_with("Trying to backward through the graph a second time"));
}

#[test]
fn hooks_that_fail() {
    let x = tensor!([1.0, 2.0]).requires_grad_(true);
    let writes = SavedTensorsHooks::new(|t: &Tensor| ops::add_(t, 1.0).map(|_| t.clone()), |t| Ok(t.clone()));
    let e = saved_tensors_hooks(&writes, || ops::exp(&x)).unwrap().unwrap_err();
    assert!(e.message().starts_with("A saved tensor pack hook is modifying its input in place."), "{e}");
    assert!(e.to_string().contains("tests/it/saved.rs"), "{e}");
    let refuses = SavedTensorsHooks::new(|_| Err::<(), _>(Error::runtime("mine")), |_| unreachable!());
    assert_eq!(saved_tensors_hooks(&refuses, || ops::exp(&x)).unwrap().unwrap_err().message(), "mine");
    let reshapes = SavedTensorsHooks::new(|_| Ok(()), |_| Ok(Tensor::ones(&[3])));
    let y = saved_tensors_hooks(&reshapes, || x.exp()).unwrap();
    let e = y.sum().backward_with(None, Options::default()).unwrap_err();
    assert_eq!(e.message(), "a saved tensor unpack hook returned a tensor of shape [3] for one of shape [2]");

    // A graph whose hook failed once is still whole.
    let first = AtomicUsize::new(0);
    let unpack = move |t: &Tensor| match first.fetch_add(1, Ordering::Relaxed) {
        0 => Err(Error::runtime("not now")),
        1 => panic!("nor now"),
        _ => Ok(t.clone()),
    };
    let y = saved_tensors_hooks(&SavedTensorsHooks::new(|t: &Tensor| Ok(t.detach()), unpack), || x.exp()).unwrap();
    assert_eq!(y.sum().backward_with(None, Options::default()).unwrap_err().message(), "not now");
    assert!(std::panic::catch_unwind(|| y.sum().backward()).is_err());
    x.zero_grad();
    y.sum().backward();
    assert_eq!(x.grad().unwrap().to_vec::<f32>(), y.to_vec::<f32>());
}

#[test]
fn disabled_hooks_are_an_error() {
    let inside = disable_saved_tensors_hooks("not here", || saved_tensors_hooks(&identity(), || ())).unwrap();
    assert_eq!(inside.unwrap_err().message(), "not here");
    let around = saved_tensors_hooks(&identity(), || disable_saved_tensors_hooks("not there", || ())).unwrap();
    assert_eq!(around.unwrap_err().message(), "not there");
    saved_tensors_hooks(&identity(), || ()).unwrap();
}
