"""Linear and bilinear maps, padding, and shuffles of pixels and channels."""

from __future__ import annotations

from wengert import _C

linear = _C._nn.linear


def bilinear(input1, input2, weight, bias=None):
    """`x1^T A x2 + b` along the last dimensions, for each matrix `A` of `weight`."""
    if input1.dim() != input2.dim():
        raise RuntimeError(f"bilinear(): input dimensions do not match: got {input1.dim()} and {input2.dim()}")
    for i in range(input1.dim() - 1):
        if input1.size(i) != input2.size(i):
            raise RuntimeError(
                f"bilinear(): input batch dimensions do not match at dim {i}: got {input1.size(i)} and {input2.size(i)}"
            )
    for k, x in ((1, input1), (2, input2)):
        if x.size(-1) != weight.size(k):
            raise RuntimeError(
                f"bilinear(): input{k} size does not match weight size: got {x.size(-1)} but expected {weight.size(k)}"
            )
    if bias is not None and bias.size(0) != weight.size(0):
        raise RuntimeError(
            f"bilinear(): bias size does not match weight size: got {bias.size(0)} but expected {weight.size(0)}"
        )
    a = input1.reshape(-1, input1.size(-1))
    b = input2.reshape(-1, input2.size(-1))
    out = _C.einsum("ni,oij,nj->no", [a, weight, b]).reshape(*input1.shape[:-1], weight.size(0))
    return out if bias is None else out + bias


def pad(input, pad, mode: str = "constant", value: float | None = None):
    """Adds to the last dimensions, or cuts from them where negative: `pad` is (before, after) of the last dimension,
    then of the one before it, and so on.

    Args:
        mode: `constant` (`value`, 0 by default), `reflect`, `replicate` or `circular`.
    """
    if mode == "constant":
        return _C.constant_pad_nd(input, pad, 0 if value is None else value)
    if value is not None and value != 0:
        raise ValueError(f'Padding mode "{mode}" doesn\'t take in value argument')
    if len(pad) % 2 or len(pad) // 2 >= max(input.dim(), 1) or len(pad) > 6:
        raise NotImplementedError(
            f"Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now, got {input.dim()}D input "
            f"and {len(pad)} numbers"
        )
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    for k in range(len(pad) // 2):
        dim = input.dim() - 1 - k
        input = _pad_one(input, dim, pad[2 * k], pad[2 * k + 1], mode)
    return input


def _pad_one(input, dim: int, before: int, after: int, mode: str):
    if before == after == 0:
        return input
    n = input.size(dim)
    if mode == "reflect" and (before >= n or after >= n):
        raise RuntimeError(
            "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding "
            f"({before}, {after}) at dimension {dim} of input {list(input.shape)}"
        )
    if mode == "circular" and (before > n or after > n):
        raise RuntimeError("Padding value causes wrapping around more than once.")
    places = []
    for i in range(-before, n + after):
        if mode == "circular":
            i %= n
        elif mode == "replicate":
            i = min(max(i, 0), n - 1)
        else:
            i = abs(i)
            i = i if i < n else 2 * (n - 1) - i
        places.append(i)
    return input.index_select(dim, _C.tensor(places))


def pixel_shuffle(input, upscale_factor: int):
    """`(*, C r^2, H, W)` to `(*, C, H r, W r)`."""
    *batch, c, h, w = input.shape
    r = upscale_factor
    if r <= 0:
        raise RuntimeError(f"pixel_shuffle expects a positive upscale_factor, but got {r}")
    if c % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            "but "
            f"input.size(-3)={c} is not divisible by {r * r}"
        )
    x = input.reshape(-1, c // (r * r), r, r, h, w).permute(0, 1, 4, 2, 5, 3)
    return x.reshape(*batch, c // (r * r), h * r, w * r)


def pixel_unshuffle(input, downscale_factor: int):
    """`(*, C, H r, W r)` to `(*, C r^2, H, W)`."""
    *batch, c, h, w = input.shape
    r = downscale_factor
    if r <= 0:
        raise RuntimeError(f"pixel_unshuffle expects a positive downscale_factor, but got {r}")
    if h % r:
        raise RuntimeError(
            f"pixel_unshuffle expects height to be divisible by downscale_factor, but input.size(-2)={h} is not "
            f"divisible by {r}"
        )
    if w % r:
        raise RuntimeError(
            f"pixel_unshuffle expects width to be divisible by downscale_factor, but input.size(-1)={w} is not "
            f"divisible by {r}"
        )
    x = input.reshape(-1, c, h // r, r, w // r, r).permute(0, 1, 3, 5, 2, 4)
    return x.reshape(*batch, c * r * r, h // r, w // r)


def channel_shuffle(input, groups: int):
    """Channels (dimension 1) of `groups` groups, interleaved."""
    if input.dim() <= 2:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(input.shape)}")
    n, c, *rest = input.shape
    if groups <= 0:
        raise RuntimeError(f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    if c % groups:
        raise RuntimeError(f"Number of channels must be divisible by groups. Got {c} channels and {groups} groups.")
    return input.reshape(n, groups, c // groups, *rest).transpose(1, 2).reshape(input.shape)


native_channel_shuffle = channel_shuffle


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
