"""Forward mode by hand: tensors with tangents, for as long as a level lasts."""

from collections import namedtuple

from wengert import _C
from wengert.autograd.grad_mode import _Mode

__all__ = ["UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual"]

_current_level = -1

UnpackedDualTensor = namedtuple("UnpackedDualTensor", ["primal", "tangent"])
UnpackedDualTensor.__doc__ = "A value and its tangent, or None."
UnpackedDualTensor.__module__ = "torch.autograd.forward_ad"


def enter_dual_level():
    """Enters a level, in which `make_dual` can give tensors a tangent, and returns its number."""
    global _current_level
    new = _C._enter_dual_level()
    if new != _current_level + 1:
        _C._exit_dual_level(new)
        raise RuntimeError(
            "Entering a new forward AD level but the current level is not valid. Make sure you did not modified it "
            "directly."
        )
    _current_level = new
    return new


def exit_dual_level(*, level=None):
    """Leaves a level, the innermost one: all tangents on it are gone."""
    global _current_level
    if level is None:
        level = _current_level
    if level < 0:
        raise RuntimeError("Dual level must be a positive number.")
    if level != _current_level:
        raise RuntimeError(
            "Trying to exit a forward AD level that was not the last one that was created. This is not supported."
        )
    _C._exit_dual_level(level)
    _current_level = level - 1


def make_dual(tensor, tangent, *, level=None):
    """`tensor` with a tangent, on the innermost level."""
    if level is None:
        level = _current_level
    if level < 0:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first."
        )
    for what, t in (("primal", tensor), ("tangent", tangent)):
        if not (t.is_floating_point() or t.is_complex()):
            raise ValueError(f"Expected {what} to be floating point or complex, but got: {t.dtype}")
    return _C._make_dual(tensor, tangent)


def unpack_dual(tensor, *, level=None):
    """The value and the tangent (or None) of a tensor, on the innermost level."""
    if level is None:
        level = _current_level
    if level < 0:
        return UnpackedDualTensor(tensor, None)
    if not isinstance(tensor, _C.Tensor):
        kind = type(tensor).__name__
        raise TypeError(f"_unpack_dual(): argument 'dual' (position 1) must be Tensor, not {kind}")
    return UnpackedDualTensor(*_C._unpack_dual(tensor))


class dual_level(_Mode):
    """A level for as long as the `with` lasts. Levels may be nested: each has tangents of its own."""

    def __enter__(self):
        return enter_dual_level()

    def __exit__(self, exc_type, exc_value, exc_traceback):
        exit_dual_level()
