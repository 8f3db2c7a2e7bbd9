"""Adagrad."""

from __future__ import annotations

from ._common import Rule, check, like, reals, zero
from .optimizer import native

__all__ = ["Adagrad"]


class Adagrad(Rule):
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

    _later = (("foreach", None), ("maximize", False), ("differentiable", False), ("fused", None))

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
        first = initial_accumulator_value
        check(lr, lr_decay=lr_decay, weight_decay=weight_decay, initial_accumulator_value=first, eps=eps)
        super().__init__(
            params,
            lr=lr,
            lr_decay=lr_decay,
            eps=eps,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            foreach=foreach,
            maximize=maximize,
            differentiable=differentiable,
            fused=fused,
        )
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p].update(self._start_state(p, group))

    def share_memory(self) -> None:
        """Moves what is kept into memory that child processes see too."""
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p]["sum"].share_memory_()

    @staticmethod
    def _start_state(p, group):
        return {"step": zero(), "sum": like(p, group["initial_accumulator_value"])}

    @staticmethod
    def _step_all(params, grads, states, group, lr):
        lr_decay, eps, weight_decay = group["lr_decay"], group["eps"], group["weight_decay"]
        return native.adagrad(params, grads, states, lr, lr_decay, eps, weight_decay, bool(group["maximize"]))

    @staticmethod
    def _step_one(p, g, state, group, lr, t):
        p, g, total = reals(p, p, g, state["sum"])
        rate = lr / (1 + (t - 1) * group["lr_decay"])
        total.addcmul_(g, g, value=1)
        if group["differentiable"]:
            p.sub_(rate * g / (total.clone().sqrt() + group["eps"]))
        else:
            p.addcdiv_(g, total.sqrt().add_(group["eps"]), value=-rate)
