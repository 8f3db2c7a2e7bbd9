"""`torch.backends`: libraries that PyTorch may compute with; wengert has its own code. Settings are remembered only."""

import contextlib
import sys
from types import ModuleType


class _Backend(ModuleType):
    """A library that is not there: `is_available()` is False; flags can be set and read, and change nothing."""

    def __init__(self, name, available=False, **flags):
        super().__init__(
            f"wengert.backends.{name}", f"torch.backends.{name}: settings are remembered, and change nothing."
        )
        self._available = available
        self.__dict__.update(flags)
        self.__path__ = []

    def is_available(self):
        """Is the library there?"""
        return self._available

    is_built = is_available

    @contextlib.contextmanager
    def flags(self, **flags):
        """The flags within a block."""
        before = {name: self.__dict__[name] for name in flags if name in self.__dict__}
        self.__dict__.update(flags)
        try:
            yield
        finally:
            self.__dict__.update(before)

    def version(self):
        """None: there is no version of it."""
        return None

    def get_cpu_capability(self):
        """The name PyTorch has for processors without vector code of their own; kernels choose at run time."""
        return "DEFAULT"


def _matmul():
    flags = {"allow_tf32": False, "allow_fp16_reduced_precision_reduction": True, "fp32_precision": "none"}
    return _Backend("cuda.matmul", allow_bf16_reduced_precision_reduction=True, **flags)


cpu = _Backend("cpu", True)
cuda = _Backend("cuda", matmul=_matmul(), enable_flash_sdp=lambda enabled: None, enable_math_sdp=lambda enabled: None)
cudnn = _Backend("cudnn", enabled=True, benchmark=False, deterministic=False, allow_tf32=True, benchmark_limit=10)
mha = _Backend("mha", get_fastpath_enabled=lambda: False, set_fastpath_enabled=lambda value: None)
mkl = _Backend("mkl")
mkldnn = _Backend("mkldnn", enabled=False, deterministic=False, allow_tf32=False)
mps = _Backend("mps")
nnpack = _Backend("nnpack")
openmp = _Backend("openmp")
opt_einsum = _Backend("opt_einsum", enabled=False, strategy=None)

for _name, _value in list(globals().items()):
    if isinstance(_value, _Backend):
        sys.modules[f"wengert.backends.{_name}"] = _value
sys.modules["wengert.backends.cuda.matmul"] = cuda.matmul


def __getattr__(name):
    if name in ("quantized", "xnnpack"):
        from importlib import import_module

        return import_module("wengert.backends." + name)
    raise AttributeError(f"module 'torch.backends' has no attribute '{name}'")
