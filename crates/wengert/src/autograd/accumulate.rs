//! What happens at a leaf: what arrives is added to `.grad`.

use super::mode;
use crate::error::Result;
use crate::tensor::Tensor;
use crate::transforms::without_tangents;

/// `variable.grad += new`. While gradients are recorded (`create_graph`) the sum is a new tensor with history, else `.grad` is a
/// tensor without, and the addition in place.
#[inline]
pub(crate) fn accumulate(variable: &Tensor, new: Tensor) -> Result<()> {
    let recorded = mode::is_grad_enabled();
    // What stays in `.grad` outlives the levels of forward mode.
    let new = if !recorded && new.is_wrapped() { without_tangents(&new) } else { new };
    variable.accumulate(new, !recorded)
}
