"""Adadelta."""

from __future__ import annotations

from ._common import (
    check_group,
    check_lr,
    gather,
    like,
    not_negative,
    number,
    old_groups,
    reals,
    steps_to_tensors,
    zero,
)
from .optimizer import Optimizer

__all__ = ["Adadelta"]


class Adadelta(Optimizer):
    """Steps whose size follows the size of the steps so far.

    With `g` the gradient (negated with `maximize`) plus `weight_decay * p`: `v = rho * v + (1 - rho) * g ** 2`,
    `d = sqrt(u + eps) / sqrt(v + eps) * g`, `u = rho * u + (1 - rho) * d ** 2`, `p -= lr * d`. M. D. Zeiler,
    "Adadelta: an adaptive learning rate method", 2012. After
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adadelta.html.
    """

    def __init__(
        self,
        params,
        lr=1.0,
        rho=0.9,
        eps=1e-6,
        weight_decay=0,
        foreach=None,
        *,
        capturable=False,
        maximize=False,
        differentiable=False,
    ):
        check_lr(lr)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        not_negative("epsilon value", eps)
        not_negative("weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def __setstate__(self, state):
        super().__setstate__(state)
        old_groups(self, foreach=None, maximize=False, differentiable=False, capturable=False)
        steps_to_tensors(self)

    def step(self, closure=None):
        """One step; returns what `closure` returns, if there is one."""
        return self._run(closure, self._update)

    def _update(self, group):
        params, grads, states = gather(self, group, _start)
        check_group(params, group, supported="['cuda', 'xpu', 'hpu', 'privateuseone']")
        for p, grad, state in zip(params, grads, states):
            _step(p, grad, state, group)


def _start(p, group):
    return {"step": zero(), "square_avg": like(p), "acc_delta": like(p)}


def _step(p, grad, state, group):
    rho, eps, differentiable = group["rho"], group["eps"], group["differentiable"]
    step = state["step"]
    step += 1
    g = -grad if group["maximize"] else grad
    if group["weight_decay"] != 0:
        g = g.add(p, alpha=group["weight_decay"])
    p, g, square, moved = reals(p, p, g, state["square_avg"], state["acc_delta"])
    square.mul_(rho).addcmul_(g, g, value=1 - rho)
    delta = moved.add(eps).sqrt() / square.add(eps).sqrt() * g
    moved.mul_(rho).addcmul_(delta, delta, value=1 - rho)
    lr = group["lr"] if differentiable else number(group["lr"])
    p.sub_(lr * delta)
