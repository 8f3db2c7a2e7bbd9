use std::time::Instant;
use wengert::{Tensor, no_grad, ops, tensor};
fn time(name: &str, n: usize, mut f: impl FnMut()) {
    let mut best = f64::MAX;
    for _ in 0..7 {
        let t = Instant::now();
        f();
        best = best.min(t.elapsed().as_nanos() as f64 / n as f64);
    }
    println!("{name:32} {best:8.1} ns");
}
fn main() {
    let x = tensor!([1.5]).requires_grad_(true);
    let n = 10000;
    time("x*x recorded", n, || {
        for _ in 0..n {
            std::hint::black_box(&x * &x);
        }
    });
    time("x*x no_grad", n, || {
        no_grad(|| {
            for _ in 0..n {
                std::hint::black_box(&x * &x);
            }
        })
    });
    time("x*2 recorded", n, || {
        for _ in 0..n {
            std::hint::black_box(&x * 2.0);
        }
    });
    let m = 100_000;
    time("chain build", m, || {
        let mut y = &x + 0.0;
        for _ in 0..m {
            y = &y + &x;
        }
        std::mem::forget(y);
    });
    time("chain all", m, || {
        let mut y = &x + 0.0;
        for _ in 0..m {
            y = &y + &x;
        }
        y.backward();
        x.zero_grad();
    });
    time("chain mul build+drop", m, || {
        let mut y = &x * 1.0;
        for _ in 0..m {
            y = &y * 1.0;
        }
        drop(y);
    });
    time("chain mul all", m, || {
        let mut y = &x * 1.0;
        for _ in 0..m {
            y = &y * 1.0;
        }
        y.backward();
        x.zero_grad();
    });
    let a = Tensor::full(&[1_000_000], 1.5).requires_grad_(true);
    time("1M mul fwd", 1, || {
        std::hint::black_box(&a * &a);
    });
    time("1M mul fwd+bwd", 1, || {
        let y = &a * &a;
        y.backward_with(Some(&a.detach()), Default::default()).unwrap();
        a.zero_grad();
    });
    let _ = ops::sum(&x);
}
