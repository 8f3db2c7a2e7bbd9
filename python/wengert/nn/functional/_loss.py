"""Losses."""

from __future__ import annotations

import math

from wengert import _C

from .. import _reduction

_nn = _C._nn


def _check(function, **arguments) -> None:
    """A TypeError as the parser of arguments has it, if one is no tensor."""
    for position, (name, value) in enumerate(arguments.items(), 1):
        if not isinstance(value, _C.Tensor):
            kind = type(value).__name__
            raise TypeError(f"{function}(): argument '{name}' (position {position}) must be Tensor, not {kind}")


def _warn_of_sizes(input, target) -> None:
    import warnings

    warnings.warn(
        f"Using a target size ({target.size()}) that is different to the input size ({input.size()}). This will "
        "likely lead to incorrect results "
        "due to broadcasting. Please ensure they have the same size.",
        stacklevel=4,
    )


def _weighted(loss, weight, reduction: str):
    """Losses times their weights; the mean is that of the weighted losses over the sum of the weights."""
    weight = weight.expand_as(loss) if weight.shape != loss.shape else weight
    loss = loss * weight
    if reduction == "mean":
        return loss.sum() / weight.sum()
    return _reduction.apply(loss, reduction)


def mse_loss(input, target, size_average=None, reduce=None, reduction: str = "mean", weight=None):
    """`(input - target)^2`, reduced."""
    if target.size() != input.size():
        _warn_of_sizes(input, target)
    r = _reduction.of(size_average, reduce, reduction)
    if weight is not None:
        return _elementwise_weighted(_nn.mse_loss(input, target, "none"), input, weight, r)
    return _nn.mse_loss(input, target, r)


def _elementwise_weighted(loss, input, weight, reduction):
    if weight.size() != input.size():
        raise ValueError("Weights and input must have the same size.")
    return _weighted(loss, weight, reduction)


def l1_loss(input, target, size_average=None, reduce=None, reduction: str = "mean", weight=None):
    """`|input - target|`, reduced."""
    if target.size() != input.size():
        _warn_of_sizes(input, target)
    r = _reduction.of(size_average, reduce, reduction)
    if weight is not None:
        return _elementwise_weighted(_nn.l1_loss(input, target, "none"), input, weight, r)
    return _nn.l1_loss(input, target, r)


def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction: str = "mean", beta: float = 1.0):
    """`d^2 / (2 beta)` where `d = |input - target|` is below `beta`, else `d - beta / 2`; reduced."""
    if target.size() != input.size():
        _warn_of_sizes(input, target)
    r = _reduction.of(size_average, reduce, reduction)
    if beta == 0.0:
        return _nn.l1_loss(input, target, r)
    return _nn.smooth_l1_loss(input, target, r, beta)


def huber_loss(input, target, reduction: str = "mean", delta: float = 1.0, weight=None):
    """`d^2 / 2` where `d = |input - target|` is below `delta`, else `delta * (d - delta / 2)`; reduced."""
    if target.size() != input.size():
        _warn_of_sizes(input, target)
    r = _reduction.of(None, None, reduction)
    if weight is not None:
        if weight.size() != input.size():
            raise ValueError("Weights and input must have the same size.")
        # Unlike in the two above, the mean is over all elements, as in PyTorch.
        return _reduction.apply(_nn.huber_loss(input, target, "none", delta) * weight, r)
    return _nn.huber_loss(input, target, r, delta)


def nll_loss(
    input, target, weight=None, size_average=None, ignore_index: int = -100, reduce=None, reduction: str = "mean"
):
    """The negative log-likelihood: minus the entry of `input` (log-probabilities, classes in dimension 1) that
    `target` names, times its class's `weight`; reduced.

    The mean is over the sum of the weights. Targets equal to `ignore_index` count for nothing.
    """
    return _nn.nll_loss(input, target, weight, _reduction.of(size_average, reduce, reduction), ignore_index)


def cross_entropy(
    input,
    target,
    weight=None,
    size_average=None,
    ignore_index: int = -100,
    reduce=None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
):
    """`nll_loss(log_softmax(input, 1), target)`; targets are classes, or probabilities in the shape of `input`.

    Args:
        label_smoothing: the share of a target's probability that is spread over all classes.
    """
    return _nn.cross_entropy(
        input, target, weight, _reduction.of(size_average, reduce, reduction), ignore_index, label_smoothing
    )


def binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction: str = "mean"):
    """`-(t log x + (1 - t) log(1 - x))`, reduced; the logarithms are not below -100."""
    r = _reduction.of(size_average, reduce, reduction)
    if target.size() != input.size():
        raise ValueError(
            f"Using a target size ({target.size()}) that is different to the input size ({input.size()}) is "
            "deprecated. Please ensure they have the "
            "same size."
        )
    if weight is not None:
        weight = weight.expand_as(target)
    return _nn.binary_cross_entropy(input, target, weight, r)


