"""Parameters as one vector."""

from __future__ import annotations

import wengert
from wengert._C import Tensor

__all__ = ["parameters_to_vector", "vector_to_parameters"]


def parameters_to_vector(parameters):
    """All elements of the parameters, in order, as one vector. Autograd records it."""
    return wengert.cat([p.view(-1) for p in parameters])


def vector_to_parameters(vec, parameters) -> None:
    """Gives the parameters the values of `vec`, in order: they become views of it."""
    if not isinstance(vec, Tensor):
        kind = type(vec)
        name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        raise TypeError(f"expected torch.Tensor, but got: {name}")
    place = 0
    for p in parameters:
        n = p.numel()
        p.data = vec[place : place + n].view_as(p).data
        place += n
