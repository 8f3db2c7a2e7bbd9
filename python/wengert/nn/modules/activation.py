"""Activation layers: `torch.nn.functional`'s functions as modules."""

from __future__ import annotations

import wengert
from wengert import _C

from .. import functional as F
from .. import init
from ..parameter import Parameter
from .module import Module

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "SELU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "PReLU",
    "RReLU",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softmax2d",
    "Softmin",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
]


class _InPlace(Module):
    """An activation without options, but `inplace`."""

    inplace: bool

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        """`inplace=True`, if it is."""
        return "inplace=True" if self.inplace else ""


class ReLU(_InPlace):
    """`max(x, 0)`, elementwise."""

    def forward(self, input):
        """Elementwise."""
        return F.relu(input, self.inplace)


class RReLU(Module):
    """`x` where it is positive, else `a * x`, with a random `a` in `[lower, upper)` while training, and their mean
    otherwise."""

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower = lower
        self.upper = upper
        self.inplace = inplace

    def forward(self, input):
        """Elementwise."""
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        """The bounds."""
        return f"lower={self.lower}, upper={self.upper}" + (", inplace=True" if self.inplace else "")


class Hardtanh(Module):
    """`x` between `min_val` and `max_val`, else the nearer one."""

    def __init__(
        self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False, min_value=None, max_value=None
    ) -> None:
        super().__init__()
        for old, value in (("min_value", min_value), ("max_value", max_value)):
            if value is not None:
                import warnings

                warnings.warn(
                    f"keyword argument `{old}` is deprecated and rename to `{old[:-2]}`", FutureWarning, stacklevel=2
                )
        self.min_val = min_val if min_value is None else min_value
        self.max_val = max_val if max_value is None else max_value
        self.inplace = inplace
        if not self.max_val > self.min_val:
            raise AssertionError(
                f"max_val must be greater than min_val, got min_val={self.min_val}, max_val={self.max_val}"
            )

    def forward(self, input):
        """Elementwise."""
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        """The bounds."""
        return f"min_val={self.min_val}, max_val={self.max_val}" + (", inplace=True" if self.inplace else "")


class ReLU6(Hardtanh):
    """`min(max(x, 0), 6)`, elementwise."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        """`inplace=True`, if it is."""
        return "inplace=True" if self.inplace else ""


class Sigmoid(Module):
    """`1 / (1 + exp(-x))`, elementwise."""

    def forward(self, input):
        """Elementwise."""
        return _C.sigmoid(input)


class Hardsigmoid(_InPlace):
    """0 up to -3, 1 from 3, and `x / 6 + 1 / 2` between."""

    def forward(self, input):
        """Elementwise."""
        return F.hardsigmoid(input, self.inplace)

    def extra_repr(self) -> str:
        """Nothing."""
        return ""


class Tanh(Module):
    """The hyperbolic tangent, elementwise."""

    def forward(self, input):
        """Elementwise."""
        return _C.tanh(input)


class SiLU(_InPlace):
    """`x * sigmoid(x)`, elementwise."""

    def forward(self, input):
        """Elementwise."""
        return F.silu(input, self.inplace)


class Mish(_InPlace):
    """`x * tanh(softplus(x))`, elementwise."""

    def forward(self, input):
        """Elementwise."""
        return F.mish(input, self.inplace)


class Hardswish(_InPlace):
    """0 up to -3, x from 3, and `x * (x + 3) / 6` between."""

    def forward(self, input):
        """Elementwise."""
        return F.hardswish(input, self.inplace)

    def extra_repr(self) -> str:
        """Nothing."""
        return ""


class ELU(Module):
    """`x` where it is positive, else `alpha * (exp(x) - 1)`."""

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input):
        """Elementwise."""
        return F.elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return f"alpha={self.alpha}" + (", inplace=True" if self.inplace else "")


class CELU(ELU):
    """`max(0, x) + min(0, alpha * (exp(x / alpha) - 1))`, elementwise."""

    def forward(self, input):
        """Elementwise."""
        return F.celu(input, self.alpha, self.inplace)


class SELU(_InPlace):
    """The scaled exponential linear unit of *Self-Normalizing Neural Networks* (Klambauer et al., 2017)."""

    def forward(self, input):
        """Elementwise."""
        return F.selu(input, self.inplace)


class GLU(Module):
    """`a * sigmoid(b)` of the two halves along `dim`."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input):
        """Halves the size of `dim`."""
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        """The dimension."""
        return f"dim={self.dim}"


