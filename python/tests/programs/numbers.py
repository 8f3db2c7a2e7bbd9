"""Tensors where Python wants numbers: conversions, truth, formats, `math`, builtins, copies."""

import builtins
import cmath
import copy
import decimal
import functools
import itertools
import math
import operator
import random
import statistics
import struct

import numpy as np


def conversions(torch, show):
    show.each(
        """
        int(torch.tensor(2.9))
        int(torch.tensor(-2.9))
        int(torch.tensor([[3]]))
        int(torch.tensor(True))
        int(torch.tensor(2**62))
        int(torch.tensor(1e300, dtype=torch.float64))
        int(torch.tensor(float('nan')))
        int(torch.tensor(float('inf')))
        int(torch.tensor([1, 2]))
        int(torch.tensor([]))
        int(torch.ones(1, 2))
        float(torch.tensor(2))
        float(torch.tensor([2.5]))
        float(torch.tensor(True))
        float(torch.tensor(0.1))
        float(torch.tensor(0.1, dtype=torch.float64))
        float(torch.tensor(0.1, dtype=torch.float16))
        float(torch.tensor(float('-inf')))
        float(torch.tensor([1.0, 2.0]))
        float(torch.tensor([]))
        complex(torch.tensor(2.5))
        complex(torch.tensor([2]))
        complex(torch.tensor([1, 2]))
        bool(torch.tensor(0.5))
        bool(torch.tensor(0))
        bool(torch.tensor([[0.0]]))
        bool(torch.tensor(float('nan')))
        bool(torch.tensor([1, 1]))
        bool(torch.tensor([]))
        bool(torch.ones(0, 3))
        bool(torch.tensor(False))
        bool(torch.tensor(-0.0))
        str(torch.tensor(3))
        """,
        torch=torch,
    )


def indices(torch, show):
    show.each(
        """
        operator.index(torch.tensor(3))
        operator.index(torch.tensor([3]))
        operator.index(torch.tensor(True))
        operator.index(torch.tensor(3, dtype=torch.uint8))
        operator.index(torch.tensor(3.0))
        operator.index(torch.tensor([1, 2]))
        operator.index(torch.tensor([]))
        list(range(torch.tensor(3)))
        list(range(torch.tensor(1), torch.tensor(7), torch.tensor(2)))
        range(torch.tensor(2.0))
        'abc'[torch.tensor(1)]
        [1, 2, 3][torch.tensor(1):]
        [0] * torch.tensor(2)
        torch.tensor(2) * 'ab'
        round(3.14159, torch.tensor(2))
        torch.zeros(torch.tensor(2), torch.tensor(3)).shape
        torch.ones(6).view(torch.tensor(2), 3).shape
        torch.arange(6).reshape(torch.tensor(3), -1).shape
        torch.eye(torch.tensor(2))
        hex(torch.tensor(255))
        oct(torch.tensor(8))
        bin(torch.tensor(5))
        chr(torch.tensor(97))
        bytes(torch.tensor(3))
        math.factorial(torch.tensor(5))
        math.comb(torch.tensor(5), 2)
        math.gcd(torch.tensor(12), 18)
        """,
        torch=torch,
        operator=operator,
        math=math,
    )


def items(torch, show):
    show.each(
        """
        torch.tensor(2.5).item()
        torch.tensor([[2]]).item()
        torch.tensor(True).item()
        type(torch.tensor(True).item())
        type(torch.tensor(1, dtype=torch.uint8).item())
        type(torch.tensor(1, dtype=torch.float16).item())
        torch.tensor(0.1).item()
        torch.tensor(0.1, dtype=torch.bfloat16).item()
        torch.tensor([1, 2]).item()
        torch.tensor([]).item()
        torch.tensor(1.5, requires_grad=True).item()
        torch.tensor([1.5, 2]).tolist()
        torch.tensor([[True], [False]]).tolist()
        torch.tensor(3).tolist()
        torch.ones(0, 2).tolist()
        torch.ones(2, 0).tolist()
        torch.tensor(2**63 - 1).item()
        torch.tensor(0.1, dtype=torch.float64).item() == 0.1
        torch.tensor([0.1]).tolist()
        torch.tensor(1.0).item().is_integer()
        """,
        torch=torch,
    )


def conversions_of_what_requires_grad(torch, show):
    x = torch.tensor(2.5, requires_grad=True)
    show(float(x), int(x), bool(x), complex(x), math.floor(x), x.item(), x > 2)
    show(f"{x:.1f}", round(x.item(), 1), [1, 2, 3][int(x)], math.sqrt(x))
    show.error(lambda: np.float64(x))
    show.error(lambda: np.asarray(x))