def binary_cross_entropy_with_logits(
    input, target, weight=None, size_average=None, reduce=None, reduction: str = "mean", pos_weight=None
):
    """`binary_cross_entropy(sigmoid(input), target)`, computed without overflow; `pos_weight` multiplies the first of
    its two terms."""
    r = _reduction.of(size_average, reduce, reduction)
    if target.size() != input.size():
        raise ValueError(f"Target size ({target.size()}) must be the same as input size ({input.size()})")
    return _nn.binary_cross_entropy_with_logits(input, target, weight, pos_weight, r)


def kl_div(input, target, size_average=None, reduce=None, reduction: str = "mean", log_target: bool = False):
    """`target * (log(target) - input)`, reduced; `input` holds log-probabilities, and so does `target` with
    `log_target`.

    `reduction="batchmean"` is the sum over the first dimension's size: the mathematical divergence.
    """
    if size_average is not None or reduce is not None:
        r = reduction = _reduction.legacy_get_string(size_average, reduce)
    else:
        if reduction == "mean":
            import warnings

            warnings.warn(
                "reduction: 'mean' divides the total loss by both the batch size and the support size."
                "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
                "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
                stacklevel=3,
            )
        r = "sum" if reduction == "batchmean" else _reduction.of(None, None, reduction)
    out = _nn.kl_div(input, target, r, log_target=log_target)
    if reduction == "batchmean" and input.dim() != 0:
        out = out / input.size(0)
    return out


def poisson_nll_loss(
    input,
    target,
    log_input: bool = True,
    full: bool = False,
    size_average=None,
    eps: float = 1e-8,
    reduce=None,
    reduction: str = "mean",
):
    """`exp(x) - t x` (with `log_input`), else `x - t log(x + eps)`, reduced; `full` adds Stirling's term for targets
    above 1."""
    if size_average is not None or reduce is not None:
        reduction = _reduction.legacy_get_string(size_average, reduce)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(reduction + " is not a valid value for reduction")
    _check("poisson_nll_loss", input=input, target=target)
    loss = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        loss = loss + stirling.masked_fill(target <= 1, 0)
    return _reduction.apply(loss, reduction)


def gaussian_nll_loss(input, target, var, full: bool = False, eps: float = 1e-6, reduction: str = "mean"):
    """`(log(var) + (input - target)^2 / var) / 2`, reduced; `var` is a tensor or a number, not below `eps`; `full`
    adds `log(2 pi) / 2`."""
    if isinstance(var, float):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        var = var * _C.ones_like(input)
    elif (var < 0).any():
        raise ValueError("var has negative entry/entries")
    if var.size() != input.size():
        if input.size()[:-1] == var.size():
            var = var.unsqueeze(-1)
        elif not (var.dim() == input.dim() and all(v in (1, i) for i, v in zip(input.size(), var.size()))):
            raise ValueError("var is of incorrect size")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(reduction + " is not valid")
    # The bound does not stop the gradient: it is applied to the values alone.
    below = var.detach() < eps
    var = var + _C.where(below, eps - var.detach(), var.new_zeros(()))
    loss = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return _reduction.apply(loss, reduction)


def hinge_embedding_loss(input, target, margin: float = 1.0, size_average=None, reduce=None, reduction: str = "mean"):
    """`x` where the target is 1, `max(0, margin - x)` where it is -1; reduced."""
    r = _reduction.of(size_average, reduce, reduction)
    _check("hinge_embedding_loss", input=input, target=target)
    zero = input.new_zeros(())
    far = _C.where(target != 1, (margin - input).clamp_min(0), zero)
    near = _C.where(target != -1, input, zero)
    return _reduction.apply(far + near, r)


def margin_ranking_loss(
    input1, input2, target, margin: float = 0, size_average=None, reduce=None, reduction: str = "mean"
):
    """`max(0, -t (x1 - x2) + margin)`, reduced."""
    r = _reduction.of(size_average, reduce, reduction)
    if input1.dim() != input2.dim() or input1.dim() != target.dim():
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.size()}, input2: {input2.size()}, target: {target.size()} "
        )
    return _reduction.apply((-target * (input1 - input2) + margin).clamp_min(0), r)


def cosine_embedding_loss(
    input1, input2, target, margin: float = 0, size_average=None, reduce=None, reduction: str = "mean"
):
    """`1 - cos` where the target is 1, `max(0, cos - margin)` where it is -1; `cos` that of the vectors along the
    last dimension; reduced."""
    r = _reduction.of(size_average, reduce, reduction)
    _check("cosine_embedding_loss", input1=input1, input2=input2, target=target)
    if target.dim() not in (0, 1):
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if input1.size() != input2.size() or input1.dim() != target.dim() + 1:
        if target.dim() == 1:
            raise RuntimeError(
                "1D target tensor expects 2D input tensors, but found inputs with sizes "
                f"{list(input1.size())} and {list(input2.size())}."
            )
        raise RuntimeError(
            "0D target tensor expects 1D input tensors, but found inputs with sizes "
            f"{list(input1.size())} and {list(input2.size())}."
        )
    eps = 1e-12
    dot = (input1 * input2).sum(-1)
    squared = ((input1 * input1).sum(-1) + eps) * ((input2 * input2).sum(-1) + eps)
    cos = dot / squared.sqrt()
    zero = cos.new_zeros(())
    loss = _C.where(target == 1, 1 - cos, zero) + _C.where(target == -1, (cos - margin).clamp_min(0), zero)
    return _reduction.apply(loss, r)


