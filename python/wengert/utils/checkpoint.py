"""Checkpoints: what a piece of a program saves for backward is computed again when it is needed, instead of being
kept."""

from contextlib import contextmanager, nullcontext, suppress

from wengert import _C
from wengert.autograd import Function, backward, enable_grad, no_grad
from wengert.autograd.graph import saved_tensors_hooks

__all__ = ["CheckpointError", "CheckpointFunction", "check_backward_validity", "checkpoint", "checkpoint_sequential"]
__all__ += ["detach_variable", "noop_context_fn", "set_checkpoint_debug_enabled", "set_checkpoint_early_stop"]

_Tensor = _C.Tensor
_early_stop = True


class CheckpointError(RuntimeError):
    """The recomputation did not do what the first run did."""


class _Complete(Exception):
    """Ends a recomputation that has seen all it needs."""


def noop_context_fn():
    """Contexts that do nothing, for the first run and for the recomputation."""
    return nullcontext(), nullcontext()


@contextmanager
def set_checkpoint_early_stop(enable):
    """Within it, checkpoints end their recomputation as soon as all saved tensors are there, or do not."""
    global _early_stop
    before, _early_stop = _early_stop, enable
    try:
        yield
    finally:
        _early_stop = before


@contextmanager
def set_checkpoint_debug_enabled(enabled):
    """PyTorch's switch for traces in errors of checkpoints; errors here say what differs without it."""
    yield


def detach_variable(inputs):
    """The inputs, tensors detached from their graph, requiring grad as before."""
    if not isinstance(inputs, tuple):
        raise RuntimeError("Only tuple of tensors is supported. Got Unsupported input type: " + type(inputs).__name__)
    out = []
    for x in inputs:
        if isinstance(x, _Tensor):
            requires_grad = x.requires_grad
            x = x.detach()
            x.requires_grad = requires_grad
        out.append(x)
    return tuple(out)


def check_backward_validity(inputs):
    """Warns if no input requires grad: then a reentrant checkpoint gives no gradients."""
    if not any(isinstance(x, _Tensor) and x.requires_grad for x in inputs):
        import warnings

        warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=2)


class _Random:
    """The default random generator where it was at the first run, for this thread."""

    def __init__(self, preserve):
        self.state = _C.default_generator._state_bytes() if preserve else None

    def __enter__(self):
        if self.state is not None:
            _C._fork_rng()
            _C.default_generator._set_state_bytes(self.state)

    def __exit__(self, *args):
        if self.state is not None:
            _C._join_rng()


class CheckpointFunction(Function):
    """A reentrant checkpoint: its backward runs the function again, recorded, and backward through that."""

    @staticmethod
    def forward(ctx, run_function, preserve_rng_state, *args):
        """The function, unrecorded."""
        check_backward_validity(args)
        ctx.run_function = run_function
        ctx.random = _Random(preserve_rng_state)
        ctx.inputs = [None if isinstance(x, _Tensor) else x for x in args]
        ctx.tensor_indices = [i for i, x in enumerate(args) if isinstance(x, _Tensor)]
        ctx.save_for_backward(*(args[i] for i in ctx.tensor_indices))
        with no_grad():
            return run_function(*args)

    @staticmethod
    def backward(ctx, *args):
        """The function again, recorded, and its gradients."""
        if not _C._is_checkpoint_valid():
            raise RuntimeError(
                "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` "
                "parameter to .backward(). To resolve this error, you can either set use_reentrant=False, or call "
                ".backward() without passing the `inputs` argument."
            )
        inputs = list(ctx.inputs)
        for i, tensor in zip(ctx.tensor_indices, ctx.saved_tensors):
            inputs[i] = tensor
        with ctx.random:
            detached = detach_variable(tuple(inputs))
            with enable_grad():
                outputs = ctx.run_function(*detached)
        if isinstance(outputs, _Tensor):
            outputs = (outputs,)
        pairs = [(out, g) for out, g in zip(outputs, args) if isinstance(out, _Tensor) and out.requires_grad]
        if not pairs:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        backward([out for out, _ in pairs], [g for _, g in pairs])
        return (None, None, *(x.grad if isinstance(x, _Tensor) else None for x in detached))


class _Inputs(Function):
    """Saves tensors as an operation would: overwriting them is noticed, and hooks around pack them."""

    @staticmethod
    def forward(ctx, dummy, *tensors):
        ctx.save_for_backward(*tensors)
        return dummy.detach()

    @staticmethod
    def backward(ctx, *grads):
        raise AssertionError("Did not expect to backward on this graph")


