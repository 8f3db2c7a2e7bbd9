"""NAdam."""

from __future__ import annotations

from wengert import _C

from ._common import Rule, check, like, reals, scalar_dtype, zero

__all__ = ["NAdam"]


class NAdam(Rule):
    """`Adam` with Nesterov's momentum.

    As Adam, but with momenta `mu(t) = b1 * (1 - 0.96 ** (t * momentum_decay) / 2)` and their product `M(t)`:
    `p -= lr * ((1 - mu(t)) / (1 - M(t)) * g + mu(t + 1) / (1 - M(t + 1)) * m) / (sqrt(v / (1 - b2 ** t)) + eps)`. T.
    Dozat, "Incorporating Nesterov momentum into Adam", 2016. After
    https://docs.pytorch.org/docs/stable/generated/torch.optim.NAdam.html.
    """

    _later = (
        ("maximize", False),
        ("foreach", None),
        ("capturable", False),
        ("differentiable", False),
        ("decoupled_weight_decay", False),
    )
    _counts = ("step", "mu_product")
    _captured = "params, mu_products and state_steps"

    def __init__(
        self,
        params,
        lr=2e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        momentum_decay=4e-3,
        decoupled_weight_decay=False,
        *,
        foreach=None,
        maximize=False,
        capturable=False,
        differentiable=False,
    ):
        check(lr, eps=eps, betas=betas, weight_decay=weight_decay, momentum_decay=momentum_decay)
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            momentum_decay=momentum_decay,
            decoupled_weight_decay=decoupled_weight_decay,
            maximize=maximize,
            foreach=foreach,
            capturable=capturable,
            differentiable=differentiable,
        )

    @staticmethod
    def _start_state(p, group):
        one = _C.ones((), dtype=scalar_dtype())
        return {"step": zero(), "mu_product": one, "exp_avg": like(p), "exp_avg_sq": like(p)}

    @staticmethod
    def _step_one(p, g, state, group, lr, t):
        (beta1, beta2), product = group["betas"], state["mu_product"]
        mu, ahead = (beta1 * (1 - 0.5 * 0.96 ** ((t + k) * group["momentum_decay"])) for k in (0, 1))
        product *= mu
        product = product.clone() if group["differentiable"] else product.item()
        p, g, mean, square = reals(p, p, g, state["exp_avg"], state["exp_avg_sq"])
        mean.lerp_(g, 1 - beta1)
        square.mul_(beta2).addcmul_(g, g, value=1 - beta2)
        below = square.div(1 - beta2**t).sqrt().add(group["eps"])
        along, before = lr * (1 - mu) / (1 - product), lr * ahead / (1 - product * ahead)
        if group["differentiable"]:
            p.sub_(along * (g / below))
            p.sub_(before * (mean.clone() / below))
        else:
            p.addcdiv_(g, below, value=-along).addcdiv_(mean, below, value=-before)
