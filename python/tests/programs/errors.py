"""What is said of mistakes with tensors, the class of the exception and its whole text: shapes, dimensions, indices."""

from ._common import tensors as _tensors


def shapes_that_do_not_broadcast(torch, show):
    lines = """
        x + torch.ones(2)
        x * torch.ones(4, 3)
        torch.add(x, torch.ones(2, 2))
        torch.ones(2, 1, 4) - torch.ones(3, 3)
        x.add_(torch.ones(2, 2, 3))
        x.mul_(torch.ones(4, 1, 1))
        v.add_(x)
        torch.where(x > 0, x, torch.ones(4))
        torch.maximum(x, torch.ones(2))
        x == torch.ones(4)
        x.expand(2)
        x.expand(4, 3)
        x.expand(-1, -1, 3)
        x.expand(-1, 2, 3)
        x.expand(2, -2)
        torch.broadcast_to(x, (3,))
        torch.broadcast_tensors(x, torch.ones(2))
        torch.broadcast_shapes((2,), (3,))
        x.copy_(torch.ones(4))
        x.lerp(torch.ones(2), 0.5)
        torch.addcmul(x, torch.ones(2), x)
        x.expand_as(v)
        """
    show.errors(lines, _tensors(torch))


def products(torch, show):
    lines = """
        torch.mm(x, x)
        torch.mm(x, v)
        torch.mm(v, x)
        x @ x
        x @ torch.ones(2)
        torch.ones(2) @ torch.ones(3)
        s @ s
        s @ x
        x @ s
        torch.matmul(torch.ones(2, 2, 3), torch.ones(2, 2, 3))
        torch.matmul(torch.ones(2, 2, 3), torch.ones(3, 3, 4))
        torch.matmul(v, torch.ones(2, 2))
        torch.bmm(x, x)
        torch.bmm(torch.ones(2, 2, 3), torch.ones(2, 2, 3))
        torch.bmm(torch.ones(2, 2, 3), torch.ones(3, 3, 3))
        torch.mv(x, torch.ones(2))
        torch.mv(v, v)
        torch.dot(v, torch.ones(2))
        torch.dot(x, x)
        torch.dot(v, v.double())
        torch.mm(x, d.t())
        torch.outer(x, v)
        """
    show.errors(lines, _tensors(torch))


def products_with_summands(torch, show):
    lines = """
        torch.addmm(x, x, x)
        torch.addmm(x, x, torch.ones(3, 4))
        torch.addmv(v, x, v)
        torch.einsum("ij,jk->ik", x, x)
        torch.einsum("ij", v)
        torch.einsum("i->j", v)
        torch.einsum("ij,jk", x)
        torch.einsum("i1", x)
        torch.cross(torch.ones(2), torch.ones(2), dim=0)
        torch.kron(1, x)
        torch.linalg.multi_dot([x])
        torch.chain_matmul()
        torch.inner(x, torch.ones(2))
        torch.vdot(x, x)
        """
    show.errors(lines, _tensors(torch))


def putting_together(torch, show):
    lines = """
        torch.cat([x, v])
        torch.cat([x, torch.ones(2, 2)])
        torch.cat([x, torch.ones(3, 3)], dim=1)
        torch.cat([x, x], dim=2)
        torch.cat([x, x], dim=-3)
        torch.cat([s, s])
        torch.cat([x, s])
        torch.stack([x, v])
        torch.stack([x, x], dim=4)
        torch.stack([x, torch.ones(2, 2)])
        torch.hstack([x, v])
        torch.vstack([x, torch.ones(2)])
        torch.dstack([x, v])
        torch.column_stack([x, v])
        torch.cat([x, torch.ones(1, 2, 3)])
        torch.block_diag(torch.ones(1, 1, 1))
        torch.cartesian_prod(x)
        """
    show.errors(lines, _tensors(torch))


