"""Helpers for modules and their parameters, `torch.nn.utils`. Imported when they are first asked for."""

_HOMES = {
    "clip_grad": "clip_grad_norm clip_grad_norm_ clip_grad_value_ clip_grads_with_norm_ get_total_norm",
    "convert_parameters": "parameters_to_vector vector_to_parameters",
    "init": "skip_init",
    "parametrizations": "",
    "parametrize": "",
    "_old_spectral_norm": "remove_spectral_norm spectral_norm",
    "_old_weight_norm": "remove_weight_norm weight_norm",
    "stateless": "",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = sorted([*_HOME, "parametrizations", "parametrize", "stateless"])


def __getattr__(name):
    from importlib import import_module

    if name in _HOME:
        value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    elif name in _HOMES:
        value = import_module(f"{__name__}.{name}")
    else:
        from wengert import _names

        raise _names.unknown("torch.nn.utils", name, __all__)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
