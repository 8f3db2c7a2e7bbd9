"""RAdam."""

from __future__ import annotations

from ._common import Rule, check, like, number, reals, zero

__all__ = ["RAdam"]


class RAdam(Rule):
    """`Adam` that divides by the root of the squares' mean only once that is known well enough.

    With `n = 2 / (1 - b2) - 1` and `r = n - 2 * t * b2 ** t / (1 - b2 ** t)`: as Adam, times
    `sqrt((r - 4) * (r - 2) * n / ((n - 4) * (n - 2) * r))` if `r > 5`, and `p -= lr / (1 - b1 ** t) * m` before. L.
    Liu et al., "On the variance of the adaptive learning rate and beyond", 2019. After
    https://docs.pytorch.org/docs/stable/generated/torch.optim.RAdam.html.
    """

    _later = (
        ("foreach", None),
        ("maximize", False),
        ("differentiable", False),
        ("decoupled_weight_decay", False),
        ("capturable", False),
    )

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
        check(lr, eps=eps, betas=betas, weight_decay=weight_decay)
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            maximize=maximize,
            foreach=foreach,
            capturable=capturable,
            decoupled_weight_decay=decoupled_weight_decay,
            differentiable=differentiable,
        )

    @staticmethod
    def _start_state(p, group):
        return {"step": zero(), "exp_avg": like(p), "exp_avg_sq": like(p)}

    @staticmethod
    def _step_one(p, g, state, group, lr, t):
        (beta1, beta2), t = group["betas"], number(t)
        p, g, mean, square = reals(p, p, g, state["exp_avg"], state["exp_avg_sq"])
        mean.lerp_(g, 1 - beta1)
        square.mul_(beta2).addcmul_(g, g, value=1 - beta2)
        way = mean / (1 - beta1**t)
        most = 2 / (1 - beta2) - 1
        known = most - 2 * t * beta2**t / (1 - beta2**t)
        if known > 5.0:
            rectified = ((known - 4) * (known - 2) * most / ((most - 4) * (most - 2) * known)) ** 0.5
            root = (square.clone() if group["differentiable"] else square).sqrt() + group["eps"]
            way = way * ((1 - beta2**t) ** 0.5 / root) * rectified
        p.sub_(way * lr)
