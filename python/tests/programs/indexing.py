"""`x[...]` with numbers, slices, `...`, `None` and truth values: values, views, errors, gradients; iteration."""

import copy
import operator
import warnings

import numpy as np


def _warned(show, f):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        show(f())
    show([(w.category.__name__, str(w.message).split(".")[0]) for w in seen])


def integers(torch, show):
    x = torch.arange(24).view(2, 3, 4)
    show.each(
        """
        x[0]
        x[-1]
        x[1, 2]
        x[1][2]
        x[-2, -3, -4]
        x[1, 2, 3]
        x[True + 0]
        x[(1,)]
        x[(1, 0)]
        x[()].shape
        x[2]
        x[-3]
        x[0, 3]
        x[0, 0, -5]
        x[0, 0, 0, 0]
        x[10 ** 30]
        x[0][0][0][0]
        """,
        x=x,
    )


def zero_dimensional(torch, show):
    show.each(
        """
        x[()]
        x[...]
        x[None]
        x[None, ..., None]
        x[True]
        x[False]
        x[torch.tensor(True)]
        x[torch.tensor(False)].shape
        x[x > 3]
        x[x > 30]
        x[0]
        x[-1]
        x[:]
        x[0:1]
        x[0, 0]
        x[..., 0]
        x[None, 0]
        x[[]]
        x[[0]]
        x[torch.tensor(0)]
        x[torch.tensor([0])]
        x[torch.tensor([True])]
        """,
        x=torch.tensor(5),
        torch=torch,
    )


def slices(torch, show):
    show.each(
        """
        x[:]
        x[2:]
        x[:2]
        x[-2:]
        x[:-2]
        x[1:4]
        x[1:4:2]
        x[::3]
        x[4:1]
        x[10:]
        x[-10:2]
        x[-10:10]
        x[2:2]
        x[::100]
        x[slice(1, None, 2)]
        x[slice(None)]
        x[10 ** 25:]
        x[:-10 ** 25]
        x[::10 ** 18]
        x[::-1]
        x[5:0:-1]
        x[::0]
        x[0:2.0]
        x['a':]
        x[:None:None]
        x[None:2]
        """,
        x=torch.arange(6),
    )


def bounds_of_slices(torch, show):
    class Two:
        def __index__(self):
            return 2

    show.each(
        """
        x[torch.tensor(1):torch.tensor(4)]
        x[::torch.tensor(2)]
        x[np.int64(1):np.int32(3)]
        x[Two():]
        x[:Two()]
        x[True:4]
        x[:False]
        x[torch.tensor([1]):]
        x[torch.tensor(1.0):]
        x[torch.tensor([1, 2]):]
        x[np.float32(1):]
        """,
        x=torch.arange(6),
        torch=torch,
        np=np,
        Two=Two,
    )


def slices_of_several(torch, show):
    show.each(
        """
        x[:, 1]
        x[1, :]
        x[1, 1:, ::2]
        x[..., 1:, 2:]
        x[:, :, -1]
        x[0:1, 0:1]
        x[:, 5:].shape
        x[1:1, 0].shape
        x[:, :, :, :]
        x[:, :, :, 0]
        x[:, ::-1]
        x[(slice(None), 1)]
        x[tuple([0, slice(1, 3)])]
        """,
        x=torch.arange(24).view(2, 3, 4),
    )


def dots(torch, show):
    show.each(
        """
        x[...].shape
        x[..., 0]
        x[0, ...]
        x[..., 0, 0]
        x[0, ..., 0]
        x[0, 0, 0, ...]
        x[..., 0, 0, 0]
        x[..., None].shape
        x[None, ...].shape
        x[..., 1:].shape
        x[..., ...].shape
        x[0, ..., ...].shape
        x[..., 0, ...].shape
        x[..., 0, 0, 0, 0]
        x[0, ..., 0, 0, 0]
        """,
        x=torch.arange(24).view(2, 3, 4),
    )


def new_axes(torch, show):
    show.each(
        """
        x[None].shape
        x[:, None].shape
        x[None, :, None, :, None].shape
        x[0, None].shape
        x[None, 0].shape
        x[None, None, 1, 2]
        x[..., None, 0].shape
        x[1:, None, ::2]
        x[None, 5]
        x[None, None, None, 5]
        x[0, None, 5]
        """,
        x=torch.arange(6).view(2, 3),
    )