def views_and_reshapes(torch, show):
    lines = """
        x.view(4)
        x.view(-1, 4)
        x.view(-1, -1)
        x.view(0, -1)
        x.view(-2, 3)
        x.t().view(6)
        x.reshape(4)
        x.reshape(-1, 4)
        x.reshape(-1, -1)
        x.reshape(-2)
        torch.ones(0).reshape(-1, 0)
        x.view(torch.float64)
        x.view_as(v)
        x.flatten(1, 0)
        x.unflatten(1, (2, 2))
        x.unflatten(1, ())
        """
    show.errors(lines, _tensors(torch))


def permutations(torch, show):
    lines = """
        x.permute(0)
        x.permute(0, 0)
        x.permute(0, 2)
        x.permute(0, 1, 2)
        x.as_strided((3, 3), (3, 1))
        x.as_strided((2,), (1, 1))
        x.as_strided((2,), (-1,))
        x.unfold(0, 3, 1)
        x.unfold(0, 1, 0)
        x.unfold(2, 1, 1)
        torch.ones(2, 2, 2).t()
        torch.ones(1, 2, 3).mT.mT.H
        torch.ones(3).mT
        x.movedim((0, 1), 0)
        x.movedim((0, 0), (0, 1))
        x.swapaxes(0, 3)
        x.diagonal(0, 0, 0)
        v.diagonal()
        torch.diag(torch.ones(1, 1, 1))
        torch.squeeze(x, (0, 0))
        x.repeat(2)
        x.repeat(-1, 1)
        """
    show.errors(lines, _tensors(torch))


def dimensions_of_reductions(torch, show):
    lines = """
        x.sum(2)
        x.sum(-3)
        x.sum((0, 0))
        x.sum((0, 3))
        x.mean(5)
        x.max(2)
        x.softmax(2)
        x.cumsum(-3)
        x.sort(2)
        """
    show.errors(lines, _tensors(torch))


def dimensions_of_views(torch, show):
    lines = """
        x.unsqueeze(4)
        x.unsqueeze(-4)
        x.squeeze(2)
        x.transpose(0, 2)
        x.select(2, 0)
        x.select(0, 2)
        x.narrow(0, 1, 2)
        x.narrow(0, -3, 1)
        x.narrow(0, 0, -1)
        x.narrow(2, 0, 1)
        x.index_select(2, i)
        x.gather(2, i[None])
        x.flip(2)
        x.flip((0, 0))
        x.roll(1, 2)
        x.roll((1, 2), 0)
        x.unbind(2)
        x.split(1, 2)
        x.chunk(2, 2)
        x.size(2)
        x.stride(2)
        """
    show.errors(lines, _tensors(torch))


def dimensions_of_no_dimension(torch, show):
    lines = """
        s.sum(1)
        s.size(0)
        s.transpose(0, 1)
        s.unbind()
        s.split(1)
        """
    show.errors(lines, _tensors(torch))


def dimensions_of_the_rest(torch, show):
    lines = """
        x.argmax(2)
        x.std(2)
        x.logsumexp(2)
        x.norm(dim=2)
        x.prod(2)
        x.topk(1, 2)
        x.kthvalue(1, 2)
        x.cumprod(2)
        x.any(2)
        x.renorm(2, 5, 1)
        torch.diff(x, dim=2)
        torch.cross(x, x, dim=2)
        x.movedim(0, 2)
        x.flatten(0, 2)
        x.log_softmax(3)
        """
    show.errors(lines, _tensors(torch))


def sizes_that_are_wrong(torch, show):
    lines = """
        torch.zeros(-1)
        torch.zeros(2, -1)
        torch.arange(0, 5, 0)
        torch.arange(5, 0)
        torch.linspace(0, 1, -1)
        torch.eye(-1)
        torch.randperm(-1)
        torch.randint(5, 5, (2,))
        torch.randint(0, (2,))
        x.split(0)
        x.split(-1)
        x.split([1, 2])
        x.split([1, -1, 2])
        x.chunk(0)
        x.topk(5)
        x.topk(-1)
        x.kthvalue(5)
        x.kthvalue(0)
        torch.tensor_split(x, 0)
        torch.tril_indices(-1, 2)
        torch.hann_window(-1)
        x.new_zeros(-2)
        """
    show.errors(lines, _tensors(torch))


