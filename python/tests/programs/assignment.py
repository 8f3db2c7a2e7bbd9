"""`x[...] = value`: every kind of index and of value; casts; what is refused; gradients."""

import copy
import operator
import warnings

import numpy as np


def integers_and_slices(torch, show):
    show.after(
        """
        x[0] = 9
        x[-1] = 9
        x[1, 2] = 9
        x[:, 1] = 9
        x[..., 0] = 9
        x[:] = 9
        x[...] = 9
        x[()] = 9
        x[1:] = 9
        x[::2, ::2] = 9
        x[0, 1:] = 9
        x[None] = 9
        x[None, 0] = 9
        x[5:] = 9
        x[True] = 9
        x[False] = 9
        x[True, 0] = 9
        x[(0, 1)] = 9
        x[torch.tensor(1)] = 9
        x[torch.tensor(1), torch.tensor(2)] = 9
        x[np.int64(1)] = 9
        x[slice(None), slice(0, 2)] = 9
        x[2] = 9
        x[0, 3] = 9
        x[0, 0, 0] = 9
        x[::-1] = 9
        x[1.0] = 9
        x['a'] = 9
        del x[0]
        del x[:]
        """,
        lambda: {"x": torch.arange(6).view(2, 3), "torch": torch, "np": np},
        "x",
    )


def zero_dimensional(torch, show):
    show.after(
        """
        x[()] = 1
        x[...] = 1
        x[None] = 1
        x[True] = 1
        x[False] = 1
        x[x > 3] = 1
        x[x > 30] = 1
        x[0] = 1
        x[3] = 1
        x[:] = 1
        x[0, 0] = 1
        x[...] = torch.tensor([7])
        x[()] = [7]
        x[()] = torch.tensor([7, 8])
        x[None] = torch.tensor([7])
        x[torch.tensor(True)] = 8
        x[torch.tensor([0])] = 8
        """,
        lambda: {"x": torch.tensor(5), "torch": torch},
        "x",
    )


def values(torch, show):
    show.after(
        """
        x[0] = torch.tensor(7)
        x[0] = torch.tensor([7])
        x[0] = torch.tensor([7, 8, 9])
        x[0] = torch.tensor([[7, 8, 9]])
        x[0] = torch.tensor([[[7, 8, 9]]])
        x[:, 0] = torch.tensor([7, 8])
        x[:, :1] = torch.tensor([[7], [8]])
        x[:, 1:] = torch.tensor([7, 8])
        x[:] = torch.tensor([[7], [8]])
        x[:] = torch.tensor([7, 8, 9])
        x[0, 0] = torch.tensor([7])
        x[0, 0] = torch.tensor([[7]])
        x[0] = [7, 8, 9]
        x[0] = (7, 8, 9)
        x[0] = range(3)
        x[:] = [[1, 2, 3], [4, 5, 6]]
        x[:, 0] = [7, 8]
        x[0, 0] = [7]
        x[0] = np.array([7, 8, 9])
        x[0] = np.int32(7)
        x[0] = np.float64(7.9)
        x[0] = np.array(7)
        x[0] = True
        x[0] = 7.9
        x[0] = -7.9
        x[0] = [7.9, -7.9, 1e3]
        x[0] = [torch.tensor(7), 8, torch.tensor(9)]
        x[0] = torch.tensor([7.9, 8.1, -0.5])
        x[0] = x[1]
        x[0] = x[0]
        x[0] = x[:1]
        """,
        lambda: {"x": torch.arange(6).view(2, 3), "torch": torch, "np": np},
        "x",
    )


