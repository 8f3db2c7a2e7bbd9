"""Views, joins and cuts: the same numbers in another shape."""


def _x(torch):
    return torch.arange(24.0).view(2, 3, 4)


def view_and_reshape(torch, show):
    x = _x(torch)
    show(x.view(6, -1).shape, x.view((4, 6)).shape, x.view(-1)[5], x.reshape(3, 8).shape, x.reshape([2, -1]).shape)
    show(torch.reshape(x, (-1, 2)).shape, x.view_as(x.reshape(6, 4)).shape, x.reshape_as(torch.zeros(8, 3)).shape)
    y = x.view(4, 6)
    y[0, 0] = 100
    show(x[0, 0, 0], y.data_ptr() == x.data_ptr(), x.transpose(0, 1).reshape(-1)[:4])
    show.error(lambda: x.transpose(0, 1).view(-1))
    show.error(lambda: x.view(5, 5))
    show.error(lambda: x.view(-1, -1))
    show.error(lambda: x.view(-1, 0))


def other_dtypes(torch, show):
    x = torch.tensor([[1.0, -2.0], [0.5, 3.0]])
    show(x.view(torch.int32), x.view(torch.uint8).shape, x.view(torch.int64).view(torch.float32))
    bits = x.view(torch.int32)
    bits[0, 0] = 0
    show(x, x.view(dtype=torch.int16).shape)
    show.error(lambda: x[:, :1].view(torch.float64))
    show.error(lambda: torch.tensor(1.0).view(torch.int16))
    show.error(lambda: x.t().view(torch.int16))


def order_of_dimensions(torch, show):
    x = _x(torch)
    show(x.permute(2, 0, 1).shape, x.permute((1, 0, 2)).stride(), torch.permute(x, (-1, 0, 1)).shape, x[0].t().shape)
    show(x.transpose(0, 2).shape, x.swapaxes(0, 1).shape, x.swapdims(-1, 0).shape, x.adjoint().shape, x.mT.shape)
    show(x.movedim(0, -1).shape, x.movedim((0, 1), (1, 2)).shape, torch.moveaxis(x, 2, 0).shape, x[0].T.shape)
    show.error(lambda: x.permute(0, 1))
    show.error(lambda: x.permute(0, 1, 1))
    show.error(lambda: x.transpose(0, 3))
    show.error(lambda: x.t())


def sizes_of_one(torch, show):
    x = torch.zeros(1, 3, 1)
    show(x.squeeze().shape, x.squeeze(0).shape, x.squeeze(1).shape, x.squeeze((0, 2)).shape, x.unsqueeze(0).shape)
    show(x.unsqueeze(-1).shape, torch.unsqueeze(x, 1).shape, torch.squeeze(x, dim=2).shape)
    show.error(lambda: x.squeeze(3))
    show.error(lambda: x.unsqueeze(5))


def broadcasting(torch, show):
    x = torch.tensor([[1.0], [2.0]])
    show(x.expand(2, 3), x.expand(-1, 2), x.expand(3, -1, 2).shape, x.expand_as(torch.zeros(2, 4)).stride())
    show(x.broadcast_to((2, 2)), torch.broadcast_to(x, (1, 2, 1)).shape)
    show(x.repeat(2, 2), x.repeat(3, 1, 1).shape, x.tile(2), torch.tile(x, (2, 1)).shape)
    show(x.repeat_interleave(2), x.repeat_interleave(2, 0), x.repeat_interleave(torch.tensor([1, 2]), dim=0))
    show(torch.repeat_interleave(torch.tensor([1, 0, 2])), torch.repeat_interleave(x, 3, dim=1))
    show.error(lambda: x.expand(3, 3))
    show.error(lambda: x.expand(-1, 2, 3))
    show.error(lambda: x.repeat(2))
    show.error(lambda: x.repeat(-1, 2))


def flattening(torch, show):
    x = _x(torch)
    show(
        x.flatten().shape,
        x.flatten(1).shape,
        torch.flatten(x, 0, 1).shape,
        x.ravel().shape,
        torch.tensor(1.0).flatten(),
    )
    show(x.unflatten(1, (3, 1)).shape, x.unflatten(-1, (2, -1)).shape, torch.unflatten(x, 0, (1, 2)).shape)
    show.error(lambda: x.flatten(2, 1))
    show.error(lambda: x.unflatten(0, (3, 1)))


def pieces(torch, show):
    x = _x(torch)
    show(
        [p.shape for p in x.split(2, 1)],
        [p.shape for p in x.split([1, 2], dim=1)],
        [p.shape for p in torch.split(x, 3, -1)],
    )
    show([p.shape for p in x.chunk(2, 2)], [p.shape for p in torch.chunk(x, 5, dim=1)], type(x.split(1)))
    show(
        [p.shape for p in x.unbind()],
        [p.shape for p in torch.unbind(x, 2)][:1],
        [p.shape for p in x.tensor_split(3, 2)],
    )
    show([p.shape for p in x.tensor_split((1, 3), dim=2)], [p.shape for p in x.tensor_split(torch.tensor([1, 2]), 1)])
    show([p.shape for p in x.hsplit(3)], [p.shape for p in x.vsplit([1])], [p.shape for p in torch.dsplit(x, 2)])
    show(
        x.select(1, 2),
        x.narrow(2, 1, 2).shape,
        torch.narrow(x, 0, torch.tensor(1), 1).shape,
        x.narrow_copy(1, 0, 1).shape,
    )
    show.error(lambda: x.split(-1))
    show.error(lambda: x.split([1, 1], 1))
    show.error(lambda: x.chunk(0))
    show.error(lambda: x.hsplit(2))
    show.error(lambda: x.narrow(0, 1, 2))
    show.error(lambda: x.narrow(0, 0, -1))
    show.error(lambda: x.select(0, 2))


