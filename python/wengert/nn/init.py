"""Initial values of parameters, `torch.nn.init`.

Every function writes its tensor in place, without recording, and returns it. Random ones draw in PyTorch's order:
with the same seed they give PyTorch's numbers. After
<https://docs.pytorch.org/docs/stable/nn.init.html>.
"""

from __future__ import annotations

import math

import wengert
from wengert import _C

__all__ = [
    "calculate_gain",
    "constant",
    "constant_",
    "dirac",
    "dirac_",
    "eye",
    "eye_",
    "kaiming_normal",
    "kaiming_normal_",
    "kaiming_uniform",
    "kaiming_uniform_",
    "normal",
    "normal_",
    "ones_",
    "orthogonal",
    "orthogonal_",
    "sparse",
    "sparse_",
    "trunc_normal_",
    "uniform",
    "uniform_",
    "xavier_normal",
    "xavier_normal_",
    "xavier_uniform",
    "xavier_uniform_",
    "zeros_",
]

_GAINS = {
    **dict.fromkeys(
        (
            "linear",
            "conv1d",
            "conv2d",
            "conv3d",
            "conv_transpose1d",
            "conv_transpose2d",
            "conv_transpose3d",
            "sigmoid",
        ),
        1,
    ),
    "tanh": 5.0 / 3,
    "relu": math.sqrt(2.0),
    "selu": 3.0 / 4,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The recommended gain before an activation: 1, 5/3 for tanh, sqrt(2) for relu, sqrt(2 / (1 + slope^2)) for
    leaky_relu, whose slope is `param` (0.01 by default), 3/4 for selu."""
    if nonlinearity in _GAINS:
        return _GAINS[nonlinearity]
    if nonlinearity == "leaky_relu":
        if param is None:
            slope = 0.01
        elif isinstance(param, (int, float)) and not isinstance(param, bool):
            slope = param
        else:
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2.0 / (1 + slope**2))
    raise ValueError(f"Unsupported nonlinearity {nonlinearity}")


def _is_empty(tensor) -> bool:
    if tensor.numel() == 0 and 0 in tensor.shape:
        import warnings

        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
        return True
    return False


def uniform_(tensor, a: float = 0.0, b: float = 1.0, generator=None):
    """Uniform in `[a, b)`."""
    with wengert.no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor, mean: float = 0.0, std: float = 1.0, generator=None):
    """Normal with this mean and standard deviation."""
    with wengert.no_grad():
        return tensor.normal_(mean, std, generator=generator)


def _share(a: float, b: float, mean: float, std: float) -> float:
    """The probability that a normal number is in `[a, b]`."""

    def below(x):
        return (1.0 + math.erf((x - mean) / std / math.sqrt(2.0))) / 2.0

    return below(b) - below(a)


def trunc_normal_(tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator=None):
    """Normal, drawn again where it is outside `[a, b]`.

    Where that would reject more than seven in ten, the candidates are uniform in `[a, b]` instead, and accepted with
    the ratio of the normal density to its maximum there.
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        import warnings

        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be "
            "incorrect.",
            stacklevel=2,
        )
    with wengert.no_grad():
        if std > 0 and _share(a, b, mean, std) < 0.3:
            peak = (min(max(mean, a), b) - mean) ** 2
            tensor.uniform_(a, b, generator=generator)
            bad = None
            while True:
                accept = _C.empty_like(tensor).uniform_(generator=generator)
                density = (((tensor - mean) ** 2 - peak) / (-2 * std * std)).exp()
                rejected = accept > density
                bad = rejected if bad is None else bad & rejected
                if not bad.any():
                    return tensor
                again = _C.empty_like(tensor).uniform_(a, b, generator=generator)
                tensor.copy_(_C.where(bad, again, tensor))
        tensor.normal_(mean, std, generator=generator)
        while True:
            bad = (tensor < a) | (tensor > b)
            if not bad.any():
                return tensor
            again = _C.empty_like(tensor).normal_(mean, std, generator=generator)
            tensor.copy_(_C.where(bad, again, tensor))


def constant_(tensor, val: float):
    """One number everywhere."""
    with wengert.no_grad():
        return tensor.fill_(val)


def ones_(tensor):
    """Ones."""
    return constant_(tensor, 1.0)


def zeros_(tensor):
    """Zeros."""
    with wengert.no_grad():
        return tensor.zero_()


def eye_(tensor):
    """Ones on the diagonal of a matrix, zeros elsewhere."""
    if tensor.dim() != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    with wengert.no_grad():
        tensor.zero_()
        tensor.diagonal().fill_(1)
    return tensor


