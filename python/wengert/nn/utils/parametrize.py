"""Parameters and buffers that are computed from others, `torch.nn.utils.parametrize`."""

from __future__ import annotations

import copy
from contextlib import contextmanager, suppress

import wengert
from wengert._C import Tensor

from ..modules.container import ModuleDict, ModuleList
from ..modules.module import Module
from ..parameter import Parameter

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "transfer_parametrizations_and_params",
    "type_before_parametrizations",
]

_cache_enabled = 0
_cache: dict = {}


@contextmanager
def cached():
    """Within it, each parametrized tensor is computed once."""
    global _cache_enabled, _cache
    _cache_enabled += 1
    try:
        yield
    finally:
        _cache_enabled -= 1
        if not _cache_enabled:
            _cache = {}


def _register_parameter_or_buffer(module, name, x) -> None:
    if isinstance(x, Parameter):
        module.register_parameter(name, x)
    else:
        module.register_buffer(name, x)


def _set(dest, src) -> None:
    """`dest` gets the memory of `src`, so that a new shape is possible too."""
    dest.data = src.detach()


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor, one after the other, and the tensors that it is computed from: `original`,
    or `original0`, `original1`, ...

    Args:
        modules: the parametrizations.
        original: the tensor that is parametrized.
        unsafe: are shape and dtype allowed to change?
    """

    def __init__(self, modules, original, unsafe: bool = False) -> None:
        if len(modules) == 0:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        with wengert.no_grad():
            new = original
            for module in reversed(self):
                if hasattr(module, "right_inverse"):
                    with suppress(NotImplementedError):
                        new = module.right_inverse(new)
        if not isinstance(new, Tensor) and not isinstance(new, (list, tuple)):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                f"Got {type(new).__name__}"
            )
        self.is_tensor = isinstance(new, Tensor)
        self.ntensors = 1 if self.is_tensor else len(new)
        if self.is_tensor:
            if original.dtype != new.dtype:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                    f"original.dtype: {original.dtype}\nright_inverse(original).dtype: {new.dtype}"
                )
            with wengert.no_grad():
                _set(original, new)
            _register_parameter_or_buffer(self, "original", original)
        else:
            for i, o in enumerate(new):
                if not isinstance(o, Tensor):
                    raise ValueError(
                        "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                        f"Got element {i} of the sequence with type {type(o).__name__}."
                    )
                if isinstance(original, Parameter):
                    o = Parameter(o, original.requires_grad)
                o.requires_grad_(original.requires_grad)
                _register_parameter_or_buffer(self, f"original{i}", o)
        if not self.unsafe:
            z = self()
            if not isinstance(z, Tensor):
                raise ValueError(f"A parametrization must return a tensor. Got {type(z).__name__}.")
            if z.dtype != dtype:
                raise ValueError(
                    "Registering a parametrization may not change the dtype of the tensor, unless `unsafe` flag is "
                    f"enabled.\nunparametrized dtype: {dtype}\nparametrized dtype: {z.dtype}"
                )
            if z.shape != shape:
                raise ValueError(
                    "Registering a parametrization may not change the shape of the tensor, unless `unsafe` flag is "
                    f"enabled.\nunparametrized shape: {shape}\nparametrized shape: {z.shape}"
                )

    def _originals(self) -> list:
        if self.is_tensor:
            return [self.original]
        return [getattr(self, f"original{i}") for i in range(self.ntensors)]

    def right_inverse(self, value) -> None:
        """Sets the original tensors so that the parametrized one is `value`, through the `right_inverse` of the
        parametrizations."""
        with wengert.no_grad():
            for module in reversed(self):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
                value = module.right_inverse(value)
            if self.is_tensor:
                if not isinstance(value, Tensor):
                    raise ValueError(f"`right_inverse` should return a tensor. Got {type(value).__name__}")
                if value.dtype != self.original.dtype:
                    raise ValueError(
                        f"The tensor returned by `right_inverse` has dtype {value.dtype} "
                        f"while `original` has dtype {self.original.dtype}"
                    )
                _set(self.original, value)
                return
            if not isinstance(value, (list, tuple)):
                raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(value).__name__}.")
            if len(value) != self.ntensors:
                raise ValueError(
                    "'right_inverse' must return a sequence of tensors of length "
                    f"{self.ntensors}. Got a sequence of length {len(value)}."
                )
            for i, tensor in enumerate(value):
                original = getattr(self, f"original{i}")
                if not isinstance(tensor, Tensor):
                    raise ValueError(
                        f"`right_inverse` must return a sequence of tensors. Got element {i} of type "
                        f"{type(tensor).__name__}"
                    )
                if original.dtype != tensor.dtype:
                    raise ValueError(
                        f"Tensor {i} returned by `right_inverse` has dtype {tensor.dtype} "
                        f"while `original{i}` has dtype {original.dtype}"
                    )
                _set(original, tensor)

    def forward(self):
        """The parametrized tensor."""
        first, *rest = self
        x = first(*self._originals())
        for module in rest:
            x = module(x)
        return x


def _inject_new_class(module) -> None:
    """Gives the module a class of its own, below the former one, that can have properties."""
    cls = module.__class__

    def default_deepcopy(self, memo):
        done = memo.get(id(self))
        if done is not None:
            return done
        replica = self.__new__(self.__class__)
        memo[id(self)] = replica
        replica.__dict__ = copy.deepcopy(self.__dict__, memo)
        return replica

    def getstate(self):
        raise RuntimeError(
            "Serialization of parametrized modules is only supported through state_dict(). See:\n"
            "https://pytorch.org/tutorials/beginner/saving_loading_models.html"
            "#saving-loading-a-general-checkpoint-for-inference-and-or-resuming-training"
        )

    members = {"__getstate__": getstate}
    if not hasattr(cls, "__deepcopy__"):
        members["__deepcopy__"] = default_deepcopy
    module.__class__ = type(f"Parametrized{cls.__name__}", (cls,), members)


def _inject_property(module, tensor_name: str) -> None:
    """Makes the attribute what the parametrizations compute."""
    if hasattr(module, tensor_name):
        raise AssertionError(f"Module {module} already has an attribute named '{tensor_name}'")

    def get(self):
        if not _cache_enabled:
            return self.parametrizations[tensor_name]()
        key = (id(self), tensor_name)
        tensor = _cache.get(key)
        if tensor is None:
            tensor = _cache[key] = self.parametrizations[tensor_name]()
        return tensor

    def set(self, value) -> None:
        self.parametrizations[tensor_name].right_inverse(value)

    setattr(module.__class__, tensor_name, property(get, set))


def register_parametrization(module, tensor_name: str, parametrization, *, unsafe: bool = False):
    """Makes `module.tensor_name` what `parametrization` computes from the tensor that is there.

    If there are parametrizations already, it comes after them. If it has `right_inverse`, the parametrized tensor can
    be assigned to.

    Args:
        module: the module that has the tensor.
        tensor_name: the name of a parameter or buffer.
        parametrization: a module.
        unsafe: are shape and dtype allowed to change?

    Returns:
        The module.
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        _append(module, tensor_name, parametrization, unsafe)
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        original = getattr(module, tensor_name)
        parametrizations = ParametrizationList([parametrization], original, unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _inject_new_class(module)
            module.parametrizations = ModuleDict()
        _inject_property(module, tensor_name)
        module.parametrizations[tensor_name] = parametrizations
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
            f"'{tensor_name}'"
        )
    return module


