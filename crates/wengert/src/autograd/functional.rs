//! Products with Jacobians and Hessians of functions of several tensors (`torch.autograd.functional`).

mod strict;

pub use strict::Strict;

use crate::error::{Error, Result};
use crate::func::{self, Returns, Tree};
use crate::ops;
use crate::tensor::Tensor;

/// The results of `func` and the product of the vector `v` with its Jacobian.
///
/// # Errors
/// Those of `func`; if shapes differ.
pub fn vjp<I: Tree, R: Returns>(func: impl FnOnce(&I) -> R, inputs: &I, v: &R::Value) -> Result<(R::Value, I)> {
    let (out, back) = func::vjp(func, inputs)?;
    fits(v, &out)?;
    let product = back.call(v)?;
    Ok((out, product))
}

/// The results of `func` and the product of its Jacobian with the vector `v`.
///
/// # Errors
/// Those of `func`; if shapes differ.
pub fn jvp<I: Tree, R: Returns>(func: impl FnOnce(&I) -> R, inputs: &I, v: &I) -> Result<(R::Value, R::Value)> {
    fits(v, inputs)?;
    func::jvp(func, inputs, v)
}

/// How [`jacobian`] is computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Strategy {
    /// Row by row.
    #[default]
    Reverse,
    /// Column by column.
    Forward,
}

/// The Jacobian of `func`: for each result and each argument a tensor of the result's sizes and then the argument's.
///
/// # Errors
/// Those of `func`.
pub fn jacobian<I: Tree, R: Returns>(
    func: impl Fn(&I) -> R,
    inputs: &I,
    strategy: Strategy,
) -> Result<<R::Value as Tree>::Of<I>> {
    match strategy {
        Strategy::Reverse => func::jacrev(func)(inputs),
        Strategy::Forward => func::jacfwd(func)(inputs),
    }
}

/// The Hessian of a function that returns one number.
///
/// # Errors
/// Those of `func`; if it returns more than one number.
pub fn hessian<I: Tree, R: Returns<Value = Tensor>>(func: impl Fn(&I) -> R, inputs: &I) -> Result<I::Of<I>> {
    func::hessian(|x: &I| one_number(func(x).into_result()?, "hessian"))(inputs)
}

/// The value of `func`, which returns one number, and the product of its Hessian with `v`.
///
/// # Errors
/// Those of `func`; if it returns more than one number; if shapes differ.
pub fn hvp<I: Tree, R: Returns<Value = Tensor>>(func: impl Fn(&I) -> R, inputs: &I, v: &I) -> Result<(Tensor, I)> {
    fits(v, inputs)?;
    let of = |x: &I| func::grad_and_value(|x: &I| one_number(func(x).into_result()?, "hvp"))(x);
    let ((_, value), (product, _)) = func::jvp(of, inputs, v)?;
    Ok((value, product))
}

/// The value of `func`, which returns one number, and the product of `v` with its Hessian: the same as [`hvp`] where second derivatives
/// are continuous, by reverse mode alone.
///
/// # Errors
/// Those of `func`; if it returns more than one number; if shapes differ.
pub fn vhp<I: Tree, R: Returns<Value = Tensor>>(func: impl Fn(&I) -> R, inputs: &I, v: &I) -> Result<(Tensor, I)> {
    fits(v, inputs)?;
    let of = |x: &I| func::grad_and_value(|x: &I| one_number(func(x).into_result()?, "vhp"))(x);
    let ((_, value), back) = func::vjp(of, inputs)?;
    let zero = Tensor::zeros_like(&value);
    let product = back.call(&(v.with_leaves(v.leaves())?, zero))?;
    Ok((value, product))
}

/// A vector must have the sizes of what it multiplies.
fn fits<T: Tree>(v: &T, other: &T) -> Result<()> {
    let differs = |(v, x): &(Tensor, Tensor)| v.shape() != x.shape();
    match v.leaves().into_iter().zip(other.leaves()).find(differs) {
        None => Ok(()),
        Some((v, x)) => Err(Error::runtime(format!(
            "v has invalid size: should be torch.Size({:?}) but got torch.Size({:?}).",
            x.shape(),
            v.shape()
        ))),
    }
}

/// The one number that a function may return, without dimensions.
fn one_number(out: Tensor, name: &str) -> Result<Tensor> {
    if out.numel() != 1 {
        return Err(Error::runtime(format!(
            "The Tensor returned by the function given to {name} should contain a single element"
        )));
    }
    if out.ndim() == 0 { Ok(out) } else { ops::reshape(&out, &[] as &[usize]) }
}
