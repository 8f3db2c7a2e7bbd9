"""RMSprop."""

from __future__ import annotations

from ._common import Rule, check, like, reals, zero
from .optimizer import native

__all__ = ["RMSprop"]


class RMSprop(Rule):
    """The gradient divided by the root of the running mean of its square.

    With `g` the gradient (negated with `maximize`) plus `weight_decay * p`: `v = alpha * v + (1 - alpha) * g ** 2`;
    with `centered` the square of the running mean of `g` is subtracted from it; `p -= lr * g / (sqrt(v) + eps)`, or
    `p -= lr * b` with `b = momentum * b + g / (sqrt(v) + eps)`. G. Hinton, "Neural networks for machine learning",
    lecture 6, 2012. After https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html.

    Args:
        params: parameters, named parameters or groups; see `Optimizer`.
        differentiable: record the steps, so that gradients go through them.
    """

    _later = (
        ("momentum", 0),
        ("centered", False),
        ("foreach", None),
        ("maximize", False),
        ("differentiable", False),
        ("capturable", False),
    )

    def __init__(
        self,
        params,
        lr=1e-2,
        alpha=0.99,
        eps=1e-8,
        weight_decay=0,
        momentum=0,
        centered=False,
        capturable=False,
        foreach=None,
        maximize=False,
        differentiable=False,
    ):
        check(lr, eps=eps, momentum=momentum, weight_decay=weight_decay, alpha=alpha)
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            alpha=alpha,
            eps=eps,
            centered=centered,
            weight_decay=weight_decay,
            capturable=capturable,
            foreach=foreach,
            maximize=maximize,
            differentiable=differentiable,
        )

    @staticmethod
    def _start_state(p, group):
        state = {"step": zero(), "square_avg": like(p)}
        if group["momentum"] > 0:
            state["momentum_buffer"] = like(p)
        if group["centered"]:
            state["grad_avg"] = like(p)
        return state

    @staticmethod
    def _step_all(params, grads, states, group, lr):
        return native.rmsprop(
            params,
            grads,
            states,
            lr,
            group["alpha"],
            group["eps"],
            group["weight_decay"],
            group["momentum"],
            bool(group["centered"]),
            bool(group["maximize"]),
        )

    @staticmethod
    def _step_one(p, g, state, group, lr, t):
        differentiable, alpha = group["differentiable"], group["alpha"]
        buffer, mean = state.get("momentum_buffer"), state.get("grad_avg")
        p, g, square, buffer, mean = reals(p, p, g, state["square_avg"], buffer, mean)
        square.mul_(alpha).addcmul_(g, g, value=1 - alpha)
        spread = square.clone() if differentiable else square
        if group["centered"]:
            mean.lerp_(g, 1 - alpha)
            spread = square.addcmul(mean.clone() if differentiable else mean, mean, value=-1)
        below = spread.sqrt().add(group["eps"])
        if group["momentum"] > 0:
            buffer.mul_(group["momentum"]).addcdiv_(g, below)
            p.sub_(lr * buffer)
        else:
            p.sub_(lr * (g / below)) if differentiable else p.addcdiv_(g, below, value=-lr)
