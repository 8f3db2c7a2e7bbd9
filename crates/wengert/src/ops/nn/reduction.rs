//! What the losses share: how a loss is reduced, and what may not require a gradient.

use crate::autograd::is_grad_enabled;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::{mean, sum, to_dtype};
use crate::tensor::Tensor;

/// What becomes of the losses of the elements: PyTorch's `reduction`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
pub enum Reduction {
    /// Each for itself: `"none"`.
    None,
    /// Their mean: `"mean"`.
    #[default]
    Mean,
    /// Their sum: `"sum"`.
    Sum,
}

impl std::str::FromStr for Reduction {
    type Err = Error;
    fn from_str(s: &str) -> Result<Reduction> {
        match s {
            "none" => Ok(Reduction::None),
            "mean" => Ok(Reduction::Mean),
            "sum" => Ok(Reduction::Sum),
            _ => Err(Error::value(format!("{s} is not a valid value for reduction"))),
        }
    }
}

impl Reduction {
    /// Reduces the losses of the elements.
    #[track_caller]
    pub(crate) fn of(self, losses: &Tensor) -> Result<Tensor> {
        match self {
            Reduction::None => Ok(losses.clone()),
            Reduction::Mean => mean(losses),
            Reduction::Sum => sum(losses),
        }
    }
}

/// PyTorch has no derivative with respect to the weights of losses, and says so.
pub(crate) fn refuse_grad(function: &str, argument: &str, tensor: Option<&Tensor>) -> Result<()> {
    if is_grad_enabled() && tensor.is_some_and(Tensor::requires_grad) {
        return Err(Error::runtime(format!(
            "The function '{function}' is not differentiable with respect to argument '{argument}'. This input cannot have requires_grad True."
        ))
        .hint("detach() it"));
    }
    Ok(())
}

/// Half types in single precision: formulas of many steps round once, when the engine casts the gradient back.
pub(crate) fn widened(x: &Tensor) -> Result<Tensor> {
    if matches!(x.dtype(), DType::F16 | DType::BF16) { to_dtype(x, DType::F32) } else { Ok(x.clone()) }
}
