use std::time::Instant;
use wengert::{DType, Generator, Tensor, deferral, no_grad};
fn med(mut f: impl FnMut(), n: usize) -> f64 {
    f();
    let mut v: Vec<f64> = (0..n)
        .map(|_| {
            let t = Instant::now();
            f();
            t.elapsed().as_nanos() as f64
        })
        .collect();
    v.sort_by(f64::total_cmp);
    v[n / 2]
}
fn main() {
    wengert::set_num_threads(std::env::args().nth(1).map_or(1, |s| s.parse().unwrap()));
    let x = wengert::tensor!([1.5]).requires_grad_(true);
    let z = wengert::tensor!([1.5]);
    println!(
        "recorded {:.0} ns",
        med(
            || for _ in 0..1000 {
                std::hint::black_box(&x * &x);
            },
            50
        ) / 1000.0
    );
    println!(
        "unrecorded {:.0} ns",
        med(
            || no_grad(|| for _ in 0..1000 {
                std::hint::black_box(&z * &z);
            }),
            50
        ) / 1000.0
    );
    println!(
        "unrecorded *2 {:.0} ns",
        med(
            || no_grad(|| for _ in 0..1000 {
                std::hint::black_box(&z * 2.0);
            }),
            50
        ) / 1000.0
    );
    for n in [10_000, 30_000, 100_000, 1_000_000, 10_000_000] {
        let x = Tensor::randn_of(&[n], DType::F32, &Generator::new(0)).requires_grad_(true);
        let step = || {
            x.zero_grad();
            let y = (&x * x.sin() + (-(&x * &x)).exp()).sum();
            y.backward();
            x.grad().unwrap().array().view();
        };
        let reps = (40_000_000 / n).clamp(5, 200);
        let before = deferral::passes();
        {
            let _g = deferral::Guard::from(1);
            step();
        }
        let p = deferral::passes() - before;
        let a = med(
            || {
                let _g = deferral::Guard::from(1);
                step()
            },
            reps,
        );
        let b = med(|| deferral::immediately(step), reps);
        let f = med(
            || {
                let _g = deferral::Guard::from(1);
                no_grad(|| (&x * x.sin() + (-(&x * &x)).exp()).sum());
            },
            reps,
        );
        println!(
            "elementwise {n}: deferred {:.1} us immediate {:.1} us forward {:.1} {p:?}",
            a / 1e3,
            b / 1e3,
            f / 1e3
        );
    }
    let n = 10_000_000;
    let (a, b) = (
        Tensor::randn_of(&[n], DType::F32, &Generator::new(0)),
        Tensor::randn_of(&[n], DType::F32, &Generator::new(0)),
    );
    println!(
        "add {:.1} ms",
        med(
            || {
                (&a + &b).array().view();
            },
            20
        ) / 1e6
    );
}