def truth_values(torch, show):
    show.each(
        """
        x[True]
        x[False]
        x[True, True].shape
        x[True, False].shape
        x[False, False].shape
        x[True, 0]
        x[0, True]
        x[False, 0].shape
        x[:, True].shape
        x[:, False].shape
        x[True, :, None].shape
        x[..., True].shape
        x[True, [0, 1]].shape
        x[[0, 1], False]
        x[False, [0, 1]].shape
        x[torch.tensor(True)].shape
        x[torch.tensor(True), 0].shape
        x[np.True_].shape
        x[np.bool_(False)].shape
        x[[True]]
        x[[True, False]]
        x[:, [True, False, True]]
        x[[True, False, True]]
        x[[True, 0]]
        """,
        x=torch.arange(6).view(2, 3),
        torch=torch,
        np=np,
    )


def tensors_without_dimensions(torch, show):
    show.each(
        """
        x[torch.tensor(1)]
        x[torch.tensor(-1)]
        x[torch.tensor(1), torch.tensor(2)]
        x[torch.tensor(1, dtype=torch.int32)]
        x[torch.tensor(1, dtype=torch.int16)]
        x[torch.tensor(1, dtype=torch.int8)]
        x[:, torch.tensor(1)]
        x[torch.tensor(0), [0, 1]]
        x[torch.tensor(0), torch.tensor([0, 1])]
        x[torch.tensor(2)]
        x[torch.tensor(-3)]
        x[torch.tensor(1.0)]
        x[torch.tensor(0)].data_ptr() == x.data_ptr()
        """,
        x=torch.arange(6).view(2, 3),
        torch=torch,
    )
    _warned(show, lambda: torch.arange(3)[torch.tensor(1, dtype=torch.uint8)])


def objects_with_an_index(torch, show):
    class One:
        def __index__(self):
            return 1

    class Bad:
        def __index__(self):
            raise ArithmeticError("no index")

    class Number(int):
        pass

    show.each(
        """
        x[One()]
        x[One(), One()]
        x[:, One()]
        x[Number(1)]
        x[Bad()]
        x[np.int64(1)]
        x[np.int8(-1), np.uint8(2)]
        x[np.int64(7)]
        x[np.float64(1)]
        x[[One(), 0]]
        x[[np.int64(1), 0]]
        x[np.array(1)]
        x[np.array(1), np.array(2)]
        """,
        x=torch.arange(6).view(2, 3),
        np=np,
        One=One,
        Bad=Bad,
        Number=Number,
    )


def what_is_no_index(torch, show):
    show.each(
        """
        x[1.0]
        x[1.5, 0]
        x["a"]
        x["a", 0]
        x[b"a"]
        x[1j]
        x[{}]
        x[{0}]
        x[object()]
        x[lambda: 0]
        x[int]
        x[[0.5]]
        x[["a"]]
        x[[None]]
        x[[[0, 1], [0]]]
        x[torch.float32]
        x[torch.tensor([1.0])]
        x[torch.tensor([1.0]), 0]
        x[np.array([1.0])]
        x[np.array(['a'])]
        """,
        x=torch.arange(6).view(2, 3),
        torch=torch,
        np=np,
    )


def too_many(torch, show):
    show.each(
        """
        x[0, 0, 0]
        x[:, :, :]
        x[0, :, 0]
        x[[0], [0], [0]]
        x[[0], 0, 0]
        x[..., 0, 0, 0]
        x[None, None, 0, 0, 0]
        x[x > 0, 0]
        x[0, x > 0]
        x[True, 0, 0, 0]
        """,
        x=torch.arange(6).view(2, 3),
    )


def out_of_range(torch, show):
    show.each(
        """
        x[2]
        x[-3]
        x[0, 3]
        x[0, -4]
        x[:, 3]
        x[..., 3]
        x[None, 2]
        x[0, None, 3]
        x[[2]]
        x[[0, -3]]
        x[:, [0, 3]]
        x[0, [3]]
        x[[0, 1], [0, 3]]
        x[torch.tensor([[0, 7]])]
        x[torch.tensor(7)]
        x[:, torch.tensor(-7)]
        """,
        x=torch.arange(6).view(2, 3),
        torch=torch,
    )


def views_and_copies(torch, show):
    x = torch.arange(12.0).view(3, 4)
    names = {"x": x, "torch": torch}
    for index in [
        "0",
        "...",
        "()",
        ":",
        "None",
        "1:, ::2",
        "0, 0",
        "..., 1",
        "torch.tensor(1)",
        "True",
        "[0]",
        "torch.tensor([0])",
        "x > 3",
        "0, [0]",
    ]:
        part = eval(f"x[{index}]", names)
        show(index, part.shape, part.stride(), part.storage_offset(), part._base is x, part is x, part._is_view())
        before = x._version
        part.add_(1)
        show(x._version - before, x.sum().item())
    y = x[1:]
    show(y[0].data_ptr() - x.data_ptr(), y[0]._base is x, y._base is x, y[:, 1].stride())


