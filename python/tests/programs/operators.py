"""Python's operators: values, signs, errors, shapes, in place, and their gradients."""

import operator
from functools import partial

import numpy as np

from ._common import BINARY, IN_PLACE


def values_of_arithmetic(torch, show):
    operands = {
        "f": torch.tensor([1.5, -2.0, 0.25]),
        "i": torch.tensor([3, -4, 5]),
        "two": torch.tensor(2),
        "m": torch.tensor([[1.0], [2.0]]),
    }
    for symbol in ["+", "-", "*", "/", "//", "%", "**"]:
        show.each(
            f"""
            f {symbol} f
            f {symbol} i
            i {symbol} f
            i {symbol} two
            two {symbol} f
            f {symbol} m
            f {symbol} 2
            2 {symbol} f
            f {symbol} 2.5
            2.5 {symbol} f
            i {symbol} 2
            i {symbol} 2.5
            2.5 {symbol} i
            i {symbol} True
            True {symbol} i
            """,
            **operands,
        )


def values_of_comparisons(torch, show):
    operands = {
        "f": torch.tensor([1.5, 2.0, float("nan")]),
        "i": torch.tensor([1, 2, 3]),
        "b": torch.tensor([True, False, True]),
    }
    for symbol in ["==", "!=", "<", "<=", ">", ">="]:
        show.each(
            f"""
            f {symbol} f
            f {symbol} i
            i {symbol} b
            f {symbol} 2
            2 {symbol} f
            i {symbol} 2.0
            1.5 {symbol} i
            b {symbol} True
            i {symbol} float('nan')
            i {symbol} 2.5
            i[0] {symbol} f
            """,
            **operands,
        )


def values_of_bits(torch, show):
    operands = {"i": torch.tensor([6, -3, 0]), "j": torch.tensor([3, 5, -1]), "b": torch.tensor([True, False, True])}
    for symbol in ["&", "|", "^"]:
        show.each(
            f"""
            i {symbol} j
            i {symbol} 5
            5 {symbol} i
            i {symbol} b
            b {symbol} b
            b {symbol} ~b
            b {symbol} True
            False {symbol} b
            b {symbol} 3
            i {symbol} True
            i {symbol} 1.5
            1.5 {symbol} i
            b {symbol} 1.5
            i.float() {symbol} i
            i {symbol} i.float()
            i {symbol} j[:2]
            """,
            **operands,
        )
    show(~operands["i"], ~operands["b"], ~torch.tensor(200, dtype=torch.uint8))
    show.error(lambda: ~torch.tensor(1.0))


def shifts(torch, show):
    show.each(
        """
        i << 1
        i >> 1
        i << j
        i >> j
        1 << j
        64 >> j
        i << 62
        i << 63
        i << 64
        i >> 63
        i >> 64
        i >> 100
        i << -1
        i >> -1
        u << 1
        u >> 1
        u << 8
        u >> 8
        s << 4
        s >> 1
        s >> 20
        i << True
        b << 1
        b >> 1
        b << b
        f << 2
        f >> 2
        f << f
        i << 1.5
        i << f[0]
        2 << f
        1.5 << j
        'a' << j
        """,
        i=torch.tensor([1, -3, 100]),
        j=torch.tensor([0, 1, 3]),
        u=torch.tensor([1, 200], dtype=torch.uint8),
        s=torch.tensor([-5, 100], dtype=torch.int8),
        b=torch.tensor([True, False]),
        f=torch.tensor([1.5, -2.0]),
    )


def signs_of_division(torch, show):
    i, j = torch.tensor([7, 7, -7, -7, 6, 0]), torch.tensor([2, -2, 2, -2, 3, 5])
    f, g = i / 2, j.double() / 3
    show.each(
        """
        i / j
        i // j
        i % j
        (i // j) * j + i % j
        f // g
        f % g
        i // 2
        i % 2
        i // -2
        i % -2
        7 // j
        7 % j
        -7 // j
        -7 % j
        i // 2.5
        i % 2.5
        i % -2.5
        -7.5 // j
        -7.5 % j
        divmod(i, j)
        divmod(i, 2)
        divmod(7, j)
        divmod(f, 0.7)
        divmod(i, 'a')
        i // True
        i.to(torch.int8) // j.to(torch.int8)
        i.to(torch.uint8) // 2
        i.to(torch.uint8) % 7
        i.half() // j.half()
        i.bfloat16() % 3
        """,
        i=i,
        j=j,
        f=f,
        g=g,
        torch=torch,
    )


def division_by_zero(torch, show):
    show.each(
        """
        f / 0
        f // 0
        f % 0
        1 / f
        1 // f
        1 % f
        f / f
        f // f
        f % f
        i / 0
        i // 0
        i % 0
        1 / i
        1 // i
        1 % i
        i / i
        i // i
        i % i
        i // 0.0
        i % 0.0
        i // f
        b / b
        b // b
        b % b
        b // True
        inf // 1
        inf % 1
        1 // inf
        1 % inf
        -1 // inf
        -1 % inf
        -inf % 2
        nan // 1
        nan % 1
        """,
        f=torch.tensor([1.0, -1.0, 0.0, -0.0]),
        i=torch.tensor([1, -1, 0]),
        b=torch.tensor([True, False]),
        inf=torch.tensor(float("inf")),
        nan=torch.tensor(float("nan")),
    )


