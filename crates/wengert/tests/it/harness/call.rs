//! Calls of samples, with their gradients; a panic is a failure like any other.

use super::numbers::Numbers;
use std::panic::{AssertUnwindSafe, catch_unwind};
use wengert::autograd::{Options, grad_with};
use wengert::testing::{Sample, bytes};
use wengert::{DType, Result, Tensor, ops};

/// What a call gave.
pub struct Outcome {
    pub outputs: Vec<Output>,
    /// Of each floating input; empty if no output requires grad, or if backward fails.
    pub grads: Vec<Option<Numbers>>,
    /// Why backward fails: some operations have no derivative and say so only then.
    pub no_gradient: Option<String>,
}

pub struct Output {
    pub numbers: Numbers,
    pub requires_grad: bool,
}

/// Runs `f`; a panic becomes its text.
pub fn caught<R>(f: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|e| {
        let text = e.downcast_ref::<String>().map(String::as_str).or(e.downcast_ref::<&str>().copied());
        format!("panic: {}", text.unwrap_or("without a text"))
    })
}

/// The inputs as leaves, the floating ones requiring grad; same memory, same layout.
pub fn leaves(inputs: &[Tensor]) -> Vec<Tensor> {
    inputs.iter().map(|t| t.detach().requires_grad_(t.dtype().is_float())).collect()
}

/// Weights cos(1 + k) for the gradients, `k` counting elements through all the outputs that require grad.
pub fn weights(outputs: &[&Tensor]) -> Vec<Tensor> {
    let mut k = 0;
    let weight = |y: &&Tensor| {
        let values: Vec<f64> = (k..k + y.numel()).map(|k| (1.0 + k as f64).cos()).collect();
        k += y.numel();
        let w = Tensor::from_slice(&values, y.shape());
        ops::to_dtype(&w, y.dtype()).expect("between floats")
    };
    outputs.iter().map(weight).collect()
}

/// The gradients of the weighted sum of outputs, one for each floating input; none at all if no output requires grad.
pub fn gradients(leaves: &[Tensor], outputs: &[Tensor]) -> Result<Vec<Option<Tensor>>> {
    let tracked: Vec<&Tensor> = outputs.iter().filter(|y| y.requires_grad()).collect();
    if tracked.is_empty() {
        return Ok(Vec::new());
    }
    let inputs: Vec<&Tensor> = leaves.iter().filter(|x| x.requires_grad()).collect();
    let weights = weights(&tracked);
    let weights: Vec<Option<&Tensor>> = weights.iter().map(Some).collect();
    grad_with(&tracked, &inputs, Some(&weights), Options { allow_unused: true, ..Options::default() })
}

/// Calls the sample with these inputs and differentiates.
pub fn run(sample: &Sample, inputs: &[Tensor]) -> Result<Outcome, String> {
    try_run(sample, inputs)?.map_err(|e| e.to_string())
}

/// [`run`]; the outer error is a panic, the inner one the operation's.
pub fn try_run(sample: &Sample, inputs: &[Tensor]) -> Result<Result<Outcome>, String> {
    caught(|| {
        let leaves = leaves(inputs);
        let outputs = (sample.call)(&leaves)?;
        Ok(outcome(&outputs, gradients(&leaves, &outputs)))
    })
}

/// The numbers of outputs and gradients.
pub fn outcome(outputs: &[Tensor], gradients: Result<Vec<Option<Tensor>>>) -> Outcome {
    let (grads, no_gradient) = match gradients {
        Ok(grads) => (grads, None),
        Err(e) => (Vec::new(), Some(e.to_string())),
    };
    let output = |y: &Tensor| Output { numbers: Numbers::of(y), requires_grad: y.requires_grad() };
    Outcome {
        outputs: outputs.iter().map(output).collect(),
        grads: grads.iter().map(|g| g.as_ref().map(Numbers::of)).collect(),
        no_gradient,
    }
}

/// Runs backward twice through one graph: does the second time work? An error other than that of a freed graph is an error.
pub fn runs_again(sample: &Sample) -> Result<bool, String> {
    let leaves = leaves(&sample.inputs);
    caught(|| {
        let outputs = (sample.call)(&leaves)?;
        gradients(&leaves, &outputs)?;
        Ok(gradients(&leaves, &outputs))
    })?
    .map_err(|e: wengert::Error| e.to_string())
    .and_then(|second| match second {
        Ok(_) => Ok(true),
        Err(e) if e.message().starts_with("Trying to backward through the graph a second time") => Ok(false),
        Err(e) => Err(format!("the second backward fails otherwise: {e}")),
    })
}

/// Neither the call nor its backward may write to the inputs.
pub fn unchanged(sample: &Sample) -> Result<(), String> {
    let copies: Vec<Tensor> = sample.inputs.iter().map(|t| Tensor::from_array(t.array().copy_as(t.dtype()))).collect();
    let before: Vec<Vec<u8>> = copies.iter().map(bytes).collect();
    run(sample, &copies)?;
    for (i, (t, before)) in copies.iter().zip(&before).enumerate() {
        if t.version() != 0 || bytes(t) != *before {
            return Err(format!("input {i} was written to"));
        }
    }
    Ok(())
}

/// The inputs with the floating ones in another dtype.
pub fn cast(inputs: &[Tensor], dtype: DType) -> Vec<Tensor> {
    let cast = |t: &Tensor| match t.dtype().is_float() {
        true => Tensor::from_array(t.array().copy_as(dtype)),
        false => t.clone(),
    };
    inputs.iter().map(cast).collect()
}
