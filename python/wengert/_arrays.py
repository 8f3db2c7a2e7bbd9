"""`asarray`: whatever holds numbers as a tensor, sharing memory where that is possible."""

import wengert
from wengert import _C
from wengert._C import Tensor


def asarray(obj, *, dtype=None, device=None, copy=None, requires_grad=None):
    """A tensor with the numbers of `obj`: a tensor, numpy's array, DLPack's tensor, a buffer, a number or a sequence.

    Args:
        copy: None shares memory if it can, True never shares, False fails where sharing is not possible.
        requires_grad: whether the result does; None: as `obj` does.
    """
    tensor, shared = _alias(obj, dtype)
    if shared and dtype is not None and tensor.dtype != dtype:
        if copy is False:
            raise ValueError(f"can't alias tensor with dtype '{_name(tensor.dtype)}' into dtype '{_name(dtype)}'.")
        tensor, shared = tensor.to(dtype), False
    if not shared and copy is False:
        raise ValueError("can't alias arbitrary sequence into a tensor.")
    if shared and copy:
        tensor = tensor.clone()
    if device is not None:
        tensor = tensor.to(device)
    if requires_grad is False and tensor.requires_grad:
        return tensor.detach()
    if requires_grad and not tensor.requires_grad:
        return tensor.detach().requires_grad_()
    return tensor


def _alias(obj, dtype):
    """A tensor, and whether it shares memory with `obj`."""
    if isinstance(obj, Tensor):
        return obj, True
    if _C._is_ndarray(obj):
        return _C.from_numpy(obj), True
    if hasattr(obj, "__dlpack__") and not hasattr(obj, "__array__"):
        return wengert.from_dlpack(obj), True
    if hasattr(obj, "__array__"):
        return _C.tensor(obj, dtype=dtype), False
    try:
        memory = memoryview(obj)
    except TypeError:
        return _C.tensor(obj, dtype=dtype), False
    dtype = dtype or _FORMATS.get(memory.format)
    if dtype is None:
        raise ValueError(f"could not retrieve buffer from object: no dtype has the format {memory.format!r}")
    if memory.nbytes == 0:
        return _C.tensor([], dtype=dtype), False
    return _C.frombuffer(memory, dtype=dtype), True


_FORMATS = {
    "?": _C.bool,
    "B": _C.uint8,
    "b": _C.int8,
    "h": _C.int16,
    "i": _C.int32,
    "l": _C.int64,
    "q": _C.int64,
    "e": _C.float16,
    "f": _C.float32,
    "d": _C.float64,
}


def _name(dtype):
    """What PyTorch's messages call a dtype: Float, Long."""
    from wengert.storage import _class_of

    return _class_of(dtype).__name__[: -len("Storage")]
