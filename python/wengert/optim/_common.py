"""What the rules have in common: their base, checks of settings, numbers out of tensors."""

from __future__ import annotations

from wengert import _C
from wengert._C import Tensor

from .optimizer import Optimizer

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
    """PyTorch's error for a setting that is negative, or no number."""
    if not value >= 0.0:
        raise ValueError(f"Invalid {what}: {value}")


def check(lr, **settings) -> None:
    """PyTorch's errors for a learning rate, for `betas`, and for settings that must not be negative, in their order."""
    check_lr(lr)
    for name, value in settings.items():
        if name == "betas":
            for i, beta in enumerate(value):
                if not 0.0 <= beta < 1.0:
                    raise ValueError(f"Invalid beta parameter at index {i}: {beta}")
        else:
            not_negative("epsilon value" if name == "eps" else f"{name} value", value)


def check_fused(fused, differentiable: bool, foreach) -> None:
    """PyTorch's errors for settings that exclude `fused`."""
    if fused:
        if differentiable:
            raise RuntimeError("`fused` does not support `differentiable`")
        if foreach:
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")


def check_group(params: list, group: dict, of: str, supported: str) -> None:
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
    """The dtype of numbers that are kept as tensors."""
    return _C.float64 if _C.get_default_dtype() is _C.float64 else _C.float32


def like(p, value=0):
    """A tensor like `p`, full of `value`; of a complex one, both parts are."""
    if value == 0:
        return _C.zeros_like(p, memory_format=_C.preserve_format)
    full = complex(value, value) if p.is_complex() else value
    return _C.full_like(p, full, memory_format=_C.preserve_format).detach()


def number(x):
    """`x`, or the number in a tensor."""
    return x.item() if isinstance(x, Tensor) else x


def reals(p, *tensors):
    """The tensors; with real and imaginary parts as a dimension of their own if `p` is complex."""
    if not p.is_complex():
        return tensors
    return tuple(None if t is None else _C.view_as_real(t) for t in tensors)


def towards(p, grad, group: dict, lr):
    """The direction that a formula begins with: the gradient, negated with `maximize`, plus `weight_decay * p`.

    With `decoupled_weight_decay`, `p` itself is made smaller instead.
    """
    g = -grad if group["maximize"] else grad
    decay = group.get("weight_decay", 0)
    if decay == 0:
        return g
    if group.get("decoupled_weight_decay"):
        p.mul_(1 - lr * decay)
        return g
    return g + decay * p if isinstance(decay, Tensor) else g.add(p, alpha=decay)


class Rule(Optimizer):
    """An optimizer that changes each parameter by a formula of its own gradient and state.

    A subclass has `_start_state`, the state of a parameter before its first step, and `_step_one`, the formula in
    tensor operations; with a kernel in the core also `_step_all`.
    """

    #: Settings that groups of old checkpoints lack.
    _later = (("foreach", None), ("maximize", False), ("differentiable", False), ("capturable", False))
    #: State that is a number in old checkpoints, and a tensor since.
    _counts = ("step",)
    #: For PyTorch's message about `capturable`: what must be on which devices.
    _captured = "params and state_steps"
    _capturing = SUPPORTED

    def __init_subclass__(cls, **arguments):
        super().__init_subclass__(**arguments)
        if Rule in cls.__bases__ and "step" not in cls.__dict__:

            def step(self, closure=None):
                """One step; returns what `closure` returns, if there is one."""
                return self._run(closure, self._update)

            # Of each class its own: hooks are put around it, and errors have its name.
            step.__qualname__ = f"{cls.__qualname__}.step"
            cls.step = step

    def __init__(self, params, **defaults):
        super().__init__(params, defaults)
        if "fused" in defaults:
            check_fused(defaults["fused"], defaults["differentiable"], defaults["foreach"])

    def __setstate__(self, state):
        super().__setstate__(state)
        for group in self.param_groups:
            for name, value in self._later:
                group.setdefault(name, value)
        for s in self.state.values():
            if isinstance(s, dict):
                for name in self._counts:
                    if isinstance(s.get(name), (int, float)):
                        s[name] = _C.tensor(float(s[name]), dtype=scalar_dtype())

    def _update(self, group: dict) -> None:
        params, grads, states = [], [], []
        state = self.state
        for p in group["params"]:
            grad = p.grad
            if grad is not None:
                s = state[p]
                if not s:
                    s.update(self._start_state(p, group))
                params.append(p)
                grads.append(grad)
                states.append(s)
        self._check(params, group)
        differentiable, lr = group["differentiable"], group["lr"]
        if not differentiable:
            lr = number(lr)
            if self._step_all(params, grads, states, group, lr):
                return
        for p, grad, s in zip(params, grads, states):
            t = s["step"]
            t += 1
            self._step_one(p, towards(p, grad, group, lr), s, group, lr, t if differentiable else t.item())

    def _check(self, params: list, group: dict) -> None:
        if group.get("capturable") or group.get("foreach") or group.get("fused"):
            check_group(params, group, self._captured, self._capturing)

    @staticmethod
    def _start_state(p, group: dict) -> dict:
        """What is kept for `p`, before its first step."""
        raise NotImplementedError

    @staticmethod
    def _step_all(params: list, grads: list, states: list, group: dict, lr) -> bool:
        """The step of all parameters in one call of the core; False if it did nothing, as it does not know the case."""
        return False

    @staticmethod
    def _step_one(p, g, state: dict, group: dict, lr, t) -> None:
        """The step of `p` in the direction `g` (see `towards`), the `t`-th one. `lr` and `t` are tensors only where the
        step itself is differentiated.
        """
        raise NotImplementedError
