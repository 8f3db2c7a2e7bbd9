"""`x[...]` with masks, lists, arrays and index tensors: values, shapes, errors, gradients."""

import warnings

import numpy as np


def _warned(show, f):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        show(f())
    show([(w.category.__name__, str(w.message).split(".")[0]) for w in seen])


def dtypes_of_indices(torch, show):
    x = torch.arange(5) * 10
    for name in ["int64", "int32", "int16", "int8", "float32", "float64", "float16", "bfloat16"]:
        show(name)
        show.each("x[torch.tensor([1, 0, 3]).to(dtype)]", x=x, torch=torch, dtype=getattr(torch, name))


def masks(torch, show):
    x = torch.arange(6).view(2, 3)
    show.each(
        """
        x[x > 2]
        x[x > 9]
        x[x > -1]
        x[x % 2 == 0]
        x[x[:, 0] > 0]
        x[torch.tensor([False, False])].shape
        x[:, x[0] > 0]
        x[..., x[0] > 0]
        x[1, x[0] > 0]
        x[x[:, 0] > 0, 1]
        x[x[:, 0] >= 0, 1:]
        x[x[:, 0] > 0, None].shape
        x[None, x > 2]
        x[x > 2, None]
        x[x > 2, ...]
        x[x[:, 0] >= 0, torch.tensor([2, 1])]
        x[x[:, 0] >= 0, x[0] > 0]
        x[x[:, 0] > 0, x[0] > 0]
        x[x[:, 0] > 0, x[0] > 9]
        x[torch.ones(2, 3, dtype=torch.bool)]
        x[torch.zeros(2, 3, dtype=torch.bool)].shape
        """,
        x=x,
        torch=torch,
    )


def masks_of_wrong_shape(torch, show):
    def mask(*shape):
        return torch.ones(shape, dtype=torch.bool)

    show.each(
        """
        x[mask(3)]
        x[mask(1)]
        x[mask(0)]
        x[mask(2, 2)]
        x[mask(1, 3)]
        x[mask(2, 1)]
        x[:, mask(2)]
        x[0, mask(2)]
        x[mask(2, 3, 1)]
        x[0, mask(2, 3)]
        x[mask(2, 3), 0]
        x[mask(2), mask(2)]
        x[mask(2), mask(3)]
        x[None, mask(2)].shape
        x[None, mask(1)].shape
        """,
        x=torch.arange(6).view(2, 3),
        mask=mask,
    )


def masks_of_bytes_warn(torch, show):
    x = torch.arange(6).view(2, 3)
    _warned(show, lambda: x[torch.tensor([0, 1], dtype=torch.uint8)])
    _warned(show, lambda: x[:, torch.tensor([1, 0, 1], dtype=torch.uint8)])
    _warned(show, lambda: x[(x > 2).byte()])
    _warned(show, lambda: x[torch.tensor([0, 2], dtype=torch.uint8)])

    def assign():
        y = x.clone()
        y[(y > 2).byte()] = -1
        return y

    show.error(assign)
    show.error(lambda: x[torch.tensor([1, 1, 1], dtype=torch.uint8)])


def lists(torch, show):
    show.each(
        """
        x[[0, 2]]
        x[[2, -1, 0, 0]]
        x[[1]]
        x[[]].shape
        x[:, []].shape
        x[[], []].shape
        x[[], 0].shape
        x[[0, 1], [1, 0]]
        x[[0, 1], 1]
        x[1, [1, 0]]
        x[:, [1, 0]]
        x[[[0, 1], [2, 0]]].shape
        x[[[0, 1], [2, 0]]]
        x[[0, 1], :]
        x[[0, 1], ...]
        x[..., [0]]
        x[[[0]], [[1]]]
        x[((0, 1),)]
        x[(0, 1), (1, 0)]
        x[[0, 1], (1, 1)]
        x[range(2)]
        x[range(2), range(2)]
        x[[range(2), range(1, 3)]]
        x[[torch.tensor(0), torch.tensor(1)]]
        x[[torch.tensor([0, 1]), torch.tensor([1, 0])]]
        x[[slice(0, 1)]]
        x[[0, slice(0, 1)]]
        x[[None, 0]]
        x[[Ellipsis, 0]]
        x[[3]]
        x[[-4]]
        x[:, [2]]
        x[[0, 1], [0, 1, 1]]
        x[[0, 1], [0, 1], [0, 1]]
        """,
        x=torch.arange(6).view(3, 2),
        torch=torch,
    )