def truth(torch, show):
    x = torch.tensor([1.0, 0.0])
    show.each(
        """
        'yes' if x[0] else 'no'
        'yes' if x[1] else 'no'
        'yes' if x else 'no'
        not x[1]
        not x
        x[0] and 'a'
        x[1] and 'a'
        x[1] or 'b'
        x or 'b'
        [v for v in x if v]
        list(filter(None, x))
        any(x)
        all(x)
        any(x > 5)
        all(torch.tensor([]))
        any(torch.tensor([]))
        any(torch.eye(2))
        any(torch.tensor(1))
        bool(x.sum())
        (x == x).all() and True
        operator.truth(x[0])
        assert_(x[0])
        assert_(x)
        """,
        x=x,
        torch=torch,
        operator=operator,
        assert_=_assert,
    )
    count, left = 0, torch.tensor(3)
    while left:
        left = left - 1
        count += 1
    show(count, left)


def _assert(value):
    assert value, "not true"
    return "true"


def rounding(torch, show):
    x = torch.tensor([1.5, -2.5, 0.25, 3.14159])
    show.each(
        """
        round(x)
        round(x, 1)
        round(x, ndigits=3)
        round(x, -1)
        round(x[0])
        round(x[3], 2)
        round(torch.tensor(2))
        round(torch.tensor(25), -1)
        round(torch.tensor(True))
        round(x, None)
        round(x, 'a')
        math.floor(x[1])
        math.ceil(x[1])
        math.trunc(x[1])
        math.floor(x)
        math.ceil(x)
        math.trunc(x)
        math.floor(torch.tensor(3))
        abs(x)
        abs(torch.tensor(-3))
        -x[0]
        +x[0]
        ~torch.tensor(5)
        divmod(x, 1)
        divmod(x[3], 1)
        divmod(torch.tensor(7), 2)
        pow(x[0], 2)
        int(round(x[3]))
        """,
        x=x,
        torch=torch,
        math=math,
    )


def functions_of_math(torch, show):
    show.each(
        """
        math.sqrt(x)
        math.exp(x)
        math.log(x)
        math.sin(x)
        math.atan2(x, x)
        math.pow(x, 2)
        math.isnan(x)
        math.isinf(x)
        math.isfinite(x)
        math.isclose(x, 2.25)
        math.hypot(x, x)
        math.floor(x)
        math.copysign(1, -x)
        math.fsum([x, x])
        math.prod([x, x])
        math.prod(torch.tensor([2, 3]))
        math.sqrt(torch.tensor([4]))
        math.sqrt(torch.tensor([4, 9]))
        math.sqrt(torch.tensor(-1.0))
        math.fmod(x, 2)
        math.modf(x)
        math.frexp(x)
        math.ldexp(x, 2)
        math.degrees(x)
        cmath.sqrt(x)
        math.dist(torch.tensor([0.0, 0.0]), torch.tensor([3.0, 4.0]))
        math.erf(x)
        math.gamma(torch.tensor(5))
        """,
        x=torch.tensor(2.25),
        torch=torch,
        math=math,
        cmath=cmath,
    )


def builtins_over_tensors(torch, show):
    x, m = torch.tensor([3, 1, 2]), torch.tensor([[1, 2], [3, 0]])
    show.each(
        """
        sum(x)
        sum(x, 10)
        sum(m)
        sum([x, x])
        sum([x, x], torch.tensor(1))
        sum([])
        sum(torch.tensor([]))
        sum(v * 2 for v in x)
        sum(torch.tensor(1))
        min(x)
        max(x)
        max(x, default=5)
        max(torch.tensor([]), default=5)
        max(torch.tensor([]))
        max(m)
        max(m, key=lambda r: r.sum())
        min(x[0], x[1])
        max(x[0], 2)
        max(x, x)
        max(2.5, x[1])
        sorted(x)
        sorted(x, reverse=True)
        sorted(m)
        sorted(m, key=lambda r: -r.sum())
        list(reversed(x))
        list(map(int, x))
        list(map(float, m.flatten()))
        list(zip(x, m.flatten()))
        list(enumerate(x, 1))
        tuple(x)
        set(x.tolist())
        len(set(x))
        len(x)
        any(x == 1)
        [*x]
        functools.reduce(operator.add, x)
        functools.reduce(operator.matmul, [m, m, m])
        list(itertools.accumulate(x))
        list(itertools.chain(x, m[0]))
        list(itertools.islice(x, 2))
        list(itertools.product(x[:1], m[0]))
        statistics.mean(x.tolist())
        iter(x).__next__()
        next(iter(m))
        isinstance(x, torch.Tensor)
        callable(x)
        vars(x)
        dict(zip('ab', x))
        slice(x[1], x[0])
        range(x[1], x[0])
        """,
        x=x,
        m=m,
        torch=torch,
        functools=functools,
        itertools=itertools,
        operator=operator,
        statistics=statistics,
    )