def joins(torch, show):
    a, b = torch.tensor([[1, 2]]), torch.tensor([[3, 4]])
    show(
        torch.cat([a, b]),
        torch.cat((a, b), dim=1),
        torch.cat([a, b.float()], -1),
        torch.concat([a, b]),
        torch.cat([a], axis=1),
    )
    show(
        torch.stack([a, b]).shape,
        torch.stack((a, b), dim=-1),
        torch.hstack([a, b]),
        torch.vstack([a, b]),
        torch.dstack([a, b]).shape,
    )
    show(torch.column_stack([torch.tensor([1, 2]), torch.tensor([3, 4])]), torch.row_stack([a, b]))
    show(torch.cat([torch.tensor([]), a[0].float()]))
    show.error(lambda: torch.cat([a, torch.ones(2, 3)]))
    show.error(lambda: torch.cat([]))
    show.error(lambda: torch.stack([a, a[0]]))
    show.error(lambda: torch.cat(a))


def flips(torch, show):
    x = torch.arange(6).view(2, 3)
    show(x.flip(0), x.flip((0, 1)), torch.flip(x, [-1]), x.fliplr(), x.flipud(), x.roll(1), x.roll((1, 1), (0, 1)))
    show(torch.roll(x, shifts=-1, dims=1), x.rot90(), torch.rot90(x, 2, [0, 1]), torch.rot90(x, -1))
    show.error(lambda: x.flip(0, 0))
    show.error(lambda: torch.rot90(x, 1, [0, 0]))


def diagonals(torch, show):
    x = torch.arange(9.0).view(3, 3)
    show(
        x.diagonal(),
        x.diag(1),
        torch.diag(torch.tensor([1.0, 2.0])),
        x.diagonal(-1),
        torch.diag_embed(torch.ones(2, 2)).shape,
    )
    show(
        torch.diagflat(torch.tensor([[1, 2], [3, 4]])).shape,
        x.clone().fill_diagonal_(9),
        x.tril(),
        x.triu(1),
        torch.tril(x, -1),
    )
    x.diagonal().zero_()
    show(x, torch.zeros(5, 2).fill_diagonal_(1, wrap=True))
    show(
        x.diagonal_scatter(torch.ones(3)),
        x.select_scatter(torch.ones(3), 0, 1),
        x.slice_scatter(torch.ones(3, 1), 1, 2),
    )
    show.error(lambda: torch.diag(torch.ones(1, 1, 1)))
    show.error(lambda: torch.zeros(3).fill_diagonal_(1))


def windows_of_memory(torch, show):
    x = torch.arange(7.0)
    show(x.unfold(0, 3, 2), x.as_strided((2, 3), (1, 2)), torch.as_strided(x, (2,), (3,), 1))
    show.error(lambda: x.unfold(0, 9, 1))
    show.error(lambda: x.as_strided((2,), (1,), -1))
    show.error(lambda: x.as_strided((9,), (1,)))


def grids(torch, show):
    a, b = torch.tensor([1, 2]), torch.tensor([3, 4, 5])
    x, y = torch.meshgrid(a, b, indexing="ij")
    show(x, y, torch.meshgrid([a, b], indexing="xy")[0])
    show(
        torch.cartesian_prod(a, b),
        torch.combinations(b),
        torch.combinations(b, 3),
        torch.combinations(a, 2, with_replacement=True),
    )
    show.error(lambda: torch.combinations(torch.ones(2, 2)))


def conversions(torch, show):
    x = torch.tensor([1.7, -2.2, 0.0])
    show(x.int(), x.long(), x.bool(), x.double(), x.half(), x.bfloat16(), x.short(), x.char(), x.to(torch.uint8).dtype)
    show(
        x.to(torch.float64),
        x.to("cpu") is x,
        x.to(torch.float32) is x,
        x.to(x.double()).dtype,
        x.to(torch.float32, copy=True) is x,
    )
    show(
        x.to("cpu", torch.int64),
        x.to(device="cpu", dtype=torch.float64).dtype,
        x.type_as(torch.ones(1).double()).dtype,
        x.cpu() is x,
    )
    show(
        x.is_floating_point(),
        x.numel(),
        x.nelement(),
        x.dim(),
        x.ndimension(),
        x.is_same_size(x),
        x.is_signed(),
        x.is_complex(),
    )
    show(
        torch.result_type(x, 2), torch.result_type(torch.tensor([1]), 2.5), torch.promote_types(torch.uint8, torch.int8)
    )
    show(torch.can_cast(torch.float32, torch.int64), torch.is_nonzero(torch.tensor(2)), torch.numel(x))
    y = x.clone()
    y.copy_(torch.tensor([1, 2, 3]))
    show(y, x, torch.empty(2, 3).copy_(x), y.fill_(2), y.fill_(torch.tensor(3)), y.zero_(), x.contiguous() is x)
    show.error(lambda: torch.is_nonzero(x))
    show.error(lambda: y.fill_(x))
    show.error(lambda: y.copy_(torch.ones(2)))
