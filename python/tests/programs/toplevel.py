"""The top level of torch: torch.functional, types of old, settings, seeds, foreign modules' honest answers."""

from functools import partial


def _matrix(torch):
    return torch.arange(6.0).view(2, 3)


def atleast(torch, show):
    one, b = torch.tensor(1.0), torch.arange(3.0)
    show(torch.atleast_1d(one), torch.atleast_1d(one, b), torch.atleast_1d((one, b)))
    show(torch.atleast_2d([one, b]), torch.atleast_2d(b))
    show(torch.atleast_3d(), torch.atleast_3d(b).shape, torch.atleast_3d(_matrix(torch)).shape)


def broadcast_shapes(torch, show):
    show(torch.broadcast_shapes((2, 1), (3,)), torch.broadcast_shapes(), torch.broadcast_shapes(4, (2, 1), (1, 1)))
    show(torch.broadcast_shapes((1, 2), (3, 1), (3, 2)))
    show.error(lambda: torch.broadcast_shapes((2, 1), (3,), 4, 1))
    show.error(lambda: torch.broadcast_shapes((2,), (3,)))
    show.error(lambda: torch.broadcast_shapes((-1,), (3,)))


def broadcast_tensors(torch, show):
    a, b = _matrix(torch), torch.arange(3.0)
    x, y = torch.broadcast_tensors(a, b)
    show(x, y, type(torch.broadcast_tensors(a)))
    show(y.stride())
    show.error(lambda: torch.broadcast_tensors([a, b]))
    show.error(lambda: torch.broadcast_tensors(a[:, :2], b))


def cartesian_prod(torch, show):
    b = torch.arange(3.0, requires_grad=True)
    out = torch.cartesian_prod(b, b[:2].detach())
    show(out.detach())
    (out**2).sum().backward()
    show(b.grad, torch.cartesian_prod(b) is b)
    show.error(lambda: torch.cartesian_prod([b]))
    show.error(lambda: torch.cartesian_prod(_matrix(torch)))


def block_diag(torch, show):
    a, b = _matrix(torch).requires_grad_(), torch.tensor([7, 8])
    out = torch.block_diag(a, b, torch.tensor(9.0))
    show(out.detach(), torch.block_diag().shape, torch.block_diag(b))
    (out * out).sum().backward()
    show(a.grad)
    show.error(lambda: torch.block_diag([a, b]))
    show.error(lambda: torch.block_diag(a[None]))


def cdist(torch, show):
    a = _matrix(torch).requires_grad_()
    b = torch.tensor([[0.0, 1.0, 2.0], [1.0, -1.0, 0.5], [2.0, 2.0, 2.0]])
    for p in (0, 1, 2, 3.0, float("inf")):
        show(p, torch.cdist(a, b, p=p).detach())
    torch.cdist(a, b).sum().backward()
    show(a.grad)
    show(torch.cdist(torch.ones(2, 4, 3), torch.ones(2, 5, 3)).shape)
    show.error(lambda: torch.cdist(a, b, compute_mode="x"))
    show.error(lambda: torch.cdist(a, b, p=-1))
    show.error(lambda: torch.cdist(a, b[:, :2]))


def chain_matmul(torch, show):
    a = _matrix(torch)
    show(torch.chain_matmul(a, a.t(), a), torch.chain_matmul(a))


def einsum(torch, show):
    a, b = _matrix(torch).requires_grad_(), torch.arange(3.0)
    show(torch.einsum("ij,j->i", a, b), torch.einsum("ij,j->i", [a, b]), torch.einsum("i j, j -> i", a, b))
    show(torch.einsum(a, [0, 1], b, [1], [0]), torch.einsum(a, [0, 1], b, [1]), torch.einsum(a, [Ellipsis, 1], [1]))
    show(torch.einsum("...j,j", a, b), torch.einsum("ij->", a), torch.einsum("ij->ji", a).shape)
    torch.einsum("ij,ij,j->", a, a, b).backward()
    show(a.grad)
    show.error(lambda: torch.einsum("ij"))
    show.error(lambda: torch.einsum("ij,jk", a))
    show.error(lambda: torch.einsum("ij,jk->ik", a, a.t(), b))
    show.error(lambda: torch.einsum(a, [0, 77], [0]))


