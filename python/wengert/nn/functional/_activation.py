"""Activation functions."""

from __future__ import annotations

from wengert import _C

_nn = _C._nn

celu_ = _C.celu_
elu_ = _nn.elu_
gelu = _nn.gelu
hardshrink = _C.hardshrink
hardtanh_ = _nn.hardtanh_
leaky_relu_ = _nn.leaky_relu_
logsigmoid = _nn.log_sigmoid
prelu = _C.prelu
relu_ = _C.relu_
selu_ = _C.selu_
softplus = _nn.softplus
softshrink = _nn.softshrink
threshold_ = _C.threshold_


def _in_place(input, f):
    """`input` overwritten by `f` of what it held."""
    return input.copy_(f(input.clone()))


def relu(input, inplace: bool = False):
    """`max(x, 0)`, elementwise."""
    return _C.relu_(input) if inplace else _C.relu(input)


def relu6(input, inplace: bool = False):
    """`min(max(x, 0), 6)`, elementwise."""
    return _nn.relu6_(input) if inplace else _nn.relu6(input)


def leaky_relu(input, negative_slope: float = 0.01, inplace: bool = False):
    """`x` where it is positive, else `negative_slope * x`."""
    return _nn.leaky_relu_(input, negative_slope) if inplace else _nn.leaky_relu(input, negative_slope)


def elu(input, alpha: float = 1.0, inplace: bool = False):
    """`x` where it is positive, else `alpha * (exp(x) - 1)`."""
    return _nn.elu_(input, alpha) if inplace else _nn.elu(input, alpha)


def selu(input, inplace: bool = False):
    """`scale * elu(x, alpha)`, with the two numbers of *Self-Normalizing Neural Networks* (Klambauer et al., 2017)."""
    return _C.selu_(input) if inplace else _C.selu(input)


def celu(input, alpha: float = 1.0, inplace: bool = False):
    """`max(0, x) + min(0, alpha * (exp(x / alpha) - 1))`, elementwise."""
    return _C.celu_(input, alpha) if inplace else _C.celu(input, alpha)


def silu(input, inplace: bool = False):
    """`x * sigmoid(x)`, elementwise."""
    return _nn.silu_(input) if inplace else _nn.silu(input)


def mish(input, inplace: bool = False):
    """`x * tanh(softplus(x))`, elementwise."""
    if inplace:
        return _in_place(input, _nn.mish)
    return _nn.mish(input)


def sigmoid(input):
    """`1 / (1 + exp(-x))`, elementwise."""
    return input.sigmoid()


def tanh(input):
    """The hyperbolic tangent, elementwise."""
    return input.tanh()


def softsign(input):
    """`x / (1 + |x|)`, elementwise."""
    return input / (input.abs() + 1)


def tanhshrink(input):
    """`x - tanh(x)`, elementwise."""
    return input - input.tanh()


def hardtanh(input, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False):
    """`x` between the two numbers, else the nearer one. At the two numbers the derivative is 0."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return hardtanh_(input, min_val, max_val) if inplace else _nn.hardtanh(input, min_val, max_val)


def hardsigmoid(input, inplace: bool = False):
    """0 up to -3, 1 from 3, and `x / 6 + 1 / 2` between."""
    if inplace:
        return _in_place(input, _nn.hardsigmoid)
    return _nn.hardsigmoid(input)


def hardswish(input, inplace: bool = False):
    """0 up to -3, x from 3, and `x * (x + 3) / 6` between: *Searching for MobileNetV3* (Howard et al., 2019)."""
    if inplace:
        return _in_place(input, _nn.hardswish)
    return _nn.hardswish(input)


def threshold(input, threshold: float, value: float, inplace: bool = False):
    """`x` where it is greater than `threshold`, else `value`."""
    if inplace:
        return threshold_(input, threshold, value)
    return _C.threshold(input, threshold, value)


def glu(input, dim: int = -1):
    """`a * sigmoid(b)` of the two halves along `dim`: *Language Modeling with Gated Convolutional Networks* (Dauphin
    et al., 2016)."""
    if input.dim() == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    return _nn.glu(input, dim)


def rrelu(
    input,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    inplace: bool = False,
):
    """`x` where it is positive, else `a * x`, where `a` is random in `[lower, upper)` while training, and their mean
    otherwise."""
    if inplace:
        return rrelu_(input, lower, upper, training)
    if not training:
        return leaky_relu(input, (lower + upper) / 2)
    if lower > upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")
    negative = (input <= 0).detach()
    slope = _C.ones_like(input)
    # PyTorch draws for the elements that need it, in their order.
    n = int(negative.sum())
    slope[negative] = _C.empty(n, dtype=input.dtype).uniform_(lower, upper)
    return input * slope


def rrelu_(input, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False):
    """`rrelu`, in place."""
    return _in_place(input, lambda x: rrelu(x, lower, upper, training))


def _softmax_dim(name: str, ndim: int, stacklevel: int) -> int:
    import warnings

    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=stacklevel + 1,  # one is the frame that asks for overrides
    )
    return 0 if ndim in (0, 1, 3) else 1


def softmax(input, dim: int | None = None, _stacklevel: int = 3, dtype=None):
    """`exp(x) / sum(exp(x))` along `dim`."""
    if dim is None:
        dim = _softmax_dim("softmax", input.dim(), _stacklevel)
    return input.softmax(dim) if dtype is None else input.softmax(dim, dtype=dtype)


def softmin(input, dim: int | None = None, _stacklevel: int = 3, dtype=None):
    """`softmax(-x)` along `dim`."""
    if dim is None:
        dim = _softmax_dim("softmin", input.dim(), _stacklevel)
    return (-input).softmax(dim) if dtype is None else (-input).softmax(dim, dtype=dtype)


def log_softmax(input, dim: int | None = None, _stacklevel: int = 3, dtype=None):
    """`log(softmax(x))` along `dim`, computed without overflow."""
    if dim is None:
        dim = _softmax_dim("log_softmax", input.dim(), _stacklevel)
    return input.log_softmax(dim) if dtype is None else input.log_softmax(dim, dtype=dtype)


def gumbel_softmax(logits, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1):
    """A sample of the Gumbel-softmax distribution: *Categorical Reparameterization with Gumbel-Softmax* (Jang et al.,
    2016).

    Args:
        logits: log-probabilities, up to a constant.
        tau: the temperature.
        hard: one-hot values, with the gradient of the soft ones.
    """
    if eps != 1e-10:
        import warnings

        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=3)
    gumbels = -_C.empty_like(logits).exponential_().log()
    soft = ((logits + gumbels) / tau).softmax(dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    ones = _C.zeros_like(logits).scatter_(dim, index, 1.0)
    return ones - soft.detach() + soft
