"""`Parameter` and `Buffer`: tensors that a module registers when they are assigned to it."""

from __future__ import annotations

from wengert._C import Tensor, _disabled_torch_function_impl, _set_parameter_class

__all__ = ["Buffer", "Parameter"]


class _ParameterMeta(type(Tensor)):
    """A tensor of a user's subclass is a `Parameter` if it is marked with `_is_param`."""

    def __instancecheck__(cls, instance):
        kind = type(instance)
        if kind is cls or kind is Tensor:
            return kind is cls
        return super().__instancecheck__(instance) or (
            cls is Parameter and isinstance(instance, Tensor) and getattr(instance, "_is_param", False)
        )


class Parameter(Tensor, metaclass=_ParameterMeta):
    """A tensor that is a parameter of the module it is assigned to: it appears in `parameters()`.

    Args:
        data: its values, which it shares. An empty tensor by default. A tensor of a user's subclass keeps its class.
        requires_grad: True by default, whatever the mode.
    """

    def __new__(cls, data=None, requires_grad=True):
        if data is None:
            import wengert

            data = wengert.empty(0)
        if type(data) is Tensor or type(data) is Parameter:
            if requires_grad and not (data.is_floating_point() or data.is_complex()):
                raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
            return Tensor._make_subclass(cls, data, requires_grad)
        t = data.detach().requires_grad_(requires_grad)
        if type(t) is not type(data):
            raise RuntimeError(
                f"Creating a Parameter from an instance of type {type(data).__name__} requires that detach() "
                "returns an instance of the same "
                f"type, but return type {type(t).__name__} was found instead. To use the type as a Parameter, "
                "please correct the detach() "
                "semantics defined by its __torch_dispatch__() implementation."
            )
        t._is_param = True
        return t

    def __deepcopy__(self, memo):
        if id(self) in memo:
            return memo[id(self)]
        result = type(self)(self.data.clone(), self.requires_grad)
        memo[id(self)] = result
        return result

    def __repr__(self):
        text = super().__repr__()
        return "Parameter containing:\n" + (text if type(self) is Parameter else f"Parameter({text})")

    def __reduce_ex__(self, proto):
        from collections import OrderedDict

        from wengert import _utils

        state = _utils._state(self)
        if not state:
            return _utils._rebuild_parameter, (self.data, self.requires_grad, OrderedDict())
        return _utils._rebuild_parameter_with_state, (self.data, self.requires_grad, OrderedDict(), state)

    # Results of operations are plain tensors.
    __torch_function__ = _disabled_torch_function_impl


_set_parameter_class(Parameter)


class _BufferMeta(type(Tensor)):
    """A buffer is a plain tensor, marked with `_is_buffer`."""

    def __instancecheck__(cls, instance):
        if cls is Buffer:
            return isinstance(instance, Tensor) and getattr(instance, "_is_buffer", False)
        return super().__instancecheck__(instance)


class Buffer(Tensor, metaclass=_BufferMeta):
    """A tensor that is a buffer of the module it is assigned to: it belongs to its state, but is no parameter.

    Args:
        data: its values, which it shares. An empty tensor by default.
        persistent: is it part of `state_dict()`?
    """

    def __new__(cls, data=None, *, persistent=True):
        if data is None:
            import wengert

            data = wengert.empty(0)
        t = data.detach().requires_grad_(data.requires_grad)
        t.persistent = persistent
        t._is_buffer = True
        return t
