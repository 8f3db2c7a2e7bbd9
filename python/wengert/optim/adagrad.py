"""Adagrad."""

from __future__ import annotations

from wengert import _C

from ._common import (
    check_fused,
    check_group,
    check_lr,
    gather,
    not_negative,
    number,
    old_groups,
    reals,
    steps_to_tensors,
    zero,
)
from .optimizer import Optimizer, native

__all__ = ["Adagrad"]


class Adagrad(Optimizer):
    """The gradient divided by the root of the sum of its squares so far.

    With `g` the gradient (negated with `maximize`) plus `weight_decay * p`, in step `t`: `s += g ** 2`,
    `p -= lr / (1 + (t - 1) * lr_decay) * g / (sqrt(s) + eps)`. J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient
    methods for online learning and stochastic optimization", 2011. After
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adagrad.html.

    Args:
        params: parameters, named parameters or groups; see `Optimizer`.
        initial_accumulator_value: the first `s`.
        differentiable: record the steps, so that gradients go through them.
    """

    def __init__(
        self,
        params,
        lr=1e-2,
        lr_decay=0,
        weight_decay=0,
        initial_accumulator_value=0,
        eps=1e-10,
        foreach=None,
        *,
        maximize=False,
        differentiable=False,
        fused=None,
    ):
        check_lr(lr)
        not_negative("lr_decay value", lr_decay)
        not_negative("weight_decay value", weight_decay)
        not_negative("initial_accumulator_value value", initial_accumulator_value)
        not_negative("epsilon value", eps)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        check_fused(fused, differentiable, foreach)
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p].update(_start(p, group))

    def __setstate__(self, state):
        super().__setstate__(state)
        old_groups(self, foreach=None, maximize=False, differentiable=False, fused=None)
        steps_to_tensors(self)

    def share_memory(self) -> None:
        """Moves what is kept into memory that child processes see too."""
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p]["sum"].share_memory_()

    def step(self, closure=None):
        """One step; returns what `closure` returns, if there is one."""
        return self._run(closure, self._update)

    def _update(self, group):
        params, grads, states = gather(self, group, _start)
        if group["foreach"] or group["fused"]:
            check_group(params, group)
        if not group["differentiable"] and native is not None:
            done = native.adagrad(
                params,
                grads,
                states,
                number(group["lr"]),
                group["lr_decay"],
                group["eps"],
                group["weight_decay"],
                bool(group["maximize"]),
            )
            if done:
                return
        for p, grad, state in zip(params, grads, states):
            _step(p, grad, state, group)


def _start(p, group):
    first = group["initial_accumulator_value"]
    total = _C.full_like(p, complex(first, first) if p.is_complex() else first, memory_format=_C.preserve_format)
    return {"step": zero(), "sum": total.detach()}


def _step(p, grad, state, group):
    differentiable, lr = group["differentiable"], group["lr"]
    step = state["step"]
    step += 1
    if not differentiable:
        lr, step = number(lr), step.item()
    g = -grad if group["maximize"] else grad
    if group["weight_decay"] != 0:
        g = g.add(p, alpha=group["weight_decay"])
    p, g, total = reals(p, p, g, state["sum"])
    rate = lr / (1 + (step - 1) * group["lr_decay"])
    total.addcmul_(g, g, value=1)
    if differentiable:
        p.sub_(rate * g / (total.clone().sqrt() + group["eps"]))
    else:
        p.addcdiv_(g, total.sqrt().add_(group["eps"]), value=-rate)
