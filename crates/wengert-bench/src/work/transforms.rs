//! Derivatives of functions: batched, and of second order.

use super::Goal::{Open, Ratio};
use super::{Run, Workload, each, list, normal, or_stop, ready};
use wengert::{Tensor, func, ops};

/// Parameters of a network with these sizes: for each layer a matrix and a vector.
fn parameters(sizes: &[usize]) -> Vec<Tensor> {
    sizes
        .windows(2)
        .flat_map(|w| [normal(&[w[1], w[0]]) * (1.0 / (w[0] as f64).sqrt()), normal(&[w[1]]) * 0.1])
        .collect()
}

fn loss(parameters: &[Tensor], x: &Tensor, y: &Tensor) -> Tensor {
    let mut h = x.clone();
    for (i, p) in parameters.chunks(2).enumerate() {
        h = or_stop(ops::linear(&h, &p[0], Some(&p[1])));
        if 2 * i + 2 < parameters.len() {
            h = h.tanh();
        }
    }
    h.mse_loss(y, ops::Reduction::Mean)
}

/// The Hessian of a network's loss in all of its 200 parameters, given as one vector.
fn hessian() -> Run {
    let (x, y, p) = (normal(&[32, 8]), normal(&[32]), normal(&[200]) * 0.3);
    let f = move |p: &Tensor| {
        let (w, b, v) = (p.narrow(0, 0, 160).view(&[8, 20]), p.narrow(0, 160, 20), p.narrow(0, 180, 20));
        let out = (x.matmul(&w) + b).tanh().matmul(&v);
        (out - &y).pow(2.0).mean()
    };
    let hessian = func::hessian(f);
    each(move || ready(&or_stop(hessian(&p))))
}

/// The gradient of every example's loss.
fn per_sample() -> Run {
    let (p, x, y) = (parameters(&[32, 64, 64, 1]), normal(&[64, 32]), normal(&[64, 1]));
    let data = (x, y);
    each(move || {
        let of = |(x, y): &(Tensor, Tensor)| func::grad(|p: &Vec<Tensor>| loss(p, x, y))(&p);
        or_stop(func::vmap(of)(&data)).iter().for_each(ready);
    })
}

/// The gradient of a network's loss, or with `product` its Hessian times a vector, too.
fn gradient(product: bool) -> Run {
    let (p, x, y) = (parameters(&[32, 64, 64, 1]), normal(&[64, 32]), normal(&[64, 1]));
    let v: Vec<Tensor> = p.iter().map(|p| normal(p.shape())).collect();
    each(move || {
        let f = |p: &Vec<Tensor>| loss(p, &x, &y);
        if product {
            let (grad, product) = or_stop(func::hvp(f, &p, &v));
            grad.iter().chain(&product).for_each(ready);
        } else {
            or_stop(func::grad(f)(&p)).iter().for_each(ready);
        }
    })
}

pub(super) fn list() -> Vec<Workload> {
    list! {
        "hessian_200", "Hessian", Ratio(2.0) => hessian();
        "per_sample_mlp_b64", "batch", Ratio(2.0) => per_sample();
        "mlp_gradient", "gradient", Open => gradient(false);
        "mlp_hvp", "product", Open => gradient(true);
    }
}
