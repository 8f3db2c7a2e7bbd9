"""The dtypes of what operators give, for every pair of dtypes, numbers, and in place."""

import operator

from ._common import BINARY, IN_PLACE

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64"]

SHORT = {
    "torch.bool": "b",
    "torch.uint8": "u8",
    "torch.int8": "i8",
    "torch.int16": "i16",
    "torch.int32": "i32",
    "torch.int64": "i64",
    "torch.float16": "f16",
    "torch.bfloat16": "bf",
    "torch.float32": "f32",
    "torch.float64": "f64",
}


def _outcome(f):
    try:
        result = f()
    except Exception as e:
        return type(e).__name__.replace("Error", "")
    dtype = getattr(result, "dtype", None)
    return SHORT.get(str(dtype), str(type(result).__name__ if dtype is None else dtype))


def _table(show, torch, symbol, operation):
    """The dtype of the result for every two dtypes."""
    for left in DTYPES:
        a = torch.ones(2).to(getattr(torch, left))
        row = [_outcome(lambda a=a, r=r: operation(a, torch.ones(2).to(getattr(torch, r)))) for r in DTYPES]
        show(symbol, left, *row)


def _with_numbers(show, torch, symbol, operation):
    """The dtype of the result with Python's numbers and tensors without dimensions, on both sides."""
    others = [True, 1, 1.0, torch.tensor(True), torch.tensor(1), torch.tensor(1.0), torch.tensor(1.0).double()]
    for left in DTYPES:
        a = torch.ones(2).to(getattr(torch, left))
        row = [_outcome(lambda a=a, o=o: operation(a, o)) for o in others]
        back = [_outcome(lambda a=a, o=o: operation(o, a)) for o in others]
        show(symbol, left, *row, "|", *back)


def promotion_of_sums(torch, show):
    _table(show, torch, "+", operator.add)
    _with_numbers(show, torch, "+", operator.add)


def promotion_of_differences(torch, show):
    _table(show, torch, "-", operator.sub)
    _with_numbers(show, torch, "-", operator.sub)


def promotion_of_products(torch, show):
    _table(show, torch, "*", operator.mul)
    _with_numbers(show, torch, "*", operator.mul)


def promotion_of_quotients(torch, show):
    _table(show, torch, "/", operator.truediv)
    _with_numbers(show, torch, "/", operator.truediv)


def promotion_of_floors(torch, show):
    _table(show, torch, "//", operator.floordiv)
    _with_numbers(show, torch, "//", operator.floordiv)


def promotion_of_remainders(torch, show):
    _table(show, torch, "%", operator.mod)
    _with_numbers(show, torch, "%", operator.mod)


def promotion_of_powers(torch, show):
    _table(show, torch, "**", operator.pow)
    _with_numbers(show, torch, "**", operator.pow)


def promotion_of_bits(torch, show):
    for symbol in ["&", "|", "^", "<<", ">>"]:
        _table(show, torch, symbol, BINARY[symbol])
        _with_numbers(show, torch, symbol, BINARY[symbol])


def promotion_of_comparisons(torch, show):
    for symbol in ["==", "!=", "<", "<=", ">", ">="]:
        _table(show, torch, symbol, BINARY[symbol])
        _with_numbers(show, torch, symbol, BINARY[symbol])


def promotion_of_matrix_products(torch, show):
    _table(show, torch, "@", operator.matmul)


def promotion_in_place(torch, show):
    for symbol, operation in IN_PLACE.items():
        _table(show, torch, symbol, operation)


def promotion_of_unary_operators(torch, show):
    for name in ["neg", "pos", "abs", "invert", "not_"]:
        operation = getattr(operator, name)
        show(
            name,
            *[
                _outcome(lambda d=d, operation=operation: operation(torch.ones(1).to(getattr(torch, d))))
                for d in DTYPES
            ],
        )


def promotion_of_tensors_without_dimensions(torch, show):
    show.each(
        """
        (i0 + 1.5).dtype
        (i0 + f1).dtype
        (f0d + f1).dtype
        (f0d + i1).dtype
        (f0d + f0).dtype
        (i0 + b1).dtype
        (f0 * h1).dtype
        (f0d * h1).dtype
        (i0 * h1).dtype
        (b0 + b1).dtype
        (i8 + i0).dtype
        (i8 + f0).dtype
        (u8 + i0).dtype
        (u8 + torch.tensor([1])).dtype
        (1 + b1).dtype
        (1.0 + b1).dtype
        (1.0 + i8).dtype
        (1.0 + h1).dtype
        (f0 + True).dtype
        """,
        torch=torch,
        i0=torch.tensor(2),
        f0=torch.tensor(2.0),
        f0d=torch.tensor(2.0, dtype=torch.float64),
        b0=torch.tensor(True),
        b1=torch.tensor([True]),
        f1=torch.ones(1),
        i1=torch.tensor([1]),
        i8=torch.ones(1, dtype=torch.int8),
        u8=torch.ones(1, dtype=torch.uint8),
        h1=torch.ones(1, dtype=torch.float16),
    )
