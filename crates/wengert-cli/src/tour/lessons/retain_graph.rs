//! backward frees what the graph saved as it goes. To run it again, ask to retain it. And retain_grad keeps the gradient of
//! a tensor that is not a leaf.

use wengert::autograd::Options;
use wengert::tensor;

pub fn run() {
    let x = tensor!([1.0, 2.0, 3.0]).requires_grad_(true);
    let y = &x + 2.0;
    y.retain_grad();
    let out = (&y * &y * 3.0).mean();
    out.backward_with(None, Options::retain_graph()).unwrap();
    println!("{}", x.grad().unwrap());
    println!("{}", y.grad().unwrap());

    out.backward();
    println!("{}", x.grad().unwrap());

    let error = out.backward_with(None, Options::default()).unwrap_err();
    println!("{}", error.message().split(". ").next().unwrap());
}