def tensors_as_indices(torch, show):
    i = torch.tensor
    show.each(
        """
        x[i([0, 2])]
        x[i([[0, 2], [1, 1]])].shape
        x[i([[0, 2], [1, 1]])]
        x[i([0, 2]), i([1, 0])]
        x[i([[0], [2]]), i([1, 0])]
        x[i([[0], [2]]), i([[1, 0]])]
        x[i([0]), i([1, 0])]
        x[i([0, 1, 2]), i([1, 0])]
        x[i([[0, 1]]), i([[1], [0], [1]])].shape
        x[i([-1, -3])]
        x[i([], dtype=torch.int64)].shape
        x[i([], dtype=torch.int64), i([1])].shape
        x[i([]).long(), 1].shape
        x[i([])]
        x[i([3])]
        x[i([-4])]
        x[:, i([0, 5])]
        x[i([0, 1]), i([0, 2])]
        x[i([0]), i([0]), i([0])]
        x[i([0, 1]), None].shape
        x[None, i([0, 1])].shape
        """,
        x=torch.arange(6).view(3, 2),
        torch=torch,
        i=i,
    )


def arrays_and_nested_lists(torch, show):
    show.each(
        """
        x[np.array([0, 2])]
        x[np.array([[0, 2]])].shape
        x[np.array([0, 2]), np.array([1, 0])]
        x[np.array([True, False, True])]
        x[x.numpy() > 2]
        x[np.arange(3) > 0, 1]
        x[np.array([0, 1], dtype=np.int32)]
        x[np.array([0, 1], dtype=np.int16)]
        x[np.array([], dtype=np.int64)].shape
        x[np.array([5])]
        x[[np.array([0, 1]), np.array([1, 0])]]
        x[[np.array(0), 1]]
        x[:, np.array([1])]
        x[np.nonzero(x.numpy() > 2)]
        """,
        x=torch.arange(6).view(3, 2),
        np=np,
    )
    # An unsigned byte is a mask for PyTorch and an index for numpy.
    _warned(show, lambda: torch.arange(3)[np.array([1, 0, 1], dtype=np.uint8)])


def place_of_the_common_dimensions(torch, show):
    i = torch.tensor
    show.each(
        """
        x[i([0, 1])].shape
        x[:, i([0, 1])].shape
        x[:, :, i([0, 1])].shape
        x[i([0, 1]), :, i([0, 1])].shape
        x[:, i([0, 1]), i([0, 1])].shape
        x[:, i([0, 1]), :, i([0, 1])].shape
        x[i([0, 1]), ..., i([0, 1])].shape
        x[0, :, i([0, 1])].shape
        x[:, 0, i([0, 1])].shape
        x[0, i([0, 1])].shape
        x[i([0, 1]), 0].shape
        x[i([0, 1]), None, i([0, 1])].shape
        x[None, i([0, 1]), i([0, 1])].shape
        x[i([0, 1]), None].shape
        x[:, None, i([0, 1])].shape
        x[i([[0, 1, 1]]), i([[0], [1]])].shape
        x[:, i([[0, 1, 1]]), i([[0], [1]])].shape
        x[i([[0, 1, 1]]), :, i([[0], [1]])].shape
        x[1:, i([0, 1]), ::2].shape
        x[i([0, 1]), 1:, i([0, 1]), ::2].shape
        x[..., i([0, 1]), i([0, 1])].shape
        x[i([0]), i([0]), i([0]), i([0])].shape
        x[i([0]), True].shape
        x[i([0]), :, True].shape
        """,
        x=torch.arange(120).view(2, 3, 4, 5),
        i=i,
    )
    y = torch.arange(24).view(2, 3, 4)
    show(y[i([0, 1]), :, i([0, 3])], y[0, :, i([0, 3])], y[:, 1, i([0, 3])], y[i([1, 0]), 1:, 2])


def masks_among_others(torch, show):
    x = torch.arange(24).view(2, 3, 4)
    show.each(
        """
        x[m]
        x[m].shape
        x[m, 0]
        x[m, 1:]
        x[m, i]
        x[0, x[0] > 5]
        x[:, n]
        x[:, n, 0]
        x[1, :, n[:, 0].new_ones(4)].shape
        x[torch.tensor([True, False]), :, torch.tensor([0, 2])]
        x[torch.tensor([True, True]), :, torch.tensor([0, 2])].shape
        x[torch.tensor([True, True]), 0, torch.tensor([True, False, True, False])]
        x[torch.tensor([True, True]), 0, torch.tensor([True, False, True, True])]
        x[x > 5, 0]
        x[..., torch.tensor([True, False, False, True])].shape
        x[m, m[0]]
        """,
        x=x,
        m=x[:, :, 0] > 3,
        n=x[0] > 8,
        i=torch.tensor([0, 1, 2, 3]),
        torch=torch,
    )


def empty_tensors(torch, show):
    show.each(
        """
        e[:].shape
        e[0]
        e[:, 0].shape
        e[:, 3]
        e[e > 0].shape
        e[[]].shape
        e[[0]]
        e[torch.tensor([], dtype=torch.int64)].shape
        e[:, torch.tensor([0, 2])].shape
        e[:, torch.tensor([5])].shape
        e[torch.tensor([], dtype=torch.bool)].shape
        torch.tensor([])[0]
        torch.tensor([])[-1]
        torch.tensor([])[...]
        torch.ones(2, 0)[1]
        torch.ones(2, 0)[torch.tensor([1, 1, 0])].shape
        torch.ones(2, 0)[:, [0]]
        """,
        e=torch.ones(0, 3),
        torch=torch,
    )


