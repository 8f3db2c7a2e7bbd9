"""Calls whose arguments do not fit: the class of the exception and its whole text."""

import operator

from ._common import tensors as _tensors


def too_few_arguments(torch, show):
    lines = """
        torch.exp()
        torch.matmul(x)
        torch.cat()
        torch.stack()
        torch.where()
        torch.gather(x)
        torch.gather(x, 0)
        x.view()
        x.reshape()
        x.mm()
        x.gather(0)
        x.index_select(0)
        x.masked_fill(b)
        torch.full((2,))
        torch.arange()
        torch.eye()
        torch.linspace(0, 1)
        torch.clamp()
        torch.softmax(x)
        x.softmax()
        torch.dot(v)
        torch.outer(v)
        torch.norm()
        torch.topk(x)
        torch.unsqueeze(x)
        torch.transpose(x, 0)
        torch.einsum()
        torch.split(x)
        torch.chunk(x)
        torch.lerp(x, x)
        """
    show.errors(lines, _tensors(torch))


def too_many_arguments(torch, show):
    lines = """
        torch.exp(x, x)
        torch.exp(x, x, x)
        x.exp(1)
        x.mm(x, x)
        x.t(1)
        x.numel(1)
        x.dim(1)
        x.clone(1)
        x.contiguous(1, 2)
        torch.relu(x, 1)
        torch.eye(1, 2, 3)
        x.add(1, 2, 3)
        torch.transpose(x, 0, 1, 2)
        torch.dot(v, v, v, v)
        x.unsqueeze(0, 1)
        x.detach(1)
        torch.is_tensor(x, 1)
        torch.numel(x, 1)
        """
    show.errors(lines, _tensors(torch))


def unknown_keywords(torch, show):
    lines = """
        torch.exp(x, foo=1)
        torch.sum(x, axes=1)
        torch.sum(x, dim=0, keep=True)
        torch.add(x, 1, beta=2)
        torch.add(x, 1, alpha=2, beta=3)
        x.mm(mat=x)
        x.sum(foo=1)
        x.mean(foo=1)
        x.view(foo=1)
        torch.zeros(2, foo=1)
        torch.zeros(foo=1)
        torch.tensor([1], foo=1)
        torch.ones(2, type=torch.int)
        torch.cat([x], foo=0)
        torch.stack([x], axes=0)
        torch.softmax(x, dim=0, foo=1)
        x.backward(foo=1)
        torch.manual_seed(foo=1)
        torch.arange(3, foo=1)
        torch.linspace(0, 1, 3, foo=1)
        torch.full((2,), 1, foo=1)
        x.clone(foo=1)
        x.permute(foo=(0, 1))
        """
    show.errors(lines, _tensors(torch))


def values_given_twice(torch, show):
    lines = """
        torch.exp(x, input=x)
        torch.sum(x, input=x)
        torch.softmax(x, 0, dim=0)
        x.softmax(0, dim=1)
        torch.cat([x], 0, dim=0)
        x.gather(0, i, index=i)
        """
    show.errors(lines, _tensors(torch))


def a_tensor_is_expected(torch, show):
    lines = """
        torch.exp(1)
        torch.exp([1.0])
        torch.exp("a")
        torch.exp(None)
        torch.mm(x, 1)
        torch.mm(1, x)
        torch.mm(x, [[1.0]])
        torch.matmul(x, None)
        x.mm(2)
        x.matmul("a")
        torch.dot(v, 1)
        x.gather(0, [0])
        torch.gather(x, 0, 1)
        torch.index_select(x, 0, 1)
        torch.masked_select(x, True)
        torch.where([True], 1, 2)
        torch.relu(1.0)
        torch.sigmoid([1])
        torch.tanh({})
        torch.linalg.inv(1)
        torch.abs(object())
        torch.sqrt(2)
        torch.log(2.0)
        """
    show.errors(lines, _tensors(torch))


