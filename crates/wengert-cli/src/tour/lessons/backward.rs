//! backward() of a scalar runs the graph from its result to the leaves and leaves the derivative in .grad. A tensor with more
//! elements has no single derivative, and says so.

use wengert::autograd::Options;
use wengert::tensor;

pub fn run() {
    let x = tensor!([2.0]).requires_grad_(true);
    let y = x.pow(2.0) + 2.0 * &x + 1.0;
    y.backward();
    println!("{}", x.grad().unwrap());

    let x = tensor!([1.0, 1.0]).requires_grad_(true);
    let z = 4.0 * &x * &x;
    let error = z.backward_with(None, Options::default()).unwrap_err();
    println!("{}", error.message());

    z.norm().backward();
    println!("{}", x.grad().unwrap());
}
