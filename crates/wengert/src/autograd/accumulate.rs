//! What happens at a leaf: what arrives is added to `.grad`.

use super::mode;
use crate::error::Result;
use crate::tensor::Tensor;

/// `variable.grad += new`. While gradients are recorded (`create_graph`) the sum is a new tensor with history, else `.grad` is a
/// tensor without, and the addition in place.
#[inline]
pub(crate) fn accumulate(variable: &Tensor, new: Tensor) -> Result<()> {
    variable.accumulate(new, !mode::is_grad_enabled())
}
