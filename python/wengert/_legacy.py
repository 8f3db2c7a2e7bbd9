"""The types of tensors of old: `torch.FloatTensor` makes float32 tensors and is their type in `isinstance`."""

from wengert import _C
from wengert._C import Tensor

NAMES = {
    "BFloat16": _C.bfloat16,
    "Bool": _C.bool,
    "Byte": _C.uint8,
    "Char": _C.int8,
    "Double": _C.float64,
    "Float": _C.float32,
    "Half": _C.float16,
    "Int": _C.int32,
    "Long": _C.int64,
    "Short": _C.int16,
}


class tensortype(type):
    """The class of `torch.FloatTensor` and its like."""

    def __instancecheck__(cls, instance):
        return not cls.is_cuda and isinstance(instance, Tensor) and instance.dtype is cls.dtype

    def __subclasscheck__(cls, subclass):
        return subclass is cls

    def __call__(cls, *args, **kwargs):
        if cls.is_cuda:
            from wengert import cuda

            cuda._lazy_init()
        return _new(cls.dtype, args, kwargs)

    def __getattr__(cls, name):
        return getattr(Tensor, name)

    def __repr__(cls):
        return f"<class '{cls.__module__}.{cls.__name__}'>"


tensortype.__module__ = "torch"


def _new(dtype, args, kwargs):
    """A tensor of `dtype` from sizes, from data, or from another tensor of this dtype."""
    device = kwargs.pop("device", None)
    if kwargs:
        raise TypeError(f"new() got an unexpected keyword argument '{next(iter(kwargs))}'")
    if device is not None and _C.device(device).type != "cpu":
        kind = _C.device(device).type
        raise RuntimeError(f"legacy constructor expects device type: cpu but device type: {kind} was passed")
    return _C._legacy_tensor(dtype, args, None)


def make(module, is_cuda, names=NAMES):
    """The types `module.FloatTensor` and so on, by name."""
    types = {}
    for kind, dtype in names.items():
        space = {"__module__": module, "__slots__": (), "dtype": dtype, "is_cuda": is_cuda, "is_sparse": False}
        types[kind + "Tensor"] = tensortype(kind + "Tensor", (), space)
    return types


globals().update(make("torch", False))


def set_default_tensor_type(t, /):
    """Sets the default dtype by a type of tensors of old, `torch.DoubleTensor` or its name as text."""
    name = t
    if isinstance(t, str):
        home, _, kind = t.rpartition(".")
        if home == "torch":
            import wengert

            t = getattr(wengert, kind)
        elif home == "torch.cuda":
            from wengert import cuda

            t = getattr(cuda, kind)
        else:
            raise ModuleNotFoundError(f"No module named '{home or kind}'", name=home or kind)
    if not isinstance(t, tensortype):
        raise TypeError("invalid type object: only floating-point types are supported as the default type")
    if t.is_cuda:
        raise TypeError(f"type {getattr(name, '__name__', name)} not available. Torch not compiled with CUDA enabled.")
    if not t.dtype.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    _C.set_default_dtype(t.dtype)