def values_that_do_not_fit(torch, show):
    show.after(
        """
        x[0] = torch.tensor([7, 8])
        x[0] = torch.ones(2, 3)
        x[0] = torch.ones(1, 2, 3)
        x[:, 0] = torch.ones(3)
        x[:, 0] = torch.ones(2, 1)
        x[0, 0] = torch.tensor([7, 8])
        x[0] = [1, 2]
        x[0] = [[1, 2, 3], [4, 5, 6]]
        x[0, 0] = [1, 2]
        x[0] = []
        x[2:] = []
        x[0] = torch.ones(0)
        x[0] = 'a'
        x[0] = 'abc'
        x[0] = ['a', 'b', 'c']
        x[0] = None
        x[0] = [None, 1, 2]
        x[0] = {1: 2}
        x[0] = {1, 2, 3}
        x[0] = object()
        x[0] = int
        x[0] = b'abc'
        x[0] = iter([1, 2, 3])
        x[0] = np.array(['a', 'b', 'c'])
        x[0] = [[1, 2], [3]]
        x[0] = 10 ** 30
        x[0] = torch.float32
        """,
        lambda: {"x": torch.arange(6).view(2, 3), "torch": torch, "np": np},
        "x.sum()",
    )


def casts(torch, show):
    for name in ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64"]:
        x = torch.zeros(7, dtype=getattr(torch, name))
        x[0] = True
        x[1] = 3
        x[2] = 2.75
        x[3] = torch.tensor(5.5, dtype=torch.float64)
        x[4:6] = torch.tensor([2, 0])
        x[torch.tensor([6])] = 1
        show(x)
        show.error(lambda x=x: x.__setitem__(0, 300))
        show.error(lambda x=x: x.__setitem__(0, -1))
        show.error(lambda x=x: x.__setitem__([0, 1], torch.tensor([1.0, 2.0])))
        show.error(lambda x=x: x.__setitem__([0, 1], 1.5))
        show.error(lambda x=x: x.__setitem__(x > 100, torch.tensor(2.0)))
        show(x)


def numbers_out_of_range(torch, show):
    show.after(
        """
        x[0] = 255
        x[0] = 256
        x[0] = -1
        x[0] = -300
        x[0] = 1e10
        x[0] = float('inf')
        x[0] = float('nan')
        x[[0, 1]] = 256
        x[x == 0] = 256
        x[0] = torch.tensor(256)
        x[0] = torch.tensor(-1)
        x[0:2] = [256, 1]
        h[0] = 1e6
        h[0] = 65504
        h[[0]] = 1e6
        h[h == 0] = 1e6
        """,
        lambda: {"x": torch.zeros(3, dtype=torch.uint8), "h": torch.zeros(2, dtype=torch.float16), "torch": torch},
        "x",
        "h",
    )


def masks(torch, show):
    show.after(
        """
        x[x > 2] = -1
        x[x > 2] = torch.tensor(-1)
        x[x > 2] = torch.tensor([-1])
        x[x > 2] = torch.tensor([10, 20, 30])
        x[x > 2] = [10, 20, 30]
        x[x > 2] = torch.tensor([10, 20])
        x[x > 2] = torch.tensor([1, 2, 3, 4])
        x[x > 2] = torch.tensor([[10, 20, 30]])
        x[x > 2] = torch.tensor([[10], [20], [30]])
        x[x > 2] = x[x > 2] * 2
        x[x > 2] += 100
        x[x > 2] *= -1
        x[x > 100] = 5
        x[x > 100] = torch.tensor([])
        x[x > 100] = torch.tensor([], dtype=torch.int64)
        x[x > 100] = torch.tensor([1, 2])
        x[~(x > 2)] = 0
        x[x[:, 0] > 0] = -1
        x[x[:, 0] > 0] = torch.tensor([7, 8, 9])
        x[:, x[0] > 0] = -1
        x[:, x[0] > 0] = torch.tensor([[7, 8], [9, 10]])
        x[:, x[0] > 0] = torch.tensor([7, 8])
        x[0, x[0] > 0] = torch.tensor([7, 8])
        x[x[:, 0] > 0, 1] = 50
        x[x[:, 0] > 0, 1:] = 50
        x[x[:, 0] >= 0, torch.tensor([0, 1])] = 50
        x[x[:, 0] > 0, x[0] > 0] = torch.tensor([7, 8])
        x[..., x[0] > 0] = 50
        x[torch.tensor([True, False])] = 50
        x[[True, False]] = 50
        x[[True, False, True]] = 50
        x[np.array([True, False])] = 50
        x[x.numpy() > 2] = 50
        x[torch.ones(2, 2, dtype=torch.bool)] = 50
        x[torch.ones(3, dtype=torch.bool)] = 50
        x[x > 2] = 2.5
        x[x > 2] = True
        x[x > 2] = torch.tensor(2.5)
        x[x > 2] = torch.tensor([1.5, 2.5, 3.5])
        """,
        lambda: {"x": torch.arange(6).view(2, 3), "torch": torch, "np": np},
        "x",
    )