def meshgrid(torch, show):
    b = torch.arange(3)
    show(torch.meshgrid(b, b[:2], indexing="ij"))
    show(torch.meshgrid([b, b[:2]], indexing="xy"))
    show(torch.meshgrid(b, b[:2])[0].shape, type(torch.meshgrid(b)))
    show.error(lambda: torch.meshgrid(b, b, indexing="q"))


def norm(torch, show):
    a = (_matrix(torch) - 2).requires_grad_()
    for p in ("fro", None, 0, 1, 2, 3, float("inf"), -float("inf")):
        show(p, torch.norm(a, p), torch.norm(a, p, 1), torch.norm(a, p, dim=(0, 1), keepdim=True))
    show(a.norm(), a.norm(1), a.norm(dim=0), a.norm("fro", 1, True), torch.norm(a, keepdim=True))
    show(torch.norm(a, dim=1, dtype=torch.float64), torch.norm(torch.tensor(-3.0)))
    a.norm().backward()
    show(a.grad)
    show.error(lambda: torch.norm(a.long()))


def split(torch, show):
    a = _matrix(torch).requires_grad_()
    show(torch.split(a, 1), torch.split(a, 2, -1), a.split([1, 2], 1), a.split(2, dim=1)[1].shape)
    show(torch.split(a, [1, 2], dim=1)[1].grad_fn.name(), type(torch.split(a, 1)))
    show.error(lambda: torch.split(a, [1, 1], dim=1))
    show.error(lambda: torch.split(a, 0))
    show.error(lambda: torch.split(a, -1))


def tensordot(torch, show):
    a, b = _matrix(torch), torch.arange(3.0)
    show(torch.tensordot(a, a, 2), torch.tensordot(a, a, ([1], [1])), torch.tensordot(a, a, [[0, 1], [0, 1]]))
    show(torch.tensordot(a, b, 1), torch.tensordot(a, a, torch.tensor([[1], [1]])), torch.tensordot(b, b, 0).shape)
    show.error(lambda: torch.tensordot(a, a, -1))
    show.error(lambda: torch.tensordot(a, b, 2))


def unique(torch, show):
    x = torch.tensor([[3, 1, 1], [2, 3, 9]])
    show(torch.unique(x), x.unique(), torch.unique(x, return_inverse=True), torch.unique(x, return_counts=True))
    show(torch.unique(x, return_inverse=True, return_counts=True))
    rows = torch.tensor([[3.0, 1.0], [0.0, 2.0], [3.0, 1.0], [0.0, 1.0]])
    show(torch.unique(rows, dim=0), torch.unique(rows, dim=0, return_inverse=True, return_counts=True))
    show(torch.unique(rows.t(), dim=1), torch.unique(torch.tensor([])))


def unique_consecutive(torch, show):
    x = torch.tensor([1, 1, 2, 2, 3, 1, 1, 2])
    show(torch.unique_consecutive(x), x.unique_consecutive(return_inverse=True, return_counts=True))
    rows = torch.tensor([[1, 2], [1, 2], [0, 2], [1, 2]])
    show(torch.unique_consecutive(rows, dim=0, return_counts=True))


def unravel_index(torch, show):
    show(torch.unravel_index(torch.tensor([3, 5]), (2, 3)), torch.unravel_index(torch.tensor(4), 6))
    show(torch.unravel_index(torch.tensor([[3], [11]]), (2, 2, 3)))
    show.error(lambda: torch.unravel_index(torch.tensor([3.0]), 6))
    show.error(lambda: torch.unravel_index(torch.tensor([3]), (2, -3)))


