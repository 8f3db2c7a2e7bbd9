"""Reverse mode: `backward`, `grad`, modes, functions with gradients of their own, hooks, graphs.

What programs rarely use (functional, forward_ad, gradcheck, graph, anomaly mode) is imported when it is asked for.
"""

from wengert import _C
from wengert.autograd import _methods
from wengert.autograd._engine import backward, grad
from wengert.autograd.function import Function
from wengert.autograd.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled

__all__ = ["Function", "Variable", "backward", "detect_anomaly", "enable_grad", "grad", "gradcheck", "gradgradcheck"]
__all__ += ["inference_mode", "no_grad", "set_detect_anomaly", "set_grad_enabled"]

_methods.attach(_C.Tensor)

_LATER = {
    "Variable": ("variable", "Variable"),
    "detect_anomaly": ("anomaly_mode", "detect_anomaly"),
    "set_detect_anomaly": ("anomaly_mode", "set_detect_anomaly"),
    "gradcheck": ("gradcheck", "gradcheck"),
    "gradgradcheck": ("gradcheck", "gradgradcheck"),
    "NestedIOFunction": ("function", "NestedIOFunction"),
    "SavedTensor": ("graph", "SavedTensor"),
    "anomaly_mode": ("anomaly_mode", None),
    "forward_ad": ("forward_ad", None),
    "functional": ("functional", None),
    "graph": ("graph", None),
    "profiler": ("profiler", None),
    "variable": ("variable", None),
}


def __getattr__(name):
    if name not in _LATER:
        raise AttributeError(f"module 'torch.autograd' has no attribute '{name}'")
    from importlib import import_module

    module, attribute = _LATER[name]
    value = import_module("wengert.autograd." + module)
    if attribute is not None:
        value = getattr(value, attribute)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *_LATER})
