//! With create_graph the backward pass is itself recorded, so that its result can be differentiated again: any number of times.
//! (x.grad.grad is not a second derivative: it is the gradient of a gradient that nobody asked for, None.)

use wengert::autograd::{self, Options};
use wengert::tensor;

pub fn run() {
    let x = tensor!([2.0]).requires_grad_(true);
    let y = tensor!([1.0]).requires_grad_(true);
    let z = 3.0 * x.pow(2.0) + 2.0 * &x * &y + y.pow(2.0);

    let first = autograd::grad_with(&[&z], &[&x, &y], None, Options::create_graph()).unwrap();
    let (dx, dy) = (first[0].as_ref().unwrap(), first[1].as_ref().unwrap());
    println!("{dx} {dy}");

    let keep = Options::retain_graph();
    for d in [dx, dy] {
        let second = autograd::grad_with(&[d], &[&x, &y], None, keep).unwrap();
        println!("{} {}", second[0].as_ref().unwrap(), second[1].as_ref().unwrap());
    }
}