def sums_have_graphs(torch, show):
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    total = sum(x)
    show(total, total.grad_fn.next_functions[0][0].name())
    total.backward()
    show(x.grad)
    best = max(x)
    best.backward()
    show(best, x.grad)
    product = math.prod(x)
    product.backward()
    show(product, x.grad)
    last = functools.reduce(lambda a, b: a * 10 + b, x)
    show(last, torch.autograd.grad(last, x))
    show(sum([(x[i] - i) ** 2 for i in range(3)]), sorted(x, key=lambda v: -v)[0])


def formats(torch, show):
    show.each(
        """
        f'{x}'
        f'{x:.3f}'
        f'{x:10.2f}|'
        f'{x:<10.2f}|'
        f'{x:+.1e}'
        f'{x:%}'
        f'{x:g}'
        f'{x!r}'
        f'{x!s}'
        f'{i}'
        f'{i:5d}|'
        f'{i:05d}'
        f'{i:x}'
        f'{i:,}'
        f'{i:.2f}'
        f'{i:b}'
        f'{x:d}'
        f'{b}'
        f'{b:5}|'
        f'{b:d}'
        f'{v}'
        f'{v:.2f}'
        f'{v:10}'
        f'{v!r:>30}'
        f'{v[0]:.2f}'
        f'{one:.2f}'
        f'{one}'
        f'{x:q}'
        format(x)
        format(x, '.1f')
        format(v)
        format(v, '')
        '{}'.format(x)
        '{:.1f} {}'.format(x, i)
        '%s' % x
        '%.2f' % x
        '%d' % i
        '%d' % x
        '%5.1f|%s' % (x, i)
        '%r' % i
        '%s' % v
        '%.1f' % one
        '%.1f' % v
        '%x' % i
        'a' + str(i)
        'a' + i
        ', '.join(map(str, v))
        repr([x, i])
        str((x,))
        str({'k': i})
        print_(x, i, sep='-')
        """,
        x=torch.tensor(3.14159),
        i=torch.tensor(1234),
        b=torch.tensor(True),
        v=torch.tensor([1.0, 2.5]),
        one=torch.tensor([2.5]),
        print_=_printed,
    )


def _printed(*values, **how):
    import io

    out = io.StringIO()
    builtins.print(*values, file=out, **how)
    return out.getvalue()


def formats_of_dtypes(torch, show):
    for name in ["uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64"]:
        x = torch.tensor(7).to(getattr(torch, name))
        show(name, f"{x}", f"{x:.2f}", f"{x!r}")
    for value in (float("nan"), float("inf"), -0.0, 1e-10, 1e20, 123456.789):
        x = torch.tensor(value)
        show(f"{x}", f"{x:.3g}", f"{x!r}", str(x.item()))


def formats_of_what_requires_grad(torch, show):
    x = torch.tensor(2.5, requires_grad=True)
    show(f"{x}", f"{x:.2f}", f"{x * 2}", f"{x * 2:.2f}", f"{x[None]}")


def copies(torch, show):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = copy.copy(x)
    show(y is x, y.requires_grad, y.is_leaf, y.data_ptr() == x.data_ptr(), y)
    z = copy.deepcopy(x)
    show(z is x, z.requires_grad, z.is_leaf, z.data_ptr() == x.data_ptr(), z)
    x.sum().backward()
    show(copy.deepcopy(x).grad, copy.copy(x).grad, y.grad)
    show.error(lambda: copy.deepcopy(x * 2))
    w = copy.copy(x * 2)
    show(w.is_leaf, w.requires_grad, w.grad_fn is not None)
    shared = [x, x, x.detach()]
    a, b, c = copy.deepcopy(shared)
    show(a is b, a is c, a.data_ptr() == c.data_ptr())
    memo = {}
    d = copy.deepcopy(x, memo)
    show(copy.deepcopy(x, memo) is d, id(x) in memo)
    base = torch.arange(6.0).view(2, 3)
    view = copy.deepcopy(base[:, 1])
    view += 100
    show(base, view, view.stride(), view._base is None)
    q, r = copy.deepcopy((base, base[0]))
    q[0] = -1
    show(r)
    t = base.t()
    show(copy.deepcopy(t).stride(), copy.deepcopy(t).is_contiguous(), copy.deepcopy(base.expand(2, 2, 3)).stride())


def attributes_are_copied(torch, show):
    x = torch.tensor([1.0])
    x.note = ["a"]
    y, z = copy.copy(x), copy.deepcopy(x)
    show(y.note, y.note is x.note, z.note, z.note is x.note)
    p = torch.nn.Parameter(torch.ones(2))
    p.tag = "p"
    q = copy.deepcopy(p)
    show(type(q), hasattr(q, "tag"), q.requires_grad, copy.copy(p).tag)


