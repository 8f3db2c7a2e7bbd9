"""Neural networks: modules and what they are made of, `torch.nn`.

Everything is imported when it is first asked for.
"""

from . import modules

_SUBMODULES = ("functional", "init", "modules", "parameter", "utils", "_reduction")

__all__ = [*modules.__all__, "Buffer", "Parameter", "functional", "init", "modules", "parameter", "utils"]


def __getattr__(name):
    if name in modules._HOME:
        value = getattr(modules, name)
    elif name in ("Parameter", "Buffer"):
        from . import parameter

        value = getattr(parameter, name)
    elif name in _SUBMODULES:
        from importlib import import_module

        value = import_module(f"{__name__}.{name}")
    else:
        from wengert import _names

        raise _names.unknown("torch.nn", name, __all__)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
