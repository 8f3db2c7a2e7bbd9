"""`torch.overrides`: objects that take part in functions of torch by `__torch_function__`."""

from wengert._C import Tensor

__all__ = [
    "handle_torch_function",
    "has_torch_function",
    "is_tensor_like",
    "is_tensor_method_or_property",
    "resolve_name",
    "wrap_torch_function",
]


def is_tensor_like(inp):
    """Is it a tensor, or does its class define `__torch_function__`?"""
    return type(inp) is Tensor or hasattr(inp, "__torch_function__")


def has_torch_function(relevant_args):
    """Does the class of one of the arguments define `__torch_function__` in place of Tensor's own?"""
    return any(_overrides(arg) for arg in relevant_args)


def _overrides(arg):
    own = getattr(type(arg), "__torch_function__", None)
    return own is not None and getattr(own, "__func__", own) is not _plain()


def _plain():
    plain = getattr(Tensor, "__torch_function__", None)
    return getattr(plain, "__func__", plain)


def has_torch_function_unary(obj):
    """`has_torch_function((obj,))`."""
    return _overrides(obj)


def has_torch_function_variadic(*args):
    """`has_torch_function(args)`."""
    return has_torch_function(args)


def handle_torch_function(public_api, relevant_args, *args, **kwargs):
    """Calls the `__torch_function__` of each relevant argument's class, subclasses first, until one answers."""
    ordered = []
    for arg in relevant_args:
        kind = type(arg)
        if not _overrides(arg) or any(type(other) is kind for other in ordered):
            continue
        place = next((i for i, other in enumerate(ordered) if issubclass(kind, type(other))), len(ordered))
        ordered.insert(place, arg)
    types = tuple(type(arg) for arg in ordered)
    for arg in ordered:
        result = type(arg).__torch_function__(public_api, types, args, kwargs)
        if result is not NotImplemented:
            return result
    names = [kind.__name__ for kind in types]
    raise TypeError(
        f"no implementation found for '{resolve_name(public_api)}' on types that implement __torch_function__: {names}"
    )


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


def resolve_name(f):
    """The public name of a function or method, `torch.add` or `torch.Tensor.add`."""
    name = getattr(f, "__name__", None)
    if name is None:
        return None
    if getattr(Tensor, name, None) is f:
        return f"torch.Tensor.{name}"
    return f"torch.{name}"


def is_tensor_method_or_property(func):
    """Does it belong to Tensor?"""
    name = getattr(func, "__name__", "")
    return getattr(Tensor, name, None) is func or name in ("__get__", "__set__")