def random_numbers(torch, show):
    lines = """
        torch.multinomial(torch.ones(3), 5)
        torch.multinomial(torch.tensor([-1.0, 2.0]), 1)
        torch.multinomial(torch.zeros(3), 1)
        torch.multinomial(torch.ones(3), 0)
        torch.normal(0.0, -1.0, (2,))
        x.uniform_(1, 0)
        x.normal_(0, -1)
        x.exponential_(-1)
        x.random_(5, 5)
        x.geometric_(2)
        torch.empty(2).bernoulli_(2.0)
        torch.zeros(2**62, 2**62)
        torch.full((-1,), 0)
        torch.vander(x)
        torch.logspace(0, 1, -2)
        """
    show.errors(lines, _tensors(torch))


def indices_read(torch, show):
    lines = """
        x[2]
        x[-3]
        x[0, 3]
        x[0, 0, 0]
        x[..., ...]
        x["a"]
        x[1.5]
        x[None, 0, 5]
        x[i, i, i]
        x[torch.tensor([5])]
        x[torch.tensor([-3])]
        x[[0, 5]]
        x[torch.tensor([0.5])]
        x[b]
        x[torch.ones(2, 2) > 0]
        x[::-1]
        x[::0]
        x["a":]
        x[1.5:2]
        s[0]
        s[:]
        x[torch.tensor([0, 1, 0]), torch.tensor([0, 1])]
        x[object()]
        x[{}]
        x[(0, "a")]
        """
    show.errors(lines, _tensors(torch))


def indices_written(torch, show):
    lines = """
        x.__setitem__(0, torch.ones(4))
        x.__setitem__(5, 1)
        x.__setitem__(0, "a")
        x.__setitem__((0, 0), torch.ones(2))
        x.__setitem__(i, torch.ones(3, 3))
        x.__delitem__(0)
        """
    show.errors(lines, _tensors(torch))


def gathering(torch, show):
    lines = """
        torch.index_select(x, 0, torch.tensor([2]))
        torch.index_select(x, 0, torch.tensor([[0]]))
        torch.index_select(x, 0, torch.tensor([0.0]))
        torch.gather(x, 0, torch.tensor([[5]]))
        torch.gather(x, 0, torch.tensor([0]))
        torch.gather(x, 1, torch.zeros(3, 3, dtype=torch.int64))
        torch.gather(x, 0, torch.tensor([[0.0]]))
        torch.take(x, torch.tensor([6]))
        torch.take(x, torch.tensor([0.0]))
        """
    show.errors(lines, _tensors(torch))


def scattering(torch, show):
    lines = """
        x.scatter(0, torch.tensor([[5]]), 1.0)
        x.scatter(0, torch.tensor([[0.0]]), 1.0)
        x.scatter(0, torch.tensor([0]), 1.0)
        x.scatter(0, torch.zeros(3, 3, dtype=torch.int64), x)
        x.scatter(0, torch.tensor([[0]]), d)
        x.scatter_add(0, torch.tensor([[0]]), d)
        x.scatter_reduce(0, torch.tensor([[0]]), x, reduce="foo")
        x.index_add(0, i, torch.ones(3, 3))
        x.index_add(0, torch.tensor([5, 0]), x)
        x.index_copy(0, torch.tensor([5, 0]), x)
        x.index_fill(0, torch.tensor([5]), 1.0)
        x.masked_select(torch.ones(2, 3))
        x.masked_fill(torch.ones(2, 3), 1.0)
        x.masked_fill(x > 0, torch.ones(2))
        x.masked_scatter(x > 0, torch.ones(2))
        x.index_put((i,), torch.ones(4))
        x.put_(torch.tensor([9]), torch.ones(1))
        torch.take_along_dim(x, torch.tensor([[0.0]]), 0)
        """
    show.errors(lines, _tensors(torch))


