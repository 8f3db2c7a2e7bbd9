"""Tables of vectors."""

from __future__ import annotations

from wengert import _C

one_hot = _C._nn.one_hot


def _renorm_rows(weight, input, max_norm: float, norm_type: float) -> None:
    """Scales the rows that `input` names, in place, to norms of at most `max_norm`."""
    import wengert

    with wengert.no_grad():
        rows = input.reshape(-1).unique()
        chosen = weight[rows]
        norms = chosen.norm(norm_type, 1, keepdim=True)
        scale = _C.where(norms > max_norm, max_norm / (norms + 1e-7), norms.new_ones(()))
        weight[rows] = chosen * scale


def embedding(
    input,
    weight,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
):
    """The rows of `weight` that `input` names.

    Args:
        padding_idx: a row that gets no gradient.
        max_norm: rows with a larger norm are scaled to it, in place, before they are read.
        norm_type: which norm that is.
        scale_grad_by_freq: gradients are divided by how often `input` names the row.
        sparse: accepted; gradients are dense here.
    """
    if padding_idx is not None:
        rows = weight.size(0)
        if padding_idx > 0:
            if padding_idx >= rows:
                raise AssertionError("Padding_idx must be within num_embeddings")
        elif padding_idx < 0:
            if padding_idx < -rows:
                raise AssertionError("Padding_idx must be within num_embeddings")
            padding_idx += rows
    else:
        padding_idx = -1
    if max_norm is not None:
        _renorm_rows(weight, input, max_norm, norm_type)
    if scale_grad_by_freq:
        return _scaled_by_frequency(weight, input, padding_idx)
    return _C.embedding(weight, input, padding_idx)


def _scaled_by_frequency(weight, input, padding_idx):
    # Values as they are; the gradient of each occurrence divided by the number of occurrences.
    out = _C.embedding(weight, input, padding_idx)
    flat = input.reshape(-1)
    counts = weight.new_zeros(weight.size(0)).index_add(0, flat, weight.new_ones(flat.numel()))
    share = 1.0 / counts.index_select(0, flat).reshape(*input.shape, 1)
    return out * share + (out * (1 - share)).detach()
