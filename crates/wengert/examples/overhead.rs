use wengert::{no_grad, tensor};
fn main() {
    let which = std::env::args().nth(1).unwrap();
    let x = tensor!([1.5]).requires_grad_(true);
    let n: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    match which.as_str() {
        "rec" => {
            for _ in 0..n {
                std::hint::black_box(&x * &x);
            }
        }
        "norec" => no_grad(|| {
            for _ in 0..n {
                std::hint::black_box(&x * &x);
            }
        }),
        "scalar" => {
            for _ in 0..n {
                std::hint::black_box(&x * 2.0);
            }
        }
        "build" => {
            let mut y = &x + 0.0;
            for _ in 0..n {
                y = &y + &x;
            }
            std::mem::forget(y);
        }
        "chain" => {
            let mut y = &x + 0.0;
            for _ in 0..n {
                y = &y + &x;
            }
            y.backward();
        }
        _ => {}
    }
}
