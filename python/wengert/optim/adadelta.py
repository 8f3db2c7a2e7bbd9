"""Adadelta."""

from __future__ import annotations

from ._common import Rule, check, check_lr, like, reals, zero

__all__ = ["Adadelta"]


class Adadelta(Rule):
    """Steps whose size follows the size of the steps so far.

    With `g` the gradient (negated with `maximize`) plus `weight_decay * p`: `v = rho * v + (1 - rho) * g ** 2`,
    `d = sqrt(u + eps) / sqrt(v + eps) * g`, `u = rho * u + (1 - rho) * d ** 2`, `p -= lr * d`. M. D. Zeiler,
    "Adadelta: an adaptive learning rate method", 2012. After
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adadelta.html.
    """

    _capturing = "['cuda', 'xpu', 'hpu', 'privateuseone']"

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
        check(lr, eps=eps, weight_decay=weight_decay)
        super().__init__(
            params,
            lr=lr,
            rho=rho,
            eps=eps,
            weight_decay=weight_decay,
            maximize=maximize,
            capturable=capturable,
            foreach=foreach,
            differentiable=differentiable,
        )

    @staticmethod
    def _start_state(p, group):
        return {"step": zero(), "square_avg": like(p), "acc_delta": like(p)}

    @staticmethod
    def _step_one(p, g, state, group, lr, t):
        rho, eps = group["rho"], group["eps"]
        p, g, square, moved = reals(p, p, g, state["square_avg"], state["acc_delta"])
        square.mul_(rho).addcmul_(g, g, value=1 - rho)
        delta = moved.add(eps).sqrt() / square.add(eps).sqrt() * g
        moved.mul_(rho).addcmul_(delta, delta, value=1 - rho)
        p.sub_(lr * delta)
