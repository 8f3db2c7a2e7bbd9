"""Distances and similarities of vectors."""

from __future__ import annotations

from wengert import _C


def cosine_similarity(x1, x2, dim: int = 1, eps: float = 1e-8):
    """`x1 . x2 / (|x1| |x2|)` along `dim`; each norm is at least `eps`."""
    if not x1.is_floating_point() or not x2.is_floating_point():
        dtype = x1.dtype if x1.is_floating_point() else x2.dtype
        if not dtype.is_floating_point:
            raise RuntimeError(f"expected common dtype to be floating point, yet common dtype is {_scalar(dtype)}")
        x1, x2 = x1.to(dtype), x2.to(dtype)
    import wengert

    x1, x2 = wengert.broadcast_tensors(x1, x2)
    # Products of normalized vectors: the product of two norms could overflow. The bound is on the values alone.
    n1 = _at_least(x1.norm(2, dim, True), eps)
    n2 = _at_least(x2.norm(2, dim, True), eps)
    return ((x1 / n1) * (x2 / n2)).sum(dim)


def _scalar(dtype) -> str:
    return {"int64": "Long", "int32": "Int", "bool": "Bool"}.get(str(dtype).split(".")[-1], str(dtype))


def _at_least(norm, eps):
    below = norm.detach() < eps
    return norm + _C.where(below, eps - norm.detach(), norm.new_zeros(()))


def pairwise_distance(x1, x2, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False):
    """The p-norm of `x1 - x2 + eps` along the last dimension."""
    return (x1 - x2 + eps).norm(p, -1, keepdim)


def pdist(input, p: float = 2):
    """The p-norm distances of all pairs of rows `i < j`, in order."""
    if input.dim() != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.dim()}D")
    n = input.size(0)
    i, j = _C.triu_indices(n, n, 1)
    return (input[i] - input[j]).norm(p, -1)


def normalize(input, p: float = 2.0, dim: int = 1, eps: float = 1e-12, out=None):
    """`x / max(|x|_p, eps)` along `dim`."""
    denominator = input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return input / denominator if out is None else _C.div(input, denominator, out=out)