def _append(module, tensor_name, parametrization, unsafe) -> None:
    parametrizations = module.parametrizations[tensor_name]
    if not unsafe:
        y = getattr(module, tensor_name)
        x = parametrization(y)
        if not isinstance(x, Tensor):
            raise ValueError(f"A parametrization must return a tensor. Got {type(x).__name__}.")
        if x.dtype != y.dtype:
            raise ValueError(
                "Registering a parametrization may not change the dtype of the tensor, unless the `unsafe` flag is "
                f"enabled.\nmodule.{tensor_name}.dtype: {y.dtype}\n"
                f"parametrization(module.{tensor_name}).dtype: {x.dtype}"
            )
        if x.shape != y.shape:
            raise ValueError(
                "Registering a parametrization may not change the shape of the tensor, unless the `unsafe` flag is "
                f"enabled.\nmodule.{tensor_name}.shape: {y.shape}\n"
                f"parametrization(module.{tensor_name}).shape: {x.shape}"
            )
        if hasattr(parametrization, "right_inverse"):
            try:
                z = parametrization.right_inverse(x)
            except NotImplementedError:
                pass
            else:
                if not isinstance(z, Tensor):
                    raise ValueError(f"parametrization.right_inverse must return a tensor. Got: {type(z).__name__}")
                if z.dtype != y.dtype:
                    raise ValueError(
                        "The tensor returned by parametrization.right_inverse must have the same dtype as "
                        f"module.{tensor_name}, unless the `unsafe` flag is enabled.\n"
                        f"module.{tensor_name}.dtype: {y.dtype}\nreturned dtype: {z.dtype}"
                    )
                if z.shape != y.shape:
                    raise ValueError(
                        "The tensor returned by parametrization.right_inverse must have the same shape as "
                        f"module.{tensor_name}, unless the `unsafe` flag is enabled.\n"
                        f"module.{tensor_name}.shape: {y.shape}\nreturned shape: {z.shape}"
                    )
    parametrizations.append(parametrization)
    # From now on they are held to what they promised, or not.
    parametrizations.unsafe |= unsafe


