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
    shape = tuple(normalized_shape)
    n = len(shape)
    if n == 0:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
            "normalized_shape = []"
        )
    if weight is not None and tuple(weight.shape) != shape:
        raise RuntimeError(
            "Expected weight to be of same shape as normalized_shape, but got weight of shape "
            f"{list(weight.shape)} and normalized_shape = {list(shape)}"
        )
    if tuple(input.shape[-n:]) != shape:
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [*, {', '.join(map(str, shape))}], "
            f"but got input of size{list(input.shape)}"
        )
    if eps is None:
        import wengert

        eps = wengert.finfo(input.dtype).eps
    out = input * (input.pow(2).mean(tuple(range(-n, 0)), keepdim=True) + eps).rsqrt()
    return out if weight is None else out * weight


def _per_channel(t, ndim):
    return t.reshape(1, -1, *[1] * (ndim - 2))


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
    channels = input.size(1)
    for name, t in (("running_mean", running_mean), ("running_var", running_var), ("weight", weight), ("bias", bias)):
        if t is not None and t.numel() != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {t.numel()}")
    if training:
        over = [0, *range(2, input.dim())]
        mean = input.mean(over)
        centred = input - _per_channel(mean, input.dim())
        var = (centred * centred).mean(over)
        n = input.numel() // channels
        if running_mean is not None:
            running_mean.copy_((1 - momentum) * running_mean + momentum * mean.detach())
        if running_var is not None:
            running_var.copy_((1 - momentum) * running_var + momentum * (n / (n - 1)) * var.detach())
    else:
        if running_mean is None or running_var is None:
            raise RuntimeError("Expected running_mean and running_var to be defined when training=False")
        centred = input - _per_channel(running_mean, input.dim())
        var = running_var
    out = centred * _per_channel((var + eps).rsqrt(), input.dim())
    if weight is not None:
        out = out * _per_channel(weight, input.dim())
    return out if bias is None else out + _per_channel(bias, input.dim())


def group_norm(input, num_groups: int, weight=None, bias=None, eps: float = 1e-5):
    """Normalizes each sample's groups of channels (dimension 1): *Group Normalization* (Wu, He, 2018)."""
    if input.dim() < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.dim()}")
    channels = input.size(1)
    if channels % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input.shape)} and num_groups={num_groups}"
        )
    for name, t in (("weight", weight), ("bias", bias)):
        if t is not None and (t.dim() != 1 or t.numel() != channels):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} "
                "of shape "
                f"{list(t.shape)} and input of shape {list(input.shape)}"
            )
    rows = input.reshape(input.size(0), num_groups, -1)
    out = _C.layer_norm(rows, (rows.size(-1),), None, None, eps).reshape(input.shape)
    if weight is not None:
        out = out * _per_channel(weight, input.dim())
    return out if bias is None else out + _per_channel(bias, input.dim())


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
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    n, channels = input.size(0), input.size(1)
    if input.numel() // max(n * channels, 1) == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.size()}")
    means = None if running_mean is None else running_mean.repeat(n)
    variances = None if running_var is None else running_var.repeat(n)
    out = batch_norm(
        input.reshape(1, n * channels, *input.shape[2:]), means, variances, None, None, True, momentum, eps
    )
    if means is not None:
        running_mean.copy_(means.reshape(n, channels).mean(0))
    if variances is not None:
        running_var.copy_(variances.reshape(n, channels).mean(0))
    out = out.reshape(input.shape)
    if weight is not None:
        out = out * _per_channel(weight, input.dim())
    return out if bias is None else out + _per_channel(bias, input.dim())


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
