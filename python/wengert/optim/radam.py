"""RAdam."""

from __future__ import annotations

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

__all__ = ["RAdam"]


class RAdam(Optimizer):
    """`Adam` that divides by the root of the squares' mean only once that is known well enough.

    With `n = 2 / (1 - b2) - 1` and `r = n - 2 * t * b2 ** t / (1 - b2 ** t)`: as Adam, times
    `sqrt((r - 4) * (r - 2) * n / ((n - 4) * (n - 2) * r))` if `r > 5`, and `p -= lr / (1 - b1 ** t) * m` before. L.
    Liu et al., "On the variance of the adaptive learning rate and beyond", 2019. After
    https://docs.pytorch.org/docs/stable/generated/torch.optim.RAdam.html.
    """

    def __init__(
        self,
        params,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        decoupled_weight_decay=False,
        *,
        foreach=None,
        maximize=False,
        capturable=False,
        differentiable=False,
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
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def __setstate__(self, state):
        super().__setstate__(state)
        old_groups(
            self, foreach=None, maximize=False, differentiable=False, decoupled_weight_decay=False, capturable=False
        )
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
    return {"step": zero(), "exp_avg": like(p), "exp_avg_sq": like(p)}


def _step(p, grad, state, group):
    differentiable, lr, (beta1, beta2) = group["differentiable"], group["lr"], group["betas"]
    step = state["step"]
    step += 1
    t = step.item()
    if not differentiable:
        lr = number(lr)
    g = -grad if group["maximize"] else grad
    if group["weight_decay"] != 0:
        if group["decoupled_weight_decay"]:
            p.mul_(1 - lr * group["weight_decay"])
        else:
            g = g.add(p, alpha=group["weight_decay"])
    p, g, mean, square = reals(p, p, g, state["exp_avg"], state["exp_avg_sq"])
    mean.lerp_(g, 1 - beta1)
    square.mul_(beta2).addcmul_(g, g, value=1 - beta2)
    way = mean / (1 - beta1**t)
    most = 2 / (1 - beta2) - 1
    known = most - 2 * t * beta2**t / (1 - beta2**t)
    if known > 5.0:
        rectified = ((known - 4) * (known - 2) * most / ((most - 4) * (most - 2) * known)) ** 0.5
        root = (square.clone() if differentiable else square).sqrt() + group["eps"]
        way = way * ((1 - beta2**t) ** 0.5 / root) * rectified
    p.sub_(way * lr)
