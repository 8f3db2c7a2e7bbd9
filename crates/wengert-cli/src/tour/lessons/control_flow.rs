//! The graph is what was computed, whichever way the program went: loops and branches need no rule of their own. Here f is a
//! chain of doublings, so its derivative is f(a)/a.

use wengert::{Tensor, tensor};

pub fn run() {
    fn f(a: &Tensor) -> Tensor {
        let mut b = a * 2.0;
        while b.norm().item() < 1000.0 {
            b = b * 2.0;
        }
        if b.sum().item() > 0.0 { b } else { 100.0 * b }
    }

    let a = tensor!(0.5429).requires_grad_(true);
    let d = f(&a);
    d.backward();
    println!("{a}");
    println!("{d}");
    println!("{}", a.grad().unwrap());
    println!("{}", &d / &a);
    println!("{}", a.grad().unwrap().eq(&(d / &a)));
}