def an_integer_is_expected(torch, show):
    lines = """
        torch.softmax(x, "a")
        torch.softmax(x, 1.0)
        torch.unsqueeze(x, 1.5)
        torch.unsqueeze(x, None)
        torch.cumsum(x, dim="a")
        torch.cumsum(x, dim=1.5)
        torch.select(x, 0, 1.5)
        torch.gather(x, "0", i)
        x.squeeze("a")
        x.unsqueeze([0])
        torch.eye(2.0)
        torch.randperm(2.5)
        torch.topk(x, 1.5)
        torch.stack([x, x], dim=1.0)
        torch.cat([x, x], dim=None)
        torch.cat([x, x], 1.5)
        torch.transpose(x, 0, 1.0)
        torch.narrow(x, 0, 0, 1.5)
        torch.chunk(x, 1.5)
        torch.chunk(x, True)
        torch.tril(x, 0.5)
        """
    show.errors(lines, _tensors(torch))


def integers_are_expected(torch, show):
    lines = """
        torch.zeros("a")
        torch.zeros(2, "a")
        torch.zeros(2.5)
        torch.zeros((2, 1.5))
        torch.zeros(None)
        torch.zeros([2, None])
        torch.zeros(x)
        torch.ones([[2]])
        torch.rand("ab")
        torch.randn(1.0)
        torch.empty({})
        x.view("a")
        x.view(1.5)
        x.view(6.0, 1)
        x.view([6, "a"])
        x.reshape("a")
        x.reshape(1, 1.5)
        torch.reshape(x, 6)
        torch.reshape(x, "a")
        x.permute("a", 0)
        x.permute(0.5, 1)
        x.expand("a")
        x.expand(2, 3.0)
        x.repeat("a")
        x.repeat(2.0)
        x.sum("a")
        x.sum(1.5)
        x.mean([0, "a"])
        x.flip("a")
        x.tile("a")
        torch.full(2.5, 1)
        x.new_zeros("a")
        """
    show.errors(lines, _tensors(torch))


def numbers_are_expected(torch, show):
    lines = """
        torch.clamp(x, "a")
        torch.full((2,), "a")
        torch.full((2,), None)
        torch.full((2,), [1])
        torch.pow(x, "a")
        torch.pow("a", x)
        torch.add(x, "a")
        torch.add("a", x)
        torch.mul(x, None)
        torch.sub(x, [1])
        torch.div(x, "a")
        x.add("a")
        x.add_("a")
        x.fill_("a")
        x.mul_(None)
        torch.arange("a")
        torch.linspace("a", 1, 2)
        x.clamp(min="a")
        x.masked_fill(x > 1, "a")
        torch.threshold(x, "a", 0)
        F.leaky_relu(x, "a")
        F.elu(x, "a")
        x.uniform_("a")
        x.normal_("a")
        x.fmod("a")
        x.remainder("a")
        """
    show.errors(lines, _tensors(torch))


def booleans_are_expected(torch, show):
    lines = """
        torch.sum(x, 0, "a")
        torch.sum(x, 0, keepdim=1)
        torch.sum(x, 0, keepdim=None)
        torch.mean(x, 0, keepdim="a")
        torch.max(x, 0, keepdim="a")
        torch.std(x, unbiased="a")
        torch.sort(x, descending="a")
        torch.sort(x, 0, 1)
        torch.zeros(2, requires_grad="a")
        torch.zeros(2, requires_grad=1)
        torch.tensor([1.0], requires_grad="a")
        x.requires_grad_("a")
        torch.topk(x, 1, largest="a")
        torch.triu_indices(2, 2, dtype=1)
        torch.all(x, 0, keepdim=2)
        """
    show.errors(lines, _tensors(torch))


def a_dtype_is_expected(torch, show):
    lines = """
        torch.zeros(2, dtype="float32")
        torch.zeros(2, dtype=1)
        torch.tensor([1], dtype="a")
        torch.tensor([1], dtype=str)
        torch.ones_like(x, dtype="a")
        torch.sum(x, dtype="a")
        x.to("float32")
        x.to("abc")
        x.to(None, None, None, None, None)
        x.softmax(0, dtype="a")
        torch.arange(3, dtype="a")
        torch.finfo(torch.int32)
        torch.iinfo(torch.float32)
        torch.finfo("a")
        torch.finfo(1)
        torch.set_default_dtype("a")
        torch.set_default_dtype(torch.int32)
        x.type("a")
        x.type("torch.FooTensor")
        torch.promote_types(1, torch.int)
        torch.can_cast(1, 2)
        """
    show.errors(lines, _tensors(torch))


