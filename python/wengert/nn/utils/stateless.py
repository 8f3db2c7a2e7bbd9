"""Modules called with other parameters than their own."""

from __future__ import annotations

from contextlib import contextmanager

__all__ = ["functional_call"]


def _tied(module) -> dict[str, list[str]]:
    """The names of parameters and buffers that are one tensor under several names: each name with all of them."""
    groups: dict[int, list[str]] = {}
    for named in (module.named_parameters, module.named_buffers):
        for name, tensor in named(remove_duplicate=False):
            groups.setdefault(id(tensor), []).append(name)
    return {name: names for names in groups.values() if len(names) > 1 for name in names}


def _with_tied(module, given: dict) -> dict:
    """`given`, and for each tensor of several names what one of the names was given."""
    out = dict(given)
    for name, names in _tied(module).items():
        if name in given:
            same = [given[n] for n in names if n in given]
            if any(t is not same[0] for t in same):
                raise ValueError(
                    f"functional_call got multiple values for keys {sorted(n for n in names if n in given)}, which are "
                    "tied. Consider using tie_weights=False"
                )
            for n in names:
                out.setdefault(n, given[name])
    return out


def _check_keys(module, given: dict) -> None:
    own = {n for n, _ in module.named_parameters(remove_duplicate=False)}
    own |= {n for n, _ in module.named_buffers(remove_duplicate=False)}
    unexpected = sorted(k for k in given if k not in own)
    missing = sorted(k for k in own if k not in given)
    lines = []
    for what, keys in (("Unexpected", unexpected), ("Missing", missing)):
        if keys:
            lines.append("\n\t{} key(s): {}.".format(what, ", ".join(f"'{k}'" for k in keys)))
    if lines:
        raise RuntimeError(f"Error(s) in reparametrizing for {module._get_name()}:" + "".join(lines))


def _swap(module, name: str, tensor):
    """Puts `tensor` where the module has a parameter or buffer of this name (anything is put there), and returns what
    undoes it."""
    *path, last = name.split(".")
    for part in path:
        module = getattr(module, part, None)
        if module is None:
            return None
    for kind in (module._parameters, module._buffers):
        if last in kind:
            old = kind[last]
            # The dictionary itself: what is put there need not be a parameter.
            kind[last] = tensor
            return lambda: kind.__setitem__(last, old)
    if hasattr(module, last):
        old = getattr(module, last)
        setattr(module, last, tensor)
        return lambda: setattr(module, last, old)
    return None


@contextmanager
def _reparametrize_module(module, parameters_and_buffers, tie_weights=False, strict=False, stack_weights=False):
    """Within it, `module` has these parameters and buffers."""
    given = _with_tied(module, parameters_and_buffers) if tie_weights else dict(parameters_and_buffers)
    if strict:
        _check_keys(module, given)
    undo = []
    try:
        for name, tensor in given.items():
            back = _swap(module, name, tensor)
            if back is not None:
                undo.append((name, back))
        yield
    finally:
        for name, back in reversed(undo):
            # A buffer that was written to by assignment stays with the caller's dictionary.
            current = _look(module, name)
            if current is not given[name] and name in parameters_and_buffers:
                parameters_and_buffers[name] = current
            back()


def _look(module, name: str):
    for part in name.split("."):
        module = getattr(module, part)
    return module


def _functional_call(module, parameters_and_buffers, args=None, kwargs=None, *, tie_weights=True, strict=False):
    if args is None:
        args = ()
    elif not isinstance(args, tuple):
        args = (args,)
    with _reparametrize_module(module, parameters_and_buffers, tie_weights=tie_weights, strict=strict):
        return module(*args, **({} if kwargs is None else kwargs))


def _merged(parameter_and_buffer_dicts) -> dict:
    """One dictionary of several, which may not share names."""
    if isinstance(parameter_and_buffer_dicts, dict):
        return parameter_and_buffer_dicts
    if not isinstance(parameter_and_buffer_dicts, (list, tuple)):
        raise ValueError(
            "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, "
            f"but got {type(parameter_and_buffer_dicts)}"
        )
    if not all(isinstance(d, dict) for d in parameter_and_buffer_dicts):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    keys = [key for d in parameter_and_buffer_dicts for key in d]
    repeated = [key for i, key in enumerate(keys) if key in keys[:i]]
    if repeated:
        raise ValueError(f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous")
    return {key: value for d in parameter_and_buffer_dicts for key, value in d.items()}


def functional_call(
    module, parameters_and_buffers, args=None, kwargs=None, *, tie_weights: bool = True, strict: bool = False
):
    """`module(*args, **kwargs)`, with these tensors in the place of its parameters and buffers of these names.

    Args:
        parameters_and_buffers: tensors by name, or several such dictionaries; what they do not name stays.
        args: the arguments; one that is no tuple is the only one.
        tie_weights: does a tensor that the module has under several names stay one?
        strict: must the names be exactly those of the module?
    """
    merged = _merged(parameters_and_buffers)
    return _functional_call(module, merged, args, kwargs, tie_weights=tie_weights, strict=strict)
