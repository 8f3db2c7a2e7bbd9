"""Batches out of samples."""

from __future__ import annotations

import copy
from collections.abc import Mapping, MutableMapping, MutableSequence, Sequence

from wengert import _C
from wengert._C import Tensor

__all__ = ["collate", "default_collate", "default_convert"]

default_collate_err_msg_format = (
    "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}"
)


def _is_numpy(x) -> bool:
    return type(x).__module__ == "numpy" and hasattr(x, "dtype") and not isinstance(x, (str, bytes))


def _is_text(array) -> bool:
    return array.dtype.kind in "SUO"


def _is_namedtuple(x) -> bool:
    return isinstance(x, tuple) and hasattr(x, "_fields")


def default_convert(data):
    """numpy arrays and numbers within `data` as tensors; other things stay."""
    if isinstance(data, Tensor):
        return data
    if _is_numpy(data):
        return data if _is_text(data) else _C.as_tensor(data)
    if isinstance(data, Mapping):
        changed = {k: default_convert(v) for k, v in data.items()}
        return _rebuilt_mapping(data, changed)
    if _is_namedtuple(data):
        return type(data)(*(default_convert(v) for v in data))
    if isinstance(data, tuple):
        return [default_convert(v) for v in data]
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _rebuilt_sequence(data, [default_convert(v) for v in data])
    return data


def _rebuilt_mapping(like, values: dict):
    """`values` in a mapping like this one, if there can be one."""
    try:
        if isinstance(like, MutableMapping):
            clone = copy.copy(like)
            clone.update(values)
            return clone
        return type(like)(values)
    except TypeError:
        return values


def _rebuilt_sequence(like, values: list):
    try:
        if isinstance(like, MutableSequence):
            clone = copy.copy(like)
            for i, v in enumerate(values):
                clone[i] = v
            return clone
        return type(like)(values)
    except TypeError:
        return values


def collate(batch, *, collate_fn_map=None):
    """A batch of samples as `default_collate` makes it, with functions of one's own for some types.

    `collate_fn_map[type]` is called as `f(batch, collate_fn_map=collate_fn_map)`.
    """
    elem = batch[0]
    if collate_fn_map is not None:
        own = collate_fn_map.get(type(elem))
        if own is None:
            own = next((f for t, f in collate_fn_map.items() if isinstance(elem, t)), None)
        if own is not None:
            return own(batch, collate_fn_map=collate_fn_map)
        if _is_numpy(elem):
            return collate_numpy_fn(batch, collate_fn_map=collate_fn_map)

    def down(samples):
        return collate(samples, collate_fn_map=collate_fn_map)

    if isinstance(elem, Mapping):
        return _rebuilt_mapping(elem, {key: down([sample[key] for sample in batch]) for key in elem})
    if _is_namedtuple(elem):
        return type(elem)(*(down(samples) for samples in zip(*batch)))
    if isinstance(elem, Sequence) and not isinstance(elem, (str, bytes)):
        if any(len(sample) != len(elem) for sample in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        columns = [down(samples) for samples in zip(*batch)]
        return columns if isinstance(elem, tuple) else _rebuilt_sequence(elem, columns)
    raise TypeError(default_collate_err_msg_format.format(type(elem)))


def collate_tensor_fn(batch, *, collate_fn_map=None):
    """Tensors, stacked."""
    return _C.stack(batch, 0)


def collate_numpy_fn(batch, *, collate_fn_map=None):
    """numpy arrays, stacked; numpy numbers as a tensor."""
    if getattr(batch[0], "shape", ()) == () and not hasattr(batch[0], "setflags"):
        return _C.as_tensor(batch)
    return collate_numpy_array_fn(batch, collate_fn_map=collate_fn_map)


def collate_numpy_array_fn(batch, *, collate_fn_map=None):
    """numpy arrays, stacked."""
    if _is_text(batch[0]):
        raise TypeError(default_collate_err_msg_format.format(batch[0].dtype))
    return collate([_C.as_tensor(b) for b in batch], collate_fn_map=collate_fn_map)


def collate_float_fn(batch, *, collate_fn_map=None):
    """Numbers as a tensor in double precision."""
    if _is_numpy(batch[0]):
        return _C.as_tensor(batch)
    return _C.tensor(batch, dtype=_C.float64)


def collate_int_fn(batch, *, collate_fn_map=None):
    """Integers as a tensor."""
    return _C.tensor(batch)


def collate_str_fn(batch, *, collate_fn_map=None):
    """Texts as they are."""
    return batch


default_collate_fn_map = {
    Tensor: collate_tensor_fn,
    float: collate_float_fn,
    int: collate_int_fn,
    str: collate_str_fn,
    bytes: collate_str_fn,
}


def default_collate(batch):
    """A batch out of a list of samples: tensors (numpy arrays too) are stacked, numbers become a tensor, texts stay.

    Mappings, named tuples and sequences of these are gone into: of a list of tuples comes a list of batches.
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)