def a_device_is_expected(torch, show):
    lines = """
        torch.device("foo")
        torch.device("cpu:a")
        torch.device("cuda:-1")
        torch.device("cpu:0:1")
        torch.device("")
        torch.device(1.5)
        torch.device()
        torch.device("cpu", "a")
        torch.device("cuda:0", 1)
        torch.zeros(2, device="foo")
        torch.zeros(2, device=1.5)
        """
    show.errors(lines, _tensors(torch))


def lists_of_tensors_are_expected(torch, show):
    lines = """
        torch.cat(x)
        torch.cat(1)
        torch.cat([1, 2])
        torch.cat([x, 1])
        torch.cat([x, None])
        torch.cat([])
        torch.cat(None)
        torch.cat(x, x)
        torch.stack(x)
        torch.stack([])
        torch.stack([x, 1])
        torch.stack("a")
        torch.stack(x, x)
        torch.hstack([])
        torch.vstack(1)
        torch.cat(({}, x))
        torch.block_diag(1)
        torch.meshgrid(1)
        torch.broadcast_tensors(x, 1)
        torch.einsum("ij->i", 1)
        torch.atleast_1d(1)
        """
    show.errors(lines, _tensors(torch))


def overloads_are_listed(torch, show):
    lines = """
        torch.max(x, "a")
        torch.max(x, x, x)
        torch.max(1)
        torch.min(x, 0, 1, 2)
        torch.sum()
        torch.sum(1)
        x.sum(0, 1, 2)
        x.max("a")
        x.min(x, x)
        torch.where(x > 0)
        torch.where(x > 0, 1)
        torch.where(1, 2, 3)
        torch.clamp(x, x, 1)
        torch.std(x, "a")
        torch.var(x, foo=1)
        torch.any(x, "a")
        torch.pow(1)
        torch.pow(x)
        torch.arange(1, 2, 3, 4)
        torch.arange(None)
        torch.normal("a")
        torch.normal(1.0)
        torch.randint("a", (2,))
        """
    show.errors(lines, _tensors(torch))


def overloads_of_methods(torch, show):
    lines = """
        x.pow()
        x.transpose(0)
        x.flatten("a")
        x.squeeze(1.5)
        x.index_fill(0, i, "a")
        x.scatter(0, i, "a")
        torch.sort(x, "a")
        torch.argmax(x, "a")
        torch.prod(x, "a")
        torch.quantile(x, "a")
        torch.tensor_split(x, "a")
        torch.eq(x, "a")
        torch.gt(x, None)
        torch.logical_and(x, 1)
        torch.bitwise_and(x, "a")
        torch.mean(x, "a")
        torch.median(x, "a")
        torch.full((2,), torch.ones(3))
        """
    show.errors(lines, _tensors(torch))


def operators(torch, show):
    lines = """
        x + "a"
        "a" + x
        x + None
        None + x
        x - "a"
        "a" - x
        x * "a"
        x * None
        x / "a"
        None / x
        x // "a"
        x % "a"
        x ** "a"
        None ** x
        x @ 1
        x @ "a"
        1 @ x
        x < "a"
        x >= None
        x == "a"
        x != None
        x + [1, 2, 3]
        [1] - x
        """
    show.errors(lines, _tensors(torch))


def operators_of_bits_and_others(torch, show):
    lines = """
        x & 1
        x | "a"
        x ^ x
        ~x
        x << 1.5
        x >> "a"
        -b
        b - b
        1 - b
        abs("a" * x)
        divmod(x, x)
        x + {}
        x + object
        x @ v @ v @ v
        round(x, "a")
        """
    show.errors(lines, _tensors(torch))


def names_in_namespaces(torch, show):
    lines = """
        torch.linalg.inv()
        torch.linalg.inv(x, x)
        torch.linalg.inv(1)
        torch.linalg.inv(x, foo=1)
        torch.linalg.det("a")
        torch.linalg.norm()
        torch.linalg.norm(1)
        torch.linalg.solve(x)
        torch.linalg.cholesky(x, upper="a")
        torch.linalg.vector_norm(x, dim="a")
        torch.linalg.svd(x, full_matrices="a")
        torch.linalg.matrix_power(x, 1.5)
        torch.linalg.multi_dot(1)
        torch.special.expit(1)
        torch.special.expit()
        torch.special.gammaln("a")
        torch.special.xlogy(1, 2)
        torch.special.logsumexp(x)
        torch.special.erf(x, x)
        """
    show.errors(lines, _tensors(torch))


