"""NAdam."""

from __future__ import annotations

from wengert import _C

from ._common import (
    check_betas,
    check_group,
    check_lr,
    gather,
    like,
    not_negative,
    number,
    old_groups,
    reals,
    scalar_dtype,
    steps_to_tensors,
    zero,
)
from .optimizer import Optimizer

__all__ = ["NAdam"]


class NAdam(Optimizer):
    """`Adam` with Nesterov's momentum.

    As Adam, but with momenta `mu(t) = b1 * (1 - 0.96 ** (t * momentum_decay) / 2)` and their product `M(t)`:
    `p -= lr * ((1 - mu(t)) / (1 - M(t)) * g + mu(t + 1) / (1 - M(t + 1)) * m) / (sqrt(v / (1 - b2 ** t)) + eps)`. T.
    Dozat, "Incorporating Nesterov momentum into Adam", 2016. After
    https://docs.pytorch.org/docs/stable/generated/torch.optim.NAdam.html.
    """

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
        check_lr(lr)
        not_negative("epsilon value", eps)
        check_betas(betas)
        not_negative("weight_decay value", weight_decay)
        not_negative("momentum_decay value", momentum_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def __setstate__(self, state):
        super().__setstate__(state)
        old_groups(
            self, maximize=False, foreach=None, capturable=False, differentiable=False, decoupled_weight_decay=False
        )
        steps_to_tensors(self)
        for s in self.state.values():
            if isinstance(s, dict) and isinstance(s.get("mu_product"), (int, float)):
                s["mu_product"] = _C.tensor(float(s["mu_product"]), dtype=scalar_dtype())

    def step(self, closure=None):
        """One step; returns what `closure` returns, if there is one."""
        return self._run(closure, self._update)

    def _update(self, group):
        params, grads, states = gather(self, group, _start)
        check_group(params, group, "params, mu_products and state_steps")
        for p, grad, state in zip(params, grads, states):
            _step(p, grad, state, group)


def _start(p, group):
    one = _C.ones((), dtype=scalar_dtype())
    return {"step": zero(), "mu_product": one, "exp_avg": like(p), "exp_avg_sq": like(p)}


def _step(p, grad, state, group):
    differentiable, lr, (beta1, beta2) = group["differentiable"], group["lr"], group["betas"]
    step, product = state["step"], state["mu_product"]
    step += 1
    if not differentiable:
        lr, step = number(lr), step.item()
    mu, ahead = (beta1 * (1 - 0.5 * 0.96 ** ((step + k) * group["momentum_decay"])) for k in (0, 1))
    product *= mu
    product = product.clone() if differentiable else product.item()
    g = -grad if group["maximize"] else grad
    if group["weight_decay"] != 0:
        if group["decoupled_weight_decay"]:
            p.mul_(1 - lr * group["weight_decay"])
        else:
            g = g.add(p, alpha=group["weight_decay"])
    p, g, mean, square = reals(p, p, g, state["exp_avg"], state["exp_avg_sq"])
    mean.lerp_(g, 1 - beta1)
    square.mul_(beta2).addcmul_(g, g, value=1 - beta2)
    below = square.div(1 - beta2**step).sqrt().add(group["eps"])
    along, before = lr * (1 - mu) / (1 - product), lr * ahead / (1 - product * ahead)
    if differentiable:
        p.sub_(along * (g / below))
        p.sub_(before * (mean.clone() / below))
    else:
        p.addcdiv_(g, below, value=-along).addcdiv_(mean, below, value=-before)
