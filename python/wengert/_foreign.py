"""Parts of PyTorch that wengert does not have: they import, and fail when they are used, saying what is missing.

`import torch.distributed as dist` at the head of a program that never uses it is no reason not to run the program.
A foreign module gives a `Missing` for every name; calling or subclassing one raises NotImplementedError, `isinstance`
of it is False. The few names with an honest answer (`torch.distributed.is_available()`) are real.
"""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

_COMPILER = "programs run as they are written; there is no compiler for them"
_QUANTIZED = "there are no quantized tensors"
_PARALLEL = "training over several processes is not part of it yet"

#: Foreign modules, and why there is nothing in them. Their submodules are foreign, too.
FOREIGN = {
    "_dynamo": _COMPILER,
    "_export": _COMPILER,
    "_inductor": _COMPILER,
    "_higher_order_ops": _COMPILER,
    "_refs": _COMPILER,
    "accelerator": "it computes on the CPU",
    "ao": _QUANTIZED,
    "classes": "C++ classes of PyTorch cannot be loaded",
    "contrib": "it is not part of it",
    "cpp": "there is no C++ front end",
    "distributed": _PARALLEL,
    "distributions": "it is not part of it yet",
    "export": _COMPILER,
    "futures": _PARALLEL,
    "fx": "Python code is not traced into a graph of modules; see wengert.autograd.graph for the graph of a result",
    "hub": "models are not downloaded",
    "jit": "TorchScript is not compiled; leave the decorator out and the function runs as it is",
    "library": "operations cannot be registered from Python; write a torch.autograd.Function",
    "masked": "there are no masked tensors",
    "monitor": "it is not part of it",
    "mps": "it computes on the CPU",
    "mtia": "it computes on the CPU",
    "nested": "there are no nested tensors",
    "onnx": "models are not exported to ONNX",
    "ops": "PyTorch's operator registry is not there; call the function by its public name (torch.add)",
    "package": "models are saved with torch.save",
    "profiler": "there is no profiler; cProfile sees Python code",
    "quantization": _QUANTIZED,
    "quasirandom": "it is not part of it yet",
    "signal": "it is not part of it yet",
    "sparse": "there are no sparse tensors",
    "xpu": "it computes on the CPU",
    "backends.quantized": _QUANTIZED,
    "backends.xnnpack": "it is not used",
    "cuda.nccl": "it computes on the CPU",
    "cuda.nvtx": "it computes on the CPU",
    "cuda.profiler": "it computes on the CPU",
    "cuda.tunable": "it computes on the CPU",
    "nn.intrinsic": _QUANTIZED,
    "nn.qat": _QUANTIZED,
    "nn.quantizable": _QUANTIZED,
    "nn.attention": "it is not part of it yet",
    "nn.parallel": _PARALLEL,
    "nn.quantized": _QUANTIZED,
    "utils.benchmark": "time with the standard library's timeit",
    "utils.bottleneck": "there is no profiler; cProfile sees Python code",
    "utils.cpp_extension": "C++ extensions of PyTorch cannot be loaded",
    "utils.mobile_optimizer": _COMPILER,
    "utils.model_zoo": "models are not downloaded",
    "utils.tensorboard": "there is no writer of TensorBoard's files",
}


class Missing:
    """A name of PyTorch's that wengert does not have; using it raises NotImplementedError."""

    def __init__(self, name, why):
        self.__name__ = self.__qualname__ = name.rpartition(".")[2]
        self.__module__ = name.rpartition(".")[0]
        self.__doc__ = f"{name}: not in wengert, {why}."
        self._name = name
        self._why = why

    def _fail(self, *args, **kwargs):
        raise missing(self._name, self._why)

    __call__ = __mro_entries__ = __enter__ = __iter__ = __len__ = __getitem__ = __setitem__ = _fail

    def __exit__(self, *details):
        return None

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Missing(f"{self._name}.{name}", self._why)

    def __instancecheck__(self, instance):
        return False

    def __subclasscheck__(self, cls):
        return False

    def __repr__(self):
        return f"<{self._name}: not in wengert>"


def missing(name, why):
    """The error of a foreign name that was used."""
    return NotImplementedError(f"wengert does not have {name}: {why}")


class ForeignModule(ModuleType):
    """A module in which every public name is `Missing`, but for what was put into it."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        value = Missing(f"torch{self.__name__[len('wengert') :]}.{name}", self._why)
        setattr(self, name, value)
        return value

    def __dir__(self):
        return sorted(self.__dict__)


def _unchanged(fn=None, *args, **kwargs):
    """As a decorator, with or without arguments: the function itself."""
    return fn if callable(fn) else _unchanged


def _false(*args, **kwargs):
    """False: what is asked for is not there."""
    return False


def _annotated(type_, value):
    """The value; TorchScript would read the type."""
    return value


_JIT = dict.fromkeys(("ignore", "unused", "export", "_overload", "_overload_method", "_script_if_tracing"), _unchanged)
_JIT.update(is_scripting=_false, is_tracing=_false, annotate=_annotated, script_if_tracing=_unchanged)

#: What is honest in a foreign module.
_REAL = {
    "jit": _JIT,
    "distributed": dict.fromkeys(
        ("is_available", "is_initialized", "is_nccl_available", "is_gloo_available", "is_mpi_available",
         "is_torchelastic_launched"), _false
    ),
    "onnx": {"is_in_onnx_export": _false},
    "mps": {"is_available": _false},
    "xpu": {"is_available": _false, "device_count": lambda: 0},
    "mtia": {"is_available": _false},
    "accelerator": {"is_available": _false, "device_count": lambda: 0, "current_accelerator": lambda *a, **k: None},
    "_dynamo": {"disable": _unchanged, "is_compiling": _false},
}  # fmt: skip


class _Finder:
    """Finds foreign modules where no file of the package has the name."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if not name.startswith("wengert."):
            return None
        key = name[len("wengert.") :]
        parts = key.split(".")
        for n in range(len(parts), 0, -1):
            if ".".join(parts[:n]) in FOREIGN:
                return ModuleSpec(name, _Finder, is_package=True)
        return None

    @staticmethod
    def create_module(spec):
        return ForeignModule(spec.name, f"Not in wengert: torch{spec.name[len('wengert') :]}.")

    @staticmethod
    def exec_module(module):
        key = module.__name__[len("wengert.") :]
        parts = key.split(".")
        roots = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
        module._why = next(FOREIGN[root] for root in roots if root in FOREIGN)
        module.__dict__.update(_REAL.get(key, {}))
        if key == "jit":
            from typing import Final

            module.Final = Final


def install_finder():
    """Puts the finder of foreign modules behind all others."""
    if _Finder not in sys.meta_path:
        sys.meta_path.append(_Finder)