def out_arguments(torch, show):
    lines = """
        torch.exp(x, out=1)
        torch.exp(x, out="a")
        torch.exp(x, out=[x])
        torch.max(x, 0, out=(x,))
        torch.add(x, x, out=i)
        torch.mean(x, 0, out=i)
        torch.zeros(2, out=1)
        torch.cat([x, x], out=1)
        """
    show.errors(lines, _tensors(torch))


def lists_in_place_of_tensors(torch, show):
    lines = """
        torch.add([1], [2])
        torch.sum([1, 2])
        torch.mean([1.0])
        torch.max([1, 2])
        torch.matmul([1], [2])
        torch.relu([1])
        F.relu([1])
        F.softmax([1.0], 0)
        F.mse_loss([1.0], [2.0])
        F.cross_entropy([1.0], [0])
        torch.sqrt([4.0])
        torch.mean((1, 2))
        torch.unsqueeze([1], 0)
        torch.flatten([1])
        torch.equal([1], [1])
        torch.allclose([1.0], [1.0])
        torch.numel([1])
        torch.isnan([1.0])
        """
    show.errors(lines, _tensors(torch))


def numpy_in_place_of_tensors(torch, show):
    import numpy as np

    names = {**_tensors(torch), "np": np, "a": np.ones(3, dtype=np.float32)}
    lines = """
        torch.exp(a)
        torch.mm(x, a)
        torch.from_numpy(np.ones(2, dtype=np.complex64)[::-1])
        torch.from_numpy(np.ones(3)[::-1])
        torch.zeros(np.float32(2))
        np.array(g)
        np.asarray(g.sum())
        x.view(np.int64(4))
        x[np.int64(5)]
        F.relu(a)
        nn.Linear(3, 2)(a)
        torch.ones(2, dtype=torch.bfloat16).numpy()
        torch.stack([a, a])
        torch.cat([x, a])
        """
    show.errors(lines, names)


def methods_of_classes(torch, show):
    lines = """
        torch.Tensor.add(1, x)
        torch.Tensor.add()
        torch.Tensor.exp(1)
        torch.Tensor.view(1, 2)
        torch.Tensor.sum("a")
        torch.Tensor.__add__(1, x)
        torch.Tensor.shape.__get__(1)
        nn.Module.forward(1)
        nn.Linear.forward(x)
        """
    for line in filter(None, map(str.strip, lines.splitlines())):
        show.error(lambda line=line: eval(line, _tensors(torch)), text=False)


def generators(torch, show):
    g = torch.Generator()
    show.raised(lambda: torch.Generator("foo"))
    show.raised(lambda: torch.Generator(1.5))
    show.raised(lambda: g.manual_seed("a"))
    show.raised(lambda: g.manual_seed(2**65))
    show.raised(lambda: g.set_state(1))
    show.raised(lambda: g.set_state(torch.ones(3)))
    show.raised(lambda: g.set_state(torch.zeros(3, dtype=torch.uint8)))
    show.raised(lambda: torch.manual_seed("a"))
    show.raised(lambda: torch.manual_seed())
    show.raised(lambda: torch.set_rng_state(1))
    show.raised(lambda: torch.ones(2).normal_(generator=1))


def sizes(torch, show):
    show.raised(lambda: torch.Size("a"))
    show.raised(lambda: torch.Size([1.5]))
    show.raised(lambda: torch.Size(1))
    show.raised(lambda: operator.add(torch.Size([1]), [2]))
    show.raised(lambda: torch.ones(2).shape[3])
    show.raised(lambda: torch.ones(2).size(1.5))
    show.raised(lambda: torch.ones(2).size("a"))
    show.raised(lambda: torch.Size([None]))


def settings(torch, show):
    show.error(lambda: torch.set_num_threads("a"))
    show.error(lambda: torch.set_num_threads(0))
    show.error(lambda: torch.set_printoptions(profile="a"), text=False)
    show.error(lambda: torch.set_printoptions(foo=1))
    show.error(lambda: torch.set_default_device("foo"))
    show.error(lambda: torch.set_float32_matmul_precision(1), text=False)
    show.error(lambda: torch.is_tensor())
    show.error(lambda: torch.set_default_dtype())
