//! Tensors can be changed in place, and the change is part of the graph. But what backward will read must not be overwritten: each
//! tensor counts its changes, and backward compares. And a leaf is changed outside the graph only.

use wengert::autograd::Options;
use wengert::{no_grad, ops, tensor};

pub fn run() {
    let x = tensor!([1.0, 2.0]).requires_grad_(true);
    let y = &x * 3.0;
    let z = y.pow(2.0);
    y.mul_(10.0);
    println!("{y}");
    let error = z.sum().backward_with(None, Options::default()).unwrap_err();
    println!("{}", error.message());

    let error = ops::add_(&x, 1.0).unwrap_err();
    println!("{}", error.message());
    no_grad(|| x.add_(1.0));
    println!("{x}");
}
