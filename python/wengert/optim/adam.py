"""Adam, and the step that AdamW shares with it."""

from __future__ import annotations

from wengert import _C
from wengert._C import Tensor

from ._common import (
    check_betas,
    check_fused,
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

__all__ = ["Adam"]


class Adam(Optimizer):
    """A step along the running mean of the gradient, divided by the root of the running mean of its square.

    With `g` the gradient (negated with `maximize`) plus `weight_decay * p`, in step `t`: `m = b1 * m + (1 - b1) * g`,
    `v = b2 * v + (1 - b2) * g ** 2`, `p -= lr / (1 - b1 ** t) * m / (sqrt(v) / sqrt(1 - b2 ** t) + eps)`. With
    `amsgrad` the largest `v` so far stands under the root; with `decoupled_weight_decay` the decay is
    `p *= 1 - lr * weight_decay` instead. D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", 2014;
    S. J. Reddi, S. Kale, S. Kumar, "On the convergence of Adam and beyond", 2018. After
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html.

    Args:
        params: parameters, named parameters or groups; see `Optimizer`.
        betas: `(b1, b2)`, how much of the two means is kept.
        differentiable: record the steps, so that gradients go through them.
        foreach, fused: which implementation PyTorch takes; the result is the same.
        capturable: only for devices that capture graphs: a step fails.
    """

    def __init__(
        self,
        params,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        amsgrad=False,
        *,
        foreach=None,
        maximize=False,
        capturable=False,
        differentiable=False,
        fused=None,
        decoupled_weight_decay=False,
    ):
        check_lr(lr, foreach, capturable, tensor_with_foreach=False)
        not_negative("epsilon value", eps)
        check_betas(betas)
        not_negative("weight_decay value", weight_decay)
        tensors = [isinstance(beta, Tensor) for beta in betas]
        if any(tensors) and not all(tensors):
            raise ValueError("betas must be either both floats or both Tensors")
        for i, beta in enumerate(betas):
            if isinstance(beta, Tensor):
                if not capturable and foreach:
                    raise ValueError(f"betas[{i}] as a Tensor is not supported for capturable=False and foreach=True")
                if beta.numel() != 1:
                    raise ValueError(f"Tensor betas[{i}] must be 1-element")
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)
        check_fused(fused, differentiable, foreach)

    def __setstate__(self, state):
        super().__setstate__(state)
        old_groups(
            self,
            amsgrad=False,
            maximize=False,
            foreach=None,
            capturable=False,
            differentiable=False,
            decoupled_weight_decay=False,
            fused=None,
        )
        steps_to_tensors(self)

    def step(self, closure=None):
        """One step; returns what `closure` returns, if there is one."""
        return self._run(closure, self._update)

    def _update(self, group):
        params, grads, states = gather(self, group, _start)
        if group["capturable"] or group["foreach"] or group["fused"]:
            check_group(params, group)
        if not group["differentiable"] and native is not None:
            beta1, beta2 = group["betas"]
            if native.adam(
                params,
                grads,
                states,
                number(group["lr"]),
                number(beta1),
                number(beta2),
                group["eps"],
                group["weight_decay"],
                bool(group["maximize"]),
                bool(group["amsgrad"]),
                bool(group["decoupled_weight_decay"]),
            ):
                return
        for p, grad, state in zip(params, grads, states):
            _step(p, grad, state, group)


def _start(p, group):
    state = {"step": zero(), "exp_avg": like(p), "exp_avg_sq": like(p)}
    if group["amsgrad"]:
        state["max_exp_avg_sq"] = like(p)
    return state


def _step(p, grad, state, group):
    differentiable, lr, (beta1, beta2) = group["differentiable"], group["lr"], group["betas"]
    step = state["step"]
    step += 1
    if not differentiable:
        lr, beta1, beta2, step = number(lr), number(beta1), number(beta2), step.item()
    largest = state["max_exp_avg_sq"] if group["amsgrad"] else None
    g = -grad if group["maximize"] else grad
    if group["weight_decay"] != 0:
        if group["decoupled_weight_decay"]:
            p.mul_(1 - lr * group["weight_decay"])
        else:
            g = g.add(p, alpha=group["weight_decay"])
    p, g, mean, square, largest = reals(p, p, g, state["exp_avg"], state["exp_avg_sq"], largest)
    mean.lerp_(g, 1 - beta1)
    if isinstance(beta2, Tensor):
        square.lerp_(g * g, 1 - beta2)
    else:
        square.mul_(beta2).addcmul_(g, g, value=1 - beta2)
    if largest is not None:
        largest.copy_(_C.maximum(largest.clone() if differentiable else largest, square))
        square = largest
    size = lr / (1 - beta1**step)
    root = (1 - beta2**step) ** 0.5
    if differentiable:
        # Copies: the next step overwrites what the derivatives of this one need.
        p.sub_(size * mean.clone() / (square.clone().sqrt() / root + group["eps"]))
    else:
        p.addcdiv_(mean, (square.sqrt() / root).add_(group["eps"]), value=-size)
