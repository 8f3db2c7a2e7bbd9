//! Several threads, the same leaves and graphs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use wengert::autograd::{self, Options};
use wengert::{Tensor, tensor};

const THREADS: usize = 8;
const RUNS: usize = 1000;

fn in_threads(f: impl Fn(usize) + Sync) {
    std::thread::scope(|s| {
        let threads: Vec<_> = (0..THREADS)
            .map(|i| {
                s.spawn({
                    let f = &f;
                    move || f(i)
                })
            })
            .collect();
        threads.into_iter().for_each(|t| t.join().unwrap());
    });
}

/// The leaf's gradient after many backwards of many threads: every summand is a small integer, so that the sum is exact.
#[test]
fn nothing_is_lost_on_shared_leaves() {
    // One element, some, and enough to be deferred and added in place.
    for n in [1, 100, 40_000] {
        let runs = if n > 1000 { 50 } else { RUNS };
        let (a, b) = (Tensor::ones(&[n]).requires_grad_(true), Tensor::ones(&[n]).requires_grad_(true));
        let calls = Arc::new(AtomicUsize::new(0));
        let seen = calls.clone();
        a.register_post_accumulate_grad_hook(move |_| {
            seen.fetch_add(1, Ordering::Relaxed);
        });
        in_threads(|i| {
            for _ in 0..runs {
                (&a * &b * ((i + 1) as f64)).sum().backward();
            }
        });
        let sum = (runs * THREADS * (THREADS + 1) / 2) as f32;
        assert_eq!(a.grad().unwrap().to_vec::<f32>(), vec![sum; n]);
        assert_eq!(b.grad().unwrap().to_vec::<f32>(), vec![sum; n]);
        assert_eq!(calls.load(Ordering::Relaxed), THREADS * runs);
    }
}

#[test]
fn nothing_is_lost_while_gradients_are_recorded() {
    let x = tensor!([2.0]).requires_grad_(true);
    in_threads(|_| {
        for _ in 0..100 {
            (&x * &x).backward_with(None, Options::create_graph()).unwrap();
        }
    });
    let grad = x.grad().unwrap();
    assert_eq!(grad.item(), (THREADS * 100 * 4) as f64);
    x.zero_grad();
    assert_eq!(autograd::grad(&[&grad], &[&x])[0].item(), (THREADS * 100 * 2) as f64);
}

#[test]
fn one_graph_in_many_threads() {
    let x = tensor!([2.0, 3.0]).requires_grad_(true);
    let y = &x * &x;
    y.retain_grad();
    let z = (&y * &y).sum();
    in_threads(|_| {
        for _ in 0..RUNS {
            z.backward_with(None, Options::retain_graph()).unwrap();
        }
    });
    let n = (THREADS * RUNS) as f32;
    assert_eq!(y.grad().unwrap().to_vec::<f32>(), [8.0 * n, 18.0 * n]);
    assert_eq!(x.grad().unwrap().to_vec::<f32>(), [32.0 * n, 108.0 * n]);
}

/// Without `retain_graph` one thread gets through each node; the others are told, and nothing breaks.
#[test]
fn one_graph_is_freed_once() {
    for _ in 0..50 {
        let x = tensor!([2.0]).requires_grad_(true);
        let y = &x * &x;
        let through = AtomicUsize::new(0);
        in_threads(|_| match y.backward_with(None, Options::default()) {
            Ok(()) => {
                through.fetch_add(1, Ordering::Relaxed);
            }
            Err(e) => assert!(e.message().starts_with("Trying to backward through the graph a second time"), "{e}"),
        });
        assert_eq!(through.load(Ordering::Relaxed), 1);
        assert_eq!(x.grad().unwrap().item(), 4.0);
    }
}
