"""Functions that pickled tensors name: they put a tensor together from a storage and a layout."""

from wengert import _C
from wengert._C import Tensor


def _rebuild_tensor(storage, storage_offset, size, stride):
    """The tensor of these sizes and strides, in elements, over a typed storage."""
    return _C._tensor_from_storage(storage._untyped_storage, storage.dtype, storage_offset, tuple(size), tuple(stride))


def _finish(tensor, requires_grad, backward_hooks, metadata):
    if requires_grad:
        tensor.requires_grad_(True)
    if metadata:
        if metadata.get("conj"):
            tensor = _conjugate(tensor)
        if metadata.get("neg"):
            tensor = tensor.neg()
    if backward_hooks:
        tensor._backward_hooks = backward_hooks
    return tensor


def _conjugate(tensor):
    """A copy of complex numbers with the imaginary parts' signs turned."""
    from wengert.storage import _as_tensor

    storage = tensor.untyped_storage().clone()
    parts = _as_tensor(storage, _C.float32 if tensor.dtype == _C.complex64 else _C.float64)
    parts[1::2].neg_()
    layout = tensor.storage_offset(), tuple(tensor.size()), tensor.stride()
    return _C._tensor_from_storage(storage, tensor.dtype, *layout)


def _rebuild_tensor_v2(storage, storage_offset, size, stride, requires_grad, backward_hooks, metadata=None):
    """What a tensor is pickled as."""
    return _finish(_rebuild_tensor(storage, storage_offset, size, stride), requires_grad, backward_hooks, metadata)


def _rebuild_tensor_v3(storage, storage_offset, size, stride, requires_grad, backward_hooks, dtype, metadata=None):
    """What a tensor is pickled as, if its dtype has no storage class of its own."""
    tensor = _C._tensor_from_storage(storage._untyped_storage, dtype, storage_offset, tuple(size), tuple(stride))
    return _finish(tensor, requires_grad, backward_hooks, metadata)


def _rebuild_parameter(data, requires_grad, backward_hooks):
    """What a parameter is pickled as."""
    from wengert.nn.parameter import Parameter

    parameter = Parameter(data, requires_grad)
    if backward_hooks:
        parameter._backward_hooks = backward_hooks
    return parameter


def _rebuild_parameter_with_state(data, requires_grad, backward_hooks, state):
    """What a parameter that has attributes is pickled as."""
    return _set_state(_rebuild_parameter(data, requires_grad, backward_hooks), state)


def _rebuild_from_type_v2(func, new_type, args, state):
    """What a tensor of a class of its own, or with attributes, is pickled as."""
    tensor = func(*args)
    if new_type is None:
        new_type = Tensor
    if type(tensor) is not new_type:
        tensor = tensor.as_subclass(new_type)
    own = getattr(new_type, "__setstate__", None)
    if own is not None and own is not getattr(Tensor, "__setstate__", None):
        own(tensor, state)
    else:
        _set_state(tensor, state)
    return tensor


def _rebuild_device_tensor_from_numpy(data, dtype, device, requires_grad):
    """What a tensor of a device without storages is pickled as: a numpy array."""
    import wengert

    tensor = wengert.from_numpy(data).to(dtype=dtype)
    return tensor.requires_grad_(True) if requires_grad else tensor


def _state(obj):
    """An object's attributes: a dict, or a pair with those of its slots; `None` if there are none."""
    own = getattr(type(obj), "__getstate__", None)
    if own is not None and own is not getattr(object, "__getstate__", None):
        return own(obj)
    attributes = getattr(obj, "__dict__", None) or None
    slots = {}
    for cls in type(obj).__mro__:
        names = cls.__dict__.get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            if name not in ("__dict__", "__weakref__") and hasattr(obj, name):
                slots[name] = getattr(obj, name)
    return (attributes, slots) if slots else attributes


def _set_state(obj, state):
    attributes, slots = state if isinstance(state, tuple) else (state, None)
    if attributes:
        obj.__dict__.update(attributes)
    for name, value in (slots or {}).items():
        setattr(obj, name, value)
    return obj


def _element_size(dtype):
    """Bytes of an element."""
    return dtype.itemsize
