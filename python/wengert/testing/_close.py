"""`assert_close`: are two tensors, numbers, arrays, or sequences and mappings of them equal but for rounding?"""

import math

from wengert import _C
from wengert._C import Tensor

# rtol and atol of PyTorch's documentation for `torch.testing.assert_close`.
_TOLERANCES = {
    _C.float16: (1e-3, 1e-5),
    _C.bfloat16: (1.6e-2, 1e-5),
    _C.float32: (1.3e-6, 1e-5),
    _C.float64: (1e-7, 1e-7),
    _C.complex64: (1.3e-6, 1e-5),
    _C.complex128: (1e-7, 1e-7),
}
_NUMBERS = (int, float, complex)


def assert_close(
    actual,
    expected,
    *,
    allow_subclasses=True,
    rtol=None,
    atol=None,
    equal_nan=False,
    check_device=True,
    check_dtype=True,
    check_layout=True,
    check_stride=False,
    msg=None,
):
    """Raises AssertionError unless |actual - expected| <= atol + rtol * |expected| everywhere.

    Tensors must agree in shape and, if asked for, dtype and stride. Without tolerances those of the dtype are taken
    (the larger ones of two dtypes), 0 for integers and booleans. Sequences and mappings are compared item by item.
    `msg` replaces the message, or is a function of it.
    """
    if (rtol is None) != (atol is None):
        lacks = "rtol" if rtol is None else "atol"
        raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {lacks}.")
    options = _Options(allow_subclasses, rtol, atol, equal_nan, check_dtype, check_stride)
    failure = _compare(actual, expected, options, "")
    if failure is not None:
        raise AssertionError(msg(failure) if callable(msg) else failure if msg is None else msg)


def assert_allclose(actual, expected, rtol=None, atol=None, equal_nan=True, msg=""):
    """The older form of `assert_close`: dtypes may differ, and numbers are taken as tensors."""
    if not isinstance(actual, Tensor):
        actual = _C.tensor(actual)
    if not isinstance(expected, Tensor):
        expected = _C.tensor(expected, dtype=actual.dtype)
    if rtol is None and atol is None:
        rtol, atol = _tolerances(actual.dtype, expected.dtype)
    options = {"rtol": rtol, "atol": atol, "equal_nan": equal_nan, "check_dtype": False, "msg": msg or None}
    assert_close(actual, expected, **options)


class _Options:
    def __init__(self, allow_subclasses, rtol, atol, equal_nan, check_dtype, check_stride):
        self.allow_subclasses = allow_subclasses
        self.rtol = rtol
        self.atol = atol
        self.equal_nan = equal_nan
        self.check_dtype = check_dtype
        self.check_stride = check_stride

    def tolerances(self, *dtypes):
        return (self.rtol, self.atol) if self.rtol is not None else _tolerances(*dtypes)


def _tolerances(*dtypes):
    pairs = [_TOLERANCES.get(dtype, (0.0, 0.0)) for dtype in dtypes]
    return max(p[0] for p in pairs), max(p[1] for p in pairs)


def _compare(actual, expected, options, place):
    """None, or why the two differ."""
    if _is_sequence(actual) and _is_sequence(expected):
        return _compare_items(actual, expected, range(len(actual)), options, place)
    if _is_mapping(actual) and _is_mapping(expected):
        return _compare_mappings(actual, expected, options, place)
    where = f"\n\nThe failure occurred for item {place}" if place else ""
    if actual is None and expected is None:
        return None
    if _is_bool(actual) and _is_bool(expected):
        failure = None if actual == expected else f"Booleans mismatch: {actual} is not {expected}"
    elif _is_number(actual) and _is_number(expected):
        failure = _compare_numbers(actual, expected, options)
    else:
        tensors = _tensors(actual, expected, options)
        if tensors is None:
            raise TypeError(
                f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.{where}"
            )
        failure = _compare_tensors(*tensors, options)
    return failure and failure + where


def _is_sequence(value):
    from collections.abc import Sequence

    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _is_mapping(value):
    from collections.abc import Mapping

    return isinstance(value, Mapping)


def _is_bool(value):
    return isinstance(value, bool) or type(value).__name__ in ("bool_", "bool")


def _is_number(value):
    return isinstance(value, _NUMBERS) and not _is_bool(value)


def _tensors(actual, expected, options):
    """Both as tensors; None if they cannot be compared as such."""
    arrays = [hasattr(value, "__array_interface__") and not isinstance(value, Tensor) for value in (actual, expected)]
    if all(arrays):
        return _C.from_numpy(actual), _C.from_numpy(expected)
    if not (isinstance(actual, Tensor) and isinstance(expected, Tensor)):
        return None
    related = isinstance(actual, type(expected)) or isinstance(expected, type(actual))
    if not related or (not options.allow_subclasses and type(actual) is not type(expected)):
        return None
    return actual.detach(), expected.detach()


