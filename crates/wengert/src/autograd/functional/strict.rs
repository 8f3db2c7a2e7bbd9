//! Strict mode: what does not depend on an argument is an error instead of zeros.

use super::one_number;
use crate::error::{Error, Result};
use crate::func::{Returns, Tree};
use crate::tensor::Tensor;
use crate::transforms::reverse::Recorded;

/// The functions of [this module](super) for functions all of whose results depend on all arguments (`strict=True`).
///
/// Where PyTorch's and our functions give zeros for what does not, these give an error that names it; those with second derivatives
/// also where a first derivative does not depend on the arguments. The function is run once more for that.
///
/// ```
/// use wengert::autograd::functional::Strict;
/// use wengert::{Tensor, tensor};
/// let (x, y) = (tensor!([1.0, 2.0]), tensor!([3.0]));
/// let e = Strict.jacobian(|(x, _): &(Tensor, Tensor)| x * 2.0, &(x, y)).unwrap_err();
/// assert!(e.message().starts_with("Output 0 of the user-provided function is independent of input 1."));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Strict;

impl Strict {
    /// [`vjp`](super::vjp).
    ///
    /// # Errors
    /// As there, and if a result is not differentiable or an argument is not used.
    pub fn vjp<I: Tree, R: Returns>(self, func: impl Fn(&I) -> R, inputs: &I, v: &R::Value) -> Result<(R::Value, I)> {
        all_used(&recorded(&func, inputs)?)?;
        super::vjp(func, inputs, v)
    }

    /// [`jvp`](super::jvp).
    ///
    /// # Errors
    /// As there, and if a result is not differentiable or an argument is not used.
    pub fn jvp<I: Tree, R: Returns>(self, func: impl Fn(&I) -> R, inputs: &I, v: &I) -> Result<(R::Value, R::Value)> {
        all_used(&recorded(&func, inputs)?)?;
        super::jvp(func, inputs, v)
    }

    /// [`jacobian`](super::jacobian), row by row.
    ///
    /// # Errors
    /// As there, and if a result does not depend on an argument.
    pub fn jacobian<I: Tree, R: Returns>(
        self,
        func: impl Fn(&I) -> R,
        inputs: &I,
    ) -> Result<<R::Value as Tree>::Of<I>> {
        each_by_each(&recorded(&func, inputs)?)?;
        super::jacobian(func, inputs, super::Strategy::Reverse)
    }

    /// [`hessian`](super::hessian).
    ///
    /// # Errors
    /// As there, and if the gradient for an argument does not depend on an argument.
    pub fn hessian<I: Tree, R: Returns<Value = Tensor>>(self, func: impl Fn(&I) -> R, inputs: &I) -> Result<I::Of<I>> {
        let gradients = gradients(&func, inputs, "hessian", linear)?;
        no_line(&gradients)?;
        each_by_each(&gradients)?;
        super::hessian(func, inputs)
    }

    /// [`hvp`](super::hvp).
    ///
    /// # Errors
    /// As there, and if an argument is not used or its gradient depends on no argument.
    pub fn hvp<I: Tree, R: Returns<Value = Tensor>>(
        self,
        func: impl Fn(&I) -> R,
        inputs: &I,
        v: &I,
    ) -> Result<(Tensor, I)> {
        no_line(&gradients(&func, inputs, "hvp", unused)?)?;
        super::hvp(func, inputs, v)
    }

    /// [`vhp`](super::vhp).
    ///
    /// # Errors
    /// As there, and if an argument is not used or its gradient depends on no argument.
    pub fn vhp<I: Tree, R: Returns<Value = Tensor>>(
        self,
        func: impl Fn(&I) -> R,
        inputs: &I,
        v: &I,
    ) -> Result<(Tensor, I)> {
        no_line(&gradients(&func, inputs, "vhp", unused)?)?;
        super::vhp(func, inputs, v)
    }
}

fn recorded<I: Tree, R: Returns>(func: impl Fn(&I) -> R, inputs: &I) -> Result<Recorded> {
    Recorded::run(&inputs.leaves(), |xs| Ok(func(&inputs.with_leaves(xs.to_vec())?).into_result()?.leaves()))
}

/// The record of the gradients of a function that returns one number; `missing` is the error for one that it does not have.
fn gradients<I: Tree, R: Returns<Value = Tensor>>(
    func: impl Fn(&I) -> R,
    inputs: &I,
    name: &str,
    missing: fn(usize) -> Error,
) -> Result<Recorded> {
    Recorded::run(&inputs.leaves(), |xs| {
        let number = |x: &I| one_number(func(x).into_result()?, name);
        let inner = Recorded::run(xs, |xs| Ok(vec![number(&inputs.with_leaves(xs.to_vec())?)?]))?;
        reached(&inner, 0)?;
        let one = Tensor::full_like(&inner.outputs()[0], 1.0);
        let grads = inner.pull(&[Some(one)], true)?;
        grads.into_iter().enumerate().map(|(j, g)| g.ok_or_else(|| missing(j))).collect()
    })
}

/// Which arguments result `i` depends on.
fn reached(record: &Recorded, i: usize) -> Result<Vec<bool>> {
    record.reaches(i)?.ok_or_else(|| {
        Error::runtime(format!(
            "Output {i} of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner \
             from the input when running in strict mode."
        ))
    })
}

fn unused(j: usize) -> Error {
    Error::runtime(format!(
        "The output of the user-provided function is independent of input {j}. This is not allowed in strict mode."
    ))
}

fn linear(j: usize) -> Error {
    Error::runtime(format!(
        "While computing the hessian, found that the jacobian of the user-provided function with respect to input {j} is independent of the \
         input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian \
         depends on the inputs (this would be violated by a linear function for example)."
    ))
}

/// Every result is differentiable, and every argument has a part in one of them.
fn all_used(record: &Recorded) -> Result<()> {
    let by_output = (0..record.outputs().len()).map(|i| reached(record, i)).collect::<Result<Vec<_>>>()?;
    let Some(first) = by_output.first() else { return Ok(()) };
    match (0..first.len()).find(|&j| !by_output.iter().any(|inputs| inputs[j])) {
        Some(j) => Err(unused(j)),
        None => Ok(()),
    }
}

/// Every result depends on every argument.
fn each_by_each(record: &Recorded) -> Result<()> {
    let by_output = (0..record.outputs().len()).map(|i| reached(record, i)).collect::<Result<Vec<_>>>()?;
    for (i, inputs) in by_output.iter().enumerate() {
        if let Some(j) = inputs.iter().position(|reached| !reached) {
            return Err(Error::runtime(format!(
                "Output {i} of the user-provided function is independent of input {j}. This is not allowed in strict mode."
            )));
        }
    }
    Ok(())
}

/// Every gradient depends on something.
fn no_line(gradients: &Recorded) -> Result<()> {
    for j in 0..gradients.outputs().len() {
        if gradients.reaches(j)?.is_none() {
            return Err(linear(j));
        }
    }
    Ok(())
}
