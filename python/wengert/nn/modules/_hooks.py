"""Hooks of every module at once, and the call of a module that has hooks."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial

from wengert._C import Tensor

from ...utils.hooks import BackwardHook, RemovableHandle

global_backward_pre_hooks: OrderedDict = OrderedDict()
global_backward_hooks: OrderedDict = OrderedDict()
global_forward_pre_hooks: OrderedDict = OrderedDict()
global_forward_hooks: OrderedDict = OrderedDict()
global_forward_hooks_always_called: OrderedDict = OrderedDict()
global_forward_hooks_with_kwargs: OrderedDict = OrderedDict()
global_buffer_registration_hooks: OrderedDict = OrderedDict()
global_module_registration_hooks: OrderedDict = OrderedDict()
global_parameter_registration_hooks: OrderedDict = OrderedDict()
#: Are the global backward hooks full ones? None while there are none.
global_is_full_backward_hook: bool | None = None


def _register(hooks: OrderedDict, hook, *options: OrderedDict) -> RemovableHandle:
    handle = RemovableHandle(hooks, extra_dict=list(options) or None)
    hooks[handle.id] = hook
    return handle


def register_module_buffer_registration_hook(hook) -> RemovableHandle:
    """`hook(module, name, buffer)` is called whenever a module registers a buffer; what it returns, unless None, is
    registered instead."""
    return _register(global_buffer_registration_hooks, hook)


def register_module_module_registration_hook(hook) -> RemovableHandle:
    """`hook(module, name, submodule)` is called whenever a module registers a submodule; what it returns, unless
    None, is registered instead."""
    return _register(global_module_registration_hooks, hook)


def register_module_parameter_registration_hook(hook) -> RemovableHandle:
    """`hook(module, name, parameter)` is called whenever a module registers a parameter; what it returns, unless
    None, is registered instead."""
    return _register(global_parameter_registration_hooks, hook)


def register_module_forward_pre_hook(hook) -> RemovableHandle:
    """`hook(module, args)` is called before every module's `forward`, ahead of the module's own hooks; what it
    returns, unless None, are the arguments."""
    return _register(global_forward_pre_hooks, hook)


def register_module_forward_hook(hook, *, with_kwargs: bool = False, always_call: bool = False) -> RemovableHandle:
    """`hook(module, args, output)` is called after every module's `forward`, ahead of the module's own hooks; what it
    returns, unless None, is the output.

    Args:
        with_kwargs: the hook is `hook(module, args, kwargs, output)`.
        always_call: it is called even if the call raises.
    """
    handle = _register(global_forward_hooks, hook, global_forward_hooks_with_kwargs, global_forward_hooks_always_called)
    if with_kwargs:
        global_forward_hooks_with_kwargs[handle.id] = True
    if always_call:
        global_forward_hooks_always_called[handle.id] = True
    return handle


def register_module_backward_hook(hook) -> RemovableHandle:
    """Deprecated: `hook(module, grad_input, grad_output)` on the node that made the output, of every module."""
    global global_is_full_backward_hook
    if global_is_full_backward_hook is True:
        raise RuntimeError(
            "Cannot use both regular backward hooks and full backward hooks as a global Module hook. Please use "
            "only one of them."
        )
    global_is_full_backward_hook = False
    return _register(global_backward_hooks, hook)


def register_module_full_backward_pre_hook(hook) -> RemovableHandle:
    """`hook(module, grad_output)` is called before every module's backward; what it returns, unless None, are the
    gradients of the outputs."""
    return _register(global_backward_pre_hooks, hook)


def register_module_full_backward_hook(hook) -> RemovableHandle:
    """`hook(module, grad_input, grad_output)` is called after every module's backward; what it returns, unless None,
    are the gradients of the inputs."""
    global global_is_full_backward_hook
    if global_is_full_backward_hook is False:
        raise RuntimeError(
            "Cannot use both regular backward hooks and full backward hooks as a global Module hook. Please use "
            "only one of them."
        )
    global_is_full_backward_hook = True
    return _register(global_backward_hooks, hook)


class WrappedHook:
    """A hook that is given its module first; holds the module weakly, and can be pickled."""

    def __init__(self, hook, module=None):
        import weakref

        self.hook = hook
        self.__name__ = getattr(hook, "__name__", type(hook).__name__)
        self.with_module = module is not None
        self.module = None if module is None else weakref.ref(module)

    def __call__(self, *args, **kwargs):
        if not self.with_module:
            return self.hook(*args, **kwargs)
        module = self.module()
        if module is None:
            raise RuntimeError("You are trying to call the hook of a dead Module!")
        return self.hook(module, *args, **kwargs)

    def __getstate__(self):
        state = {"hook": self.hook, "with_module": self.with_module}
        if self.with_module:
            state["module"] = self.module()
        return state

    def __setstate__(self, state):
        import weakref

        self.hook = state["hook"]
        self.__name__ = getattr(self.hook, "__name__", type(self.hook).__name__)
        self.with_module = state["with_module"]
        self.module = weakref.ref(state["module"]) if self.with_module else None


def backward_hooks(module) -> tuple[list, list]:
    """The full and the other backward hooks of a call."""
    full, other = [], []
    if global_is_full_backward_hook is True:
        full.extend(global_backward_hooks.values())
    if module._is_full_backward_hook is True:
        full.extend(module._backward_hooks.values())
    if global_is_full_backward_hook is False:
        other.extend(global_backward_hooks.values())
    if module._is_full_backward_hook is False:
        other.extend(module._backward_hooks.values())
    return full, other


def backward_pre_hooks(module) -> list:
    """The backward pre hooks of a call."""
    return [*global_backward_pre_hooks.values(), *module._backward_pre_hooks.values()]


def call(module, args: tuple, kwargs: dict):
    """`module(*args, **kwargs)` with all hooks.

    If it raises, the hooks registered with `always_call` that were not called yet are called before the exception
    goes on.
    """
    if not (module._forward_hooks_always_called or global_forward_hooks_always_called):
        return _call(module, args, kwargs, _Progress())
    progress = _Progress()
    try:
        return _call(module, args, kwargs, progress)
    except Exception:
        _call_the_always_called(module, args, kwargs, progress)
        raise


class _Progress:
    """How far a call came: what it gave so far, and which of the hooks that are always called were."""

    __slots__ = ("called", "out")

    def __init__(self):
        self.called = set()
        self.out = None


def _call(module, args: tuple, kwargs: dict, progress: _Progress):
    full, other, pre = [], [], []
    if module._backward_hooks or global_backward_hooks:
        full, other = backward_hooks(module)
    if module._backward_pre_hooks or global_backward_pre_hooks:
        pre = backward_pre_hooks(module)

    for key, hook in [*global_forward_pre_hooks.items(), *module._forward_pre_hooks.items()]:
        if key in module._forward_pre_hooks_with_kwargs:
            result = hook(module, args, kwargs)
            if result is not None:
                if not (isinstance(result, tuple) and len(result) == 2):
                    raise RuntimeError(
                        f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {result}."
                    )
                args, kwargs = result
        else:
            result = hook(module, args)
            if result is not None:
                args = result if isinstance(result, tuple) else (result,)

    boundary = None
    if full or pre:
        boundary = BackwardHook(module, full, pre)
        args = boundary.setup_input_hook(args)

    out = progress.out = module.forward(*args, **kwargs)

    for key, hook in [*global_forward_hooks.items(), *module._forward_hooks.items()]:
        if key in module._forward_hooks_always_called or key in global_forward_hooks_always_called:
            progress.called.add(key)
        if key in module._forward_hooks_with_kwargs or key in global_forward_hooks_with_kwargs:
            result = hook(module, args, kwargs, out)
        else:
            result = hook(module, args, out)
        if result is not None:
            out = progress.out = result

    if boundary is not None:
        if not isinstance(out, (Tensor, tuple)):
            import warnings

            warnings.warn(
                "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors"
                f" but received {type(out)}",
                stacklevel=2,
            )
        out = boundary.setup_output_hook(out)

    if other:
        _hook_the_node(module, args, out, other)
    return out


def _hook_the_node(module, args, out, hooks) -> None:
    """Backward hooks of the old kind hang on the node of the first tensor of the output."""
    first = out
    while not isinstance(first, Tensor):
        first = next(v for v in first.values() if isinstance(v, Tensor)) if isinstance(first, dict) else first[0]
    node = first.grad_fn
    if node is not None:
        for hook in hooks:
            node.register_hook(partial(hook, module))
        _warn_of_non_full(module, args, out, node)


def _warn_of_non_full(module, inputs, result, node) -> None:
    import warnings

    def tensors(of, what):
        if isinstance(of, Tensor):
            return [of]
        if not (isinstance(of, tuple) and all(isinstance(t, Tensor) for t in of)):
            warnings.warn(
                f"Using non-full backward hooks on a Module that does not {what} a single Tensor or a tuple of "
                "Tensors is deprecated and will be "
                "removed in future versions. This hook will be missing some of the grad_"
                + ("output" if what == "return" else "input")
                + ". Please use register_full_backward_hook to get the documented behavior.",
                FutureWarning,
                stacklevel=2,
            )
            return None
        return list(of)

    outs = tensors(result, "return")
    ins = None if outs is None else tensors(inputs, "take as input")
    if outs is None or ins is None:
        return
    if len({t.grad_fn for t in outs}) > 1:
        warnings.warn(
            "Using a non-full backward hook when outputs are generated by different autograd Nodes is deprecated "
            "and will be removed in future "
            "versions. This hook will be missing some grad_output. Please use register_full_backward_hook to get "
            "the documented behavior.",
            FutureWarning,
            stacklevel=2,
        )
        return
    from_inputs = {t.grad_fn for t in ins if t.grad_fn is not None}
    from_node = {n for n, _ in node.next_functions}
    if not from_inputs <= from_node or len(from_node) > len(from_inputs) + sum(t.grad_fn is None for t in ins):
        warnings.warn(
            "Using a non-full backward hook when the forward contains multiple autograd Nodes is deprecated and "
            "will be removed in future versions. "
            "This hook will be missing some grad_input. Please use register_full_backward_hook to get the "
            "documented behavior.",
            FutureWarning,
            stacklevel=2,
        )


def _call_the_always_called(module, args, kwargs, progress) -> None:
    def run(hooks, always, with_kwargs, what):
        for key, hook in list(hooks.items()):
            if key not in always or key in progress.called:
                continue
            try:
                if key in with_kwargs:
                    hook(module, args, kwargs, progress.out)
                else:
                    hook(module, args, progress.out)
            except Exception as e:
                import warnings

                warnings.warn(
                    f"{what} with ``always_call=True`` raised an exception that was silenced as another error was "
                    f"raised in forward: {e!s}",
                    stacklevel=2,
                )

    run(
        global_forward_hooks,
        global_forward_hooks_always_called,
        global_forward_hooks_with_kwargs,
        "global module forward hook",
    )
    run(
        module._forward_hooks,
        module._forward_hooks_always_called,
        module._forward_hooks_with_kwargs,
        "module forward hook",
    )