def lists_and_tensors(torch, show):
    show.after(
        """
        x[[0, 2]] = 9
        x[[0, 2]] = torch.tensor([7, 8])
        x[[0, 2]] = torch.tensor([[7, 8], [9, 10]])
        x[[0, 2]] = torch.tensor([[7], [8]])
        x[[0, 2]] = [[7, 8], [9, 10]]
        x[[0, 0]] = torch.tensor([[7, 8], [9, 10]])
        x[[0, 2]] = torch.tensor([7, 8, 9])
        x[[0, 2]] = torch.ones(3, 2, dtype=torch.int64)
        x[[0, 2]] = torch.ones(1, 2, 2, dtype=torch.int64)
        x[[0, 2], [1, 0]] = 9
        x[[0, 2], [1, 0]] = torch.tensor([7, 8])
        x[[0, 2], [1, 0]] = torch.tensor([7])
        x[[0, 2], [1, 0]] = torch.tensor([7, 8, 9])
        x[[0, 2], 1] = torch.tensor([7, 8])
        x[:, [1]] = 9
        x[:, [1, 0]] = torch.tensor([[7, 8], [9, 10], [11, 12]])
        x[:, [1, 0]] = x
        x[1:, [1, 0]] = torch.tensor([7, 8])
        x[i] = 9
        x[i] = torch.tensor([7, 8])
        x[i[:, None], torch.tensor([0, 1])] = torch.tensor([[7, 8], [9, 10]])
        x[i[:, None], torch.tensor([0, 1])] = torch.tensor([[7], [9]])
        x[[]] = 9
        x[[]] = torch.ones(0, 2, dtype=torch.int64)
        x[[], []] = torch.tensor([])
        x[torch.tensor([], dtype=torch.int64)] = 5
        x[range(2)] = 9
        x[(0, 1), (1, 0)] = 9
        x[np.array([0, 2])] = 9
        x[np.array([0, 2]), 0] = np.array([7, 8])
        x[[3]] = 9
        x[[-4]] = 9
        x[[0, 1], [0, 1, 1]] = 9
        x[torch.tensor([1.0])] = 9
        x[[0, 2]] = 2.5
        x[[0, 2]] = torch.tensor(2.5)
        x[[0, 2]] = torch.tensor([1.5, 2.5])
        x[[0, 2]] = torch.tensor([1, 2], dtype=torch.int32)
        x[[[0, 1], [1, 0]]] = 9
        x[None, [0, 2]] = 9
        x[..., [0]] = torch.tensor([[7], [8], [9]])
        """,
        lambda: {"x": torch.arange(6).view(3, 2), "i": torch.tensor([0, 2]), "torch": torch, "np": np},
        "x",
    )


