"""Adam, and the step that AdamW shares with it."""

from __future__ import annotations

from wengert import _C
from wengert._C import Tensor

from ._common import Rule, check, check_lr, like, number, reals, zero
from .optimizer import native

__all__ = ["Adam"]


class Adam(Rule):
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

    _later = (
        ("amsgrad", False),
        ("maximize", False),
        ("foreach", None),
        ("capturable", False),
        ("differentiable", False),
        ("decoupled_weight_decay", False),
        ("fused", None),
    )

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
        check(lr, eps=eps, betas=betas, weight_decay=weight_decay)
        tensors = [isinstance(beta, Tensor) for beta in betas]
        if any(tensors) and not all(tensors):
            raise ValueError("betas must be either both floats or both Tensors")
        for i, beta in enumerate(betas):
            if isinstance(beta, Tensor):
                if not capturable and foreach:
                    raise ValueError(f"betas[{i}] as a Tensor is not supported for capturable=False and foreach=True")
                if beta.numel() != 1:
                    raise ValueError(f"Tensor betas[{i}] must be 1-element")
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            amsgrad=amsgrad,
            maximize=maximize,
            foreach=foreach,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=decoupled_weight_decay,
        )

    @staticmethod
    def _start_state(p, group):
        state = {"step": zero(), "exp_avg": like(p), "exp_avg_sq": like(p)}
        if group["amsgrad"]:
            state["max_exp_avg_sq"] = like(p)
        return state

    @staticmethod
    def _step_all(params, grads, states, group, lr):
        beta1, beta2 = group["betas"]
        return native.adam(
            params,
            grads,
            states,
            lr,
            number(beta1),
            number(beta2),
            group["eps"],
            group["weight_decay"],
            bool(group["maximize"]),
            bool(group["amsgrad"]),
            bool(group["decoupled_weight_decay"]),
        )

    @staticmethod
    def _step_one(p, g, state, group, lr, t):
        differentiable, (beta1, beta2) = group["differentiable"], group["betas"]
        if not differentiable:
            beta1, beta2 = number(beta1), number(beta2)
        largest = state["max_exp_avg_sq"] if group["amsgrad"] else None
        p, g, mean, square, largest = reals(p, p, g, state["exp_avg"], state["exp_avg_sq"], largest)
        mean.lerp_(g, 1 - beta1)
        if isinstance(beta2, Tensor):
            square.lerp_(g * g, 1 - beta2)
        else:
            square.mul_(beta2).addcmul_(g, g, value=1 - beta2)
        if largest is not None:
            largest.copy_(_C.maximum(largest.clone() if differentiable else largest, square))
            square = largest
        size = lr / (1 - beta1**t)
        root = (1 - beta2**t) ** 0.5
        if differentiable:
            # Copies: the next step overwrites what the derivatives of this one need.
            p.sub_(size * mean.clone() / (square.clone().sqrt() / root + group["eps"]))
        else:
            p.addcdiv_(mean, (square.sqrt() / root).add_(group["eps"]), value=-size)
