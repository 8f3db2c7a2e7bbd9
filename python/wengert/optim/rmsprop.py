"""RMSprop."""

from __future__ import annotations

from ._common import (
    check_group,
    check_lr,
    gather,
    like,
    not_negative,
    number,
    old_groups,
    reals,
    steps_to_tensors,
    zero,
)
from .optimizer import Optimizer, native

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """The gradient divided by the root of the running mean of its square.

    With `g` the gradient (negated with `maximize`) plus `weight_decay * p`: `v = alpha * v + (1 - alpha) * g ** 2`;
    with `centered` the square of the running mean of `g` is subtracted from it; `p -= lr * g / (sqrt(v) + eps)`, or
    `p -= lr * b` with `b = momentum * b + g / (sqrt(v) + eps)`. G. Hinton, "Neural networks for machine learning",
    lecture 6, 2012. After https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html.

    Args:
        params: parameters, named parameters or groups; see `Optimizer`.
        differentiable: record the steps, so that gradients go through them.
    """

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
        check_lr(lr)
        not_negative("epsilon value", eps)
        not_negative("momentum value", momentum)
        not_negative("weight_decay value", weight_decay)
        not_negative("alpha value", alpha)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def __setstate__(self, state):
        super().__setstate__(state)
        old_groups(
            self, momentum=0, centered=False, foreach=None, maximize=False, differentiable=False, capturable=False
        )
        steps_to_tensors(self)

    def step(self, closure=None):
        """One step; returns what `closure` returns, if there is one."""
        return self._run(closure, self._update)

    def _update(self, group):
        params, grads, states = gather(self, group, _start)
        if group["capturable"] or group["foreach"]:
            check_group(params, group)
        if not group["differentiable"] and native is not None:
            done = native.rmsprop(
                params,
                grads,
                states,
                number(group["lr"]),
                group["alpha"],
                group["eps"],
                group["weight_decay"],
                group["momentum"],
                bool(group["centered"]),
                bool(group["maximize"]),
            )
            if done:
                return
        for p, grad, state in zip(params, grads, states):
            _step(p, grad, state, group)


def _start(p, group):
    state = {"step": zero(), "square_avg": like(p)}
    if group["momentum"] > 0:
        state["momentum_buffer"] = like(p)
    if group["centered"]:
        state["grad_avg"] = like(p)
    return state


def _step(p, grad, state, group):
    differentiable, alpha, lr = group["differentiable"], group["alpha"], group["lr"]
    if not differentiable:
        lr = number(lr)
    step = state["step"]
    step += 1
    g = -grad if group["maximize"] else grad
    if group["weight_decay"] != 0:
        g = g.add(p, alpha=group["weight_decay"])
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
