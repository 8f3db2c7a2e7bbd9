//! Forward mode, batches, and both through gradients, for every operation.

use super::Case;
use super::call::{Outcome, cast, caught, leaves, weights};
use super::numbers::{Numbers, Tolerance, close};
use wengert::autograd::{GradcheckOptions, GradgradcheckOptions, gradcheck, gradgradcheck};
use wengert::func::{self, Randomness, Vmap};
use wengert::testing::{Check, uniform};
use wengert::{DType, Result, Tensor, no_grad, ops};

/// Forward mode and batched derivatives against differences and against backward, at points where something is to be seen. `inputs` are
/// leaves in double precision.
pub fn check_differences(case: &mut Case, inputs: &[Tensor]) {
    let sample = case.sample;
    let flat = |r: Result<Result<bool>, String>| r.and_then(|r| r.map(drop).map_err(|e| e.to_string()));
    let options = GradcheckOptions {
        check_forward_ad: true,
        check_batched_grad: true,
        check_batched_forward_grad: true,
        ..GradcheckOptions::fast()
    };
    if !case.skipped(Check::Gradcheck) && !case.skipped(Check::Forward) {
        case.check("forward and batched", flat(caught(|| gradcheck(&sample.call, inputs, options))));
    }
    if !case.skipped(Check::Gradgradcheck) && !case.skipped(Check::Forward) {
        let second = GradgradcheckOptions { check_fwd_over_rev: true, check: options, ..Default::default() };
        case.check("forward over reverse", flat(caught(|| gradgradcheck(&sample.call, inputs, second))));
    }
}

/// A tangent for a floating tensor.
fn tangent(seed: u64, like: &Tensor) -> Tensor {
    ops::to_dtype(&uniform(seed, -1.0, 1.0, like.shape()), like.dtype()).expect("between floats")
}

fn dot(a: &Tensor, b: &Tensor) -> f64 {
    a.to_vec::<f64>().iter().zip(b.to_vec::<f64>()).map(|(a, b)| a * b).sum()
}

/// `<w, J t>` by forward mode and `<Jᵀ w, t>` by backward are the same number, at kinks, too.
pub fn check_products(case: &mut Case, outcome: &Outcome) {
    let finite =
        outcome.grads.iter().flatten().all(Numbers::finite) && outcome.outputs.iter().all(|y| y.numbers.finite());
    if outcome.grads.is_empty() || !finite || case.skipped(Check::Forward) {
        return;
    }
    let sample = case.sample;
    let products = || -> Result<(f64, f64)> {
        let inputs = cast(&sample.inputs, DType::F64);
        let floating: Vec<usize> = (0..inputs.len()).filter(|&i| inputs[i].dtype().is_float()).collect();
        let primals: Vec<Tensor> = floating.iter().map(|&i| inputs[i].clone()).collect();
        let tangents: Vec<Tensor> = primals.iter().enumerate().map(|(i, x)| tangent(600 + i as u64, x)).collect();
        let call = |xs: &Vec<Tensor>| {
            let mut inputs = inputs.clone();
            for (&i, x) in floating.iter().zip(xs) {
                inputs[i] = x.clone();
            }
            (sample.call)(&inputs)
        };
        let floats = |xs: &Vec<Tensor>| {
            call(xs).map(|outs| outs.into_iter().filter(|y| y.dtype().is_float()).collect::<Vec<_>>())
        };
        let (outputs, moved) = func::jvp(floats, &primals, &tangents)?;
        let weights = weights(&outputs.iter().collect::<Vec<_>>());
        let forward = weights.iter().zip(&moved).map(|(w, t)| dot(w, t)).sum();
        let (_, pullback) = func::vjp(floats, &primals)?;
        let grads = pullback.call(&weights)?;
        Ok((forward, grads.iter().zip(&tangents).map(|(g, t)| dot(g, t)).sum()))
    };
    let result = match caught(products) {
        Err(text) => Err(text),
        Ok(Err(e)) => Err(e.to_string()),
        Ok(Ok((f, b))) if (f - b).abs() <= 1e-9 * (1.0 + f.abs()) => Ok(()),
        Ok(Ok((f, b))) => Err(format!("by forward mode {f:?}, by backward {b:?}")),
    };
    case.check("forward against backward", result);
}

/// Examples of a batch.
const BATCH: usize = 3;