def dtypes_of_values_at_indices(torch, show):
    show.after(
        """
        x[[0, 1]] = torch.tensor([1, 2])
        x[[0, 1]] = torch.tensor([1.5, 2.5], dtype=torch.float64)
        x[[0, 1]] = torch.tensor([True, False])
        x[[0, 1]] = torch.tensor(1)
        x[[0, 1]] = torch.tensor(1.5, dtype=torch.float64)
        x[[0, 1]] = [1, 2]
        x[[0, 1]] = np.array([1.5, 2.5])
        x[x == 0] = torch.tensor(1)
        x[x == 0] = torch.tensor([1, 2, 3])
        x[x == 0] = torch.tensor([1.5, 2.5, 3.5], dtype=torch.float64)
        x[:2] = torch.tensor([1.5, 2.5], dtype=torch.float64)
        x[0] = torch.tensor(1, dtype=torch.int8)
        """,
        lambda: {"x": torch.zeros(3), "torch": torch, "np": np},
        "x",
    )


def mixed(torch, show):
    show.after(
        """
        x[0, :, [0, 3]] = 0
        x[:, [0, 1], [1, 2]] = 0
        x[[0, 1], :, [0, 3]] = torch.tensor([7, 8, 9])
        x[[0, 1], :, [0, 3]] = torch.tensor([[7, 8, 9], [1, 2, 3]])
        x[:, 0, [0, 3]] = torch.tensor([7, 8])
        x[..., [0, 3]] = torch.tensor([7, 8])
        x[[1], ..., 1:] = 0
        x[1, [0, 2], ::2] = torch.tensor([[7, 8], [9, 10]])
        x[[[0], [1]], [0, 2]] = 0
        x[x[:, :, 0] > 3, 1] = -1
        x[x[:, :, 0] > 3, 1:3] = torch.tensor([-1, -2])
        x[:, x[0] > 8] = 0
        x[1, :, torch.tensor([True, False, False, True])] = torch.tensor([-1, -2])
        x[None, 1, [0]] = 0
        x[:, None, [0]] = 0
        x[True, [0]] = 0
        """,
        lambda: {"x": torch.arange(24).view(2, 3, 4), "torch": torch},
        "x",
    )


def augmented(torch, show):
    show.after(
        """
        x[0] += 1
        x[0] -= torch.tensor([1., 2., 3.])
        x[:, 1] *= 2
        x[1] /= 4
        x[x > 2] **= 2
        x[[0, 0]] += 1
        x[[0, 1], [0, 0]] += torch.tensor([1., 2.])
        x[0, 0] += 0.5
        x[1] //= 2
        x[1] %= 2
        x[...] += x
        x[0] += x[1]
        x[:1] += torch.ones(2, 3)
        x[0] += 'a'
        x[5] += 1
        """,
        lambda: {"x": torch.arange(6.0).view(2, 3), "torch": torch},
        "x",
    )


def overlapping_views(torch, show):
    show.after(
        """
        x[1:] = x[:-1]
        x[:-1] = x[1:]
        x[::2] = x[1::2]
        x[:] = x.flip(0)
        x[:3], x[3:] = x[3:], x[:3]
        x[0], x[1] = x[1].clone(), x[0].clone()
        x[[0, 1]] = x[[1, 0]]
        x[x > 2] = x[:3]
        x[[1, 2, 3]] = x[:3]
        x.view(2, 3)[:] = x.view(2, 3).flip(1)
        """,
        lambda: {"x": torch.arange(6)},
        "x",
    )


def expanded_tensors_are_refused(torch, show):
    show.after(
        """
        x[0] = 1
        x[0, 0] = 1
        x[:] = 1
        x[:, 0] = 1
        x[:] = torch.ones(2, 3)
        y[1:] = 1
        y[0] = 1
        """,
        lambda: {
            "x": torch.zeros(3).expand(2, 3),
            "y": torch.zeros(4).as_strided((3, 2), (1, 1)),
            "torch": torch,
        },
        "x",
        "y",
    )


def writes_through_views(torch, show):
    x = torch.zeros(3, 4)
    y = x[1:, ::2]
    y[0] = 1
    y[:, 1] = 2
    y[y == 2] = 3
    y[[1], [0]] = 4
    x.t()[0] = 5
    x.view(-1)[::5] = 6
    x.diagonal()[:] = torch.tensor([7.0, 8.0, 9.0])
    show(x, y, x._version, y._version)
    e = x[:, None].expand(3, 1, 4)
    e[2, 0, 3] = 10
    show(x[2])


