"""Functions written in Python that classes and modes may take over by `__torch_function__`."""

from wengert._C import _takes_over

_NONE = {}


def overridable(function, name=None, as_given=False):
    """`function`, asking its arguments and modes for `__torch_function__` first. With `name`, a method of Tensor: only
    the tensor itself is asked.

    Defaults are handed over, too, unless `as_given`: as PyTorch does where the function is Python's, or C's.
    """

    def call(*args, **kwargs):
        if _takes_over(args[:1], _NONE) if name else _takes_over(args, kwargs):
            from wengert.overrides import _hand_over

            return _hand_over(call, args, kwargs, bool(name), as_given)
        return function(*args, **kwargs)

    call.__doc__, call.__wrapped__ = function.__doc__, function
    call.__name__ = name or function.__name__
    call.__qualname__ = f"Tensor.{name}" if name else function.__qualname__
    if name and hasattr(function, "__code__"):
        function.__qualname__ = call.__qualname__  # Python's own errors about arguments say it
    call.__module__ = "torch._tensor" if name else function.__module__
    return call


def all_overridable(namespace, names):
    """Makes the functions of these names overridable, where they stand in a module's namespace."""
    for name in names:
        if type(namespace[name]) is type(overridable):
            namespace[name] = overridable(namespace[name])
            namespace[name].__module__ = namespace["__name__"]  # where pickles look
