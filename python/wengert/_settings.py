"""Small functions of the top level of `torch`: questions about objects, and settings of the process."""

from math import e as e
from math import inf, nan, pi

from wengert import _C
from wengert._C import Tensor

newaxis = None

has_cuda = has_cudnn = has_mps = has_mkl = has_mkldnn = False
has_openmp = False
has_lapack = has_spectral = True

_deterministic = 0  # as set_deterministic_debug_mode counts: 0 default, 1 warn, 2 error
_precision = "highest"
_warn_always = False
_interop_threads = None

__all__ = ["e", "inf", "nan", "newaxis", "pi"]


def is_tensor(obj):
    """Is `obj` a tensor? The same as `isinstance(obj, torch.Tensor)`."""
    return isinstance(obj, Tensor)


def is_storage(obj):
    """Is `obj` a storage of tensors?"""
    try:
        from wengert import storage
    except ImportError:
        return False
    return isinstance(obj, (storage.UntypedStorage, storage.TypedStorage))


def is_distributed(input):
    """False: no tensor is spread over processes."""
    return False


def is_vulkan_available():
    """False."""
    return False


def typename(obj, /):
    """The name of the type of `obj` with its module (`torch.FloatTensor` for a tensor), or of a class itself."""
    if isinstance(obj, Tensor):
        return obj.type()
    if isinstance(obj, type(_C)):
        return _as_torch(obj.__name__)
    if not hasattr(obj, "__qualname__"):
        obj = obj.__class__
    module = getattr(obj, "__module__", "") or ""
    name = getattr(obj, "__qualname__", None) or obj.__name__
    if module in ("builtins", "__builtin__", ""):
        return name
    return f"{_as_torch(module)}.{name}"


def _as_torch(module):
    """The name of a module of ours under torch; what is private is at the top."""
    parts = module.split(".")
    if parts[0] != "wengert":
        return module
    return ".".join(["torch", *(part for part in parts[1:] if not part.startswith("_"))])


class classproperty:
    """A property of a class: `f(cls)`, read from the class or from an object of it."""

    def __init__(self, f):
        self.fget = f

    def __get__(self, instance, owner=None):
        return self.fget(owner if instance is None else type(instance))


def compile(
    model=None, *, fullgraph=False, dynamic=None, backend=None, mode=None, options=None, disable=False, **kwargs
):
    """The function or module itself: nothing is compiled, large elementwise chains are fused as it runs.

    Without a model it is a decorator with arguments, as in PyTorch.
    """
    if model is None:
        return lambda model: model
    if not callable(model):
        raise RuntimeError(f"torch.compile expects a function or a module, but got {type(model).__name__}")
    return model


def compiled_with_cxx11_abi():
    """True; there is no C++ in it."""
    return True


def use_deterministic_algorithms(mode, *, warn_only=False):
    """Remembers the choice. Every operation is deterministic already, for any number of threads."""
    global _deterministic
    _deterministic = (1 if warn_only else 2) if mode else 0


def are_deterministic_algorithms_enabled():
    """What `use_deterministic_algorithms` has been told."""
    return _deterministic > 0


def is_deterministic_algorithms_warn_only_enabled():
    """The `warn_only` of `use_deterministic_algorithms`."""
    return _deterministic == 1


def set_deterministic_debug_mode(debug_mode):
    """The same as `use_deterministic_algorithms`, by "default", "warn", "error" or 0, 1, 2."""
    global _deterministic
    if isinstance(debug_mode, str):
        modes = ["default", "warn", "error"]
        if debug_mode not in modes:
            raise RuntimeError(
                f"invalid value of debug_mode, expected one of `default`, `warn`, `error`, but got {debug_mode}"
            )
        debug_mode = modes.index(debug_mode)
    elif not isinstance(debug_mode, int):
        raise TypeError(f"debug_mode must be str or int, but got {type(debug_mode)}")
    if debug_mode not in (0, 1, 2):
        raise RuntimeError(f"invalid value of debug_mode, expected 0, 1, or 2, but got {debug_mode}")
    _deterministic = debug_mode


def get_deterministic_debug_mode():
    """0, 1 or 2: see `set_deterministic_debug_mode`."""
    return _deterministic


def set_float32_matmul_precision(precision):
    """Remembers "highest", "high" or "medium"; products of float32 are computed in float32 in any case."""
    global _precision
    if not isinstance(precision, str):
        raise RuntimeError(f"set_float32_matmul_precision expects a str, but got {type(precision).__name__}")
    if precision in ("highest", "high", "medium"):
        _precision = precision
    else:
        _warn(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the current setting of "
            "float32_matmul_precision is unchanged."
        )


def get_float32_matmul_precision():
    """What `set_float32_matmul_precision` has been told; "highest" at first."""
    return _precision


def _warn(text):
    import warnings

    warnings.warn(text, UserWarning, stacklevel=3)


def set_warn_always(b, /):
    """Remembers whether warnings are repeated; Python's own filter decides."""
    global _warn_always
    if not isinstance(b, bool):
        raise RuntimeError(f"setWarnOnlyOnce expects a bool, but got {type(b).__name__}")
    _warn_always = b


def is_warn_always_enabled():
    """What `set_warn_always` has been told."""
    return _warn_always


def set_flush_denormal(mode):
    """False: denormal numbers are computed as they are; the mode of the processor is left alone."""
    return False


def get_num_interop_threads():
    """The threads that run operations side by side; one operation runs after the other, so this is what was set."""
    return _interop_threads or _C.get_num_threads()


def set_num_interop_threads(threads):
    """Remembers the number; operations run one after the other."""
    global _interop_threads
    if not isinstance(threads, int):
        raise RuntimeError(f"set_num_interop_threads expects an int, but got {type(threads).__name__}")
    if threads <= 0:
        raise RuntimeError("set_num_interop_threads expects a positive integer")
    _interop_threads = threads


def set_default_device(device):
    """Takes the CPU (or None); there is no other device."""
    from wengert import cuda

    if device is not None:
        kind = _C.device(device).type
        if kind == "cuda":
            cuda._lazy_init()
        if kind != "cpu":
            raise RuntimeError(f"set_default_device: wengert computes on the CPU and has no device of type {kind!r}")


def get_default_device():
    """The CPU."""
    return _C.device("cpu")