def versions(torch, show):
    x = torch.zeros(2, 3)
    seen = [x._version]
    for index, value in (
        (0, 1),
        ((0, 1), torch.tensor(2.0)),
        (slice(None), 3),
        ([0], 4),
        (torch.tensor([1]), torch.ones(3)),
        (x > -1, 5),
        (torch.tensor([True, False]), torch.ones(3)),
        (slice(5, None), 6),
        (x > 100, 7),
        ([], 8),
        (False, 9),
        (Ellipsis, 10),
    ):
        x[index] = value
        seen.append(x._version)
    show(seen, x)
    y = x[0]
    y[0] = 1
    show(x._version, y._version)


def leaves_are_refused(torch, show):
    show.after(
        """
        x[0] = 1
        x[:] = 1
        x[[0]] = 1
        x[x > 0] = 1
        x[x > 0] = torch.ones(3)
        x[0][0] = 1
        x[0, 0] += 1
        x.view(-1)[0] = 1
        x.data[0] = 7
        x.detach()[0] = 7
        x[5:] = 1
        x[False] = 1
        """,
        lambda: {"x": torch.ones(2, 3, requires_grad=True), "torch": torch},
        "x",
    )
    x = torch.ones(3, requires_grad=True)
    with torch.no_grad():
        x[0] = 5
        x[[1]] = 6
        x[x == 1] = 7
    show(x, x._version, x.is_leaf)


def gradients_of_what_is_assigned(torch, show):
    for index in [
        "0",
        "0, 1",
        ":, 1",
        "1:, ::2",
        "...",
        "[0]",
        "[0, 1], [2, 2]",
        "x > 2",
        "x > 20",
        ":, [1, 0]",
        "x[:, 0] > 0",
        "None, 0",
        "True",
        "False",
        "[]",
    ]:
        x = torch.arange(6.0).view(2, 3).requires_grad_()
        v = torch.tensor(3.0, requires_grad=True)
        y = x * 2
        y[eval(index if ":" not in index else f"slices[{index}]", {"x": x, "slices": _Slices()})] = v
        show(index, y, y.grad_fn.name())
        (y**2).sum().backward()
        show(x.grad, v.grad)


class _Slices:
    def __getitem__(self, index):
        return index


def gradients_of_broadcast_values(torch, show):
    for index, shape in (
        (0, (1,)),
        (slice(None), (3,)),
        (slice(None), (2, 1)),
        ([0, 1], (1, 3)),
        ([1], (3,)),
        (0, (1, 1, 3)),
    ):
        x = torch.zeros(2, 3)
        v = torch.ones(shape, requires_grad=True)
        x[index] = v
        show(x.requires_grad, x.grad_fn.name(), x.is_leaf)
        (x * torch.arange(6.0).view(2, 3)).sum().backward()
        show(v.grad)


def gradients_of_numbers(torch, show):
    for index in (
        0,
        (0, 1),
        slice(None),
        [0],
        torch.tensor([1, 1]),
        torch.tensor([[True, False, True], [False, False, True]]),
    ):
        x = torch.ones(2, 3, requires_grad=True)
        y = x.clone()
        y[index] = 5
        show(y)
        y.sum().backward()
        show(x.grad)


def the_last_of_several_counts(torch, show):
    x = torch.zeros(3)
    v = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    x[[0, 1, 2]] = v
    x[[2, 1]] = v[:2] * 10
    x[2] = v[0] * 100
    x.sum().backward()
    show(x, v.grad)