def views_are_live(torch, show):
    x = torch.zeros(3, 3)
    row, column, block = x[1], x[:, 1], x[1:, 1:]
    row += 1
    column *= 2
    block.sub_(3)
    show(x, row, column, block)
    x[1, 1] = 50
    show(row, column, block)
    row[0], column[0] = column[2].clone(), row[2].clone()
    show(x)


def gradients_of_views(torch, show):
    x = torch.arange(6.0).view(2, 3).requires_grad_()
    for index in [
        "0",
        "0, 1",
        ":, 1",
        "1:",
        "..., ::2",
        "None, 1",
        "0, None",
        "...",
        ":",
        "True",
        "-1, -1",
        "()",
        "torch.tensor(1)",
        "(1, slice(0, 2))",
    ]:
        part = eval(f"x[{index}]", {"x": x, "torch": torch})
        (g,) = torch.autograd.grad((part**2).sum(), x)
        show(index, part.grad_fn.name(), g)


def graphs_of_results(torch, show):
    x = torch.ones(2, 3, requires_grad=True)
    show.each(
        """
        x[0]
        x[0].grad_fn.next_functions[0][0].name()
        x[0, 1]
        x[0, 1].grad_fn.next_functions[0][0].name()
        x[0, 1:]
        x[:, 0]
        x[:]
        x[...]
        x[()]
        x[None]
        x[True]
        x[x > 0]
        x[[0, 1]]
        x[[0, 1], 1:]
        x[1:, [0, 1]].grad_fn.next_functions[0][0].name()
        x[0, [0, 1]].grad_fn.next_functions[0][0].name()
        x[None, [0]].grad_fn.next_functions[0][0].name()
        x[..., None, 0].grad_fn.next_functions[0][0].name()
        x[:, :].grad_fn.name()
        x[:, :].grad_fn.next_functions[0][0].name()
        x[0:2].grad_fn.name()
        x[0][0]
        """,
        x=x,
    )


def gradients_flow_to_leaves_through_many_parts(torch, show):
    x = torch.arange(4.0, requires_grad=True)
    y = x[0] * x[1] + x[2:].prod() + x[[0, 0, 3]].sum() + x[x > 1].sum() + sum(v for v in x)
    y.backward()
    show(y, x.grad)
    a, b, c, d = x
    show(a, d, a.grad_fn.name(), (a * b + c * d).item())
    first, *rest = x * 2
    show(first, rest)


def without_a_graph(torch, show):
    x = torch.ones(3, requires_grad=True)
    with torch.no_grad():
        show(x[0], x[[0, 1]], x[1:].requires_grad, x[0]._is_view())
    with torch.inference_mode():
        show(x[0], x[x > 0], x[0].is_inference())
    show(x.detach()[0].requires_grad, x.data[:2])


def iteration(torch, show):
    x = torch.arange(6).view(3, 2)
    show([row.tolist() for row in x], list(x[0]), [type(v) for v in x[0]], len(x), len(x[0]))
    show.each(
        """
        list(iter(x))
        len(torch.tensor(1))
        list(torch.tensor(1))
        iter(torch.tensor(1))
        [v for v in torch.tensor(1)]
        list(torch.ones(0))
        list(torch.ones(0, 2))
        list(torch.ones(2, 0))
        list(reversed(x))
        reversed(torch.tensor([1, 2, 3]))
        reversed(torch.tensor(1))
        list(enumerate(x))
        list(zip(x, x[:, 0]))
        dict(zip('abc', x[:, 1].tolist()))
        tuple(x)
        {*x[0].tolist()}
        next(iter(x))
        max(x[:, 0])
        sorted(torch.tensor([3, 1, 2]))
        [*torch.eye(2)]
        (lambda a, b: a)(*torch.eye(2))
        len([])
        """,
        x=x,
        torch=torch,
    )


def iteration_sees_later_writes(torch, show):
    x = torch.arange(3)
    seen = []
    for i, v in enumerate(x):
        x[2] = 100
        seen.append(v.item())
        v += i
    show(seen, x)
    y = torch.ones(3, requires_grad=True)
    show([v.requires_grad for v in y], next(iter(y)).grad_fn.name())
    z = torch.zeros(2, 2)
    for row in z:
        row[0] = 5
    show(z)


