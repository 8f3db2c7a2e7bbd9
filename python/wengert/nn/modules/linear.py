"""Linear layers."""

from __future__ import annotations

import math

from wengert import _C

from .. import functional as F
from .. import init
from .module import Module
from .utils import register_empty

__all__ = ["Bilinear", "Identity", "Linear"]

_linear = _C._nn.linear


class Identity(Module):
    """Gives its input back. Takes any arguments, so that it can stand for any layer."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__()

    def forward(self, input):
        """The input."""
        return input


class Linear(Module):
    """`x A^T + b`.

    Args:
        in_features: size of the last dimension of the input.
        out_features: size of the last dimension of the output.
        bias: is there a `b`?

    `weight` is `(out_features, in_features)`, `bias` `(out_features)`; both uniform in `+-1 / sqrt(in_features)` at
    first.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True, device=None, dtype=None) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        shape = (out_features, in_features)
        register_empty(self, device, dtype, weight=shape, bias=out_features if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws new parameters."""
        # Uniform with a slope of sqrt(5) has the bound 1 / sqrt(in_features).
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input):
        """`input` is `(*, in_features)`, the result `(*, out_features)`."""
        params = self._parameters
        try:
            weight, bias = params["weight"], params["bias"]
        except KeyError:
            # Parametrized: what is computed stands elsewhere.
            weight, bias = self.weight, self.bias
        return _linear(input, weight, bias)

    def extra_repr(self) -> str:
        """The sizes."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class NonDynamicallyQuantizableLinear(Linear):
    """A `Linear` by another name, which PyTorch's attention has."""


class Bilinear(Module):
    """`x1^T A x2 + b`, for each of `out_features` matrices `A`."""

    def __init__(
        self, in1_features: int, in2_features: int, out_features: int, bias: bool = True, device=None, dtype=None
    ) -> None:
        super().__init__()
        if in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got (in1_features={in1_features})")
        self.in1_features = in1_features
        self.in2_features = in2_features
        self.out_features = out_features
        shape = (out_features, in1_features, in2_features)
        register_empty(self, device, dtype, weight=shape, bias=out_features if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws new parameters, uniform in `+-1 / sqrt(in1_features)`."""
        bound = 1 / math.sqrt(self.weight.size(1))
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1, input2):
        """`input1` is `(*, in1_features)`, `input2` `(*, in2_features)`, the result `(*, out_features)`."""
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """The sizes."""
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )
