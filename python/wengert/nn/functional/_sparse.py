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


_BAG_MODES = {"sum": 0, "mean": 1, "max": 2}


def embedding_bag(
    input,
    weight,
    offsets=None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights=None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
):
    """Sums, means or maxima of the rows of `weight` that each bag names.

    Args:
        input: a matrix, each row of which is a bag, or a vector that `offsets` cuts into bags.
        offsets: where each bag begins.
        mode: `sum`, `mean` or `max`.
        per_sample_weights: what each row counts in a sum.
        include_last_offset: whether the last offset is the end of the last bag.
        padding_idx: a row that does not count.
        max_norm, norm_type, sparse: as in `embedding`.
    """
    if per_sample_weights is not None and input.size() != per_sample_weights.size():
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must have the "
            f"same shape as the input ({input.shape})"
        )
    if input.dim() == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length "
                f"sequences. However, found offsets of type {type(offsets)}"
            )
        offsets = _C.arange(0, input.numel(), input.size(1)) if input.size(1) else input.new_zeros(input.size(0))
        input = input.reshape(-1)
        if per_sample_weights is not None:
            per_sample_weights = per_sample_weights.reshape(-1)
    elif input.dim() == 1:
        if offsets is None:
            raise ValueError("offsets has to be a 1D Tensor but got None")
        if offsets.dim() != 1:
            raise ValueError("offsets has to be a 1D Tensor")
    else:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.dim()}")
    if mode not in _BAG_MODES:
        raise ValueError("mode has to be one of sum, mean or max")
    if max_norm is not None:
        _renorm_rows(weight, input, max_norm, norm_type)
    return _C.embedding_bag(
        weight,
        input,
        offsets,
        scale_grad_by_freq,
        _BAG_MODES[mode],
        False,
        per_sample_weights,
        include_last_offset,
        padding_idx,
    )[0]
