"""`Variable`: what tensors were called when they took part in graphs."""

from wengert import _C

__all__ = ["Variable", "VariableMeta"]


class VariableMeta(type):
    """Every tensor is a variable."""

    def __instancecheck__(cls, other):
        return isinstance(other, _C.Tensor)


class Variable(metaclass=VariableMeta):
    """`Variable(data, requires_grad=False)` is the tensor itself, as a leaf that requires grad or not."""

    def __new__(cls, data=None, requires_grad=False, volatile=None):
        if data is None:
            data = _C.Tensor()
        if not isinstance(data, _C.Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        made = data.detach()
        if requires_grad:
            made.requires_grad_(True)
        return made
