"""Adamax."""

from __future__ import annotations

from wengert import _C

from ._common import Rule, check, like, reals, zero

__all__ = ["Adamax"]


class Adamax(Rule):
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
        check(lr, eps=eps, betas=betas, weight_decay=weight_decay)
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            foreach=foreach,
            maximize=maximize,
            differentiable=differentiable,
            capturable=capturable,
        )

    @staticmethod
    def _start_state(p, group):
        return {"step": zero(), "exp_avg": like(p), "exp_inf": like(p)}

    @staticmethod
    def _step_one(p, g, state, group, lr, t):
        beta1, beta2 = group["betas"]
        p, g, mean, largest = reals(p, p, g, state["exp_avg"], state["exp_inf"])
        mean.lerp_(g, 1 - beta1)
        largest.copy_(_C.maximum(beta2 * largest, g.abs() + group["eps"]))
        size = lr / (1 - beta1**t)
        if group["differentiable"]:
            p.sub_(size * mean.clone() / largest.clone())
        else:
            p.addcdiv_(mean, largest, value=-size)
