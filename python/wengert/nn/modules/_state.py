"""The state of modules: `state_dict` and `load_state_dict`. These functions are methods of `Module`."""

from __future__ import annotations

from collections import OrderedDict, namedtuple

from wengert._C import Tensor

from ..parameter import Parameter
from . import _hooks

_EXTRA_STATE_KEY_SUFFIX = "_extra_state"


class _IncompatibleKeys(namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    """What `load_state_dict` returns: the keys that did not fit."""

    __slots__ = ()

    def __repr__(self):
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()

    __str__ = __repr__


def register_state_dict_post_hook(self, hook):
    """`hook(module, state_dict, prefix, local_metadata)` after the module's state was collected; it may change the
    dictionary, and returns None."""
    hook._from_public_api = True
    return _hooks._register(self._state_dict_hooks, hook)


def _register_state_dict_hook(self, hook):
    """As `register_state_dict_post_hook`; what the hook returns, unless None, is the state."""
    if getattr(hook, "_from_public_api", False):
        raise RuntimeError(
            "Cannot register the same function as the state dict post hook that was previously registered via "
            "register_state_dict_post_hook"
        )
    return _hooks._register(self._state_dict_hooks, hook)


def register_state_dict_pre_hook(self, hook):
    """`hook(module, prefix, keep_vars)` before the module's state is collected."""
    return _hooks._register(self._state_dict_pre_hooks, hook)


def _register_load_state_dict_pre_hook(self, hook, with_module=False):
    """`hook(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)` before the
    module's state is loaded; `with_module`, with the module first."""
    return _hooks._register(self._load_state_dict_pre_hooks, _hooks.WrappedHook(hook, self if with_module else None))


def register_load_state_dict_pre_hook(self, hook):
    """`hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)` before
    the module's state is loaded."""
    return self._register_load_state_dict_pre_hook(hook, with_module=True)


def register_load_state_dict_post_hook(self, hook):
    """`hook(module, incompatible_keys)` after the module's state was loaded; it may change the lists of keys, and
    returns None."""
    return _hooks._register(self._load_state_dict_post_hooks, hook)


def get_extra_state(self):
    """What a subclass wants saved beside parameters and buffers; goes with `set_extra_state`."""
    raise RuntimeError(
        "Reached a code path in Module.get_extra_state() that should never be called. Please file an issue at "
        "https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug."
    )


def set_extra_state(self, state) -> None:
    """Takes back what `get_extra_state` gave."""
    raise RuntimeError(
        "Reached a code path in Module.set_extra_state() that should never be called. Please file an issue at "
        "https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug."
    )


def _save_to_state_dict(self, destination, prefix, keep_vars) -> None:
    """Puts the state of this module alone into `destination`."""
    for name, param in self._parameters.items():
        if param is not None:
            destination[prefix + name] = param if keep_vars else param.detach()
    for name, buffer in self._buffers.items():
        if buffer is not None and name not in self._non_persistent_buffers_set:
            destination[prefix + name] = buffer if keep_vars else buffer.detach()
    if type(self).get_extra_state is not get_extra_state:
        destination[prefix + _EXTRA_STATE_KEY_SUFFIX] = self.get_extra_state()


def state_dict(self, *args, destination=None, prefix="", keep_vars=False):
    """Parameters, persistent buffers and extra state, of this module and those below, by their dotted names.

    Args:
        destination: the dictionary that is filled; a new one by default. Its `_metadata` gets the versions of the
        modules.
        prefix: stands before all names.
        keep_vars: the parameters themselves; otherwise they are detached, sharing memory.
    """
    if args:
        import warnings

        warnings.warn(
            "Positional args are being deprecated, use kwargs instead. Refer to "
            "https://pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.state_dict for details.",
            FutureWarning,
            stacklevel=2,
        )
        destination = args[0] if destination is None else destination
        prefix = args[1] if len(args) > 1 and prefix == "" else prefix
        keep_vars = args[2] if len(args) > 2 and keep_vars is False else keep_vars
    if destination is None:
        destination = OrderedDict()
        destination._metadata = OrderedDict()
    local_metadata = {"version": self._version}
    if hasattr(destination, "_metadata"):
        destination._metadata[prefix[:-1]] = local_metadata
    for hook in self._state_dict_pre_hooks.values():
        hook(self, prefix, keep_vars)
    self._save_to_state_dict(destination, prefix, keep_vars)
    for name, module in self._modules.items():
        if module is not None:
            module.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
    for hook in self._state_dict_hooks.values():
        result = hook(self, destination, prefix, local_metadata)
        if not getattr(hook, "_from_public_api", False):
            if result is not None:
                destination = result
        elif result is not None:
            raise RuntimeError("state_dict post-hook must return None")
    return destination


def _load_from_state_dict(
    self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
) -> None:
    """Copies the state of this module alone from `state_dict`; keys and errors go to the lists."""
    for hook in self._load_state_dict_pre_hooks.values():
        hook(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
    local = {name: p for name, p in self._parameters.items() if p is not None}
    for name, buffer in self._buffers.items():
        if buffer is not None and name not in self._non_persistent_buffers_set:
            local[name] = buffer
    assign = local_metadata.get("assign_to_params_buffers", False)

    for name, param in local.items():
        key = prefix + name
        if key not in state_dict:
            if strict:
                missing_keys.append(key)
            continue
        given = state_dict[key]
        if not isinstance(given, Tensor):
            error_msgs.append(
                f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object '
                f"from checkpoint but received {type(given)}"
            )
            continue
        # Checkpoints from before there were 0-dim tensors hold one number as a vector.
        if param.dim() == 0 and given.dim() == 1 and len(given) == 1 and not assign:
            given = given[0]
        if given.shape != param.shape:
            error_msgs.append(
                f"size mismatch for {key}: copying a param with shape {given.shape} from checkpoint, the shape in "
                f"current model is {param.shape}."
            )
            continue
        try:
            _load_one(self, name, param, given, assign)
        except Exception as e:
            error_msgs.append(
                f'While copying the parameter named "{key}", whose dimensions in the model are {param.size()} and '
                f"whose dimensions in the checkpoint are {given.size()}, an exception occurred : {e.args}."
            )

    extra = prefix + _EXTRA_STATE_KEY_SUFFIX
    if type(self).set_extra_state is not set_extra_state:
        if extra in state_dict:
            self.set_extra_state(state_dict[extra])
        elif strict:
            missing_keys.append(extra)
    elif strict and extra in state_dict:
        unexpected_keys.append(extra)
    if strict:
        for key in state_dict:
            if key.startswith(prefix) and key != extra:
                name, dot, _ = key[len(prefix) :].partition(".")
                if name not in (self._modules if dot else local):
                    unexpected_keys.append(key)


def _load_one(module, name, param, given, assign) -> None:
    import wengert

    with wengert.no_grad():
        if not assign:
            param.copy_(given)
        elif isinstance(param, Parameter):
            if not isinstance(given, Parameter):
                given = Parameter(given, requires_grad=param.requires_grad)
            else:
                given.requires_grad_(param.requires_grad)
            setattr(module, name, given)
        else:
            setattr(module, name, given)


def _quoted(keys) -> str:
    return ", ".join(f'"{key}"' for key in keys)


def load_state_dict(self, state_dict, strict: bool = True, assign: bool = False):
    """Copies parameters, buffers and extra state from `state_dict` into this module and those below.

    Args:
        strict: the keys must be exactly those of `state_dict()`.
        assign: the tensors of `state_dict` take the place of the module's, instead of being copied into them.

    Returns:
        A named tuple of `missing_keys` and `unexpected_keys`.
    """
    if not hasattr(state_dict, "keys") or not hasattr(state_dict, "__getitem__"):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
    missing: list[str] = []
    unexpected: list[str] = []
    errors: list[str] = []
    metadata = getattr(state_dict, "_metadata", None)
    state_dict = OrderedDict(state_dict)
    if metadata is not None:
        state_dict._metadata = metadata

    def load(module, local_state_dict, prefix=""):
        local_metadata = {} if metadata is None else metadata.get(prefix[:-1], {})
        if assign:
            local_metadata["assign_to_params_buffers"] = assign
        module._load_from_state_dict(local_state_dict, prefix, local_metadata, True, missing, unexpected, errors)
        for name, child in module._modules.items():
            if child is not None:
                below = f"{prefix}{name}."
                load(child, {k: v for k, v in local_state_dict.items() if k.startswith(below)}, below)
        keys = _IncompatibleKeys(missing, unexpected)
        for hook in module._load_state_dict_post_hooks.values():
            if hook(module, keys) is not None:
                raise AssertionError(
                    "Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return new "
                    "values, if incompatible_keys "
                    "need to be modified, it should be done inplace."
                )

    load(self, state_dict)
    if strict:
        if missing:
            errors.insert(0, f"Missing key(s) in state_dict: {_quoted(missing)}. ")
        if unexpected:
            errors.insert(1 if missing else 0, f"Unexpected key(s) in state_dict: {_quoted(unexpected)}. ")
    if errors:
        lines = "\n\t".join(errors)
        raise RuntimeError(f"Error(s) in loading state_dict for {self.__class__.__name__}:\n\t{lines}")
    return _IncompatibleKeys(missing, unexpected)