def gradients_through_views_of_results(torch, show):
    x = torch.arange(6.0, requires_grad=True)
    y = x * 1
    z = y.view(2, 3)
    row = z[0]
    row[1] = 100 * x[5]
    z[1, :2] = row[1:] * 2
    show(y, y.grad_fn.name(), z.grad_fn.name(), row.grad_fn.name())
    (y * torch.arange(1.0, 7.0)).sum().backward()
    show(x.grad)


def second_derivatives(torch, show):
    for index in (0, (slice(None), 1), [0, 1], ([0, 1], [2, 0])):
        x = torch.arange(1.0, 7.0).view(2, 3).requires_grad_()
        v = torch.tensor(2.0, requires_grad=True)
        y = x**2
        y[index] = v**3
        loss = (y**2).sum()
        gx, gv = torch.autograd.grad(loss, (x, v), create_graph=True)
        show(gx, gv)
        show(torch.autograd.grad((gx**2).sum() + gv * v, (x, v), allow_unused=True))


def gradcheck_of_assignment(torch, show):
    i, m = torch.tensor([0, 2, 0]), torch.tensor([True, False, True])

    def assigned(index, n):
        def f(x, v):
            y = x.clone()
            y[index] = v[:n] if n else v.sum()
            return y * y

        return f

    x = torch.arange(1.0, 10.0, dtype=torch.float64).view(3, 3).sin().requires_grad_()
    v = torch.tensor([0.3, -0.7, 1.1], dtype=torch.float64, requires_grad=True)
    for f in (
        assigned(0, 3),
        assigned((slice(None), 1), 3),
        assigned(m, 3),
        assigned((slice(None), m), 2),
        assigned(m, 0),
        assigned((i[:2], i[1:]), 2),
        assigned((Ellipsis, None, 2), 1),
    ):
        show(torch.autograd.gradcheck(f, (x, v)), torch.autograd.gradgradcheck(f, (x, v)))


def assignment_invalidates_what_was_saved(torch, show):
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    z = y * y
    y[0] = 5
    show.error(lambda: z.sum().backward())
    w = x.exp()
    s = w.sum()
    w[[0]] = 0
    show.error(lambda: s.backward())
    a = x + 1
    b = a.sum()
    a[0] = 7
    b.backward()
    show(x.grad)
    p = x * 3
    q = p[0] * p[1]
    p[2] = 0
    show.error(lambda: q.backward())


def tensors_into_constants(torch, show):
    w = torch.tensor([2.0, 3.0], requires_grad=True)
    table = torch.zeros(2, 2)
    table[0, 0] = w[0]
    table[0, 1] = w[0] * w[1]
    table[1] = w
    show(table)
    table.det().backward()
    show(w.grad, table.requires_grad)
    out = torch.empty(3)
    for k in range(3):
        out[k] = (w**k).sum()
    out.prod().backward()
    show(out, w.grad)
    whole = torch.zeros(2, dtype=torch.int64)
    show.error(lambda: whole.__setitem__(0, w[0]))
    show(whole)
    double = torch.zeros(2, dtype=torch.float64)
    double[0] = w[1]
    (double * 3).sum().backward()
    show(double, w.grad)


def assignment_without_a_graph(torch, show):
    x = torch.zeros(3)
    v = torch.tensor(2.0, requires_grad=True)
    with torch.no_grad():
        x[0] = v
    show(x, x.requires_grad)
    x[1] = v.detach()
    show(x.requires_grad)
    with torch.inference_mode():
        i = torch.zeros(2)
        i[0] = 1
    show(i)
    show.error(lambda: i.__setitem__(1, 2))
    show.error(lambda: i.__setitem__(0, v))