def unpacking(torch, show):
    a, b = torch.tensor([1, 2])
    (c, d), (e, f) = torch.eye(2)
    show(a, b, c, d, e, f)

    def two(x):
        p, q = x
        return p, q

    show.error(lambda: two(torch.ones(3)))
    show.error(lambda: two(torch.ones(1)))
    show.error(lambda: two(torch.tensor(1)))


def contains(torch, show):
    show.each(
        """
        2 in x
        7 in x
        2.0 in x
        2.5 in x
        True in x
        torch.tensor(2) in x
        torch.tensor([1, 2]) in x
        torch.tensor([7, 2]) in x
        torch.tensor([1, 2, 3, 4]) in x
        x[0] in x
        np.int64(2) in x
        2 not in x
        2 in torch.tensor(2)
        2 in torch.ones(0)
        'a' in x
        None in x
        [2] in x
        (1, 2) in x
        float('nan') in torch.tensor([float('nan')])
        """,
        x=torch.arange(6).view(2, 3),
        torch=torch,
        np=np,
    )


def tensors_in_lists(torch, show):
    x = torch.tensor(1)
    show.each(
        """
        [1, 2, 3][x]
        [1, 2, 3][torch.tensor([1])]
        [1, 2, 3][torch.tensor([[2]])]
        [1, 2, 3][torch.tensor(True)]
        [1, 2, 3][torch.tensor(-1)]
        [1, 2, 3][x:]
        [1, 2, 3][torch.tensor(1.0)]
        [1, 2, 3][torch.tensor([0, 1])]
        [1, 2, 3][torch.tensor(5)]
        'abc'[x]
        (1, 2)[x]
        range(5)[x]
        range(x, 4)
        list(range(x + 3))
        [0] * x
        'ab' * torch.tensor(2)
        {1: 'a'}.get(x)
        x in [1, 2]
        torch.tensor(5) in [1, 2]
        [1, 2].index(x)
        [torch.tensor(1), torch.tensor(2)].index(torch.tensor(2))
        [torch.ones(2)] == [torch.ones(2)]
        operator.index(x)
        operator.index(torch.tensor(1.0))
        operator.index(torch.tensor([1, 2]))
        hex(torch.tensor(255))
        bin(x)
        chr(torch.tensor(65))
        bytes(torch.tensor(2))
        np.arange(4)[x]
        np.arange(4)[torch.tensor([0, 2])]
        np.arange(4)[torch.tensor([True, False, True, False])]
        torch.ones(x + 1, 2).shape
        torch.arange(10)[x:x + 3]
        """,
        x=x,
        torch=torch,
        operator=operator,
        np=np,
    )


def sizes(torch, show):
    x = torch.ones(2, 3, 4)
    show.each(
        """
        x.shape[0]
        x.shape[-1]
        x.shape[1:]
        type(x.shape[1:])
        x.shape[::-1]
        x.shape[torch.tensor(1)]
        x.shape[5]
        x.size()[0]
        x.shape + (5,)
        (5,) + x.shape
        x.shape * 2
        x[x.shape[0] - 1].shape
        x.view(*x.shape[:1], -1).shape
        x.shape == (2, 3, 4)
        x.shape.numel()
        torch.arange(24).view(2, 3, 4)[torch.Size([1, 2, 3])]
        torch.arange(4)[torch.Size([1])]
        """,
        x=x,
        torch=torch,
    )


def copies_of_parts(torch, show):
    x = torch.arange(6.0).view(2, 3)
    y = copy.deepcopy(x[:, 1])
    y += 10
    show(x, y, y.stride(), y._base)
    z = copy.copy(x[0])
    z += 1
    show(x, z)
    w = x[0].clone()
    w.zero_()
    show(x[0], w, x[0] is x[0], x[0].equal(x[0]), id(x[0]) == id(x))


def operator_functions(torch, show):
    x = torch.arange(6).view(2, 3)
    show.each(
        """
        operator.getitem(x, 1)
        operator.itemgetter(1)(x)
        operator.itemgetter(0, 1)(x)
        operator.itemgetter((0, 1))(x)
        x.__getitem__(0)
        x.__getitem__((0, slice(None, None, 2)))
        x.__len__()
        operator.length_hint(x)
        operator.contains(x, 3)
        torch.Tensor.__getitem__(x, (1, 1))
        list(map(operator.itemgetter(0), x))
        """,
        x=x,
        operator=operator,
        torch=torch,
    )
