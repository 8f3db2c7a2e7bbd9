"""Gradients kept small."""

from __future__ import annotations

import wengert
from wengert._C import Tensor

__all__ = ["clip_grad_norm", "clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "get_total_norm"]


def _list(tensors) -> list:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _gradients(parameters) -> list:
    return [p.grad for p in _list(parameters) if p.grad is not None]


def get_total_norm(tensors, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None):
    """The norm of all the tensors as one vector.

    Args:
        norm_type: which norm; `inf` for the largest absolute value.
        error_if_nonfinite: is it an error if it is infinite or nan?
        foreach: accepted; makes no difference here.
    """
    norm_type = float(norm_type)
    tensors = _list(tensors)
    if not tensors:
        return wengert.tensor(0.0)
    with wengert.no_grad():
        norms = wengert.stack([t.norm(norm_type) for t in tensors])
        total = norms.norm(norm_type)
    if error_if_nonfinite and not total.isfinite().item():
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be "
            "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


def clip_grads_with_norm_(parameters, max_norm: float, total_norm, foreach: bool | None = None) -> None:
    """Multiplies the gradients by `max_norm / (total_norm + 1e-6)`, in place, if that is below 1."""
    grads = _gradients(parameters)
    if not grads:
        return
    with wengert.no_grad():
        # Also where it is 1: no branch has to wait for the norm.
        scale = (float(max_norm) / (total_norm + 1e-6)).clamp(max=1.0)
        for g in grads:
            g.mul_(scale)


def clip_grad_norm_(
    parameters,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
):
    """Scales the gradients of `parameters` in place so that their norm, as one vector, is at most `max_norm`.

    Args:
        parameters: tensors, or one; those without a gradient are left out.
        norm_type: which norm; `inf` for the largest absolute value.
        error_if_nonfinite: is it an error if the norm is infinite or nan?
        foreach: accepted; makes no difference here.

    Returns:
        The norm before, a tensor.
    """
    if isinstance(parameters, Tensor):
        parameters = [parameters]
    else:
        import types

        if isinstance(parameters, types.GeneratorType):
            parameters = list(parameters)
            if not parameters:
                import warnings

                warnings.warn("`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=2)
    parameters = list(parameters)
    total = get_total_norm(_gradients(parameters), norm_type, error_if_nonfinite, foreach)
    clip_grads_with_norm_(parameters, max_norm, total, foreach)
    return total


def clip_grad_norm(
    parameters,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
):
    """The former name of `clip_grad_norm_`."""
    import warnings

    warnings.warn(
        "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)


def clip_grad_value_(parameters, clip_value: float, foreach: bool | None = None) -> None:
    """Limits the elements of the gradients of `parameters` to `[-clip_value, clip_value]`, in place."""
    clip_value = float(clip_value)
    with wengert.no_grad():
        for g in _gradients(parameters):
            g.clamp_(-clip_value, clip_value)
