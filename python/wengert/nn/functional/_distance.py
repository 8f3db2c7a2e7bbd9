"""Distances and similarities of vectors."""

from __future__ import annotations

from wengert import _C

cosine_similarity = _C.cosine_similarity
pairwise_distance = _C.pairwise_distance
pdist = _C.pdist


def normalize(input, p: float = 2.0, dim: int = 1, eps: float = 1e-12, out=None):
    """`x / max(|x|_p, eps)` along `dim`."""
    denominator = input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return input / denominator if out is None else _C.div(input, denominator, out=out)