def is_parametrized(module, tensor_name: str | None = None) -> bool:
    """Does the module have parametrizations: any, or of this tensor?"""
    parametrizations = getattr(module, "parametrizations", None)
    if not isinstance(parametrizations, ModuleDict):
        return False
    if tensor_name is None:
        return len(parametrizations) > 0
    return tensor_name in parametrizations


def remove_parametrizations(module, tensor_name: str, leave_parametrized: bool = True):
    """Takes the parametrizations of a tensor away.

    Args:
        leave_parametrized: does it keep the value that they computed? Otherwise it gets that of the original tensor.

    Returns:
        The module.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    parametrizations = module.parametrizations[tensor_name]
    if parametrizations.is_tensor:
        original = parametrizations.original
        if leave_parametrized:
            with wengert.no_grad():
                value = getattr(module, tensor_name)
                # The object stays, so that optimizers that have it keep it.
                _set(original, value)
    else:
        if not leave_parametrized:
            raise ValueError(
                "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of "
                "a sequence of tensors."
            )
        value = getattr(module, tensor_name)
        original = Parameter(value) if value.requires_grad else value
    delattr(module.__class__, tensor_name)
    del module.parametrizations[tensor_name]
    _register_parameter_or_buffer(module, tensor_name, original)
    if not is_parametrized(module):
        delattr(module, "parametrizations")
        module.__class__ = module.__class__.__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class of the module without its parametrizations."""
    return module.__class__.__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(from_module, to_module, tensor_name: str | None = None):
    """Gives `to_module` the parametrizations of `from_module`, and the tensors that they compute from; of one tensor,
    or of all.

    Returns:
        `to_module`.
    """
    if not is_parametrized(from_module):
        return to_module
    if tensor_name is not None and not is_parametrized(from_module, tensor_name):
        return to_module
    names = list(from_module.parametrizations) if tensor_name is None else [tensor_name]
    for name in names:
        source = from_module.parametrizations[name]
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name).detach().clone()))
        for parametrization in source:
            register_parametrization(to_module, name, parametrization)
        target = to_module.parametrizations[name]
        if source.is_tensor:
            target.original = source.original
        else:
            for i in range(source.ntensors):
                setattr(target, f"original{i}", getattr(source, f"original{i}"))
    return to_module
