//! For a result with several elements, backward takes a vector: one weight for each element. What arrives at the leaf is the
//! vector-Jacobian product; the Jacobian itself is never built. Weights that are one row of the unit matrix give one row of it.

use wengert::autograd::Options;
use wengert::{ops, tensor};

pub fn run() {
    let a = tensor!([[2.0, 4.0]]).requires_grad_(true);
    let (x, y) = (a.narrow(1, 0, 1), a.narrow(1, 1, 1));
    let out = ops::cat(&[&(x.pow(2.0) + &y), &(x.pow(3.0) + y.pow(2.0))], 1).unwrap();
    println!("{out}");

    for vector in [tensor!([[1.0, 1.0]]), tensor!([[1.0, 0.0]]), tensor!([[0.0, 1.0]])] {
        a.zero_grad();
        out.backward_with(Some(&vector), Options::retain_graph()).unwrap();
        println!("{}", a.grad().unwrap());
    }
}