def soft_margin_loss(input, target, size_average=None, reduce=None, reduction: str = "mean"):
    """`log(1 + exp(-t x))`, reduced."""
    r = _reduction.of(size_average, reduce, reduction)
    _check("soft_margin_loss", input=input, target=target)
    return _reduction.apply((-target * input).exp().log1p(), r)


def multilabel_soft_margin_loss(input, target, weight=None, size_average=None, reduce=None, reduction: str = "mean"):
    """The mean over the classes (the last dimension) of the binary cross-entropy with logits; reduced."""
    r = _reduction.of(size_average, reduce, reduction)
    loss = -(target * _nn.log_sigmoid(input) + (1 - target) * _nn.log_sigmoid(-input))
    if weight is not None:
        loss = loss * weight
    return _reduction.apply(loss.sum(-1) / input.size(-1), r)


def multi_margin_loss(
    input,
    target,
    p: int = 1,
    margin: float = 1.0,
    weight=None,
    size_average=None,
    reduce=None,
    reduction: str = "mean",
):
    """The mean over the classes `i` other than the target `y` of `weight[y] * max(0, margin - x[y] + x[i])^p`;
    reduced."""
    r = _reduction.of(size_average, reduce, reduction)
    _check("multi_margin_loss", input=input, target=target)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.dim() != 1:
        raise ValueError("weight must be one-dimensional")
    x = input if input.dim() == 2 else input.reshape(1, -1)
    y = target.reshape(-1)
    if input.dim() > 2 or y.numel() != x.size(0):
        raise RuntimeError(f"inconsistent target size, expected {x.size(0)} but got {list(target.size())}")
    if bool(((y < 0) | (y >= x.size(1))).any()):
        raise RuntimeError("target out of range")
    y = y.reshape(-1, 1)
    loss = (margin - x.gather(1, y) + x).clamp_min(0)
    if p == 2:
        loss = loss * loss
    if weight is not None:
        loss = loss * weight[y]
    loss = loss.scatter(1, y, 0.0).sum(1) / x.size(1)
    if input.dim() < 2:
        loss = loss.reshape(())
    return _reduction.apply(loss, r)


def multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction: str = "mean"):
    """The sum over targets `j` (the classes that `target` lists before its first -1) and other classes `i` of `max(0,
    1 - (x[j] - x[i])) / C`; reduced."""
    r = _reduction.of(size_average, reduce, reduction)
    _check("multilabel_margin_loss", input=input, target=target)
    if input.size() != target.size():
        raise RuntimeError(f"inconsistent target size: {list(target.size())} for input of size: {list(input.size())}")
    x = input if input.dim() == 2 else input.reshape(1, -1)
    t = target if target.dim() == 2 else target.reshape(1, -1)
    named = (t < 0).cumsum(1) == 0
    t = t.clamp(min=0)
    is_target = _C.zeros_like(x).scatter_add(1, t, named.to(x.dtype)) > 0
    pairs = (1 - x.gather(1, t).unsqueeze(2) + x.unsqueeze(1)).clamp_min(0)
    counted = named.unsqueeze(2) & ~is_target.unsqueeze(1)
    loss = (pairs * counted.to(x.dtype)).sum((1, 2)) / x.size(1)
    if input.dim() < 2:
        loss = loss.reshape(())
    return _reduction.apply(loss, r)


def triplet_margin_loss(
    anchor,
    positive,
    negative,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average=None,
    reduce=None,
    reduction: str = "mean",
):
    """`max(0, d(anchor, positive) - d(anchor, negative) + margin)`, reduced, with `pairwise_distance`.

    With `swap`, the negative's distance is the smaller of those to anchor and positive: *Learning shallow
    convolutional feature descriptors with triplet losses* (Balntas et al., 2016).
    """
    from ._distance import pairwise_distance

    r = _reduction.of(size_average, reduce, reduction)
    _check("triplet_margin_loss", anchor=anchor, positive=positive, negative=negative)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.dim() == positive.dim() == negative.dim():
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {anchor.dim()}D, positive {positive.dim()}D, and negative {negative.dim()}D inputs"
        )
    near = pairwise_distance(anchor, positive, p, eps)
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = _C.minimum(far, pairwise_distance(positive, negative, p, eps))
    return _reduction.apply((margin + near - far).clamp_min(0), r)


def triplet_margin_with_distance_loss(
    anchor,
    positive,
    negative,
    *,
    distance_function=None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
):
    """`triplet_margin_loss` with a distance of one's own."""
    from ._distance import pairwise_distance

    r = _reduction.of(None, None, reduction)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    distance = pairwise_distance if distance_function is None else distance_function
    if not anchor.dim() == positive.dim() == negative.dim():
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {anchor.dim()}D, positive {positive.dim()}D, and negative {negative.dim()}D inputs"
        )
    near = distance(anchor, positive)
    far = distance(anchor, negative)
    if swap:
        far = _C.minimum(far, distance(positive, negative))
    return _reduction.apply((margin + near - far).clamp_min(0), r)