def powers(torch, show):
    show.each(
        """
        f ** 2
        f ** 0
        f ** -1
        f ** 0.5
        f ** 3
        f ** f
        2 ** f
        0 ** f
        (-2.0) ** f
        f ** i
        i ** 2
        i ** 0
        i ** i.abs()
        i ** 2.0
        i ** 0.5
        i ** -1
        i ** i
        2 ** i.abs()
        2 ** i
        2.0 ** i
        (-2) ** i.abs()
        1 ** i
        i ** torch.tensor(2)
        i ** torch.tensor(-1)
        i.to(torch.int8) ** 4
        i.to(torch.uint8) ** 2
        i ** True
        True ** i.abs()
        b ** b
        b ** 2
        2 ** b
        b ** 2.0
        i ** 'a'
        'a' ** i
        pow(f, 2)
        pow(f, 2, 3)
        pow(2, f)
        pow(2, i, 5)
        i ** None
        """,
        f=torch.tensor([1.5, -2.0, 0.0]),
        i=torch.tensor([3, -2, 1]),
        b=torch.tensor([True, False]),
        torch=torch,
    )


def wrapping_integers(torch, show):
    show.each(
        """
        u + 100
        u - 201
        u * 2
        -u
        u + torch.tensor(300)
        s + 100
        s * 2
        -s
        abs(s)
        s - 1
        s // -1
        big + 1
        big * 2
        -big - 2
        abs(-big - 1)
        u == 456
        u < 256
        s > -129
        u + 256
        u & 256
        """,
        u=torch.tensor([200, 0], dtype=torch.uint8),
        s=torch.tensor([-128, 127], dtype=torch.int8),
        big=torch.tensor([2**63 - 1]),
        torch=torch,
    )


def truth_values_are_not_subtracted(torch, show):
    show.each(
        """
        1 - m
        1.0 - m
        m - m
        m - 1
        m - True
        True - m
        i - m
        m - i
        f - True
        f - m
        i - (i > 1)
        -m
        +m
        abs(m)
        ~m
        m + m
        m + 1
        m * m
        m * 2.5
        m / 2
        m // 2
        m % 2
        m + m.sum()
        (m == False)
        not m[0]
        m.clone().__isub__(1)
        f.clone().__isub__(m)
        m.sub(1)
        f.sub(m)
        """,
        m=torch.tensor([True, False]),
        i=torch.tensor([1, 2]),
        f=torch.tensor([1.0, 2.0]),
    )


def chains(torch, show):
    x = torch.tensor([1.0, 2.0, 3.0])
    show.each(
        """
        1 < x[1] < 3
        1 < x[0] < 3
        x[0] < x[1] < x[2]
        (1 < x) & (x < 3)
        1 < x < 3
        x[0] and x[1]
        x[0] or x[1]
        not x[0]
        x and x
        x[:1] and 5
        x[0] == x[0] == 1
        0 if x[0] else 1
        0 if x else 1
        x[0] if x[0] > 0 else None
        -x[0] ** 2
        2 * x + 1 - x / 2
        ~(x > 1) | (x == 3)
        x[0] is not None and x[0] > 0
        """,
        x=x,
    )


def matrix_products_by_rank(torch, show):
    shapes = [
        (),
        (3,),
        (4,),
        (2, 3),
        (3, 2),
        (1, 3),
        (3, 1),
        (5, 2, 3),
        (5, 3, 2),
        (1, 3, 4),
        (2, 1, 3, 4),
        (0,),
        (0, 3),
        (3, 0),
    ]
    for left in shapes:
        for right in shapes:
            if left in ((4,), (0,)) and right == (1, 3, 4):
                continue
            a, b = torch.ones(left), torch.ones(right)
            show(left, "@", right)
            try:
                c = a @ b
                show(c.shape, c.sum().item())
            except Exception as e:
                show(type(e).__name__, str(e).split("\n")[0])


def matrix_products(torch, show):
    a, b, v = torch.arange(6.0).view(2, 3), torch.arange(6.0).view(3, 2), torch.tensor([1.0, 2.0, 3.0])
    show.each(
        """
        a @ b
        a @ v
        v @ b
        v @ v
        (v @ v).shape
        b.t() @ a.t()
        a @ a.t()
        torch.stack([a, a]) @ b
        a @ b[None]
        a @ b @ a
        a.long() @ b.long()
        a @ b.long()
        a @ b.double()
        a @ 2
        2 @ a
        a @ [1, 2, 3]
        [1, 2] @ a
        a @ None
        'a' @ a
        a @ np.ones(3)
        a.bool() @ b.bool()
        a.half() @ b.half()
        a.matmul(b)
        operator.matmul(a, b)
        operator.imatmul(a, b)
        """,
        a=a,
        b=b,
        v=v,
        np=np,
        torch=torch,
        operator=operator,
    )
    c = a
    c @= b
    show(c, a)


