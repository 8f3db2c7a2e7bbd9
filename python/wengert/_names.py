"""Where the names of `wengert` come from that are not in `_C`, and what is said about names that do not exist.

Names are found when they are first used (PEP 562), so that `import wengert` stays quick.
"""

import sys
from importlib import import_module

_HOMES = {
    "autograd": "no_grad enable_grad set_grad_enabled inference_mode",
    "func": "vmap",
    "autograd.grad_mode": "is_inference",
    "autograd.anomaly_mode": "is_anomaly_check_nan_enabled is_anomaly_enabled set_anomaly_enabled",
    "_explain": "draw_graph explain_grad ledger trap_non_finite",
    "random": "default_generator get_rng_state initial_seed manual_seed seed set_rng_state thread_safe_generator",
    "serialization": "load save",
    "utils.dlpack": "from_dlpack",
    "_arrays": "asarray",
    "amp": "autocast GradScaler is_autocast_cpu_enabled is_autocast_enabled",
    "storage": "ComplexDoubleStorage ComplexFloatStorage Storage TypedStorage UntypedStorage",
    "_legacy": "BFloat16Tensor BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor "
    "LongTensor ShortTensor set_default_tensor_type",
    "_settings": "are_deterministic_algorithms_enabled classproperty compile compiled_with_cxx11_abi e "
    "get_default_device get_deterministic_debug_mode get_float32_matmul_precision get_num_interop_threads "
    "get_num_threads has_cuda has_cudnn has_lapack has_mkl has_mkldnn has_mps has_openmp has_spectral inf "
    "is_deterministic_algorithms_warn_only_enabled is_distributed is_storage is_tensor is_vulkan_available "
    "is_warn_always_enabled nan "
    "newaxis pi set_default_device set_deterministic_debug_mode set_float32_matmul_precision set_flush_denormal "
    "set_num_interop_threads set_num_threads set_printoptions set_warn_always typename use_deterministic_algorithms",
}
_HOMES["storage"] += "".join(f" {name[:-6]}Storage" for name in _HOMES["_legacy"].split() if name.endswith("Tensor"))
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

_SUBMODULES_TEXT = """
    __config__ __future__ _tensor _tensor_str _utils amp autograd backends classic compiler cpu cuda fft
    func functional linalg multiprocessing nn optim overrides random return_types serialization
    special storage testing torch_version types utils version
"""
_SUBMODULES = frozenset(_SUBMODULES_TEXT.split())


def top_level(namespace, name):
    """Finds `wengert.name` where it lives; AttributeError with the nearest names if nowhere."""
    if name in _HOME:
        value = _from_home(name)
    elif name in _SUBMODULES or name in sys.modules["wengert._foreign"].FOREIGN:
        try:
            value = import_module("wengert." + name)
        except ModuleNotFoundError as error:
            if error.name != "wengert." + name:
                raise
            raise unknown("torch", name, listing(namespace)) from None
    elif name in ("__version__", "__all__"):
        value = _version() if name == "__version__" else [n for n in listing(namespace) if not n.startswith("_")]
    else:
        raise unknown("torch", name, () if name.startswith("__") else listing(namespace))
    namespace[name] = value
    return value


def _version():
    from wengert.torch_version import __version__

    return __version__


def _from_home(name):
    home = "wengert." + _HOME[name]
    try:
        return getattr(import_module(home), name)
    except ModuleNotFoundError as error:
        if error.name != home:
            raise
    raise unknown("torch", name, ())


def listing(namespace):
    """The names of `wengert`, those not yet looked up included."""
    own = ("annotations",)
    return sorted({*namespace, *_HOME, *_SUBMODULES, "__version__"}.difference(own))


def module_getattr(name, namespace):
    """A `__getattr__` for the module `name` (as `torch.linalg`) whose names are in `namespace`."""

    def __getattr__(attribute):
        raise unknown(name, attribute, () if attribute.startswith("__") else namespace)

    return __getattr__


def unknown(module, name, known):
    """The AttributeError for `module.name`: is it PyTorch's and not here yet, or misspelt?"""
    if not name.startswith("__"):
        if name in pytorch_names(module):
            return AttributeError(f"wengert does not have {module}.{name} yet")
        near = nearest(name, known)
        if near:
            error = AttributeError(f"module '{module}' has no attribute '{name}'. Did you mean: {near}?")
            error.name = name  # Python leaves an error that has a name alone, and does not say the same again
            return error
    return AttributeError(f"module '{module}' has no attribute '{name}'")


def nearest(name, known):
    """The known names that look like `name`, as text: `'softmax' or 'softmin'`; empty if none does."""
    from difflib import get_close_matches

    near = get_close_matches(name, [k for k in known if not k.startswith("_") and k != name], n=3, cutoff=0.75)
    near += [k for k in known if k.lower() == name.lower() and k != name and k not in near]
    return " or ".join(f"'{k}'" for k in near)


def pytorch_names(module):
    """PyTorch's public names in `module`, from the list that `xtask/python/coverage.py --names` writes."""
    import os

    with open(os.path.join(os.path.dirname(__file__), "_pytorch_names.txt"), encoding="ascii") as lines:
        for line in lines:
            of, _, names = line.partition(": ")
            if of == module:
                return names.split()
    return []
