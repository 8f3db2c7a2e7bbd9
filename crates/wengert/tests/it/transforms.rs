//! Transforms of functions, and how they compose.

use wengert::func::{self, Randomness, Vmap, grad, hessian, hvp, jacfwd, jacrev, jvp, linearize, vjp, vmap};
use wengert::{Tensor, autograd, no_grad, tensor};

fn close(a: &Tensor, b: &Tensor) {
    assert_eq!(a.shape(), b.shape());
    let (a, b) = (a.to_vec::<f64>(), b.to_vec::<f64>());
    assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() <= 1e-6 * (1.0 + b.abs())), "{a:?} is not {b:?}");
}

#[test]
fn grad_of_grad() {
    let f = |x: &Tensor| x.sin();
    let x = tensor!(1.0f64);
    close(&grad(f)(&x).unwrap(), &x.cos());
    close(&grad(grad(f))(&x).unwrap(), &-x.sin());
    close(&grad(grad(grad(f)))(&x).unwrap(), &-x.cos());
    assert!(!grad(f)(&x).unwrap().requires_grad());
}

#[test]
fn no_confusion_of_perturbations() {
    // d/dx (x * d/dy (x + y)) = 1, in all four combinations.
    let x = tensor!(3.0f64);
    let one = |t: &Tensor| Tensor::full_like(t, 1.0);
    let rr = grad(|x: &Tensor| x * grad(|y: &Tensor| x + y)(&tensor!(1.0f64)).unwrap())(&x).unwrap();
    let d = |f: &dyn Fn(&Tensor) -> Tensor, x: &Tensor| jvp(|x: &Tensor| f(x), x, &one(x)).unwrap().1;
    let ff = d(&|x| x * d(&|y| x + y, &tensor!(1.0f64)), &x);
    let fr = d(&|x| x * grad(|y: &Tensor| x + y)(&tensor!(1.0f64)).unwrap(), &x);
    let rf = grad(|x: &Tensor| x * d(&|y| x + y, &tensor!(1.0f64)))(&x).unwrap();
    for g in [rr, ff, fr, rf] {
        assert_eq!(g.item(), 1.0);
    }
}

#[test]
fn transforms_compose() {
    let x = tensor!([0.3f64, -0.7, 1.2]);
    let f = |x: &Tensor| (x.sin() * x.cumsum(0)).sum();
    let h = hessian(f)(&x).unwrap();
    close(&jacrev(jacrev(f))(&x).unwrap(), &h);
    close(&jacfwd(jacfwd(f))(&x).unwrap(), &h);
    close(&jacrev(jacfwd(f))(&x).unwrap(), &h);
    close(&jacfwd(grad(f))(&x).unwrap(), &h);
    close(&jacrev(grad(f))(&x).unwrap(), &h);
    let v = tensor!([1.0f64, 2.0, -1.0]);
    close(&hvp(f, &x, &v).unwrap().1, &h.matmul(&v));
    let xs = tensor!([[0.3f64, -0.7, 1.2], [0.1, 0.2, 0.3]]);
    let hs = vmap(hessian(f))(&xs).unwrap();
    close(&hs.select(0, 0), &h);
    close(&hs.select(0, 1), &hessian(f)(&xs.select(0, 1)).unwrap());
}