class _Frame:
    """One checkpointed call: what its saved tensors have in common."""

    def __init__(self, function, args, kwargs, preserve_rng_state, context_fn, early_stop, check):
        self.function, self.kwargs, self.early_stop, self.check = function, kwargs, early_stop, check
        self.forward_context, self.recompute_context = context_fn()
        self.random = _Random(preserve_rng_state)
        self.metas = []
        self.recomputed = {}
        self.others = [None if isinstance(x, _Tensor) else x for x in args]
        self.places = [i for i, x in enumerate(args) if isinstance(x, _Tensor)]
        self.tracked = {i for i in self.places if args[i].requires_grad}
        dummy = _C.empty(0).requires_grad_(True)
        self.kept = _Inputs.apply(dummy, *(args[i] for i in self.places))

    def inputs(self):
        """The arguments of the call."""
        args = list(self.others)
        for i, tensor in zip(self.places, self.kept.grad_fn.saved_tensors):
            # What a hook around unpacked has no place in the graph.
            track = i in self.tracked and not tensor.requires_grad
            args[i] = tensor.detach().requires_grad_(True) if track else tensor
        return args

    def pack(self, tensor):
        """Keeps a number instead of a tensor."""
        self.metas.append(_meta(tensor))
        return _Holder(self, len(self.metas) - 1)

    def get(self, index):
        """A saved tensor, by its number."""
        if index not in self.recomputed:
            self.recompute()
        return self.recomputed.pop(index)

    def recompute(self):
        """Runs the function again, and collects what it saves."""
        args = self.inputs()
        found = []

        def pack(tensor):
            if len(found) == len(self.metas):
                raise CheckpointError(
                    "torch.utils.checkpoint: trying to save more tensors during recomputation than during the original "
                    "forward pass."
                )
            found.append(tensor.detach())
            if self.early_stop and len(found) == len(self.metas):
                raise _Complete
            return tensor.detach()

        hooks = saved_tensors_hooks(pack, _same)
        with suppress(_Complete), self.random, enable_grad(), self.recompute_context, hooks:
            self.function(*args, **self.kwargs)
        self.compare(found)
        self.recomputed = dict(enumerate(found))

    def compare(self, found):
        """Fails if other tensors were saved than before."""
        if len(found) != len(self.metas):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward and "
                f"recomputation.\nNumber of tensors saved during forward: {len(self.metas)}\nNumber of tensors saved "
                f"during recomputation: {len(found)}."
            )
        if not self.check:
            return
        text = "".join(
            f"\ntensor at position {i}:\nsaved metadata: {a}\nrecomputed metadata: {b}"
            for i, (a, b) in enumerate(zip(self.metas, map(_meta, found)))
            if a != b
        )
        if text:
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than "
                f"during the forward pass.{text}\n."
            )


class _Holder:
    """Stands for a saved tensor."""

    __slots__ = ("frame", "index")

    def __init__(self, frame, index):
        self.frame, self.index = frame, index

    def __del__(self):
        # What was computed for it and not asked for is not needed any more.
        self.frame.recomputed.pop(self.index, None)


def _meta(tensor):
    return {"shape": tensor.shape, "dtype": tensor.dtype, "device": tensor.device}


def _same(tensor):
    return tensor


def _unpack(holder):
    return holder.frame.get(holder.index)


def checkpoint(
    function=None,
    *args,
    use_reentrant=None,
    preserve_rng_state=True,
    context_fn=noop_context_fn,
    determinism_check="default",
    debug=False,
    early_stop=True,
    respect_saved_tensors_hooks=None,
    **kwargs,
):
    """Runs `function(*args, **kwargs)`; what it saves for backward is not kept, but computed again by another run of
    it in backward. It must do the same each time.

    Args:
        use_reentrant: as one node whose backward runs a backward of its own (True), or by hooks for saved tensors
            (False), with which every use of the graph works as without checkpoints.
        preserve_rng_state: start the default random generator for the recomputation where it was in the first run.
        context_fn: makes two contexts, for the first run and for the recomputation.
        determinism_check: compare shapes and dtypes of both runs (`default`), or do not (`none`).
        early_stop: end the recomputation as soon as all saved tensors are there.
    """
    if use_reentrant is None:
        import warnings

        warnings.warn(
            "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. In a future release, "
            "calling checkpoint without use_reentrant will raise an exception. use_reentrant=False is recommended, but "
            "if you need to preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for "
            "more details on the differences between the two variants.",
            stacklevel=2,
        )
        use_reentrant = True
    if use_reentrant:
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
        if context_fn is not noop_context_fn or debug or respect_saved_tensors_hooks is not None:
            raise ValueError(
                "Passing `context_fn`, `debug`, or `respect_saved_tensors_hooks` is only supported when "
                "use_reentrant=False."
            )
        return CheckpointFunction.apply(function, preserve_rng_state, *args)
    if determinism_check not in ("default", "none"):
        raise ValueError(f"determinism_check should be one of ['default', 'none'], but got {determinism_check}")
    if not _C.is_grad_enabled():
        with context_fn()[0]:
            return function(*args, **kwargs)
    check = determinism_check == "default"
    frame = _Frame(function, args, kwargs, preserve_rng_state, context_fn, early_stop and _early_stop, check)
    with saved_tensors_hooks(frame.pack, _unpack), frame.forward_context:
        return function(*args, **kwargs)


def checkpoint_sequential(functions, segments, input, use_reentrant=None, **kwargs):
    """Runs the functions (or modules) one after the other, cut into so many segments, each of which is a checkpoint
    but for the last."""
    if use_reentrant is None:
        import warnings

        warnings.warn(
            "torch.utils.checkpoint.checkpoint_sequential: the use_reentrant parameter should be passed explicitly. "
            "In a "
            "future release, we will raise an exception if use_reentrant is not passed. use_reentrant=False is "
            "recommended, but if you need to preserve the current default behavior, you can pass use_reentrant=True. "
            "Refer to docs for more details on the differences between the two variants.",
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    functions = list(functions.children()) if hasattr(functions, "children") else list(functions)

    def part(start, end):
        def forward(x):
            for function in functions[start:end]:
                x = function(x)
            return x

        return forward

    size = len(functions) // segments
    end = 0
    for start in range(0, size * (segments - 1), size):
        end = start + size
        input = checkpoint(part(start, end), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return part(end, len(functions))(input)
