"""What stands beside a tensor in an operator: numbers, arrays, `None`, texts, and classes with their own operators."""

import operator
from functools import partial

import numpy as np

from ._common import BINARY, IN_PLACE


def _shown(operation, *operands):
    return repr(operation(*operands))


def _strangers():
    return {
        "'a'": "a",
        "None": None,
        "[1, 2]": [1, 2],
        "(1, 2)": (1, 2),
        "{}": {},
        "object()": object(),
        "range": range(2),
        "int": int,
        "b''": b"",
        "...": ...,
    }


class _Stranger:
    """Answers to all operators with tensors on the left."""

    def _answer(name):
        def method(self, other):
            return f"{name} of {type(other).__name__}"

        return method

    for _n in [
        "add",
        "sub",
        "mul",
        "truediv",
        "floordiv",
        "mod",
        "pow",
        "matmul",
        "and",
        "or",
        "xor",
        "lshift",
        "rshift",
    ]:
        locals()[f"__r{_n}__"] = _answer(f"r{_n}")
    for _n in ["eq", "ne", "lt", "le", "gt", "ge"]:
        locals()[f"__{_n}__"] = _answer(_n)
    __hash__ = object.__hash__


def strangers_on_the_right(torch, show):
    x = torch.tensor([1, 2])
    for name, stranger in _strangers().items():
        for symbol, operation in BINARY.items():
            if name == "object()" and symbol not in ["==", "!="]:
                continue
            show(f"x {symbol} {name}")
            show.error(partial(operation, x, stranger))


def strangers_on_the_left(torch, show):
    x = torch.tensor([1, 2])
    for name, stranger in _strangers().items():
        for symbol, operation in BINARY.items():
            if symbol == "%" and isinstance(stranger, (str, bytes)):
                continue
            show(f"{name} {symbol} x")
            show.error(partial(operation, stranger, x))


def strangers_in_place(torch, show):
    for name, stranger in _strangers().items():
        for symbol, operation in IN_PLACE.items():
            show(f"x {symbol} {name}")
            show.error(partial(operation, torch.tensor([1, 2]), stranger))


def complex_numbers_and_fractions(torch, show):
    import decimal
    import fractions

    x = torch.tensor([1.0, 2.0])
    for stranger in (fractions.Fraction(1, 2), decimal.Decimal("0.5")):
        for symbol in ["+", "-", "*", "/", "//", "%", "**", "==", "<"]:
            show(type(stranger), symbol)
            show.error(partial(BINARY[symbol], x, stranger))
            show.error(partial(BINARY[symbol], stranger, x))


def numbers_of_numpy(torch, show):
    x, i = torch.tensor([1.0, 2.0]), torch.tensor([1, 2])
    for number in (
        np.float32(1.5),
        np.float64(1.5),
        np.int64(3),
        np.int8(3),
        np.uint8(3),
        np.float16(1.5),
        np.bool_(True),
    ):
        show(type(number))
        for symbol in ["+", "*", "/", "//", "%", "**", "==", "<", "&"]:
            show(symbol)
            show.error(partial(BINARY[symbol], x, number))
            show.error(partial(BINARY[symbol], i, number))
            show.error(partial(_shown, BINARY[symbol], number, x))
            show.error(partial(_shown, BINARY[symbol], number, i))


def arrays_of_numpy(torch, show):
    x, a = torch.tensor([1.0, 2.0]), np.array([3.0, 4.0])
    for symbol in ["+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", "<=", ">", ">="]:
        show(symbol)
        show.error(partial(BINARY[symbol], x, a))
        show.error(partial(_shown, BINARY[symbol], a, x))
    i, b = torch.tensor([6, 3]), np.array([5, 1])
    for symbol in ["&", "|", "^", "<<", ">>"]:
        show(symbol)
        show.error(partial(BINARY[symbol], i, b))
        show.error(partial(_shown, BINARY[symbol], b, i))
    for symbol in IN_PLACE:
        show(symbol)
        show.error(partial(IN_PLACE[symbol], torch.tensor([6, 3]), b))
        show.error(partial(_shown, IN_PLACE[symbol], np.array([6, 3]), torch.tensor([1, 2])))
    show.error(lambda: x @ a)
    show.error(lambda: repr(a @ x))
    show.error(lambda: x + np.array(["a", "b"]))
    show.error(lambda: x + np.ones(3))
    show.error(lambda: repr(np.array(2.0) * x))
    show.error(lambda: x * np.array(2.0))