#[test]
fn vmap_of_grad_of_vmap() {
    let xs = tensor!([[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let inner = |x: &Tensor| vmap(|a: &Tensor| a.sin() * a)(x).unwrap().sum();
    let per_sample = vmap(grad(inner))(&xs).unwrap();
    close(&per_sample, &(xs.cos() * &xs + xs.sin()));
}

#[test]
fn per_sample_gradients_of_a_layer() {
    let w = tensor!([[0.1f64, -0.2], [0.4, 0.3], [0.5, -0.6]]);
    let (xs, ys) = (tensor!([[1.0f64, 2.0], [3.0, 4.0]]), tensor!([[0.0f64, 1.0, 0.0], [1.0, 0.0, 0.5]]));
    let loss = |w: &Tensor, x: &Tensor, y: &Tensor| (w.matmul(x).tanh() - y).pow(2.0).mean();
    let all =
        vmap(|(x, y): &(Tensor, Tensor)| grad(|w: &Tensor| loss(w, x, y))(&w))(&(xs.clone(), ys.clone())).unwrap();
    for i in 0..2 {
        let leaf = w.detach().requires_grad_(true);
        loss(&leaf, &xs.select(0, i), &ys.select(0, i)).backward();
        close(&all.select(0, i), &leaf.grad().unwrap());
    }
}

#[test]
fn outside_graphs_see_through_transforms() {
    // The parameter is tracked outside; inside, a vmap of a gradient with respect to something else.
    let w = tensor!(2.0f64).requires_grad_(true);
    let xs = tensor!([1.0f64, 2.0, 3.0]);
    let of = |w: &Tensor| vmap(grad(|x: &Tensor| &(w * w) * x.pow(3.0)))(&xs).unwrap();
    let y = of(&w);
    close(&y, &(12.0 * xs.pow(2.0)));
    y.sum().backward();
    close(&w.grad().unwrap(), &tensor!(2.0f64 * 2.0 * 3.0 * 14.0));
    // Under no_grad nothing leads outside, but the transform still differentiates.
    assert!(!no_grad(|| of(&w)).requires_grad());
    let t = jvp(|x: &Tensor| &w * x.sin(), &xs, &xs).unwrap().1;
    let g = autograd::grad(&[&t.sum()], &[&w]);
    close(&g[0], &(&xs * xs.cos()).sum());
}

#[test]
fn vjp_and_linearize() {
    let x = tensor!([0.5f64, 1.5]);
    let f = |x: &Tensor| (x.exp(), x.sum() * x);
    let ((a, b), back) = vjp(f, &x).unwrap();
    close(&a, &x.exp());
    close(&b, &(x.sum() * &x));
    let g = back.call(&(Tensor::full_like(&x, 1.0), Tensor::full_like(&x, 0.0))).unwrap();
    close(&g, &x.exp());
    let (_, lin) = linearize(f, &x).unwrap();
    let t = tensor!([1.0f64, -2.0]);
    let (da, db) = lin.call(&t).unwrap();
    let (_, (ea, eb)) = jvp(f, &x, &t).unwrap();
    close(&da, &ea);
    close(&db, &eb);
}

#[test]
fn vmap_options() {
    let x = tensor!([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let f = |x: &Tensor| x * 2.0;
    for chunk in [1, 2, 3, 4] {
        let y = Vmap::new().in_dims(&[Some(1)]).out_dims(&[Some(-1)]).chunk_size(chunk).call(f, &x).unwrap();
        close(&y, &(2.0 * &x));
    }
    // A number of an example weighs less than a tensor in promotion, with the batch as without.
    let y = vmap(|(a, b): &(Tensor, Tensor)| a * b)(&(x.clone(), tensor!([1.0f64, 2.0]))).unwrap();
    assert_eq!(y.dtype(), wengert::DType::F32);
    let rand =
        |r| Vmap::new().randomness(r).call(|x: &Tensor| x + Tensor::rand(&[2]), &tensor!([0.0, 0.0, 0.0])).unwrap();
    let same = rand(Randomness::Same);
    close(&same.select(0, 0), &same.select(0, 2));
    let different = rand(Randomness::Different);
    assert_ne!(different.select(0, 0).to_vec::<f32>(), different.select(0, 2).to_vec::<f32>());
    assert!(std::panic::catch_unwind(|| rand(Randomness::Error)).is_err());
    let item = vmap(|x: &Tensor| x * x.item_as::<f64>().unwrap_or(f64::NAN))(&tensor!([1.0]));
    assert!(item.unwrap().item().is_nan());
}

#[test]
fn fallbacks_are_told() {
    let x = tensor!([[3.0, 1.0, 2.0], [1.0, 5.0, 4.0]]);
    let (y, seen) = func::fallbacks(|| vmap(|x: &Tensor| x.msort())(&x).unwrap());
    close(&y, &tensor!([[1.0, 2.0, 3.0], [1.0, 4.0, 5.0]]));
    drop(seen);
}

/// The same function with and without writes in place.
fn same_derivatives(written: impl Fn(&Tensor) -> Tensor, functional: impl Fn(&Tensor) -> Tensor) {
    let x = tensor!([0.3f64, -0.7, 1.2]);
    let (w, f) = (|x: &Tensor| written(x), |x: &Tensor| functional(x));
    let xs = Tensor::from_slice(&[0.3f64, -0.7, 1.2, 0.4, 0.9, -0.1], &[2, 3]);
    close(&vmap(w)(&xs).unwrap(), &vmap(f)(&xs).unwrap());
    close(&jacrev(w)(&x).unwrap(), &jacrev(f)(&x).unwrap());
    close(&jacfwd(w)(&x).unwrap(), &jacrev(f)(&x).unwrap());
    let (ws, fs) = (|x: &Tensor| w(x).sum(), |x: &Tensor| f(x).sum());
    close(&hessian(ws)(&x).unwrap(), &hessian(fs)(&x).unwrap());
    close(&grad(|x: &Tensor| grad(ws)(x).unwrap().sum())(&x).unwrap(), &hessian(fs)(&x).unwrap().sum_dim(&[0], false));
    close(&vmap(hessian(ws))(&xs).unwrap(), &vmap(hessian(fs))(&xs).unwrap());
    close(&vmap(grad(ws))(&xs).unwrap(), &vmap(grad(fs))(&xs).unwrap());
}

#[test]
fn in_place_writes_within_transforms() {
    use wengert::ops::{add_, copy_, mul_};
    same_derivatives(
        |x| {
            let y = x.sin();
            mul_(&y, x).unwrap();
            add_(&y, 1.0).unwrap();
            y
        },
        |x| x.sin() * x + 1.0,
    );
    // Through a view, seen by the base and by a view made before.
    same_derivatives(
        |x| {
            let y = x * x;
            let (part, before) = (y.narrow(0, 1, 2), y.select(0, 1));
            mul_(&part, &x.select(0, 0)).unwrap();
            &y * before
        },
        |x| {
            let y = x * x;
            let part = y.narrow(0, 1, 2) * x.select(0, 0);
            let y = wengert::ops::cat(&[&y.narrow(0, 0, 1), &part], 0).unwrap();
            &y * y.select(0, 1)
        },
    );
    // Into something that depended on nothing.
    let filled = |x: &Tensor| {
        let y = Tensor::zeros_like(x);
        copy_(&y.select(0, 1), &x.prod()).unwrap();
        add_(&y.narrow(0, 0, 1), &x.select(0, 2)).unwrap();
        y
    };
    let x = tensor!([0.3f64, -0.7, 1.2]);
    let want = tensor!([[0.0f64, 0.0, 1.0], [-0.84, 0.36, -0.21], [0.0, 0.0, 0.0]]);
    close(&jacrev(filled)(&x).unwrap(), &want);
    close(&jacfwd(filled)(&x).unwrap(), &want);
    close(&jacrev(|x: &Tensor| jvp(filled, x, x).unwrap().0)(&x).unwrap(), &want);
    let refused = vmap(filled)(&tensor!([[1.0f64, 2.0, 3.0]]));
    assert!(refused.is_ok());
    let outside = tensor!([0.0f64, 0.0, 0.0]);
    let refused = vmap(|x: &Tensor| add_(&outside, x))(&tensor!([[1.0f64, 2.0, 3.0]])).unwrap_err();
    assert!(refused.message().starts_with("vmap: add_(self, *extra_args) is not possible because"), "{refused}");
}
