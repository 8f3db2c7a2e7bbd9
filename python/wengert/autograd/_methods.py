"""The methods of tensors that have to do with gradients."""

from wengert import _C
from wengert._overridable import overridable


def backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None):
    """Adds to `.grad` of the leaves it was computed from (or of `inputs` alone) the gradients of this tensor, weighted
    by `gradient` if it has more than one element. See `torch.autograd.backward`."""
    if inputs is not None or (gradient is not None and not isinstance(gradient, _C.Tensor)):
        from wengert.autograd._engine import backward

        return backward(self, gradient, retain_graph, create_graph, inputs=inputs)
    _C._backward((self,), None if gradient is None else (gradient,), retain_graph, bool(create_graph), None)


def register_hook(self, hook):
    """Registers `hook(grad) -> Tensor or None`, which gets the gradient of this tensor in every backward and may
    replace it. Returns a handle whose `remove()` takes it out. A hook that refers to the tensor itself keeps it alive
    until
    then."""
    from wengert.autograd._hooks import Handle

    return Handle(_C._register_hook(self, hook))


def register_post_accumulate_grad_hook(self, hook):
    """Registers `hook(tensor) -> None`, which runs after a backward has added to the `.grad` of this leaf."""
    from wengert.autograd._hooks import Handle

    return Handle(_C._register_post_accumulate_grad_hook(self, hook))


def _is_view(self):
    """Does it share its memory with a tensor that it was made from, in a way that gradients know of?"""
    return self._base is not None


def reinforce(self, reward):
    """A method of old PyTorch; see torch.distributions."""

    raise RuntimeError(
        "reinforce() was removed.\nUse torch.distributions instead.\n"
        "See https://pytorch.org/docs/main/distributions.html"
    )


def attach(Tensor):
    """Gives the class its methods."""
    for method in (backward, register_hook, register_post_accumulate_grad_hook, reinforce, _is_view):
        setattr(Tensor, method.__name__, overridable(method, method.__name__))
    _C._add_attribute("grad_fn", _C._grad_fn, "The node of the graph that made it; None for leaves.")
