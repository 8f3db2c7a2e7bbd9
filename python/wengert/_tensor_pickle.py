"""Pickling and copying of tensors. Importing it adds the methods to the class."""

from wengert import _C
from wengert._C import Tensor
from wengert._overridable import overridable
from wengert._utils import _rebuild_from_type_v2, _rebuild_tensor_v2, _set_state, _state

_NOT_A_LEAF = (
    "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you"
    " were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see"
    " https://github.com/pytorch/pytorch/pull/103001"
)


def _reduce_ex(self, protocol):
    """The storage with offset, sizes and strides: views of one storage stay that. Hooks and the graph are left out."""
    _warn_of_hooks(self)
    rebuild = (_rebuild_tensor_v2, _layout(self))
    state = _state(self)
    if type(self) is Tensor and state is None:
        return rebuild
    # The class itself is named by None: `torch`, which it says it is from, need not be there.
    cls = None if type(self) is Tensor else type(self)
    return _rebuild_from_type_v2, (rebuild[0], cls, rebuild[1], state)


def _layout(self):
    from collections import OrderedDict

    offset, size, stride = self.storage_offset(), tuple(self.size()), self.stride()
    return self._typed_storage(), offset, size, stride, self.requires_grad, OrderedDict()


def _warn_of_hooks(tensor):
    for hook in (getattr(tensor, "_backward_hooks", None) or {}).values():
        if not getattr(hook, "__torch_unserializable__", False):
            import warnings

            warnings.warn(
                f"backward hook {hook!r} on tensor will not be serialized.  If this is expected, you can decorate"
                " the function with @torch.utils.hooks.unserializable_hook to suppress this warning",
                stacklevel=4,
            )


def _setstate(self, state):
    """What pickles of PyTorch 0.1 to 0.3 give: a layout, or a tensor with what a Variable had."""
    if len(state) == 5:
        self.data, self.requires_grad, hooks = state[0], state[3], state[4]
        if hooks:
            self._backward_hooks = hooks
    else:
        self.set_(*state)


def _deepcopy(self, memo):
    """A leaf with memory of its own. Copies of views of one storage, made with one memo, share one again."""
    if not self.is_leaf:
        raise RuntimeError(_NOT_A_LEAF)
    done = memo.get(id(self))
    if done is not None:
        return done
    from copy import deepcopy

    storage = deepcopy(self.untyped_storage(), memo)
    new = _C._tensor_from_storage(storage, self.dtype, self.storage_offset(), tuple(self.size()), self.stride())
    if type(self) is not Tensor:
        new = new.as_subclass(type(self))
    if self.requires_grad:
        new.requires_grad_(True)
    memo[id(self)] = new
    if self.grad is not None:
        new.grad = deepcopy(self.grad, memo)
    state = _state(self)
    return new if state is None else _set_state(new, deepcopy(state, memo))


def _set(self, source=None, storage_offset=0, size=None, stride=None):
    """Makes the tensor one over other memory: that of a storage or of another tensor; without any, an empty one."""
    if isinstance(source, Tensor):
        if size is None:
            storage_offset, size, stride = source.storage_offset(), tuple(source.size()), source.stride()
        dtype, storage = source.dtype, source.untyped_storage()
    else:
        dtype, storage = (
            getattr(source, "dtype", self.dtype),
            _C.UntypedStorage() if source is None else source.untyped(),
        )
    if dtype != self.dtype:
        from wengert.storage import _class_of

        theirs, ours = (_class_of(d).__name__[: -len("Storage")].lower() for d in (dtype, self.dtype))
        raise RuntimeError(f"Could not set tensor of type {theirs} to a tensor of type {ours}")
    if size is None:
        size = (storage.nbytes() // dtype.itemsize - storage_offset,)
    if stride is None:
        stride, step = [], 1
        for n in reversed(size):
            stride.insert(0, step)
            step *= max(n, 1)
    self.data = _C._tensor_from_storage(storage, dtype, storage_offset, tuple(size), tuple(stride))
    return self


def _typed_storage(self):
    from wengert.storage import TypedStorage

    return TypedStorage(wrap_storage=self.untyped_storage(), dtype=self.dtype, _internal=True)


def _storage(self):
    """The storage as numbers of the tensor's dtype. New programs take `untyped_storage`."""
    from wengert.storage import _warn_typed_storage_removal

    _warn_typed_storage_removal()
    return self._typed_storage()


Tensor.__setstate__ = _setstate
Tensor._typed_storage = _typed_storage
Tensor.__reduce_ex__ = overridable(_reduce_ex, "__reduce_ex__")
Tensor.__deepcopy__ = overridable(_deepcopy, "__deepcopy__")
Tensor.set_ = overridable(_set, "set_")
Tensor.storage = overridable(_storage, "storage")
