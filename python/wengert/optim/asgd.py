"""Averaged gradient descent."""

from __future__ import annotations

from wengert import _C

from ._common import Rule, check, like, number, reals, scalar_dtype, zero

__all__ = ["ASGD"]


class ASGD(Rule):
    """Gradient descent that keeps the mean of the parameters over the last steps, in the state `"ax"`.

    With `g` the gradient (negated with `maximize`) plus `weight_decay * p`, in step `t`: `p *= 1 - lambd * eta`,
    `p -= eta * g`, `ax += mu * (p - ax)`; then `eta = lr / (1 + lambd * lr * t) ** alpha`, `mu = 1 / max(1, t - t0)`.
    B. T. Polyak, A. B. Juditsky, "Acceleration of stochastic approximation by averaging", 1992. After
    https://docs.pytorch.org/docs/stable/generated/torch.optim.ASGD.html.
    """

    _counts = ("step", "eta", "mu")
    _captured = "params, mus, etas, and state_steps"

    def __init__(
        self,
        params,
        lr=1e-2,
        lambd=1e-4,
        alpha=0.75,
        t0=1e6,
        weight_decay=0,
        foreach=None,
        maximize=False,
        differentiable=False,
        capturable=False,
    ):
        check(lr, weight_decay=weight_decay)
        super().__init__(
            params,
            lr=lr,
            lambd=lambd,
            alpha=alpha,
            t0=t0,
            weight_decay=weight_decay,
            foreach=foreach,
            maximize=maximize,
            differentiable=differentiable,
            capturable=capturable,
        )

    @staticmethod
    def _start_state(p, group):
        eta = _C.tensor(float(number(group["lr"])), dtype=scalar_dtype())
        return {"step": zero(), "eta": eta, "mu": _C.ones((), dtype=scalar_dtype()), "ax": like(p)}

    @staticmethod
    def _step_one(p, g, state, group, lr, t):
        lr, t, eta, mu = number(lr), number(t), state["eta"].item(), state["mu"].item()
        lambd = group["lambd"]
        p, g, average = reals(p, p, g, state["ax"])
        p.mul_(1 - lambd * eta)
        p.add_(g, alpha=-eta)
        if mu != 1:
            average.add_(p.sub(average).mul_(mu))
        else:
            average.copy_(p)
        state["eta"].fill_(lr / (1 + lambd * lr * t) ** group["alpha"])
        state["mu"].fill_(1 / max(1, t - group["t0"]))