def numbers_of_tensors(torch, show):
    lines = """
        x.item()
        torch.ones(0).item()
        float(x)
        int(x)
        bool(x)
        bool(torch.ones(0))
        complex(x)
        if_x if (if_x := x) else 0
        range(s)
        [1, 2][s]
        [1, 2][x]
        len(s)
        iter(s)
        list(s)
        "a" * s
        g.numpy()
        g.sum().numpy()
        torch.tensor(1.5).__index__()
        x.__index__()
        """
    show.errors(lines, _tensors(torch))


def tensors_of_data(torch, show):
    lines = """
        torch.tensor("a")
        torch.tensor(["a"])
        torch.tensor([1, "a"])
        torch.tensor([[1], [1, 2]])
        torch.tensor([[1, 2], 3])
        torch.tensor([1, [2]])
        torch.tensor(None)
        torch.tensor([None])
        torch.tensor({})
        torch.tensor({1: 2})
        torch.tensor(object())
        torch.tensor([300], dtype=torch.uint8)
        torch.tensor(2**64)
        torch.tensor([2**63])
        torch.tensor([1.5], dtype=torch.int32) * "a"
        """
    show.errors(lines, _tensors(torch))


def tensors_of_other_things(torch, show):
    lines = """
        torch.from_numpy([1])
        torch.from_numpy(x)
        torch.FloatTensor("a")
        torch.Tensor("a")
        torch.Tensor([1, "a"])
        torch.LongTensor(1.5)
        torch.as_tensor("a")
        torch.asarray("a")
        torch.frombuffer(b"abc", dtype=torch.float32)
        hash(x) == hash(x) and hash([x])
        x.tolist() + x
        x.type(1)
        x.__contains__("a")
        "a" in x
        float(g.new_empty(0))
        """
    show.errors(lines, _tensors(torch))


def dtypes_of_reductions(torch, show):
    lines = """
        torch.ones(2, dtype=torch.int64).mean()
        i.mean()
        b.mean()
        i.std()
        i.var(0)
        i.softmax(0)
        i.log_softmax(0)
        b.softmax(0)
        torch.sigmoid(i).dtype
        i.norm()
        b.norm()
        torch.linalg.norm(i)
        torch.linalg.inv(torch.ones(2, 2, dtype=torch.int64))
        torch.linalg.det(torch.ones(2, 2, dtype=torch.int64))
        """
    show.errors(lines, _tensors(torch))


def dtypes_of_operations(torch, show):
    lines = """
        i.exp_()
        i.div_(2)
        i.add_(1.5)
        i.mul_(s)
        i.sqrt_()
        i / 2 @ i
        i @ torch.ones(2)
        b @ b
        ~x
        x & x
        x | 1
        i << 1.5
        i.lerp(i, 1)
        b + b - b
        -b
        b.neg()
        torch.fmod(b, b)
        b.sign().dtype
        b.cumsum(0).dtype
        i.dropout(0.5)
        """
    show.errors(lines, _tensors(torch))


def dtypes_of_functional(torch, show):
    lines = """
        F.linear(i, i)
        F.relu(b)
        F.gelu(i)
        F.elu(i)
        F.softplus(i)
        F.leaky_relu(i)
        F.silu(i)
        F.mse_loss(i, i)
        F.layer_norm(i, (2,))
        """
    show.errors(lines, _tensors(torch))


def dtypes_of_random_numbers(torch, show):
    lines = """
        torch.bernoulli(i)
        torch.multinomial(i, 1)
        torch.normal(i, 1.0)
        i.uniform_()
        i.normal_()
        b.normal_()
        torch.randn(2, dtype=torch.int64)
        torch.rand(2, dtype=torch.int64)
        torch.randn_like(i)
        torch.randint(0, 2, (2,), dtype=torch.bool).dtype
        torch.linspace(0, 1, 3, dtype=torch.bool)
        """
    show.errors(lines, _tensors(torch))


