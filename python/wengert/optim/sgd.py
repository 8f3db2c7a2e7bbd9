"""Gradient descent."""

from __future__ import annotations

from wengert import _C
from wengert._C import Tensor

from ._common import Rule, check, number, reals, towards
from .optimizer import native

__all__ = ["SGD"]


class SGD(Rule):
    """Stochastic gradient descent, with momentum if asked for.

    With `g` the gradient (negated with `maximize`) plus `weight_decay * p`: `b = momentum * b + (1 - dampening) * g`,
    where the first `b` is the first `g`; then `p -= lr * b`, or `p -= lr * (g + momentum * b)` with `nesterov`. After
    https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html.

    Args:
        params: parameters, named parameters or groups; see `Optimizer`.
        differentiable: record the steps, so that gradients go through them.
        foreach, fused: which implementation PyTorch takes; the result is the same.
    """

    _later = (("nesterov", False), ("maximize", False), ("foreach", None), ("differentiable", False), ("fused", False))

    def __init__(
        self,
        params,
        lr=1e-3,
        momentum=0,
        dampening=0,
        weight_decay=0,
        nesterov=False,
        *,
        maximize=False,
        foreach=None,
        differentiable=False,
        fused=None,
    ):
        check(lr, momentum=momentum, weight_decay=weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
            maximize=maximize,
            foreach=foreach,
            differentiable=differentiable,
            fused=fused,
        )

    def _update(self, group):
        params, grads = [], []
        for p in group["params"]:
            grad = p.grad
            if grad is not None:
                params.append(p)
                grads.append(grad)
        if group["fused"]:
            self._check(params, {**group, "foreach": None})
        if group["momentum"] == 0:
            _step(params, grads, None, False, group)
            return
        # The first steps apart: their momentum is the gradient.
        old, new = ([], [], []), ([], [], [])
        for p, grad in zip(params, grads):
            buffer = self.state[p].get("momentum_buffer")
            of = new if buffer is None else old
            of[0].append(p)
            of[1].append(grad)
            of[2].append(_C.empty_like(p) if buffer is None else buffer)
        if old[0]:
            _step(*old, False, group)
        if new[0]:
            _step(*new, True, group)
            for p, buffer in zip(new[0], new[2]):
                self.state[p]["momentum_buffer"] = buffer


def _step(params, grads, buffers, first, group):
    """The step of some parameters; with `first`, what the momentum buffers hold does not count."""
    lr, momentum, weight_decay = group["lr"], group["momentum"], group["weight_decay"]
    dampening, nesterov, maximize = group["dampening"], bool(group["nesterov"]), bool(group["maximize"])
    differentiable = group["differentiable"]
    if not differentiable:
        lr, weight_decay = number(lr), number(weight_decay)
        if native.sgd(params, grads, buffers, first, lr, momentum, dampening, weight_decay, nesterov, maximize):
            return
    for i, (p, grad) in enumerate(zip(params, grads)):
        g = towards(p, grad, group, lr)
        if buffers is not None:
            if first:
                buffers[i] = g.detach().clone()
            else:
                buffers[i].mul_(momentum).add_(g, alpha=1 - dampening)
            g = g.add(buffers[i], alpha=momentum) if nesterov else buffers[i]
        if isinstance(lr, Tensor):
            p.sub_(lr * g)
        else:
            (q, g) = reals(p, p, g)
            q.add_(g, alpha=-lr)