def in_place(torch, show):
    for symbol in IN_PLACE:
        for value in (
            2,
            2.0,
            True,
            torch.tensor([2, 3]),
            torch.tensor([2.0, 3.0]),
            torch.tensor(2),
            torch.tensor([2]),
            torch.ones(3),
            torch.ones(2, 2),
        ):
            for x in (torch.tensor([5, -6]), torch.tensor([5.0, -6.0])):
                alias = x
                show(x, symbol, value)
                try:
                    x = IN_PLACE[symbol](x, value)
                except Exception as e:
                    show(type(e).__name__, str(e).split("\n")[0])
                show(x, x is alias, x._version)


def in_place_on_leaves(torch, show):
    for symbol in ["+=", "-=", "*=", "/=", "//=", "%=", "**="]:
        x = torch.tensor([5.0, -6.0], requires_grad=True)
        show(symbol)
        show.error(partial(IN_PLACE[symbol], x, 2))
        show.error(partial(IN_PLACE[symbol], x[0], 2))
        with torch.no_grad():
            IN_PLACE[symbol](x, 2)
        show(x)


def in_place_gradients(torch, show):
    for symbol in ["+=", "-=", "*=", "/=", "**="]:
        x = torch.tensor([2.0, 3.0], requires_grad=True)
        v = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x * 1
        y = IN_PLACE[symbol](y, v)
        y = IN_PLACE[symbol](y, 2)
        show(symbol, y, y.grad_fn.name(), y.grad_fn.next_functions[0][0].name())
        show.error(partial(torch.autograd.grad, y.sum(), (x, v)))


def in_place_through_names(torch, show):
    x = torch.ones(3)
    y, z = x, x[1:]
    y += 1
    z *= 3
    show(x, y is x)
    data = [x, x]
    data[0] += 1
    show(data[1])
    holder = {"x": x}
    holder["x"] -= 1
    show(x, x._version)
    pair = (x,)

    def add():
        pair[0].__iadd__(1)
        return pair[0]

    show(add())
    w = 5
    w += x
    show(w, x)
    w -= 1
    show(w, x)


def names_of_nodes(torch, show):
    x = torch.tensor([2.0, 3.0], requires_grad=True)
    show.each(
        """
        x + 1
        1 + x
        x - 1
        1 - x
        x * 2
        2 * x
        x / 2
        2 / x
        x ** 2
        2 ** x
        x ** x
        x // 2
        2 // x
        x % 2
        x % x
        -x
        +x
        abs(x)
        x @ x
        x + x
        x - x
        x * x
        x / x
        x == 2
        x > 1
        round(x)
        (1 - x).grad_fn.name()
        (2 / x).grad_fn.name()
        (2 / x).grad_fn.next_functions[0][0].name()
        """,
        x=x,
    )


def gradients_of_operators(torch, show):
    for text in [
        "x + y",
        "x - y",
        "x * y",
        "x / y",
        "x ** y",
        "x % y",
        "2 - x",
        "2 / x",
        "2 ** x",
        "x ** 2",
        "x ** -1",
        "x ** 0.5",
        "x ** 0",
        "-x",
        "+x",
        "abs(x)",
        "x % 2",
        "x % -0.7",
        "x @ y",
        "0 ** x",
        "x // y",
        "2 // x",
        "x // 2",
    ]:
        x = torch.tensor([1.5, -2.5, 0.5], requires_grad=True)
        y = torch.tensor([2.0, 3.0, -1.25], requires_grad=True)
        show(text)
        z = eval(text, {"x": x, "y": y}).sum()
        show.error(partial(torch.autograd.grad, z, (x, y), allow_unused=True))


def shapes_that_do_not_broadcast(torch, show):
    a, b = torch.ones(2, 3), torch.ones(4)
    for symbol, operation in {**BINARY, "@": operator.matmul}.items():
        show(symbol)
        show.error(partial(operation, a.long(), b.long()))
    for symbol, operation in IN_PLACE.items():
        show(symbol)
        show.error(partial(operation, torch.ones(3).long(), torch.ones(2, 3).long()))


def large_tensors(torch, show):
    x, y = torch.arange(100_000.0), torch.ones(100_000) * 2
    show.each(
        """
        (x + y).sum()
        (1 - x)[-1]
        (x / y)[999]
        (2 ** y).sum()
        (x % 7).sum()
        (x // 3)[100]
        (x > y).sum()
        (-x).sum()
        (x.view(100, 1000) @ y[:1000])[99]
        (x.view(1, -1) @ y.view(-1, 1))
        (x[:3] + y[:1])
        """,
        x=x,
        y=y,
    )
    x += 1
    x *= y
    show(x[:3], x._version)