def dirac_(tensor, groups: int = 1):
    """A convolution that passes channels on, as many as there are: ones in the middle of the kernels `[i, i]` of each
    group, zeros elsewhere."""
    if tensor.dim() not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    out = tensor.size(0)
    if out % groups != 0:
        raise ValueError("dim 0 must be divisible by groups")
    per_group = out // groups
    middle = tuple(size // 2 for size in tensor.shape[2:])
    with wengert.no_grad():
        tensor.zero_()
        for g in range(groups):
            for d in range(min(per_group, tensor.size(1))):
                tensor[(g * per_group + d, d, *middle)] = 1
    return tensor


def _calculate_fan_in_and_fan_out(tensor) -> tuple[int, int]:
    """Inputs and outputs of a weight `[out, in, ...]`: both times the product of the further dimensions (the
    receptive field)."""
    if tensor.dim() < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    fan_out, fan_in, *field = tensor.shape
    size = math.prod(field)
    return fan_in * size, fan_out * size


def _calculate_correct_fan(tensor, mode: str) -> int:
    mode = mode.lower()
    modes = ["fan_in", "fan_out"]
    if mode not in modes:
        raise ValueError(f"Mode {mode} not supported, please use one of {modes}")
    return _calculate_fan_in_and_fan_out(tensor)[modes.index(mode)]


def xavier_uniform_(tensor, gain: float = 1.0, generator=None):
    """Uniform in `+-gain * sqrt(6 / (fan_in + fan_out))`: *Understanding the difficulty of training deep feedforward
    neural networks* (Glorot, Bengio, 2010)."""
    bound = math.sqrt(3.0) * gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor))))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor, gain: float = 1.0, generator=None):
    """Normal with the deviation `gain * sqrt(2 / (fan_in + fan_out))` (Glorot, Bengio, 2010)."""
    std = gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor))))
    return normal_(tensor, 0.0, std, generator)


def kaiming_uniform_(tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator=None):
    """Uniform in `+-gain * sqrt(3 / fan)`: *Delving deep into rectifiers* (He et al., 2015).

    Args:
        a: the slope of leaky_relu for negative numbers.
        mode: `fan_in` keeps the variance of the forward pass, `fan_out` that of the backward pass.
        nonlinearity: what follows.
    """
    if _is_empty(tensor):
        return tensor
    fan = _calculate_correct_fan(tensor, mode)
    bound = math.sqrt(3.0) * (calculate_gain(nonlinearity, a) / math.sqrt(fan))
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator=None):
    """Normal with the deviation `gain / sqrt(fan)` (He et al., 2015); arguments as of `kaiming_uniform_`."""
    if _is_empty(tensor):
        return tensor
    fan = _calculate_correct_fan(tensor, mode)
    return normal_(tensor, 0.0, calculate_gain(nonlinearity, a) / math.sqrt(fan), generator)


def _orthonormal(a):
    """The `Q` of `A = Q R` with a positive diagonal of `R`, for at least as many rows as columns: Householder
    reflections.

    Of all `Q` this is the only one that depends on `A` continuously, so it does not matter how it is computed.
    """
    rows, cols = a.shape
    r = a.to(_C.float64).clone()
    reflections = []
    signs = []
    for k in range(cols):
        v = r[k:, k].clone()
        head = v[0].item()
        norm = v.norm().item()
        beta = -norm if head >= 0 else norm
        v[0] = head - beta
        squared = v.dot(v).item()
        signs.append(0.0 if norm == 0 else math.copysign(1.0, beta))
        reflections.append((v, squared))
        if squared > 0 and k + 1 < cols:
            rest = r[k:, k + 1 :]
            rest.sub_(_C.outer(v, v @ rest), alpha=2 / squared)
    q = _C.zeros(rows, cols, dtype=_C.float64)
    q.diagonal().fill_(1)
    for k in reversed(range(cols)):
        v, squared = reflections[k]
        if squared > 0:
            rest = q[k:, k:]
            rest.sub_(_C.outer(v, v @ rest), alpha=2 / squared)
    return (q * _C.tensor(signs, dtype=_C.float64)).to(a.dtype)


def orthogonal_(tensor, gain: float = 1, generator=None):
    """A random (semi-)orthogonal matrix times `gain`: *Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks* (Saxe et al., 2013).

    The dimensions after the first count as one.
    """
    if tensor.dim() < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if tensor.numel() == 0:
        return tensor
    rows = tensor.size(0)
    cols = tensor.numel() // rows
    with wengert.no_grad():
        flat = _C.empty((rows, cols), dtype=tensor.dtype).normal_(0, 1, generator=generator)
        q = _orthonormal(flat.t()).t() if rows < cols else _orthonormal(flat)
        tensor.copy_(q.reshape(tensor.shape))
        tensor.mul_(gain)
    return tensor


def sparse_(tensor, sparsity: float, std: float = 0.01, generator=None):
    """Normal, with the share `sparsity` of each column set to zero: *Deep learning via Hessian-free optimization*
    (Martens, 2010)."""
    if tensor.dim() != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, cols = tensor.shape
    zeros = math.ceil(sparsity * rows)
    with wengert.no_grad():
        tensor.normal_(0, std, generator=generator)
        for col in range(cols):
            tensor[_C.randperm(rows)[:zeros], col] = 0
    return tensor


def _make_deprecate(method):
    new = method.__name__
    old = new[:-1]

    def deprecated(*args, **kwargs):
        import warnings

        warnings.warn(f"`nn.init.{old}` is now deprecated in favor of `nn.init.{new}`.", FutureWarning, stacklevel=2)
        return method(*args, **kwargs)

    deprecated.__doc__ = f"The former name of `{new}`."
    deprecated.__name__ = old
    return deprecated


uniform = _make_deprecate(uniform_)
normal = _make_deprecate(normal_)
constant = _make_deprecate(constant_)
eye = _make_deprecate(eye_)
dirac = _make_deprecate(dirac_)
xavier_uniform = _make_deprecate(xavier_uniform_)
xavier_normal = _make_deprecate(xavier_normal_)
kaiming_uniform = _make_deprecate(kaiming_uniform_)
kaiming_normal = _make_deprecate(kaiming_normal_)
orthogonal = _make_deprecate(orthogonal_)
sparse = _make_deprecate(sparse_)
