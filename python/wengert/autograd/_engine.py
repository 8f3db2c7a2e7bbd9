"""`torch.autograd.backward` and `torch.autograd.grad`."""

from wengert import _C
from wengert._overridable import overridable

_Tensor = _C.Tensor


def _listed(value):
    """A tensor or a gradient edge as a list of one, other sequences as tuples."""
    if isinstance(value, _Tensor) or hasattr(value, "output_nr"):
        return (value,)
    return tuple(value)


def _weights(tensors, grads):
    """One weight (or None) for each tensor."""
    if grads is None:
        return None
    if isinstance(grads, _Tensor):
        grads = (grads,)
    grads = tuple(grads)
    for grad in grads:
        if grad is not None and not isinstance(grad, _Tensor):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(grad).__name__}")
    if len(grads) != len(tensors):
        raise RuntimeError(f"got {len(tensors)} tensors and {len(grads)} gradients")
    return grads


def backward(tensors, grad_tensors=None, retain_graph=None, create_graph=False, grad_variables=None, inputs=None):
    """Adds to `.grad` of the leaves (or of `inputs`) the gradients of the sum of `tensors`, weighted by `grad_tensors`.

    Args:
        tensors: what is differentiated; one with more than one element needs a weight of its shape.
        retain_graph: keep what the graph saved, so that it can be run again; `create_graph` if it is None.
        create_graph: record the gradients, for derivatives of higher order.
    """
    if grad_variables is not None:
        import warnings

        warnings.warn("`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning, stacklevel=2)
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only "
                "use `grad_tensors`."
            )
        grad_tensors = grad_variables
    tensors = _listed(tensors)
    if inputs is not None:
        inputs = tuple(inputs.values()) if isinstance(inputs, dict) else _listed(inputs)
        if not inputs:
            raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    _C._backward(tensors, _weights(tensors, grad_tensors), retain_graph, bool(create_graph), inputs)


@overridable
def grad(
    outputs,
    inputs,
    grad_outputs=None,
    retain_graph=None,
    create_graph=False,
    only_inputs=True,
    allow_unused=None,
    is_grads_batched=False,
    materialize_grads=False,
):
    """Gradients of the sum of `outputs`, weighted by `grad_outputs`, with respect to `inputs`; `.grad` is not touched.

    Args:
        allow_unused: an input that the outputs do not depend on gives None instead of an error.
        is_grads_batched: the weights have one more dimension, the first; a gradient is computed for each index of it.
        materialize_grads: zeros instead of None.
    """
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    if allow_unused is None:
        allow_unused = materialize_grads
    if not only_inputs:
        import warnings

        warnings.warn(
            "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for "
            "other parts of the graph, please use torch.autograd.backward.",
            FutureWarning,
            stacklevel=3,
        )
    outputs = _listed(outputs)
    names = None
    if isinstance(inputs, dict):
        names = list(inputs)
        inputs = tuple(inputs.values())
    else:
        inputs = _listed(inputs)
    for x in inputs:
        if not isinstance(x, _Tensor) and not hasattr(x, "output_nr"):
            raise RuntimeError("all inputs have to be Tensors or GradientEdges, but got " + type(x).__name__)
    grads = _C._grad(
        outputs,
        inputs,
        _weights(outputs, grad_outputs),
        retain_graph,
        bool(create_graph),
        is_grads_batched,
        allow_unused,
        materialize_grads,
    )
    return grads if names is None else dict(zip(names, grads))
