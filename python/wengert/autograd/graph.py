"""The graph: nodes, hooks for what it saves, edges."""

from collections import namedtuple

from wengert import _C
from wengert.autograd._hooks import Handle

__all__ = ["GradientEdge", "Node", "SavedTensor", "allow_mutation_on_saved_tensors", "disable_saved_tensors_hooks"]
__all__ += ["get_gradient_edge", "increment_version", "register_multi_grad_hook", "save_on_cpu", "saved_tensors_hooks"]

Node = _C._Node
SavedTensor = _C._SavedTensor

GradientEdge = namedtuple("GradientEdge", ["node", "output_nr", "ownership_token"], defaults=[None])
GradientEdge.__doc__ = "Where the gradient of a tensor arrives: a node, and which of its outputs the tensor is."
GradientEdge.__module__ = "torch.autograd.graph"


def get_gradient_edge(tensor):
    """The place in the graph where the gradient of `tensor` arrives. `torch.autograd.grad` takes it as an input or
    output in place of the tensor, which need not live on."""
    if not tensor.requires_grad:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    return GradientEdge(*_C._gradient_edge(tensor))


def increment_version(tensor):
    """Says that `tensor` (or each of several) was written in a way that autograd could not see."""
    for t in (tensor,) if isinstance(tensor, _C.Tensor) else tensor:
        _C._increment_version(t)


class saved_tensors_hooks:
    """What is saved for backward within the `with` goes through `pack_hook(tensor)`, whose result is kept in place of
    the tensor, and comes back by `unpack_hook(packed)`."""

    def __init__(self, pack_hook, unpack_hook):
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self):
        _C._push_saved_hooks(self.pack_hook, self.unpack_hook)

    def __exit__(self, *args):
        _C._pop_saved_hooks()


class save_on_cpu(saved_tensors_hooks):
    """What is saved for backward within the `with` is kept in the CPU's memory: where it is here anyway."""

    def __init__(self, pin_memory=False, device_type="cuda"):
        super().__init__(lambda tensor: (tensor.device, tensor), lambda packed: packed[1])


class disable_saved_tensors_hooks:
    """Within the `with`, or in the function that it decorates, hooks for saved tensors are errors with this message."""

    def __init__(self, error_message):
        self.error_message = error_message

    def __enter__(self):
        _C._disable_saved_hooks(self.error_message)

    def __exit__(self, *args):
        _C._pop_saved_hooks()

    def __call__(self, function):
        from wengert.autograd.grad_mode import _decorated

        return _decorated(lambda: self, function)


def register_multi_grad_hook(tensors, fn, *, mode="all"):
    """Registers one hook for several tensors. In `all` mode it gets the list of gradients, once those of all tensors
    that a backward reaches are there (None for the others); in `any` mode the first one that arrives."""
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    if not all(t.requires_grad for t in tensors):
        raise AssertionError("Expected gradient function to be set")
    return Handle(_C._register_multi_grad_hook(tensors, fn, mode == "all"))


class _CopiesOfSaved:
    """What `allow_mutation_on_saved_tensors` gives."""

    def clear(self):
        """The copies live as long as the graph: nothing to do."""


class allow_mutation_on_saved_tensors:
    """Tensors may be written in place after the graph saved them, within the `with`: the graph saves copies."""

    def __enter__(self):
        _C._push_saved_hooks(lambda tensor: tensor.detach().clone(), lambda copy: copy)
        return _CopiesOfSaved()

    def __exit__(self, *args):
        _C._pop_saved_hooks()