/// Where the batch is.
#[derive(Clone, Copy, Debug)]
enum Arrangement {
    /// In every input along this dimension, or the last that there is.
    All(isize),
    /// In this input alone, along its first dimension.
    Only(usize),
}

/// The call for a batch against one call for each example.
pub fn check_batches(case: &mut Case) {
    if case.sample.inputs.is_empty() || case.skipped(Check::Batched) {
        return;
    }
    let mut arrangements = vec![Arrangement::All(0), Arrangement::All(1), Arrangement::All(-1)];
    if case.sample.inputs.len() > 1 {
        arrangements.extend((0..case.sample.inputs.len()).map(Arrangement::Only));
    }
    for arrangement in arrangements {
        let result = caught(|| batch(case, arrangement)).and_then(|r| r);
        case.check(&format!("vmap, {arrangement:?}"), result);
    }
}

fn batch(case: &Case, arrangement: Arrangement) -> Result<(), String> {
    let sample = case.sample;
    let mut examples: Vec<Vec<Tensor>> = vec![Vec::new(); BATCH];
    let (mut inputs, mut dims) = (Vec::new(), Vec::new());
    for (i, t) in sample.inputs.iter().enumerate() {
        let dim = match arrangement {
            Arrangement::All(dim) => Some(dim.clamp(-1, t.ndim() as isize)),
            Arrangement::Only(only) => (only == i).then_some(0),
        };
        let all: Vec<Tensor> = (0..BATCH).map(|b| example(t, b)).collect();
        let all = dim.map(|dim| ops::stack(&all.iter().collect::<Vec<_>>(), dim).expect("they have the same shape"));
        for (b, inputs) in examples.iter_mut().enumerate() {
            // With the strides that it has within the batch.
            let of_batch = |(all, dim)| ops::select(all, dim, b as isize).expect("so many were put together");
            inputs.push(all.as_ref().zip(dim).map_or(t.clone(), of_batch));
        }
        inputs.push(all.unwrap_or(t.clone()));
        dims.push(dim);
    }
    let text = |e: wengert::Error| e.to_string();
    no_grad(|| {
        let got =
            Vmap::new().in_dims(&dims).randomness(Randomness::Same).call(|xs: &Vec<Tensor>| (sample.call)(xs), &inputs);
        let one_by_one: Result<Vec<Vec<Tensor>>> = examples.iter().map(|xs| (sample.call)(xs)).collect();
        let (got, one_by_one) = match (got, one_by_one) {
            // An example that fails (a view of what is not dense) is none.
            (Err(_), Err(_)) => return Ok(()),
            (Ok(_), Err(e)) => return Err(format!("works, although an example alone fails: {e}")),
            (Err(e), Ok(_)) => return Err(e.to_string()),
            (Ok(got), Ok(one_by_one)) => (got, one_by_one),
        };
        for (k, got) in got.iter().enumerate() {
            let expected: Vec<&Tensor> = one_by_one.iter().map(|outs| &outs[k]).collect();
            let expected = ops::stack(&expected, 0).map_err(text)?;
            let tolerance = Tolerance { relative: 0.0, of_largest: 8.0 * epsilon(got), absolute: 0.0 };
            close(&Numbers::of(&expected), &Numbers::of(got), tolerance).map_err(|e| format!("output {k}: {e}"))?;
        }
        Ok(())
    })
}

fn epsilon(t: &Tensor) -> f64 {
    super::numbers::epsilon(t.dtype())
}

/// The `b`-th example for an input: near it, so that it stays where the operation is defined. Integers and booleans, which may be
/// indices, are the same in another order.
fn example(t: &Tensor, b: usize) -> Tensor {
    if b == 0 || t.numel() == 0 {
        return t.clone();
    }
    if t.dtype().is_float() {
        return ops::to_dtype(&ops::mul(t, 1.0 - 0.03 * b as f64).expect("any dtype"), t.dtype()).expect("any dtype");
    }
    let mut values: Vec<i64> = t.to_vec();
    values.rotate_left(b % t.numel());
    ops::to_dtype(&Tensor::from_slice(&values, t.shape()), t.dtype()).expect("any dtype")
}

/// Leaves in double precision for [`check_differences`], those without a gradient as constants.
pub fn points(inputs: &[Tensor], constant: &[bool]) -> Vec<Tensor> {
    let leaves = leaves(&cast(inputs, DType::F64));
    leaves.into_iter().zip(constant).map(|(x, &constant)| if constant { x.detach() } else { x }).collect()
}