def functions_of_numpy(torch, show):
    show.each(
        """
        np.sin(x)
        np.exp(x).dtype
        np.add(x, x)
        np.add(x, 1)
        np.multiply(x, np.array([1.0, 2.0]))
        np.sqrt(torch.tensor(4.0))
        np.max(x)
        np.argmax(x)
        np.abs(-x)
        np.round(torch.tensor([1.26]), 1)
        np.concatenate([x, x])
        np.stack([x, x]).shape
        np.dot(x, x)
        np.allclose(x, x)
        np.array_equal(x, x)
        np.asarray(x)
        np.array([x, x]).shape
        np.where(x > 1, x, 0)
        np.isnan(x)
        np.zeros(x.shape)
        np.full((2,), torch.tensor(3))
        np.maximum(x, 1.5)
        np.float64(torch.tensor(2.5))
        np.int64(torch.tensor(2))
        np.linspace(0, torch.tensor(1.0), 3)
        np.arange(torch.tensor(3))
        np.equal(x, x)
        np.unique(torch.tensor([2, 1, 2]))
        """,
        x=torch.tensor([1.0, 2.0]),
        torch=torch,
        np=np,
    )


def equality_with_anything(torch, show):
    x = torch.tensor([1, 2])
    show.each(
        """
        x == None
        x != None
        None == x
        None != x
        x is None
        x is not None
        x == 'a'
        x != 'a'
        'a' == x
        x == [1, 2]
        [1, 2] == x
        x == (1, 2)
        x == {}
        x == x
        x is x
        x == object
        x == x.shape
        x == torch.int64
        x[0] == None
        x == torch.tensor([1, 2, 3])
        x == torch.tensor([[1], [2]])
        x == np.array([1, 5])
        np.array([1, 5]) == x
        x == np.int64(1)
        x == []
        x == torch.tensor([])
        x.eq(None)
        torch.eq(x, 'a')
        x in [None, x]
        [x] == [x]
        [x] == [x + 0]
        [x[0]] == [x[0] + 0]
        (x, 1) == (x, 1)
        {'a': x} == {'a': x}
        """,
        x=x,
        torch=torch,
        np=np,
    )


def hashes(torch, show):
    x, y = torch.tensor([1]), torch.tensor([1])
    d = {x: "x", y: "y"}
    show(
        d[x],
        d[y],
        len({x, y, x}),
        hash(x) == hash(x),
        hash(x) == hash(y),
        hash(x) == id(x),
        hash(x) == object.__hash__(x),
    )
    show(x in d, x + 0 in d, y in {x, y}, len({torch.tensor(1), torch.tensor(1)}))
    x += 1
    show(d[x], d.get(torch.tensor(2)), sorted(d.values()))
    z = x.view(1)
    show(z in d, z is x, x.data in d)
    x.requires_grad_(False)
    show(d[x])


def classes_with_reflected_operators(torch, show):
    x, s = torch.tensor([1, 2]), _Stranger()
    for symbol, operation in {**BINARY, "@": operator.matmul}.items():
        show(symbol)
        show.error(partial(operation, x, s))
        show.error(partial(operation, s, x))
    for symbol, operation in IN_PLACE.items():
        show(symbol)
        show.error(partial(operation, torch.tensor([1, 2]), s))


def not_implemented(torch, show):
    x = torch.tensor([1, 2])
    for name in [
        "add",
        "radd",
        "sub",
        "rsub",
        "mul",
        "rmul",
        "truediv",
        "rtruediv",
        "floordiv",
        "mod",
        "pow",
        "rpow",
        "and",
        "rand",
        "or",
        "xor",
        "lshift",
        "rshift",
        "rlshift",
        "matmul",
        "rmatmul",
        "eq",
        "ne",
        "lt",
        "gt",
    ]:
        show(name)
        for other in ("a", None, [1, 2]):
            show.error(partial(getattr(x, f"__{name}__"), other))


def operator_methods(torch, show):
    x = torch.tensor([5, -6])
    show.each(
        """
        x.__add__(1)
        x.__radd__(1)
        x.__sub__(1)
        x.__rsub__(1)
        x.__mul__(2)
        x.__truediv__(2)
        x.__rtruediv__(2)
        x.__floordiv__(2)
        x.__rfloordiv__(2)
        x.__mod__(4)
        x.__rmod__(4)
        x.__pow__(2)
        x.__rpow__(2.0)
        x.__and__(3)
        x.__rand__(3)
        x.__lshift__(1)
        x.__rlshift__(1)
        x.__neg__()
        x.__pos__()
        x.__abs__()
        x.__invert__()
        x.__eq__(5)
        x.__ne__(5)
        x.__lt__(5)
        x.__matmul__(x)
        x.__rmatmul__(x)
        x.__div__(2)
        x.__rdiv__(2)
        x.__idiv__(2)
        torch.Tensor.__add__(x, x)
        torch.Tensor.__rsub__(x, 1)
        operator.add(x, 1)
        operator.neg(x)
        operator.iadd(x, 0)
        operator.is_(x, x)
        operator.truth(x[0])
        operator.not_(x[0])
        sum(map(operator.mul, x, x))
        """,
        x=x,
        torch=torch,
        operator=operator,
    )


def large_integers(torch, show):
    x = torch.tensor([1, 2])
    for symbol in BINARY:
        show(symbol)
        show.error(partial(BINARY[symbol], x, 10**30))
        show.error(partial(BINARY[symbol], 10**30, x))
    show.error(lambda: x + 2**62)
    show.error(lambda: x.float() * 10**18)
    show.error(lambda: x.float() + 10**20)
