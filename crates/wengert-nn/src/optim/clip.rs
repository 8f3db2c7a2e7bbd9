//! Gradient clipping.

use super::state::storage;
use wengert::apply::write_in_place;
use wengert::{DType, Error, Result, Tensor, no_grad, ops};
use wengert_kernels::optim::{Item, STATES, clamp, scale, squares};

/// The `p`-norm of all elements of these tensors together (`torch.nn.utils.get_total_norm`): the norm of their norms. 0 for none.
///
/// # Errors
/// If a tensor is not of a floating dtype.
pub fn get_total_norm(tensors: &[Tensor], p: f64) -> Result<Tensor> {
    if tensors.is_empty() {
        return Ok(Tensor::zeros(&[]));
    }
    if p == 2.0
        && let Some(norm) = euclidean(tensors)
    {
        return Ok(norm);
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
        let number = factor.item();
        // SAFETY: the items are valid.
        let all = |dtype, items: &[Item]| unsafe { scale(dtype, items, number) };
        change("clip_grad_norm_", &grads, all, |g| ops::mul_(g, &factor).map(drop))
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
    // SAFETY: the items are valid.
    let all = |dtype, items: &[Item]| unsafe { clamp(dtype, items, -clip_value, clip_value) };
    let one = |g: &Tensor| ops::clamp_(g, Some((-clip_value).into()), Some(clip_value.into())).map(drop);
    no_grad(|| change("clip_grad_value_", &grads(parameters), all, one))
}

/// The gradients, without history.
fn grads(parameters: &[Tensor]) -> Vec<Tensor> {
    parameters.iter().filter_map(|p| p.grad().map(|g| g.detach())).collect()
}

/// Can a kernel take it as it is?
fn is_plain(t: &Tensor) -> bool {
    t.dtype().is_float() && t.is_contiguous()
}

fn item(param: *mut u8, len: usize) -> Item {
    Item { param, grad: std::ptr::null(), state: [std::ptr::null_mut(); STATES], len }
}

/// The Euclidean norm of all elements, if all tensors are plain and of one dtype. The norm of each is rounded to that, as PyTorch does.
fn euclidean(tensors: &[Tensor]) -> Option<Tensor> {
    let dtype = tensors[0].dtype();
    if !tensors.iter().all(|t| is_plain(t) && t.dtype() == dtype) {
        return None;
    }
    let items: Vec<Item> = tensors.iter().map(|t| item(t.array().view().ptr.cast_mut(), t.numel())).collect();
    // SAFETY: the items are the tensors, which are only read.
    let sums = unsafe { squares(dtype, &items) };
    let norms = Tensor::from_slice(&sums.iter().map(|s| s.sqrt()).collect::<Vec<_>>(), &[sums.len()]);
    no_grad(|| ops::norm_dim(&ops::to_dtype(&norms, dtype).ok()?, 2.0, &[], false).ok())
}

/// Changes all tensors in place: the plain ones by a kernel in one pass for each dtype, the others one by one.
#[track_caller]
fn change(
    name: &'static str,
    tensors: &[Tensor],
    all: impl Fn(DType, &[Item]),
    one: impl Fn(&Tensor) -> Result<()>,
) -> Result<()> {
    let mut storages: Vec<_> = tensors.iter().map(storage).collect();
    storages.sort_unstable();
    // The kernel runs on several threads: whoever shares memory takes turns.
    if storages.windows(2).any(|w| w[0] == w[1]) {
        return tensors.iter().try_for_each(one);
    }
    let (plain, others): (Vec<&Tensor>, Vec<&Tensor>) = tensors.iter().partition(|t| is_plain(t));
    write_in_place::<_, Tensor>(name, &plain, &[], |targets, _| {
        for dtype in [DType::F16, DType::BF16, DType::F32, DType::F64] {
            let alike = targets.iter().filter(|t| t.dtype == dtype);
            let items: Vec<Item> = alike.map(|t| item(t.ptr, t.numel())).collect();
            if !items.is_empty() {
                all(dtype, &items);
            }
        }
        Ok(())
    })?;
    others.into_iter().try_for_each(one)
}
