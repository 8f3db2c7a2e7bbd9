//! Gradients add up in .grad, so that a large batch can be computed in parts. Between two independent steps, clear them.

use wengert::{DType, Tensor};

pub fn run() {
    let x = Tensor::arange(4).to_dtype(DType::F32).requires_grad_(true);
    let y = 2.0 * x.dot(&x);
    println!("{y}");
    y.backward();
    println!("{}", x.grad().unwrap());
    println!("{}", x.grad().unwrap().eq(&(4.0 * &x)));

    x.sum().backward();
    println!("{}", x.grad().unwrap());

    x.zero_grad();
    x.sum().backward();
    println!("{}", x.grad().unwrap());
}
