"""Normalizations."""

from __future__ import annotations

from wengert import _C


def layer_norm(input, normalized_shape, weight=None, bias=None, eps: float = 1e-5):
    """`(x - mean) / sqrt(var + eps) * weight + bias`, mean and variance over the last dimensions, which are
    `normalized_shape`."""
    return _C.layer_norm(input, normalized_shape, weight, bias, eps)


def rms_norm(input, normalized_shape, weight=None, eps: float | None = None):
    """`x / sqrt(mean(x^2) + eps) * weight`, the mean over the last dimensions: *Root Mean Square Layer Normalization*
    (Zhang, Sennrich, 2019).

    `eps` is the dtype's machine epsilon by default.
    """
    return _C.rms_norm(input, normalized_shape, weight, eps)


def _verify_batch_size(size) -> None:
    n = 1
    for i, s in enumerate(size):
        if i != 1:
            n *= s
    if n == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {size}")


def batch_norm(
    input,
    running_mean,
    running_var,
    weight=None,
    bias=None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
):
    """`(x - mean) / sqrt(var + eps) * weight + bias` for each channel (dimension 1): *Batch Normalization* (Ioffe,
    Szegedy, 2015).

    While training, mean and variance are the batch's, and the running ones move towards them by `momentum` (the
    variance unbiased); otherwise the running ones are used.
    """
    if training:
        _verify_batch_size(input.size())
    return _C.batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps, False)


def group_norm(input, num_groups: int, weight=None, bias=None, eps: float = 1e-5):
    """Normalizes each sample's groups of channels (dimension 1): *Group Normalization* (Wu, He, 2018)."""
    if input.dim() < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.dim()}")
    n, channels, *rest = input.shape
    _verify_batch_size([n * channels // num_groups, num_groups, *rest])
    return _C.group_norm(input, num_groups, weight, bias, eps, False)


def instance_norm(
    input,
    running_mean=None,
    running_var=None,
    weight=None,
    bias=None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
):
    """`batch_norm` of each sample alone: *Instance Normalization* (Ulyanov et al., 2016)."""
    if use_input_stats and input.dim() > 2:
        n = 1
        for size in input.shape[2:]:
            n *= size
        if n == 1:
            raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.size()}")
    return _C.instance_norm(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, False)


def local_response_norm(input, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0):
    """`x / (k + alpha * mean of x^2 over the `size` channels around)^beta`."""
    dim = input.dim()
    if dim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {dim} dimensions)")
    if input.numel() == 0:
        return input
    before, after = size // 2, (size - 1) // 2
    squared = _C.constant_pad_nd(input * input, [0, 0] * (dim - 2) + [before, after], 0)
    mean = squared.unfold(1, size, 1).mean(-1)
    return input / (mean * alpha + k) ** beta
