//! Gradient clipping.

use wengert::{Error, Result, Tensor, no_grad, ops};

/// The `p`-norm of all elements of these tensors together (`torch.nn.utils.get_total_norm`): the norm of their norms. 0 for none.
///
/// # Errors
/// If a tensor is not of a floating dtype.
pub fn get_total_norm(tensors: &[Tensor], p: f64) -> Result<Tensor> {
    if tensors.is_empty() {
        return Ok(Tensor::zeros(&[]));
    }
    no_grad(|| {
        let norms: Vec<Tensor> = tensors.iter().map(|t| ops::norm_dim(t, p, &[], false)).collect::<Result<_>>()?;
        // As in PyTorch the norms of one tensor and of many are taken alike, once more over the list.
        ops::norm_dim(&ops::stack(&norms.iter().collect::<Vec<_>>(), 0)?, p, &[], false)
    })
}

/// Scales the gradients of these parameters so that their common `norm_type`-norm is at most `max_norm`, and gives the norm that they
/// had. Parameters without a gradient do not count.
///
/// The factor is `min(1, max_norm / (norm + 10⁻⁶))`. After
/// <https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html>.
///
/// # Errors
/// With `error_if_nonfinite`, if the norm is infinite or NaN; nothing is scaled then.
pub fn clip_grad_norm_(
    parameters: &[Tensor],
    max_norm: f64,
    norm_type: f64,
    error_if_nonfinite: bool,
) -> Result<Tensor> {
    let grads = grads(parameters);
    let norm = get_total_norm(&grads, norm_type)?;
    if error_if_nonfinite && !norm.item().is_finite() {
        return Err(Error::runtime(format!(
            "The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be clipped. \
             To disable this error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`"
        )));
    }
    no_grad(|| {
        let factor = max_norm / (&norm + 1e-6);
        // NaN is not above 1 and reaches the gradients, as it does in PyTorch.
        let factor = if factor.item() > 1.0 { Tensor::ones_like(&factor) } else { factor };
        grads.iter().try_for_each(|g| ops::mul_(g, &factor).map(drop))
    })?;
    Ok(norm)
}

/// Clips every element of the gradients of these parameters to `±clip_value`.
///
/// After <https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html>.
///
/// # Errors
/// None for gradients that can be written in place.
pub fn clip_grad_value_(parameters: &[Tensor], clip_value: f64) -> Result<()> {
    no_grad(|| {
        grads(parameters)
            .iter()
            .try_for_each(|g| ops::clamp_(g, Some((-clip_value).into()), Some(clip_value.into())).map(drop))
    })
}

/// The gradients, without history.
fn grads(parameters: &[Tensor]) -> Vec<Tensor> {
    parameters.iter().filter_map(|p| p.grad().map(|g| g.detach())).collect()
}
