"""What both forms of weight and spectral normalization compute."""

from __future__ import annotations

from .. import functional as F


def norm_except_dim(v, dim: int):
    """The norm of `v` over all dimensions but `dim`, which keeps its place; over all for -1."""
    if dim == -1:
        return v.norm(2)
    others = [d for d in range(v.dim()) if d != dim]
    return v.norm(2, others, keepdim=True) if others else v.abs()


def weight_norm(v, g, dim: int):
    """`g v / |v|`: *Weight Normalization* (Salimans, Kingma, 2016)."""
    return v * (g / norm_except_dim(v, dim))


def as_matrix(weight, dim: int):
    """`weight` as a matrix, whose rows are along `dim`."""
    if dim != 0:
        weight = weight.permute(dim, *(d for d in range(weight.dim()) if d != dim))
    return weight.reshape(weight.size(0), -1)


def power_iterations(matrix, u, v, n: int, eps: float):
    """`n` steps of the power iteration towards the first singular vectors; `u` and `v` are overwritten."""
    for _ in range(n):
        u.copy_(F.normalize(matrix.mv(v), dim=0, eps=eps))
        v.copy_(F.normalize(matrix.t().mv(u), dim=0, eps=eps))
