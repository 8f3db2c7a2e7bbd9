"""The order of dimensions in memory that copies and new tensors have."""


def _inputs(torch):
    """Tensors that are dense in another order, or not dense at all."""
    return {
        "rows": torch.arange(6.0).reshape(2, 3),
        "transposed": torch.arange(6.0).reshape(2, 3).t(),
        "permuted": torch.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1),
        "sliced": torch.arange(24.0).reshape(4, 6)[:, ::2],
        "sliced and transposed": torch.arange(24.0).reshape(4, 6)[:, ::2].t(),
        "expanded": torch.ones(3, 1).expand(3, 2),
        "expanded and permuted": torch.zeros(2, 3, 1, 4).expand(2, 3, 5, 4).permute(3, 2, 0, 1),
        "one row": torch.zeros(1, 3).t(),
        "a size of one between": torch.zeros(2, 1, 3).permute(2, 1, 0),
        "sliced with a size of one": torch.zeros(2, 1, 3)[:, :, ::2].permute(2, 1, 0),
        "empty": torch.zeros(0, 3).t(),
        "offset": torch.arange(12.0).reshape(4, 3)[1:].t(),
        "scalar": torch.tensor(1.0),
    }


def clones_keep_the_order(torch, show):
    for name, x in _inputs(torch).items():
        y = x.clone()
        show(name, y.stride(), y.is_contiguous(), y.storage_offset(), torch.equal(x, y))
        show(x.clone(memory_format=torch.contiguous_format).stride(), x.clone(memory_format=None).stride())
        show(torch.clone(x, memory_format=torch.preserve_format).stride(), x.contiguous().stride())


def new_tensors_like_others(torch, show):
    for name, x in _inputs(torch).items():
        show(name, torch.empty_like(x).stride(), torch.zeros_like(x).stride(), torch.ones_like(x).stride())
        show(
            torch.full_like(x, 2).stride(), torch.full_like(x, 2).sum(), torch.zeros_like(x, dtype=torch.int8).stride()
        )
        show(torch.rand_like(x).stride(), torch.randn_like(x).stride(), torch.randint_like(x, 5).stride())
        show(torch.zeros_like(x, memory_format=torch.contiguous_format).stride(), x.new_zeros(x.shape).stride())


def casts_keep_the_order(torch, show):
    for name, x in _inputs(torch).items():
        y = x.double()
        show(name, y.stride(), torch.equal(x, y.float()), x.to(torch.float32) is x)
        show(x.to(torch.float32, copy=True).stride(), x.long().stride(), x.bool().stride(), x.half().stride())
        show(x.type(torch.float64).stride(), x.type_as(y).stride(), x.to(y).stride())
        show(x.to(torch.float64, memory_format=torch.contiguous_format).stride())


def copies_of_other_kinds(torch, show):
    import copy

    x = torch.arange(6.0).reshape(2, 3).t()
    show(copy.deepcopy(x).stride(), copy.copy(x).stride(), torch.as_tensor(x, dtype=torch.float64).stride())
    show(x.detach().clone().stride(), x.reshape(-1), x.flatten(), x.clone().reshape(2, 3), x.clone().numpy().strides)
    show(torch.nn.Parameter(x.clone()).stride(), x.clone().t().is_contiguous())
    show.error(lambda: x.clone().view(-1))
    y = x.clone()
    y[0, 1] = 100
    show(y, x[0, 1], y.t().contiguous().data_ptr() == y.data_ptr(), y.untyped_storage().nbytes())


def large_copies(torch, show):
    x = torch.arange(120000.0).reshape(300, 400)
    y = x.t().clone()
    show(y.stride(), torch.equal(y, x.t()), y.sum(), (y * 2 + 1)[399, 299], (x * 2).t().clone()[1, 2])
    z = (x + 1).t().double()
    show(z.stride(), z[3, 4], torch.equal(z, (x + 1).double().t()), z.exp().shape)


def gradients_through_copies(torch, show):
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    y = x.t().clone()
    show(y.grad_fn.name(), y.stride())
    (y * torch.arange(6.0).reshape(3, 2)).sum().backward()
    show(x.grad)
    z = x.t().double()
    show(z.grad_fn.name(), z.stride())
    show(torch.autograd.grad((z * z).sum(), x)[0])
    w = torch.nn.Parameter(torch.arange(6.0).reshape(2, 3).t().clone())
    opt = torch.optim.SGD([w], lr=0.5, momentum=0.9)
    for _ in range(2):
        opt.zero_grad()
        (w * w).sum().backward()
        opt.step()
    show(w, w.stride(), w.grad)


def updates_in_place(torch, show):
    x = torch.arange(6.0).reshape(2, 3).t().clone()
    x += 1
    x.mul_(2)
    x[1:].zero_()
    show(x, x.stride())
    x.copy_(torch.arange(6.0).reshape(3, 2))
    show(x, x.t(), torch.zeros_like(x).add_(x))
    torch.nn.init.eye_(x)
    show(x)


def random_numbers_come_in_the_order_of_memory(torch, show):
    for shape in ((2, 3), (5, 8)):
        x = torch.zeros(shape).t()
        for draw in ("rand_like", "randn_like"):
            torch.manual_seed(0)
            show(getattr(torch, draw)(x)[:2, :2])
        torch.manual_seed(0)
        show(torch.randint_like(x, 100)[:2, :2], torch.rand_like(x, memory_format=torch.contiguous_format)[:2, :2])
        for fill in ("uniform_", "normal_", "exponential_", "bernoulli_", "random_"):
            torch.manual_seed(0)
            show(fill, getattr(torch.zeros(shape).t(), fill)()[:2, :2])
        torch.manual_seed(0)
        show(torch.zeros(6, 16)[::2, ::2].t().normal_()[:2])
        torch.manual_seed(0)
        show(torch.nn.functional.dropout(torch.ones(shape).t()))
        torch.manual_seed(0)
        show(torch.nn.init.xavier_uniform_(torch.zeros(shape).t())[:2])