def identity(torch, show):
    x = torch.tensor([1.0, 2.0])
    y = x
    y += 1
    show(
        y is x,
        x is x.data,
        x.detach() is x,
        x[:] is x,
        x.view(2) is x,
        x.T is x,
        x.contiguous() is x,
        x.to(torch.float32) is x,
    )
    show(x.float() is x, x.cpu() is x, x.requires_grad_() is x, x.clone() is x, (+x) is x, x.type(torch.float32) is x)
    show(id(x) == id(y), x.data_ptr() == x.data.data_ptr(), x.view(1, 2).storage().data_ptr() == x.data_ptr())
    a = torch.ones(3)
    show(a.add_(1) is a, a.mul_(2) is a, a.zero_() is a, a.fill_(3) is a, a.copy_(x[0].detach()) is a)
    show(a.squeeze() is a, a.flatten() is a, a.reshape(3) is a, a.expand(3) is a, a.double().double() is a)


def numbers_from_tensors_elsewhere(torch, show):
    x = torch.tensor(2.0)
    show.each(
        """
        [1.0, x, 3]
        {'lr': float(x)}
        torch.tensor([x, x + 1])
        torch.tensor([[x, 1], [2, x]])
        torch.tensor([torch.tensor([1]), 2])
        torch.tensor([torch.ones(2), torch.ones(2)])
        torch.full((2,), x)
        torch.full((2,), x.item())
        torch.arange(x)
        torch.arange(0, x, x / 4)
        torch.linspace(0, x, 3)
        torch.clamp(torch.arange(5.0), max=x)
        torch.pow(x, x)
        torch.pow(2, x)
        torch.where(x > 1, x, 0.0)
        torch.add(x, 1, alpha=x)
        torch.zeros(2).fill_(x)
        torch.zeros(2) + x
        torch.nn.functional.dropout(torch.ones(2), 0.0)
        torch.sum(torch.ones(2, 3), torch.tensor(0))
        torch.zeros(2, 3).sum(dim=torch.tensor(1))
        torch.manual_seed(torch.tensor(3)) is not None
        random.Random(0).choice(torch.tensor([5, 5])).item()
        random.Random(0).sample(range(3), torch.tensor(2))
        struct.pack('<i', torch.tensor(3))
        struct.pack('<d', torch.tensor(3.0))
        decimal.Decimal(torch.tensor(3))
        decimal.Decimal(x.item())
        int('1' * torch.tensor(3))
        x.__format__('.1f')
        x.__int__()
        x.__float__()
        x.__bool__()
        x.__complex__()
        torch.tensor(3).__index__()
        x.__len__()
        torch.ones(2, 3).__len__()
        x.__contains__(2.0)
        x.__hash__() == id(x)
        x.__sizeof__() > 0
        """,
        x=x,
        torch=torch,
        random=random,
        struct=struct,
        decimal=decimal,
    )


def comparisons_of_numbers(torch, show):
    show.each(
        """
        x == 0.1
        x.double() == 0.1
        x.item() == 0.1
        x < 0.1
        x >= 0.1
        i == 2
        i == 2.0
        i != 2.5
        i == True
        torch.tensor(True) == 1
        torch.tensor(1) == True
        i == 2**40
        torch.tensor(2**53 + 1) == 2.0**53
        torch.tensor(float('nan')) == float('nan')
        i > 1 and i < 3
        2 == i
        3 > i
        max(i, 3)
        i.equal(torch.tensor(2))
        i in (1, 2)
        {2: 'two'}[i.item()]
        sorted([torch.tensor(3), 1, torch.tensor(2.0)])
        i is i
        i == i.clone()
        [i] == [2]
        (i, 1) < (i, 2)
        (i, 1) < (3, 0)
        """,
        x=torch.tensor(0.1),
        i=torch.tensor(2),
        torch=torch,
    )


def several_elements_are_no_number(torch, show):
    show.each(
        """
        math.floor(torch.tensor([1.5, 2.5]))
        math.exp(torch.tensor([1.0, 2.0]))
        int('a' if torch.tensor(0) else '7')
        float(torch.ones(2, 1))
        operator.index(torch.ones(1))
        range(torch.tensor([1, 2]))
        [1][torch.tensor(0.0)]
        chr(torch.tensor(1.5))
        bytes(torch.tensor([1, 2, 3], dtype=torch.uint8))
        bytearray(torch.tensor([1, 2, 3]))
        """,
        math=math,
        operator=operator,
        torch=torch,
    )
