//! What happens at a leaf: what arrives is added to `.grad`.

use super::mode;
use crate::error::Result;
use crate::tensor::Tensor;

/// `variable.grad += new`. While gradients are recorded (`create_graph`) the sum is a new tensor with history, else `.grad` is a
/// tensor without.
pub(crate) fn accumulate(variable: &Tensor, new: Tensor) -> Result<()> {
    let old = variable.grad();
    let sum = match old {
        None if mode::is_grad_enabled() => new,
        // A gradient that shares memory with something else (an expanded or saved tensor) must not become `.grad`:
        // zero_grad and optimizers write to it.
        None => new.into_own_memory(),
        // Under create_graph, and where others may look at the old tensor's history, out of place.
        Some(old) if mode::is_grad_enabled() || old.requires_grad() => crate::ops::add(&old, &new)?,
        Some(old) => {
            crate::ops::add_(&old, &new)?;
            return Ok(());
        }
    };
    variable.put_grad(Some(sum));
    Ok(())
}
