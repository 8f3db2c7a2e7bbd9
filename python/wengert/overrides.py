"""`torch.overrides`: classes and modes that take functions of torch over by `__torch_function__`.

After <https://docs.pytorch.org/docs/stable/torch.overrides.html> and
<https://docs.pytorch.org/docs/stable/notes/extending.html>.
"""

from wengert import _C
from wengert._C import Tensor

__all__ = [
    "get_ignored_functions",
    "get_overridable_functions",
    "get_testing_overrides",
    "handle_torch_function",
    "has_torch_function",
    "is_tensor_like",
    "is_tensor_method_or_property",
    "resolve_name",
    "wrap_torch_function",
]

has_torch_function = _C._has_torch_function


def is_tensor_like(inp):
    """Is it a tensor, or does its class define `__torch_function__`?"""
    return type(inp) is Tensor or hasattr(inp, "__torch_function__")


def has_torch_function_unary(obj):
    """`has_torch_function((obj,))`."""
    return has_torch_function((obj,))


def has_torch_function_variadic(*args):
    """`has_torch_function(args)`."""
    return has_torch_function(args)


def handle_torch_function(public_api, relevant_args, *args, **kwargs):
    """Calls the `__torch_function__` of the innermost mode, then of each relevant argument's class, derived classes
    first, until one does not answer NotImplemented.
    """
    return _C._handle_torch_function(public_api, _known_as(public_api), relevant_args, args, kwargs)


def _known_as(function):
    name = resolve_name(function)
    return f"{function.__module__}.{function.__name__}" if name is None else name


def _hand_over(public_api, args, kwargs, method, as_given):
    """`handle_torch_function` of a call as it was made; what has a default is handed over by name."""
    import inspect

    relevant = []
    for arg in args[:1] if method else (*args, *kwargs.values()):
        relevant += arg if type(arg) in (list, tuple) else (arg,)
    if as_given:
        return handle_torch_function(public_api, relevant, *args, **kwargs)
    try:
        call = inspect.signature(public_api).bind(*args, **kwargs)
    except TypeError:
        return public_api.__wrapped__(*args, **kwargs)  # has Python's words for it
    call.apply_defaults()
    args, kwargs = [], {}
    for name, value in call.arguments.items():
        parameter = call.signature.parameters[name]
        if parameter.kind is parameter.VAR_POSITIONAL:
            args += value
        elif parameter.kind is parameter.VAR_KEYWORD:
            kwargs.update(value)
        elif parameter.default is parameter.empty:
            args.append(value)
        else:
            kwargs[name] = value
    return handle_torch_function(public_api, relevant, *args, **kwargs)


def wrap_torch_function(dispatcher):
    """A decorator: the function asks the arguments that `dispatcher` picks for `__torch_function__` first."""
    import functools

    def decorate(func):
        @functools.wraps(func)
        def wrapped(*args, **kwargs):
            relevant = dispatcher(*args, **kwargs)
            if has_torch_function(relevant):
                return handle_torch_function(wrapped, relevant, *args, **kwargs)
            return func(*args, **kwargs)

        return wrapped

    return decorate


class TorchFunctionMode:
    """While it is active (`with mode:`), its method `__torch_function__(func, types, args, kwargs)` gets every call of
    a function of torch in this thread.

    The innermost mode is asked first. It is not asked about what it calls itself: that goes to the next outer one, or
    is done.
    """

    def __init__(self) -> None:
        pass

    def __torch_function__(self, func, types, args=(), kwargs=None):
        raise NotImplementedError

    def __enter__(self):
        _C._push_on_torch_function_stack(self)
        return self

    def __exit__(self, kind, value, trace):
        _C._pop_torch_function_stack()


class BaseTorchFunctionMode(TorchFunctionMode):
    """A mode that changes nothing."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


def _spaces():
    """The modules whose functions can be taken over, with their names."""
    import wengert

    functional = wengert.nn.functional
    return (
        ("torch.functional", wengert.functional, wengert.functional.__all__),
        ("torch.nn.functional", functional, functional.__all__),
        ("torch.linalg", wengert.linalg, dir(wengert.linalg)),
        ("torch.special", wengert.special, dir(wengert.special)),
        ("torch", wengert, dir(_C)),
    )


def _names():
    """All that can be taken over: the function, its public name, and the module or class where it is."""
    names = {}
    for name in dir(Tensor):
        member = getattr(Tensor, name)
        if type(member).__name__ == "getset_descriptor":
            for how in ("__get__", "__set__", "__delete__"):
                names.setdefault(getattr(member, how, None), (f"torch.Tensor.{name}.{how}", Tensor))
        elif callable(member) and not isinstance(member, type) and name not in dir(object):
            names.setdefault(member, (f"torch.Tensor.{name}", Tensor))
    for space, module, of in _spaces():
        for name in of:
            member = getattr(module, name, None)
            if not name.startswith("_") and callable(member) and not isinstance(member, type):
                names.setdefault(member, (f"{space}.{name}", module))
    names.pop(None, None)
    return names


def get_overridable_functions():
    """What can be taken over by `__torch_function__`, in lists by the module or class where it is."""
    found, ignored = {}, get_ignored_functions()
    for function, (_, where) in _names().items():
        if function not in ignored:
            found.setdefault(where, []).append(function)
    return found


_IGNORED = """
    arange as_tensor asarray autocast can_cast compile empty eye finfo frombuffer from_dlpack from_file from_numpy full
    get_default_dtype get_num_threads iinfo initial_seed is_grad_enabled is_inference_mode_enabled is_storage is_tensor
    linspace load logspace manual_seed normal ones promote_types rand randint randn randperm save seed
    set_default_dtype set_num_threads set_printoptions tensor tril_indices triu_indices typename vmap zeros
"""


def get_ignored_functions():
    """Public functions of torch that no argument can take over: they make tensors, or are about none."""
    import wengert

    return {getattr(wengert, name) for name in _IGNORED.split() if hasattr(wengert, name)}


def get_testing_overrides():
    """For each function that can be taken over, a function that takes any arguments and returns -1."""
    functions = [function for found in get_overridable_functions().values() for function in found]
    return {function: lambda *args, **kwargs: -1 for function in functions}


def get_default_nowrap_functions():
    """The attributes whose tensors keep their class where a derived class gives its class to results."""
    return {member.__get__ for member in (Tensor._base, Tensor.grad, getattr(Tensor, "_grad", Tensor.grad))}


def resolve_name(f):
    """The public name of a function or method that can be taken over, as `torch.Tensor.add`; None of any other."""
    return _names().get(f, (None,))[0]


def is_tensor_method_or_property(func):
    """Does it belong to Tensor?"""
    return (func in _names() and _names()[func][1] is Tensor) or getattr(func, "__name__", "") == "__get__"
