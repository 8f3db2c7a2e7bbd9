//! What all of it is for: go against the gradient. A line through the origin is fitted to three points; the slope is 2.

use wengert::{no_grad, tensor};

pub fn run() {
    let x = tensor!([1.0, 2.0, 3.0]);
    let y = tensor!([2.0, 4.0, 6.0]);
    let w = tensor!(1.0).requires_grad_(true);
    for epoch in 0..20 {
        let loss = (&x * &w - &y).pow(2.0).mean();
        loss.backward();
        no_grad(|| w.sub_(&(0.05 * w.grad().unwrap())));
        w.zero_grad();
        if epoch % 5 == 0 {
            println!("epoch {epoch:2}: loss {:.6}, w {:.4}", loss.item(), w.item());
        }
    }
    println!("{w}");
}
