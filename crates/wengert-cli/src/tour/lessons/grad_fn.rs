//! Every result knows the node that made it, its grad_fn. From node to node the graph leads back to the leaves, where
//! AccumulateGrad waits to add to .grad.

use wengert::Tensor;

pub fn run() {
    let x = Tensor::ones(&[2]).requires_grad_(true);
    let z = 4.0 * &x * &x;
    let y = z.norm();
    println!("{y}");

    let mut node = y.grad_fn();
    while let Some(n) = node {
        println!("{n:?}");
        node = n.next().flatten().next().cloned();
    }
    println!("{:?}", x.grad_fn());
}