def gradients_of_copies(torch, show):
    x = torch.arange(6.0).view(2, 3).requires_grad_()
    for index in [
        "[0]",
        "[0, 0, 1]",
        "x > 2",
        "[0, 1], [2, 2]",
        ":, [1, 1]",
        "[[0, 1], [1, 1]]",
        "0, [1, 1]",
        "[], ",
        "x[:, 0] > 0, 1",
        "False",
        ":, x[0] > 0",
    ]:
        part = eval(f"x[{index}]", {"x": x, "torch": torch})
        (g,) = torch.autograd.grad((part**2).sum(), x)
        show(index, part.grad_fn.name(), g)


def second_derivatives(torch, show):
    x = torch.arange(1.0, 7.0).view(2, 3).requires_grad_()
    for index in ["0", ":, 1:", "[0, 0, 1]", "x > 2", "[0, 1], [2, 2]", ":, [1, 1]", "0, [1, 1]", "None, 1, ::2"]:
        part = eval(f"x[{index}]", {"x": x})
        (g,) = torch.autograd.grad((part**3).sum(), x, create_graph=True)
        (gg,) = torch.autograd.grad((g * torch.arange(6.0).view(2, 3)).sum(), x)
        show(index, g, g.grad_fn is not None, gg)


def gradcheck_of_indices(torch, show):
    x = torch.arange(1.0, 25.0, dtype=torch.float64).view(2, 3, 4).sin().requires_grad_()
    i, j = torch.tensor([[0, 1], [1, 1]]), torch.tensor([2, 0])
    for f in (
        lambda x: x[i],
        lambda x: x[i, j],
        lambda x: x[:, i],
        lambda x: x[i, :, j],
        lambda x: x[..., i[0], j],
        lambda x: x[x > 0],
        lambda x: x[1, :, [0, 0, 3]],
        lambda x: x[None, 1:, j, ::2],
    ):
        show(torch.autograd.gradcheck(f, x), torch.autograd.gradgradcheck(f, x))


def indices_that_require_grad_are_refused(torch, show):
    x = torch.arange(4.0)
    i = torch.tensor([1.0, 0.0], requires_grad=True)
    show.each(
        """
        x[i]
        x[i.long()]
        x[i[0]]
        x[i[0].long()]
        x[i > 0.5]
        x[i:]
        """,
        x=x,
        i=i,
    )


def results_of_functions_as_indices(torch, show):
    x = torch.tensor([[3.0, 1.0, 2.0], [0.0, 5.0, 4.0]])
    show.each(
        """
        x[torch.where(x > 1)]
        x[x.nonzero(as_tuple=True)]
        x[x.nonzero()].shape
        x[:, x[0].argsort()]
        x[x.argmax() // 3, x.argmax() % 3]
        x[torch.arange(2), x.argmax(1)]
        x[range(2), [0, 1]]
        x[torch.arange(2)[:, None], x.argsort(1)]
        x.flatten()[x.argmax()]
        x[torch.randperm(2)].sum()
        x[x.max(1).indices]
        x[torch.triu_indices(2, 3).unbind()]
        x[tuple(torch.tril_indices(2, 3))]
        x[torch.eye(2, 3).bool()]
        x[~(x > 2)]
        x[(x > 1) & (x < 4)]
        x[(x > 4) | (x == 0)]
        """,
        x=x,
        torch=torch,
    )


def parts_of_every_dtype(torch, show):
    for name in ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64"]:
        x = torch.tensor([0, 1, 2, 3]).to(getattr(torch, name))
        show(name, x[1], x[1:3], x[[3, 0]], x[x > 0], x[torch.tensor([[1], [0]])], x[None, ::2], x[-1].item())


def indices_of_strided_tensors(torch, show):
    x = torch.arange(24).view(4, 6)[::2, 1::2]
    i = torch.arange(4)[::2] // 2
    show.each(
        """
        x
        x.stride()
        x[1]
        x[:, 1]
        x[x > 8]
        x[i]
        x[:, i]
        x[i, i]
        x.t()[1]
        x.t()[[2, 0]]
        x.t()[x.t() > 8]
        x.expand(2, 2, 3)[1]
        x.expand(2, 2, 3)[[1, 0], 0]
        torch.tensor(5).expand(4)[[1, 2]]
        x[torch.tensor(1).expand(3)]
        x[torch.tensor([True]).expand(2)]
        x[i.flip(0), 1:]
        """,
        x=x,
        i=i,
        torch=torch,
    )


def large_selections(torch, show):
    x = torch.arange(100_000.0, requires_grad=True)
    i = torch.arange(0, 100_000, 7)
    m = x.detach() % 3 == 0
    show(x[i].sum().item(), x[m].sum().item(), x[i.flip(0)][0].item(), x[m].shape)
    (x[i].sum() + 2 * x[m].sum() + x[::2].sum()).backward()
    show(x.grad[:22], x.grad.sum().item())