def legacy_types(torch, show):
    show(torch.FloatTensor, type(torch.FloatTensor), torch.FloatTensor.dtype, torch.FloatTensor.is_cuda)
    show(torch.FloatTensor([1, 2]), torch.LongTensor([1.5]), torch.ByteTensor([1, 0, 255]), torch.BoolTensor([1, 0]))
    show(torch.HalfTensor([1]), torch.DoubleTensor([[1, 2], [3, 4]]), torch.CharTensor([1]), torch.IntTensor((2, 3)))
    show(torch.FloatTensor(2, 3).shape, torch.FloatTensor(), torch.FloatTensor(torch.Size([2, 3])).shape)
    show(torch.FloatTensor(range(4)), torch.FloatTensor(torch.tensor(3.0)), torch.FloatTensor([True, False]))
    show(torch.BFloat16Tensor([1.5]), torch.ShortTensor([1]), torch.Tensor([1, 2]), torch.Tensor(range(3)))
    show.error(lambda: torch.FloatTensor(2.5))
    show.error(lambda: torch.FloatTensor("a"))
    show.error(lambda: torch.FloatTensor(None))
    show.error(lambda: torch.FloatTensor([[1, 2], [3]]))
    show.error(lambda: torch.FloatTensor(-1))
    show.error(lambda: torch.FloatTensor(2, 3.5))
    show.error(lambda: torch.FloatTensor([1.0], device="cuda"))
    show.error(lambda: torch.FloatTensor(torch.ones(2).long()), text=False)


def legacy_isinstance(torch, show):
    x = torch.ones(2)
    show(isinstance(x, torch.FloatTensor), isinstance(x, torch.LongTensor), isinstance(x.long(), torch.LongTensor))
    show(isinstance(torch.nn.Parameter(x), torch.FloatTensor), isinstance(3, torch.FloatTensor))
    show(isinstance(x, torch.cuda.FloatTensor), issubclass(torch.FloatTensor, torch.Tensor))
    show(x.type(), x.long().type(), x.type(torch.LongTensor), x.type("torch.DoubleTensor"), x.type(torch.float64))
    show(torch.typename(x), torch.typename(3), torch.typename(torch.float32), torch.typename("a"))
    show(torch.typename(torch.nn.Linear), torch.typename(torch.nn.Linear(1, 1)), torch.typename(torch))
    show.error(lambda: x.type("torch.Long"))


def default_tensor_type(torch, show):
    try:
        torch.set_default_tensor_type("torch.DoubleTensor")
        show(torch.get_default_dtype(), torch.tensor(1.0).dtype)
        torch.set_default_tensor_type(torch.FloatTensor)
        show(torch.get_default_dtype())
        show.error(lambda: torch.set_default_tensor_type(torch.LongTensor))
        show.error(lambda: torch.set_default_tensor_type(3))
        show.error(lambda: torch.set_default_tensor_type("torch.Foo"))
        show.error(lambda: torch.set_default_tensor_type("FloatTensor"))
    finally:
        torch.set_default_dtype(torch.float32)


def settings(torch, show):
    show(torch.are_deterministic_algorithms_enabled(), torch.get_deterministic_debug_mode())
    torch.use_deterministic_algorithms(True, warn_only=True)
    show(torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled())
    torch.set_deterministic_debug_mode("error")
    show(torch.get_deterministic_debug_mode(), torch.is_deterministic_algorithms_warn_only_enabled())
    show.error(lambda: torch.set_deterministic_debug_mode("foo"))
    show.error(lambda: torch.set_deterministic_debug_mode(7))
    torch.use_deterministic_algorithms(False)
    show(torch.get_float32_matmul_precision())
    torch.set_float32_matmul_precision("high")
    show(torch.get_float32_matmul_precision())
    torch.set_float32_matmul_precision("highest")
    show.error(lambda: torch.set_float32_matmul_precision(3))
    show.error(lambda: torch.set_num_threads(0))
    show.error(lambda: torch.set_num_threads("a"))
    show.error(lambda: torch.set_num_interop_threads("a"))
    show(torch.get_default_device(), torch.is_warn_always_enabled(), torch.compiler.is_compiling())


