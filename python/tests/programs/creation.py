"""Tensors from nothing: filled ones, ranges, those like others, windows."""


def filled(torch, show):
    show(torch.zeros(2, 3), torch.zeros((2,)), torch.zeros([]), torch.ones(2, dtype=torch.int64))
    show(torch.full((2,), 3), torch.full((2,), 3.5), torch.full((2,), True), torch.full([], 7, dtype=torch.float64))
    show(torch.zeros(0, 3), torch.ones(size=(2,)), torch.scalar_tensor(3), torch.zeros(2, requires_grad=True))
    show(torch.empty(2, 3).shape, torch.empty((0,), dtype=torch.bool), torch.empty_strided((2, 3), (1, 2)).stride())
    show(torch.eye(2), torch.eye(2, 3, dtype=torch.int32), torch.eye(3, 2, dtype=torch.bool), torch.eye(0).shape)


def what_fills_must_fit(torch, show):
    show.error(lambda: torch.zeros(-1))
    show.error(lambda: torch.ones(2, -3))
    show.error(lambda: torch.full((2,), 300, dtype=torch.uint8))
    show.error(lambda: torch.zeros(2, dtype=torch.int64, requires_grad=True))
    show.error(lambda: torch.eye(-1))
    show.error(lambda: torch.eye(2, -1))
    show.error(lambda: torch.zeros("a"))
    show.error(lambda: torch.full((2,)))
    show.error(lambda: torch.empty_strided((2, 3), (1, -2)))


def out(torch, show):
    x = torch.empty(2)
    show(torch.zeros(2, out=x) is x, x, torch.ones(2, out=x) is x, x, torch.full((2,), 5.0, out=x), x)


def like(torch, show):
    x = torch.tensor([[1, 2], [3, 4]], dtype=torch.int32)
    show(torch.zeros_like(x), torch.ones_like(x, dtype=torch.float32), torch.full_like(x, 7), torch.empty_like(x).dtype)
    show(torch.ones_like(x, dtype=torch.float64, requires_grad=True).requires_grad)
    y = torch.ones(2, requires_grad=True)
    show(torch.zeros_like(y).requires_grad, torch.full_like(y, 2.5))
    show.error(lambda: torch.full_like(x, 2**40))


def new(torch, show):
    x = torch.tensor([1.5, 2], dtype=torch.float64)
    show(
        x.new_zeros(2, 2),
        x.new_zeros((1,)),
        x.new_ones([2], dtype=torch.int64),
        x.new_full((2,), 3),
        x.new_empty(3).dtype,
    )
    show(x.new_tensor([1, 2]), x.new_zeros(2, requires_grad=True).requires_grad, x.int().new_full((2,), 3.7))
    show(x.new_empty_strided((2, 2), (1, 2)).stride())
    show.error(lambda: x.new_zeros(-1))


def arange(torch, show):
    show(torch.arange(4), torch.arange(1, 4), torch.arange(1, 8, 3), torch.arange(5, 0, -2), torch.arange(0))
    show(torch.arange(0, 1, 0.25), torch.arange(2.5), torch.arange(1, 3, dtype=torch.float64), torch.arange(end=3))
    show(torch.arange(start=1, end=3), torch.arange(1, 2, step=0.5), torch.arange(0.0, 1.0, 0.1).shape)
    show(torch.arange(2**53, 2**53 + 3), torch.arange(3, requires_grad=True, dtype=torch.float32))
    show(torch.range(0, 2, 0.5), torch.range(1, 4))
    show.error(lambda: torch.arange(0, 5, 0))
    show.error(lambda: torch.arange(5, 0))
    show.error(lambda: torch.arange(float("nan")))
    show.error(lambda: torch.arange(0, 5, -1))


def linspace(torch, show):
    show(
        torch.linspace(0, 1, 5),
        torch.linspace(3, -7, 5, dtype=torch.int64),
        torch.linspace(2, 3, 1),
        torch.linspace(0, 1, 0),
    )
    show(torch.linspace(0, 1, steps=3, dtype=torch.float64), torch.linspace(start=-1, end=1, steps=2))
    show(torch.linspace(torch.tensor(1.0), 2, 3))
    show(torch.logspace(0, 2, 3), torch.logspace(-1, 2, 5, base=2), torch.logspace(0, 3, 4, dtype=torch.int64))
    show.error(lambda: torch.linspace(0, 1, -1))
    show.error(lambda: torch.linspace(0, 1))


def triangles(torch, show):
    show(torch.tril_indices(3, 3), torch.triu_indices(2, 3, 1), torch.tril_indices(2, 2, dtype=torch.int32).dtype)
    show.error(lambda: torch.tril_indices(-1, 2))


def windows(torch, show):
    show(torch.hann_window(5), torch.hann_window(5, False), torch.hann_window(1), torch.hann_window(0))
    show(torch.hamming_window(4), torch.hamming_window(4, periodic=False, alpha=0.5), torch.blackman_window(5))
    show(torch.bartlett_window(5), torch.bartlett_window(4, False), torch.hann_window(3, dtype=torch.float64))
    show.error(lambda: torch.hann_window(-1))


def vandermonde(torch, show):
    x = torch.tensor([1, 2, 3])
    show(torch.vander(x), torch.vander(x, N=2), torch.vander(x, increasing=True))
    show.error(lambda: torch.vander(torch.ones(2, 2)))
    show(torch.linalg.vander(x), torch.linalg.vander(x, N=2))
    show(torch.linalg.vander(torch.tensor([[1.0, 2.0], [3.0, 4.0]])))
    y = torch.tensor([1.0, 2.0, 0.0], requires_grad=True)
    show(torch.linalg.vander(y).detach(), torch.autograd.grad(torch.linalg.vander(y, N=4).sum(), y)[0])
    show.error(lambda: torch.linalg.vander(y, N=1))
    show.error(lambda: torch.linalg.vander(torch.tensor([True])))
    show.error(lambda: torch.vander(y, N=-1))
    show(hasattr(torch.Tensor, "vander"))


def default_dtype(torch, show):
    torch.set_default_dtype(torch.float64)
    try:
        show(torch.zeros(1).dtype, torch.arange(2).dtype, torch.arange(0, 1, 0.5).dtype, torch.full((1,), 1.0).dtype)
        show(torch.linspace(0, 1, 2).dtype, torch.eye(1).dtype, torch.rand(1).dtype, torch.hann_window(2).dtype)
    finally:
        torch.set_default_dtype(torch.float32)
