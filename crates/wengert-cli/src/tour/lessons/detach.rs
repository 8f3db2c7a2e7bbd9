//! detach gives the same numbers without their history: to the graph they are constants. The original keeps its own.

use wengert::{DType, Tensor};

pub fn run() {
    let x = Tensor::arange(4).to_dtype(DType::F32).requires_grad_(true);
    let y = &x * &x;
    let u = y.detach();
    println!("{u}");

    let z = &u * &x;
    z.sum().backward();
    println!("{}", x.grad().unwrap());
    println!("{}", x.grad().unwrap().eq(&u));

    x.zero_grad();
    y.sum().backward();
    println!("{}", x.grad().unwrap());
}
