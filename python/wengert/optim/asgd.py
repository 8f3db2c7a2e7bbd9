"""Averaged gradient descent."""

from __future__ import annotations

from wengert import _C

from ._common import check_group, check_lr, gather, like, not_negative, number, old_groups, reals, scalar_dtype, zero
from .optimizer import Optimizer

__all__ = ["ASGD"]


class ASGD(Optimizer):
    """Gradient descent that keeps the mean of the parameters over the last steps, in the state `"ax"`.

    With `g` the gradient (negated with `maximize`) plus `weight_decay * p`, in step `t`: `p *= 1 - lambd * eta`,
    `p -= eta * g`, `ax += mu * (p - ax)`; then `eta = lr / (1 + lambd * lr * t) ** alpha`, `mu = 1 / max(1, t - t0)`.
    B. T. Polyak, A. B. Juditsky, "Acceleration of stochastic approximation by averaging", 1992. After
    https://docs.pytorch.org/docs/stable/generated/torch.optim.ASGD.html.
    """

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
        check_lr(lr)
        not_negative("weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
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
        for s in self.state.values():
            if isinstance(s, dict):
                for name in ("step", "eta", "mu"):
                    if isinstance(s.get(name), (int, float)):
                        s[name] = _C.tensor(float(s[name]), dtype=scalar_dtype())

    def step(self, closure=None):
        """One step; returns what `closure` returns, if there is one."""
        return self._run(closure, self._update)

    def _update(self, group):
        params, grads, states = gather(self, group, _start)
        check_group(params, group, "params, mus, etas, and state_steps")
        for p, grad, state in zip(params, grads, states):
            _step(p, grad, state, group)


def _start(p, group):
    eta = _C.tensor(float(number(group["lr"])), dtype=scalar_dtype())
    return {"step": zero(), "eta": eta, "mu": _C.ones((), dtype=scalar_dtype()), "ax": like(p)}


def _step(p, grad, state, group):
    lr, lambd, step = number(group["lr"]), group["lambd"], state["step"]
    step += 1
    t, eta, mu = step.item(), state["eta"].item(), state["mu"].item()
    g = -grad if group["maximize"] else grad
    p, g, average = reals(p, p, g, state["ax"])
    if group["weight_decay"] != 0:
        g = g.add(p, alpha=group["weight_decay"])
    p.mul_(1 - lambd * eta)
    p.add_(g, alpha=-eta)
    if mu != 1:
        average.add_(p.sub(average).mul_(mu))
    else:
        average.copy_(p)
    state["eta"].fill_(lr / (1 + lambd * lr * t) ** group["alpha"])
    state["mu"].fill_(1 / max(1, t - group["t0"]))
