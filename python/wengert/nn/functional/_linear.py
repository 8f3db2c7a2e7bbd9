"""Linear and bilinear maps, padding, and shuffles of pixels and channels."""

from __future__ import annotations

from wengert import _C

bilinear = _C.bilinear
channel_shuffle = _C.channel_shuffle
native_channel_shuffle = _C.channel_shuffle
linear = _C._nn.linear
pixel_shuffle = _C.pixel_shuffle
pixel_unshuffle = _C.pixel_unshuffle


def pad(input, pad, mode: str = "constant", value: float | None = None):
    """Adds to the last dimensions, or cuts from them where negative.

    Args:
        pad: (before, after) of the last dimension, then of the one before it, and so on.
        mode: `constant` (`value`, 0 by default), `reflect`, `replicate` or `circular`.
    """
    return _C._nn.pad(input, pad, mode, value)


def scaled_dot_product_attention(
    query, key, value, attn_mask=None, dropout_p: float = 0.0, is_causal: bool = False, scale=None, enable_gqa=False
):
    """`softmax(Q K^T * scale + mask) V`; `scale` is `1 / sqrt(E)` by default: *Attention Is All You Need* (Vaswani et
    al., 2017).

    Args:
        attn_mask: booleans, False where not to look, or numbers that are added.
        dropout_p: dropout of the weights.
        is_causal: no place looks at later ones.
        enable_gqa: key and value have fewer heads, which are repeated.
    """
    if is_causal and attn_mask is not None:
        raise RuntimeError("Explicit attn_mask should not be set when is_causal=True")
    if enable_gqa:
        repeat = query.size(-3) // key.size(-3)
        key = key.repeat_interleave(repeat, -3)
        value = value.repeat_interleave(repeat, -3)
    scale = query.size(-1) ** -0.5 if scale is None else scale
    scores = (query * scale) @ key.transpose(-2, -1)
    if is_causal:
        attn_mask = _C.ones(query.size(-2), key.size(-2), dtype=_C.bool).tril()
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, float("-inf")) if attn_mask.dtype == _C.bool else scores + attn_mask
    weights = scores.softmax(-1)
    if attn_mask is not None and attn_mask.dtype == _C.bool:
        # A row that may look nowhere gets zeros, not nan.
        weights = weights.masked_fill(~attn_mask.any(-1, keepdim=True), 0.0)
    if dropout_p > 0:
        weights = _C.dropout(weights, dropout_p, True)
    return weights @ value