def questions(torch, show):
    show(torch.is_tensor(torch.ones(1)), torch.is_tensor(3), torch.is_tensor(torch.nn.Parameter(torch.ones(1))))
    show(torch.is_storage(torch.ones(1).untyped_storage()), torch.is_storage(torch.ones(1)))
    show(torch.e, torch.pi, torch.inf, torch.nan, torch.newaxis)
    show(torch.overrides.is_tensor_like(3), torch.overrides.is_tensor_like(torch.ones(1)))
    show(torch.overrides.has_torch_function((torch.ones(1), 3)))
    show(torch.multiprocessing.get_sharing_strategy() in torch.multiprocessing.get_all_sharing_strategies())
    show(torch.jit.is_scripting(), torch.distributed.is_initialized(), torch.backends.mps.is_available())
    show.error(lambda: torch.xyzzy_q)
    show(hasattr(torch, "xyzzy_q"), hasattr(torch, "softmax"), hasattr(torch.nn, "Linear"))


def compile_gives_something_that_computes_the_same(torch, show):
    show(callable(torch.compile(lambda x: 2 * x)), callable(torch.compile(mode="default")))


def seeds(torch, show):
    torch.manual_seed(3)
    show(torch.initial_seed(), torch.rand(2))
    state = torch.get_rng_state()
    a = torch.randn(3)
    torch.set_rng_state(state)
    show(torch.equal(a, torch.randn(3)), state.shape, state.dtype)
    with torch.random.fork_rng():
        torch.manual_seed(5)
        show(torch.rand(1))
    b = torch.rand(1)
    torch.manual_seed(3)
    torch.rand(2), torch.randn(3)
    show(torch.equal(b, torch.rand(1)))
    torch.manual_seed(2.7)
    show(torch.initial_seed())
    torch.manual_seed(-1)
    show(torch.initial_seed(), torch.rand(1))
    show.error(lambda: torch.manual_seed(2**64))
    show.error(lambda: torch.manual_seed("a"))
    show.error(lambda: torch.set_rng_state(torch.ones(3)))
    g = torch.Generator().manual_seed(3)
    torch.manual_seed(3)
    show(torch.equal(torch.rand(2, generator=g), torch.rand(2)), torch.equal(g.get_state(), torch.get_rng_state()))


def amp_without_a_gpu(torch, show):
    x = torch.tensor([1.0], requires_grad=True)
    opt = torch.optim.SGD([x], lr=0.5)
    scaler = torch.amp.GradScaler("cuda", enabled=False)
    with torch.autocast("cpu", enabled=False):
        loss = (x * x).sum()
    scaler.scale(loss).backward()
    scaler.unscale_(opt)
    scaler.step(opt)
    scaler.update()
    show(x.detach(), scaler.is_enabled(), scaler.get_scale(), scaler.state_dict(), loss.dtype)

    @torch.autocast("cuda", enabled=False)
    def f(x):
        return x + 1

    show(f(x).dtype)
    show.error(lambda: torch.autocast(3))


def numbers_stand_for_the_first_tensor(torch, show):
    x = torch.tensor([1.0, 2.0])
    arithmetic = (torch.add, torch.sub, torch.mul, torch.div, torch.divide, torch.multiply, torch.subtract)
    for f in (*arithmetic, torch.true_divide, torch.floor_divide):
        show(f.__name__, f(2, x), f(2.5, x.double()), f(7, 2), f(1.5, torch.tensor(2)).dtype)
    show(
        torch.add(1, x, alpha=3),
        torch.add(True, x),
        torch.mul(2, torch.tensor([1, 2])),
        torch.mul(2.0, torch.tensor([1])),
    )
    show(torch.add(1, x, out=torch.zeros(2)))
    for f in (torch.maximum, torch.eq, torch.fmod, torch.atan2, torch.matmul, torch.sin):
        show.error(partial(f, 2, x), text=False)
    show.error(lambda: torch.add("1", x), text=False)
