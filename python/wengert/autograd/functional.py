"""Products with Jacobians and Hessians of functions of tensors, and these matrices themselves."""

from wengert import _C
from wengert.autograd._engine import grad
from wengert.autograd.grad_mode import enable_grad

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

_Tensor = _C.Tensor


def _as_tuple(given, what, name):
    """The tensors as a tuple, and whether they were one."""
    is_tuple = isinstance(given, tuple)
    given = given if is_tuple else (given,)
    for i, item in enumerate(given):
        if not isinstance(item, _Tensor):
            subject = f"the value at index {i}" if is_tuple else f"the given {what}"
            raise TypeError(
                f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but {subject} has type "
                f"{type(item)}."
            )
    return given, is_tuple


def _same_form(values, is_tuple):
    return values if is_tuple else values[0]


def _prepared(inputs, create_graph, need_graph=True):
    """Inputs to differentiate with respect to: places of their own in the graph around, or leaves without it."""
    if create_graph:
        return tuple(_place_of_its_own(x) if need_graph else x for x in inputs)
    return tuple(x.detach().requires_grad_(need_graph) for x in inputs)


def _place_of_its_own(x):
    view = x.view_as(x)
    return view if view.requires_grad else view.requires_grad_(True)


def _finished(values, create_graph):
    """Results that belong to the graph around if asked for."""
    if isinstance(values, _Tensor):
        return values if create_graph else values.detach()
    return tuple(_finished(value, create_graph) for value in values)


def _check_v(v, other, other_is_tuple):
    if len(v) != len(other):
        if other_is_tuple:
            raise RuntimeError(f"v is a tuple of invalid length: should be {len(other)} but got {len(v)}.")
        raise RuntimeError("The given v should contain a single Tensor.")
    for i, (a, b) in enumerate(zip(v, other)):
        if a.shape != b.shape:
            prefix = f"Entry {i} in v" if other_is_tuple else "v"
            raise RuntimeError(f"{prefix} has invalid size: should be {b.shape} but got {a.shape}.")


_INDEPENDENT = "This is not allowed in strict mode."


def _check_grad(values, inputs, strict, kind):
    """What `strict` asks for: everything depends on the inputs in a way that can be differentiated."""
    if not strict:
        return
    if kind == "outputs":
        for i, value in enumerate(values):
            if not value.requires_grad:
                raise RuntimeError(
                    f"Output {i} of the user-provided function does not require gradients. The outputs must be "
                    f"computed "
                    "in a differentiable manner from the input when running in strict mode."
                )
        return
    for i, value in enumerate(values):
        if value is None:
            if kind == "grad":
                raise RuntimeError(
                    f"The output of the user-provided function is independent of input {i}. {_INDEPENDENT}"
                )
            raise RuntimeError(
                f"The hessian of the user-provided function with respect to input {i} is independent of the input. "
                f"{_INDEPENDENT} You should ensure that your function is thrice differentiable and that the hessian "
                "depends on the inputs."
            )
        if kind == "jacobian" and not value.requires_grad:
            raise RuntimeError(
                f"While computing the hessian, found that the jacobian of the user-provided function with respect to "
                f"input {i} is independent of the input. {_INDEPENDENT} You should ensure that your function is twice "
                "differentiable and that the jacobian depends on the inputs (this would be violated by a linear "
                "function for example)."
            )


def _check_create_graph(values, strict, create_graph):
    if strict and create_graph:
        for i, value in enumerate(values):
            if not value.requires_grad:
                raise RuntimeError(
                    f"The jacobian of the user-provided function is independent of input {i}. This is not allowed in "
                    "strict mode when create_graph=True."
                )


def _grads(outputs, inputs, weights=None, create_graph=False, retain_graph=None):
    """Gradients; None where there is none, for outputs that require none as well."""
    weights = [None] * len(outputs) if weights is None else weights
    pairs = [(out, w) for out, w in zip(outputs, weights) if out is not None and out.requires_grad]
    if not pairs:
        return (None,) * len(inputs)
    return grad(
        [out for out, _ in pairs],
        inputs,
        [w for _, w in pairs],
        allow_unused=True,
        create_graph=create_graph,
        retain_graph=retain_graph,
    )


def _filled(values, like):
    return tuple(_C.zeros_like(x) if value is None else value for value, x in zip(values, like))


def vjp(func, inputs, v=None, create_graph=False, strict=False):
    """The results of `func` and the product of the vector `v` with its Jacobian.

    Args:
        create_graph: the results belong to the graph around, and can be differentiated.
        strict: an output that does not depend on an input is an error instead of zeros.
    """
    with enable_grad():
        inputs, in_tuple = _as_tuple(inputs, "inputs", "vjp")
        inputs = _prepared(inputs, create_graph)
        outputs, out_tuple = _as_tuple(func(*inputs), "outputs of the user-provided function", "vjp")
        _check_grad(outputs, inputs, strict, "outputs")
        if v is not None:
            v = _prepared(_as_tuple(v, "v", "vjp")[0], create_graph, False)
            _check_v(v, outputs, out_tuple)
        elif len(outputs) != 1 or outputs[0].numel() != 1:
            raise RuntimeError(
                "The vector v can only be None if the user-provided function returns a single Tensor with a single "
                "element."
            )
    with _recording(create_graph):
        products = _grads(outputs, inputs, v, create_graph)
        _check_grad(products, inputs, strict, "grad")
        products = _filled(products, inputs)
        _check_create_graph(products, strict, create_graph)
    outputs = _finished(outputs, create_graph)
    products = _finished(products, create_graph)
    return _same_form(outputs, out_tuple), _same_form(products, in_tuple)


