"""Tensors of random numbers for tests."""

import wengert
from wengert import _C


def make_tensor(
    *shape,
    dtype,
    device,
    low=None,
    high=None,
    requires_grad=False,
    noncontiguous=False,
    exclude_zero=False,
    memory_format=None,
):
    """A tensor of uniform random numbers in [low, high).

    Without bounds they are of [-9, 9) for real and complex dtypes, [-9, 10) for signed integers, [0, 10) for uint8 and
    [0, 2) for bool. `noncontiguous` takes every second element of a larger tensor along the last dimension.
    """
    size = list(shape[0]) if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else list(shape)
    if any(not isinstance(n, int) or n < 0 for n in size):
        raise ValueError(f"The dimensions of a tensor are non-negative integers, but got {tuple(size)}")
    if noncontiguous and memory_format is not None:
        raise ValueError(
            f"The parameters `noncontiguous` and `memory_format` are mutually exclusive, but got {noncontiguous=} and "
            f"{memory_format=}"
        )
    real = dtype.is_floating_point or dtype.is_complex
    if requires_grad and not real:
        raise ValueError(f"`requires_grad=True` is not supported for boolean and integral dtypes, but got {dtype=}")
    low, high = _bounds(dtype, real, low, high)
    spaced = noncontiguous and size and all(size)
    drawn = [*size[:-1], 2 * size[-1]] if spaced else size
    if dtype.is_complex:
        part = _C.float64 if dtype is _C.complex128 else _C.float32
        result = _C.complex(_uniform(drawn, part, low, high), _uniform(drawn, part, low, high)).to(dtype)
    elif real:
        result = _uniform(drawn, dtype, low, high)
    else:
        result = _C.randint(low, high, drawn).to(dtype)
    if exclude_zero:
        least = _C.finfo(dtype).tiny if real else 1
        result = _C.where(result == 0, _C.tensor(least, dtype=dtype), result)
    if spaced:
        result = result[..., ::2]
    result = result.to(device)
    return result.requires_grad_() if requires_grad else result


def _uniform(size, dtype, low, high):
    with wengert.no_grad():
        wide = _C.float64 if dtype is _C.float64 else _C.float32
        return (_C.rand(size, dtype=wide) * (high - low) + low).to(dtype)


def _bounds(dtype, real, low, high):
    import math

    if dtype is _C.bool:
        least, most = 0, 2
    elif real:
        least, most = -9, 9
    else:
        least, most = (0 if dtype is _C.uint8 else -9), 10
    low, high = (least if low is None else low), (most if high is None else high)
    if math.isnan(low) or math.isnan(high):
        raise ValueError(f"`low` and `high` cannot be NaN, but got {low=} and {high=}")
    if low > high or (low == high and not real):
        raise ValueError(f"`low` must be less than `high`, but got {low} >= {high}")
    return (low, high) if real else (math.ceil(low), math.ceil(high))
