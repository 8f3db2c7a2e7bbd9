"""Functions that read and write at indices; searching, sorting, unique."""


def gather_and_scatter(torch, show):
    x = torch.arange(6.0).view(2, 3)
    i = torch.tensor([[0, 2], [1, 0]])
    show(
        x.gather(1, i),
        torch.gather(x, 0, torch.tensor([[1, 0, 1]])),
        torch.take_along_dim(x, i, 1),
        torch.take_along_dim(x, torch.tensor([5, 0])),
    )
    z = torch.zeros(2, 3)
    show(z.scatter(1, i, x), z.scatter(1, i, 5.0), z.scatter(1, i, x, reduce="add"), z.scatter_add(1, i, x))
    show(
        (z + 2).scatter(1, i, 3.0, reduce="multiply"),
        z.scatter_reduce(1, i, x, "amax"),
        z.scatter_reduce(1, i, x, reduce="mean", include_self=False),
    )
    show(z.scatter_(0, torch.tensor([[0, 1, 1]]), x), z.scatter_add_(1, i, x))
    show.error(lambda: x.gather(1, torch.tensor([[3]])))
    show.error(lambda: x.gather(1, torch.tensor([[0.0]])))
    show.error(lambda: x.gather(2, i))
    show.error(lambda: z.scatter(1, i, x, reduce="x"))
    show.error(lambda: z.scatter(1, torch.tensor([[7]]), x))


def slices_by_index(torch, show):
    x = torch.arange(6.0).view(3, 2)
    i = torch.tensor([2, 0])
    show(
        x.index_select(0, i), torch.index_select(x, 1, torch.tensor([1])), x.index_add(0, i, torch.ones(2, 2), alpha=10)
    )
    show(
        x.index_copy(0, i, -torch.ones(2, 2)),
        x.index_fill(0, i, 9),
        x.index_fill(1, torch.tensor([0]), torch.tensor(8.0)),
    )
    show(
        x.index_reduce(0, torch.tensor([0, 0, 2]), x, "prod"),
        x.index_reduce(0, i, torch.ones(2, 2), "mean", include_self=False),
    )
    show(
        x.clone().index_add_(0, i, torch.ones(2, 2)), x.clone().index_fill_(0, i, 0), x.clone().index_copy_(0, i, x[:2])
    )
    show.error(lambda: x.index_select(0, torch.tensor([3])))
    show.error(lambda: x.index_select(0, torch.tensor([[1]])))
    show.error(lambda: x.index_add(0, i, torch.ones(3, 2)))
    show.error(lambda: x.index_reduce(0, i, torch.ones(2, 2), "sum"))


def elements_by_number(torch, show):
    x = torch.arange(6.0).view(2, 3)
    show(
        x.take(torch.tensor([0, 5, -1])),
        torch.take(x, torch.tensor([[1]])),
        x.put(torch.tensor([0, -1]), torch.tensor([9.0, 8.0])),
    )
    y = x.t().contiguous().t()
    show(y.put_(torch.tensor([1, 1]), torch.tensor([1.0, 1.0]), accumulate=True))
    show(
        x.index_put((torch.tensor([0, 1]), torch.tensor([2, 0])), torch.tensor(7.0)),
        torch.unravel_index(torch.tensor([5, 3]), (2, 3)),
    )
    show(x.clone().index_put_((torch.tensor([0]),), torch.ones(3), accumulate=True))
    show.error(lambda: x.take(torch.tensor([6])))
    show.error(lambda: x.put(torch.tensor([0, 1]), torch.tensor([1.0])))
    show.error(lambda: x.put(torch.tensor([0.0]), torch.tensor([1.0])))


def masks(torch, show):
    x = torch.arange(6.0).view(2, 3)
    m = x > 2
    show(
        x.masked_select(m),
        torch.masked_select(x, x[0] > 0),
        x.masked_fill(m, -1),
        x.masked_scatter(m, torch.tensor([7.0, 8.0, 9.0])),
    )
    show(x.nonzero(), torch.nonzero(x > 3, as_tuple=True), torch.argwhere(m), x.nonzero(as_tuple=False).shape)
    show(x.clone().masked_fill_(m, 0.5), x.clone().masked_scatter_(m, torch.ones(3)), torch.nonzero(torch.tensor(0)))
    show.error(lambda: x.masked_select(x))
    show.error(lambda: x.masked_fill(m, torch.ones(2)))
    show.error(lambda: x.masked_scatter(m, torch.ones(1)))


def sorting(torch, show):
    x = torch.tensor([[3.0, 1.0, 2.0], [0.0, 5.0, 4.0]])
    show(
        x.sort(),
        x.sort(0),
        x.sort(descending=True).values,
        torch.sort(x, dim=1, stable=True).indices,
        x.argsort(),
        torch.msort(x),
    )
    show(
        x.topk(2),
        x.topk(1, largest=False).values,
        torch.topk(x, 1, dim=0).indices,
        x.kthvalue(2),
        x.kthvalue(1, 0, True).values.shape,
    )
    values, indices = torch.sort(torch.tensor([2, 1, 3]), descending=True)
    show(values, indices, x.argsort(dim=0, descending=True), x.argsort(stable=True, dim=1))
    show.error(lambda: x.topk(4))
    show.error(lambda: x.kthvalue(0))
    show.error(lambda: x.sort(2))