def _recording(create_graph):
    from wengert.autograd.grad_mode import set_grad_enabled

    before = _C.is_grad_enabled()
    mode = set_grad_enabled(create_graph or before)
    mode.prev = before
    return mode


def jvp(func, inputs, v=None, create_graph=False, strict=False):
    """The results of `func` and the product of its Jacobian with the vector `v`: the transpose of the vector-Jacobian
    product. `torch.func.jvp` is quicker."""
    with enable_grad():
        inputs, in_tuple = _as_tuple(inputs, "inputs", "jvp")
        inputs = _prepared(inputs, create_graph)
        v = _vector(v, inputs, in_tuple, "jvp", create_graph)
        outputs, out_tuple = _as_tuple(func(*inputs), "outputs of the user-provided function", "jvp")
        _check_grad(outputs, inputs, strict, "outputs")
        us = tuple(_C.zeros_like(out).requires_grad_(True) for out in outputs)
        products = _grads(outputs, inputs, us, create_graph=True)
        _check_grad(products, inputs, strict, "grad")
    with _recording(create_graph):
        if create_graph:
            with enable_grad():
                products = _grads(products, us, v, create_graph=True)
        else:
            products = _grads(products, us, v)
        products = _filled(products, outputs)
        _check_create_graph(products, strict, create_graph)
    outputs = _finished(outputs, create_graph)
    products = _finished(products, create_graph)
    return _same_form(outputs, out_tuple), _same_form(products, out_tuple)


def _vector(v, inputs, in_tuple, name, create_graph):
    """The vector to multiply with: ones for one number."""
    if v is not None:
        v = _prepared(_as_tuple(v, "v", name)[0], create_graph, False)
        _check_v(v, inputs, in_tuple)
        return v
    if len(inputs) != 1 or inputs[0].numel() != 1:
        raise RuntimeError(
            "The vector v can only be None if the input to the user-provided function is a single Tensor with a single "
            "element."
        )
    return (_C.ones_like(inputs[0]),)


def jacobian(func, inputs, create_graph=False, strict=False, vectorize=False, strategy="reverse-mode"):
    """The Jacobian of `func`: for each output and each input a tensor of the output's sizes and then the input's
    (tuples where there are tuples).

    Args:
        vectorize: compute all rows at once, by `vmap`.
        strategy: `reverse-mode` (by rows) or, with `vectorize`, `forward-mode` (by columns).
    """
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs '
            'than inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "forward-mode":
        return _jacobian_forward(func, inputs, create_graph, strict, vectorize)
    if vectorize and strict:
        raise RuntimeError(
            "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. "
            "Please either set `strict=False` or `vectorize=False`."
        )
    with enable_grad():
        inputs, in_tuple = _as_tuple(inputs, "inputs", "jacobian")
        inputs = _prepared(inputs, create_graph)
        outputs, out_tuple = _as_tuple(func(*inputs), "outputs of the user-provided function", "jacobian")
        _check_grad(outputs, inputs, strict, "outputs")
        rows = _rows_at_once if vectorize else _rows_in_turn
        result = tuple(rows(i, out, inputs, create_graph, strict) for i, out in enumerate(outputs))
        result = _finished(result, create_graph)
        return _same_form(tuple(_same_form(row, in_tuple) for row in result), out_tuple)


def _rows_in_turn(i, out, inputs, create_graph, strict):
    flat = out.reshape(-1)
    rows = [[] for _ in inputs]
    for j in range(out.numel()):
        grads = _grads((flat[j],), inputs, None, create_graph, retain_graph=True)
        for k, (list_, g, x) in enumerate(zip(rows, grads, inputs)):
            if g is None:
                if strict:
                    raise RuntimeError(
                        f"Output {i} of the user-provided function is independent of input {k}. {_INDEPENDENT}"
                    )
                g = _C.zeros_like(x)
            elif strict and create_graph and not g.requires_grad:
                raise RuntimeError(
                    f"The jacobian of the user-provided function is independent of input {k}. This is not allowed in "
                    "strict mode when create_graph=True."
                )
            list_.append(g)
    return tuple(
        (_C.stack(list_) if list_ else _C.zeros(0, dtype=x.dtype)).view(out.shape + x.shape)
        for list_, x in zip(rows, inputs)
    )