def _compare_items(actual, expected, keys, options, place):
    if len(actual) != len(expected):
        return f"The length of the sequences mismatch: {len(actual)} != {len(expected)}"
    for key in keys:
        failure = _compare(actual[key], expected[key], options, f"{place}[{key!r}]")
        if failure is not None:
            return failure
    return None


def _compare_mappings(actual, expected, options, place):
    lacking, extra = set(expected) - set(actual), set(actual) - set(expected)
    if lacking or extra:
        return (
            "The keys of the mappings do not match:\n"
            f"Missing keys in the actual mapping: {_sorted(lacking)}\n"
            f"Additional keys in the actual mapping: {_sorted(extra)}"
        )
    return _compare_items(actual, expected, _sorted(set(actual)), options, place)


def _sorted(keys):
    try:
        return sorted(keys)
    except TypeError:
        return sorted(keys, key=str)


def _compare_numbers(actual, expected, options):
    if options.check_dtype and type(actual) is not type(expected):
        return f"The (d)types do not match: {type(actual)} != {type(expected)}."
    kinds = {int: _C.int64, float: _C.float64, complex: _C.complex128}
    rtol, atol = options.tolerances(*(kinds.get(type(value), _C.int64) for value in (actual, expected)))
    both_nan = actual != actual and expected != expected
    if actual == expected or (both_nan and options.equal_nan):
        return None
    difference = abs(actual - expected)
    if math.isfinite(difference) and difference <= atol + rtol * abs(expected):
        return None
    return _numbers_message(actual, expected, difference, rtol, atol)


def _numbers_message(actual, expected, difference, rtol, atol):
    relative = difference / abs(expected) if expected else math.inf
    exact = rtol == 0 and atol == 0
    return (
        f"Scalars are not {'equal' if exact else 'close'}!\n\n"
        f"Expected {expected} but got {actual}.\n"
        f"Absolute difference: {difference}{'' if exact else f' (up to {atol} allowed)'}\n"
        f"Relative difference: {relative}{'' if exact else f' (up to {rtol} allowed)'}"
    )


def _compare_tensors(actual, expected, options):
    checks = [("shape", actual.shape, expected.shape)]
    if options.check_dtype:
        checks.append(("dtype", actual.dtype, expected.dtype))
    if options.check_stride:
        checks.append(("stride()", actual.stride(), expected.stride()))
    for name, ours, theirs in checks:
        if ours != theirs:
            return f"The values for attribute '{name}' do not match: {ours} != {theirs}."
    rtol, atol = options.tolerances(actual.dtype, expected.dtype)
    dtype = _C.promote_types(actual.dtype, expected.dtype)
    if not dtype.is_floating_point and not dtype.is_complex:
        dtype = _C.int64
    actual, expected = actual.to(dtype), expected.to(dtype)
    if bool((actual == expected).all()):
        return None
    difference = (actual - expected).abs()
    close = actual == expected
    limit = expected.abs() * rtol + atol
    close = close | ((difference <= limit) & (difference < math.inf))
    if options.equal_nan:
        close = close | ((actual != actual) & (expected != expected))
    if bool(close.all()):
        return None
    if actual.dim() == 0:
        return _numbers_message(actual.item(), expected.item(), abs(actual.item() - expected.item()), rtol, atol)
    return _tensors_message(actual, expected, close, difference, rtol, atol)


def _tensors_message(actual, expected, close, difference, rtol, atol):
    wrong = int((~close).sum())
    relative = difference / expected.abs()
    exact = rtol == 0 and atol == 0
    lines = [
        f"Tensor-likes are not {'equal' if exact else 'close'}!\n",
        f"Mismatched elements: {wrong} / {close.numel()} ({wrong / close.numel():.1%})",
    ]
    for name, values, allowed in (("absolute", difference, atol), ("relative", relative, rtol)):
        # What is close is no candidate, not even by 0 / 0.
        flat = _C.where(close, _C.tensor(0, dtype=values.dtype), values).reshape(-1)
        at = int(flat.argmax())
        index = []
        for size in reversed(close.shape):
            index.append(at % size)
            at //= size
        up_to = "" if exact else f" (up to {allowed} allowed)"
        greatest = values[tuple(reversed(index))].item()
        lines.append(f"Greatest {name} difference: {greatest} at index {tuple(reversed(index))}{up_to}")
    return "\n".join(lines)
