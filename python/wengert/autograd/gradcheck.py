"""Comparing gradients with differences."""

from wengert import _C

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]

_Tensor = _C.Tensor


class GradcheckError(RuntimeError):
    """A derivative is wrong."""


def _tensors_of(func, inputs):
    """`func` as a function of the tensors among `inputs` alone, that returns the list of its tensors; and these
    tensors."""
    inputs = tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,)
    places = [i for i, x in enumerate(inputs) if isinstance(x, _Tensor)]

    def flat(tensors):
        args = list(inputs)
        for i, t in zip(places, tensors):
            args[i] = t
        outputs = func(*args)
        outputs = (outputs,) if isinstance(outputs, _Tensor) else outputs
        return [out for out in outputs if isinstance(out, _Tensor)]

    return flat, [inputs[i] for i in places]


def _check_inputs(tensors):
    wanted = [x for x in tensors if x.requires_grad]
    if not wanted:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )
    for i, x in enumerate(tensors):
        if x.requires_grad and x.dtype not in (_C.float64, _C.complex128):
            import warnings

            warnings.warn(
                f"Input #{i} requires gradient and is not a double precision floating point or complex. This check "
                "will likely fail if all the inputs are not of double precision floating point or complex. ",
                stacklevel=3,
            )


def _checked(check, raise_exception):
    try:
        return check()
    except RuntimeError as e:
        if type(e) is not RuntimeError:
            raise
        if raise_exception:
            raise GradcheckError(str(e)) from None
        return False


def gradcheck(
    func,
    inputs,
    *,
    eps=1e-6,
    atol=1e-5,
    rtol=1e-3,
    raise_exception=True,
    nondet_tol=0.0,
    check_undefined_grad=True,
    check_grad_dtypes=False,
    check_batched_grad=False,
    check_batched_forward_grad=False,
    check_forward_ad=False,
    check_backward_ad=True,
    fast_mode=False,
    masked=None,
):
    """Compares the gradients of `func` with central differences, for each input that requires grad. Inputs should be of
    double precision.

    Args:
        eps: the step.
        atol, rtol: how much numbers may differ.
        raise_exception: a wrong derivative is a `GradcheckError`; else the result is False.
        nondet_tol: how much two runs may differ.
        fast_mode: compare along one random direction.
    """
    if not check_forward_ad and not check_backward_ad:
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    if check_batched_grad and not check_backward_ad:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    if check_batched_forward_grad and not check_forward_ad:
        raise AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True")
    flat, tensors = _tensors_of(func, inputs)
    _check_inputs(tensors)
    options = {
        "eps": eps,
        "atol": atol,
        "rtol": rtol,
        "raise_exception": raise_exception,
        "nondet_tol": nondet_tol,
        "check_undefined_grad": check_undefined_grad,
        "check_grad_dtypes": check_grad_dtypes,
        "check_batched_grad": check_batched_grad,
        "check_batched_forward_grad": check_batched_forward_grad,
        "check_forward_ad": check_forward_ad,
        "check_backward_ad": check_backward_ad,
        "fast_mode": fast_mode,
    }
    return _checked(lambda: _C._gradcheck(flat, tensors, options), raise_exception)


def gradgradcheck(
    func,
    inputs,
    grad_outputs=None,
    *,
    eps=1e-6,
    atol=1e-5,
    rtol=1e-3,
    gen_non_contig_grad_outputs=False,
    raise_exception=True,
    nondet_tol=0.0,
    check_undefined_grad=True,
    check_grad_dtypes=False,
    check_batched_grad=False,
    check_fwd_over_rev=False,
    check_rev_over_rev=True,
    fast_mode=False,
    masked=False,
):
    """Compares second derivatives of `func` with differences of its gradients. See `gradcheck`.

    Args:
        grad_outputs: the weights of the outputs; random numbers if they are not given.
    """
    if not check_fwd_over_rev and not check_rev_over_rev:
        raise AssertionError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
    flat, tensors = _tensors_of(func, inputs)
    _check_inputs(tensors)
    options = {
        "eps": eps,
        "atol": atol,
        "rtol": rtol,
        "raise_exception": raise_exception,
        "nondet_tol": nondet_tol,
        "check_undefined_grad": check_undefined_grad,
        "check_grad_dtypes": check_grad_dtypes,
        "check_batched_grad": check_batched_grad,
        "fast_mode": fast_mode,
    }
    if grad_outputs is not None:
        grad_outputs = (grad_outputs,) if isinstance(grad_outputs, _Tensor) else tuple(grad_outputs)

    def check():
        return _C._gradgradcheck(
            flat,
            tensors,
            grad_outputs,
            gen_non_contig_grad_outputs,
            check_fwd_over_rev,
            check_rev_over_rev,
            options,
        )

    return _checked(check, raise_exception)