def _rows_at_once(i, out, inputs, create_graph, strict):
    n = out.numel()
    grads = (None,) * len(inputs)
    if out.requires_grad:
        eye = _C.eye(n, dtype=out.dtype).view(n, *out.shape)
        grads = grad(
            out, inputs, eye, allow_unused=True, create_graph=create_graph, retain_graph=True, is_grads_batched=True
        )
    return tuple(
        _C.zeros(out.shape + x.shape, dtype=x.dtype) if g is None else g.reshape(out.shape + x.shape)
        for g, x in zip(grads, inputs)
    )


def _jacobian_forward(func, inputs, create_graph, strict, vectorize):
    if strict:
        raise RuntimeError(
            'torch.autograd.functional.jacobian: `strict=True` and `strategy="forward-mode"` are not supported '
            'together (yet). Please either set `strict=False` or `strategy="reverse-mode"`.'
        )
    if create_graph:
        raise NotImplementedError(
            'torch.autograd.functional.jacobian: `create_graph=True` and `strategy="forward-mode"` are not supported '
            'together (yet). Please either set `create_graph=False` or `strategy="reverse-mode"`.'
        )
    if not vectorize:
        raise NotImplementedError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for "
            "`vectorize=True`."
        )
    from wengert.func import jacfwd

    inputs, in_tuple = _as_tuple(inputs, "inputs", "jacobian")
    found = {}

    def outputs_of(*xs):
        outputs, found["tuple"] = _as_tuple(func(*xs), "outputs of the user-provided function", "jacobian")
        return outputs

    result = jacfwd(outputs_of, tuple(range(len(inputs))))(*inputs)
    return _same_form(tuple(_same_form(tuple(row), in_tuple) for row in result), found["tuple"])


def _one_number(func, inputs, name, strict):
    """The output of a function that returns one number."""
    outputs, is_tuple = _as_tuple(func(*inputs), "outputs of the user-provided function", name)
    _check_grad(outputs, inputs, strict, "outputs")
    if is_tuple:
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if outputs[0].numel() != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")
    return outputs[0]


def hessian(
    func,
    inputs,
    create_graph=False,
    strict=False,
    vectorize=False,
    outer_jacobian_strategy="reverse-mode",
):
    """The Hessian of `func`, which returns one number: the Jacobian of the Jacobian, a tensor (or a tuple of tuples)
    of the inputs' sizes twice."""
    inputs, in_tuple = _as_tuple(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')

    def number(*xs):
        out = _one_number(func, xs, "hessian", strict)
        return out.squeeze() if out.dim() else out

    def inner(*xs):
        row = jacobian(number, xs, create_graph=True)
        _check_grad(row, xs, strict, "jacobian")
        return row

    if outer_jacobian_strategy == "forward-mode":
        if not vectorize:
            _jacobian_forward(func, inputs, False, strict, False)
        from wengert.func import jacfwd, jacrev

        argnums = tuple(range(len(inputs)))
        result = jacfwd(jacrev(number, argnums), argnums)(*inputs)
    else:
        result = jacobian(inner, inputs, create_graph=create_graph, strict=strict, vectorize=vectorize)
    return _same_form(tuple(_same_form(tuple(row), in_tuple) for row in result), in_tuple)


def vhp(func, inputs, v=None, create_graph=False, strict=False):
    """The value of `func`, which returns one number, and the product of the vector `v` with its Hessian."""
    with enable_grad():
        inputs, in_tuple = _as_tuple(inputs, "inputs", "vhp")
        inputs = _prepared(inputs, create_graph)
        v = _vector(v, inputs, in_tuple, "vhp", create_graph)
        output = _one_number(func, inputs, "vhp", strict)
        row = _grads((output,), inputs, create_graph=True)
        _check_grad(row, inputs, strict, "grad")
        _check_grad(row, inputs, strict, "jacobian")
    with _recording(create_graph):
        products = _grads(row, inputs, v, create_graph)
        products = _filled(products, inputs)
        _check_create_graph(products, strict, create_graph)
    return _finished(output, create_graph), _same_form(_finished(products, create_graph), in_tuple)


def hvp(func, inputs, v=None, create_graph=False, strict=False):
    """The value of `func`, which returns one number, and the product of its Hessian with the vector `v`."""
    with enable_grad():
        inputs, in_tuple = _as_tuple(inputs, "inputs", "hvp")
        inputs = _prepared(inputs, create_graph)
        v = _vector(v, inputs, in_tuple, "hvp", create_graph)
        output = _one_number(func, inputs, "hvp", strict)
        row = _grads((output,), inputs, create_graph=True)
        _check_grad(row, inputs, strict, "grad")
        _check_grad(row, inputs, strict, "jacobian")
        row = _filled(row, inputs)
        us = tuple(_C.zeros_like(x).requires_grad_(True) for x in inputs)
        double_back = _grads(row, inputs, us, create_graph=True)
    with _recording(create_graph):
        products = _grads(double_back, us, v, create_graph)
        products = _filled(products, inputs)
        _check_create_graph(products, strict, create_graph)
    return _finished(output, create_graph), _same_form(_finished(products, create_graph), in_tuple)
