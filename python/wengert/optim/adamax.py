"""Adamax."""

from __future__ import annotations

from wengert import _C

from ._common import (
    check_betas,
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

__all__ = ["Adamax"]


class Adamax(Optimizer):
    """`Adam` with the largest gradient so far, slowly forgotten, in the place of the mean of squares.

    With `g` the gradient (negated with `maximize`) plus `weight_decay * p`, in step `t`: `m = b1 * m + (1 - b1) * g`,
    `u = max(b2 * u, abs(g) + eps)`, `p -= lr / (1 - b1 ** t) * m / u`. D. P. Kingma, J. Ba, "Adam: a method for
    stochastic optimization", 2014. After https://docs.pytorch.org/docs/stable/generated/torch.optim.Adamax.html.
    """

    def __init__(
        self,
        params,
        lr=2e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        foreach=None,
        *,
        maximize=False,
        differentiable=False,
        capturable=False,
    ):
        check_lr(lr)
        not_negative("epsilon value", eps)
        check_betas(betas)
        not_negative("weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
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
        check_group(params, group)
        for p, grad, state in zip(params, grads, states):
            _step(p, grad, state, group)


def _start(p, group):
    return {"step": zero(), "exp_avg": like(p), "exp_inf": like(p)}


def _step(p, grad, state, group):
    differentiable, lr, (beta1, beta2) = group["differentiable"], group["lr"], group["betas"]
    step = state["step"]
    step += 1
    if not differentiable:
        lr, step = number(lr), step.item()
    g = -grad if group["maximize"] else grad
    if group["weight_decay"] != 0:
        g = g.add(p, alpha=group["weight_decay"])
    p, g, mean, largest = reals(p, p, g, state["exp_avg"], state["exp_inf"])
    mean.lerp_(g, 1 - beta1)
    largest.copy_(_C.maximum(beta2 * largest, g.abs() + group["eps"]))
    size = lr / (1 - beta1**step)
    if differentiable:
        p.sub_(size * mean.clone() / largest.clone())
    else:
        p.addcdiv_(mean, largest, value=-size)