class GELU(Module):
    """`x * Phi(x)`, Phi the normal distribution function, or its approximation by tanh."""

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input):
        """Elementwise."""
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        """Which form."""
        return f"approximate={self.approximate!r}"


class _Lambd(Module):
    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def extra_repr(self) -> str:
        """The bound."""
        return str(self.lambd)


class Hardshrink(_Lambd):
    """`x` where it is outside `[-lambd, lambd]`, else 0."""

    def forward(self, input):
        """Elementwise."""
        return F.hardshrink(input, self.lambd)


class Softshrink(_Lambd):
    """`x` nearer to 0 by `lambd`; 0 in `[-lambd, lambd]`."""

    def forward(self, input):
        """Elementwise."""
        return F.softshrink(input, self.lambd)


class LeakyReLU(Module):
    """`x` where it is positive, else `negative_slope * x`."""

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, input):
        """Elementwise."""
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        """The slope."""
        return f"negative_slope={self.negative_slope}" + (", inplace=True" if self.inplace else "")


class LogSigmoid(Module):
    """`log(sigmoid(x))`, elementwise."""

    def forward(self, input):
        """Elementwise."""
        return F.logsigmoid(input)


class Softplus(Module):
    """`log(1 + exp(beta * x)) / beta`; `x` itself where `beta * x` is above `threshold`."""

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input):
        """Elementwise."""
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """The options."""
        return f"beta={self.beta}, threshold={self.threshold}"


class PReLU(Module):
    """`x` where it is positive, else `weight * x`, with one learnt number, or one for each channel (dimension 1)."""

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device=None, dtype=None) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = Parameter(wengert.empty(num_parameters, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Sets the numbers to `init`."""
        init.constant_(self.weight, self.init)

    def forward(self, input):
        """Elementwise."""
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """How many numbers."""
        return f"num_parameters={self.num_parameters}"


class Softsign(Module):
    """`x / (1 + |x|)`, elementwise."""

    def forward(self, input):
        """Elementwise."""
        return F.softsign(input)


class Tanhshrink(Module):
    """`x - tanh(x)`, elementwise."""

    def forward(self, input):
        """Elementwise."""
        return F.tanhshrink(input)


class Threshold(Module):
    """`x` where it is greater than `threshold`, else `value`."""

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold = threshold
        self.value = value
        self.inplace = inplace

    def forward(self, input):
        """Elementwise."""
        return F.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return f"threshold={self.threshold}, value={self.value}" + (", inplace=True" if self.inplace else "")


class _Along(Module):
    """An activation along a dimension."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def __setstate__(self, state) -> None:
        super().__setstate__(state)
        if not hasattr(self, "dim"):
            self.dim = None

    def extra_repr(self) -> str:
        """The dimension."""
        return f"dim={self.dim}"


class Softmax(_Along):
    """`exp(x) / sum(exp(x))` along `dim`."""

    def forward(self, input):
        """Numbers in [0, 1] that add up to 1."""
        return F.softmax(input, self.dim, _stacklevel=5)


class Softmin(_Along):
    """`softmax(-x)` along `dim`."""

    def forward(self, input):
        """Numbers in [0, 1] that add up to 1."""
        return F.softmin(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        """The dimension."""
        return f"dim={self.dim}"


class LogSoftmax(_Along):
    """`log(softmax(x))` along `dim`, computed without overflow."""

    def forward(self, input):
        """Numbers up to 0."""
        return F.log_softmax(input, self.dim, _stacklevel=5)


class Softmax2d(Module):
    """Softmax over the channels of `(N, C, H, W)` or `(C, H, W)`."""

    def forward(self, input):
        """Numbers in [0, 1] that add up to 1 over the channels."""
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3, _stacklevel=5)
