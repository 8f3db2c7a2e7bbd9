"""How tensors are printed: `torch._tensor_str`, which programs use for its `printoptions`."""

from collections import namedtuple

from wengert import _C
from wengert._C import set_printoptions

__all__ = ["get_printoptions", "printoptions", "set_printoptions"]

_Options = namedtuple("_Options", "precision threshold edgeitems linewidth sci_mode")


def get_printoptions():
    """The options that `set_printoptions` sets, by name."""
    return _options()._asdict()


def _options():
    precision, threshold, *others = _C._printoptions()
    return _Options(precision, float("inf") if threshold >= 2**63 else threshold, *others)


class printoptions:
    """Prints with other options within a `with` block: `with printoptions(precision=2): print(x)`."""

    def __init__(self, **options):
        self._options = options

    def __enter__(self):
        self._before = get_printoptions()
        set_printoptions(**self._options)

    def __exit__(self, *raised):
        # None stands for what is not to be changed, but for the notation, where it is a value.
        set_printoptions(**self._before)


def _str(self, *, tensor_contents=None):
    """The text of `repr(self)`, with `tensor_contents` in the place of the numbers."""
    return self._shown(tensor_contents)


def __getattr__(name):
    if name == "PRINT_OPTS":
        return _options()
    raise AttributeError(f"module 'torch._tensor_str' has no attribute '{name}'")
