"""`torch.utils`: loading data, checkpointing, hooks, DLPack. Submodules are imported when they are first asked for."""

from wengert import _foreign, _names

_SUBMODULES = ("_pytree", "checkpoint", "data", "dlpack", "hooks")

__all__ = ["data"]


def __getattr__(name):
    from importlib import import_module

    if name not in _SUBMODULES and "utils." + name not in _foreign.FOREIGN:
        raise _names.unknown("torch.utils", name, _SUBMODULES)
    try:
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{name}":
            raise
    raise _names.unknown("torch.utils", name, _SUBMODULES)


def __dir__():
    return sorted({*globals(), *_SUBMODULES})
