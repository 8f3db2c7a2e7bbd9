"""What the rules have in common: checks of settings, collecting what a step works on, numbers out of tensors."""

from __future__ import annotations

from wengert import _C
from wengert._C import Tensor

SUPPORTED = "['cuda', 'xpu', 'hpu', 'privateuseone', 'xla']"
_FUSED = "['mps', 'cuda', 'xpu', 'hpu', 'cpu', 'mtia', 'privateuseone']"


def check_lr(lr, foreach=None, capturable: bool = False, tensor_with_foreach: bool = True) -> None:
    """PyTorch's errors for a learning rate."""
    if isinstance(lr, Tensor):
        if foreach and not capturable and not tensor_with_foreach:
            raise ValueError("lr as a Tensor is not supported for capturable=False and foreach=True")
        if lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
    not_negative("learning rate", lr)


def not_negative(what: str, value) -> None:
    if not value >= 0.0:
        raise ValueError(f"Invalid {what}: {value}")


def check_betas(betas) -> None:
    for i, beta in enumerate(betas):
        if not 0.0 <= beta < 1.0:
            raise ValueError(f"Invalid beta parameter at index {i}: {beta}")


def check_fused(fused, differentiable: bool, foreach) -> None:
    if fused:
        if differentiable:
            raise RuntimeError("`fused` does not support `differentiable`")
        if foreach:
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")


def gather(opt, group: dict, start):
    """Three lists: the parameters of a group that have a gradient, their gradients, their states.

    `start(p, group)` is the state of a parameter that has none.
    """
    params, grads, states = [], [], []
    state = opt.state
    for p in group["params"]:
        grad = p.grad
        if grad is not None:
            s = state[p]
            if not s:
                s.update(start(p, group))
            params.append(p)
            grads.append(grad)
            states.append(s)
    return params, grads, states


def check_group(params: list, group: dict, of: str = "params and state_steps", supported: str = SUPPORTED) -> None:
    """PyTorch's errors for what a group asks for that there is only on other devices, or not at all."""
    if not params:
        return
    if group.get("capturable"):
        raise AssertionError(f"If capturable=True, {of} must be on supported devices: {supported}.")
    if group.get("foreach") and group["differentiable"]:
        raise AssertionError("_foreach ops don't support autograd")
    if group.get("fused"):
        for p in params:
            if not p.is_floating_point():
                raise RuntimeError(
                    "`fused=True` requires all the params to be floating point Tensors of supported devices: "
                    f"{_FUSED} but {p.dtype} and {p.device.type}"
                )


def zero():
    """The count of steps before the first one: a tensor, as in PyTorch."""
    return _C.tensor(0.0, dtype=scalar_dtype())


def scalar_dtype():
    return _C.float64 if _C.get_default_dtype() is _C.float64 else _C.float32


def like(p):
    return _C.zeros_like(p, memory_format=_C.preserve_format)


def number(x):
    """`x`, or the number in a tensor."""
    return x.item() if isinstance(x, Tensor) else x


def reals(p, *tensors):
    """The tensors; with real and imaginary parts as a dimension of their own if `p` is complex."""
    if not p.is_complex():
        return tensors
    return tuple(None if t is None else _C.view_as_real(t) for t in tensors)


def steps_to_tensors(opt) -> None:
    """Turns counts of steps that are numbers, as in old checkpoints, into tensors."""
    for s in opt.state.values():
        if isinstance(s, dict) and "step" in s and not isinstance(s["step"], Tensor):
            s["step"] = _C.tensor(float(s["step"]), dtype=scalar_dtype())


def old_groups(opt, **settings) -> None:
    """Gives groups of older checkpoints the settings that came later."""
    for group in opt.param_groups:
        for name, value in settings.items():
            group.setdefault(name, value)
