"""Small helpers that layers share."""

from __future__ import annotations

from collections.abc import Iterable

import wengert

from ..parameter import Parameter

__all__ = ["consume_prefix_in_state_dict_if_present"]


def register_empty(module, device, dtype, **shapes) -> None:
    """Gives the module parameters of these shapes, whose numbers are yet to be set; None where a shape is None."""
    for name, shape in shapes.items():
        empty = None if shape is None else Parameter(wengert.empty(shape, device=device, dtype=dtype))
        module.register_parameter(name, empty)


def _ntuple(n: int, name: str):
    def parse(x):
        return tuple(x) if isinstance(x, Iterable) else (x,) * n

    parse.__name__ = name
    return parse


_single = _ntuple(1, "_single")
_pair = _ntuple(2, "_pair")
_triple = _ntuple(3, "_triple")
_quadruple = _ntuple(4, "_quadruple")


def _reverse_repeat_tuple(t, n: int) -> tuple:
    """The elements of `t` from the last to the first, each `n` times: how `pad` wants them."""
    return tuple(x for x in reversed(t) for _ in range(n))


def _list_with_default(out_size, defaults) -> list:
    """`out_size`, with the last of `defaults` where it says None."""
    if isinstance(out_size, int):
        return out_size
    if len(defaults) <= len(out_size):
        raise ValueError(f"Input dimension should be at least {len(out_size) + 1}")
    return [d if v is None else v for v, d in zip(out_size, defaults[-len(out_size) :])]


def consume_prefix_in_state_dict_if_present(state_dict, prefix: str) -> None:
    """Takes `prefix` away from the keys that begin with it, in place; in the metadata too."""
    for key in list(state_dict.keys()):
        if key.startswith(prefix):
            state_dict[key[len(prefix) :]] = state_dict.pop(key)
    metadata = getattr(state_dict, "_metadata", None)
    if metadata is not None:
        for key in list(metadata.keys()):
            if key == prefix.replace(".", "") or key.startswith(prefix):
                metadata[key[len(prefix) :]] = metadata.pop(key)
