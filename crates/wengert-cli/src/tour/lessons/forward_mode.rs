//! Reverse mode multiplies the Jacobian from the left: one pass for all inputs. Forward mode multiplies from the right: one pass
//! for all outputs. The product from the left is linear in its vector, so its own derivative is the product from the right.

use wengert::autograd::{self, Options};
use wengert::{Tensor, tensor};

pub fn run() {
    let x = tensor!([1.0, 2.0, 3.0]).requires_grad_(true);
    let y = &x * &x * x.sum();

    let u = Tensor::zeros(&[3]).requires_grad_(true);
    let left = autograd::grad_with(&[&y], &[&x], Some(&[Some(&u)]), Options::create_graph()).unwrap();
    let left = left[0].as_ref().unwrap();

    let direction = tensor!([1.0, 0.0, 0.0]);
    let right = autograd::grad_with(&[left], &[&u], Some(&[Some(&direction)]), Options::default()).unwrap();
    println!("{}", right[0].as_ref().unwrap());
}
