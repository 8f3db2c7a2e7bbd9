"""Dropout."""

from __future__ import annotations

import math

from wengert import _C


def _check(p: float) -> None:
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def dropout(input, p: float = 0.5, training: bool = True, inplace: bool = False):
    """Zeroes elements with probability `p` while training, and scales the others by `1 / (1 - p)`: Hinton et al.,
    2012."""
    _check(p)
    if inplace:
        return _C.dropout_(input, p, training)
    return _C.dropout(input, p, training)


def _channels(input):
    """One number for each sample and channel, to be broadcast over the rest."""
    if input.dim() < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    return input.new_empty((input.size(0), input.size(1), *[1] * (input.dim() - 2)))


def _feature_dropout(input, p: float, training: bool):
    if not training or p == 0 or input.numel() == 0:
        return input
    if p == 1:
        return input * input.new_zeros(())
    return input * _channels(input).bernoulli_(1 - p).div_(1 - p)


def _in_place_or_not(f, input, p, training, inplace):
    return input.copy_(f(input.clone(), p, training)) if inplace else f(input, p, training)


def _of_channels(input, p, training, inplace, batched):
    """Dropout of whole channels; an input that is one sample is a batch of one."""
    if not batched:
        input = input.unsqueeze_(0) if inplace else input.unsqueeze(0)
    out = _in_place_or_not(_feature_dropout, input, p, training, inplace)
    if not batched:
        out = out.squeeze_(0) if inplace else out.squeeze(0)
    return out


def _purpose(n: int) -> str:
    return (
        f"Note that dropout{n}d exists to provide channel-wise dropout on inputs with {n} spatial "
        f"dimension{'s' if n > 1 else ''}, a channel dimension, and an optional batch dimension (i.e. {n + 1}D or "
        f"{n + 2}D inputs)."
    )


def _warn_of_dims(n: int, dims: int) -> None:
    import warnings

    warnings.warn(
        f"dropout{n}d: Received a {dims}-D input to dropout{n}d, which is deprecated and will result in an error in a "
        "future release. To retain the behavior and silence this warning, please use dropout instead. " + _purpose(n),
        stacklevel=4,
    )


def dropout1d(input, p: float = 0.5, training: bool = True, inplace: bool = False):
    """Zeroes whole channels of `(N, C, L)` or `(C, L)`."""
    _check(p)
    if input.dim() not in (2, 3):
        raise RuntimeError(f"dropout1d: Expected 2D or 3D input, but received a {input.dim()}D input. " + _purpose(1))
    return _of_channels(input, p, training, inplace, input.dim() == 3)


def dropout2d(input, p: float = 0.5, training: bool = True, inplace: bool = False):
    """Zeroes whole channels of `(N, C, H, W)`."""
    _check(p)
    if input.dim() not in (3, 4):
        _warn_of_dims(2, input.dim())
    if input.dim() == 3:
        import warnings

        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is "
            "desired - input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change "
            "in a future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To "
            "maintain the 1D channel-wise dropout behavior, please switch to using dropout1d instead.",
            stacklevel=3,
        )
    return _of_channels(input, p, training, inplace, True)


def dropout3d(input, p: float = 0.5, training: bool = True, inplace: bool = False):
    """Zeroes whole channels of `(N, C, D, H, W)` or `(C, D, H, W)`."""
    _check(p)
    if input.dim() not in (4, 5):
        _warn_of_dims(3, input.dim())
    return _of_channels(input, p, training, inplace, input.dim() == 5)


# scale * alpha of SELU: what negative inputs tend to.
_ALPHA = 1.7580993408473766


def _alpha_dropout(input, p: float, training: bool, noise=None):
    """Elements become `-_ALPHA` with probability `p`, then all are scaled and shifted so that mean 0 and variance 1
    stay."""
    if not training or p == 0 or input.numel() == 0:
        return input
    if p == 1:
        return input * input.new_zeros(())
    noise = (_C.empty_like(input) if noise is None else noise).bernoulli_(1 - p)
    a = 1 / math.sqrt((_ALPHA * _ALPHA * p + 1) * (1 - p))
    b = (noise - 1) * (_ALPHA * a) + _ALPHA * a * p
    return input * (noise * a) + b


def alpha_dropout(input, p: float = 0.5, training: bool = False, inplace: bool = False):
    """Dropout that keeps mean 0 and variance 1, for SELU networks: *Self-Normalizing Neural Networks* (Klambauer et
    al., 2017)."""
    _check(p)
    return _in_place_or_not(_alpha_dropout, input, p, training, inplace)


def feature_alpha_dropout(input, p: float = 0.5, training: bool = False, inplace: bool = False):
    """`alpha_dropout` of whole channels."""
    _check(p)

    def f(input, p, training):
        return _alpha_dropout(input, p, training, _channels(input) if training else None)

    return _in_place_or_not(f, input, p, training, inplace)