def searching(torch, show):
    s = torch.tensor([1.0, 3.0, 5.0, 7.0])
    v = torch.tensor([0.0, 3.0, 6.0, 9.0])
    show(
        torch.searchsorted(s, v),
        torch.searchsorted(s, v, right=True),
        torch.searchsorted(s, v, side="right"),
        torch.searchsorted(s, 4.0),
    )
    show(torch.bucketize(v, s), torch.bucketize(v, s, right=True, out_int32=True), torch.bucketize(4, s))
    show(torch.searchsorted(s.flip(0), v, sorter=torch.tensor([3, 2, 1, 0])))
    show.error(lambda: torch.searchsorted(s, v, side="x"))
    show.error(lambda: torch.searchsorted(s, v, side="left", right=True))


def unique(torch, show):
    x = torch.tensor([3, 1, 3, 2, 2])
    show(torch.unique(x), x.unique(return_counts=True), torch.unique(x, return_inverse=True, return_counts=True))
    show(
        torch.unique_consecutive(x),
        x.unique_consecutive(return_inverse=True),
        torch.unique(torch.tensor([[1, 2], [1, 2], [0, 5]]), dim=0),
    )
    show(
        torch.unique(torch.tensor([[1, 1], [2, 2]]), dim=1, return_inverse=True),
        torch.unique(torch.tensor([2.0, float("nan"), 1.0, float("nan")])),
    )
    show(
        torch.isin(x, torch.tensor([1, 2])),
        torch.isin(x, 3, invert=True),
        torch.isin(torch.tensor(2.0), torch.tensor([2])),
    )


def tables(torch, show):
    F = torch.nn.functional
    w = torch.arange(6.0).view(3, 2)
    show(
        F.embedding(torch.tensor([[0, 2], [1, 1]]), w),
        torch.embedding(w, torch.tensor([2])),
        F.one_hot(torch.tensor([0, 2])),
        F.one_hot(torch.tensor([1]), 4),
    )
    show(
        F.embedding_bag(torch.tensor([0, 1, 2, 1]), w, torch.tensor([0, 2])),
        F.embedding_bag(torch.tensor([[0, 1], [2, 1]]), w, mode="sum"),
    )
    show(
        F.embedding_bag(torch.tensor([[0, 1], [2, 1]]), w, mode="max"),
        F.embedding_bag(torch.tensor([[0, 1]]), w, mode="sum", per_sample_weights=torch.tensor([[2.0, 3.0]])),
    )
    show(
        F.embedding_bag(torch.tensor([0, 1, 2]), w, torch.tensor([0, 1, 1, 3]), include_last_offset=True, padding_idx=2)
    )
    show.error(lambda: F.embedding(torch.tensor([3]), w))
    show.error(lambda: F.one_hot(torch.tensor([-1])))
    show.error(lambda: F.embedding_bag(torch.tensor([0]), w))


def distances(torch, show):
    F = torch.nn.functional
    x, y = torch.tensor([[0.0, 0.0], [3.0, 4.0]]), torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 4.0]])
    show(
        torch.cdist(x, y), torch.cdist(x, y, p=1.0), torch.cdist(x, y, p=float("inf")), torch.pdist(y), F.pdist(y, 1.0)
    )
    show(
        F.cosine_similarity(x, y[:2]),
        torch.cosine_similarity(x[None], y[:, None], dim=-1).shape,
        F.pairwise_distance(x, y[:2]),
    )
    show(F.pairwise_distance(x, y[:2], p=1, keepdim=True), torch.renorm(y, 2, 0, 1.5))
    a = x.clone().requires_grad_()
    torch.cdist(a, x).sum().backward()
    show(a.grad)
    show.error(lambda: torch.cdist(x, y[:, :1]))
    show.error(lambda: torch.cdist(x[0], y))
    show.error(lambda: torch.cdist(x, y, p=-1))


def pads(torch, show):
    F = torch.nn.functional
    x = torch.arange(6.0).view(1, 2, 3)
    show(
        F.pad(x, (1, 2)),
        F.pad(x, (1, 0, 0, 1), value=9.0),
        F.pad(x, (2, 1), mode="reflect"),
        F.pad(x, (1, 2), "replicate"),
        F.pad(x, (2, 1), mode="circular"),
    )
    show(F.pad(x, (-1, 1)), F.pad(x, (-1, 2), mode="circular"), F.pad(x[None], (1, 1, 1, 1), mode="reflect").shape)
    show.error(lambda: F.pad(x, (3, 0), mode="reflect"))
    show.error(lambda: F.pad(x, (4, 0), mode="circular"))
    show.error(lambda: F.pad(x, (1, 1), mode="x"))
    show.error(lambda: F.pad(x[0, 0], (1, 1), mode="reflect"))
    show.error(lambda: F.pad(x, (1,)))


def norms(torch, show):
    F = torch.nn.functional
    x = torch.arange(12.0).view(2, 3, 2) / 7
    mean, var = torch.zeros(3), torch.ones(3)
    show(F.batch_norm(x, mean, var, training=True, momentum=0.5), mean, var, F.batch_norm(x, mean, var))
    show(
        F.group_norm(x, 3),
        F.group_norm(x, 1, torch.full((3,), 2.0), torch.ones(3)),
        F.instance_norm(x),
        F.rms_norm(x, (2,)),
    )
    show(F.rms_norm(x, [3, 2], torch.full((3, 2), 2.0), eps=0.1), torch.group_norm(x, 3).shape)
    show.error(lambda: F.batch_norm(x, None, None))
    show.error(lambda: F.batch_norm(x[:1, :, :1], None, None, training=True))
    show.error(lambda: F.group_norm(x, 2))
    show.error(lambda: F.rms_norm(x, (3,)))
