"""Whether calls are recorded: context managers that are decorators, too."""

from wengert import _C

__all__ = ["enable_grad", "inference_mode", "no_grad", "set_grad_enabled", "set_multithreading_enabled"]

_GENERATOR = 0x20


class _Mode:
    """A context manager that can be a decorator: of functions, of generators (it holds while they run, and not while
    their caller does), of classes (their `__init__`)."""

    __slots__ = ()

    def clone(self):
        """Another one of the same kind, to be entered on its own."""
        return self.__class__()

    def __call__(self, function):
        return _decorated(self.clone, function)


def _decorated(make, function):
    """`function` run within what `make` makes anew for each call."""
    from functools import wraps

    if isinstance(function, type):
        import warnings

        warnings.warn(
            "Decorating classes is deprecated and will be disabled in future versions. You should only decorate "
            "functions or methods. To preserve the current behavior of class decoration, you can directly decorate "
            "the `__init__` method and nothing else.",
            FutureWarning,
            stacklevel=3,
        )
        function.__init__ = _decorated(make, function.__init__)
        return function
    code = getattr(function, "__code__", None)
    if code is not None and code.co_flags & _GENERATOR:
        return wraps(function)(_in_pieces(make, function))

    @wraps(function)
    def within(*args, **kwargs):
        with make():
            return function(*args, **kwargs)

    return within


def _in_pieces(make, function):
    """A generator whose pieces run within the mode."""

    def within(*args, **kwargs):
        generator = function(*args, **kwargs)
        try:
            with make():
                given = generator.send(None)
            while True:
                try:
                    sent = yield given
                except GeneratorExit:
                    with make():
                        generator.close()
                    raise
                except BaseException as thrown:
                    with make():
                        given = generator.throw(thrown)
                else:
                    with make():
                        given = generator.send(sent)
        except StopIteration as end:
            return end.value

    return within


class no_grad(_Mode):
    """Nothing is recorded: `with torch.no_grad():`, `@torch.no_grad()`, `@torch.no_grad`."""

    __slots__ = ("prev",)

    def __new__(cls, orig_func=None):
        self = object.__new__(cls)
        return self if orig_func is None else self(orig_func)

    def __enter__(self):
        self.prev = _C._set_grad_enabled(False)

    def __exit__(self, exc_type, exc_value, traceback):
        _C._set_grad_enabled(self.prev)


def _check_flag(function, value):
    if not isinstance(value, bool):
        kind = type(value).__name__
        raise TypeError(f"{function}(): argument 'enabled' (position 1) must be bool, not {kind}")


class enable_grad(_Mode):
    """Calls are recorded, within `no_grad` as well."""

    __slots__ = ("prev",)

    def __new__(cls, orig_func=None):
        self = object.__new__(cls)
        return self if orig_func is None else self(orig_func)

    def __enter__(self):
        self.prev = _C._set_grad_enabled(True)

    def __exit__(self, exc_type, exc_value, traceback):
        _C._set_grad_enabled(self.prev)


class set_grad_enabled(_Mode):
    """Calls are recorded or not, from the call on; until the `with` ends, if it stands in one."""

    __slots__ = ("mode", "prev")

    def __init__(self, mode):
        _check_flag("set_grad_enabled", mode)
        self.prev = _C._set_grad_enabled(mode)
        self.mode = mode

    def __call__(self, function):
        _C._set_grad_enabled(self.prev)
        return _Mode.__call__(self, function)

    def __enter__(self):
        _C._set_grad_enabled(self.mode)

    def __exit__(self, exc_type, exc_value, traceback):
        _C._set_grad_enabled(self.prev)

    def __str__(self):
        return f"torch.autograd.grad_mode.set_grad_enabled(mode={self.mode})"

    def __repr__(self):
        return f"set_grad_enabled(mode={self.mode})"

    def clone(self):
        """Another one; it has no effect before it is entered."""
        other = object.__new__(set_grad_enabled)
        other.mode = self.mode
        other.prev = _C.is_grad_enabled()
        return other


class inference_mode(_Mode):
    """Nothing is recorded, not even versions: what is made here cannot take part in a graph later."""

    __slots__ = ("_before", "mode")

    def __new__(cls, mode=True):
        self = object.__new__(cls)
        if isinstance(mode, bool):
            return self
        self.mode = True
        return self(mode)

    def __init__(self, mode=True):
        self.mode = mode
        self._before = []

    def __enter__(self):
        self._before.append(_C._enter_inference(self.mode))

    def __exit__(self, exc_type, exc_value, traceback):
        _C._leave_inference(*self._before.pop())

    def clone(self):
        """Another one with the same mode."""
        return self.__class__(self.mode)


class set_multithreading_enabled(_Mode):
    """PyTorch's switch for the threads of backward. Here backward runs on the thread that calls it."""

    __slots__ = ("mode",)

    def __init__(self, mode):
        self.mode = mode

    def __enter__(self):
        pass

    def __exit__(self, exc_type, exc_value, traceback):
        pass

    def clone(self):
        """Another one."""
        return self.__class__(self.mode)


def is_inference(input):
    """Was the tensor made in inference mode?"""
    return input.is_inference()
