"""Handles of hooks, and the node that full backward hooks of a module hang on."""

from __future__ import annotations

import weakref
from collections import OrderedDict

__all__ = ["BackwardHook", "RemovableHandle", "unserializable_hook", "warn_if_has_hooks"]


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook out again. It is a context manager that does so at
    its end.

    Args:
        hooks_dict: the hooks, by id.
        extra_dict: one dictionary (or a list of them) in which the hook's options stand under the same id.
    """

    next_id: int = 0

    def __init__(self, hooks_dict, *, extra_dict=None):
        self.hooks_dict_ref = weakref.ref(hooks_dict)
        self.id = RemovableHandle.next_id
        RemovableHandle.next_id += 1
        if extra_dict is None:
            extra_dict = []
        elif isinstance(extra_dict, dict):
            extra_dict = [extra_dict]
        self.extra_dict_ref = tuple(weakref.ref(d) for d in extra_dict)

    def remove(self) -> None:
        """Takes the hook out. A second call does nothing."""
        for ref in (self.hooks_dict_ref, *self.extra_dict_ref):
            hooks = ref()
            if hooks is not None:
                hooks.pop(self.id, None)

    def __getstate__(self):
        return (self.hooks_dict_ref(), self.id, *(ref() for ref in self.extra_dict_ref))

    def __setstate__(self, state):
        hooks, self.id, *extra = state
        # A handle whose hooks are gone refers to an empty dictionary, which is gone at once as well.
        self.hooks_dict_ref = weakref.ref(OrderedDict() if hooks is None else hooks)
        self.extra_dict_ref = tuple(weakref.ref(OrderedDict() if d is None else d) for d in extra)
        RemovableHandle.next_id = max(RemovableHandle.next_id, self.id + 1)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.remove()


def unserializable_hook(f):
    """Marks a hook: saving a tensor that has it warns (see `warn_if_has_hooks`)."""
    f.__torch_unserializable__ = True
    return f


def warn_if_has_hooks(tensor) -> None:
    """Warns if backward hooks of `tensor`, which are not saved with it, were marked by `unserializable_hook`."""
    for hook in (getattr(tensor, "_backward_hooks", None) or {}).values():
        if hasattr(hook, "__torch_unserializable__"):
            import warnings

            warnings.warn(
                f"backward hook {hook!r} on tensor will not be serialized.  If this is expected, you can decorate the "
                "function with @torch.utils.hooks.unserializable_hook to suppress this warning",
                stacklevel=2,
            )


_boundary = None


def _boundary_function():
    """The identity as one node for several tensors, so that one hook sees all their gradients. Made when first used:
    `autograd` need not be imported before."""
    global _boundary
    if _boundary is None:
        from wengert.autograd import Function

        class BackwardHookFunction(Function):
            @staticmethod
            def forward(ctx, *tensors):
                ctx.mark_non_differentiable(*(t for t in tensors if not t.requires_grad))
                return tensors

            @staticmethod
            def backward(ctx, *grads):
                return grads

        _boundary = BackwardHookFunction
    return _boundary


class BackwardHook:
    """Full backward hooks of one call of a module.

    Identity nodes stand around the call: one for its inputs, one for its outputs. The node of the outputs sees the
    gradients with respect to the outputs (`user_pre_hooks` may replace them), the one of the inputs those with
    respect to the inputs, when `user_hooks` are called with both.
    """

    def __init__(self, module, user_hooks, user_pre_hooks):
        self.user_hooks = user_hooks
        self.user_pre_hooks = user_pre_hooks
        self.module = module
        self.grad_outputs = None
        self.n_outputs = -1
        self.output_tensors_index = None
        self.n_inputs = -1
        self.input_tensors_index = None

    @staticmethod
    def _spread(places, values, n):
        out = [None] * n
        for place, value in zip(places, values):
            out[place] = value
        return tuple(out)

    def _replace(self, out, result, which, n):
        """`result` of a hook takes the place of the gradients `out`, if it is not None."""
        if result is None:
            return out
        if not isinstance(result, tuple):
            result = (result,)
        if len(result) != n:
            raise RuntimeError(
                f"Backward {'pre ' if which == 'output' else ''}hook returned an invalid number of grad_{which}, "
                f"got {len(result)}, but expected {n}"
            )
        return result

    def _through_node(self, install, args):
        """`args` with its tensors passed through the identity, on whose node `install` puts its hooks; and the places
        of the tensors."""
        import wengert
        from wengert._C import Tensor

        places = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
        tensors = [args[i] for i in places]
        if not (wengert.is_grad_enabled() and any(t.requires_grad for t in tensors)):
            return args, None
        fresh = _boundary_function().apply(*tensors)
        nodes = [t.grad_fn for t in fresh if t.grad_fn is not None]
        if not nodes:
            raise RuntimeError("Error while setting up backward hooks: no output of the identity has a grad_fn")
        install(nodes[0])
        out = list(args)
        for place, tensor in zip(places, fresh):
            out[place] = tensor
        if type(args) is tuple:
            return tuple(out), places
        return type(args)(*out), places

    def setup_input_hook(self, args):
        """The arguments of the call, behind the node that sees their gradients."""

        def install(node):
            def hook(grad_input, _):
                if self.grad_outputs is None:
                    return None
                out = self._spread(self.input_tensors_index, grad_input, self.n_inputs)
                for user_hook in self.user_hooks:
                    out = self._replace(out, user_hook(self.module, out, self.grad_outputs), "input", len(out))
                self.grad_outputs = None
                return tuple(out[i] for i in self.input_tensors_index)

            node.register_hook(hook)

        out, places = self._through_node(install, args)
        self.n_inputs = len(args)
        self.input_tensors_index = places
        return out

    def setup_output_hook(self, args):
        """The outputs of the call, behind the node that sees their gradients first."""

        def install(node):
            def hook(_, grad_output):
                grads = self._spread(self.output_tensors_index, grad_output, self.n_outputs)
                for pre_hook in self.user_pre_hooks:
                    result = pre_hook(self.module, grads)
                    grads = self._replace(grads, result, "output", len(grads))
                self.grad_outputs = grads
                # Without a node at the inputs nothing comes later: the hooks are called now.
                if self.input_tensors_index is None:
                    for user_hook in self.user_hooks:
                        nothing = self._spread([], [], self.n_inputs)
                        result = user_hook(self.module, nothing, grads)
                        if result is not None and not (isinstance(result, tuple) and all(r is None for r in result)):
                            raise RuntimeError(
                                "Backward hook for Modules where no input requires gradient should always return "
                                "None or None for all gradients."
                            )
                    self.grad_outputs = None
                return tuple(grads[i] for i in self.output_tensors_index)

            node.register_hook(hook)

        is_tuple = isinstance(args, tuple)
        out, places = self._through_node(install, args if is_tuple else (args,))
        self.n_outputs = len(out)
        self.output_tensors_index = places
        return out if is_tuple else out[0]
