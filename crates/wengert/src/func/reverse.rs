//! Reverse mode: `vjp`, `grad`, `grad_and_value`.

use super::tree::{Returns, Tree};
use crate::error::{Error, Result};
use crate::tensor::Tensor;
use crate::transforms::reverse::Recorded;

/// Results, and the function from their cotangents to those of the arguments.
pub type WithPullback<I, O> = (O, Pullback<I, O>);

/// From cotangents of a function's results those of its arguments: what [`vjp`] returns. It can be called any number of times.
pub struct Pullback<I, O> {
    record: Recorded,
    inputs: I,
    outputs: O,
}

impl<I: Tree, O: Tree> Pullback<I, O> {
    /// The vector-Jacobian product. Arguments on which the results do not depend have a gradient of zeros.
    ///
    /// # Errors
    /// If a cotangent's shape is not that of its result; if a saved tensor was overwritten.
    pub fn call(&self, cotangents: &O) -> Result<I> {
        let cotangents = cotangents.leaves();
        for (i, (g, out)) in cotangents.iter().zip(self.outputs.leaves()).enumerate() {
            if g.shape() != out.shape() {
                return Err(Error::runtime(format!(
                    "Mismatch in shape: grad_output[{i}] has a shape of torch.Size({:?}) and output[{i}] has a shape of torch.Size({:?}).",
                    g.shape(),
                    out.shape()
                )));
            }
        }
        let grads = self.pull(&cotangents.into_iter().map(Some).collect::<Vec<_>>())?;
        self.inputs.with_leaves(grads)
    }

    pub(super) fn pull(&self, cotangents: &[Option<Tensor>]) -> Result<Vec<Tensor>> {
        let grads = self.record.pull(cotangents, true)?;
        let inputs = self.inputs.leaves();
        Ok(grads.into_iter().zip(&inputs).map(|(g, x)| g.unwrap_or_else(|| Tensor::zeros_like(x))).collect())
    }
}

/// The results of `f` and the function from cotangents of the results to those of the arguments (`torch.func.vjp`).
///
/// # Errors
/// Those of `f`; if a result is of integers or booleans.
pub fn vjp<I: Tree, R: Returns>(f: impl FnOnce(&I) -> R, inputs: &I) -> Result<WithPullback<I, R::Value>> {
    let (outputs, record) = recorded(f, inputs, "vjp")?;
    let value = outputs.with_leaves(outputs.leaves())?;
    let inputs = inputs.with_leaves(inputs.leaves())?;
    Ok((value, Pullback { record, inputs, outputs }))
}

/// Runs and records `f`; its results without the record.
pub(super) fn recorded<I: Tree, R: Returns>(
    f: impl FnOnce(&I) -> R,
    inputs: &I,
    transform: &str,
) -> Result<(R::Value, Recorded)> {
    let mut structure = None;
    let record = Recorded::run(&inputs.leaves(), |xs| {
        let out = f(&inputs.with_leaves(xs.to_vec())?).into_result()?;
        let leaves = out.leaves();
        if let Some(bad) = leaves.iter().find(|t| !t.dtype().is_differentiable()) {
            return Err(Error::runtime(format!(
                "{transform}(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype {}",
                bad.dtype()
            )));
        }
        structure = Some(out);
        Ok(leaves)
    })?;
    let structure = structure.expect("the function has run");
    Ok((structure.with_leaves(record.outputs())?, record))
}

/// The gradient of a function that returns a scalar, with respect to all of its argument (`torch.func.grad`).
///
/// The returned function's errors: those of `f`; if `f` does not return one number.
pub fn grad<I: Tree, R: Returns<Value = Tensor>>(f: impl Fn(&I) -> R) -> impl Fn(&I) -> Result<I> {
    move |inputs| grad_once(&f, inputs).map(|(grad, _)| grad)
}

/// [`grad`], and the function's value (`torch.func.grad_and_value`).
pub fn grad_and_value<I: Tree, R: Returns<Value = Tensor>>(f: impl Fn(&I) -> R) -> impl Fn(&I) -> Result<(I, Tensor)> {
    move |inputs| grad_once(&f, inputs)
}

fn grad_once<I: Tree, R: Returns<Value = Tensor>>(f: impl Fn(&I) -> R, inputs: &I) -> Result<(I, Tensor)> {
    let (value, record) = recorded(f, inputs, "grad_and_value")?;
    if value.ndim() != 0 {
        return Err(Error::runtime(format!(
            "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with {} dims. Maybe you wanted to use the vjp or jacrev APIs instead?",
            value.ndim()
        )));
    }
    let one = Tensor::full_like(&value, 1.0);
    let grads = record.pull(&[Some(one)], false)?;
    let leaves = inputs.leaves();
    let grads = grads.into_iter().zip(&leaves).map(|(g, x)| g.unwrap_or_else(|| Tensor::zeros_like(x))).collect();
    Ok((inputs.with_leaves(grads)?, value))
}