def dtypes_of_the_rest(torch, show):
    lines = """
        torch.bincount(x)
        torch.bincount(v)
        torch.bincount(torch.tensor([-1]))
        torch.add(x, x, out=i)
        torch.add(x, x, out=torch.ones(2, 3, dtype=torch.int64))
        torch.gcd(x, x)
        torch.bitwise_not(x)
        torch.tril(b[None]).dtype
        torch.median(b)
        torch.max(torch.ones(0))
        torch.argmax(torch.ones(0))
        torch.ones(0, 3).max(0)
        torch.ones(0).median().isnan()
        torch.logit(i).dtype
        torch.erfinv(b).dtype
        i.to(torch.float32).requires_grad_().int().requires_grad_()
        """
    show.errors(lines, _tensors(torch))


def decompositions(torch, show):
    lines = """
        torch.linalg.inv(torch.zeros(2, 2))
        torch.linalg.inv(torch.ones(2, 2, 2) * torch.tensor([[1.0, 2.0], [2.0, 4.0]]))
        torch.linalg.inv(x)
        torch.linalg.inv(v)
        torch.inverse(torch.zeros(2, 2))
        torch.zeros(2, 2).inverse()
        torch.linalg.cholesky(-torch.eye(2))
        torch.linalg.cholesky(torch.stack([torch.eye(2), -torch.eye(2)]))
        torch.linalg.cholesky(x)
        torch.linalg.solve(torch.zeros(2, 2), torch.ones(2))
        torch.linalg.solve(x, v)
        torch.linalg.solve(torch.eye(2), v)
        torch.linalg.det(x)
        torch.linalg.det(v)
        torch.det(x)
        torch.linalg.slogdet(x)
        torch.slogdet(v)
        torch.logdet(x)
        torch.linalg.eigh(x)
        torch.linalg.eigvalsh(v)
        torch.linalg.svd(v)
        torch.linalg.qr(v)
        torch.linalg.qr(x, mode="a")
        torch.linalg.matrix_power(x, 2)
        torch.linalg.matrix_power(torch.zeros(2, 2), -1)
        """
    names = _tensors(torch)
    for line in filter(None, map(str.strip, lines.splitlines())):
        show(line)
        show.error(lambda line=line: eval(line, names))


def norms_and_others(torch, show):
    lines = """
        torch.linalg.matrix_norm(v)
        torch.linalg.vector_norm(x, "a")
        torch.linalg.norm(x, "a")
        torch.linalg.norm(torch.ones(2, 2, 2), 2)
        torch.linalg.norm(x, "nuc", dim=0)
        torch.linalg.matrix_norm(x, "a")
        torch.linalg.matrix_norm(x, 3)
        torch.linalg.cond(v)
        torch.linalg.pinv(v)
        torch.linalg.matrix_rank(v)
        torch.linalg.solve_triangular(x, x, upper=True)
        torch.linalg.eigh(torch.eye(2), UPLO="a")
        torch.trace(v)
        torch.linalg.cross(x, x.t())
        """
    names = _tensors(torch)
    for line in filter(None, map(str.strip, lines.splitlines())):
        show(line)
        show.error(lambda line=line: eval(line, names))


def what_linalg_raises_is_a_class(torch, show):
    error = torch.linalg.LinAlgError
    show(error.__name__, issubclass(error, RuntimeError), error is torch._C._LinAlgError)
    for f, a in ((torch.linalg.inv, torch.zeros(2, 2)), (torch.linalg.cholesky, -torch.eye(3))):
        try:
            f(a)
        except torch.linalg.LinAlgError as e:
            show("caught", e)
    try:
        torch.linalg.inv(torch.ones(2, 3))
    except RuntimeError as e:
        show(type(e).__name__)
    show.raised(lambda: (_ for _ in ()).throw(error("mine")))
