"""Rprop."""

from __future__ import annotations

from wengert import _C

from ._common import Rule, check_lr, like, number, reals, zero

__all__ = ["Rprop"]


class Rprop(Rule):
    """Steps that look at the gradient's sign alone: they grow while it stays, and shrink when it turns.

    With `h` the last gradient: the step size is multiplied by `etas[1]` where `g * h > 0`, by `etas[0]` where
    `g * h < 0` (`g` counts as zero there), and kept within `step_sizes`; `p -= sign(g) * size`. M. Riedmiller,
    H. Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm", 1993. After
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Rprop.html.
    """

    def __init__(
        self,
        params,
        lr=1e-2,
        etas=(0.5, 1.2),
        step_sizes=(1e-6, 50),
        *,
        capturable=False,
        foreach=None,
        maximize=False,
        differentiable=False,
    ):
        check_lr(lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        super().__init__(
            params,
            lr=lr,
            etas=etas,
            step_sizes=step_sizes,
            foreach=foreach,
            maximize=maximize,
            differentiable=differentiable,
            capturable=capturable,
        )

    @staticmethod
    def _start_state(p, group):
        lr = number(group["lr"])
        return {"step": zero(), "prev": like(p), "step_size": like(p, lr)}

    @staticmethod
    def _step_one(p, g, state, group, lr, t):
        less, more = group["etas"]
        p, g, last, size = reals(p, p, g, state["prev"], state["step_size"])
        with_sign = g * last.clone()
        factor = _C.ones_like(size)
        factor[with_sign.gt(0)] = more
        factor[with_sign.lt(0)] = less
        size.mul_(factor).clamp_(*group["step_sizes"])
        g = _C.where(with_sign.lt(0), _C.zeros_like(g), g)
        p.sub_(g.sign() * size.clone() if group["differentiable"] else g.sign() * size)
        last.copy_(g)