def index_put(torch, show):
    x = torch.zeros(2, 3)
    i, j = torch.tensor([0, 1, 0]), torch.tensor([2, 2, 2])
    show.each(
        """
        x.index_put((i, j), torch.tensor([1., 2., 3.]), accumulate=True)
        x.index_put((i,), torch.ones(3), accumulate=True)
        x.index_put([i, j], torch.tensor(5.), accumulate=True)
        x.index_put((x == 0,), torch.tensor(4.))
        x.index_put((x[:, 0] == 0,), torch.tensor([1., 2., 3.]))
        x.index_put((i, j), torch.tensor([1., 2.]))
        x.index_put((i, j, i), torch.tensor(1.))
        x.index_put((i,), torch.tensor(1))
        x.index_put((i,), 1.0)
        x.index_put((i.float(),), torch.tensor(1.))
        torch.index_put(x, (i, j), torch.tensor(2.))
        torch.index_put_(x.clone(), (i, j), torch.tensor(2.))
        x.index_put((i, j), values=torch.tensor(2.), accumulate=True).sum()
        """,
        x=x,
        i=i,
        j=j,
        torch=torch,
    )
    x = torch.ones(2, 3, requires_grad=True)
    v = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x.index_put((i, j), v, accumulate=True)
    (y**2).sum().backward()
    show(y, x.grad, v.grad)
    z = x.clone().index_put_((i, j), v)
    show(z)
    z.sum().backward()
    show(x.grad, v.grad)


def many_at_one_place(torch, show):
    x = torch.zeros(4, dtype=torch.float64)
    i = torch.arange(100_000) % 4
    x.index_put_((i,), torch.ones(100_000, dtype=torch.float64), accumulate=True)
    show(x)
    x[i] = torch.arange(100_000, dtype=torch.float64)
    show(x)
    x[i] += 1
    show(x)


def large_assignments(torch, show):
    x = torch.zeros(300, 400)
    x[::2] = 1
    x[:, ::3] += torch.arange(300.0)[:, None]
    x[x > 290] = -1
    x[torch.arange(0, 300, 7)] = torch.arange(400.0)
    show(x.sum().item(), x[7, :5], x[299, :4], (x == -1).sum().item())


def bytes_as_masks(torch, show):
    x = torch.arange(3)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        x[torch.tensor([1, 0, 1], dtype=torch.uint8)] = torch.tensor([7, 8])
    show(x, [str(w.message).split(".")[0] for w in seen])
    m = torch.tensor([1, 0, 1], dtype=torch.uint8)
    show.error(lambda: x.__setitem__(m, 5))
    show.error(lambda: x.__setitem__(m, torch.tensor(5)))
    show.error(lambda: x.view(1, 3).__setitem__((slice(None), m), torch.tensor([5])))
    show(x)


def methods_and_operator_functions(torch, show):
    show.after(
        """
        operator.setitem(x, 0, 9)
        operator.delitem(x, 0)
        x.__setitem__((0, 1), 9)
        y = x.__setitem__(0, 9); x[1, 1] = y is None
        torch.Tensor.__setitem__(x, slice(0, 1), 9)
        x[0], x[1, 0] = 5, 6
        x[0][1] = 9
        x[[0]][0] = 9
        x[0].fill_(3)
        x[1].copy_(x[0])
        x[0, 0] = x[0, 1] = 8
        for x[0, 0] in range(3): pass
        y = copy.copy(x); y[0] = 9
        y = copy.deepcopy(x); y[0] = 9
        x.swap = 1
        x[0].zero_(); x[1][x[1] > 3].zero_()
        """,
        lambda: {"x": torch.arange(6).view(2, 3), "torch": torch, "operator": operator, "copy": copy},
        "x",
    )


def classes_of_errors(torch, show):
    x = torch.arange(6).view(2, 3)
    for f in (
        lambda: x[5],
        lambda: x["a"],
        lambda: x[1.0],
        lambda: x[[5]],
        lambda: x[::-1],
        lambda: x.__setitem__(0, "a"),
        lambda: x.__setitem__(0, torch.ones(7)),
        lambda: x.__setitem__([0], torch.ones(7)),
        lambda: x.__setitem__(9, 1),
        lambda: x.__delitem__(0),
    ):
        show.error(f, text=False)
    show(x)
